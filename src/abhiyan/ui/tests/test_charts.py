import itertools
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui.charts import (
    MOST_DAYS,
    PLOT_WIDTH,
    Day,
    FunnelStep,
    Trend,
    TrendPlot,
    plot_trend,
    ticks,
    widths,
)

FIRST = date(2026, 10, 9)
counts = st.none() | st.integers(0, 10**9)


def day(offset: int, **facts: int | None) -> Day:
    return Day(on=FIRST + timedelta(days=offset), **facts)


@given(
    st.lists(st.tuples(counts, counts, counts, counts), max_size=70),
    st.none() | st.integers(0, 10**9),
    st.integers(0, 60),
)
def test_nothing_of_a_trend_lies_outside_its_box(
    rows: list[tuple[int | None, ...]], target: int | None, length: int
) -> None:
    days = [
        Day(on=FIRST + timedelta(days=index), reported=a, counted=b, unsigned=c, confirmed=d)
        for index, (a, b, c, d) in enumerate(rows)
    ]
    drawn = plot_trend(
        Trend(name="m", begins_on=FIRST, ends_on=FIRST + timedelta(days=length), days=days, target=target)
    )
    if drawn is None:
        assert not rows
        return
    for line in drawn.lines:
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", line.path):
            assert 0 <= float(x) <= 10 * PLOT_WIDTH + 1
            assert 0 <= float(y) <= 100
        assert 0 <= line.end_x <= 100
        assert 0 <= line.end_y <= 100
    assert all(0 <= y <= 100 for y, _value in drawn.ticks)
    assert all(0 <= x <= 100 for x, _day, _anchor in drawn.dates)


def test_a_trend_fills_its_frame_up_to_its_last_day_however_high_the_target_is() -> None:
    drawn = plot_trend(
        Trend(
            name="m",
            begins_on=FIRST,
            ends_on=FIRST + timedelta(days=59),
            days=[day(0, counted=1), day(10, counted=500), day(20, counted=1_000)],
            target=1_200,
        )
    )
    assert drawn
    (counted,) = drawn.lines
    assert counted.end_x == PLOT_WIDTH and counted.end_y < 10
    assert [value for _y, value in drawn.ticks][-1] == 1_000
    assert drawn.pace.endswith(f"L{PLOT_WIDTH * 10:.0f} {100 - 420 / 1_060 * 100:.2f}"), (
        "what was due that day"
    )
    assert [on.on for _x, _wide, on in drawn.days] == [FIRST + timedelta(days=n) for n in (0, 10, 20)]
    assert all(0 <= x <= PLOT_WIDTH for x, _wide, _on in drawn.days)


def test_names_of_lines_stand_apart_even_when_the_lines_end_together() -> None:
    drawn = plot_trend(
        Trend(
            name="m",
            begins_on=FIRST,
            ends_on=FIRST,
            days=[day(0, reported=10, counted=10, unsigned=1, confirmed=10)],
        )
    )
    assert drawn
    places = sorted(line.end_y for line in drawn.lines)
    assert all(after - before >= 7.9 for before, after in itertools.pairwise(places))


def test_days_before_the_window_are_not_drawn_and_no_day_is_no_trend() -> None:
    early = Trend(name="m", begins_on=FIRST, ends_on=FIRST, days=[day(-1, reported=1)])
    assert plot_trend(early) is None


def test_reported_neither_has_a_line_nor_stretches_the_scale_of_what_is_due() -> None:
    def drawn(reported: int) -> TrendPlot | None:
        days = [day(n, reported=reported * n, counted=30 * n, confirmed=10 * n) for n in range(9)]
        return plot_trend(
            Trend(name="m", begins_on=FIRST, ends_on=FIRST + timedelta(60), days=days, target=400)
        )

    few, many = drawn(1), drawn(9_000)
    assert few and many and (few.lines, few.ticks, few.pace) == (many.lines, many.ticks, many.pace)
    assert {line.rung for line in few.lines} == {"counted", "confirmed"}


def test_years_of_days_are_thinned_and_keep_the_last() -> None:
    days = [day(offset, counted=offset) for offset in range(2_000)]
    drawn = plot_trend(Trend(name="m", begins_on=FIRST, ends_on=days[-1].on, days=days))
    assert drawn
    assert drawn.lines[0].path.count("L") <= MOST_DAYS
    assert drawn.last == days[-1]


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0, [0]), (1, [0, 1]), (7, [0, 2, 4, 6]), (636_000, [0, 200_000, 400_000, 600_000])],
)
def test_ticks_are_round_numbers(top: int, expected: list[int]) -> None:
    assert ticks(top) == expected


@given(st.integers(1, 10**12))
def test_a_chart_has_few_ticks(top: int) -> None:
    assert 2 <= len(ticks(top)) <= 7


def test_a_funnel_is_drawn_against_its_largest_step() -> None:
    steps = [
        FunnelStep(name="calls", value=200),
        FunnelStep(name="links", value=50),
        FunnelStep(name="few", value=None),
    ]
    assert widths(steps) == [100, 25, 0]
    assert widths([]) == []
    assert widths([FunnelStep(name="none", value=0)]) == [0]
