"""Today: what I owe, most urgent first, one tap to do it."""

import importlib
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui.owed import Owed

from .first_steps import steps
from .unit import language, unit_href

# Rooms that have something to owe, and the module of each that says what.
ROOMS = ("org", "messaging", "programmes", "enrolment", "site")
SHOWN = 50


def owed(viewer: Viewer, *, at: datetime) -> list[Owed]:
    """What a viewer owes, from every room, most urgent first."""
    return sorted(
        _collected(viewer, at),
        key=lambda one: (one.urgency, one.due_at.timestamp() if one.due_at else float("inf")),
    )


def _collected(viewer: Viewer, at: datetime) -> Iterator[Owed]:
    for room in ROOMS:
        yield from importlib.import_module(f"abhiyan.{room}.owed").owed(viewer, at=at)


def _own_unit(viewer: Viewer) -> dict[str, str]:
    """The office a viewer lands on, and the way to its unit."""
    held = viewer.home
    if held is None:
        return {}
    return {
        "home_href": unit_href(held.unit_code, held.hierarchy),
        "home_name": held.unit_name(language()),
        "home_office": held.office_name(language()),
    }


@require_safe
def today(request: Request) -> HttpResponse:
    """The first page of whoever signs in; everybody else is asked to."""
    if not request.viewer.is_signed_in:
        return redirect("people:sign_in")
    if not request.viewer.is_strong:
        return redirect("people:second_factor")
    at = clock.now()
    things = owed(request.viewer, at=at)
    return render(
        request,
        "site/today.html",
        {
            "here": "today",
            "crumbs": [],
            "at": at,
            "day": clock.day_in(settings.TIME_ZONE, at),
            "things": things[:SHOWN],
            "steps": steps(request.viewer),
            "left_out": max(0, len(things) - SHOWN),
            **_own_unit(request.viewer),
        },
    )
