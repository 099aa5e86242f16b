"""The part of a node that the scope in force sees exactly, where it does not see all: SQL to sum it beside the
whole.

Somebody who knows that part must not learn the rest from figures of both together: see core.small_cells.
"""

from abhiyan.core.policy import FIGURES

TOTALS, TALLIES = "programmes_total", "programmes_tally"

# The units whose subtrees the scope of exact figures consists of; neighbours are one range of it.
TOPS = f"""top as materialized (
  with recursive walk as (
    select p.hierarchy, p.unit_id, p.lo, p.hi, upper(r) as ends
    from unnest({FIGURES}) r join units_placement p on p.lo = lower(r)
    union all
    select p.hierarchy, p.unit_id, p.lo, p.hi, w.ends
    from walk w join units_placement p on p.lo = w.hi and w.hi < w.ends)
  select w.hierarchy, w.unit_id, w.lo, w.hi, l.unit_id is not null as is_large
  from walk w left join programmes_large l on l.hierarchy = w.hierarchy and l.unit_id = w.unit_id)"""

# True if a change `d` is of a unit in sight.
IN_SIGHT = f"exists (select 1 from units_placement o where o.unit_id = d.unit_id and o.lo <@ {FIGURES})"


def _here(lo: str, hi: str) -> str:
    return f"from top w where w.hierarchy = %(hierarchy)s and w.lo >= {lo} and w.lo < {hi}"


def _crossing(lo: str, hi: str, how: str = "inner") -> str:
    """Return units `o` below tops of other trees, and their places below here, `q`.

    A top in both trees is found here.
    """
    return f"""from (
      select w.* from top w where w.hierarchy <> %(hierarchy)s
        and not exists (select 1 from top s where s.hierarchy = %(hierarchy)s and s.unit_id = w.unit_id) offset 0) w
    cross join lateral (
      select o.unit_id from units_placement o where o.lo >= w.lo and o.lo < w.hi offset 0) o
    {how} join lateral (
      select q.lo from units_placement q where q.unit_id = o.unit_id and q.hierarchy = %(hierarchy)s offset 0) q
      on q.lo >= {lo} and q.lo < {hi} and not q.lo <@ {FIGURES}"""


def exists_below(lo: str, hi: str) -> str:
    """Return a condition: something below these positions of %(hierarchy)s is in sight. Needs TOPS before it."""
    return f"(exists (select 1 {_here(lo, hi)}) or exists (select 1 {_crossing(lo, hi)}))"


def tables(*, by_child: bool) -> str:
    """Return CTE bodies for `own_part_query`: what is in sight of the units below %(lo)s to %(hi)s of %(hierarchy)s.

    `own_large`: units whose stored totals count. `own_unit`: units whose tallies count, with a sign. For a
    large top of another tree that is mostly below, the total counts, less its units that are not below; not
    where figures are wanted by_child, which need the position of each unit.
    """
    mostly = "bool_and(is_large) and count(*) < 2 * count(lo) and count(distinct (hierarchy, top_id)) = 1"
    lo, hi = "%(lo)s", "%(hi)s"
    return f"""{TOPS},
    crossed as materialized (
      select w.hierarchy, w.unit_id as top_id, w.is_large, o.unit_id, q.lo {_crossing(lo, hi, "left")}),
    whole as materialized (
      select min(hierarchy) as hierarchy, min(top_id) as unit_id from crossed
      having {"false" if by_child else mostly}),
    own_large as materialized (
      select w.hierarchy, w.unit_id, w.lo {_here(lo, hi)} and w.is_large
      union all select hierarchy, unit_id, null from whole),
    own_unit as materialized (
      select q.unit_id, q.lo, 1 as sign
      from (select w.lo, w.hi {_here(lo, hi)} and not w.is_large) w
      join units_placement q on q.lo >= w.lo and q.lo < w.hi
      union
      select unit_id, lo, 1 from crossed where lo is not null and not exists (select 1 from whole)
      union
      select unit_id, null, -1 from crossed where lo is null and exists (select 1 from whole))"""


def own_part_query(
    columns: str, n: str, of: str, source: str = "{} w", *, totals: str = TOTALS, tallies: str = TALLIES
) -> str:
    """Return a query: `columns`, then `n`, of the totals and tallies t `of` what is in sight.

    Needs `tables` before it. source: the units, with a blank for their table.
    """
    # Lateral, unit by unit: the planner has no idea how few they are, and would read the tallies of all.
    of = f"t.unit_id = w.unit_id and {of}"
    return f"""select r.* from {source.format("own_large")} cross join lateral (
      select {columns}, {n} as n from {totals} t where t.hierarchy = w.hierarchy and {of} offset 0) r
    union all
    select r.* from {source.format("own_unit")} cross join lateral (
      select {columns}, w.sign * {n} as n from {tallies} t where {of} offset 0) r"""
