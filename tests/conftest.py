"""One world for all the tests of a file that only look at it, built once and emptied by the owner afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database as it is, committed to for a whole file; empty again afterwards."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        yield
        TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # the owner's: see conftest.py
