"""Unit, the heart: who is responsible, what is true of each measure, what stands below; from nation to booth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abhiyan.core import clock, sql
from abhiyan.core.words import language, named
from abhiyan.org import queries as org
from abhiyan.org.here import address
from abhiyan.org.owing import owed_here
from abhiyan.org.responsible import leaders, seats, vacant_below
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.estimated import Of, ask_estimated
from abhiyan.site.offered import doors
from abhiyan.ui import charts, maps, tables
from abhiyan.ui.addresses import address_of
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.lists import Column, Table, file_asked, page_with_list
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind
from abhiyan.units.rules import levels

# A map helps where there are outlines to find places by: below these outlines would only push the points together.
OUTLINED = (Kind.NATION, Kind.STATE, Kind.REGION, Kind.CONSTITUENCY)
FEWEST_PLACES = 3
MOST_OWED = 10  # of what the unit is asked
MOST_FURTHEST = 3  # of the children behind, named on a phone's first screen
MAY_CLOSE = "imports.units"  # who may close a unit, and open it again
KEPT_IN_PATHS = "/~:@!$&'()*+,;="  # as Django's reverse keeps them

BelowRow = tuple[programmes.Child, LadderShown, org.Leader | None, programmes.VoteBeside]

BELOW: tuple[Column[BelowRow], ...] = (
    Column("code", gettext_lazy("Code"), lambda row: row[0].code),
    Column("unit", gettext_lazy("Unit"), lambda row: named(row[0].names)),
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


def unit_href(code: str, hierarchy: int) -> str:
    """The address of a unit's page in a hierarchy."""
    before = address_of("site:unit", "-").removesuffix("-/")  # a page has a hundred of them
    return f"{before}{quote(code, safe=KEPT_IN_PATHS)}/?in={levels.SLUGS[hierarchy]}"


@require_safe
def home(request: Request) -> HttpResponse:
    """Units: the viewer's own unit, else the root of the tree."""
    own = request.viewer.home
    if own is not None:
        return redirect(unit_href(own.unit_code, own.hierarchy))
    roots = units.roots(Hierarchy.ORGANISATIONAL)
    if roots:
        return redirect(unit_href(roots[0].code, Hierarchy.ORGANISATIONAL))
    return render(request, "site/units_empty.html", {"here": "units", "crumbs": [(_("Units"), "")]})


@page_with_list
def unit(request: Request, code: str) -> HttpResponseBase:
    """One unit in one hierarchy: the page of a nation and of a booth."""
    at = clock.now()
    today = clock.day_in(settings.TIME_ZONE, at)
    wanted = levels.BY_SLUG.get(request.GET.get("in", ""))
    facts, path = units.found_with_path(code, wanted=wanted)
    hierarchy = facts.nearest(wanted)
    here = path[-1] if path else units.standing(facts.id, hierarchy)
    lang = language()

    sees_counts = request.viewer.sees_counts_at(here.lo)
    running, node = programmes.running_at(facts.id, hierarchy, today) if sees_counts else ([], None)
    chosen = _chosen(running, request.GET)
    version = dict(zip(facts.hierarchies, facts.versions, strict=True)).get(hierarchy)
    counts = units.counts_below(facts.id, hierarchy, here=here, version=version) if here.has_children else {}
    asked = _ask(request, here, counts, chosen, node, hierarchy, today, at) if sees_counts else None
    context: dict[str, Any] = {
        "here": "units",
        "unit": here,
        "kind": Kind(facts.kind).label,
        "name": here.name(lang),
        "other_name": here.name("hi" if lang == "en" else "en"),
        "other_language": "hi" if lang == "en" else "en",
        "crumbs": _crumbs(path, hierarchy, lang),
        "segments": _segments(code, facts.hierarchies, hierarchy),
        "hierarchy": levels.SLUGS[hierarchy],
        "counts": [(Kind(kind).label, n) for kind, n in counts.items()],
        "as_of": programmes.as_of(
            at, is_rounded=here.lo is None or not request.viewer.sees_people_at(here.lo)
        )
        if sees_counts
        else "",
        "sees_counts": sees_counts,
        "doors": doors(request.viewer, at=at, unit=here),
        "seats": seats(request, asked.offices(), here, lang)
        if asked is not None
        else leaders(request.viewer, here, hierarchy, today, lang),
        "vacant_below": vacant_below(asked.vacancies(), lang) if asked and asked.vacancies else [],
        "owed": owed_here(request.viewer, here, hierarchy, at=at)[:MOST_OWED],
        "running": running,
        "votes_href": _votes_href(here) if running else "",
        "chosen": chosen,
        "source": "; ".join(
            _(part) for part in facts.source.split("; ") if part
        ),  # the demo's are translated
        "page_is_sample": facts.is_sample,
        "may_close": here.closed_on is None
        and here.parent_id is not None
        and here.lo is not None
        and request.viewer.may_at(MAY_CLOSE, here.lo),
    }
    if here.closed_on is not None:
        context["closed"] = _closed(request.viewer, here, hierarchy, at=at)
    if here.parent_id is None and hierarchy != Hierarchy.ORGANISATIONAL:
        context["unplaced_units"] = units.count_not_placed(hierarchy)
    if chosen is not None and asked is not None:
        if len(counts) > 1:
            context["levels"] = _levels(chosen, here, hierarchy, counts)
        answer = _measure(request, context, chosen, asked, here, node or here.id, hierarchy, at, lang)
        if answer is not None:
            return answer
    elif here.has_children:
        below = units.children(facts.id, hierarchy, language=lang, limit=100)
        context["plain_children"] = [
            (unit_href(row.code, hierarchy), row.name(lang), Kind(row.kind).label) for row in below.rows
        ]
        context["plain_more"] = below.total > len(below.rows)
    return render(request, "site/unit.html", context)


