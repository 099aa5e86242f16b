"""Small squares, one for each thing by how far it is: units, reviews, periods. Of many, one bar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 60  # more are drawn as a bar
A_LINE, SIDE = 20, 12  # squares in a line; of one, with its gap


class Shape(StrEnum):
    """How a square is drawn: by shape first, so that it also prints in black."""

    FULL = "full"
    HALF = "half"
    BACK = "back"  # sent back: an arrow
    CROSSED = "crossed"
    OPEN = "open"
    EMPTY = "empty"  # dashed
    WAITING = "waiting"  # faint: not its time yet
    ABSENT = "absent"  # a dash: nothing was asked


# A map shows by shape how far the work of a unit is. The legend and each name have these words.
WORK: Mapping[Shape, Promise] = {
    Shape.EMPTY: _("nothing yet"),
    Shape.OPEN: _("less than half"),
    Shape.CROSSED: _("checks find many not real"),
    Shape.HALF: _("half or more"),
    Shape.FULL: _("all of it"),
    Shape.WAITING: _("nothing to do yet"),
    Shape.ABSENT: _("not known"),
}


def work_shape(n: int | None, due: int) -> Shape:
    """How much of what is due is there. n: None where it is not shown."""
    if n is None:
        return Shape.ABSENT
    if due <= 0:
        return Shape.WAITING
    if n >= due:
        return Shape.FULL
    return Shape.HALF if 2 * n >= due else Shape.OPEN if n else Shape.EMPTY


def work_legend(shapes: Iterable[Shape]) -> list[tuple[Shape, Promise]]:
    """List the shapes that are drawn with their words, the least first."""
    drawn = set(shapes)
    return [(shape, words) for shape, words in WORK.items() if shape in drawn]


@dataclass(frozen=True, slots=True)
class Squares:
    """Parts in their order: a shape and how many of it."""

    parts: Sequence[tuple[Shape, int]]

    @property
    def of(self) -> int:
        return sum(n for _shape, n in self.parts)

    @property
    def squares(self) -> list[tuple[int, int, Shape]]:
        """Each as (x, y, shape); none where there are too many to see."""
        if self.of > MOST:
            return []
        shapes = [shape for shape, n in self.parts for _n in range(n)]
        return [(n % A_LINE * SIDE + 1, n // A_LINE * SIDE + 1, shape) for n, shape in enumerate(shapes)]

    @property
    def width(self) -> int:
        """Of the squares together."""
        return min(self.of, A_LINE) * SIDE + 2

    @property
    def height(self) -> int:
        return -(-self.of // A_LINE) * SIDE + 2

    @property
    def bars(self) -> list[tuple[float, float, Shape]]:
        """The same as one bar: (from, width, shape) in per cent of its width."""
        bars, start = [], 0.0
        for shape, n in self.parts:
            width = 100 * n / self.of if self.of else 0.0
            bars.append((round(start, 2), round(width, 2), shape))
            start += width
        return bars
