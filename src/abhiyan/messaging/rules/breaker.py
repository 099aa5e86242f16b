"""When a gateway in trouble is left alone: one that hangs trips a breaker, not the queue (DESIGN §4, Messages)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TRIPS_AT = 5  # failures in a row
BUSY_FOR = timedelta(minutes=1)  # with nothing but "wait" for an answer: then people see it


@dataclass(frozen=True, slots=True)
class Breaker:
    """The last answers say this of the gateway.

    first_s, longest_s: pauses double from the first to the longest. at_once: how many messages try it after each.
    since, reason: of the first failure in a row. until: nothing goes before. waiting: first and last of the answers
    that asked for a pause, since it last took or refused a message; waiting_why: the reason of the first.
    """

    first_s: float
    longest_s: float
    at_once: int
    failures: int = 0
    since: datetime | None = None
    reason: str = ""
    until: datetime | None = None
    pauses: int = 0
    waiting: tuple[datetime, datetime] | None = None
    waiting_why: str = ""

    @property
    def is_out(self) -> bool:
        return self.failures >= TRIPS_AT

    @property
    def away(self) -> tuple[datetime, str] | None:
        """Since when the gateway has taken nothing, and why; None while it works."""
        if self.is_out and self.since is not None:
            return self.since, self.reason
        if self.waiting is not None and self.waiting[1] - self.waiting[0] >= BUSY_FOR:
            return self.waiting[0], self.waiting_why
        return None


def answered(breaker: Breaker) -> Breaker:
    """The gateway took or refused a message: it works."""
    until = None if breaker.is_out else breaker.until
    return replace(
        breaker, failures=0, since=None, reason="", until=until, pauses=0, waiting=None, waiting_why=""
    )


def failed(breaker: Breaker, *, reason: str, at: datetime) -> Breaker:
    """A time-out, a broken connection, or an answer that says that the gateway itself is in trouble."""
    found = replace(
        breaker,
        failures=breaker.failures + 1,
        since=breaker.since or at,
        reason=breaker.reason or reason,
    )
    return _paused(found, at) if found.failures == TRIPS_AT else found


def told_to_wait(breaker: Breaker, *, wait_s: float, reason: str, at: datetime) -> Breaker:
    """The gateway asks for a pause: it takes no more just now."""
    until = at + timedelta(seconds=wait_s)
    return replace(
        breaker,
        until=max(until, breaker.until or until),
        waiting=(breaker.waiting[0] if breaker.waiting else at, at),
        waiting_why=breaker.waiting_why or reason,
    )


def room_to_send(breaker: Breaker, *, free: int, at: datetime) -> int:
    """Return how many messages may go now. free: how many hands have nothing to do."""
    if breaker.until is not None and at < breaker.until:
        return 0
    return min(free, breaker.at_once) if breaker.is_out else free


def breaker_after_send(breaker: Breaker, *, at: datetime) -> Breaker:
    """Messages went. While the breaker is out they are a trial, and the next waits longer."""
    return _paused(breaker, at) if breaker.is_out else breaker


def _paused(breaker: Breaker, at: datetime) -> Breaker:
    pause_s = min(breaker.longest_s, breaker.first_s * 2 ** min(breaker.pauses, 20))
    return replace(breaker, until=at + timedelta(seconds=pause_s), pauses=breaker.pauses + 1)
