"""What gives way here gives way in the embedded database, too."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from abhiyan.core import database, embedded, home, machine

from .untidy import clearing_up
from .waits import until

pytestmark = [
    pytest.mark.machine,
    pytest.mark.usefixtures("as_jobs"),
    pytest.mark.skipif(not database.is_embedded(), reason="a server of somebody else's is left alone"),
]


def in_the_database(nice: int = 0, *, runs_last: bool = False) -> tuple[int, int, int | None]:
    """Priority, scheduling and its session's share (None where sessions have none) of the server's process, behind a
    connection of a thread that gives way."""

    def ask() -> tuple[int, int, int | None]:
        os.nice(nice)
        if runs_last:
            machine.run_last()
        with database.Connection.connect(database.conninfo("jobs"), autocommit=True) as own:
            pid = own.info.backend_pid
            return os.getpriority(os.PRIO_PROCESS, pid), os.sched_getscheduler(pid), machine.share(pid)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(ask).result()


def test_the_servers_process_gives_way_as_much_as_the_thread_it_works_for() -> None:
    *plain, share = in_the_database()
    assert (plain, share) in (([0, os.SCHED_OTHER], 0), ([0, os.SCHED_OTHER], None))
    has_shares = share is not None  # some kernels and containers know of none
    assert in_the_database(7) == (7, os.SCHED_OTHER, 7 if has_shares else None)
    assert in_the_database(runs_last=True) == (0, os.SCHED_IDLE, machine.LAST if has_shares else None)
    assert os.getpriority(os.PRIO_PROCESS, 0) == 0, "this thread does not"


def test_what_clears_up_in_the_database_gives_way_as_the_jobs_do() -> None:
    def gives_way() -> bool:
        embedded.tidy_last(home.path(), nice=7)
        with suppress(ProcessLookupError):  # it ended meanwhile
            return any(os.getpriority(os.PRIO_PROCESS, pid) == 7 for pid in embedded.tidying(home.path()))
        return False

    with clearing_up(database.conninfo(None, dbname=database.name())):
        until(gives_way)


def test_those_who_stand_back_have_a_group_where_linux_lets_us_make_one(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()
    (second / "cgroup.controllers").write_text("cpuset cpu io memory\n")
    old = "5:memory:/\n3:cpu,cpuacct:{}\n0::/\n"
    for at in ("/", f"/{machine.LAST_GROUP}"):
        assert machine.idle_group(old.format(at), first) == first / "cpu,cpuacct" / machine.LAST_GROUP
        assert machine.idle_group(f"0::{at}\n", second) == second / machine.LAST_GROUP
    (second / "cgroup.subtree_control").touch()
    for group in (first / "cpu" / machine.LAST_GROUP, second / machine.LAST_GROUP):
        group.parent.mkdir(parents=True, exist_ok=True)
        machine.make_group(group)
        assert (group / "cpu.idle").read_text() == "1"
    assert (second / "cgroup.subtree_control").read_text() == "+cpu"
    for others in ("0::/system.slice/abhiyan.service\n", old.format("/docker/4f1a"), "2:cpuset:/\n", ""):
        assert machine.idle_group(others, first) is None, "somebody has seen to it, or nobody can"


def test_who_stands_back_gets_a_little_where_others_take_every_core_for_long() -> None:
    spins = [sys.executable, "-c", "while True: pass"]

    with ExitStack() as running:
        begun = [running.enter_context(subprocess.Popen(spins)) for _ in range(machine.cores() + 1)]
        for process in begun:
            running.callback(process.kill)
        last, *_others = begun
        if not machine.stand_back(last.pid):
            pytest.skip("no such group may be made here")
        (before_s, _), breath = machine.at_work(last.pid), machine.Breath(0.5)

        def runs() -> bool:
            breath.look()
            return machine.at_work(last.pid)[0] > before_s + 0.5

        until(runs)
        breath.end()
    machine.forget_group()
