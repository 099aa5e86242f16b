"""Statements asked at once."""

import psycopg
import pytest
from django.db import DataError, transaction

from abhiyan.core import database, sql

pytestmark = pytest.mark.django_db(transaction=True)
LOCK = 73_501


def test_what_is_asked_at_once_is_answered_each_by_itself() -> None:
    with transaction.atomic(), sql.at_once():
        asked = [sql.ask("select %s::int, %s::text", [n, "x" * n], keep_plan=True) for n in range(3)]
    assert [read() for read in asked] == [[(0, "")], [(1, "x")], [(2, "xx")]]


def test_nobody_waits_for_an_answer_before_the_next_is_asked() -> None:
    """The first cannot be answered before somebody else lets go of what it waits for: they do so after it was asked."""
    with (
        psycopg.connect(database.conninfo("app"), autocommit=True) as other,
        transaction.atomic(),
    ):
        sql.run("set local lock_timeout = '5s'")
        other.execute("select pg_advisory_lock(%s)", [LOCK])
        with sql.at_once():
            first = sql.ask("select 'first' from pg_advisory_xact_lock(%s)", [LOCK])
            second = sql.ask("select 'second'")
            other.execute("select pg_advisory_unlock(%s)", [LOCK])
        assert [*second(), *first()] == [("second",), ("first",)]


def test_what_the_server_refuses_is_raised_where_the_questions_end() -> None:
    with pytest.raises(DataError), transaction.atomic(), sql.at_once():
        sql.ask("select 1 / %s", [0])
