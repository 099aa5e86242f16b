"""A unit in one programme: its ladder, the list of the units below with all its orders and files, days, and ways in."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock, sql
from abhiyan.core.numbers import whole_number
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.estimated import Of, ask_estimated
from abhiyan.programmes.views.work_maps import fits_a_map, map_of_list
from abhiyan.ui import charts, tables
from abhiyan.ui.addresses import address_of
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.lists import Column, Table, file_asked
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from .unit_frame import UnitInTree, unit_context, unit_href

# Words of an address that ask for this page; without them it is the unit's own page.
ASKS = ("programme", "measure", "show", "sort", "matching", "page", "trend", "format")
MOST_FURTHEST = 3  # of the units behind, named beside the ladder

BelowRow = tuple[programmes.Child, LadderShown, org.Leader | None, programmes.VoteBeside]

BELOW: tuple[Column[BelowRow], ...] = (
    Column("code", gettext_lazy("Code"), lambda row: row[0].code),
    Column("unit", gettext_lazy("Unit"), lambda row: name_in_language(row[0].names)),
    Column("leader", gettext_lazy("Led by"), lambda row: row[2].name if row[2] else "", names_people=True),
    Column("target", gettext_lazy("Target"), lambda row: row[1].target),
    Column("reported", gettext_lazy("Reported"), lambda row: row[1].reported),
    Column("counted", gettext_lazy("Counted"), lambda row: row[1].counted),
    Column("unsigned", gettext_lazy("Phone not answered yet"), lambda row: row[1].unsigned),
    Column("confirmed", gettext_lazy("Confirmed"), lambda row: row[1].confirmed),
    *programmes.checked_columns(lambda row: row[1]),
    Column("before", gettext_lazy("Earlier drive"), lambda row: row[1].before and row[1].before.n),
    Column("sample", gettext_lazy("Sample"), lambda row: _("sample") if row[0].is_sample else ""),
)
VOTES: tuple[Column[BelowRow], ...] = programmes.vote_columns(lambda row: row[3])


@dataclass(frozen=True, slots=True)
class UnitLevel:
    """One level of units below: its name, how many they are, and the list of all of them. n: None where the list has
    fewer, for the programme covers a part of the unit."""

    kind: str
    name: str | Promise
    n: int | None
    href: str


def unit_programme(place: UnitInTree) -> HttpResponseBase:
    """Show the measure that the address asks for: its ladder, the units below, map, days and funnel; or a file of the
    list. The viewer sees the unit's figures, and something runs there."""
    request, here = place.request, place.here
    chosen = place.chosen(request.GET)
    measures = [measure for measure in place.running if measure.programme.pk == chosen.programme.pk]
    context = unit_context(place, ends_with=chosen.name) | {
        "chosen": chosen,
        "segments": [
            (name_in_language(measure.names), place.href_of(measure), measure is chosen)
            for measure in measures
        ],
    }
    programme, today = chosen.programme, clock.day_in(chosen.programme.zone, place.at)
    about: dict[str, Any] = {
        "node": place.node,
        "programme": programme,
        "measure": chosen.measure,
        "at": place.at,
    }
    reading = about | {"hierarchy": place.hierarchy}
    listing: dict[str, Any] = {
        "sort": request.GET.get("sort", programmes.FURTHEST_BEHIND),
        "show": _show(request),
        "matching": request.GET.get("matching", "")[:100],
        "language": active_language(),
        "page": _page(request),
    }
    if here.has_children and file_asked(request):
        return _file(place, chosen, reading | listing)
    leaf: tables.Leaf | None = None
    own_asked, figures_asked = None, None
    with sql.at_once():
        callers = programmes.ask_callers_without_place(**about)
        if here.has_children:
            own_asked = programmes.ask_own_words(request.viewer, unit_id=here.id, **reading)
        else:
            figures_asked = programmes.ask_figures(**reading)
    if figures_asked is not None:
        figures = figures_asked()
    else:
        figures, leaf = programmes.board(**reading, **listing)
    earlier = _earlier(place, chosen, leaf)
    checked, led = _read_rows(place, chosen, leaf)
    if leaf is not None:
        rows = _drawn(leaf, chosen, today, earlier, checked)
        votes = _votes(leaf, place.hierarchy)
        context |= {
            "leaf": leaf,
            "levels": levels_below(place, chosen),
            "children": _beside_leaders(place, rows, led),
            "pictures": [drawn for _child, drawn in rows],
            "children_name": chosen.name,
            "own": own_asked() if own_asked is not None else None,
            "files": _files(place, [], has_votes=bool(votes.name)),
            "votes": votes,
            "election_name": votes.name,
            **_narrowed(request),
            **furthest(place, chosen),
        }
        if fits_a_map(here.kind, leaf.total):
            placed = [(child, drawn, unit_href(child.code, place.hierarchy)) for child, drawn in rows]
            context["map"] = map_of_list(here, placed, at=place.at)
    before = earlier.beside(here.id) if earlier else {}
    key = (programme.pk, chosen.measure)
    context["ladder"] = programmes.drawn_ladders(
        [chosen],
        {key: figures.ladder},
        node=place.node or here.id,
        unit_id=here.id,
        hierarchy=place.hierarchy,
        today=today,
        at=place.at,
        checked=checked,
        before={key: before},
    )[0]
    context["total"] = context["ladder"][1]
    context["trend_table"] = request.GET.get("trend") == "table"
    context["trend"] = programmes.drawn_trend(chosen, figures, **before)
    if (n := programmes.lately(figures)) is not None:
        context["lately"] = (n, round(n / programmes.LATELY_DAYS))
    context |= _funnel(programmes.shown_funnel(**about, rows=figures.channels, callers=callers))
    activity = activities.activity_of(programme.kind)
    if activity.days is not None and activity.days.opens(request.viewer.may):
        context["days_href"] = address_of(activity.days.url_name, programme.public_id)
        context["days_query"] = urlencode(
            {"unit": here.code, "in": levels.SLUGS[place.hierarchy], **chosen.asked}
        )
        context["days_label"] = activity.days.label
    panel = (
        activity.panel(request.viewer, programme, here, place.hierarchy, place.at) if activity.panel else None
    )
    if panel is not None:
        context["panel"] = panel
        context["panel_contents"] = render_to_string(panel.template, {**panel.context}, request)
    return render(request, "pages/unit_programme.html", context)


