"""A plan's votes passed down below its seats: segment, mandal, booth; whole numbers that sum at every level."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.elections.models import Plan, PlanPart, PlanSeat
from abhiyan.elections.queries import passing, planning
from abhiyan.elections.queries.passing import BASES, DEPTHS, Tree
from abhiyan.elections.queries.plans import plan_for, votes_by_unit
from abhiyan.elections.refusals import (
    AimsUnfit,
    BasisUnfit,
    LocksExceed,
    NewerVersion,
    NothingToPass,
    NotInPlan,
)
from abhiyan.elections.rules import cascade as rules
from abhiyan.elections.rules.cascade import Change
from abhiyan.org import queries as org
from abhiyan.units import queries as units

LARGEST = 2_000_000_000


def cascade_plan(
    *,
    public_id: UUID,
    unit_id: int,
    by: Actor,
    at: datetime,
    basis: str = "electors",
    down_to: str = "booth",
    by_hand: Mapping[int, int] | None = None,
) -> list[Change[int]]:
    """Pass the votes a unit has in a plan down to the units below it; the parts sum to it exactly at every level.

    unit_id: a seat's unit, or one below that has a number already. basis: electors, votes (the last result's of our
    side), class (electors, weighted) or equal. down_to: segment, mandal or booth; where numbers stand further down
    already they are split again too. by_hand: units whose number is given, and locked from then on; a locked number
    stays. Returns what changed. Who may: `plans.make` at the plan's unit.
    Refuses NotInPlan, NothingToPass, BasisUnfit, AimsUnfit, LocksExceed, NewerVersion.
    """
    given = dict(by_hand or {})
    if basis not in BASES or down_to not in DEPTHS:
        raise BasisUnfit(field="basis")
    if any(not 0 <= n <= LARGEST for n in given.values()):
        raise AimsUnfit(field="n")
    with transaction.atomic():
        plan = _held(public_id, by)
        total = votes_by_unit(plan).get(unit_id)
        seat = passing.seat_above(plan, unit_id)
        if total is None or seat is None:
            raise NotInPlan(field="unit")
        tree = passing.tree_of(seat)
        if not given.keys() <= set(tree.below(unit_id)):
            raise NotInPlan(field="unit")
        changes = _pass(plan, tree, unit_id, total, basis, DEPTHS[down_to], given, by=by, at=at)
        audit.record(
            by=by,
            at=at,
            act="elections.cascade_plan",
            subject=str(plan.public_id),
            unit_id=unit_id,
            n=len(changes),
            facts={"basis": basis, "down_to": down_to, "by_hand": len(given)},
        )
    return changes


def lock_part(*, public_id: UUID, unit_id: int, locked: bool, by: Actor, at: datetime) -> None:
    """Keep a unit's number when the one above is passed down again, or let it go. Who may: as `cascade_plan`."""
    with transaction.atomic():
        plan = _held(public_id, by)
        part = PlanPart.objects.filter(plan=plan, unit=unit_id, replaced_at=None).first()
        if part is None:
            raise NotInPlan(field="unit")
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


def carry(*, before: Plan, after: Plan, by: Actor, at: datetime) -> None:
    """Give a new version what the one before passed down: as it is below seats that kept their votes, else split
    again by the same bases around the same locks. Where locks leave no way to sum, the new version says so."""
    parts = list(PlanPart.objects.filter(plan=before, replaced_at=None).order_by("pk"))
    if not parts:
        return
    old, new = (
        {seat.unit_id: seat for seat in PlanSeat.objects.filter(plan=plan, unit__isnull=False)}
        for plan in (before, after)
    )
    family: dict[int, list[PlanPart]] = {}
    above = {part.unit_id: part.parent_id for part in parts}
    for part in parts:
        top = part.unit_id
        while top in above:
            top = above[top]
        family.setdefault(top, []).append(part)
    kept: list[PlanPart] = []
    gaps = []
    for top, below in family.items():
        if top in new and top in old and new[top].votes == old[top].votes:
            kept += [_copy(part, after) for part in below]
        elif top in new:
            tree = passing.tree_of(top)
            locks = {part.unit_id: part.n for part in below if part.is_locked and part.unit_id in tree.nodes}
            depth = max(
                DEPTHS.get(tree.nodes[one.unit_id].kind, 1) for one in below if one.unit_id in tree.nodes
            )
            try:
                _pass(after, tree, top, new[top].votes, _basis(below), depth, locks, by=by, at=at)
            except LocksExceed:
                gaps.append(["cascade_gap", new[top].contest_id, {"votes": new[top].votes}])
    PlanPart.objects.bulk_create(kept, batch_size=1_000)
    if gaps:
        after.found = after.found | {"contradictions": after.found.get("contradictions", []) + gaps}
        after.save(update_fields=["found"])


