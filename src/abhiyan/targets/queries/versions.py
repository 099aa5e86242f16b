"""Targets of units, now and before, the changes that wrote them, and what offices above expected before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import UnitExpectation
from abhiyan.targets.models import Expectation, Target, TargetVersion

from . import weights
from .splits import TargetDifference


@dataclass(frozen=True, slots=True)
class Version:
    """One change of targets in sight. made_by: a name, empty for the system or somebody out of sight."""

    id: int
    public_id: UUID
    measure: int
    unit_id: int
    unit_code: str
    unit_names: dict[str, str]
    act: str
    basis: str
    facts: dict[str, str]
    n: int
    made_at: datetime
    made_by: str
    made_by_id: int | None

    @property
    def act_name(self) -> str:
        return str(TargetVersion.Act(self.act).label)

    @property
    def basis_name(self) -> str:
        """Say the basis it went by; empty where the act says it already."""
        return "" if self.basis == "hand" else weights.basis_in_words(self.basis, self.facts)


_VERSIONS = """from programmes_target_version v
  join units_unit u on u.id = v.unit_id
  left join people_account a on a.id = v.made_by"""
_COLUMNS = (
    "v.id, v.public_id, v.measure, u.id, u.code, u.names, v.act, v.basis, v.facts, v.n, v.made_at,"
    " coalesce(a.name, ''), v.made_by"
)
# True for a unit's versions: made at it, below it, or above it.
_NEAR = """exists (select from units_placement node join units_placement p on p.hierarchy = node.hierarchy
    and (p.lo >= node.lo and p.lo < node.hi or node.lo >= p.lo and node.lo < p.hi)
  where node.unit_id = %(unit)s and node.hierarchy = %(h)s and node.lo is not null
    and p.unit_id = v.unit_id and p.lo is not null)"""


def versions_of_targets(programme: Programme, *, unit_id: int, measure: int = 1) -> Rows[Version]:
    """Return the changes at, below and above a unit, newest first."""
    return Rows(
        _COLUMNS,
        f"{_VERSIONS} where v.programme_id = %(programme)s and v.measure = %(measure)s and {_NEAR}",
        {"programme": programme.pk, "measure": measure, "unit": unit_id, "h": programme.hierarchy},
        orders={"newest": ("v.id desc",)},
        make=Version,
    )


def version_in_sight(programme: Programme, public_id: UUID) -> Version:
    """Return one change of a programme's targets in sight, or NotFound."""
    row = or_refuse(
        sql.row(
            f"select {_COLUMNS} {_VERSIONS} where v.programme_id = %s and v.public_id = %s",
            [programme.pk, public_id],
        )
    )
    return Version(*row)


def last_split(programme: Programme, *, unit_id: int, measure: int = 1) -> Version | None:
    """Return how a unit's target was split the last time, if it was."""
    row = sql.row(
        f"select {_COLUMNS} {_VERSIONS} where v.programme_id = %s and v.measure = %s and v.unit_id = %s"
        " and v.act = 'split' order by v.id desc limit 1",
        [programme.pk, measure, unit_id],
    )
    return Version(*row) if row else None


@dataclass(frozen=True, slots=True)
class TargetSplit:
    """How a unit's target stands split. basis: by what, the last time, in words; levels: from the top, of each kind of
    unit how many have a target; shares: of the first units directly below; children: how many of those have one."""

    basis: str
    levels: list[tuple[str, int]]
    shares: list[tuple[dict[str, str], int]]
    children: int


