"""A page of a unit's children with their ladders; see `ledger`, whose rules hold here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.natural import natural_sql
from abhiyan.core.rows import Rows
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.gaps import GapsBelow
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.tables import DEEPEST_ROW, PER_PAGE, Leaf
from abhiyan.units import queries as places

from . import own_part
from .ledger import (
    EXACT,
    LedgerNode,
    MeasureFigures,
    counted_below,
    figures_of,
    figures_of_measures,
    node_of,
    window,
)
from .programmes import ELECTORAL_KINDS, ask_outside, of_booths


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a node in a list: the unit, its ladder, its target.

    electors: its own, else, where the list sums them, those of the open booths below; None: not known.
    """

    unit_id: int
    code: str
    kind: str
    names: dict[str, str]
    electors: int | None
    lat: float | None
    lon: float | None
    is_sample: bool
    is_closed: bool
    has_children: bool
    target: int | None
    ladder: Ladder


_GAP = "round(g.n * %(passed)s / %(length)s::float8)::bigint - coalesce(f.counted, 0)"  # as `windows.target_due` rounds
SORTS = {
    "name": natural_sql("coalesce(u.names ->> %(language)s, u.names ->> 'en')"),
    "code": natural_sql("u.code"),
    "electors": "electors",
    "target": "g.n",
    "reported": "f.reported",
    "counted": "f.counted",
    "unsigned": "f.unsigned",
    "confirmed": "f.confirmed",
    "share": "f.counted::float8 / nullif(g.n, 0)",
    "gap": "g.n - coalesce(f.counted, 0)",
    "behind": _GAP,
}
FURTHEST_BEHIND = "-behind"  # the one order in which pages, slides and Today name who is behind: by people


@dataclass(frozen=True)
class ChildrenLeaf(Leaf):
    """A page of a node's children. outside: those the programme does not cover and where nothing is reported; no page
    has them. gaps: what all children with a target lack or have beyond what is due, where that was asked."""

    outside: int = 0
    gaps: GapsBelow | None = None


NOTHING = ChildrenLeaf(rows=[], first=0, last=0, total=0, more=False, number=1, pages=1)
MOST_READ = 200_000  # units whose tallies one list adds up


_BOOTHS = """coalesce(u.electors, (select sum(bu.electors)::bigint
      from units_placement b join units_unit bu on bu.id = b.unit_id and bu.kind = 'booth'
      where b.lo > f.lo and b.lo < f.hi and (bu.closed_on is null or bu.closed_on > %(today)s)))"""


def children_ladders(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    on: date | None = None,
    sort: str = "name",
    show: Literal["all", "behind", "without"] = "all",
    matching: str = "",
    language: str = "en",
    page: int = 1,
    per: int = PER_PAGE,
    units: Sequence[int] | None = None,
    sums_electors: bool = False,
    sums_gaps: bool = False,
) -> ChildrenLeaf:
    """Return one page of a node's children (`Child`) with ladders and targets, sorted, filtered and cut in the
    database.

    units: ids of units anywhere below the node, instead of its children; none of them is below another.
    sums_electors: of a unit without a figure of its own those of its booths; it reads every booth below the
    page. sums_gaps: also what they lack or have beyond what is due (`GapsBelow`), however the page is filtered.

    Units that the programme does not cover are counted and not listed, unless something is reported there.
    sort: a key of SORTS, with "-" in front for descending. show: all; behind the target's share of days passed;
    or without anything counted. matching: what `units.fitting` finds. Sorting and filters go by the figures as
    they are shown, so their order tells no more than they do. A page past the end is the last one. Two queries
    (one by a place), however many children.
    """
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    if here is None:
        return NOTHING
    children = ChildrenAsked(
        here,
        programme,
        measure,
        at,
        on,
        sort=sort,
        show=show,
        matching=matching,
        language=language,
        offset=(max(1, page) - 1) * per,
        per=per,
        units=units,
        sums_electors=sums_electors,
        sums_gaps=sums_gaps,
    )
    children_leaf, _own = _listed(children)
    if page > 1 and not children_leaf.rows:  # past the end: the last one
        children_leaf, _own = _listed(replace(children, offset=0))
        if children_leaf.pages and children_leaf.pages > 1:
            children_leaf, _own = _listed(replace(children, offset=(children_leaf.pages - 1) * per))
    return children_leaf


