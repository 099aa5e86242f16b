"""Tasks: asked of a person or an office; accepted, declined, done, looked at, handed over, withdrawn."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.queries import reminded
from abhiyan.messaging.rules import hours
from abhiyan.org import queries as org
from abhiyan.org.news import AppointmentEnded
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped
from abhiyan.units.models import Hierarchy
from abhiyan.work.models import Task, TaskStep
from abhiyan.work.news import HelperTasksMoved
from abhiyan.work.queries import tasks as found
from abhiyan.work.rules.tasks import MOVES, OPEN, Act, TaskState, day_after

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NOTE = 120, 2_000, 500
MOST_MINUTES = 60 * 24 * 60
MOST_AT_ONCE = 50_000  # tasks asked by one act
_AT_ONCE = 2_000  # rows written together
_LATE_FOR = timedelta(days=7)  # what is late longer is reminded of no more, but by somebody who leads


class TitleMissing(Refused):
    message = _("Say in a few words what is to be done, at most %(longest)s characters.")


class TextTooLong(Refused):
    message = _("Say it in at most %(longest)s characters.")


class DueTooEarly(Refused):
    message = _("Choose a time that is still to come.")


class EffortWrong(Refused):
    message = _("Write how long it takes, or leave it empty.")


class NobodyToAsk(Refused):
    message = _("Nobody holds this office there.")


class TooManyAsked(Refused):
    message = _("That would ask %(n)s people; at most %(most)s at a time. Choose a unit further down.")


class CountChanged(Refused, status=409):
    message = _("Meanwhile it would ask %(n)s people. Look again, then send it.")


class MovedMeanwhile(Refused, status=409):
    message = _("The task has changed meanwhile. Look at it again.")


class NoteMissing(Refused):
    message = _("Write why, so that the other side knows.")


@dataclass(frozen=True, slots=True)
class What:
    """What is asked. effort_min: how long it takes about, in minutes. due_at: until when.

    titles: the title by language, where it is typed in both.
    """

    title: str
    due_at: datetime
    text: str = ""
    effort_min: int | None = None
    programme_id: int | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HelperAsked:
    """A contributor who is asked a task, at their unit."""

    person_id: UUID
    phone_id: UUID
    unit_id: int
    hierarchy: int


def ask_task(
    *,
    what: What,
    unit_id: int,
    by: Actor,
    at: datetime,
    office: str = "",
    account_id: int | None = None,
    hierarchy: int = Hierarchy.ORGANISATIONAL,
) -> Task:
    """Ask one task of an office in a unit, or of a person there. Meetings and reviews call it too.

    office: its code; its holder has the task, and after them their successor. account_id: which holder, where
    there are several; without an office the person themselves. Needs `tasks.ask` at the unit, so the own unit
    and below. Refuses NobodyToAsk and what is wrong with the words, the time or the effort.
    """
    checked_task = _looked_at(what, at=at)
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        with system("asking a task"):
            seat = found.seat_of_task(unit_id=unit_id, office=office, account_id=account_id, on=_day(at))
            if seat is None and (office or account_id is None):
                raise NobodyToAsk(field="whom")
            task = Task.objects.create(
                public_id=lot.uuid(),
                typed_title=checked_task.title,
                titles=checked_task.titles,
                text=checked_task.text,
                programme_id=checked_task.programme_id,
                asked_by=by.account_id,
                asked_at=at,
                account_id=seat.account_id if seat else account_id,
                office_id=seat.office_id if seat and office else None,
                unit_id=unit_id,
                hierarchy=seat.hierarchy if seat else hierarchy,
                effort_min=checked_task.effort_min,
                due_at=checked_task.due_at,
                state_at=at,
            )
        _record("ask_task", task, by=by, at=at)
    return task


def ask_of(*, what: What, appointment: UUID, by: Actor, at: datetime) -> Task:
    """Ask one task of the holder of an appointment (public id), in that office. As `ask_task`."""
    with system("whose appointment"):
        seat = found.seat_of(appointment, on=_day(at))
        office = found.office_code(seat.office_id) if seat else ""
    if seat is None:
        raise NobodyToAsk(field="whom")
    return ask_task(what=what, unit_id=seat.unit_id, office=office, account_id=seat.account_id, by=by, at=at)


def ask_contributors(
    *, what: What, helpers: Collection[HelperAsked], unit_id: int, by: Actor, at: datetime
) -> list[Task]:
    """Ask the same of contributors, a task each, by one act. They hold no office, and answer on their own page.

    It needs `tasks.ask` at the unit. The caller has chosen helpers of this unit and below. Refuses NobodyToAsk and what
    is wrong with the words, the time or the effort.
    """
    task, batch = _looked_at(what, at=at), lot.uuid()
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        if not helpers:
            raise NobodyToAsk(field="to")
        with system("asking contributors a task"):
            made = Task.objects.bulk_create(
                Task(
                    public_id=lot.uuid(),
                    batch=batch,
                    typed_title=task.title,
                    titles=task.titles,
                    text=task.text,
                    programme_id=task.programme_id,
                    asked_by=by.account_id,
                    asked_at=at,
                    person_id=helper_asked.person_id,
                    phone_id=helper_asked.phone_id,
                    unit_id=helper_asked.unit_id,
                    hierarchy=helper_asked.hierarchy,
                    effort_min=task.effort_min,
                    due_at=task.due_at,
                    state_at=at,
                )
                for helper_asked in helpers
            )
        audit.record(
            by=by, at=at, act="programmes.ask_contributors", subject=str(batch), unit_id=unit_id, n=len(made)
        )
    return made


def forget_helpers(*, person_ids: Collection[UUID], at: datetime) -> int:
    """Withdraw the open tasks of contributors who left or were erased, and forget whose they were. Returns how many.

    In a system scope.
    """
    tasks = Task.objects.filter(person_id__in=person_ids)
    rows = list(tasks.filter(state__in=[*OPEN, TaskState.DECLINED]).select_for_update(of=("self",)))
    _move(rows, Act.WITHDRAW, "", by=Actor.system("a contributor is gone"), at=at)
    return tasks.update(person_id=None, phone_id=None)


def move_helper(*, person_id: UUID, phone_id: UUID) -> int:
    """Move the tasks of a contributor with them to another phone. Returns how many. In a system scope."""
    return Task.objects.filter(person_id=person_id).update(phone_id=phone_id)


def ask_tasks(
    *, what: What, unit_id: int, hierarchy: int, office: str, expected: int, by: Actor, at: datetime
) -> UUID:
    """Ask the same of every holder of an office below a unit, a task each, by one act. Returns the id they share.

    expected: how many the asker was shown; CountChanged where it is another number by now. Needs `tasks.ask` at the
    unit. Refuses NobodyToAsk, TooManyAsked, and as `ask_task`.
    """
    task, batch = _looked_at(what, at=at), lot.uuid()
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        with system("asking a task of many"):
            n = found.count_seats(unit_id=unit_id, hierarchy=hierarchy, office=office, on=_day(at))
            if not n:
                raise NobodyToAsk(field="whom")
            if n > MOST_AT_ONCE:
                raise TooManyAsked(field="whom", n=n, most=MOST_AT_ONCE)
            if n != expected:
                raise CountChanged(n=n)
            sql.run(
                f"""insert into programmes_task (public_id, batch, title, titles, text, programme_id, asked_by,
                  asked_at, account_id, office_id, unit_id, hierarchy, effort_min, due_at, state, state_at)
                select md5(%(chance)s || row(s.unit_id, s.account_id)::text)::uuid,
                  %(batch)s, %(title)s, %(titles)s::jsonb, %(text)s, %(programme)s, %(asked_by)s, %(at)s,
                  s.account_id, s.office_id, s.unit_id, s.hierarchy, %(effort)s, %(due)s, 'asked', %(at)s
                from ({found.SEATS}) s order by s.unit_id, s.account_id""",
                found.seat_parameters(unit_id=unit_id, hierarchy=hierarchy, office=office, on=_day(at))
                | {
                    "chance": lot.random_token(16),
                    "batch": batch,
                    "title": task.title,
                    "titles": json.dumps(dict(task.titles)),
                    "text": task.text,
                    "programme": task.programme_id,
                    "asked_by": by.account_id,
                    "at": at,
                    "effort": task.effort_min,
                    "due": task.due_at,
                },
            )
        audit.record(
            by=by,
            at=at,
            act="programmes.ask_tasks",
            subject=str(batch),
            unit_id=unit_id,
            n=n,
            batch=batch,
            facts={"office": office},
        )
    return batch


def _looked_at(what: What, *, at: datetime) -> What:
    """Return the same task with its words in order. Refuses what is wrong with them."""
    title, titles = checked_titles(what.title, what.titles, longest=LONGEST_TITLE, refusal=TitleMissing)
    text = what.text.strip()
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise TextTooLong(field="text", longest=LONGEST_TEXT)
    if what.due_at <= at:
        raise DueTooEarly(field="due_on")
    if what.effort_min is not None and not 0 < what.effort_min <= MOST_MINUTES:
        raise EffortWrong(field="effort")
    if what.programme_id is not None:
        programme = programmes.programme_by_id(what.programme_id)
        if programme.state == Programme.State.DRAFT:
            raise NotFound
    return replace(what, title=title, titles=titles, text=text)


def change_task(*, public_id: UUID, act: Act, by: Actor, at: datetime, note: str = "") -> Task:
    """Accept, decline, do, look at, reopen or withdraw a task (rules.tasks), with a word if there is one to say.

    The person asked accepts, declines and does it. The asker and leaders from above look at it, reopen and withdraw
    it. Nobody confirms their own task. Refuses NotFound, NotYours, NoteMissing, TextTooLong; MovedMeanwhile where
    its state does not allow it.
    """
    move, note = MOVES[act], _word(note)
    if move.needs_note and not note:
        raise NoteMissing(field="note")
    with transaction.atomic():
        task = _held(public_id)
        is_asked = found.is_task_asked_of(by, task)
        if not (is_asked if move.by_asked else found.oversees_task(by, task)):
            raise org.NotYours
        if act == Act.CONFIRM and (is_asked or found.is_own_phone(by, task)):
            raise org.NotYours
        if task.state not in move.sources:
            raise MovedMeanwhile
        with system("a task moves"):
            _move([task], act, note, by=by, at=at)
        _record(f"task_{act}", task, by=by, at=at)
    return task


def change_together(*, batch: UUID, act: Act, by: Actor, at: datetime) -> int:
    """Look at, withdraw or bring back everything that was asked together and is in a state for it. How many.

    Only the asker may do it. It brings back what was withdrawn, nothing else. Their own task stays unconfirmed.
    Refuses NotFound.
    """
    if act not in (Act.CONFIRM, Act.WITHDRAW, Act.REOPEN):
        raise ValueError(act)
    sources = [TaskState.WITHDRAWN] if act == Act.REOPEN else list(MOVES[act].sources)
    with transaction.atomic(), system("tasks asked together"):
        tasks = Task.objects.filter(batch=batch, asked_by=by.account_id)
        if by.account_id is None or not tasks.exists():
            raise NotFound
        moving = tasks.filter(state__in=sources)
        if act == Act.CONFIRM:
            moving = moving.exclude(account_id=by.account_id, account_id__isnull=False)
            phones = people.account_phones(by.account_id)
            moving = moving.exclude(phone_id__in=phones, phone_id__isnull=False)
        rows = list(moving.order_by("pk").select_for_update(of=("self",)))
        for start in range(0, len(rows), _AT_ONCE):
            _move(rows[start : start + _AT_ONCE], act, "", by=by, at=at)
        audit.record(
            by=by, at=at, act=f"programmes.tasks_{act}", subject=str(batch), n=len(rows), batch=batch
        )
    return len(rows)


def hand_over_task(*, public_id: UUID, appointment: UUID, by: Actor, at: datetime, note: str = "") -> Task:
    """Hand a task to the holder of another appointment; they are asked again. Taken back by handing it over again.

    The person asked may, and leaders of its unit; and `tasks.ask` at the unit it goes to. Refuses NotFound,
    NotYours, NobodyToAsk; MovedMeanwhile once it is done or withdrawn.
    """
    note = _word(note)
    with transaction.atomic():
        task = _held(public_id)
        if not found.is_task_asked_of(by, task):
            org.require(by, LEADS, at=task.unit_id)
        with system("handing a task over"):
            seat = found.seat_of(appointment, on=_day(at))
        if seat is None:
            raise NobodyToAsk(field="whom")
        org.require(by, LEADS, at=seat.unit_id)
        if task.state not in OPEN | {TaskState.DECLINED}:
            raise MovedMeanwhile
        with system("handing a task over"):
            _give([task], seat, "hand_over", note, by=by, at=at)
        _record("hand_over_task", task, by=by, at=at)
    return task


def hand_on_of_appointment(*, ending: AppointmentEnded) -> int:
    """Hand the open tasks of an ended appointment to who holds the same office there, else to the office above.

    Tasks somebody asked of others go the same way with their last appointment, so that somebody looks at them.
    """
    by = Actor.system("an appointment ended")
    with system("an appointment ended"):
        tasks = Task.objects.filter(account_id=ending.account_id, state__in=OPEN)
        of_office = tasks.filter(office__code=ending.office, unit_id=ending.unit_id)
        moved = _hand_on(of_office, ending.account_id, by=by, at=ending.at)
        if ending.is_last:
            moved += _hand_on(tasks, ending.account_id, by=by, at=ending.at)
            next_one = found.next_seat(
                unit_id=ending.unit_id, office=ending.office, without=ending.account_id, on=_day(ending.at)
            )
            if next_one is not None:
                Task.objects.filter(
                    asked_by=ending.account_id, state__in=[*OPEN, TaskState.DECLINED, TaskState.DONE]
                ).update(asked_by=next_one.account_id)
    return moved


def hand_on_of_account(*, account_id: int, at: datetime) -> int:
    """Hand on the open tasks of a closed account, as when an appointment ends. How many."""
    with system("an account was closed"):
        tasks = Task.objects.filter(account_id=account_id, state__in=OPEN)
        return _hand_on(tasks, account_id, by=Actor.system("an account was closed"), at=at)


def _hand_on(tasks: QuerySet[Task], account_id: int, *, by: Actor, at: datetime) -> int:
    rows = list(
        tasks.select_related("office").order_by("unit_id", "office_id", "pk").select_for_update(of=("self",))
    )
    for _seat, (first, *more) in groupby(rows, key=lambda task: (task.unit_id, task.office_id)):
        seat = found.next_seat(
            unit_id=first.unit_id,
            office=first.office.code if first.office else "",
            without=account_id,
            on=_day(at),
            hierarchy=first.hierarchy,
        )
        _give([first, *more], seat, "moved", "", by=by, at=at)
    if rows:
        audit.record(by=by, at=at, act="programmes.hand_on_tasks", subject=str(account_id), n=len(rows))
    return len(rows)


def remind_of_tasks(*, at: datetime) -> int:
    """Remind people of tasks that are due tomorrow, and once more of late tasks.

    One SMS a day each, whatever their number, inside the hours only. Returns how many were reminded. Run by a loop,
    in its system scope.
    """
    if not hours.is_in_hours(at, settings.TIME_ZONE):
        return 0
    starts, ends = day_after(_day(at), settings.TIME_ZONE)
    open_ones = Task.objects.filter(state__in=OPEN, account_id__isnull=False)
    late = open_ones.filter(
        found.may_be_reminded(at), found.not_reminded_since_late(on=_day(at)), due_at__gte=at - _LATE_FOR
    )
    tomorrow = open_ones.filter(
        ~reminded(found.TOMORROW, "account_id", day=_day(at)), due_at__gte=starts, due_at__lt=ends
    )
    return sum(
        _remind(
            tasks.order_by("account_id", "due_at", "pk")[: messaging.MOST_REMINDED],
            kind,
            is_by_loop=True,
            at=at,
        )
        for kind, tasks in ((found.LATE, late), (found.TOMORROW, tomorrow))
    )


def remind_late(*, unit_id: int, hierarchy: int, by: Actor, at: datetime) -> int:
    """Send one SMS to each person with late tasks in a unit and below. Returns how many got one.

    Nobody gets two a day, nor the one who reminds. Leaders of the unit only. Refuses NotYours, NobodyToRemind,
    TooManyToRemind.
    """
    with transaction.atomic():
        org.require(by, LEADS, at=unit_id)
        late = found.late_to_remind(unit_id, hierarchy, at=at, but=by.account_id)
        with system("reminding of late tasks"):
            n = _remind(Task.objects.filter(pk__in=[task for task, _account in late]), found.LATE, at=at)
        audit.record(by=by, at=at, act="programmes.remind_late", unit_id=unit_id, n=n)
    return n


def _remind(tasks: QuerySet[Task], kind: str, *, is_by_loop: bool = False, at: datetime) -> int:
    """Remind the people who have these tasks: each once, by the task that is due first."""
    by_account: dict[int, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: (task.due_at, task.pk)):
        assert task.account_id is not None
        by_account.setdefault(task.account_id, []).append(task)
    return messaging.remind_people(
        kind=kind,
        template=f"duty.{kind}",
        people=[
            messaging.RemindedPerson(
                account_id=account_id,
                unit_id=mine[0].unit_id,
                blanks=partial(_blanks_of_reminder, mine),
            )
            for account_id, mine in by_account.items()
        ],
        is_by_loop=is_by_loop,
        at=at,
    )


def _blanks_of_reminder(mine: list[Task], language: str) -> dict[str, str]:
    return {
        "task": mine[0].title_in(language),
        "more": grouped(len(mine) - 1) if len(mine) > 1 else "",
        "link": settings.ORIGIN + reverse("work:tasks"),
    }


def _held(public_id: UUID) -> Task:
    """Return a task in the caller's sight, locked by the system. NotFound for one out of sight."""
    seen = or_refuse(Task.objects.filter(public_id=public_id).first())
    with system("a task"):
        return Task.objects.select_for_update(of=("self",)).get(pk=seen.pk)


