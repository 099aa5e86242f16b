"""Totals follow the trees: which nodes have theirs stored, and what a move carries from one branch to another."""

from collections.abc import Collection, Sequence

from django.db import connection

from abhiyan.core.scope import system
from abhiyan.programmes import ledger_sql as sql
from abhiyan.units.news import Branch, UnitsMoved

from .ledger import hold

LARGE = 1_000  # a node with more leaves than this has its totals stored
FEW = 20  # so many nodes are summed each by its own range; more in one pass over all tallies

_T_KEY = ", ".join(f"t.{part}" for part in sql.KEY.split(", "))


def resize(*, hierarchy: int, among: Collection[int] | None = None) -> int:
    """Bring the list of large nodes of a hierarchy up to date with its tree, and sum what is new on it.

    among: unit ids that alone can have changed; None looks at the whole tree. Returns how many came or went.
    """
    with system("large nodes of a hierarchy"), connection.cursor() as cursor:
        hold()
        chosen = "" if among is None else " and {table}.unit_id = any(%(among)s)"
        cursor.execute(
            "with wanted as (select p.unit_id from units_placement p"
            f"   where p.hierarchy = %(h)s and p.lo is not null and p.leaves > %(large)s{chosen.format(table='p')}),"
            " gone as (delete from programmes_large l where l.hierarchy = %(h)s"
            f"   and l.unit_id not in (select unit_id from wanted){chosen.format(table='l')} returning l.unit_id),"
            " come as (insert into programmes_large (hierarchy, unit_id) select %(h)s, unit_id from wanted"
            "   on conflict do nothing returning unit_id),"
            " emptied as (delete from programmes_total t using gone"
            "   where t.unit_id = gone.unit_id and t.hierarchy = %(h)s)"
            " select (select count(*) from gone), (select array_agg(unit_id) from come)",
            {"h": hierarchy, "large": LARGE, "among": list(among or ())},
        )
        gone, come = cursor.fetchone()
        if come:
            _sum_anew(hierarchy, come)
        return int(gone) + len(come or ())


def _sum_anew(hierarchy: int, nodes: list[int]) -> None:
    """The totals of nodes that have none, from the tallies below them."""
    with connection.cursor() as cursor:
        if len(nodes) <= FEW:
            sums = (
                f"select l.unit_id, l.hierarchy, {_T_KEY}, sum(t.n)::bigint as n from units_placement l"
                " join units_placement p on p.lo >= l.lo and p.lo < l.hi"
                " join programmes_tally t on t.unit_id = p.unit_id"
                " where l.unit_id = any(%(nodes)s) and l.hierarchy = %(h)s and l.lo is not null"
                " group by 1, 2, 3, 4, 5, 6, 7"
            )
            given = ""
        else:
            sums = "select * from node_sum where unit_id = any(%(nodes)s)"
            given = (
                f"with tally as (select * from programmes_tally), {sql.TREE},"
                f" {sql.sums_above('tally', hierarchies='p.hierarchy = %(h)s')} "
            )
        cursor.execute(
            given + sql.add_to("programmes_total", "unit_id, hierarchy", sums),
            {"h": hierarchy, "nodes": nodes},
        )


_CARRY = f"""
with branch as (
  select * from unnest(%(numbers)s::int[], %(los)s::bigint[], %(his)s::bigint[]) b (number, lo, hi)),
step as (
  select s.* from unnest(%(steps)s::int[], %(nodes)s::bigint[], %(signs)s::int[]) s (number, unit_id, sign)
  join programmes_large l on l.unit_id = s.unit_id and l.hierarchy = %(h)s),
carried as (
  select b.number, {_T_KEY}, sum(t.n)::bigint as n
  from branch b
  join units_placement p on p.lo >= b.lo and p.lo < b.hi
  join programmes_tally t on t.unit_id = p.unit_id
  group by 1, 2, 3, 4, 5, 6),
sums as (
  select s.unit_id, %(h)s::smallint as hierarchy, {sql.KEY}, sum(c.n * s.sign)::bigint as n
  from carried c join step s on s.number = c.number
  group by 1, 2, 3, 4, 5, 6, 7)
{sql.add_to("programmes_total", "unit_id, hierarchy", "select * from sums")}"""


def carry(*, hierarchy: int, branches: Sequence[Branch]) -> None:
    """Take what stands on each branch from the large nodes above it that are only old, give it to the only new."""
    steps = [
        (number, node, sign)
        for number, branch in enumerate(branches)
        for nodes, sign in (
            (set(branch.old_ancestors) - set(branch.new_ancestors), -1),
            (set(branch.new_ancestors) - set(branch.old_ancestors), 1),
        )
        for node in sorted(nodes)
    ]
    with system("a branch was moved"), connection.cursor() as cursor:
        hold()
        cursor.execute("select exists (select from programmes_tally)")
        if not steps or not cursor.fetchone()[0]:
            return
        cursor.execute(
            _CARRY,
            {
                "h": hierarchy,
                "numbers": list(range(len(branches))),
                "los": [branch.lo for branch in branches],
                "his": [branch.hi for branch in branches],
                "steps": [number for number, _node, _sign in steps],
                "nodes": [node for _number, node, _sign in steps],
                "signs": [sign for _number, _node, sign in steps],
            },
        )


def follow(*, moved: UnitsMoved) -> None:
    """Carry the totals of branches, then look which nodes became large, or are so no more.

    In the transaction of the move, so that nobody reads one without the other.
    """
    carry(hierarchy=moved.hierarchy, branches=moved.branches)
    los, his = [branch.lo for branch in moved.branches], [branch.hi for branch in moved.branches]
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.unit_id from units_placement p"
            " join unnest(%(los)s::bigint[], %(his)s::bigint[]) b (lo, hi) on p.lo >= b.lo and p.lo < b.hi"
            " where p.leaves > %(large)s or exists (select from programmes_large l"
            "   where l.unit_id = p.unit_id and l.hierarchy = p.hierarchy)",
            {"los": los, "his": his, "large": LARGE},
        )
        among = {row[0] for row in cursor.fetchall()}
    for branch in moved.branches:
        among |= {*branch.old_ancestors, *branch.new_ancestors}
    resize(hierarchy=moved.hierarchy, among=among)
