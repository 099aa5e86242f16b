import re
from dataclasses import astuple, replace
from typing import Any

from django.template import engines
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui import maps
from abhiyan.ui.ladder import (
    DEFINITIONS,
    WIDE,
    EstimatePlot,
    LadderShown,
    Span,
    as_ladder,
    plot_estimate,
    plot_ladder,
)

counts = st.none() | st.integers(0, 10**9)
shares = st.none() | st.floats(0, 1)
ladders = st.builds(
    LadderShown,
    name=st.just("Members"),
    target=counts,
    reported=counts,
    unsigned=counts,
    counted=counts,
    confirmed=counts,
    estimate=shares,
    low=shares,
    high=shares,
    pace_pct=st.none() | st.floats(0, 100),
)


@given(ladders)
def test_nothing_of_a_ladder_lies_outside_its_plot(ladder: LadderShown) -> None:
    for value in astuple(plot_ladder(ladder)):
        if isinstance(value, tuple):
            start, width = value
            assert start >= 0
            assert width >= 0
            assert start + width <= 100 + 1e-9
        elif value is not None:
            assert 0 <= value <= 100


@given(ladders)
def test_bars_keep_their_order(ladder: LadderShown) -> None:
    drawn = plot_ladder(ladder)
    if drawn.counted and drawn.confirmed and ladder.counted is not None and ladder.confirmed is not None:
        assert (ladder.counted >= ladder.confirmed) == (
            drawn.counted.width >= drawn.confirmed.width - 1e-9
        ) or abs(drawn.counted.width - drawn.confirmed.width) < 1e-6


# Figures without a length on the scale of people: a number that is only reported, and a rate.
unscaled = st.fixed_dictionaries({"reported": counts, "estimate": shares, "low": shares, "high": shares})


@given(ladders, unscaled)
def test_nothing_on_the_targets_scale_moves_with_reported_or_the_estimate(
    ladder: LadderShown, other: dict[str, Any]
) -> None:
    assert plot_ladder(ladder) == plot_ladder(replace(ladder, **other))
    assert plot_ladder(ladder, top=500) == plot_ladder(replace(ladder, **other), top=500)


def drawn_parts(ladder: LadderShown, pattern: str) -> list[str]:
    """The drawings of a ladder on a page, large and thin, that fit a pattern."""
    source = engines["django"].from_string("{% ladder l %}{% mini l %}")
    return re.findall(pattern, source.render({"l": ladder}, RequestFactory().get("/")), re.DOTALL)


ON_THE_SCALE = r'<svg class="(?:bar|mini-ladder)".*?</svg>'
IN_THE_BOX = r'<span class="hundred".*?</span>'


@given(ladders, unscaled)
def test_a_page_draws_neither_reported_nor_the_estimate_among_the_bars(
    ladder: LadderShown, other: dict[str, Any]
) -> None:
    changed = replace(ladder, **other)
    assert drawn_parts(ladder, ON_THE_SCALE) == drawn_parts(changed, ON_THE_SCALE)
    apart = replace(changed, target=7, counted=5, confirmed=3, unsigned=None)
    assert drawn_parts(changed, IN_THE_BOX) == drawn_parts(apart, IN_THE_BOX)
    assert not any("<rect class" in box for box in drawn_parts(changed, IN_THE_BOX))


@given(ladders, counts)
def test_a_row_has_one_bar_of_counted_with_what_waits_for_the_phone(
    ladder: LadderShown, confirmed: int | None
) -> None:
    """The other numbers of a row are numbers: nobody reads unlabelled stripes."""
    (row,) = drawn_parts(ladder, r'<svg class="mini-ladder".*?</svg>(?!<)')
    assert (
        row == drawn_parts(replace(ladder, confirmed=confirmed), r'<svg class="mini-ladder".*?</svg>(?!<)')[0]
    )
    assert set(re.findall(r'<rect class="(\w+)"', row)) <= {"f2", "f2u"}
    assert len(set(re.findall(r'<rect [^>]*y="([^"]*)"', row))) <= 1, "all in one line"
    assert len(re.findall('class="tgt"', row)) == (ladder.target is not None)


