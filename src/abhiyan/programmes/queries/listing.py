"""A page of a unit's children with their ladders; see `ledger`, whose rules hold here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.rows import Rows
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.tables import DEEPEST_ROW, PER_PAGE, Leaf
from abhiyan.units import queries as places

from . import own_part
from .ledger import EXACT, Figures, Node, counted_below, figures, figures_of, node_of, window


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


SORTS = {
    "name": "coalesce(u.names ->> %(language)s, u.names ->> 'en')",
    "code": "u.code",
    "electors": "electors",
    "target": "g.n",
    "reported": "f.reported",
    "counted": "f.counted",
    "unsigned": "f.unsigned",
    "confirmed": "f.confirmed",
    "share": "f.counted::float8 / nullif(g.n, 0)",
    "gap": "g.n - coalesce(f.counted, 0)",
    "behind": "g.n * %(share)s - coalesce(f.counted, 0)",
}
MOST_READ = 200_000  # units whose tallies one list adds up


_BOOTHS = """coalesce(u.electors, (select sum(bu.electors)::bigint
      from units_placement b join units_unit bu on bu.id = b.unit_id and bu.kind = 'booth'
      where b.lo > f.lo and b.lo < f.hi and (bu.closed_on is null or bu.closed_on > %(today)s)))"""


def children_ladders(
    *,
    node: int | Node,
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
) -> Leaf:
    """One page of a node's children (`Child`) with ladders and targets, sorted, filtered and cut in the database.

    units: ids of units anywhere below the node, instead of its children; none of them stands below another.
    sums_electors: of a unit without a figure of its own those of its booths; it reads every booth below the page.

    sort: a key of SORTS, with "-" in front for descending. show: all; behind the target's share of days passed;
    or without anything counted. matching: what `units.fitting` finds. Sorting and filters go by the figures as
    they are shown, so their order tells no more than they do. A page past the end is the last one. Two queries (one by
    a place), however many children.
    """
    here = node if isinstance(node, Node) else node_of(node, hierarchy)
    if here is None:
        return Leaf(rows=[], first=0, last=0, total=0, more=False, number=1, pages=1)

    def listed(page: int) -> Leaf:
        return _listed(
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
        )[0]

    found = listed(page)
    if page > 1 and not found.rows:  # past the end: the last one
        found = listed(1)
        found = listed(found.pages) if found.pages and found.pages > 1 else found
    return found


def _listed(
    here: Node,
    programme: Programme,
    measure: int,
    at: datetime,
    on: date | None,
    *,
    sort: str,
    show: Literal["all", "behind", "without"],
    matching: str,
    language: str,
    offset: int,
    per: int,
    begins: date | None = None,
    units: Sequence[int] | None = None,
    sums_electors: bool = False,
) -> tuple[Leaf, list[tuple[int, date, int, int]] | None]:
    """The page of children; and with `begins`, of a node in sight, what `figures` reads of the node itself.

    That by the same statement, so that what waits for a fold is read once. None where no child fits.
    """
    outside = day_in(programme.zone, at) - timedelta(days=1)
    closed = min(on, outside) if on else outside
    passed = (min(on or day_in(programme.zone, at), programme.closes_on) - programme.opens_on).days + 1
    values: dict[str, Any] = {
        "node": here.unit_id,
        "hierarchy": here.hierarchy,
        "lo": here.lo,
        "hi": here.hi,
        "programme": programme.pk,
        "measure": measure,
        "on": on,
        "closed": closed,
        "language": language,
        # On the first day nobody is behind yet.
        "share": passed / ((programme.closes_on - programme.opens_on).days + 1) if passed > 1 else 0.0,
        "offset": offset,
        "per": per,
        "units": None if units is None else list(units),
        "today": day_in(programme.zone, at),
    }
    whose = (
        "p.parent_id = %(node)s"
        if units is None
        else "p.lo > %(lo)s and p.lo < %(hi)s and p.unit_id = any(%(units)s)"
    )
    # A child's last day: what was asked, or the last closed one where its people are out of sight.
    cut = "case when k.is_exact then %(on)s::date else %(closed)s::date end"
    is_whole = here.is_exact and on is None  # every day counts: nothing to take away
    of = "t.programme_id = %(programme)s and t.measure = %(measure)s"
    # Per child by itself (lateral): the planner has no idea how wide a child's range is, and must not guess.
    below = {
        "k.is_large": "programmes_total t where t.unit_id = k.unit_id and t.hierarchy = %(hierarchy)s",
        "not k.is_large": "units_placement p join programmes_tally t on t.unit_id = p.unit_id"
        " where p.lo >= k.lo and p.lo < k.hi",
    }
    parts = [
        f"""select k.unit_id, t.rung, {sign}t.n from kid k cross join lateral (
          select t.rung, sum(t.n)::bigint as n from {source} and {of} and {days} group by t.rung) t where {which}"""
        for which, source in below.items()
        for sign, days in (("", f"t.day = {ledger_sql.ALL_DAYS}"), ("-", f"t.day > {cut}"))[
            : 1 if is_whole else 2
        ]
    ]
    # Children do not overlap: among their sorted edges, a change below the n-th comes after 2n - 1 of them.
    edge = "width_bucket(p.lo, (select array_agg(edge order by edge) from kid, unnest(array[lo, hi]) edge))"
    in_here = "p.lo >= %(lo)s and p.lo < %(hi)s"
    below_here = f"programmes_delta d join units_placement p on p.unit_id = d.unit_id and {in_here}"
    waiting = f"{ledger_sql.PENDING} and d.programme_id = %(programme)s and d.measure = %(measure)s"
    pending = whole = ""
    if begins:
        counted, more = counted_below(replace(here, has_pending=False), None, begins)
        values |= more | {"programmes": [programme.pk]}
        pending = f"""pending as materialized (
      select {edge} as edge, d.channel,
        case when d.day >= %(begins)s then d.day else {ledger_sql.ALL_DAYS} end as day, d.rung, sum(d.n)::bigint as n
      from {below_here} where {waiting} group by 1, 2, 3, 4),"""
        whole = f"""(select json_agg(json_build_array(channel, day, rung, n)) from (
      select channel, day, rung, sum(n)::bigint as n from (
        select channel, day, rung, n from ({counted}) counted where measure = %(measure)s
        union all select channel, day, rung, n from pending) rows group by 1, 2, 3) sums)"""
        parts.append("select k.unit_id, q.rung, q.n from pending q join kid k on q.edge = 2 * k.number - 1")
    elif here.has_pending:
        parts.append(
            f"""select k.unit_id, d.rung, d.n from {below_here} join kid k on {edge} = 2 * k.number - 1
          where {waiting} and coalesce(d.day <= {cut}, true)"""
        )
    sums, seen = list(_NAMED), ""
    if here.has_own:  # of children out of sight but for a part, that part, on the negatives of its rungs
        seen = f"{own_part.tables(by_child=True)},"
        sums += [(f"own_{name}", -number) for name, number in _NAMED]
        out = "{} w join kid k on not k.is_exact and w.lo >= k.lo and w.lo < k.hi"
        for sign, days in (("", f"t.day = {ledger_sql.ALL_DAYS}"), ("-", "t.day > %(closed)s::date")):
            parts.append(own_part.rows("k.unit_id, -t.rung", f"({sign}t.n)", f"{of} and {days}", out))
        if here.has_pending:
            parts.append(
                f"""select k.unit_id, -d.rung, d.n from {below_here}
          join kid k on not k.is_exact and p.lo >= k.lo and p.lo < k.hi
          where {waiting} and d.day <= %(closed)s::date and {own_part.IN_SIGHT}"""
            )
    figures = ", ".join(_figure(name, has_own=here.has_own) for name, _number in _NAMED)
    filters = {
        "all": "true",
        "behind": "coalesce(f.counted, 0) < coalesce(g.n, 0) * %(share)s",
        "without": "coalesce(f.counted, 0) = 0",
    }[show]
    if matching:
        fits, given = places.fitting(matching)
        filters += f" and {fits}"
        values |= given
    key, direction = sort.removeprefix("-"), "desc" if sort.startswith("-") else "asc"
    if key not in SORTS:
        key, direction = "name", "asc"
    tables = f"""
    with kid as materialized (
      select row_number() over (order by p.lo)::int as number, p.unit_id, p.lo, p.hi,
        l.unit_id is not null as is_large, {"true" if here.is_exact else EXACT} as is_exact
      from units_placement p
      left join programmes_large l on l.hierarchy = p.hierarchy and l.unit_id = p.unit_id
      where {whose} and p.hierarchy = %(hierarchy)s and p.lo is not null),
    {seen}{pending}
    s as (
      select unit_id, {", ".join(f"sum(n) filter (where rung = {number})::bigint as {name}" for name, number in sums)}
      from ({" union all ".join(parts)}) rows group by unit_id),
    f as (
      select k.unit_id, k.lo, k.hi, k.is_exact, {figures} from kid k left join s on s.unit_id = k.unit_id)"""
    query = f"""
    select u.id, u.code, u.kind, u.names, {_BOOTHS if sums_electors else "u.electors"} as electors,
      u.lat, u.lon, u.is_sample, u.closed_on is not null,
      exists (select 1 from units_placement c
        where c.parent_id = u.id and c.hierarchy = %(hierarchy)s and c.lo is not null),
      g.n, f.reported, f.unsigned, f.counted, f.confirmed, f.is_exact, count(*) over ()
    from f join units_unit u on u.id = f.unit_id
    left join programmes_target g on g.unit_id = f.unit_id and g.programme_id = %(programme)s
      and g.measure = %(measure)s and g.replaced_at is null
    where {filters}
    order by {SORTS[key]} {direction} nulls last, f.counted nulls first, u.code
    offset %(offset)s limit %(per)s"""
    if whole:  # with one row only: it is the size of all the others together
        query = f"select page.*, case when row_number() over () = 1 then {whole} end from ({query}) page"
    keeps_plan = (here.is_large or not here.has_pending) and not here.has_own
    found = sql.rows(tables + query, values, keep_plan=keeps_plan)
    rows = [
        Child(
            unit_id=unit_id,
            code=code,
            kind=kind,
            names=names,
            electors=electors,
            lat=lat,
            lon=lon,
            is_sample=is_sample,
            is_closed=is_closed,
            has_children=has_children,
            target=target,
            ladder=Ladder(reported, unsigned, counted, confirmed, is_rounded=not is_exact),
        )
        for (
            unit_id,
            code,
            kind,
            names,
            electors,
            lat,
            lon,
            is_sample,
            is_closed,
            has_children,
            target,
            reported,
            unsigned,
            counted,
            confirmed,
            is_exact,
            *_rest,
        ) in found
    ]
    total = found[0][16] if found else 0
    leaf = Leaf(
        rows=rows,
        first=offset + 1 if rows else 0,
        last=offset + len(rows),
        total=total,
        more=offset + len(rows) < total,
        number=offset // per + 1,
        pages=max(1, -(-total // per)),
        is_first=not offset,
    )
    if not begins or not found:
        return leaf, None
    sums = found[0][17]
    return leaf, [(channel, date.fromisoformat(day), number, n) for channel, day, number, n in sums or ()]


_NAMED = (
    ("reported", rung.REPORTED),
    ("unsigned", rung.UNSIGNED),
    ("counted", rung.COUNTED),
    ("confirmed", rung.CONFIRMED),
)


def _figure(name: str, *, has_own: bool) -> str:
    """A child's figure as it is shown: exact, or by `small_cells.together`."""

    def rounded(n: str) -> str:
        return f"case when {n} < 10 then {{few}} else ({n} + 5) / 10 * 10 end"

    n, own = f"coalesce(s.{name}, 0)", f"coalesce(s.own_{name}, 0)"
    told = n
    if has_own:
        told = f"({own} + {rounded(f'({n} - {own})').format(few=0)})"
    return f"case when k.is_exact then {n} else {rounded(told).format(few='null')} end as {name}"