@dataclass(frozen=True, slots=True)
class UnitPageReads:
    """What the page of a unit asks at once, none of it needing another's answer: one wait for the server.

    own: of a unit with others below it; figures: of one without, for the others' come with the list of those below.
    """

    offices: sql.Asked[list[org.OfficeHere]]
    vacancies: sql.Asked[list[org.OfficeBelow]] | None = None
    callers: sql.Asked[programmes.Placeless | None] | None = None
    own: sql.Asked[programmes.CountedHere | None] | None = None
    figures: sql.Asked[programmes.MeasureFigures] | None = None


def _ask(
    request: Request,
    here: units.UnitRow,
    counts: dict[str, int],
    chosen: programmes.RunningMeasure | None,
    node: programmes.LedgerNode | None,
    hierarchy: int,
    today: date,
    at: datetime,
) -> UnitPageReads:
    with sql.at_once():
        offices, vacancies = org.ask_offices_here(here.id, on=today), None
        if here.lo is not None and here.hi is not None and counts:
            vacancies = org.ask_vacancies_below(
                here.id, hierarchy, at=at, span=(here.lo, here.hi), counts=counts
            )
        if chosen is None or node is None or _is_file(request, here):
            return UnitPageReads(offices, vacancies)
        of: dict[str, Any] = {
            "node": node,
            "programme": chosen.programme,
            "measure": chosen.measure,
            "at": at,
        }
        callers = programmes.ask_callers_without_place(**of)
        of["hierarchy"] = hierarchy
        if here.has_children:
            return UnitPageReads(
                offices,
                vacancies,
                callers,
                own=programmes.ask_own_words(request.viewer, unit_id=here.id, **of),
            )
        return UnitPageReads(offices, vacancies, callers, figures=programmes.ask_figures(**of))


def _is_file(request: HttpRequest, here: units.UnitRow) -> bool:
    """Whether the list of the units below is asked for as a file."""
    return here.has_children and bool(file_asked(request))


def _files(
    request: Request,
    here: units.UnitRow,
    lines: list[BelowRow],
    *,
    has_votes: bool,
) -> Table[BelowRow]:
    """The list of the units below as files; without its lines, for what the page says of them."""
    caption = _("Units below, with their figures")
    columns = (*BELOW, *VOTES) if has_votes else BELOW
    return Table(request, columns, lines, name=f"units-{here.code}", caption=caption, unit_id=here.id)


