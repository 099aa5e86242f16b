"""Plans: goals and what they need, ranges, what is held, contradictions, versions."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.elections.rules import plans, swing
from abhiyan.elections.rules.findings import PlanFinding
from abhiyan.elections.rules.plans import HeldTarget, PlanOutcome, PlanQuery, work_out_plan
from abhiyan.elections.rules.swing import LOWEST, UNKNOWN, Method, Seats
from abhiyan.elections.rules.versions import PlannedSeat, compare_plans

METHODS: st.SearchStrategy[Method] = st.sampled_from(["uniform", "proportional"])


def seats(*rows: tuple[int | None, int, int, int]) -> Seats:
    """A row a seat: electors, ours, the best opponent's, the rest. Keys count from 1."""
    electors, ours, best, rest = (np.array(column) for column in zip(*rows, strict=True))
    none = np.zeros(len(rows), dtype=np.bool_)
    found = Seats(
        keys=np.arange(1, len(rows) + 1),
        electors=np.array([UNKNOWN if e is None else e for e in electors]),
        polled=ours + best + rest,
        ours=ours,
        best=best,
        stood=~none,
        without_vote=none.copy(),
        ours_without_vote=none.copy(),
        last_won=ours > best,
        winner=np.maximum(ours, best),
    )
    found.check()
    return found


NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**6))


@st.composite
def results(draw: st.DrawFn, least: int = 1, most: int = 8) -> Seats:
    rows = []
    for _ in range(draw(st.integers(least, most))):
        ours, best, rest = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
        polled = ours + best + rest
        rows.append(
            (draw(st.one_of(st.none(), st.integers(max(1, polled), 2 * polled + 9))), ours, best, rest)
        )
    found = seats(*rows)
    for at in range(len(rows)):
        if draw(st.integers(0, 9)) == 0:  # uncontested, ours or not
            ours = draw(st.booleans())
            for votes in (found.polled, found.ours, found.best, found.winner):
                votes[at] = 0
            found.without_vote[at] = True
            found.stood[at] = found.ours_without_vote[at] = found.last_won[at] = ours
    found.check()
    return found


@st.composite
def held_in(draw: st.DrawFn, of: Seats) -> HeldTarget:
    n = len(of)
    votes = draw(st.lists(st.one_of(st.just(UNKNOWN), NUMBERS), min_size=n, max_size=n))
    likely = draw(st.lists(st.one_of(st.just(UNKNOWN), NUMBERS), min_size=n, max_size=n))
    return HeldTarget(np.array(votes), np.array(likely))


FIVE = seats(
    (1000, 400, 300, 100),  # ours by 100
    (1000, 300, 340, 160),  # lost by 40
    (1000, 300, 420, 80),  # lost by 120
    (None, 100, 500, 200),  # lost by 400, electors unknown
    (1000, 380, 381, 39),  # lost by 1
)


def codes(outcome: PlanOutcome) -> list[str]:
    return [finding.code for finding in outcome.contradictions]


def found(outcome: PlanOutcome, code: str) -> PlanFinding:
    return next(finding for finding in (*outcome.contradictions, *outcome.notes) if finding.code == code)


@given(results(), METHODS, st.data())
def test_plan_and_inverse_agree(of: Seats, method: Method, data: st.DataObject) -> None:
    on = plans.ground(of, method=method, held_target=data.draw(held_in(of)))
    for k in range(1, plans.most_seats(on) + 1):
        steps = plans.steps_for_seats(on, k)
        votes = plans.votes_for_seats(on, k)
        assert steps is not None and votes is not None
        assert plans.seats_at(on, steps) >= k and plans.total_at(on, steps) == votes
        assert steps == LOWEST or plans.seats_at(on, steps - 1) < k
        worth = plans.seats_for_votes(on, votes)
        assert worth is not None and worth >= k
        fewer = plans.seats_for_votes(on, votes - 1)
        assert fewer is None or fewer < k
    assert plans.votes_for_seats(on, plans.most_seats(on) + 1) is None


