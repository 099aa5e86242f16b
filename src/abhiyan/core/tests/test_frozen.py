"""A server that is frozen behind an open connection is not waited for; one at work is."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from abhiyan.core import database, loops
from abhiyan.core.tests.test_loops import running
from abhiyan.core.tests.waits import until

pytestmark = [pytest.mark.machine, pytest.mark.usefixtures("as_jobs")]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SILENCE_S", 0.3)


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_who_waits_for_a_frozen_server_hears_of_it() -> None:
    with database.Connection.connect(database.conninfo("jobs"), autocommit=True) as own:
        with frozen(own.info.backend_pid), pytest.raises(psycopg.OperationalError, match="does not answer"):
            own.execute("select 1")
        assert own.closed


def ask_twice(own: database.Connection) -> None:
    with own.pipeline():
        own.execute("select 1")
        own.execute("select 2")


def test_who_asked_several_things_at_once_hears_of_it_too() -> None:
    with database.Connection.connect(database.conninfo("jobs"), autocommit=True) as own:
        with frozen(own.info.backend_pid), pytest.raises(psycopg.OperationalError, match="does not answer"):
            ask_twice(own)
        assert own.closed


def test_a_server_at_work_is_waited_for() -> None:
    with database.Connection.connect(database.conninfo("jobs"), autocommit=True) as own:
        assert own.execute("select pg_sleep(1.5), 7 as n").fetchone() == ("", 7)


def test_a_loop_lets_go_of_a_frozen_connection_and_turns_again() -> None:
    with running("test.frozen", loops.Loop(lambda at: 1, every_s=0.01)) as runner:
        until(lambda: runner.turns > 0)
        with psycopg.connect(database.conninfo("jobs")) as other:
            row = other.execute(
                "select pid from pg_stat_activity where application_name = 'loop test.frozen'"
            ).fetchone()
        assert row is not None
        with frozen(row[0]):
            until(lambda: not runner.holds_the_lock)
        before = runner.turns
        until(lambda: runner.turns > before)
