"""How long requests take, by the level they first came to."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.helpdesk import queries
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

DAYS = (7, 30, 90)


def _hours(value: float | None) -> Any:
    return None if value is None else round(float(value), 1)


COLUMNS: tuple[Column[queries.RequestLevel], ...] = (
    Column("level", _("Level"), lambda row: Kind(row.kind).label, is_name=True),
    Column("opened", _("Came in"), lambda row: row.opened, order=True, css="num"),
    Column("waiting", _("Waiting"), lambda row: row.waiting, order=True, css="num"),
    Column("overdue", _("Overdue"), lambda row: row.overdue, order=True, css="num"),
    Column("raised", _("Handed up, late"), lambda row: row.raised, order=True, css="num"),
    Column("done", _("Done, says the office"), lambda row: row.done, order=True, css="num"),
    Column("counted", _("Ended"), lambda row: row.counted, order=True, css="num"),
    Column("confirmed", _("Solved, says the person"), lambda row: row.confirmed, order=True, css="num"),
    Column("first", _("First answer: half within"), lambda row: _hours(row.first_median_h), css="num"),
    Column("first_most", _("First answer: 9 in 10 within"), lambda row: _hours(row.first_most_h), css="num"),
    Column("end", _("End: half within"), lambda row: _hours(row.end_median_h), css="num"),
    Column("end_most", _("End: 9 in 10 within"), lambda row: _hours(row.end_most_h), css="num"),
)


@require_GET
def answer_times_page(request: Request) -> HttpResponseBase:
    """Show the times of a unit and all below it: how many, how far, and how fast, by level."""
    here, at = page_unit(request), clock.now()
    days_text = request.GET.get("days", "")
    days = int(days_text) if days_text in map(str, DAYS) else 30
    rows = sorted(queries.answer_times(here.span, days=days, at=at), key=lambda row: levels.RANK[row.kind])
    table: Table[queries.RequestLevel] = Table(
        request, COLUMNS, rows, name="helpline-times", caption=_("Times by level"), is_numbered=False
    )
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Times"), "")],
        "where": here.name,
        "segments": [
            (
                ngettext("%(n)s day", "%(n)s days", n_days) % {"n": n_days},
                here.href(days=n_days),
                n_days == days,
            )
            for n_days in DAYS
        ],
        "few": queries.SMALL,
        "is_part": not request.viewer.sees_people_at(here.span[0]),
    }
    return list_response(request, "helpdesk/times.html", table, context)
