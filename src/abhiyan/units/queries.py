"""Reads of units and trees. Units are no secret: whoever is signed in may look a unit up anywhere.

Every list is bounded, every answer is one query unless its docstring says otherwise, and nothing is kept between
calls but `counts_below` of wide units, by the version of the tree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from abhiyan.core.refusals import NotFound

from .models import Placement, Unit
from .rules import fold, levels

MOST = 200  # rows of a page
_WIDE = 2_000  # leaves from which counts_below is kept
_kept: dict[tuple[int, int], tuple[int, dict[str, int]]] = {}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit where it stands today in one hierarchy; lo, hi, depth, leaves are None where it stands nowhere.

    leaves: childless units below, itself if childless. above: names of what stands above it, from the root (only
    where a query says so).
    """

    id: int
    code: str
    kind: str
    names: dict[str, str]
    electors: int | None
    households: int | None
    lat: float | None
    lon: float | None
    is_sample: bool
    closed_on: date | None
    parent_id: int | None
    depth: int | None
    lo: int | None
    hi: int | None
    leaves: int | None
    has_children: bool = False
    above: tuple[dict[str, str], ...] = field(default=())

    def name(self, language: str) -> str:
        return name_in(self.names, language)


@dataclass(frozen=True, slots=True)
class UnitPage:
    """Part of a list: rows from `offset` on, of `total`."""

    rows: list[UnitRow]
    total: int
    offset: int


def name_in(names: dict[str, str], language: str) -> str:
    """A unit's name in a language, else in English."""
    return names.get(language.partition("-")[0]) or names.get("en", "")


_FACTS = "u.id, u.code, u.kind, u.names, u.electors, u.households, u.lat, u.lon, u.is_sample, u.closed_on"
_PLACE = "p.parent_id, p.depth, p.lo, p.hi, p.leaves"
_CHILDREN = (
    "exists (select from units_placement c"
    " where c.parent_id = u.id and c.hierarchy = %s and c.valid_to is null)"
)
# Sort keys of a list of units -> SQL. `%s` takes the language.
SORTS = {
    "name": "coalesce(nullif(u.names ->> %s, ''), u.names ->> 'en')",
    "code": "u.code",
    "electors": "u.electors",
    "households": "u.households",
}


