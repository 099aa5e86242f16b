"""Work that meetings give somebody today: an answer to an invitation, the door of a meeting they lead, its minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Beside, Owed

from . import queries
from .models import Meeting

SOON = timedelta(days=7)


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside]:
    """Invitations without an answer; meetings of the next days one goes to; the door and the minutes of one's own."""
    if viewer.account_id is None:
        return
    today = clock.day_in(settings.TIME_ZONE, at)
    invitations, to_write = queries.work_of(viewer, today=today)
    for invitee in invitations:
        meeting = invitee.meeting
        if not invitee.answer:
            yield Owed(
                urgency=1 if meeting.first_on <= today + SOON else 2,
                title=_("You are invited: %(title)s") % {"title": meeting.title},
                meta=_when(meeting),
                href=_page(meeting),
                act=_("Answer"),
                icon="check",
            )
        elif invitee.answer == "yes" and meeting.first_on <= today + SOON:
            yield Beside(sheet=_("Meetings"), title=meeting.title, meta=_when(meeting), href=_page(meeting))
    for meeting in to_write:
        is_today = meeting.first_on <= today <= meeting.last_on
        yield Owed(
            urgency=1 if is_today else 2,
            title=(_("Check-in: %(title)s") if is_today else _("Write the minutes: %(title)s"))
            % {"title": meeting.title},
            meta=_when(meeting),
            href=_page(meeting) + ("?show=door" if is_today else ""),
            act=_("Tick names") if is_today else _("Write"),
            icon="check" if is_today else "edit",
        )


def _page(meeting: Meeting) -> str:
    return reverse("meetings:meeting", args=[meeting.public_id])


def _when(meeting: Meeting) -> str:
    day = f"{date_format(meeting.first_on, 'j F')}, {time_format(meeting.starts, 'H:i')}"
    return f"{day} · {meeting.place}" if meeting.place else day
