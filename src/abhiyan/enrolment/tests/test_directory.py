"""What a worker knows of tokens and numbers, while the database is away."""

import asyncio
import os

import pytest

from abhiyan.core.tests.given import present
from abhiyan.enrolment.hotpath.directory import Directory

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
