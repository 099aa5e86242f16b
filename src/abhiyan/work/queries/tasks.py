"""Tasks: who holds the office that is asked, who may say what to a task, and the lists of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import current, system
from abhiyan.messaging.queries import last_reminders, reminded
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes.queries.holders import SignedHolder, holders_by_account
from abhiyan.units import queries as units
from abhiyan.work.models import Task, TaskStep
from abhiyan.work.rules import tasks as rules
from abhiyan.work.rules.tasks import FINISHED, OPEN, Act, TaskState, day_after

MOST_OWN = 50  # open tasks shown to a contributor
MOST_LATE = 50_000  # late tasks read together
TOMORROW, LATE = "task_tomorrow", "task_late"  # as messaging's table of reminders names them
# Appointments that count on the day %(on)s.
ACTIVE = """ap.state = 'active' and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)"""
# The holders of an office in the units below a place, the place itself left out.
SEATS = f"""select ap.account_id, ap.office_id, ap.unit_id, ap.hierarchy
  from units_placement p join org_appointment ap on ap.unit_id = p.unit_id
  join org_office o on o.id = ap.office_id and o.code = %(office)s
  where p.lo > %(lo)s and p.lo < %(hi)s and {ACTIVE}"""


@dataclass(frozen=True, slots=True)
class TaskSeat:
    """An office in a unit with its holder."""

    account_id: int
    office_id: int
    unit_id: int
    hierarchy: int


def seat_parameters(*, unit_id: int, hierarchy: int, office: str, on: date) -> dict[str, Any]:
    """Return what SEATS asks for."""
    lo, hi = units.span(unit_id, hierarchy)
    return {"lo": lo, "hi": hi, "office": office, "on": on}


def count_seats(*, unit_id: int, hierarchy: int, office: str, on: date) -> int:
    """Count the holders of an office in the units below one, the unit itself left out."""
    return int(
        sql.value(
            f"select count(*) from ({SEATS}) s",
            seat_parameters(unit_id=unit_id, hierarchy=hierarchy, office=office, on=on),
        )
    )


def seat_of_task(*, unit_id: int, office: str, account_id: int | None, on: date) -> TaskSeat | None:
    """Return the office of that code in a unit, with its holder; which, where several hold it.

    None where nobody does.
    """
    return _seat(
        "ap.unit_id = %(unit)s and (%(office)s = '' or o.code = %(office)s)"
        " and (%(account)s::bigint is null or ap.account_id = %(account)s)",
        {"unit": unit_id, "office": office, "account": account_id, "on": on},
    )


def seat_of(appointment: UUID, *, on: date) -> TaskSeat | None:
    """Return the seat of one appointment; None where it does not count on the day."""
    return _seat("ap.public_id = %(appointment)s", {"appointment": appointment, "on": on})


def office_code(office_id: int) -> str:
    """Return the code of an office."""
    return next((office.code for office in org.offices_used() if office.pk == office_id), "")


def next_seat(
    *, unit_id: int, office: str, without: int, on: date, hierarchy: int | None = None
) -> TaskSeat | None:
    """Return who takes over from somebody: another holder of their office, else the unit's leader, else the
    office above.

    office: empty for a task asked of the person. hierarchy: the tree to go up in; else the first the unit is
    in.
    """
    others = {"unit": unit_id, "office": office, "without": without, "on": on}
    same = "ap.unit_id = %(unit)s and o.code = %(office)s and ap.account_id <> %(without)s"
    if office and (task_seat := _seat(same, others)):
        return task_seat
    trees = [hierarchy] if hierarchy else units.hierarchies_of(unit_id)
    if not trees:
        return None
    leading = {one.code: one.rank for one in org.offices_used() if LEADS in one.capabilities}
    rank = leading.get(office, max(leading.values(), default=0) + 1)
    for holder in org.line_of_command(unit_id, trees[0], on=on):
        is_senior = holder.unit_id != unit_id or leading.get(holder.office, rank) < rank
        if (
            holder.office in leading
            and is_senior
            and holder.state == "active"
            and holder.account_id != without
        ):
            return seat_of(holder.appointment_id, on=on)
    return None


def _seat(condition: str, given: dict[str, Any]) -> TaskSeat | None:
    row = sql.row(
        f"""select ap.account_id, ap.office_id, ap.unit_id, ap.hierarchy from org_appointment ap
        join org_office o on o.id = ap.office_id
        where {condition} and {ACTIVE} order by o.rank, ap.starts_on, ap.id limit 1""",
        given,
    )
    return TaskSeat(*row) if row else None


def is_task_asked_of(by: Actor, task: Task) -> bool:
    """Return whether a task is asked of the actor: their account, or the phone that a contributor has proven."""
    if by.kind == "citizen":
        return task.phone_id is not None and task.phone_id == current().phone
    return by.account_id is not None and by.account_id == task.account_id


def is_own_phone(by: Actor, task: Task) -> bool:
    """Return whether an office-bearer is the contributor who has a task. They confirm nothing that they did."""
    if by.account_id is None or task.phone_id is None:
        return False
    with system("whether a task is the actor's own"):
        return task.phone_id in people.account_phones(by.account_id)


def oversees_task(by: Actor, task: Task) -> bool:
    """Return True if the actor asked a task, or leads from strictly above the unit that has it."""
    if by.kind == "system":
        return True
    if by.kind != "person" or by.account_id is None:
        return False
    return by.account_id == task.asked_by or any(
        grant.is_above and LEADS in grant.capabilities
        for grant in org.grants_at(by.account_id, task.unit_id, task.hierarchy)
    )


def task_for(public_id: UUID) -> Task:
    """Return one task in the viewer's sight, or NotFound: the asker's, the asked one's, of a unit they lead."""
    tasks = Task.objects.select_related("unit", "office", "programme")
    return or_refuse(tasks.filter(public_id=public_id).first())


