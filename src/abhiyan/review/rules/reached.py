"""Figures of a unit in a measure when somebody decided about it, and whether the decision fits them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WELL = 0.8  # a measure goes well from this share of what is due
PRAISE, ALARM = "keep", "change"  # decisions that figures can contradict


@dataclass(frozen=True, slots=True)
class MeasureReached:
    """One measure of a unit on a day. counted: None for fewer than 10, seen from outside; due: by that day."""

    programme_id: int
    measure: int
    counted: int | None
    due: int
    target: int
    name: str = ""  # of one that runs; a minute does not keep it

    @property
    def pct(self) -> int | None:
        """Return whole per cent of what is due; None where nothing is due yet."""
        return 100 * (self.counted or 0) // self.due if self.due else None

    @property
    def goes_well(self) -> bool:
        """Return whether at least the share WELL of what is due is counted."""
        return (self.counted or 0) >= WELL * self.due

    def kept(self) -> list[int | None]:
        """Return the figures that a minute keeps."""
        return [self.programme_id, self.measure, self.counted, self.due, self.target]


def contradicting(decision: str, figures: Sequence[MeasureReached]) -> MeasureReached | None:
    """Return the measure that speaks most against a decision; None: the figures allow it.

    "Going well" is contradicted by any measure below WELL of what is due; "Change needed" only where every
    measure is above it. Measures with nothing due yet say nothing.
    """
    worst_first = sorted(
        (measure for measure in figures if measure.due),
        key=lambda measure: (measure.pct or 0, measure.programme_id),
    )
    if not worst_first:
        return None
    worst = worst_first[0]
    if decision == PRAISE and not worst.goes_well:
        return worst
    return worst if decision == ALARM and worst.goes_well else None


def read_reached(kept: Iterable[Sequence[int]]) -> list[MeasureReached]:
    """Return the figures that a minute kept."""
    return [
        MeasureReached(programme, measure, counted, due, target)
        for programme, measure, counted, due, target in kept
    ]
