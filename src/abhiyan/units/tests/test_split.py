"""Splits: parts that sum exactly, in proportion, around what is locked."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.units.rules import split

WEIGHTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=60)
TOTALS = st.integers(0, 2 * 10**9)


@given(TOTALS, WEIGHTS)
def test_the_parts_of_a_split_sum_exactly_and_lie_within_one_of_their_share(
    total: int, weights: list[int]
) -> None:
    parts = split.in_proportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        share = total * weight / whole if whole else total / len(weights)
        assert abs(part - share) <= 1 + 1e-6 * share
        assert part >= 0
        assert weight or not whole or part <= 1


@given(TOTALS, st.integers(1, 500))
def test_equal_parts_differ_by_at_most_one(total: int, among: int) -> None:
    parts = split.equally(total, among)
    assert sum(parts) == total and max(parts) - min(parts) <= 1


@given(TOTALS, WEIGHTS)
def test_who_has_more_electors_never_gets_less(total: int, weights: list[int]) -> None:
    given_to = sorted(zip(weights, split.in_proportion(total, weights), strict=True))
    if sum(weights):
        assert all(a[1] <= b[1] for a, b in pairwise(given_to) if a[0] < b[0])


@given(TOTALS, WEIGHTS, st.data())
def test_a_split_leaves_locked_parts_alone(total: int, weights: list[int], data: st.DataObject) -> None:
    by_key = dict(enumerate(weights))
    locked = data.draw(st.dictionaries(st.sampled_from(range(len(weights))), st.integers(0, 10**9)))
    parts = split.around_locks(total, by_key, locked)
    fixed = sum(locked.values())
    if parts is None:
        assert fixed > total or (len(locked) == len(weights) and fixed != total)
    else:
        assert sum(parts.values()) == total
        assert all(parts[key] == n for key, n in locked.items())


def test_a_split_of_nothing_is_nothing_and_a_negative_one_is_an_error() -> None:
    assert split.in_proportion(5, []) == []
    with pytest.raises(ValueError):
        split.in_proportion(-1, [1])
