"""Somebody calls the helpline. A caller of a call centre looks the phone up, and writes down what the person says.

The caller sees the requests that they may answer or typed themselves. The page says that there are others only if this
phone called us lately. No word of the caller goes into a request of another desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abhiyan.contact import centres
from abhiyan.contact.rules.doors import unfit_note
from abhiyan.core import audit, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk import queries as requests
from abhiyan.helpdesk.actions.routing import may_answer_ticket
from abhiyan.helpdesk.models import Ticket
from abhiyan.people import actions as people_acts

from .calls import require_seat
from .talks import NoteUnfit

SAME_LOOK = timedelta(hours=1)  # in which one account looks once at one number
MOST_OPEN = 20  # requests shown at once
CALLED_LATELY = timedelta(
    hours=24
)  # so long after a call of the phone a caller may learn that it has requests
LOOK = "contact.look_up_caller"


@dataclass(frozen=True, slots=True)
class CallerFound:
    """The open requests of a phone, as a caller knows them. own: what they may answer or typed, the newest first.
    has_elsewhere: the phone has others."""

    own: Sequence[Ticket] = ()
    has_elsewhere: bool = False


def look_up_caller(*, body_id: int, phone: str, by: Actor, at: datetime) -> CallerFound:
    """Return what a phone has open at the helpline, as far as the caller may know it.

    Each look leaves a row in the trail. Looks at one number within SAME_LOOK are one look. phone: E.164. Only callers
    of the call centre may. Refuses NoCallerHere, TooMany.
    """
    phone_id = keyring().phone_id(phone)
    with system("a caller of the helpline is looked up"):
        require_seat(body_id, centres.AGENT, by=by, at=at)
        tickets = list(requests.open_tickets(phone_id)[:MOST_OPEN])
        own = [
            ticket
            for ticket in tickets
            if ticket.opened_by == by.account_id or may_answer_ticket(ticket, by=by)
        ]
        looks = AuditEntry.objects.filter(account_id=by.account_id, act=LOOK, at__gt=at - SAME_LOOK)
        if not looks.filter(subject=str(phone_id)).exists():
            limits.count_or_refuse(declared.INBOUND_LOOKS, str(by.account_id), at=at)
            facts = {"n": len(own), "centre": body_id}
            audit.record(by=by, at=at, act=LOOK, subject=str(phone_id), facts=facts)
        has_called = requests.has_called_since(phone_id, at - CALLED_LATELY)
    return CallerFound(own, has_elsewhere=has_called and len(tickets) > len(own))


@dataclass(frozen=True, slots=True)
class CallerSaid:
    """The words of somebody who called the helpline. unit_id: that of the call centre."""

    phone: str = field(repr=False)
    said: str = field(repr=False)
    kind: str
    language: str
    unit_id: int
    name: str = field(default="", repr=False)


def take_inbound(*, body_id: int, caller_said: CallerSaid, by: Actor, at: datetime) -> Ticket:
    """Open a request for somebody who called the helpline, or add to one about the same that the caller may answer.

    Only callers of the call centre may. Refuses NoCallerHere, NoteUnfit, and as `helpdesk.add_call`.
    """
    with system("a call to the helpline is written down"):
        require_seat(body_id, centres.AGENT, by=by, at=at)
    if why := unfit_note(caller_said.said):
        raise NoteUnfit(field="said", why=why)
    opening = helpdesk.Opening(
        way=Ticket.Way.CALL,
        phone=caller_said.phone,
        texts=[caller_said.said],
        unit_id=caller_said.unit_id,
        language=caller_said.language,
        kind=caller_said.kind,
        name=caller_said.name,
    )
    return helpdesk.add_call(opening=opening, by=by, at=at)


def note_caller_no(*, body_id: int, phone: str, by: Actor, at: datetime) -> None:
    """Keep the no of somebody who called the helpline and wants no more contact. A request of theirs stays open.

    A known and an unknown phone are treated alike. phone: E.164. Only callers of the call centre may. Refuses
    NoCallerHere; people's journal.NotSaved.
    """
    with system("a caller of the helpline wants no more contact"):
        require_seat(body_id, centres.AGENT, by=by, at=at)
        people_acts.keep_spoken_no(phone_id=keyring().phone_id(phone), by=by, at=at)
