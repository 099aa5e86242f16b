"""Units and where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.letters import only_digits, plain_digits
from abhiyan.core.natural import natural, natural_sql
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.units.models import MANY, Hierarchy, Kind, Placement, Unit
from abhiyan.units.rules import levels

from .rows import (
    FACTS,
    HAS_CHILDREN,
    MOST,
    PLACE,
    SORTS,
    UnitPage,
    UnitRow,
    fitting,
)

_WIDE = 2_000  # leaves from which counts_below is kept
_kept: dict[tuple[int, int], tuple[int, dict[str, int]]] = {}
_kept_not_placed: dict[int, tuple[Sequence[Any], int]] = {}


def unit(code: str) -> Unit:
    """The unit with this code. NotFound when there is none."""
    # PostgreSQL holds no NUL, and refuses to look for one.
    found = None if "\0" in code else Unit.objects.filter(code=plain_digits(code)).first()
    return or_refuse(found, NotFound(field="unit"))


def unit_by_id(unit_id: int) -> Unit:
    """The unit with this id. NotFound when there is none."""
    return or_refuse(Unit.objects.filter(pk=unit_id).first(), NotFound(field="unit"))


def units_by_id(unit_ids: Iterable[int]) -> dict[int, Unit]:
    """Units by their ids, of those there are."""
    return Unit.objects.in_bulk(set(unit_ids))


def names_of_units(unit_ids: Iterable[int], *, language: str) -> dict[int, str]:
    """Units' names by id, of those there are."""
    unit_rows = Unit.objects.filter(id__in=set(unit_ids)).values_list("id", "names")
    return {unit_id: name_in_language(names, language) for unit_id, names in unit_rows}


def electors_of(unit_ids: Iterable[int]) -> dict[int, int | None]:
    """id -> electors of those units that exist; None where they are not known."""
    return dict(Unit.objects.filter(id__in=set(unit_ids)).values_list("id", "electors"))


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """code -> id of those codes that exist, as they were written: in the digits of any script."""
    written = {code: plain_digits(code) for code in codes}
    ids = dict(Unit.objects.filter(code__in=set(written.values())).values_list("code", "id"))
    return {code: ids[plain] for code, plain in written.items() if plain in ids}


def row_of_unit(unit_id: int, hierarchy: int) -> UnitRow:
    """One unit as a row, with its place in the hierarchy if it has one. NotFound when there is no such unit."""
    unit_rows = sql.rows(
        f"select {FACTS}, {PLACE}, {HAS_CHILDREN} from units_unit u left join units_placement p"
        " on p.unit_id = u.id and p.hierarchy = %s and p.valid_to is null where u.id = %s",
        [hierarchy, hierarchy, unit_id],
    )
    if not unit_rows:
        raise NotFound(field="unit")
    return UnitRow(*unit_rows[0])


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit by its code: what its page needs before it knows the hierarchy."""

    id: int
    kind: str
    source: str
    is_sample: bool
    hierarchies: tuple[int, ...]
    versions: tuple[int, ...]  # of the trees of these hierarchies

    def nearest(self, wanted: int | None) -> int:
        """Return the wanted hierarchy where the unit has a place in it, else the unit's first."""
        return (
            wanted if wanted in self.hierarchies else next(iter(self.hierarchies), Hierarchy.ORGANISATIONAL)
        )


_FOUND = """with recursive found as (
  select u.id, u.kind, u.source, u.is_sample,
    array(select p.hierarchy from units_placement p where p.unit_id = u.id and p.valid_to is null order by 1)
      as hierarchies,
    array(select coalesce(t.version, 0) from units_placement p left join units_tree t on t.hierarchy = p.hierarchy
      where p.unit_id = u.id and p.valid_to is null order by p.hierarchy) as versions
  from units_unit u where u.code = %(code)s)"""


def _found(row: Sequence[Any]) -> UnitFound:
    unit_id, kind, source, is_sample, hierarchies, versions = row[:6]
    return UnitFound(unit_id, kind, source, is_sample, tuple(hierarchies), tuple(versions))


