"""Show what taking over a plan of votes would make of a programme's targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any, NamedTuple

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries as elections
from abhiyan.elections.models import Plan
from abhiyan.programmes.models import Programme
from abhiyan.targets.refusals import PlanDisagrees, PlanTooWide

from .misfits import Misfit
from .splits import TARGET, Changes, TargetDifference

MOST = 200_000  # units of a plan taken over at once: every booth of the largest state


@dataclass(frozen=True, slots=True)
class KeptTarget:
    """A target somebody has locked at another number than the plan's: it stays."""

    unit_id: int
    names: dict[str, str]
    n: int
    planned: int


@dataclass(frozen=True, slots=True)
class Takeover:
    """The parts of a plan that become targets, and those left out. The units in `changes` are ids: see `described`.

    outside: units of the plan that are closed, or not in the programme's scope. unplaced: units in no place of
    the programme's hierarchy, `seats` of them the plan's seats. nowhere: votes of seats without a unit. locked:
    targets that stay, being locked at another number. summed: units the plan does not name, above those it
    does. misfits: by the targets that would then stand.
    """

    changes: Changes
    outside: tuple[int, ...] = ()
    unplaced: tuple[int, ...] = ()
    seats: int = 0
    nowhere: int = 0
    locked: tuple[KeptTarget, ...] = ()
    summed: int = 0
    misfits: tuple[Misfit, ...] = field(default=())

    @property
    def taken(self) -> int:
        return self.changes.units

    @property
    def disagreement(self) -> PlanDisagrees | None:
        """Return the refusal where parts exceed the whole, or are all known and come to another number."""
        misfit = next((each for each in self.misfits if each.below > each.n or not each.without), None)
        return (
            PlanDisagrees(field="plan", where=name_in_language(misfit.names), n=misfit.n, below=misfit.below)
            if misfit
            else None
        )


def plan_as_targets(
    programme: Programme, plan: Plan, *, per_100: Decimal, measure: int = 1, on: date
) -> Takeover:
    """Return `planned_takeover` of a plan in sight: its seats and what it gives units below them.

    Refuses PlanTooWide.
    """
    seats = elections.plan_seats(plan)
    parts = {seat.unit_id: (seat.votes, seat.is_locked) for seat in seats if seat.unit_id is not None}
    of_seats = set(parts)
    below = or_refuse(elections.part_figures(plan, most=MOST), PlanTooWide(field="plan", most=MOST))
    parts |= below
    nowhere = sum(seat.votes for seat in seats if seat.unit_id is None)
    takeover = planned_takeover(
        programme=programme, measure=measure, parts=parts, on=on, nowhere=nowhere, per_100=per_100
    )
    return replace(takeover, seats=len(of_seats.intersection(takeover.unplaced)))


def planned_takeover(
    *,
    programme: Programme,
    measure: int,
    parts: Mapping[int, tuple[int, bool]],
    on: date,
    nowhere: int = 0,
    per_100: Decimal = Decimal(100),
) -> Takeover:
    """Return the targets a plan's parts (unit -> votes, locked) make in a programme's hierarchy and scope.

    A unit the plan names gets `per_100` members for every 100 of its votes, and its lock. A unit above them, in
    scope, gets the sum of the units directly below: by the plan, else by their present targets. It keeps its
    own target, if no plan set that and a unit below has none. Targets that somebody locked stay. Targets that a
    plan locked move with the next plan. `Takeover.misfits` names what does not sum.
    """
    values = {"parts": list(parts), "h": programme.hierarchy, "programme": programme.pk, "on": on}
    placed, inside = _placed(values)
    parts = {**parts, **_members(parts, placed, per_100)}
    rows = _above(values | {"inside": list(inside), "measure": measure})
    beside = _beside(values | {"rows": [row.unit_id for row in rows], "measure": measure})
    below: dict[int, _Sum] = {unit_id: _Sum(*sum_parts) for unit_id, sum_parts in beside.items()}
    after: dict[int, tuple[int, bool]] = {}
    kept: list[tuple[_Row, int]] = []
    misfits: list[tuple[_Row, int, _Sum]] = []
    for row in reversed(rows):  # from below
        own_sum = below.pop(row.unit_id, None) or _Sum()
        if row.unit_id in parts:
            planned = parts[row.unit_id]
        elif row.n is not None and not row.is_of_plan and own_sum.without:
            planned = (row.n, False)
        else:
            planned = (own_sum.n, False)
        n, is_locked = planned
        if row.is_locked and not row.is_plans_lock:
            assert row.n is not None
            n, is_locked = row.n, True
            if n != planned[0]:
                kept.append((row, planned[0]))
        after[row.unit_id] = (n, is_locked)
        if own_sum.known and own_sum.n != n:
            misfits.append((row, n, own_sum))
        if row.parent_id is not None:
            above = below.setdefault(row.parent_id, _Sum())
            above.n, above.known = above.n + n, above.known + 1
    differences = (
        TargetDifference(row.unit_id, "", "", {}, row.n, n, row.is_locked, is_locked, is_plans_lock=is_locked)
        for row in rows
        for n, is_locked in (after[row.unit_id],)
        if (n, is_locked) != (row.n, row.is_locked)
    )
    names = _names([row.unit_id for row in (*(row for row, _n in kept), *(row for row, _n, _own in misfits))])
    return Takeover(
        changes=Changes(tuple(differences), units=len(rows)),
        outside=tuple(sorted(placed.keys() - inside)),
        unplaced=tuple(sorted(parts.keys() - placed.keys())),
        nowhere=nowhere,
        locked=tuple(
            KeptTarget(row.unit_id, names[row.unit_id][1], row.n or 0, n) for row, n in reversed(kept)
        ),
        summed=len(after.keys() - parts.keys()),
        misfits=tuple(
            Misfit(row.unit_id, *names[row.unit_id], n, own.n, own.without)
            for row, n, own in reversed(misfits)
        ),
    )