def _held(public_id: UUID, by: Actor) -> Plan:
    plan = plan_for(public_id)
    org.require(by, "plans.make", at=plan.unit_id)
    Plan.objects.select_for_update().get(pk=plan.pk)
    if not planning.is_newest(plan):
        raise NewerVersion
    return plan


def _basis(parts: Sequence[PlanPart]) -> str:
    """What most of the parts went by."""
    used = Counter(part.weight_basis for part in parts if part.weight_basis in BASES)
    return used.most_common(1)[0][0] if used else "electors"


def _pass(
    plan: Plan,
    tree: Tree,
    top: int,
    total: int,
    basis: str,
    depth: int,
    by_hand: Mapping[int, int],
    *,
    by: Actor,
    at: datetime,
) -> list[Change[int]]:
    known = {
        part.unit_id: part
        for part in PlanPart.objects.filter(plan=plan, unit__in=tree.below(top), replaced_at=None)
    }
    # As far down as asked, and as numbers stand: none is left that no longer sums.
    depth = max([depth, *(DEPTHS.get(tree.nodes[one].kind, 1) for one in [*known, *by_hand])])
    children = tree.cut(depth)
    if not children.get(top):
        raise NothingToPass(field="unit")
    facts = passing.facts_of(tree, plan)
    locks = {unit_id: part.n for unit_id, part in known.items() if part.is_locked} | dict(by_hand)
    how = next(one for one in BASES if one == basis)
    weights = {unit_id: rules.weight(one, how) for unit_id, one in facts.items()}
    found = rules.cascaded(top, total, _under(top, children), weights, locks)
    if found.gaps:
        gap = found.gaps[0]
        names = units.names_of([gap.parent], language=get_language() or "en")
        raise LocksExceed(field="unit", where=names.get(gap.parent, ""), locked=gap.locked, total=gap.total)
    after = {unit_id: n for unit_id, n in found.parts.items() if unit_id != top}
    changes = rules.differences({unit_id: part.n for unit_id, part in known.items()}, after)
    ended, made = [], []
    for unit_id, n in after.items():
        part = known.get(unit_id)
        is_locked = unit_id in locks
        used = "hand" if unit_id in by_hand else part.weight_basis if part and is_locked else basis
        if part and (part.n, part.is_locked, part.weight_basis) == (n, is_locked, used):
            continue
        if part:
            ended.append(part)
        made.append(
            PlanPart(
                plan=plan,
                unit_id=unit_id,
                parent_id=tree.nodes[unit_id].parent_id,
                n=n,
                weight_basis=used,
                is_locked=is_locked,
                set_by=by.account_id,
                set_at=at,
            )
        )
    ended += [part for unit_id, part in known.items() if unit_id not in after]
    _write(plan, ended, made, at=at)
    return changes


def _under(top: int, children: Mapping[int, Sequence[int]]) -> dict[int, Sequence[int]]:
    """The part of a tree that hangs below a unit."""
    found: dict[int, Sequence[int]] = {}
    waiting = [top]
    for one in waiting:
        if one in children:
            found[one] = children[one]
            waiting.extend(children[one])
    return found


def _write(plan: Plan, ended: Sequence[PlanPart], made: Sequence[PlanPart], *, at: datetime) -> None:
    PlanPart.objects.filter(plan=plan, pk__in=[part.pk for part in ended]).update(replaced_at=at)
    PlanPart.objects.bulk_create(made, batch_size=1_000)


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


def _copy(part: PlanPart, plan: Plan) -> PlanPart:
    """The same number in another version: who set it, and when, stay."""
    return PlanPart(
        plan=plan,
        unit_id=part.unit_id,
        parent_id=part.parent_id,
        n=part.n,
        weight_basis=part.weight_basis,
        is_locked=part.is_locked,
        set_by=part.set_by,
        set_at=part.set_at,
    )
