"""Reads of schedules and dues: units to ask, the board, what one unit owes."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import needed
from abhiyan.core.rows import MarkedRows, Rows
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.models_schedules import Due, Schedule
from abhiyan.programmes.rules.schedules import FINISHED, SHOWN, DueSign, DueState, Period
from abhiyan.units import queries as units
from abhiyan.units.models import MANY
from abhiyan.units.rules import levels

from .tasks import ACTIVE

MOST_BODIES = 5_000  # of one kind, on one board
LAST_KEY = (1 << 63) - 1  # the largest bigint: no unit has this id
STILL_OWED = timedelta(days=31)  # so long Today shows what is late after its last day
SCHEDULES = Schedule.objects.select_related(
    "unit", "office", "programme", "form__form", "above__unit", "above__programme"
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
    """One schedule in the viewer's sight, or NotFound."""
    return needed(SCHEDULES.filter(public_id=public_id).first())


def offices_to_ask(unit_id: int, hierarchy: int, *, at: datetime) -> list[org.OfficeBelow]:
    """The offices below a unit that lead, with how many units should have each and how many have none."""
    leading = {one.code for one in org.offices_used() if LEADS in one.capabilities}
    below = org.ask_vacancies_below(unit_id, hierarchy, at=at)()
    return [one for one in below if one.expected and one.office in leading and not one.is_of_officers]


_BODIES = """from org_body b join units_unit u on u.id = b.unit_id and u.closed_on is null and b.ended_on is null
 join units_placement p on p.unit_id = b.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s"""


def bodies_to_ask(unit_id: int, hierarchy: int) -> dict[str, int]:
    """Kinds of body in a unit and below it, with how many there are."""
    lo, hi = units.span(unit_id, hierarchy)
    return dict(sql.rows(f"select b.kind, count(*) {_BODIES} group by 1", {"lo": lo, "hi": hi}))


def asked_unit(one: Schedule, *, unit_id: int, body_id: int | None = None) -> AskedUnit | None:
    """A unit, or a body of it, if the schedule asks it; None if it does not."""
    row = sql.row(
        """select u.id, u.code, u.names, b.id, coalesce(b.names, '{}'),
          u.closed_on is null and b.ended_on is null
        from units_unit u join units_placement p on p.unit_id = u.id and p.hierarchy = %(tree)s and p.valid_to is null
        join units_placement a on a.unit_id = %(asks)s and a.hierarchy = %(tree)s and a.valid_to is null
        left join org_body b on b.id = %(body)s and b.unit_id = u.id
        where u.id = %(unit)s and p.lo >= a.lo and p.lo < a.hi
          and (b.kind = %(body_kind)s or %(body)s::bigint is null and u.kind = %(kind)s and p.lo > a.lo)""",
        {"tree": one.hierarchy, "asks": one.unit_id, "unit": unit_id, "body": body_id}
        | {"kind": one.kind, "body_kind": one.body_kind},
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


def may_decide(by: Actor, one: Schedule, asked: AskedUnit) -> bool:
    """Return True if the actor may accept or return a report: they lead from above the unit, or the body's unit."""
    if by.kind == "system":
        return True
    if by.kind != "person" or by.account_id is None:
        return False
    return any(
        LEADS in grant.capabilities and (grant.is_above or asked.body_id is not None)
        for grant in org.grants_at(by.account_id, asked.unit_id, one.hierarchy)
    )


def due_of(one: Schedule, asked: AskedUnit, period: Period) -> Due | None:
    """The due of a unit or body in a period; None while it is silent without a reminder."""
    found = Due.objects.filter(schedule=one, unit_id=asked.unit_id, begins_on=period.begins_on)
    return found.filter(Q(body_id=asked.body_id) if asked.body_id is not None else Q(body=None)).first()


def dues_of(
    one: Schedule, asked: Iterable[AskedUnit], *, since: date
) -> dict[tuple[int, int | None], dict[date, Due]]:
    """The dues of these since a day, by unit and body and by the first day of the period. One query."""
    found: dict[tuple[int, int | None], dict[date, Due]] = {}
    of_units = {each.unit_id for each in asked}
    for due in Due.objects.filter(schedule=one, unit_id__in=of_units, begins_on__gte=since):
        found.setdefault((due.unit_id, due.body_id), {})[due.begins_on] = due
    return found


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
    one: Schedule, asked: Iterable[AskedUnit], *, on: date
) -> dict[tuple[int, int | None], Responsible]:
    """The responsible person of each of these units or bodies, if any. In the caller's scope; one query."""
    rows = sql.rows(
        f"""select distinct on (ap.unit_id, ap.body_id) ap.unit_id, ap.body_id, a.id, a.public_id, ap.public_id, a.name,
          a.language, o.names
        from org_appointment ap join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id
        where ap.unit_id = any(%(units)s::bigint[]) and {ACTIVE}
          and (ap.body_id is null and ap.office_id = %(office)s or ap.body_id = any(%(bodies)s::bigint[]))
        order by ap.unit_id, ap.body_id, o.rank, ap.starts_on, ap.id""",
        {
            "units": [each.unit_id for each in asked],
            "bodies": [each.body_id for each in asked if each.body_id is not None],
            "office": one.office_id,
            "on": on,
        },
    )
    return {(unit, body): Responsible(*rest) for unit, body, *rest in rows}


