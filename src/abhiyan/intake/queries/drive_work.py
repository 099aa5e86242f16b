"""Work for a drive in the unit of an office. Rooms above say it, and Today shows it where somebody may enter people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.programmes.models import Programme
from abhiyan.ui.owed import Owed


@dataclass(frozen=True, slots=True)
class DriveWork:
    """An office whose holder may enter people for a drive, in its unit.

    roll_code: of the drive's roll. organises: the office is that of an organiser, and the drive one of friends.
    enters: people are entered at doors there.
    """

    viewer: Viewer
    office: HeldOffice
    programme: Programme
    roll_code: str
    organises: bool
    enters: bool
    at: datetime


_offers: list[Callable[[DriveWork], Iterator[Owed]]] = []


def register_drive_work(offer: Callable[[DriveWork], Iterator[Owed]]) -> None:
    """Register rows of Today for work in a drive. Call it once, in the ready() of the room that has the pages."""
    _offers.append(offer)


def owed_in_drive(drive_work: DriveWork) -> Iterator[Owed]:
    """Yield the rows of Today that rooms above have for a drive in the unit of an office."""
    for offer in _offers:
        yield from offer(drive_work)
