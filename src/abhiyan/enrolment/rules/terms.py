"""How long a membership lasts, and which count an old member's act adds to."""

from calendar import monthrange
from datetime import date, timedelta

NOTICE = timedelta(days=30)  # a changed term ends no membership sooner: until then it can be changed back


def last_day(
    *, joined: date, months: int | None, ends_on: date | None, set_on: date | None, closes_on: date
) -> date | None:
    """Return the last day of a term, or None where it has no end.

    months, ends_on: as the roll has them. Somebody who joined after `ends_on` waits for the roll's next end.
    set_on: when the roll's term was last changed. closes_on: of the drive that opened the term; a term lasts as
    long as its drive, or one drive would count its member twice.
    """
    if ends_on is not None:
        if joined > ends_on:
            return None
        end = ends_on
    elif months is not None:
        year, month = divmod(joined.year * 12 + joined.month - 1 + months, 12)
        end = date(year, month + 1, min(joined.day, monthrange(year, month + 1)[1])) - timedelta(days=1)
    else:
        return None
    return max(end, closes_on, set_on + NOTICE if set_on else end)


def is_renewal(*, was_this_drive: bool, was_renewal: bool, was_struck: bool) -> bool:
    """Return True if the term somebody opens counts as *renewed*, by their latest one.

    A member of an earlier drive renews, even after leaving; one who was struck off there had never been a
    member. A person who leaves a drive and comes back to it counts there as before.
    """
    return was_renewal if was_this_drive else not was_struck
