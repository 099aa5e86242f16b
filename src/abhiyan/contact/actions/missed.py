"""People who called the helpline wait for a call back in a queue of call centres."""

from datetime import datetime
from uuid import UUID

from abhiyan.contact import centres
from abhiyan.contact.models import CallQueue, ContactEntry, ContactList
from abhiyan.contact.rules.retries import into_hours
from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.helpdesk.news import HelplineCalled
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.programmes.queries import runs_now

from .lists import RUN

State, CALLED = ContactEntry.State, ContactList.Basis.CALLED
# A list of ours, made with the queue; its words are kept as sources of other lists are.
TITLES = {"en": "Missed calls", "hi": "मिस्ड कॉल"}
SOURCE, PURPOSE = "Helpline / हेल्पलाइन", "Call back / वापस कॉल"


def take_missed(*, public_id: UUID, by: Actor, at: datetime) -> CallQueue:
    """Let a queue take the missed calls to the helpline from its unit and below, before its other lists.

    It needs programmes.run at the queue's unit. The list holds only people who called us, so nobody approves it.
    """
    with system("a call queue takes missed calls"):
        call_queue = or_refuse(
            CallQueue.objects.select_for_update(of=("self",))
            .select_related("programme")
            .filter(public_id=public_id)
            .first()
        )
        org.require(by, RUN, at=call_queue.unit_id)
        if not ContactList.objects.filter(pk__in=call_queue.list_ids, basis=CALLED).exists():
            made = ContactList.objects.create(
                public_id=lot.uuid(),
                programme=call_queue.programme,
                unit_id=call_queue.unit_id,
                typed_title=TITLES["en"],
                titles=TITLES,
                source=SOURCE,
                basis=CALLED,
                purpose=PURPOSE,
                responsible_id=or_refuse(by.account_id),
                last_day=call_queue.programme.closes_on,
                state=ContactList.State.APPROVED,
                made_at=at,
            )
            call_queue.list_ids = [made.pk, *call_queue.list_ids]
        call_queue.takes_missed = True
        call_queue.save(update_fields=["list_ids", "takes_missed"])
        audit.record(
            by=by, at=at, act="contact.take_missed", subject=str(public_id), unit_id=call_queue.unit_id
        )
    return call_queue


def leave_missed(*, public_id: UUID, by: Actor, at: datetime) -> CallQueue:
    """Let a queue take no more missed calls. People who wait are still called. It needs programmes.run at its unit."""
    with system("a call queue takes no more missed calls"):
        call_queue = or_refuse(CallQueue.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, RUN, at=call_queue.unit_id)
        call_queue.takes_missed = False
        call_queue.save(update_fields=["takes_missed"])
        audit.record(
            by=by, at=at, act="contact.leave_missed", subject=str(public_id), unit_id=call_queue.unit_id
        )
    return call_queue


# The queues that take the missed calls of a place, the nearest first.
_TAKING = """select q.id from contact_call_queue q join units_placement p on p.unit_id = q.unit_id
 join units_placement c on c.hierarchy = p.hierarchy and c.lo >= p.lo and c.lo < p.hi
 where q.takes_missed and c.unit_id = %s group by q.id, q.priority order by max(p.depth) desc, q.priority, q.id"""


def _runs(queue: CallQueue, at: datetime) -> bool:
    return runs_now(queue.programme, at) and not centres.is_queue_over(queue, at=at)


def heed_helpline_call(*, helpline_called: HelplineCalled) -> None:
    """Put a phone that called the helpline into a queue for a call back. The same phone twice is one call back.

    In the transaction of the call. Nothing happens where no queue takes missed calls.
    """
    with system("somebody called the helpline"):
        ids = sql.column(_TAKING, [helpline_called.unit_id])
        call_queues = CallQueue.objects.select_related("programme").in_bulk(ids)
        queue = next((call_queues[pk] for pk in ids if _runs(call_queues[pk], helpline_called.at)), None)
        if queue is None:
            return
        (phone_id,) = people_acts.keep_phones(phones=[helpline_called.phone])
        zone = queue.programme.zone
        when = into_hours(helpline_called.at, zone=zone, opens=queue.opens, closes=queue.closes)
        wanted = ContactList.objects.get(pk__in=queue.list_ids, basis=CALLED)
        entry, is_new = ContactEntry.objects.select_for_update().get_or_create(
            list=wanted,
            phone_id=phone_id,
            defaults={
                "public_id": lot.uuid(),
                "unit_id": helpline_called.unit_id,
                "state": State.LATER,
                "again_at": when,
                "next_day": clock.day_in(zone, when),
                "wanted_at": helpline_called.at,
            },
        )
        if not is_new and entry.state != State.LEASED:
            entry.state, entry.why_out, entry.again_at = State.LATER, "", when
            entry.next_day, entry.wanted_at = clock.day_in(zone, when), entry.wanted_at or helpline_called.at
            entry.save(update_fields=["state", "why_out", "again_at", "next_day", "wanted_at"])
