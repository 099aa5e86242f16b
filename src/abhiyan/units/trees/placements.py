"""Read where units are, and place newcomers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from abhiyan.core import news, sql
from abhiyan.units.news import MovedBranch, UnitsMoved
from abhiyan.units.rules import ranges

from .laying import anchor, lay_out_tree, relay, without_empty_plans


@dataclass(slots=True)
class PlacedToday:
    """A unit has this place today in the hierarchy."""

    placement: int
    unit: int
    code: str
    kind: str
    parent: int | None
    depth: int
    lo: int
    hi: int
    leaves: int
    valid_from: date
    is_closed: bool


def place_today(hierarchy: int, unit_id: int) -> PlacedToday | None:
    row = sql.row(
        "select p.id, u.id, u.code, u.kind, p.parent_id, p.depth, p.lo, p.hi, p.leaves, p.valid_from,"
        " u.closed_on is not null from units_placement p join units_unit u on u.id = p.unit_id"
        " where p.unit_id = %s and p.hierarchy = %s and p.valid_to is null and p.lo is not null",
        [unit_id, hierarchy],
    )
    return PlacedToday(*row) if row else None


def attach(hierarchy: int, on: date) -> tuple[int, list[int]]:
    """Give checked newcomers in t_node their placements, and their ancestors the leaves.

    Returns how many there are, and the topmost of them: what the caller, who holds the tree, is to tell. Nobody who
    stands already is shifted, unless there is no room.
    """
    anchor(hierarchy)
    laid, narrowest = lay_out_tree()
    fits = narrowest >= ranges.LEAST_WIDTH
    sql.run(
        "insert into units_placement (hierarchy, unit_id, parent_id, depth, lo, hi, leaves, valid_from)"
        " select %s, unit, nullif(parent, 0), depth,"
        + (" lo, hi," if fits else " null, null,")
        + " leaves, %s from t_place order by lo",
        [hierarchy, on],
    )
    # News names a branch as a whole, by its top: hundreds of new booths beneath one cluster are hundreds.
    tops = sql.column("select unit from t_place where level = 1 order by unit")
    if fits:
        raise_leaves(
            hierarchy,
            "select t.parent, sum(t.leaves)::int - bool_or(a.bare)::int from t_place t"
            " join t_anchor a on a.parent = t.parent where t.level = 1 and t.parent <> 0 group by t.parent",
        )
    else:
        relay(hierarchy, None)
    return laid, tops


def tell_moved(hierarchy: int, stood: Mapping[int, tuple[int, ...]], on: date) -> None:
    """Tell that units, each with all below it, have come to their present place. stood: their ancestors before, as
    `ancestors` gives them; none for units that were not in the hierarchy."""
    if not stood:
        return
    with without_empty_plans(len(stood)):
        places = sql.rows(
            "select unit_id, parent_id, lo, hi from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and valid_to is null",
            [list(stood), hierarchy],
        )
        above = ancestors(hierarchy, sorted({parent for _unit, parent, _lo, _hi in places if parent}))
    branches = tuple(
        MovedBranch(unit, stood[unit], (*above[parent], parent) if parent else (), lo, hi)
        for unit, parent, lo, hi in places
    )
    news.tell(UnitsMoved(hierarchy, branches, on))


def raise_leaves(hierarchy: int, deltas: str, params: list[Any] | None = None) -> None:
    """Add (unit, delta) rows of a query to `leaves` of each unit and of all above it."""
    sql.run(
        f"with recursive up(unit, n) as (select * from ({deltas}) d(unit, n) union all"
        " select p.parent_id, up.n from up join units_placement p on p.unit_id = up.unit"
        " and p.hierarchy = %s and p.valid_to is null where p.parent_id is not null)"
        " update units_placement p set leaves = p.leaves + s.n from ("
        " select unit, sum(n)::int as n from up group by unit having sum(n) <> 0) s"
        " where p.unit_id = s.unit and p.hierarchy = %s and p.valid_to is null",
        [*(params or []), hierarchy, hierarchy],
    )


def ancestors(hierarchy: int, units: list[int]) -> dict[int, tuple[int, ...]]:
    """Return ids of the units above each unit today, from the root downwards, the unit left out."""
    rows = sql.rows(
        "with recursive up(unit, above, n) as ("
        " select p.unit_id, p.parent_id, 0 from units_placement p"
        " where p.unit_id = any(%s) and p.hierarchy = %s and p.valid_to is null"
        " union all select up.unit, p.parent_id, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.above and p.hierarchy = %s and p.valid_to is null)"
        " select unit, array_agg(above order by n desc) filter (where above is not null) from up group by unit",
        [units, hierarchy, hierarchy],
    )
    return {unit: tuple(above or ()) for unit, above in rows}
