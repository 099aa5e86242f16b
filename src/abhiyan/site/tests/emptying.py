"""An empty database in the middle of a test, as each test finds one."""

import psycopg
from django.test import TransactionTestCase

from abhiyan.core import database
from abhiyan.intake import actions as intake


def empty() -> None:
    """Every table is emptied, ids begin again, and what the act remembers of drives is forgotten."""
    with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as admin:
        admin.execute("truncate programmes_delta")  # no model of Django's own, so its flush passes it by
    TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # the owner's: see conftest.py
    with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as admin:
        admin.execute(
            "select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " from pg_sequences where schemaname = 'public'"
        )
    intake.forget_drives()
