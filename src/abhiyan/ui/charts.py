"""The trend of one measure, the funnel of one drive, and bars of what came in. Pure: numbers in, positions out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from abhiyan.core.numbers import grouped
from abhiyan.ui.ladder import EarlierDrive, Words

# The lines end here; right of it stand their last values.
PLOT_WIDTH = 86.0
MOST_DAYS = 400
# An earlier drive is a line of the trend while it lies at most so many times above the rest; else only words.
MOST_ABOVE = 2.0


def far_above(before: EarlierDrive) -> str:
    """Say the total of an earlier drive that is too large to be drawn beside this one."""
    words = _("The total of %(name)s lies far above this picture: %(n)s.")
    return words % {"name": before.name, "n": grouped(before.n)}


@dataclass(frozen=True, kw_only=True)
class Day:
    """The state at the end of one day: totals since the programme began, not what the day added."""

    on: date
    reported: int | None = None
    counted: int | None = None
    unsigned: int | None = None
    confirmed: int | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One measure of one unit, day by day, inside its window. `days` in order; days may be missing."""

    name: Words
    begins_on: date
    ends_on: date
    days: Sequence[Day]
    target: int | None = None
    before: EarlierDrive | None = None


@dataclass(frozen=True)
class ChartLine:
    """`path` lies in a box of 1000 by 100; `end_y`: where its name stands, in per cent, apart from the others."""

    rung: str
    path: str
    end_x: float
    end_y: float


@dataclass(frozen=True)
class TrendPlot:
    """The template draws this. Ticks: (y, value). Dates: (x, day, text-anchor). Days: (the middle of its strip, how
    wide that is, the day). All but paths in per cent.
    """

    lines: list[ChartLine]
    ticks: list[tuple[float, int]]
    dates: list[tuple[float, date, str]]
    days: list[tuple[float, float, Day]]
    pace: str
    last: Day
    before: float | None = None  # where the earlier drive's total lies; None: too far above, or none


def ticks(top: int, *, about: int = 4) -> list[int]:
    """Round numbers from 0 to `top`: steps of 1, 2 or 5, about so many of them."""
    if top <= 0:
        return [0]
    rough = max(1.0, top / about)
    size = 10 ** math.floor(math.log10(rough))
    step = next(int(factor * size) for factor in (1, 2, 5, 10) if factor * size >= rough * 0.999)
    return list(range(0, top + 1, max(1, step)))


def plot_trend(trend: Trend) -> TrendPlot | None:
    """None while there is no day to draw.

    The lines fill the frame: time ends with the last day, numbers with the largest of them or what was due by then.
    Reported has no line: it is a number, never a part of what is due.
    """
    days = [day for day in trend.days if trend.begins_on <= day.on]
    if not days:
        return None
    if len(days) > MOST_DAYS:
        step = -(-len(days) // MOST_DAYS)
        days = [*days[:-1:step], days[-1]]
    last = days[-1]
    length = max(1, (last.on - trend.begins_on).days)
    window = max(1, (trend.ends_on - trend.begins_on).days + 1)
    due = (trend.target or 0) * min(1.0, (length + 1) / window)
    rungs = {
        "counted": [day.counted for day in days],
        "unsigned": [
            None if not day.unsigned or day.counted is None else day.counted + day.unsigned for day in days
        ],
        "confirmed": [day.confirmed for day in days],
    }
    largest = max(value or 0 for values in rungs.values() for value in values)
    top = max(largest, due, 1)
    before = trend.before.n if trend.before and trend.before.n <= top * MOST_ABOVE else None
    top = max(top, before or 0) * 1.06

    across = [min(1.0, max(0.0, (day.on - trend.begins_on).days / length)) * PLOT_WIDTH for day in days]

    def y_of(value: float) -> float:
        return min(100.0, max(0.0, 100 - value / top * 100))

    lines = []
    for rung, values in rungs.items():
        points = [(x, y_of(value)) for x, value in zip(across, values, strict=True) if value is not None]
        if not points:
            continue
        path = "M" + "L".join(f"{x * 10:.1f} {y:.2f}" for x, y in points) + ("h1" if len(points) == 1 else "")
        lines.append(ChartLine(rung=rung, path=path, end_x=points[-1][0], end_y=points[-1][1]))
    wide = PLOT_WIDTH / max(1, len(days) - 1)
    return TrendPlot(
        lines=_apart(lines),
        ticks=[(y_of(value), value) for value in ticks(int(top))],
        dates=[(0.0, trend.begins_on, "start"), (PLOT_WIDTH, last.on, "end")][
            : 1 + (last.on > trend.begins_on)
        ],
        days=[(x, wide, day) for x, day in zip(across, days, strict=True)],
        pace=f"M0 {y_of(0):.2f}L{PLOT_WIDTH * 10:.0f} {y_of(due):.2f}" if trend.target else "",
        last=last,
        before=None if before is None else y_of(before),
    )


def _apart(lines: list[ChartLine], room: float = 8.0) -> list[ChartLine]:
    """Names of lines that end close together are moved apart, first up from the bottom, then back from the top."""
    order = sorted(lines, key=lambda line: -line.end_y)
    at: list[float] = []
    for line in order:
        at.append(min(line.end_y, at[-1] - room) if at else min(line.end_y, 98.0))
    ceiling = 2.0
    for place in range(len(at) - 1, -1, -1):
        at[place] = max(at[place], ceiling)
        ceiling = at[place] + room
    return [
        ChartLine(rung=line.rung, path=line.path, end_x=line.end_x, end_y=min(100.0, y))
        for line, y in zip(order, at, strict=True)
    ]


@dataclass(frozen=True, kw_only=True)
class FunnelStep:
    """One step of a funnel. `value` None: too few to be shown."""

    name: Words
    value: int | None
    note: Words = ""


def widths(steps: Sequence[FunnelStep]) -> list[float]:
    """Each step in per cent of the largest, 0 to 100."""
    top = max((step.value or 0 for step in steps), default=0) or 1
    return [min(100.0, max(0.0, (step.value or 0) / top * 100)) for step in steps]


@dataclass(frozen=True)
class ChartBar:
    """One bar in a box of 1000 by 100."""

    x: float
    width: float
    y: float
    height: float
    is_last: bool


def plot_bars(values: Sequence[int]) -> list[ChartBar]:
    """Bars side by side, on a scale made by the largest of them."""
    top = max(values, default=0) * 1.04 or 1
    wide = 1000 / len(values) if values else 0
    return [
        ChartBar(
            x=number * wide + wide * 0.12,
            width=wide * 0.76,
            y=100 - value / top * 100,
            height=value / top * 100,
            is_last=number == len(values) - 1,
        )
        for number, value in enumerate(values)
    ]
