"""When a claim falls: the field day, and whether it can still count."""

from datetime import date, datetime, timedelta
from enum import Enum

GRACE = timedelta(days=7)  # what arrives later than this after the window stays reported (DESIGN §4)
SKEW = timedelta(hours=1)  # a device clock may be ahead by this much; then the server's time stands
EARLIEST = 2000  # no device in use says a year before


class Fall(Enum):
    INSIDE = "inside"
    LATE = "late"  # happened inside, arrived too late to count
    BEFORE = "before"
    AFTER = "after"


def field_instant(*, field_at: datetime | None, at: datetime) -> datetime | None:
    """Return the instant a claim is dated, or None when the sender's time cannot be true.

    Not given: when it arrived. Ahead by up to an hour: when it arrived.
    """
    if field_at is None:
        return at
    if field_at.tzinfo is None or field_at.year < EARLIEST:
        return None
    if field_at > at:
        return at if field_at - at <= SKEW else None
    return field_at


def fall(*, day: date, arrived_on: date, opens_on: date, closes_on: date) -> Fall:
    """Return the position of a field day in a drive's window.

    All days in the drive's zone; closes_on is the last day.
    """
    if day < opens_on:
        return Fall.BEFORE
    if day > closes_on:
        return Fall.AFTER
    return Fall.LATE if arrived_on > closes_on + GRACE else Fall.INSIDE
