"""A units file on its way in: every question asked of its rows at once, in SQL, before anything is changed.

Temporary tables of the transaction:
  t_staged   the rows as the reader cleaned them (`open_staging`, `stage_rows`); null: the file leaves it open.
  t_faulty   the rows it refused, with the columns it refused (`bad`): so that all their faults show at once.
  t_row      the accepted rows, each with its unit (there before or not) and a key that both kinds share.
  t_edge     what they say of parents: one row per unit and hierarchy.
  t_refused  row, field, code, facts: the refused rows (another row's number among facts is text, no count).
  t_change   one row per field that would change on a unit that exists: old and new.
  t_missing  known open units below the places the file covers that it does not name.
  t_closing  what is closed: rows that say so, and with row 0 missing units, where the bringer wants it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Literal

from abhiyan.core import sql

from .models import Kind
from .rules import codes, levels
from .rules.ground import reach_sql
from .staged_closings import close_rows, find_missing, inside_of
from .trees.laying import fresh

# The order of a row's cells after its number.
COLUMNS = (
    "code",
    "kind",
    "name_en",
    "name_hi",
    "organisational_parent",
    "electoral_parent",
    "administrative_parent",
    "electors",
    "households",
    "lat",
    "lon",
    "source",
    "sample",
    "opened_on",
    "closed_on",
    "successors",
)
PARENTS = {h: f"{slug}_parent" for h, slug in levels.SLUGS.items()}
FACTS = {
    "name_en": "u.names ->> 'en'",
    "name_hi": "u.names ->> 'hi'",
    "electors": "u.electors",
    "households": "u.households",
    "lat": "u.lat",
    "lon": "u.lon",
    "source": "u.source",
    "sample": "u.is_sample",
    "opened_on": "u.opened_on",
}
_CIRCLE = 20  # steps upwards after which a chain is taken for no circle
_CIRCLES = 5_000  # rows whose chain is followed; further ones are refused as standing beneath a wrong kind


@dataclass(frozen=True, slots=True)
class StagingCounts:
    """An import does this or would do it, in rows. moved: came beneath another parent, perhaps changed besides.

    changed: facts, or a first place in a hierarchy. closed: whatever else the row says. nowhere: among all of these,
    rows of units outside every hierarchy afterwards. missing: known units the file does not name, no rows of it;
    closed_missing: of those, what is closed. still_closed: rows of closed units that say nothing of it.
    """

    made: int
    moved: int
    changed: int
    same: int
    refused: int
    nowhere: int = 0
    closed: int = 0
    missing: int = 0
    closed_missing: int = 0
    still_closed: int = 0


def open_staging() -> None:
    """Begin with no rows."""
    types = {"electors": "int", "households": "int", "lat": "float8", "lon": "float8", "sample": "bool"}
    types |= {"opened_on": "date", "closed_on": "date"}
    columns = ", ".join(f"{name} {types.get(name, 'text')}" for name in COLUMNS)
    fresh("t_staged", f"(row int, {columns})")
    fresh("t_faulty", f"(row int, {columns}, bad text[])")


def stage_faulty(rows: Iterable[Sequence[Any]]) -> None:
    """Add rows the reader refused: as `stage_rows`, and behind the cells the keys of the columns it refused."""
    _copy("t_faulty", ([*cells, "{" + ",".join(sorted(bad)) + "}"] for *cells, bad in rows))


def stage_rows(rows: Iterable[Sequence[Any]]) -> None:
    """Add rows: the number as a person sees it, then the cells in the order of COLUMNS."""
    _copy("t_staged", rows)


def staged() -> int:
    """Count the rows."""
    return sql.count("select count(*) from t_staged")


def _copy(table: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY in text, put together by hand: a million rows of fourteen cells are built in seconds."""
    waiting = iter(rows)
    with sql.copy(f"copy {table} from stdin") as copy:
        while some := list(islice(waiting, 2_000)):
            text = "\n".join(
                ["\t".join(["\\N" if cell is None else str(cell) for cell in row]) for row in some]
            )
            blank = sum([row.count(None) for row in some])
            marks = (blank, (len(some[0]) - 1) * len(some), len(some) - 1, 0)
            if (text.count("\\"), text.count("\t"), text.count("\n"), text.count("\r")) != marks:
                text = "\n".join(["\t".join([_escaped(cell) for cell in row]) for row in some])
            copy.write(text + "\n")