def standing_split(*, programme: Programme, node: int, measure: int = 1, first: int) -> TargetSplit | None:
    """Return how a unit's target stands split today; None while nothing below it has a target."""
    given = {
        "node": node,
        "programme": programme.pk,
        "measure": measure,
        "h": programme.hierarchy,
        "first": first,
    }
    levels = sql.rows(
        """select u.kind, count(*) from programmes_target t
        join units_placement p on p.unit_id = t.unit_id and p.hierarchy = %(h)s
        join units_placement node on node.unit_id = %(node)s and node.hierarchy = %(h)s
          and p.lo > node.lo and p.lo < node.hi
        join units_unit u on u.id = t.unit_id
        where t.programme_id = %(programme)s and t.measure = %(measure)s and t.replaced_at is null
        group by u.kind order by min(p.depth), u.kind""",
        given,
    )
    if not levels:
        return None
    shares = sql.rows(
        """select u.names, t.n, count(*) over () from units_placement p
        join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %(programme)s
          and t.measure = %(measure)s and t.replaced_at is null
        join units_unit u on u.id = p.unit_id
        where p.parent_id = %(node)s and p.hierarchy = %(h)s and p.lo is not null
        order by p.lo limit %(first)s""",
        given,
    )
    last = last_split(programme, unit_id=node, measure=measure)
    return TargetSplit(
        last.basis_name if last else "",
        levels,
        [(names, n) for names, n, _children in shares],
        shares[0][2] if shares else 0,
    )


def version_differences(programme: Programme, version: Version) -> Rows[TargetDifference]:
    """Return what one change changed, in the order of the tree."""
    return Rows(
        "u.id, u.code, u.kind, u.names, b.n, a.n, coalesce(b.is_locked, false), coalesce(a.is_locked, false),"
        " coalesce(a.basis, ''), coalesce(a.is_plans_lock, false)",
        """from (select * from programmes_target where version_id = %(version)s) a
          full join (select unit_id, n, is_locked from programmes_target where replaced_by = %(version)s) b
            using (unit_id)
          join units_unit u on u.id = unit_id
          left join units_placement p on p.unit_id = u.id and p.hierarchy = %(h)s and p.valid_to is null""",
        {"version": version.id, "h": programme.hierarchy},
        orders={"tree": ("p.lo nulls last", "u.code")},
        make=TargetDifference,
    )


def targets(*, programme: Programme, units: Sequence[int], measure: int = 1) -> dict[int, Target]:
    """Return the targets in force of these units, by unit id."""
    found = Target.objects.filter(
        programme=programme, measure=measure, unit_id__in=list(units), replaced_at=None
    )
    return {target.unit_id: target for target in found}


def target_versions(
    *, programme: Programme, unit_id: int, newest: int, measure: int = 1
) -> list[tuple[Target, UUID | None]]:
    """Return the newest targets of a unit, the one in force and those it had before, newest first.

    Each with the version that ended it: before that everything stood as it did under this target. None: it is
    in force, or that version is out of sight.
    """
    found = list(
        Target.objects.filter(programme=programme, measure=measure, unit_id=unit_id).order_by("-pk")[:newest]
    )
    ended_by = dict(
        TargetVersion.objects.filter(
            pk__in=[target.replaced_by for target in found if target.replaced_by]
        ).values_list("pk", "public_id")
    )
    return [(target, ended_by.get(target.replaced_by) if target.replaced_by else None) for target in found]


def locked_below(*, programme: Programme, node: int, measure: int = 1) -> dict[int, int]:
    """Count the locked targets beneath each child of a node, at any depth, the child's own left out."""
    return dict(
        sql.rows(
            """select c.unit_id, count(*) from programmes_target t
        join units_placement p on p.unit_id = t.unit_id and p.hierarchy = %(h)s
        join units_placement c on p.lo > c.lo and p.lo < c.hi
        where t.programme_id = %(programme)s and t.measure = %(measure)s and t.is_locked
          and t.replaced_at is null and c.parent_id = %(node)s and c.hierarchy = %(h)s
        group by c.unit_id""",
            {"programme": programme.pk, "measure": measure, "node": node, "h": programme.hierarchy},
        )
    )


MOST_EARLIER = 10


def _expectation_read(row: Expectation) -> UnitExpectation:
    return UnitExpectation(row.n, row.office, row.office_unit, clock.day_in(settings.TIME_ZONE, row.said_at))


def expected_before(programme: Programme, measure: int, unit_id: int) -> list[tuple[UnitExpectation, date]]:
    """Return what was expected of a unit before, the latest first, each with its last day."""
    rows = Expectation.objects.filter(
        programme=programme, measure=measure, unit_id=unit_id, ended_at__isnull=False
    )
    return [
        (_expectation_read(row), clock.day_in(settings.TIME_ZONE, row.ended_at))
        for row in rows.order_by("-said_at", "-pk")[:MOST_EARLIER]
        if row.ended_at is not None
    ]
