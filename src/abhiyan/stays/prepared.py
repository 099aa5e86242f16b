"""A programme of stays is prepared as far as its places have workers."""

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from abhiyan.programmes.models import Programme
from abhiyan.work.rules.prepared import PreparedLine

from . import numbers, queries


def prepared(programme: Programme, *, lo: int, hi: int, on: date) -> Iterator[PreparedLine]:
    """Yield the places at positions [lo, hi) that have a worker. Numbers alone. In a system scope."""
    if programme.kind == queries.KIND:
        day = datetime.combine(on, time(), ZoneInfo(programme.zone))
        places = numbers.places_in(programme, (lo, hi), at=day)
        yield PreparedLine(_("Places assigned"), places.total - places.empty, places.total)