# --- the board ---

_UNITS = """from units_placement p join units_unit u on u.id = p.unit_id and u.kind = %(kind)s and u.closed_on is null
 where p.lo > %(lo)s and p.lo < %(hi)s"""
_OF_FEW = " and p.unit_id = any(%(ids)s::bigint[])"
# Each unit is looked up by itself: a join would read all that was said in the period first.
_SILENT = f"""{_UNITS} and (select d.state from programmes_due d where d.schedule_id = %(schedule)s
  and d.begins_on = %(begins_on)s and d.unit_id = p.unit_id and d.body_id is null and d.state > 0) is null"""
_VACANT = f"""{_SILENT} and not exists (select from org_appointment ap where ap.unit_id = p.unit_id
  and ap.office_id = %(office)s and ap.body_id is null and {ACTIVE})"""
_SAID = """from programmes_due d join units_unit u on u.id = d.unit_id and u.kind = %(kind)s and u.closed_on is null
 join units_placement p on p.unit_id = d.unit_id and p.lo > %(lo)s and p.lo < %(hi)s
 where d.schedule_id = %(schedule)s and d.begins_on = %(begins_on)s and d.state > 0
  and (d.state, d.unit_id) > (%(after_state)s, %(after)s)"""


def _given(one: Schedule, period: Period, span: tuple[int, int], *, on: date) -> dict[str, Any]:
    """Parameters of the statements of a board. ids: units of a high level, which are few."""
    given: dict[str, Any] = {
        "schedule": one.pk,
        "begins_on": period.begins_on,
        "kind": one.kind,
        "body_kind": one.body_kind,
        "office": one.office_id,
        "on": on,
        "lo": span[0],
        "hi": span[1],
    }
    if one.kind and one.kind not in MANY:
        given["ids"] = units.of_kind_below(one.unit_id, one.hierarchy, one.kind)
    return given


def _state(text: str) -> DueState:
    return DueState(int(text))


def _key(text: str) -> int:
    """A position or the id of a unit; ValueError for what no bigint holds."""
    key = int(text)
    if not 0 <= key <= LAST_KEY:
        raise ValueError("beyond a bigint")
    return key


def _on_board(unit_id: int, code: str, names: dict[str, str], state: int, at: int) -> AskedUnit:
    return AskedUnit(unit_id, code, names, place=(state, at))


