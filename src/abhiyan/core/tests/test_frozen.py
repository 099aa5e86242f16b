"""A server that is frozen behind an open connection is not waited for; one at work is."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from abhiyan.core import database, loops
from abhiyan.core.tests.turning import in_line, turning
from abhiyan.core.tests.waits import until

pytestmark = [pytest.mark.machine, pytest.mark.usefixtures("as_jobs")]
HASTY_S = 0.3


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", HASTY_S)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.usefixtures("hasty")
def test_who_waits_for_a_frozen_server_hears_of_it() -> None:
    with database.ServerConnection.connect(database.conninfo("jobs"), autocommit=True) as own:
        with frozen(own.info.backend_pid), pytest.raises(psycopg.OperationalError, match="does not answer"):
            own.execute("select 1")
        assert own.closed


def ask_twice(own: database.ServerConnection) -> None:
    with own.pipeline():
        own.execute("select 1")
        own.execute("select 2")


@pytest.mark.usefixtures("hasty")
def test_who_asked_several_things_at_once_hears_of_it_too() -> None:
    with database.ServerConnection.connect(database.conninfo("jobs"), autocommit=True) as own:
        with frozen(own.info.backend_pid), pytest.raises(psycopg.OperationalError, match="does not answer"):
            ask_twice(own)
        assert own.closed


def test_a_server_at_work_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    # A busy machine lets the server read the statement late. Until then it is idle, not at work.
    monkeypatch.setattr(database, "SILENCE_S", 5.0)
    with database.ServerConnection.connect(database.conninfo("jobs"), autocommit=True) as own:
        assert own.execute("select pg_sleep(11), 7 as n").fetchone() == ("", 7)


def test_the_jobs_let_go_of_a_frozen_connection_and_turn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with turning({"test.frozen": loops.Loop(lambda at: 1, every_s=0.01)}) as ran:
        until(lambda: ran.turns > 0 and in_line() == 1)
        with psycopg.connect(database.conninfo("jobs")) as other:
            row = other.execute(
                "select pid from pg_stat_activity"
                " where datname = current_database() and application_name = 'abhiyan jobs'"
            ).fetchone()
        assert row is not None
        # This holds only while it is frozen: the jobs would leave a connection that is merely slow.
        with monkeypatch.context() as patch, frozen(row[0]):
            patch.setattr(database, "SILENCE_S", HASTY_S)
            until(lambda: not ran.lead.is_held)
        before = ran.turns
        until(lambda: ran.turns > before)
