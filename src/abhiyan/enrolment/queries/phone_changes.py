"""Changes of number as one's own page shows them, in the scope of a proven phone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core.scope import system
from abhiyan.enrolment.models import PhoneChange
from abhiyan.enrolment.rules.phone_changes import HOLD, OBJECTED_WITHIN


@dataclass(frozen=True, slots=True)
class PhoneChangeShown:
    """A change a phone is to know of. day: when the number changes, or changed. until: the old phone may object."""

    id: UUID
    is_done: bool
    last4: str  # of the other number
    day: datetime
    until: datetime


def _told(row: PhoneChange, last4: str) -> PhoneChangeShown:
    day = row.done_at or row.asked_at + HOLD
    return PhoneChangeShown(row.pk, row.done_at is not None, last4, day, row.asked_at + OBJECTED_WITHIN)


def asked_from(phone_id: UUID) -> list[PhoneChangeShown]:
    """Return what a phone asked for and has not got.

    It reads alike whatever became of it: nobody learns who is a member.
    """
    rows = PhoneChange.objects.filter(new_phone_id=phone_id, done_at=None)
    return [_told(row, "") for row in rows.order_by("-asked_at")]


def may_object(phone_id: UUID, *, at: datetime) -> list[PhoneChangeShown]:
    """Return changes from a phone to another that it may still object to."""
    rows = PhoneChange.objects.filter(
        old_phone_id=phone_id, ended_at=None, said_no_at=None, asked_at__gt=at - OBJECTED_WITHIN
    )
    return [_told(row, row.new_last4) for row in rows.order_by("-asked_at")]


def objectionable(change: UUID, *, at: datetime) -> tuple[PhoneChangeShown, bool] | None:
    """Return a change, and if its old phone may still object. As the system: who holds the link may see it."""
    row = PhoneChange.objects.filter(pk=change).first()
    if row is None:
        return None
    is_open = row.ended_at is None and row.said_no_at is None and at <= row.asked_at + OBJECTED_WITHIN
    return _told(row, row.new_last4), is_open


def numbers_before(memberships: Collection[UUID]) -> list[tuple[str, datetime]]:
    """Return the last four digits of numbers a member had before, and until when; the latest first."""
    with system("numbers a member had before"):
        rows = PhoneChange.objects.filter(
            membership_id__in=memberships, done_at__isnull=False, ended_at=None
        ).exclude(last4="")
        return [(row.last4, row.done_at) for row in rows.order_by("-done_at") if row.done_at]
