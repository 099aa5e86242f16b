"""News from this room for the rooms above, in the transaction of the act."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.units.news import UnitsMoved


@dataclass(frozen=True, slots=True)
class ProgrammeMade:
    """A draft was made from a template; the room its kind belongs to adds what it needs (a drive its roll)."""

    programme_id: int
    kind: str
    template: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ProgrammeOpened:
    programme_id: int
    kind: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ProgrammeDiscarded:
    """A draft is thrown away (told before its row goes); what a room above added to it goes too."""

    programme_id: int
    kind: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ItemsErased:
    """The person of some items had everything erased, or has again after a restore.

    item_ids: public. former_phone_ids: phones the person had before, where the teller knows them.
    """

    item_ids: tuple[UUID, ...]
    phone_id: UUID
    at: datetime
    former_phone_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class ScopeChanged:
    """A programme covers other units than before. The act holds the programme, or its hearer may."""

    programme_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TotalsMoving:
    """Totals of the ledger are about to follow branches that moved. A hearer holds programmes before the totals."""

    moved: UnitsMoved
