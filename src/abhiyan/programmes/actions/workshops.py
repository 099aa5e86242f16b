"""Workshops: a unit holds its own and asks those below; they give a day, hold it, and report who came."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.programmes import refusals
from abhiyan.programmes.models import Programme, Task, Workshop
from abhiyan.programmes.queries import splits
from abhiyan.programmes.queries import workshops as found
from abhiyan.programmes.rules import workshops as rules
from abhiyan.programmes.rules.tasks import Act, State

from .programmes import NotOpen
from .tasks import LONGEST_TITLE, CountChanged, NobodyToAsk, TitleMissing, move_along

MOST_ASKED = (
    1_000  # units asked by one workshop: the districts of a nation; mandals are asked by their districts
)
MOST_ATTENDED = 1_000_000
_LAST_MINUTE = time(23, 59)


class DayUnfit(Refused):
    message = _("Choose a day within a year of today.")


class DayToCome(Refused):
    message = _("Choose today or an earlier day: it was held.")


class DayOver(Refused):
    message = _("Choose today or a later day.")


class AttendanceUnfit(Refused):
    message = _("Write how many people came, as a whole number, or leave it empty.")


class NotHeldYet(Refused, status=409):
    message = _("Enter when your own workshop was held. Then you can ask the units below.")


class AsksAlready(Refused, status=409):
    message = _("The units below are asked already.")


class HeldAlready(Refused, status=409):
    message = _("It is entered as held. Take that back first.")


class AsksOthers(Refused, status=409):
    message = _("The units below are asked because of it. Withdraw that first.")


class NothingToTakeBack(Refused, status=409):
    message = _("No day is given.")


class NothingAsked(Refused, status=409):
    message = _("No unit below is asked at the moment.")


class RemindedToday(Refused, status=409):
    message = _("They were asked or reminded today. One message a day is the most.")


class NobodyToRemind(Refused, status=409):
    message = _("There is nobody to remind.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What those below are asked. office: whose task it is. expected: how many units the asker was shown."""

    office: str
    until: date
    expected: int


def hold_first(
    *,
    programme_id: int,
    unit_id: int,
    title: str,
    held_on: date,
    attended: int | None,
    asked: Asked,
    by: Actor,
    at: datetime,
) -> Workshop:
    """Enter a workshop nobody asked for as held, and ask the units below to hold theirs; in one act.

    Who may: `tasks.ask` at the unit. Refuses TitleMissing, NotOpen, NotCovered, DayToCome, DayUnfit, AttendanceUnfit,
    and as `ask_below`.
    """
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE or "\0" in title:
        raise TitleMissing(field="title", longest=LONGEST_TITLE)
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        programme = needed(Programme.objects.filter(pk=programme_id).first())
        if programme.state != Programme.State.OPEN:
            raise NotOpen
        today = clock.day_in(programme.zone, at)
        if not splits.in_play(programme.pk, programme.hierarchy, [unit_id], on=today):
            raise refusals.NotCovered(field="unit")
        _check_held(held_on, attended, today=today)
        with system("a workshop"):
            one = Workshop.objects.create(
                public_id=lot.uuid(),
                programme=programme,
                unit_id=unit_id,
                title=title,
                made_at=at,
                made_by=by.account_id,
                held_on=held_on,
                attended=attended,
                said_at=at,
                said_by=by.account_id,
            )
        _record("hold_workshop", one, by=by, at=at)
        _ask(one, asked, by=by, at=at)
    return one


def ask_below(*, public_id: UUID, asked: Asked, by: Actor, at: datetime) -> int:
    """Ask every unit below that should have an office to hold the same workshop; a task each for who holds it.

    Returns how many. Vacant units are asked too: a reminder gives them the task once somebody is appointed. Who may:
    `tasks.ask` at the unit. Refuses NotFound, NotHeldYet, AsksAlready, DayOver, DayUnfit, NobodyToAsk, CountChanged.
    """
    with transaction.atomic():
        one = _held(public_id)
        org.require(by, LEADS, at=one.unit_id)
        if one.held_on is None:
            raise NotHeldYet
        if one.asks_until is not None:
            raise AsksAlready
        return _ask(one, asked, by=by, at=at)


