"""Targets: set, split among the units below so that the parts sum exactly, locked, taken back to an earlier version.

Every change is a version: what it wrote and what it ended stay, so it can be shown, compared and undone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import or_refuse
from abhiyan.elections import queries as elections
from abhiyan.org import queries as org
from abhiyan.programmes.actions import ProgrammeOver, UnknownMeasure
from abhiyan.programmes.actions.holding import lock_programme
from abhiyan.programmes.actions.own_figures import LARGEST
from abhiyan.programmes.actions.programmes import ScopeOutside
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import measures
from abhiyan.targets import refusals
from abhiyan.targets.models import Target, TargetChange, TargetVersion
from abhiyan.targets.queries import splits, weights
from abhiyan.targets.queries.plans import Takeover, plan_as_targets
from abhiyan.targets.queries.splits import Changes, TargetDifference
from abhiyan.targets.queries.versions import version_in_sight

from .sums import settle_above

Act = TargetVersion.Act


def set_target(
    *, programme_id: int, measure: int = 1, unit_id: int, n: int, by: Actor, at: datetime, lock: bool = False
) -> bool:
    """Give a unit its target over the programme's window, in place of the one it has.

    lock: so that splitting the one above leaves it as it is. An actor with `programmes.targets` at the unit above may
    (for the programme's own units: at its owner), since nobody sets their own. Returns whether that changed anything:
    the number it has already makes no version. Refuses TargetUnfit, TargetLocked, ScopeOutside, UnknownMeasure,
    ProgrammeOver, ChangeUnderWay.
    """
    if not 0 <= n <= LARGEST:
        raise refusals.TargetUnfit(field="n")
    require_no_job(programme_id)
    with transaction.atomic():
        programme = programme_to_set(programme_id, measure)
        require_set(programme, unit_id, by=by, at=at)
        target = _current(programme, measure, unit_id)
        if target and target.is_locked:
            raise refusals.TargetLocked(field="n")
        if target and target.n == n and not lock:
            return False
        _put(
            programme,
            measure,
            unit_id,
            [_one(unit_id, target, n, is_locked=lock)],
            act=Act.SET,
            basis="hand",
            told=("set_target", {"n": n, "before": target.n if target else None, "lock": lock}),
            by=by,
            at=at,
        )
        return True


def lock_target(
    *, programme_id: int, measure: int = 1, unit_id: int, locked: bool, by: Actor, at: datetime
) -> None:
    """Keep a unit's target as it is when the one above is split again; or let it go. Needs what `set_target` needs."""
    require_no_job(programme_id)
    with transaction.atomic():
        programme = programme_to_set(programme_id, measure)
        require_set(programme, unit_id, by=by, at=at)
        target = or_refuse(_current(programme, measure, unit_id), refusals.NoTarget(field="unit"))
        if target.is_locked == locked:
            return
        _put(
            programme,
            measure,
            unit_id,
            [_one(unit_id, target, target.n, is_locked=locked)],
            act=Act.LOCKED if locked else Act.UNLOCKED,
            basis=target.basis,
            told=("lock_target" if locked else "unlock_target", {}),
            by=by,
            at=at,
        )


def split_target(
    *,
    programme_id: int,
    measure: int = 1,
    unit_id: int,
    how: str,
    by: Actor,
    at: datetime,
    levels: int | None = 1,
    far: str | None = None,
    options: Mapping[str, str] | None = None,
    by_hand: Mapping[int, int] | None = None,
    expected: str | None = None,
) -> int:
    """Split a unit's target among its children in the programme's hierarchy and scope; the parts sum to it exactly.

    how: a key of `queries.SOURCES`, with its options (electors, equally; totals: label; class: election, and what a
    class weighs; result: election and party). Locked targets stay, the rest is split around them. by_hand: children
    whose target is given and locked with the same act. levels: how many levels down to go on, None: down to the
    leaves; or `far`, see `queries.planned_split`. expected: the digest of the differences somebody has looked at;
    None: nobody had to. Needs `programmes.targets` at the unit, and for children given by hand what `set_target`
    asks. Returns how many targets changed. Refuses NoTarget, NothingBelow, NotBelow, LocksDoNotFit, AllLocked,
    TargetUnfit, TargetLocked, TooManyUnits, UnknownBasis, PartyDidNotStand, NoWeight, NoClasses, UnknownMeasure,
    ScopeOutside, ProgrammeOver, ChangedMeanwhile.
    """
    n_by_unit = dict(by_hand or {})
    if any(not 0 <= n <= LARGEST for n in n_by_unit.values()):
        raise refusals.TargetUnfit(field="n")
    with transaction.atomic():
        programme = programme_to_set(programme_id, measure)
        org.require(by, "programmes.targets", at=unit_id)
        chosen = weights.basis(how, options)
        target = or_refuse(_current(programme, measure, unit_id), refusals.NoTarget(field="unit"))
        changes = splits.planned_split(
            programme=programme,
            measure=measure,
            unit_id=unit_id,
            own=target.n,
            by=chosen,
            far=far if far is not None else ("" if levels is None else str(levels)),
            on=day_in(programme.zone, at),
            by_hand=n_by_unit,
        )
        require_set(programme, *n_by_unit, by=by, at=at)
        _require_seen(expected, changes)
        facts = dict(chosen.options)
        told = {"how": how, "total": target.n, "levels": changes.levels, "by_hand": len(n_by_unit)}
        _put(
            programme,
            measure,
            unit_id,
            changes.differences,
            act=Act.SPLIT,
            basis=how,
            facts=facts,
            told=("split_target", told | facts),
            by=by,
            at=at,
        )
        return len(changes.differences)


def go_back(
    *,
    programme_id: int,
    unit_id: int,
    version: UUID,
    by: Actor,
    at: datetime,
    before: bool = False,
    own: bool = False,
    expected: str | None = None,
) -> int:
    """Let all targets below a unit stand again as they stood after a version; `before`: as before it, undoing it.

    Amounts and locks, and each by what it went then; nothing is lost, for going back is a version too. own: the
    unit's own target as well. Needs `programmes.targets` at the unit, and for its own what `set_target` asks.
    Returns how many targets changed. Refuses NotFound, ScopeOutside, ProgrammeOver, ChangedMeanwhile.
    """
    with transaction.atomic():
        programme = lock_programme(programme_id=programme_id)
        to = version_in_sight(programme, version)
        programme = programme_to_set(programme_id, to.measure)
        org.require(by, "programmes.targets", at=unit_id)
        if own:
            require_set(programme, unit_id, by=by, at=at)
        changes = splits.planned_return(
            programme=programme,
            measure=to.measure,
            unit_id=unit_id,
            own=own,
            upto=to.id - 1 if before else to.id,
            on=day_in(programme.zone, at),
        )
        _require_seen(expected, changes)
        _put(
            programme,
            to.measure,
            unit_id,
            changes.differences,
            act=Act.BACK,
            basis="" if before else to.basis,
            facts={"version": str(version), "before": "yes" if before else ""},
            told=("go_back", {"version": str(version), "before": before, "own": own}),
            by=by,
            at=at,
        )
        return len(changes.differences)


def take_over_plan(
    *,
    programme_id: int,
    plan_public_id: UUID,
    per_100: Decimal,
    by: Actor,
    at: datetime,
    measure: int = 1,
    expected: str | None = None,
) -> Takeover:
    """Give units of a plan a target of `per_100` members for every 100 votes, in the programme's hierarchy and scope.

    Units above them get the sum, and the plan's locks hold. The result names what lies outside or has no unit. Locked
    targets stay. Targets that a plan has locked move with the next plan. It needs `programmes.targets` at the
    programme's owner, and the plan in sight. Refuses NotFound, PlanTooWide, PlanUnplaced, PlanDisagrees,
    UnknownMeasure, ProgrammeOver, ChangedMeanwhile. `split_target` by the basis "planned" takes a plan as weights.
    """
    with transaction.atomic():
        programme = programme_to_set(programme_id, measure)
        org.require(by, "programmes.targets", at=programme.owner_id)
        plan = elections.plan_for(plan_public_id)
        on = day_in(programme.zone, at)
        takeover = plan_as_targets(programme, plan, per_100=per_100, measure=measure, on=on)
        if not takeover.taken:
            raise refusals.PlanUnplaced(field="plan")
        if takeover.disagreement is not None:
            raise takeover.disagreement
        _require_seen(expected, takeover.changes)
        _put(
            programme,
            measure,
            programme.owner_id,
            takeover.changes.differences,
            act=Act.PLAN,
            basis="plan",
            facts=weights.plan_facts(plan),
            told=(
                "take_over_plan",
                {"plan": str(plan.public_id), "version": plan.number, "per_100": str(per_100)},
            ),
            by=by,
            at=at,
        )
        return takeover


def _one(unit_id: int, target: Target | None, n: int, *, is_locked: bool) -> TargetDifference:
    before, was_locked = (target.n, target.is_locked) if target else (None, False)
    return TargetDifference(unit_id, "", "", {}, before, n, was_locked, is_locked)


def put_version(
    programme: Programme,
    measure: int,
    unit_id: int,
    differences: Iterable[TargetDifference],
    *,
    act: TargetVersion.Act,
    basis: str,
    by: Actor,
    at: datetime,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Write a version, and by it a new target for each unit that has another; the old one stays as what it was.

    In the transaction that holds the programme. Nothing where nothing differs.
    """
    changed = sorted(differences, key=lambda target_difference: target_difference.unit_id)
    written = [target_difference for target_difference in changed if target_difference.after is not None]
    if not changed:
        return
    version = TargetVersion.objects.create(
        public_id=lot.uuid(),
        programme=programme,
        measure=measure,
        unit_id=unit_id,
        act=act,
        basis=basis,
        facts=dict(facts or {}),
        n=len(changed),
        made_at=at,
        made_by=by.account_id,
    )
    sql.run(
        "update programmes_target set replaced_at = %s, replaced_by = %s"
        " where programme_id = %s and measure = %s and unit_id = any(%s) and replaced_at is null",
        [at, version.pk, programme.pk, measure, [target_difference.unit_id for target_difference in changed]],
    )
    sql.run(
        "insert into programmes_target (programme_id, measure, unit_id, n, is_locked, is_plans_lock, basis,"
        " set_at, set_by, version_id) select %s, %s, one.*, %s, %s, %s"
        " from unnest(%s::bigint[], %s::bigint[], %s::bool[], %s::bool[], %s::text[]) one",
        [
            programme.pk,
            measure,
            at,
            by.account_id,
            version.pk,
            [target_difference.unit_id for target_difference in written],
            [target_difference.after for target_difference in written],
            [target_difference.is_locked for target_difference in written],
            [target_difference.is_plans_lock for target_difference in written],
            [target_difference.basis or basis for target_difference in written],
        ],
    )
    settle_above(
        programme=programme,
        changed=[target_difference.unit_id for target_difference in changed],
        on=day_in(programme.zone, at),
    )


def _put(
    programme: Programme,
    measure: int,
    unit_id: int,
    differences: Sequence[TargetDifference],
    *,
    told: tuple[str, dict[str, Any]],
    by: Actor,
    at: datetime,
    **version: Any,
) -> None:
    """Write a version, and its entry in the trail. told: the entry's act, and its facts besides the measure."""
    put_version(programme, measure, unit_id, differences, by=by, at=at, **version)
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{told[0]}",
        subject=str(programme.public_id),
        unit_id=unit_id,
        n=len(differences),
        facts={"measure": measure, **told[1]},
    )


def _current(programme: Programme, measure: int, unit_id: int) -> Target | None:
    return Target.objects.filter(
        programme=programme, measure=measure, unit_id=unit_id, replaced_at=None
    ).first()


def programme_to_set(programme_id: int, measure: int) -> Programme:
    """Hold a programme whose targets may change. Refuses ProgrammeOver, UnknownMeasure."""
    programme = lock_programme(programme_id=programme_id)
    _require_open(programme, measure)
    return programme


def _require_open(programme: Programme, measure: int) -> None:
    if programme.state == Programme.State.CLOSED:
        raise ProgrammeOver
    if measure not in {counted.number for counted in measures([programme])[programme.pk]}:
        raise UnknownMeasure(field="measure")


def require_set(programme: Programme, *unit_ids: int, by: Actor, at: datetime) -> None:
    """Refuse people who may not set and lock the targets of units: `programmes.targets` where each is set from."""
    if not unit_ids:
        return
    sources = splits.set_from(programme, unit_ids, on=day_in(programme.zone, at))
    if len(sources) < len(unit_ids):
        raise ScopeOutside(field="unit", n=len(unit_ids) - len(sources))
    for source in sorted(set(sources.values())):
        org.require(by, "programmes.targets", at=source)


def require_change(
    programme: Programme, measure: int, unit_id: int, set_here: Iterable[int], *, by: Actor, at: datetime
) -> None:
    """Refuse people who may not change the targets below a unit, and those of `set_here`. Nothing is held.

    It refuses NotYours, ProgrammeOver, UnknownMeasure, ScopeOutside.
    """
    _require_open(programme, measure)
    org.require(by, "programmes.targets", at=unit_id)
    require_set(programme, *set_here, by=by, at=at)


def require_no_job(programme_id: int) -> None:
    """Refuse (ChangeUnderWay) while a job is at work on a programme's targets: it holds the programme for long."""
    working = TargetChange.objects.filter(programme=programme_id, ended_at=None, begun_at__isnull=False)
    if working.exists():
        raise refusals.ChangeUnderWay


def _require_seen(expected: str | None, found: Changes) -> None:
    """Refuse (ChangedMeanwhile) what is not exactly what somebody has looked at; None: nobody had to look."""
    if expected is not None and expected != found.digest:
        raise refusals.ChangedMeanwhile
