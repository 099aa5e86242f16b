"""The rule of a stay: 24 hours between two marks, both near the place, both sent in time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from math import hypot
from zoneinfo import ZoneInfo

from abhiyan.core.deadlines import WITHIN
from abhiyan.core.places import Point, metres

LEAST = timedelta(hours=24)
RADIUS_M = 2_000  # a village, and its fields around
LOOSEST_M = 500  # of an accuracy that a phone may claim
FASTEST_KMH = 150  # between two marks; no road of the hills allows more
CLOCK_MOVED = timedelta(minutes=30)


class StayStep(StrEnum):
    """A mark of a stay, in their order."""

    ARRIVE = "arrive"
    EVENING = "evening"
    MORNING = "morning"
    LEAVE = "leave"


ENDS = (StayStep.ARRIVE, StayStep.LEAVE)


class StayFlaw(StrEnum):
    """The reason why a finished stay does not count, or is not clear."""

    SHORT = "short"  # less than 24 hours.
    FAR = "far"  # arrival or departure was outside the radius.
    LATE = "late"  # a mark was sent later than 7 days after.
    SPEED = "speed"  # two marks are too far from each other for the time between.
    CLOCK = "clock"  # the phone's clock moved between two marks.
    SAME_POINT = "same_point"  # another worker's mark has the same coordinates, to the last digit.
    DENIED = "denied"  # the host said no.


BARS = (StayFlaw.SHORT, StayFlaw.FAR, StayFlaw.LATE)  # with these a stay does not count


@dataclass(frozen=True, slots=True)
class StayMark:
    """One mark. at: by our clock less how long the phone says it lay there. clock: what the phone's own clock said.

    point, accuracy (metres), clock: None where the phone did not say.
    """

    at: datetime
    stored_at: datetime
    point: Point | None = None
    accuracy: float | None = None
    clock: datetime | None = None


@dataclass(frozen=True, slots=True)
class StayVerdict:
    """The judgement of all marks. is_signed: both places are known; else the host's YES has to come."""

    counts: bool
    is_signed: bool
    flaw: StayFlaw | None


def is_far(mark: StayMark, place: Point) -> bool:
    """True for a mark outside the radius, even after its accuracy is granted (500 m at most)."""
    if mark.point is None:
        return False
    return metres(mark.point, place) > RADIUS_M + min(mark.accuracy or 0.0, LOOSEST_M)


def stay_verdict(marks: Mapping[StayStep, StayMark], place: Point | None) -> StayVerdict:
    """Judge a stay by its marks. place: of the unit; None: not known.

    A mark that is missing is not known, and no flaw. Without arrival or departure the stay does not count yet.
    """
    ends = [marks[step] for step in ENDS if step in marks]
    is_signed = place is not None and len(ends) == 2 and all(mark.point for mark in ends)
    flaw = next(_flaws(marks, ends, place), None)
    return StayVerdict(len(ends) == 2 and flaw not in BARS, is_signed, flaw)


def _flaws(
    marks: Mapping[StayStep, StayMark], ends: list[StayMark], place: Point | None
) -> Iterator[StayFlaw]:
    if len(ends) == 2 and ends[1].at - ends[0].at < LEAST:
        yield StayFlaw.SHORT
    if any(mark.stored_at - mark.at > WITHIN for mark in ends):
        yield StayFlaw.LATE
    if place is not None and any(is_far(mark, place) for mark in ends):
        yield StayFlaw.FAR
    in_order = [marks[step] for step in StayStep if step in marks]
    if any(too_fast(mark, other) for mark, other in pairwise(in_order)):
        yield StayFlaw.SPEED
    moved = [mark.at - mark.clock for mark in in_order if mark.clock is not None]
    if moved and max(moved) - min(moved) > CLOCK_MOVED:
        yield StayFlaw.CLOCK


def too_fast(stay_mark: StayMark, other: StayMark) -> bool:
    """True for two marks at more than 150 km/h, after their accuracies are granted."""
    if stay_mark.point is None or other.point is None:
        return False
    open_m = hypot(stay_mark.accuracy or 0.0, other.accuracy or 0.0) + RADIUS_M
    hours = abs((other.at - stay_mark.at).total_seconds()) / 3600
    return metres(stay_mark.point, other.point) - open_m > FASTEST_KMH * 1000 * hours


def asked_until(opens_on: date, closes_on: date, zone: str) -> datetime:
    """Return the instant when questions about a stay close: 24 hours no longer fit into the programme's days.

    The stay of a single day may begin until its end: the worker leaves a day later.
    """
    return datetime.combine(max(opens_on + timedelta(days=1), closes_on), time(), ZoneInfo(zone))


def evening_of(at: datetime, zone: str) -> datetime:
    """The time of the question to the host: 19:00 on the day of departure, or at once if that is past."""
    local = at.astimezone(ZoneInfo(zone))
    return max(at, local.replace(hour=19, minute=0, second=0, microsecond=0))