def _ask(one: Workshop, asked: Asked, *, by: Actor, at: datetime) -> int:
    today = clock.day_in(one.programme.zone, at)
    if asked.until < today:
        raise DayOver(field="until")
    if asked.until > today + rules.FURTHEST:
        raise DayUnfit(field="until")
    with system("asking for workshops"):
        seats = found.seats_to_ask(
            one.programme, unit_id=one.unit_id, office=asked.office, on=today, limit=MOST_ASKED + 1
        )
        if not seats or len(seats) > MOST_ASKED:
            raise NobodyToAsk(field="office")
        if len(seats) != asked.expected:
            raise CountChanged(n=len(seats))
        rows = [
            Workshop(
                public_id=lot.uuid(),
                programme=one.programme,
                unit_id=seat.unit_id,
                above=one,
                title=one.title,
                made_at=at,
                made_by=by.account_id,
                due_on=asked.until,
            )
            for seat in seats
        ]
        _give_tasks(zip(rows, seats, strict=True), by=by, at=at)
        Workshop.objects.bulk_create(rows)
        one.asks_office, one.asks_until, one.asked_by = asked.office, asked.until, by.account_id
        one.reminded_on = today
        one.save(update_fields=["asks_office", "asks_until", "asked_by", "reminded_on"])
    _record("ask_workshops", one, by=by, at=at, n=len(rows), facts={"office": asked.office})
    return len(rows)


def _give_tasks(pairs: Iterable[tuple[Workshop, found.Seat]], *, by: Actor, at: datetime) -> None:
    """A task for each workshop whose seat somebody holds, written; the workshops carry it, not written."""
    given = [(row, seat) for row, seat in pairs if seat.account_id is not None]
    tasks = Task.objects.bulk_create(
        Task(
            public_id=lot.uuid(),
            title=row.title,
            programme=row.programme,
            asked_by=by.account_id,
            asked_at=at,
            account_id=seat.account_id,
            office_id=seat.office_id,
            unit_id=row.unit_id,
            hierarchy=row.programme.hierarchy,
            due_at=_evening(row),
            state_at=at,
        )
        for row, seat in given
    )
    for (row, _seat), task in zip(given, tasks, strict=True):
        row.task = task


def _evening(row: Workshop) -> datetime:
    assert row.due_on is not None  # only those who were asked have a task
    return datetime.combine(row.due_on, _LAST_MINUTE, ZoneInfo(row.programme.zone))


def plan_workshop(*, public_id: UUID, on: date, by: Actor, at: datetime) -> Workshop:
    """Say on which day a workshop will be held; another day replaces it. Its task counts as accepted.

    Who may: the person with its task, or `tasks.ask` at its unit. Refuses NotFound, NotYours, HeldAlready, DayOver,
    DayUnfit.
    """
    with transaction.atomic():
        one = _mine(public_id, by=by)
        today = clock.day_in(one.programme.zone, at)
        if one.held_on is not None:
            raise HeldAlready
        if on < today:
            raise DayOver(field="on")
        if on > today + rules.FURTHEST:
            raise DayUnfit(field="on")
        one.planned_on = on
        _said(one, [Act.ACCEPT], by=by, at=at)
        _record("plan_workshop", one, by=by, at=at, facts={"day": on.isoformat()})
    return one


def hold_workshop(
    *, public_id: UUID, on: date, attended: int | None = None, by: Actor, at: datetime
) -> Workshop:
    """Say on which day a workshop was held and how many came; said again, it corrects both. Its task is finished.

    Who may: as `plan_workshop`. Refuses NotFound, NotYours, DayToCome, DayUnfit, AttendanceUnfit.
    """
    with transaction.atomic():
        one = _mine(public_id, by=by)
        _check_held(on, attended, today=clock.day_in(one.programme.zone, at))
        one.held_on, one.attended = on, attended
        # The board shows it: nobody has to look at the task.
        _said(one, [Act.ACCEPT, Act.DO, Act.CONFIRM], by=by, at=at)
        _record("hold_workshop", one, by=by, at=at, n=attended or 0, facts={"day": on.isoformat()})
    return one


