"""Kinds of cards and certificates, as rooms register them, and what the public check says of who holds one."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

_VIRAMA = "\u094d"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document. code: stored, for ever.

    holder: the name of the person a document about something is good for, None where it is not. Asked at
    each check, in a system scope: so a membership that has run out needs nobody to revoke its card.
    """

    code: str
    label: str | Promise
    holder: Callable[[UUID], str | None]


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; a room does it in its apps.py."""
    _kinds[kind.code] = kind


def kind(code: str) -> Kind:
    """A registered kind."""
    return _kinds[code]


def initials(name: str) -> str:
    """The first letters of a name, such as "A. D." or "श्री. दे.": of its first and its last word."""
    words = [word for word in name.split() if word[0].isalpha()]
    return " ".join(f"{_first_letter(word)}." for word in [*words[:1], *words[1:][-1:]])


def _first_letter(word: str) -> str:
    """A letter with what belongs to it: its signs, and in Devanagari the letters it is joined with."""
    size = 1
    while size < len(word) and (0x0900 <= ord(word[size]) <= 0x0903 or 0x093A <= ord(word[size]) <= 0x094D):
        size += 2 if word[size] == _VIRAMA else 1
    return word[:size].upper()
