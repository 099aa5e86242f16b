"""When units close: their targets and items, who is in charge there, and the programmes that cover them by name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes.models import InCharge, Programme, ProgrammeUnit, Target, TargetVersion
from abhiyan.programmes.queries import splits
from abhiyan.programmes.queries.splits import TargetDifference
from abhiyan.units import actions as units
from abhiyan.units import queries as unit_queries
from abhiyan.units.news import UnitsClosing, UnitsOpening
from abhiyan.units.rules import split
from abhiyan.units.rules.hanging import Answer, Thing

from .charges import end_charges, yours
from .holding import lock_programme
from .items import bring_items_back, move_items
from .sums import note_target_misfits, settle_above
from .targets import put_version

SCOPE, TARGETS, CHARGES = "programmes.scope", "programmes.targets", "programmes.charges"
ITEMS = "programmes.items"
KEPT_AT_ONCE = 5_000  # ids of items kept together for an opening
_LIVE = "join programmes_programme p on p.id = h.programme_id and p.state <> 'closed'"
OWNED = Thing(
    key="programmes.owned",
    title=_("Programmes that this unit runs"),
    query="select owner_id, count(*) from programmes_programme where owner_id = any(%(units)s)"
    " and state <> 'closed' group by 1",
)
THINGS = (
    OWNED,
    Thing(
        key=SCOPE,
        title=_("Programmes that name this unit (those of other offices stay)"),
        query=f"select h.unit_id, count(*) from programmes_scope h {_LIVE} where h.unit_id = any(%(units)s) group by 1",
        answers=(Answer.GOES, Answer.STAYS),
        capability="programmes.run",
    ),
    Thing(
        key=TARGETS,
        title=_("Targets, also locked ones (those set by other offices stay)"),
        query=f"select h.unit_id, count(*) from programmes_target h {_LIVE} where h.unit_id = any(%(units)s)"
        " and h.replaced_at is null group by 1",
        answers=(Answer.GOES, Answer.ENDS, Answer.STAYS),
        capability="programmes.targets",
    ),
    Thing(
        key=CHARGES,
        title=_("People in charge of programmes"),
        query=f"select h.unit_id, count(*) from programmes_in_charge h {_LIVE} where h.unit_id = any(%(units)s)"
        " and h.ended_at is null group by 1",
        answers=(Answer.GOES, Answer.ENDS, Answer.STAYS),
        capability="programmes.run",
    ),
    Thing(
        key=ITEMS,
        title=_("Entries of running programmes: stays, conversations and the like"),
        query=f"select h.unit_id, count(*) from programmes_item h {_LIVE} where h.unit_id = any(%(units)s) group by 1",
        answers=(Answer.GOES, Answer.STAYS),
        capability="programmes.run",
        is_people=True,
    ),
)


def settle_programmes_at_closing(*, closing: UnitsClosing) -> None:
    """Do with targets, charges, scopes and items of units about to close what was answered.

    A target that goes is added to its successor's, of several by their electors; to one that is locked or not in the
    programme nothing is added, and the target stays. Each change is a version. It needs the thing's capability at
    the unit and at its successors; for targets, where they are set. A thing that `by` may not change at the unit stays,
    such as a target that is set elsewhere or the scope of another's programme. Refuses NotYours of a successor.
    """
    with system("units close"):
        _extend_scopes(closing)
        _hand_over_targets(closing)
        _hand_over_charges(closing)
        _hand_over_items(closing)


def _require(closing: UnitsClosing, capability: str, unit_ids: Iterable[int]) -> None:
    wanted = set(unit_ids)
    if wanted - yours(capability, wanted, by=closing.by, at=closing.at):
        raise org.NotYours(capability=capability)


def _extend_scopes(closing: UnitsClosing) -> None:
    """Put successors in the place of units that a programme covers by name, where it does not cover them already."""
    going = closing.going(SCOPE, to_one=False)
    rows = ProgrammeUnit.objects.filter(unit_id__in=going).exclude(programme__state=Programme.State.CLOSED)
    wanted = set(rows.values_list("programme__owner_id", flat=True))
    owners = yours("programmes.run", wanted, by=closing.by, at=closing.at)
    added = []
    for row in rows.select_related("programme").order_by("programme_id", "unit_id"):
        programme, to = row.programme, going[row.unit_id]
        if programme.owner_id not in owners:
            continue
        _require(closing, "programmes.run", [row.unit_id, *to])
        covered = splits.in_play(programme.pk, programme.hierarchy, to, on=day_in(programme.zone, closing.at))
        added += [
            ProgrammeUnit(programme=programme, unit_id=unit_id) for unit_id in to if unit_id not in covered
        ]
    made = ProgrammeUnit.objects.bulk_create(added, ignore_conflicts=True)
    if made:
        _settle_whole((programme_unit.programme_id for programme_unit in made), closing)
        pairs = [[programme_unit.programme_id, programme_unit.unit_id] for programme_unit in made]
        units.keep_closing_fact(closing_id=closing.closing_id, what=SCOPE, facts=pairs)


def _settle_whole(programme_ids: Iterable[int], told: UnitsClosing | UnitsOpening) -> None:
    """Settle the sums of programmes whose scopes changed."""
    for programme_id in sorted(set(programme_ids)):
        programme = lock_programme(programme_id=programme_id)
        note_target_misfits(programme=programme, units=None, on=day_in(programme.zone, told.at))


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
    in_play = splits.in_play(programme.pk, programme.hierarchy, sorted(wanted), on=on)
    electors = unit_queries.electors_of(wanted)
    parts_by_id = {}
    for unit in moving:
        takers = [to for to in going[unit] if to in in_play and not (to in targets and targets[to].is_locked)]
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


def _hand_over_charges(closing: UnitsClosing) -> None:
    """Put the same person in charge of the successor, with their answer, unless they are already."""
    going, ending = closing.going(CHARGES), set(closing.ending(CHARGES))
    charges = InCharge.objects.filter(unit_id__in=going.keys() | ending, ended_at=None)
    rows = list(charges.exclude(programme__state=Programme.State.CLOSED).order_by("programme_id", "pk"))
    for number in sorted({row.programme_id for row in rows}):
        programme = Programme.objects.get(pk=number)
        on = day_in(programme.zone, closing.at)
        theirs = [row for row in rows if row.programme_id == number]
        wanted = sorted({going[row.unit_id][0] for row in theirs if row.unit_id in going})
        in_play = splits.in_play(number, programme.hierarchy, wanted, on=on)
        ended = [row for row in theirs if row.unit_id in ending or going[row.unit_id][0] in in_play]
        goers = {row: going[row.unit_id][0] for row in ended if row.unit_id not in ending}
        _require(closing, "programmes.run", [*(row.unit_id for row in ended), *goers.values()])
        there = InCharge.objects.filter(programme=programme, unit_id__in=wanted, ended_at=None)
        charge_keys = set(there.values_list("unit_id", "account_id"))
        named = {
            (to, row.account_id): InCharge(
                programme=programme,
                unit_id=to,
                account_id=row.account_id,
                role=row.role,
                named_at=closing.at,
                named_by=closing.by.account_id,
                told_at=row.told_at,
                state=row.state,
                answered_at=row.answered_at,
            )
            for row, to in goers.items()
            if (to, row.account_id) not in charge_keys
        }
        end_charges(InCharge.objects.filter(pk__in=[row.pk for row in ended]), at=closing.at)
        made = InCharge.objects.bulk_create(named.values())
        facts = {"ended": [row.pk for row in ended], "named": [in_charge.pk for in_charge in made]}
        units.keep_closing_fact(closing_id=closing.closing_id, what=CHARGES, facts=facts)


def _hand_over_items(closing: UnitsClosing) -> None:
    """Hand items to a single successor, after the scopes that cover it."""
    for unit_id, (to,) in sorted(closing.going(ITEMS).items()):
        moved = move_items(from_unit=unit_id, to_unit=to, at=closing.at)
        if moved:
            _require(closing, "programmes.run", [unit_id, to])
        for n in range(0, len(moved), KEPT_AT_ONCE):
            ids = [str(item_id) for item_id in moved[n : n + KEPT_AT_ONCE]]
            units.keep_closing_fact(
                closing_id=closing.closing_id, what=ITEMS, facts={"unit": unit_id, "to": to, "items": ids}
            )


def restore_from_closing(*, opening: UnitsOpening) -> None:
    """Restore what hung on units that are open again, but for what was changed since."""
    with system("units open again"):
        _restore(opening)


def _restore(opening: UnitsOpening) -> None:
    for pairs in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=SCOPE):
        for programme_id, unit_id in pairs:
            rows = ProgrammeUnit.objects.filter(programme_id=programme_id, unit_id=unit_id)
            rows.exclude(programme__state=Programme.State.CLOSED).delete()
        _settle_whole((programme_id for programme_id, _unit in pairs), opening)
    for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=ITEMS):
        bring_items_back(
            ids=map(UUID, facts["items"]), from_unit=facts["to"], to_unit=facts["unit"], at=opening.at
        )
    for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=CHARGES):
        named = InCharge.objects.filter(pk__in=facts["named"])
        end_charges(named.filter(ended_at=None), at=opening.at)
        if opening.is_undo:
            named.delete()
        for row in InCharge.objects.filter(pk__in=facts["ended"]).order_by("pk"):
            again = InCharge.objects.filter(
                programme=row.programme_id, unit=row.unit_id, account_id=row.account_id, ended_at=None
            )
            if not again.exists():
                InCharge.objects.filter(pk=row.pk).update(ended_at=None)
    for facts in unit_queries.kept_of_closing(closing_id=opening.closing_id, what=TARGETS):
        programme = lock_programme(programme_id=facts["programme"])
        if programme.state != Programme.State.CLOSED and not (
            opening.is_undo and _forgotten(programme, facts, opening)
        ):
            _give_back(programme, facts, opening)


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