def acts_on(task: Task, by: Actor) -> list[Act]:
    """Return the acts somebody may do to a task now."""
    acts = rules.possible(task.state, is_asked=is_task_asked_of(by, task), is_over=oversees_task(by, task))
    return [act for act in acts if act != Act.CONFIRM or not is_own_phone(by, task)]


@dataclass(frozen=True, slots=True)
class TaskPast:
    """The past of a task: who did what when, and its next holder."""

    act: str
    at: datetime
    who: str
    to: str
    note: str


def acts_on_task(task: Task) -> list[TaskPast]:
    """Return the acts on a task since it was asked, in order."""
    rows = list(TaskStep.objects.filter(task=task).order_by("at", "pk"))
    signed_holders = people_of(account for row in rows for account in (row.account_id, row.to_account_id))

    def name(account_id: int | None) -> str:
        holder = signed_holders.get(account_id or 0)
        return holder.name if holder else ""

    return [
        TaskPast(row.act, row.at, name(row.account_id), name(row.to_account_id), row.note) for row in rows
    ]


def people_of(account_ids: Iterable[int | None], *, on: date | None = None) -> dict[int, SignedHolder]:
    """Return the people of the accounts of tasks in sight."""
    return holders_by_account((account_id for account_id in account_ids if account_id is not None), on=on)


def count_tasks_together(batch: UUID, account_id: int) -> dict[str, int]:
    """Count by state the tasks somebody asked together."""
    rows = Task.objects.filter(batch=batch, asked_by=account_id).values_list("state")
    return dict(rows.annotate(n=Count("pk")).order_by())


def tasks_of(
    *, mine: int | None = None, asked: int | None = None, below: tuple[int, int] | None = None
) -> QuerySet[Task]:
    """Return the tasks somebody has, those they asked, or those of a unit and all below it in a hierarchy; as
    far as in sight."""
    rows = Task.objects.select_related("unit", "office", "programme")
    if mine is not None:
        return rows.filter(account_id=mine)
    if asked is not None:
        return rows.filter(asked_by=asked)
    assert below is not None
    return rows.filter(unit_id__in=units.ids_below(*below))


def tasks_late_at(at: datetime) -> Q:
    """Open past the time it was due, as rules.tasks.is_task_late."""
    return Q(state__in=OPEN, due_at__lt=at)


def may_be_reminded(at: datetime) -> Q:
    """Return the condition of late tasks, without any that its holder just got: today, after it was due."""
    begun = day_after(clock.day_in(settings.TIME_ZONE, at) - timedelta(days=1), settings.TIME_ZONE)[0]
    return tasks_late_at(at) & ~Q(state=TaskState.ASKED, state_at__gte=begun, state_at__gt=F("due_at"))


