"""Boards of a unit: its numbers, and those of each unit right below it, by one statement for every room."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.ui import maps
from abhiyan.ui.numbers import grouped
from abhiyan.ui.squares import work_shape

from .ground import outlines_behind
from .rows import HAS_CHILDREN


@dataclass(frozen=True, slots=True)
class BoardUnit:
    """A unit on a board. Each further field of a room's own class is a whole number that the room counts."""

    unit_id: int
    code: str
    names: dict[str, str]
    households: int | None
    has_children: bool
    lat: float | None
    lon: float | None

    @property
    def name(self) -> str:
        return name_in_language(self.names)


BoardRow = TypeVar("BoardRow", bound=BoardUnit)


def unit_board(
    make: type[BoardRow], counted: str, values: dict[str, Any], *, unit_id: int, hierarchy: int
) -> tuple[BoardRow, list[BoardRow]]:
    """Return the numbers of a unit, and those of each unit right below it in the order of the tree. One query.

    counted: SQL that gives rows of a position (`lo`) and of the numbers there, each called as its field of `make`. A
    unit's numbers are their sums at its positions. values: its parameters, but for `unit` and `hierarchy`.
    It runs in the scope in force. Refuses NotFound where the unit has no place.
    """
    numbers = [number.name for number in fields(make)[len(fields(BoardUnit)) :]]
    sums = ", ".join(f"coalesce(sum(n.{number}), 0)::bigint" for number in numbers)
    rows = sql.each(
        make,
        f"""with counted as materialized ({counted})
        select u.id, u.code, u.names, u.households, {HAS_CHILDREN.replace("%s", "%(hierarchy)s")}, u.lat, u.lon,
          {sums}
        from units_placement p join units_unit u on u.id = p.unit_id
        left join counted n on n.lo >= p.lo and n.lo < p.hi
        where p.hierarchy = %(hierarchy)s and p.lo is not null and (p.parent_id = %(unit)s or p.unit_id = %(unit)s)
        group by u.id, p.lo order by p.lo""",
        values | {"unit": unit_id, "hierarchy": hierarchy},
    )
    whole = or_refuse(next((row for row in rows if row.unit_id == unit_id), None))
    return whole, [row for row in rows if row is not whole]


@dataclass(frozen=True)
class WorkMap:
    """Units of a board by how far their work is, and the outlines behind them."""

    places: list[maps.MapPlace]
    outlines: maps.Outlines | None


def work_map(
    rows: Iterable[BoardRow],
    done: Callable[[BoardRow], tuple[int, int]],
    href: Callable[[BoardRow], str],
    *,
    within: int,
    at: datetime,
) -> WorkMap | None:
    """Put the units of a board on a map. None where fewer than two of them have a point: that is no map.

    done: how much of a unit's work is there, and how much there is to do. within: the unit that the board is of.
    """
    places = [
        maps.MapPlace(
            name=row.name,
            lon=row.lon,
            lat=row.lat,
            href=href(row),
            shape=work_shape(*done(row)),
            words=_("%(n)s of %(of)s") % dict(zip(("n", "of"), map(grouped, done(row)), strict=True)),
        )
        for row in rows
    ]
    return work_map_of(places, within=within, at=at)


def work_map_of(places: list[maps.MapPlace], *, within: int, at: datetime) -> WorkMap | None:
    """Put places inside the outlines behind a unit. None where fewer than two have a point: that is no map."""
    n_known = sum(place.lat is not None and place.lon is not None for place in places)
    return WorkMap(places, outlines_behind(within, at=at)) if n_known > 1 else None