class UnitBoard(MarkedRows[AskedUnit]):
    """The units a schedule asks, those silent in a period first, then by how far they are. A page reads its own rows.

    Positions are walked in the order of the tree until a page is full; few units of a high level are found from the
    top. of: the numbers of the period. state: only units of that state; OPEN the silent ones. vacant: only silent ones
    where nobody holds the office, which are not counted.
    """

    kinds = (_state, _key)

    def __init__(
        self,
        one: Schedule,
        period: Period,
        span: tuple[int, int],
        *,
        of: "BoardNumbers",
        on: date,
        state: int | None = None,
        vacant: bool = False,
    ) -> None:
        self._given = _given(one, period, span, on=on) | {"state": state}
        self._silent = _VACANT if vacant else _SILENT
        if "ids" in self._given:
            self._silent += _OF_FEW
        self._said = _SAID + (" and d.state = %(state)s" if state else "")
        self._has_silent = of.silent > 0 and not state
        self._has_said = not vacant and (of.said > 0 if state is None else of.of(state) > 0 and state > 0)
        self.total = None if vacant else of.asked if state is None else of.of(state)

    def parts(self, mark: Sequence[int] | None) -> list[Rows[AskedUnit]]:
        """Rows after a mark (a state, then a position or a unit): silent units first, then the units that answered."""
        state, key = mark or (DueState.OPEN, 0)
        found: list[Rows[AskedUnit]] = []
        if self._has_silent and state == DueState.OPEN:
            given = self._given | {"lo": max(key, self._given["lo"])}
            columns = "u.id, u.code, u.names, 0, p.lo"
            found.append(Rows(columns, self._silent, given, orders={"": ("p.lo",)}, make=_on_board))
        if self._has_said:
            given = self._given | {"after_state": state, "after": key if state else LAST_KEY}
            columns = "u.id, u.code, u.names, d.state, d.unit_id"
            found.append(
                Rows(columns, self._said, given, orders={"": ("d.state", "d.unit_id")}, make=_on_board)
            )
        return found

    def mark(self, row: AskedUnit) -> tuple[int, int]:
        return row.place

    def after(self, mark: Sequence[Any] | None, most: int) -> list[AskedUnit]:
        found: list[AskedUnit] = []
        for part in self.parts(mark):
            if len(found) < most:
                found += part[: most - len(found)]
        return found

    def each(self) -> Iterator[AskedUnit]:
        for part in self.parts(None):
            yield from part.each()


def bodies_asked(
    one: Schedule, period: Period, span: tuple[int, int], *, state: int | None = None
) -> list[AskedUnit]:
    """The bodies a schedule asks, those silent in a period first. state: as of `UnitBoard`."""
    rows = sql.rows(
        f"""select u.id, u.code, u.names, b.id, b.names, coalesce(d.state, 0) {_BODIES} and b.kind = %(kind)s
        left join programmes_due d on d.schedule_id = %(schedule)s and d.begins_on = %(begins_on)s
          and d.unit_id = b.unit_id and d.body_id = b.id
        order by 6, p.lo, b.id limit %(most)s""",
        {"schedule": one.pk, "begins_on": period.begins_on, "kind": one.body_kind, "most": MOST_BODIES}
        | {"lo": span[0], "hi": span[1]},
    )
    return [AskedUnit(*row[:5]) for row in rows if state is None or row[5] == state]


# Neither a word in the period nor a day to come, and no message today.
_TO_REMIND = """not exists (select from programmes_due d where d.schedule_id = %(schedule)s
  and d.begins_on = %(begins_on)s and d.unit_id = p.unit_id and d.body_id is not distinct from {body}
  and (d.state not in (0, 2) or d.state = 2 and d.planned_on >= %(on)s or d.reminded_on = %(on)s))"""


def to_remind(
    one: Schedule, period: Period, span: tuple[int, int], *, on: date, most: int
) -> list[AskedUnit]:
    """The units or bodies in a span that are silent in a period, or whose set day went by, and got no message today;
    in the order of the tree, at most so many. Vacant ones are among them."""
    given = _given(one, period, span, on=on) | {"most": most}
    if one.body_kind:
        columns, source = "u.id, u.code, u.names, b.id, b.names", f"{_BODIES} where b.kind = %(body_kind)s"
    else:
        columns, source = "u.id, u.code, u.names", _UNITS + (_OF_FEW if "ids" in given else "")
    remind = _TO_REMIND.format(body="b.id" if one.body_kind else "null")
    return sql.each(AskedUnit, f"select {columns} {source} and {remind} order by p.lo limit %(most)s", given)


@dataclass(frozen=True, slots=True)
class BoardNumbers:
    """Counts of one period: asked, in each state, people who came as reported, and silent ones reminded today."""

    asked: int = 0
    states: Mapping[int, int] = field(default_factory=dict)
    people: int = 0
    reminded: int = 0

    @property
    def said(self) -> int:
        return sum(n for state, n in self.states.items() if state)

    @property
    def silent(self) -> int:
        return max(0, self.asked - self.said)

    def of(self, state: int) -> int:
        """How many are in a state; those without a row are silent."""
        return self.states.get(state, 0) if state else self.silent

    @property
    def finished(self) -> int:
        return sum(self.states.get(state, 0) for state in FINISHED)

    @property
    def answered(self) -> int:
        """All that are not silent and have not only set a day."""
        return self.said - self.states.get(DueState.PLANNED, 0)