@dataclass(frozen=True, slots=True)
class ChildrenAsked:
    """One page of a list of children, as `children_ladders` is asked for it.

    begins: also what `figures_of_measures` reads of the node itself, days from then on apart; only of a node in sight.
    """

    here: LedgerNode
    programme: Programme
    measure: int
    at: datetime
    on: date | None = None
    sort: str = "name"
    show: Literal["all", "behind", "without"] = "all"
    matching: str = ""
    language: str = "en"
    offset: int = 0
    per: int = PER_PAGE
    begins: date | None = None
    units: Sequence[int] | None = None
    sums_electors: bool = False
    sums_gaps: bool = False

    def values(self) -> dict[str, Any]:
        """Return the values of the names in the statement."""
        here, programme, today = self.here, self.programme, day_in(self.programme.zone, self.at)
        outside = today - timedelta(days=1)
        passed = (min(self.on or today, programme.closes_on) - programme.opens_on).days + 1
        length = (programme.closes_on - programme.opens_on).days + 1
        return {
            "node": here.unit_id,
            "hierarchy": here.hierarchy,
            "lo": here.lo,
            "hi": here.hi,
            "programme": programme.pk,
            "programmes": programme.counted_ids,
            "measure": self.measure,
            "on": self.on,
            "closed": min(self.on, outside) if self.on else outside,
            "language": self.language,
            # On the first day no unit is behind.
            "passed": passed if passed > 1 else 0,
            "length": length,
            "offset": self.offset,
            "per": self.per,
            "units": None if self.units is None else list(self.units),
            "today": today,
        }


def _listed(asked: ChildrenAsked) -> tuple[ChildrenLeaf, list[tuple[int, date, int, int]] | None]:
    """Return the page of children; and with `begins`, of a node in sight, what `figures_of_measures` reads of the node
    itself.

    It does so by the same statement, so that unfolded changes are read once. None where no child fits.
    """
    here, values = asked.here, asked.values()
    tables, parts = [kids(asked)], list(_stored(asked))
    if here.has_own:
        tables.append(own_part.tables(by_child=True))
        parts += _own(asked)
    whole = ""
    if asked.begins:
        table, part, whole = _with_whole(asked, values)
        tables.append(table)
        parts.append(part)
    elif here.has_pending:
        parts.append(
            f"""select k.unit_id, d.rung, d.n from {BELOW_HERE} join kid k on {EDGE} = 2 * k.number - 1
          where {pending_of_measure(asked)} and coalesce(d.day <= {CUT}, true)"""
        )
    tables += _sums(parts, has_own=here.has_own)
    query = _chosen(asked, values)
    if whole:  # with one row only: it is the size of all the others together
        query = f"select page.*, case when row_number() over () = 1 then {whole} end from ({query}) page"
    keeps_plan = (here.is_large or not here.has_pending) and not here.has_own
    child_rows = sql.rows(f"with {', '.join(tables)} {query}", values, keep_plan=keeps_plan)
    leaf = _leaf(asked, child_rows)
    if not asked.begins or not child_rows:
        return leaf, None
    own_text = child_rows[0][19]
    return leaf, [(channel, date.fromisoformat(day), number, n) for channel, day, number, n in own_text or ()]


# The tallies that count, and a child's last day: the one asked for, or the last closed one where its people are out
# of sight.
CUT = "case when k.is_exact then %(on)s::date else %(closed)s::date end"
# Children do not overlap: among their sorted edges, a change below the n-th comes after 2n - 1 of them.
EDGE = "width_bucket(p.lo, (select array_agg(edge order by edge) from kid, unnest(array[lo, hi]) edge))"
BELOW_HERE = (
    "programmes_delta d join units_placement p on p.unit_id = d.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s"
)


