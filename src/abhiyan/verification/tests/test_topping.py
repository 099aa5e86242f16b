"""More checks of a drawn frame, as pure numbers."""

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.verification.rules.planning import Expected, Size, split_checks
from abhiyan.verification.rules.topping import DrawnSizes, topped_up, topped_up_to

districts = st.lists(st.lists(st.integers(0, 900), min_size=1, max_size=3), min_size=1, max_size=8)


def drawn(sizes: list[list[int]], checks: int, floor: int) -> DrawnSizes:
    return DrawnSizes(
        tuple(tuple(Size(n) for n in of) for of in sizes),
        tuple(map(tuple, split_checks(sizes, checks, floor))),
    )


@given(districts, st.integers(0, 600), st.integers(0, 40), st.integers(0, 3_000))
def test_nothing_drawn_is_given_up_no_more_than_wanted_is_added_and_never_more_than_half(
    sizes: list[list[int]], checks: int, floor: int, wanted: int
) -> None:
    before = drawn(sizes, checks, floor)
    after = topped_up(before, wanted)
    assert after.checks <= max(wanted, before.checks)
    for had, has, items in zip(before.drawn, after.drawn, sizes, strict=True):
        assert all(a <= b <= n // 2 for a, b, n in zip(had, has, items, strict=True))


def test_a_width_brings_the_fewest_checks_that_reach_it() -> None:
    before, told = drawn([[20_000, 9_000], [4_000]], 200, 40), Expected(refused=0, not_reached=0)
    found = topped_up_to(before, 0.05, told)
    assert found is not None and before.checks < found.checks
    width, fewer = found.width(told), topped_up(before, found.checks - 5).width(told)
    assert width is not None and fewer is not None and width <= 0.05 < fewer


def test_a_width_that_half_of_all_would_not_bring_is_none() -> None:
    assert topped_up_to(drawn([[60]], 10, 0), 0.02, Expected()) is None
