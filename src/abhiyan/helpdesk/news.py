"""Helpdesk tells the rooms above about these events."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class HelplineCalled:
    """A phone called the helpline and waits for a call back. unit_id: of its request. phone: E.164."""

    phone_id: UUID
    phone: str = field(repr=False)
    unit_id: int
    at: datetime