def _closed(viewer: Viewer, here: units.UnitRow, hierarchy: int, *, at: datetime) -> dict[str, Any]:
    """What the page of a closed unit says of it: from when, who took over, whether it may be opened again."""
    by = units.closing_of(here.id)
    return {
        "on": here.closed_on,
        "successors": [
            (unit_href(row.code, hierarchy), row.name(language()), row.code)
            for row in units.succeeded_by(here.id)
        ],
        "may_open": here.lo is not None
        and viewer.may_at(MAY_CLOSE, here.lo)
        and by is not None
        and units.is_of_today(by, at=at),
    }


def _votes_href(here: units.UnitRow) -> str:
    """Where members stand beside votes: of units with segments below them."""
    if here.kind not in (Kind.STATE, Kind.CONSTITUENCY):
        return ""
    return address_of("site:membership_votes", here.code)


def _chosen(
    running: list[programmes.RunningMeasure], asked: Mapping[str, str]
) -> programmes.RunningMeasure | None:
    """The measure whose children, trend and funnel are shown: the one asked for, else the first."""
    of = [one for one in running if str(one.programme.public_id) == asked.get("programme")] or running
    return next((one for one in of if str(one.measure) == asked.get("measure")), of[0] if of else None)


def _crumbs(path: list[units.UnitRow], hierarchy: int, lang: str) -> list[tuple[str, str]]:
    last = len(path) - 1
    return [
        (row.name(lang), "" if index == last else unit_href(row.code, hierarchy))
        for index, row in enumerate(path)
    ]


def _segments(code: str, stands_in: tuple[int, ...], hierarchy: int) -> list[tuple[str, str, bool]]:
    return [(str(Hierarchy(one).label), unit_href(code, one), one == hierarchy) for one in stands_in]


@dataclass(frozen=True, slots=True)
class UnitLevel:
    """One level of units below: its name, how many they are, and the list of all of them. n: None where the list has
    fewer, for the programme covers a part of the unit."""

    name: str | Promise
    n: int | None
    href: str


def _measure(
    request: Request,
    context: dict[str, Any],
    chosen: programmes.RunningMeasure,
    asked: UnitPageReads,
    here: units.UnitRow,
    node: programmes.LedgerNode | int,
    hierarchy: int,
    at: datetime,
    lang: str,
) -> HttpResponseBase | None:
    """Ladders of every measure, and of the chosen one children, map, trend and funnel; or an export."""
    programme = chosen.programme
    today = clock.day_in(programme.zone, at)
    reading: dict[str, Any] = {
        "node": node,
        "hierarchy": hierarchy,
        "programme": programme,
        "measure": chosen.measure,
        "at": at,
    }
    listing: dict[str, Any] = {
        "sort": request.GET.get("sort", programmes.FURTHEST_BEHIND),
        "show": _show(request),
        "matching": request.GET.get("matching", "")[:100],
        "language": lang,
        "page": _page(request),
    }
    if _is_file(request, here):
        listing["per"] = tables.DEEPEST_ROW
        leaf = programmes.children_ladders(**reading, **listing)
        earlier = _earlier(chosen, here, hierarchy, leaf, today)
        checked, led = _told([chosen], here, leaf, today, at)
        drawn = _drawn(leaf, chosen, today, lang, earlier, checked)
        votes = _votes(leaf, hierarchy)
        lines = [(*row, led.get(row[0].unit_id), votes.beside(row[0])) for row in drawn]
        return _files(request, here, lines, has_votes=bool(votes.name)).file()
    if here.has_children:
        figures, leaf = programmes.board(**reading, **listing)
        earlier = _earlier(chosen, here, hierarchy, leaf, today)
        checked, leaders = _told(context["running"], here, leaf, today, at)
        rows = _drawn(leaf, chosen, today, lang, earlier, checked)
        own = asked.own() if asked.own else None
        votes = _votes(leaf, hierarchy)
        context |= {"leaf": leaf, "own": own, "files": _files(request, here, [], has_votes=bool(votes.name))}
        context |= {"votes": votes, "election_name": votes.name}
        context |= _below(request, hierarchy, rows, leaders, lang)
        context |= _furthest(chosen, here, node, hierarchy, at)
        if leaf.pages and leaf.pages <= 1 and len(rows) >= FEWEST_PLACES and here.kind in OUTLINED:
            context |= _map(here, hierarchy, rows, at, lang)
    else:
        figures = asked.figures() if asked.figures else programmes.figures(**reading)
        earlier = _earlier(chosen, here, hierarchy, None, today)
        checked, _leaders = _told(context["running"], here, None, today, at)
    before = earlier.beside(here.id) if earlier else {}
    key = (programme.pk, chosen.measure)
    context["ladders"] = programmes.drawn_ladders(
        context["running"],
        {key: figures.ladder},
        node=node,
        unit_id=here.id,
        hierarchy=hierarchy,
        today=today,
        at=at,
        checked=checked,
        before={key: before},
    )
    if here.parent_id is None and here.lo is not None and here.hi is not None:
        without = {one.programme.pk for one in context["running"] if not one.target}
        found = programmes.belonging(without, (here.lo, here.hi), hierarchy) if without else {}
        names = {one.programme.pk: named(one.programme.names) for one in context["running"]}
        context["belonging"] = [
            (names[pk], one.said, unit_href(one.code, hierarchy), named(one.names))
            for pk, one in found.items()
        ]
    context["total"] = context["ladders"][context["running"].index(chosen)][1]
    context["programme_segments"] = [
        (
            one.name,
            unit_href(here.code, hierarchy)
            + "&"
            + urlencode({"programme": str(one.programme.public_id), **one.asked}),
            one is chosen,
        )
        for one in context["running"]
    ]
    context["trend_table"] = request.GET.get("trend") == "table"
    context["trend"] = programmes.drawn_trend(chosen, figures, **before)
    if (n := programmes.lately(figures)) is not None:
        context["lately"] = (n, round(n / programmes.LATELY_DAYS))
    activity = activities.of(programme.kind)
    if isinstance(node, programmes.LedgerNode):
        del reading["hierarchy"]
        context |= _funnel(programmes.shown_funnel(**reading, rows=figures.channels, callers=asked.callers))
    if activity.days is not None and activity.days.opens(request.viewer.may):
        context["days_href"] = address_of(activity.days.url_name, programme.public_id)
        context["days_query"] = urlencode({"unit": here.code, "in": levels.SLUGS[hierarchy], **chosen.asked})
        context["days_label"] = activity.days.label
    panel = activity.panel(request.viewer, programme, here, hierarchy, at) if activity.panel else None
    if panel is not None:
        context["panel"] = panel
        context["panel_contents"] = render_to_string(panel.template, {**panel.context}, request)
    return None


