"""The only writers of dialogues: giving out the calls of a day, noting them, asking the presidents, being away."""

from collections.abc import Collection
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

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, needed
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.actions import reveal_bearer
from abhiyan.people import queries as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import items_by_id, programme_by_id
from abhiyan.units import queries as units

from . import queries
from .models import Absence, CallDay, CallPlan, CallRound, Dialogue
from .queries import KIND
from .rules.roster import Came, after_night, roster

TALKS, BY_PHONE = 1, 1  # the measure and its channel
MORNING, NUMBERS_AT, ASKED_AT = time(7), time(10), time(19, 30)
MOST_ASKED = 500  # at once
MOST_A_DAY = 10
MOST_ABSENCES = 20
LONGEST_ABSENCE = timedelta(days=92)
Outcome = Dialogue.Outcome


class CallOver(Refused, status=409):
    message = _("This call was for %(day)s. If it was not done, it comes again at 7:00.")


class CallNoted(Refused, status=409):
    message = _("You noted this talk already.")


class NotRunningNow(Refused, status=409):
    message = _("The programme does not run today.")


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
    """Say which offices (codes) call in a programme, and how many presidents a day each; from the next morning on.

    Who may: programmes.run at the unit whose programme it is. Refuses NotYours, OfficesMissing.
    """
    org.require(by, "programmes.run", at=programme.owner_id)
    known = {one.code for one in org.offices_used()} & set(offices)
    if not known:
        raise OfficesMissing(field="offices")
    with system("who calls is set"):
        CallPlan.objects.update_or_create(
            programme_id=programme.pk, defaults={"offices": sorted(known), "per_day": per_day}
        )
        audit.record(
            by=by,
            at=at,
            act="dialogues.set_callers",
            subject=str(programme.public_id),
            unit_id=programme.owner_id,
            facts={"per_day": per_day, "offices": sorted(known)},
        )


def note_absence(*, first_on: date, last_on: date, by: Actor, at: datetime) -> None:
    """Somebody says from when to when they are away: the roster leaves them out. Refuses DaysAwayUnfit,
    TooManyAbsences."""
    account, today = needed(by.account_id), clock.day_in(settings.TIME_ZONE, at)
    if not max(first_on, today) <= last_on <= max(first_on, today) + LONGEST_ABSENCE:
        raise DaysAwayUnfit(field="last_on")
    with system("somebody is away"):
        if len(queries.absences(account, since=today)) >= MOST_ABSENCES:
            raise TooManyAbsences(most=MOST_ABSENCES)
        Absence.objects.create(public_id=lot.uuid(), account_id=account, first_on=first_on, last_on=last_on)
        audit.record(by=by, at=at, act="dialogues.note_absence", subject=str(by.id))


def remove_absence(*, absence: UUID, by: Actor, at: datetime) -> None:
    """Somebody calls on these days after all. Refuses NotFound where it is not their own."""
    with system("somebody is there after all"):
        gone, _each = Absence.objects.filter(public_id=absence, account_id=needed(by.account_id)).delete()
        if not gone:
            raise NotFound
        audit.record(by=by, at=at, act="dialogues.remove_absence", subject=str(by.id))


def give_out(*, by: Actor, at: datetime) -> int:
    """Give each leader the calls of the day, once after 7:00. How many calls. In a system transaction, as jobs."""
    return sum(
        _give_out(one, clock.day_in(one.zone, at), by=by, at=at)
        for one in queries.running(at)
        if _clock(one.zone, at) >= MORNING
    )


def _clock(zone: str, at: datetime) -> time:
    return at.astimezone(ZoneInfo(zone)).time()


