"""Paper forms by which entries came. The room of paper answers; Today and pages of people ask."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.ui.owed import LateBelow, Owed


@dataclass(frozen=True, slots=True)
class PaperForms:
    """Reads of the room of paper.

    claims_of: a batch's number -> claims of its rows that opened a term. None: the viewer sees no such batch.
    sheets_kept: devices that entries came by -> batches with photographs, and how long these are kept.
    to_enter: SQL that yields a row for each photographed sheet in sight that no list has brought. It waits since
    before %(before)s. Today counts it together with other waiting work, in one query.
    owed: their number, up to which it was counted, and whether others enter them -> the row of Today.
    """

    claims_of: Callable[[str], list[UUID] | None]
    sheets_kept: Callable[[Iterable[str]], list[tuple[str, datetime]]]
    to_enter: str
    owed: Callable[[int, int, bool], Iterator[Owed | LateBelow]]


_rooms: list[PaperForms] = []


def register_paper_forms(paper_forms: PaperForms) -> None:
    """Register the reads of paper forms. Call it once, in the ready() of the room that keeps them."""
    _rooms.append(paper_forms)


def claims_of_batch(number: str) -> list[UUID] | None:
    """Return the claims of a batch's rows that opened a term; None of a batch that the viewer does not see."""
    return next((room.claims_of(number) for room in _rooms), None)


def sheets_kept_by(devices: Iterable[str]) -> list[tuple[str, datetime]]:
    """Return the batches by which entries came and whose sheets are photographed, and how long these are kept.

    In a system scope: the person concerned may know.
    """
    return next((room.sheets_kept(devices) for room in _rooms), [])


def sheets_to_enter_sql() -> str:
    """Return the SQL of photographed sheets that no list has brought; no rows without a room of paper."""
    return next((room.to_enter for room in _rooms), "select 1 where false")


def owed_on_paper(sheets: int, most: int, *, leaves: bool) -> Iterator[Owed | LateBelow]:
    """Yield the row of Today for so many sheets to enter; nothing without a room of paper."""
    for room in _rooms:
        yield from room.owed(sheets, most, leaves)
