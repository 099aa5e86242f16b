"""A request to the helpline follows these rules: its number, the time of its answer, and its closing without a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from abhiyan.core.letters import is_hidden, plain_digits

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BITS = 40

LONGEST = 1_000  # letters of what somebody asks.
LONGEST_ANSWER = 300  # an answer goes by SMS.
MOST_LINES = 20  # messages of one request that are kept; further ones are counted.
JOINED_WITHIN = timedelta(days=7)  # a message joins the request its phone has open.
BACK_WITHIN = timedelta(days=30)  # a NO opens a request again.
UP_AGAIN = timedelta(hours=24)  # an overdue request goes one office further up after so long.
KEPT = timedelta(days=365)  # words, from the last thing that happened.


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    DONE = "done"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class RequestRule:
    """One kind of request has this rule. answer_h: hours to an answer. quiet_days: after "done", closed without a
    reply. offices: codes of offices that answer it where one is held; none: every office that answers."""

    answer_h: int
    quiet_days: int
    offices: tuple[str, ...] = ()


OTHERWISE = RequestRule(48, 7)
RULES: Mapping[str, RequestRule] = {
    "membership": RequestRule(48, 7),
    "card": RequestRule(48, 7),
    "place": RequestRule(72, 7),
    "programme": RequestRule(24, 3),
    "material": RequestRule(72, 7),
    "technical": RequestRule(24, 3, ("it_administrator",)),
    "complaint": RequestRule(72, 14),
    "other": OTHERWISE,
}


def request_rule(kind: str) -> RequestRule:
    """The rule of a kind."""
    return RULES.get(kind, OTHERWISE)


def answer_due_at(kind: str, at: datetime) -> datetime:
    """By when somebody answers what is asked at `at`."""
    return at + timedelta(hours=request_rule(kind).answer_h)


def closes_at(kind: str, done_at: datetime) -> datetime:
    """When a request that is done is closed without a reply."""
    return done_at + timedelta(days=request_rule(kind).quiet_days)


def may_open_again(done_at: datetime | None, at: datetime) -> bool:
    """Return True while a NO of the person opens a request again that was done at `done_at`."""
    return done_at is not None and at - done_at <= BACK_WITHIN


def request_number(ticket: UUID) -> str:
    """Such as H-7K3M-09XD: what a person quotes."""
    value = ticket.int >> (128 - _BITS)
    letters = "".join(_LETTERS[value >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return f"H-{letters[:4]}-{letters[4:]}"


def read_ticket_number(text: str) -> str:
    """The number somebody typed, as it is kept; "" where it is none."""
    letters = (
        "".join(plain_digits(text).upper().replace("-", " ").split()).removeprefix("H").translate(_MEANT)
    )
    if len(letters) != _BITS // 5 or not set(letters) <= set(_LETTERS):
        return ""
    return f"H-{letters[:4]}-{letters[4:]}"


def plain_request_text(text: str) -> str:
    """Words without signs that nobody sees or that turn the direction; lines stay, blanks at the ends go."""
    return "".join(sign for sign in text.replace("\r\n", "\n") if not is_hidden(sign)).strip()


def is_joined(*, same_way: bool, same_about: bool, is_typed: bool) -> bool:
    """Return True if a new message joins the open request of its phone. A typed one joins a request about the same kind
    and scheme. A text, a call or the form joins one that came the same way."""
    return same_about if is_typed else same_way
