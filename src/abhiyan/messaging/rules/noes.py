"""A phone's no stops these of our messages (DESIGN §4, Messages: STOP works from every channel)."""

from dataclasses import dataclass
from datetime import datetime

from .texts import DUTY, OUTREACH, brings_code, is_question

RECEIPTS = frozenset({"leave.receipt", "held.receipt", "stop.receipt", "deny.receipt", "erase.receipt"})


@dataclass(frozen=True, slots=True)
class StandingNo:
    """A no that stands. scope: outreach, or all (the phone has left)."""

    scope: str
    at: datetime


def always_goes(template: str) -> bool:
    """Return True for the receipt of the no itself, and for one-time codes, which answer a person who waits at a
    screen."""
    return template in RECEIPTS or brings_code(template)


def stops_message(no: StandingNo, *, kind: int, template: str, queued_at: datetime) -> bool:
    """Return whether a message may not go any more.

    A no to all leaves what `always_goes`, and the service messages that the phone asked for later. A new call gets its
    reply; one before the no does not. A question goes to no phone that has said no to anything.
    """
    if kind == OUTREACH or is_question(template):
        return True
    if no.scope != "all" or always_goes(template):
        return False
    return kind == DUTY or no.at >= queued_at
