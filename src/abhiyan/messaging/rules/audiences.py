"""Audiences of bulk messages: which phones a send may go to. Each room registers its own in its `ready()`.

An audience is one statement. messaging counts it, and walks it phone by phone; it knows no members and no rolls.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

Choice = tuple[str, str]  # what of it, and its name


@dataclass(frozen=True, slots=True)
class AudiencePerson:
    """Somebody of an audience by name. ref: what a page calls them by, which tells no phone. where: house or lane."""

    ref: UUID
    phone_id: UUID
    name: str
    where: str


class NamesPeople(Protocol):
    """Name the people of a choice as the scope in force sees them, without people who said no; `most` at most.

    refs, phones: only these.
    """

    def __call__(
        self, choice: str, *, refs: Collection[UUID] = (), phones: Collection[UUID] = (), most: int
    ) -> list[AudiencePerson]: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """code: for ever, without a colon. kind: class of its messages (texts.DUTY, texts.OUTREACH).

    rows: a select of (phone_id, language, unit_id, reason), each phone once, in the order of phone_id. It reads
    `%(places)s`, positions as an int8multirange, between `%(lowest)s` and `%(highest)s`; `%(of)s`, a choice; `%(day)s`,
    today; and only phones behind `%(after)s` up to `%(until)s`, for nobody reads a million at once. reason: "" or why
    the phone gets nothing, as `rules.reasons` names it. choices: what of it somebody may choose, in the page's
    language.

    is_asked_again: its rows are asked again as a message leaves, and their reason takes the place of consents.
    rests: nothing goes to it from the announcement of an election to its result.

    says: the variables that a text to it must have, each with what fills it for a choice. ready: such a text by
    language, to be registered. people: names its people, where the room keeps their names.
    """

    code: str
    name: str | Promise
    kind: int
    rows: str
    choices: Callable[[], Sequence[Choice]]
    is_asked_again: bool = False
    rests: bool = False
    says: Callable[[str], Mapping[str, str]] | None = None
    ready: Mapping[str, str] = field(default_factory=dict)
    people: NamesPeople | None = None


_AUDIENCES: dict[str, Audience] = {}
_programmes: list[Callable[[], Sequence[tuple[int, str]]]] = []


def register(audience: Audience) -> None:
    """Once per audience."""
    _AUDIENCES[audience.code] = audience


def offered_audiences(kind: int | None = None) -> list[Choice]:
    """Every audience with each of its choices: (code, name), as a form offers them. kind: only of this class."""
    return [
        (f"{audience.code}:{choice_code}", f"{audience.name}: {name}")
        for audience in _AUDIENCES.values()
        if kind in (None, audience.kind)
        for choice_code, name in audience.choices()
    ]


def read_audience(code: str) -> tuple[Audience, str]:
    """The audience of `members:1`, and what of it. LookupError where there is none."""
    kind, _colon, choice_code = code.partition(":")
    return _AUDIENCES[kind], choice_code


def to_say(code: str) -> dict[str, str]:
    """Return what fills the variables that a text to an offered audience must have. Any text will do if it is empty."""
    if code not in dict(offered_audiences()):
        return {}
    audience, choice_code = read_audience(code)
    return dict(audience.says(choice_code)) if audience.says else {}


def audience_name(code: str) -> str:
    """How an offered audience is called; the code where it is no longer offered."""
    return dict(offered_audiences()).get(code, code)


def rechecked_audiences() -> set[str]:
    """Codes of the audiences that are asked again as a message leaves."""
    return {audience.code for audience in _AUDIENCES.values() if audience.is_asked_again}


def answer_programmes(names: Callable[[], Sequence[tuple[int, str]]]) -> None:
    """A room above says which programmes may pay for a send: (id, name)."""
    _programmes[:] = [names]


def paying_programmes() -> list[tuple[int, str]]:
    """Programmes that may pay for a send."""
    return [name_pair for names in _programmes for name_pair in names()]
