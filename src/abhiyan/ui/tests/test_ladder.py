from dataclasses import astuple, replace

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.ui.ladder import DEFINITIONS, LadderShown, Span, as_ladder, plot

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
    for value in astuple(plot(ladder)):
        if isinstance(value, tuple):
            start, width = value
            assert start >= 0
            assert width >= 0
            assert start + width <= 100 + 1e-9
        elif value is not None:
            assert 0 <= value <= 100


@given(ladders)
def test_bars_keep_their_order(ladder: LadderShown) -> None:
    drawn = plot(ladder)
    if drawn.reported and drawn.confirmed and ladder.reported is not None and ladder.confirmed is not None:
        assert (ladder.reported >= ladder.confirmed) == (
            drawn.reported.width >= drawn.confirmed.width - 1e-9
        ) or abs(drawn.reported.width - drawn.confirmed.width) < 1e-6


def test_what_the_phone_has_not_answered_goes_on_where_counted_ends() -> None:
    drawn = plot(LadderShown(name="Members", target=100, reported=80, counted=40, unsigned=20), room=1)
    assert drawn.counted == Span(0, 40)
    assert drawn.unsigned == Span(40, 20)


def test_no_target_and_no_number_is_an_empty_plot_and_no_error() -> None:
    drawn = plot(LadderShown(name="Members"))
    assert drawn.target is None
    assert drawn.reported is None


def test_a_target_of_nothing_is_a_target() -> None:
    assert plot(LadderShown(name="Members", target=0, counted=3)).target == 0
    assert LadderShown(name="Members", target=0, counted=3, pace_pct=50).behind == 0


def test_the_estimate_is_drawn_in_its_own_frame_whatever_the_target_is() -> None:
    drawn = plot(LadderShown(name="Members", target=10**6, counted=10, estimate=0.84, low=0.71, high=0.91))
    assert drawn.estimate == Span(0, 84)
    assert (drawn.low, drawn.high) == (71, 91)


def test_behind_is_measured_on_what_was_counted() -> None:
    counted = LadderShown(name="Members", target=1_000, counted=700, pace_pct=72)
    assert (counted.due, counted.behind) == (720, 20)
    assert replace(counted, estimate=0.6).behind == 20, "an estimate is of a frame, not of today"
    assert replace(counted, counted=None).behind == 0, "fewer than 10 tell of nobody"
    assert LadderShown(name="Members", counted=3, pace_pct=50).behind == 0


def test_nobody_is_behind_on_the_first_day() -> None:
    first = LadderShown(name="Members", target=300, counted=1, pace_pct=5, day=1, days=20)
    assert first.behind == 0
    assert replace(first, day=2).behind == 14


def test_a_measure_may_define_its_own_rungs() -> None:
    ladder = LadderShown(name="Stays", definitions={"confirmed": "Twenty-four hours by the evidence itself."})
    assert ladder.definition("confirmed") == "Twenty-four hours by the evidence itself."
    assert ladder.definition("counted") == DEFINITIONS["counted"]


def test_a_mapping_with_the_same_names_will_do() -> None:
    assert as_ladder({"name": "Members", "reported": 3, "code": "members"}) == LadderShown(
        name="Members", reported=3
    )