def _escaped(cell: Any) -> str:
    """A cell in which a tab, a line break or a backslash stands."""
    if cell is None:
        return "\\N"
    return " ".join(str(cell).replace("\\", "\\\\").split())


def check(*, today: date, within: int | None = None, closes_missing: bool = False) -> StagingCounts:
    """Ask everything of the staged rows; the answers are in t_row, t_edge, t_refused, t_change and t_closing.

    within: every row must be below this unit, before and after, or stay where it is; and a top may say that it is one.
    A row with anything wrong is refused whole,
    and so is a new unit whose parent was refused; a parent that exists already stands where it did.
    closes_missing: known units that the file does not name are closed from today, where none below stays open.
    """
    sql.run("set local work_mem = '64MB'")
    sql.run("analyze t_staged")
    fresh("t_refused", "(row int, field text, code text, facts jsonb)")
    _rows(today)
    _edges()
    if within is not None:
        _outside(within)
    _kinds()
    while _unreached():
        pass
    find_missing(within)
    close_rows(
        today=today,
        within=within,
        closes_missing=closes_missing,
        field=_field("e"),
        drop=_dropped_with_all_below,
    )
    _changes()
    return _counts()


# A new code that is another one but for capitals: a unit's, or an earlier row's. Codes that exist already stay.
_CASE_ONLY = """insert into t_refused
    select r.row, 'code', 'code_case', jsonb_build_object('known', min(u.code)) from t_row r
        join units_unit u on upper(u.code) = upper(r.code) where r.unit_id is null group by r.row
    union all
    select r.row, 'code', 'code_case_doubled', jsonb_build_object('known', f.codes[1], 'first', f.first::text)
    from t_row r join (
        select upper(code) as code, array_agg(code order by row) as codes, min(row) as first from t_staged
        group by 1 having count(distinct code) > 1) f on f.code = upper(r.code) and r.row > f.first
    where r.unit_id is null and r.code <> f.codes[1]
        and not exists (select from units_unit u where upper(u.code) = upper(r.code))"""


# Units as they will be: the list's own place of a unit goes before the one that is known.
_PLACED = """select code, coalesce(u.kind, p.kind) as kind, coalesce(p.lat, u.lat) as lat, coalesce(p.lon, u.lon) as lon
  from (select * from t_staged where lat is not null and lon is not null) p full join units_unit u using (code)"""


def _rows(today: date) -> None:
    """t_row: rows that are sound in themselves."""
    kinds = ", ".join(f"'{kind}'" for kind in Kind.values)
    above = ", ".join(f"(s.{column})" for column in PARENTS.values())
    sql.run(
        f"""insert into t_refused
        select s.row, 'code', 'code_shape', null::jsonb from t_staged s where s.code !~ %s or s.code = %s
        union all
        select s.row, 'code', 'code_doubled', jsonb_build_object('first', d.first::text, 'second', s.row::text)
            from t_staged s join (
            select code, min(row) as first from t_staged group by code having count(*) > 1) d
            on d.code = s.code and s.row > d.first
        union all
        select s.row, 'kind', 'kind_unknown', null::jsonb from t_staged s
            where s.kind is not null and s.kind not in ({kinds})
        union all
        select s.row, 'kind', 'kind_fixed', jsonb_build_object('kind', u.kind) from t_staged s
            join units_unit u on u.code = s.code where u.kind <> s.kind
        union all
        select * from (
          select distinct on (s.row) s.row, 'lat', 'place_far',
            jsonb_build_object('unit', a.code, 'km', round(k.km)::int)
          from t_staged s cross join lateral (values {above}) v(code)
          join ({_PLACED}) a on a.code = v.code cross join lateral (select 111.2 * sqrt(power(s.lat - a.lat, 2)
            + power((s.lon - a.lon) * cos(radians(a.lat)), 2)) as km) k
          where k.km > {reach_sql("a.kind")} order by s.row, a.code) far(row, field, code, facts)
        union all
        select s.row, 'opened_on', 'opened_to_come', null::jsonb from t_staged s where s.opened_on > %s
        union all
        select s.row, 'opened_on', 'opened_after',
            jsonb_build_object('closed', coalesce(s.closed_on, u.closed_on)::text)
            from t_staged s left join units_unit u on u.code = s.code
            where s.opened_on <= %s and s.opened_on > coalesce(s.closed_on, u.closed_on)""",
        [codes.PATTERN, levels.RESERVED, today, today],
    )
    fresh(
        "t_row",
        """as select s.*, u.id as unit_id, coalesce(u.id, -s.row) as key, coalesce(u.kind, s.kind) as is_kind
        from t_staged s left join units_unit u on u.code = s.code
        where not exists (select from t_refused r where r.row = s.row)""",
    )
    sql.run("analyze t_row")
    sql.run(_CASE_ONLY)
    sql.run(
        "insert into t_refused select row, 'kind', 'kind_needed', null::jsonb from t_row where is_kind is null"
        " union all select row, 'name_en', 'name_needed', null::jsonb from t_row"
        " where unit_id is null and name_en is null"
    )
    _drop_refused()
    sql.run("analyze t_row")
    _other_faults()


