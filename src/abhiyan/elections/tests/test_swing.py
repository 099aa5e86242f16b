"""Swing: shares that sum, votes within the turnout, the winner of a contest of many corners."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.elections.rules import swing as rule
from abhiyan.elections.rules.swing import (
    BY_ITSELF,
    NONE_OF_THE_ABOVE,
    OURS,
    UNKNOWN,
    Method,
    Seats,
    Whole,
    likely_votes,
    seat_arrays,
)

METHODS: st.SearchStrategy[Method] = st.sampled_from(["uniform", "proportional"])
SWINGS = st.floats(-120, 300, allow_nan=False)
VOTES = st.one_of(st.integers(0, 20), st.integers(0, 10**6))


@st.composite
def contests(draw: st.DrawFn) -> tuple[Whole, Whole]:
    """Votes (n, m) with ours in column 0 and NOTA in the last, and likely votes (n,)."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(3, 6))
    votes = np.array(draw(st.lists(st.lists(VOTES, min_size=m, max_size=m), min_size=n, max_size=n)))
    likely = np.array(draw(st.lists(st.integers(0, 2 * 10**6), min_size=n, max_size=n)))
    return votes, likely


def seats_from(votes: Whole) -> Seats:
    n, m = votes.shape
    return seat_arrays(
        keys=list(range(n)),
        electors=[None] * n,
        without_vote=[False] * n,
        seat=np.repeat(np.arange(n), m),
        side=np.tile([OURS, *[BY_ITSELF] * (m - 2), NONE_OF_THE_ABOVE], n),
        votes=[int(v) for v in votes.reshape(-1)],
    )


def everybody(votes: Whole, likely: Whole, points: float, method: Method) -> Whole:
    """The whole vectors the rules do without: votes of every candidate after a swing, each row summing to `likely`.

    Ours first, as in a plan; then the best opponent, as `best_after`; the rest by largest remainder (Hamilton).
    """
    seats = seats_from(votes)
    mine = rule.in_votes(rule.swung(rule.last_share(seats), rule.to_steps(points), method), likely)
    theirs = rule.best_after(seats, likely - mine)
    rows, rival = np.arange(len(votes)), votes[:, 1:-1].argmax(axis=1) + 1
    others = votes.copy()
    others[:, 0] = others[rows, rival] = 0
    left, nobody_else = likely - mine - theirs, ~others.any(axis=1)
    found = shared_out(others, np.where(nobody_else, 0, left))
    found[:, 0] = mine
    found[rows, rival] = theirs + np.where(nobody_else, left, 0)
    return found


def shared_out(weights: Whole, totals: Whole) -> Whole:
    """Whole numbers (n, m) in proportion to `weights`, row i summing to totals[i]; a row of zeros stays zero."""
    whole = np.maximum(weights.sum(axis=1), 1)[:, None]
    exact = weights * totals[:, None]
    found: Whole = exact // whole
    over = np.where(weights.any(axis=1), totals - found.sum(axis=1), 0)
    rank = np.argsort(np.argsort(-(exact % whole), axis=1, kind="stable"), axis=1)
    return found + (rank < over[:, None])


@given(contests(), SWINGS, METHODS)
def test_after_a_swing_the_votes_of_all_sum_to_those_likely(
    contest: tuple[Whole, Whole], points: float, method: Method
) -> None:
    votes, likely = contest
    found = everybody(votes, likely, points, method)
    assert (found.sum(axis=1) == likely).all() and (found >= 0).all()


@given(contests(), METHODS)
def test_no_swing_gives_the_last_result_back(contest: tuple[Whole, Whole], method: Method) -> None:
    votes, _ = contest
    assert (everybody(votes, votes.sum(axis=1), 0, method) == votes).all()


@given(contests(), SWINGS, METHODS)
def test_the_best_opponent_decides_as_the_whole_contest_would(
    contest: tuple[Whole, Whole], points: float, method: Method
) -> None:
    votes, likely = contest
    seats = seats_from(votes)
    all_of_them = everybody(votes, likely, points, method)
    ours, best = all_of_them[:, 0], all_of_them[:, 1:-1].max(axis=1)
    need = rule.votes_to_win(seats, likely)
    assert (
        ours == rule.in_votes(rule.swung(rule.last_share(seats), rule.to_steps(points), method), likely)
    ).all()
    contested = votes[:, 1:].any(axis=1)  # else all that we lose goes to one opponent
    assert ((ours > best) == (ours >= need))[contested].all()


