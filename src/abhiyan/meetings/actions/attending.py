"""At the door names are ticked and the organiser gives a number. The day after, invitees are asked themselves."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.deadlines import finished_at, is_latest_record
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.meetings import queries_lists as lists
from abhiyan.meetings.models import CountBeside, Invitee, Meeting
from abhiyan.meetings.rules.attendance import ATTENDED, NAMED, PHONED, TOTAL, reported, unnamed
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.messaging.models import Send
from abhiyan.people import phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.news import ItemsErased
from abhiyan.work.actions.dues import count_people
from abhiyan.work.news import DueAnswered

from .calling import AlreadyCancelled, lock_managed_meeting, record_meeting
from .reporting import report_due_people
from .telling import ANSWER_PAGE, CAME, ROOM, reachable
from .words import blanks_of

MOST_PEOPLE = 100_000  # the organiser's number
ASKED_WITHIN = timedelta(days=3)  # after the last day
ANSWERED_WITHIN = timedelta(days=14)
AT_ONCE = 500
DENIED, UNDONE = "denied", "undone"  # why an item ends


class NotInvited(Refused):
    message = _("This person is not invited to the meeting. Count them in the number of everybody who came.")


class NotOnList(Refused):
    message = _(
        "This number is not on the invited list. Count the person in the number of everybody who came."
    )


class ListOutOfSight(Refused, status=403):
    message = _("Only who sees the invited list may tick its numbers. Ask the office that invited it.")


class TickedNumberUnfit(Refused):
    message = _("This is no Indian mobile number. Write 10 digits.")


class DoorClosed(Refused, status=409):
    message = _("Names are ticked from the first day of the meeting on.")


class SaidNotThere(Refused, status=409):
    message = _("This person told us that they were not there.")


class WalkInsWrong(Refused):
    message = _("People without an invitation are part of everybody who came. Write a smaller number.")


class TotalWrong(Refused):
    message = _("Write how many people came, between 0 and %(most)s.")


def tick(*, public_id: UUID, invitee: UUID, came: bool, by: Actor, at: datetime) -> bool:
    """Tick an invitee (public id) at the door, or take the tick back. Return True if it changed something.

    Two organisers who tick the same person tick once. Managers of the meeting may do this. Refuses NotInvited,
    DoorClosed before the first day, SaidNotThere.
    """
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_door(meeting, at=at)
        with system("a name is ticked"):
            row = meeting.invitees.select_for_update().filter(public_id=invitee).first()
            if row is None:
                raise NotInvited
            if not _ticked(meeting, row, came=came, by=by, at=at):
                return False
        _answer_due(meeting, by=by, at=at)
    return True


def tick_phone(*, public_id: UUID, phone: str, by: Actor, at: datetime) -> bool:
    """Tick somebody of the roll or list that a bulk send invited, by their number as typed. True if it is new.

    Managers of the meeting who see that roll or list may do this. Refuses ListOutOfSight, TickedNumberUnfit,
    NotOnList, and what `tick` refuses.
    """
    number = phones.parse(phone)
    if number is None:
        raise TickedNumberUnfit(field="phone")
    phone_id = keyring().phone_id(number)
    return _tick_listed(public_id, lambda _send: phone_id, is_by_name=False, by=by, at=at)


def tick_listed(*, public_id: UUID, ref: UUID, by: Actor, at: datetime) -> bool:
    """Tick somebody of the invited list by name (`AudiencePerson.ref`). True if it is new.

    Managers of the meeting who see that person on the list may do this. Refuses as `tick_phone`.
    """

    def phone_of(send: Send) -> UUID | None:
        return next((person.phone_id for person in lists.listed_people(send, refs=[ref])), None)

    return _tick_listed(public_id, phone_of, is_by_name=True, by=by, at=at)


def _tick_listed(
    public_id: UUID, phone_of: Callable[[Send], UUID | None], *, is_by_name: bool, by: Actor, at: datetime
) -> bool:
    """Tick a person of the invited list. phone_of: their phone, read in the scope of who ticks them."""
    field = "ref" if is_by_name else "phone"
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_door(meeting, at=at)
        send = lists.send_for_door(meeting)
        if send is None:
            raise ListOutOfSight(field=field)
        phone_id = phone_of(send)
        with system("somebody of a list is ticked"):
            listed = asked.recipients_of(send, [phone_id], at=at).get(phone_id) if phone_id else None
            if phone_id is None or listed is None:
                raise NotOnList(field=field)
            # The meeting is locked, so one person is ticked once: also somebody who is invited by name as well.
            row = (
                meeting.invitees.select_for_update().filter(phone_id=phone_id).order_by("account_id").first()
            )
            if row is None:
                row = meeting.invitees.create(
                    public_id=lot.uuid(),
                    phone_id=phone_id,
                    office="",
                    unit_id=listed.unit_id,
                    called_in_id=meeting.unit_id,
                    is_private=False,
                    invited_at=send.started_at or at,
                    told=meeting.version,
                )
            row.is_by_name = is_by_name
            return _ticked(meeting, row, came=True, by=by, at=at)


def _ticked(meeting: Meeting, row: Invitee, *, came: bool, by: Actor, at: datetime) -> bool:
    """Tick an invitee's row or take the tick back, in a system scope. Refuses SaidNotThere."""
    if came and row.denied_at is not None:
        raise SaidNotThere
    if (row.came_at is not None) == came:
        return False
    row.came_at, row.ticks = (at, row.ticks + 1) if came else (None, row.ticks)
    row.confirmed_at = None
    if came and meeting.programme_id is not None:
        row.item = programmes.item_key("meeting", meeting.pk, row.account_id or row.phone_id, row.ticks)
    row.save(update_fields=["came_at", "ticks", "confirmed_at", "item", "is_by_name"])
    _count(meeting, row, came=came, at=at)
    record_meeting("tick" if came else "untick", meeting, by=by, at=at)
    return True


