"""Work at doors for a drive. The room of doors says it, and Today shows it where somebody may enter people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.ui.owed import Owed


@dataclass(frozen=True, slots=True)
class DoorWork:
    """An office whose holder may enter people at doors for a drive. drive_name: in the reader's language."""

    viewer: Viewer
    office: HeldOffice
    programme_id: int
    drive_id: UUID  # public
    drive_name: str
    at: datetime


_offers: list[Callable[[DoorWork], Iterator[Owed]]] = []


def register_door_work(offer: Callable[[DoorWork], Iterator[Owed]]) -> None:
    """Register the rows of Today for work at doors. Call it once, in the ready() of the room that has the pages."""
    _offers.append(offer)


def owed_at_doors(door_work: DoorWork) -> Iterator[Owed]:
    """Yield the rows of Today for work at doors; nothing without a room of doors."""
    for offer in _offers:
        yield from offer(door_work)
