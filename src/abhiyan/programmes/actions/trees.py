"""Totals follow the trees: which nodes have theirs stored, and what a move carries from one branch to another."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.utils.translation import gettext_lazy as _

from abhiyan.core import news, sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.news import TotalsMoving
from abhiyan.units.news import MovedBranch, UnitsGoing, UnitsMoved

from .ledger import hold_totals

# A node with more leaves than this has its totals stored. Below, the sum over a range is quick enough; at 1,000 a
# state page took 100 ms to sum its districts of 600 booths each. At 250 it takes 5 ms and folds cost the same.
LARGE = 250
# Below new large nodes: with no more leaves than this, each is summed by its own range; else all in one pass.
MANY_LEAVES = 20_000


class UnitsInUse(Refused, status=409):
    """Units with counts, targets or programmes cannot be taken back by undoing the import that made them."""

    message = _(
        "Units of this import already have counts, targets or programmes: %(n)s. Close or move them instead."
    )


_T_KEY = ", ".join(f"t.{part}" for part in ledger_sql.KEY.split(", "))


def resize(*, hierarchy: int, among: Collection[int] | None = None, is_held: bool = False) -> int:
    """Bring the list of large nodes of a hierarchy up to date with its tree, and sum what is new on it.

    among: unit ids that alone can have changed; None looks at the whole tree. is_held: this transaction holds up folds
    already. Returns how many came or went.
    """
    with system("large nodes of a hierarchy"):
        if not is_held:
            hold_totals()
        chosen = "" if among is None else " and {table}.unit_id = any(%(among)s)"
        gone, come = sql.row(
            "with wanted as (select p.unit_id from units_placement p"
            f"   where p.hierarchy = %(h)s and p.lo is not null and p.leaves > %(large)s{chosen.format(table='p')}),"
            # Large nodes beneath one that ceases to be go with it. A removed branch may have left it too small, and
            # folds climb from large node to large node.
            " below as (select q.unit_id from units_placement p"
            "   join units_placement q on q.lo >= p.lo and q.lo < p.hi"
            f"   where p.hierarchy = %(h)s and p.lo is not null and p.leaves <= %(large)s{chosen.format(table='p')}"
            "     and exists (select from programmes_large l where l.hierarchy = %(h)s and l.unit_id = p.unit_id)),"
            " gone as (delete from programmes_large l where l.hierarchy = %(h)s"
            f"   and (l.unit_id not in (select unit_id from wanted){chosen.format(table='l')}"
            "     or l.unit_id in (select unit_id from below)) returning l.unit_id),"
            " come as (insert into programmes_large (hierarchy, unit_id) select %(h)s, unit_id from wanted"
            "   on conflict do nothing returning unit_id),"
            " emptied as (delete from programmes_total t using gone"
            "   where t.unit_id = gone.unit_id and t.hierarchy = %(h)s)"
            " select (select count(*) from gone), (select array_agg(unit_id) from come)",
            {"h": hierarchy, "large": LARGE, "among": list(among or ())},
        )
        if come:
            _sum_anew(hierarchy, come)
        return int(gone) + len(come or ())


def _sum_anew(hierarchy: int, nodes: list[int]) -> None:
    """Sum the totals of nodes that have none, from the tallies below them."""
    if (
        sql.value(
            "select coalesce(sum(leaves), 0) from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and lo is not null",
            [nodes, hierarchy],
        )
        <= MANY_LEAVES
    ):
        sums = (
            f"select l.unit_id, l.hierarchy, {_T_KEY}, sum(t.n)::bigint as n from units_placement l"
            " join units_placement p on p.lo >= l.lo and p.lo < l.hi"
            " join programmes_tally t on t.unit_id = p.unit_id"
            " where l.unit_id = any(%(nodes)s) and l.hierarchy = %(h)s and l.lo is not null"
            " group by 1, 2, 3, 4, 5, 6, 7"
        )
        condition = ""
    else:
        sums = "select * from node_sum where unit_id = any(%(nodes)s)"
        condition = (
            f"with tally as (select * from programmes_tally), {ledger_sql.TREE},"
            f" {ledger_sql.sums_above('tally', hierarchies='p.hierarchy = %(h)s')} "
        )
    sql.run(
        condition + ledger_sql.add_to("programmes_total", "unit_id, hierarchy", sums),
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
  select s.unit_id, %(h)s::smallint as hierarchy, {ledger_sql.KEY}, sum(c.n * s.sign)::bigint as n
  from carried c join step s on s.number = c.number
  group by 1, 2, 3, 4, 5, 6, 7)
{ledger_sql.add_to("programmes_total", "unit_id, hierarchy", "select * from sums")}"""


def carry_tallies(*, hierarchy: int, branches: Sequence[MovedBranch]) -> None:
    """Take the tallies of each branch from the large nodes above it that are only old, and give them to the
    only new."""
    groups, steps = _steps(branches)
    with system("a branch was moved"):
        hold_totals()
        if not steps or not sql.value("select exists (select from programmes_tally)"):
            return
        sql.run(
            _CARRY,
            {
                "h": hierarchy,
                "numbers": groups,
                "los": [branch.lo for branch in branches],
                "his": [branch.hi for branch in branches],
                "steps": [number for number, _node, _times in steps],
                "nodes": [node for _number, node, _times in steps],
                "signs": [times for _number, _node, times in steps],
            },
        )


