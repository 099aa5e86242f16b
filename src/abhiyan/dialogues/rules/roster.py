"""The roster: it gives each leader booth presidents to call on a day.

A leader's offices make an area. A round gives each booth of the area to a leader once. Then the next round begins.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

Span = tuple[int, int]  # positions [lo, hi)
WEAKEST: Mapping[str, int] = {"weak": 0, "swing": 1, "": 1, "strong": 2}  # "": a booth without a class


class RosterSource(IntEnum):
    """How a booth came to a leader on a day."""

    IN_TURN = 0
    CARRIED = 1  # the same leader did not reach the president the day before
    PASSED = 2  # another leader did not, twice


@dataclass(frozen=True, slots=True)
class BoothToCall:
    """A booth with a president. position: its `lo`. president: an account.

    given_on: the last day on which somebody had it. heard_on: the last day somebody talked with its president.
    weakness: of WEAKEST. lot: decides between equals. passed_by: the leader who just missed it twice; 0: none.
    """

    unit: int
    position: int
    president: int
    given_on: date | None = None
    heard_on: date | None = None
    weakness: int = 1
    lot: int = 0
    passed_by: int = 0

    @property
    def order(self) -> tuple[date, int, int]:
        """Put booths never heard first, then those heard longest ago, then the weakest class, then the lot."""
        return self.heard_on or date.min, self.weakness, self.lot


@dataclass(frozen=True, slots=True)
class Caller:
    """A leader who calls today. area: its key. carried: yesterday's booths that the leader did not reach."""

    account: int
    area: str
    spans: tuple[Span, ...]
    carried: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenCall:
    """One booth, given to one leader for a day."""

    leader: int
    unit: int
    came: RosterSource


@dataclass(frozen=True, slots=True)
class Roster:
    """A day's calls. rounds: area -> the first day of its round."""

    given: Sequence[GivenCall]
    rounds: Mapping[str, date]


def after_night(came: RosterSource, *, is_away: bool) -> RosterSource | None:
    """Return how an undone call comes again: with the same leader, then with another, then in its turn (None).

    is_away: the leader does not call on the next day.
    """
    if came is RosterSource.PASSED:
        return None
    return RosterSource.PASSED if came is RosterSource.CARRIED or is_away else RosterSource.CARRIED


def days_of_round(booths: int, calls_a_day: int) -> int | None:
    """Return the days that one round of all booths takes. None if there are no calls."""
    return -(-booths // calls_a_day) if calls_a_day else None


@dataclass(slots=True)
class _Area:
    booths: Sequence[BoothToCall]
    passed: list[BoothToCall]
    due: list[BoothToCall] = field(default_factory=list)  # the next one last

    def begin(self, since: date) -> None:
        """Line up the booths that no leader had since a day."""
        due = (booth for booth in self.booths if booth.given_on is None or booth.given_on < since)
        self.due = sorted(due, key=lambda booth: booth.order, reverse=True)


class _Day:
    """One day's roster in the making."""

    def __init__(self, booths: Sequence[BoothToCall], rounds: Mapping[str, date], on: date) -> None:
        self.booths = sorted(booths, key=lambda booth: booth.position)
        self.positions = [booth.position for booth in self.booths]
        self.by_unit = {booth.unit: booth for booth in self.booths}
        self.rounds, self.on = dict(rounds), on
        self.areas: dict[str, _Area] = {}
        self.given: list[GivenCall] = []
        self.taken: set[int] = set()
        self.presidents: set[int] = set()

    def area(self, leader: Caller) -> _Area:
        if leader.area not in self.areas:
            inside = [
                booth
                for lo, hi in leader.spans
                for booth in self.booths[bisect_left(self.positions, lo) : bisect_left(self.positions, hi)]
            ]
            passed = sorted(
                (booth for booth in inside if booth.passed_by), key=lambda booth: booth.order, reverse=True
            )
            made = self.areas[leader.area] = _Area(inside, passed)
            made.begin(self.rounds.setdefault(leader.area, self.on))
        return self.areas[leader.area]

    def is_free(self, booth: BoothToCall) -> bool:
        """Return True if nobody calls the booth or its president today."""
        return booth.unit not in self.taken and booth.president not in self.presidents

    def give(self, leader: Caller, booth: BoothToCall, came: RosterSource) -> bool:
        """Give a free booth. Return False if it is not free, or the leader is its president."""
        if not self.is_free(booth) or booth.president == leader.account:
            return False
        self.taken.add(booth.unit)
        self.presidents.add(booth.president)
        self.given.append(GivenCall(leader.account, booth.unit, came))
        return True

    def give_carried(self, leader: Caller, unit: int) -> bool:
        """Give a booth once more if it still has a president and is still in the area."""
        booth = self.by_unit.get(unit)
        is_inside = booth is not None and any(lo <= booth.position < hi for lo, hi in leader.spans)
        return booth is not None and is_inside and self.give(leader, booth, RosterSource.CARRIED)

    def give_passed(self, leader: Caller) -> bool:
        """Give a booth that another leader did not reach."""
        passed = (booth for booth in reversed(self.area(leader).passed) if booth.passed_by != leader.account)
        return any(self.give(leader, booth, RosterSource.PASSED) for booth in passed)

    def give_next(self, leader: Caller) -> bool:
        """Give the next booth of the round. A new round begins if no booth is left."""
        area = self.area(leader)
        if self._give_due(leader, area):
            return True
        if any(booth.president != leader.account for booth in area.due):
            return False
        if not any(self.is_free(booth) and booth.president != leader.account for booth in area.booths):
            return False
        self.rounds[leader.area] = self.on
        area.begin(self.on)
        return self._give_due(leader, area)

    def _give_due(self, leader: Caller, area: _Area) -> bool:
        waiting: list[BoothToCall] = []  # somebody calls their presidents today for another booth
        is_given = False
        while area.due and not is_given:
            booth = area.due.pop()
            is_given = self.give(leader, booth, RosterSource.IN_TURN)
            if booth.unit not in self.taken:
                waiting.append(booth)
        area.due += reversed(waiting)
        return is_given


def roster(
    callers: Sequence[Caller],
    booths: Sequence[BoothToCall],
    rounds: Mapping[str, date],
    *,
    per_day: int,
    on: date,
) -> Roster:
    """Make the roster of a day. callers: only leaders who are not away. booths: only booths with a president.

    In an area each booth comes once before any booth comes twice. Calls carried over or passed on come first and start
    no new turn. Then come booths never heard, those heard longest ago, the weakest class, and the lot. Leaders of
    narrow areas choose first. A president gets one call a day, even with two booths.
    """
    day = _Day(booths, rounds, on)
    narrow_first = sorted(callers, key=lambda leader: (len(day.area(leader).booths), leader.account))
    left = {leader.account: per_day for leader in callers}
    for leader in narrow_first:
        for unit in leader.carried[:per_day]:
            left[leader.account] -= day.give_carried(leader, unit)
    for leader in narrow_first:
        while left[leader.account] and day.give_passed(leader):
            left[leader.account] -= 1
    for leader in narrow_first:
        while left[leader.account] and day.give_next(leader):
            left[leader.account] -= 1
    return Roster(day.given, day.rounds)