def not_reminded_since_late(*, on: date) -> Q:
    """Return the condition of late tasks whose holder got no reminder since it was due, or since it was given again.

    A reminder names all that is late. Nobody gets a second one on a day.
    """
    since_due = reminded(LATE, "account_id", at__gte=OuterRef("due_at"))
    since_given = reminded(LATE, "account_id", at__gte=Greatest(OuterRef("due_at"), OuterRef("state_at")))
    return ~Q(reminded(LATE, "account_id", day=on)) & (
        Q(state=TaskState.ACCEPTED) & ~Q(since_due) | Q(state=TaskState.ASKED) & ~Q(since_given)
    )


def unfinished() -> Q:
    """Return the condition of tasks that lists show first. Nobody needs to look at a task done for oneself."""
    own_tasks = Q(state=TaskState.DONE, account_id__isnull=False, account_id=F("asked_by"))
    return ~Q(state__in=FINISHED) & ~own_tasks


def with_urgency(rows: QuerySet[Task], *, at: datetime) -> QuerySet[Task]:
    """Return tasks, each with its `urgency`: 0 late, 1 open, 2 declined, 3 done, 4 withdrawn."""
    states = ((OPEN, 1), ((TaskState.DECLINED,), 2), ((TaskState.DONE, TaskState.CONFIRMED), 3))
    cases = [
        When(tasks_late_at(at), then=Value(0)),
        *(When(state__in=some, then=Value(n)) for some, n in states),
    ]
    return rows.annotate(urgency=Case(*cases, default=Value(4), output_field=IntegerField()))


def one_of_each(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Return the most urgent of the tasks that were given at once, and each task given singly. Takes `with_urgency`."""
    rank = Window(
        RowNumber(),
        partition_by=Coalesce("batch", "public_id"),
        order_by=["urgency", "due_at", "pk"],
    )
    return rows.annotate(rank=rank).filter(rank=1)


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Numbers of tasks: late, open and not late, declined, done. n: all of them. Withdrawn tasks do not count."""

    n: int = 0
    late: int = 0
    open: int = 0
    declined: int = 0
    done: int = 0


def _counts(at: datetime) -> dict[str, Count]:
    late = tasks_late_at(at)
    return {
        "n": Count("pk"),
        "late": Count("pk", filter=late),
        "open": Count("pk", filter=Q(state__in=OPEN) & ~late),
        "declined": Count("pk", filter=Q(state=TaskState.DECLINED)),
        "done": Count("pk", filter=Q(state__in=[TaskState.DONE, TaskState.CONFIRMED])),
    }


def counts_of_batches(
    rows: QuerySet[Task], batches: Collection[UUID], *, at: datetime
) -> dict[UUID, TaskCounts]:
    """Return the counts of tasks that were given at once, by their batch. Only tasks among `rows` count."""
    some = rows.filter(batch__in=batches).exclude(state=TaskState.WITHDRAWN).values("batch")
    return {row.pop("batch"): TaskCounts(**row) for row in some.annotate(**_counts(at)).order_by()}


@dataclass(frozen=True, slots=True)
class UnitTasks:
    """A unit with the counts of its tasks and of all below it."""

    code: str
    names: dict[str, str]
    counts: TaskCounts


_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))
_LATE = f"t.state in ({_OPEN}) and t.due_at < %(at)s"
_BY_UNIT = f"""with t as materialized (
    select p.lo, count(*) as n, count(*) filter (where {_LATE}) as late,
      count(*) filter (where t.state in ({_OPEN}) and not ({_LATE})) as open,
      count(*) filter (where t.state = '{TaskState.DECLINED}') as declined,
      count(*) filter (where t.state in ('{TaskState.DONE}', '{TaskState.CONFIRMED}')) as done
    from programmes_task t
    join units_placement p on p.unit_id = t.unit_id and p.hierarchy = %(h)s and p.lo >= %(lo)s and p.lo < %(hi)s
    where t.state <> '{TaskState.WITHDRAWN}' and (%(batch)s::uuid is null or t.batch = %(batch)s)
      and (%(programme)s::bigint is null or t.programme_id = %(programme)s)
    group by p.lo)
  select u.code, u.names, sum(t.n), sum(t.late), sum(t.open), sum(t.declined), sum(t.done)
  from units_placement c join units_unit u on u.id = c.unit_id and u.kind = %(kind)s
  join t on t.lo >= c.lo and t.lo < c.hi
  where c.hierarchy = %(h)s and c.lo > %(lo)s and c.lo < %(hi)s group by u.code, u.names, c.lo
  union all
  select '', null, sum(n), sum(late), sum(open), sum(declined), sum(done) from t"""