def of_measure(asked: ChildrenAsked, counted: str = "t") -> str:
    """Say which counts: of the programme's measure, and of the programmes beneath it."""
    which = "= any(%(programmes)s)" if asked.programme.parts else "= %(programme)s"
    return f"{counted}.programme_id {which} and {counted}.measure = %(measure)s"


def pending_of_measure(asked: ChildrenAsked) -> str:
    """Say which changes d: those of the measure that wait for a fold."""
    return f"{ledger_sql.PENDING} and {of_measure(asked, 'd')}"


# True if the programme covers a child, whole or in part. It covers all of a tree that has none of its units.
_COVERED = """(select coalesce(bool_or(a.lo < p.hi and a.hi > p.lo), true) from programmes_scope s
          join units_placement a on a.unit_id = s.unit_id and a.hierarchy = p.hierarchy and a.valid_to is null
            and a.lo is not null
          where s.programme_id = %(programme)s)"""


def kids(asked: ChildrenAsked) -> str:
    """Return the children, with where they stand, whether their totals are stored, and whether their people are
    in sight."""
    whose = (
        "p.parent_id = %(node)s"
        if asked.units is None
        else "p.lo >= %(lo)s and p.lo < %(hi)s and p.unit_id = any(%(units)s)"
    )
    return f"""kid as materialized (
      select row_number() over (order by p.lo)::int as number, p.unit_id, p.lo, p.hi,
        l.unit_id is not null as is_large, {"true" if asked.here.is_exact else EXACT} as is_exact,
        {_COVERED} as is_covered
      from units_placement p
      left join programmes_large l on l.hierarchy = p.hierarchy and l.unit_id = p.unit_id
      where {whose} and p.hierarchy = %(hierarchy)s and p.lo is not null)"""


def _stored(asked: ChildrenAsked) -> Iterator[str]:
    """Yield each child's stored totals or tallies, less the days after its last.

    Per child by itself (lateral): the planner has no idea how wide a child's range is, and must not guess.
    """
    below = {
        "k.is_large": "programmes_total t where t.unit_id = k.unit_id and t.hierarchy = %(hierarchy)s",
        "not k.is_large": "units_placement p join programmes_tally t on t.unit_id = p.unit_id"
        " where p.lo >= k.lo and p.lo < k.hi",
    }
    is_whole = asked.here.is_exact and asked.on is None  # every day counts: nothing to take away
    for which, source in below.items():
        for sign, days in _less(CUT)[: 1 if is_whole else 2]:
            yield f"""select k.unit_id, t.rung, {sign}t.n from kid k cross join lateral (
          select t.rung, sum(t.n)::bigint as n from {source} and {of_measure(asked)} and {days} group by t.rung) t
          where {which}"""


