"""Lists too long to hold: the rows of one query, read slice by slice."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from typing import Any, Generic, TypeVar, overload

from django.db import connection

from . import sql

Row = TypeVar("Row")


class Rows(Sequence[Row]):
    """A query gives these rows, cut like a list. Nothing is read before a slice is taken.

    columns, source: the query without its `select` and its order; values: its parameters. orders: the orders it
    knows, by name; the first is its own. last: the column that settles ties, so pages never overlap. make: columns
    -> a row. finish: rows that were read together -> the same with what one more query knows of them.
    """

    def __init__(
        self,
        columns: str,
        source: str,
        values: Mapping[str, Any],
        *,
        orders: Mapping[str, tuple[str, ...]],
        make: Callable[..., Any],
        finish: Callable[[list[Any]], list[Row]] = list,
        last: str = "",
    ) -> None:
        self._columns, self._source, self._values = columns, source, dict(values)
        self._make, self._finish, self._last = make, finish, last
        self.orders = orders
        self._length: int | None = None
        self._take_order(next(iter(orders)))

    def _take_order(self, name: str, *, descending: bool = False) -> None:
        way = " desc" if descending else ""
        columns = [f"{column}{way}" for column in self.orders[name]]
        self._order = ", ".join([*columns, self._last] if self._last else columns)

    def ordered(self, name: str, *, descending: bool = False) -> "Rows[Row]":
        """The same rows in another of their orders. descending: each of its columns the other way round."""
        other = copy(self)
        other._take_order(name, descending=descending)  # noqa: SLF001  # of its own class
        return other

    def __len__(self) -> int:
        if self._length is None:
            self._length = self.counted(None)
        return self._length or 0

    def counted(self, most: int | None) -> int | None:
        """Count the rows. None where there are more than `most`: counting stops there."""
        counting = (
            f"select count(*) {self._source}"
            if most is None
            else f"select count(*) from (select {self._source} limit %(rows_most)s) counted"
        )
        n = sql.count(counting, self._values | ({} if most is None else {"rows_most": most + 1}))
        return None if most is not None and n > most else n

    @overload
    def __getitem__(self, part: int) -> Row: ...
    @overload
    def __getitem__(self, part: slice) -> list[Row]: ...
    def __getitem__(self, part: int | slice) -> Row | list[Row]:
        if isinstance(part, int):
            return self[part : part + 1][0]
        start = part.start or 0
        return self._read(start, None if part.stop is None else part.stop - start)

    def _read(self, start: int, most: int | None) -> list[Row]:
        return self._made(sql.rows(*self.statement(start, most)))

    def statement(self, start: int, most: int | None) -> tuple[str, dict[str, Any]]:
        """The query of a slice, with its parameters."""
        paged = {"rows_from": start, "rows_most": most}
        return f"{self._query} offset %(rows_from)s limit %(rows_most)s", self._values | paged

    @property
    def _query(self) -> str:
        return f"select {self._columns} {self._source} order by {self._order}"

    def _made(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        return self._finish([self._make(*row) for row in rows])

    def each(self, *, at_once: int = 2_000) -> Iterator[Row]:
        """Every row, from the first to the last, by one query. Works inside the request's transaction only."""
        with sql.reading_json(connection.chunked_cursor()) as cursor:
            cursor.execute(self._query, self._values)
            while rows := cursor.fetchmany(at_once):
                yield from self._made(rows)


class MarkedRows(ABC, Generic[Row]):
    """Rows whose pages begin after the last row of the page before, so a late page costs no more than the first.

    total: how many rows there are, or None where counting costs more than a page. kinds: how each part of a mark is
    read from an address; it raises ValueError for what the database would refuse.
    """

    total: int | None = None
    kinds: Sequence[Callable[[str], Any]]

    @abstractmethod
    def mark(self, row: Row) -> Sequence[object]:
        """The place of a row in the order of the list."""

    @abstractmethod
    def after(self, mark: Sequence[Any] | None, most: int) -> list[Row]:
        """The rows behind a mark, at most so many; without a mark the first."""

    @abstractmethod
    def each(self) -> Iterator[Row]:
        """Every row in its order, for a file."""