def by_unit(
    span: tuple[int, int],
    *,
    hierarchy: int,
    kind: str,
    at: datetime,
    batch: UUID | None = None,
    programme_id: int | None = None,
) -> tuple[list[UnitTasks], TaskCounts]:
    """Count tasks by the units of a kind at positions [lo, hi), most late ones first; and all tasks there.

    Units without tasks are left out. batch, programme_id: only such tasks. One query.
    """
    unit_tasks = [
        UnitTasks(code, names or {}, TaskCounts(*(int(n or 0) for n in counts)))
        for code, names, *counts in sql.rows(
            _BY_UNIT,
            {
                "h": hierarchy,
                "lo": span[0],
                "hi": span[1],
                "kind": kind,
                "at": at,
                "batch": batch,
                "programme": programme_id,
            },
        )
    ]
    (whole,) = (one.counts for one in unit_tasks if not one.code)
    units_there = [one for one in unit_tasks if one.code]
    return sorted(
        units_there,
        key=lambda unit_tasks: (-unit_tasks.counts.late, -unit_tasks.counts.open, unit_tasks.code),
    ), whole


def late_to_remind(unit_id: int, hierarchy: int, *, at: datetime, but: int | None) -> list[tuple[int, int]]:
    """Return late tasks in a unit and below, in the caller's sight, with the account that has each.

    People who got a message about late tasks today are left out, and so is the account `but`. Two queries.
    """
    rows = tasks_of(below=(unit_id, hierarchy)).filter(may_be_reminded(at), account_id__isnull=False)
    late = list(rows.exclude(account_id=but).order_by("pk").values_list("pk", "account_id")[:MOST_LATE])
    days = last_reminders(LATE, {account for _task, account in late if account is not None})
    today = clock.day_in(settings.TIME_ZONE, at)
    return [(task, account) for task, account in late if account is not None and days.get(account) != today]


def were_late_reminded(unit_id: int, hierarchy: int, *, at: datetime) -> bool:
    """Return whether somebody with late tasks in a unit and below was reminded today. In the caller's sight."""
    today = clock.day_in(settings.TIME_ZONE, at)
    rows = tasks_of(below=(unit_id, hierarchy)).filter(tasks_late_at(at))
    return rows.filter(reminded(LATE, "account_id", day=today)).exists()


def tasks_of_helper(phone_id: UUID, person_ids: Collection[UUID]) -> list[Task]:
    """Return the tasks of a contributor that are not finished, the most urgent first.

    In the scope of their proven phone.
    """
    rows = Task.objects.filter(phone_id=phone_id, person_id__in=person_ids).exclude(state__in=FINISHED)
    return list(rows.order_by("due_at", "pk")[:MOST_OWN])


def task_of_helper(public_id: UUID, phone_id: UUID, person_ids: Collection[UUID]) -> Task:
    """Return one task of a contributor; else NotFound."""
    rows = Task.objects.filter(phone_id=phone_id, person_id__in=person_ids, public_id=public_id)
    return or_refuse(rows.first())


def first_confirmed(phone_id: UUID) -> Task | None:
    """Return the first task of a contributor's phone that a leader confirmed. In a system scope."""
    rows = Task.objects.filter(phone_id=phone_id, person_id__isnull=False, state=TaskState.CONFIRMED)
    return rows.order_by("done_at", "pk").first()


def helpers_of(some: Iterable[Task]) -> dict[UUID, str]:
    """Return the names of contributors who have these tasks, by their person; as far as the viewer sees them."""
    ids = {task.person_id for task in some if task.person_id is not None}
    return {person.pk: person.name or "" for person in people.persons(ids)} if ids else {}


def urgent_tasks(account_id: int, *, limit: int) -> list[Task]:
    """Return tasks that somebody has to answer or to do, the most urgent first."""
    rows = tasks_of(mine=account_id).filter(state__in=OPEN)
    return list(rows.order_by("due_at", "pk")[:limit])


def late_of(account_id: int, *, at: datetime) -> tuple[int, Task | None]:
    """Count somebody's late tasks in the caller's sight, and return the one that waits longest."""
    rows = tasks_of(mine=account_id).filter(tasks_late_at(at))
    return rows.count(), rows.order_by("due_at", "pk").first()


@dataclass(frozen=True, slots=True)
class WaitingTasks:
    """The tasks somebody asked and waits for: done and to be looked at, declined, late. first: titles of some."""

    show: str
    n: int
    first: list[str]
    only: UUID | None  # the one, where there is one


