"""My record: the stays somebody had lately."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.ui.numbers import grouped
from abhiyan.ui.recorded import RecordPart

from . import queries

DAYS = 90


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:  # noqa: ARG001  # alike for every room
    """Stays assigned, counted and confirmed, for who had some."""
    since = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=DAYS)
    with system("a record, for its owner or the level above"):
        given, arrived, counted, confirmed, _doubtful = queries.stays_of(account_id, since=since)
    if given:
        lines = [
            (_("Assigned"), grouped(given)),
            (_("Arrived"), grouped(arrived)),
            (_("Counted"), grouped(counted)),
            (_("Confirmed"), grouped(confirmed)),
        ]
        yield RecordPart(_("Village stays, last %(days)s days") % {"days": DAYS}, lines)
