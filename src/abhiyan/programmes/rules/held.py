"""Collect what rooms above keep about counted items, for the page of the person they concern."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from abhiyan.programmes.rules.activities import Text


@dataclass(frozen=True, slots=True)
class HeldDeed:
    """One thing that was done about an item, with its day and result. words: question -> what the person said."""

    at: datetime
    what: Text
    result: Text
    words: Mapping[str, str] = field(default_factory=dict)


Tell = Callable[[Collection[UUID]], Iterable[HeldDeed]]
_tellers: list[Tell] = []


def register(tell: Tell) -> None:
    """Have `tell` (public ids of one person's items) say what its room holds; once, in the ready() of the room."""
    _tellers.append(tell)


def about(item_ids: Collection[UUID]) -> list[HeldDeed]:
    """Return what is held about one person's items, in order of time."""
    return sorted(
        (held_deed for tell in _tellers for held_deed in tell(item_ids)), key=lambda held_deed: held_deed.at
    )
