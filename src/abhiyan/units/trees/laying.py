"""Positions from parent pointers, set-wise, level by level.

Works on temporary tables of the transaction:
  t_node(unit, parent)                           what is to be laid out; parent 0 means "a root".
  t_anchor(parent, depth, start, room, cap)      where it hangs: placed units, or 0; positions free there.
  t_place(unit, parent, depth, lo, hi, leaves)   the result.
The arithmetic is that of rules.ranges.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from abhiyan.core import sql
from abhiyan.core.scope import note_own_move
from abhiyan.units.refusals import Full
from abhiyan.units.rules import levels, ranges


def fresh(table: str, definition: str, params: list[Any] | None = None) -> None:
    """Make a temporary table of this transaction from scratch: several acts may share one transaction.

    definition: its columns in brackets, or `as` and a query.
    """
    sql.run(f"drop table if exists pg_temp.{table}")
    if definition.startswith("("):
        sql.run(f"create temp table {table} {definition} on commit drop", params)
    else:
        sql.run(f"create temp table {table} on commit drop {definition}", params)


# If statistics lag, a nested loop looks at this many rows squared: 0.4 s. With 19,000 it took half a minute.
MANY = 2_000


@contextmanager
def without_empty_plans(rows: int) -> Iterator[None]:
    """Keep PostgreSQL from plans made for empty tables. Statistics of what this transaction wrote lag behind, and a
    nested loop of sequential scans over a million rows would never end. Many rows are joined by hashing, few by index.
    After an error the transaction's rollback restores the settings."""
    names = ("enable_nestloop", "enable_seqscan", "jit")
    before = sql.row("select " + ", ".join(f"current_setting('{name}')" for name in names))
    setting = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in names)
    # Without `jit = off` a plan that seems dear is compiled first, which takes longer than to run it.
    sql.run(setting, ("off", "on", "off") if rows > MANY else ("on", "off", "off"))
    yield
    sql.run(setting, before)


def lock_tree(hierarchy: int) -> None:
    """Hold a hierarchy's tree till the end of the transaction: its writers take turns. Readers are not kept.

    Its version goes up with what is written: a reader of older positions begins again.
    """
    note_own_move()
    sql.run(
        "insert into units_tree as t (hierarchy, version) values (%s, 1)"
        " on conflict (hierarchy) do update set version = t.version + 1",
        [hierarchy],
    )


def level_values(hierarchy: int) -> str:
    """The hierarchy's levels as a table `l(kind, level)` for SQL; kinds are our own constants."""
    pairs = ", ".join(f"('{kind}', {number})" for h, kind, number in levels.level_pairs() if h == hierarchy)
    return f"(values {pairs}) as l(kind, level)"


def lay_out_tree() -> tuple[int, int]:
    """Lay t_node out beneath t_anchor, into t_place. Returns how many were laid and the narrowest width.

    A width below ranges.LEAST_WIDTH says that there was no room; t_place is not to be used then.
    """
    sql.run("set local work_mem = '64MB'")
    sql.run("analyze t_node")
    fresh(
        "t_level",
        "as with recursive t as ("
        " select n.unit, n.parent, a.depth + 1 as depth, 1 as level"
        " from t_node n join t_anchor a on a.parent = n.parent"
        " union all"
        " select n.unit, n.parent, t.depth + 1, t.level + 1 from t join t_node n on n.parent = t.unit"
        ") select * from t",
    )
    sql.run("analyze t_level")
    deepest, laid = sql.row("select coalesce(max(level), 0), count(*) from t_level")
    fresh("t_size", "(unit bigint, parent bigint, depth int, level int, size bigint, leaves bigint)")
    for level in range(deepest, 0, -1):
        sql.run(
            "insert into t_size select n.unit, n.parent, n.depth, n.level, 1 + coalesce(c.size, 0),"
            " coalesce(c.leaves, 1) from t_level n left join ("
            " select parent, sum(size)::bigint as size, sum(leaves)::bigint as leaves from t_size"
            " where level = %s group by parent) c on c.parent = n.unit where n.level = %s",
            [level + 1, level],
        )
    sql.run("analyze t_size")
    fresh(
        "t_place",
        "(unit bigint, parent bigint, depth int, lo bigint, hi bigint, leaves bigint, level int)",
    )
    for level in range(1, deepest + 1):
        above = (
            "t_anchor a"
            if level == 1
            else "(select unit as parent, lo as start, hi - lo as room, null::bigint as cap"
            f" from t_place where level = {level - 1}) a"
        )
        sql.run(
            "insert into t_place select unit, parent, depth, start + step * (1 + before),"
            " start + step * (1 + before + size), leaves, level from (select *,"
            # rules.ranges.rounded_step: its first five bits
            " each & ((-1)::bigint << greatest(0, length(ltrim(each::bit(64)::text, '0')) - 5)) as step from ("
            " select s.*, a.start, sum(s.size) over (partition by s.parent order by s.unit)::bigint - s.size"
            " as before, least(a.room / (2 * (sum(s.size) over (partition by s.parent)::bigint + 1)),"
            " greatest(a.cap, %s)) as each"
            f" from t_size s join {above} on a.parent = s.parent where s.level = %s) shared) laid",
            [ranges.SPAN if level > 1 else ranges.LEAST_WIDTH, level],
        )
    sql.run("analyze t_place")
    return laid, sql.value("select coalesce(min(hi - lo), %s) from t_place", [ranges.SPAN])


