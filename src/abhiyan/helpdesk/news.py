"""What the helpline tells upwards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class TicketAnswered:
    """An office has answered a request of this phone: what the phone wrote before waits for nobody else."""

    phone_id: UUID
    by: Actor
    at: datetime
