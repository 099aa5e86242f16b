"""A programme's window: first and last day, both in, in the programme's zone."""

from datetime import date, timedelta

LONGEST_DAYS = 3 * 366
LAUNCH_DAYS = 7  # the first week


def length_days(opens_on: date, closes_on: date) -> int:
    """Count the days from the first to the last, both counted."""
    return (closes_on - opens_on).days + 1


def day_number(opens_on: date, closes_on: date, on: date) -> int:
    """Return the number of a day in the window: 0 before it, its length after it."""
    return max(0, min((on - opens_on).days + 1, length_days(opens_on, closes_on)))


def passed_pct(opens_on: date, closes_on: date, on: date) -> float:
    """Return how much of the window lies behind at the end of day `on`, 0–100: the share of a target due by then."""
    return 100 * day_number(opens_on, closes_on, on) / length_days(opens_on, closes_on)


def days_left(opens_on: date, closes_on: date, on: date) -> int:
    """Return days of the window still to be worked in, `on` among them: its whole length before it, 0 after it."""
    return max(0, (closes_on - max(on, opens_on)).days + 1)


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def is_launch(opens_on: date, on: date) -> bool:
    """Return True in the first week of a programme, when units begin."""
    return (on - opens_on).days < LAUNCH_DAYS


def target_due(target: int, opens_on: date, closes_on: date, on: date) -> int:
    """Return the part of a target due by the end of day `on`; on the first day nothing is due before it has ended."""
    day = day_number(opens_on, closes_on, on)
    return 0 if day <= 1 else round(target * day / length_days(opens_on, closes_on))