def _other_faults() -> None:
    """Find what else is wrong with rows that are refused already: in themselves, and parents that nobody knows."""
    cells = ", ".join(("row", *COLUMNS))
    fresh(
        "t_bad",
        f"""as select {cells}, bad from t_faulty union all
        select {", ".join(f"s.{cell}" for cell in ("row", *COLUMNS))}, r.bad from t_staged s join (
            select row, array_agg(field) as bad from t_refused group by row) r on r.row = s.row""",
    )
    sql.run("analyze t_bad")
    if not sql.value("select exists (select from t_bad)"):
        return
    kinds = ", ".join(f"'{kind}'" for kind in Kind.values)
    parents = " union all ".join(
        f"""select b.row, '{column}', 'parent_unknown', jsonb_build_object('parent', left(b.{column}, 64))
        from t_bad b where b.{column} <> %s and not exists (select from units_unit u where u.code = b.{column})
            and not exists (select from t_staged s where s.code = b.{column})"""
        for column in PARENTS.values()
    )
    sql.run(
        f"""insert into t_refused
        select b.row, 'code', 'code_shape', null::jsonb from t_bad b
            where not 'code' = any(b.bad) and (b.code !~ %s or b.code = %s)
        union all
        select b.row, 'code', 'code_doubled', jsonb_build_object('first', min(s.row)::text, 'second', b.row::text)
            from t_bad b
            join t_staged s on s.code = b.code and s.row < b.row where not 'code' = any(b.bad) group by b.row
        union all
        select b.row, 'kind', 'kind_unknown', null::jsonb from t_bad b
            where not 'kind' = any(b.bad) and b.kind not in ({kinds})
        union all
        select b.row, 'kind', 'kind_fixed', jsonb_build_object('kind', u.kind) from t_bad b
            join units_unit u on u.code = b.code
            where not 'kind' = any(b.bad) and u.kind <> b.kind and b.kind in ({kinds})
        union all
        select b.row, 'kind', 'kind_needed', null::jsonb from t_bad b
            where not 'kind' = any(b.bad) and b.kind is null
            and not exists (select from units_unit u where u.code = b.code)
        union all
        select b.row, 'name_en', 'name_needed', null::jsonb from t_bad b
            where not 'name_en' = any(b.bad) and b.name_en is null
            and not exists (select from units_unit u where u.code = b.code)
        union all {parents}""",
        [codes.PATTERN, levels.RESERVED, *[levels.RESERVED] * len(PARENTS)],
    )


def _edges() -> None:
    """t_edge: parent_key 0 for a root, null for a code nobody has. A new nation is a root where it says nothing."""
    stated = " union all ".join(
        f"""select {h}::smallint as h, r.row, r.key, r.is_kind as kind, r.unit_id, r.is_new_root, r.{column} as above
        from (select *, unit_id is null and is_kind = 'nation' and {column} is null as is_new_root from t_row) r
        where r.{column} is not null or r.is_new_root"""
        for h, column in PARENTS.items()
    )
    fresh(
        "t_edge",
        f"""as select e.h, e.row, e.key, e.kind, e.unit_id, e.above,
            case when e.is_new_root or e.above = %s then 0 else coalesce(r.key, u.id) end as parent_key,
            coalesce(r.is_kind, u.kind) as parent_kind
        from ({stated}) e left join t_row r on r.code = e.above
        left join units_unit u on r.code is null and u.code = e.above""",
        [levels.RESERVED],
    )
    sql.run("analyze t_edge")
    sql.run(
        f"insert into t_refused select e.row, {_field('e')},"
        # Named in the file, but that row is refused: another reason than a code nobody has.
        " case when exists (select from t_staged s where s.code = e.above) then 'parent_refused'"
        " else 'parent_unknown' end, jsonb_build_object('parent', left(e.above, 64))"
        " from t_edge e where e.parent_key is null"
    )
    sql.run(_PARENT_CASE)
    _drop_refused()