def _less(cut: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the rows of all days, and with a sign before it what came after the last: few days, taken away."""
    return ("", f"t.day = {ledger_sql.ALL_DAYS}"), ("-", f"t.day > {cut}")


def _own(asked: ChildrenAsked) -> Iterator[str]:
    """Yield the part in sight of children that are otherwise out of sight, on the negatives of its rungs."""
    out = "{} w join kid k on not k.is_exact and w.lo >= k.lo and w.lo < k.hi"
    for sign, days in _less("%(closed)s::date"):
        yield own_part.own_part_query(
            "k.unit_id, -t.rung", f"({sign}t.n)", f"{of_measure(asked)} and {days}", out
        )
    if asked.here.has_pending:
        yield f"""select k.unit_id, -d.rung, d.n from {BELOW_HERE}
          join kid k on not k.is_exact and p.lo >= k.lo and p.lo < k.hi
          where {pending_of_measure(asked)} and d.day <= %(closed)s::date and {own_part.IN_SIGHT}"""


def _with_whole(asked: ChildrenAsked, values: dict[str, Any]) -> tuple[str, str, str]:
    """Return the unfolded changes as a table, read once; their part for the children; and the figures of the
    node itself. and the figures of the node itself.

    values: takes what the last of them names.
    """
    counted, more = counted_below(replace(asked.here, has_pending=False), None, asked.begins)
    values |= more
    pending = f"""pending as materialized (
      select {EDGE} as edge, d.channel,
        case when d.day >= %(begins)s then d.day else {ledger_sql.ALL_DAYS} end as day, d.rung, sum(d.n)::bigint as n
      from {BELOW_HERE} where {pending_of_measure(asked)} group by 1, 2, 3, 4)"""
    whole = f"""(select json_agg(json_build_array(channel, day, rung, n)) from (
      select channel, day, rung, sum(n)::bigint as n from (
        select channel, day, rung, n from ({counted}) counted where measure = %(measure)s
        union all select channel, day, rung, n from pending) rows group by 1, 2, 3) sums)"""
    return (
        pending,
        "select k.unit_id, q.rung, q.n from pending q join kid k on q.edge = 2 * k.number - 1",
        whole,
    )


def _sums(parts: Iterable[str], *, has_own: bool) -> Iterator[str]:
    """Yield the parts of each child added up, and its figures as they are shown."""
    numbers = rung.NUMBER_OF_RUNG
    sums = [*numbers.items(), *((f"own_{name}", -numbers[name]) for name in (numbers if has_own else ()))]
    named = ", ".join(f"sum(n) filter (where rung = {number})::bigint as {name}" for name, number in sums)
    yield f"s as (select unit_id, {named} from ({' union all '.join(parts)}) rows group by unit_id)"
    figures = ", ".join(_figure(name, has_own=has_own) for name in numbers)
    yield f"""f as (select k.unit_id, k.lo, k.hi, k.is_exact, k.is_covered, {figures}
      from kid k left join s on s.unit_id = k.unit_id)"""


_TARGETS = """programmes_target g on g.unit_id = f.unit_id and g.programme_id = %(programme)s
      and g.measure = %(measure)s and g.replaced_at is null"""
# In another tree than the programme's.
_TARGETS_ELSEWHERE = f"""lateral (select coalesce(
      (select own.n from programmes_target own where own.unit_id = f.unit_id and own.programme_id = %(programme)s
        and own.measure = %(measure)s and own.replaced_at is null),
      case when u.kind in {ELECTORAL_KINDS} then {of_booths("f.lo", "f.hi", "%(programme)s", "%(measure)s")} end) as n
    ) g on true"""


_LISTED = "(f.is_covered or coalesce(f.reported, 0) > 0)"


def _chosen(asked: ChildrenAsked, values: dict[str, Any]) -> str:
    """Return the children that fit, in order, and of them the page.

    values: takes the meaning of the words in the search.
    """
    filters = {
        "all": "true",
        "behind": f"{_GAP} > 0",
        "without": "coalesce(f.counted, 0) = 0",
    }[asked.show]
    if asked.matching:
        fits, params = places.fitting(asked.matching)
        filters += f" and {fits}"
        values |= params
    targets = _TARGETS if asked.here.hierarchy == asked.programme.hierarchy else _TARGETS_ELSEWHERE
    gaps = "null"
    if asked.sums_gaps:
        gaps = f"""(select json_build_array(count(*), count(*) filter (where gap > 0), sum(gap) filter (where gap > 0),
          count(*) filter (where gap < 0), -sum(gap) filter (where gap < 0))
        from (select {_GAP} as gap from f join units_unit u on u.id = f.unit_id left join {targets}
          where {_LISTED}) each_gap)"""
    key, direction = asked.sort.removeprefix("-"), "desc" if asked.sort.startswith("-") else "asc"
    if key not in SORTS:
        key, direction = "name", "asc"
    return f"""
    select u.id, u.code, u.kind, u.names, {_BOOTHS if asked.sums_electors else "u.electors"} as electors,
      u.lat, u.lon, u.is_sample, u.closed_on is not null,
      exists (select 1 from units_placement c
        where c.parent_id = u.id and c.hierarchy = %(hierarchy)s and c.lo is not null),
      g.n, f.reported, f.unsigned, f.counted, f.confirmed, f.is_exact, count(*) over (),
      (select count(*) from f where not {_LISTED}), {gaps}
    from f join units_unit u on u.id = f.unit_id
    left join {targets}
    where {_LISTED} and {filters}
    order by {SORTS[key]} {direction} nulls last, f.counted nulls first, u.code
    offset %(offset)s limit %(per)s"""


def _leaf(asked: ChildrenAsked, found: Sequence[tuple[Any, ...]]) -> ChildrenLeaf:
    """Return the rows of `_chosen` as a page."""
    rows = []
    for row in found:
        reported, unsigned, counted, confirmed, is_exact = row[11:16]
        ladder = Ladder(reported, unsigned, counted, confirmed, is_rounded=not is_exact)
        rows.append(Child(*[*row[:11], ladder]))
    total = found[0][16] if found else 0
    outside, gaps = found[0][17:19] if found else (0, None)
    return ChildrenLeaf(
        rows=rows,
        first=asked.offset + 1 if rows else 0,
        last=asked.offset + len(rows),
        total=total,
        more=asked.offset + len(rows) < total,
        number=asked.offset // asked.per + 1,
        pages=max(1, -(-total // asked.per)),
        is_first=not asked.offset,
        outside=outside,
        gaps=GapsBelow(*(n or 0 for n in gaps)) if gaps else None,
    )


def _figure(name: str, *, has_own: bool) -> str:
    """Return a child's figure as it is shown: exact, or by `small_cells.shown_with_own`."""

    def rounded(n: str) -> str:
        return f"case when {n} < 10 then {{few}} else ({n} + 5) / 10 * 10 end"

    n, own_sql = f"coalesce(s.{name}, 0)", f"coalesce(s.own_{name}, 0)"
    figure_sql = n
    if has_own:
        figure_sql = f"({own_sql} + {rounded(f'({n} - {own_sql})').format(few=0)})"
    return f"case when k.is_exact then {n} else {rounded(figure_sql).format(few='null')} end as {name}"


def board(
    *,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
    days: int = 60,
    sort: str = "name",
    show: Literal["all", "behind", "without"] = "all",
    matching: str = "",
    language: str = "en",
    page: int = 1,
    per: int = PER_PAGE,
    sums_gaps: bool = False,
) -> tuple[MeasureFigures, ChildrenLeaf]:
    """Return `figures_of_measures` and `children_ladders` of a unit: while changes wait for a fold, they are read once
    for both."""
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    if here is None:
        return MeasureFigures(Ladder(), [], []), NOTHING
    begins, last, _until = window(here, programme, at, days)
    children = ChildrenAsked(
        here,
        programme,
        measure,
        at,
        sort=sort,
        show=show,
        matching=matching,
        language=language,
        offset=(max(1, page) - 1) * per,
        per=per,
        sums_gaps=sums_gaps,
        begins=begins if here.is_exact and here.has_pending else None,
    )
    leaf, day_sums = _listed(children)
    if day_sums is not None:
        return figures_of(here, programme.kind, begins, last, day_sums), leaf
    return figures_of_measures(
        node=here, hierarchy=hierarchy, programme=programme, measure=measure, at=at, days=days
    ), leaf


def level_below(here: LedgerNode, kind: str) -> list[int] | None:
    """Return the ids of all open units of a kind below a node.

    None where they are too many, or the units below them are too many for one list of figures: more than
    MOST_READ.
    """
    if places.counts_below(here.unit_id, here.hierarchy).get(kind, 0) > DEEPEST_ROW:
        return None
    unit_ids = places.of_kind_below(here.unit_id, here.hierarchy, kind)
    return unit_ids if is_listable(here, unit_ids) else None


def first_level_below(here: LedgerNode, kinds: Sequence[str]) -> tuple[str, list[int]] | None:
    """Return the first of these kinds that there is below a node, with the ids of its open units; None for
    none, or too many for one list of figures."""
    for kind in kinds:
        if unit_ids := places.of_kind_below(here.unit_id, here.hierarchy, kind):
            return (kind, unit_ids) if len(unit_ids) <= DEEPEST_ROW and is_listable(here, unit_ids) else None
    return None


def is_listable(here: LedgerNode, found: Sequence[int]) -> bool:
    """Return True if so little is below these units that one list may add it up."""
    (n,) = sql.row(
        """select coalesce(sum(case when l.unit_id is null then greatest(p.leaves, 1) else 1 end), 0)
        from units_placement p left join programmes_large l on l.hierarchy = p.hierarchy and l.unit_id = p.unit_id
        where p.hierarchy = %s and p.lo is not null and p.unit_id = any(%s)""",
        [here.hierarchy, list(found)],
    )
    return bool(n <= MOST_READ)


def outside_of(
    found: Sequence[int], *, node: LedgerNode, programme: Programme, measure: int, at: datetime
) -> set[int]:
    """Return those of these units that a programme does not cover and where nothing is reported: no list has them.

    found: ids of units below the node, none below another. One query where all are covered, else two.
    """
    outside = ask_outside(programme, found, hierarchy=node.hierarchy)() if found else set()
    if not outside:
        return set()
    leaf = children_ladders(
        node=node,
        hierarchy=node.hierarchy,
        programme=programme,
        measure=measure,
        at=at,
        units=sorted(outside),
        per=len(outside),
    )
    return outside - {child.unit_id for child in leaf.rows}


def has_targets(found: Sequence[int], *, node: LedgerNode, programme: Programme, measure: int) -> bool:
    """Return whether any of these units has a target; else none of them is behind. One query.

    found: ids of units below the node. In another tree than the programme's the targets of booths below count.
    """
    whose = "g.unit_id = any(%(found)s)"
    if node.hierarchy != programme.hierarchy:
        whose = """exists (select from units_placement p where p.unit_id = g.unit_id and p.hierarchy = %(hierarchy)s
          and p.lo >= %(lo)s and p.lo < %(hi)s)"""
    return bool(
        found
        and sql.value(
            f"select exists (select from programmes_target g where g.programme_id = %(programme)s"
            f" and g.measure = %(measure)s and g.replaced_at is null and g.n > 0 and {whose})",
            {
                "found": list(found),
                "hierarchy": node.hierarchy,
                "lo": node.lo,
                "hi": node.hi,
                "programme": programme.pk,
                "measure": measure,
            },
        )
    )


class LevelRows(Rows[Child]):
    """Units anywhere below a node with their ladders, read slice by slice as `children_ladders` reads them.

    units: their ids, none below another. outside: those of them that the programme does not cover; no row has them. The
    orders are those of SORTS.
    """

    def __init__(
        self,
        units: Sequence[int],
        *,
        node: LedgerNode,
        programme: Programme,
        measure: int,
        at: datetime,
        language: str,
    ) -> None:
        self.outside = outside_of(units, node=node, programme=programme, measure=measure, at=at)
        inside = [unit for unit in units if unit not in self.outside]
        per = max(1, len(inside))
        self._asked = ChildrenAsked(node, programme, measure, at, language=language, per=per, units=inside)
        self.orders = dict.fromkeys(SORTS, ())

    def _take_order(self, name: str, *, descending: bool = False) -> None:
        self._asked = replace(self._asked, sort=f"-{name}" if descending else name)

    def counted(self, most: int | None) -> int | None:  # noqa: ARG002  # known without counting
        return len(self._asked.units or ())

    def _read(self, start: int, most: int | None) -> list[Child]:
        leaf, _sums = _listed(replace(self._asked, offset=start, per=most or self._asked.per))
        return list(leaf.rows)

    def each(self, *, at_once: int = 2_000) -> Iterator[Child]:  # noqa: ARG002  # one statement reads them all
        yield from self._read(0, None)
