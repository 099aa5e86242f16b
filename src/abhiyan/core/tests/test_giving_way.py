"""What gives way here gives way in the embedded database, too."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from abhiyan.core import database, machine

pytestmark = [
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
