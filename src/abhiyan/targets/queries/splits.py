"""Find what a split, or going back, would change: before it is done, and by the same figures."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import get_language

from abhiyan.core import sql
from abhiyan.core.natural import natural_sql
from abhiyan.core.numbers import whole_number
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.kinds import IN_PLAY
from abhiyan.programmes.rules.places import PLACE_RULES
from abhiyan.targets import refusals
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels, split

from .weights import Basis, Within, basis, basis_in_words

DIRECTLY, WHERE_TARGETS_STAND, ALL_THE_WAY = "1", "kept", ""  # how far a split goes; else a kind of unit.
_BY_THEMSELVES = ("electors", "equally", "places")  # sources that need no other in their place.
MOST_NAMED = 12  # units of a kind that get the target 0.
MOST = 200_000  # units one split looks at: every booth of the largest state; more is done part by part


@dataclass(frozen=True, slots=True)
class TargetDifference:
    """A unit's target before and after. None: there is none.

    basis: of the target after; empty: that of the act. is_plans_lock: whether it is then locked by a plan.
    """

    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    before: int | None
    after: int | None
    was_locked: bool = False
    is_locked: bool = False
    basis: str = ""
    is_plans_lock: bool = False

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)

    @property
    def is_one(self) -> bool:
        return self.before != self.after or self.was_locked != self.is_locked

    @property
    def new_basis(self) -> str:
        """Say the new basis of the target where nothing else differs."""
        return "" if self.is_one else basis_in_words(self.basis)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of an act.

    differences: from the top. units: how many were looked at. levels: how many levels down. by_electors: under
    how many units the basis knows nothing, so electors took its place. unknown: units without a figure of their
    own, which weigh what their sisters weigh on average (where none has one: all the same).
    """

    differences: tuple[TargetDifference, ...]
    units: int = 0
    levels: int = 0
    by_electors: int = 0
    unknown: int = 0

    @property
    def to_nothing(self) -> list[int]:
        """Return the units, by id, that get a target of 0 and had another or none."""
        return [
            target_difference.unit_id
            for target_difference in self.differences
            if target_difference.after == 0 and target_difference.before != 0
        ]

    @property
    def digest(self) -> str:
        """Return a mark of exactly these differences: what is done is what was looked at."""
        rows = [
            [
                target_difference.unit_id,
                target_difference.before,
                target_difference.after,
                target_difference.was_locked,
                target_difference.is_locked,
                target_difference.basis,
                target_difference.is_plans_lock,
            ]
            for target_difference in sorted(
                self.differences, key=lambda target_difference: target_difference.unit_id
            )
        ]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SplitBelow:
    """A unit directly below another, in the programme's hierarchy and scope, with its target."""

    parent: int
    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    n: int | None
    is_locked: bool


# The target in force of a unit `p`, each found by itself (lateral). The planner believes that a programme with new
# targets has next to none, and would hold each unit against all of them.
TARGET = """lateral (
  select t.n, t.is_locked, t.is_plans_lock, t.basis from programmes_target t
  where t.unit_id = p.unit_id and t.programme_id = %(programme)s and t.measure = %(measure)s
    and t.replaced_at is null
  offset 0) t"""


def set_from(programme: Programme, unit_ids: Sequence[int], *, on: date) -> dict[int, int]:
    """Return the unit that the targets of these units are set from: holders of `programmes.targets` there set
    and lock them.

    The unit above, since nobody sets their own; the programme's owner for a unit of the scope, and for one with
    nothing above it. Units that are closed, or neither at, below nor above the scope, have no target: left out.
    """
    return dict(
        sql.rows(
            f"""select p.unit_id, case when exists (select from programmes_scope s
            where s.programme_id = %(programme)s and s.unit_id = p.unit_id) then %(owner)s
          else coalesce(p.parent_id, %(owner)s) end
        from units_placement p join units_unit u on u.id = p.unit_id
        where p.unit_id = any(%(units)s) and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}""",
            {
                "units": list(unit_ids),
                "h": programme.hierarchy,
                "programme": programme.pk,
                "owner": programme.owner_id,
                "on": on,
            },
        )
    )


