"""Lists too long to hold, read page by page; and what jsonb comes as."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

from django.db import connection

Row = TypeVar("Row")


def decoded(value: Any) -> Any:
    """What a jsonb column holds: it comes as text through Django's own cursor, else as it is."""
    return json.loads(value) if isinstance(value, str) else value


def named(value: Any) -> dict[str, str]:
    """Names, or facts, from a jsonb column."""
    names: dict[str, str] = decoded(value)
    return names


class Rows(Sequence[Row]):
    """What a query gives, cut like a list; `ui.tables.numbered` takes it. Its length is one count, asked for once."""

    def __init__(
        self,
        columns: str,
        source: str,
        order: str,
        values: Mapping[str, Any],
        make: Callable[[Sequence[Any]], Row],
        finish: Callable[[list[Row]], list[Row]] | None = None,
    ) -> None:
        """finish: adds to rows that were read together what one more query knows of all of them."""
        self._columns, self._source, self._order = columns, source, order
        self._values, self._make, self._finish = dict(values), make, finish
        self._length: int | None = None

    def __len__(self) -> int:
        if self._length is None:
            with connection.cursor() as cursor:
                cursor.execute(f"select count(*) {self._source}", self._values)
                self._length = int(cursor.fetchone()[0])
        return self._length

    @overload
    def __getitem__(self, part: int) -> Row: ...
    @overload
    def __getitem__(self, part: slice) -> list[Row]: ...
    def __getitem__(self, part: int | slice) -> Row | list[Row]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        start = part.start or 0
        most = None if part.stop is None else part.stop - start
        with connection.cursor() as cursor:
            cursor.execute(
                f"select {self._columns} {self._source} order by {self._order} offset %(start)s limit %(most)s",
                self._values | {"start": start, "most": most},
            )
            return self._made(cursor.fetchall())

    def _made(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        made = [self._make(row) for row in rows]
        return made if self._finish is None else self._finish(made)

    def each(self, *, at_once: int = 2_000) -> Iterator[Row]:
        """Every row from the first to the last by one query, however many; inside the request's transaction."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"select {self._columns} {self._source} order by {self._order}", self._values)
            while rows := cursor.fetchmany(at_once):
                yield from self._made(rows)
