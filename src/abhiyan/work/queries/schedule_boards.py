"""The board of a schedule: the units and bodies of one period, how far they are, and who may be reminded.

A period has the units that were open at its hour, and units that answered. Later openings and ends change nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from abhiyan.core import sql
from abhiyan.core.rows import MarkedRows, Rows
from abhiyan.units import queries as units
from abhiyan.units.models import MANY
from abhiyan.work.models import Schedule
from abhiyan.work.models_schedules import in_set
from abhiyan.work.rules.schedules import FINISHED, DueState, Period

from .presence import BODY_THERE, HELD, UNIT_THERE
from .schedule_sets import IN_SET, OF_BODY, asked_units_sql, bounds_of_set, set_values
from .schedules import BODIES, AskedUnit, today_of_schedules

MOST_BODIES = 5_000  # of one kind, on one board
LAST_KEY = (1 << 63) - 1  # the largest bigint: no unit has this id

_DUE = {"on": "%(due_on)s", "at": "%(due_at)s"}
_THERE = UNIT_THERE.format(**_DUE)
_UNITS = f"""from units_placement p join units_unit u on u.id = p.unit_id and u.kind = %(kind)s
 where p.lo > %(lo)s and p.lo < %(hi)s and {_THERE} and {IN_SET}"""
_OF_FEW = " and p.unit_id = any(%(ids)s::bigint[])"
# Each unit is looked up by itself: a join would read all that was said in the period first.
_OPEN = f"""{_UNITS} and (select d.state from programmes_due d where d.schedule_id = %(schedule)s
  and d.begins_on = %(begins_on)s and d.unit_id = p.unit_id and d.body_id is null and d.state > 0) is null"""
_IN_OFFICE = f"""exists (select from org_appointment ap where ap.unit_id = p.unit_id
  and ap.office_id = %(office)s and ap.body_id is null and {HELD.format(**_DUE)})"""
_SEATED = f"exists (select from org_appointment ap where ap.body_id = b.id and {HELD.format(**_DUE)})"
_SAID = """from programmes_due d join units_unit u on u.id = d.unit_id and u.kind = %(kind)s
 join units_placement p on p.unit_id = d.unit_id and p.lo > %(lo)s and p.lo < %(hi)s
 where d.schedule_id = %(schedule)s and d.begins_on = %(begins_on)s and d.state > 0
  and (d.state, d.unit_id) > (%(after_state)s, %(after)s)"""


def _given(schedule: Schedule, period: Period, span: tuple[int, int], *, on: date) -> dict[str, Any]:
    """Return the parameters of the statements of a board. ids: units of a high level, which are few."""
    params: dict[str, Any] = set_values(schedule) | {
        "schedule": schedule.pk,
        "begins_on": period.begins_on,
        "due_on": period.ends_on,
        "due_at": schedule.timing.due_at(period),
        "kind": schedule.kind,
        "body_kind": schedule.body_kind,
        "office": schedule.office_id,
        "on": on,
        "lo": span[0],
        "hi": span[1],
    }
    if schedule.kind and schedule.kind not in MANY:
        params["ids"] = units.of_kind_below(
            schedule.unit_id, schedule.hierarchy, schedule.kind, with_closed=True
        )
    return params


def _state(text: str) -> DueState:
    return DueState(int(text))


def _key(text: str) -> int:
    """Return a position or the id of a unit; ValueError for what no bigint holds."""
    key = int(text)
    if not 0 <= key <= LAST_KEY:
        raise ValueError("beyond a bigint")
    return key


def _on_board(unit_id: int, code: str, names: dict[str, str], state: int, at: int) -> AskedUnit:
    return AskedUnit(unit_id, code, names, place=(state, at))


@dataclass(frozen=True, slots=True)
class BoardNumbers:
    """Counts of one period: asked, in each state, and people as reported and seen by name.

    asked: units that were open at its hour, and units that answered. after: so many answers came more than seven days
    after the hour; they are in no state and bring no people. silent: of those without an answer, where somebody
    held the office at the hour; 0 before it. is_over: the hour has passed.
    """

    asked: int = 0
    states: Mapping[int, int] = field(default_factory=dict)
    people: int = 0
    seen: int = 0
    silent: int = 0
    after: int = 0
    is_over: bool = False

    @property
    def said(self) -> int:
        return sum(n for state, n in self.states.items() if state)

    @property
    def open(self) -> int:
        """Count the units without an answer."""
        return max(0, self.asked - self.said - self.after)

    @property
    def not_due(self) -> int:
        return 0 if self.is_over else self.open

    @property
    def vacant(self) -> int:
        """Count the units without an answer because nobody held the office at the hour."""
        return max(0, self.open - self.silent) if self.is_over else 0

    def of(self, state: int) -> int:
        """Count the units in a state. OPEN: silent, or not due yet."""
        if state:
            return self.states.get(state, 0)
        return self.silent if self.is_over else self.open

    @property
    def finished(self) -> int:
        return sum(self.states.get(state, 0) for state in FINISHED)

    @property
    def late(self) -> int:
        """Count the units that are silent after the hour, or have only set a day."""
        return self.silent + self.states.get(DueState.PLANNED, 0) if self.is_over else 0


class UnitBoard(MarkedRows[AskedUnit]):
    """The units of a period, those without an answer first, then by how far they are. A page reads its own rows.

    Positions are walked in the order of the tree until a page is full; few units of a high level are found from the
    top. of: the numbers of the period. state: only units of that state; OPEN: the silent ones, and before the hour
    units that are not due yet. vacant: only units without an answer where nobody held the office at the hour.
    """

    kinds = (_state, _key)

    def __init__(
        self,
        one: Schedule,
        period: Period,
        span: tuple[int, int],
        *,
        of: BoardNumbers,
        on: date,
        state: int | None = None,
        vacant: bool = False,
    ) -> None:
        self._given = _given(one, period, span, on=on) | {"state": state}
        self._bounds = bounds_of_set(one, span)
        self._open = _OPEN
        if vacant:
            self._open += f" and not {_IN_OFFICE}"
        elif state == DueState.OPEN and of.is_over:
            self._open += f" and {_IN_OFFICE}"
        if "ids" in self._given:
            self._open += _OF_FEW
        self._said = _SAID + (" and d.state = %(state)s and not d.is_after" if state else "")
        self._has_open = of.open > 0 and not state and one.timing.is_asked(period)
        n_said = of.said + of.after if state is None else of.of(state)
        self._has_said = not vacant and n_said > 0 and state != DueState.OPEN
        self.total = of.vacant if vacant else of.asked if state is None else of.of(state)

    def parts(self, mark: Sequence[int] | None) -> list[Rows[AskedUnit]]:
        """Return rows after a mark (a state, then a position or a unit): open units first, then the units that
        answered."""
        state, key = mark or (DueState.OPEN, 0)
        parts: list[Rows[AskedUnit]] = []
        if self._has_open and state == DueState.OPEN:
            params = self._given | {"lo": max(key, self._bounds[0]), "hi": self._bounds[1]}
            columns = "u.id, u.code, u.names, 0, p.lo"
            parts.append(Rows(columns, self._open, params, orders={"": ("p.lo",)}, make=_on_board))
        if self._has_said:
            params = self._given | {"after_state": state, "after": key if state else LAST_KEY}
            columns = "u.id, u.code, u.names, d.state, d.unit_id"
            parts.append(
                Rows(columns, self._said, params, orders={"": ("d.state", "d.unit_id")}, make=_on_board)
            )
        return parts

    def mark(self, row: AskedUnit) -> tuple[int, int]:
        return row.place

    def after(self, mark: Sequence[Any] | None, most: int) -> list[AskedUnit]:
        asked_units: list[AskedUnit] = []
        for part in self.parts(mark):
            if len(asked_units) < most:
                asked_units += part[: most - len(asked_units)]
        return asked_units

    def each(self) -> Iterator[AskedUnit]:
        for part in self.parts(None):
            yield from part.each()


def bodies_asked(
    one: Schedule,
    period: Period,
    span: tuple[int, int],
    *,
    of: BoardNumbers,
    on: date,
    state: int | None = None,
    vacant: bool = False,
) -> list[AskedUnit]:
    """Return the bodies of a period, those without an answer first. of, state, vacant: as of `UnitBoard`."""
    is_open = state == DueState.OPEN or vacant
    wanted = (
        ""
        if state is None and not vacant
        else "and coalesce(d.state, 0) = %(state)s and d.is_after is not true"
    )
    if is_open and of.is_over:
        wanted += f" and {'not ' * vacant}{_SEATED}"
    rows = sql.rows(
        f"""select u.id, u.code, u.names, b.id, b.names {BODIES} and b.kind = %(body_kind)s
        left join programmes_due d on d.schedule_id = %(schedule)s and d.begins_on = %(begins_on)s
          and d.unit_id = b.unit_id and d.body_id = b.id
        where (d.state > 0
          or %(is_asked)s and {_THERE} and {BODY_THERE.format(**_DUE)} and {IN_SET} and {OF_BODY}) {wanted}
        order by coalesce(d.state, 0), p.lo, b.id limit %(most)s""",
        _given(one, period, span, on=on)
        | {"most": MOST_BODIES, "state": state or 0, "is_asked": one.timing.is_asked(period)},
    )
    return [AskedUnit(*row) for row in rows]


# Neither a word in the period nor a day to come, and no message today.
_TO_REMIND = """u.closed_on is null and not exists (select from programmes_due d where d.schedule_id = %(schedule)s
  and d.begins_on = %(begins_on)s and d.unit_id = p.unit_id and d.body_id is not distinct from {body}
  and (d.state not in (0, 2) or d.state = 2 and d.planned_on >= %(on)s or exists (select from messaging_reminder m
   where m.kind = 'due' and m.about = d.id and m.day = %(on)s)))"""


def to_remind(
    schedule: Schedule, period: Period, span: tuple[int, int], *, at: datetime, most: int
) -> list[AskedUnit]:
    """Return the units or bodies in a span that are silent in a period, or whose set day went by, and got no
    message today. They are in the order of the tree, at most so many. Nobody before the hour of the period."""
    if not schedule.timing.is_over(period, at):
        return []
    params = _given(schedule, period, span, on=today_of_schedules(at)) | {"most": most}
    if schedule.body_kind:
        columns = "u.id, u.code, u.names, b.id, b.names"
        source = f"{BODIES} where b.kind = %(body_kind)s and b.ended_on is null and {_THERE}"
        source += f" and {BODY_THERE.format(**_DUE)} and {_SEATED} and {IN_SET} and {OF_BODY}"
    else:
        columns, source = "u.id, u.code, u.names", f"{_UNITS} and {_IN_OFFICE}"
        source += _OF_FEW if "ids" in params else ""
    remind = _TO_REMIND.format(body="b.id" if schedule.body_kind else "null")
    return sql.each(AskedUnit, f"select {columns} {source} and {remind} order by p.lo limit %(most)s", params)


_HOUR = {"on": "w.due_on", "at": "w.due_at"}
_BODY = f"""{UNIT_THERE.format(**_HOUR)} and (b.id is null or {BODY_THERE.format(**_HOUR)})
 and {in_set("s")} and (s.body_id is null or s.body_id = b.id)"""
_NO_WORD = """not exists (select from programmes_due d where d.schedule_id = w.schedule_id
  and d.begins_on = w.begins_on and d.unit_id = u.id and d.body_id is not distinct from {body} and d.state > 0)"""
_BELOW = "join units_placement p on p.unit_id = u.id and p.lo {least} %(lo)s and p.lo < %(hi)s"
_NARROW = "(cardinality(s.within) > 0 or s.area <> '')"
# What was said; of units or bodies that were not there at the hour (`apart`) it counts as asked.
_NUMBERS = f"""with w as (select * from unnest(%(schedules)s::bigint[], %(days)s::date[], %(due_on)s::date[],
   %(due_at)s::timestamptz[], %(kinds)s::text[], %(body_kinds)s::text[], %(offices)s::bigint[], %(over)s::bool[],
   %(asked)s::bool[]) w(schedule_id, begins_on, due_on, due_at, kind, body_kind, office_id, is_over, is_asked))
 select w.schedule_id, w.begins_on, case when d.is_after then 'after' else 'said' end, d.state, count(*),
  coalesce(sum(d.people) filter (where not d.is_after), 0), coalesce(sum(d.seen) filter (where not d.is_after), 0),
  count(*) filter (where d.state > 0 and not (w.is_asked and {_BODY}))
 from w join programmes_schedule s on s.id = w.schedule_id
 join programmes_due d on d.schedule_id = w.schedule_id and d.begins_on = w.begins_on
 join units_unit u on u.id = d.unit_id {_BELOW.format(least=">=")} left join org_body b on b.id = d.body_id
 group by 1, 2, 3, d.state
