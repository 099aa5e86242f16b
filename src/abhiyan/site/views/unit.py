"""Unit, the heart: who is responsible, what is true of each measure, what stands below; from nation to booth."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import get_urlconf, reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.enrolment.models import Channel
from abhiyan.enrolment.rules.steps import steps_of
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request, Viewer, named
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rungs
from abhiyan.ui import charts, maps, tables
from abhiyan.ui.ladder import Ladder
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind
from abhiyan.units.rules import levels

KEPT_IN_PATHS = "/~:@!$&'()*+,;="  # as Django's reverse keeps them


def language() -> str:
    """Two letters of the language this page is in."""
    return (get_language() or "en").partition("-")[0]


def unit_href(code: str, hierarchy: int) -> str:
    """The address of a unit's page in a hierarchy."""
    before = _before_code(get_urlconf() or settings.ROOT_URLCONF)
    return f"{before}{quote(code, safe=KEPT_IN_PATHS)}/?in={levels.SLUGS[hierarchy]}"


@lru_cache(maxsize=8)
def _before_code(urlconf: str) -> str:
    """What stands before the code in a unit's address: looked up once, for a page has a hundred of them."""
    return reverse("site:unit", args=["-"], urlconf=urlconf).removesuffix("-/")


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


@dataclass(frozen=True, slots=True)
class Running:
    """A programme that runs in a unit today, the unit's target in it, and its name."""

    programme: Programme
    target: int | None
    name: str


def _running(unit_id: int, today: date, lang: str) -> list[Running]:
    return [
        Running(one, target, named(one.names, lang))
        for one, target in programmes.running_here(unit_id, today)
    ]


@require_safe
def unit(request: Request, code: str) -> HttpResponseBase:
    """One unit in one hierarchy: the page of a nation and of a booth."""
    at = clock.now()
    today = clock.day_in(settings.TIME_ZONE, at)
    facts = units.found(code)
    asked = levels.BY_SLUG.get(request.GET.get("in", ""))
    hierarchy = (
        asked if asked in facts.hierarchies else next(iter(facts.hierarchies), Hierarchy.ORGANISATIONAL)
    )
    path = units.path(facts.id, hierarchy) if facts.hierarchies else []
    here = path[-1] if path else units.standing(facts.id, hierarchy)
    lang = language()

    sees_counts = request.viewer.sees_counts_at(here.lo)
    running = _running(facts.id, today, lang) if sees_counts else []
    chosen = _chosen(running, request.GET.get("programme", ""))
    version = dict(zip(facts.hierarchies, facts.versions, strict=True)).get(hierarchy)
    counts = units.counts_below(facts.id, hierarchy, here=here, version=version) if here.has_children else {}
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
        "at": at,
        "sees_counts": sees_counts,
        "sees_people": here.lo is not None and request.viewer.sees_people_at(here.lo),
        "seats": _seats(request, facts.id, here, today, lang)
        if sees_counts
        else _leaders(request.viewer, here, hierarchy, today, lang),
        "vacant_below": _vacant_below(here, hierarchy, counts, at, lang) if sees_counts else [],
        "running": running,
        "votes_href": _votes_href(here) if running else "",
        "chosen": chosen,
        "source": facts.source,
        "page_is_sample": facts.is_sample,
    }
    if here.parent_id is None and hierarchy != Hierarchy.ORGANISATIONAL:
        context["unplaced_units"] = units.count_not_placed(hierarchy)
    if chosen is not None:
        answer = _measure(request, context, chosen, here, hierarchy, at, lang)
        if answer is not None:
            return answer
    elif here.has_children:
        below = units.children(facts.id, hierarchy, language=lang, limit=100)
        context["plain_children"] = [
            (unit_href(row.code, hierarchy), row.name(lang), Kind(row.kind).label) for row in below.rows
        ]
        context["plain_more"] = below.total > len(below.rows)
    return render(request, "site/unit.html", context)


def _votes_href(here: units.UnitRow) -> str:
    """Where members stand beside votes: of units with segments below them."""
    if here.kind not in (Kind.STATE, Kind.CONSTITUENCY):
        return ""
    return reverse("site:membership_votes", args=[here.code])


def _chosen(running: list[Running], wanted: str) -> Running | None:
    """The programme whose children, trend and funnel are shown: the one asked for, else the first."""
    for one in running:
        if str(one.programme.public_id) == wanted:
            return one
    return running[0] if running else None


def _crumbs(path: list[units.UnitRow], hierarchy: int, lang: str) -> list[tuple[str, str]]:
    last = len(path) - 1
    return [
        (row.name(lang), "" if index == last else unit_href(row.code, hierarchy))
        for index, row in enumerate(path)
    ]