def _file(place: UnitInTree, chosen: programmes.RunningMeasure, asked: dict[str, Any]) -> HttpResponseBase:
    """Send the list of the units below as a file. asked: what the list is read by."""
    leaf = programmes.children_ladders(**asked, per=tables.DEEPEST_ROW)
    checked, led = _read_rows(place, chosen, leaf)
    today = clock.day_in(chosen.programme.zone, place.at)
    drawn = _drawn(leaf, chosen, today, _earlier(place, chosen, leaf), checked)
    votes = _votes(leaf, place.hierarchy)
    lines = [(*row, led.get(row[0].unit_id), votes.beside(row[0])) for row in drawn]
    return _files(place, lines, has_votes=bool(votes.name)).file()


def levels_below(place: UnitInTree, chosen: programmes.RunningMeasure) -> list[UnitLevel]:
    """Return the lists of all units of each level below, in a measure."""
    if not place.counts:
        return []
    here, page = place.here, address_of("programmes:below", chosen.programme.public_id)
    is_whole = programmes.covers_whole(chosen.programme, (here.lo or 0, here.hi or 0))
    return [
        UnitLevel(
            kind,
            Kind(kind).label,
            n if is_whole else None,
            unit_address(page, here.code, place.hierarchy, level=kind, **chosen.asked),
        )
        for kind, n in place.counts.items()
    ]


def map_of_level(place: UnitInTree, chosen: programmes.RunningMeasure, level: str) -> str:
    """Return the address of the list with the map of the units of a level, or "" where they have none."""
    n = next((row.n for row in levels_below(place, chosen) if row.kind == level), None)
    if not fits_a_map(place.here.kind, n):
        return ""
    page = address_of("programmes:below", chosen.programme.public_id)
    return unit_address(page, place.here.code, place.hierarchy, level=level, **chosen.asked)


def furthest(place: UnitInTree, chosen: programmes.RunningMeasure) -> dict[str, Any]:
    """Return the units that are furthest behind, of the level that Today names; how many are behind and ahead
    of all of it."""
    if place.node is None:
        return {}
    late = programmes.late_units(
        place.node, place.here.kind, chosen.programme, measure=chosen.measure, at=place.at
    )
    if late is None:
        return {}
    page = address_of("programmes:below", chosen.programme.public_id)
    return {
        "parts_behind": late.said,
        "furthest_href": unit_address(
            page, place.here.code, place.hierarchy, level=late.kind, **chosen.asked
        ),
        "furthest": [
            (unit_href(child.code, place.hierarchy), name_in_language(child.names), n)
            for child in late.leaf.rows[:MOST_FURTHEST]
            if (n := programmes.fewer_than_due(chosen.programme, child, at=place.at))
        ],
    }


ChildRow = tuple[programmes.Child, LadderShown, str, str, org.Leader | None]