# If a parent is known by other capitals, the reason says so.
_PARENT_CASE = """update t_refused r set code = 'parent_case', facts = r.facts || jsonb_build_object('known', k.code)
    from (select upper(u.code) as upper, min(u.code) as code from units_unit u
            join (select distinct upper(facts ->> 'parent') as code from t_refused where code = 'parent_unknown') p
                on p.code = upper(u.code) group by 1) k
    where r.code = 'parent_unknown' and k.upper = upper(r.facts ->> 'parent')"""


def _field(edge: str) -> str:
    cases = " ".join(f"when {h} then '{column}'" for h, column in PARENTS.items())
    return f"case {edge}.h {cases} end"


def _drop_refused() -> int:
    """Take refused rows out of t_row and t_edge. Returns how many rows went."""
    gone = sql.run("delete from t_row t using t_refused r where r.row = t.row")
    if gone and sql.value("select to_regclass('pg_temp.t_edge')"):
        sql.run("delete from t_edge t using t_refused r where r.row = t.row")
    return gone


def _dropped_with_all_below() -> int:
    gone = _drop_refused()
    while more := _unreached():
        gone += more
    return gone


def _outside(within: int) -> None:
    """Refuse rows about units, or beneath parents, that are not below the unit whose list this is."""
    inside, bounds = inside_of(within, "p")
    sql.run(
        f"""insert into t_refused
        select r.row, 'code', 'outside', null::jsonb from t_row r where r.unit_id is not null and not exists (
            select from units_placement p where p.unit_id = r.unit_id and {inside})
        union
        select e.row, {_field("e")}, 'outside', null::jsonb from t_edge e where e.parent_key >= 0 and not exists (
            select from units_placement p where p.unit_id = e.parent_key and {inside}
            union all select from units_placement p where p.unit_id = e.unit_id and p.valid_to is null
                and (p.hierarchy = e.h and coalesce(p.parent_id, 0) = e.parent_key
                    or e.unit_id = %s and e.parent_key = 0 and p.parent_id is null))
        union
        select r.row, 'code', 'nowhere', null::jsonb from t_row r where r.unit_id is null and not exists (
            select from t_edge e where e.row = r.row)""",
        [*bounds, *bounds, within],
    )
    _drop_refused()


def _kinds() -> None:
    """Refuse edges that do not lead upwards; a refusal of a circle has that name.

    The other edges lead upwards everywhere, and so do the placements there are: no circle can remain.
    """
    pairs = ", ".join(f"({h}, '{kind}', {number})" for h, kind, number in levels.level_pairs())
    fresh(
        "t_wrong",
        f"""as select e.*, own.level is null as no_place
        from t_edge e left join (values {pairs}) own(h, kind, level) on own.h = e.h and own.kind = e.kind
        left join (values {pairs}) above(h, kind, level) on above.h = e.h and above.kind = e.parent_kind
        where own.level is null or (e.parent_key <> 0 and (above.level is null or above.level >= own.level))""",
    )
    if not sql.value("select count(*) from t_wrong"):
        return
    sql.run("create index on t_edge (key, h)")
    sql.run(f"""insert into t_refused
        with recursive up(h, start, key, passed) as (
            (select h, key, parent_key, array[key] from t_wrong where parent_key <> 0 limit {_CIRCLES})
            union all
            select up.h, up.start, coalesce(e.parent_key, p.parent_id), up.passed || up.key
            from up left join t_edge e on e.key = up.key and e.h = up.h
            left join units_placement p on e.key is null and p.unit_id = up.key and p.hierarchy = up.h
                and p.valid_to is null
            where up.key <> up.start and up.key <> 0 and cardinality(up.passed) < {_CIRCLE})
        select distinct e.row, {_field("e")}, 'cycle', jsonb_build_object('parent', left(e.above, 64))
        from up join t_edge e on e.h = up.h and e.key = any(up.passed) where up.key = up.start""")
    sql.run(f"""insert into t_refused select e.row, {_field("e")},
            case when e.no_place then 'kind_not_in_hierarchy' else 'kind_not_allowed_here' end,
            jsonb_build_object('kind', e.kind, 'above', e.parent_kind, 'hierarchy', e.h::text) from t_wrong e
        where not exists (select from t_refused r where r.row = e.row)""")
    _drop_refused()