def take_back_day(*, public_id: UUID, by: Actor, at: datetime) -> Workshop:
    """Take back that a workshop was held; of one that was not, its planned day. One nobody asked for goes altogether.

    Who may: as `plan_workshop`. Refuses NotFound, NotYours, NothingToTakeBack; AsksOthers while units below are asked.
    """
    with transaction.atomic():
        one = _mine(public_id, by=by)
        if one.asks_until is not None:
            raise AsksOthers
        if one.held_on is not None:
            one.held_on = one.attended = None
            if one.above_id is None:
                one.withdrawn_at = at
            _said(one, [Act.REOPEN, Act.ACCEPT], by=by, at=at)
        elif one.planned_on is not None:
            one.planned_on = None
            _said(one, [], by=by, at=at)
        else:
            raise NothingToTakeBack
        _record("take_back_workshop", one, by=by, at=at)
    return one


def _said(one: Workshop, way: Sequence[Act], *, by: Actor, at: datetime) -> None:
    one.said_at, one.said_by = at, by.account_id
    with system("a workshop's day"):
        one.save(update_fields=["planned_on", "held_on", "attended", "withdrawn_at", "said_at", "said_by"])
        if one.task_id is not None:
            tasks = list(Task.objects.filter(pk=one.task_id).select_for_update(of=("self",)))
            move_along(tasks=tasks, way=way, by=by, at=at)


