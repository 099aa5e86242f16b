"""The pure rules: small cells, windows."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import small_cells
from abhiyan.programmes.rules import windows
from abhiyan.programmes.rules.ladder import Ladder, has_figures


@given(st.integers(-5, 10**9))
def test_nothing_below_ten_is_shown_from_outside(n: int) -> None:
    figure = small_cells.shown_count(n)
    if n < 10:
        assert figure is None
    else:
        assert figure is not None and figure >= 10 and figure % 10 == 0 and abs(figure - n) <= 5


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_rounding_keeps_the_order_of_rungs_and_days(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert (small_cells.shown_count(low) or 0) <= (small_cells.shown_count(high) or 0)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40), st.integers(0, 30))
def test_no_difference_of_two_figures_tells_a_number_below_ten(additions: list[int], more: int) -> None:
    """Between any two days' figures, several true additions are always possible: at least five of them."""
    before = sum(additions)
    after = before + more
    first, second = small_cells.shown_count(before), small_cells.shown_count(after)
    possible = {
        b - a
        for a in range(max(0, before - 20), before + 21)
        for b in range(max(a, after - 20), after + 21)
        if (small_cells.shown_count(a), small_cells.shown_count(b)) == (first, second)
    }
    assert more in possible and len(possible) >= 5


@given(st.lists(st.integers(0, 10**4), min_size=1), st.integers(0, 10**4), st.integers(0, 10**4))
def test_no_history_of_ones_own_part_tells_apart_two_rests_that_round_alike(
    owns: list[int], one: int, near: int
) -> None:
    other = max(0, one - 5 + near % 10)
    alike = small_cells.shown_count(one) == small_cells.shown_count(other)
    told = [[small_cells.shown_with_own(own, rest) for own in owns] for rest in (one, other)]
    assert not alike or told[0] == told[1]
    for own, figure in zip(owns, told[0], strict=True):
        assert figure is None or (figure % 10 == 0 and abs(figure - own - one) <= 14)
        assert figure is not None or own + (small_cells.shown_count(one) or 0) < 10


@given(*[st.integers(0, 10**4)] * 4)
def test_put_together_the_order_of_rungs_and_days_stays(a: int, b: int, c: int, d: int) -> None:
    low, high = (
        small_cells.shown_with_own(min(a, b), min(c, d)),
        small_cells.shown_with_own(max(a, b), max(c, d)),
    )
    assert (low or 0) <= (high or 0)
    assert small_cells.shown_with_own(0, c) == small_cells.shown_count(c)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 400), st.integers(-10, 500))
def test_the_share_of_the_window_that_has_passed(opens_on: date, length: int, offset: int) -> None:
    closes_on, on = opens_on + timedelta(days=length), opens_on + timedelta(days=offset)
    passed = windows.passed_pct(opens_on, closes_on, on)
    assert 0 <= passed <= 100
    assert (passed == 100) == (on >= closes_on)
    assert (passed == 0) == (on < opens_on)


def test_a_measure_is_shown_where_it_has_a_target_or_an_entry_and_nowhere_else() -> None:
    assert not has_figures(Ladder(), None) and not has_figures(Ladder(), 0)
    assert has_figures(Ladder(), 40), "nothing of a target is a finding"
    for entered in (Ladder(reported=1), Ladder(unsigned=1), Ladder(counted=1), Ladder(confirmed=1)):
        assert has_figures(entered, None)
    few = Ladder(None, None, None, None, is_rounded=True)
    assert not has_figures(few, None) and has_figures(few, 40), "few and none look alike from outside"
