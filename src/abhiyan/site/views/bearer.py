"""The person sheet: what a leader does with an office-bearer below. Call, WhatsApp, a task, their record."""

from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render

from abhiyan.core import clock
from abhiyan.core.words import person
from abhiyan.org import actions
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.programmes.queries import record
from abhiyan.ui.acts import form_page
from abhiyan.units.rules import levels


@form_page
def bearer(request: Request, public_id: UUID) -> HttpResponseBase:
    """An office-bearer the viewer leads; once it is posted, with their number. Each look at a number leaves a row."""
    at = clock.now()
    on = clock.day_in(settings.TIME_ZONE, at)
    found = org.bearer_for(request.viewer, public_id, on=on)
    number = ""
    if request.method == "POST":
        number = actions.reveal_bearer(account=public_id, by=request.actor, at=at)
    context = {
        "here": "units",
        "crumbs": [(person(found.name), "")],
        "bearer": found,
        "offices": [(one, levels.SLUGS[one.hierarchy]) for one in found.offices],
        "number": number,
        "whatsapp": f"https://wa.me/{number.removeprefix('+')}" if number else "",
        "has_record": record.leads(request.viewer, org.viewer_of(account_id=found.account_id, on=on), on=on),
    }
    return render(request, "site/bearer.html", context)
