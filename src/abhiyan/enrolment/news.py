"""What enrolment tells upwards, in the transaction of the act."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MembershipEnded:
    """A member left or was struck off. reason: left or struck."""

    membership: UUID  # public id
    phone_id: UUID
    programme_id: int
    reason: str
    at: datetime
