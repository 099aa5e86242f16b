"""The ladder's numbers, and the change that an activity posts to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from abhiyan.ui.ladder import LadderShown

REPORTED, UNSIGNED, COUNTED, CONFIRMED = 10, 15, 20, 30
# What the ledger takes. Those below 10 are an activity's own, such as steps of its funnel, and on no ladder.
RUNGS = (*range(1, REPORTED), REPORTED, UNSIGNED, COUNTED, CONFIRMED)

NUMBER_OF_RUNG = {"reported": REPORTED, "unsigned": UNSIGNED, "counted": COUNTED, "confirmed": CONFIRMED}


class TallyChange(NamedTuple):
    """A tally goes up or down by `n`: a reversal carries the day and channel of what it reverses."""

    programme_id: int
    measure: int
    channel: int
    unit_id: int
    day: date  # field day in the programme's zone
    rung: int
    n: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """One measure of one unit. None on a rung: too few to be shown here (fewer than 10).

    counted is without `unsigned`: what passes every rule but whose phone has not answered yet.
    is_rounded: seen from outside, so as of the last closed day and rounded to 10.
    parts: figures of what the total is made of, by the key of the activity's part; empty where not read.
    """

    reported: int | None = 0
    unsigned: int | None = 0
    counted: int | None = 0
    confirmed: int | None = 0
    is_rounded: bool = False
    parts: Mapping[str, int | None] = field(default_factory=dict, compare=False)

    @property
    def is_told(self) -> bool:
        """Return False where no figure is large enough to be shown."""
        figures = (self.reported, self.unsigned, self.counted, self.confirmed, *self.parts.values())
        return any(n is not None for n in figures)

    @property
    def entries(self) -> int | None:
        """Return everything that passes the rules, signed or not, as far as it is shown; None where neither
        figure is."""
        numbers = [n for n in (self.counted, self.unsigned) if n is not None]
        return sum(numbers) if numbers else None


def has_figures(figures: Ladder | LadderShown, target: int | None) -> bool:
    """Return whether pages show a measure in a unit: it has a target there, or something was entered there.

    With a target a 0 is a finding, so it is shown. From outside fewer than 10 count as nothing: to show these alone
    would tell few from none.
    """
    rungs = (figures.reported, figures.unsigned, figures.counted, figures.confirmed)
    return bool(target) or any(rungs)
