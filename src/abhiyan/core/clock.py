"""The one place that reads the clock. Only views, commands and jobs call it; acts are handed `at`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of an aware instant in an IANA zone such as "Asia/Kolkata"."""
    return at.astimezone(ZoneInfo(zone)).date()
