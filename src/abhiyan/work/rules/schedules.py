"""Rules of what is asked of units: its periods, until when each is due, and how each stands."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from abhiyan.core.deadlines import DueWord, Presence, due_word, was_asked

SHOWN = 8  # periods of a board, and those a unit may still answer.
LONGEST = timedelta(days=3 * 366)  # from the first day asked to the last.
FURTHEST = timedelta(days=366)  # from today to the first day.
LATE_MEETING = timedelta(days=31)  # so far ahead a day may be set once the period is over.
MOST_PEOPLE = 9_999  # at an inner meeting
LARGEST_FIGURE = 99_999_999
DEEPEST_DAILY = 4  # level of mandals: below them nothing is asked every day


class AskedFor(StrEnum):
    """What is asked."""

    MEETING = "meeting"
    REPORT = "report"


class Rhythm(StrEnum):
    """How often."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class DueState(IntEnum):
    """How a due stands, in the order of a board. OPEN: somebody was reminded, or took back what they had said."""

    OPEN = 0
    RETURNED = 1
    PLANNED = 2
    CANNOT = 3
    DONE = 4
    ACCEPTED = 5


FINISHED = (DueState.DONE, DueState.ACCEPTED)


class DueSign(StrEnum):
    """A due as one square says it."""

    ON_TIME = "on_time"
    LATE = "late"
    RETURNED = "returned"
    CANNOT = "cannot"
    PLANNED = "planned"
    SILENT = "silent"
    NOT_YET = "not_yet"
    NOT_ASKED = "not_asked"  # the unit, the body or a holder was not there, or it was asked only afterwards


OF_WORD = {
    DueWord.NOT_ASKED: DueSign.NOT_ASKED,
    DueWord.NOT_DUE: DueSign.NOT_YET,
    DueWord.IN_TIME: DueSign.ON_TIME,
    DueWord.LATE: DueSign.LATE,
    DueWord.SILENT: DueSign.SILENT,
}


