"""Rules of review rounds: which days stand, how far a review is, what coverage is, and how it is drawn."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from abhiyan.ui.squares import Shape, Squares

LONGEST_ROUND = timedelta(days=366)
LONGEST_NAME, LONGEST_TEXT, LONGEST_REASON = 120, 2_000, 200
BEFOREHAND = timedelta(days=1)  # so long an office-bearer has their page before anybody decides
A_WEEK = timedelta(days=7)


class ReviewState(StrEnum):
    """The steps of a review."""

    EMPTY = "empty"
    PREPARED = "prepared"
    MET = "met"
    DECIDED = "decided"


SHAPES = {
    ReviewState.DECIDED: Shape.FULL,
    ReviewState.MET: Shape.HALF,
    ReviewState.PREPARED: Shape.OPEN,
    ReviewState.EMPTY: Shape.EMPTY,
}


def days_stand(begins_on: date, ends_on: date, *, today: date) -> bool:
    """Return True if a round may have these days: in order, not over, at most a year."""
    return begins_on <= ends_on and today <= ends_on and ends_on - begins_on <= LONGEST_ROUND


def due_share(begins_on: date, ends_on: date, *, today: date) -> float:
    """Return the share of a round's days that are over. From 0 to 1."""
    gone, days = (today - begins_on).days, (ends_on - begins_on).days + 1
    return min(1.0, max(0.0, gone / days))


def asked_so_far(n: int, *, since: date, ends_on: date, today: date) -> int:
    """Return how many of n reviews are due by now, where somebody has had them since a day: those of the days over."""
    gone, days = max(0, (today - since).days), max(1, (ends_on - since).days + 1)
    return (2 * n * gone + days) // (2 * days)


def review_state(*, is_decided: bool, is_met: bool, is_prepared: bool) -> ReviewState:
    """Return how far one review is. A day set for the meeting is not a meeting held."""
    if is_decided:
        return ReviewState.DECIDED
    if is_met:
        return ReviewState.MET
    return ReviewState.PREPARED if is_prepared else ReviewState.EMPTY


def has_been_heard(*, told_on: date | None, has_answered: bool, today: date) -> bool:
    """Return True if an office-bearer had their say: they answered, or had their page for a day."""
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
        """Count all that are still to be decided, or are."""
        return self.decided + self.met + self.prepared + self.empty

    @property
    def share(self) -> float:
        """Return the decided share, from 0 to 1; with nothing left to review all of it is done."""
        return self.decided / self.of if self.of else 1.0

    @property
    def pct(self) -> int:
        """Return whole per cent, rounded down: 100 only when all are decided."""
        return int(self.share * 100)

    @property
    def drawn(self) -> Squares:
        """Return a square for each review, the decided first."""
        counts = (self.decided, self.met, self.prepared, self.empty)
        return Squares(list(zip(SHAPES.values(), counts, strict=True)))