def _segments(code: str, stands_in: tuple[int, ...], hierarchy: int) -> list[tuple[str, str, bool]]:
    return [(str(Hierarchy(one).label), unit_href(code, one), one == hierarchy) for one in stands_in]


def _seats(
    request: Request, unit_id: int, here: units.UnitRow, today: date, lang: str
) -> list[dict[str, Any]]:
    """Offices and vacancies, as the list of seats wants them."""
    may_appoint = here.lo is not None and request.viewer.may_at("org.appoint", here.lo)
    seats: list[tuple[int, dict[str, Any]]] = [
        (
            holder.rank,
            {
                "name": holder.name,
                "office": named(holder.office_names, lang),
                "since": date_format(holder.since, "M Y"),
                "href": reverse("org:appointment", args=[holder.appointment_id]) if may_appoint else "",
            },
        )
        for holder in org.holders(unit_id, on=today)
    ]
    for vacancy in org.vacancies(unit_id, on=today):
        appoint = reverse("org:appoint") + "?" + urlencode({"unit": here.code, "office": vacancy.office})
        seats.append(
            (
                vacancy.rank,
                {
                    "name": "",
                    "office": named(vacancy.office_names, lang),
                    "appoint_url": appoint if may_appoint else "",
                },
            )
        )
    return [seat for _rank, seat in sorted(seats, key=lambda pair: pair[0])]


def _leaders(
    viewer: Viewer, here: units.UnitRow, hierarchy: int, today: date, lang: str
) -> list[dict[str, Any]]:
    """Who leads a unit above the viewer's own, beyond their sight. What is vacant there, they cannot know."""
    if here.lo is None or here.hi is None:
        return []
    if not any(here.lo <= lo < here.hi for held in viewer.appointments for lo, _hi in held.ranges):
        return []
    return [
        {
            "name": holder.name,
            "office": named(holder.office_names, lang),
            "since": date_format(holder.since, "M Y"),
        }
        for holder in org.line_of_command(here.id, hierarchy, on=today)
        if holder.unit_id == here.id
    ]


@dataclass(frozen=True, slots=True)
class VacantBelow:
    """Of one office, how many units below should have a holder and have none."""

    name: str
    vacant: int
    expected: int


def _vacant_below(
    here: units.UnitRow, hierarchy: int, counts: dict[str, int], at: datetime, lang: str
) -> list[VacantBelow]:
    if here.lo is None or here.hi is None or not counts:
        return []
    below_here = org.vacancies_below(
        here.id,
        hierarchy,
        at=at,
        span=(here.lo, here.hi),
        counts=counts,
    )
    return [
        VacantBelow(named(below.office_names, lang), below.vacant, below.expected)
        for below in below_here
        if below.vacant
    ]


