"""Targets: set, split among the units below so that the parts sum exactly, locked. A version is never edited."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import Refused
from abhiyan.org import queries as org
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit, Target
from abhiyan.units.rules import split

from .programmes import ScopeOutside, held, in_scope

LARGEST = 2_000_000_000


class TargetUnfit(Refused):
    code = "target_unfit"
    message = _("A target is a whole number from 0 to 2,00,00,00,000.")


class TargetLocked(Refused):
    code = "target_locked"
    message = _("This target is locked. Unlock it first.")
    status = 409


class NoTarget(Refused):
    code = "no_target"
    message = _("There is no target here yet. Set one first.")


class NothingBelow(Refused):
    code = "nothing_below"
    message = _("There is no unit below among which the target could be split.")


class LocksDoNotFit(Refused):
    code = "locks_do_not_fit"
    message = _(
        "The locked targets below sum to %(locked)s and leave no room in %(total)s. Unlock some first."
    )


class UnknownMeasure(Refused):
    code = "unknown_measure"
    message = _("This programme does not count that.")


class ProgrammeOver(Refused):
    code = "programme_over"
    message = _("The programme is closed; its targets stay as they are.")
    status = 409


def set_target(
    *, programme_id: int, measure: int = 1, unit_id: int, n: int, by: Actor, at: datetime, basis: str = "hand"
) -> Target:
    """Give a unit its target over the programme's window, in place of the one it has.

    Who may: `programmes.targets` at the unit above (for the programme's own units: at its owner), since nobody
    sets their own. Refuses TargetUnfit, TargetLocked, ScopeOutside, UnknownMeasure, ProgrammeOver.
    """
    if not 0 <= n <= LARGEST:
        raise TargetUnfit(field="n")
    with transaction.atomic():
        programme = _open(programme_id, measure)
        _require_above(programme, unit_id, by)
        known = Target.objects.filter(
            programme=programme, measure=measure, unit_id=unit_id, replaced_at=None
        ).first()
        if known and known.is_locked:
            raise TargetLocked(field="n")
        _write(programme, measure, {unit_id: n}, basis=basis, by=by, at=at)
        audit.record(
            by=by,
            at=at,
            act="programmes.set_target",
            subject=str(programme.public_id),
            unit_id=unit_id,
            facts={"measure": measure, "n": n, "before": known.n if known else None},
        )
        return Target.objects.get(programme=programme, measure=measure, unit_id=unit_id, replaced_at=None)


def lock_target(
    *, programme_id: int, measure: int = 1, unit_id: int, locked: bool, by: Actor, at: datetime
) -> None:
    """Keep a unit's target as it is when the one above is split again; or let it go. Who may: as `set_target`."""
    with transaction.atomic():
        programme = _open(programme_id, measure)
        _require_above(programme, unit_id, by)
        changed = Target.objects.filter(
            programme=programme, measure=measure, unit_id=unit_id, replaced_at=None
        ).update(is_locked=locked)
        if not changed:
            raise NoTarget(field="unit")
        audit.record(
            by=by,
            at=at,
            act="programmes.lock_target" if locked else "programmes.unlock_target",
            subject=str(programme.public_id),
            unit_id=unit_id,
            facts={"measure": measure},
        )


def split_target(
    *,
    programme_id: int,
    measure: int = 1,
    unit_id: int,
    how: Literal["electors", "equally"],
    by: Actor,
    at: datetime,
    levels: int | None = 1,
) -> int:
    """Split a unit's target among its children in the programme's hierarchy and scope; the parts sum to it exactly.

    how: in proportion to electors (a child's own, else those of the booths below it), or equally. Locked targets
    stay, the rest is split around them. levels: how many levels down to go on; None: down to the leaves.
    Who may: `programmes.targets` at the unit. Returns how many targets changed.
    Refuses NoTarget, NothingBelow, LocksDoNotFit, UnknownMeasure, ProgrammeOver.
    """
    with transaction.atomic():
        programme = _open(programme_id, measure)
        org.require(by, "programmes.targets", at=unit_id)
        own = Target.objects.filter(
            programme=programme, measure=measure, unit_id=unit_id, replaced_at=None
        ).first()
        if own is None:
            raise NoTarget(field="unit")
        totals, changed, level = {unit_id: own.n}, 0, 0
        while totals and (levels is None or level < levels):
            parts, found = _parts(programme, measure, totals, how, at)
            if not found and not level:
                raise NothingBelow(field="unit")
            changed += _write(programme, measure, parts, basis=how, by=by, at=at)
            totals, level = found, level + 1
        audit.record(
            by=by,
            at=at,
            act="programmes.split_target",
            subject=str(programme.public_id),
            unit_id=unit_id,
            n=changed,
            facts={"measure": measure, "how": how, "total": own.n, "levels": level},
        )
        return changed


def _parts(
    programme: Programme, measure: int, totals: Mapping[int, int], how: str, at: datetime
) -> tuple[dict[int, int], dict[int, int]]:
    """The targets to write one level below `totals`; and all targets of that level, written or as they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.parent_id, p.unit_id,
              case when %(electors)s then coalesce(u.electors, (
                select sum(bu.electors) from units_placement b join units_unit bu on bu.id = b.unit_id
                where b.lo > p.lo and b.lo < p.hi and bu.kind = 'booth'), 0) else 1 end,
              t.n, coalesce(t.is_locked, false)
            from units_placement p join units_unit u on u.id = p.unit_id
            left join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %(programme)s
              and t.measure = %(measure)s and t.replaced_at is null
            where p.parent_id = any(%(parents)s) and p.hierarchy = %(h)s and p.lo is not null
              and (u.closed_on is null or u.closed_on > %(today)s)
              and exists (select from programmes_scope s
                join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = p.hierarchy
                where s.programme_id = %(programme)s
                  and (p.lo >= sp.lo and p.lo < sp.hi or sp.lo >= p.lo and sp.lo < p.hi))
            order by p.parent_id, u.code""",
            {
                "electors": how == "electors",
                "programme": programme.pk,
                "measure": measure,
                "parents": list(totals),
                "h": programme.hierarchy,
                "today": day_in(programme.zone, at),
            },
        )
        rows = cursor.fetchall()
    weights: dict[int, dict[int, int]] = defaultdict(dict)
    locked: dict[int, dict[int, int]] = defaultdict(dict)
    before: dict[int, int | None] = {}
    for parent, unit_id, weight, n, is_locked in rows:
        weights[parent][unit_id] = int(weight)
        before[unit_id] = n
        if is_locked:
            locked[parent][unit_id] = n
    found: dict[int, int] = {}
    for parent, children in weights.items():
        parts = split.around_locks(totals[parent], children, locked[parent])
        if parts is None:
            raise LocksDoNotFit(locked=sum(locked[parent].values()), total=totals[parent])
        found |= parts
    return {unit_id: n for unit_id, n in found.items() if before[unit_id] != n}, found