def _earlier(
    chosen: programmes.RunningMeasure,
    here: units.UnitRow,
    hierarchy: int,
    leaf: tables.Leaf | None,
    today: date,
) -> programmes.Earlier | None:
    """The earlier drive the programme is held against, of the unit and those on a page of its list."""
    if chosen.measure != 1:
        return None
    ids = [here.id, *(child.unit_id for child in leaf.rows)] if leaf else [here.id]
    return programmes.earlier(chosen.programme, units=ids, hierarchy=hierarchy, on=today)


def _told(
    running: list[programmes.RunningMeasure],
    here: units.UnitRow,
    leaf: tables.Leaf | None,
    today: date,
    at: datetime,
) -> tuple[Of, dict[int, org.Leader]]:
    """Ask at once for the estimates of a unit and its list, and the leaders of the list."""
    of = sorted({one.programme.pk for one in running})
    if leaf is None:
        return ask_estimated(of, [here.id], on=today)(), {}
    children = [child.unit_id for child in leaf.rows]
    with sql.at_once():
        checked = ask_estimated(of, [here.id, *children], on=today)
        led = org.ask_leaders_of(children, on=clock.day_in(settings.TIME_ZONE, at))
    return checked(), led()


def _votes(leaf: tables.Leaf, hierarchy: int) -> programmes.VotesOfUnits:
    """Votes of the last election beside the units on a page of the list."""
    return programmes.last_votes([child.unit_id for child in leaf.rows], hierarchy)


def _levels(
    chosen: programmes.RunningMeasure, here: units.UnitRow, hierarchy: int, counts: dict[str, int]
) -> list[UnitLevel]:
    """The lists of all units of each level below, in the chosen measure."""
    page = address_of("programmes:below", chosen.programme.public_id)
    is_whole = programmes.covers_whole(chosen.programme, (here.lo or 0, here.hi or 0))
    return [
        UnitLevel(
            Kind(kind).label,
            n if is_whole else None,
            address(page, here.code, hierarchy, level=kind, **chosen.asked),
        )
        for kind, n in counts.items()
    ]


