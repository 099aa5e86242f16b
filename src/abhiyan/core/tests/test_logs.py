"""Logs tell what went wrong and where, and nothing of anybody."""

import json
import logging
import sys

import pytest
from django.db import IntegrityError, connection, transaction

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
    )  # our own source lines stand there
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
