"""When so many say no at once that somebody has to look: of one list or sender; and of leavings by telephone.

Few numbers, chosen to stop harm and not to accuse: docs/decisions/0017.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WITHIN = timedelta(hours=24)
AT_LEAST, SHARE_PCT = 5, 5  # noes of one source, and of how many of its entries
RECENT = timedelta(days=7)  # of a sender's entries those count that came within

FLOOD_WITHIN = timedelta(hours=1)
FLOOD_AT_LEAST, FLOOD_TIMES = (
    100,
    10,
)  # members who left by call or text in an hour, and times the usual hour.
HELD_AT_MOST = timedelta(hours=48)  # a real leave is done by then, whether or not anybody has looked

SHOWN_FROM = SHOWN_BY = 5  # and in such steps: two counts that differ by one would tell of one person


def is_burst(*, noes: int, entries: int) -> bool:
    """Return True if so many of a source's entries left or were denied within a day that it is stopped.

    The least is five, and one in twenty.
    """
    return noes >= AT_LEAST and noes * 100 >= SHARE_PCT * entries


def is_few(entries: int) -> bool:
    """Return True if there are so few entries that five noes are a burst whatever their share, which then says
    little."""
    return is_burst(noes=AT_LEAST, entries=entries)


def is_flood(*, in_hour: int, in_week: int) -> bool:
    """Return True if so many members left by call or text in an hour that numbers may be forged.

    The least is a hundred, and ten times the usual hour of the week before.
    """
    return in_hour >= FLOOD_AT_LEAST and in_hour * 24 * 7 >= FLOOD_TIMES * in_week


def noes_shown(n: int) -> int | None:
    """Return at least how many noes there are, as a worker or booth may read it.

    It is nothing below five, and no number between two steps, where one page or evening beside another would
    name somebody.
    """
    return n // SHOWN_BY * SHOWN_BY if n >= SHOWN_FROM else None


def shown_until(*, at: datetime, zone: str) -> datetime:
    """Return the instant up to which that count includes noes.

    Only whole days count, none less than a day old, so that a count that moved does not show who was spoken to
    today.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(today - timedelta(days=1), time(), ZoneInfo(zone))