union all
select w.schedule_id, w.begins_on, 'silent', 0, (select count(distinct u.id) from org_appointment ap
   join units_unit u on u.id = ap.unit_id and u.kind = w.kind {_BELOW.format(least=">")}
   where ap.office_id = w.office_id and ap.body_id is null and {HELD.format(**_HOUR)}
    and {UNIT_THERE.format(**_HOUR)} and {in_set("s")} and {_NO_WORD.format(body="null")}), 0, 0, 0
 from w join programmes_schedule s on s.id = w.schedule_id where w.is_over and w.kind <> ''
union all
select w.schedule_id, w.begins_on, 'there', 0, case when {_NARROW} then (
   select count(distinct u.id) from {asked_units_sql("%(lo)s + 1", "%(hi)s")} and {UNIT_THERE.format(**_HOUR)}) else (
   select coalesce(sum(case when u.closed_on is null then -1 else 1 end), 0)
   from units_unit u {_BELOW.format(least=">")} where u.kind = w.kind and (
    u.closed_on > w.due_on and (u.opened_on is null or u.opened_on < w.due_on)
    or u.opened_on >= w.due_on and u.closed_on is null)) end, 0, 0, 0
 from w join programmes_schedule s on s.id = w.schedule_id where w.is_asked and w.kind <> ''
