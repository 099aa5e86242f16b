"""When somebody nobody reached is tried again. Pure."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

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
