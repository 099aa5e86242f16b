"""Workers note what came of a door, of a list or on a walk, and undo it. The person is asked whether it was so."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import queries
from abhiyan.contact.gate import ContactAsked, contact_of_entry, contact_verdict
from abhiyan.contact.models import ContactEntry, ContactList, ContactTry
from abhiyan.contact.news import HelpTakenBack
from abhiyan.contact.rules import gate
from abhiyan.contact.rules.doors import is_near, unfit_note
from abhiyan.contact.rules.kinds import BY_DOOR, BY_LIST, BY_WALK, KIND, LISTED, TALKED
from abhiyan.core import audit, clock, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import WITHIN
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules.schemes import office_sentence, open_schemes
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import AskedItem, NewItem, item_key
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.queries import items, items_by_id, items_that_pass, programme_by_id, runs_on
from abhiyan.programmes.rules.ladder import REPORTED, TallyChange
from abhiyan.units import queries as units

from .attempts import LEASE, VISIT_LEASE
from .doors import MOST_HELD, HeldBack, require_may_meet, require_there
from .lists import SchemeUnknown
from .offering import HelpSaid, offer_help, their_phone
from .standing import NO_MORE, free_item, take_back_row, taken_from_others
from .tries import end_try

NOT_HOME_MOST = 3  # times; then the door rests for good
NOTE_KEPT = timedelta(days=90)
ANSWERS = timedelta(days=3)  # so long a person may say whether it was so
LONGEST_DOOR, LONGEST_NOTE = 60, 300
MOST_ASKED = 500  # at once
State, Outcome, Way = ContactEntry.State, ContactTry.Outcome, ContactTry.Way


class DoorGone(Refused, status=409):
    message = _("This door is not yours, or it is noted already. You can note it as a walk.")


class DoorKnown(Refused, status=409):
    message = _("Somebody noted a talk at this door already.")


class TalkTooLate(Refused, status=409):
    message = _("The programme did not run on that day, or it is more than a week ago.")


class NoteUnfit(Refused):
    message = _("%(why)s")


class NeedUnsaid(Refused):
    message = _("Say in one sentence what they did not receive.")


class FollowUpUnfit(Refused):
    message = _("Choose a day from tomorrow to the last day of the programme.")


class DoorUnsaid(Refused):
    message = _("Say which door it was, such as the house number.")


class NoIsTheirs(Refused, status=409):
    message = _("Only they themselves can take this no back, from their own phone.")


class UndoneTooLate(Refused, status=409):
    message = _("You can undo this only on the same day.")


@dataclass(frozen=True, slots=True)
class Told:
    """A worker's note of a door. phone: as typed, only if the person wants to be asked. age: how long a phone kept it.

    point: degrees; accuracy: metres. need: what somebody is entitled to and did not receive, in one sentence.
    scheme: its code of helpdesk.rules.schemes; if empty, the list's. Only the request has it. helper: of who wants to
    help.
    """

    outcome: str
    phone: str = field(default="", repr=False)
    follow_up: date | None = None
    note: str = field(default="", repr=False)
    need: str = field(default="", repr=False)
    scheme: str = ""
    helper: HelpSaid = field(default_factory=HelpSaid)
    point: tuple[float, float] | None = None
    accuracy: float | None = None
    age: timedelta = timedelta(0)


def note_door(*, entry: UUID, told: Told, by: Actor, at: datetime) -> ContactTry:
    """Note what came of a door that one holds, or held when the talk took place. The door leaves the worker's hands.

    A talk is reported, and counts once for a door. Another worker who has the door by now keeps it, unless it is met.
    Refuses NotFound, DoorGone, TalkTooLate, and what `_noted` refuses.
    """
    account, made = or_refuse(by.account_id), at - told.age
    with system("a door is noted"):
        rows = ContactEntry.objects.select_for_update(of=("self",)).select_related("list")
        door = or_refuse(rows.filter(public_id=entry).first())
        is_held = queries.doors_with(account).filter(pk=door.pk).exists()
        if not is_held and account not in door.had_ids:
            raise DoorGone
        programme = programme_by_id(door.list.programme_id)
        on = _day_of(programme, made, at=at)
        row = ContactTry(id=lot.uuid(), entry=door, programme=programme, unit_id=door.unit_id, way=Way.DOOR)
        _noted(row, told, programme, free_item(programme.pk, "door", door.pk), BY_DOOR, on, by=by, at=at)
        door.tries, door.last_outcome = door.tries + 1, row.outcome
        if account in door.had_ids:
            door.had_ids.remove(account)  # Each talk is noted once.
        is_final = row.outcome in (*queries.TALKS, *NO_MORE)
        if is_held or (is_final and door.state != State.OUT and taken_from_others(door, at=at)):
            _settle(door, row, programme, on, at=at)
        door.save()
    return row


def _settle(entry: ContactEntry, row: ContactTry, programme: Programme, on: date, *, at: datetime) -> None:
    """Put a door where its outcome takes it: met, out, or later."""
    entry.holder_id = entry.until = entry.next_day = None
    if row.outcome in queries.TALKS:
        entry.state = State.DONE
        if row.ask_on is not None and entry.is_person:
            _join_list(entry, row, programme, on, at=at)
    elif row.outcome in NO_MORE:
        entry.state, entry.why_out = State.OUT, NO_MORE[Outcome(row.outcome)]
    elif row.outcome == Outcome.NOT_HOME and entry.tries >= NOT_HOME_MOST:
        entry.state, entry.why_out = State.OUT, "not_reached"
    else:
        entry.state, entry.next_day = State.LATER, row.follow_up_day or on + timedelta(days=1)


def note_walk(
    *, programme: Programme, unit_id: int, door: str, told: Told, by: Actor, at: datetime
) -> ContactTry:
    """Note a door of a walk without a list: a door, an outcome, no name. Each door counts one talk.

    Talks count up to the households of the unit, where they are known. The right is that of `take_doors`.
    Refuses DoorUnsaid, DoorKnown, TalkTooLate, HeldBack, and what `_noted` refuses.
    """
    label = " ".join(door.split())[:LONGEST_DOOR]
    if not label:
        raise DoorUnsaid(field="door")
    made = at - told.age
    with system("a walk is noted"):
        require_there(programme=programme, unit_id=unit_id, by=by, at=at)
        on = _day_of(programme, made, at=at)
        sql.wait_for(f"walks of {programme.pk} in {unit_id}")
        contact = ContactAsked(unit_id, programme.zone)
        if why := contact_verdict(contact, at=made).why:
            raise HeldBack(why=gate.WORDS[why])
        row = ContactTry(id=lot.uuid(), programme=programme, unit_id=unit_id, way=Way.WALK, door=label)
        free = free_item(programme.pk, unit_id, label.casefold())
        is_talk = told.outcome in queries.TALKS
        if is_talk and free is None:
            raise DoorKnown(field="door")
        houses = units.units_by_id([unit_id])[unit_id].households
        is_full = houses is not None and is_talk and _walked(programme, unit_id) >= houses
        _noted(row, told, programme, free, BY_WALK, on, is_full=is_full, by=by, at=at)
    return row


def _walked(programme: Programme, unit_id: int) -> int:
    return items_that_pass(programme.pk, TALKED).filter(unit_id=unit_id, channel=BY_WALK).count()


def _day_of(programme: Programme, made: datetime, *, at: datetime) -> date:
    """Return the day of a talk. Refuses TalkTooLate outside the window, or after a week."""
    on = clock.day_in(programme.zone, made)
    if not runs_on(programme, on) or at - made > WITHIN:
        raise TalkTooLate
    return on


def _noted(
    row: ContactTry,
    report: Told,
    programme: Programme,
    key: UUID | None,
    channel: int,
    on: date,
    *,
    is_full: bool = False,
    by: Actor,
    at: datetime,
) -> None:
    """Fill and keep a try: its note, its request, its item.

    Refuses NoteUnfit, DoorNumberUnfit, NumberOwn, FollowUpUnfit, NeedUnsaid, and what `helpdesk.add_need` and
    `offer_help` refuse.
    """
    row.outcome = Outcome(report.outcome).value
    account, made = or_refuse(by.account_id), at - report.age
    if row.outcome == Outcome.LATER:
        row.follow_up_day = report.follow_up or on + timedelta(days=1)
        if not on < row.follow_up_day <= programme.closes_on:
            raise FollowUpUnfit(field="follow_up")
    if note := report.note.strip():
        if why := unfit_note(note):
            raise NoteUnfit(field="note", why=why)
        row.note = keyring().seal(note.encode(), about=row.pk.bytes)
        row.note_until = at + NOTE_KEPT
    if row.outcome == Outcome.ENTITLED:
        row.request_id = file_need(row, report.need.strip(), scheme=report.scheme, by=by, at=at)
    if row.outcome in queries.TALKS and key is not None:
        phone_id = _phone(report.phone, programme, account)
        if phone_id is not None:
            row.ask_on = max(on + timedelta(days=1), clock.day_in(programme.zone, at))
        place = units.units_by_id([row.unit_id])[row.unit_id]
        booth = (place.lat, place.lon) if place.lat is not None and place.lon is not None else None
        lat, lon = report.point or (None, None)
        item = NewItem(
            key,
            programme.pk,
            TALKED,
            channel,
            row.unit_id,
            on,
            by_id=account,
            phone_id=phone_id,
            at=made,
            device=by.device,
            lat=lat,
            lon=lon,
            accuracy=report.accuracy,
            is_counted=not is_full and is_near(report.point, report.accuracy, booth) is not False,
            is_signed=False,
        )
        programmes.report_items(new=[item], at=at)
        row.item_id = key
    end_try(made=row, phone_id=row.entry.phone_id if row.entry else None, by=by, at=at, age=report.age)
    if row.outcome == Outcome.WANTS_HELP:
        offer_help(
            offer=row.pk,
            way="door",
            unit_id=row.unit_id,
            helper=_helper(row, report.helper),
            known_phone=row.entry.phone_id if row.entry else None,
            door=row.entry.door if row.entry else row.door,
            language=row.entry.language if row.entry else "",
            by=by,
            at=at,
        )
    facts = {"outcome": row.outcome, "way": row.way}
    audit.record(by=by, at=at, act="contact.note", subject=str(row.pk), unit_id=row.unit_id, facts=facts)


def _helper(row: ContactTry, helper: HelpSaid) -> HelpSaid:
    """Return the words of somebody at a door who wants to help; their name is that of the list if none was typed."""
    if helper.name.strip() or row.entry is None:
        return helper
    return replace(helper, name=queries.unsealed_text(row.entry.person_name, row.entry.public_id))


def _phone(typed: str, programme: Programme, account_id: int) -> UUID | None:
    """Keep the number of somebody who wants to be asked. A number of another door of the programme is not asked again:
    None, without a word, so nobody learns which numbers are known."""
    if not typed.strip():
        return None
    phone_id, number = their_phone(number=typed, account_id=account_id, field="phone")
    lock_phones([phone_id])
    if items(programme.pk, TALKED).filter(phone_id=phone_id, ended_at=None).exists():
        return None
    people_acts.keep_phones(phones=[number])
    return phone_id


def file_need(row: ContactTry, need: str, *, scheme: str = "", by: Actor, at: datetime) -> UUID:
    """Make what somebody did not receive a request of the worker to the helpline: the answer comes to the worker.

    The request names the public office of the scheme, and counts under it. Refuses NeedUnsaid, NoteUnfit,
    SchemeUnknown.
    """
    if scheme and scheme not in open_schemes():
        raise SchemeUnknown(field="scheme")
    scheme = scheme or (row.entry.list.scheme if row.entry else "")
    if not need:
        raise NeedUnsaid(field="need")
    if why := unfit_note(need):
        raise NoteUnfit(field="need", why=why)
    worker = or_refuse(people.account(or_refuse(by.account_id)))
    language = worker.language or settings.LANGUAGE_CODE
    with translation.override(language):
        office = office_sentence(scheme)
    opening = helpdesk.Opening(
        way=Ticket.Way.CALL,
        phone=people.number_of_phone(worker.phone_id),
        texts=[need, *filter(None, [office])],
        unit_id=row.unit_id,
        language=language,
        kind=Ticket.Kind.OTHER.value,
        name=worker.name,
        programme_id=row.programme_id,
        scheme=scheme if office else "",
    )
    return helpdesk.add_need(opening=opening, by=by, at=at).pk


def _join_list(entry: ContactEntry, row: ContactTry, programme: Programme, on: date, *, at: datetime) -> None:
    """Somebody on a list wants to be asked: from a row of the import they become an item of "People on lists".

    A person who signed a form is one already.
    """
    if entry.list.signed and entry.item_id is not None:
        return
    item = or_refuse(items_by_id([or_refuse(row.item_id)]).get(or_refuse(row.item_id)))
    if entry.item_id is None and entry.list.day is not None:
        gone = TallyChange(programme.pk, LISTED, BY_LIST, entry.unit_id, entry.list.day, REPORTED, -1)
        programmes.post_changes(deltas=[gone], at=at)
    entry.item_id = item_key(KIND, programme.pk, "listed", row.pk)
    listed = NewItem(
        entry.item_id,
        programme.pk,
        LISTED,
        BY_LIST,
        entry.unit_id,
        on,
        by_id=row.by_id,
        phone_id=item.phone_id,
        at=row.at,
        is_counted=True,
        is_signed=False,
    )
    programmes.report_items(new=[listed], at=at)


def undo_contact(*, contact: UUID, by: Actor, at: datetime) -> ContactTry:
    """Undo a try of one's own at a door, on the same day. Its item ends. The door is the worker's again if the list
    goes on.

    A worker whose right there has ended does not get the door again. A request to the helpline stays, and so does a no.
    Refuses NotFound, NoIsTheirs, UndoneTooLate.
    """
    account = or_refuse(by.account_id)
    with system("a try is undone"):
        rows = ContactTry.objects.select_for_update(of=("self",)).filter(pk=contact, by_id=account)
        rows = rows.filter(way__in=(Way.DOOR, Way.WALK))
        row = or_refuse(rows.filter(undone_at=None).first())
        programme = programme_by_id(row.programme_id)
        if row.outcome == Outcome.NEVER:
            raise NoIsTheirs
        if clock.day_in(programme.zone, row.stored_at) != clock.day_in(programme.zone, at):
            raise UndoneTooLate
        take_back_row(row, by=by, at=at)
        if row.outcome == Outcome.WANTS_HELP:
            news.tell(HelpTakenBack(row.pk, at))
        ends = [row.item_id] if row.item_id else []
        if row.entry_id is not None:
            entry = (
                ContactEntry.objects.select_for_update(of=("self",))
                .select_related("list")
                .get(pk=row.entry_id)
            )
            if row.item_id and entry.item_id and not entry.list.signed:
                ends.append(entry.item_id)
            _take_again(entry, programme, by=by, at=at)
        programmes.end_items(ids=ends, why=Item.Why.UNDONE, at=at)
        audit.record(by=by, at=at, act="contact.undo", subject=str(row.pk), unit_id=row.unit_id)
    return row


def _take_again(entry: ContactEntry, programme: Programme, *, by: Actor, at: datetime) -> None:
    """Give an undone door back to its worker.

    It goes to the queue if the list ended, the worker has enough, or their right there has ended.
    """
    if entry.holder_id is not None or entry.why_out in ("opted_out", "ended", "erased"):
        return
    is_in_use = entry.list.state == ContactList.State.APPROVED
    is_in_use = is_in_use and entry.list.last_day >= clock.day_in(programme.zone, at)
    n_held = queries.doors_with(or_refuse(by.account_id)).count()
    entry.state, entry.why_out, entry.next_day = State.READY, "", None
    if is_in_use and n_held < MOST_HELD:
        with suppress(org.NotYours):
            require_may_meet(unit_id=entry.unit_id, by=by, at=at)
            entry.state, entry.holder_id, entry.until = State.LEASED, by.account_id, at + VISIT_LEASE
    entry.save()


# --- numbers, questions, notes ---


def show_door_number(*, entry: UUID, by: Actor, at: datetime) -> str:
    """Show the number (E.164) of a door that one holds, for one call. Each look leaves a row; at most 200 a day.

    The gate is asked again, as for a call. Refuses NotFound, DoorGone, HeldBack, TooMany.
    """
    with system("a number of a list is shown"):
        doors = queries.doors_with(or_refuse(by.account_id)).filter(public_id=entry, until__gt=at)
        door = or_refuse(doors.select_related("list").select_for_update(of=("self",)).first(), DoorGone)
        phone_id = or_refuse(door.phone_id, NotFound)
        contact = contact_of_entry(door, zone=programme_by_id(door.list.programme_id).zone, is_call=True)
        if why := contact_verdict(contact, at=at).why:
            raise HeldBack(why=gate.WORDS[why])
        if door.until is not None and door.until < at + LEASE:  # Nobody else gets the door during the call.
            door.until = at + LEASE
            door.save(update_fields=["until"])
        return people_acts.reveal_number(
            phone=phone_id, about=door.public_id, unit_id=door.unit_id, by=by, at=at
        )


def ask_persons(*, at: datetime) -> int:
    """Ask who gave a number whether the talk was so, from the day after. Returns how many. As jobs."""
    today = clock.day_in(settings.TIME_ZONE, at)
    rows = ContactTry.objects.filter(ask_on__lte=today).order_by("ask_on", "pk").select_related("entry")
    due = list(rows.select_for_update(of=("self",), skip_locked=True)[:MOST_ASKED])
    items = items_by_id([row.item_id for row in due if row.item_id])
    names = people.names_of_accounts({row.by_id for row in due})
    questions = []
    for row in due:
        item = items.get(row.item_id) if row.item_id else None
        if item is None or item.ended_at is not None:
            continue
        language = (row.entry.language if row.entry else "") or settings.LANGUAGE_CODE
        worker = local_person(names.get(row.by_id, ""), language)
        with translation.override(language):
            day = date_format(item.day, "j F")
            label = say("The talk with %(worker)s on %(day)s") % {"worker": worker, "day": day}
        template, who = ("ask.talked", "worker") if _is_at_door(row) else ("ask.spoke", "leader")
        questions.append(AskedItem(item, template, {who: worker, "day": day}, label, at + ANSWERS, language))
    ContactTry.objects.filter(pk__in=[row.pk for row in due]).update(ask_on=None)
    return programmes.ask_whether(asked_items=questions, at=at)


def _is_at_door(row: ContactTry) -> bool:
    """Return whether a talk was at somebody's door, and not by phone."""
    return row.way in (Way.DOOR, Way.WALK) or row.is_visit


def hear_person(*, item: Item, yes: bool, at: datetime, **_told: object) -> None:
    """Hear whether a talk was so. The same word holds for the place on the list. In the answer's transaction.

    A person who signed a form denies the talk by it, and not the signature.
    """
    tries = ContactTry.objects.filter(item_id=item.pk, entry__item_id__isnull=False)
    if not yes:
        tries = tries.filter(entry__list__signed="")
    listed = [pk for pk in tries.values_list("entry__item_id", flat=True) if pk]
    if yes:
        programmes.confirm_items(ids=listed, at=at)
    else:
        programmes.end_items(ids=listed, why=Item.Why.DENIED, at=at)


def empty_notes(*, at: datetime) -> int:
    """Empty notes after 90 days. Returns how many. As jobs."""
    return ContactTry.objects.filter(note_until__lte=at).update(note=b"", note_until=None)
