"""Pages of meetings share these."""

from datetime import date, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock

TITLE = _("Meetings by invitation")
COUNT_BESIDE = _("A newer number of everybody who came stands. Yours is kept beside it.")


def meeting_crumbs(*more: tuple[Any, str]) -> dict[str, Any]:
    """The frame of each of these pages: its place in the menu, and the way to it."""
    return {"here": "meetings", "crumbs": [(str(TITLE), reverse("meetings:list")), *more]}


def meeting_address(public_id: UUID) -> str:
    """Return the address of a meeting's page."""
    return reverse("meetings:meeting", args=[public_id])


def meeting_door(public_id: UUID, **more: str) -> str:
    """The address where names are ticked."""
    return f"{meeting_address(public_id)}?{urlencode({'show': 'door', **more})}"


def today_of_meetings() -> date:
    """The day it is here."""
    return clock.today(settings.TIME_ZONE)


def meeting_days(first_on: date, last_on: date, starts: time) -> str:
    """The days of a meeting with its hour: 5 December 2026, 10:00."""
    day = date_format(first_on, "j F Y")
    if last_on > first_on:
        day = f"{day} – {date_format(last_on, 'j F Y')}"
    return f"{day}, {time_format(starts, 'H:i')}"
