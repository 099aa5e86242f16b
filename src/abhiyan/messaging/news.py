"""Tell other rooms what became of their questions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A phone answered a question with the word or the link of one of its messages.

    room, kind, about: as the question was asked. by_word: with the word, else by the link. channel: the way the answer
    came, "sms", "whatsapp", "page" (the phone's own page) or "link". message_id: our message whose word it was.
    language: of the question. why: what was said beside the answer, "" by a text. A NO is passed on even when the
    question was answered YES before, or is over; a YES only while it is open.
    """

    room: str
    kind: str
    about: UUID
    phone_id: UUID
    yes: bool
    by_word: bool
    channel: str
    message_id: UUID
    language: str
    why: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class QuestionsUnanswered:
    """Nobody answered these questions in time, or their phones have said no to everything. They are over."""

    room: str
    kind: str
    abouts: tuple[UUID, ...]
    at: datetime
