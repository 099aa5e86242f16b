"""A review shows the meetings of a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries
from .rules.attendance import INVITED, WORDS

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the people seen, reported and invited in the last days, if meetings began. An office-bearer's own."""
    since = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)
    if of.account_id is not None:
        n, seen, excused = queries.attended_by(of.account_id, since=since, at=at)
        labels = ((_("Ticked by name"), seen), (_("Invited"), n), (_("Can't come"), excused))
        lines = [(label, grouped(number)) for label, number in labels]
    else:
        held = queries.held_in((of.lo, of.hi), since=since, at=at)
        n, more = held.n, ((INVITED, held.invited),)
        lines = [
            (_("Meetings"), grouped(n)),
            (_("People"), WORDS.sentence(seen=held.seen, reported=held.reported, more=more)),
        ]
    if n:
        yield ReviewedPart(_("Meetings by invitation, last %(days)s days") % {"days": DAYS}, lines)
