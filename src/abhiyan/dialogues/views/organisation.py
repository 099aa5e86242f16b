"""The page of the organisation in the booths called, for who sees the people there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.dialogues import queries
from abhiyan.dialogues.grades import BoothGrades, grades, grades_in_words, months_of_grades
from abhiyan.dialogues.rules.grades import GRADES, HELP, PART, WELL
from abhiyan.org.here import Here
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.ui.lists import Column, Table, list_response

from .calls import way_to_board


@dataclass(frozen=True, slots=True)
class UnitGraded:
    """A unit with the grades of its booths, beside what is counted there of the programme that runs first."""

    grades: BoothGrades
    counted: int | None


def _grade_columns(counted: str) -> tuple[Column[UnitGraded], ...]:
    return (
        Column("name", _("Unit"), lambda row: row.grades.name, is_name=True),
        Column("graded", _("Booths called"), lambda row: row.grades.called, order=True, css="num"),
        Column("well", GRADES[WELL], lambda row: row.grades.well, order=True, css="num"),
        Column("part", GRADES[PART], lambda row: row.grades.part, order=True, css="num"),
        Column("help", GRADES[HELP], lambda row: row.grades.help, order=True, css="num"),
        Column("share", _("Works well, of 100"), lambda row: row.grades.well_pct, order=True, css="num"),
        *([Column("counted", counted, lambda row: row.counted, order=True, css="num")] if counted else ()),
    )


@require_safe
def booths_organisation(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show how the organisation is doing in the booths called: a unit, month by month, and the units right below it."""
    programme, here = page_of_people(request, public_id, queries.KIND)
    at = clock.now()
    on = clock.day_in(programme.zone, at)
    months = months_of_grades(programme, here.span, on=on)
    month = next((row for row in months if row.first.isoformat() == request.GET.get("month")), None)
    whole, below = grades(programme, here.unit.id, here.span, on=on)
    if month is not None:
        _whole, below = grades(programme, here.unit.id, here.span, on=on, month=month.first)
    name, counted = _counted_beside(here, [row.unit_id for row in below], on=on, at=at)
    table = Table(
        request,
        _grade_columns(say("Counted: %(measure)s") % {"measure": name} if name else ""),
        [UnitGraded(row, counted.get(row.unit_id)) for row in below],
        name="organisation",
        caption=month.title if month else _("Last talk with each booth"),
        sort="-help",
    )
    title, page = say("Organisation in the booths"), reverse("dialogues:organisation", args=[public_id])
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, way_to_board(programme), (title, "")),
        "programme": programme,
        "unit": here,
        "whole": whole,
        "words": grades_in_words(whole),
        "months": months,
        "views": [
            (str(_("Last talk with each booth")), here.href(page), month is None),
            *((row.title, here.href(page, month=row.first.isoformat()), row is month) for row in months[:6]),
        ],
        "counted": counted.get(here.unit.id),
        "counted_name": name,
    }
    return list_response(request, "dialogues/organisation.html", table, context)


def _counted_beside(
    here: Here, below: Sequence[int], *, on: date, at: datetime
) -> tuple[str, Mapping[int, int | None]]:
    """Return the name of the measure that runs first beside the calls, and what is counted of it, by unit."""
    running, node = programmes.running_at(here.unit.id, here.hierarchy, on)
    beside = next((measure for measure in running if measure.programme.kind != queries.KIND), None)
    if beside is None or node is None:
        return "", {}
    ladder = programmes.unit_ladder(
        node=node, hierarchy=here.hierarchy, programme=beside.programme, measure=beside.measure, at=at
    )
    leaf = programmes.children_ladders(
        node=node,
        hierarchy=here.hierarchy,
        programme=beside.programme,
        measure=beside.measure,
        at=at,
        units=below,
        per=max(len(below), 1),
    )
    return beside.name, {here.unit.id: ladder.counted} | {
        row.unit_id: row.ladder.counted for row in leaf.rows
    }
