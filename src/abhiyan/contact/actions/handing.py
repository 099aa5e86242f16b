"""A supervisor hands a promised call-back to a caller of the centre who is at work."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.contact import centres
from abhiyan.contact.models import CallHandover, ContactEntry
from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.people import queries as people

from .calls import require_seat


class CallBackGone(Refused, status=409):
    message = _("This call-back is not open any more: somebody has the person, or the call is done.")


class CallerNotThere(Refused):
    message = _("Choose a caller who is at work now and speaks the person's language.")


def hand_call_over(*, body_id: int, entry: UUID, caller: int, by: Actor, at: datetime) -> None:
    """Give a promised call-back of the centre's queues to a caller (an account): their next person once it is due.

    Nobody else gets it until `centres.HANDED_FOR` after it is due; then anybody may. Supervisors only. Refuses
    NoCallerHere, CallBackGone, CallerNotThere.
    """
    with system("a supervisor hands a call-back over"):
        require_seat(body_id, centres.SUPERVISOR, by=by, at=at)
        rows = ContactEntry.objects.select_for_update(of=("self",)).filter(public_id=entry)
        promised = centres.promised_calls(rows, centres.queues_of(body_id, at=at), at=at).first()
        if promised is None:
            raise CallBackGone
        if caller not in {seat.account_id for seat in centres.callers_for(promised.language, body_id, at=at)}:
            raise CallerNotThere(field="caller")
        due = max(or_refuse(promised.again_at), at)
        values = {"body_id": body_id, "agent_id": caller, "by_id": by.account_id, "at": at}
        CallHandover.objects.update_or_create(
            entry=promised, defaults=values | {"until": due + centres.HANDED_FOR}
        )
        audit.record(
            by=by,
            at=at,
            act="contact.hand_over",
            subject=str(entry),
            unit_id=promised.unit_id,
            facts={"to": str(or_refuse(people.account(caller)).public_id)},
        )
