"""Unit, the heart: where it stands, who is responsible, and who lags; from nation to booth."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import sql
from abhiyan.core.words import active_language
from abhiyan.org import queries as org
from abhiyan.org.owing import legend_of, owed_here
from abhiyan.org.responsible import leaders, office_seats, vacant_below
from abhiyan.org.viewer import Request, Viewer
from abhiyan.pages.unit_links import all_unit_links
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules.estimated import ask_estimated
from abhiyan.programmes.rules.gaps import parts_behind
from abhiyan.programmes.rules.ladder import has_figures
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.addresses import address_of
from abhiyan.ui.lists import page_with_list
from abhiyan.ui.owed import StandingHere
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from .unit_frame import UnitInTree, read_unit, unit_context, unit_href
from .unit_programme import ASKS, drawn_children, furthest, levels_below, map_of_level, unit_programme

MOST_OWED = 3
MOST_PEOPLE = 4  # in office; a press shows all
MOST_BELOW = 4  # the units furthest behind
MOST_NAMED = 12  # units without figures
MAY_CLOSE = "imports.units"  # closes a unit, and opens it again


@require_safe
def own_unit_page(request: Request) -> HttpResponse:
    """Show units: the viewer's own unit, else the root of the tree."""
    office = request.viewer.home
    if office is not None:
        return redirect(unit_href(office.unit_code, office.hierarchy))
    roots = units.roots(Hierarchy.ORGANISATIONAL)
    if roots:
        return redirect(unit_href(roots[0].code, Hierarchy.ORGANISATIONAL))
    return render(request, "pages/units_empty.html", {"here": "units", "crumbs": [(_("Units"), "")]})


@page_with_list
def page_of_unit(request: Request, code: str) -> HttpResponseBase:
    """Show one unit in one hierarchy: the page of a nation and of a booth.

    An address that names a programme shows it there with its ladder, its days and its list of the units below.
    """
    place = read_unit(request, code)
    if place.running and any(word in request.GET for word in ASKS):
        return unit_programme(place)
    context, here = unit_context(place), place.here
    offices, vacancies, standings = _read(place, context)
    lang = active_language()
    if standings:
        context |= {"pinned": standings[0], "others": standings[1:]}
    elif here.has_children:
        below = units.children(here.id, place.hierarchy, language=lang, limit=100)
        rows = [(unit_href(row.code, place.hierarchy), row, Kind(row.kind).label) for row in below.rows]
        context |= {
            "plain_children": rows[:MOST_NAMED],
            "other_children": rows[MOST_NAMED:],
            "n_below": below.total,
            "plain_more": below.total > len(rows),
        }
    people = (
        office_seats(request, offices, here, lang)
        if place.sees_counts
        else leaders(request.viewer, here, place.hierarchy, place.today, lang)
    )
    vacant = vacant_below(vacancies, lang)
    owed = owed_here(request.viewer, here, place.hierarchy, at=place.at)[:MOST_OWED]
    context |= {
        "counts": [(Kind(kind).label, n) for kind, n in place.counts.items()],
        "segments": [
            (str(Hierarchy(hierarchy).label), unit_href(code, hierarchy), hierarchy == place.hierarchy)
            for hierarchy in place.facts.hierarchies
        ],
        "is_running": bool(place.running),
        "seats": people[:MOST_PEOPLE],
        "other_seats": people[MOST_PEOPLE:],
        "n_people": len(people),
        "vacant_below": vacant,
        "n_vacant": sum(office.vacant for office in vacant),
        "owed": owed,
        "legend": legend_of(owed),
        "source": "; ".join(
            _(part) for part in place.facts.source.split("; ") if part
        ),  # the demo's are translated
    }
    if here.closed_on is not None:
        context["closed"] = _closed(request.viewer, here, place.hierarchy, at=place.at)
    if here.parent_id is None and place.hierarchy != Hierarchy.ORGANISATIONAL:
        context["unplaced_units"] = units.count_not_placed(place.hierarchy)
    return render(request, "pages/unit.html", context)


@require_safe
def unit_more(request: Request, code: str) -> HttpResponse:
    """Show everything that can be done with a unit, and its other pages. Each programme's door names its programme."""
    place = read_unit(request, code)
    here = place.here
    shown = {
        "links": all_unit_links(request.viewer, here, at=place.at),
        # members beside votes are of units with segments below them
        "votes_href": address_of("pages:membership_votes", here.code)
        if place.running and here.kind in (Kind.STATE, Kind.CONSTITUENCY)
        else "",
        "may_close": here.closed_on is None
        and here.parent_id is not None
        and here.lo is not None
        and request.viewer.may_at(MAY_CLOSE, here.lo),
    }
    context = unit_context(place, ends_with=_("More")) | {
        "acts": [],
        "more_href": "",
    }  # the page has them all
    return render(request, "pages/unit_more.html", context | shown)