def unit_with_hierarchies(code: str) -> UnitFound:
    """Return the unit with this code and its hierarchies today, in one query. NotFound when there is none."""
    if "\0" in code:  # PostgreSQL holds none, and refuses to look for one
        raise NotFound(field="unit")
    rows = sql.rows(f"{_FOUND} select * from found", {"code": code}, keep_plan=True)
    if not rows:
        raise NotFound(field="unit")
    return _found(rows[0])


def found_with_path(code: str, *, wanted: int | None) -> tuple[UnitFound, list[UnitRow]]:
    """`unit_with_hierarchies`, and its `path_of_unit` in the hierarchy `nearest` the wanted one, in one query."""
    if "\0" in code:
        raise NotFound(field="unit")
    rows = sql.rows(
        f"""{_FOUND}, up as (
          select p.*, 0 as n from found join units_placement p on p.unit_id = found.id and p.valid_to is null
            and p.hierarchy = case when %(wanted)s = any (hierarchies) then %(wanted)s else hierarchies[1] end
          union all
          select p.*, up.n + 1 from up join units_placement p
            on p.unit_id = up.parent_id and p.hierarchy = up.hierarchy and p.valid_to is null where up.n < 64)
        select found.*, {FACTS}, {PLACE}, p.n > 0 or {HAS_CHILDREN.replace("%s", "p.hierarchy")}
        from found left join up p on true left join units_unit u on u.id = p.unit_id order by p.n desc""",
        {"code": code, "wanted": wanted},
        keep_plan=True,
    )
    if not rows:
        raise NotFound(field="unit")
    facts = _found(rows[0])
    return facts, [UnitRow(*row[6:]) for row in rows] if facts.hierarchies else []


class TreesMoved(Refused, status=409):
    """Units were placed or moved while a request worked with their positions: it changed nothing."""

    message = _("Units were moved while you worked, so nothing was saved. Please send it again.")


class TreesMoving(TreesMoved, status=503):
    """The same of a page, which was made twice in vain."""

    message = _("Units are being moved now. Open the page again in %(wait_s)s.")


def trees_version() -> int:
    """A number that goes up whenever a unit is placed or moved, in whichever tree."""
    return sql.count("select sum(version) from units_tree")


def hierarchies_of(unit_id: int) -> list[int]:
    """Return the hierarchies of a unit today."""
    return sql.column(
        "select hierarchy from units_placement where unit_id = %s and valid_to is null order by 1", [unit_id]
    )


def roots(hierarchy: int) -> list[UnitRow]:
    """The tops of a hierarchy: one nation, or what an installation began with."""
    return sql.each(
        UnitRow,
        f"select {FACTS}, {PLACE}, {HAS_CHILDREN} from units_placement p join units_unit u on u.id = p.unit_id"
        " where p.parent_id is null and p.hierarchy = %s and p.valid_to is null order by p.lo limit %s",
        [hierarchy, hierarchy, MOST],
    )


def children(
    unit_id: int,
    hierarchy: int,
    *,
    language: str = "en",
    limit: int = 100,
    offset: int = 0,
    sort: str = "name",
    descending: bool = False,
    containing: str = "",
) -> UnitPage:
    """The units directly beneath one, a page at a time (at most MOST rows), with their names and places.

    sort: a key of SORTS; ties by code. containing: only those whose name or code `fitting` says contains it.
    """
    limit, order = min(max(limit, 1), MOST), SORTS[sort] if sort in SORTS else SORTS["name"]
    fits, params = fitting(containing) if containing else ("true", {})
    children = HAS_CHILDREN.replace("%s", "%(hierarchy)s")
    unit_rows = sql.rows(
        f"select {FACTS}, {PLACE}, {children}, count(*) over () from units_placement p"
        " join units_unit u on u.id = p.unit_id"
        f" where p.parent_id = %(parent)s and p.hierarchy = %(hierarchy)s and p.valid_to is null and {fits}"
        f" order by {order.replace('%s', '%(language)s')} {'desc' if descending else 'asc'} nulls last, u.code"
        " limit %(limit)s offset %(offset)s",
        {
            "parent": unit_id,
            "hierarchy": hierarchy,
            "language": language,
            "limit": limit,
            "offset": max(offset, 0),
            **params,
        },
    )
    return UnitPage([UnitRow(*row[:-1]) for row in unit_rows], unit_rows[0][-1] if unit_rows else 0, offset)


