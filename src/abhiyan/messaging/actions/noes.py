"""A phone says no: what waits for it is given up, and what is asked before each message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.messaging.models import Message, MessageClass
from abhiyan.messaging.rules import noes
from abhiyan.people import queries as people
from abhiyan.people.models import Purpose
from abhiyan.people.news import ConsentWithdrawn, ErasurePurged, PhoneSaidNo

from .questions import close_by_phone
from .queueing import UNSENT


def hear_no_to_messages(*, phone_no: PhoneSaidNo) -> None:
    """Give up what waits for a phone that said no; what `noes.always_goes` still goes. In the transaction of the no.

    A message in the sender's hands at this moment is left to it: it asks for the no itself before each message.
    """
    close_by_phone(phone_id=phone_no.phone_id, at=phone_no.at)
    rows = _waiting_for(phone_no.phone_id)
    if phone_no.scope == "all":
        if phone_no.has_left:
            theirs = Message.objects.filter(phone_id=phone_no.phone_id)
            # In the order of ids, as the sender locks them.
            message_ids = list(theirs.order_by("pk").select_for_update().values_list("pk", flat=True))
            Message.objects.filter(pk__in=message_ids).update(last4="")  # offices no longer read who left
        rows = rows.exclude(template__in=noes.RECEIPTS).exclude(template__startswith="code.")
    else:
        rows = rows.filter(kind=MessageClass.OUTREACH)
    _give_up(rows, reason="suppressed", at=phone_no.at)


def hear_withdrawn_consent(*, consent_withdrawn: ConsentWithdrawn) -> None:
    """Give up the outreach that waits for a phone where nobody says yes to messages any more. In its transaction."""
    if consent_withdrawn.purpose != Purpose.MESSAGES:
        return
    phone_id = people.person_by_id(consent_withdrawn.person_id).phone_id
    if not phone_standings([phone_id])[phone_id].consented:
        _give_up(
            _waiting_for(phone_id).filter(kind=MessageClass.OUTREACH),
            reason="no_consent",
            at=consent_withdrawn.at,
        )


def forget_sent(*, erasure_purged: ErasurePurged) -> None:
    """Empty what had been sent to a phone before somebody on it was erased: who it went to and what filled it.

    A count of that day's messages of a kind stays. On a shared phone nobody can tell whose each was, and after the
    legal period nobody needs them.
    """
    sent = Message.objects.filter(phone_id=erasure_purged.phone_id, queued_at__lte=erasure_purged.erased_at)
    sent.exclude(state__in=UNSENT).update(sealed_phone=b"", sealed_blanks=b"", last4="")


_STANDING = """select o.id, x.scope, x.at, exists (select from people_person p
 join people_consent c on c.person_id = p.id
 where p.phone_id = o.id and c.purpose = %s and c.withdrawn_at is null)
 from unnest(%s::uuid[]) o(id) left join people_suppression x on x.phone_id = o.id and x.lifted_at is null"""


@dataclass(frozen=True, slots=True)
class PhoneStand:
    """A phone may say no to some messages or all; somebody on it may say yes to messages."""

    no: noes.StandingNo | None
    consented: bool


def phone_standings(phone_ids: Collection[UUID]) -> dict[UUID, PhoneStand]:
    """Return the no and the consent of each phone now."""
    rows = sql.rows(_STANDING, [Purpose.MESSAGES.value, list(phone_ids)])
    return {
        phone_id: PhoneStand(noes.StandingNo(scope, said_at) if scope else None, consented)
        for phone_id, scope, said_at, consented in rows
    }


def _waiting_for(phone_id: UUID) -> QuerySet[Message]:
    return Message.objects.filter(phone_id=phone_id, state__in=UNSENT)


def _give_up(rows: QuerySet[Message], *, reason: str, at: datetime) -> None:
    message_ids = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Message.objects.filter(pk__in=message_ids).update(
        state=Message.State.DROPPED, reason=reason, settled_at=at, leased_until=None
    )