_TODAY = f"""with t as materialized (
    select p.lo, count(*) as n from programmes_task t
    join units_placement p on p.unit_id = t.unit_id and p.hierarchy = %(h)s and p.lo >= %(lo)s and p.lo < %(hi)s
    where {_LATE} group by p.lo)
  select 'unit', u.names, sum(t.n) as n
  from units_placement c join units_unit u on u.id = c.unit_id and u.kind = %(kind)s
  join t on t.lo >= c.lo and t.lo < c.hi
  where c.hierarchy = %(h)s and c.lo > %(lo)s and c.lo < %(hi)s group by u.names, c.lo
  union all
  select v.show, null, v.n from (
    select count(*) filter (where t.state = '{TaskState.DONE}') as done,
      count(*) filter (where t.state = '{TaskState.DECLINED}') as declined, count(*) filter (where {_LATE}) as late
    from programmes_task t where t.asked_by = %(account)s and t.account_id is distinct from %(account)s) asked
  cross join lateral (values ('done', done), ('declined', declined), ('late', late)) v(show, n)
  order by n desc"""


@dataclass(frozen=True, slots=True)
class TasksToday:
    """Numbers of tasks for Today. asked: of tasks somebody gave, by what they wait for. late: by unit below."""

    asked: dict[str, int]
    late: list[tuple[dict[str, str], int]]


def tasks_today(account_id: int, home: HeldOffice | None, kind: str, *, at: datetime) -> TasksToday:
    """Count what an account asked of others, and late tasks by the units of a kind below their office. One query."""
    lo, hi, hierarchy = (home.lo, home.hi, home.hierarchy) if home and kind else (0, 0, 0)
    rows = sql.rows(
        _TODAY, {"account": account_id, "at": at, "h": hierarchy, "lo": lo, "hi": hi, "kind": kind}
    )
    return TasksToday(
        {show: int(n) for show, names, n in rows if names is None},
        [(names, int(n)) for _show, names, n in rows if names is not None],
    )


def waiting_for(account_id: int, counts: dict[str, int], *, at: datetime) -> list[WaitingTasks]:
    """Return what somebody asked of others that is done, declined or late. counts: of `tasks_today`."""
    tasks = tasks_of(asked=account_id).exclude(account_id=account_id)
    kinds = {
        "done": Q(state=TaskState.DONE),
        "declined": Q(state=TaskState.DECLINED),
        "late": tasks_late_at(at),
    }
    found = []
    for name, condition in kinds.items():
        if not counts[name]:
            continue
        some = list(tasks.filter(condition).order_by("due_at", "pk")[:3])
        titles = list(dict.fromkeys(task.title for task in some))
        found.append(
            WaitingTasks(name, counts[name], titles, some[0].public_id if counts[name] == 1 else None)
        )
    return found


@dataclass(frozen=True, slots=True)
class TaskCandidate:
    """Somebody who may be asked: their appointment, name and office."""

    appointment: UUID
    name: str
    office_names: dict[str, str]
    unit_names: dict[str, str]


def task_candidates(
    unit_ids: Iterable[int], *, on: date, accounts: Iterable[int] | None = None
) -> list[TaskCandidate]:
    """List the office-bearers of these units, in their order, the senior first. Data officers are left out.

    accounts: only these people; None means everybody.
    """
    rows = sql.rows(
        f"""select ap.public_id, a.name, o.names, u.names from org_appointment ap
        join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id
        join units_unit u on u.id = ap.unit_id
        where ap.unit_id = any(%(units)s::bigint[]) and {ACTIVE}
          and not o.capabilities && array['org.approve', 'org.officers']
          and (%(accounts)s::bigint[] is null or ap.account_id = any(%(accounts)s::bigint[]))
        order by array_position(%(units)s::bigint[], ap.unit_id::bigint), o.rank, ap.starts_on, ap.id limit 300""",
        {"units": list(unit_ids), "on": on, "accounts": None if accounts is None else list(accounts)},
    )
    return [TaskCandidate(*row) for row in rows]


def may_ask_in(viewer: Viewer, unit_id: int) -> bool:
    """Return True if the viewer may ask tasks in a unit: for showing a button; the act asks again."""
    return viewer.may_at(LEADS, *(lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])))


def hours_or_minutes(minutes: int | None) -> tuple[int, bool]:
    """Return an effort as people write it: how many, and if they are hours."""
    if minutes is None:
        return 0, False
    return (minutes // 60, True) if minutes % 60 == 0 else (minutes, False)