def _steps(branches: Sequence[MovedBranch]) -> tuple[list[int], list[tuple[int, int, int]]]:
    """Return the group each branch belongs to; and what changes above a group: its number, a node, how often it
    is added.

    Branches that change alike are one group: thousands of new booths beneath one mandal are. A branch inside
    another is carried with that too, so the other's change is taken off its own.
    """
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    groups = [0] * len(branches)
    around: list[MovedBranch] = []
    for place in sorted(range(len(branches)), key=lambda n: (branches[n].lo, -branches[n].hi)):
        branch = branches[place]
        while around and around[-1].hi <= branch.lo:
            around.pop()
        change = Counter(branch.new_ancestors)
        change.subtract(branch.old_ancestors)
        if around:
            change.subtract(around[-1].new_ancestors)
            change.update(around[-1].old_ancestors)
        around.append(branch)
        key = tuple(sorted((node, times) for node, times in change.items() if times))
        groups[place] = numbers.setdefault(key, len(numbers))
    return groups, [(number, node, times) for key, number in numbers.items() for node, times in key]


def _forget_going(moved: UnitsMoved) -> set[int]:
    """Drop the totals of large nodes in branches about to be taken out; returns those nodes.

    Such a branch announces itself beforehand: it has no new ancestors, yet is still beneath its parent.
    """
    tops = [branch.unit_id for branch in moved.branches if not branch.new_ancestors]
    if not tops:
        return set()
    with system("a branch is taken out"):
        return set(
            sql.column(
                "with node as (select l.unit_id from units_placement top"
                "   join units_placement p on p.lo >= top.lo and p.lo < top.hi"
                "   join programmes_large l on l.unit_id = p.unit_id and l.hierarchy = p.hierarchy"
                "   where top.unit_id = any(%(tops)s) and top.hierarchy = %(h)s and top.lo is not null"
                "     and top.parent_id is not null),"
                " emptied as (delete from programmes_total t using node"
                "   where t.unit_id = node.unit_id and t.hierarchy = %(h)s)"
                " delete from programmes_large l using node"
                "   where l.unit_id = node.unit_id and l.hierarchy = %(h)s returning l.unit_id",
                {"tops": tops, "h": moved.hierarchy},
            )
        )


def follow(*, moved: UnitsMoved) -> None:
    """Carry the totals of branches, then look which nodes became large, or are so no more.

    In the transaction of the move, so that nobody reads one without the other. Folds wait from the carrying on, until
    that transaction ends: what can be known before is asked before, and rooms above hear of it before.
    """
    news.tell(TotalsMoving(moved))
    among = _perhaps_large(moved)
    carry_tallies(hierarchy=moved.hierarchy, branches=moved.branches)
    resize(hierarchy=moved.hierarchy, among=among - _forget_going(moved), is_held=True)


def _perhaps_large(moved: UnitsMoved) -> set[int]:
    """Return the units that alone can have become large nodes by what moved, or ceased to be."""
    among = set(
        sql.column(
            "select p.unit_id from units_placement p"
            " join unnest(%(los)s::bigint[], %(his)s::bigint[]) b (lo, hi) on p.lo >= b.lo and p.lo < b.hi"
            " where p.leaves > %(large)s or exists (select from programmes_large l"
            "   where l.unit_id = p.unit_id and l.hierarchy = p.hierarchy)",
            {
                "los": [branch.lo for branch in moved.branches],
                "his": [branch.hi for branch in moved.branches],
                "large": LARGE,
            },
        )
    )
    for branch in moved.branches:
        among.update(branch.old_ancestors, branch.new_ancestors)
    return among


def refuse_going(*, going: UnitsGoing) -> None:
    """Refuse (UnitsInUse) to delete units made by an import that the ledger or a programme uses."""
    with system("units about to go"):
        n = sql.value(
            "select count(*) from units_change c where c.import_id = %s and c.change = 'made' and ("
            # Unfolded changes may take back what was: both together.
            f" exists (select from (select {ledger_sql.KEY}, n from programmes_tally where unit_id = c.unit_id"
            f"   and day <> {ledger_sql.ALL_DAYS} union all"
            f"   select {ledger_sql.KEY}, n from programmes_delta where unit_id = c.unit_id) posted"
            f"   group by {ledger_sql.KEY} having sum(n) <> 0)"
            " or exists (select from programmes_target t where t.unit_id = c.unit_id)"
            " or exists (select from programmes_in_charge i where i.unit_id = c.unit_id)"
            " or exists (select from programmes_task t where t.unit_id = c.unit_id)"
            " or exists (select from programmes_item i where i.unit_id = c.unit_id)"
            " or exists (select from programmes_schedule s where c.unit_id = s.unit_id or c.unit_id = any(s.within))"
            " or exists (select from programmes_due d where d.unit_id = c.unit_id)"
            " or exists (select from programmes_material m where m.unit_id = c.unit_id)"
            " or exists (select from programmes_unit_total t where t.unit_id = c.unit_id)"
            " or exists (select from programmes_own_figure f where f.unit_id = c.unit_id)"
            " or exists (select from programmes_scope s where s.unit_id = c.unit_id)"
            " or exists (select from programmes_programme p where p.owner_id = c.unit_id))",
            [going.import_id],
        )
    if n:
        raise UnitsInUse(n=n)
