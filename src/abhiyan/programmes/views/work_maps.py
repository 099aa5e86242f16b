"""The units of a list on a map by how far their work is: on a unit's programme, and on the list of a level."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core.words import name_in_language
from abhiyan.programmes.queries import Child
from abhiyan.ui import maps, tables
from abhiyan.ui.ladder import LadderShown
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

# A map helps where there are outlines to find places by: below these outlines would only push the points together.
OUTLINED = (Kind.NATION, Kind.STATE, Kind.REGION, Kind.CONSTITUENCY)
FEWEST_PLACES = 3


def fits_a_map(kind: str, n: int | None) -> bool:
    """Say whether a list of `n` units below a unit of this kind has a map: one page of the list, with enough places."""
    return kind in OUTLINED and n is not None and FEWEST_PLACES <= n <= tables.PER_PAGE


def map_of_list(
    unit: units.UnitRow, rows: Iterable[tuple[Child, LadderShown, str]], *, at: datetime
) -> units.WorkMap | None:
    """Put the units of a list inside the outlines there are. None where fewer than two of them have a point.

    rows: each unit, its picture and its address.
    """
    places = [
        maps.MapPlace(
            name=name_in_language(child.names),
            lon=child.lon,
            lat=child.lat,
            href=href,
            shape=drawn.work,
            words=drawn.work_words,
        )
        for child, drawn, href in rows
    ]
    return units.work_map_of(places, within=unit.id, at=at)
