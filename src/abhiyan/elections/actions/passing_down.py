"""A plan's votes passed down below its seats: segment, mandal, booth; whole numbers that sum at every level."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.elections import refusals
from abhiyan.elections.models import Plan, PlanPart, PlanSeat
from abhiyan.elections.queries import planning, units_below
from abhiyan.elections.queries.plans import plan_for, votes_of
from abhiyan.elections.queries.units_below import BASES, DEPTHS, SeatTree
from abhiyan.elections.rules import passing_down as rules
from abhiyan.elections.rules.passing_down import Basis, Facts, NumberChange, SumGap
from abhiyan.org import queries as org
from abhiyan.units import queries as units

from .inputs import LARGEST

GAP, LEFT, ABOVE = "cascade_gap", "cascade_left", "part_above_electors"
LOST, MOVED = "cascade_lost", "cascade_moved"
OF_PASSING = (GAP, LEFT, ABOVE, LOST, MOVED)  # what a plan says of the numbers below its seats
SAME = (
    "n",
    "parent_id",
    "is_locked",
    "weight_basis",
)  # a number that is the same in these is not written again


def cascade_plan(
    *,
    public_id: UUID,
    unit_id: int,
    by: Actor,
    at: datetime,
    basis: str = "electors",
    down_to: str = "booth",
    by_hand: Mapping[int, int] | None = None,
) -> list[NumberChange[int]]:
    """Pass the votes a unit has in a plan down to the units below it; the parts sum to it exactly at every level.

    unit_id: a seat's unit, or one below that has a number already. basis: electors, votes (the last result's of our
    side), class (electors, weighted) or equal. down_to: segment, mandal or booth; where numbers stand further down
    already they are split again too. by_hand: units whose number is given, and locked from then on; a locked number
    stays. Units that stood below and do not any more lose their number. Sisters share by electors, or equally, where
    the basis has no figure for any of them. Each number says its basis. Returns what changed. It needs `plans.make` at
    the plan's unit.
    Refuses NotInPlan, NothingToPass, BasisUnfit, DepthUnfit, AimsUnfit, LocksExceed, NewerVersion.
    """
    parts_by_hand = dict(by_hand or {})
    require_way(basis, down_to)
    if any(not 0 <= n <= LARGEST for n in parts_by_hand.values()):
        raise refusals.AimsUnfit(field="n")
    with transaction.atomic():
        plan = lock_newest_plan(public_id, by)
        total = votes_of(plan, unit_id)
        seat = units_below.seat_above(plan, unit_id)
        if total is None or seat is None:
            raise refusals.NotInPlan(field="unit")
        tree = units_below.tree_of(seat)
        if not parts_by_hand.keys() <= set(tree.below(unit_id)):
            raise refusals.NotInPlan(field="unit")
        done = _pass(
            plan,
            tree,
            unit_id,
            total,
            _Way(_known(basis), DEPTHS[down_to], by_hand=parts_by_hand),
            by=by,
            at=at,
        )
        changes, gaps = done.changes, done.gaps
        if gaps:
            names = units.names_of_units([gaps[0].parent], language=get_language() or "en")
            where = names.get(gaps[0].parent, "")
            raise refusals.LocksExceed(field="unit", where=where, locked=gaps[0].locked, total=gaps[0].total)
        _told_anew(plan, tree, done)
        audit.record(
            by=by,
            at=at,
            act="elections.cascade_plan",
            subject=str(plan.public_id),
            unit_id=unit_id,
            n=len(changes),
            facts={"basis": basis, "down_to": down_to, "by_hand": len(parts_by_hand)},
        )
    return changes


def lock_part(*, public_id: UUID, unit_id: int, locked: bool, by: Actor, at: datetime) -> None:
    """Keep a unit's number when the one above is passed down again, or let it go. Needs what `cascade_plan` needs."""
    with transaction.atomic():
        plan = lock_newest_plan(public_id, by)
        part = or_refuse(
            PlanPart.objects.filter(plan=plan, unit=unit_id, replaced_at=None).first(),
            refusals.NotInPlan(field="unit"),
        )
        if part.is_locked == locked:
            return
        _write(plan, [part], [_part(plan, part, is_locked=locked, by=by, at=at)], at=at)
        audit.record(
            by=by,
            at=at,
            act="elections.lock_part" if locked else "elections.unlock_part",
            subject=str(plan.public_id),
            unit_id=unit_id,
        )


