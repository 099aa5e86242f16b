"""The hours of a meeting, and how its day is written."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def begins_at(first_on: date, starts: time, zone: str) -> datetime:
    """The instant a meeting begins."""
    return datetime.combine(first_on, starts, ZoneInfo(zone))


def has_begun(first_on: date, starts: time, zone: str, *, at: datetime) -> bool:
    """Return True from the hour on at which a meeting begins. Before it nothing is said about who came."""
    return begins_at(first_on, starts, zone) <= at


def ends_at(last_on: date, zone: str) -> datetime:
    """The end of its last day."""
    return datetime.combine(last_on + timedelta(days=1), time(), ZoneInfo(zone))


def is_in_silence(
    first_on: date, last_on: date, silences: Iterable[tuple[datetime, datetime]], zone: str
) -> bool:
    """Return True if one of its days touches the 48 hours before a poll."""
    begins, ends = datetime.combine(first_on, time(), ZoneInfo(zone)), ends_at(last_on, zone)
    return any(first < ends and begins < last for first, last in silences)
