"""Fixtures of core's tests."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from abhiyan.core import audit_seals, database
from abhiyan.core.scope import system

from .waits import PATIENCE_S


def become(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = database.role_name(role)
    connection.settings_dict["PASSWORD"] = database.password(role)


@pytest.fixture
def as_jobs(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This test's Django connection, in every thread, is the role `jobs`."""
    monkeypatch.setenv("ABHIYAN_ROLE", "jobs")
    become("jobs")
    try:
        yield
    finally:
        become("app")


def seal_everything(at: datetime) -> int:
    """Seal until nothing is left unsealed; how many entries that were.

    Transactions of other tests, also in other databases of the server, hold the horizon back while they are open.
    One that is rolled back in the end is open as long as its test.
    """
    over, sealed = time.monotonic() + 10 * PATIENCE_S, 0
    while True:
        with system("seal"):
            sealed += audit_seals.seal_entries(at)
            if not audit_seals.count_unsealed():
                return sealed
        assert time.monotonic() < over, (
            "the horizon does not move: is there a transaction open on this server?"
        )
        threading.Event().wait(0.02)