def _below(
    request: Request,
    hierarchy: int,
    rows: list[tuple[programmes.Child, LadderShown]],
    leaders: dict[int, org.Leader],
    lang: str,
) -> dict[str, Any]:
    """The list of the children, each with who leads it; and how it is narrowed."""
    shown = _show(request)
    children = [
        (
            child,
            drawn,
            unit_href(child.code, hierarchy),
            named(child.names, lang),
            leaders.get(child.unit_id),
        )
        for child, drawn in rows
    ]
    return {
        "pictures": [drawn for _child, drawn in rows],
        "sorting": tables.sorting(
            request.GET, dict.fromkeys(programmes.SORTS, ""), default=programmes.FURTHEST_BEHIND
        ),
        "children": children,
        "shows": [
            (_("All"), "all", shown == "all"),
            (_("Behind"), "behind", shown == "behind"),
            (_("Nothing yet"), "without", shown == "without"),
        ],
        "matching": request.GET.get("matching", "")[:100],
        "kept": [
            (key, request.GET[key]) for key in ("programme", "measure", "sort", "show") if key in request.GET
        ],
    }


def _furthest(
    chosen: programmes.RunningMeasure,
    here: units.UnitRow,
    node: programmes.LedgerNode | int,
    hierarchy: int,
    at: datetime,
) -> dict[str, Any]:
    """The units that are furthest behind, of the level that Today names; how many are behind and ahead of all of it."""
    if not isinstance(node, programmes.LedgerNode):
        return {}
    late = programmes.late(node, here.kind, chosen.programme, measure=chosen.measure, at=at)
    if late is None:
        return {}
    page = address_of("programmes:below", chosen.programme.public_id)
    return {
        "parts_behind": late.said,
        "furthest_href": address(page, here.code, hierarchy, level=late.kind, **chosen.asked),
        "furthest": [
            (unit_href(child.code, hierarchy), named(child.names), n)
            for child in late.leaf.rows[:MOST_FURTHEST]
            if (n := programmes.fewer_than_due(chosen.programme, child, at=at))
        ],
    }


def _map(
    here: units.UnitRow,
    hierarchy: int,
    rows: list[tuple[programmes.Child, LadderShown]],
    at: datetime,
    lang: str,
) -> dict[str, Any]:
    """The children as places, inside the outlines there are."""
    return {
        "places": [
            maps.MapPlace(
                name=named(child.names, lang),
                lon=child.lon,
                lat=child.lat,
                href=unit_href(child.code, hierarchy),
                shape=drawn.work,
                words=drawn.work_words,
            )
            for child, drawn in rows
        ],
        "boundaries": units.outlines_behind(here.id, at=at),
    }


def _drawn(
    leaf: tables.Leaf,
    chosen: programmes.RunningMeasure,
    today: date,
    lang: str,
    earlier: programmes.Earlier | None,
    checked: Of,
) -> list[tuple[programmes.Child, LadderShown]]:
    """The children on a page of the list, each with its picture."""
    return [
        (
            child,
            programmes.drawn(
                child.ladder,
                name=named(child.names, lang),
                programme=chosen.programme,
                on=today,
                target=child.target,
                checked=checked.get((chosen.programme.pk, chosen.measure, child.unit_id)),
                **(earlier.beside(child.unit_id) if earlier else {}),
            ),
        )
        for child in leaf.rows
    ]


def _funnel(found: programmes.Funnel) -> dict[str, Any]:
    """The steps of each way in, all days together; and callers without a place beside them."""
    return {
        "funnels": [
            (
                line.channel,
                [charts.FunnelStep(name=step.name, value=line.value(step.key)) for step in line.steps],
            )
            for line in found.lines
        ],
        "steps": found.columns,
        "callers": found.callers,
    }


def _show(request: HttpRequest) -> Any:
    shown = request.GET.get("show", "all")
    return shown if shown in ("all", "behind", "without") else "all"


def _page(request: HttpRequest) -> int:
    page = request.GET.get("page", "1")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 5 and int(page) > 0 else 1
