"""Collect a review from every room about a unit or an office-bearer: numbers, never names or reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a review: a unit; of an office-bearer, their account and the unit they are reviewed in.

    lo, hi: positions of the unit and all below it in its hierarchy. is_exact: the reader sees exact figures there, so
    rooms show small numbers too; else they round them (`core.small_cells`). kinds: of the programmes that
    run in the unit today, so that a room asks nothing where none of its own runs.
    """

    unit_id: int
    hierarchy: int
    lo: int
    hi: int
    account_id: int | None = None
    is_exact: bool = False
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReviewedPart:
    """A section: a heading, and lines of what is counted and how many, in words."""

    title: str | Promise
    lines: Sequence[tuple[str | Promise, str]]
