"""Targets of units that close go to their successors, end or stay; they come back when the units open again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.actions.charges import yours
from abhiyan.programmes.actions.holding import lock_programme
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.kinds import in_play
from abhiyan.targets.models import Target, TargetVersion
from abhiyan.targets.queries import splits
from abhiyan.targets.queries.splits import TargetDifference
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.news import UnitsClosing, UnitsOpening
from abhiyan.units.rules import split
from abhiyan.units.rules.hanging import Answer, Thing

from .sums import settle_above, settle_closed
from .targets import put_version

TARGETS = "programmes.targets"
THING = Thing(
    key=TARGETS,
    title=_("Targets, also locked ones (those set by other offices stay)"),
    query="select h.unit_id, count(*) from programmes_target h"
    " join programmes_programme p on p.id = h.programme_id and p.state <> 'closed'"
    " where h.unit_id = any(%(units)s)"
    " and h.replaced_at is null group by 1",
    answers=(Answer.GOES, Answer.ENDS, Answer.STAYS),
    capability="programmes.targets",
)


def settle_targets_at_closing(*, closing: UnitsClosing) -> None:
    """Do with the targets of units about to close what was answered.

    A target that goes is added to its successor's, of several by their electors; to one that is locked or not in the
    programme nothing is added, and the target stays. Each change is a version. It needs `programmes.targets` where the
    targets are set. A target that is set elsewhere stays. Refuses NotYours of a successor.
    """
    with system("units close"):
        _hand_over_targets(closing)


def restore_targets_from_closing(*, opening: UnitsOpening) -> None:
    """Give units that are open again their targets, but for what was changed since; and settle what they sum to."""
    with system("units open again"):
        for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=TARGETS):
            programme = lock_programme(programme_id=facts["programme"])
            if programme.state != Programme.State.CLOSED and not (
                opening.is_undo and _forgotten(programme, facts, opening)
            ):
                _give_back(programme, facts, opening)
    settle_closed(units=opening.units, at=opening.at)


def _hand_over_targets(closing: UnitsClosing) -> None:
    going, ending = closing.going(TARGETS, to_one=False), set(closing.ending(TARGETS))
    theirs = Target.objects.filter(unit_id__in=going.keys() | ending, replaced_at=None)
    numbers = theirs.exclude(programme__state=Programme.State.CLOSED).values_list("programme_id", flat=True)
    concerned = {*going, *ending, *(to for all_ in going.values() for to in all_)}
    for programme_id in sorted(set(numbers)):
        programme = lock_programme(programme_id=programme_id)
        on = day_in(programme.zone, closing.at)
        others = _set_by_others(programme, concerned, closing, on=on)
        moving = {unit: to for unit, to in going.items() if unit not in others}
        found = defaultdict[int, dict[int, Target]](dict)
        for target in Target.objects.filter(programme=programme, unit_id__in=concerned, replaced_at=None):
            found[target.measure][target.unit_id] = target
        for measure, targets in sorted(found.items()):
            parts = _parts(programme, targets, moving, on=on)
            gone = {unit for unit in ending - others if unit in targets} | parts.keys()
            after: dict[int, int | None] = dict.fromkeys(sorted(gone))
            for to, part in (share for shares in parts.values() for share in shares):
                n_known = after[to] if to in after else targets[to].n if to in targets else 0
                after[to] = (n_known or 0) + part
            if not others.isdisjoint(after):
                raise org.NotYours(capability="programmes.targets")
            _put(
                programme,
                measure,
                gone,
                [_change(to, targets.get(to), n) for to, n in after.items()],
                closing,
            )
            rows = [
                [
                    unit,
                    target.n,
                    target.is_locked,
                    target.basis,
                    target.is_plans_lock,
                    [[to, part, to in targets] for to, part in parts.get(unit, [])],
                ]
                for unit, target in sorted(targets.items())
                if unit in gone
            ]
            facts = {"programme": programme_id, "measure": measure, "targets": rows}
            units.keep_closing_fact(closing_id=closing.closing_id, what=TARGETS, facts=facts)


def _set_by_others(
    programme: Programme, unit_ids: Iterable[int], closing: UnitsClosing, *, on: date
) -> set[int]:
    """Return the units among these whose targets are set where `by` does not set any."""
    setters = splits.set_from(programme, sorted(unit_ids), on=on)
    mine = yours("programmes.targets", set(setters.values()), by=closing.by, at=closing.at)
    return {unit for unit, setter in setters.items() if setter not in mine}


def _parts(
    programme: Programme, targets: Mapping[int, Target], going: Mapping[int, tuple[int, ...]], *, on: date
) -> dict[int, list[tuple[int, int]]]:
    """Return each successor's part of the targets of closing units. None of those locked, or not in the programme."""
    moving = [unit for unit in sorted(going) if unit in targets]
    wanted = {to for unit in moving for to in going[unit]}
    units_in_play = in_play(programme.pk, programme.hierarchy, sorted(wanted), on=on)
    electors = unit_queries.electors_of(wanted)
    parts_by_id = {}
    for unit in moving:
        takers = [
            to for to in going[unit] if to in units_in_play and not (to in targets and targets[to].is_locked)
        ]
        if takers:
            shares = split.in_proportion(targets[unit].n, [electors.get(to) or 0 for to in takers])
            parts_by_id[unit] = list(zip(takers, shares, strict=True))
    return parts_by_id