def carry_numbers(*, before: Plan, after: Plan, by: Actor, at: datetime) -> None:
    """Give a new version what the version before passed down. Seats that kept their votes and units keep their numbers.
    Other seats are split again by the same bases, around the same locks, which keep their makers. Locks that leave no
    way to sum stay, and the version says so; it also says where units have moved, or nothing is left to pass on."""
    families = units_below.plan_families(before)
    old, new = (
        {seat.unit_id: seat for seat in PlanSeat.objects.filter(plan=plan, unit__isnull=False)}
        for plan in (before, after)
    )
    new_findings: list[list[Any]] = []
    kept: list[int] = []
    anew: list[units_below.Family] = []
    stays: dict[int, list[list[Any]]] = {}  # what holds of a seat as long as its numbers are the same
    for code, key, facts in _contradictions(before):
        if code in (GAP, ABOVE):
            stays.setdefault(key, []).append([code, key, facts])
    gaps = {
        key
        for key, seat_findings in stays.items()
        if any(code == GAP for code, _key, _facts in seat_findings)
    }
    for family in families:
        seat = new.get(family.top)
        if seat is None:
            new_findings.append([LOST, old[family.top].contest_id, {"units": len(family.units)}])
        elif (
            family.moved
            or seat.votes != old[family.top].votes
            or not (family.sums or seat.contest_id in gaps)
        ):
            anew.append(family)
        else:
            kept += family.units
            new_findings += stays.get(seat.contest_id, [])
    _copy(before, after, kept)
    if anew:
        new_findings += _anew(before, after, anew, new, by=by, at=at)
    findings = [finding for finding in _contradictions(after) if finding[0] not in OF_PASSING] + new_findings
    if findings != _contradictions(after):
        after.found = after.found | {"contradictions": findings}
        after.save(update_fields=["found"])


def _contradictions(plan: Plan) -> list[list[Any]]:
    return list(plan.found.get("contradictions", []))


def _copy(before: Plan, after: Plan, unit_ids: Sequence[int]) -> None:
    """The same numbers in another version: who set them, and when, stay."""
    if not unit_ids:
        return
    sql.run(
        """insert into elections_plan_part
             (plan_id, unit_id, parent_id, n, weight_basis, is_locked, set_by, set_at)
           select %s, unit_id, parent_id, n, weight_basis, is_locked, set_by, set_at
           from elections_plan_part
           where plan_id = %s and replaced_at is null and unit_id = any(%s) order by id""",
        [after.pk, before.pk, list(unit_ids)],
    )


def _anew(
    before: Plan,
    after: Plan,
    families: Sequence[units_below.Family],
    seats: Mapping[int | None, PlanSeat],
    *,
    by: Actor,
    at: datetime,
) -> list[list[Any]]:
    """Pass votes down again where they, or the units below, have changed; what that finds."""
    locked = {
        part.unit_id: part for part in PlanPart.objects.filter(plan=before, replaced_at=None, is_locked=True)
    }
    findings: list[list[Any]] = []
    for family in families:
        seat, tree = seats[family.top], units_below.tree_of(family.top)
        stays = {unit_id: part for unit_id, part in locked.items() if unit_id in tree.nodes}
        basis = family.bases.get(family.top, "electors")
        way = _Way(basis, family.depth, bases=family.bases, stays=stays)
        try:
            done = _pass(after, tree, family.top, seat.votes, way, by=by, at=at)
        except refusals.NothingToPass:
            findings.append([LOST, seat.contest_id, {"units": len(family.units)}])
            continue
        if family.moved:
            facts = {"units": family.moved, "locks": family.moved_locked}
            findings.append([MOVED, seat.contest_id, facts])
        if done.gaps:
            findings.append([GAP, seat.contest_id, {"votes": seat.votes}])
        findings += _above(seat, done.after, done.facts)
    return findings


def _above(seat: PlanSeat, parts: Mapping[int, int], facts: Mapping[int, Facts]) -> list[list[Any]]:
    """Units that are given more votes than they have electors, as a finding of their seat; nothing where none is."""
    over = []
    for unit_id, n in parts.items():
        electors = facts[unit_id].electors if unit_id in facts else None
        if electors is not None and n > electors:
            over.append((n - electors, n, electors))
    if not over:
        return []
    _more, votes, electors = max(over)
    return [[ABOVE, seat.contest_id, {"units": len(over), "votes": votes, "electors": electors}]]


