"""Count people about whose refusal nothing else may be kept: a number is all that is left.

The act counts its own; here are those of pages and lists.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from abhiyan.core import declared, limits, sql
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import NotAdult

WEEK_S = 7 * 86_400


def count_minor(
    *, programme_id: int, unit_id: int, zone: str, channel: int, key: str, origin: str, at: datetime
) -> bool:
    """Count one refusal; once for each form (key), whatever is sent again within a week. Whether it was counted.

    origin: the network it came from; a network that says no all day long is not counted for ever.
    """
    try:
        limits.count_or_refuse(declared.MINOR_NETWORK, origin, at=at)
        limits.count_or_refuse(declared.MINOR, key, at=at)
    except TooMany:
        return False
    with system("a minor was refused"):
        add_minors(
            programme_id=programme_id,
            unit_id=unit_id,
            channel=channel,
            on=at.astimezone(ZoneInfo(zone)).date(),
        )
    return True


def add_minors(*, programme_id: int, unit_id: int, channel: int, on: date, n: int = 1) -> None:
    """Add so many to the counter of a unit's minors of a day; fewer than none when a list is undone."""
    sql.run(
        "insert into enrolment_refused_count as m (programme_id, unit_id, channel, reason, day, n)"
        " values (%s, %s, %s, %s, %s, %s)"
        " on conflict (programme_id, unit_id, channel, reason, day) do update set n = m.n + excluded.n",
        [programme_id, unit_id, channel, NotAdult.code, on, n],
    )