class DueAnswer(Protocol):
    """An answer to a due."""

    @property
    def state(self) -> int: ...
    @property
    def planned_on(self) -> date | None: ...
    @property
    def done_at(self) -> datetime | None: ...
    @property
    def is_after(self) -> bool: ...


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some days, both included."""

    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Timing:
    """When something is owed. Weeks are counted from the first day; months are those of the calendar."""

    rhythm: str
    first_on: date
    last_on: date
    hour: time
    zone: str
    ended_at: datetime | None = None
    asked_at: datetime | None = None
    pauses: Sequence[Presence] = ()  # from an end until it was asked again

    def period_of(self, day: date) -> Period | None:
        """Return the period that holds a day; None before the first day and after the last."""
        if not self.first_on <= day <= self.last_on:
            return None
        match self.rhythm:
            case Rhythm.DAILY:
                return Period(day, day)
            case Rhythm.WEEKLY:
                begins_on = day - timedelta(days=(day - self.first_on).days % 7)
                return Period(begins_on, min(begins_on + timedelta(days=6), self.last_on))
            case Rhythm.MONTHLY:
                last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
                return Period(max(day.replace(day=1), self.first_on), min(last, self.last_on))
        return Period(self.first_on, self.last_on)

    def due_at(self, period: Period) -> datetime:
        """Return until when what a period asks is on time."""
        return datetime.combine(period.ends_on, self.hour, ZoneInfo(self.zone))

    def announce_at(self) -> datetime:
        """Return when the offices that owe it get a message: at the full hour after the asking, or on the first day.

        A period that is due by then is announced at once.
        """
        first_at = datetime.combine(self.first_on, time(), ZoneInfo(self.zone))
        asked_at = max(self.asked_at or first_at, first_at).astimezone(ZoneInfo(self.zone))
        hour = asked_at.replace(minute=0, second=0, microsecond=0)
        hour += timedelta(hours=1) if hour < asked_at else timedelta()
        period = self.period_of(asked_at.date())
        return hour if period is None or hour < self.due_at(period) else asked_at

    def begun(self, at: datetime, *, most: int = SHOWN) -> list[Period]:
        """Return the last periods that had begun at an instant, the oldest first; none begins once the asking
        has ended."""
        until = at if self.ended_at is None else min(at, self.ended_at)
        day = min(until.astimezone(ZoneInfo(self.zone)).date(), self.last_on)
        periods: list[Period] = []
        while len(periods) < most and (period := self.period_of(day)):
            periods.append(period)
            day = period.begins_on - timedelta(days=1)
        return periods[::-1]

    def following(self, period: Period, *, most: int) -> list[Period]:
        """Return the periods after one, the next one first."""
        periods: list[Period] = []
        while len(periods) < most and (after := self.period_of(period.ends_on + timedelta(days=1))):
            periods.append(period := after)
        return periods

    def begun_on(self, day: date, at: datetime, *, is_record: bool = False) -> Period | None:
        """Return the period that began on a day, while a unit may still answer it.

        A record that a phone kept always may.
        """
        if not is_record:
            return next((each for each in self.begun(at) if each.begins_on == day), None)
        period = self.period_of(day)
        is_begun = day <= at.astimezone(ZoneInfo(self.zone)).date()
        return period if period is not None and period.begins_on == day and is_begun else None

    def current(self, at: datetime) -> Period | None:
        """Return the last of them; None before the first day."""
        return next(iter(self.begun(at, most=1)), None)

    def is_over(self, period: Period, at: datetime) -> bool:
        """Return True once its time has passed, if it was asked before. One that ended after the schedule never is."""
        return self.due_at(period) < at and self.is_asked(period)

    def is_asked(self, period: Period) -> bool:
        """Return True if a period was asked before its hour, and still asked then."""
        due_at = self.due_at(period)
        is_on = not any(pause.holds(due_at) for pause in self.pauses)
        return is_on and was_asked(asked_at=self.asked_at, due_at=due_at, there=[Presence(until=self._until)])

    @property
    def _until(self) -> datetime | None:
        return (
            self.ended_at and self.ended_at + timedelta.resolution
        )  # what was due at that instant was asked

    def sign(self, period: Period, at: datetime, due: "DueAnswer | None", *, is_there: bool) -> DueSign:
        """Return the square of one period. due: what was said of it.

        is_there: at its hour the unit was open, its body was there, and somebody held the office.
        """
        if due is not None and due.state in (DueState.RETURNED, DueState.CANNOT):
            return DueSign.RETURNED if due.state == DueState.RETURNED else DueSign.CANNOT
        due_at = self.due_at(period)
        if due is not None and due.state in FINISHED and due.is_after:
            return DueSign.LATE
        is_done = due is not None and due.state in FINISHED
        if due is not None and due.state == DueState.PLANNED:
            day = at.astimezone(ZoneInfo(self.zone)).date()
            if at <= due_at or (due.planned_on is not None and day <= due.planned_on):
                return DueSign.PLANNED
        word = due_word(
            due_at=due_at,
            at=at,
            is_asked=self.is_asked(period) and (is_there or at <= due_at),
            answered_at=(due.done_at or due_at) if due is not None and is_done else None,
        )
        return OF_WORD[word]

    def latest_plan(self, period: Period, today: date) -> date:
        """Return the last day that may be set for a meeting."""
        return period.ends_on if today <= period.ends_on else today + LATE_MEETING

    def tap(
        self, period: Period, state: int | None, planned_on: date | None, today: date
    ) -> tuple[str, date] | None:
        """Return the one tap for a meeting today, as (act, day): held on the day that was set, or set for the
        last day.

        None where only a form can say it.
        """
        if state == DueState.PLANNED and planned_on is not None:
            return ("hold", planned_on) if planned_on <= today else None
        if state in (None, DueState.OPEN) and today <= period.ends_on:
            return "plan", period.ends_on
        return None


def days_fit(first_on: date, last_on: date, *, today: date) -> bool:
    """Return True if these days may be asked for: in order, not over, not too many, not too far away."""
    return (
        first_on <= last_on
        and today <= last_on
        and last_on - first_on <= LONGEST
        and first_on <= today + FURTHEST
    )


def clipped(period: Period, *, opens_on: date, closes_on: date, sent_on: date) -> Period | None:
    """Return the days of a period that an accepted figure covers: inside the programme, up to the day it was sent."""
    begins_on, ends_on = max(period.begins_on, opens_on), min(period.ends_on, closes_on, sent_on)
    return Period(begins_on, ends_on) if begins_on <= ends_on else None


def due_shares(signs: Mapping[DueSign, int]) -> tuple[int, int, int, int]:
    """Count the periods due so far: all, on time, late, silent. The rest of all was returned, or was not possible."""
    due = sum(
        n for sign, n in signs.items() if sign not in (DueSign.NOT_YET, DueSign.PLANNED, DueSign.NOT_ASKED)
    )
    return due, signs.get(DueSign.ON_TIME, 0), signs.get(DueSign.LATE, 0), signs.get(DueSign.SILENT, 0)