def _read(
    place: UnitInTree, context: dict[str, Any]
) -> tuple[list[org.OfficeHere], list[org.OfficeBelow], list[StandingHere]]:
    """Read the offices of a unit, the vacancies below it, and how far it is in each measure with figures. None of it
    where the viewer does not see the unit's figures.

    context: gets the units below in the first of these measures.
    """
    if not place.sees_counts:
        return [], [], []
    here, node = place.here, place.node
    with sql.at_once():
        offices, vacancies, vacancy_query = org.ask_offices_here(here.id, on=place.today), None, None
        if here.lo is not None and here.hi is not None and place.counts:
            vacancies = org.ask_vacancies_below(
                here.id, place.hierarchy, at=place.at, span=(here.lo, here.hi), counts=place.counts
            )
        if place.running and node is not None:
            vacancy_query = programmes.ask_stands(
                place.running, node, at=place.at, has_days=not here.has_children
            )
    stands = vacancy_query() if vacancy_query is not None else []
    whose = _whose(place, stands)
    measure_stands = [
        stand
        for stand in stands
        if has_figures(stand.ladder, stand.target) or (stand.programme.pk in whose and stand.of.measure == 1)
    ]
    if measure_stands and here.has_children:
        measure_stands[0] = programmes.with_figures(
            measure_stands[0], _below(place, measure_stands[0], context)
        )
    standings = [
        programmes.standing_here(
            stand, href=place.href_of(stand.of), whose=whose.get(stand.programme.pk), at=place.at
        )
        for stand in measure_stands
    ]
    return offices(), vacancies() if vacancies is not None else [], standings


def _whose(place: UnitInTree, stands: list[programmes.MeasureStand]) -> dict[int, programmes.Belonging]:
    """Return the programmes without a target of the root that cover one unit below it alone."""
    here = place.here
    without = {stand.programme.pk for stand in stands if not stand.target}
    if here.parent_id is not None or here.lo is None or here.hi is None or not without:
        return {}
    return programmes.belonging(without, (here.lo, here.hi), place.hierarchy)


def _below(
    place: UnitInTree, stand: programmes.MeasureStand, context: dict[str, Any]
) -> programmes.MeasureFigures:
    """Read the unit's own figures of a measure with the first of the units below it; these go to the context."""
    here, chosen = place.here, stand.of
    figures, leaf = programmes.board(
        node=stand.node,
        hierarchy=place.hierarchy,
        programme=chosen.programme,
        measure=chosen.measure,
        at=place.at,
        sort=programmes.FURTHEST_BEHIND,
        language=active_language(),
        per=MOST_BELOW,
        sums_gaps=True,
    )
    children = [child.unit_id for child in leaf.rows]
    with sql.at_once():
        checked = ask_estimated([chosen.programme.pk], children, on=place.today)
        led = org.ask_leaders_of(children, on=place.today)
    rows = drawn_children(place, chosen, leaf, checked=checked(), leaders=led())
    context |= {
        "leaf": leaf,
        "levels": levels_below(place, chosen),
        "children": rows,
        "pictures": [drawn for _child, drawn, *_beside in rows],
        "children_name": chosen.name,
        "total": None,
        "votes": programmes.VotesOfUnits(),
    }
    level = LOOKS_AFTER.get(here.kind, ("",))[-1]
    context["map_href"] = map_of_level(place, chosen, level)
    if leaf.rows and leaf.rows[0].kind != level:
        context |= furthest(place, chosen)
    elif leaf.gaps is not None and leaf.gaps.behind and place.today > chosen.programme.opens_on:
        context["parts_behind"] = parts_behind(leaf.gaps, level)
    return figures


def _closed(viewer: Viewer, here: units.UnitRow, hierarchy: int, *, at: datetime) -> dict[str, Any]:
    """Return what the page of a closed unit says of it: its closing, its successors, and the way to open it again."""
    by = units.closing_of(here.id)
    return {
        "on": here.closed_on,
        "successors": [
            (unit_href(row.code, hierarchy), row.name(active_language()), row.code)
            for row in units.succeeded_by(here.id)
        ],
        "may_open": here.lo is not None
        and viewer.may_at(MAY_CLOSE, here.lo)
        and by is not None
        and units.is_of_today(by, at=at),
    }
