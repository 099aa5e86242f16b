"""The only writers of dialogues: the roster of a day, notes on calls, questions to presidents, absences."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions as contact
from abhiyan.contact.models import ContactTry
from abhiyan.contact.queries import ContactAsked, contact_verdict
from abhiyan.contact.rules import gate
from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import WITHIN, finished_at, is_latest_record
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.dialogues import queries
from abhiyan.dialogues.models import Absence, CallDay, CallPlan, CallRound, Dialogue, Outcome, OutcomeBeside
from abhiyan.dialogues.queries import KIND, MOST_NEEDS
from abhiyan.dialogues.rules.roster import RosterSource, after_night, roster
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.actions import reveal_bearer
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import items_by_id, programme_by_id, running_of_kind, runs_now
from abhiyan.units import queries as units
from abhiyan.work import actions as work
from abhiyan.work.actions import MovedMeanwhile, What
from abhiyan.work.rules.tasks import Act

TALKS, BY_PHONE = 1, 1  # the measure and its channel
MORNING, NUMBERS_AT, ASKED_AT = time(7), time(10), time(19, 30)
MOST_ASKED = 500  # at once
MOST_A_DAY = 10
MOST_ABSENCES = 20
LONGEST_ABSENCE = timedelta(days=92)
TASK_DAYS = 7  # for the office above, to appoint somebody or correct a number
CHECKING = Actor.system("a call found no president at the number")


class CallOver(Refused, status=409):
    message = _("This call was for %(day)s. If it was not done, it comes again at 7:00.")


class NoMoreCalls(Refused, status=409):
    message = _("They said no to calls. Only they themselves can take that back, from their own phone.")


class CallNoted(Refused, status=409):
    message = _("You noted this talk already.")


class NotRunningNow(Refused, status=409):
    message = _("The programme does not run today.")


class TalkMissing(Refused, status=409):
    message = _("Note the talk first. Then add what else the booth needs.")


class TooManyNeeds(Refused):
    message = _("You wrote down %(most)s needs of this talk. Add the rest to the next one.")


class OrganisationMissing(Refused):
    message = _("Say how the organisation in the booth is doing: 1, 2 or 3.")


class NoNumberKept(Refused):
    message = _("We have no number of this president, so nobody could answer. Leave this empty.")


class OfficesMissing(Refused):
    message = _("Choose at least one office that calls.")


class DaysAwayUnfit(Refused):
    message = _("The last day is not before the first day or today, and at most three months after it.")


class TooManyAbsences(Refused):
    message = _("You noted %(most)s times of absence. Remove one first.")


def set_callers(
    *, programme: Programme, offices: Collection[str], per_day: int, by: Actor, at: datetime
) -> None:
    """Choose the offices (codes) that call in a programme, and the calls a day. The next roster uses them.

    It needs programmes.run at the programme's unit. Refuses NotYours, OfficesMissing.
    """
    org.require(by, "programmes.run", at=programme.owner_id)
    codes = {office.code for office in org.offices_used()} & set(offices)
    if not codes:
        raise OfficesMissing(field="offices")
    with system("who calls is set"):
        CallPlan.objects.update_or_create(
            programme_id=programme.pk, defaults={"offices": sorted(codes), "per_day": per_day}
        )
        audit.record(
            by=by,
            at=at,
            act="dialogues.set_callers",
            subject=str(programme.public_id),
            unit_id=programme.owner_id,
            facts={"per_day": per_day, "offices": sorted(codes)},
        )


def note_absence(*, first_on: date, last_on: date, by: Actor, at: datetime) -> None:
    """Note days of absence. The roster skips the person on them. Refuses DaysAwayUnfit, TooManyAbsences."""
    account, today = or_refuse(by.account_id), clock.day_in(settings.TIME_ZONE, at)
    if not max(first_on, today) <= last_on <= max(first_on, today) + LONGEST_ABSENCE:
        raise DaysAwayUnfit(field="last_on")
    with system("somebody is away"):
        if len(queries.absences(account, since=today)) >= MOST_ABSENCES:
            raise TooManyAbsences(most=MOST_ABSENCES)
        Absence.objects.create(public_id=lot.uuid(), account_id=account, first_on=first_on, last_on=last_on)
        audit.record(by=by, at=at, act="dialogues.note_absence", subject=str(by.id))


def remove_absence(*, absence: UUID, by: Actor, at: datetime) -> None:
    """Remove an absence: its person gets calls again. Refuses NotFound unless it is their own."""
    with system("somebody is there after all"):
        gone, _each = Absence.objects.filter(public_id=absence, account_id=or_refuse(by.account_id)).delete()
        if not gone:
            raise NotFound
        audit.record(by=by, at=at, act="dialogues.remove_absence", subject=str(by.id))


def give_out(*, by: Actor, at: datetime) -> int:
    """Give each leader the calls of the day, once after 7:00. Return how many. In a system transaction, as jobs."""
    return sum(
        _give_out(programme, clock.day_in(programme.zone, at), by=by, at=at)
        for programme in running_of_kind(queries.KIND, at)
        if _clock(programme.zone, at) >= MORNING
    )


def _clock(zone: str, at: datetime) -> time:
    return at.astimezone(ZoneInfo(zone)).time()


def _give_out(programme: Programme, on: date, *, by: Actor, at: datetime) -> int:
    _day, is_new = CallDay.objects.get_or_create(programme_id=programme.pk, day=on, defaults={"made_at": at})
    if not is_new:
        return 0
    callers = {caller.account: caller for caller in queries.callers_on_day(programme, on=on)}
    booths = queries.booths_to_call(programme, on=on)
    for leader, unit, came in queries.undone(programme.pk, before=on):
        then = after_night(came, is_away=leader not in callers)
        if then is RosterSource.CARRIED:
            callers[leader] = replace(callers[leader], carried=(*callers[leader].carried, unit))
        elif then is RosterSource.PASSED and unit in booths:
            booths[unit] = replace(booths[unit], passed_by=leader)
    rounds = dict(CallRound.objects.filter(programme_id=programme.pk).values_list("area", "began_on"))
    made = roster(
        list(callers.values()),
        list(booths.values()),
        rounds,
        per_day=queries.plan_of(programme.pk).per_day,
        on=on,
    )
    Dialogue.objects.bulk_create(
        Dialogue(
            id=lot.uuid(),
            programme_id=programme.pk,
            day=on,
            leader_id=call.leader,
            unit_id=call.unit,
            president_id=booths[call.unit].president,
            came=call.came,
        )
        for call in made.given
    )
    CallRound.objects.bulk_create(
        (
            CallRound(programme_id=programme.pk, area=area, began_on=began_on)
            for area, began_on in made.rounds.items()
            if rounds.get(area) != began_on
        ),
        update_conflicts=True,
        unique_fields=["programme_id", "area"],
        update_fields=["began_on"],
    )
    audit.record(
        by=by,
        at=at,
        act="dialogues.give_out",
        subject=str(programme.public_id),
        unit_id=programme.owner_id,
        n=len(made.given),
    )
    return len(made.given)


def send_numbers(*, by: Actor, at: datetime) -> int:
    """Send each leader the names, booths and numbers of the day's calls, once after 10:00.

    Each number sent leaves a row in the trail. A number is left out where the gate of calls does not allow it. Nothing
    is sent where an office has ended since the morning. Returns how many leaders got them. In a system transaction, as
    jobs.
    """
    sent = 0
    if people.emergency_stop() is not None:  # they go on the same day, once it is over
        return sent
    for programme in running_of_kind(queries.KIND, at):
        if _clock(programme.zone, at) < NUMBERS_AT:
            continue
        today = CallDay.objects.filter(
            programme_id=programme.pk, day=clock.day_in(programme.zone, at), sent_at=None
        ).first()
        if today is not None:
            today.sent_at = at
            today.save(update_fields=["sent_at"])
            sent += _send_numbers(programme, today.day, by=by, at=at)
    return sent


def _send_numbers(programme: Programme, on: date, *, by: Actor, at: datetime) -> int:
    calls = list(
        Dialogue.objects.filter(programme_id=programme.pk, day=on).order_by("leader_id", "-came", "pk")
    )
    accounts = people.accounts({call.president_id for call in calls} | {call.leader_id for call in calls})
    numbers = people.numbers_of_phones({account.phone_id for account in accounts.values()})
    places = units.units_by_id({call.unit_id for call in calls})
    by_leader: dict[int, list[Dialogue]] = {}
    callers = {caller.account for caller in queries.callers_on_day(programme, on=on)}
    booths = queries.booths_to_call(programme, on=on)
    for call in calls:
        booth_now = booths.get(call.unit_id)
        if call.leader_id not in callers or booth_now is None or booth_now.president != call.president_id:
            continue  # an office has ended since the morning
        by_leader.setdefault(call.leader_id, []).append(call)
    for leader, leader_calls in by_leader.items():
        language = accounts[leader].language or settings.LANGUAGE_CODE
        lines = []
        for call in leader_calls:
            president = accounts[call.president_id]
            number = ""
            if not contact_verdict(_asked_of(call, president), at=at).why:
                number = people_acts.reveal_number(
                    phone=numbers.get(president.phone_id, ""),
                    about=president.public_id,
                    unit_id=call.unit_id,
                    is_counted=False,
                    to=accounts[leader].public_id,
                    by=by,
                    at=at,
                )
            booth = name_in_language(places[call.unit_id].names, language)
            lines.append(", ".join(part for part in (president.name, booth, number) if part))
        messaging.tell_account(
            account_id=leader,
            template="duty.calls",
            blanks={"calls": "; ".join(lines), "link": settings.ORIGIN + reverse("dialogues:calls")},
            key=f"calls|{programme.pk}|{leader}|{on}",
            at=at,
        )
    return len(by_leader)


def show_president_number(*, call: UUID, by: Actor, at: datetime) -> str:
    """Show a leader in office the number (E.164) of a president on today's roster. `org.reveal_bearer` records it.

    Refuses NotFound, CallOver, NoMoreCalls; contact's HeldBack where the gate of calls does not allow it.
    """
    with system("a president is called"):
        rows = Dialogue.objects.filter(pk=call, leader_id=or_refuse(by.account_id))
        row = or_refuse(next(iter(queries.in_office(or_refuse(by.account_id), rows, at=at)), None))
        if row.day != clock.day_in(programme_by_id(row.programme_id).zone, at):
            raise CallOver(day=date_format(row.day, "j F"))
        president = or_refuse(people.account(row.president_id))
        why = contact_verdict(_asked_of(row, president), at=at).why
        if why == "opted_out":
            raise NoMoreCalls
        if why:
            raise contact.HeldBack(why=gate.WORDS[why])
    return reveal_bearer(account=president.public_id, by=by, at=at)


def _asked_of(row: Dialogue, president: Account) -> ContactAsked:
    return ContactAsked(row.unit_id, programme_by_id(row.programme_id).zone, True, president.phone_id)


@dataclass(frozen=True, slots=True)
class CallReport:
    """The outcome of a call. has_asked: the leader asked how they and the family are. organisation: 1 to 3.

    need: one sentence, or empty. kind: that of a helpline request. helper: of somebody who wants to help.
    """

    outcome: str
    has_asked: bool = False
    organisation: int | None = None
    need: str = field(default="", repr=False)
    kind: str = Ticket.Kind.OTHER.value
    helper: contact.HelpSaid = field(default_factory=contact.HelpSaid)


def note_dialogue(
    *, call: UUID, noted: CallReport, by: Actor, at: datetime, age: timedelta = timedelta(0)
) -> tuple[Dialogue, Ticket | None]:
    """Note the outcome of one of today's calls. A talk is reported. A need becomes a helpline request, returned too.

    A president who left, and a wrong number, end the call: the office above gets a task. Another outcome on the same
    day withdraws it. A noted talk stays. The later finished of two other outcomes stands; what does not stand is kept
    beside it (`Dialogue.is_beside`). age: how long a phone without a network kept it; at most WITHIN.
    Only the call's leader may, while their office calls there. Refuses NotFound, NotYours, NotRunningNow, CallOver,
    CallNoted, OrganisationMissing, NoNumberKept, and what `helpdesk.add_need` and `contact.offer_help` refuse.
    """
    ticket = None
    with system("a call is noted"):
        row = _own_today(call, by=by, at=at, age=age)
        made_at, former = finished_at(age, at=at), row.made_at or row.noted_at
        is_newer, is_talk = is_latest_record(made_at, former=former), noted.outcome == Outcome.TALKED
        if row.outcome == Outcome.TALKED and (is_talk or is_newer):
            raise CallNoted
        if not is_newer and not is_talk:
            _keep_outcome(row, noted.outcome, made_at, at)
            row.is_beside = True
            _record_call("keep_outcome", row, by=by, at=at)
            return row, None
        if row.outcome and row.outcome != noted.outcome:
            _keep_outcome(row, row.outcome, or_refuse(former), or_refuse(row.noted_at))
        president = or_refuse(people.account(row.president_id))
        if row.task_id is not None:
            with suppress(MovedMeanwhile):  # the office above did it
                work.change_task(public_id=row.task_id, act=Act.WITHDRAW, by=CHECKING, at=at)
            row.task_id = None
        row.outcome, row.noted_at, row.made_at = Outcome(noted.outcome).value, at, made_at
        if row.outcome in (Outcome.GONE, Outcome.WRONG_NUMBER):
            row.task_id = _tell_above(row, president, at=at)
        if row.outcome == Outcome.TALKED:
            if noted.organisation is None:
                raise OrganisationMissing(field="organisation")
            row.has_asked, row.organisation = noted.has_asked, noted.organisation
            if noted.need.strip():
                ticket = _ask_for(row, president, noted.need, noted.kind, by=by, at=at)
            row.item_id = programmes.item_key(KIND, row.programme_id, row.leader_id, row.unit_id, row.day)
            talk = NewItem(
                row.item_id,
                row.programme_id,
                TALKS,
                BY_PHONE,
                row.unit_id,
                row.day,
                by_id=row.leader_id,
                phone_id=president.phone_id,
                at=at,
                device=by.device,
            )
            programmes.report_items(new=[talk], at=at)
            if noted.helper.is_said:
                contact.offer_help(
                    offer=row.item_id, way="dialogue", unit_id=row.unit_id, helper=noted.helper, by=by, at=at
                )
        row.save()
        made = ContactTry(
            id=lot.uuid(),
            programme_id=row.programme_id,
            unit_id=row.unit_id,
            way=ContactTry.Way.DIALOGUE,
            outcome=row.outcome,
            about=row.pk,
            phone_id=president.phone_id,
        )
        contact.replace_try(made=made, by=by, at=at, age=at - made_at)
        _record_call("note_call", row, by=by, at=at)
    return row, ticket


def _keep_outcome(row: Dialogue, outcome: str, made_at: datetime, stored_at: datetime) -> None:
    OutcomeBeside.objects.create(call=row, outcome=outcome, made_at=made_at, stored_at=stored_at)


def add_talk_need(*, call: UUID, need: str, kind: str, by: Actor, at: datetime) -> Ticket:
    """Add one more need to a talk of today. It becomes a helpline request, or joins an open one of the same kind.

    Only the call's leader may, as for `note_dialogue`. Refuses also TalkMissing, TooManyNeeds.
    """
    with system("a call is noted"):
        row = _own_today(call, by=by, at=at)
        if row.outcome != Outcome.TALKED:
            raise TalkMissing
        if len(row.ticket_ids) >= MOST_NEEDS:
            raise TooManyNeeds(field="need", most=MOST_NEEDS)
        ticket = _ask_for(row, or_refuse(people.account(row.president_id)), need, kind, by=by, at=at)
        row.save(update_fields=["ticket_ids"])
        _record_call("add_need", row, by=by, at=at)
    return ticket


def _own_today(call: UUID, *, by: Actor, at: datetime, age: timedelta = timedelta(0)) -> Dialogue:
    """Lock one of the actor's own calls, noted on its day, in a running programme."""
    rows = Dialogue.objects.select_for_update().filter(pk=call, leader_id=or_refuse(by.account_id))
    row = or_refuse(rows.first())
    programme = programme_by_id(row.programme_id)
    if row.day != clock.day_in(programme.zone, at - age) or age > WITHIN:
        raise CallOver(day=date_format(row.day, "j F"))
    if not runs_now(programme, at):
        raise NotRunningNow
    if not queries.in_office(row.leader_id, [row], at=at):
        raise org.NotYours
    return row