def _measure(
    request: Request,
    context: dict[str, Any],
    chosen: Running,
    here: units.UnitRow,
    hierarchy: int,
    at: datetime,
    lang: str,
) -> HttpResponseBase | None:
    """Ladders of every programme, and of the chosen one children, map, trend and funnel; or an export."""
    running: list[Running] = context["running"]
    today = clock.day_in(chosen.programme.zone, at)
    programme = chosen.programme
    node = programmes.node_of(here.id, hierarchy) or here.id  # read once for all that follows
    listing: dict[str, Any] = {
        "sort": request.GET.get("sort", "-counted"),
        "show": _show(request),
        "matching": request.GET.get("matching", "")[:100],
        "language": lang,
        "page": _page(request),
    }
    if here.has_children and tables.wants_csv(request.GET):
        listing["per"] = tables.DEEPEST_ROW
        leaf = programmes.children_ladders(
            node=node, hierarchy=hierarchy, programme=programme, at=at, **listing
        )
        return _export(here, _drawn(leaf, programme, today, lang), lang)
    if here.has_children:
        figures, leaf = programmes.board(
            node=node, hierarchy=hierarchy, programme=programme, at=at, **listing
        )
    else:
        figures = programmes.figures(node=node, hierarchy=hierarchy, programme=programme, at=at)
    others = [one.programme for one in running if one is not chosen]
    found = programmes.ladders(node=node, hierarchy=hierarchy, of=others, at=at) if others else {}
    blank = rungs.Ladder(is_rounded=figures.ladder.is_rounded)
    context["ladders"] = [
        (
            one,
            programmes.drawn(
                figures.ladder if one is chosen else found.get((one.programme.pk, 1), blank),
                name=one.name,
                programme=one.programme,
                on=today,
                target=one.target,
            ),
        )
        for one in running
    ]
    context["programme_segments"] = [
        (
            one.name,
            unit_href(here.code, hierarchy) + "&" + urlencode({"programme": str(one.programme.public_id)}),
            one is chosen,
        )
        for one in running
    ]
    if here.has_children:
        rows = _drawn(leaf, programme, today, lang)
        context["sorting"] = tables.sorting(
            request.GET, dict.fromkeys(programmes.SORTS, ""), default="-counted"
        )
        context["leaf"] = leaf
        context["own"] = programmes.standing_here(node=node, hierarchy=hierarchy, programme=programme, at=at)
        context["children"] = [
            (child, drawn, unit_href(child.code, hierarchy), named(child.names, lang))
            for child, drawn in rows
        ]
        context["shows"] = [
            (_("All"), "all", _show(request) == "all"),
            (_("Behind"), "behind", _show(request) == "behind"),
            (_("Nothing yet"), "without", _show(request) == "without"),
        ]
        context["matching"] = request.GET.get("matching", "")[:100]
        context["kept"] = [
            (key, request.GET[key]) for key in ("programme", "sort", "show") if key in request.GET
        ]
        if (leaf.pages and leaf.pages <= 1) or here.lat is None:
            context["places"] = [
                maps.Place(
                    name=named(child.names, lang),
                    lon=child.lon,
                    lat=child.lat,
                    ladder=drawn,
                    href=unit_href(child.code, hierarchy),
                )
                for child, drawn in rows
            ]
            # Below a constituency the outlines would only push the points together.
            if here.kind in (Kind.NATION, Kind.STATE, Kind.REGION, Kind.CONSTITUENCY):
                context["boundaries"] = _outlines(here.id, int(at.timestamp()) // 3600)
    context["trend_table"] = request.GET.get("trend") == "table"
    context["trend"] = charts.Trend(
        name=chosen.name,
        begins_on=programme.opens_on,
        ends_on=programme.closes_on,
        target=chosen.target,
        days=[
            charts.Day(
                on=day.on,
                reported=day.ladder.reported,
                counted=day.ladder.counted,
                unsigned=day.ladder.unsigned,
                confirmed=day.ladder.confirmed,
            )
            for day in figures.trend
        ],
    )
    context["funnels"] = [
        (Channel(row.channel).label, _steps(row)) for row in figures.funnel if row.on is None
    ]
    context["steps"] = steps_of(by_phone=any(Channel(row.channel).is_by_phone for row in figures.funnel))
    if programme.kind == "drive":
        context["funnel_href"] = (
            reverse("enrolment:drive_funnel", args=[programme.public_id])
            + "?"
            + urlencode({"unit": here.code, "in": levels.SLUGS[hierarchy]})
        )
    return None


def _drawn(
    leaf: tables.Leaf, programme: Programme, today: date, lang: str
) -> list[tuple[programmes.Child, Ladder]]:
    """The children on a page of the list, each with its picture."""
    return [
        (
            child,
            programmes.drawn(
                child.ladder,
                name=named(child.names, lang),
                programme=programme,
                on=today,
                target=child.target,
            ),
        )
        for child in leaf.rows
    ]


def _steps(row: programmes.FunnelRow) -> list[charts.Step]:
    """The steps of one way in, as a funnel."""
    by_phone = Channel(row.channel).is_by_phone
    return [charts.Step(name=step.name, value=getattr(row, step.key)) for step in steps_of(by_phone=by_phone)]


def _show(request: HttpRequest) -> Any:
    shown = request.GET.get("show", "all")
    return shown if shown in ("all", "behind", "without") else "all"


def _page(request: HttpRequest) -> int:
    page = request.GET.get("page", "1")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 5 and int(page) > 0 else 1


def _export(here: units.UnitRow, rows: list[tuple[Any, Ladder]], lang: str) -> HttpResponseBase:
    head = [
        _("Code"),
        _("Unit"),
        _("Target"),
        _("Reported"),
        _("Counted"),
        _("Phone has not answered"),
        _("Confirmed"),
        _("Sample"),
    ]
    lines = (
        [
            child.code,
            named(child.names, lang),
            drawn.target,
            drawn.reported,
            drawn.counted,
            drawn.unsigned,
            drawn.confirmed,
            _("sample") if child.is_sample else "",
        ]
        for child, drawn in rows
    )
    return tables.csv_response(f"units-{here.code}", head, lines)


@lru_cache(maxsize=64)
def _outlines(unit_id: int, hour: int) -> maps.Outlines | None:  # noqa: ARG001  # the hour lets a new outline in
    """The outlines behind the children of a unit: those known within its state, or within itself."""
    geometries = units.outlines_around(unit_id)
    if not geometries:
        return None
    features = [{"type": "Feature", "geometry": geometry, "properties": {}} for geometry in geometries]
    return maps.outlines({"type": "FeatureCollection", "features": features})