def _members(
    parts: Mapping[int, tuple[int, bool]], placed: Mapping[int, tuple[int, int]], per_100: Decimal
) -> dict[int, tuple[int, bool]]:
    """Return members for the votes of a plan, in whole numbers: parts that sum in votes sum in members too.

    placed: unit -> its range in the tree. The lowest units of the plan share a running total that is rounded
    half up, as Bresenham's line does. So no rounding is lost. A unit above others gets their sum, and members
    for the votes that it has besides or lacks.
    """

    def scaled(votes: int) -> int:
        return int((votes * per_100 / 100).quantize(Decimal(1), "ROUND_HALF_UP"))

    parts_by_unit: dict[int, tuple[int, bool]] = {}
    running = 0
    in_order = sorted(placed, key=lambda unit: (placed[unit][0], -placed[unit][1]))
    above: list[
        tuple[int, int, int]
    ] = []  # units that are open on the way down: unit, votes and members below it

    def close(upto: int | None) -> None:
        while above and (upto is None or placed[above[-1][0]][1] <= upto):
            unit, votes, members = above.pop()
            own_n, is_locked = parts[unit]
            parts_by_unit[unit] = (max(0, members + scaled(own_n - votes)), is_locked)
            if above:
                over, its_votes, its_members = above[-1]
                above[-1] = (over, its_votes + own_n, its_members + parts_by_unit[unit][0])

    for unit, after in zip_longest(in_order, in_order[1:]):
        lo, hi = placed[unit]
        close(lo)
        if after is not None and placed[after][0] < hi:
            above.append((unit, 0, 0))
            continue
        votes, is_locked = parts[unit]
        parts_by_unit[unit] = (scaled(running + votes) - scaled(running), is_locked)
        running += votes
        if above:
            over, its_votes, its_members = above[-1]
            above[-1] = (over, its_votes + votes, its_members + parts_by_unit[unit][0])
    close(None)
    return parts_by_unit


@dataclass(slots=True)
class _Sum:
    """The targets of units directly below one: their sum, the number with a target, the number without."""

    n: int = 0
    known: int = 0
    without: int = 0


class _Row(NamedTuple):
    """A unit the plan names, or one above, with its target in force. is_of_plan: its number is a plan's."""

    unit_id: int
    parent_id: int | None
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


def _placed(values: Mapping[str, Any]) -> tuple[dict[int, tuple[int, int]], set[int]]:
    """Return units of a plan in the hierarchy with their ranges there, and the open ones of them in scope."""
    rows = sql.rows(
        f"""with {_SCOPE}
        select p.unit_id, p.lo, p.hi, {_INSIDE} from units_placement p join units_unit u on u.id = p.unit_id
        where p.unit_id = any(%(parts)s) and p.hierarchy = %(h)s and p.lo is not null""",
        values,
    )
    ranges = {unit_id: (int(lo), int(hi)) for unit_id, lo, hi, _is_in in rows}
    return ranges, {unit_id for unit_id, *_range, is_in in rows if is_in}


def _above(values: Mapping[str, Any]) -> list[_Row]:
    """Return units and all above them in scope, each once, from the top, with their targets."""
    return sql.each(
        _Row,
        f"""with recursive {_SCOPE},
        up as (
          select p.unit_id, p.parent_id from units_placement p
          where p.unit_id = any(%(inside)s) and p.hierarchy = %(h)s and p.lo is not null
          union
          select p.unit_id, p.parent_id from up
          join units_placement p on p.unit_id = up.parent_id and p.hierarchy = %(h)s and p.lo is not null)
        select p.unit_id, p.parent_id, p.lo, t.n, coalesce(t.is_locked, false),
          coalesce(t.basis = 'plan', false), coalesce(t.is_plans_lock, false)
        from up
        join units_placement p on p.unit_id = up.unit_id and p.hierarchy = %(h)s and p.lo is not null
        join units_unit u on u.id = p.unit_id
        left join {TARGET} on true
        where {_INSIDE} order by p.depth, p.lo""",
        values,
    )


def _beside(values: Mapping[str, Any]) -> dict[int, tuple[int, int, int]]:
    """Return by parent what is open beside some units below it: the sum, how many have a target, and how many
    have none."""
    rows = sql.rows(
        f"""select p.parent_id, coalesce(sum(t.n), 0)::bigint, count(t.n), count(*) - count(t.n)
        from unnest(%(rows)s::bigint[]) above
        join units_placement p on p.parent_id = above and p.hierarchy = %(h)s and p.lo is not null
        join units_unit u on u.id = p.unit_id and (u.closed_on is null or u.closed_on > %(on)s)
        left join {TARGET} on true
        left join unnest(%(rows)s::bigint[]) row on row = p.unit_id
        where row is null group by p.parent_id""",
        values,
    )
    return {parent: (n, n_known, without) for parent, n, n_known, without in rows}


def _names(unit_ids: list[int]) -> dict[int, tuple[str, dict[str, str]]]:
    """Return codes and names by unit id."""
    rows = sql.rows("select id, code, names from units_unit where id = any(%s)", [unit_ids])
    return {unit_id: (code, names) for unit_id, code, names in rows}
