"""Close the units of a list: rows that give a day, and, where the bringer wants it, known units that it does not name.

This works on the temporary tables of `staging`, after every other check of the rows.
  t_missing  known open units below the places the file covers that it does not name.
  t_closing  row (0: none, the unit is missing), unit, key, closed_on, successors by code and (next) by key.
"""

from collections.abc import Callable
from datetime import date

import orjson

from abhiyan.core import sql

from .models import Kind
from .queries import all_spans, hanging_on
from .rules import hanging, levels
from .trees.laying import fresh

_OPEN_BELOW = """select c.row, c.key, count(distinct f.unit) as n from t_closing c join (
        select e.key as unit, e.parent_key as parent from t_edge e
        union all
        select p.unit_id, p.parent_id from units_placement p
            join t_closing above on above.unit = p.parent_id
            where p.valid_to is null and not exists (
                select from t_edge e where e.h = p.hierarchy and e.key = p.unit_id)) f on f.parent = c.key
    left join units_unit u on u.id = f.unit
    where u.closed_on is null and not exists (select from t_closing k where k.key = f.unit)
    group by c.row, c.key"""

_IS_TOP = "exists (select from units_placement p where p.unit_id = {} and p.valid_to is null and p.parent_id is null)"


def find_missing(within: int | None) -> None:
    """t_missing. A file covers what is below the units its trees hang beneath, of the kinds it has there. So a list of
    a district's booths covers the booths of that district. within: nothing outside this unit is missed."""
    inside, bounds = inside_of(within, "p")
    fresh(
        "t_missing",
        f"""as select distinct u.id as unit, u.code from (
            select distinct e.h, case e.parent_key when 0 then e.key else e.parent_key end as top from t_edge e
            where not exists (select from t_edge a where a.h = e.h and a.key = e.parent_key)) tops
        join units_placement a on a.unit_id = tops.top and a.hierarchy = tops.h and a.valid_to is null
        join units_placement p on p.lo > a.lo and p.lo < a.hi
        join units_unit u on u.id = p.unit_id and u.closed_on is null
        join (select distinct h, kind from t_edge) k on k.h = tops.h and k.kind = u.kind
        where {inside} and not exists (select from t_staged s where s.code = u.code)
            and not exists (select from t_faulty f where f.code = u.code)
            and not exists (select from t_edge e where e.parent_key = u.id)""",
        bounds,
    )
    sql.run("analyze t_missing")


def inside_of(within: int | None, placement: str) -> tuple[str, list[int]]:
    """SQL of whether a placement is at or below a unit, in any hierarchy; of None always. And its values."""
    if within is None:
        return "true", []
    spans = all_spans([within]).get(within, [])
    either = " or ".join([f"({placement}.lo >= %s and {placement}.lo < %s)"] * len(spans)) or "false"
    return f"({either})", [bound for span in spans for bound in span]


def close_rows(
    *,
    today: date,
    within: int | None,
    closes_missing: bool,
    field: str,
    drop: Callable[[], int],
) -> None:
    """t_closing; rows that cannot be closed are refused, units that are missing and cannot stay open.

    within: successors are of this unit too. field: SQL of the column of an edge `e`. drop: takes refused rows out of
    the other tables; how many went.
    """
    fresh(
        "t_closing",
        "as select r.row, r.unit_id as unit, r.key, coalesce(r.closed_on, u.closed_on) as closed_on,"
        " coalesce(regexp_split_to_array(nullif(btrim(r.successors, ' ,;'), ''), '[ ,;]+'), '{}') as successors,"
        " '{}'::bigint[] as next from t_row r left join units_unit u on u.id = r.unit_id"
        " where r.closed_on is not null or r.successors is not null",
    )
    if closes_missing:
        sql.run("insert into t_closing select 0, unit, unit, %s, '{}', '{}' from t_missing", [today])
    sql.run("analyze t_closing")
    _obstacles()
    # A refused closing may keep others from closing, and those make other successors fit.
    while _unclosable(today, drop) or _unfit(field, within, drop):
        pass
    _next()


def newly_closing() -> list[int]:
    """Units of t_closing that are open today."""
    return sql.column(
        "select c.unit from t_closing c join units_unit u on u.id = c.unit and u.closed_on is null"
    )