def _told_anew(plan: Plan, tree: SeatTree, done: "_Done") -> None:
    """Let a plan say what holds after a pass. Parts of this seat sum, once they do. Parts may exceed the electors. The
    parts of another seat no longer sum where units left it with their numbers and some remain. A seat with none left
    counts only as not passed down."""
    before = _contradictions(plan)
    findings = before
    seat = PlanSeat.objects.filter(plan=plan, unit=tree.top).first()
    if seat is not None:
        sums: dict[int, int] = {}
        parts = units_below.parts_below(plan, tree, tree.top)
        for part in parts.values():
            sums[part.parent_id] = sums.get(part.parent_id, 0) + part.n
        numbers = {unit_id: part.n for unit_id, part in parts.items()}
        whole = {tree.top: seat.votes} | numbers
        if all(whole.get(parent_id) == n for parent_id, n in sums.items()):
            findings = [
                finding
                for finding in findings
                if finding[0] not in (GAP, LEFT) or finding[1] != seat.contest_id
            ]
        findings = [finding for finding in findings if finding[:2] != [ABOVE, seat.contest_id]]
        findings += _above(seat, numbers, done.facts)
    others = Counter[int | None]()
    for parent_id, n in Counter(part.parent_id for part in done.taken).items():
        others[units_below.seat_above(plan, parent_id)] += n
    seats = [contest_id for contest_id in others if contest_id is not None]
    there = set(
        PlanPart.objects.filter(plan=plan, replaced_at=None, parent__in=seats).values_list(
            "parent", flat=True
        )
    )
    for other in PlanSeat.objects.filter(plan=plan, unit__in=seats):
        findings = [finding for finding in findings if finding[:2] != [LEFT, other.contest_id]]
        if other.unit_id in there:
            findings.append([LEFT, other.contest_id, {"units": others[other.unit_id]}])
    if findings != before:
        plan.found = plan.found | {"contradictions": findings}
        plan.save(update_fields=["found"])


def require_way(basis: str, down_to: str) -> None:
    """Refuse (BasisUnfit, DepthUnfit) a way to pass votes down that there is not."""
    if basis not in BASES:
        raise refusals.BasisUnfit(field="basis")
    if down_to not in DEPTHS:
        raise refusals.DepthUnfit(field="down_to")


def lock_newest_plan(public_id: UUID, by: Actor) -> Plan:
    """The newest version of a plan, with all it has found: until the transaction ends nobody else changes it, or makes
    a version after it. It needs `plans.make` at the plan's unit. Refuses NewerVersion; NotFound where it is out of
    sight, or gone."""
    plan = plan_for(public_id)
    org.require(by, "plans.make", at=plan.unit_id)
    lock(plan)
    if not planning.is_newest(plan):
        raise refusals.NewerVersion
    return plan


def lock(plan: Plan) -> None:
    """Keep a version of a plan to the transaction, with what it has found by now: it may have been waited for.
    Refuses NotFound where it is gone."""
    row = or_refuse(Plan.objects.select_for_update().filter(pk=plan.pk).first())
    plan.found = row.found


def pass_whole(
    plan: Plan, unit_id: int, *, basis: str, down_to: str, by: Actor, at: datetime
) -> tuple[int, SumGap[int] | None]:
    """Pass one seat of a held plan down, or, where locks do not fit, leave it as it was; how many numbers changed, and
    what does not fit. Refuses NothingToPass."""
    total, tree = votes_of(plan, unit_id), units_below.tree_of(unit_id)
    assert total is not None
    with transaction.atomic():
        way = _Way(_known(basis), DEPTHS[down_to])
        done = _pass(plan, tree, unit_id, total, way, by=by, at=at)
        if done.gaps:
            transaction.set_rollback(True)
            return 0, done.gaps[0]
        _told_anew(plan, tree, done)
    return len(done.changes), None


def _known(basis: str) -> Basis:
    return next(basis_name for basis_name in BASES if basis_name == basis)


