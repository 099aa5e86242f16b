"""A record: the calls of the last days, and the absences."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.ui.recorded import RecordPart

from . import numbers, queries

DAYS = 30


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Yield the calls of a leader's last days, and the absences with the link to note one."""
    today = clock.day_in(settings.TIME_ZONE, at)
    with system("a record, for its owner or the level above"):
        calls = numbers.calls_of(account_id, days=DAYS, at=at)
        away = queries.absences(account_id, since=today)
        has_calls = calls.n_given or queries.may_call(account_id, at=at)
    if not has_calls and not away:
        return
    absences = [
        (_("Away"), f"{date_format(absence.first_on, 'j M Y')} – {date_format(absence.last_on, 'j M Y')}")
        for absence in away
    ]
    yield RecordPart(
        calls.title,
        [*calls.lines, *absences],
        reverse("dialogues:away") if is_own else "",
        _("When I am away"),
    )
