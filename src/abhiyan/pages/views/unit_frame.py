"""The frame of each page of a unit: the unit in one hierarchy, who may see its figures, and its first acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import active_language
from abhiyan.org.viewer import Request
from abhiyan.pages.unit_links import first_unit_links
from abhiyan.programmes import queries as programmes
from abhiyan.ui.addresses import address_of
from abhiyan.ui.room_links import RoomLink
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

MOST_ACTS = 3  # of the rooms in the bar that stays, beside the dossier and More
KEPT_IN_PATHS = "/~:@!$&'()*+,;="  # as Django's reverse keeps them


def unit_href(code: str, hierarchy: int) -> str:
    """Return the address of a unit's page in a hierarchy."""
    before = address_of("pages:unit", "-").removesuffix("-/")  # a page has a hundred of them
    return f"{before}{quote(code, safe=KEPT_IN_PATHS)}/?in={levels.SLUGS[hierarchy]}"


def programme_href(code: str, hierarchy: int, measure: programmes.RunningMeasure) -> str:
    """Return the address of a unit's page about one measure."""
    query = {"programme": str(measure.programme.public_id), "measure": measure.measure}
    return f"{unit_href(code, hierarchy)}&{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class UnitInTree:
    """A unit as its pages read it first. path: from the root down to it; running: every measure that runs there, empty
    where the viewer does not see its figures; node: its place in the ledger; counts: the units below, by kind."""

    request: Request
    facts: units.UnitFound
    here: units.UnitRow
    path: list[units.UnitRow]
    hierarchy: int
    running: list[programmes.RunningMeasure]
    node: programmes.LedgerNode | None
    counts: dict[str, int]
    sees_counts: bool
    at: datetime

    @property
    def today(self) -> date:
        return clock.day_in(settings.TIME_ZONE, self.at)

    @property
    def name(self) -> str:
        return self.here.name(active_language())

    @property
    def href(self) -> str:
        return unit_href(self.here.code, self.hierarchy)

    def href_of(self, measure: programmes.RunningMeasure) -> str:
        return programme_href(self.here.code, self.hierarchy, measure)

    def chosen(self, asked: Mapping[str, str]) -> programmes.RunningMeasure:
        """Return the measure that the address asks for, else the first. Only where something runs."""
        place = [
            measure for measure in self.running if str(measure.programme.public_id) == asked.get("programme")
        ]
        place = place or self.running
        return next((measure for measure in place if str(measure.measure) == asked.get("measure")), place[0])


def read_unit(request: Request, code: str) -> UnitInTree:
    """Read a unit, and what runs there, in the hierarchy that the address asks for. NotFound."""
    at = clock.now()
    wanted = levels.BY_SLUG.get(request.GET.get("in", ""))
    facts, path = units.found_with_path(code, wanted=wanted)
    hierarchy = facts.nearest(wanted)
    here = path[-1] if path else units.row_of_unit(facts.id, hierarchy)
    sees_counts = request.viewer.sees_counts_at(here.lo)
    today = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(facts.id, hierarchy, today) if sees_counts else ([], None)
    version = dict(zip(facts.hierarchies, facts.versions, strict=True)).get(hierarchy)
    counts = units.counts_below(facts.id, hierarchy, here=here, version=version) if here.has_children else {}
    return UnitInTree(
        request,
        facts,
        here,
        path,
        hierarchy,
        running if node is not None else [],
        node,
        counts,
        sees_counts,
        at,
    )


def unit_context(place: UnitInTree, *, ends_with: str = "") -> dict[str, Any]:
    """Return what every page of a unit shows around its matter. ends_with: the name of a page below the unit's own."""
    here, lang = place.here, active_language()
    is_rounded = here.lo is None or not place.request.viewer.sees_exact_at(here.lo)
    return {
        "here": "units",
        "unit": here,
        "kind": Kind(place.facts.kind).label,
        "name": place.name,
        "other_name": here.name("hi" if lang == "en" else "en"),
        "other_language": "hi" if lang == "en" else "en",
        "crumbs": _crumbs(place, ends_with),
        "hierarchy": levels.SLUGS[place.hierarchy],
        "as_of": programmes.as_of(place.at, is_rounded=is_rounded) if place.sees_counts else "",
        "sees_counts": place.sees_counts,
        "acts": _acts(place),
        "more_href": f"{address_of('pages:unit_more', here.code)}?in={levels.SLUGS[place.hierarchy]}",
        "page_is_sample": place.facts.is_sample,
    }


def _acts(place: UnitInTree) -> list[RoomLink]:
    """Return the bar that stays: what a leader needs first, and the dossier, which is the unit on paper."""
    links = first_unit_links(place.request.viewer, place.here, at=place.at)[:MOST_ACTS]
    if place.sees_counts:
        links.append(RoomLink(_("Dossier"), address_of("review:dossier", place.here.code), icon="print"))
    return links


def _crumbs(place: UnitInTree, ends_with: str) -> list[tuple[str, str]]:
    crumbs = [(row.name(active_language()), unit_href(row.code, place.hierarchy)) for row in place.path]
    if ends_with:
        return [*crumbs, (ends_with, "")]
    return [*crumbs[:-1], *((name, "") for name, _href in crumbs[-1:])]
