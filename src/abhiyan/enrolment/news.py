"""News from this room for the rooms above, in the transaction of the act and in a system scope."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ContributorLeft:
    """A contributor's term ended, for whatever reason. membership: its public id."""

    membership: UUID
    programme_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MembersMoved:
    """Members live in another unit now. memberships: their public ids."""

    memberships: tuple[UUID, ...]
    unit_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberPhoneMoved:
    """A member went over to another phone, or came back."""

    phone_id: UUID
    to: UUID
