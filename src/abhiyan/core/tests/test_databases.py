"""A database is renamed and dropped while sessions of our roles come again and again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from abhiyan.core import database, databases
from abhiyan.core.tests.waits import until

pytestmark = [pytest.mark.machine, pytest.mark.django_db]
NAME, OTHER = "test_abhiyan_come_again", "test_abhiyan_come_again_aside"
COMERS = 4


def exists(name: str) -> bool:
    with databases.server_session("owner") as owner:
        return bool(owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone())


@contextmanager
def comers(names: tuple[str, ...]) -> Iterator[None]:
    """Sessions of the jobs role that come again as soon as they are ended, as those of a pool do."""
    ending = threading.Event()
    came: list[str] = []

    def come() -> None:
        while not ending.is_set():
            for name in names:
                with (
                    suppress(psycopg.Error),
                    psycopg.connect(database.conninfo("jobs", dbname=name), autocommit=True) as session,
                ):
                    came.append(name)
                    while not ending.is_set():
                        session.execute("select 1")

    threads = [threading.Thread(target=come, daemon=True) for _ in range(COMERS)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(came) >= COMERS)
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def made() -> Iterator[None]:
    for name in (NAME, OTHER):
        databases.drop(name)
    with databases.server_session("owner") as owner:
        owner.execute(f"create database {NAME}")
    yield
    for name in (NAME, OTHER):
        databases.drop(name)


@pytest.mark.usefixtures("made")
def test_a_database_is_renamed_and_dropped_while_its_sessions_come_again() -> None:
    with comers((NAME, OTHER)), databases.server_session("owner") as owner, databases.sessions() as ours:
        for old, new in [(NAME, OTHER), (OTHER, NAME)] * 10:
            databases.rename(owner, ours, old, new)
        assert exists(NAME) and not exists(OTHER)
        databases.drop(NAME)
        assert not exists(NAME)


@pytest.mark.usefixtures("made")
def test_a_rename_that_is_rolled_back_has_not_happened() -> None:
    with (
        comers((NAME,)),
        databases.server_session("owner") as owner,
        databases.sessions() as ours,
        suppress(ZeroDivisionError),
        owner.transaction(),
    ):
        databases.rename(owner, ours, NAME, OTHER)
        raise ZeroDivisionError
    assert exists(NAME) and not exists(OTHER)
