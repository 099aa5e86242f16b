"""Rules of review rounds: which days stand, how far a review is, what coverage is, and how it is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_ROUND = timedelta(days=366)
LONGEST_NAME, LONGEST_TEXT, LONGEST_REASON = 120, 2_000, 200
MOST_SQUARES = 60  # more reviews are drawn as a bar
A_LINE, SIDE = 20, 12  # squares in a line; of one, with its gap
BEFOREHAND = timedelta(days=1)  # so long an office-bearer has their page before anybody decides
A_WEEK = timedelta(days=7)


class State(StrEnum):
    """How far a review is."""

    EMPTY = "empty"
    PREPARED = "prepared"
    MET = "met"
    DECIDED = "decided"


def days_stand(begins_on: date, ends_on: date, *, today: date) -> bool:
    """Whether a round may have these days: in order, not over, at most a year."""
    return begins_on <= ends_on and today <= ends_on and ends_on - begins_on <= LONGEST_ROUND


def due_share(begins_on: date, ends_on: date, *, today: date) -> float:
    """The share of a round that is due: of its days, those that are over. From 0 to 1."""
    gone, days = (today - begins_on).days, (ends_on - begins_on).days + 1
    return min(1.0, max(0.0, gone / days))


def state_of(*, is_decided: bool, meets_on: date | None, is_prepared: bool, today: date) -> State:
    """How far one review is: a meeting counts from its day."""
    if is_decided:
        return State.DECIDED
    if meets_on is not None and meets_on <= today:
        return State.MET
    return State.PREPARED if is_prepared else State.EMPTY


def has_been_heard(*, told_on: date | None, has_answered: bool, today: date) -> bool:
    """Whether an office-bearer had their say: they answered, or had their page for a day."""
    return has_answered or (told_on is not None and told_on + BEFOREHAND <= today)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Reviews of a branch by how far they are. left: that left the round since, in none of the others."""

    decided: int = 0
    met: int = 0
    prepared: int = 0
    empty: int = 0
    left: int = 0

    @property
    def of(self) -> int:
        """All that are still to be decided, or are."""
        return self.decided + self.met + self.prepared + self.empty

    @property
    def share(self) -> float:
        """Decided, from 0 to 1; with nothing left to review all of it is done."""
        return self.decided / self.of if self.of else 1.0

    @property
    def pct(self) -> int:
        """Whole per cent, rounded down: 100 only when all are decided."""
        return int(self.share * 100)

    def _parts(self) -> Iterator[tuple[State, int]]:
        yield from zip(
            (State.DECIDED, State.MET, State.PREPARED, State.EMPTY),
            (self.decided, self.met, self.prepared, self.empty),
            strict=True,
        )

    @property
    def squares(self) -> list[tuple[int, int, State]]:
        """A square for each review as (x, y, state), the decided first; none where there are too many to see."""
        if self.of > MOST_SQUARES:
            return []
        states = [state for state, n in self._parts() for _n in range(n)]
        return [(n % A_LINE * SIDE + 1, n // A_LINE * SIDE + 1, state) for n, state in enumerate(states)]

    @property
    def height(self) -> int:
        """Of the squares together."""
        return -(-self.of // A_LINE) * SIDE + 2

    @property
    def bars(self) -> list[tuple[float, float, State]]:
        """The same as one bar: (from, width, state) in per cent of its width."""
        found, start = [], 0.0
        for state, n in self._parts():
            width = 100 * n / self.of if self.of else 0.0
            found.append((round(start, 2), round(width, 2), state))
            start += width
        return found
