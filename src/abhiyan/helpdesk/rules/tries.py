"""Results of calls about requests. The room above that keeps all tries keeps these too."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from abhiyan.core.actor import Actor

REST = timedelta(hours=1)  # a request rests so long after a call without an answer
LONGEST_REST = timedelta(days=14)  # a promised call lies within this time


class CallResult(StrEnum):
    """The outcomes of tries that a call about a request may have."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    LATER = "later"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True)
class RequestCall:
    """One call that was noted. again_at: not before then."""

    result: CallResult
    label: str
    account_id: int
    at: datetime
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallBook:
    """Where calls are kept. choices: of a form, in the words of the outcomes. note: (request, result, again_at, by,
    at). calls: of these requests, each the oldest first. All in a system scope."""

    choices: Callable[[], Sequence[tuple[str, str]]]
    note: Callable[[UUID, CallResult, datetime | None, Actor, datetime], None]
    calls: Callable[[Collection[UUID]], Mapping[UUID, Sequence[RequestCall]]]


_kept: list[CallBook] = []


def register(book: CallBook) -> None:
    """Register the book, once in the ready() of the room that keeps the tries."""
    _kept.append(book)


def book() -> CallBook:
    """The book of the installation; LookupError before the rooms are ready."""
    if not _kept:
        raise LookupError("no room keeps tries")
    return _kept[0]


def again_at(result: CallResult, asked: datetime | None, at: datetime) -> datetime | None:
    """When a request is the next one again. asked: by the person, for a later call. ValueError where a later call has
    no such time, or one that lies too far off."""
    if result == CallResult.NO_ANSWER:
        return at + REST
    if result != CallResult.LATER:
        return None
    if asked is None or not at < asked <= at + LONGEST_REST:
        raise ValueError("no fit time to call again")
    return asked
