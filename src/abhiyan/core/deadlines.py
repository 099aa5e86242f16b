"""The one rule of when somebody who was asked is late, and when they are silent. Every room that reminds asks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WITHIN = timedelta(days=7)  # so late a record of the field still counts on its own day


def finished_at(age: timedelta, *, at: datetime, since: datetime | None = None) -> datetime:
    """When a record that came at an instant was finished: so long ago by the phone's clock, never before `since`."""
    finished = at - max(age, timedelta(0))
    return finished if since is None else min(at, max(finished, since))


def is_of_its_day(made_at: datetime, *, at: datetime) -> bool:
    """Return True if a record that came at an instant still counts on the day it was made."""
    return at - made_at <= WITHIN


def is_latest_record(made_at: datetime, *, former: datetime | None) -> bool:
    """Return True if what was finished at an instant stands now. former: when what stood until now was finished.

    The record finished later stands of two about one thing, in whatever order they come. If both were finished at
    once, the one that came last stands. The room keeps the other beside it, and shows it.
    """
    return former is None or made_at >= former


class DueWord(StrEnum):
    """The words for somebody who was asked for something until an hour."""

    NOT_ASKED = "not_asked"  # they were not there at the hour, or were asked only afterwards
    NOT_DUE = "not_due"
    IN_TIME = "in_time"
    LATE = "late"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Presence:
    """From when until when something was there: a unit, a body, a holder of an office, a queue. None: always."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Return True if it was there at an instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def was_asked(*, asked_at: datetime | None, due_at: datetime, there: Iterable[Presence] = ()) -> bool:
    """Return True if everything that had to answer was there at the hour, and the question came before it."""
    return (asked_at is None or asked_at <= due_at) and all(presence.holds(due_at) for presence in there)


def due_word(
    *, due_at: datetime, at: datetime, is_asked: bool, answered_at: datetime | None = None
) -> DueWord:
    """Return what an answer, or none, means at an instant. is_asked: as `was_asked` says of the hour.

    Silence begins at the hour. An answer counts also from somebody who was not asked.
    """
    if answered_at is not None:
        return DueWord.IN_TIME if answered_at <= due_at else DueWord.LATE
    if not is_asked:
        return DueWord.NOT_ASKED
    return DueWord.NOT_DUE if at <= due_at else DueWord.SILENT
