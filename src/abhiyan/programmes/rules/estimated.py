"""The fourth rung: what independent checks say of a unit. A room above answers; without one nothing was checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Estimated:
    """What the checks of one frame say of one unit. Of that frame alone: never of what is counted today.

    items: counted in the frame. rate, low, high: shares of them, from 0 to 1; None while fewer than `wanted` checks are
    finished. finished: of a unit below the districts not told before it has a grade. not_told: refused or not reached.
    ends_on: the planned end, while it is ahead. method: of the interval. href: how all of it compares.
    """

    frozen_on: date
    wanted: int
    href: Text
    items: int = 0
    finished: int | None = None
    not_told: int = 0
    rate: float | None = None
    low: float = 0
    high: float = 1
    method: Text = ""
    is_corrected: bool = False
    ends_on: date | None = None
    grade: str = ""


Of = Mapping[tuple[int, int, int], Estimated]  # programme, measure, unit
Asked = Callable[[], Of]  # read when it is called
_answers: list[Callable[[Sequence[int], Sequence[int], date], Asked]] = []


def answer_estimated(ask: Callable[[Sequence[int], Sequence[int], date], Asked]) -> None:
    """A room above says what its checks say: of these programmes, in these units, on that day."""
    _answers[:] = [ask]


def ask_estimated(programmes: Sequence[int], units: Sequence[int], *, on: date) -> Asked:
    """What checks say of units in programmes, as far as the scope in force sees it. Nothing of what has no frame."""
    asked = [ask(programmes, units, on) for ask in _answers]
    return lambda: {key: one for read in asked for key, one in read().items()}


def estimated(programmes: Sequence[int], units: Sequence[int], *, on: date) -> Of:
    """The same, read at once."""
    return ask_estimated(programmes, units, on=on)()