@given(st.lists(ladders, min_size=1, max_size=4), unscaled)
def test_no_circle_of_a_map_moves_with_reported_or_the_estimate(
    drawn: list[LadderShown], other: dict[str, Any]
) -> None:
    def circles(some: list[LadderShown]) -> list[tuple[float | None, ...]]:
        places = [maps.MapPlace(name=f"{n}", lon=75 + n, lat=33, ladder=one) for n, one in enumerate(some)]
        drawing = maps.draw_map(places)
        assert drawing is not None
        return [(one.x, one.y, one.r_target, one.r_counted) for one in drawing.symbols]

    assert circles(drawn) == circles([replace(one, **other) for one in drawn])


@given(shares, shares, shares)
def test_an_estimate_lies_in_a_box_from_0_to_100_with_its_point_inside_the_interval(
    rate: float | None, low: float | None, high: float | None
) -> None:
    drawn = plot_estimate(rate, low, high)
    if rate is None or low is None or high is None:
        assert drawn is None
        return
    assert drawn is not None
    start, end = drawn.span.start, drawn.span.start + drawn.span.width
    assert 0 <= start <= end <= 100 + 1e-9
    if drawn.point is not None:
        assert start - 1e-9 <= drawn.point <= end + 1e-9
        assert 0 < round(drawn.point) < 100 and round(end) - round(start) <= WIDE


@given(st.floats(0, 1), counts, counts)
def test_the_box_of_an_estimate_is_the_same_whatever_the_counts_are(
    rate: float, target: int | None, counted: int | None
) -> None:
    one, other = (
        LadderShown(name="m", target=n, counted=counted, estimate=rate, low=rate, high=rate)
        for n in (target, 1)
    )
    assert plot_estimate(one.estimate, one.low, one.high) == plot_estimate(
        other.estimate, other.low, other.high
    )


def test_a_wide_interval_has_no_point_and_neither_has_all_or_none() -> None:
    assert plot_estimate(0.82, 0.73, 0.87) == EstimatePlot(Span(73, 14), 82)
    for rate, low, high in ((0.87, 0.25, 0.98), (1.0, 0.73, 1.0), (0.0, 0.0, 0.27), (0.999, 0.9, 1.0)):
        drawn = plot_estimate(rate, low, high)
        assert drawn is not None and drawn.point is None


def test_what_the_phone_has_not_answered_goes_on_where_counted_ends() -> None:
    drawn = plot_ladder(LadderShown(name="Members", target=100, reported=80, counted=40, unsigned=20), room=1)
    assert drawn.counted == Span(0, 40)
    assert drawn.unsigned == Span(40, 20)


def test_no_target_and_no_number_is_an_empty_plot_and_no_error() -> None:
    drawn = plot_ladder(LadderShown(name="Members"))
    assert drawn.target is None
    assert drawn.counted is None


def test_a_target_of_nothing_is_a_target() -> None:
    assert plot_ladder(LadderShown(name="Members", target=0, counted=3)).target == 0
    assert LadderShown(name="Members", target=0, counted=3, pace_pct=50).behind == 0


def test_behind_is_measured_on_what_was_counted() -> None:
    counted = LadderShown(name="Members", target=1_000, counted=700, pace_pct=72)
    assert (counted.due, counted.behind) == (720, 20)
    assert replace(counted, estimate=0.6).behind == 20, "an estimate is of a frame, not of today"
    assert replace(counted, counted=None).behind == 0, "fewer than 10 tell of nobody"
    assert LadderShown(name="Members", counted=3, pace_pct=50).behind == 0


def test_nobody_is_behind_on_the_first_day() -> None:
    first = LadderShown(name="Members", target=300, counted=1, pace_pct=5, day=1, days=20)
    assert first.behind == 0
    assert replace(first, day=2, pace_pct=10).behind == 29


def test_a_measure_may_define_its_own_rungs() -> None:
    ladder = LadderShown(name="Stays", definitions={"confirmed": "Twenty-four hours by the evidence itself."})
    assert ladder.definition("confirmed") == "Twenty-four hours by the evidence itself."
    assert ladder.definition("counted") == DEFINITIONS["counted"]


def test_a_mapping_with_the_same_names_will_do() -> None:
    assert as_ladder({"name": "Members", "reported": 3, "code": "members"}) == LadderShown(
        name="Members", reported=3
    )
