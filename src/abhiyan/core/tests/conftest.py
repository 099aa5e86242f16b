"""Fixtures of core's tests."""

from collections.abc import Iterator

import pytest
from django.db import connection

from abhiyan.core import database


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