def _record_call(act: str, row: Dialogue, *, by: Actor, at: datetime) -> None:
    facts = {"outcome": row.outcome}
    audit.record(by=by, at=at, act=f"dialogues.{act}", subject=str(row.pk), unit_id=row.unit_id, facts=facts)


def _tell_above(row: Dialogue, president: Account, *, at: datetime) -> UUID | None:
    """Ask the nearest office above that appoints there to mend it. None where there is no such office."""
    unit = org.nearest_with(row.unit_id, "org.appoint", on=row.day, above=True)
    if unit is None:
        return None
    booth = units.unit_by_id(row.unit_id)
    leader = people.names_of_accounts([row.leader_id]).get(row.leader_id, "")
    blanks = {
        "booth": name_in_language(booth.names)[:60],
        "name": local_person(president.name),
        "leader": local_person(leader),
    }
    if row.outcome == Outcome.GONE:
        title = say("%(booth)s: appoint a new booth president") % blanks
        text = say(
            "%(leader)s called. %(name)s is no longer booth president. End the office and appoint somebody new."
        )
    else:
        title = say("%(booth)s: correct the booth president's number") % blanks
        text = say(
            "%(leader)s called. The number of %(name)s is wrong. Find the right number and correct it."
        )
    zone = programme_by_id(row.programme_id).zone
    due = datetime.combine(row.day + timedelta(days=TASK_DAYS), time(18), ZoneInfo(zone))
    what = What(title, due, text % blanks, programme_id=row.programme_id)
    return work.ask_task(what=what, unit_id=unit, by=CHECKING, at=at).public_id