def set_people(
    *,
    public_id: UUID,
    n: int,
    walk_ins: int | None = None,
    age: timedelta = timedelta(0),
    by: Actor,
    at: datetime,
) -> Meeting:
    """Note how many people came by the organiser's count. The number finished later stands of two.

    The other is kept beside it with who gave it and when; `Meeting.is_beside` says that it was this one.
    walk_ins: how many of them had no invitation; None where nobody counted them. They are never added to the ticks.
    age: how long a phone kept it; it was finished on the first day of the meeting or later.
    Managers of the meeting may do this. Refuses TotalWrong, WalkInsWrong, DoorClosed.
    """
    if not 0 <= n <= MOST_PEOPLE:
        raise TotalWrong(field="n", most=MOST_PEOPLE)
    if walk_ins is not None and not 0 <= walk_ins <= n:
        raise WalkInsWrong(field="walk_ins")
    with transaction.atomic():
        meeting = lock_managed_meeting(public_id, by=by)
        _check_door(meeting, at=at)
        with system("how many came"):
            if not _stands(meeting, CountBeside(n=n, walk_ins=walk_ins, by=by.account_id), age=age, at=at):
                record_meeting("keep_count", meeting, by=by, at=at, n=n)
                return meeting
            _settle_total(meeting, at=at)
            record_meeting("set_people", meeting, by=by, at=at, n=n)
        _answer_due(meeting, by=by, at=at)
    return meeting


def _stands(meeting: Meeting, new: CountBeside, *, age: timedelta, at: datetime) -> bool:
    """Write down a number that came, or keep it beside the one that stands. The replaced number is kept.

    The same number of the same person again is not kept twice.
    """
    begun = datetime.combine(meeting.first_on, time(), ZoneInfo(settings.TIME_ZONE))
    new.meeting, new.made_at, new.stored_at = meeting, finished_at(age, at=at, since=begun), at
    former = meeting.total is not None and CountBeside(
        meeting=meeting,
        n=meeting.total,
        walk_ins=meeting.walk_ins,
        by=meeting.total_by,
        made_at=meeting.total_at,
        stored_at=at,
    )
    meeting.is_beside = bool(former) and not is_latest_record(new.made_at, former=meeting.total_at)
    if former and (new.n, new.walk_ins, new.by) != (former.n, former.walk_ins, former.by):
        (new if meeting.is_beside else former).save()
    if not meeting.is_beside:
        meeting.total, meeting.walk_ins, meeting.total_by, meeting.total_at = (
            new.n,
            new.walk_ins,
            new.by,
            new.made_at,
        )
        meeting.save(update_fields=["total", "walk_ins", "total_by", "total_at"])
    return not meeting.is_beside


def ask_who_came(*, at: datetime) -> int:
    """Ask invitees who were ticked, from the day after, whether they were there. Returns how many. By a loop, as the
    system."""
    today = clock.day_in(settings.TIME_ZONE, at)
    due = Invitee.objects.filter(
        came_at__isnull=False,
        has_been_asked=False,
        meeting__last_on__lt=today,
        meeting__last_on__gte=today - ASKED_WITHIN,
    )
    rows = list(
        due.select_related("meeting__unit")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")[:AT_ONCE]
    )
    askings = []
    for invitee, language, phone in [*reachable(rows), *_reachable_by_send(rows, at=at)]:
        invitee.question = lot.uuid()
        blanks = blanks_of(invitee.meeting, language)
        askings.append(
            messaging.PhoneQuestion(
                room=ROOM,
                kind=CAME,
                about=invitee.question,
                phone=phone,
                language=language,
                template="ask.met",
                blanks={name: blanks[name] for name in ("unit", "title", "day")},
                label=invitee.meeting.title_in(language),
                expires_at=at + ANSWERED_WITHIN,
                unit_id=invitee.called_in_id,
                address=ANSWER_PAGE,
            )
        )
    messaging.ask_many(askings=askings, at=at)
    for invitee in rows:
        invitee.has_been_asked = True
    Invitee.objects.bulk_update(rows, ["has_been_asked", "question"])
    return len(rows)


