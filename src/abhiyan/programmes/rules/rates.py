"""How fast something comes in, from totals noted once a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

NOW = timedelta(minutes=5)  # over which the rate of now is taken
UNITS_NOTED = NOW  # how often the units of BEGINNING are noted
# The units that should have begun, of each unit; the first kind there is below it.
BEGINNING = ("district", "mandal", "booth")
HOUR = timedelta(hours=1)
EXPECTED = 30  # so many in the hour before, and none now: the way is quiet
Point = tuple[datetime, int]  # a minute, and the total by then


@dataclass(frozen=True, slots=True)
class ReportRate:
    """a_minute: over the last minutes; None: not noted yet. last: the minute in which the last one came. is_quiet: it
    brought many in the hour before and none now."""

    a_minute: float | None
    last: datetime | None
    is_quiet: bool = False


def report_rate(points: Sequence[Point], *, at: datetime, late: timedelta = NOW) -> ReportRate:
    """points: in the order of time; late: how old the last may be. A total that fell (something was undone) is no
    arrival."""
    if len(points) < 2:
        return ReportRate(None, None)
    now, end = points[-1][1], points[-1][0]
    if at - end > late:
        return ReportRate(None, None)  # nobody notes totals: no rate is better than an old one
    start, before = at_or_before(points, end - NOW)
    minutes = (end - start).total_seconds() / 60
    last = next(
        (when for (_earlier, was), (when, n) in zip(points[-2::-1], points[:0:-1], strict=True) if n > was),
        None,
    )
    came = max(0, now - before)
    hour = before - at_or_before(points, end - HOUR - NOW)[1]
    return ReportRate(came / minutes, last, is_quiet=not came and hour >= EXPECTED)


def at_or_before(points: Sequence[Point], when: datetime) -> Point:
    """Return the last point up to a moment; the first there is where all are later."""
    found = points[0]
    for point in points:
        if point[0] > when:
            break
        found = point
    return found


def points_by_stretch(points: Sequence[Point], *, every: timedelta, most: int) -> list[Point]:
    """Return what came in each of the last stretches of time, oldest first: the end of each stretch, and how many."""
    if not points:
        return []
    made: list[Point] = []
    end = points[-1][0]
    while len(made) < most and end > points[0][0]:
        came = at_or_before(points, end)[1] - at_or_before(points, end - every)[1]
        made.append((end, max(0, came)))
        end -= every
    return made[::-1]


def noted_at(at: datetime) -> datetime:
    """Return the minute under which the units are noted at an instant."""
    minute = at.replace(second=0, microsecond=0)
    return minute - timedelta(minutes=minute.minute % (UNITS_NOTED // timedelta(minutes=1)))