def _change(unit_id: int, target: Target | None, after: int | None) -> TargetDifference:
    return TargetDifference(
        unit_id,
        "",
        "",
        {},
        target.n if target else None,
        after,
        target.is_locked if target else False,
        False,
        (target.basis if target else "") or "hand",
    )


def _put(
    programme: Programme,
    measure: int,
    units_: Iterable[int],
    differences: Sequence[TargetDifference],
    told: UnitsClosing | UnitsOpening,
) -> None:
    put_version(
        programme,
        measure,
        _where(programme, sorted(units_)),
        differences,
        act=TargetVersion.Act.CLOSED if isinstance(told, UnitsClosing) else TargetVersion.Act.BACK,
        basis="",
        facts={"closing": str(told.closing_id)},
        by=told.by,
        at=told.at,
    )


def _where(programme: Programme, unit_ids: list[int]) -> int:
    """Return the unit a version is filed at: above the only unit it closes, or above them all; else at the owner."""
    unit_rows = sql.rows(
        "select distinct parent_id from units_placement where unit_id = any(%s) and hierarchy = %s"
        " and valid_to is null and parent_id is not null limit 2",
        [unit_ids, programme.hierarchy],
    )
    return int(unit_rows[0][0]) if len(unit_rows) == 1 else programme.owner_id


def _forgotten(programme: Programme, facts: Mapping[str, Any], opening: UnitsOpening) -> bool:
    """Return True if the version of a closing was removed as if it had never been: nothing came after it."""
    filters: dict[str, Any] = {"programme": programme, "measure": facts["measure"]}
    version = TargetVersion.objects.filter(
        **filters, act=TargetVersion.Act.CLOSED, facts__closing=str(opening.closing_id)
    ).first()
    if version is None:
        return False
    written, ended = (
        Target.objects.filter(version_id=version.pk),
        Target.objects.filter(replaced_by=version.pk),
    )
    concerned = {*written.values_list("unit_id", flat=True), *ended.values_list("unit_id", flat=True)}
    later = Q(version_id__gt=version.pk) | Q(replaced_by__gt=version.pk)
    if Target.objects.filter(later, **filters, unit_id__in=concerned).exists():
        return False
    written.delete()
    ended.update(replaced_at=None, replaced_by=None)
    version.delete()
    settle_above(programme=programme, changed=concerned, on=day_in(programme.zone, opening.at))
    return True


def _give_back(programme: Programme, facts: Mapping[str, Any], opening: UnitsOpening) -> None:
    """Give each unit its target again where it has none, and take as much from its successors, but not from
    locked ones."""
    rows, measure = facts["targets"], facts["measure"]
    concerned = {unit for unit, *_rest in rows} | {to for *_rest, parts in rows for to, _n, _had in parts}
    targets = Target.objects.filter(programme=programme, measure=measure, unit_id__in=concerned)
    now = {target.unit_id: target for target in targets.filter(replaced_at=None)}
    after: dict[int, int | None] = {}
    back = {}
    for unit, n, is_locked, basis, is_plans_lock, parts in rows:
        if unit in now:
            continue  # it has another since
        back[unit] = TargetDifference(unit, "", "", {}, None, n, False, is_locked, basis, is_plans_lock)
        for to, part, had in parts:
            known = now.get(to)
            if known is not None and not known.is_locked:
                left = max(0, (after.get(to, known.n) or 0) - part)
                after[to] = left if left or had else None
    less = [_change(to, now[to], n) for to, n in after.items()]
    _put(programme, measure, back, [*back.values(), *less], opening)
