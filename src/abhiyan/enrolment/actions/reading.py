"""Reading people is an act too: it leaves a row, and nobody reads a whole roll in a day."""

from datetime import datetime

from abhiyan.core import audit, limits
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import TooMany

ROWS_PER_DAY = 20_000  # per account; exports are released by a second person, and count too
MANY = 10_000  # from here on somebody should ask why
DAY_S = 86_400


def read_people(*, by: Actor, unit_id: int, n: int, at: datetime, act: str = "enrolment.read_people") -> None:
    """Note that somebody was shown n people of a unit. Refuses TooMany past the day's quota.

    Past half of it one entry "enrolment.reads_many" a day raises the alarm.
    """
    who = str(by.account_id or by.id)
    limits.take(limit="people.rows", subject=who, at=at, allowed=ROWS_PER_DAY, window_s=DAY_S, n=max(n, 1))
    try:
        limits.take(limit="people.many", subject=who, at=at, allowed=MANY, window_s=DAY_S, n=max(n, 1))
    except TooMany:
        try:
            limits.take(limit="people.alarm", subject=who, at=at, allowed=1, window_s=DAY_S)
        except TooMany:
            pass
        else:
            audit.record(
                by=by, at=at, act="enrolment.reads_many", unit_id=unit_id, facts={"allowed": ROWS_PER_DAY}
            )
    audit.record(by=by, at=at, act=act, unit_id=unit_id, n=n)
