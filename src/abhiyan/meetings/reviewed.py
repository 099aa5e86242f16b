"""A review shows the meetings of a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the people invited and ticked in the last days, if there were meetings. An office-bearer sees their own."""
    today = clock.day_in(settings.TIME_ZONE, at)
    days = {"since": today - timedelta(days=DAYS), "until": today}
    if of.account_id is not None:
        numbers = queries.attended_by(of.account_id, **days)
        labels = (_("Invited"), _("Ticked by name"), _("Can't come"))
    else:
        numbers = queries.held_in((of.lo, of.hi), **days)
        labels = (_("Meetings"), _("Invited"), _("Ticked by name"))
    if numbers[0]:
        lines = [(label, grouped(n)) for label, n in zip(labels, numbers, strict=True)]
        yield ReviewedPart(_("Meetings by invitation, last %(days)s days") % {"days": DAYS}, lines)