@given(results(), METHODS, st.floats(-100, 100), st.data())
def test_what_a_swing_wins_its_votes_are_worth(
    of: Seats, method: Method, points: float, data: st.DataObject
) -> None:
    held = data.draw(held_in(of))
    on = plans.ground(of, method=method, held_target=held)
    outcome = work_out_plan(of, PlanQuery(method=method, swing=points, draws=1), held)
    assert outcome.seats == plans.seats_for_votes(on, outcome.total)
    assert (outcome.won == (outcome.votes >= outcome.need))[outcome.likely > 0].all()


@given(results(), METHODS, st.floats(0, 100), st.data())
def test_a_goal_of_votes_is_met_exactly_or_cannot_be(
    of: Seats, method: Method, part: float, data: st.DataObject
) -> None:
    held = data.draw(held_in(of))
    on = plans.ground(of, method=method, held_target=held)
    goal = int(int(on.likely.sum()) * part / 100)
    outcome = work_out_plan(of, PlanQuery(method=method, votes_goal=goal, draws=1), held)
    assert (outcome.votes >= 0).all() and (outcome.votes <= outcome.likely)[~outcome.is_held].all()
    if outcome.total != goal:
        assert "parts_differ" in codes(outcome)
        assert outcome.total > goal or {
            "votes_unreachable",
            "votes_above_turnout",
            "votes_above_electors",
        } & set(codes(outcome))
    else:
        assert outcome.seats_for_goal is None or outcome.seats >= outcome.seats_for_goal


@given(results(least=2), METHODS, st.lists(st.floats(-100, 200), min_size=2, max_size=5))
def test_seats_and_votes_never_fall_as_the_swing_rises(
    of: Seats, method: Method, points: list[float]
) -> None:
    outcomes = [work_out_plan(of, PlanQuery(method=method, swing=p, draws=1)) for p in sorted(points)]
    for less, more in pairwise(outcomes):
        assert less.seats <= more.seats and less.total <= more.total


@given(results(least=2), METHODS, st.data())
def test_the_order_of_seats_does_not_matter(of: Seats, method: Method, data: st.DataObject) -> None:
    held = data.draw(held_in(of))
    goals = PlanQuery(
        method=method, seats_goal=1, votes_goal=int(of.polled.sum()) // 2, turnout_pct=70, seed=5, draws=50
    )
    order = np.array(data.draw(st.permutations(range(len(of)))))
    other = Seats(**{each.name: getattr(of, each.name)[order] for each in fields(Seats)})
    one = work_out_plan(of, goals, held)
    two = work_out_plan(other, goals, HeldTarget(held.votes[order], held.likely[order]))
    for each in fields(PlanOutcome):
        a, b = getattr(one, each.name), getattr(two, each.name)
        if isinstance(a, np.ndarray):
            assert np.array_equal(a[order], b, equal_nan=a.dtype.kind == "f")
        elif each.name != "range":
            assert a == b
    assert np.array_equal(one.range.chance_pct[order], two.range.chance_pct)
    assert (one.range.votes_low, one.range.votes_high) == (two.range.votes_low, two.range.votes_high)
    assert (one.range.seats_low, one.range.seats_high) == (two.range.seats_low, two.range.seats_high)


@given(results(), METHODS, st.floats(-20, 20), st.floats(0, 10), st.floats(0, 5), st.integers(0, 2**32))
def test_a_range_is_the_same_for_the_same_seed_and_lies_within_what_can_be(
    of: Seats, method: Method, points: float, sd: float, common: float, seed: int
) -> None:
    ask = PlanQuery(method=method, swing=points, sd_points=sd, common_sd_points=common, seed=seed, draws=40)
    one, two = work_out_plan(of, ask).range, work_out_plan(of, ask).range
    assert np.array_equal(one.chance_pct, two.chance_pct)
    assert (one.seats_low, one.seats_middle, one.seats_high) == (
        two.seats_low,
        two.seats_middle,
        two.seats_high,
    )
    assert (one.votes_low, one.votes_middle, one.votes_high) == (
        two.votes_low,
        two.votes_middle,
        two.votes_high,
    )
    assert 0 <= one.seats_low <= one.seats_middle <= one.seats_high <= len(of)
    assert 0 <= one.votes_low <= one.votes_middle <= one.votes_high <= int(of.polled.sum())


