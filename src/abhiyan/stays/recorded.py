"""A record: the stays somebody had lately, and the field days of a leader."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.ui.recorded import RecordPart

from . import numbers, queries_days


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """Stays confirmed, counted and reported; field days by month. Each for who had some."""
    with system("a record, for its owner or the level above"):
        stays = numbers.stays_of(account_id, at=at)
        months = numbers.days_by_month(account_id, at=at)
        letter = queries_days.last_letter(account_id) if months and not is_own else None
    if stays.assigned:
        yield RecordPart(stays.title, stays.lines)
    if months and is_own:
        yield RecordPart(_("Field days"), months, reverse("stays:days"), _("My field days"))
    elif months:
        page = reverse("stays:letter_end", args=[letter]) if letter else ""
        yield RecordPart(_("Field days"), months, page, _("Take the letter of thanks back"))
