"""When somebody nobody reached is tried or called again. Pure. Hours: law.md T2. Tries and pauses: as the organisation
orders.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

ENOUGH = 3  # tries, on different days and in different parts of the day
PARTS = (time(10), time(13), time(17))  # the parts of a day begin; the last ends with the hours of calling
LAST = time(21)


def part_of(hour: time) -> int:
    """Return the part of the day an hour is in; before the first it is the first."""
    return max((at for at, begins in enumerate(PARTS) if hour >= begins), default=0)


def next_try(tried: Sequence[datetime], zone: tzinfo) -> datetime | None:
    """The earliest moment of another try: another day, a part of the day not yet tried. None: tried enough.

    tried: aware, in any order, at least one.
    """
    if len(tried) >= ENOUGH:
        return None
    local = sorted(moment.astimezone(zone) for moment in tried)
    done = {part_of(moment.time()) for moment in local}
    part = min(set(range(len(PARTS))) - done, default=0)
    return datetime.combine(local[-1].date() + timedelta(days=1), PARTS[part], zone)


MOST_TRIES = 4  # calls that nobody took; a promised call-back is not one of them
AFTER_BUSY = timedelta(minutes=30)
SHORTEST_TALK_S = 20  # of a bridge's record, for a talk to count


def into_hours(at: datetime, *, zone: str, opens: time, closes: time) -> datetime:
    """Return the instant itself inside a queue's hours, else when they open next."""
    local = at.astimezone(ZoneInfo(zone))
    if opens <= local.time() < closes:
        return at
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    return datetime.combine(day, opens, ZoneInfo(zone))


def call_again(
    outcome: str, missed: Sequence[datetime], *, at: datetime, zone: str, opens: time, closes: time
) -> datetime | None:
    """Return when somebody is called again after "busy" or "no_answer"; None: they were tried often enough.

    missed: aware instants of all calls that nobody took, this one among them. Busy: after half an hour. No answer: on
    another day, in a part of the day that was not tried yet.
    """
    if len(missed) >= MOST_TRIES:
        return None
    if outcome == "busy":
        return into_hours(at + AFTER_BUSY, zone=zone, opens=opens, closes=closes)
    tried = {part_of(moment.astimezone(ZoneInfo(zone)).time()) for moment in missed}
    free = [part for part in PARTS if part < closes and part_of(part) not in tried]
    hour = max(free[0], opens) if free else opens
    day = at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return datetime.combine(day, hour, ZoneInfo(zone))