def test_another_seed_draws_another_range_and_no_straying_is_no_range() -> None:
    many = seats(*[(2000, 500 + 3 * at, 600, 100) for at in range(60)])
    ranges = [work_out_plan(many, PlanQuery(swing=1, seed=seed)).range for seed in (1, 2)]
    assert ranges[0].seats_low < ranges[0].seats_high
    assert not np.array_equal(ranges[0].chance_pct, ranges[1].chance_pct)
    still = work_out_plan(many, PlanQuery(swing=1, sd_points=0))
    assert still.range.seats_low == still.range.seats_high == still.seats
    assert abs(still.range.votes_middle - still.total) <= len(many)
    together = work_out_plan(many, PlanQuery(swing=1, common_sd_points=3)).range
    assert together.votes_high - together.votes_low > 2 * (ranges[0].votes_high - ranges[0].votes_low)


def test_the_chance_of_a_seat_on_the_edge_is_even() -> None:
    edge = seats((2000, 500, 500, 0), (2000, 700, 300, 0), (2000, 300, 700, 0))
    outcome = work_out_plan(edge, PlanQuery(swing=0, seats_goal=2, draws=4000))
    assert outcome.range.chance_pct[0] == pytest.approx(50, abs=5)
    assert outcome.range.chance_pct[1] == 100 and outcome.range.chance_pct[2] == 0
    assert outcome.range.goal_pct == pytest.approx(outcome.range.chance_pct[0])


def test_without_goals_a_plan_is_the_last_result() -> None:
    outcome = work_out_plan(FIVE, PlanQuery())
    assert outcome.swing == 0 and outcome.seats == 1 and outcome.total == 1480
    assert (outcome.votes == FIVE.ours).all() and (outcome.best == FIVE.best).all()
    assert (outcome.won == outcome.last_won).all() and not outcome.contradictions
    assert outcome.missing.tolist() == [0, 25, 66, 234, 2]


def test_a_goal_of_seats_takes_the_smallest_swing_and_says_the_votes() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(seats_goal=3))
    assert outcome.seats == 3 and outcome.won.tolist() == [True, True, False, False, True]
    assert outcome.votes_for_goal == outcome.total
    assert work_out_plan(FIVE, PlanQuery(swing=outcome.swing - 0.000001)).seats == 2
    assert outcome.swing == pytest.approx(outcome.swing_to_win[1])


def test_goals_that_the_last_result_reaches_already_are_noted() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(votes_goal=1000))
    assert outcome.total == 1000 and outcome.swing < 0
    assert found(outcome, "goals_reached").facts == {"swing": outcome.swing}


def test_what_is_set_by_hand_stays_and_the_swing_moves_the_rest() -> None:
    held = HeldTarget(
        np.array([UNKNOWN, 500, UNKNOWN, UNKNOWN, 10]), np.array([UNKNOWN, 900, UNKNOWN, UNKNOWN, UNKNOWN])
    )
    outcome = work_out_plan(FIVE, PlanQuery(swing=5, turnout_pct=90), held)
    assert outcome.votes[[1, 4]].tolist() == [500, 10] and outcome.likely[1] == 900
    assert outcome.is_held.tolist() == [False, True, False, False, True]
    assert outcome.votes[0] > 400 and outcome.won[1] and not outcome.won[4]


