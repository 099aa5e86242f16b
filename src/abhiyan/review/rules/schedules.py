"""Find the next time to send slides: each day, week or month at an hour."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = range(10, 21)  # those in which messages to offices go
DAYS_OF_MONTH = range(1, 29)  # every month has them
MOST_SEATS, MOST_SCHEDULES = 20, 20  # offices of a schedule; schedules of one person
KEPT = 60  # decks that one schedule sent
SHOWN_FOR = timedelta(days=7)  # how long Today says that slides came


def next_at(every: str, day: int, hour: int, *, after: datetime, zone: str) -> datetime:
    """Return the first time after an instant. every: day, week or month.

    day: of the week from 0, Monday, or of the month.
    """
    here = ZoneInfo(zone)
    on = after.astimezone(here).date()
    for _each in range(2 * 31 + 1):
        at = datetime.combine(on, time(hour), here)
        if at > after and _falls_on(every, day, on):
            return at
        on += timedelta(days=1)
    raise ValueError(f"no such day: {every} {day}")


def _falls_on(every: str, day: int, on: date) -> bool:
    if every == "week":
        return on.weekday() == day
    return every == "day" or on.day == min(day, monthrange(on.year, on.month)[1])
