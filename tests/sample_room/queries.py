"""Reading villages and stays, in the scope in force."""

from collections.abc import Sequence

from django.db.models import QuerySet

from abhiyan.core.words import active_language
from abhiyan.units import queries as units

from .models import Stay, Village

MOST = 200  # villages one may choose from


def stays(programme_id: int) -> "QuerySet[Stay]":
    """Stays of a programme."""
    return Stay.objects.filter(programme_id=programme_id)


def with_places(rows: Sequence[Stay]) -> list[tuple[Stay, str]]:
    """Each with the name of its village."""
    names = units.names_of_units([row.unit_id for row in rows], language=active_language())
    return [(row, names.get(row.unit_id, "")) for row in rows]


def villages() -> list[tuple[int, str]]:
    """Villages with beds, by name."""
    ids = list(Village.objects.filter(beds__gt=0).values_list("unit_id", flat=True)[:MOST])
    return sorted(units.names_of_units(ids, language=active_language()).items(), key=lambda one: one[1])