def test_a_seat_won_without_a_vote_is_counted_and_told_apart() -> None:
    one = np.array([False, True])
    of = Seats(
        keys=np.array([1, 2]),
        electors=np.array([1000, 2000]),
        polled=np.array([800, 0]),
        ours=np.array([300, 0]),
        best=np.array([400, 0]),
        stood=np.array([True, True]),
        without_vote=one,
        ours_without_vote=one,
        last_won=one,
        winner=np.array([400, 0]),
    )
    outcome = work_out_plan(of, PlanQuery(seats_goal=2))
    assert outcome.seats == 2 and outcome.without_vote == 1 and outcome.likely[1] == 0
    assert np.isnan(outcome.share_pct[1]) and found(outcome, "without_vote") == PlanFinding(
        "without_vote", 2, {"ours": 1}
    )
    locked = work_out_plan(
        of, PlanQuery(seats_goal=2), HeldTarget(np.array([UNKNOWN, 0]), np.array([UNKNOWN, 0]))
    )
    assert locked.seats == 2 and locked.won[1] and locked.without_vote == 1
    assert locked.range.chance_pct[1] == 100 and locked.missing[1] == 0 == locked.need[1]
    theirs = Seats(**{each.name: getattr(of, each.name).copy() for each in fields(Seats)})
    theirs.ours_without_vote[1] = theirs.last_won[1] = False
    by_hand = work_out_plan(
        theirs, PlanQuery(method="hand"), HeldTarget(np.array([UNKNOWN, 1]), np.full(2, UNKNOWN))
    )
    assert not by_hand.won[1] and by_hand.range.chance_pct[1] == 0 and by_hand.total == 301


def test_the_last_time_is_the_result_where_candidates_of_one_side_stood_against_each_other() -> None:
    lines = [
        (0, swing.OURS, 400, 1), (0, 1, 300, 2), (0, 1, 200, 3),  # won against two who have more together
        (1, swing.OURS, 250, 2), (1, swing.OURS, 200, 3), (1, 1, 400, 1),  # lost with more together
        (2, swing.BY_ITSELF, 500, 2), (2, swing.OURS, 500, 1),  # won by drawing lots
        (3, swing.BY_ITSELF, 500, 1), (3, swing.OURS, 500, 2),
    ]  # fmt: skip
    seat, side, votes, position = (list(column) for column in zip(*lines, strict=True))
    of = swing.seat_arrays([7, 8, 9, 10], [None] * 4, [False] * 4, seat, side, votes, position)
    assert of.last_won.tolist() == [True, False, True, False] and of.winner.tolist() == [400, 400, 500, 500]
    outcome = work_out_plan(of, PlanQuery(seats_goal=3))
    assert outcome.last_won.tolist() == [True, False, True, False]
    told = {one.key: one.code for one in outcome.notes if one.code != "electors_unknown"}
    assert told == {7: "stood_apart", 8: "beaten_apart", 9: "won_by_lot"}
    assert found(outcome, "stood_apart").facts == {"ours": 400, "best": 500, "winner": 400}


def test_a_seat_with_equal_votes_and_no_places_was_won_by_nobody() -> None:
    seat, side, votes = [0, 0, 1, 1], [swing.OURS, swing.BY_ITSELF] * 2, [500, 500, 500, 400]
    of = swing.seat_arrays([7, 8], [None] * 2, [False] * 2, seat, side, votes, [1, 1, 1, 2])
    assert of.last_won.tolist() == [False, True] and of.winner.tolist() == [0, 500]
    told = {
        one.key for one in work_out_plan(of, PlanQuery(seats_goal=1)).notes if one.code != "electors_unknown"
    }
    assert 7 not in told, "a note would say who won"


def test_where_the_side_did_not_stand_no_swing_moves_it_but_a_hand_may() -> None:
    absent = Seats(**{each.name: getattr(FIVE, each.name).copy() for each in fields(Seats)})
    absent.ours[1], absent.polled[1], absent.stood[1], absent.last_won[1] = 0, 500, False, False
    outcome = work_out_plan(absent, PlanQuery(seats_goal=5))
    assert outcome.votes[1] == 0 and found(outcome, "did_not_stand").key == 2
    assert found(outcome, "seats_unreachable").facts == {"goal": 5, "most": 4}
    by_hand = work_out_plan(
        absent, PlanQuery(seats_goal=5), HeldTarget(np.array([-1, 300, -1, -1, -1]), np.full(5, UNKNOWN))
    )
    assert by_hand.seats == 5


