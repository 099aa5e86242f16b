"""Two processes on one database share the loops. One is killed, and each loop runs on; none ever runs in both."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from abhiyan.core.tests.waits import until

pytestmark = [pytest.mark.machine, pytest.mark.usefixtures("as_jobs")]
LOOPS = 6

# Each turn writes a line when it begins and one when it ends, in one file: their order is the order of events.
HOST = """
import os, sys, threading, time
import django
django.setup()
from abhiyan.core import loops

out = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
loops.WATCH_S = 0.05

def turn(name):
    def turned(at):
        os.write(out, f"{name} {os.getpid()} begins\\n".encode())
        os.sched_yield()
        os.write(out, f"{name} {os.getpid()} ends\\n".encode())
        return 1
    return turned

names = [f"test.host_{n}" for n in range(int(sys.argv[2]))]
loops.run_loops(threading.Event(), loops={name: loops.Loop(turn(name), every_s=0.01) for name in names})
"""


@contextmanager
def host(written: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the loops in a process of their own, which is killed in the end."""
    command = [sys.executable, "-c", HOST, str(written), str(LOOPS)]
    process = subprocess.Popen(command, env=os.environ | {"ABHIYAN_ROLE": "jobs"})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def turns(written: Path) -> list[tuple[str, int, str]]:
    """Return what happened, in its order: loop, process, "begins" or "ends". Half a last line is left for later."""
    lines = written.read_text().split("\n")[:-1] if written.exists() else []
    return [(name, int(pid), what) for name, pid, what in (line.split() for line in lines)]


def loops_of(process: "subprocess.Popen[bytes]", since: list[tuple[str, int, str]]) -> set[str]:
    return {name for name, pid, what in since if pid == process.pid and what == "ends"}


def overlaps(happened: list[tuple[str, int, str]], killed: int) -> list[str]:
    """Return loops that began in one process while a turn of the other was under way. A killed one's turns are over."""
    under_way: dict[str, int] = {}
    found = []
    for name, pid, what in happened:
        if what == "ends":
            del under_way[name]
        else:
            if under_way.get(name, killed) != killed:
                found.append(name)
            under_way[name] = pid
    return found


def test_each_loop_runs_on_when_a_host_is_killed_and_never_in_two_at_once(tmp_path: Path) -> None:
    written = tmp_path / "turns"
    with host(written) as first:
        until(lambda: len(loops_of(first, turns(written))) == LOOPS)
        with host(written) as second:
            until(lambda: len(loops_of(second, turns(written))) == LOOPS // 2)
            seen = len(turns(written))
            until(lambda: len(loops_of(first, turns(written)[seen:])) == LOOPS // 2)
            first.kill()
            first.wait()
            seen = len(turns(written))
            until(lambda: len(loops_of(second, turns(written)[seen:])) == LOOPS)
            with host(written) as third:
                until(lambda: len(loops_of(third, turns(written))) == LOOPS // 2)
    happened = turns(written)
    assert overlaps(happened, first.pid) == []
