"""Targets that are not what those below them sum to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from abhiyan.programmes.models import Programme

from .rows import named
from .splits import IN_PLAY, TARGET

_LEVELS = 2  # below a unit, within which every misfit is found


@dataclass(frozen=True, slots=True)
class Misfit:
    """A unit whose target is not what those below it sum to. without: how many units below have no target."""

    unit_id: int
    code: str
    names: dict[str, str]
    n: int
    below: int
    without: int = 0


def misfits_below(
    *, programme: Programme, node: int, on: date, measure: int = 1, most: int
) -> tuple[Sequence[Misfit], int]:
    """Beneath a unit, targets that those below them do not sum to: the first so many in the order of the tree, and
    how many there are. Two levels down all of them, further down those that are locked. The unit's own: see `gap`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with recursive down as (
              select p.unit_id, p.lo, p.hi, 0 as level from units_placement p
              where p.unit_id = %(node)s and p.hierarchy = %(h)s and p.lo is not null
              union all
              select p.unit_id, p.lo, p.hi, down.level + 1 from down
              join units_placement p on p.parent_id = down.unit_id and p.hierarchy = %(h)s and p.lo is not null
              where down.level < {_LEVELS}),
            own as materialized (
              select p.unit_id, p.lo, t.n from down p join {TARGET} on true where p.level > 0
              union
              select p.unit_id, p.lo, t.n from programmes_target t
              join units_placement p on p.unit_id = t.unit_id and p.hierarchy = %(h)s
              join down node on node.level = 0 and p.lo > node.lo and p.lo < node.hi
              where t.programme_id = %(programme)s and t.measure = %(measure)s and t.is_locked
                and t.replaced_at is null)
            select u.id, u.code, u.names, own.n, below.n, below.without, count(*) over ()
            from own
            join units_unit u on u.id = own.unit_id and (u.closed_on is null or u.closed_on > %(on)s)
            cross join lateral (
              select coalesce(sum(t.n), 0)::bigint as n, count(t.n) as known, count(*) - count(t.n) as without
              from units_placement p join units_unit u on u.id = p.unit_id
              left join {TARGET} on true
              where p.parent_id = own.unit_id and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}
              offset 0) below
            where below.known > 0 and below.n <> own.n
            order by own.lo limit %(most)s""",
            {
                "node": node,
                "h": programme.hierarchy,
                "programme": programme.pk,
                "measure": measure,
                "on": on,
                "most": most,
            },
        )
        rows = cursor.fetchall()
    found = [
        Misfit(unit_id, code, named(names), n, below, without)
        for unit_id, code, names, n, below, without, _total in rows
    ]
    return found, rows[0][6] if rows else 0
