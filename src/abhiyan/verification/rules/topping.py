"""More checks of a frame that is drawn: by a number or a width, never by a result. Pure."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import chain

from .planning import Expected, Size, headline_width, split_checks


@dataclass(frozen=True, slots=True)
class DrawnSizes:
    """The draw of a frame. sizes, drawn: of each shade of each district."""

    sizes: tuple[tuple[Size, ...], ...]
    drawn: tuple[tuple[int, ...], ...]

    @property
    def checks(self) -> int:
        """Count all checks."""
        return sum(map(sum, self.drawn))

    def width(self, expected: Expected) -> float | None:
        """Return the width to expect of the headline of the whole; None where there are not enough checks for a
        number."""
        sizes, drawn = chain(*self.sizes), chain(*self.drawn)
        return headline_width(list(zip(sizes, drawn, strict=True)), expected)

    def grown(self, wanted: int) -> "DrawnSizes":
        """Draw in proportion, as if `wanted` were drawn of the whole; where more are drawn already they stay."""
        shared = split_checks([[size.items for size in sizes] for sizes in self.sizes], wanted, 0)
        return DrawnSizes(
            self.sizes,
            tuple(tuple(map(max, had, more)) for had, more in zip(self.drawn, shared, strict=True)),
        )

    @property
    def items(self) -> int:
        """Count all items of the frame."""
        return sum(size.items for sizes in self.sizes for size in sizes)


def topped_up(drawn: DrawnSizes, checks: int) -> DrawnSizes:
    """Return the most that can be drawn in proportion with at most `checks` checks in all."""
    at = bisect_right(range(drawn.items + 1), checks, key=lambda wanted: drawn.grown(wanted).checks)
    return drawn.grown(max(0, at - 1))


def topped_up_to(drawn: DrawnSizes, width: float, expected: Expected) -> DrawnSizes | None:
    """Return the fewest checks whose headline has an interval of at most `width`; None where half of all does
    not bring it."""

    def holds(wanted: int) -> bool:
        new_width = drawn.grown(wanted).width(expected)
        return new_width is not None and new_width <= width

    at = bisect_left(range(drawn.items + 1), x=True, key=holds)
    return drawn.grown(at) if at <= drawn.items else None
