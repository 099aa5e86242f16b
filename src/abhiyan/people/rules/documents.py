"""Kinds of cards and certificates, as rooms register them, and what the public check says of who holds one."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from abhiyan.core import letters


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document. code: stored, for ever.

    holder: the name of the person a document about something is good for, None where it is not. Asked at
    each check, in a system scope: so a membership that has run out needs nobody to revoke its card.
    """

    code: str
    label: str | Promise
    holder: Callable[[UUID], str | None]


_kinds: dict[str, DocumentKind] = {}


def register(kind: DocumentKind) -> None:
    """Add a kind; a room does it in its apps.py."""
    _kinds[kind.code] = kind


def kind_of_document(code: str) -> DocumentKind:
    """A registered kind."""
    return _kinds[code]


def name_initials(name: str) -> str:
    """The first letters of a name, such as "A. D." or "श्री. दे.": of its first and its last word."""
    words = [word for word in name.split() if word[0].isalpha()]
    return " ".join(f"{letters.first(word).upper()}." for word in [*words[:1], *words[1:][-1:]])
