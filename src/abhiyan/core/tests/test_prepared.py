"""Reads whose plan the server keeps."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import prepared


@pytest.mark.django_db
def test_a_prepared_read_is_planned_once_and_seen_like_any_other() -> None:
    with CaptureQueriesContext(connection) as seen:
        for number in (1, 2, 3):
            with prepared.cursor() as cursor:
                cursor.execute("select %s::int * 2 as prepared_double", [number])
                assert cursor.fetchone() == (number * 2,)
    assert len(seen) == 3
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like '%prepared_double%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_names_come_as_text_as_from_every_cursor_of_djangos() -> None:
    with prepared.cursor() as kept, connection.cursor() as plain:
        for cursor in (kept, plain):
            cursor.execute("""select '{"en": "Jammu"}'::jsonb, date '2026-05-03', array['booth']""")
        assert kept.fetchone() == plain.fetchone()
