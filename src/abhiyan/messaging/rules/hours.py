"""When a message may go (law.md T2; DESIGN §4 Messages)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from .texts import SERVICE

OPENS, CLOSES = time(10), time(21)  # in the recipient's zone; may only be made stricter
PROMPT = timedelta(minutes=10)  # a service message goes at any hour while it is this young
CODE_LIFE = timedelta(minutes=10)  # as `people` lets a one-time code live; later it would only mislead
SERVICE_LIFE = timedelta(days=7)  # held longer by budget or outage: once, within this


def is_open(at: datetime, zone: str) -> bool:
    """Whether the instant lies in 10:00-21:00 of the zone."""
    return OPENS <= at.astimezone(ZoneInfo(zone)).time() < CLOSES


def next_opening(at: datetime, zone: str) -> datetime:
    """The instant itself when open, else the next 10:00 in the zone."""
    if is_open(at, zone):
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, ZoneInfo(zone))


def may_go(
    *, kind: int, queued_at: datetime, at: datetime, zone: str, is_prompt: bool = True
) -> datetime | None:
    """When a message queued then may go at the earliest, seen from `at`: `at` itself for now; None: too late, give up.

    Service: any hour within 10 minutes, later only inside the hours and within 7 days. All else: inside the hours.
    is_prompt: whether the phone waits for it; a service message we begin ourselves, a question, keeps to the hours.
    """
    if kind == SERVICE:
        if is_prompt and at - queued_at <= PROMPT:
            return at
        opening = next_opening(at, zone)
        return opening if opening - queued_at <= SERVICE_LIFE else None
    return next_opening(at, zone)