def path_of_unit(unit_id: int, hierarchy: int, *, on: date | None = None) -> list[UnitRow]:
    """Return the units above a unit, from the root down to the unit itself; empty where it has no place.

    on: as the tree was on that day (rows then carry no positions), else today.
    """
    when = (
        "p.valid_to is null"
        if on is None
        else "p.valid_from <= %s and (p.valid_to is null or p.valid_to > %s)"
    )
    day = [] if on is None else [on, on]
    return sql.each(
        UnitRow,
        "with recursive up as (select p.*, 0 as n from units_placement p"
        f" where p.unit_id = %s and p.hierarchy = %s and {when}"
        " union all select p.*, up.n + 1 from up join units_placement p"
        f" on p.unit_id = up.parent_id and p.hierarchy = %s and {when} where up.n < 64)"
        f" select {FACTS}, {PLACE}, p.n > 0 or {HAS_CHILDREN} from up p"
        " join units_unit u on u.id = p.unit_id order by p.n desc",
        [unit_id, hierarchy, *day, hierarchy, *day, hierarchy],
        keep_plan=True,
    )


def paths_of_units(unit_ids: Sequence[int], hierarchy: int) -> dict[int, list[UnitRow]]:
    """Return `path_of_unit` of several units in one query; units without a place there are left out."""
    units: dict[int, list[UnitRow]] = {}
    for row in sql.rows(
        "with recursive up as (select p.*, p.unit_id as of, 0 as n from units_placement p"
        " where p.unit_id = any(%s) and p.hierarchy = %s and p.valid_to is null"
        " union all select p.*, up.of, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.parent_id and p.hierarchy = %s and p.valid_to is null where up.n < 64)"
        f" select {FACTS}, {PLACE}, true, p.of from up p join units_unit u on u.id = p.unit_id"
        " order by p.of, p.n desc",
        [list(unit_ids), hierarchy, hierarchy],
    ):
        units.setdefault(row[-1], []).append(UnitRow(*row[:-1]))
    return units


def span(unit_id: int, hierarchy: int) -> tuple[int, int]:
    """Positions [lo, hi) of a unit and all below it. NotFound where it is outside the hierarchy."""
    span_by_unit = spans([unit_id], hierarchy)
    if unit_id not in span_by_unit:
        raise NotFound(field="unit")
    return span_by_unit[unit_id]


def spans(unit_ids: Iterable[int], hierarchy: int) -> dict[int, tuple[int, int]]:
    """Return id -> positions of several units in one hierarchy; units without a place there are left out."""
    return {
        unit: (lo, hi)
        for unit, lo, hi in sql.rows(
            "select unit_id, lo, hi from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and valid_to is null and lo is not null",
            [list(unit_ids), hierarchy],
        )
    }