def _reachable_by_send(rows: list[Invitee], *, at: datetime) -> list[tuple[Invitee, str, str]]:
    """Return the rows of invited lists whose phone may get a message today, with language and phone (E.164).

    It is the ground on which the send invited them: who has said no since, or gave no consent, is not asked.
    """
    by_send: dict[UUID, list[Invitee]] = {}
    for invitee in rows:
        if invitee.account_id is None and invitee.meeting.roll is not None:
            by_send.setdefault(invitee.meeting.roll, []).append(invitee)
    reached = []
    for roll, invited in by_send.items():
        theirs = {each.phone_id: each for each in invited}
        send = asked.send_of(roll)
        for phone_id, listed in asked.recipients_of(send, theirs, at=at).items() if send else ():
            if not listed.reason:
                number = keyring().unseal(bytes(listed.sealed), about=phone_id.bytes).decode()
                reached.append((theirs[phone_id], listed.language or settings.LANGUAGE_CODE, number))
    return reached


def forget_ticks_of_phone(*, erasure: ItemsErased) -> None:
    """A person had everything erased: their ticks on invited lists stay as a number, and name no phone any more."""
    with system("a person is erased"):
        for invitee in Invitee.objects.filter(account_id=None, phone_id=erasure.phone_id):
            invitee.phone_id, invitee.question, invitee.has_been_asked = lot.uuid(), None, True
            invitee.save(update_fields=["phone_id", "question", "has_been_asked"])


def note_whether_came(*, question: UUID, phone_id: UUID, yes: bool, by: Actor, at: datetime) -> None:
    """Note the invitee's own word on whether they were there: a YES confirms, a NO takes the count back.

    Only their own phone answers. Runs in the transaction of its answer.
    """
    with system("an invitee says whether they were there"):
        invitees = Invitee.objects.filter(question=question, phone_id=phone_id)
        invitee = invitees.select_for_update(of=("self",)).first()
        if invitee is None or invitee.came_at is None:
            return
        if yes:
            invitee.confirmed_at = at
        else:
            invitee.came_at, invitee.confirmed_at, invitee.denied_at = None, None, at
        invitee.save(update_fields=["came_at", "confirmed_at", "denied_at"])
        if invitee.item is not None and yes:
            programmes.confirm_items(ids=[invitee.item], at=at)
        elif invitee.item is not None:
            programmes.end_items(ids=[invitee.item], why=DENIED, at=at)
        act, unit_id = "meetings.was_there" if yes else "meetings.was_not_there", invitee.called_in_id
        audit.record(by=by, at=at, act=act, subject=str(invitee.public_id), unit_id=unit_id)


def _check_door(meeting: Meeting, *, at: datetime) -> None:
    if meeting.cancelled_at is not None:
        raise AlreadyCancelled
    if clock.day_in(settings.TIME_ZONE, at) < meeting.first_on:
        raise DoorClosed


def _count(meeting: Meeting, row: Invitee, *, came: bool, at: datetime) -> None:
    """Post a tick, or that it was taken back. A later tick of the same person is another item.

    The trail names the organiser. The item does not, since verifiers limit their checks by worker.
    """
    if meeting.programme_id is None or row.item is None:
        return
    if came:
        new = programmes.NewItem(
            id=row.item,
            programme_id=meeting.programme_id,
            measure=ATTENDED,
            channel=PHONED if row.account_id is None and not row.is_by_name else NAMED,
            unit_id=meeting.unit_id,
            day=meeting.first_on,
            phone_id=row.phone_id,
            at=at,
            is_counted=True,
        )
        programmes.report_items(new=[new], at=at)
        _settle_total(meeting, at=at)
    else:
        programmes.end_items(ids=[row.item], why=UNDONE, at=at)


def _answer_due(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """The schedule that asks for the meeting gets the names ticked now, or the organiser's number if it is larger."""
    if meeting.due is None:
        return
    with system("how many came"):
        came = meeting.invitees.filter(came_at__isnull=False).count()
    count_people(
        due=meeting.due, on=meeting.first_on, n=reported(meeting.total, came), seen=came, by=by, at=at
    )
    # Long after the hour a tick says nothing more of the due.
    with system("how many came"):
        meeting.due.refresh_from_db()
    report_due_people(event=DueAnswered(meeting.due, None, at))


def _settle_total(meeting: Meeting, *, at: datetime) -> None:
    """The organiser's number less the names ticked is an item of its own; a tick lowers it by one."""
    if meeting.programme_id is None or meeting.total is None or meeting.due_id is not None:
        return  # `report_due_people` reports the number of a due.
    ticks = meeting.invitees.aggregate(n=Sum("ticks"))["n"] or 0
    ident = programmes.item_key("meeting total", meeting.pk)
    new = programmes.NewItem(
        id=ident,
        programme_id=meeting.programme_id,
        measure=ATTENDED,
        channel=TOTAL,
        unit_id=meeting.unit_id,
        day=meeting.first_on,
        n=0,
    )
    programmes.report_items(new=[new], at=at)
    programmes.set_total(id=ident, n=unnamed(meeting.total, ticks), at=at)
