"""A worker's marks and report, what they come to, and the question to the host whether it was so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as say

from abhiyan.contact import actions as contact
from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms import actions as forms
from abhiyan.forms.queries import version_shown
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem, item_key
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id, programme_by_id
from abhiyan.stays import queries
from abhiyan.stays.models import Stay
from abhiyan.stays.queries import KIND, REPORT_FORM, REPORT_OF
from abhiyan.stays.refusals import AcceptFirst, NotOnTheseDays, OwnNumberMissing, ReportKnown, StaysOver
from abhiyan.stays.rules.stays import StayFlaw, StayStep, evening_of, stay_verdict
from abhiyan.units import queries as units

from .assigning import IN_PLACE, STAYS, State, own_locked

MOST_ASKED = 500  # hosts at once
ANSWERS = timedelta(days=3)  # so long a host may say yes


@dataclass(frozen=True, slots=True)
class MarkGiven:
    """A phone's words with a mark. age: how long it lay there; clock: what its own clock said when it was made."""

    point: tuple[float, float] | None = None
    accuracy: float | None = None
    clock: datetime | None = None
    age: timedelta = timedelta(0)


def add_mark(*, stay: UUID, step: StayStep, mark_given: MarkGiven, by: Actor, at: datetime) -> Stay:
    """Take one mark of a worker's own stay, in whatever order they come. An arrival is reported, 24 hours count.

    A mark that is known stays as it is (`Stay.is_known`). Refuses NotFound where it is not theirs, StayEnded,
    AcceptFirst while the worker can still accept; of an arrival NotOnTheseDays, and StaysOver if it is made after the
    programme was closed by hand.
    """
    with system("a mark of a stay"):
        row = own_locked(stay=stay, by=by)
        programme = programme_by_id(row.programme_id)
        made = at - mark_given.age
        if step.value in row.marks:
            row.is_known = True
            return row
        # A mark that a phone kept past the last question is not lost for want of an answer.
        if row.state == State.ASSIGNED and queries.may_begin(programme, at):
            raise AcceptFirst
        # A programme that was closed by hand begins no stay. A stay that has begun goes on; kept marks still come.
        if programme.state != Programme.State.OPEN and step is StayStep.ARRIVE and made == at:
            raise StaysOver
        on = clock.day_in(programme.zone, made)
        if step is StayStep.ARRIVE and not programme.opens_on <= on <= programme.closes_on:
            first, last = (date_format(day, "j F") for day in (programme.opens_on, programme.closes_on))
            raise NotOnTheseDays(first=first, last=last)
        lat, lon = mark_given.point or (None, None)
        row.marks[step.value] = {
            "at": made.isoformat(),
            "stored_at": at.isoformat(),
            "lat": lat,
            "lon": lon,
            "accuracy": mark_given.accuracy,
            "clock": mark_given.clock.isoformat() if mark_given.clock else None,
        }
        if step is StayStep.ARRIVE:
            row.state = State.THERE
            row.item_id = _report(row, programme, on, mark_given, made, by=by, at=at)
        _settle(row, at=at)
        row.save()
        audit.record(
            by=by,
            at=at,
            act="stays.mark",
            subject=str(row.pk),
            unit_id=row.unit_id,
            facts={"step": step.value},
        )
    return row


def _report(
    stay: Stay,
    programme: Programme,
    on: date,
    mark_given: MarkGiven,
    made: datetime,
    *,
    by: Actor,
    at: datetime,
) -> UUID:
    """The item of a stay: of one worker, place and programme. The host is asked about it, else the booth president."""
    ident = item_key(KIND, programme.pk, stay.worker_id, stay.unit_id)
    lat, lon = mark_given.point or (None, None)
    new = NewItem(
        ident,
        programme.pk,
        STAYS,
        IN_PLACE,
        stay.unit_id,
        on,
        by_id=stay.worker_id,
        phone_id=stay.host_phone or queries.president_phone(stay.unit_id, on=on),
        at=made,
        device=by.device,
        lat=lat,
        lon=lon,
        accuracy=mark_given.accuracy,
    )
    programmes.report_items(new=[new], at=at)
    return ident


def _settle(stay: Stay, *, at: datetime) -> None:
    """Judge the marks so far: done, counted, or not clear."""
    marks = {StayStep(key): queries.mark_of(kept) for key, kept in stay.marks.items()}
    unit = units.units_by_id([stay.unit_id])[stay.unit_id]
    place = (unit.lat, unit.lon) if unit.lat is not None and unit.lon is not None else None
    verdict = stay_verdict(marks, place)
    if StayStep.LEAVE in marks and StayStep.ARRIVE in marks:
        stay.state, stay.left_at = State.DONE, marks[StayStep.LEAVE].at
    shared = [mark.point for mark in marks.values() if mark.point]
    is_shared = verdict.flaw is None and bool(shared) and queries.is_elsewhere(stay, shared)
    if stay.flaw != StayFlaw.DENIED:
        stay.flaw = str(StayFlaw.SAME_POINT if is_shared else verdict.flaw or "")
    if verdict.counts and stay.item_id:
        programmes.count_items(ids=[stay.item_id], at=at, is_signed=verdict.is_signed)


