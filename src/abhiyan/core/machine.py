"""What this machine, or this container, has; and which of our processes lets the others go first."""

import os
from contextlib import suppress
from pathlib import Path


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_mb() -> int:
    """Memory in MiB: the machine's, or what the control group allows."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(OSError, ValueError):  # no control group, or "max"
        found = min(found, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return found >> 20


def run_last() -> None:
    """This thread, and those it begins, run from now on only when nothing else wants the processor."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def treat_alike(pid: int) -> None:
    """Have a process of ours let others go first as much as this thread does. Raises OSError where it may not."""
    nice, policy = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)
    if nice > 0:
        os.setpriority(os.PRIO_PROCESS, pid, nice)
    if policy == os.SCHED_IDLE:
        os.sched_setscheduler(pid, policy, os.sched_param(0))
