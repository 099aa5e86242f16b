"""The meetings and reports that ask one form: which version, and whether they can ask the newest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries import form_for
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units
from abhiyan.work.models import Schedule
from abhiyan.work.queries import schedule_forms as found
from abhiyan.work.queries.schedule_forms import FormOfSchedule


@dataclass(frozen=True, slots=True)
class FormAskedRow:
    """A schedule in the list. may: the viewer leads its unit."""

    of: FormOfSchedule
    may: bool


def said_next(row: FormAskedRow) -> str:
    """Say what a schedule asks from its next period on, or why it cannot ask the newest version."""
    form_of_schedule = row.of
    if form_of_schedule.later:
        number, day = form_of_schedule.later
        return say("version %(number)s from %(day)s") % {"number": number, "day": date_format(day, "j M Y")}
    if form_of_schedule.is_older and form_of_schedule.next_on is None:
        return say("has no next period")
    if form_of_schedule.is_older and form_of_schedule.lacks:
        return say("the newest version lacks a figure: %(names)s") % {
            "names": ", ".join(form_of_schedule.lacks)
        }
    return ""


COLUMNS: tuple[Column[FormAskedRow], ...] = (
    Column("title", _("What is asked"), lambda row: row.of.one.title, is_name=True),
    Column("unit", _("Unit"), lambda row: name_in_language(row.of.one.unit.names), css="under"),
    Column("version", _("Version"), lambda row: row.of.number, css="num"),
    Column("then", _("Then"), said_next, css="wraps"),
    Column("acts", _("Change"), css="end", is_for_acts=True),
)


@require_GET
def form_asked(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the schedules in the viewer's sight that ask a form; those of the viewer's units can move on from here."""
    form, at = form_for(request.viewer, public_id), clock.now()
    table: Table[FormAskedRow] = Table(
        request,
        COLUMNS,
        found.asking(form, at=at),
        name="form-asked",
        caption=_("Meetings and reports that ask it"),
        finish=lambda some: _rows(request, some, at=at),
    )
    name = name_in_language(form.names)
    crumbs = [(say("Forms"), reverse("forms:list")), (name, reverse("forms:form", args=[public_id]))]
    context = {"here": "forms", "crumbs": [*crumbs, (say("Asked with this form"), "")], "name": name}
    return list_response(request, "work/form_asked.html", table, context)


def _rows(request: Request, some: Sequence[Schedule], *, at: datetime) -> list[FormAskedRow]:
    spans = units.all_spans([schedule.unit_id for schedule in some])
    return [
        FormAskedRow(
            form_of_schedule,
            request.viewer.may_at(LEADS, *(lo for lo, _hi in spans.get(form_of_schedule.one.unit_id, []))),
        )
        for form_of_schedule in found.with_forms(some, at=at)
    ]
