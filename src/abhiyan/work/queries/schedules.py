"""Reads of schedules and dues: units to ask, what one unit owes."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.rules import levels
from abhiyan.work.models import Due, Schedule
from abhiyan.work.rules.schedules import SHOWN, DueSign, Period

from . import presence
from .presence import Slot
from .schedule_sets import IN_SET, asked_places, reaches_sql, reaching_span, set_values
from .tasks import ACTIVE

STILL_OWED = timedelta(days=31)  # so long Today shows what is late after its last day
SCHEDULES = Schedule.objects.select_related(
    "unit", "office", "body", "programme", "form__form", "above__unit", "above__programme"
)


@dataclass(frozen=True, slots=True)
class AskedUnit:
    """A unit that owes something; of a body, with the body."""

    unit_id: int
    code: str
    names: dict[str, str]
    body_id: int | None = None
    body_names: dict[str, str] = field(default_factory=dict)
    is_open: bool = True  # neither the unit is closed nor the body dissolved
    place: tuple[int, int] = field(default=(0, 0), compare=False)  # on the board: state, position or unit

    @property
    def key(self) -> tuple[int, int | None]:
        return self.unit_id, self.body_id


def schedule_for(public_id: UUID) -> Schedule:
    """Return one schedule in the viewer's sight, or NotFound."""
    return or_refuse(SCHEDULES.filter(public_id=public_id).first())


def offices_to_ask(unit_id: int, hierarchy: int, *, at: datetime) -> list[org.OfficeBelow]:
    """Return the offices below a unit that lead, with how many units should have each and how many have none."""
    leading = {office.code for office in org.offices_used() if LEADS in office.capabilities}
    below = org.ask_vacancies_below(unit_id, hierarchy, at=at)()
    return [
        office
        for office in below
        if office.expected and office.office in leading and not office.is_of_officers
    ]


BODIES = """from org_body b join units_unit u on u.id = b.unit_id
 join units_placement p on p.unit_id = b.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s"""


def bodies_to_ask(unit_id: int, hierarchy: int) -> dict[str, int]:
    """Return kinds of body in a unit and below it, with how many there are."""
    lo, hi = units.span(unit_id, hierarchy)
    are_open = "u.closed_on is null and b.ended_on is null"
    return dict(
        sql.rows(f"select b.kind, count(*) {BODIES} where {are_open} group by 1", {"lo": lo, "hi": hi})
    )


def bodies_below(
    unit_id: int, hierarchy: int, *, most: int
) -> list[tuple[int, str, dict[str, str], dict[str, str] | None]]:
    """Return the first open bodies of a unit and below it: id, kind, names, and the unit's names where it is
    another."""
    lo, hi = units.span(unit_id, hierarchy)
    return sql.rows(
        f"""select b.id, b.kind, b.names, case when u.id <> %(unit)s then u.names end {BODIES}
        where u.closed_on is null and b.ended_on is null order by p.lo, b.id limit %(most)s""",
        {"lo": lo, "hi": hi, "unit": unit_id, "most": most},
    )


def is_body_below(body_id: int, kind: str, unit_id: int, hierarchy: int) -> bool:
    """Return True if an open body is of a kind, and in a unit or below it."""
    lo, hi = units.span(unit_id, hierarchy)
    values = {"body": body_id, "kind": kind, "lo": lo, "hi": hi}
    return sql.exists(
        f"select 1 {BODIES} where b.id = %(body)s and b.kind = %(kind)s and b.ended_on is null limit 1",
        values,
    )


def asked_unit(schedule: Schedule, *, unit_id: int, body_id: int | None = None) -> AskedUnit | None:
    """Return a unit, or a body of it, if the schedule asks it; None if it does not."""
    row = sql.row(
        f"""select u.id, u.code, u.names, b.id, coalesce(b.names, '{{}}'),
          u.closed_on is null and b.ended_on is null
        from units_unit u join units_placement p on p.unit_id = u.id and p.hierarchy = %(tree)s and p.valid_to is null
        join units_placement a on a.unit_id = %(asks)s and a.hierarchy = %(tree)s and a.valid_to is null
        left join org_body b on b.id = %(body)s and b.unit_id = u.id
        where u.id = %(unit)s and p.lo >= a.lo and p.lo < a.hi
          and (b.kind = %(body_kind)s or %(body)s::bigint is null and u.kind = %(kind)s and p.lo > a.lo)
          and {IN_SET} and (%(only)s::bigint is null or b.id = %(only)s::bigint)""",
        set_values(schedule)
        | {
            "tree": schedule.hierarchy,
            "asks": schedule.unit_id,
            "unit": unit_id,
            "body": body_id,
            "only": schedule.body_id,
        }
        | {"kind": schedule.kind, "body_kind": schedule.body_kind},
    )
    return AskedUnit(*row) if row else None


