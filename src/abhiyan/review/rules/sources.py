"""Four sources on a unit: its own word, a leader's report, what was counted, what checks found. Where they contradict.

A contradiction accuses nobody. It tells a reviewer which two numbers to ask about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MENDED = timedelta(days=7)  # a report is written, mended and taken back so long after its day
LONGEST_WORDS = 500
LARGEST = 2_000_000_000
LEAST_APART = 10  # people. Outside one's own area figures are whole tens
SHARE_APART = 0.1


class Contradiction(StrEnum):
    """Which two sources contradict."""

    UNIT = "unit"  # leader and unit
    COUNTED = "counted"  # the leader says more than was counted
    CHECKS = "checks"  # the leader is outside the interval of the checks
    UNIT_CHECKS = "unit_checks"  # so is the unit


@dataclass(frozen=True, slots=True)
class CheckedTotal:
    """The real entries of a frame, from `low` to `high`, up to the day it was frozen.

    is_whole: the frame has every entry until then, for it is the first of its measure.
    """

    low: int
    high: int
    until: date
    is_whole: bool


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """The totals of one measure in one unit, by the leader's day. None: that source says nothing.

    unit_day: the last day that the unit spoke of, at most the leader's.
    """

    day: date
    leader: int | None
    unit: int | None = None
    unit_day: date | None = None
    counted: int | None = None
    checks: CheckedTotal | None = None


def are_apart(first: int, second: int) -> bool:
    """Return True where two totals differ by more than 10% of the larger, and by more than 10.

    Source of the 10%: MEASURE Evaluation, *Routine Data Quality Assessment Tool*, 2015, and WHO, *Data Quality Review*,
    module 3, 2017. A verification factor outside 90% to 110% is a discrepancy there.
    """
    return abs(first - second) > max(LEAST_APART, SHARE_APART * max(first, second))


def is_outside(n: int, day: date, checks: CheckedTotal) -> bool:
    """Return True where a total by a day cannot agree with the interval of a frame.

    A total never falls. So a total by a later day is at least the low end. A total by an earlier day is at most the
    high end, where the frame has every entry until its own day.
    """
    if day >= checks.until and n < checks.low:
        return True
    return checks.is_whole and day <= checks.until and n > checks.high


def source_contradictions(figures: SourceFigures) -> Iterator[Contradiction]:
    """Yield each pair of sources that contradict, in the order in which a reviewer asks about them.

    A unit that spoke of fewer days may say less than the leader.
    """
    unit_day = figures.unit_day or figures.day
    leader, unit, counted, checks = figures.leader, figures.unit, figures.counted, figures.checks
    if leader is not None:
        may_be_less = unit is not None and unit < leader and unit_day < figures.day
        if unit is not None and not may_be_less and are_apart(leader, unit):
            yield Contradiction.UNIT
        if counted is not None and leader > counted and are_apart(leader, counted):
            yield Contradiction.COUNTED
        if checks is not None and is_outside(leader, figures.day, checks):
            yield Contradiction.CHECKS
    if unit is not None and checks is not None and is_outside(unit, unit_day, checks):
        yield Contradiction.UNIT_CHECKS
