"""My record: the stays somebody had lately, and the field days of a leader."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import RecordPart

from . import queries, queries_days
from .words import DAY_WORDS, STAY_WORDS

DAYS = 90


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Stays confirmed, counted and reported; field days by month. Each for who had some."""
    since = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)
    with system("a record, for its owner or the level above"):
        given, arrived, counted, waiting, confirmed, _doubtful = queries.stays_of(account_id, since=since)
        months = days_by_month(account_id, at=at)
        letter = queries_days.last_letter(account_id) if months and not is_own else None
    if given:
        lines = [
            (
                _("Stays"),
                STAY_WORDS.sentence(seen=counted, waiting=waiting, confirmed=confirmed, reported=arrived),
            ),
            (_("Assigned"), grouped(given)),
        ]
        yield RecordPart(_("Village stays, last %(days)s days") % {"days": DAYS}, lines)
    if months and is_own:
        yield RecordPart(_("Field days"), months, reverse("stays:days"), _("My field days"))
    elif months:
        page = reverse("stays:letter_end", args=[letter]) if letter else ""
        yield RecordPart(_("Field days"), months, page, _("Take the letter of thanks back"))


def days_by_month(account_id: int, *, at: datetime) -> list[tuple[str, str]]:
    """Say how many field days somebody marked in each of the last months, by rung. In a system scope; one query."""
    since = (clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)).replace(day=1)
    return [
        (
            date_format(month.month, "F Y"),
            DAY_WORDS.sentence(
                seen=month.counted, waiting=month.waiting, confirmed=month.confirmed, reported=month.marked
            ),
        )
        for month in queries_days.months_of(account_id, since=since)
    ]