def test_electors_that_are_missing_are_named() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(turnout_pct=85))
    assert found(outcome, "electors_unknown") == PlanFinding("electors_unknown", 4, {"polled": 800})
    assert outcome.likely.tolist() == [850, 850, 850, 800, 850]
    assert found(outcome, "turnout_changed").facts == {"from_pct": 80.0, "to_pct": 85.0}


def test_a_goal_of_votes_above_the_likely_turnout_is_a_contradiction() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(votes_goal=4500))
    assert codes(outcome)[0] == "votes_above_turnout"
    assert found(outcome, "votes_above_turnout").facts == {"goal": 4500, "likely": 4000, "over": 500}
    known = seats((1000, 400, 300, 100))
    assert "votes_above_electors" in codes(work_out_plan(known, PlanQuery(votes_goal=1001)))


def test_a_goal_of_more_seats_than_there_are_is_a_contradiction() -> None:
    assert found(work_out_plan(FIVE, PlanQuery(seats_goal=6)), "seats_above_all").facts == {
        "goal": 6,
        "seats": 5,
    }


def test_a_goal_that_no_swing_reaches_is_a_contradiction() -> None:
    held = HeldTarget(np.array([10, 10, *[UNKNOWN] * 3]), np.full(5, UNKNOWN))
    assert found(work_out_plan(FIVE, PlanQuery(seats_goal=4), held), "seats_unreachable").facts == {
        "goal": 4,
        "most": 3,
    }
    nothing = seats((1000, 0, 500, 100), (1000, 300, 200, 100))
    outcome = work_out_plan(nothing, PlanQuery(method="proportional", seats_goal=2))
    assert found(outcome, "seats_unreachable").facts == {"goal": 2, "most": 1}
    assert found(outcome, "never_won").facts == {"seats": 1}


def test_votes_and_share_that_do_not_win_the_seats_named_are_contradictions() -> None:
    needed = work_out_plan(FIVE, PlanQuery(seats_goal=4)).votes_for_goal
    assert needed is not None
    outcome = work_out_plan(FIVE, PlanQuery(seats_goal=4, votes_goal=needed - 1))
    assert codes(outcome) == ["votes_short_of_seats"]
    facts = found(outcome, "votes_short_of_seats").facts
    assert facts == {"votes": needed - 1, "seats": 4, "needed": needed, "worth": 3}
    assert not codes(work_out_plan(FIVE, PlanQuery(seats_goal=4, votes_goal=needed)))
    outcome = work_out_plan(FIVE, PlanQuery(seats_goal=5, share_goal_pct=51))
    assert found(outcome, "share_short_of_seats").facts["needed_pct"] > 51
    assert found(outcome, "share_below_winners").facts == {"share_pct": 51, "seats": 2, "highest_pct": 62.5}


def test_a_share_and_a_number_of_votes_that_differ_are_a_contradiction() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(share_goal_pct=51, votes_goal=2400))
    assert found(outcome, "share_and_votes_differ").facts == {
        "share_pct": 51,
        "votes": 2400,
        "votes_pct": 60.0,
    }
    assert "share_and_votes_differ" not in codes(
        work_out_plan(FIVE, PlanQuery(share_goal_pct=51, votes_goal=2040))
    )


def test_parts_that_do_not_add_up_to_the_whole_are_a_contradiction() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(method="hand", votes_goal=2000))
    assert found(outcome, "parts_differ").facts == {"whole": 2000, "parts": 1480, "difference": -520}
    assert outcome.swing == 0 and (outcome.votes == FIVE.ours).all()


def test_votes_set_above_what_a_seat_can_poll_are_a_contradiction() -> None:
    held = HeldTarget(np.array([900, 1001, *[UNKNOWN] * 3]), np.full(5, UNKNOWN))
    outcome = work_out_plan(FIVE, PlanQuery(method="hand"), held)
    assert found(outcome, "seat_above_turnout") == PlanFinding(
        "seat_above_turnout", 1, {"votes": 900, "likely": 800, "over": 100}
    )
    assert found(outcome, "seat_above_electors") == PlanFinding(
        "seat_above_electors", 2, {"votes": 1001, "electors": 1000, "over": 1}
    )


