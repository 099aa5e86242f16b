"""A plan's votes passed down from a seat to mandals and booths: exact sums, locks kept, differences told."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Contest, Plan, PlanPart
from abhiyan.elections.queries import planning, units_below
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import (
    AimsUnfit,
    BasisUnfit,
    DepthUnfit,
    LocksExceed,
    NewerVersion,
    NotInPlan,
)
from abhiyan.elections.rules.passing_down import NumberChange
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people.models import Account
from abhiyan.units.models import Unit

from .make import bring, reasons, rows_of, written
from .test_make_plan import SEATS, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    """C1, the first seat, has the eight booths of N1 below it, in four mandals; each booth has electors."""
    made = World()
    staged = bring(written(tmp_path, rows_of(SEATS, state="S08")), election="LS2024")
    assert staged.state == "done", reasons(staged)
    with system("test"):
        Contest.objects.filter(number=1).update(unit=made.units["C1"])
        for number, code in enumerate(sorted(code for code in made.units if len(code) == 5), 1):
            Unit.objects.filter(code=code).update(electors=100 * number)
    return made


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def plan(world: World, president: Account) -> Plan:
    return make(world, president, Aims(seats_goal=3))


def passed(plan: Plan, world: World) -> dict[str, int]:
    codes = {unit.pk: code for code, unit in world.units.items()}
    with system("test"):
        return {codes[part.unit_id]: part.n for part in queries.plan_parts(plan)}


def passes(plan: Plan, world: World, by: Account, code: str = "C1", **more: Any) -> list[NumberChange[int]]:
    with system("test"):
        return actions.cascade_plan(
            public_id=plan.public_id, unit_id=world.unit(code), by=actor(by), at=AT, **more
        )


def assert_sums(plan: Plan, world: World) -> None:
    found = passed(plan, world)
    with system("test"):
        total = queries.votes_of(plan, world.unit("C1"))
    mandals = [code for code in found if len(code) == 4]
    assert sum(found[code] for code in mandals) == total
    for mandal in mandals:
        below = [found[code] for code in found if len(code) == 5 and code.startswith(mandal)]
        if below:
            assert sum(below) == found[mandal]


def test_every_level_sums_exactly(world: World, president: Account, plan: Plan) -> None:
    changes = passes(plan, world, president)
    assert len(changes) == 12 and all(change.before is None for change in changes)
    assert_sums(plan, world)
    found = passed(plan, world)
    assert found["N1111"] < found["N1112"] < found["N1222"]  # by electors
    passes(plan, world, president, basis="equal")
    assert_sums(plan, world)
    found = passed(plan, world)
    assert (
        max(found[code] for code in found if len(code) == 4)
        - min(found[code] for code in found if len(code) == 4)
        <= 1
    )


def test_no_further_down_than_asked_and_never_less_far_than_numbers_stand(
    world: World, president: Account, plan: Plan
) -> None:
    passes(plan, world, president, down_to="mandal")
    assert {len(code) for code in passed(plan, world)} == {4}
    passes(plan, world, president, down_to="booth")
    passes(plan, world, president, down_to="mandal", basis="equal")
    assert len(passed(plan, world)) == 12
    assert_sums(plan, world)


def test_a_number_by_hand_is_locked_and_its_sisters_share_the_rest(
    world: World, president: Account, plan: Plan
) -> None:
    passes(plan, world, president)
    before = passed(plan, world)
    changes = passes(plan, world, president, by_hand={world.unit("N111"): 7})
    after = passed(plan, world)
    assert after["N111"] == 7 and after["N1111"] + after["N1112"] == 7
    assert {change.key for change in changes} >= {world.unit("N111"), world.unit("N112")}
    assert_sums(plan, world)
    with system("test"):
        here = units_below.passed_to(plan, [world.unit("N111")])[world.unit("N111")]
        assert (here.part.is_locked, here.part.weight_basis, here.before) == (True, "hand", before["N111"])
    passes(plan, world, president, basis="equal")
    assert passed(plan, world)["N111"] == 7
    with system("test"):
        actions.lock_part(
            public_id=plan.public_id, unit_id=world.unit("N111"), locked=False, by=actor(president), at=AT
        )
    passes(plan, world, president)
    assert passed(plan, world) == before


def test_locks_above_the_whole_are_refused_and_change_nothing(
    world: World, president: Account, plan: Plan
) -> None:
    passes(plan, world, president)
    before = passed(plan, world)
    with pytest.raises(LocksExceed):
        passes(plan, world, president, by_hand={world.unit("N111"): 1_000_000})
    assert passed(plan, world) == before


def test_votes_above_the_electors_below_are_told_carried_and_taken_back(
    world: World, president: Account, plan: Plan
) -> None:
    def told(of: Plan) -> list[dict[str, Any]]:
        with system("test"):
            kept = queries.plan_for(of.public_id)
            found = planning.findings(kept, "contradictions")
        return [dict(one.facts) for one in found if one.code == "part_above_electors"]

    passes(plan, world, president)
    assert not told(plan)
    passes(plan, world, president, by_hand={world.unit("N1111"): 101, world.unit("N1112"): 299})
    assert told(plan) == [{"units": 3, "votes": 400, "electors": 300}]  # both, and their mandal most
    with system("test"):
        contest = Contest.objects.get(number=3)
        after = actions.next_version(
            public_id=plan.public_id, by_hand={contest.pk: 600}, by=actor(president), at=AT
        )
    assert told(after) == told(plan)  # below a seat that kept its votes
    for locked in (True, False):
        with system("test"):
            after = actions.lock_seats(
                public_id=after.public_id, contest_ids=[contest.pk], locked=locked, by=actor(president), at=AT
            )
        assert told(after) == told(plan)
    passes(after, world, president, by_hand={world.unit("N1111"): 100, world.unit("N1112"): 7})
    assert not told(after)


def test_what_cannot_be_passed_is_refused(world: World, president: Account, plan: Plan) -> None:
    with pytest.raises(NotInPlan):
        passes(plan, world, president, "N111")  # nothing was passed to it yet
    with pytest.raises(BasisUnfit):
        passes(plan, world, president, basis="moon")
    with pytest.raises(DepthUnfit):
        passes(plan, world, president, down_to="moon")
    with pytest.raises(AimsUnfit):
        passes(plan, world, president, by_hand={world.unit("N111"): -1})
    with pytest.raises(NotInPlan):
        passes(plan, world, president, by_hand={world.unit("N211"): 5})
    district = world.holder("district_president", "N11", name="Asha Devi")
    with pytest.raises(NotYours):
        passes(plan, world, district)


def test_a_new_version_carries_what_was_passed_down(world: World, president: Account, plan: Plan) -> None:
    passes(plan, world, president)
    passes(plan, world, president, by_hand={world.unit("N111"): 7})
    before = passed(plan, world)
    contest = Contest.objects.get(number=2).pk
    with system("test"):
        same = actions.lock_seats(
            public_id=plan.public_id, contest_ids=[contest], locked=True, by=actor(president), at=AT
        )
    assert passed(same, world) == before == passed(plan, world)
    with pytest.raises(NewerVersion):
        passes(plan, world, president)  # a version is not edited once there is a newer one
    first = Contest.objects.get(number=1).pk
    with system("test"):
        other = actions.next_version(
            public_id=same.public_id, by_hand={first: 640}, by=actor(president), at=AT
        )
    assert passed(other, world)["N111"] == 7
    assert_sums(other, world)
    with system("test"):
        tight = actions.next_version(
            public_id=other.public_id, by_hand={first: 5}, by=actor(president), at=AT
        )
    assert gaps(tight) == [first] and passed(tight, world)["N111"] == 7
    with system("test"):
        part = PlanPart.objects.get(plan=tight, unit=world.unit("N111"))
        assert (part.weight_basis, part.is_locked, part.n) == ("hand", True, 7)
        again = actions.lock_seats(
            public_id=tight.public_id, contest_ids=[contest], locked=False, by=actor(president), at=AT
        )
    assert gaps(again) == [first] and passed(again, world) == passed(tight, world)
    with pytest.raises(LocksExceed):
        passes(again, world, president)
    with system("test"):
        actions.lock_part(
            public_id=again.public_id, unit_id=world.unit("N111"), locked=False, by=actor(president), at=AT
        )
    passes(again, world, president)
    assert_sums(again, world)
    assert gaps(again) == []  # told no longer than it is so


def gaps(plan: Plan) -> list[int | None]:
    with system("test"):
        plan.refresh_from_db()
        return [one.key for one in planning.findings(plan, "contradictions") if one.code == "cascade_gap"]


def test_earlier_numbers_stay_on_record(world: World, president: Account, plan: Plan) -> None:
    passes(plan, world, president)
    passes(plan, world, president, basis="equal")
    with system("test"):
        rows = PlanPart.objects.filter(plan=plan, unit=world.units["N111"])
        assert rows.filter(replaced_at=None).count() == 1 and rows.exclude(replaced_at=None).count() == 1


@pytest.mark.examples(4, 12)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_it_sums_whatever_is_locked_in_whichever_order(
    world: World, president: Account, plan: Plan, data: st.DataObject
) -> None:
    codes = [code for code in sorted(world.units) if code.startswith("N1") and len(code) in (4, 5)]
    with system("test"):
        PlanPart.objects.filter(plan=plan).delete()
    passes(plan, world, president)
    for _step in range(data.draw(st.integers(1, 4))):
        code = data.draw(st.sampled_from(codes))
        hand = {world.unit(code): data.draw(st.integers(0, 120))}
        basis = data.draw(st.sampled_from(units_below.BASES))
        before = passed(plan, world)
        try:
            passes(plan, world, president, basis=basis, by_hand=hand)
        except LocksExceed:
            assert passed(plan, world) == before
        assert_sums(plan, world)
