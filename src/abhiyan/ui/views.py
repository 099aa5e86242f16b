"""Pages and files of the look itself: the accent's stylesheet, the kit, and pages that say what went wrong."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from abhiyan.ui import accent as accents
from abhiyan.ui import kit as samples


def chosen_accent() -> str:
    return getattr(settings, "ACCENT", accents.DEFAULT)


def accent_version() -> str:
    """Changes with the setting: pages carry it in the address, so the sheet may be kept for a year."""
    return hashlib.sha256(accents.sheet(chosen_accent()).encode()).hexdigest()[:10]


def accent_etag(_request: HttpRequest) -> str:
    return f'"{accent_version()}"'


@require_safe
@condition(etag_func=accent_etag)
def accent(request: HttpRequest) -> HttpResponse:
    """The stylesheet made from the organisation's one accent colour. Public: it says nothing but a colour."""
    response = HttpResponse(accents.sheet(chosen_accent()), content_type="text/css; charset=utf-8")
    current = request.GET.get("v") == accent_version()
    response["Cache-Control"] = "public, max-age=31536000, immutable" if current else "public, max-age=300"
    return response


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the reader's language. Anybody who is signed in; all data is invented."""
    return render(request, "ui/kit.html", samples.everything(request.GET))
