"""Parts of a person's pages that rooms above this one answer for, each drawn by its own template."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from abhiyan.org.viewer import Viewer

from .people import Member


@dataclass(frozen=True, slots=True)
class PagePart:
    """A part of a page. facts: what its template names. download: what the person takes along, by name."""

    template: str
    facts: Mapping[str, Any]
    download: Mapping[str, Any] = field(default_factory=dict)


OwnPartReader = Callable[[Member, datetime], Iterator[PagePart]]
PersonPartReader = Callable[[Viewer, Member, Sequence[int]], Iterator[PagePart]]
_own_readers: list[OwnPartReader] = []
_person_readers: list[PersonPartReader] = []


def register_own_part(reader: OwnPartReader) -> None:
    """Register what a room shows people on their own page. Call it once, in the ready() of the room."""
    _own_readers.append(reader)


def own_parts(member: Member | None, *, at: datetime) -> list[PagePart]:
    """Return what the rooms above show a person on their own page; nothing to a phone without a member."""
    return [part for reader in _own_readers for part in reader(member, at)] if member else []


def register_person_part(reader: PersonPartReader) -> None:
    """Register what a room shows offices on the page of a person. Call it once, in the ready() of the room."""
    _person_readers.append(reader)


def person_parts(viewer: Viewer, member: Member, positions: Sequence[int]) -> list[PagePart]:
    """Return what the rooms above show a viewer on the page of a person. positions: of the person's unit."""
    return [part for reader in _person_readers for part in reader(viewer, member, positions)]
