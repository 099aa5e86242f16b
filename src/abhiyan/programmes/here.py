"""The pages of a programme: the unit that each is about, the way to it, and parts that they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import name_in_language
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries
from abhiyan.programmes.models import Measure, Programme
from abhiyan.programmes.rules import activities
from abhiyan.ui import numbers
from abhiyan.units import queries as units

from .queries import covers_part, programme_of_kind

Crumbs = Sequence[tuple[str, str]]


def today_of_programmes(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)


def name_of_programme(programme: Programme) -> str:
    return name_in_language(programme.names)


def programme_crumbs(*more: tuple[str, str]) -> Crumbs:
    return [(_("Programmes"), reverse("programmes:list")), *more]


def programme_frame(programme: Programme, *more: tuple[str, str]) -> dict[str, Any]:
    """Return what every page about a programme shows: its place in the menu, the way to it, its name.

    more: the way on.
    """
    name, own_href = name_of_programme(programme), programme_address(programme, "programme") if more else ""
    return {
        "here": "programmes",
        "crumbs": programme_crumbs((name, own_href), *more),
        "programme": programme,
        "name": name,
    }


def programme_address(one: Programme, page: str, unit: str = "", *of: UUID | str, **more: str | int) -> str:
    """Return the address of a programme's page, about a unit where its code is given.

    page: its name, with its room where it is another. of: what else its address names.
    """
    path = reverse(page if ":" in page else f"programmes:{page}", args=[one.public_id, *of])
    return unit_address(path, unit, None, **more) if unit else path


def work_addresses(programme: Programme, unit: str) -> dict[str, str]:
    """Return the addresses of the tasks, materials, meetings and reports of a programme in a unit."""
    public_id = str(programme.public_id)
    return {
        "tasks": unit_address(
            reverse("work:tasks"), unit, None, show="unit", programme=public_id, state="all"
        ),
        "materials": programme_address(programme, "work:materials", unit),
        "asked": unit_address(reverse("work:asked"), unit, programme.hierarchy),
    }


def slides(programme: Programme, unit: str, measure: int) -> str:
    """Return the address of the page that makes slides of a programme in a unit, with one of its measures chosen."""
    page = reverse("review:deck_new")
    chosen = f"{programme.public_id}-{measure}"  # as the form there names it
    return unit_address(page, unit, programme.hierarchy, programme=str(programme.public_id), measure=chosen)


def unit_of_page(request: Request, programme: Programme, *, is_asked: bool = False) -> Here:
    """Return the unit a page of a programme is about: the one asked for, else the viewer's own, else the owner's.

    NotFound when it is not in the programme's hierarchy, or its counts are out of the viewer's sight; with
    is_asked, also where none was asked for.
    """
    own_unit: Callable[[], int] = require_unit if is_asked else partial(_own, request.viewer, programme)
    here = page_unit(request, hierarchy=programme.hierarchy, otherwise=own_unit)
    if not request.viewer.sees_counts_at(here.unit.lo):
        raise NotFound
    return here


def require_unit() -> int:
    """Raise NotFound for a page about a unit that its address must name."""
    raise NotFound


def _own(viewer: Viewer, programme: Programme) -> int:
    owner, home = units.row_of_unit(programme.owner_id, programme.hierarchy), viewer.home
    if home is None:
        return owner.id
    is_inside = owner.lo is not None and owner.lo <= home.lo < (owner.hi or 0)
    is_seen = owner.lo is not None and viewer.sees_counts_at(owner.lo)
    return home.unit_id if is_inside or not is_seen else owner.id


def unit_named(viewer: Viewer, programme: Programme, code: str) -> units.UnitRow:
    """Return the unit a form of a programme is about, by its code alone.

    NotFound as for `unit_of_page`, and without one.
    """
    row = units.row_of_unit(units.unit(code).pk, programme.hierarchy)
    if row.lo is None or not viewer.sees_counts_at(row.lo):
        raise NotFound
    return row


def viewer_may(request: Request, capability: str, unit_id: int) -> bool:
    """Return True if the viewer may do this over a unit: for showing a button; the act asks again."""
    positions = [lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])]
    return request.viewer.may_at(capability, *positions)


@dataclass(frozen=True, slots=True)
class ChosenMeasure:
    """The measure that a page of a programme is about, and the choice between all of them.

    tabs: for `{% segments %}` with `by="measure"`; empty where the programme has one measure.
    """

    of: Measure
    tabs: list[tuple[str, int, bool]]

    @property
    def number(self) -> int:
        return self.of.number

    @property
    def name(self) -> str:
        return name_in_language(self.of.names)

    @property
    def asked(self) -> dict[str, str]:
        """Return how an address asks for it: a programme's first measure needs no asking."""
        return queries.measure_asked(self.number)

    @property
    def about(self) -> dict[str, Any]:
        """Return the names that a template uses."""
        return {"measure": self.of, "measure_name": self.name, "tabs": self.tabs}