_NUMBERS = """select d.schedule_id, d.begins_on, d.state, count(*), coalesce(sum(d.people), 0),
  count(*) filter (where d.state = 0 and d.reminded_on = %(on)s)
 from unnest(%(schedules)s::bigint[], %(days)s::date[]) w(schedule_id, begins_on)
 join programmes_due d on d.schedule_id = w.schedule_id and d.begins_on = w.begins_on
 join units_unit u on u.id = d.unit_id and u.closed_on is null
 join units_placement p on p.unit_id = d.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s group by 1, 2, 3"""


def numbers(
    of: Sequence[tuple[Schedule, Period]],
    span: tuple[int, int],
    counts: Mapping[str, int],
    bodies: Mapping[str, int],
    *,
    on: date,
) -> dict[tuple[int, date], BoardNumbers]:
    """Count how far each of these is below a unit, by schedule (id) and first day. One query.

    counts, bodies: how many units and bodies of each kind are there. on: today.
    """
    found: dict[tuple[int, date], tuple[dict[int, int], int, int]] = {}
    given = {"lo": span[0], "hi": span[1], "on": on, "schedules": [one.pk for one, _period in of]}
    for schedule, day, state, n, people, reminded in sql.rows(
        _NUMBERS, given | {"days": [each.begins_on for _one, each in of]}
    ):
        states, came, told = found.get((schedule, day), ({}, 0, 0))
        found[schedule, day] = {**states, state: n}, came + people, told + reminded
    return {
        (one.pk, each.begins_on): BoardNumbers(
            bodies.get(one.body_kind, 0) if one.body_kind else counts.get(one.kind, 0),
            *found.get((one.pk, each.begins_on), ({}, 0, 0)),
        )
        for one, each in of
    }


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
    """The schedules that units (id, hierarchy) and those above them ask, each with the place it was found for."""
    if not places:
        return []
    rows = sql.rows(
        _ABOVE,
        {"units": [unit for unit, _tree in places], "trees": [tree for _unit, tree in places]}
        | {"since": since, "until": until, "running": running},
    )
    known = SCHEDULES.in_bulk({schedule for _n, schedule in rows})
    return [(n, known[schedule]) for n, schedule in rows if schedule in known]


@dataclass(frozen=True, slots=True)
class Owing:
    """One thing that a unit or body owes, with what it said of its last periods, the oldest first."""

    schedule: Schedule
    asked: AskedUnit
    periods: Sequence[tuple[Period, Due | None]]

    def signs(self, at: datetime) -> list[DueSign]:
        """The squares of its periods."""
        timing = self.schedule.timing
        return [
            timing.sign(period, at, due.state if due else None, due.done_at if due else None)
            for period, due in self.periods
        ]


def _with_dues(found: Sequence[tuple[Schedule, AskedUnit]], *, at: datetime, most: int) -> list[Owing]:
    begun = [(one, asked, one.timing.begun(at, most=most)) for one, asked in found]
    said = {
        (due.schedule_id, due.unit_id, due.body_id, due.begins_on): due
        for due in Due.objects.filter(
            schedule__in={one.pk for one, _asked in found},
            unit_id__in={asked.unit_id for _one, asked in found},
        )
    }
    return [
        Owing(one, asked, [(each, said.get((one.pk, *asked.key, each.begins_on))) for each in periods])
        for one, asked, periods in begun
        if periods
    ]


def asked_of(unit_id: int, hierarchies: Iterable[int], *, since: date, at: datetime) -> list[Owing]:
    """Schedules that ask a unit or its bodies, with their last periods; ended ones too. As far as in sight."""
    found = _above([(unit_id, tree) for tree in hierarchies], since=since, until=_today(at), running=False)
    if not found:
        return []
    unit = units.unit_by_id(unit_id)
    bodies = _bodies_of([unit_id]).values() if any(one.body_kind for _n, one in found) else ()
    owed: dict[tuple[int, int | None], tuple[Schedule, AskedUnit]] = {}
    for _n, one in found:
        if one.kind == unit.kind and one.unit_id != unit_id:
            owed[one.pk, None] = one, AskedUnit(unit.pk, unit.code, unit.names)
        for kind, body in bodies:
            if one.body_kind == kind:
                owed[one.pk, body.body_id] = one, body
    return _with_dues(list(owed.values()), at=at, most=SHOWN)


