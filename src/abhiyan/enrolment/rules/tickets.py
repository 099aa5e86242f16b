"""Limits of the law on a person's requests: numbers, and the time to answer them (law.md D5)."""

from datetime import datetime, timedelta
from uuid import UUID

from .number import member_number

ANSWERED_WITHIN = timedelta(days=30)  # as every shipped notice says; the law allows 90
MOST_OPEN = 5  # of one phone
LONGEST = 2_000  # letters of a request or an answer


def ticket_number(ticket: UUID) -> str:
    """Write a ticket number, such as T-7K3M-09XD: what a person quotes."""
    return f"T-{member_number(ticket)[:9]}"


def ticket_due_at(asked_at: datetime) -> datetime:
    """Return by when it is answered at the latest."""
    return asked_at + ANSWERED_WITHIN
