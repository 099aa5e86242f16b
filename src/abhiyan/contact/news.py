"""Contact tells the rooms above about these events."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """Somebody on a call said that they want to help. language: theirs; "" where it is not known."""

    phone_id: UUID
    unit_id: int
    language: str
    by: Actor
    at: datetime
