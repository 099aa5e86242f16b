"""Rules of review rounds: which days stand, what coverage is, and how it is drawn."""

from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_ROUND = timedelta(days=366)
LONGEST_NAME, LONGEST_TEXT = 120, 2_000
MOST_SQUARES = 60  # more units are drawn as a bar
A_LINE, SIDE = 20, 12  # squares in a line; of one, with its gap


def days_stand(begins_on: date, ends_on: date, *, today: date) -> bool:
    """Whether a new round may have these days: in order, not over, at most a year."""
    return begins_on <= ends_on and today <= ends_on and ends_on - begins_on <= LONGEST_ROUND


@dataclass(frozen=True, slots=True)
class Coverage:
    """Units of a branch: how many are decided, of how many. closed: closed since the round began, in neither."""

    decided: int
    of: int
    closed: int = 0

    @property
    def share(self) -> float:
        """Decided, from 0 to 1; with nothing left to review all of it is done."""
        return self.decided / self.of if self.of else 1.0

    @property
    def pct(self) -> int:
        """Whole per cent, rounded down: 100 only when all are decided."""
        return int(self.share * 100)

    @property
    def squares(self) -> list[tuple[int, int, bool]]:
        """A square for each unit as (x, y, decided), the decided first; none where there are too many to see."""
        if self.of > MOST_SQUARES:
            return []
        return [(n % A_LINE * SIDE + 1, n // A_LINE * SIDE + 1, n < self.decided) for n in range(self.of)]

    @property
    def height(self) -> int:
        """Of the squares together."""
        return -(-self.of // A_LINE) * SIDE + 2