def far_at_once(programme: Programme, unit_ids: Sequence[int]) -> str:
    """Return how far down splits of these units may go in one act: ALL_THE_WAY, or DIRECTLY where one has too
    many below."""
    return (
        ALL_THE_WAY
        if sql.value(
            """select coalesce(max(below.n), 0) from units_placement s cross join lateral (
            select count(*) as n from (
              select from units_placement p where p.lo > s.lo and p.lo < s.hi limit %s) p) below
          where s.unit_id = any(%s) and s.hierarchy = %s and s.lo is not null""",
            [MOST + 1, list(unit_ids), programme.hierarchy],
        )
        <= MOST
        else DIRECTLY
    )


def planned_split(
    *,
    programme: Programme,
    measure: int,
    unit_id: int,
    own: int,
    by: Basis,
    far: str = DIRECTLY,
    on: date,
    by_hand: Mapping[int, int] | None = None,
) -> Changes:
    """Plan how a unit's target would be split among those below, in the programme's hierarchy and scope.

    own: the target to split. far: so many levels down; ALL_THE_WAY; WHERE_TARGETS_STAND (below the first level
    only where there are targets already); or a kind of unit, down to which. by_hand: direct children whose
    target is given, and locked from then on. Locked targets stay; the rest is split around them, at every level
    exactly. Refuses NothingBelow, NotBelow, TargetLocked, LocksDoNotFit, AllLocked, TooManyUnits, NoClasses,
    PlanUnplaced.
    """
    n_by_unit = dict(by_hand or {})
    within = Within(programme.hierarchy, on, programme.pk)
    totals, level = {unit_id: own}, 0
    differences: list[TargetDifference] = []
    looked_at = by_electors = unknown = 0
    while totals:
        parents = list(totals)
        if level and far == WHERE_TARGETS_STAND:
            parents = _with_targets_below(programme, measure, parents)
        if looked_at + _how_many_below(programme.hierarchy, parents) > MOST:
            raise refusals.TooManyUnits(field="levels", most=MOST)
        families = split_families(programme, measure, parents, on)
        if not level:
            if not families:
                raise refusals.NothingBelow(field="unit")
            _check_by_hand(n_by_unit, families[unit_id])
        if level and far == WHERE_TARGETS_STAND:  # the targets may all be of units that are closed by now
            families = {
                parent: family
                for parent, family in families.items()
                if any(child.n is not None for child in family)
            }
        if not families:
            break
        found = _weights(families, by, within)
        if by.key == "class" and not level and not found.is_known:
            raise refusals.NoClasses(field="election")
        if by.key == "places" and not level and not any(found.weights.values()):
            raise refusals.NoPlaces(field="how")
        if by.key == "planned" and not level and not found.is_known:
            raise refusals.PlanUnplaced(field="plan_id")
        by_electors += found.by_electors
        unknown += found.unknown
        below: dict[int, int] = {}
        for parent, family in families.items():
            locked = {child.unit_id: child.n or 0 for child in family if child.is_locked}
            locked |= {
                child.unit_id: n_by_unit[child.unit_id] for child in family if child.unit_id in n_by_unit
            }
            weights = {child.unit_id: found.weights[child.unit_id] for child in family}
            parts = split.around_locks(totals[parent], weights, locked)
            if parts is None:
                raise _misfit(parent, totals[parent], locked)
            for child in family:
                after = parts[child.unit_id]
                differences.append(_difference(child, after, is_given=child.unit_id in n_by_unit))
                is_last = by.key == "places" and child.kind in PLACE_RULES[programme.places].ends_at
                if not is_last and _goes_on(far, level + 1, programme.hierarchy, child.kind):
                    below[child.unit_id] = after
            looked_at += len(family)
        totals, level = below, level + 1
    return Changes(
        tuple(target_difference for target_difference in differences if target_difference.is_one),
        looked_at,
        level,
        by_electors,
        unknown,
    )


def _check_by_hand(given: Mapping[int, int], family: Sequence[SplitBelow]) -> None:
    """Refuse (NotBelow, TargetLocked) what cannot be given by hand."""
    child_by_id = {child.unit_id: child for child in family}
    if not given.keys() <= child_by_id.keys():
        raise refusals.NotBelow(field="unit")
    if any(child_by_id[unit_id].is_locked and child_by_id[unit_id].n != n for unit_id, n in given.items()):
        raise refusals.TargetLocked(field="n")


