"""Figures given for units of several levels: each counts once, by the highest unit it is given for."""

from collections.abc import Iterable
from typing import NamedTuple


class NestedFigure(NamedTuple):
    """A figure of a unit at [lo, hi), looked at from a unit `of` at or above it."""

    of: int
    lo: int
    hi: int
    n: int


def topmost(rows: Iterable[NestedFigure]) -> list[NestedFigure]:
    """Return the rows that no other row of the same `of` holds inside. A district's figure includes its mandals."""
    kept: list[NestedFigure] = []
    ends: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: (row.of, row.lo, -row.hi)):
        if row.lo >= ends.get(row.of, 0):
            kept.append(row)
            ends[row.of] = row.hi
    return kept


def sums_by_unit(rows: Iterable[NestedFigure]) -> dict[int, int]:
    """Add up the figures of each unit."""
    sum_by_unit: dict[int, int] = {}
    for row in topmost(rows):
        sum_by_unit[row.of] = sum_by_unit.get(row.of, 0) + row.n
    return sum_by_unit
