"""Reading people is an act too: it leaves a row, and nobody reads a whole roll in a day."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, TooMany

# The asker looks at pages of people on the way, and a list grows until a second person has said yes.
MOST_EXPORTED = declared.PEOPLE_ROWS.allowed // 2


class ReadEnough(TooMany):
    message = _(
        "You have seen %(most)s people's entries, the limit for a day. Go on in %(hours)s "
        "hours, or let a colleague here go on."
    )


class ListTooLong(Refused):
    message = _(
        "This list has more than %(most)s people, too many for one file. Choose a smaller "
        "unit, one channel or the latest days, and ask again."
    )


class NamesEnough(TooMany):
    message = _(
        "You can see the names of %(most)s office-bearers from other units in a day. This page goes beyond that. "
        "Narrow the list, or ask again in %(hours)s hours."
    )


def require_short(n: int, *, most: int | None = None) -> None:
    """Refuses ListTooLong for a list of n people that nobody could take out in a day, or of more than `most`."""
    most = MOST_EXPORTED if most is None else most
    if n > most:
        raise ListTooLong(most=most)


def read_person(*, about: UUID, by: Actor, unit_id: int, at: datetime) -> None:
    """Note that somebody opened the page of one person. about: their public id, by which they find who read them."""
    read_people(by=by, unit_id=unit_id, n=1, at=at, act="enrolment.read_person", subject=str(about))


def read_people(
    *, by: Actor, unit_id: int, n: int, at: datetime, act: str = "enrolment.read_people", subject: str = ""
) -> None:
    """Note that somebody was shown n people of a unit. Refuses ReadEnough past the day's quota, ListTooLong what no day
    has room for.

    Past half of it one entry "enrolment.reads_many" a day raises the alarm.
    """
    most = limits.allowed_by(declared.PEOPLE_ROWS, at)
    if n > most:
        raise ListTooLong(most=most)
    who = str(by.account_id or by.id)
    try:
        limits.count_or_refuse(declared.PEOPLE_ROWS, who, at=at, n=max(n, 1))
    except TooMany as refused:
        wait_s = int(str(refused.facts["wait_s"]))
        raise ReadEnough(most=most, hours=-(-wait_s // 3600), wait_s=wait_s) from None
    try:
        limits.count_or_refuse(declared.PEOPLE_MANY, who, at=at, n=max(n, 1))
    except TooMany:
        try:
            limits.count_or_refuse(declared.PEOPLE_ALARM, who, at=at)
        except TooMany:
            pass
        else:
            audit.record(by=by, at=at, act="enrolment.reads_many", unit_id=unit_id, facts={"allowed": most})
    audit.record(by=by, at=at, act=act, subject=subject, unit_id=unit_id, n=n)


def read_bearers(*, by: Actor, unit_id: int | None, n: int, reason: str, at: datetime) -> None:
    """Count n names of office-bearers beyond the reader's own line, and note the reason in the trail: one entry
    "org.names_read".

    Refuses NamesEnough past the day's number, and the first time of a day raises the alarm: one entry "org.reads_many".
    """
    who = str(by.account_id or by.id)
    try:
        limits.count_or_refuse(declared.BEARER_NAMES, who, at=at, n=max(n, 1))
    except TooMany as refused:
        most = limits.allowed_by(declared.BEARER_NAMES, at)
        with suppress(TooMany):
            limits.count_or_refuse(declared.BEARER_ALARM, who, at=at)
            audit.record(by=by, at=at, act="org.reads_many", unit_id=unit_id, facts={"allowed": most})
        wait_s = int(str(refused.facts["wait_s"]))
        raise NamesEnough(n=n, most=most, hours=-(-wait_s // 3600), wait_s=wait_s) from None
    audit.record(by=replace(by, reason=reason), at=at, act="org.names_read", unit_id=unit_id, n=n)
