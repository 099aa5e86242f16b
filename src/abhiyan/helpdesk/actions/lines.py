"""Share what the acts need: lines of a ticket, and its seal."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.helpdesk.rules import heard
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as messages
from abhiyan.org import queries as org
from abhiyan.people import queries as people

TYPE = "helpdesk.type"  # the capability
ROOM, SOLVED = "helpdesk", "solved"  # whose question it is, and its kind

What = TicketLine.What
State = Ticket.State


def add_line(
    ticket: Ticket,
    what: TicketLine.What,
    *,
    at: datetime,
    text: str = "",
    account_id: int | None = None,
    unit_id: int | None = None,
    from_id: int | None = None,
    message_id: UUID | None = None,
) -> None:
    """Add a line, its words sealed. message_id: of the SMS that carries them. The caller saves the ticket."""
    sealed = keyring().seal(text.encode(errors="replace"), about=ticket.pk.bytes) if text else None
    TicketLine.objects.create(
        ticket=ticket,
        what=what,
        at=at,
        account_id=account_id,
        unit_id=unit_id,
        from_id=from_id,
        sealed=sealed,
        message_id=message_id,
    )
    ticket.last_at = at


def begin_request(row: Ticket, *, at: datetime) -> None:
    """A text that asked nothing is a request from now on, with a time. The caller saves."""
    row.state, row.opened_at, row.due_at = State.OPEN, at, rules.answer_due_at(row.kind, at)


def sealed_person(ident: UUID, *, phone: str, name: str) -> bytes:
    """Phone and name of who asks, under the ticket's id."""
    content = json.dumps({"phone": phone, "name": name}, ensure_ascii=False)
    return keyring().seal(content.encode(errors="replace"), about=ident.bytes)


def ticket_person(ticket: Ticket) -> dict[str, Any]:
    """Phone and name; empty once they are erased."""
    if ticket.sealed is None:
        return {"phone": "", "name": ""}
    content: dict[str, Any] = json.loads(keyring().unseal(bytes(ticket.sealed), about=ticket.pk.bytes))
    return content


def lock_ticket(ident: UUID) -> Ticket:
    """A ticket to be written. Refuses NotFound. In a system scope."""
    return or_refuse(Ticket.objects.select_for_update().filter(pk=ident).first())


def solved_question_id(ticket: Ticket) -> UUID | None:
    """The id of the question that asks whether it is solved."""
    if ticket.question is None:
        return None
    return messaging.question_id(room=ROOM, kind=SOLVED, about=ticket.question, phone_id=ticket.phone_id)


def close_question(ticket: Ticket, *, at: datetime) -> None:
    """Nobody has to answer any more whether it is solved. The ticket's phone is locked; the caller saves."""
    if (ident := solved_question_id(ticket)) is not None:
        messaging.close_questions(ids=[ident], at=at)
        ticket.question = None


def may_be_told(row: Ticket) -> bool:
    """Return True if a message may go to its phone. It may not after a no to all, nor where the number is erased or was
    never known. In a system scope."""
    no = people.standing_no(row.phone_id)
    return bool(row.last4) and row.sealed is not None and (no is None or no.scope != "all")


# Requests that came from the phone itself. No account typed them.
_OWN = Q(way__in=[Ticket.Way.SMS, Ticket.Way.CHAT]) | Q(way=Ticket.Way.WEB, is_proven=True)
_OWN |= Q(way=Ticket.Way.CALL, opened_by=None)


def is_heard(phone_id: UUID) -> bool:
    """Return True if a phone has called, written or proven itself, or is that of an accepted office. In a system scope.

    An agent's or a stranger's word is none: with it, the helpline would send anybody's text to any phone, without
    consent and approval.
    """
    return bool(
        people.last_signs([phone_id])
        or Ticket.objects.filter(_OWN, phone_id=phone_id).exists()
        or messages.has_answered(phone_id)
        or heard.is_phone_heard(phone_id)
        or org.is_phone_in_office(phone_id)
    )


def may_be_written(row: Ticket) -> bool:
    """Return True if an office's own words may go to its phone by SMS. In a system scope."""
    return may_be_told(row) and is_heard(row.phone_id)