def board(
    *,
    node: int | Node,
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
) -> tuple[Figures, Leaf]:
    """`figures` and `children_ladders` of a unit: while changes wait for a fold, they are read once for both."""
    here = node if isinstance(node, Node) else node_of(node, hierarchy)
    if here is None:
        return Figures(Ladder(), [], []), Leaf(
            rows=[], first=0, last=0, total=0, more=False, number=1, pages=1
        )
    begins, last, _until = window(here, programme, at, days)
    leaf, found = _listed(
        here,
        programme,
        measure,
        at,
        None,
        sort=sort,
        show=show,
        matching=matching,
        language=language,
        offset=(max(1, page) - 1) * per,
        per=per,
        begins=begins if here.is_exact and here.has_pending else None,
    )
    if found is not None:
        return figures_of(here, programme.kind, begins, last, found), leaf
    return figures(
        node=here, hierarchy=hierarchy, programme=programme, measure=measure, at=at, days=days
    ), leaf


def level_below(here: Node, kind: str) -> list[int] | None:
    """Ids of all open units of a kind below a node. None where they are too many, or too much stands below them, for
    one list of figures: it would add up more than MOST_READ units.
    """
    if places.counts_below(here.unit_id, here.hierarchy).get(kind, 0) > DEEPEST_ROW:
        return None
    found = places.of_kind_below(here.unit_id, here.hierarchy, kind)
    (n,) = sql.row(
        """select coalesce(sum(case when l.unit_id is null then greatest(p.leaves, 1) else 1 end), 0)
        from units_placement p left join programmes_large l on l.hierarchy = p.hierarchy and l.unit_id = p.unit_id
        where p.hierarchy = %s and p.lo is not null and p.unit_id = any(%s)""",
        [here.hierarchy, found],
    )
    return found if n <= MOST_READ else None


class LevelRows(Rows[Child]):
    """Units anywhere below a node with their ladders, read slice by slice as `children_ladders` reads them.

    units: their ids, none below another. The orders are those of SORTS.
    """

    def __init__(
        self,
        units: Sequence[int],
        *,
        node: Node,
        programme: Programme,
        measure: int,
        at: datetime,
        language: str,
    ) -> None:
        self._units, self._of = units, (node, programme, measure, at, None)
        self._language = language
        self.orders = dict.fromkeys(SORTS, ())
        self._take_order("name")

    def _take_order(self, name: str, *, descending: bool = False) -> None:
        self._order = f"-{name}" if descending else name

    def counted(self, most: int | None) -> int | None:  # noqa: ARG002  # known without counting
        return len(self._units)

    def _read(self, start: int, most: int | None) -> list[Child]:
        leaf, _sums = _listed(
            *self._of,
            sort=self._order,
            show="all",
            matching="",
            language=self._language,
            offset=start,
            per=most or max(1, len(self._units)),
            units=self._units,
        )
        return list(leaf.rows)

    def each(self, *, at_once: int = 2_000) -> Iterator[Child]:  # noqa: ARG002  # one statement reads them all
        yield from self._read(0, None)
