"""Plan the number of checks for a width, and their cost: before anybody is asked. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from . import draws
from .estimates import GRADED, Mean, interval

MOST_TELLING = 500  # checks aimed at once where they tell most.
FLOOR = 40  # checks of a district, so that its own interval says something.
SECONDS = 0.10  # share of finished checks that somebody else makes again.
VISITED = 0.4  # share of people not reached who are visited, drawn at random


@dataclass(frozen=True, slots=True)
class Size:
    """The items of one shade of a district. is_signed: it belongs to the headline."""

    items: int
    is_signed: bool = True


District = Sequence[Size]


@dataclass(frozen=True, slots=True)
class Expected:
    """The expected results of the checks.

    Shares from 0 to 1: `rate` of the finished are genuine; of the drawn some refuse and some are not reached by
    phone, and of these a share is visited. tries: calls for one check, on the mean. minutes: of one call, with
    what is written down. way: minutes of one visit.
    """

    rate: float = 0.85
    refused: float = 0.05
    not_reached: float = 0.25
    visited: float = VISITED
    tries: float = 2.2
    minutes: float = 4.0
    way: float = 45.0

    @property
    def open(self) -> float:
        """Return the share nobody can tell, carried as bounds: a visit settles for all who were not reached."""
        return self.refused + (0 if self.visited else self.not_reached)

    @property
    def finished(self) -> float:
        """Return the share of the drawn whose check is finished, by phone or by visit."""
        return 1 - self.refused - self.not_reached * (1 - self.visited)


@dataclass(frozen=True, slots=True)
class PlannedDraw:
    """A plan. drawn: of each district, in the order given, of each of its shades.

    width, widths: to expect of the headline, of the whole and of each district, shares of 1; None where so few checks
    are finished that no number is shown. calls, visits, hours: what it costs, second checks included.
    """

    drawn: tuple[tuple[int, ...], ...]
    width: float | None
    widths: tuple[float | None, ...]
    calls: int
    visits: int
    hours: int

    @property
    def checks(self) -> int:
        """Count all checks."""
        return sum(map(sum, self.drawn))


def split_checks(
    districts: Sequence[Sequence[int]], checks: int, floor: int | Sequence[int]
) -> list[list[int]]:
    """Return how many of each shade of each district are drawn. districts: items of each shade.

    A district's checks go to its shades in proportion, at least one each, at most half (`draws.district_shares`).
    """
    wanted = draws.district_shares([sum(shades) for shades in districts], checks, floor)
    return [draws.district_shares(shades, n, 1) for shades, n in zip(districts, wanted, strict=True)]


def _pairs(districts: Sequence[District], checks: int, floor: int) -> list[list[tuple[Size, int]]]:
    """Return each district's shades, with the number drawn from each."""
    drawn = split_checks([[size.items for size in shades] for shades in districts], checks, floor)
    return [list(zip(shades, n_drawn, strict=True)) for shades, n_drawn in zip(districts, drawn, strict=True)]


def headline_width(strata: Iterable[tuple[Size, int]], of: Expected) -> float | None:
    """Return the width to expect of the published interval of the headline; None where no number would be shown.

    As `estimates.estimate_share` makes it when the answers come as expected: a stratum without a check is carried
    whole.
    """
    headline = [(size.items, drawn) for size, drawn in strata if size.is_signed]
    n, n_known = sum(drawn for _, drawn in headline), sum(items for items, drawn in headline if drawn)
    if n * of.finished < GRADED:
        return None
    # Double sampling, without its terms in 1 / items: who is visited speaks for all who were not reached.
    more = of.not_reached * (1 / of.visited - 1) if of.visited else 0.0
    share = n_known / sum(items for items, _ in headline)
    ends = []
    for rate, unknown in (of.rate * (1 - of.open), 0.0), (of.rate * (1 - of.open) + of.open, 1 - share):
        spread = sum(
            (items / n_known) ** 2 * (1 - drawn / items + more) / max(1, drawn - 1)
            for items, drawn in headline
            if drawn
        )
        ends.append(interval(Mean(rate * share + unknown, spread * rate * (1 - rate) * share**2, n)))
    return ends[1][1] - ends[0][0]


def plan_draw(
    districts: Sequence[District], checks: int, expected: Expected = Expected(), *, floor: int = FLOOR
) -> PlannedDraw:
    """Return what `checks` checks bring. districts: in the frame, each with its shades; any may be empty."""
    pairs = _pairs(districts, checks, floor)
    all_drawn = sum(drawn for district in pairs for _, drawn in district)
    made = all_drawn * (1 + expected.finished * SECONDS)
    calls = round(made * expected.tries)
    visits = round(all_drawn * expected.not_reached * expected.visited)
    return PlannedDraw(
        tuple(tuple(drawn for _, drawn in district) for district in pairs),
        headline_width(chain.from_iterable(pairs), expected),
        tuple(headline_width(district, expected) for district in pairs),
        calls,
        visits,
        -(-round(calls * expected.minutes + visits * expected.way) // 60),
    )


def checks_needed(
    districts: Sequence[District], width: float, expected: Expected = Expected(), *, floor: int = FLOOR
) -> int | None:
    """Return the fewest checks whose whole has an interval of at most `width`.

    None where no number of checks brings it: at most half is drawn, and what nobody can tell is part of the
    width.
    """

    def holds(checks: int) -> bool:
        width_found = headline_width(chain.from_iterable(_pairs(districts, checks, floor)), expected)
        return width_found is not None and width_found <= width

    return _fewest(_whole(districts), holds)


def floor_for(districts: Sequence[District], width: float, expected: Expected = Expected()) -> int | None:
    """Return the fewest checks of each district with which every district that can has an interval of at most
    `width`.

    None where none can, with half of its items drawn.
    """

    def reached(widths: Sequence[float | None]) -> set[int]:
        return {at for at, width_here in enumerate(widths) if width_here is not None and width_here <= width}

    most = _whole(districts)
    able = reached(plan_draw(districts, most, expected).widths)
    if not able:
        return None
    return _fewest(most, lambda floor: able <= reached(plan_draw(districts, 0, expected, floor=floor).widths))


def _whole(districts: Sequence[District]) -> int:
    return sum(size.items for shades in districts for size in shades)


def _fewest(most: int, holds: Callable[[int], bool]) -> int | None:
    """Return the least number from 1 to `most` for which something holds that then goes on holding."""
    at = bisect_left(range(1, most + 1), x=True, key=holds)
    return at + 1 if at < most else None