def _unreached() -> int:
    """Refuse rows that no root leads to: their parent is not in the tree, or was refused itself.

    Returns how many; a row refused for one hierarchy is lacking in the others, so it is asked again.
    """
    fresh(
        "t_reached",
        """as with recursive reached(h, key) as (
            select e.h, e.key from t_edge e left join t_edge above on above.h = e.h and above.key = e.parent_key
            where above.key is null and (e.parent_key = 0 or exists (
                select from units_placement p where p.unit_id = e.parent_key and p.hierarchy = e.h
                and p.valid_to is null and p.lo is not null))
            union all
            select e.h, e.key from reached r join t_edge e on e.h = r.h and e.parent_key = r.key)
        select * from reached""",
    )
    sql.run("analyze t_reached")
    sql.run(f"""insert into t_refused select e.row, {_field("e")},
            case when e.parent_key < 0 and not exists (select from t_row r where r.key = e.parent_key)
                or exists (select from t_edge f where f.h = e.h and f.key = e.parent_key)
            then 'parent_refused' else 'parent_not_placed' end, jsonb_build_object('parent', left(e.above, 64))
        from t_edge e where not exists (select from t_reached r where r.h = e.h and r.key = e.key)""")
    return _drop_refused()


def _changes() -> None:
    """Fill t_change, and narrow t_edge to placing or moving edges: with `was`, the old parent (0: a root)."""
    facts = " union all ".join(
        f"""select r.row, r.unit_id, r.code, '{column}' as field, ({now})::text as old, r.{column}::text as new
        from t_row r join units_unit u on u.id = r.unit_id where ({now}) is distinct from r.{column}
        and r.{column} is not null"""
        for column, now in FACTS.items()
    )
    fresh("t_change", f"as {facts}")
    fresh(
        "t_place_new",
        """as select e.*, p.id as placement, coalesce(p.parent_id, 0) as was
        from t_edge e left join units_placement p on p.unit_id = e.unit_id and p.hierarchy = e.h
            and p.valid_to is null
        where p.id is null or coalesce(p.parent_id, 0) <> e.parent_key""",
    )
    sql.run("analyze t_place_new")
    sql.run(
        f"""insert into t_change
        select e.row, e.unit_id, r.code, {_field("e")},
            case when e.placement is not null then coalesce(w.code, %s) end, coalesce(e.above, %s)
        from t_place_new e join t_row r on r.row = e.row left join units_unit w on w.id = e.was
        where e.unit_id is not null""",
        [levels.RESERVED, levels.RESERVED],
    )
    sql.run("""insert into t_change
        select c.row, c.unit, u.code, 'closed_on', u.closed_on::text, c.closed_on::text from t_closing c
            join units_unit u on u.id = c.unit where u.closed_on is distinct from c.closed_on
        union all
        select c.row, c.unit, u.code, 'successors', nullif(array_to_string(array(
                select jsonb_array_elements_text(u.successors)), ' '), ''), array_to_string(c.successors, ' ')
            from t_closing c join units_unit u on u.id = c.unit
            where cardinality(c.successors) > 0 and u.successors is distinct from to_jsonb(c.successors)""")