def all_spans(unit_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Return id -> positions of several units in every hierarchy of theirs: what a scope is made of."""
    spans_by_unit: dict[int, list[tuple[int, int]]] = {}
    for unit, lo, hi in sql.rows(
        "select unit_id, lo, hi from units_placement"
        " where unit_id = any(%s) and valid_to is null and lo is not null order by unit_id, lo",
        [list(unit_ids)],
    ):
        spans_by_unit.setdefault(unit, []).append((lo, hi))
    return spans_by_unit


def stands_below(unit_id: int, above_id: int) -> bool:
    """Return True if a unit is another, or lies below it, in any hierarchy."""
    return unit_id == above_id or sql.exists(
        "select 1 from units_placement p join units_placement a on a.unit_id = %s and a.valid_to is null"
        " and p.lo >= a.lo and p.lo < a.hi where p.unit_id = %s limit 1",
        [above_id, unit_id],
    )


def ids_below(unit_id: int, hierarchy: int) -> QuerySet[Placement, int]:
    """Ids of a unit and all below it, as a subquery. Never evaluate it unbounded."""
    return within(span(unit_id, hierarchy))


def within(span: tuple[int, int]) -> QuerySet[Placement, int]:
    """The same by positions."""
    return Placement.objects.filter(lo__gte=span[0], lo__lt=span[1]).values_list("unit_id", flat=True)


def is_top(unit_id: int) -> bool:
    """Return True if a unit is the top of a hierarchy today."""
    return sql.exists(
        "select 1 from units_placement where unit_id = %s and valid_to is null and parent_id is null limit 1",
        [unit_id],
    )


def open_below(unit_id: int) -> list[int]:
    """Ids of every open unit below one, in any hierarchy."""
    return sql.column(
        "select distinct u.id from units_placement a join units_placement p on p.lo > a.lo and p.lo < a.hi"
        " join units_unit u on u.id = p.unit_id and u.closed_on is null"
        " where a.unit_id = %s and a.valid_to is null and a.lo is not null order by 1",
        [unit_id],
    )


def counts_below(
    unit_id: int, hierarchy: int, *, here: UnitRow | None = None, version: int | None = None
) -> dict[str, int]:
    """Return kind -> how many open units are below a unit, itself left out; kinds from the top.

    The answer for a wide unit is kept in this process for as long as the tree's version stays. here, version: the unit
    in this hierarchy and the tree's version, if the caller has read both already.
    """
    if here is not None and version is not None and here.lo is not None:
        lo, hi, leaves = here.lo, here.hi, here.leaves or 0
    else:
        place_rows = sql.rows(
            "select p.lo, p.hi, p.leaves, coalesce(t.version, 0) from units_placement p"
            " left join units_tree t on t.hierarchy = p.hierarchy"
            " where p.unit_id = %s and p.hierarchy = %s and p.valid_to is null and p.lo is not null",
            [unit_id, hierarchy],
            keep_plan=True,
        )
        if not place_rows:
            raise NotFound(field="unit")
        lo, hi, leaves, version = place_rows[0]
    kept = _kept.get((unit_id, hierarchy))
    if kept and kept[0] == version:
        return dict(kept[1])
    n_by_kind = dict(
        sql.rows(
            "select u.kind, count(*) from units_placement p join units_unit u on u.id = p.unit_id"
            " where p.lo > %s and p.lo < %s and u.closed_on is null group by u.kind",
            [lo, hi],
        )
    )
    counts = {kind: n_by_kind[kind] for kind in levels.placed_kinds(hierarchy) if kind in n_by_kind}
    if leaves >= _WIDE:
        if len(_kept) >= 1_000:
            _kept.clear()
        _kept[unit_id, hierarchy] = (version, counts)
    return dict(counts)


def of_kind_below(unit_id: int, hierarchy: int, kind: str, *, with_closed: bool = False) -> list[int]:
    """Ids of the open units of a kind below a unit, in the order of the tree; with_closed: of closed ones, too.

    Found from the top down, without a look at what is below them.
    """
    deepest = levels.level_of_kind(hierarchy, kind)
    if deepest is None:
        return []
    above = [
        kind_above
        for kind_above in levels.placed_kinds(hierarchy)
        if (levels.level_of_kind(hierarchy, kind_above) or 0) <= deepest
    ]
    return sql.column(
        "with recursive down as (select p.unit_id, p.lo, u.kind, u.closed_on from units_placement p"
        " join units_unit u on u.id = p.unit_id and u.kind = any(%(above)s)"
        " where p.parent_id = %(unit)s and p.hierarchy = %(hierarchy)s and p.lo is not null"
        " union all select p.unit_id, p.lo, u.kind, u.closed_on from down join units_placement p"
        " on p.parent_id = down.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null"
        " join units_unit u on u.id = p.unit_id and u.kind = any(%(above)s) where down.kind <> %(kind)s)"
        " select unit_id from down where kind = %(kind)s and (closed_on is null or %(closed)s) order by lo",
        {"unit": unit_id, "hierarchy": hierarchy, "kind": kind, "above": above, "closed": with_closed},
    )


def only_state(unit_id: int | None) -> str:
    """Return the code of the state that a unit is in, such as "JK". Above the states it is the one
    state that there is, and empty where there are more."""
    if unit_id is not None:
        above = [unit_row for tree in hierarchies_of(unit_id) for unit_row in path_of_unit(unit_id, tree)]
        if code := next((unit_row.code for unit_row in above if unit_row.kind == Kind.STATE), ""):
            return code
    codes = Unit.objects.filter(kind=Kind.STATE, closed_on=None).values_list("code", flat=True)[:2]
    return codes[0] if len(codes) == 1 else ""


def only_seat(unit_id: int) -> str:
    """Return the code of the constituency that all booths at or below a unit are of, such as "JK-56"; else "".

    Codes of booths begin with it: JK-56-126.
    """
    (seat_row,) = sql.rows(
        "select case when min(b.seat) = max(b.seat) and count(b.seat) = count(*) then min(b.seat) end from"
        " (select substring(u.code from '^(.+-[0-9]{1,4})-[0-9]{1,5}$') seat from units_placement a"
        " join units_placement p on p.hierarchy = a.hierarchy and p.lo >= a.lo and p.lo < a.hi"
        " join units_unit u on u.id = p.unit_id and u.kind = %(booth)s and u.closed_on is null"
        " where a.unit_id = %(unit)s) b",
        {"unit": unit_id, "booth": Kind.BOOTH},
    )
    return seat_row[0] or ""


def called_any(texts: Sequence[str], *, within: int, hierarchy: int) -> dict[str, list[int]]:
    """Find the open units below a unit that each text names, by a name or the code. A text without one is left out.

    Not among them: booths, villages and other kinds of very many units. One query.
    """
    rows = sql.rows(
        "select w.text, array_agg(u.id order by p.lo) from unnest(%(texts)s::text[], %(plain)s::text[]) w(text, plain),"
        " units_placement o"
        " join units_placement p on p.hierarchy = o.hierarchy and p.lo > o.lo and p.lo < o.hi"
        " join units_unit u on u.id = p.unit_id"
        " where o.unit_id = %(within)s and o.hierarchy = %(hierarchy)s and u.closed_on is null"
        " and u.kind <> all(%(many)s) and (u.code = upper(w.plain) or exists"
        " (select from jsonb_each_text(u.names) n where lower(n.value) = lower(w.text))) group by 1",
        {
            "texts": list(texts),
            "plain": list(map(plain_digits, texts)),
            "within": within,
            "hierarchy": hierarchy,
            "many": MANY,
        },
    )
    return dict(rows)


def called_below(lo: int, hi: int, kind: str, name: str) -> list[tuple[int, int, int]]:
    """(id, lo, hi) of the open units of a kind within [lo, hi) that have this name in some language, capitals or not;
    three at most."""
    return [
        (unit, first, last)
        for unit, first, last in sql.rows(
            "select p.unit_id, p.lo, p.hi from units_placement p join units_unit u on u.id = p.unit_id"
            " where p.lo >= %(lo)s and p.lo < %(hi)s and u.kind = %(kind)s and u.closed_on is null and exists"
            " (select from jsonb_each_text(u.names) n where lower(n.value) = lower(%(name)s)) order by p.lo limit 3",
            {"lo": lo, "hi": hi, "kind": kind, "name": " ".join(name.split())},
        )
    ]


def count_not_placed(hierarchy: int) -> int:
    """Count the units whose kind has a place in the hierarchy and that are not in it today; closed ones are left out.
    Kept in this process until a tree changes or a unit is made."""
    state = sql.row(
        "select (select coalesce(sum(version), 0)::bigint from units_tree), (select max(id) from units_unit)",
        keep_plan=True,
    )
    kept = _kept_not_placed.get(hierarchy)
    if kept is None or kept[0] != state:
        n: int = sql.value(
            "select count(*) from units_unit u where u.kind = any(%s) and u.closed_on is null and not exists"
            " (select from units_placement p where p.unit_id = u.id and p.hierarchy = %s and p.valid_to is null)",
            [[*levels.placed_kinds(hierarchy)], hierarchy],
        )
        kept = _kept_not_placed[hierarchy] = (state, n)
    return kept[1]


def by_pin(pin: str, *, limit: int = 50) -> list[UnitRow]:
    """Return open units a PIN code delivers to, the higher kinds first; successors replace closed ones."""
    unit_rows = sql.rows(
        f"select {FACTS}, null, null, null, null, null, false, u.successors from units_pin d"
        " join units_unit u on u.id = d.unit_id where d.pin = %s order by u.kind, u.code limit %s",
        [only_digits(pin), min(max(limit, 1), MOST)],
    )
    rows = {row[0]: UnitRow(*row[:-1]) for row in unit_rows if row[9] is None}
    gone = {code for row in unit_rows if row[9] is not None for code in row[-1]}
    rows |= {row.id: row for row in successors(gone)}
    return sorted(rows.values(), key=lambda row: (levels.RANK[row.kind], natural(row.code)))


def succeeded_by(unit_id: int) -> list[UnitRow]:
    """The units that took over from a closed one, as was said then; by code."""
    return sql.each(
        UnitRow,
        f"select {FACTS}, null, null, null, null, null, false from units_unit u where u.code = any("
        " select jsonb_array_elements_text(successors) from units_unit where id = %s)"
        f" order by {natural_sql('u.code')}",
        [unit_id],
    )


def successors(codes: Iterable[str]) -> list[UnitRow]:
    """The open units of these codes, or that have taken over from them since, by code."""
    asked_codes, wanted, rows = set[str](), set(codes), list[UnitRow]()
    while wanted:
        asked_codes |= wanted
        unit_rows = sql.rows(
            f"select {FACTS}, null, null, null, null, null, false, u.successors from units_unit u"
            " where u.code = any(%s)",
            [sorted(wanted)],
        )
        rows += [UnitRow(*row[:-1]) for row in unit_rows if row[9] is None]
        wanted = {code for row in unit_rows if row[9] is not None for code in row[-1]} - asked_codes
    return sorted(rows, key=lambda row: natural(row.code))


def outlines_around(unit_id: int, *, limit: int = 600) -> list[dict[str, Any]]:
    """GeoJSON geometries of the outlines known below a unit's state (a nation: below itself), in any hierarchy."""
    rows = sql.rows(
        """with recursive up as (
             select unit_id, parent_id from units_placement
             where unit_id = %s and valid_to is null
             union
             select q.unit_id, q.parent_id from up join units_placement q
               on q.unit_id = up.parent_id and q.valid_to is null),
           top as (
             select u.id from units_unit u where u.id = %s and u.kind = 'nation'
             union all
             select u.id from up join units_unit u on u.id = up.unit_id and u.kind = 'state'
             where not exists (select from units_unit n where n.id = %s and n.kind = 'nation'))
           select distinct b.unit_id, b.geometry::text from top
           join units_placement s on s.unit_id = top.id and s.lo is not null
           join units_placement p on p.lo >= s.lo and p.lo < s.hi
           join units_boundary b on b.unit_id = p.unit_id
           order by 1 limit %s""",
        [unit_id, unit_id, unit_id, limit],
    )
    return [orjson.loads(text) for _unit, text in rows]


def outlines_of(unit_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return unit id -> the GeoJSON geometry of its own outline, for units with one."""
    rows = sql.rows(
        "select unit_id, geometry::text from units_boundary where unit_id = any(%s)", [sorted(set(unit_ids))]
    )
    return {unit_id: orjson.loads(text) for unit_id, text in rows}


def open_states() -> list[Unit]:
    """The open states, by name."""
    return sorted(Unit.objects.filter(kind="state", closed_on=None), key=lambda unit: unit.names["en"])
