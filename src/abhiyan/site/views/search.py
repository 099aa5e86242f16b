"""Search from every page: units by name or code, programmes, people in office by name."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request, named
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy, Kind

from .unit import language, unit_href

MOST = 40
MOST_HOLDERS = 20


@require_safe
def search(request: Request) -> HttpResponse:
    """What fits a few words, in Hindi or Latin script, tolerant of spelling; one exact code opens at once."""
    text = request.GET.get("q", "").strip()[:100]
    lang = language()
    found = units.search(text, language=lang, limit=MOST) if text else []
    if len(found) == 1 and found[0].code.casefold() == text.casefold():
        return redirect(reverse("site:unit", args=[found[0].code]))
    today = clock.day_in(settings.TIME_ZONE, clock.now())
    held = org.office_bearers(text, on=today, limit=MOST_HOLDERS + 1)
    return render(
        request,
        "site/search.html",
        {
            "here": "units",
            "search_text": text,
            "units": [
                (
                    unit_href(row.code, Hierarchy.ORGANISATIONAL),
                    row.name(lang),
                    Kind(row.kind).label,
                    " › ".join(units.name_in(names, lang) for names in row.above),
                    row.is_sample,
                )
                for row in found
            ],
            "more": len(found) == MOST,
            "programmes": [
                (reverse("programmes:programme", args=[one.public_id]), named(one.names, lang))
                for one in programmes.search(text, limit=10)
            ]
            if text
            else [],
            "holders": [
                (
                    reverse("org:appointment", args=[holder.appointment_id]),
                    holder.name,
                    named(holder.office_names, lang),
                    unit_href(holder.unit_code, Hierarchy.ORGANISATIONAL),
                    named(holder.unit_names, lang),
                )
                for holder in held[:MOST_HOLDERS]
            ],
            "more_holders": len(held) > MOST_HOLDERS,
            "may_see_people": request.viewer.may("people.read"),
        },
    )
