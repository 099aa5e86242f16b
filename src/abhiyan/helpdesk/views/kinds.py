"""The page of needs by kind: how many came in, and how many are solved."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.helpdesk.numbers import KindOfNeed, needs_by_kind
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column, Table, answer

DAYS = (30, 90, 365)
COLUMNS: tuple[Column[KindOfNeed], ...] = (
    Column("kind", _("What it is about"), lambda row: row.title, is_name=True),
    Column("came", _("Came in"), lambda row: row.came_in, order=True, css="num"),
    Column("under_way", _("Under way"), lambda row: row.under_way, order=True, css="num"),
    Column("solved", _("Solved, says the person"), lambda row: row.solved, order=True, css="num"),
    Column("closed", _("Closed without a reply"), lambda row: row.closed, order=True, css="num"),
)


@require_GET
def needs(request: Request) -> HttpResponseBase:
    """Show what was asked in a unit and below, is under way and is solved, by kind."""
    here, at = page_unit(request), clock.now()
    chosen = request.GET.get("days", "")
    days = int(chosen) if chosen in map(str, DAYS) else DAYS[0]
    rows = needs_by_kind(here.span, days=days, at=at)
    table: Table[KindOfNeed] = Table(
        request, COLUMNS, rows, name="helpline-kinds", caption=_("Needs by kind"), sort="-came"
    )
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Needs by kind"), "")],
        "where": here.name,
        "unit": here.unit.code,
        "segments": [
            (ngettext("%(n)s day", "%(n)s days", span) % {"n": span}, here.href(days=span), span == days)
            for span in DAYS
        ],
        "is_part": not request.viewer.sees_people_at(here.span[0]),
    }
    return answer(request, "helpdesk/needs.html", table, context)
