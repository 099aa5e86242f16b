"""Logs tell what went wrong and where, and nothing of anybody."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory

from abhiyan.core.logs import JsonFormatter


def told(error: BaseException) -> dict[str, str]:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, None)
    record.exc_info = (type(error), error, error.__traceback__)
    line: dict[str, str] = json.loads(JsonFormatter().format(record))
    return line


def test_an_errors_text_stays_out_of_the_log_its_kind_and_place_do_not() -> None:
    try:
        try:
            int("Asha Devi")
        except ValueError as error:
            raise RuntimeError("while reading Asha Devi") from error
    except RuntimeError:
        line = told(sys.exc_info()[1] or AssertionError())
    assert line["error"] == "RuntimeError"
    assert "Asha" not in json.dumps(line).replace('int(\\"Asha Devi\\")', "").replace(
        'RuntimeError(\\"while reading Asha Devi\\")', ""
    )  # the log shows our own source lines
    assert "builtins.ValueError" in line["trace"] and "test_logs.py" in line["trace"]


@pytest.mark.django_db
def test_a_row_the_database_refuses_is_not_quoted() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table planted (name text, constraint no_names check (name is null))")
        name = "Asha Devi"  # the lines quoted in the trace do not hold it
        try:
            with transaction.atomic():
                cursor.execute("insert into planted values (%s)", [name])
        except IntegrityError as error:
            line = told(error)
    assert name not in json.dumps(line)
    assert "23514: no_names" in line["trace"]


@pytest.mark.parametrize(
    "page", ["/q/k7pq3vxz9t2m/", "/office/Zk7pQ3vXz9t2m/", "/no/such/page-k7pq3vxz9t2m/"]
)
def test_a_link_in_a_message_stands_in_no_log(page: str, rf: RequestFactory) -> None:
    request = rf.post(f"{page}?code=k7pq3vxz9t2m")
    record = logging.LogRecord(
        "django.security.csrf", logging.WARNING, __file__, 1, "Forbidden (%s): %s", ("no cookie", page), None
    )
    record.request = request
    line: dict[str, str] = json.loads(JsonFormatter().format(record))
    assert "k7pq3vxz9t2m" not in json.dumps(line).lower()
    assert "[unknown address]" in line["message"]