def owed_by(viewer: Viewer, *, at: datetime) -> tuple[list[Owing], list[Schedule]]:
    """List what the viewer's offices and bodies owe in the last two periods, and schedules that units below owe.

    A few queries, however many offices they hold.
    """
    today = _today(at)
    held = (
        [each for each in viewer.appointments if not each.is_disputed]
        if viewer.is_strong or viewer.is_phone
        else []
    )
    places = [(each.unit_id, each.hierarchy) for each in held]
    found = _above(places, since=today - STILL_OWED, until=today, running=True)
    bodies = _bodies_of([each.unit_id for each in held if each.body_id is not None]) if found else {}
    mine: dict[tuple[int, int, int | None], tuple[Schedule, AskedUnit]] = {}
    below: dict[int, Schedule] = {}
    home = viewer.home
    for n, one in found:
        each = held[n]
        if each.body_id is not None:
            kind, body = bodies.get(each.body_id, ("", None))
            if body is not None and kind == one.body_kind:
                mine[one.pk, *body.key] = one, body
        elif one.office is not None and one.office.code == each.office and one.kind == each.unit_kind:
            if one.unit_id != each.unit_id:
                asked = AskedUnit(each.unit_id, each.unit_code, dict(each.unit_names))
                mine[one.pk, *asked.key] = one, asked
        elif home is each and LEADS in each.capabilities and _is_below(one, each.unit_kind):
            below[one.pk] = one
    return _with_dues(list(mine.values()), at=at, most=2), list(below.values())


def _is_below(one: Schedule, kind: str) -> bool:
    """Return True if it is owed below a unit of that kind. Bodies belong to their own unit and those above."""
    if one.body_kind:
        return True
    own, asked = levels.level(one.hierarchy, kind), levels.level(one.hierarchy, one.kind)
    return own is not None and asked is not None and own < asked


def _bodies_of(unit_ids: Sequence[int]) -> dict[int, tuple[str, AskedUnit]]:
    """The bodies of some units, by id, with their kind."""
    rows = sql.rows(
        "select b.kind, u.id, u.code, u.names, b.id, b.names from org_body b join units_unit u on u.id = b.unit_id"
        " where b.unit_id = any(%s::bigint[]) and b.ended_on is null and u.closed_on is null order by b.id",
        [list(unit_ids)],
    )
    return {row[4]: (row[0], AskedUnit(*row[1:])) for row in rows}


def asked_at(unit: units.UnitRow, hierarchy: int) -> QuerySet[Schedule]:
    """Schedules of a unit, and those of units above it that it or somebody below it owes, as far as in sight."""
    path = [row.id for row in units.path(unit.id, hierarchy)]
    return SCHEDULES.filter(
        Q(kind__in=levels.from_here_down(hierarchy, unit.kind)) | ~Q(body_kind=""),
        unit_id__in=path,
        hierarchy=hierarchy,
    )


def over(today: date) -> Q:
    """Schedules that have ended, or whose last day is over."""
    return Q(ended_at__isnull=False) | Q(last_on__lt=today)


def passed_on(one: Schedule, unit_id: int) -> Schedule | None:
    """The schedule by which a unit passed another one on; None while it did not."""
    return SCHEDULES.filter(above=one, unit_id=unit_id, ended_at=None).first()


def passed_on_by(pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those of pairs of a schedule and a unit (ids) where the unit asks its own units because of it."""
    if not pairs:
        return set()
    found = Schedule.objects.filter(above__in={one for one, _unit in pairs}, ended_at=None)
    return {(above, unit) for above, unit in found.values_list("above", "unit") if above} & set(pairs)


def sums(owings: Iterable[Owing], *, at: datetime) -> Counter[DueSign]:
    """The squares of many periods, counted."""
    return Counter(sign for owing in owings for sign in owing.signs(at))


def feeding(programme: Programme, measures: Iterable[int]) -> list[Schedule]:
    """Schedules in force whose reports give one of these measures of a programme. In a system scope."""
    wanted = set(measures)
    found = Schedule.objects.filter(programme=programme, ended_at=None).exclude(figures={})
    return [one for one in found if wanted & set(one.figures.values())]


def _today(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)
