"""Units whose people are too many for one list: the smaller ones to choose from, with their numbers where known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from abhiyan.core.words import active_language, name_in_language
from abhiyan.enrolment.queries import people as queries
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme, Rung
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

RUNGS = {"counted": Rung.COUNTED, "unsigned": Rung.UNSIGNED, "confirmed": Rung.CONFIRMED}
MOST_DRIVES = 200  # to choose from, the latest
MOST_BELOW = 200  # smaller units to choose from


@dataclass(frozen=True, slots=True)
class ListSize:
    """The unit a list is about, and whether it is small enough to be read at once."""

    row: units.UnitRow
    hierarchy: int

    @property
    def is_large(self) -> bool:
        return (self.row.leaves or 0) > queries.MOST_LEAVES


def smaller_units(looked: ListSize, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the next smaller units, the largest first, where one is too large to list; what was looked for
    goes along."""
    page = units.children(looked.row.id, looked.hierarchy, language=active_language(), limit=MOST_BELOW)
    return [
        {"name": row.name(), "href": _way(row.code, looked, kept), "leaves": row.leaves}
        for row in sorted(page.rows, key=lambda row: -(row.leaves or 0))
    ]


def counted_drive(request: Request, said: Mapping[str, Any]) -> Programme | None:
    """Return the drive whose ladder has the number of a list: the one chosen or the only one, and nothing
    narrows further."""
    if not said.get("rung") or any(said[name] for name in said.keys() - {"rung", "drive", "programmes"}):
        return None
    found = programmes.programmes_for(request.viewer).filter(kind=KIND)
    drives = list(found.exclude(state=Programme.State.DRAFT)[:MOST_DRIVES])
    return next(
        (programme for programme in drives if str(programme.public_id) == said.get("drive")),
        drives[0] if len(drives) == 1 else None,
    )


def numbers_of_large_unit(
    looked: ListSize, kept: Mapping[str, str], programme: Programme, rung: str, at: datetime
) -> dict[str, Any]:
    """Return numbers in place of a list that is too long. Four queries.

    They are by unit below, the largest first, and by the channels that most of the list came by.
    """
    node = programmes.node_of(looked.row.id, looked.hierarchy)
    assert node is not None  # `_unit` refuses what is not placed
    params: dict[str, Any] = {"node": node, "programme": programme, "at": at}
    kinds = LOOKS_AFTER.get(looked.row.kind, ())[-1:]
    leaf = programmes.children_ladders(
        **params,
        hierarchy=looked.hierarchy,
        sort=f"-{rung}",
        language=active_language(),
        per=MOST_BELOW,
        units=units.of_kind_below(looked.row.id, looked.hierarchy, kinds[0]) if kinds else None,
    )
    split = programmes.split_by(
        **params, units=[node.unit_id], measure=1, rung=RUNGS[rung], by=programmes.By(channel=True)
    )[node.unit_id]
    ways = sorted(split.figures.items(), key=lambda each: -each[1])
    return {
        "below": [
            {"name": name_in_language(row.names), "href": _way(row.code, looked, kept), "n": n}
            for row in leaf.rows
            if (n := getattr(row.ladder, rung))
        ],
        "came_by": ", ".join(
            f"{activity_of(KIND).channel(number).label} {grouped(n)}" for (number,), n in ways
        ),
    }


def _way(code: str, looked: ListSize, kept: Mapping[str, str]) -> str:
    return large_unit_href(code, levels.SLUGS[looked.hierarchy], **kept)


def large_unit_href(code: str, slug: str, **kept: str) -> str:
    return reverse("enrolment:people") + "?" + urlencode({"unit": code, "in": slug, **kept})
