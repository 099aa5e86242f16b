"""The planner: what checks bring and cost, before anybody is asked."""

import pytest

from abhiyan.verification.rules import planning
from abhiyan.verification.rules.estimates import DrawnShare, Outcomes, estimate_share
from abhiyan.verification.rules.planning import Expected, Size

DISTRICTS = [[Size(5_000)]] * 40
ALL_TOLD = Expected(refused=0, not_reached=0)
NO_VISITS = Expected(visited=0)


def test_three_thousand_checks_bring_what_the_simulation_reached() -> None:
    plan = planning.plan_draw(DISTRICTS, 3_000, ALL_TOLD)
    assert plan.checks == 3_000 and plan.width == pytest.approx(0.0255, abs=0.001)
    assert all(width == pytest.approx(0.16, abs=0.006) for width in plan.widths)
    # one in ten is checked twice, at 2.2 calls of four minutes
    assert (plan.calls, plan.visits, plan.hours) == (7_260, 0, 484)


def test_visits_cost_hours_and_make_an_interval_narrow_that_nothing_else_does() -> None:
    with_visits, without = (
        planning.plan_draw(DISTRICTS, 3_000),
        planning.plan_draw(DISTRICTS, 3_000, NO_VISITS),
    )
    assert with_visits.visits == 300 and without.visits == 0 and with_visits.hours > without.hours + 200
    assert with_visits.width is not None and without.width is not None
    assert with_visits.width < 0.09 and without.width > 0.3
    most = planning.plan_draw(DISTRICTS, 100_000, NO_VISITS).width
    assert most is not None and most > 0.3, "what nobody can tell stays, however many are asked"
    assert planning.checks_needed(DISTRICTS, 0.15, NO_VISITS) is None


@pytest.mark.parametrize("expected", [Expected(), NO_VISITS, ALL_TOLD, Expected(rate=0.7, not_reached=0.4)])
@pytest.mark.parametrize("checks", [200, 3_000])
def test_the_width_is_what_our_estimator_publishes_when_answers_come_as_expected(
    expected: Expected, checks: int
) -> None:
    """Sizes are even enough that each outcome of a stratum is whole."""
    districts = [[Size(4_000), Size(4_000)], [Size(400, is_signed=False), Size(8_000)], [Size(1)]]
    plan = planning.plan_draw(districts, checks, expected, floor=1)
    strata = [
        DrawnShare(size.items, *_answered(drawn, expected))
        for shades, of in zip(districts, plan.drawn, strict=True)
        for size, drawn in zip(shades, of, strict=True)
        if size.is_signed
    ]
    one = estimate_share(strata)
    assert plan.width == pytest.approx(one.high - one.low, abs=0.012)


def _answered(drawn: int, of: Expected) -> tuple[Outcomes, Outcomes]:
    refused, away = round(drawn * of.refused), round(drawn * of.not_reached)
    visited = round(away * of.visited)
    genuine = round((drawn - refused - away) * of.rate)
    seen = round(visited * of.rate)
    return (
        Outcomes(genuine, drawn - refused - away - genuine, refused, away),
        Outcomes(seen, visited - seen),
    )


def test_the_fewest_checks_for_a_width() -> None:
    few = planning.checks_needed(DISTRICTS, 0.04, ALL_TOLD, floor=0)
    assert few is not None
    widths = [planning.plan_draw(DISTRICTS, n, ALL_TOLD, floor=0).width for n in (few, few - 1)]
    assert widths[0] is not None and widths[0] <= 0.04 and widths[1] is not None and widths[1] > 0.04


def test_the_fewest_checks_of_each_district_for_a_width_of_its_own() -> None:
    districts = [*DISTRICTS, [Size(60)], [Size(1)]]
    floor = planning.floor_for(districts, 0.16, ALL_TOLD)
    assert floor is not None and 70 <= floor <= 80
    plan = planning.plan_draw(districts, 1, ALL_TOLD, floor=floor)
    assert all(width is not None and width <= 0.16 for width in plan.widths[:40])
    assert plan.drawn[-2:] == ((30,), (0,)), (
        "what is too small has half of it drawn, and keeps nobody waiting"
    )
    assert planning.floor_for([[Size(60)]], 0.16, ALL_TOLD) is None


def test_of_small_districts_half_are_checked_for_where_all_are_everybody_knows_who() -> None:
    plan = planning.plan_draw([[], [Size(1)], [Size(18)], [Size(5_000)]], 100, ALL_TOLD)
    assert plan.drawn == ((), (0,), (9,), (100,))
    assert plan.widths[:3] == (None, None, None), "no number before 19 are finished"
    assert plan.widths[3] is not None and plan.width is not None


def test_the_unanswered_are_drawn_and_are_no_part_of_the_headline() -> None:
    half = [[Size(2_500), Size(2_500, is_signed=False)]] * 40
    plan = planning.plan_draw(half, 3_000, ALL_TOLD)
    whole = planning.plan_draw(DISTRICTS, 3_000, ALL_TOLD)
    assert {sum(of) for of in plan.drawn} == {75} and {of[0] for of in plan.drawn} <= {37, 38}
    assert plan.width == pytest.approx((whole.width or 0) * 2**0.5, rel=0.02)