def _misfit(parent: int, total: int, locked: Mapping[int, int]) -> refusals.LocksDoNotFit:
    where = units.names_of_units([parent], language=get_language() or "en").get(parent, "")
    whole = sum(locked.values())
    refusal = refusals.LocksDoNotFit if whole > total else refusals.AllLocked
    return refusal(field="unit", where=where, locked=whole, total=total, n=abs(whole - total))


def _difference(child: SplitBelow, after: int | None, *, is_given: bool) -> TargetDifference:
    return TargetDifference(
        child.unit_id,
        child.code,
        child.kind,
        child.names,
        child.n,
        after,
        child.is_locked,
        child.is_locked or is_given,
        basis="hand" if is_given else "",
    )


def _goes_on(far: str, done: int, hierarchy: int, kind: str) -> bool:
    """Return True if a unit's target is split on after so many levels."""
    if far in (ALL_THE_WAY, WHERE_TARGETS_STAND):
        return True
    if (steps := whole_number(far, most=99)) is not None:
        return done < steps
    own_level, last = levels.level_of_kind(hierarchy, kind), levels.level_of_kind(hierarchy, far)
    return own_level is not None and last is not None and own_level < last


@dataclass(frozen=True, slots=True)
class _Weights:
    weights: dict[int, int]
    by_electors: int
    unknown: int
    is_known: bool  # whether the basis itself knows anything of anybody


def _weights(families: Mapping[int, Sequence[SplitBelow]], by: Basis, within: Within) -> _Weights:
    """Return what everybody weighs.

    A unit without a figure weighs the average of its sisters; that is counted, and said.
    """
    weight_by_unit = by.weigh([child.unit_id for family in families.values() for child in family], within)
    is_known = bool(weight_by_unit)
    silent = []
    if by.key not in _BY_THEMSELVES:
        for family in families.values():
            free = [child.unit_id for child in family if not child.is_locked]
            if free and not any(weight_by_unit.get(unit_id) for unit_id in free):
                silent.append([child.unit_id for child in family])
    if silent:
        instead = [unit_id for family in silent for unit_id in family]
        electors = basis("electors").weigh(instead, within)
        weight_by_unit = {
            unit_id: n for unit_id, n in weight_by_unit.items() if unit_id not in set(instead)
        } | electors
    weights: dict[int, int] = {}
    unknown = 0
    for family in families.values():
        figures = [weight_by_unit[child.unit_id] for child in family if child.unit_id in weight_by_unit]
        average = round(sum(figures) / len(figures)) if figures else 1
        for child in family:
            weights[child.unit_id] = weight_by_unit.get(child.unit_id, average)
            unknown += child.unit_id not in weight_by_unit and not child.is_locked
    return _Weights(weights, len(silent), unknown, is_known)


def _with_targets_below(programme: Programme, measure: int, parents: Sequence[int]) -> list[int]:
    """Return the units among some below which there is a target."""
    return sql.column(
        """select distinct p.parent_id from units_placement p
        join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %s and t.measure = %s
          and t.replaced_at is null
        where p.parent_id = any(%s) and p.hierarchy = %s and p.lo is not null""",
        [programme.pk, measure, list(parents), programme.hierarchy],
    )


def _how_many_below(hierarchy: int, parents: Sequence[int]) -> int:
    """Count the units directly below some: asked before they are read."""
    return sql.count(
        "select count(*) from units_placement where parent_id = any(%s) and hierarchy = %s and lo is not null",
        [list(parents), hierarchy],
    )


def split_families(
    programme: Programme, measure: int, parents: Sequence[int], on: date
) -> dict[int, list[SplitBelow]]:
    """Return the open children of units in the programme's hierarchy and scope, with their targets; by parent,
    by code."""
    rows = sql.rows(
        f"""select p.parent_id, p.unit_id, u.code, u.kind, u.names, t.n, coalesce(t.is_locked, false)
        from units_placement p join units_unit u on u.id = p.unit_id
        left join {TARGET} on true
        where p.parent_id = any(%(parents)s) and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}
        order by p.parent_id, {natural_sql("u.code")}""",
        {
            "programme": programme.pk,
            "measure": measure,
            "parents": list(parents),
            "h": programme.hierarchy,
            "on": on,
        },
    )
    families: dict[int, list[SplitBelow]] = defaultdict(list)
    for row in rows:
        families[row[0]].append(SplitBelow(*row))
    return dict(families)