def remind_silent(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """One SMS to each office that gave no day, or whose day went by; a task first where the office is filled by now.

    Returns how many got one. Who may: `tasks.ask` at the unit. Refuses NotFound, NothingAsked, NobodyToRemind;
    RemindedToday, also on the day they were asked.
    """
    with transaction.atomic():
        one = _held(public_id)
        org.require(by, LEADS, at=one.unit_id)
        today = clock.day_in(one.programme.zone, at)
        if one.asks_until is None:
            raise NothingAsked
        if one.reminded_on == today:
            raise RemindedToday
        with system("reminding of workshops"):
            rows = list(found.to_remind(one, on=today).select_related("programme"))
            new = _fill(one, rows, by=by, at=at, on=today)
            told = [row for row in rows if row.task is not None and row.task.account_id is not None]
            if not told:
                raise NobodyToRemind
            for row in told:
                _tell(row, key=f"workshop|{row.public_id}|{today.isoformat()}", at=at)
            one.reminded_on = today
            one.save(update_fields=["reminded_on"])
        _record("remind_workshops", one, by=by, at=at, n=len(told), facts={"new": new})
    return len(told)


def _fill(one: Workshop, rows: Sequence[Workshop], *, by: Actor, at: datetime, on: date) -> int:
    """Give the task to offices that were vacant when it was asked. How many."""
    vacant = {row.unit_id: row for row in rows if row.task is None and row.due_on and row.due_on >= on}
    seats = found.seats_to_ask(
        one.programme, unit_id=one.unit_id, office=one.asks_office, on=on, limit=MOST_ASKED
    )
    _give_tasks(((vacant[seat.unit_id], seat) for seat in seats if seat.unit_id in vacant), by=by, at=at)
    filled = [row for row in vacant.values() if row.task is not None]
    Workshop.objects.bulk_update(filled, ["task"])
    return len(filled)


def _tell(row: Workshop, *, key: str, at: datetime) -> None:
    assert row.task is not None and row.task.account_id is not None and row.due_on is not None
    messaging.tell_account(
        account_id=row.task.account_id,
        template="duty.workshop",
        blanks={
            "workshop": row.title,
            "day": row.due_on.strftime("%d-%m-%Y"),
            "link": settings.ORIGIN + reverse("programmes:workshop", args=[row.public_id]),
        },
        key=key,
        unit_id=row.unit_id,
        at=at,
    )


def withdraw_asking(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Take back that the units below were asked, and whom they asked in turn; their tasks are withdrawn. How many.

    What they said stays, and comes back with `bring_back_asking`. Who may: `tasks.ask` at the unit. Refuses NotFound,
    NothingAsked.
    """
    with transaction.atomic():
        one = _held(public_id)
        org.require(by, LEADS, at=one.unit_id)
        if one.asks_until is None:
            raise NothingAsked
        with system("withdrawing workshops"):
            rows = _all_below(one, None)
            for row in rows:
                row.withdrawn_at = at
            Workshop.objects.bulk_update(rows, ["withdrawn_at"], batch_size=1_000)
            move_along(tasks=_tasks_of(rows), way=[Act.WITHDRAW], by=by, at=at)
            one.asks_until = None
            one.save(update_fields=["asks_until"])
        _record("withdraw_workshops", one, by=by, at=at, n=len(rows))
    return len(rows)


def bring_back_asking(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Undo the last `withdraw_asking` of a workshop. How many units are asked again. Who may: as there.

    Refuses NotFound, AsksAlready, NothingAsked where nothing was withdrawn.
    """
    with transaction.atomic():
        one = _held(public_id)
        org.require(by, LEADS, at=one.unit_id)
        if one.asks_until is not None:
            raise AsksAlready
        with system("bringing workshops back"):
            last = found.last_withdrawn(one)
            if last is None or last.withdrawn_at is None:
                raise NothingAsked
            rows = _all_below(one, last.withdrawn_at)
            for row in rows:
                row.withdrawn_at = None
            Workshop.objects.bulk_update(rows, ["withdrawn_at"], batch_size=1_000)
            move_along(tasks=_tasks_of(rows), way=[Act.REOPEN], by=by, at=at, only=State.WITHDRAWN)
            planned = _tasks_of([row for row in rows if row.planned_on is not None])
            move_along(tasks=planned, way=[Act.ACCEPT], by=by, at=at, only=State.ASKED)
            one.asks_until = last.due_on
            one.save(update_fields=["asks_until"])
        _record("bring_back_workshops", one, by=by, at=at, n=len(rows))
    return len(rows)


def _all_below(one: Workshop, withdrawn_at: datetime | None) -> list[Workshop]:
    """Everybody asked because of one, level by level, that is in force, or was withdrawn at one moment."""
    rows: list[Workshop] = []
    level = [one.pk]
    while level:
        below = Workshop.objects.filter(above__in=level, withdrawn_at=withdrawn_at).order_by("pk")
        more = list(below.select_for_update(of=("self",)))
        rows += more
        level = [row.pk for row in more if row.asks_until is not None]
    return rows


def _tasks_of(rows: Sequence[Workshop]) -> list[Task]:
    ids = [row.task_id for row in rows if row.task_id is not None]
    return list(Task.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _held(public_id: UUID) -> Workshop:
    """A workshop in the caller's sight, locked by the system. NotFound for one out of sight."""
    seen = found.workshop_for(public_id)
    with system("a workshop"):
        rows = Workshop.objects.select_related("programme", "task").select_for_update(of=("self",))
        return rows.get(pk=seen.pk)


def _mine(public_id: UUID, *, by: Actor) -> Workshop:
    """The same, for who may give it a day."""
    one = _held(public_id)
    if one.task is None or by.account_id is None or one.task.account_id != by.account_id:
        org.require(by, LEADS, at=one.unit_id)
    return one


def _check_held(on: date, attended: int | None, *, today: date) -> None:
    if on > today:
        raise DayToCome(field="on")
    if on < today - rules.FURTHEST:
        raise DayUnfit(field="on")
    if attended is not None and not 0 <= attended <= MOST_ATTENDED:
        raise AttendanceUnfit(field="attended")


def _record(
    act: str,
    one: Workshop,
    *,
    by: Actor,
    at: datetime,
    n: int = 0,
    facts: dict[str, str | int] | None = None,
) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{act}",
        subject=str(one.public_id),
        unit_id=one.unit_id,
        n=n,
        facts=facts or {},
    )
