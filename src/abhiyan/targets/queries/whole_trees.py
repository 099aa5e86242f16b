"""Changes of targets over a whole tree: how many units they concern, and how far those are that a job does."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import or_refuse
from abhiyan.elections import queries as elections
from abhiyan.programmes.models import Programme
from abhiyan.targets.models import Target, TargetChange, TargetVersion
from abhiyan.units.rules import levels

from .splits import ALL_THE_WAY, TARGET, WHERE_TARGETS_STAND

Act = TargetVersion.Act


def concerned(
    programme: Programme, measure: int, unit_id: int, act: str, given: Mapping[str, Any], *, most: int
) -> int:
    """Return about how many units a change of targets reads or writes, at most one more than `most`.

    given: as `actions.change_targets` takes it. Refuses NotFound for a plan out of sight.
    """
    if act == Act.PLAN:
        return elections.count_figures(elections.plan_for(UUID(given["plan"])), most=most)
    if act == Act.BACK:  # every target there was is read
        return Target.objects.filter(programme=programme, measure=measure)[: most + 1].count()
    far = given["far"]
    values = {
        "unit": unit_id,
        "h": programme.hierarchy,
        "programme": programme.pk,
        "measure": measure,
        "far": ALL_THE_WAY if whole_number(far, most=99) not in (None, 1) else far,
        "kinds": _down_to(programme.hierarchy, far),
        "most": most + 1,
    }
    return sql.count(
        f"""select count(*) from (
          select from units_placement node
          join units_placement p on p.hierarchy = node.hierarchy and p.lo > node.lo and p.lo < node.hi
          join units_unit u on u.id = p.unit_id
          where node.unit_id = %(unit)s and node.hierarchy = %(h)s and (
            p.parent_id = node.unit_id or %(far)s = '{ALL_THE_WAY}' or u.kind = any(%(kinds)s)
            or %(far)s = '{WHERE_TARGETS_STAND}' and exists (select from {TARGET}))
          limit %(most)s) concerned""",
        values,
    )


def _down_to(hierarchy: int, far: str) -> list[str]:
    """Return the kinds of unit above this one, and itself; none where it is no kind."""
    last = levels.level_of_kind(hierarchy, far)
    return [
        kind
        for kind in levels.placed_kinds(hierarchy)
        if last is not None and (levels.level_of_kind(hierarchy, kind) or 0) <= last
    ]


def target_change_for(programme: Programme, public_id: UUID) -> TargetChange:
    """Return a change of a programme's targets that was asked for, in sight; or NotFound."""
    return or_refuse(TargetChange.objects.filter(programme=programme, public_id=public_id).first())


def changes_under_way(programme: Programme) -> list[TargetChange]:
    """Return the changes of a programme's targets in sight that wait for their job or are at work, oldest first."""
    return list(TargetChange.objects.filter(programme=programme, ended_at=None).order_by("pk"))