@dataclass(frozen=True, slots=True)
class _Way:
    """How votes are passed down. depth: see DEPTHS. bases: of single parents, for their children. by_hand: units whose
    number is given. stays: units that keep the locked number of the version before, and its maker."""

    basis: Basis
    depth: int
    bases: Mapping[int, Basis] = field(default_factory=dict)
    by_hand: Mapping[int, int] = field(default_factory=dict)
    stays: Mapping[int, PlanPart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Done:
    """`_Done` holds the outcome of a pass. after: unit -> its number. gaps: where locks do not fit (the numbers stand
    then; who does not want that undoes it). taken: numbers that were taken from other seats. facts: of all units of the
    seat."""

    changes: list[NumberChange[int]]
    after: dict[int, int]
    gaps: tuple[SumGap[int], ...]
    taken: list[PlanPart]
    facts: dict[int, Facts]


def _pass(plan: Plan, tree: SeatTree, top: int, total: int, way: _Way, *, by: Actor, at: datetime) -> _Done:
    """Write the numbers of the units below `top`, and end the numbers of units that left."""
    plan_parts = units_below.parts_below(plan, tree, top)
    locked = {unit_id: part for unit_id, part in plan_parts.items() if part.is_locked} | dict(way.stays)
    # As far down as asked, and as numbers stand: none is left that no longer sums.
    deep = [
        tree.depth_of(node_id) for node_id in {*plan_parts, *way.by_hand, *locked} if node_id in tree.nodes
    ]
    children = _under(top, tree.cut(max([way.depth, *deep])))
    if not children and not plan_parts:
        raise refusals.NothingToPass(field="unit")
    facts = units_below.tree_facts(tree, plan)
    weighed = rules.weights(top, _under(top, tree.children), facts, way.basis, way.bases)
    locks = {unit_id: part.n for unit_id, part in locked.items()} | dict(way.by_hand)
    cascade = rules.cascaded(top, total, children, weighed.of, locks)
    averaged = set(cascade.averaged)
    after = {unit_id: n for unit_id, n in cascade.parts.items() if unit_id != top}
    changes = rules.split_changes({unit_id: part.n for unit_id, part in plan_parts.items()}, after)
    ended = [part for unit_id, part in plan_parts.items() if unit_id not in after]
    made = []
    for unit_id, n in after.items():
        part = plan_parts.get(unit_id)
        stays = locked.get(unit_id) if unit_id not in way.by_hand else None
        new = PlanPart(
            plan=plan,
            unit_id=unit_id,
            parent_id=tree.nodes[unit_id].parent_id,
            n=n,
            weight_basis="average" if unit_id in averaged else weighed.bases[unit_id],
            is_locked=unit_id in locks,
            set_by=by.account_id,
            set_at=at,
        )
        if unit_id in way.by_hand:
            new.weight_basis = "hand"
        elif stays is not None:
            new.weight_basis, new.set_by, new.set_at = stays.weight_basis, stays.set_by, stays.set_at
        if part is not None:
            if all(getattr(part, name) == getattr(new, name) for name in SAME):
                continue
            ended.append(part)
        made.append(new)
    _write(plan, ended, made, at=at)
    here = {tree.top, *tree.nodes}
    taken = [part for part in ended if part.unit_id in here and part.parent_id not in here and part.n]
    return _Done(changes, after, cascade.gaps, taken, facts)


def _under(top: int, children: Mapping[int, Sequence[int]]) -> dict[int, Sequence[int]]:
    """The part of a tree that hangs below a unit."""
    ids_by_parent: dict[int, Sequence[int]] = {}
    waiting = [top]
    for unit_id in waiting:
        if unit_id in children:
            ids_by_parent[unit_id] = children[unit_id]
            waiting.extend(children[unit_id])
    return ids_by_parent


def _write(plan: Plan, ended: Sequence[PlanPart], made: Sequence[PlanPart], *, at: datetime) -> None:
    PlanPart.objects.filter(plan=plan, pk__in=[part.pk for part in ended]).update(replaced_at=at)
    if not made:
        return
    names = ("unit_id", "parent_id", "n", "weight_basis", "is_locked", "set_by", "set_at")
    sql.run(
        """insert into elections_plan_part
             (plan_id, unit_id, parent_id, n, weight_basis, is_locked, set_by, set_at)
           select %s, made.* from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::boolean[],
             %s::bigint[], %s::timestamptz[]) as made""",
        [plan.pk, *([getattr(part, name) for part in made] for name in names)],
    )


def _part(plan: Plan, part: PlanPart, *, is_locked: bool, by: Actor, at: datetime) -> PlanPart:
    return PlanPart(
        plan=plan,
        unit_id=part.unit_id,
        parent_id=part.parent_id,
        n=part.n,
        weight_basis=part.weight_basis,
        is_locked=is_locked,
        set_by=by.account_id,
        set_at=at,
    )