def measure_chosen(request: Request, programme: Programme) -> ChosenMeasure:
    """Return the measure that the address asks for, else the programme's first.

    Every page of a programme asks here.
    """
    choices = queries.measures([programme])[programme.pk]
    wanted = request.GET.get("measure", "")
    chosen = next((measure for measure in choices if str(measure.number) == wanted), choices[0])
    tabs = [(name_in_language(measure.names), measure.number, measure == chosen) for measure in choices]
    return ChosenMeasure(chosen, tabs if len(choices) > 1 else [])


@dataclass(frozen=True, slots=True)
class Off:
    """The number of targets beneath a unit that do not sum, as people read it, and the page that lists them."""

    n: int
    shown: str
    href: str


def off(programme: Programme, here: units.UnitRow, measure: int, n: int | None = None) -> Off | None:
    """Return the targets that do not sum beneath a unit; None where everything does.

    n: how many, where it is known already.
    """
    n_misfits = queries.count_misfits(programme=programme, node=here.id, measure=measure) if n is None else n
    if not n_misfits:
        return None
    return Off(
        n_misfits,
        _counted(n_misfits),
        programme_address(programme, "targets:misfits", here.code, measure=measure),
    )


def _counted(n: int) -> str:
    most = queries.MOST_MISFITS
    return f"{numbers.grouped(most)}+" if n > most else numbers.grouped(n)


def launch_pages(request: Request, programme: Programme, on: date) -> list[activities.Page]:
    """Return the pages of a programme that is still to begin, for who runs it over its owner."""
    return activities.pages_of_launches(
        programme.opens_on, on, lambda right: viewer_may(request, right, programme.owner_id)
    )


def page_of_people(request: Request, public_id: UUID, kind: str) -> tuple[Programme, Here]:
    """Return the programme of a page about people, and the page's unit.

    NotFound for a programme of another kind or one that does not lie there. NotYours where the viewer sees no people.
    """
    programme = programme_of_kind(public_id, kind)
    here = page_unit(request, hierarchy=programme.hierarchy)
    if not covers_part(programme, here.span):
        raise NotFound
    if not request.viewer.sees_people_at(here.span[0]):
        raise NotYours
    return programme, here


def way_from_programme(programme: Programme, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to a page of a programme's room: the programme's own page, then more."""
    return [
        (name_in_language(programme.names), reverse("programmes:programme", args=[programme.public_id])),
        *more,
    ]


def page_asked(request: Request) -> int:
    """Return the number of the page of a list that the address asks for, the first by default."""
    return whole_number(request.GET.get("page", ""), most=10**4) or 1


@dataclass(frozen=True, slots=True)
class DraftStep:
    """A step that a room above adds to the guided creation of a programme, between the people and the check.

    form: of its page, with what was posted. keep: writes a valid answer. checked: the names that the templates of
    the check use. facts: its template among the facts of the check. notes: its template below them.
    """

    name: str | Promise
    form: Callable[[Request, Programme], Form]
    keep: Callable[[Request, Programme, dict[str, Any]], None]
    checked: Callable[[Programme], dict[str, Any]]
    facts: str
    notes: str


_draft_steps: dict[str, DraftStep] = {}  # by the name in the address


def register_draft_step(key: str, draft_step: DraftStep) -> None:
    """Register a step of the guided creation. Call it once, in the ready() of the room whose step it is."""
    _draft_steps[key] = draft_step


def draft_steps() -> Mapping[str, DraftStep]:
    """Return the steps that rooms above add, by the name in the address, in their order."""
    return _draft_steps


def scope_of_draft(programme: Programme) -> list[units.UnitRow]:
    """Return the units that a programme covers, each with its place in the programme's tree."""
    paths = units.paths_of_units(queries.scope_units(programme), programme.hierarchy)
    return [path[-1] for path in paths.values()]
