"""The plan of the nation over all 543 seats of 2019: the figures of last time, and those that do not fit together."""

import pytest

from abhiyan.core.scope import system
from abhiyan.elections import actions, words
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.views.plans import goals_of, lead_of
from abhiyan.org.tests.make import AT, World, actor

from .make import lok_sabha

pytestmark = pytest.mark.django_db


def test_three_hundred_and_twenty_five_seats_and_thirty_five_crore_votes() -> None:
    world = World()
    lok_sabha(2019)
    president = world.holder("national_president", "N", name="Rohini Koul")
    with system("test"):
        plan = actions.make_plan(
            names={"en": "325"},
            election="LS2019",
            unit_id=world.unit("N"),
            party="BJP",
            aims=Aims(seats_goal=325, votes_goal=350_000_000),
            by=actor(president),
            at=AT,
        )
        told = [
            words.sentence(one, {}) for one in planning.findings(plan, "contradictions") if one.key is None
        ]
    assert (plan.state, plan.level, len(plan.found["by_seat"])) == ("", "pc", 543)
    assert (plan.found["last_seats"], plan.found["last_votes"]) == (303, 229_076_879)
    assert plan.found["seats"] >= 325 and plan.found["votes_for_goal"] <= 350_000_000
    assert sum(one.goal == 325 and one.last == 303 for one in goals_of(plan)) == 1
    assert "303" in lead_of(plan) and "22,90,76,879" in lead_of(plan) and "35,00,00,000" in lead_of(plan)
    assert not any("%(" in text for text in told)
