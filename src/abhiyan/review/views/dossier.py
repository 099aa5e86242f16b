"""The dossier of a unit: one page, for screen and paper, which a reviewer reads before reviewing the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.views.decorators.http import require_safe

from abhiyan.core import clock, sql
from abhiyan.core.words import language, named
from abhiyan.elections import queries as elections
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.responsible import seats, vacant_below
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import Counted
from abhiyan.programmes.rules import small_cells
from abhiyan.programmes.rules.estimated import ask_estimated
from abhiyan.review.queries.asked import BELOW_FLAGS, asked_below
from abhiyan.review.queries.last import last_review
from abhiyan.ui.ladder import Ladder
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels
from abhiyan.verification.here import Shown
from abhiyan.verification.queries import beside as checks

MOST_TRENDS = 4  # measures whose days are drawn; the others have their ladder
MOST_RESULTS = 4  # elections of each kind


@require_safe
def dossier(request: Request, code: str) -> HttpResponse:
    """What a reviewer reads before a unit is reviewed; of a nation and of a booth.

    Who sees the unit's counts may read it, rounded where they do not see its people. NotYours for everybody else.
    """
    at = clock.now()
    wanted = levels.BY_SLUG.get(request.GET.get("in", ""))
    facts, path = units.found_with_path(code, wanted=wanted)
    hierarchy = facts.nearest(wanted)
    here = path[-1] if path else units.standing(facts.id, hierarchy)
    if here.lo is None or here.hi is None or not request.viewer.sees_counts_at(here.lo):
        raise NotYours
    today = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(facts.id, hierarchy, today)
    counts = units.counts_below(facts.id, hierarchy, here=here) if here.has_children else {}
    lang, span = language(), (here.lo, here.hi)
    with sql.at_once():
        offices = org.ask_offices_here(here.id, on=today)
        vacant = org.ask_vacancies_below(here.id, hierarchy, at=at, span=span, counts=counts)
        checked = ask_estimated([one.programme.pk for one in running], [here.id], on=today)
        days = [
            programmes.ask_figures(
                node=node or here.id,
                hierarchy=hierarchy,
                programme=one.programme,
                measure=one.measure,
                at=at,
            )
            for one in running[:MOST_TRENDS]
        ]
    figures = [asked() for asked in days]
    drawn_of = list(zip(running, figures, strict=False))
    ladders = (
        programmes.drawn_ladders(
            running,
            {(one.programme.pk, one.measure): of.ladder for one, of in drawn_of},
            node=node or here.id,
            unit_id=here.id,
            hierarchy=hierarchy,
            today=today,
            at=at,
            checked=checked(),
        )
        if running
        else []
    )
    unit_page = reverse("site:unit", args=[here.code]) + f"?in={levels.SLUGS[hierarchy]}"
    context: dict[str, Any] = {
        "here": "units",
        "crumbs": [(here.name(lang), unit_page), (say("Dossier"), "")],
        "unit": here,
        "slug": levels.SLUGS[hierarchy],
        "name": here.name(lang),
        "kind": Kind(facts.kind).label,
        "at": at,
        "counts": [(Kind(kind).label, n) for kind, n in counts.items()],
        "seats": seats(request, offices(), here, lang),
        "vacant_below": vacant_below(vacant(), lang),
        "ladders": ladders,
        "trends": [programmes.drawn_trend(one, of) for one, of in drawn_of],
        "compared": _compared(request.viewer, running, [each for _href, each, _said in ladders], here),
        "is_below_flags": here.kind in BELOW_FLAGS,
        "flags": _flags(request, running, here, hierarchy, at),
        "results": _results(here.id),
        "classes": [
            (named(one.election.names), one.get_code_display())
            for one in elections.classes_of(here.id)[:MOST_RESULTS]
        ],
        "last": last_review(here.id),
        "successors": units.succeeded_by(here.id) if here.closed_on else [],
        "page_is_sample": facts.is_sample,
    }
    return render(request, "review/dossier.html", context)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a unit said and reported in one measure, and what checks found. of: of a frame, where it has one."""

    name: str
    said: int | str
    reported: int | str
    why_none: Any
    of: Shown | None = None
    href: str = ""


def _compared(
    viewer: Viewer, running: Sequence[Counted], ladders: Sequence[Ladder], here: units.UnitRow
) -> list[Compared]:
    """Each measure beside its newest frame; of a unit below the districts what it said and reported until today."""
    if not running:
        return []
    frames = checks.newest_frames({one.programme.pk for one in running})
    is_exact = here.lo is not None and viewer.sees_people_at(here.lo)
    found = []
    for one, drawn in zip(running, ladders, strict=True):
        frame = frames.get((one.programme.pk, one.measure))
        lines = checks.lines_of(frame, here.id, with_below=False) if frame else []
        if frame and lines:
            of = Shown(lines[0], frame, viewer)
            found.append(
                Compared(one.name, of.cell(of.line.said), of.reported, of.why_none, of, of.href_beside)
            )
            continue
        until = one.programme.closes_on
        told = programmes.said_in(one.programme, one.measure, [here.id], after=None, until=until)
        found.append(
            Compared(
                one.name,
                _cell(told.get(here.id), is_exact=is_exact),
                small_cells.said(drawn.reported),
                drawn.none_reason or say("no back-checks yet"),
            )
        )
    return found


def _cell(n: int | None, *, is_exact: bool) -> str:
    if n is None:
        return ""
    return small_cells.said(n if is_exact else small_cells.shown(n))


def _flags(
    request: Request, running: Sequence[Counted], here: units.UnitRow, hierarchy: int, at: datetime
) -> list[dict[str, Any]]:
    """How many workers are asked in each measure; for those who decide with the way to the list."""
    return [
        {
            "name": one.name,
            "numbers": [(label, small_cells.said(n)) for label, n in one.numbers],
            "href": reverse("verification:workers", args=[one.programme.public_id]) if one.decides else "",
        }
        for one in asked_below(request.viewer, running, here, hierarchy, at)
    ]


@dataclass(frozen=True, slots=True)
class Past:
    """One election: who came first there, and how many voted."""

    name: str
    first: str
    polled: int


def _results(unit_id: int) -> list[Past]:
    """Results of past elections there, newest first."""
    of = elections.results_of(unit_id)
    return [
        *(
            Past(named(row.contest.election.names), row.winner.party if row.winner else "–", row.polled or 0)
            for row in of.contests[:MOST_RESULTS]
        ),
        *(
            Past(
                named(row.part.contest.election.names),
                row.leader.party if row.leader else "–",
                row.polled or 0,
            )
            for row in of.parts[:MOST_RESULTS]
        ),
        *(
            Past(named(each.election.names), each.parties[0].party if each.parties else "–", each.polled or 0)
            for each in of.totals[:MOST_RESULTS]
        ),
        *(
            Past(named(sum_.election.names), sum_.votes[0][0] if sum_.votes else "–", sum_.polled)
            for sum_ in of.below[:MOST_RESULTS]
        ),
    ]
