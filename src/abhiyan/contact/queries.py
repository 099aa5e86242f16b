"""Reads of tries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from .models import Attempt


def tries_of(room: str, abouts: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
    """The tries of each of these things, the first first; those whose time ran out are left out. In scope."""
    found: dict[UUID, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(room=room, about__in=list(abouts)).order_by("begun_at", "id")
    for one in rows.exclude(outcome=Attempt.Outcome.LAPSED):
        found[one.about].append(one)
    return found


def under_way(tries: Iterable[Attempt], *, at: datetime) -> Attempt | None:
    """The try that has begun and whose lease lasts."""
    return next((one for one in tries if not one.outcome and one.until >= at), None)


def waits_until(tries: Iterable[Attempt], *, at: datetime) -> datetime | None:
    """When the next try may be; None: now."""
    later = [one.again_at for one in tries if one.again_at is not None and one.again_at > at]
    return max(later, default=None)