@dataclass(frozen=True, slots=True)
class StayReport:
    """The worker's report at the end. answers: to the stay report in use there, as `FilledForm` has them.

    need: in a sentence, or empty; kind: of a helpline request. version: the number of the report as the page showed
    it. age: how long it waited on the phone. helper: of somebody there who wants to help.
    """

    answers: Mapping[str, Any] = field(repr=False)
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    need: str = field(default="", repr=False)
    kind: str = Ticket.Kind.OTHER.value
    version: int = 0
    age: timedelta = timedelta(0)
    helper: contact.HelpSaid = field(default_factory=contact.HelpSaid)


def add_report(*, stay: UUID, report: StayReport, by: Actor, at: datetime) -> Stay:
    """Take the report of a worker's own stay, once: a submission for the place. A need becomes a helpline request.

    Refuses NotFound, StayEnded, ReportKnown, OwnNumberMissing, and what `forms.submit`, `helpdesk.add_need` and
    `contact.offer_help` refuse.
    """
    with system("a report of a stay"):
        row = own_locked(stay=stay, by=by)
        if row.report:
            raise ReportKnown
        owner = programme_by_id(row.programme_id).owner_id
        newest = forms.ready_in_use(ready=REPORT_FORM, unit_id=row.unit_id, owner_id=owner, at=at)
        sent = forms.submit_form(
            key=f"stay {row.pk}",
            version=version_shown(newest, report.version),
            unit_id=row.unit_id,
            answers=report.answers,
            pictures=report.pictures,
            about=(REPORT_OF, str(row.pk)),
            filled_at=at - report.age,
            by=by,
            at=at,
        )
        row.report = {"sent": str(sent.pk)}
        if row.flaw == StayFlaw.DENIED:
            _send_back(row.pk, at=at)
        if report.need.strip():
            worker = or_refuse(people.account(row.worker_id))
            if worker.phone_id not in people.phones([worker.phone_id]):
                raise OwnNumberMissing(field="need")
            opening = helpdesk.Opening(
                way=Ticket.Way.CALL,
                phone=people.number_of_phone(worker.phone_id),
                texts=[report.need],
                unit_id=row.unit_id,
                language=worker.language or settings.LANGUAGE_CODE,
                kind=report.kind,
                name=worker.name,
                programme_id=row.programme_id,
            )
            row.report["ticket"] = str(helpdesk.add_need(opening=opening, by=by, at=at).pk)
        row.save(update_fields=["report"])
        if report.helper.is_said:
            offer = item_key(KIND, "helper", row.pk)
            contact.offer_help(
                offer=offer, way="stay", unit_id=row.unit_id, helper=report.helper, by=by, at=at
            )
        audit.record(by=by, at=at, act="stays.report", subject=str(row.pk), unit_id=row.unit_id)
    return row


def ask_hosts(*, at: datetime) -> int:
    """Ask the hosts of counted stays whether it was so, on the evening of departure. Returns how many. As jobs."""
    rows = Stay.objects.filter(state=State.DONE, asked_at=None, left_at__lte=at).order_by("left_at", "pk")
    done = list(rows.select_for_update(skip_locked=True)[:MOST_ASKED])
    programmes_by_id = {pk: programme_by_id(pk) for pk in {stay.programme_id for stay in done}}
    due = [
        stay
        for stay in done
        if at >= evening_of(stay.left_at or at, programmes_by_id[stay.programme_id].zone)
    ]
    items = items_by_id([stay.item_id for stay in due if stay.item_id])
    names = people.names_of_accounts({stay.worker_id for stay in due})
    places = units.units_by_id({stay.unit_id for stay in due})
    language = settings.LANGUAGE_CODE
    questions = []
    for stay in due:
        stay.asked_at = at
        item = items.get(stay.item_id) if stay.item_id else None
        if item is None or not item.passes:
            continue
        worker = local_person(names.get(stay.worker_id, ""), language)
        place = name_in_language(places[stay.unit_id].names, language)
        with translation.override(language):
            day = date_format(item.day, "j F")
            label = say("The stay of %(worker)s on %(day)s") % {"worker": worker, "day": day}
        blanks = {"worker": worker, "place": place, "day": day}
        questions.append(AskedItem(item, "ask.stayed", blanks, label, at + ANSWERS, language))
    Stay.objects.bulk_update(due, ["asked_at"])
    return programmes.ask_whether(asked_items=questions, at=at)


def hear_host(*, item: Item, yes: bool, at: datetime, **_more: object) -> None:
    """The host, or the booth president, says whether it was so. In the answer's transaction."""
    if yes:
        return
    theirs = Stay.objects.filter(item_id=item.pk)
    theirs.update(flaw=StayFlaw.DENIED)
    for pk in theirs.values_list("pk", flat=True):
        _send_back(pk, at=at)


def _send_back(stay: UUID, *, at: datetime) -> None:
    """Count nothing of what was heard at a stay that its host denied."""
    with translation.override(None):
        reason = say("The host said no: it was not so.")
    by = Actor.system("a host said no")
    forms.send_back_all(about=(REPORT_OF, str(stay)), reason=reason, by=by, at=at)