def test_a_turnout_that_cannot_be_applied_is_a_contradiction() -> None:
    facts = {"turnout_pct": 85, "seats": 1}
    assert found(work_out_plan(FIVE, PlanQuery(turnout_pct=85)), "turnout_unknown").facts == facts
    nowhere = work_out_plan(seats((None, 100, 90, 0)), PlanQuery(turnout_pct=85))
    assert codes(nowhere) == ["turnout_unknown"] and nowhere.likely.tolist() == [190]
    assert "turnout_unknown" not in codes(
        work_out_plan(seats((1000, 400, 300, 100)), PlanQuery(turnout_pct=85))
    )


def test_a_goal_below_last_time_says_that_it_is_reached_already() -> None:
    for ask in (
        PlanQuery(seats_goal=0),
        PlanQuery(votes_goal=100),
        PlanQuery(share_goal_pct=1),
        PlanQuery(seats_goal=1, votes_goal=9),
    ):
        assert found(work_out_plan(FIVE, ask), "goals_reached").facts["swing"] < 0


@given(results(), st.integers(0, 6), st.data())
def test_the_range_holds_what_is_held_and_the_votes_of_its_own_plan(
    of: Seats, goal: int, data: st.DataObject
) -> None:
    """Shares at 0 or 100 stray neither way, so the draws do not lie beside the plan."""
    out = work_out_plan(of, PlanQuery(seats_goal=goal, draws=200), data.draw(held_in(of)))
    assert out.range.votes_low <= out.total <= out.range.votes_high
    held = out.is_held
    assert ((out.range.chance_pct[held] == 100) == out.won[held]).all()
    everything = HeldTarget(out.votes, np.full(len(of), UNKNOWN))
    still = work_out_plan(of, PlanQuery(), everything)
    assert still.range.votes_low == still.range.votes_high == still.total
    assert still.range.seats_low == still.range.seats_high == still.seats


def test_a_seat_counted_as_ours_below_its_last_winners_share_is_noted() -> None:
    outcome = work_out_plan(seats((1000, 300, 340, 160)), PlanQuery(swing=4))
    assert outcome.seats == 1
    assert not codes(outcome)  # natural where there are many candidates
    facts = found(outcome, "seat_below_winner").facts
    assert facts == {"share_pct": 41.5, "winner_pct": 42.5}


def test_a_plan_by_hand_that_wins_too_few_seats_says_so() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(method="hand", seats_goal=3))
    assert found(outcome, "seats_below_goal").facts == {"goal": 3, "seats": 1}


def test_sensitivity_tells_seats_by_points() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(swing=0))
    by = {near.by: near.seats for near in outcome.sensitivity}
    assert by[-5.0] == 1 and by[0.5] == 2 and by[5.0] == 3
    assert outcome.votes_per_turnout_point == 17


def test_versions_are_compared_seat_by_seat() -> None:
    before = [
        PlannedSeat(1, 800, 400, won=True),
        PlannedSeat(2, 800, 300, won=False),
        PlannedSeat(3, 800, 410, won=True),
    ]
    after = [
        PlannedSeat(2, 800, 420, won=True, is_locked=True),
        PlannedSeat(1, 800, 400, won=True),
        PlannedSeat(4, 9, 1),
    ]
    found = compare_plans(before, after)
    assert found.gained == (2,) and found.lost == (3,)
    assert [pair.key for pair in found.changed] == [2, 3, 4]
    assert (found.seats_before, found.seats_after, found.votes_before, found.votes_after) == (2, 2, 1110, 821)
    assert found.pairs[1].votes == 120 and found.pairs[1].share_points == pytest.approx(15)
    assert found.pairs[2].share_points is None
    assert compare_plans(after, list(reversed(after))).changed == ()
