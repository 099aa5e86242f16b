"""A worker's marks and report, what they come to, and the question to the host whether it was so."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as say

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.scope import system
from abhiyan.core.words import named, person
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem, item_key
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items_by_id, programme_by_id
from abhiyan.stays import queries
from abhiyan.stays.models import Stay
from abhiyan.stays.queries import KIND
from abhiyan.stays.refusals import AcceptFirst, NotOnTheseDays, OwnNumberMissing, ReportKnown, StaysOver
from abhiyan.stays.rules.stays import StayFlaw, StayStep, evening_of, judged
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


def add_mark(*, stay: UUID, step: StayStep, given: MarkGiven, by: Actor, at: datetime) -> Stay:
    """Take one mark of a worker's own stay, in whatever order they come. An arrival is reported, 24 hours count.

    A mark that is known stays as it is (`Stay.is_known`). Refuses NotFound where it is not theirs, StayEnded,
    AcceptFirst while the worker can still accept; of an arrival NotOnTheseDays, and StaysOver if it is made after the
    programme was closed by hand.
    """
    with system("a mark of a stay"):
        one = own_locked(stay=stay, by=by)
        programme = programme_by_id(one.programme_id)
        made = at - given.age
        if step.value in one.marks:
            one.is_known = True
            return one
        # A mark that a phone kept past the last question is not lost for want of an answer.
        if one.state == State.ASSIGNED and queries.may_begin(programme, at):
            raise AcceptFirst
        # A programme that was closed by hand begins no stay. A stay that has begun goes on; kept marks still come.
        if programme.state != Programme.State.OPEN and step is StayStep.ARRIVE and made == at:
            raise StaysOver
        on = clock.day_in(programme.zone, made)
        if step is StayStep.ARRIVE and not programme.opens_on <= on <= programme.closes_on:
            first, last = (date_format(day, "j F") for day in (programme.opens_on, programme.closes_on))
            raise NotOnTheseDays(first=first, last=last)
        lat, lon = given.point or (None, None)
        one.marks[step.value] = {
            "at": made.isoformat(),
            "stored_at": at.isoformat(),
            "lat": lat,
            "lon": lon,
            "accuracy": given.accuracy,
            "clock": given.clock.isoformat() if given.clock else None,
        }
        if step is StayStep.ARRIVE:
            one.state = State.THERE
            one.item_id = _report(one, programme, on, given, made, by=by, at=at)
        _settle(one, at=at)
        one.save()
        audit.record(
            by=by,
            at=at,
            act="stays.mark",
            subject=str(one.pk),
            unit_id=one.unit_id,
            facts={"step": step.value},
        )
    return one


def _report(
    one: Stay, programme: Programme, on: date, given: MarkGiven, made: datetime, *, by: Actor, at: datetime
) -> UUID:
    """The item of a stay: of one worker, place and programme. The host is asked about it, else the booth president."""
    ident = item_key(KIND, programme.pk, one.worker_id, one.unit_id)
    lat, lon = given.point or (None, None)
    new = NewItem(
        ident,
        programme.pk,
        STAYS,
        IN_PLACE,
        one.unit_id,
        on,
        by_id=one.worker_id,
        phone_id=one.host_phone or queries.president_phone(one.unit_id, on=on),
        at=made,
        device=by.device,
        lat=lat,
        lon=lon,
        accuracy=given.accuracy,
    )
    programmes.report_items(new=[new], at=at)
    return ident


def _settle(one: Stay, *, at: datetime) -> None:
    """Judge the marks so far: done, counted, or not clear."""
    marks = {StayStep(key): queries.mark_of(kept) for key, kept in one.marks.items()}
    unit = units.units_by_id([one.unit_id])[one.unit_id]
    place = (unit.lat, unit.lon) if unit.lat is not None and unit.lon is not None else None
    said = judged(marks, place)
    if StayStep.LEAVE in marks and StayStep.ARRIVE in marks:
        one.state, one.left_at = State.DONE, marks[StayStep.LEAVE].at
    shared = [mark.point for mark in marks.values() if mark.point]
    is_shared = said.flaw is None and bool(shared) and queries.is_elsewhere(one, shared)
    if one.flaw != StayFlaw.DENIED:
        one.flaw = str(StayFlaw.SAME_POINT if is_shared else said.flaw or "")
    if said.counts and one.item_id:
        programmes.count_items(ids=[one.item_id], at=at, is_signed=said.is_signed)


@dataclass(frozen=True, slots=True)
class StayReport:
    """The worker's report at the end. need: in a sentence, or empty; kind: of a helpline request."""

    houses: int
    text: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    kind: str = Ticket.Kind.OTHER.value


def add_report(*, stay: UUID, report: StayReport, by: Actor, at: datetime) -> Stay:
    """Take the report of a worker's own stay, once. A need becomes a helpline request of the worker.

    Refuses NotFound, StayEnded, ReportKnown, OwnNumberMissing, and what `helpdesk.add_need` refuses.
    """
    with system("a report of a stay"):
        one = own_locked(stay=stay, by=by)
        if one.report:
            raise ReportKnown
        one.report = {"houses": report.houses, "text": report.text.strip()}
        if report.need.strip():
            worker = needed(people.account(one.worker_id))
            if worker.phone_id not in people.phones([worker.phone_id]):
                raise OwnNumberMissing(field="need")
            opening = helpdesk.Opening(
                way=Ticket.Way.CALL,
                phone=people.number_of(worker.phone_id),
                texts=[report.need],
                unit_id=one.unit_id,
                language=worker.language or settings.LANGUAGE_CODE,
                kind=report.kind,
                name=worker.name,
                programme_id=one.programme_id,
            )
            one.report["ticket"] = str(helpdesk.add_need(opening=opening, by=by, at=at).pk)
        one.save(update_fields=["report"])
        audit.record(by=by, at=at, act="stays.report", subject=str(one.pk), unit_id=one.unit_id)
    return one


def ask_hosts(*, at: datetime) -> int:
    """Ask the hosts of counted stays whether it was so, on the evening of departure. How many. As jobs."""
    found = Stay.objects.filter(state=State.DONE, asked_at=None, left_at__lte=at).order_by("left_at", "pk")
    done = list(found.select_for_update(skip_locked=True)[:MOST_ASKED])
    of = {pk: programme_by_id(pk) for pk in {one.programme_id for one in done}}
    due = [one for one in done if at >= evening_of(one.left_at or at, of[one.programme_id].zone)]
    items = items_by_id([one.item_id for one in due if one.item_id])
    names = people.names_of({one.worker_id for one in due})
    places = units.units_by_id({one.unit_id for one in due})
    language = settings.LANGUAGE_CODE
    asked = []
    for one in due:
        one.asked_at = at
        item = items.get(one.item_id) if one.item_id else None
        if item is None or not item.passes:
            continue
        worker = person(names.get(one.worker_id, ""), language)
        place = named(places[one.unit_id].names, language)
        with translation.override(language):
            day = date_format(item.day, "j F")
            label = say("The stay of %(worker)s on %(day)s") % {"worker": worker, "day": day}
        blanks = {"worker": worker, "place": place, "day": day}
        asked.append(AskedItem(item, "ask.stayed", blanks, label, at + ANSWERS, language))
    Stay.objects.bulk_update(due, ["asked_at"])
    return programmes.ask_whether(asked=asked, at=at)


def hear_host(*, item: Item, yes: bool, **_told: object) -> None:
    """The host, or the booth president, says whether it was so. In the answer's transaction."""
    if not yes:
        Stay.objects.filter(item_id=item.pk).update(flaw=StayFlaw.DENIED)
