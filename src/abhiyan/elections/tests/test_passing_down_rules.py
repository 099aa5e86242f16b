"""Cascades sum exactly at every level, keep locks and report gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.elections.rules.passing_down import (
    Cascade,
    Facts,
    SumGap,
    cascaded,
    split_changes,
    weight,
    weights,
)

Tree = dict[int, list[int]]
SEAT: Tree = {1: [11, 12], 11: [111, 112], 12: [121, 122, 123]}
WEIGHTS: dict[int, int | None] = {11: 300, 12: 700, 111: 100, 112: 200, 121: 100, 122: 200, 123: 400}


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to four levels below the top, with leaves at any of them."""
    found: Tree = {}
    level, number = [0], 0
    for _ in range(draw(st.integers(1, 4))):
        below: list[int] = []
        for parent in level:
            n = draw(st.integers(0, 4))
            if n:
                found[parent] = list(range(number + 1, number + n + 1))
                number += n
                below += found[parent]
        level = below[:8]
    return found


def units(tree: Tree) -> list[int]:
    return sorted({child for children in tree.values() for child in children})


def gaps_in(tree: Tree, of: Cascade[int]) -> set[int]:
    return {
        parent
        for parent, children in tree.items()
        if sum(of.parts[child] for child in children) != of.parts[parent]
    }


@given(trees(), st.integers(0, 10**7), st.data())
def test_every_level_sums_exactly_under_locks_or_the_gap_is_told(
    tree: Tree, total: int, data: st.DataObject
) -> None:
    keys = units(tree)
    weights = {key: data.draw(st.one_of(st.none(), st.integers(0, 10**6))) for key in keys}
    locks = (
        data.draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 10**6), max_size=4)) if keys else {}
    )
    found = cascaded(0, total, tree, weights, locks)
    assert set(found.parts) == {0, *keys} and found.parts[0] == total
    assert all(found.parts[key] == n for key, n in locks.items())
    assert all(n >= 0 for n in found.parts.values())
    assert {gap.parent for gap in found.gaps} == gaps_in(tree, found)
    assert set(found.averaged) == {key for key, n in weights.items() if n is None}


@given(trees(), st.integers(0, 10**7), st.data())
def test_locks_that_leave_room_never_open_a_gap(tree: Tree, total: int, data: st.DataObject) -> None:
    """One lock anywhere, below what its siblings and ancestors can give way to."""
    keys = units(tree)
    first = cascaded(0, total, tree, dict.fromkeys(keys, 1))
    assert not first.gaps
    only_children = {children[0] for children in tree.values() if len(children) == 1}
    ancestors = {child: parent for parent, children in tree.items() for child in children}
    free = [
        key for key in keys
        if key not in only_children and not any(up in only_children for up in _above(key, ancestors))
    ]  # fmt: skip
    if not free:
        return
    locked = data.draw(st.sampled_from(free))
    n = data.draw(st.integers(0, total))
    again = cascaded(0, total, tree, dict.fromkeys(keys, 1), {locked: n})
    assert not again.gaps and again.parts[locked] == n


def _above(key: int, parents: dict[int, int]) -> list[int]:
    found = []
    while (key := parents.get(key, -1)) >= 0:
        found.append(key)
    return found


@given(trees(), st.integers(0, 10**7), st.data())
def test_locking_what_a_split_gave_changes_nothing(tree: Tree, total: int, data: st.DataObject) -> None:
    keys = units(tree)
    weights: dict[int, int | None] = {key: data.draw(st.integers(0, 10**6)) for key in keys}
    first = cascaded(0, total, tree, weights)
    again = cascaded(0, total, tree, weights, {key: first.parts[key] for key in keys})
    assert again.parts == first.parts and not again.gaps and split_changes(first.parts, again.parts) == []


def test_a_seat_is_split_down_to_its_booths() -> None:
    found = cascaded(1, 1000, SEAT, WEIGHTS)
    assert found.parts == {1: 1000, 11: 300, 12: 700, 111: 100, 112: 200, 121: 100, 122: 200, 123: 400}