def drawn_children(
    place: UnitInTree,
    chosen: programmes.RunningMeasure,
    leaf: tables.Leaf,
    *,
    checked: Of,
    leaders: dict[int, org.Leader],
) -> list[ChildRow]:
    """Return the units on a page of the list, each with its picture, its address and who leads it."""
    today = clock.day_in(chosen.programme.zone, place.at)
    return _beside_leaders(place, _drawn(leaf, chosen, today, None, checked), leaders)


def _beside_leaders(
    place: UnitInTree, rows: list[tuple[programmes.Child, LadderShown]], leaders: dict[int, org.Leader]
) -> list[ChildRow]:
    return [
        (
            child,
            drawn,
            unit_href(child.code, place.hierarchy),
            name_in_language(child.names),
            leaders.get(child.unit_id),
        )
        for child, drawn in rows
    ]


def _earlier(
    place: UnitInTree, chosen: programmes.RunningMeasure, leaf: tables.Leaf | None
) -> programmes.Earlier | None:
    """Return the earlier drive the programme is held against, of the unit and those on a page of its list."""
    if chosen.measure != 1:
        return None
    ids = [place.here.id, *(child.unit_id for child in leaf.rows)] if leaf else [place.here.id]
    return programmes.earlier_totals(chosen.programme, units=ids, hierarchy=place.hierarchy)


def _read_rows(
    place: UnitInTree, chosen: programmes.RunningMeasure, leaf: tables.Leaf | None
) -> tuple[Of, dict[int, org.Leader]]:
    """Ask at once for the estimates of a unit and its list, and the leaders of the list."""
    children = [child.unit_id for child in leaf.rows] if leaf is not None else []
    with sql.at_once():
        checked = ask_estimated([chosen.programme.pk], [place.here.id, *children], on=place.today)
        led = org.ask_leaders_of(children, on=place.today) if children else None
    return checked(), led() if led is not None else {}


def _narrowed(request: HttpRequest) -> dict[str, Any]:
    """Return how the list is sorted and narrowed."""
    part_shown = _show(request)
    return {
        "sorting": tables.sorting(
            request.GET, dict.fromkeys(programmes.SORTS, ""), default=programmes.FURTHEST_BEHIND
        ),
        "shows": [
            (_("All"), "all", part_shown == "all"),
            (_("Behind"), "behind", part_shown == "behind"),
            (_("Nothing yet"), "without", part_shown == "without"),
        ],
        "matching": request.GET.get("matching", "")[:100],
        "kept": [
            (key, request.GET[key]) for key in ("programme", "measure", "sort", "show") if key in request.GET
        ],
    }


def _files(place: UnitInTree, lines: list[BelowRow], *, has_votes: bool) -> Table[BelowRow]:
    """Return the list of the units below as files; without its lines, for what the page says of them."""
    caption = _("Units below, with their figures")
    columns = (*BELOW, *VOTES) if has_votes else BELOW
    here = place.here
    return Table(place.request, columns, lines, name=f"units-{here.code}", caption=caption, unit_id=here.id)


def _votes(leaf: tables.Leaf, hierarchy: int) -> programmes.VotesOfUnits:
    """Return votes of the last election beside the units on a page of the list."""
    return programmes.last_votes_of_units([child.unit_id for child in leaf.rows], hierarchy)


def _drawn(
    leaf: tables.Leaf,
    chosen: programmes.RunningMeasure,
    today: date,
    earlier: programmes.Earlier | None,
    checked: Of,
) -> list[tuple[programmes.Child, LadderShown]]:
    """Return the children on a page of the list, each with its picture."""
    return [
        (
            child,
            programmes.ladder_picture(
                child.ladder,
                name=name_in_language(child.names),
                programme=chosen.programme,
                measure=chosen.measure,
                on=today,
                target=child.target,
                checked=checked.get((chosen.programme.pk, chosen.measure, child.unit_id)),
                **(earlier.beside(child.unit_id) if earlier else {}),
            ),
        )
        for child in leaf.rows
    ]


def _funnel(funnel: programmes.Funnel) -> dict[str, Any]:
    """Return the steps of each way in, all days together; and callers without a place beside them."""
    return {
        "funnels": [
            (
                line.channel,
                [charts.FunnelStep(name=step.name, value=line.value(step.key)) for step in line.steps],
            )
            for line in funnel.lines
        ],
        "steps": funnel.columns,
        "callers": funnel.callers,
    }


def _show(request: HttpRequest) -> Any:
    part_shown = request.GET.get("show", "all")
    return part_shown if part_shown in ("all", "behind", "without") else "all"


def _page(request: HttpRequest) -> int:
    return whole_number(request.GET.get("page", ""), most=10**4) or 1
