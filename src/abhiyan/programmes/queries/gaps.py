"""Compare what targets below a unit add up to with its own: right below, and at every level beneath."""

from dataclasses import dataclass
from datetime import date

from abhiyan.core import sql
from abhiyan.programmes.models import Programme

from .kinds import IN_PLAY

MOST_MISFITS = 1_000  # counted, and listed


# Beneath a unit. The unit's own misfit: see `gap`.
MISFITS_BENEATH = """select m.unit_id, p.lo from programmes_target_misfit m
  join units_placement p on p.unit_id = m.unit_id and p.hierarchy = %(h)s
  join units_placement node on node.unit_id = %(node)s and node.hierarchy = %(h)s
    and p.lo > node.lo and p.lo < node.hi
  where m.programme_id = %(programme)s and m.measure = %(measure)s
  limit %(counted)s"""


def count_misfits(*, programme: Programme, node: int, measure: int = 1) -> int:
    """Count the targets at all levels beneath a unit that do not sum; counted no further than MOST_MISFITS + 1."""
    return sql.count(f"select count(*) from ({MISFITS_BENEATH}) m", misfit_values(programme, node, measure))


def misfit_values(programme: Programme, node: int, measure: int) -> dict[str, int]:
    """Return what `MISFITS_BENEATH` needs to know."""
    return {
        "programme": programme.pk,
        "measure": measure,
        "node": node,
        "h": programme.hierarchy,
        "counted": MOST_MISFITS + 1,
    }


@dataclass(frozen=True, slots=True)
class TargetGap:
    """A unit's target beside the sum of its children's. gap: what is missing below (negative: too much)."""

    target: int | None
    below: int
    children: int
    without: int  # children without a target

    @property
    def gap(self) -> int | None:
        return None if self.target is None else self.target - self.below

    @property
    def over(self) -> int:
        """Return by how much the children's targets exceed the unit's own; 0 when they do not."""
        return max(0, -(self.gap or 0))

    @property
    def sums(self) -> bool:
        return self.gap == 0


def gap(*, programme: Programme, node: int, on: date, measure: int = 1) -> TargetGap:
    """Return the sum of the targets of children open on a day, beside the unit's own, in hierarchy and scope."""
    return TargetGap(
        *sql.row(
            f"""select
          (select t.n from programmes_target t where t.unit_id = %(node)s and t.programme_id = %(programme)s
            and t.measure = %(measure)s and t.replaced_at is null),
          coalesce(sum(t.n), 0)::bigint, count(*), count(*) filter (where t.n is null)
        from units_placement p
        join units_unit u on u.id = p.unit_id
        left join programmes_target t on t.unit_id = p.unit_id and t.programme_id = %(programme)s
          and t.measure = %(measure)s and t.replaced_at is null
        where p.parent_id = %(node)s and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}""",
            {
                "node": node,
                "programme": programme.pk,
                "measure": measure,
                "h": programme.hierarchy,
                "on": on,
            },
        )
    )
