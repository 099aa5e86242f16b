"""Stays tell a review how many places of a unit are covered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Stays assigned, done, counted and confirmed in the last days; nothing where there were none."""
    since = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)
    with system("numbers of stays, for a review"):
        if of.account_id is not None:
            numbers = queries.stays_of(of.account_id, since=since)
        else:
            numbers = queries.stays_in((of.lo, of.hi), since=since)
    if numbers[0]:
        labels = (_("Assigned"), _("Arrived"), _("Counted"), _("Confirmed"), _("Doubtful"))
        lines = [(label, grouped(n)) for label, n in zip(labels, numbers, strict=True)]
        yield ReviewedPart(_("Village stays, last %(days)s days") % {"days": DAYS}, lines)
