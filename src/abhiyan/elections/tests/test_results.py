"""Counting a contest: winner, margin, shares, sides, swing; old results on new boundaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.elections.rules.results import (
    CandidateLine,
    VotesMissing,
    WeightsDoNotSum,
    alone_and_with,
    carried,
    count_contest,
    share_pct,
    side_result,
    standings_of_parties,
    swing_points,
)

PARTIES = st.sampled_from(["BJP", "INC", "SP", "BSP", "IND"])
LINES = st.lists(st.builds(CandidateLine, PARTIES, st.integers(0, 10**6)), min_size=1, max_size=12)

KAIRANA = [
    CandidateLine("SP", 528013),
    CandidateLine("BJP", 458897),
    CandidateLine("BSP", 76200),
    CandidateLine("NOTA", 5220, is_nota=True),
]


def test_the_winner_has_most_votes_and_the_margin_is_to_the_second() -> None:
    contest = count_contest(KAIRANA, electors=1_722_432)
    assert contest.winner == KAIRANA[0] and contest.runner_up == KAIRANA[1]
    assert contest.margin == 69_116 and contest.polled == 1_068_330
    assert contest.turnout_pct == pytest.approx(62.0246, abs=1e-4)
    assert contest.margin_pct == pytest.approx(6.4695, abs=1e-4)


def test_none_of_the_above_counts_among_the_votes_but_never_wins() -> None:
    contest = count_contest(
        [CandidateLine("NOTA", 900, is_nota=True), CandidateLine("BJP", 50), CandidateLine("INC", 40)]
    )
    assert contest.winner == CandidateLine("BJP", 50) and contest.margin == 10 and contest.polled == 990
    assert side_result(contest, {"NOTA"}).votes == 0


def test_a_seat_without_a_vote_has_a_winner_and_no_figures() -> None:
    contest = count_contest([CandidateLine("BJP", None)], electors=1_600_000, is_uncontested=True)
    assert contest.winner == CandidateLine("BJP", None) and contest.is_uncontested
    assert (contest.margin, contest.margin_pct, contest.turnout_pct, contest.polled) == (None, None, None, 0)
    ours = side_result(contest, {"BJP"})
    assert ours.won and ours.share_pct is None and ours.lead is None
    with pytest.raises(ValueError):
        count_contest([CandidateLine("BJP", None), CandidateLine("INC", None)], is_uncontested=True)


def test_votes_that_are_missing_are_not_guessed() -> None:
    with pytest.raises(VotesMissing):
        count_contest([CandidateLine("BJP", 10), CandidateLine("INC", None)])


def test_without_electors_the_turnout_is_unknown() -> None:
    assert count_contest(KAIRANA).turnout_pct is None


def test_between_equal_votes_the_stated_position_decides_as_the_lots_did() -> None:
    contest = count_contest([CandidateLine("INC", 500, position=2), CandidateLine("BJP", 500, position=1)])
    assert contest.winner and contest.winner.party == "BJP" and contest.is_tied and contest.margin == 0


@pytest.mark.parametrize("position", [None, 1])
def test_between_equal_votes_without_places_nobody_is_said_to_have_won(position: int | None) -> None:
    contest = count_contest(
        [
            CandidateLine("INC", 500, position=position),
            CandidateLine("BJP", 500, position=position),
            CandidateLine("IND", 9),
        ]
    )
    assert (contest.winner, contest.runner_up, contest.margin, contest.is_tied) == (None, None, 0, True)
    assert not any(side_result(contest, {party}).won for party in ("INC", "BJP"))
    assert {party: one.seats for party, one in standings_of_parties([contest]).items()} == {
        "INC": 0,
        "BJP": 0,
        "IND": 0,
    }


def test_a_side_is_shown_alone_and_with_its_allies() -> None:
    alone, together = alone_and_with(count_contest(KAIRANA), "BJP", ["BSP", "RLD"])
    assert (alone.votes, alone.candidates, alone.place, alone.won) == (458897, 1, 2, False)
    assert (together.votes, together.candidates, together.lead) == (535097, 2, -69116)


def test_independents_belong_to_no_side() -> None:
    contest = count_contest([CandidateLine("IND", 500), CandidateLine("BJP", 300), CandidateLine("IND", 200)])
    assert side_result(contest, {"BJP", "IND"}).votes == 300
    assert not side_result(contest, {"BJP", "IND"}).won


def test_standings_tell_the_seats_won_without_a_vote_apart() -> None:
    found = standings_of_parties(
        [count_contest(KAIRANA), count_contest([CandidateLine("BJP", None)], is_uncontested=True)]
    )
    assert list(found) == ["SP", "BJP", "BSP", "NOTA"]
    assert (found["BJP"].seats, found["BJP"].without_vote, found["BJP"].votes) == (1, 1, 458897)
    assert found["NOTA"].stood == 0


@given(LINES)
def test_shares_sum_to_a_hundred_and_nobody_is_above_the_winner(lines: list[CandidateLine]) -> None:
    contest = count_contest(lines)
    shares = [share_pct(line.votes or 0, contest.polled) for line in contest.lines]
    if contest.polled:
        assert sum(share or 0 for share in shares) == pytest.approx(100)
        most = max(line.votes or 0 for line in lines)
        first = [line for line in lines if line.votes == most]
        assert contest.winner == (first[0] if len(first) == 1 else None)
        assert contest.is_tied == (len(first) > 1)
    else:
        assert contest.winner is None and shares == [None] * len(lines)


@given(LINES, st.sets(PARTIES))
def test_a_side_and_everybody_else_are_all_votes(lines: list[CandidateLine], side: set[str]) -> None:
    contest = count_contest(lines)
    ours = side_result(contest, side)
    theirs = sum(line.votes or 0 for line in lines if line.party not in side or line.party == "IND")
    assert ours.votes + theirs == contest.polled
    if ours.won:
        assert ours.place == 1 and ours.lead is not None and ours.lead >= 0


@given(LINES)
def test_the_order_of_lines_does_not_matter(lines: list[CandidateLine]) -> None:
    lines = [CandidateLine(line.party, line.votes, position=at + 1) for at, line in enumerate(lines)]
    assert count_contest(lines) == count_contest(reversed(lines))


def test_swing_is_the_change_of_share() -> None:
    assert swing_points(47.0, 44.5) == 2.5
    assert swing_points(None, 44.5) is None


def test_old_votes_go_to_new_seats_by_weight_and_the_change_is_told() -> None:
    old = {1: {"BJP": 1001, "INC": 500}, 2: {"BJP": 300}}
    found = carried(old, [(1, 11, 0.6), (1, 12, 0.4), (2, 12, 1.0)])
    assert found[11].votes == {"BJP": 601, "INC": 300} and found[12].votes == {"BJP": 700, "INC": 200}
    assert found[12].from_seats == (1, 2) and found[11].is_changed and found[12].is_changed
    assert not carried(old, [(2, 2, 1.0)])[2].is_changed
    with pytest.raises(WeightsDoNotSum) as refused:
        carried(old, [(1, 11, 0.6), (1, 12, 0.3)])
    assert refused.value.seat == 1


@given(
    st.dictionaries(st.integers(1, 9), st.dictionaries(PARTIES, st.integers(0, 10**6)), min_size=1),
    st.data(),
)
def test_no_vote_is_lost_across_a_change_of_boundaries(
    old: dict[int, dict[str, int]], data: st.DataObject
) -> None:
    weights = []
    for seat in old:
        parts = data.draw(st.lists(st.integers(1, 100), min_size=1, max_size=4))
        weights += [(seat, 100 + at, part / sum(parts)) for at, part in enumerate(parts)]
    found = carried(old, weights)
    for party in ("BJP", "INC", "SP", "BSP", "IND"):
        before = sum(votes.get(party, 0) for votes in old.values())
        assert sum(one.votes.get(party, 0) for one in found.values()) == before
