"""Two figures of each place against one another. Pure: numbers in, positions in per cent out."""

from collections.abc import Sequence
from dataclasses import dataclass

from abhiyan.ui import charts
from abhiyan.ui.ladder import Words

LEFT, RIGHT, TOP, BOTTOM = 9.0, 98.0, 4.0, 88.0  # of the plot inside its box, per cent


@dataclass(frozen=True, kw_only=True)
class ScatterDot:
    """One place. words: all it says, for the ear and the pointer."""

    name: str
    x: float
    y: float
    words: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """x_name, y_name: what the axes are, with their unit."""

    name: Words
    x_name: Words
    y_name: Words
    dots: Sequence[ScatterDot]


@dataclass(frozen=True)
class ScatterPlot:
    """Ticks: (position, value as written); dots: (x, y, dot). All in per cent of the box."""

    x_ticks: list[tuple[float, str]]
    y_ticks: list[tuple[float, str]]
    dots: list[tuple[float, float, ScatterDot]]


def plot_scatter(scatter: Scatter) -> ScatterPlot | None:
    """None while there is nothing to draw. Both axes begin at 0."""
    if not scatter.dots:
        return None
    x_ticks, x_top = axis(max(dot.x for dot in scatter.dots))
    y_ticks, y_top = axis(max(dot.y for dot in scatter.dots))

    def x_of(value: float) -> float:
        return round(LEFT + value / x_top * (RIGHT - LEFT), 2)

    def y_of(value: float) -> float:
        return round(BOTTOM - value / y_top * (BOTTOM - TOP), 2)

    return ScatterPlot(
        [(x_of(value), f"{value:g}") for value in x_ticks],
        [(y_of(value), f"{value:g}") for value in y_ticks],
        [(x_of(dot.x), y_of(dot.y), dot) for dot in scatter.dots],
    )


def axis(largest: float) -> tuple[list[float], float]:
    """Round values from 0 up to the first that holds the largest, and that one."""
    if largest <= 0:
        return [0.0, 1.0], 1.0
    unit = 1.0
    while largest / unit < 10 and unit > 1e-6:
        unit /= 10
    steps = charts.ticks(max(1, int(largest / unit)))
    step = (steps[1] if len(steps) > 1 else 1) * unit
    values, value = [0.0], 0
    while values[-1] < largest and len(values) < 20:
        value += 1
        values.append(round(value * step, 9))
    return values, values[-1]
