"""Statements written by hand: one is run on the request's connection, and what it gives is returned.

jsonb comes as what it holds: Django keeps it as text for the fields of its models.
values: of its `%s` in order, or of its `%(name)s` by name. keep_plan: it reads by a few keys (`core.prepared`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.abc import Buffer
from psycopg.adapt import Loader

from . import prepared

Made = TypeVar("Made")
Values = Sequence[Any] | Mapping[str, Any] | None
MAY_BE_UNWATCHED = "has_parameter_privilege('track_activities', 'set')"
Asked = Callable[[], Made]  # what was asked of the server; its answer is read when it is called


class _Json(Loader):
    def load(self, data: Buffer) -> Any:
        return orjson.loads(data)


def reading_json(cursor: CursorWrapper) -> CursorWrapper:
    """The same cursor, of Django's connection; jsonb comes as what it holds."""
    cursor.adapters.register_loader("jsonb", _Json)
    return cursor


def _ran(query: str, values: Values, *, keep_plan: bool) -> CursorWrapper:
    cursor = reading_json(prepared.cursor() if keep_plan else connection.cursor())
    try:
        cursor.execute(query, values)
    except BaseException:
        cursor.close()
        raise
    return cursor


def rows(query: str, values: Values = None, *, keep_plan: bool = False) -> list[tuple[Any, ...]]:
    """All rows, as tuples of their columns."""
    return ask(query, values, keep_plan=keep_plan)()


def ask(query: str, values: Values = None, *, keep_plan: bool = False) -> Asked[list[tuple[Any, ...]]]:
    """All rows, as `rows` has them, once they are read."""
    cursor = _ran(query, values, keep_plan=keep_plan)

    def read() -> list[tuple[Any, ...]]:
        with cursor:
            rows_read: list[tuple[Any, ...]] = cursor.fetchall()
            return rows_read

    return read


@contextmanager
def at_once() -> Iterator[None]:
    """Send the statements inside together, and read their results after the block: one wait for the server instead of
    several.

    Nothing inside may need an answer.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def row(query: str, values: Values = None, *, keep_plan: bool = False) -> Any:
    """The first row, a tuple; None where there is none."""
    with _ran(query, values, keep_plan=keep_plan) as cursor:
        return cursor.fetchone()


def each(
    make: Callable[..., Made], query: str, values: Values = None, *, keep_plan: bool = False
) -> list[Made]:
    """All rows, each made of its columns: `make(*row)`."""
    return [make(*record) for record in rows(query, values, keep_plan=keep_plan)]


def column(query: str, values: Values = None, *, keep_plan: bool = False) -> list[Any]:
    """The first column of all rows."""
    return [record[0] for record in rows(query, values, keep_plan=keep_plan)]


def value(query: str, values: Values = None, *, keep_plan: bool = False) -> Any:
    """The first column of the first row; None where there is no row."""
    first_row = row(query, values, keep_plan=keep_plan)
    return None if first_row is None else first_row[0]


def count(query: str, values: Values = None, *, keep_plan: bool = False) -> int:
    """The same as a whole number; 0 where there is none."""
    return int(value(query, values, keep_plan=keep_plan) or 0)


def exists(query: str, values: Values = None) -> bool:
    """Return True if it gives a row."""
    return row(query, values) is not None


def run(query: str, values: Values = None) -> int:
    """Return how many rows it wrote."""
    with _ran(query, values, keep_plan=False) as cursor:
        return int(cursor.rowcount)


def wait_for(what: str) -> None:
    """One transaction at a time, by a name that need not be a row."""
    run("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])


def unwatched() -> None:
    """For the rest of the transaction nobody sees what it runs.

    `pg_stat_activity` shows statements, with their values, to every connection of the same role. On a server whose
    superuser has not granted this parameter they stay in sight, and `doctor` warns.
    """
    run(f"select set_config('track_activities', 'off', true) where {MAY_BE_UNWATCHED}")


@contextmanager
def copy(statement: str) -> Iterator[Any]:
    """A COPY from here, of psycopg: `write(text)`, `write_row(cells)`."""
    cursor: Any = connection.cursor()  # Django's wrapper hands `copy` through
    with cursor, cursor.copy(statement) as copying:
        yield copying
