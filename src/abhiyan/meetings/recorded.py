"""A record: the meetings somebody was invited to in the last days."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.ui.recorded import RecordPart

from . import numbers


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield the lines that a review shows of them, with the way to the meetings."""
    with system("a record, for its owner or the level above"):
        meetings = numbers.attended_by(account_id, at=at)
    if meetings.n:
        page = reverse("meetings:list") if is_own else ""
        yield RecordPart(meetings.title, meetings.lines, page, _("Meetings"))
