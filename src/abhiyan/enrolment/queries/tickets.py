"""Read people's requests: one's own, and the ones that wait for the data officer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.enrolment.models import DataRequest


@dataclass(frozen=True, slots=True)
class OpenedTicket:
    """A ticket with its words, for its person and for who answers it."""

    ticket: DataRequest
    number: str
    said: str
    answer: str


def own_tickets(phone_id: UUID, person_id: UUID) -> list[OpenedTicket]:
    """Return one person's requests, latest first. In their phone's scope."""
    found = DataRequest.objects.filter(phone_id=phone_id, person_id=person_id).order_by("-asked_at", "id")
    return [_opened(ticket) for ticket in found[:50]]


def ticket_in_scope(ticket: UUID) -> OpenedTicket:
    """Return one ticket in the caller's scope, with its words. NotFound."""
    return _opened(or_refuse(DataRequest.objects.filter(pk=ticket).first()))


def tickets_in_scope(state: str = "") -> "QuerySet[DataRequest]":
    """Return tickets in the caller's scope. state: "" waiting, "answered", "all"."""
    found = DataRequest.objects.all()
    if state != "all":
        found = found.filter(answered_at__isnull=state != "answered")
    return found


def count_waiting_tickets(at: datetime) -> tuple[int, int, datetime | None]:
    """Count the requests that wait in the caller's scope, and the overdue ones, with the first due time."""
    dues = list(
        DataRequest.objects.filter(answered_at=None)
        .order_by("due_at")
        .values_list("due_at", flat=True)[:1000]
    )
    return len(dues), sum(due < at for due in dues), dues[0] if dues else None


def _opened(ticket: DataRequest) -> OpenedTicket:
    words = [
        keyring().unseal(bytes(sealed), about=ticket.pk.bytes).decode() if sealed else ""
        for sealed in (ticket.sealed_said, ticket.sealed_answer)
    ]
    return OpenedTicket(ticket, ticket.number, *words)
