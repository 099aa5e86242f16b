"""A worker knows tokens and numbers while the database is away."""

import asyncio
import os

import psycopg
import pytest

from abhiyan.core import database
from abhiyan.core.tests.given import present
from abhiyan.intake.hotpath.directory import Directory, Unreachable

pytestmark = pytest.mark.usefixtures("open_database")


def test_a_database_that_is_away_is_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = os.environ["ABHIYAN_DATABASE"]

    async def read(database: str, times: int) -> None:
        monkeypatch.setenv("ABHIYAN_DATABASE", database)
        directory._connection = None
        for _each in range(times):
            await directory.read()

    async def all_of_it() -> None:
        await read("none_of_this_name", 5)
        await read(known, 1)
        await read("none_of_this_name", 5)
        await directory.close()

    directory = Directory(present)
    asyncio.run(all_of_it())
    assert [one.getMessage() for one in caplog.records] == ["tokens and numbers could not be read"] * 2


def test_a_cut_connection_is_replaced_by_the_reading_that_finds_it_cut() -> None:
    async def all_of_it() -> None:
        await directory.read()
        assert directory._connection is not None
        with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 30000)", [directory._connection.info.backend_pid])
        assert await directory.lines("generic", "nobody's") == []
        assert not directory._is_away
        await directory.close()

    directory = Directory(present)
    asyncio.run(all_of_it())


def test_nobody_is_refused_as_unknown_by_a_reading_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def all_of_it() -> None:
        await directory.read()
        monkeypatch.setenv("ABHIYAN_DATABASE", "none_of_this_name")
        assert directory._connection is not None
        directory._connection.close()
        with pytest.raises(Unreachable):
            await directory.lines("generic", "nobody's")
        await directory.close()

    directory = Directory(present)
    asyncio.run(all_of_it())
