"""Orders to a process that reads a paper list, and its reports."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from abhiyan.imports.tables.reading import Batch
from abhiyan.imports.tables.sources import FilePart, TableSource

from .rules.batches import batch_number, read_batch_number


@dataclass(frozen=True)
class Order:
    """The order to a process to read its part."""

    table: str
    path: str
    part: FilePart
    source: TableSource
    mapping: Mapping[str, int]
    programme_id: int
    key: bytes  # of the file: with a row's number it makes a claim's key
    by: UUID
    at: datetime  # when the list came
    within: tuple[int, ...] | None
    state: str  # code of the state the list is of; empty: of several
    notice: int | None  # of rows that say none
    workers: Mapping[UUID, UUID]  # id of a phone -> public id of the account it signs in
    language: str
    batch: str = ""  # of rows that say none
    seat: str = ""  # code of the one constituency whose booths the list is of; empty: of several


@dataclass
class PaperProgress:
    """The progress of a part, and its rows that were not staged since the last word."""

    batch: Batch
    staged: int = 0
    minors: Counter[tuple[int, date]] = field(default_factory=Counter)  # unit (0: unknown), day


def worker_of(phone: str, order: Order) -> UUID:
    """Return a worker by their account, else by the keyed id of their phone."""
    from abhiyan.core.keys import keyring

    phone_id = keyring().phone_id(phone)
    return order.workers.get(phone_id, phone_id)


def device_of(bundle: str | None) -> str:
    """Return the means an entry came by. A printed batch is called as it is printed, however its number was typed."""
    number = read_batch_number(bundle) if bundle else None
    if number is not None:
        return f"paper {batch_number(number)}"
    return f"paper {bundle}" if bundle else "paper"