def _obstacles() -> None:
    """Refuse to close units while things are on them that must go first."""
    units = newly_closing()
    for key, counts in hanging_on(units, hanging.obstacles()).items() if units else ():
        sql.run(
            "insert into t_refused select c.row, 'closed_on', 'in_the_way', %s::jsonb from t_closing c"
            " where c.row > 0 and c.unit = any(%s)",
            [orjson.dumps({"what": key}).decode(), list(counts)],
        )
        sql.run("delete from t_closing where row = 0 and unit = any(%s)", [list(counts)])


def _unclosable(today: date, drop: Callable[[], int]) -> bool:
    """Refuse what cannot be closed as things are now. Return True if anything was refused: then the others are checked
    again."""
    sql.run(
        f"""insert into t_refused
        select c.row, 'successors', 'successors_of_open', null::jsonb from t_closing c where c.closed_on is null
        union all
        select c.row, 'closed_on', 'closed_to_come', null from t_closing c where c.closed_on > %s
        union all
        select c.row, 'closed_on', 'closed_too_early', jsonb_build_object('since', max(p.valid_from)::text)
            from t_closing c join units_placement p on p.unit_id = c.unit and p.valid_to is null
            where p.valid_from > c.closed_on and c.row > 0 group by c.row
        union all
        select c.row, 'closed_on', 'top_stays', null from t_closing c where c.row > 0 and {_IS_TOP.format("c.unit")}
        union all
        select o.row, 'closed_on', 'open_below', jsonb_build_object('n', o.n) from ({_OPEN_BELOW}) o
            where o.row > 0 and not {_IS_TOP.format("o.key")}""",
        [today],
    )
    gone = sql.run(
        f"delete from t_closing c using ({_OPEN_BELOW}) o where c.row = 0 and o.row = 0 and o.key = c.key"
    )
    gone += sql.run(f"delete from t_closing c where c.row = 0 and {_IS_TOP.format('c.unit')}")
    return _dropped(drop) + gone > 0


def _unfit(field: str, within: int | None, drop: Callable[[], int]) -> bool:
    """Refuse successors that cannot take over, and what comes to be placed beneath units that close."""
    ranks = ", ".join(f"('{kind}', {levels.RANK[kind]})" for kind in Kind.values)
    inside, bounds = inside_of(within, "p")
    sql.run(
        f"""insert into t_refused
        select c.row, 'successors', 'successor_unfit', jsonb_build_object('unit', left(min(s.code), 64))
            from t_closing c join t_row own on own.row = c.row cross join unnest(c.successors) s(code)
            left join t_row r on r.code = s.code left join units_unit u on u.code = s.code
            left join t_closing k on k.key = coalesce(r.key, u.id)
            left join (values {ranks}) a(kind, rank) on a.kind = own.is_kind
            left join (values {ranks}) b(kind, rank) on b.kind = coalesce(r.is_kind, u.kind)
            where (r.key is null and u.id is null) or u.closed_on is not null or k.key is not null
                or a.rank <> b.rank
                or u.id is not null and not exists (select from units_placement p where p.unit_id = u.id and {inside})
            group by c.row
        union all
        select e.row, {field}, 'parent_closed', jsonb_build_object('parent', left(e.above, 64)) from t_edge e
            left join units_unit a on a.id = e.parent_key left join t_closing k on k.key = e.parent_key
            left join units_unit own on own.id = e.unit_id
            where (a.closed_on is not null or k.key is not null) and own.closed_on is null
                and not exists (select from t_closing c where c.key = e.key)
                and not exists (select from units_placement p where p.unit_id = e.unit_id and p.hierarchy = e.h
                    and p.valid_to is null and p.parent_id = e.parent_key)""",
        bounds,
    )
    return _dropped(drop) > 0


def _dropped(drop: Callable[[], int]) -> int:
    gone = drop()
    sql.run("delete from t_closing c using t_refused r where r.row = c.row")
    return gone


def _next() -> None:
    sql.run("""update t_closing c set next = found.next from (
            select k.row, array_agg(coalesce(r.key, u.id) order by s.n) as next
            from t_closing k cross join unnest(k.successors) with ordinality s(code, n)
            left join t_row r on r.code = s.code left join units_unit u on u.code = s.code
            group by k.row) found where found.row = c.row""")
