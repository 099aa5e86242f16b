"""Place units that had no place in a hierarchy."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.units import refusals
from abhiyan.units.models import Hierarchy, Kind
from abhiyan.units.rules import levels
from abhiyan.units.trees.laying import fresh, level_values, lock_tree, without_empty_plans
from abhiyan.units.trees.placements import attach, tell_moved


def place_units(
    *, hierarchy: int, places: Iterable[tuple[int, int | None]], on: date, by: Actor, at: datetime
) -> int:
    """Place units beneath their parents from a day on. Returns how many.

    places: (unit id, parent's id, or None for a root), in any order: a parent may be among them.
    Refuses all when one of them is there already (AlreadyPlaced) or unknown, or has a parent outside the hierarchy
    (UnknownParent) or closed (UnitClosed). The same holds for a kind that does not belong beneath its parent, and for a
    circle.
    """
    with transaction.atomic():
        lock_tree(hierarchy)
        fresh("t_node", "(unit bigint, parent bigint)")
        with sql.copy("copy t_node (unit, parent) from stdin") as copy:
            copy.write("".join(f"{unit}\t{parent or 0}\n" for unit, parent in places))
        with without_empty_plans(sql.value("select count(*) from t_node")):
            _check(hierarchy)
            placed, tops = attach(hierarchy, on)
        audit.record(by=by, at=at, act="units.place", subject=levels.SLUGS[hierarchy], n=placed)
        tell_moved(hierarchy, dict.fromkeys(tops, ()), on)
    return placed


def _check(hierarchy: int) -> None:
    """Refuse what place_many may not do, naming the first unit in the way."""
    sql.run("analyze t_node")

    def first(query: str, params: list[Any] | None = None) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = sql.row(query + " limit 1", params)
        return row

    if row := first(
        "select n.unit from t_node n where not exists (select from units_unit u where u.id = n.unit)"
    ):
        raise refusals.UnknownUnit(field="unit", unit=row[0])
    if row := first(
        "select u.code from (select unit from t_node group by unit having count(*) > 1"
        " union all select n.unit from t_node n join units_placement p on p.unit_id = n.unit"
        " and p.hierarchy = %s and p.valid_to is null) d join units_unit u on u.id = d.unit",
        [hierarchy],
    ):
        raise refusals.AlreadyPlaced(field="unit", unit=row[0])
    if row := first(
        "select coalesce(u.code, n.parent::text) from t_node n left join units_unit u on u.id = n.parent"
        " where n.parent <> 0 and n.parent not in (select unit from t_node)"
        " and not exists (select from units_placement p where p.unit_id = n.parent and p.hierarchy = %s"
        " and p.valid_to is null and p.lo is not null)",
        [hierarchy],
    ):
        raise refusals.UnknownParent(field="parent", parent=row[0])
    if row := first(
        "select u.code from t_node n join units_unit u on u.id = n.parent and u.closed_on is not null"
    ):
        raise refusals.UnitClosed(field="parent", unit=row[0])
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
            raise refusals.Cycle(field="parent", unit=code)
        raise refusals.KindNotAllowedHere(
            field="parent",
            unit=code,
            kind=Kind(kind).label,
            above=Kind(above).label if above else "—",
            hierarchy=Hierarchy(hierarchy).label.lower(),
        )
