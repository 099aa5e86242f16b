"""The one place that reads the clock. Only views, commands and jobs call it; acts are handed `at`.

The present instant is the database's: what one host writes down as due or expired, another reads. Each process hears
the database's clock with its work, and a machine whose own clock is off by more than a second follows it.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

APART_S = 1.0

log = logging.getLogger(__name__)
_given: Callable[[], datetime] | None = None  # what tells the time in a test
_ahead = timedelta()  # how far this machine's clock is ahead of the database's; none while they agree


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _given() if _given else datetime.now(UTC) - _ahead


def today(zone: str) -> date:
    """The present day in an IANA zone."""
    return day_in(zone, now())


def give(told: Callable[[], datetime] | None) -> None:
    """Let all threads of this process take the time from `told`; None: from the clock again. Only tests call it."""
    global _given
    _given = told


def take_database_time(told: datetime, *, asked_s: float) -> None:
    """Take the database's word for the present instant.

    told: its clock_timestamp(). asked_s: when it was asked, on this machine's monotonic clock: an answer that took
    longer than clocks may be apart says nothing.
    """
    global _ahead
    if _given or time.monotonic() - asked_s > APART_S:
        return
    apart = datetime.now(UTC) - told
    if abs(apart.total_seconds()) <= APART_S:
        _ahead = timedelta()
        return
    if not _ahead:
        facts = {"ahead_s": round(apart.total_seconds(), 1)}
        log.warning("this machine's clock differs from the database's, which is used", extra={"facts": facts})
    _ahead = apart


def day_in(zone: str, at: datetime) -> date:
    """The calendar day of an aware instant in an IANA zone such as "Asia/Kolkata"."""
    return at.astimezone(ZoneInfo(zone)).date()
