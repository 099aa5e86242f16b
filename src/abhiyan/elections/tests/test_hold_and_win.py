"""Plans that hold seats and win single ones: what each seat gets, what the goal needs, and the pages."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import UnknownSeat
from abhiyan.elections.rules import plans
from abhiyan.elections.rules.plans import PlanQuery, work_out_plan
from abhiyan.elections.rules.swing import Seats
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser

from .test_make_plan import make, seats
from .test_passing_down import president, world
from .test_plan_pages import GOALS, STEP_TWO, text
from .test_plans import FIVE, codes, results

__all__ = ["president", "world"]


def test_seats_held_keep_their_votes_and_the_cheapest_get_what_they_lack() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(method="hold", seats_goal=3, draws=50))
    assert outcome.votes.tolist() == [400, 325, 300, 100, 382]
    assert outcome.won.tolist() == [True, True, False, False, True]
    assert outcome.seats == 3 and outcome.swing == 0 and not codes(outcome)
    assert outcome.total == outcome.votes_for_goal == 1480 + 25 + 2
    by_swing = work_out_plan(FIVE, PlanQuery(seats_goal=3, draws=50))
    assert by_swing.total > outcome.total, "a common swing spends votes where they win nothing"


def test_only_seats_named_are_won_and_a_goal_above_them_is_told() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(method="hold", seats_goal=3, to_win=(3,), draws=50))
    assert outcome.won.tolist() == [True, False, True, False, False]
    assert outcome.votes[2] == outcome.need[2] and outcome.votes[1] == 300
    assert codes(outcome) == ["seats_below_goal"]


def test_a_seat_without_a_candidate_of_ours_is_won_only_where_it_is_named() -> None:
    of = Seats(**{name: getattr(FIVE, name).copy() for name in FIVE.__slots__})
    of.stood[2], of.ours[2] = False, 0
    assert not work_out_plan(of, PlanQuery(method="hold", seats_goal=5, draws=50)).won[2]
    named = work_out_plan(of, PlanQuery(method="hold", to_win=(3,), draws=50))
    assert named.won[2] and named.votes[2] == named.need[2]


def test_without_goal_and_names_everything_stays_as_it_was() -> None:
    outcome = work_out_plan(FIVE, PlanQuery(method="hold", draws=50))
    assert outcome.votes.tolist() == FIVE.ours.tolist() and outcome.seats == 1


@given(results(), st.integers(0, 9))
def test_no_seat_gets_more_than_wins_it_and_votes_and_seats_agree(of: Seats, goal: int) -> None:
    on = plans.ground(of, method="hold")
    outcome = work_out_plan(of, PlanQuery(method="hold", seats_goal=goal, draws=1))
    won_more = outcome.won & ~of.last_won & (outcome.votes > plans.votes_if_kept(on))
    assert (outcome.votes[won_more] == outcome.need[won_more]).all()
    assert (outcome.votes >= plans.votes_if_kept(on)).all() and (
        outcome.votes <= np.maximum(outcome.likely, 0)
    ).all()
    assert outcome.seats >= min(goal, plans.most_seats(on))
    for k in range(plans.most_seats(on) + 1):
        votes = plans.votes_for_seats(on, k)
        assert votes is not None and (plans.seats_for_votes(on, votes) or 0) >= k
        fewer = plans.seats_for_votes(on, votes - 1)
        assert fewer is None or fewer < k
    assert plans.votes_for_seats(on, plans.most_seats(on) + 1) is None


@pytest.mark.django_db
def test_a_plan_leads_with_the_seats_to_be_won_and_lists_the_cheapest_first(
    world: World, president: Account
) -> None:
    client = browser(president)
    answer = client.post(STEP_TWO, GOALS | {"method": "hold", "then": "make"})
    assert answer.status_code == 302
    page = text(body(client, answer["Location"]))
    lead = "2 seats are to be won from others. They need 272 more votes."
    assert lead in page and page.index(lead) < page.index("3 of 4 seats; last time")
    assert "If every seat gets about the votes planned:" in page and "Hold and win" in page
    listed = page.split("Seat by seat")[1]
    assert listed.index("Seat 3") < listed.index("Seat 2"), "what lacks fewest votes comes first"
    assert "Seat 4" not in listed and "Seat 1" not in listed
    assert "Seat 4" in text(body(client, answer["Location"] + "?show=")).split("Seat by seat")[1]
    by_swing = make(world, president, Aims(seats_goal=3))
    assert "If every seat swings about" in text(body(client, f"/elections/plans/{by_swing.public_id}/"))


@pytest.mark.django_db
def test_seats_to_be_won_are_ticked_and_unticked_and_what_is_unknown_is_refused(
    world: World, president: Account
) -> None:
    made = make(world, president, Aims(method="hold", seats_goal=2))
    before = seats(made)
    ids = {number: seat.contest_id for number, seat in before.items()}
    client = browser(president)
    path = f"/elections/plans/{made.public_id}/seats/"
    page = body(client, path)
    ticked = [number for number, one in ids.items() if re.search(rf'name="win_{one}"[^>]*checked', page)]
    assert f'name="win_{ids[1]}"' not in page and len(ticked) == 1, "a seat held is not to be won"
    other = next(number for number in (2, 3) if number not in ticked)
    form: dict[str, object] = {"seat": list(ids.values())}
    form |= {f"votes_{seat.contest_id}": str(seat.votes) for seat in before.values()}
    answer = client.post(path, form | {f"win_{ids[ticked[0]]}": "on"})
    assert answer.status_code == 302 and Plan.objects.count() == 1, "nothing is changed"
    answer = client.post(path, form | {f"win_{ids[other]}": "on"})
    with system("test"):
        newest = Plan.objects.get(number=2)
    won = {number: planning.seat_found(newest, one).won for number, one in ids.items()}
    assert won[1] and won[other] and not won[ticked[0]]
    # Other goals keep the seats named.
    answer = client.post(
        f"/elections/plans/{newest.public_id}/change/", {"method": "hold", "seats_goal": "3"}
    )
    page = text(body(client, answer["Location"]))
    assert "The plan now wins 2 seats; the goal is 3." in page
    with system("test"), pytest.raises(UnknownSeat):
        actions.next_version(
            public_id=Plan.objects.get(number=3).public_id,
            aims=Aims(method="hold", to_win=(10**9,)),
            by=actor(president),
            at=AT,
        )
    with pytest.raises(UnknownSeat):
        make(world, president, Aims(method="hold", to_win=(10**9,)))