def test_a_mandal_locked_by_hand_keeps_its_number_and_the_rest_is_split_anew() -> None:
    before = cascaded(1, 1000, SEAT, WEIGHTS).parts
    after = cascaded(1, 1000, SEAT, WEIGHTS, {11: 400})
    changes = {change.key: change.n for change in split_changes(before, after.parts)}
    assert changes == {11: 100, 12: -100, 111: 33, 112: 67, 121: -14, 122: -29, 123: -57}
    assert not after.gaps


def test_a_lock_far_down_is_looked_ahead_to() -> None:
    found = cascaded(1, 1000, SEAT, WEIGHTS, {112: 500})
    assert found.parts[11] == 500 and found.parts[111] == 0 and found.parts[12] == 500 and not found.gaps


def test_a_unit_whose_children_are_all_locked_gets_what_they_sum_to() -> None:
    found = cascaded(1, 1000, SEAT, WEIGHTS, {111: 10, 112: 20})
    assert found.parts[11] == 30 and found.parts[12] == 970 and not found.gaps


def test_locks_that_leave_no_room_stand_and_the_gap_is_told() -> None:
    found = cascaded(1, 1000, SEAT, WEIGHTS, {11: 600, 12: 500})
    assert found.gaps == (SumGap(1, 1000, 1100),) and (found.parts[11], found.parts[12]) == (600, 500)
    found = cascaded(1, 1000, SEAT, WEIGHTS, {11: 100, 112: 150})
    assert found.gaps == (SumGap(11, 100, 150),)


def test_a_unit_without_a_weight_gets_the_average_of_its_sisters_and_is_named() -> None:
    found = cascaded(1, 900, SEAT, WEIGHTS | {122: None})
    assert found.averaged == (122,) and found.parts[122] == round(630 * 250 / 750)


def test_a_tree_in_which_a_unit_stands_twice_is_an_error() -> None:
    with pytest.raises(ValueError):
        cascaded(1, 10, {1: [2, 3], 2: [3]}, {})


def test_weights_are_electors_last_votes_class_or_equal() -> None:
    booth = Facts(electors=900, votes=300, code="swing")
    assert [weight(booth, basis) for basis in ("electors", "votes", "class", "equal")] == [
        900,
        300,
        135_000,
        1,
    ]
    assert weight(Facts(), "electors") is None and weight(Facts(), "class") is None
    assert weight(Facts(electors=900), "class") == 90_000


def test_a_mandal_without_a_class_weighs_what_its_booths_do() -> None:
    """Two mandals of 300 electors each: one of swing booths, one of weak ones."""
    booths = {111: "swing", 112: "swing", 121: "weak", 122: "weak", 123: "weak"}
    facts = {key: Facts(electors=n) for key, n in {11: 300, 12: 300}.items()}
    facts |= {key: Facts(electors=150 if key < 120 else 100, code=code) for key, code in booths.items()}
    found = weights(1, SEAT, facts, "class")
    assert (found.of[11], found.of[12]) == (45_000, 18_000)
    assert set(found.bases.values()) == {"class"}
    assert cascaded(1, 1000, SEAT, found.of).parts[11] == 714
    own = weights(1, SEAT, facts | {11: Facts(electors=300, code="weak")}, "class")
    assert own.of[11] == 18_000  # a class of its own comes first
    unknown = weights(1, SEAT, facts | {111: Facts(code="swing")}, "class")
    assert unknown.of[11] == 30_000  # a booth's electors are not known: by its own, as without a class


def test_a_basis_that_says_nothing_of_a_group_of_sisters_gives_way_there_alone() -> None:
    facts = {11: Facts(300, votes=10), 12: Facts(700, votes=0), 111: Facts(100), 112: Facts(200)}
    found = weights(1, SEAT, facts, "votes")
    assert {key: found.of[key] for key in (11, 12, 111, 112)} == {11: 10, 12: 0, 111: 100, 112: 200}
    assert (found.bases[11], found.bases[111], found.bases[121]) == ("votes", "electors", "equal")
    assert found.of[121] == 1
    nobody = {11: Facts(300, votes=0), 12: Facts(700, votes=0)}
    assert weights(1, SEAT, nobody, "votes").bases[11] == "electors"
    assert weights(1, SEAT, facts, "class").bases[11] == "electors"
    of_one = weights(1, SEAT, facts, "equal", {1: "votes"})
    assert (of_one.bases[11], of_one.bases[111]) == ("votes", "equal")
