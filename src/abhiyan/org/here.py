"""The unit a page is about, as its address names it: `?unit=CODE&in=electoral`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import words
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.ui.lists import file_asked
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels

from .queries import NotYours, own_work
from .viewer import Request, Viewer

LONGEST = 100  # of a code or a name
P = ParamSpec("P")


class NoUnits(Refused):
    """A page about a unit was opened before there is any."""

    message = _("There are no units yet. Bring your list on the page Imports first.")


def unit_address(page: str, unit: str, hierarchy: int | None = None, /, **more: str | int) -> str:
    """The address of a page about a unit, by its code."""
    place = {"in": levels.SLUGS[hierarchy]} if hierarchy else {}
    return f"{page}?{urlencode({'unit': unit, **place, **more})}"


@dataclass(frozen=True, slots=True)
class Here:
    """The unit of a page, the hierarchy it is looked at in, and those to choose from.

    There are none where the page knows only one hierarchy; its addresses do not name it.
    """

    unit: units.UnitRow
    hierarchy: int
    hierarchies: Sequence[int]
    page: str
    asked: QueryDict

    @property
    def name(self) -> str:
        return words.name_in_language(self.unit.names)

    @property
    def slug(self) -> str:
        """The hierarchy, as addresses and forms name it."""
        return levels.SLUGS[self.hierarchy]

    @property
    def span(self) -> tuple[int, int]:
        """Positions [lo, hi) of the unit and all below it."""
        assert self.unit.lo is not None and self.unit.hi is not None  # `page_unit` refuses what is not placed
        return self.unit.lo, self.unit.hi

    def href(self, page: str = "", *, unit: str = "", **more: str | int) -> str:
        """Another page about this unit, or one near it (by its code); without one, this page."""
        return unit_address(page or self.page, unit or self.unit.code, self._in, **more)

    def crumbs(self, *first: tuple[str, str], seen_by: Viewer | None = None) -> list[tuple[str, str]]:
        """The way down to the unit, each step with this page about it. seen_by: only steps whose counts they see."""
        above = [
            row
            for row in units.path_of_unit(self.unit.id, self.hierarchy)[:-1]
            if seen_by is None or seen_by.sees_counts_at(row.lo)
        ]
        steps = [(words.name_in_language(row.names), self._same_page(row.code, self._in)) for row in above]
        return [*first, *steps, (self.name, "")]

    def segments(self) -> list[tuple[str, str, bool]]:
        """This page in each hierarchy the unit belongs to, for `{% segments %}`."""
        return [
            (
                str(Hierarchy(hierarchy).label),
                self._same_page(self.unit.code, hierarchy),
                hierarchy == self.hierarchy,
            )
            for hierarchy in self.hierarchies
        ]

    @property
    def _in(self) -> int | None:
        return self.hierarchy if self.hierarchies else None

    def _same_page(self, code: str, hierarchy: int | None) -> str:
        kept_keys = ("unit", "in", "page", "after", "format")
        kept = {name: str(value) for name, value in self.asked.items() if value and name not in kept_keys}
        return unit_address(self.page, code, hierarchy, **kept)


def page_unit(
    request: Request, *, hierarchy: int = 0, otherwise: Callable[[], int] | None = None, counts: bool = False
) -> Here:
    """The unit that the address, or the form sent to it, names by its code; else `otherwise`, the viewer's own unit, or
    the top. A name does to look at a unit: the nearest is shown. A form is never carried out at a guessed unit.

    hierarchy: the only one the page knows, as that of a programme. otherwise: gives a unit's id, or refuses. counts:
    NotYours where the unit's counts are out of the viewer's sight. NotFound where there is no such unit, or it has no
    place there; NoUnits where there is none.
    """
    params = request.GET if "unit" in request.GET or file_asked(request) else request.POST
    unit_code = params.get("unit", "").strip()[:LONGEST]
    home = request.viewer.home
    wanted = hierarchy or levels.BY_SLUG.get(params.get("in", "") or request.GET.get("in", ""), 0)
    if unit_code:
        unit_found = units.unit_with_hierarchies(unit_code) if request.method == "POST" else _named(unit_code)
        unit_id, stands = unit_found.id, unit_found.hierarchies
    else:
        wanted = wanted or (home.hierarchy if home and otherwise is None else 0)
        unit_id = otherwise() if otherwise else home.unit_id if home else _top(wanted)
        stands = () if hierarchy else tuple(units.hierarchies_of(unit_id))
    chosen = wanted if wanted in stands or hierarchy else next(iter(stands), 0)
    row = units.row_of_unit(unit_id, chosen)
    if row.lo is None:
        raise NotFound(field="unit")
    if counts and not request.viewer.sees_counts_at(row.lo):
        raise NotYours
    return Here(row, chosen, () if hierarchy else stands, request.path, request.GET)


def unit_fact(unit_id: int) -> tuple[str, str]:
    """Name a unit beside its label, with its code: who decides about a record reads where it would be written."""
    unit = units.unit_by_id(unit_id)
    return say("Unit"), f"{words.name_in_language(unit.names)} · {unit.code}"


def _named(asked: str) -> units.UnitFound:
    """The unit of this code, else the one whose name fits best."""
    try:
        return units.unit_with_hierarchies(asked)
    except NotFound:
        near = [] if "\0" in asked else units.search_units(asked, language=words.active_language(), limit=1)
        if not near:
            raise
        return units.unit_with_hierarchies(near[0].code)


def _top(hierarchy: int) -> int:
    roots = units.roots(hierarchy or Hierarchy.ORGANISATIONAL)
    if not roots:
        raise NoUnits
    return roots[0].id


def of_own_work(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[Request, P], HttpResponseBase]:
    """Make a view of what its reader entered: by one SMS code, nothing else of people is in its sight."""

    @wraps(view)
    def seen(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with own_work(request.viewer):
            return view(request, *args, **kwargs)

    return seen
