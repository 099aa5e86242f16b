"""Search from every page: an office in a place, pages and acts, programmes, people in office, members, units."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.refusals import TooMany
from abhiyan.core.rooms import offered
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.org.views.bearers import searched
from abhiyan.pages.menu import found_pages
from abhiyan.pages.office_search import offices_in_place
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from .unit_frame import unit_href

MOST = 40
MOST_HOLDERS = 20


@require_safe
def search_page(request: Request) -> HttpResponse:
    """Find what fits a few words, in Hindi or Latin script, tolerant of spelling; one exact code opens at once."""
    text = request.GET.get("q", "").strip()[:100]
    at = clock.now()
    today = clock.day_in(settings.TIME_ZONE, at)
    may_read = request.viewer.may("org.read")
    offices = offices_in_place(request.viewer, text, on=today) if text and may_read else []
    unit_rows = units.search_units(text, language=active_language(), limit=MOST) if text else []
    if len(unit_rows) == 1 and unit_rows[0].code.casefold() == text.casefold():
        return redirect(reverse("pages:unit", args=[unit_rows[0].code]))
    holders = (
        org.office_bearers(text, on=today, limit=MOST_HOLDERS + 1, only=searched(request, "w.account_id"))
        if text and may_read
        else []
    )
    context: dict[str, Any] = {
        "here": "units",
        "search_text": text,
        "units": [
            (
                unit_href(row.code, Hierarchy.ORGANISATIONAL),
                row.name(),
                Kind(row.kind).label,
                " › ".join(name_in_language(names) for names in row.above),
                row.is_sample,
                row.closed_on,
            )
            for row in unit_rows
        ],
        "more": len(unit_rows) == MOST,
        "pages": found_pages(request.viewer, text, on=today),
        "offices": [(office, unit_href(office.unit.code, Hierarchy.ORGANISATIONAL)) for office in offices],
        "programmes": [
            (reverse("programmes:programme", args=[programme.public_id]), name_in_language(programme.names))
            for programme in programmes.search_programmes(text, limit=10)
        ]
        if text
        else [],
        "holders": [
            (
                reverse("org:appointment", args=[holder.appointment_id]),
                holder,
                holder.title(),
                unit_href(holder.unit_code, Hierarchy.ORGANISATIONAL),
                name_in_language(holder.unit_names),
            )
            for holder in holders[:MOST_HOLDERS]
        ],
        "more_holders": len(holders) > MOST_HOLDERS,
        **_people(request, text, at),
        "links": [
            link
            for search_links in (offered("search_links") if text else ())
            for link in search_links(request.viewer, text)
        ],
    }
    context["others"] = any(
        context.get(kind) for kind in ("pages", "offices", "programmes", "holders", "found", "refused")
    )
    return render(request, "pages/search.html", context)


def _people(request: Request, text: str, at: datetime) -> dict[str, Any]:
    """Return the people who fit, of those known to rooms; or why no more of them are shown today."""
    try:
        return {
            "found": [
                hit
                for search_hits in offered("search_hits")
                for hit in search_hits(request.viewer, by=request.actor, text=text, at=at)
            ]
        }
    except TooMany as refused:
        return {"refused": str(refused)}