def anchor(hierarchy: int) -> None:
    """t_anchor for t_node: the free tail of every unit that newcomers hang beneath, and of the roots."""
    fresh(
        "t_anchor",
        """as select parent, depth, start, stop - start as room, cap, bare from (
            select p.unit_id as parent, p.depth::int as depth, p.hi as stop,
                coalesce(c.hi, p.lo + greatest(1, (p.hi - p.lo) >> 8)) as start,
                (p.hi - p.lo) / (4 * greatest(p.leaves, 1)) as cap, c.hi is null as bare
            from units_placement p
            left join lateral (
                select max(c.hi) as hi from units_placement c
                where c.parent_id = p.unit_id and c.hierarchy = p.hierarchy and c.valid_to is null) c on true
            where p.hierarchy = %s and p.valid_to is null
                and p.unit_id in (select parent from t_node where parent <> 0)
            union all
            select 0, -1, %s, coalesce((select max(hi) from units_placement
                where hierarchy = %s and valid_to is null and parent_id is null), %s), %s, false
        ) a""",
        [
            hierarchy,
            ranges.base(hierarchy) + ranges.SPAN,
            hierarchy,
            ranges.base(hierarchy),
            ranges.SPAN,
        ],
    )


def anchor_whole_tree(hierarchy: int) -> None:
    """t_anchor for laying out a hierarchy from nothing."""
    fresh(
        "t_anchor",
        "as select 0::bigint as parent, -1 as depth, %s::bigint as start, %s::bigint as room, %s::bigint as cap",
        [ranges.base(hierarchy), ranges.SPAN, ranges.SPAN],
    )


def relay(hierarchy: int, above: int | None, moved: tuple[int, int] | None = None) -> int:
    """Lay out again all units beneath `above` (all of the hierarchy when None), by parent pointers.

    moved: positions of a branch whose root points beneath `above` but still has its old positions.
    Returns how many rows changed.
    """
    if above is None:
        fresh(
            "t_node",
            "as select unit_id as unit, coalesce(parent_id, 0) as parent from units_placement"
            " where hierarchy = %s and valid_to is null",
            [hierarchy],
        )
        anchor_whole_tree(hierarchy)
    else:
        lo, hi, depth = sql.row(
            "select lo, hi, depth from units_placement"
            " where unit_id = %s and hierarchy = %s and valid_to is null",
            [above, hierarchy],
        )
        ours, params = "(lo > %s and lo < %s)", [lo, hi]
        if moved:
            ours, params = f"({ours} or (lo >= %s and lo < %s))", [lo, hi, *moved]
        fresh(
            "t_node",
            "as select unit_id as unit, parent_id as parent from units_placement"
            f" where hierarchy = %s and valid_to is null and {ours}",
            [hierarchy, *params],
        )
        fresh(
            "t_anchor",
            "as select %s::bigint as parent, %s::int as depth, %s::bigint as start, %s::bigint as room,"
            " %s::bigint as cap",
            [above, depth, lo, hi - lo, ranges.SPAN],
        )
    _, narrowest = lay_out_tree()
    if narrowest < ranges.LEAST_WIDTH:
        if above is None:
            raise Full
        return relay(hierarchy, None)
    return sql.run(
        "update units_placement p set depth = t.depth, lo = t.lo, hi = t.hi, leaves = t.leaves from t_place t"
        " where p.unit_id = t.unit and p.hierarchy = %s and p.valid_to is null"
        " and (p.depth, p.lo, p.hi, p.leaves) is distinct from (t.depth, t.lo, t.hi, t.leaves)",
        [hierarchy],
    )
