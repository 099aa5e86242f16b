"""The link by which somebody accepts an office. Org sends no messages: the room that does hands in what it knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class OfferLink:
    """The office that the link of a message offers. appointment: its public id. phone_id: of the phone asked.

    is_open: it waits for an answer. is_accepted: the answer was YES.
    """

    appointment: UUID
    phone_id: UUID
    is_open: bool
    is_accepted: bool


class FindOffer(Protocol):
    """Returns what a link is about, or None where no such link was sent. In a system scope."""

    def __call__(self, link: str, /, *, at: datetime) -> OfferLink | None: ...


class AnswerOffer(Protocol):
    """Takes the answer of the phone to which the link was sent. Refuses as `actions.answer_by_phone`."""

    def __call__(self, *, link: str, yes: bool, by: Actor, at: datetime, why: str = "") -> object: ...


_find: FindOffer | None = None
_answer: AnswerOffer | None = None


def send_offers_by(find: FindOffer, answer: AnswerOffer) -> None:
    """Hand in what finds and answers links, in an AppConfig.ready()."""
    global _find, _answer
    _find, _answer = find, answer


def offer_behind(link: str, *, at: datetime) -> OfferLink | None:
    """Return what a link is about; None where nobody sent it. In a system scope."""
    return _find(link, at=at) if _find else None


def answer_behind(*, link: str, yes: bool, why: str, by: Actor, at: datetime) -> None:
    """Answer an offer by its link; see `AnswerOffer`. why: what was said beside it."""
    if _answer:
        _answer(link=link, yes=yes, by=by, at=at, why=why)