def may_say(by: Actor, asked: AskedUnit) -> bool:
    """Return True if the actor may answer for a unit or body: they lead the unit, or hold a seat in the body."""
    if by.kind == "system":
        return True
    if by.kind not in ("person", "phone") or by.account_id is None:
        return False
    return org.holds(by.account_id, LEADS, at=asked.unit_id) or (
        by.kind == "person" and asked.body_id is not None and org.sits_in(by.account_id, asked.body_id)
    )


def may_decide_due(by: Actor, schedule: Schedule, asked: AskedUnit) -> bool:
    """Return True if the actor may accept or return a report: they lead from above the unit, or the body's unit."""
    if by.kind == "system":
        return True
    if by.kind != "person" or by.account_id is None:
        return False
    return any(
        LEADS in grant.capabilities and (grant.is_above or asked.body_id is not None)
        for grant in org.grants_at(by.account_id, asked.unit_id, schedule.hierarchy)
    )


def due_of(schedule: Schedule, asked: AskedUnit, period: Period) -> Due | None:
    """Return the due of a unit or body in a period; None while it is silent without a reminder."""
    dues = Due.objects.filter(schedule=schedule, unit_id=asked.unit_id, begins_on=period.begins_on)
    return dues.filter(Q(body_id=asked.body_id) if asked.body_id is not None else Q(body=None)).first()


def dues_of(
    schedule: Schedule, asked_units: Iterable[AskedUnit], *, since: date
) -> dict[tuple[int, int | None], dict[date, Due]]:
    """Return the dues of these since a day, by unit and body and by the first day of the period. One query."""
    dues: dict[tuple[int, int | None], dict[date, Due]] = {}
    of_units = {each.unit_id for each in asked_units}
    for due in Due.objects.filter(schedule=schedule, unit_id__in=of_units, begins_on__gte=since):
        dues.setdefault((due.unit_id, due.body_id), {})[due.begins_on] = due
    return dues


@dataclass(frozen=True, slots=True)
class Responsible:
    """The person who owes it today: the holder of the office that is asked, or the first of the body."""

    account_id: int
    account: UUID
    appointment: UUID
    name: str
    language: str
    office_names: dict[str, str]


def responsible(
    schedule: Schedule, asked_units: Iterable[AskedUnit], *, on: date, period: Period | None = None
) -> dict[tuple[int, int | None], Responsible]:
    """Return the responsible person of each of these units or bodies, if any. In the caller's scope; one query.

    period: only people who held the office at its hour, too.
    """
    condition = presence.HELD.format(on="%(due_on)s", at="%(due_at)s") if period else "true"
    rows = sql.rows(
        f"""select distinct on (ap.unit_id, ap.body_id) ap.unit_id, ap.body_id, a.id, a.public_id, ap.public_id, a.name,
          a.language, o.names
        from org_appointment ap join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id
        where ap.unit_id = any(%(units)s::bigint[]) and {ACTIVE} and {condition}
          and (ap.body_id is null and ap.office_id = %(office)s or ap.body_id = any(%(bodies)s::bigint[]))
        order by ap.unit_id, ap.body_id, o.rank, ap.starts_on, ap.id""",
        {
            "units": [each.unit_id for each in asked_units],
            "bodies": [each.body_id for each in asked_units if each.body_id is not None],
            "office": schedule.office_id,
            "on": on,
            "due_on": period.ends_on if period else None,
            "due_at": schedule.timing.due_at(period) if period else None,
        },
    )
    return {(unit, body): Responsible(*rest) for unit, body, *rest in rows}


# --- what a unit owes, and what those below it owe ---

# The schedules of some units and of all above them: each with the number of the unit it was found for.
_ABOVE = """with recursive up as (
  select m.n, m.unit_id, m.tree
  from unnest(%(units)s::bigint[], %(trees)s::smallint[]) with ordinality m(unit_id, tree, n)
  union all
  select up.n, p.parent_id, up.tree from up join units_placement p
    on p.unit_id = up.unit_id and p.hierarchy = up.tree and p.valid_to is null where p.parent_id is not null)
 select up.n - 1, s.id from up join programmes_schedule s on s.unit_id = up.unit_id and s.hierarchy = up.tree
 where s.first_on <= %(until)s and s.last_on >= %(since)s and (not %(running)s or s.ended_at is null)
 order by s.last_on desc, s.id limit 200"""


