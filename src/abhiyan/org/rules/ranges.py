"""Ranges of positions: half-open, merged where they touch, written as PostgreSQL's int8multirange."""

from collections.abc import Iterable

Range = tuple[int, int]  # lo inclusive, hi exclusive


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same positions in as few ranges as can be, in order. Empty ones vanish; nothing is added."""
    whole: list[Range] = []
    for lo, hi in sorted(id_range for id_range in ranges if id_range[0] < id_range[1]):
        if whole and lo <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(hi, whole[-1][1]))
        else:
            whole.append((lo, hi))
    return tuple(whole)


def literal(ranges: Iterable[Range]) -> str:
    """As a multirange literal, such as {[1,5),[9,12)}."""
    return "{" + ",".join(f"[{lo},{hi})" for lo, hi in merged(ranges)) + "}"


def is_in_ranges(ranges: Iterable[Range], position: int) -> bool:
    """Return True if a position lies in one of the ranges."""
    return any(lo <= position < hi for lo, hi in ranges)


def covers(ranges: Iterable[Range], inner: Range) -> bool:
    """Return True if one of the ranges, once merged, holds all of `inner`."""
    return any(lo <= inner[0] and inner[1] <= hi for lo, hi in merged(ranges))
