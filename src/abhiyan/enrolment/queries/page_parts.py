"""Parts of a person's pages that rooms above this one answer for, each drawn by its own template."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .people import Member


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page. facts: what its template names. download: what the person takes along, by name."""

    template: str
    facts: Mapping[str, Any]
    download: Mapping[str, Any] = field(default_factory=dict)


OwnPartReader = Callable[[Member, datetime], Iterator[PagePart]]
_readers: list[OwnPartReader] = []


def register_own_part(reader: OwnPartReader) -> None:
    """Register what a room shows people on their own page. Call it once, in the ready() of the room."""
    _readers.append(reader)


def own_parts(member: Member | None, *, at: datetime) -> list[PagePart]:
    """Return what the rooms above show a person on their own page; nothing to a phone without a member."""
    return [part for reader in _readers for part in reader(member, at)] if member else []
