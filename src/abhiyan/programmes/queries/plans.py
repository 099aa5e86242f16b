"""What taking over a plan of votes would make of a programme's targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from abhiyan.elections import queries as elections
from abhiyan.elections.models import Plan
from abhiyan.programmes.models import Programme

from .splits import Changes, Difference, families_of, named


@dataclass(frozen=True, slots=True)
class Misfit:
    """A unit whose target, once taken over, is not what those below it sum to.

    without: how many units below have no target.
    """

    unit_id: int
    names: dict[str, str]
    n: int
    below: int
    without: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A target somebody has locked at another number than the plan's: it stays."""

    unit_id: int
    names: dict[str, str]
    n: int
    planned: int


@dataclass(frozen=True, slots=True)
class Takeover:
    """What of a plan becomes targets, and what does not.

    outside: units of the plan that are closed, or not in the programme's scope. unplaced: those that stand nowhere in
    the programme's hierarchy. nowhere: votes of seats without a unit. locked: targets that stay, being locked
    at another number. summed: units the plan does not name, above those it does. misfits: by the targets that
    would then stand.
    """

    changes: Changes
    outside: tuple[int, ...] = ()
    unplaced: tuple[int, ...] = ()
    nowhere: int = 0
    locked: tuple[Kept, ...] = ()
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

    A unit the plan names gets its number and its lock. One above such units, in scope, gets the sum of those directly
    below: by the plan, else as they stand. Where some of those have no target and the unit has one that is no plan's,
    it keeps it: the plan says a part of it only. What somebody has locked stays; what a plan has locked moves with
    the next. What then does not sum is told, never mended.
    """
    values = {"parts": list(parts), "h": programme.hierarchy, "programme": programme.pk, "on": on}
    placed, inside = _placed(values)
    rows = _above(values | {"inside": list(inside), "measure": measure})
    families = families_of(programme, measure, [row.unit_id for row in rows], on)
    after: dict[int, tuple[int, bool]] = {}
    kept, misfits = [], []
    for row in reversed(rows):  # from below
        below = [
            after[child.unit_id][0] if child.unit_id in after else child.n
            for child in families.get(row.unit_id, ())
        ]
        known = [n for n in below if n is not None]
        if row.unit_id in parts:
            planned = parts[row.unit_id]
        elif row.n is not None and not row.is_of_plan and len(known) < len(below):
            planned = (row.n, False)
        else:
            planned = (sum(known), False)
        n, is_locked = planned
        if row.is_locked and not row.is_plans_lock:
            assert row.n is not None
            n, is_locked = row.n, True
            if n != planned[0]:
                kept.append(Kept(row.unit_id, row.names, n, planned[0]))
        after[row.unit_id] = (n, is_locked)
        if known and sum(known) != n:
            misfits.append(Misfit(row.unit_id, row.names, n, sum(known), len(below) - len(known)))
    differences = [
        Difference(
            row.unit_id,
            row.code,
            row.kind,
            row.names,
            row.n,
            n,
            row.is_locked,
            is_locked,
            is_plans_lock=is_locked,
        )
        for row in sorted(rows, key=lambda row: row.lo)
        for n, is_locked in (after[row.unit_id],)
    ]
    return Takeover(
        changes=Changes(tuple(one for one in differences if one.is_one), units=len(rows)),
        outside=tuple(sorted(placed - inside)),
        unplaced=tuple(sorted(parts.keys() - placed)),
        nowhere=nowhere,
        locked=tuple(reversed(kept)),
        summed=len(after.keys() - parts.keys()),
        misfits=tuple(reversed(misfits)),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A unit the plan names, or one above, with its target in force. is_of_plan: its number is a plan's."""

    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    lo: int
    n: int | None
    is_locked: bool
    is_of_plan: bool
    is_plans_lock: bool


_SCOPE = """scope as (
  select sp.lo, sp.hi from programmes_scope s join units_placement sp on sp.unit_id = s.unit_id
  where s.programme_id = %(programme)s and sp.hierarchy = %(h)s and sp.lo is not null)"""
_INSIDE = """(u.closed_on is null or u.closed_on > %(on)s)
  and exists (select from scope where p.lo >= scope.lo and p.lo < scope.hi)"""


def _placed(values: Mapping[str, Any]) -> tuple[set[int], set[int]]:
    """Which units of a plan stand in the hierarchy, and which of those are open and in scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with {_SCOPE}
            select p.unit_id, {_INSIDE} from units_placement p join units_unit u on u.id = p.unit_id
            where p.unit_id = any(%(parts)s) and p.hierarchy = %(h)s and p.lo is not null""",
            values,
        )
        rows = cursor.fetchall()
    return {unit_id for unit_id, _is_in in rows}, {unit_id for unit_id, is_in in rows if is_in}


def _above(values: Mapping[str, Any]) -> list[_Row]:
    """Units and all above them in scope, each once, from the top, with their targets."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with recursive {_SCOPE},
            up as (
              select p.unit_id, p.parent_id from units_placement p
              where p.unit_id = any(%(inside)s) and p.hierarchy = %(h)s and p.lo is not null
              union
              select p.unit_id, p.parent_id from up
              join units_placement p on p.unit_id = up.parent_id and p.hierarchy = %(h)s and p.lo is not null)
            select u.id, u.code, u.kind, u.names, p.lo, t.n, coalesce(t.is_locked, false),
              coalesce(t.basis = 'plan', false), coalesce(t.is_plans_lock, false)
            from up
            join units_placement p on p.unit_id = up.unit_id and p.hierarchy = %(h)s and p.lo is not null
            join units_unit u on u.id = p.unit_id
            left join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %(programme)s
              and t.measure = %(measure)s and t.replaced_at is null
            where {_INSIDE} order by p.depth, p.lo""",
            values,
        )
        return [_Row(row[0], row[1], row[2], named(row[3]), *row[4:]) for row in cursor.fetchall()]
