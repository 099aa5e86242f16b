"""Contact tells the rooms above about these events."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """Somebody on a call said that they want to help. language: theirs; "" where it is not known.

    at: their SMS leaves from then on. Until then the caller may take it back (`HelpTakenBack`).
    """

    phone_id: UUID
    unit_id: int
    language: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class HelpTakenBack:
    """A caller took back that somebody wants to help."""

    phone_id: UUID
    unit_id: int
    at: datetime
