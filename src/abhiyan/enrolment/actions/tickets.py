"""People ask for their rights, and the data officer answers. Words are sealed; a message says only that there is an
answer."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import current, system
from abhiyan.enrolment.models import DataRequest, Membership
from abhiyan.enrolment.rules import tickets as rules
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import queries as people

from .members import found_member, lock_phone

ANSWERS = "org.approve"  # the capability of data officers
AT_ONCE = (DataRequest.Kind.ERASURE, DataRequest.Kind.NOMINATION)  # nothing is left to answer


class TooManyOpen(Refused, status=409):
    message = _("You have asked five times and wait for answers. Please wait for one of them.")


class OwnRight(org.NotYours):
    message = _("You asked this yourself. Another data officer answers it, or the one above.")


class DataRequestAnswered(Refused, code="already_answered", status=409):
    message = _("Somebody has answered this request already.")


def ask_ticket(*, membership: UUID, kind: str, said: str, language: str, by: Actor, at: datetime) -> UUID:
    """Take a person's request, from their own proven phone. Returns the ticket's id.

    A nomination is kept as it is said, and is done with that; everything else waits for an answer. Refuses
    NotFound to everybody else, TooManyOpen.
    """
    phone = current().phone
    with system("a person asks for a right"):
        member = found_member(membership)
        if by.kind != "citizen" or phone != member.phone_id:
            raise NotFound
        lock_phone(member.phone_id)
        waiting = DataRequest.objects.filter(phone_id=member.phone_id, answered_at=None).count()
        if kind not in AT_ONCE and waiting >= rules.MOST_OPEN:
            raise TooManyOpen
        return _keep(member, kind=kind, said=said, language=language, by=by, at=at)


def note_erasure(*, member: Membership, persons: Collection[UUID], by: Actor, at: datetime) -> UUID:
    """Note an erasure that is being done as a ticket, answered."""
    empty_tickets(phone_id=member.phone_id, persons=persons, at=at)
    return _keep(member, kind=DataRequest.Kind.ERASURE, said="", language="", by=by, at=at)


def empty_tickets(*, phone_id: UUID, persons: Collection[UUID], at: datetime) -> None:
    """Empty and close what people had asked who have everything erased."""
    theirs = DataRequest.objects.filter(phone_id=phone_id, person_id__in=persons, asked_at__lte=at)
    theirs.filter(answered_at=None).update(answered_at=at)
    theirs.update(sealed_said=None, sealed_answer=None)


def answer_request(*, ticket: UUID, text: str, by: Actor, at: datetime) -> None:
    """Answer a ticket; the person reads it on their own page, and an SMS says that it is there.

    The data officer of the unit or above may, never the person who asked. No message goes to a phone that said no to
    all of them. Refuses NotFound, org.NotYours, OwnRight, DataRequestAnswered.
    """
    with system("a person's request is answered"):
        row = or_refuse(DataRequest.objects.select_for_update().filter(pk=ticket).first())
        org.require(by, ANSWERS, at=row.unit_id)
        if row.phone_id in people.account_phones(by.account_id):
            raise OwnRight
        if row.answered_at is not None:
            raise DataRequestAnswered
        row.sealed_answer = keyring().seal(text.encode(), about=row.pk.bytes)
        row.answered_at, row.answered_by = at, by.account_id
        row.save(update_fields=["sealed_answer", "answered_at", "answered_by"])
        audit.record(by=by, at=at, act="enrolment.answer_ticket", subject=str(row.pk), unit_id=row.unit_id)
        _tell(row, at)


def _keep(member: Membership, *, kind: str, said: str, language: str, by: Actor, at: datetime) -> UUID:
    ident = lot.uuid()
    DataRequest.objects.create(
        id=ident,
        kind=kind,
        phone_id=member.phone_id,
        person_id=member.person_id,
        public_id=member.public_id,
        unit_id=member.unit_id,
        language=language,
        sealed_said=keyring().seal(said.encode(), about=ident.bytes) if said else None,
        asked_at=at,
        due_at=rules.ticket_due_at(at),
        answered_at=at if kind in AT_ONCE else None,
    )
    audit.record(
        by=by,
        at=at,
        act="enrolment.ask_ticket",
        subject=str(ident),
        unit_id=member.unit_id,
        facts={"kind": str(kind)},
    )
    return ident


def _tell(ticket: DataRequest, at: datetime) -> None:
    no = people.standing_no(ticket.phone_id)
    phone = people.phones([ticket.phone_id]).get(ticket.phone_id)
    if phone is None or (no is not None and no.scope == "all"):
        return
    messaging.queue_message(
        template="ticket.answered",
        phone=keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode(),
        language=ticket.language,
        blanks={"number": ticket.number, "link": f"{settings.ORIGIN}/me/"},
        key=f"ticket|{ticket.pk}",
        unit_id=ticket.unit_id,
        at=at,
    )