def _give_out(programme: Programme, on: date, *, by: Actor, at: datetime) -> int:
    _day, is_new = CallDay.objects.get_or_create(programme_id=programme.pk, day=on, defaults={"made_at": at})
    if not is_new:
        return 0
    callers = {one.account: one for one in queries.callers(programme, on=on)}
    booths = queries.booths_to_call(programme, on=on)
    for leader, unit, came in queries.undone(programme.pk, before=on):
        then = after_night(came, is_away=leader not in callers)
        if then is Came.CARRIED:
            callers[leader] = replace(callers[leader], carried=(*callers[leader].carried, unit))
        elif then is Came.PASSED and unit in booths:
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
            leader_id=one.leader,
            unit_id=one.unit,
            president_id=booths[one.unit].president,
            came=one.came,
        )
        for one in made.given
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
    """Send each leader the names, booths and numbers of the day's calls, once after 10:00. How many leaders.

    Sending is a look at each number: it leaves a row of its own. In a system transaction, as jobs.
    """
    sent = 0
    for programme in queries.running(at):
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
    accounts = people.accounts({one.president_id for one in calls} | {one.leader_id for one in calls})
    phones = people.phones({one.phone_id for one in accounts.values()})
    places = units.units_by_id({one.unit_id for one in calls})
    by_leader: dict[int, list[Dialogue]] = {}
    for one in calls:
        by_leader.setdefault(one.leader_id, []).append(one)
    for leader, own in by_leader.items():
        language = accounts[leader].language or settings.LANGUAGE_CODE
        said = []
        for one in own:
            president = accounts[one.president_id]
            sealed = phones.get(president.phone_id)
            number = keyring().unseal(bytes(sealed.sealed), about=sealed.pk.bytes).decode() if sealed else ""
            booth = named(places[one.unit_id].names, language)
            said.append(", ".join(part for part in (president.name, booth, number) if part))
            audit.record(
                by=by,
                at=at,
                act="people.reveal_phone",
                subject=str(president.public_id),
                unit_id=one.unit_id,
                facts={"to": str(accounts[leader].public_id)},
            )
        messaging.tell_account(
            account_id=leader,
            template="duty.calls",
            blanks={"calls": "; ".join(said), "link": settings.ORIGIN + reverse("dialogues:calls")},
            key=f"calls|{programme.pk}|{leader}|{on}",
            at=at,
        )
    return len(by_leader)