def _rows(query: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _unit_row(row: Sequence[Any]) -> UnitRow:
    facts = list(row)
    facts[3] = _names(facts[3])
    return UnitRow(*facts)


def _names(value: Any) -> dict[str, str]:
    """jsonb comes as text through Django's own cursor."""
    names: dict[str, str] = value if isinstance(value, dict) else orjson.loads(value)
    return names


def unit(code: str) -> Unit:
    """The unit with this code. NotFound when there is none."""
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise NotFound(field="unit")
    return found


def unit_by_id(unit_id: int) -> Unit:
    """The unit with this id. NotFound when there is none."""
    found = Unit.objects.filter(pk=unit_id).first()
    if found is None:
        raise NotFound(field="unit")
    return found


def names_of(unit_ids: Iterable[int], *, language: str) -> dict[int, str]:
    """Units' names by id, of those there are."""
    found = Unit.objects.filter(id__in=set(unit_ids)).values_list("id", "names")
    return {unit_id: name_in(names, language) for unit_id, names in found}


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """code -> id of those codes that exist."""
    return dict(Unit.objects.filter(code__in=list(codes)).values_list("code", "id"))


def standing(unit_id: int, hierarchy: int) -> UnitRow:
    """One unit as a row, with its place in the hierarchy if it has one. NotFound when there is no such unit."""
    found = _rows(
        f"select {_FACTS}, {_PLACE}, {_CHILDREN} from units_unit u left join units_placement p"
        " on p.unit_id = u.id and p.hierarchy = %s and p.valid_to is null where u.id = %s",
        [hierarchy, hierarchy, unit_id],
    )
    if not found:
        raise NotFound(field="unit")
    return _unit_row(found[0])


@dataclass(frozen=True, slots=True)
class Found:
    """A unit by its code: what its page needs before it knows the hierarchy."""

    id: int
    kind: str
    source: str
    is_sample: bool
    hierarchies: tuple[int, ...]


def found(code: str) -> Found:
    """The unit with this code and the hierarchies it stands in today, in one query. NotFound when there is none."""
    rows = _rows(
        "select u.id, u.kind, u.source, u.is_sample, array(select p.hierarchy from units_placement p"
        " where p.unit_id = u.id and p.valid_to is null order by 1) from units_unit u where u.code = %s",
        [code],
    )
    if not rows:
        raise NotFound(field="unit")
    unit_id, kind, source, is_sample, hierarchies = rows[0]
    return Found(unit_id, kind, source, is_sample, tuple(hierarchies))


def hierarchies_of(unit_id: int) -> list[int]:
    """The hierarchies a unit stands in today."""
    return [
        h
        for (h,) in _rows(
            "select hierarchy from units_placement where unit_id = %s and valid_to is null order by 1",
            [unit_id],
        )
    ]


def roots(hierarchy: int) -> list[UnitRow]:
    """The tops of a hierarchy: one nation, or what an installation began with."""
    return [
        _unit_row(row)
        for row in _rows(
            f"select {_FACTS}, {_PLACE}, {_CHILDREN} from units_placement p join units_unit u on u.id = p.unit_id"
            " where p.parent_id is null and p.hierarchy = %s and p.valid_to is null order by p.lo limit %s",
            [hierarchy, hierarchy, MOST],
        )
    ]


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

    sort: a key of SORTS; ties by code. containing: only those whose name or code contains it.
    """
    limit, order = min(max(limit, 1), MOST), SORTS[sort] if sort in SORTS else SORTS["name"]
    where = ""
    params: list[Any] = [hierarchy, unit_id, hierarchy]
    if containing:
        words = fold.fold(containing)
        where = " and (u.code ilike %s"
        params.append(f"%{_plain(containing[:100].replace(chr(0), ''))}%")
        if words:
            where += (
                " or exists (select from units_words w where w.unit_id = u.id"
                " and array_to_string(w.words, ' ') like all (%s))"
            )
            params.append([f"%{word}%" for word in words])
        where += ")"
    if "%s" in order:
        params.append(language)
    found = _rows(
        f"select {_FACTS}, {_PLACE}, {_CHILDREN}, count(*) over () from units_placement p"
        " join units_unit u on u.id = p.unit_id"
        f" where p.parent_id = %s and p.hierarchy = %s and p.valid_to is null{where}"
        f" order by {order} {'desc' if descending else 'asc'} nulls last, u.code limit %s offset %s",
        [*params, limit, max(offset, 0)],
    )
    return UnitPage([_unit_row(row[:-1]) for row in found], found[0][-1] if found else 0, offset)


def path(unit_id: int, hierarchy: int, *, on: date | None = None) -> list[UnitRow]:
    """What stands above a unit, from the root down to the unit itself; empty where it does not stand there.

    on: as the tree was on that day (rows then carry no positions), else today.
    """
    when = (
        "p.valid_to is null"
        if on is None
        else "p.valid_from <= %s and (p.valid_to is null or p.valid_to > %s)"
    )
    day = [] if on is None else [on, on]
    return [
        _unit_row(row)
        for row in _rows(
            "with recursive up as (select p.*, 0 as n from units_placement p"
            f" where p.unit_id = %s and p.hierarchy = %s and {when}"
            " union all select p.*, up.n + 1 from up join units_placement p"
            f" on p.unit_id = up.parent_id and p.hierarchy = %s and {when} where up.n < 64)"
            f" select {_FACTS}, {_PLACE}, p.n > 0 or {_CHILDREN} from up p"
            " join units_unit u on u.id = p.unit_id order by p.n desc",
            [unit_id, hierarchy, *day, hierarchy, *day, hierarchy],
        )
    ]


def paths(unit_ids: Sequence[int], hierarchy: int) -> dict[int, list[UnitRow]]:
    """`path` of several units in one query; those that do not stand there are left out."""
    found: dict[int, list[UnitRow]] = {}
    for row in _rows(
        "with recursive up as (select p.*, p.unit_id as of, 0 as n from units_placement p"
        " where p.unit_id = any(%s) and p.hierarchy = %s and p.valid_to is null"
        " union all select p.*, up.of, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.parent_id and p.hierarchy = %s and p.valid_to is null where up.n < 64)"
        f" select {_FACTS}, {_PLACE}, true, p.of from up p join units_unit u on u.id = p.unit_id"
        " order by p.of, p.n desc",
        [list(unit_ids), hierarchy, hierarchy],
    ):
        found.setdefault(row[-1], []).append(_unit_row(row[:-1]))
    return found


def span(unit_id: int, hierarchy: int) -> tuple[int, int]:
    """Positions [lo, hi) of a unit and all below it. NotFound where it does not stand in the hierarchy."""
    found = spans([unit_id], hierarchy)
    if unit_id not in found:
        raise NotFound(field="unit")
    return found[unit_id]


def spans(unit_ids: Iterable[int], hierarchy: int) -> dict[int, tuple[int, int]]:
    """id -> positions of several units in one hierarchy; those that do not stand there are left out."""
    return {
        unit: (lo, hi)
        for unit, lo, hi in _rows(
            "select unit_id, lo, hi from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and valid_to is null and lo is not null",
            [list(unit_ids), hierarchy],
        )
    }


def all_spans(unit_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """id -> positions of several units in every hierarchy they stand in: what a scope is made of."""
    found: dict[int, list[tuple[int, int]]] = {}
    for unit, lo, hi in _rows(
        "select unit_id, lo, hi from units_placement"
        " where unit_id = any(%s) and valid_to is null and lo is not null order by unit_id, lo",
        [list(unit_ids)],
    ):
        found.setdefault(unit, []).append((lo, hi))
    return found


def stands_below(unit_id: int, above_id: int) -> bool:
    """Whether a unit is another, or stands below it, in any hierarchy."""
    return unit_id == above_id or bool(
        _rows(
            "select 1 from units_placement p join units_placement a on a.unit_id = %s and a.valid_to is null"
            " and p.lo >= a.lo and p.lo < a.hi where p.unit_id = %s limit 1",
            [above_id, unit_id],
        )
    )


def descendants_filter(unit_id: int, hierarchy: int, *, unit_field: str = "unit_id") -> Q:
    """A filter for rows whose unit is this one or stands below it: `Model.objects.filter(...)`. Costs one query."""
    return Q(**{f"{unit_field}__in": below(unit_id, hierarchy)})


def below(unit_id: int, hierarchy: int) -> QuerySet[Placement, int]:
    """Ids of a unit and all below it, as a subquery. Never evaluate it unbounded."""
    lo, hi = span(unit_id, hierarchy)
    return Placement.objects.filter(lo__gte=lo, lo__lt=hi).values_list("unit_id", flat=True)


def counts_below(unit_id: int, hierarchy: int) -> dict[str, int]:
    """kind -> how many units stand below a unit, itself left out; kinds from the top.

    Of wide units the answer is kept in this process for as long as the tree's version stays.
    """
    known = _rows(
        "select p.lo, p.hi, p.leaves, coalesce(t.version, 0) from units_placement p"
        " left join units_tree t on t.hierarchy = p.hierarchy"
        " where p.unit_id = %s and p.hierarchy = %s and p.valid_to is null and p.lo is not null",
        [unit_id, hierarchy],
    )
    if not known:
        raise NotFound(field="unit")
    lo, hi, leaves, version = known[0]
    kept = _kept.get((unit_id, hierarchy))
    if kept and kept[0] == version:
        return dict(kept[1])
    found = dict(
        _rows(
            "select u.kind, count(*) from units_placement p join units_unit u on u.id = p.unit_id"
            " where p.lo > %s and p.lo < %s group by u.kind",
            [lo, hi],
        )
    )
    counts = {kind: found[kind] for kind in levels.kinds(hierarchy) if kind in found}
    if leaves >= _WIDE:
        if len(_kept) >= 1_000:
            _kept.clear()
        _kept[unit_id, hierarchy] = (version, counts)
    return dict(counts)


def not_placed(hierarchy: int, *, kinds: Sequence[str] = (), limit: int = 100, offset: int = 0) -> UnitPage:
    """Units with a place in the hierarchy by their kind, that do not stand in it today: shown at its roots.

    kinds: only these; else every kind of the hierarchy. Closed units are left out.
    """
    wanted = [k for k in (kinds or levels.kinds(hierarchy)) if levels.level(hierarchy, k) is not None]
    found = _rows(
        f"select {_FACTS}, null, null, null, null, null, false, count(*) over () from units_unit u"
        " where u.kind = any(%s) and u.closed_on is null and not exists (select from units_placement p"
        " where p.unit_id = u.id and p.hierarchy = %s and p.valid_to is null) order by u.id limit %s offset %s",
        [wanted, hierarchy, min(max(limit, 1), MOST), max(offset, 0)],
    )
    return UnitPage([_unit_row(row[:-1]) for row in found], found[0][-1] if found else 0, offset)


def by_pin(pin: str, *, limit: int = 50) -> list[UnitRow]:
    """Units a PIN code delivers to, the higher kinds first."""
    found = _rows(
        f"select {_FACTS}, null, null, null, null, null, false from units_pin d"
        " join units_unit u on u.id = d.unit_id where d.pin = %s and u.closed_on is null"
        " order by u.kind, u.code limit %s",
        [fold.digits(pin), min(max(limit, 1), MOST)],
    )
    rows = [_unit_row(row) for row in found]
    return sorted(rows, key=lambda row: (levels.RANK[row.kind], row.code))


def _plain(text: str) -> str:
    """Text for LIKE, its own wildcards made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# Search

_ALIKE = 0.4  # trigram similarity from which a word may be another spelling
_ALTERNATIVES = 24  # other spellings tried per word
_TRIED = 200  # matches of one rank looked at
_ENOUGH = 3  # found by surer ways: then words spelt otherwise are not tried
_Order = tuple[int, int, int]


def search(
    text: str,
    *,
    language: str = "en",
    within: tuple[int, int] | None = None,
    kinds: Sequence[str] = (),
    hierarchy: int | None = None,
    limit: int = 20,
) -> list[UnitRow]:
    """Units by name, in Hindi or Latin letters, however spelt, or by code; the best first.

    A code that fits comes first; then names that contain every word as it sounds, the last word perhaps half
    typed; then, if there is still room, names with words spelt nearly so. Within each: the higher kind first, then
    the shorter name. within: (unit id, hierarchy): only that unit and below. kinds: only these. hierarchy: where
    `above` and the place are read; by default the first one each unit stands in.
    A handful of queries on indexes, whatever the number of units.
    """
    limit = min(max(limit, 1), MOST)
    bounds = span(*within) if within else None
    found: dict[int, _Order] = {}  # those alike are ordered by name
    for unit_id, length in _by_code(text, bounds, kinds, limit):
        found.setdefault(unit_id, (0, length, 0))
    ranks = sorted({levels.RANK[k] for k in kinds}) if kinds else None
    for surety, spellings in _spellings(fold.fold(text), lambda: len(found) < min(limit, _ENOUGH)):
        for unit_id, rank, n in _by_words(spellings, bounds, ranks, kinds, limit):
            found.setdefault(unit_id, (surety, rank, n))
        if len(found) >= limit:
            break
    rows = _described(list(found), hierarchy)

    def order(row: UnitRow) -> tuple[_Order, str, str]:
        by_code = found[row.id][0] == 0
        return found[row.id], "" if by_code else row.name(language), row.code

    return sorted(rows, key=order)[:limit]


def _by_code(
    text: str, bounds: tuple[int, int] | None, kinds: Sequence[str], limit: int
) -> list[tuple[int, int]]:
    """(unit id, length of code) of units whose code is, or begins with, what was typed, in either case."""
    code = text.strip()
    if not code.isprintable() or not code or len(code) > 64 or len(code.split()) > 1:
        return []
    spelt = sorted({code, code.upper(), code.lower()})
    where, params = _narrowed(bounds, kinds)
    begins = " or ".join(["u.code like %s"] * len(spelt))
    return [
        (unit_id, length)
        for unit_id, length in _rows(
            f"select u.id, length(u.code) from units_unit u{where} ({begins}) order by length(u.code), u.code limit %s",
            [*params, *(f"{_plain(s)}%" for s in spelt), limit],
        )
    ]


def _narrowed(bounds: tuple[int, int] | None, kinds: Sequence[str]) -> tuple[str, list[Any]]:
    """Join and conditions that keep a search of `u` within a place and to some kinds; ends with `and`."""
    join, where = "", " where"
    params: list[Any] = []
    if bounds:
        join = " join units_placement p on p.unit_id = u.id and p.lo >= %s and p.lo < %s"
        params += [*bounds]
    if kinds:
        where = " where u.kind = any(%s) and"
        params.append(list(kinds))
    return join + where, params


def _spellings(
    words: list[str], wanting: Callable[[], bool]
) -> Iterator[tuple[int, list[tuple[list[str], list[int]]]]]:
    """Ways to read what was typed, the surest first, numbered: for each word its spellings and their ranks.

    wanting: whether the sure ones found so little that words spelt otherwise are worth trying.
    """
    if not words:
        return
    known: dict[str, list[int]] = {}
    for word, rank in _rows("select word, rank from units_word where word = any(%s)", [words]):
        known.setdefault(word, []).append(rank)
    if all(word in known for word in words):
        yield 1, [([word], known[word]) for word in words]
    last = words[-1]
    begun = _grouped(
        _rows(
            "select word, rank from units_word where word like %s order by length(word), rank, word limit %s",
            [f"{_plain(last)}%", _ALTERNATIVES * 2],
        )
    )
    if begun[0] and all(word in known for word in words[:-1]):
        yield 2, [*(([word], known[word]) for word in words[:-1]), begun]
    if not wanting():
        return
    near: list[tuple[list[str], list[int]]] = []
    for word in words:
        alike = _rows(
            "select word, rank from (select word, rank, similarity(word, %s) as s, bones = %s as same from units_word"
            " where word %% %s or bones = %s) w where same or s >= %s order by same desc, s desc, word limit %s",
            [word, fold.bones(word), word, fold.bones(word), _ALIKE, _ALTERNATIVES],
        )
        given = [(word, rank) for rank in known.get(word, [])]
        spelt = _grouped(
            [*given, *alike, *([(w, r) for w in begun[0] for r in begun[1]] if word == last else [])]
        )
        if spelt[0]:  # a word nobody has (an abbreviation, somebody's remark) is passed over
            near.append(spelt)
    if near:
        yield 3, near


def _grouped(rows: Iterable[Sequence[Any]]) -> tuple[list[str], list[int]]:
    words: dict[str, None] = {}
    ranks: set[int] = set()
    for word, rank in rows:
        words.setdefault(word)
        ranks.add(rank)
    return list(words), sorted(ranks)


def _by_words(
    spellings: list[tuple[list[str], list[int]]],
    bounds: tuple[int, int] | None,
    ranks: list[int] | None,
    kinds: Sequence[str],
    limit: int,
) -> list[tuple[int, int, int]]:
    """(unit id, rank, words in its names) of units whose names contain, of each word, one of its spellings.

    Rank by rank from the top, until there are enough.
    """
    common = set(spellings[0][1]).intersection(*(r for _, r in spellings[1:]))
    if ranks is not None:
        common &= set(ranks)
    if not common:
        return []
    join = ""
    params: list[Any] = []
    if bounds:
        join = " join units_placement p on p.unit_id = w.unit_id and p.lo >= %s and p.lo < %s"
        params += [*bounds]
    if kinds:
        join += " join units_unit u on u.id = w.unit_id and u.kind = any(%s)"
        params.append(list(kinds))
    having = " and ".join(["w.words && %s"] * len(spellings))
    found: list[tuple[int, int, int]] = []
    for rank in sorted(common):
        # No order inside: the scan may stop at the limit, however many units share a common word.
        rows = _rows(
            "select unit_id, n from (select w.unit_id, cardinality(w.words) as n from units_words w"
            f"{join} where w.rank = %s and {having} limit %s) m order by n, unit_id limit %s",
            [*params, rank, *(words for words, _ in spellings), _TRIED, limit],
        )
        found += [(unit_id, rank, n) for unit_id, n in rows]
        if len(found) >= limit:
            break
    return found


def _described(unit_ids: list[int], hierarchy: int | None) -> list[UnitRow]:
    """The units with their places and the names above them, in the given order."""
    if not unit_ids:
        return []
    only = "" if hierarchy is None else "and p.hierarchy = %s "
    rows = {
        row[0]: _unit_row(row)
        for row in _rows(
            f"select distinct on (u.id) {_FACTS}, {_PLACE}, exists (select from units_placement c"
            " where c.parent_id = u.id and c.hierarchy = p.hierarchy and c.valid_to is null)"
            " from units_unit u left join units_placement p"
            f" on p.unit_id = u.id and p.valid_to is null {only} where u.id = any(%s) order by u.id, p.hierarchy",
            [*([] if hierarchy is None else [hierarchy]), unit_ids],
        )
    }
    above: dict[int, list[dict[str, str]]] = {}
    for unit_id, names in _rows(
        "with recursive up as (select p.unit_id as of, p.parent_id as unit_id, p.hierarchy, 1 as n"
        " from units_placement p join unnest(%s::bigint[], %s::bigint[]) w(unit_id, lo)"
        " on p.unit_id = w.unit_id and p.lo = w.lo where p.parent_id is not null"
        " union all select up.of, p.parent_id, p.hierarchy, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.unit_id and p.hierarchy = up.hierarchy and p.valid_to is null"
        " where p.parent_id is not null and up.n < 64)"
        " select up.of, u.names from up join units_unit u on u.id = up.unit_id order by up.of, up.n desc",
        [
            [row.id for row in rows.values() if row.lo is not None],
            [row.lo for row in rows.values() if row.lo is not None],
        ],
    ):
        above.setdefault(unit_id, []).append(_names(names))
    return [replace(rows[u], above=tuple(above.get(u, ()))) for u in unit_ids if u in rows]


def outlines_around(unit_id: int, *, limit: int = 600) -> list[dict[str, Any]]:
    """GeoJSON geometries of the outlines known below a unit's state (a nation: below itself), in any hierarchy."""
    rows = _rows(
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
