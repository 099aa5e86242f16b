"""A review shows the calls in a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries
from .words import TALK_WORDS

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the calls given, noted and confirmed in the last days, if there were any. In the scope of the review."""
    since = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)
    if of.account_id is not None:
        numbers = queries.calls_of(of.account_id, since=since)
    else:
        numbers = queries.calls_in((of.lo, of.hi), since=since)
    if numbers[0]:
        n_given, done, confirmed = numbers
        lines = [
            (_("Talks"), TALK_WORDS.sentence(seen=confirmed, reported=done)),
            (_("Given to call"), grouped(n_given)),
        ]
        yield ReviewedPart(_("Calls to booth presidents, last %(days)s days") % {"days": DAYS}, lines)
