"""The ledger's SQL: one place, so that fold, reads and recount agree on what is folded and what is below a node.

A unit's subtree in a hierarchy is a range of positions. Few thousand large nodes cut the positions into
stretches, each inside one innermost large node: binary search in the sorted cuts (`width_bucket`) finds it
for any unit without a table of every leaf's ancestors, and a short recursion gives the large nodes above.
"""

# Deltas of finished folds are skipped. The horizon is of another server when it lies ahead of this one's own
# transactions (after a restore): then nothing is skipped. One scalar subselect: an index can be searched by it.
HORIZON = (
    "(select coalesce(min(f.horizon), '0'::xid8) from programmes_fold f"
    " where f.horizon <= pg_snapshot_xmax(pg_current_snapshot()))"
)
# The upper bound excludes nothing. Together the two bounds make the planner expect a thin slice, and so use the
# index also while the table is full of rows that are folded but not vacuumed.
PENDING = f"d.xid >= {HORIZON} and d.xid < (select '18446744073709551615'::xid8)"

KEY = "programme_id, measure, day, channel, rung"
ALL_DAYS = "date '0001-01-01'"

# Today's range and large parent of every large node; the innermost large node of each stretch of positions;
# the sorted cuts; every large node with itself and each large node above it.
TREE = """
big as materialized (
  select l.hierarchy, l.unit_id, p.parent_id, p.lo, p.hi, p.depth
  from programmes_large l
  join units_placement p on p.unit_id = l.unit_id and p.hierarchy = l.hierarchy and p.lo is not null),
cut as materialized (
  select distinct on (pos) pos, hierarchy, unit_id from (
    select lo as pos, hierarchy, unit_id, 0 as closes, depth from big
    union all
    select b.hi, b.hierarchy, a.unit_id, 1, b.depth
    from big b left join big a on a.hierarchy = b.hierarchy and a.unit_id = b.parent_id) ends
  order by pos, closes, depth),
stretch as materialized (
  select row_number() over (order by pos)::int as number, hierarchy, unit_id from cut),
cuts as materialized (select array_agg(pos order by pos) as positions from cut),
above as materialized (
  with recursive up (hierarchy, unit_id, above_id, parent_id) as (
    select hierarchy, unit_id, unit_id, parent_id from big
    union all
    select up.hierarchy, up.unit_id, b.unit_id, b.parent_id
    from up join big b on b.hierarchy = up.hierarchy and b.unit_id = up.parent_id)
  select hierarchy, unit_id, above_id from up)"""


def sums_above(source: str, *, hierarchies: str = "true", key: str = KEY) -> str:
    """CTE bodies, of which `node_sum` is the result: sums of `source` (unit_id, KEY, n) at every large node above.

    hierarchies: a condition on `p.hierarchy`. key: five columns, where these are others. Needs TREE before it.
    """
    columns = ", ".join(f"i.{part}" for part in key.split(", "))
    return f"""
inside as materialized (
  select u.unit_id, s.hierarchy, s.unit_id as node_id
  from (select distinct unit_id from {source}) u
  join units_placement p on p.unit_id = u.unit_id and p.lo is not null and {hierarchies}
  join stretch s on s.number = width_bucket(p.lo, (select positions from cuts))
    and s.hierarchy = p.hierarchy and s.unit_id is not null),
inner_sum as (
  select w.hierarchy, w.node_id as unit_id, {columns}, sum(i.n) as n
  from {source} i join inside w on w.unit_id = i.unit_id
  group by 1, 2, 3, 4, 5, 6, 7),
node_sum as (
  select a.above_id as unit_id, a.hierarchy, {columns},
    sum(i.n)::bigint as n
  from inner_sum i join above a on a.hierarchy = i.hierarchy and a.unit_id = i.unit_id
  group by 1, 2, 3, 4, 5, 6, 7)"""


def with_all_days(source: str, unit: str) -> str:
    """A query: the rows of `source`, and per `unit` columns and channel the row that sums its days."""
    return f"""
  select {unit}, {KEY}, n from {source}
  union all
  select {unit}, programme_id, measure, {ALL_DAYS}, channel, rung, sum(n)::bigint from {source}
  group by {unit}, programme_id, measure, channel, rung"""


def add_to(table: str, unit: str, rows: str) -> str:
    """An upsert of sorted `rows` (unit, KEY, n) that adds n to what is there."""
    return f"""insert into {table} as t ({unit}, {KEY}, n)
  select {unit}, {KEY}, n from ({rows}) x where n <> 0 order by {unit}, {KEY}
  on conflict ({unit}, {KEY}) do update set n = t.n + excluded.n"""
