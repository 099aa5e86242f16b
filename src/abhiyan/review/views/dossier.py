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

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import queries as elections
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.responsible import office_seats, vacant_below
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.review.actions.reviews import note_dossiers_opened
from abhiyan.review.queries.asked import BELOW_FLAGS, asked_below
from abhiyan.review.queries.last import last_and_around
from abhiyan.review.queries.rounds import unprepared
from abhiyan.ui.reviewed import Subject
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from .figures import room_parts, unit_progress
from .sources import sources_on

MOST_RESULTS = 4  # elections of each kind


@require_safe
def dossier(request: Request, code: str) -> HttpResponse:
    """Show what a reviewer reads before a unit is reviewed; of a nation and of a booth.

    Readers of the unit's counts may open it, rounded where they do not see its people. NotYours for everybody
    else. The unit's review is prepared when its reviewer has opened it.
    """
    at = clock.now()
    read = dossier_of(request, code, at=at, on_screen=True)
    prepare_dossiers(request, [read["unit"].id], at=at)
    return render(request, "review/dossier.html", read)


def prepare_dossiers(request: Request, unit_ids: Sequence[int], *, at: datetime) -> None:
    """Note that the viewer opened the dossiers of units, where they review them."""
    on = clock.day_in(settings.TIME_ZONE, at)
    if mine := unprepared(request.viewer, unit_ids, on=on):
        note_dossiers_opened(reviews=mine, by=request.actor, at=at)


def dossier_of(request: Request, code: str, *, at: datetime, on_screen: bool = False) -> dict[str, Any]:
    """Return all that a dossier says, for the page and for print.

    NotYours where the unit's counts are out of sight.
    """
    wanted = levels.BY_SLUG.get(request.GET.get("in", ""))
    facts, path = units.found_with_path(code, wanted=wanted)
    hierarchy = facts.nearest(wanted)
    here = path[-1] if path else units.row_of_unit(facts.id, hierarchy)
    if here.lo is None or here.hi is None or not request.viewer.sees_counts_at(here.lo):
        raise NotYours
    today = clock.day_in(settings.TIME_ZONE, at)
    counts = units.counts_below(facts.id, hierarchy, here=here) if here.has_children else {}
    lang, span = active_language(), (here.lo, here.hi)
    with sql.at_once():
        offices = org.ask_offices_here(here.id, on=today)
        vacant = org.ask_vacancies_below(here.id, hierarchy, at=at, span=span, counts=counts)
    shown_seats, shown_vacant = office_seats(request, offices(), here, lang), vacant_below(vacant(), lang)
    stands = unit_progress(request.viewer, here, hierarchy, at=at)
    is_exact = request.viewer.sees_exact_at(here.lo)
    last, around = last_and_around(here.id, hierarchy, path[-2].id if len(path) > 1 else None, at=at)
    unit_page = reverse("pages:unit", args=[here.code]) + f"?in={levels.SLUGS[hierarchy]}"
    with system("what a dossier reads"):
        flags = questions_of(request.viewer, stands.running, here, hierarchy, at, on_screen=on_screen)
        parts = room_parts(Subject(here.id, hierarchy, *span, is_exact=is_exact, kinds=stands.kinds), at=at)
    return {
        "here": "units",
        "crumbs": [(here.name(lang), unit_page), (say("Dossier"), "")],
        "unit": here,
        "slug": levels.SLUGS[hierarchy],
        "name": here.name(lang),
        "kind": Kind(facts.kind).label,
        "as_of": programmes.as_of(at, is_rounded=not is_exact),
        "counts": [(Kind(kind).label, n) for kind, n in counts.items()],
        "seats": shown_seats,
        "vacant_below": shown_vacant,
        "ladders": stands.ladders,
        "runs": bool(stands.kinds),
        "trend": stands.trend,
        "compared": stands.compared,
        "sources": sources_on(request.viewer, here, hierarchy) if on_screen else None,
        "flags": flags,
        "parts": parts,
        "results": _results(here.id),
        "classes": [
            (name_in_language(unit_class.election.names), unit_class.get_code_display())
            for unit_class in elections.classes_of_unit(here.id)[:MOST_RESULTS]
        ],
        "last": last,
        "around": around,
        "successors": units.succeeded_by(here.id) if here.closed_on else [],
        "page_is_sample": facts.is_sample,
    }


@dataclass(frozen=True, slots=True)
class QuestionsAsked:
    """The numbers of workers who are asked about their entries.

    rows: each measure with a number; the people who decide get a link to the list. few: names of programmes with a
    measure that has fewer than 10 of each kind. A unit below the districts has neither.
    """

    rows: Sequence[dict[str, Any]] = ()
    few: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.few)


def questions_of(
    viewer: Viewer,
    running: Sequence[RunningMeasure],
    here: units.UnitRow,
    hierarchy: int,
    at: datetime,
    *,
    on_screen: bool = True,
) -> QuestionsAsked:
    """Count the workers who are asked in each measure; people who decide get the link to the list."""
    if here.kind in BELOW_FLAGS:
        return QuestionsAsked()
    measures = asked_below(viewer, running, here, hierarchy, at, on_screen=on_screen)
    rows = [
        {
            "name": measure_asked.name,
            "numbers": [
                (label, small_cells.count_in_words(n)) for label, n in measure_asked.numbers if n != 0
            ],
            "in_tens": [
                (label, small_cells.count_in_words(n)) for label, n in measure_asked.in_tens if n != 0
            ]
            if measure_asked.decides and on_screen
            else (),
            "href": reverse("verification:workers", args=[measure_asked.programme.public_id])
            if measure_asked.decides
            else "",
        }
        for measure_asked in measures
        if any(n for _label, n in measure_asked.numbers)
    ]
    few = [
        name_in_language(measure_asked.programme.names)
        for measure_asked in measures
        if all(n is None for _label, n in measure_asked.numbers)
    ]
    return QuestionsAsked(rows, list(dict.fromkeys(few)))


@dataclass(frozen=True, slots=True)
class Past:
    """One election: who came first there, and how many voted."""

    name: str
    first: str
    polled: int


def _results(unit_id: int) -> list[Past]:
    """Return results of past elections there, newest first."""
    unit_results = elections.results_of(unit_id)
    return [
        *(
            Past(
                name_in_language(row.contest.election.names),
                row.winner.party if row.winner else "–",
                row.polled or 0,
            )
            for row in unit_results.contests[:MOST_RESULTS]
        ),
        *(
            Past(
                name_in_language(row.part.contest.election.names),
                row.leader.party if row.leader else "–",
                row.polled or 0,
            )
            for row in unit_results.parts[:MOST_RESULTS]
        ),
        *(
            Past(
                name_in_language(totals.election.names),
                totals.parties[0].party if totals.parties else "–",
                totals.polled or 0,
            )
            for totals in unit_results.totals[:MOST_RESULTS]
        ),
        *(
            Past(name_in_language(sum_.election.names), sum_.votes[0][0] if sum_.votes else "–", sum_.polled)
            for sum_ in unit_results.below[:MOST_RESULTS]
        ),
    ]
