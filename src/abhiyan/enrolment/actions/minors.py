"""Somebody under age who said so before anything else was asked: a number is all that is left."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from abhiyan.core import limits
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system

WEEK_S = 7 * 86_400
PER_NETWORK = (300, 3600)


def count_minor(
    *, programme_id: int, unit_id: int, zone: str, channel: int, key: str, origin: str, at: datetime
) -> bool:
    """Count one refusal; once for each form (key), whatever is sent again within a week. Whether it was counted.

    origin: the network it came from; a network that says no all day long is not counted for ever.
    """
    try:
        allowed, window_s = PER_NETWORK
        limits.take(limit="minor.network", subject=origin, at=at, allowed=allowed, window_s=window_s)
        limits.take(limit="minor", subject=key, at=at, allowed=1, window_s=WEEK_S)
    except TooMany:
        return False
    with system("a minor was refused"), connection.cursor() as cursor:
        cursor.execute(
            "insert into enrolment_minor_count as m (programme_id, unit_id, channel, day, n)"
            " values (%s, %s, %s, %s, 1) on conflict (programme_id, unit_id, channel, day) do update set n = m.n + 1",
            [programme_id, unit_id, channel, at.astimezone(ZoneInfo(zone)).date()],
        )
    return True