def _move(tasks: list[Task], act: Act, note: str, *, by: Actor, at: datetime) -> None:
    for task in tasks:
        task.state, task.state_at, task.note = MOVES[act].to.value, at, note
        task.done_at = at if act == Act.DO else task.done_at if act == Act.CONFIRM else None
    Task.objects.bulk_update(tasks, ["state", "state_at", "note", "done_at"])
    _steps(tasks, act, note, None, by=by, at=at)
    if helpers := tuple({task.person_id for task in tasks if task.person_id is not None}):
        news.tell(HelperTasksMoved(helpers, at))


def _give(
    tasks: list[Task], seat: found.TaskSeat | None, act: str, note: str, *, by: Actor, at: datetime
) -> None:
    """Give tasks to the holder of a seat; to nobody where there is none."""
    for task in tasks:
        task.state, task.state_at, task.note = TaskState.ASKED.value, at, note
        task.account_id = seat.account_id if seat else None
        task.person_id = task.phone_id = None
        if seat:
            task.unit_id, task.hierarchy = seat.unit_id, seat.hierarchy
            task.office_id = seat.office_id
    Task.objects.bulk_update(
        tasks,
        [
            "state",
            "state_at",
            "note",
            "account_id",
            "person_id",
            "phone_id",
            "office",
            "unit",
            "hierarchy",
        ],
    )
    _steps(tasks, act, note, seat.account_id if seat else None, by=by, at=at)


def _steps(tasks: Iterable[Task], act: str, note: str, to: int | None, *, by: Actor, at: datetime) -> None:
    TaskStep.objects.bulk_create(
        TaskStep(task=task, act=str(act), at=at, account_id=by.account_id, to_account_id=to, note=note)
        for task in tasks
    )


def _word(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise TextTooLong(field="note", longest=LONGEST_NOTE)
    return note


def _day(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)


def _record(act: str, task: Task, *, by: Actor, at: datetime) -> None:
    audit.record(by=by, at=at, act=f"programmes.{act}", subject=str(task.public_id), unit_id=task.unit_id)