def _ask_for(row: Dialogue, president: Account, need: str, kind: str, *, by: Actor, at: datetime) -> Ticket:
    """Make a need a helpline request of the president. The caller saves the row."""
    if president.phone_id not in people.phones([president.phone_id]):
        raise NoNumberKept(field="need")
    opening = helpdesk.Opening(
        way=Ticket.Way.CALL,
        phone=people.number_of_phone(president.phone_id),
        texts=[need],
        unit_id=row.unit_id,
        language=president.language or settings.LANGUAGE_CODE,
        kind=kind,
        name=president.name,
        programme_id=row.programme_id,
    )
    ticket = helpdesk.add_need(opening=opening, by=by, at=at)
    row.ticket_ids = list(dict.fromkeys([*row.ticket_ids, ticket.pk]))
    return ticket


def ask_presidents(*, at: datetime) -> int:
    """Ask the presidents of noted talks whether they spoke. Return how many were asked.

    We ask at 19:30, and about later notes on the next day. The question ends with the day after the note. In a system
    transaction, as jobs.
    """
    rows = Dialogue.objects.filter(outcome=Outcome.TALKED, asked_at=None).select_for_update(skip_locked=True)
    noted = list(rows.order_by("noted_at", "pk")[:MOST_ASKED])
    programmes_by_id = {pk: programme_by_id(pk) for pk in {call.programme_id for call in noted}}
    due = [call for call in noted if _is_to_ask(call, programmes_by_id[call.programme_id].zone, at)]
    accounts = people.accounts({call.president_id for call in due} | {call.leader_id for call in due})
    items = items_by_id([call.item_id for call in due if call.item_id])
    questions = []
    for call in due:
        call.asked_at = at
        item = items.get(call.item_id) if call.item_id else None
        if item is None:
            continue
        item.programme = programmes_by_id[call.programme_id]
        language = accounts[call.president_id].language or settings.LANGUAGE_CODE
        leader = local_person(accounts[call.leader_id].name, language)
        zone = item.programme.zone
        noted_on = clock.day_in(zone, or_refuse(call.noted_at))
        over = datetime.combine(noted_on + timedelta(days=2), time(), ZoneInfo(zone))
        with translation.override(language):
            day = date_format(call.day, "j F")
            label = say("Your talk with %(leader)s on %(day)s") % {"leader": leader, "day": day}
        blanks = {"leader": leader, "day": day}
        questions.append(AskedItem(item, "ask.spoke", blanks, label, over, language))
    Dialogue.objects.bulk_update(due, ["asked_at"])
    return programmes.ask_whether(asked_items=questions, at=at)


def _is_to_ask(call: Dialogue, zone: str, at: datetime) -> bool:
    """Return True for a note made by 19:30 once it is 19:30, and for every note of an earlier day."""
    if call.day < clock.day_in(zone, at):
        return True
    return call.noted_at is not None and _clock(zone, at) >= ASKED_AT > _clock(zone, call.noted_at)
