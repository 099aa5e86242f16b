"""A list that shows its first rows and knows how many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """The first rows of a list, and how many rows the whole list has. It has no length of its own."""

    rows: Sequence[Row] = ()
    total: int = 0

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return self.total > 0

    @property
    def shown(self) -> int:
        """Return how many are shown."""
        return len(self.rows)

    @property
    def rest(self) -> int:
        """Count the rows that are not shown."""
        return self.total - self.shown


def first_of(found: "QuerySet[Stored]", most: int) -> Cut[Stored]:
    """The first rows of a query, and the number of all. The number costs a statement where the rows are `most`."""
    rows = list(found[:most])
    return Cut(rows, len(rows) if len(rows) < most else found.count())
