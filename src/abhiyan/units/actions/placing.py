"""Units that did not stand in a hierarchy take their place."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from abhiyan.core import audit, news
from abhiyan.core.actor import Actor
from abhiyan.units.models import Kind
from abhiyan.units.news import Branch, UnitsMoved
from abhiyan.units.refusals import AlreadyPlaced, Cycle, KindNotAllowedHere, UnknownParent, UnknownUnit
from abhiyan.units.rules import levels, ranges

from .laying import Cursor, anchor, fresh, hold, lay, level_values, planned, relay


def place_many(
    *, hierarchy: int, places: Iterable[tuple[int, int | None]], on: date, by: Actor, at: datetime
) -> int:
    """Place units beneath their parents from a day on. Returns how many.

    places: (unit id, parent's id, or None for a root), in any order: a parent may be among them.
    Refuses all when one stands there already (AlreadyPlaced), is unknown, has a parent that does not stand in
    the hierarchy (UnknownParent), is of a kind that may not stand beneath it, or would stand beneath itself.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor, hierarchy)
        fresh(cursor, "t_node", "(unit bigint, parent bigint)")
        with cursor.copy("copy t_node (unit, parent) from stdin") as copy:
            copy.write("".join(f"{unit}\t{parent or 0}\n" for unit, parent in places))
        cursor.execute("select count(*) from t_node")
        with planned(cursor, cursor.fetchone()[0]):
            _check(cursor, hierarchy)
            placed = attach(cursor, hierarchy, on)
        audit.record(by=by, at=at, act="units.place", subject=levels.SLUGS[hierarchy], n=placed)
    return placed


def _check(cursor: Cursor, hierarchy: int) -> None:
    """Refuse what place_many may not do, naming the first unit in the way."""
    cursor.execute("analyze t_node")

    def first(query: str, params: list[Any] | None = None) -> tuple[Any, ...] | None:
        cursor.execute(query + " limit 1", params)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    if row := first(
        "select n.unit from t_node n where not exists (select from units_unit u where u.id = n.unit)"
    ):
        raise UnknownUnit(field="unit", unit=row[0])
    if row := first(
        "select u.code from (select unit from t_node group by unit having count(*) > 1"
        " union all select n.unit from t_node n join units_placement p on p.unit_id = n.unit"
        " and p.hierarchy = %s and p.valid_to is null) d join units_unit u on u.id = d.unit",
        [hierarchy],
    ):
        raise AlreadyPlaced(field="unit", unit=row[0])
    if row := first(
        "select coalesce(u.code, n.parent::text) from t_node n left join units_unit u on u.id = n.parent"
        " where n.parent <> 0 and n.parent not in (select unit from t_node)"
        " and not exists (select from units_placement p where p.unit_id = n.parent and p.hierarchy = %s"
        " and p.valid_to is null and p.lo is not null)",
        [hierarchy],
    ):
        raise UnknownParent(field="parent", parent=row[0])
    if row := first(
        "select u.code, u.kind, a.kind, n.unit = n.parent from t_node n join units_unit u on u.id = n.unit"
        " left join units_unit a on a.id = n.parent"
        f" left join (select * from {level_values(hierarchy)}) own on own.kind = u.kind"
        f" left join (select * from {level_values(hierarchy)}) above on above.kind = a.kind"
        " where own.level is null or (n.parent <> 0 and (above.level is null or above.level >= own.level))"
    ):
        # A chain of allowed placements leads upwards only, so whatever runs in a circle is found here.
        code, kind, above, itself = row
        if itself:
            raise Cycle(field="parent", unit=code)
        raise KindNotAllowedHere(
            field="parent", unit=code, kind=Kind(kind).label, above=Kind(above).label if above else "—"
        )


def attach(cursor: Cursor, hierarchy: int, on: date, *, tell: bool = True) -> int:
    """Give checked newcomers in t_node their placements, and their ancestors the leaves. Returns how many.

    The caller holds the tree. Nobody who stands already is shifted, unless there is no room.
    """
    anchor(cursor, hierarchy)
    laid, narrowest = lay(cursor)
    fits = narrowest >= ranges.LEAST_WIDTH
    cursor.execute(
        "insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
        " select %s, unit, nullif(parent, 0), depth,"
        + (" lo, hi," if fits else " null, null,")
        + " leaves, %s from t_place order by lo",
        [hierarchy, on],
    )
    # A branch is told of as a whole, by its top: hundreds of new booths beneath one cluster are hundreds.
    cursor.execute("select unit, parent from t_place where level = 1 order by unit")
    tops = cursor.fetchall()
    if fits:
        raise_leaves(
            cursor,
            hierarchy,
            "select t.parent, sum(t.leaves)::int - bool_or(a.bare)::int from t_place t"
            " join t_anchor a on a.parent = t.parent where t.level = 1 and t.parent <> 0 group by t.parent",
        )
    else:
        relay(cursor, hierarchy, None)
    if tell and tops:
        news.tell(UnitsMoved(hierarchy, tuple(_branches(cursor, hierarchy, tops)), on))
    return laid


def raise_leaves(cursor: Cursor, hierarchy: int, deltas: str, params: list[Any] | None = None) -> None:
    """Add (unit, delta) rows of a query to `leaves` of each unit and of all above it."""
    cursor.execute(
        f"with recursive up(unit, n) as (select * from ({deltas}) d(unit, n) union all"
        " select p.parent_id, up.n from up join units_placement p on p.unit_id = up.unit"
        " and p.hierarchy = %s and p.valid_to is null where p.parent_id is not null)"
        " update units_placement p set leaves = p.leaves + s.n from ("
        " select unit, sum(n)::int as n from up group by unit having sum(n) <> 0) s"
        " where p.unit_id = s.unit and p.hierarchy = %s and p.valid_to is null",
        [*(params or []), hierarchy, hierarchy],
    )


def ancestors(cursor: Cursor, hierarchy: int, units: list[int]) -> dict[int, tuple[int, ...]]:
    """Ids of what stands above each unit today, from the root downwards, the unit left out."""
    cursor.execute(
        "with recursive up(unit, above, n) as ("
        " select p.unit_id, p.parent_id, 0 from units_placement p"
        " where p.unit_id = any(%s) and p.hierarchy = %s and p.valid_to is null"
        " union all select up.unit, p.parent_id, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.above and p.hierarchy = %s and p.valid_to is null)"
        " select unit, array_agg(above order by n desc) filter (where above is not null) from up group by unit",
        [units, hierarchy, hierarchy],
    )
    return {unit: tuple(above or ()) for unit, above in cursor.fetchall()}


def _branches(cursor: Cursor, hierarchy: int, tops: list[tuple[int, int]]) -> Iterable[Branch]:
    parents = sorted({parent for _, parent in tops if parent})
    above = ancestors(cursor, hierarchy, parents)
    cursor.execute(
        "select unit_id, lo, hi from units_placement where unit_id = any(%s) and hierarchy = %s"
        " and valid_to is null",
        [[unit for unit, _ in tops], hierarchy],
    )
    spans = {unit: (lo, hi) for unit, lo, hi in cursor.fetchall()}
    for unit, parent in tops:
        chain = (*above[parent], parent) if parent else ()
        yield Branch(unit, (), chain, *spans[unit])
