"""When a message may go (law.md E1, T2; DESIGN §4 Messages)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.polls.rules.polling import Polling

from .texts import SERVICE

OPENS, CLOSES = time(10), time(21)  # in the recipient's zone; may only be made stricter.
PROMPT = timedelta(minutes=10)  # a service message goes at any hour while it is this young.
MORNINGS = (10, 11, 12)  # hours at which a leader may have the morning message.
MORNING_ENDS = time(14)  # one that is not made by then comes the next day.
CODE_LIFE = timedelta(minutes=10)  # as `people` lets a one-time code live; later it would only mislead.
SERVICE_LIFE = timedelta(days=7)  # held longer by budget or outage: once, within this.


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a day in which messages go, in the recipient's zone. Wider than 10:00-21:00 they never are."""

    opens: time = OPENS
    closes: time = CLOSES

    def __post_init__(self) -> None:
        if not OPENS <= self.opens < self.closes <= CLOSES:
            raise ValueError("the hours lie within 10:00 and 21:00")


USUAL = Hours()


def is_in_hours(at: datetime, zone: str, hours: Hours = USUAL) -> bool:
    """Return True if the instant lies in the hours of the zone."""
    return hours.opens <= at.astimezone(ZoneInfo(zone)).time() < hours.closes


def next_opening(at: datetime, zone: str, hours: Hours = USUAL) -> datetime:
    """The instant itself when open, else the next opening in the zone."""
    if is_in_hours(at, zone, hours):
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < hours.opens else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.opens, ZoneInfo(zone))


def is_awaited(*, kind: int, queued_at: datetime, at: datetime, is_prompt: bool = True) -> bool:
    """Return True if it is a service message for which somebody waits this moment. Such a message goes at any hour, in
    the silence too.

    is_prompt: whether the phone waits for it; a service message we begin ourselves, a question, keeps to the hours.
    """
    return kind == SERVICE and is_prompt and at - queued_at <= PROMPT


def next_free(at: datetime, zone: str, hours: Hours = USUAL, polling: Polling | None = None) -> datetime:
    """The first instant from `at` on that lies in the hours and in no silence before a poll."""
    while True:
        at = next_opening(at, zone, hours)
        silent_until = polling.silent_until(at) if polling else None
        if silent_until is None:
            return at
        at = silent_until


def may_go(
    *,
    kind: int,
    queued_at: datetime,
    at: datetime,
    zone: str,
    is_prompt: bool = True,
    hours: Hours = USUAL,
    polling: Polling | None = None,
) -> datetime | None:
    """When a message queued then may go at the earliest, seen from `at`: `at` itself for now; None: too late, give up.

    Service that answers: any hour within 10 minutes, later only inside the hours, outside the silence and within 7
    days. All else: inside the hours and outside the silence. polling: of the recipient's place.
    """
    if is_awaited(kind=kind, queued_at=queued_at, at=at, is_prompt=is_prompt):
        return at
    when = next_free(at, zone, hours, polling)
    return None if kind == SERVICE and when - queued_at > SERVICE_LIFE else when