def _counts() -> StagingCounts:
    made, moved, changed, closed, rows, refused, nowhere, missing, closed_missing, still_closed = (
        sql.row("""select count(*) filter (where r.unit_id is null),
            count(*) filter (where m.row is not null and k.row is null),
            count(*) filter (where m.row is null and c.row is not null and k.row is null),
            count(*) filter (where k.row is not null), count(*),
            (select count(distinct row) from (select row from t_refused union select row from t_faulty) refused),
            (select count(*) from t_row n where not exists (select from t_edge e where e.row = n.row)
                and not exists (
                    select from units_placement p where p.unit_id = n.unit_id and p.valid_to is null)),
            (select count(*) from t_missing), (select count(*) from t_closing where row = 0),
            (select count(*) from t_row r join units_unit u on u.id = r.unit_id and u.closed_on is not null
                where r.closed_on is null)
        from t_row r
        left join (select distinct row from t_place_new where placement is not null) m on m.row = r.row
        left join (select distinct row from t_change) c on c.row = r.row
        left join (select c.row from t_closing c join units_unit u on u.id = c.unit and u.closed_on is null) k
            on k.row = r.row""")
    )
    return StagingCounts(
        made=made,
        moved=moved,
        changed=changed,
        same=rows - made - moved - changed - closed,
        refused=refused,
        nowhere=nowhere,
        closed=closed,
        missing=missing,
        closed_missing=closed_missing,
        still_closed=still_closed,
    )


def staged_refusals(
    *, of: Literal["t_staged", "t_pin_staged"] = "t_staged"
) -> Iterable[tuple[int, str, str, dict[str, Any]]]:
    """The rows refused by `check`: number, field, code of a reason, facts. Drain it before another query.

    The facts hold the text of the refused cell, as `excerpt`, where it has any: units are nobody's secret.
    """
    cell = "left(coalesce(to_jsonb(s), to_jsonb(f)) ->> case r.field when 'unit_code' then 'code' else r.field end, 40)"
    faulty = {"t_staged": "t_faulty", "t_pin_staged": "t_pin_faulty"}[of]
    for row, field, code, facts in sql.rows(
        "select r.row, r.field, r.code,"
        f" coalesce(r.facts, '{{}}') || jsonb_strip_nulls(jsonb_build_object('excerpt', {cell}))"
        f" from t_refused r left join {of} s on s.row = r.row left join {faulty} f on f.row = r.row"
        " order by r.row, r.field"
    ):
        yield row, field, code, facts or {}


# PIN codes


def open_pins() -> None:
    """Begin with no rows of a PIN directory."""
    fresh("t_pin_staged", "(row int, pin text, code text, sample bool)")
    fresh("t_pin_faulty", "(row int, code text)")


def stage_pins(rows: Iterable[Sequence[Any]]) -> None:
    """Add rows: number, PIN, unit's code, sample."""
    _copy("t_pin_staged", rows)


def stage_faulty_pins(rows: Iterable[Sequence[Any]]) -> None:
    """Add rows the reader refused: number and unit's code, which may be wrong besides."""
    _copy("t_pin_faulty", rows)


def check_pins(*, within: int | None = None) -> dict[str, int]:
    """t_pin: the pairs that are new. Unknown codes are refused; a pair there is already is no change."""
    fresh("t_refused", "(row int, field text, code text, facts jsonb)")
    every = "(select row, code from t_pin_staged union all select row, code from t_pin_faulty)"
    sql.run(
        "insert into t_refused select s.row, 'unit_code', 'unit_unknown', jsonb_build_object('unit', left(s.code, 64))"
        f" from {every} s where s.code is not null and not exists (select from units_unit u where u.code = s.code)"
    )
    if within is not None:
        inside, bounds = inside_of(within, "p")
        sql.run(
            f"insert into t_refused select s.row, 'unit_code', 'outside', null from {every} s"
            " join units_unit u on u.code = s.code where not exists (select from units_placement p"
            f" where p.unit_id = u.id and {inside})",
            bounds,
        )
    fresh(
        "t_pin",
        "as select min(s.row) as row, s.pin, u.id as unit, bool_or(s.sample) as sample from t_pin_staged s"
        " join units_unit u on u.code = s.code where not exists (select from t_refused r where r.row = s.row)"
        " and not exists (select from units_pin p where p.pin = s.pin and p.unit_id = u.id) group by s.pin, u.id",
    )
    made, rows, refused = sql.row(
        "select (select count(*) from t_pin), (select count(*) from t_pin_staged),"
        " (select count(distinct r.row) from t_refused r join t_pin_staged s on s.row = r.row)"
    )
    return {"made": made, "same": rows - made - refused}