def show_number(*, call: UUID, by: Actor, at: datetime) -> str:
    """The number (E.164) of a president whom a leader calls today; it leaves a row, as `org.reveal_bearer` says."""
    with system("a president is called"):
        row = needed(Dialogue.objects.filter(pk=call, leader_id=needed(by.account_id)).first())
        if row.day != clock.day_in(programme_by_id(row.programme_id).zone, at):
            raise CallOver(day=date_format(row.day, "j F"))
        president = needed(people.account(row.president_id))
    return reveal_bearer(account=president.public_id, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Noted:
    """What came of a call. has_asked: how they and their family are. organisation: 1 to 3. need: in a sentence, or
    empty; kind: of a helpline request."""

    outcome: str
    has_asked: bool = False
    organisation: int | None = None
    need: str = field(default="", repr=False)
    kind: str = Ticket.Kind.OTHER.value


def note_call(*, call: UUID, noted: Noted, by: Actor, at: datetime) -> Dialogue:
    """A leader notes what came of a call of today. A talk is reported, and a need becomes a helpline request.

    Who may: the leader whose call it is, while their office calls there. Refuses NotFound, NotYours, NotRunningNow,
    CallOver, CallNoted, OrganisationMissing, NoNumberKept, and what `helpdesk.add_need` refuses.
    """
    with system("a call is noted"):
        row = needed(
            Dialogue.objects.select_for_update().filter(pk=call, leader_id=needed(by.account_id)).first()
        )
        programme = programme_by_id(row.programme_id)
        today = clock.day_in(programme.zone, at)
        if row.day != today:
            raise CallOver(day=date_format(row.day, "j F"))
        if programme not in queries.running(at):
            raise NotRunningNow
        if not queries.calls_there(row.leader_id, programme, row.unit_id, on=today):
            raise org.NotYours
        if row.outcome == Outcome.TALKED:
            raise CallNoted
        row.outcome, row.noted_at = Outcome(noted.outcome).value, at
        if row.outcome == Outcome.TALKED:
            if noted.organisation is None:
                raise OrganisationMissing(field="organisation")
            row.has_asked, row.organisation = noted.has_asked, noted.organisation
            president = needed(people.account(row.president_id))
            if noted.need.strip():
                row.ticket_id = _ask_for(row, president.phone_id, noted, by=by, at=at).pk
            row.item_id = programmes.item_key(KIND, programme.pk, row.leader_id, row.unit_id, row.day)
            programmes.report_items(
                new=[
                    NewItem(
                        row.item_id,
                        programme.pk,
                        TALKS,
                        BY_PHONE,
                        row.unit_id,
                        row.day,
                        by_id=row.leader_id,
                        phone_id=president.phone_id,
                        at=at,
                        device=by.device,
                    )
                ],
                at=at,
            )
        row.save()
        audit.record(
            by=by,
            at=at,
            act="dialogues.note_call",
            subject=str(row.pk),
            unit_id=row.unit_id,
            facts={"outcome": row.outcome},
        )
    return row


def _ask_for(row: Dialogue, phone_id: UUID, noted: Noted, *, by: Actor, at: datetime) -> Ticket:
    """The need as a helpline request of the president."""
    president = needed(people.account(row.president_id))
    if phone_id not in people.phones([phone_id]):
        raise NoNumberKept(field="need")
    opening = helpdesk.Opening(
        way=Ticket.Way.CALL,
        phone=people.number_of(phone_id),
        texts=[noted.need],
        unit_id=row.unit_id,
        language=president.language or settings.LANGUAGE_CODE,
        kind=noted.kind,
        name=president.name,
        programme_id=row.programme_id,
    )
    return helpdesk.add_need(opening=opening, by=by, at=at)


def ask_presidents(*, at: datetime) -> int:
    """Ask the presidents of noted talks whether they spoke: at 19:30, and what was noted later the next day. How many.

    The question is over at the end of the day after the talk. In a system transaction, as jobs.
    """
    found = Dialogue.objects.filter(outcome=Outcome.TALKED, asked_at=None).select_for_update(skip_locked=True)
    noted = list(found.order_by("noted_at")[:MOST_ASKED])
    of = {pk: programme_by_id(pk) for pk in {one.programme_id for one in noted}}
    due = [one for one in noted if _is_to_ask(one, of[one.programme_id].zone, at)]
    accounts = people.accounts({one.president_id for one in due} | {one.leader_id for one in due})
    items = items_by_id([one.item_id for one in due if one.item_id])
    asked = []
    for one in due:
        one.asked_at = at
        item = items.get(one.item_id) if one.item_id else None
        if item is None:
            continue
        item.programme = of[one.programme_id]
        language = accounts[one.president_id].language or settings.LANGUAGE_CODE
        leader = accounts[one.leader_id].name
        over = datetime.combine(one.day + timedelta(days=2), time(), ZoneInfo(item.programme.zone))
        with translation.override(language):
            day = date_format(one.day, "j F")
            label = say("Your talk with %(leader)s on %(day)s") % {"leader": leader, "day": day}
        blanks = {"leader": leader, "day": day}
        asked.append(AskedItem(item, "ask.spoke", blanks, label, over, language))
    Dialogue.objects.bulk_update(due, ["asked_at"])
    return programmes.ask_whether(asked=asked, at=at)


def _is_to_ask(one: Dialogue, zone: str, at: datetime) -> bool:
    """Talks noted by 19:30 are asked about that evening, the others the next day: messages keep to the hours."""
    if one.day < clock.day_in(zone, at):
        return True
    return one.noted_at is not None and _clock(zone, at) >= ASKED_AT > _clock(zone, one.noted_at)
