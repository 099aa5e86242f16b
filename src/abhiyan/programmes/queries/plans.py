"""What taking over a plan of votes would make of a programme's targets."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from abhiyan.elections import queries as elections
from abhiyan.elections.models import Plan
from abhiyan.programmes.models import Programme
from abhiyan.units import queries as units
from abhiyan.units.queries import UnitRow

from .splits import Changes, Difference


@dataclass(frozen=True, slots=True)
class Misfit:
    """A unit whose target, as taken over, is not what those below it sum to."""

    unit_id: int
    names: dict[str, str]
    n: int
    below: int


@dataclass(frozen=True, slots=True)
class Takeover:
    """What of a plan becomes targets, and what does not.

    outside: units of the plan that are closed, or not in the programme's scope. unplaced: those that stand nowhere in
    the programme's hierarchy. nowhere: votes of seats without a unit. locked: targets that stay, being locked
    at another number. summed: units the plan does not name, given the sum of those below.
    """

    changes: Changes
    outside: tuple[int, ...] = ()
    unplaced: tuple[int, ...] = ()
    nowhere: int = 0
    locked: tuple[int, ...] = ()
    summed: int = 0
    misfits: tuple[Misfit, ...] = field(default=())

    @property
    def taken(self) -> int:
        return self.changes.units


def plan_as_targets(programme: Programme, plan: Plan, *, measure: int = 1, on: date) -> Takeover:
    """`planned_takeover` of a plan in sight: its seats and what it gives units below them."""
    seats = elections.plan_seats(plan)
    parts = {seat.unit_id: (seat.votes, seat.is_locked) for seat in seats if seat.unit_id is not None}
    parts |= {part.unit_id: (part.n, part.is_locked) for part in elections.plan_parts(plan)}
    nowhere = sum(seat.votes for seat in seats if seat.unit_id is None)
    return planned_takeover(programme=programme, measure=measure, parts=parts, on=on, nowhere=nowhere)


def planned_takeover(
    *,
    programme: Programme,
    measure: int,
    parts: Mapping[int, tuple[int, bool]],
    on: date,
    nowhere: int = 0,
) -> Takeover:
    """The targets a plan's parts (unit -> number, locked) make in a programme's hierarchy and scope.

    A unit the plan names gets its number; one above such units, in scope, the sum of those directly below that have
    one. What the plan's own levels do not sum to is told, never mended.
    """
    paths = units.paths(list(parts), programme.hierarchy)
    scope = _scope_of(programme)
    rows: dict[int, UnitRow] = {}
    inside: set[int] = set()
    for unit_id, path in paths.items():
        row = path[-1]
        if any(lo <= (row.lo or -1) < hi for lo, hi in scope) and not (row.closed_on and row.closed_on <= on):
            inside.add(unit_id)
            rows |= {one.id: one for one in path if any(lo <= (one.lo or -1) < hi for lo, hi in scope)}
    below: dict[int, dict[int, int]] = defaultdict(dict)
    given: dict[int, tuple[int, bool]] = {}
    for row in sorted(rows.values(), key=lambda row: -(row.depth or 0)):
        own = parts.get(row.id) if row.id in inside else None
        given[row.id] = own or (sum(below[row.id].values()), False)
        if row.parent_id is not None:
            below[row.parent_id][row.id] = given[row.id][0]
    return _compared(programme, measure, rows, given, below, parts, inside, set(paths), nowhere)


def _compared(
    programme: Programme,
    measure: int,
    rows: Mapping[int, UnitRow],
    given: Mapping[int, tuple[int, bool]],
    below: Mapping[int, Mapping[int, int]],
    parts: Mapping[int, tuple[int, bool]],
    inside: set[int],
    placed: set[int],
    nowhere: int,
) -> Takeover:
    """The targets to write, beside those in force."""
    known = _in_force(programme, measure, list(rows))
    differences, locked = [], []
    for row in sorted(rows.values(), key=lambda row: row.lo or 0):
        n, is_locked = given[row.id]
        before, was_locked = known.get(row.id, (None, False))
        if was_locked and before != n:
            locked.append(row.id)
            continue
        one = Difference(
            row.id, row.code, row.kind, row.names, before, n, was_locked, is_locked or was_locked
        )
        if one.is_one:
            differences.append(one)
    misfits = tuple(
        Misfit(unit_id, rows[unit_id].names, given[unit_id][0], sum(children.values()))
        for unit_id, children in below.items()
        if unit_id in rows and children and sum(children.values()) != given[unit_id][0]
    )
    return Takeover(
        changes=Changes(tuple(differences), units=len(rows)),
        outside=tuple(sorted(placed - inside)),
        unplaced=tuple(sorted(parts.keys() - placed)),
        nowhere=nowhere,
        locked=tuple(locked),
        summed=len(rows.keys() - inside),
        misfits=misfits,
    )


def _scope_of(programme: Programme) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.lo, p.hi from programmes_scope s join units_placement p on p.unit_id = s.unit_id"
            " where s.programme_id = %s and p.hierarchy = %s and p.lo is not null",
            [programme.pk, programme.hierarchy],
        )
        return [(lo, hi) for lo, hi in cursor.fetchall()]


def _in_force(programme: Programme, measure: int, unit_ids: list[int]) -> dict[int, tuple[int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_id, n, is_locked from programmes_target where programme_id = %s and measure = %s"
            " and unit_id = any(%s) and replaced_at is null",
            [programme.pk, measure, unit_ids],
        )
        return {unit_id: (n, is_locked) for unit_id, n, is_locked in cursor.fetchall()}
