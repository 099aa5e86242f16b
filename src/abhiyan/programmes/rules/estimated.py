"""The fourth rung: what independent checks say of a unit. A room above answers; without one nothing was checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from django.utils.functional import Promise

from abhiyan.ui.ladder import LEAST_REAL, WIDE, WORST
from abhiyan.ui.numbers import of_100

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RealShare:
    """The real ones among some items of a frame.

    items: in the frame. finished, not_told: checks answered, and refused or not reached. rate, low, high: shares of the
    items, from 0 to 1; rate is None while too few checks are finished. method: of the interval. is_corrected: the
    answers were corrected for verifiers' errors. unchecked: items without a phone, while no check of them is finished;
    then there is no rate.
    """

    items: int = 0
    finished: int = 0
    not_told: int = 0
    rate: float | None = None
    low: float = 0
    high: float = 1
    method: Text = ""
    is_corrected: bool = False
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class RealOf100:
    """The number of 100 that are real, in the whole numbers that every page says.

    about: the middle; None where naming it would say too much. low, high: the ends; None where that end is not said.
    Without any of the three the checks are too few to say anything.
    """

    about: int | None = None
    low: int | None = None
    high: int | None = None


def real_of_100(share: RealShare) -> RealOf100 | None:
    """Round a share of items for readers; None without a rate. The rounded numbers decide, for they are what is read.

    All or none of 100 is never said, because checks of a part cannot show it. Then the other end of the interval is the
    finding. An interval wider than WIDE has no middle; where it reaches 0 or 100 its other end is the finding too.
    """
    if share.rate is None:
        return None
    low, high = (min(100, max(0, of_100(end))) for end in sorted((share.low, share.high)))
    about = min(high, max(low, of_100(share.rate)))
    is_wide = high - low > WIDE
    is_all = about == 100 or (is_wide and high == 100)
    is_none = about == 0 or (is_wide and low == 0)
    if is_all and is_none:
        return RealOf100()
    if is_all:
        return RealOf100(low=min(low, 99))
    if is_none:
        return RealOf100(high=max(high, 1))
    return RealOf100(None if is_wide else about, low, high)


@dataclass(frozen=True, slots=True)
class Estimated:
    """The result of one frame's checks in one unit. It is about that frame, never about today's count.

    kind, measure: of the programme, for the words of what was entered. reported: since the frame before. entered: all
    items in the frame; counted: those with a sign from the phone; unanswered: the others; confirmed: those with the
    person's yes, where it was read. since: the day the frame before was frozen, else the programme's first day; None:
    not known. finished: None for a unit below the districts before it has a grade. ends_on: the planned end, while it
    is ahead. href: the page that compares units, if the unit is in its tree.
    """

    frozen_on: date
    wanted: int
    href: Text | None
    reported: int = 0
    entered: RealShare = RealShare()
    counted: RealShare = RealShare()
    unanswered: RealShare = RealShare()
    confirmed: RealShare = RealShare()
    since: date | None = None
    finished: int | None = None
    ends_on: date | None = None
    grade: str = ""
    kind: str = ""
    measure: int = 0


Of = Mapping[tuple[int, int, int], Estimated]  # programme, measure, unit
Asked = Callable[[], Of]  # read when it is called
_answers: list[Callable[[Sequence[int], Sequence[int], date], Asked]] = []


def answer_estimated(ask: Callable[[Sequence[int], Sequence[int], date], Asked]) -> None:
    """Register what a room above says of its checks: of these programmes, in these units, on that day."""
    _answers[:] = [ask]


def ask_estimated(programmes: Sequence[int], units: Sequence[int], *, on: date) -> Asked:
    """Ask what checks say of units in programmes, as far as the scope in force sees it.

    Nothing of what has no frame.
    """
    queries = [ask(programmes, units, on) for ask in _answers]
    return lambda: {key: estimate for read in queries for key, estimate in read().items()}


def estimated_rungs(programmes: Sequence[int], units: Sequence[int], *, on: date) -> Of:
    """Return the same as `ask_estimated`, read at once."""
    return ask_estimated(programmes, units, on=on)()


def least_real(whole: Estimated | None, parts: Mapping[int, Estimated]) -> int | None:
    """Return the part whose entries are least often real, by its key. None: checks tell no part apart from the whole.

    The difference of both rates has a 95% interval above 0. It is made from their two intervals: MOVER, G. Zou and A.
    Donner, Statistics in Medicine 27 (2008), 1693-1702.
    """
    real_share, share_by_unit = whole.entered if whole else RealShare(), {}
    if real_share.rate is None:
        return None
    for key, part in parts.items():
        share = part.entered
        if share.rate is None or part.grade or real_of_100(share) is None:
            continue
        if real_share.rate - share.rate > hypot(real_share.rate - real_share.low, share.high - share.rate):
            share_by_unit[key] = share.rate
    return min(share_by_unit, key=lambda key: (share_by_unit[key], key), default=None)


def is_doubted(estimate: Estimated | None) -> bool:
    """Return True where independent checks of a unit raise a flag on its items. None: it has no estimate."""
    return estimate is not None and (
        estimate.grade == WORST or (estimate.entered.rate is not None and estimate.entered.high < LEAST_REAL)
    )
