"""A phone keeps the names to tick at the door of a meeting."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind

from . import queries
from .views import attendance

PAGE = "pages:field_meeting"
DAY = timedelta(days=1)


def kept_meeting_pages(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """The meetings of the viewer that are held today, or were yesterday or will be tomorrow."""
    today = clock.day_in(settings.TIME_ZONE, at)
    for meeting in queries.to_write(viewer, today=today + DAY):
        if meeting.last_on >= today - DAY:
            day = date_format(meeting.first_on, "j F Y")
            yield KeptPage(
                address_of(PAGE, meeting.public_id), _("Tick who came"), f"{meeting.title} · {day}"
            )


RECORDS = (
    RecordKind(
        code="attendance",
        name=_("Attendance"),
        page=PAGE,
        tile="reports",
        take=attendance.take_attendance,
        show=attendance.show_attendance,
        keep=kept_meeting_pages,
        checked=(attendance.AttendanceForm,),
    ),
)