def _write(
    programme: Programme, measure: int, parts: Mapping[int, int], *, basis: str, by: Actor, at: datetime
) -> int:
    """A new version for each unit, keeping its lock; the old one stays as what it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update programmes_target set replaced_at = %s"
            " where programme_id = %s and measure = %s and unit_id = any(%s) and replaced_at is null",
            [at, programme.pk, measure, list(parts)],
        )
    Target.objects.bulk_create(
        (
            Target(
                programme=programme,
                measure=measure,
                unit_id=unit_id,
                n=n,
                basis=basis,
                set_at=at,
                set_by=by.account_id,
            )
            for unit_id, n in sorted(parts.items())
        ),
        batch_size=2_000,
    )
    return len(parts)


def _open(programme_id: int, measure: int) -> Programme:
    programme = held(programme_id=programme_id)
    if programme.state == Programme.State.CLOSED:
        raise ProgrammeOver
    if not Measure.objects.filter(programme=programme, number=measure).exists():
        raise UnknownMeasure(field="measure")
    return programme


def _require_above(programme: Programme, unit_id: int, by: Actor) -> None:
    if ProgrammeUnit.objects.filter(programme=programme, unit_id=unit_id).exists():
        org.require(by, "programmes.targets", at=programme.owner_id)
        return
    if not in_scope(programme_id=programme.pk, hierarchy=programme.hierarchy, unit_id=unit_id):
        raise ScopeOutside(field="unit", n=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "select parent_id from units_placement where unit_id = %s and hierarchy = %s and lo is not null",
            [unit_id, programme.hierarchy],
        )
        parent = cursor.fetchone()[0]
    org.require(by, "programmes.targets", at=parent or programme.owner_id)