def _above(
    places: Sequence[tuple[int, int]], *, since: date, until: date, running: bool
) -> list[tuple[int, Schedule]]:
    """Return the schedules that units (id, hierarchy) and those above them ask, each with the place it was
    found for."""
    if not places:
        return []
    rows = sql.rows(
        _ABOVE,
        {"units": [unit for unit, _tree in places], "trees": [tree for _unit, tree in places]}
        | {"since": since, "until": until, "running": running},
    )
    schedules = SCHEDULES.in_bulk({schedule for _n, schedule in rows})
    return [(n, schedules[schedule]) for n, schedule in rows if schedule in schedules]


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing that a unit or body owes, with what it said of its last periods, the oldest first."""

    schedule: Schedule
    asked: AskedUnit
    periods: Sequence[tuple[Period, Due | None]]
    there: frozenset[Slot] = frozenset()

    def sign(self, period: Period, due: Due | None, at: datetime) -> DueSign:
        """Return the square of one of its periods."""
        slot = (self.schedule.pk, *self.asked.key, period.begins_on.isoformat())
        return self.schedule.timing.sign(period, at, due, is_there=slot in self.there)

    def signs(self, at: datetime) -> list[DueSign]:
        """Return the squares of its periods."""
        return [self.sign(period, due, at) for period, due in self.periods]


def with_dues(
    found: Sequence[tuple[Schedule, AskedUnit]],
    *,
    at: datetime,
    most: int = SHOWN,
    account_id: int | None = None,
) -> list[Owing]:
    """Read what units or bodies said of the last periods of a schedule, in their order. Two queries.

    most: periods. account_id: late and silent begin with this person's own time in the office.
    """
    begun = [(schedule, asked, schedule.timing.begun(at, most=most)) for schedule, asked in found]
    dues = {
        (due.schedule_id, due.unit_id, due.body_id, due.begins_on): due
        for due in Due.objects.filter(
            schedule__in={schedule.pk for schedule, _asked in found},
            unit_id__in={asked.unit_id for _one, asked in found},
        )
    }
    there = frozenset(
        presence.slots_with_holder(
            ((schedule, asked.key, periods) for schedule, asked, periods in begun), account_id=account_id
        )
    )
    return [
        Owing(
            schedule,
            asked,
            [(period, dues.get((schedule.pk, *asked.key, period.begins_on))) for period in periods],
            there,
        )
        for schedule, asked, periods in begun
        if periods
    ]


def unit_owings(
    unit_id: int, hierarchies: Iterable[int], *, since: date, at: datetime, with_ended: bool = False
) -> list[Owing]:
    """Return schedules that ask a unit or its bodies, with their last periods; ended ones too. As far as in sight.

    with_ended: also bodies that were dissolved since, for what they owed before.
    """
    schedules = _above(
        [(unit_id, tree) for tree in hierarchies], since=since, until=today_of_schedules(at), running=False
    )
    if not schedules:
        return []
    unit = units.unit_by_id(unit_id)
    bodies = (
        _bodies_of([unit_id], with_ended=with_ended).values()
        if any(schedule.body_kind for _n, schedule in schedules)
        else ()
    )
    owed: dict[tuple[int, int | None], tuple[Schedule, AskedUnit]] = {}
    for _n, asked_schedule in schedules:
        if asked_schedule.kind == unit.kind and asked_schedule.unit_id != unit_id:
            owed[asked_schedule.pk, None] = asked_schedule, AskedUnit(unit.pk, unit.code, unit.names)
        for kind, body in bodies:
            if asked_schedule.body_kind == kind:
                owed[asked_schedule.pk, body.body_id] = asked_schedule, body
    return with_dues(_asked_alone(owed.values()), at=at, most=SHOWN)


def _asked_alone(owed: Iterable[tuple[Schedule, AskedUnit]]) -> list[tuple[Schedule, AskedUnit]]:
    """Leave out what a schedule asks of others of the kind alone."""
    owed = list(owed)
    places = asked_places((schedule, *unit.key) for schedule, unit in owed)
    return [(schedule, unit) for schedule, unit in owed if (schedule.pk, *unit.key) in places]


def owed_by(viewer: Viewer, *, at: datetime) -> tuple[list[Owing], list[Schedule]]:
    """List what the viewer's offices and bodies owe in the last two periods, and schedules that units below owe.

    A few queries, however many offices they hold.
    """
    on = today_of_schedules(at)
    offices = (
        [office for office in viewer.appointments if not office.is_disputed]
        if viewer.is_strong or viewer.is_phone
        else []
    )
    places = [(office.unit_id, office.hierarchy) for office in offices]
    schedules = _above(places, since=on - STILL_OWED, until=on, running=True)
    bodies = (
        _bodies_of([office.unit_id for office in offices if office.body_id is not None]) if schedules else {}
    )
    mine: dict[tuple[int, int, int | None], tuple[Schedule, AskedUnit]] = {}
    below: dict[int, Schedule] = {}
    home = viewer.home
    for n, schedule in schedules:
        held_office = offices[n]
        if held_office.body_id is not None:
            kind, body = bodies.get(held_office.body_id, ("", None))
            if body is not None and kind == schedule.body_kind:
                mine[schedule.pk, *body.key] = schedule, body
        elif (
            schedule.office is not None
            and schedule.office.code == held_office.office
            and schedule.kind == held_office.unit_kind
        ):
            if schedule.unit_id != held_office.unit_id:
                asked = AskedUnit(held_office.unit_id, held_office.unit_code, dict(held_office.unit_names))
                mine[schedule.pk, *asked.key] = schedule, asked
        elif (
            home is held_office
            and LEADS in held_office.capabilities
            and _is_below(schedule, held_office.unit_kind)
        ):
            below[schedule.pk] = schedule
    owed = with_dues(_asked_alone(mine.values()), at=at, most=2, account_id=viewer.account_id)
    return owed, reaching_span(below.values(), (home.lo, home.hi)) if home else []


def _is_below(schedule: Schedule, kind: str) -> bool:
    """Return True if it is owed below a unit of that kind. Bodies belong to their own unit and those above."""
    if schedule.body_kind:
        return True
    own_level, asked_level = (
        levels.level_of_kind(schedule.hierarchy, kind),
        levels.level_of_kind(schedule.hierarchy, schedule.kind),
    )
    return own_level is not None and asked_level is not None and own_level < asked_level


def _bodies_of(unit_ids: Sequence[int], *, with_ended: bool = False) -> dict[int, tuple[str, AskedUnit]]:
    """Return the bodies of some units, by id, with their kind."""
    rows = sql.rows(
        "select b.kind, u.id, u.code, u.names, b.id, b.names from org_body b join units_unit u on u.id = b.unit_id"
        " where b.unit_id = any(%s::bigint[]) and (%s or b.ended_on is null and u.closed_on is null) order by b.id",
        [list(unit_ids), with_ended],
    )
    return {row[4]: (row[0], AskedUnit(*row[1:])) for row in rows}


def asked_at(unit: units.UnitRow, hierarchy: int) -> QuerySet[Schedule]:
    """Return schedules of a unit, and those of units above it that it or somebody below it owes, as far as in
    sight."""
    path = [row.id for row in units.path_of_unit(unit.id, hierarchy)]
    lo, hi = units.span(unit.id, hierarchy)
    some = reaches_sql("programmes_schedule", "%s", "%s")
    in_sight = RawSQL(some, [lo, hi] * (some.count("%s") // 2), BooleanField())  # noqa: S611  # fixed text
    is_whole = Q(within=[], area="", body=None)
    return SCHEDULES.filter(
        Q(kind__in=levels.from_here_down(hierarchy, unit.kind)) | ~Q(body_kind=""),
        is_whole | Q(unit_id=unit.id) | Q(in_sight),
        unit_id__in=path,
        hierarchy=hierarchy,
    )


def schedules_over(day: date) -> Q:
    """Return schedules that have ended, or whose last day is over."""
    return Q(ended_at__isnull=False) | Q(last_on__lt=day)


def passed_on_schedule(schedule: Schedule, unit_id: int) -> Schedule | None:
    """Return the schedule by which a unit passed another one on; None while it did not."""
    return SCHEDULES.filter(above=schedule, unit_id=unit_id, ended_at=None).first()


def passed_on_by(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of pairs of a schedule and a unit (ids) where the unit asks its own units because of it."""
    if not pairs:
        return set()
    schedules = Schedule.objects.filter(
        above__in={schedule_id for schedule_id, _unit in pairs}, ended_at=None
    )
    return {(above, unit) for above, unit in schedules.values_list("above", "unit") if above} & set(pairs)


def sign_counts(owings: Iterable[Owing], *, at: datetime) -> Counter[DueSign]:
    """Return the squares of many periods, counted."""
    return Counter(sign for owing in owings for sign in owing.signs(at))


def feeding(programme: Programme, measures: Iterable[int]) -> list[Schedule]:
    """Return schedules in force whose reports give one of these measures of a programme. In a system scope."""
    wanted = set(measures)
    schedules = Schedule.objects.filter(programme=programme, ended_at=None).exclude(figures={})
    return [schedule for schedule in schedules if wanted & set(schedule.figures.values())]


def today_of_schedules(at: datetime) -> date:
    """Return Today, where units are asked."""
    return clock.day_in(settings.TIME_ZONE, at)
