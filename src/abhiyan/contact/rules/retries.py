"""When somebody is called again. Pure. Hours: law.md T2. Tries and pauses: as the organisation orders."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from .attempts import PARTS, part_of

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
