"""The ledger's SQL: one place, so that fold, reads and recount agree on what is folded and what is below a node.

A unit's subtree in a hierarchy is a range of positions. Few thousand large nodes cut the positions into
stretches, each inside one innermost large node. Binary search in the sorted cuts (`width_bucket`) finds it for
any unit, without a table of every leaf's ancestors. Each large node above adds it step by step.
"""

# Deltas of finished folds are skipped. The horizon is of another server when it lies ahead of this one's own
# transactions (after a restore): then nothing is skipped. One scalar subselect: an index can be searched by it.
HORIZON = (
    "(select coalesce(min(f.horizon), '0'::xid8) from programmes_fold f"
    " where f.horizon <= pg_snapshot_xmax(pg_current_snapshot()))"
)
# The upper bound excludes nothing. Together the two bounds make the planner expect a thin slice. So it uses the index
# also while the table is full of rows that are folded but not vacuumed.
PENDING = f"d.xid >= {HORIZON} and d.xid < (select '18446744073709551615'::xid8)"

KEY = "programme_id, measure, day, channel, rung"
ALL_DAYS = "date '0001-01-01'"

# Number the large nodes; where one opens or closes, give the innermost one from there on. As arrays by number, keep
# all that is asked of them. They are looked up and not joined, since the planner cannot know how many changes wait. A
# join that it expected to be one row by one took 40 s for 20,000 changes.
TREE = """
big as materialized (
  select row_number() over (order by p.lo, p.depth)::int as number,
    l.hierarchy, l.unit_id, p.parent_id, p.lo, p.hi, p.depth
  from programmes_large l
  join units_placement p on p.unit_id = l.unit_id and p.hierarchy = l.hierarchy and p.lo is not null),
around as materialized (
  select b.number, coalesce(a.number, 0) as parent, b.hierarchy, b.unit_id, b.lo, b.hi, b.depth
  from big b left join big a on a.hierarchy = b.hierarchy and a.unit_id = b.parent_id),
cut as materialized (
  select distinct on (pos) pos, number from (
    select lo as pos, number, 0 as closes, depth from around
    union all
    select hi, parent, 1, depth from around) ends
  order by pos, closes, depth),
tree as materialized (
  select positions, innermost, parents, units, hierarchies
  from (select array_agg(pos order by pos) as positions, array_agg(number order by pos) as innermost from cut) cuts,
    (select array_agg(parent order by number) as parents, array_agg(unit_id order by number) as units,
      array_agg(hierarchy order by number) as hierarchies from around) nodes)"""


def sums_above(source: str, *, hierarchies: str = "true", key: str = KEY) -> str:
    """Return CTE bodies with the result `node_sum`: sums of `source` (unit_id, KEY, n) at every large node above.

    hierarchies: a condition on `p.hierarchy`. key: five columns, where these are others. Needs TREE before it.
    """
    columns = ", ".join(f"i.{part}" for part in key.split(", "))
    return f"""
inner_sum as (
  select number, {key}, sum(n) as n from (
    select (select innermost from tree)[width_bucket(p.lo, (select positions from tree))] as number, {columns}, i.n
    from {source} i
    join units_placement p on p.unit_id = i.unit_id and p.lo is not null and {hierarchies}) placed
  where number > 0
  group by number, {key}),
node_sum as (
  with recursive up as (
    select number, {key}, n from inner_sum
    union all
    select (select parents from tree)[number], {key}, n from up where (select parents from tree)[number] > 0)
  select (select units from tree)[number] as unit_id, (select hierarchies from tree)[number] as hierarchy, {key}, n
  from (select number, {key}, sum(n)::bigint as n from up group by number, {key}) sums)"""


def with_all_days(source: str, unit: str) -> str:
    """Return a query: the rows of `source`, and per `unit` columns and channel the row that sums its days."""
    return f"""
  select {unit}, {KEY}, n from {source}
  union all
  select {unit}, programme_id, measure, {ALL_DAYS}, channel, rung, sum(n)::bigint from {source}
  group by {unit}, programme_id, measure, channel, rung"""


def add_to(table: str, unit: str, rows: str) -> str:
    """Return an upsert of sorted `rows` (unit, KEY, n) that adds n to what is there."""
    return f"""insert into {table} as t ({unit}, {KEY}, n)
  select {unit}, {KEY}, n from ({rows}) x where n <> 0 order by {unit}, {KEY}
  on conflict ({unit}, {KEY}) do update set n = t.n + excluded.n"""
