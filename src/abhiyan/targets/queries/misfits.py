"""Targets that are not what those right below them sum to, as actions.sums keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from abhiyan.core import sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.gaps import MISFITS_BENEATH, misfit_values
from abhiyan.programmes.queries.kinds import IN_PLAY

from .splits import TARGET


@dataclass(frozen=True, slots=True)
class Misfit:
    """A unit whose target is not what those below it sum to. without: how many units below have no target."""

    unit_id: int
    code: str
    names: dict[str, str]
    n: int
    below: int
    without: int = 0

    @property
    def gap(self) -> int:
        """Return what is missing below; negative: too much."""
        return self.n - self.below


def misfits_below(
    *, programme: Programme, node: int, on: date, measure: int = 1, first: int = 0, most: int
) -> Sequence[Misfit]:
    """Return targets at all levels beneath a unit that do not sum, in the order of the tree: so many, after the
    first.

    Above MOST_MISFITS any of them may be left out.
    """
    return sql.each(
        Misfit,
        f"""select u.id, u.code, u.names, own.n, below.n, below.without
        from (select * from ({MISFITS_BENEATH}) m order by m.lo offset %(first)s limit %(most)s) m
        join units_unit u on u.id = m.unit_id
        join programmes_target own on own.unit_id = m.unit_id and own.programme_id = %(programme)s
          and own.measure = %(measure)s and own.replaced_at is null
        cross join lateral (
          select coalesce(sum(t.n), 0)::bigint as n, count(*) - count(t.n) as without
          from units_placement p join units_unit u on u.id = p.unit_id
          left join {TARGET} on true
          where p.parent_id = m.unit_id and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}
          offset 0) below
        order by m.lo""",
        misfit_values(programme, node, measure) | {"on": on, "first": first, "most": most},
    )