union all
select w.schedule_id, w.begins_on, c.what, 0, c.n, 0, 0, 0
 from w join programmes_schedule s on s.id = w.schedule_id cross join lateral (
  select count(*) as there, count(*) filter (where w.is_over and exists (select from org_appointment ap
     where ap.body_id = b.id and {HELD.format(**_HOUR)}) and {_NO_WORD.format(body="b.id")}) as silent
  from org_body b join units_unit u on u.id = b.unit_id {_BELOW.format(least=">=")}
  where b.kind = w.body_kind and {_BODY}) x
 cross join lateral (values ('there', x.there), ('silent', x.silent)) c(what, n)
 where w.is_asked and w.body_kind <> ''"""


def schedule_numbers(
    of: Sequence[tuple[Schedule, Period]],
    span: tuple[int, int],
    counts: Mapping[str, int],
    *,
    at: datetime,
    is_newest_alone: bool = False,
) -> dict[tuple[int, date], BoardNumbers]:
    """Count how far each of these is below a unit, by schedule (id) and first day. One query.

    counts: how many units of each kind are open there today. is_newest_alone: count the silent of each schedule's
    newest period that is over, and of no other. Each asks all holders of an office, and Today needs one.
    """
    timings = [(schedule.timing, period) for schedule, period in of]
    over = [timing.is_over(period, at) for timing, period in timings]
    marks = [timing.is_asked(period) for timing, period in timings]
    newest: dict[int, date] = {}
    for (asked_schedule, period), is_over in zip(of, over, strict=True):
        if is_over:
            newest[asked_schedule.pk] = max(period.begins_on, newest.get(asked_schedule.pk, period.begins_on))
    rows = sql.rows(
        _NUMBERS,
        {
            "lo": span[0],
            "hi": span[1],
            "on": today_of_schedules(at),
            "schedules": [schedule.pk for schedule, _period in of],
            "days": [period.begins_on for _one, period in of],
            "due_on": [period.ends_on for _one, period in of],
            "due_at": [timing.due_at(period) for timing, period in timings],
            "kinds": [schedule.kind for schedule, _period in of],
            "body_kinds": [schedule.body_kind for schedule, _period in of],
            "offices": [schedule.office_id for schedule, _period in of],
            "over": [
                is_over and (not is_newest_alone or newest[schedule.pk] == period.begins_on)
                for (schedule, period), is_over in zip(of, over, strict=True)
            ],
            "asked": marks,
        },
    )
    board_numbers: dict[tuple[int, date], BoardNumbers] = {}
    for (asked_schedule, period), is_over, is_asked in zip(of, over, marks, strict=True):
        mine = [row[2:] for row in rows if row[:2] == (asked_schedule.pk, period.begins_on)]
        answers = [row[1:] for row in mine if row[0] == "said"]
        there = sum(row[2] for row in mine if row[0] == "there") + (
            counts.get(asked_schedule.kind, 0) if is_asked and not asked_schedule.is_narrow else 0
        )
        board_numbers[asked_schedule.pk, period.begins_on] = BoardNumbers(
            asked=there + sum(row[-1] for row in mine if row[0] in ("said", "after")),
            states={state: n for state, n, *_rest in answers},
            people=sum(row[2] for row in answers),
            seen=sum(row[3] for row in answers),
            silent=sum(row[2] for row in mine if row[0] == "silent"),
            after=sum(row[2] for row in mine if row[0] == "after"),
            is_over=is_over,
        )
    return board_numbers