@given(contests(), METHODS)
def test_the_fewest_votes_that_win_do_win_and_one_less_does_not(
    contest: tuple[Whole, Whole], method: Method
) -> None:
    votes, likely = contest
    seats = seats_from(votes)
    need = rule.votes_to_win(seats, likely)
    can = need <= likely
    assert (need > rule.best_after(seats, np.maximum(likely - need, 0)))[can].all()
    assert (need - 1 <= rule.best_after(seats, likely - need + 1))[can].all()
    steps = rule.steps_to_win(seats, likely, method)
    share = rule.last_share(seats)
    wins = steps < rule.NEVER
    at = np.where(wins, steps, 0)
    assert (rule.in_votes(rule.swung(share, at, method), likely) >= need)[wins].all()
    assert (rule.in_votes(rule.swung(share, at - 1, method), likely) < need)[wins].all()
    most = rule.in_votes(rule.swung(share, 10**15, method), likely)
    assert (most < need)[~wins].all()


@given(contests(), st.lists(SWINGS, min_size=2), METHODS)
def test_our_votes_never_fall_as_the_swing_rises_and_stay_within_those_polled(
    contest: tuple[Whole, Whole], points: list[float], method: Method
) -> None:
    votes, likely = contest
    share = rule.last_share(seats_from(votes))
    found = [rule.in_votes(rule.swung(share, rule.to_steps(p), method), likely) for p in sorted(points)]
    assert all((a <= b).all() for a, b in pairwise(found))
    assert all((one >= 0).all() and (one <= likely).all() for one in found)


@given(
    st.lists(st.tuples(st.integers(1, 2 * 10**6), st.floats(0.0, 1.0)), min_size=1, max_size=40),
    st.one_of(st.none(), st.floats(0, 100)),
)
def test_votes_stay_within_the_turnout_and_sum_to_it(
    places: list[tuple[int, float]], turnout_pct: float | None
) -> None:
    electors = np.array([electors for electors, _ in places])
    polled = np.array([int(electors * turnout) for electors, turnout in places])
    likely = likely_votes(electors, polled, turnout_pct)
    assert (likely <= electors).all() and (likely >= 0).all()
    if turnout_pct is None:
        assert (likely == polled).all()
        return
    voted = polled > 0  # where nobody voted the turnout is not known
    assert (likely[~voted] == 0).all()
    wanted = turnout_pct / 100 * int(electors[voted].sum())
    assert wanted - 1 - 1e-5 <= likely[voted].sum() <= wanted + 1e-5


def test_a_turnout_moves_every_seat_by_the_same_points() -> None:
    likely = likely_votes(np.array([1000, 1000, 3000]), np.array([500, 700, 1800]), 65.0)
    assert likely.tolist() == [550, 750, 1950]


def test_where_electors_are_unknown_the_last_votes_stay() -> None:
    likely = likely_votes(np.array([1000, UNKNOWN]), np.array([500, 777]), 80.0)
    assert likely.tolist() == [800, 777]


def test_the_gain_of_a_side_comes_from_the_others_in_proportion() -> None:
    votes = np.array([[400, 300, 200, 100]])
    after = everybody(votes, np.array([1000]), 6, "uniform")
    assert after.tolist() == [[460, 270, 180, 90]]
    after = everybody(votes, np.array([1000]), 15, "proportional")
    assert after.tolist() == [[460, 270, 180, 90]]


def test_a_contest_of_three_corners_is_lost_to_whoever_is_ahead() -> None:
    lines = [(0, OURS, 350), (0, BY_ITSELF, 330), (0, BY_ITSELF, 310), (0, NONE_OF_THE_ABOVE, 10)]
    columns = [list(column) for column in zip(*lines, strict=True)]
    apart = seat_arrays([7], [None], [False], *columns)
    assert (apart.ours[0], apart.best[0], apart.polled[0], apart.electors[0]) == (350, 330, 1000, UNKNOWN)
    together = seat_arrays([7], [None], [False], columns[0], [OURS, 1, 1, NONE_OF_THE_ABOVE], columns[2])
    assert together.best[0] == 640


def test_a_seat_without_a_vote_stands_apart() -> None:
    seats = seat_arrays([1, 2], [1000, 2000], [True, False], [0, 1, 1], [OURS, OURS, BY_ITSELF], [None, 5, 6])
    assert seats.ours_without_vote.tolist() == [True, False] and seats.polled.tolist() == [0, 11]
    absent = seat_arrays([1], [None], [False], [0], [BY_ITSELF], [5])
    assert not absent.stood[0]


def test_arrays_that_cannot_be_a_result_are_refused() -> None:
    with pytest.raises(ValueError):
        seat_arrays([1, 1], [None, None], [False, False], [0], [OURS], [1])
    with pytest.raises(ValueError):
        seat_arrays([1], [None], [True], [0], [OURS], [1])
