"""What this machine, or this container, has; and which of our processes lets the others go first."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LAST = 19  # the lowest priority that one session has against others
# Priorities of who works when the offices' worker does not. STOP comes to the crowd's; a list of the jobs can wait.
CROWD, BEHIND = 10, 15
AGAIN_S, TRIES = 0.11, 10
LAST_GROUP = "abhiyan-last"  # a control group, of all installations of a machine
BREATH_S = 2.0
LEAST = 0.01  # of all cores: who wants to run and gets less gets nothing
A_QUARTER = {"cpu.shares": "256", "cpu.weight": "25"}  # of what others get, by the version of control groups


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


def stand_back(pid: int) -> bool:
    """Put a process into the control group of all that run only when nothing outside it wants the processor.

    Where Linux gives each session a share (autogroup, sched(7)), it looks at the sessions and not at how their threads
    are to run: what has the smallest share still keeps the processor from a page until the clock's next tick (4 ms), at
    each of the page's questions to the database. An idle group gives way at once.

    False where there is no such group and none may be made. Within a control group there are no shares of sessions:
    there nothing has to be done.
    """
    if (group := idle_group(_groups_of("self"))) is None:
        return False
    try:
        make_group(group)
        (group / "cgroup.procs").write_text(str(pid))
    except OSError:
        return False
    return True


def make_group(group: Path) -> None:
    """Have the control group of those who stand back, if it is not there yet. Raises OSError where none may be made."""
    shares = group.parent / "cgroup.subtree_control"
    if shares.exists():  # in their second version, groups have shares of the processor only after this
        shares.write_text("+cpu")
    if not group.exists():
        group.mkdir(exist_ok=True)
        (group / "cpu.idle").write_text("1")


def is_back(pid: int) -> bool:
    """Whether a process is in that group."""
    return f":/{LAST_GROUP}\n" in _groups_of(pid)


def idle_group(own: str, groups: Path = Path("/sys/fs/cgroup")) -> Path | None:
    """Where the control group of those who stand back is, or would be. None in somebody else's group, or without any.

    own: what /proc/self/cgroup says (cgroups(7)). groups: where they are mounted.
    """
    for line in own.splitlines():
        _number, controllers, path = line.split(":", 2)
        if path not in ("/", f"/{LAST_GROUP}"):
            continue
        if "cpu" in controllers.split(","):
            return groups / controllers / LAST_GROUP
        with suppress(OSError):
            if not controllers and "cpu" in (groups / "cgroup.controllers").read_text().split():
                return groups / LAST_GROUP
    return None


@contextmanager
def stepped_forward() -> Iterator[None]:
    """Meanwhile this process, and what it begins, is not in that group."""
    group = idle_group(_groups_of("self")) if is_back(os.getpid()) else None
    if group is not None:
        (group.parent / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        if group is not None:
            stand_back(os.getpid())


class Breath:
    """Lets those who stand back run a little where they would get nothing: a backup can take every core for an hour,
    and a STOP comes to them.

    Who does not stand back calls `look` again and again. Every `every_s` seconds it is found out whether they are to
    get a quarter of what others get, for as long.
    """

    def __init__(self, every_s: float = BREATH_S) -> None:
        self._every_s, self._at = every_s, time.monotonic()
        self._used: dict[int, float] = {}
        self._breathes = True  # whoever looked before us may have been killed meanwhile

    def look(self) -> None:
        """Nothing where there is no such group, or not yet time."""
        passed_s = time.monotonic() - self._at
        if passed_s < self._every_s or (group := idle_group(_groups_of("self"))) is None:
            return
        self._at += passed_s
        before, self._used, wants = self._used, {}, False
        with suppress(OSError):
            for pid in map(int, (group / "cgroup.procs").read_text().split()):
                with suppress(OSError):  # it ended meanwhile
                    self._used[pid], wants_too = at_work(pid)
                    wants = wants or wants_too
            used_s = sum(max(0.0, used - before.get(pid, 0.0)) for pid, used in self._used.items())
            self._let(group, breathe=not self._breathes and wants and used_s < LEAST * cores() * passed_s)

    def end(self) -> None:
        """Nobody looks any more."""
        if group := idle_group(_groups_of("self")):
            with suppress(OSError):
                self._let(group, breathe=False)

    def _let(self, group: Path, *, breathe: bool) -> None:
        if breathe != self._breathes:
            (group / "cpu.idle").write_text("0" if breathe else "1")
            for name, quarter in A_QUARTER.items():
                if breathe and (group / name).exists():
                    (group / name).write_text(quarter)
            self._breathes = breathe


def at_work(pid: int) -> tuple[float, bool]:
    """Seconds a process was at work, and whether a thread of it is now, or waits for a core (proc(5)). Raises OSError
    where it has ended."""
    ticks, wants = 0, False
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rsplit(")", 1)[1].split()
        wants = wants or fields[0] == "R"
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK"), wants


def forget_group() -> None:
    """Remove that group where nobody is in it any more."""
    with suppress(OSError):
        if group := idle_group(_groups_of("self")):
            group.rmdir()


def run_apart() -> None:
    """This process gets a session of its own, whose share of the processor is the least there is.

    Where Linux gives each session an equal share, a thread's priority counts only among those of its own session:
    without this, a process that runs last would have as much as all others of other sessions.
    """
    with suppress(OSError):  # it leads a session already
        os.setpgid(0, os.getpgid(os.getppid()))  # who leads a group may not begin a session
        os.setsid()
    with suppress(OSError):
        _share(os.getpid(), LAST)


def treat_alike(pid: int) -> None:
    """Have a process that leads a session of its own, as each of a PostgreSQL server does, let others go first as much
    as this thread does. Raises OSError where it may not."""
    nice, is_last = os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0) == os.SCHED_IDLE
    put_behind(pid, nice=nice, is_last=is_last, back=is_back(os.getpid()))


def put_behind(pid: int, *, nice: int, is_last: bool = False, back: bool = False) -> None:
    """Have a process that leads a session of its own let others go first. Raises OSError where it may not.

    nice: the priority it is to have. is_last: it runs only when nothing else wants the processor. With neither, nothing
    is done: what pages wait for, such as the fold, gives way to nothing. back: it stands back as well, where it can.
    """
    if nice > 0:
        os.setpriority(os.PRIO_PROCESS, pid, nice)
    if is_last:
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    if (low := LAST if is_last else nice) > 0 and not (back and stand_back(pid)):
        _share(pid, low)


def share(pid: int) -> int | None:
    """The priority that the session of a process has against other sessions, or None where sessions have no share."""
    try:
        return int(_session(pid).read_text().rsplit(maxsplit=1)[1])
    except (OSError, IndexError):
        return None


def _share(pid: int, nice: int) -> None:
    """Give the session of a process as much of the processor as one process of this priority has, where a session has
    a share. Who is not root may say so ten times a second, and else says it again. Raises OSError."""
    if share(pid) is None:
        return
    for _try in range(TRIES):
        with suppress(BlockingIOError), _session(pid).open("wb", buffering=0) as file:
            if file.write(str(nice).encode()) is not None:
                return
        time.sleep(AGAIN_S)  # the kernel's own limit, of all processes together; there is nothing to wait for


def _groups_of(pid: int | str) -> str:
    """A process's control groups, a line each; nothing where there are none."""
    try:
        return Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return ""


def _session(pid: int) -> Path:
    return Path(f"/proc/{pid}/autogroup")
