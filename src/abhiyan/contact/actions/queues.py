"""Call queues are made of approved lists, paused and resumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.contact.models import CallQueue, ContactList
from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.messaging.rules import hours
from abhiyan.org import queries as org
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.spoken import unfit_words

from .lists import RUN

MOST_LISTS, LONGEST_QUEUE_TITLE = 10, 100


class QueueListsUnfit(Refused):
    message = _("Choose one to %(most)s approved lists of the programme that no other queue calls.")


class QueueHoursUnfit(Refused):
    message = _("Calls are made from 10:00 to 21:00. Choose hours within these.")


class QueueDayUnfit(Refused):
    message = _("Choose a day from today to the last day of the programme.")


class QueueTitleUnfit(Refused):
    message = _("Write a title with at most %(longest)s letters.")


class QueueWordsUnfit(Refused):
    message = _("%(why)s")


@dataclass(frozen=True, slots=True)
class NewQueue:
    """An office's words about a call queue. lists: public ids. form_id: the script, None for none.

    last_day: None for as long as its lists.
    """

    title: str
    lists: Sequence[UUID]
    opens: time
    closes: time
    form_id: int | None = None
    languages: Sequence[str] = ()
    priority: int = 5
    last_day: date | None = None
    by_bridge: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


def make_queue(*, programme: Programme, unit_id: int, new: NewQueue, by: Actor, at: datetime) -> CallQueue:
    """Make a queue of approved lists. Centres at the unit and below call it. It needs programmes.run at the unit.

    Refuses NotYours, QueueTitleUnfit, QueueHoursUnfit, QueueDayUnfit, QueueListsUnfit.
    """
    org.require(by, RUN, at=unit_id)
    title, titles = checked_titles(
        new.title, new.titles, longest=LONGEST_QUEUE_TITLE, refusal=QueueTitleUnfit
    )
    today = clock.day_in(programme.zone, at)
    if new.last_day is not None and not today <= new.last_day <= programme.closes_on:
        raise QueueDayUnfit(field="last_day")
    if not hours.OPENS <= new.opens < new.closes <= hours.CLOSES:
        raise QueueHoursUnfit(field="opens")
    with system("a call queue is made"):
        sql.wait_for(f"call queues of {programme.pk}")
        fit = ContactList.objects.filter(programme=programme, state=ContactList.State.APPROVED)
        ids = dict(fit.filter(public_id__in=new.lists).values_list("public_id", "pk"))
        wanted = [ids[list_id] for list_id in dict.fromkeys(new.lists) if list_id in ids]
        is_taken = CallQueue.objects.filter(list_ids__overlap=wanted).exists()
        if not 1 <= len(wanted) <= MOST_LISTS or len(wanted) < len(set(new.lists)) or is_taken:
            raise QueueListsUnfit(field="lists", most=MOST_LISTS)
        call_queue = CallQueue.objects.create(
            public_id=lot.uuid(),
            programme=programme,
            unit_id=unit_id,
            typed_title=title,
            titles=titles,
            list_ids=wanted,
            form_id=new.form_id,
            languages=list(new.languages),
            opens=new.opens,
            closes=new.closes,
            priority=new.priority,
            by_bridge=new.by_bridge,
            last_day=new.last_day,
            made_by=by.account_id,
            made_at=at,
        )
        audit.record(
            by=by, at=at, act="contact.make_queue", subject=str(call_queue.public_id), unit_id=unit_id
        )
    return call_queue


def write_queue_words(*, public_id: UUID, words: Mapping[str, str], by: Actor, at: datetime) -> CallQueue:
    """Write what the callers of a queue say, by language; an empty text means our usual words. It needs programmes.run.

    Refuses NotYours, QueueWordsUnfit with the language's field.
    """
    kept = {code: text.replace("\r\n", "\n").strip() for code, text in words.items()}
    for code, text in kept.items():
        if text and (why := unfit_words(text)):
            raise QueueWordsUnfit(field=f"words_{code}", why=why)
    with system("an office writes the words of callers"):
        call_queue = or_refuse(CallQueue.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, RUN, at=call_queue.unit_id)
        call_queue.words = {code: text for code, text in kept.items() if text}
        call_queue.save(update_fields=["words"])
        facts = {"words": call_queue.words}
        audit.record(
            by=by,
            at=at,
            act="contact.write_words",
            subject=str(public_id),
            unit_id=call_queue.unit_id,
            facts=facts,
        )
    return call_queue


def pause_queue(*, public_id: UUID, by: Actor, at: datetime) -> CallQueue:
    """Pause a queue: it gives no person. Callers who have one may finish. It needs programmes.run at its unit."""
    return _pause(public_id, at, "contact.pause_queue", by=by, at=at)


def resume_queue(*, public_id: UUID, by: Actor, at: datetime) -> CallQueue:
    """Let a paused queue go on. It needs programmes.run at its unit."""
    return _pause(public_id, None, "contact.resume_queue", by=by, at=at)


def _pause(public_id: UUID, paused_at: datetime | None, act: str, *, by: Actor, at: datetime) -> CallQueue:
    with system("a call queue is paused or goes on"):
        call_queue = or_refuse(CallQueue.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, RUN, at=call_queue.unit_id)
        call_queue.paused_at = paused_at
        call_queue.save(update_fields=["paused_at"])
        audit.record(by=by, at=at, act=act, subject=str(public_id), unit_id=call_queue.unit_id)
    return call_queue