def planned_return(
    *, programme: Programme, measure: int, unit_id: int, own: bool, upto: int, on: date
) -> Changes:
    """Return the changes if all targets below a unit become what they were after the version `upto`.

    Locks too, and what each target goes by. own: the unit's own as well. Units that are closed, moved away or
    out of the scope since then keep what they have.
    """
    rows = sql.each(
        TargetDifference,
        f"""with p as (
          select p.unit_id, p.lo, p.hi, p.hierarchy,
            max(t.n) filter (where is_now) as n_now,
            coalesce(bool_or(t.is_locked) filter (where is_now), false) as is_locked_now,
            coalesce(bool_or(t.is_plans_lock) filter (where is_now), false) as is_plans_lock_now,
            coalesce(max(t.basis) filter (where is_now), '') as basis_now,
            max(t.n) filter (where is_then) as n_then,
            coalesce(bool_or(t.is_locked) filter (where is_then), false) as is_locked_then,
            coalesce(bool_or(t.is_plans_lock) filter (where is_then), false) as is_plans_lock_then,
            coalesce(max(t.basis) filter (where is_then), '') as basis_then
          from units_placement node
          join units_placement p on p.lo >= node.lo and p.lo < node.hi and (%(own)s or p.lo > node.lo)
          join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %(programme)s
            and t.measure = %(measure)s
          cross join lateral (select t.replaced_at is null as is_now,
            coalesce(t.version_id, 0) <= %(upto)s
              and (t.replaced_at is null or coalesce(t.replaced_by, 0) > %(upto)s) as is_then) at
          where node.unit_id = %(unit)s and node.hierarchy = %(h)s and node.lo is not null
            and (is_now or is_then)
          group by p.unit_id, p.lo, p.hi, p.hierarchy)
        select u.id, u.code, u.kind, u.names, n_now, n_then, is_locked_now, is_locked_then,
          basis_then, is_plans_lock_then
        from p join units_unit u on u.id = p.unit_id
        where (n_now, is_locked_now, is_plans_lock_now, basis_now)
          is distinct from (n_then, is_locked_then, is_plans_lock_then, basis_then) and {IN_PLAY}
        order by p.lo""",
        {
            "unit": unit_id,
            "own": own,
            "programme": programme.pk,
            "measure": measure,
            "h": programme.hierarchy,
            "upto": upto,
            "on": on,
        },
    )
    return Changes(tuple(rows))


@dataclass(frozen=True, slots=True)
class NothingThere:
    """Units of one kind that get the target 0. n: how many; some: names of the first of them, of no booth."""

    kind: str
    n: int
    some: list[str]

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def more(self) -> int:
        return self.n - len(self.some) if self.some else 0


def to_nothing(changes: Changes) -> list[NothingThere]:
    """Name the units that an act would give the target 0, the highest level first. At most one query."""
    if not (ids := changes.to_nothing):
        return []
    rows = sql.rows(
        f"""select u.kind, count(*),
          case when u.kind <> 'booth' then (array_agg(u.names order by u.code))[:{MOST_NAMED}] end
        from units_unit u where u.id = any(%s) group by u.kind""",
        [ids],
    )
    order = {kind: n for n, kind in enumerate(Kind.values)}
    gaps = [
        NothingThere(kind, n, [name_in_language(names) for names in some or ()]) for kind, n, some in rows
    ]
    return sorted(gaps, key=lambda level: order[level.kind])


def described(differences: Sequence[TargetDifference]) -> list[TargetDifference]:
    """Return differences with code, kind and names of their units, where they were found without."""
    rows = sql.rows(
        "select id, code, kind, names from units_unit where id = any(%s)",
        [[target_difference.unit_id for target_difference in differences if not target_difference.code]],
    )
    unit_by_id = {unit_id: (code, kind, names) for unit_id, code, kind, names in rows}
    changes = []
    for one in differences:
        code, kind, names = unit_by_id.get(one.unit_id, (one.code, one.kind, one.names))
        changes.append(replace(one, code=code, kind=kind, names=names))
    return changes
