"""A plan of votes becomes targets of members: as weights of the present total, or by a stated number per 100 votes."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser, undrawn
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.make import plan_of, taken
from abhiyan.programmes.tests.test_pages import drive as opened_drive
from abhiyan.targets import actions, queries
from abhiyan.targets.queries.plans import _members
from abhiyan.targets.refusals import PlanDisagrees
from abhiyan.units.models import Unit

from .test_take_over import drive, president, set_n

__all__ = ["drive", "president"]
pytestmark = pytest.mark.django_db
opened = opened_drive


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


def targets(world: World, drive: Programme) -> dict[str, int]:
    codes = {unit.pk: code for code, unit in world.units.items()}
    with system("test"):
        found = queries.targets(programme=drive, units=list(codes))
    return {codes[unit]: target.n for unit, target in found.items()}


@pytest.fixture
def client(president: Account) -> Client:
    return browser(president)


def test_the_present_target_is_shared_by_the_votes_of_a_plan(
    world: World, drive: Programme, president: Account, client: Client
) -> None:
    set_n(world, drive, president, N1=1000, N11=1, N12=1, N111=1, N1111=1)
    plan = plan_of(world, N1111=30, N1112=10, N1121=0, N1122=0, N1211=40, N1212=20, N1221=0, N1222=0)
    asked = {"plan": str(plan.public_id), "way": "weights"}
    answer = client.get(f"/programmes/{drive.public_id}/targets/plan/", asked)
    assert answer.status_code == 302 and "how=planned" in answer["Location"]
    page = body(client, answer["Location"])
    said = "These units get the target 0. Nothing will be due there: Mandal: 1 Unit N112 "
    assert said in words(page)
    form = taken(page)
    action = re.search(r'action="([^"]*targets/split/[^"]*)"', page)
    assert action and client.post(unescape(action[1]), form).status_code == 302
    found = targets(world, drive)
    assert {code: found[code] for code in ("N1", "N11", "N12", "N111", "N112", "N1111", "N1112")} == {
        "N1": 1000, "N11": 400, "N12": 600, "N111": 400, "N112": 0, "N1111": 300, "N1112": 100,
    }  # fmt: skip
    page = words(body(client, f"/programmes/{drive.public_id}/targets/?unit=N1"))
    assert "by weights of a plan" in page
    versions = words(body(client, f"/programmes/{drive.public_id}/targets/versions/?unit=N1"))
    assert "by weights of the plan: Plan v1" in versions


def test_a_locked_target_stays_when_a_plan_gives_the_weights(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, president, N1=1000)
    plan = plan_of(world, N1111=30, N1211=70)
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N12"), n=100, lock=True, by=actor(president), at=AT
        )
        actions.split_target(
            programme_id=drive.pk,
            unit_id=world.unit("N1"),
            how="planned",
            options={"plan_id": str(plan.public_id)},
            by=actor(president),
            at=AT,
        )
    assert targets(world, drive) == {"N1": 1000, "N11": 900, "N12": 100}


def test_votes_of_a_mandal_are_spread_over_its_booths_by_electors(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        Unit.objects.filter(code="N1111").update(electors=300)
        Unit.objects.filter(code="N1112").update(electors=100)
    set_n(world, drive, president, N1=1000)
    plan = plan_of(world, N111=80, N112=0, N121=20, N122=0)
    with system("test"):
        actions.split_target(
            programme_id=drive.pk,
            unit_id=world.unit("N1"),
            how="planned",
            far="",
            options={"plan_id": str(plan.public_id)},
            by=actor(president),
            at=AT,
        )
    found = targets(world, drive)
    assert (found["N111"], found["N1111"], found["N1112"]) == (800, 600, 200)


@pytest.mark.parametrize("plan_id", ["", "x", "7f1e6a52-0000-4000-8000-000000000000"])
def test_a_plan_that_is_not_there_gives_no_weights(
    world: World, drive: Programme, president: Account, client: Client, plan_id: str
) -> None:
    plan_of(world, N1111=1)
    set_n(world, drive, president, N1=1000)
    asked = {"unit": "N1", "how": "planned", "plan_id": plan_id, "levels": "1"}
    answer = client.get(f"/programmes/{drive.public_id}/targets/preview/", asked)
    assert answer.status_code == 422 and "Take these targets" not in answer.content.decode()


def test_a_plan_of_other_places_is_refused_as_weights(
    world: World, drive: Programme, president: Account, client: Client
) -> None:
    plan = plan_of(world, N2111=9)
    set_n(world, drive, president, N1=1000)
    asked = {"unit": "N1", "how": "planned", "plan_id": str(plan.public_id), "levels": "1"}
    answer = client.get(f"/programmes/{drive.public_id}/targets/preview/", asked)
    assert answer.status_code == 422 and "None of the plan" in unescape(answer.content.decode())


def test_members_are_stated_for_every_100_votes_and_sum_exactly(
    world: World, drive: Programme, president: Account, client: Client
) -> None:
    plan = plan_of(world, N1111=333, N1112=333, N1121=334, N1211=5, N111=666, N11=1000)
    path = f"/programmes/{drive.public_id}/targets/plan/"
    asked = {"plan": str(plan.public_id), "way": "members", "per_100": "10.2"}
    page = body(client, f"{path}?plan={plan.public_id}&way=members&per_100=10.2")
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert form["per_100"] == "10.2" and form["way"] == "members"
    assert client.post(path, asked | {"expected": form["expected"]}).status_code == 302
    found = targets(world, drive)
    assert found["N1111"] + found["N1112"] == found["N111"] and found["N11"] == 102
    assert found["N111"] + found["N112"] == 102 and found["N1"] == 102 + found["N12"]
    assert found["N12"] in (0, 1), "five votes are half a member"


@pytest.mark.parametrize("per_100", ["", "0", "100.5", "ten", "-3", "1e9", "2.55"])
def test_no_number_of_members_is_guessed(
    world: World, drive: Programme, president: Account, client: Client, per_100: str
) -> None:
    plan = plan_of(world, N1111=333)
    path = f"/programmes/{drive.public_id}/targets/plan/"
    asked = {"plan": str(plan.public_id), "way": "members", "per_100": per_100}
    for answer in (client.get(path, asked), client.post(path, asked | {"expected": "x"})):
        assert answer.status_code == 422 and "Take these targets" not in answer.content.decode()
    assert targets(world, drive) == {}


def test_a_plan_whose_parts_and_whole_disagree_is_refused(
    world: World, drive: Programme, president: Account, client: Client
) -> None:
    set_n(world, drive, president, N1=48)
    plan = plan_of(world, N1111=6000, N1112=329)
    path = f"/programmes/{drive.public_id}/targets/plan/"
    asked = {"plan": str(plan.public_id), "way": "members", "per_100": "100"}
    page = client.get(path, asked).content.decode()
    told = "Unit N1 would have the target 48, but the targets below it come to 6,329."
    assert told in words(page) and "Take these targets" not in page
    answer = client.post(path, asked | {"expected": "x"})
    assert answer.status_code == 422 and told in words(answer.content.decode())
    with system("test"), pytest.raises(PlanDisagrees):
        actions.take_over_plan(
            programme_id=drive.pk,
            plan_public_id=plan.public_id,
            per_100=Decimal(100),
            by=actor(president),
            at=AT,
        )
    assert targets(world, drive) == {"N1": 48}


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=9),
    st.decimals("0.1", "100", places=1),
)
def test_no_vote_is_lost_by_rounding(votes: list[int], per_100: Decimal) -> None:
    parts = {n: (each, False) for n, each in enumerate(votes, 1)} | {0: (sum(votes), False)}
    ranges = {n: (n, n + 1) for n in range(1, len(votes) + 1)} | {0: (0, len(votes) + 1)}
    found = _members(parts, ranges, per_100)
    exact = sum(votes) * per_100 / 100
    assert found[0][0] == sum(found[n][0] for n in range(1, len(votes) + 1))
    assert abs(found[0][0] - exact) <= Decimal("0.5")
    assert all(abs(found[n][0] - each * per_100 / 100) <= 1 for n, each in enumerate(votes, 1))


def test_a_target_far_below_what_is_counted_is_marked_and_targets_are_held_against_electors(
    world: World, opened: Programme, president: Account, client: Client
) -> None:
    with system("test"):
        Unit.objects.filter(code__in=["N11", "N12"]).update(electors=10_000)
    path = f"/programmes/{opened.public_id}/targets/"
    set_n(world, opened, president, N11=16, N12=300)
    page = words(body(client, f"{path}?unit=N1"))
    assert "Targets here run from 0.2% of electors (Unit N11) to 3.0% (Unit N12)." in page
    assert "too low" not in page, "23 of 16 are 144 per cent"
    set_n(world, opened, president, N11=10)
    assert "230% counted: too low?" in words(body(client, f"{path}?unit=N1"))
    assert "230% of the target is counted already." in words(body(client, f"{path}?unit=N11"))
    lines = client.get(path, {"unit": "N1", "format": "csv"}).getvalue().decode()
    assert "Unit N11,N11,10000,23,0.1,10" in lines
    set_n(world, opened, president, N11=3)
    page = words(body(client, f"{path}?unit=N1"))
    assert "Targets here run from 0.03% of electors (Unit N11)" in page, "few are not nobody"


def test_only_the_fields_of_the_chosen_way_are_asked_and_judged(
    world: World, opened: Programme, client: Client
) -> None:
    plan_of(world, N1111=1)
    page = body(client, f"/programmes/{opened.public_id}/targets/?unit=N1")
    ways = dict(re.findall(r'data-way="([^"]*)">.*?name="(\w+)"', page, re.DOTALL))
    assert ways["planned"] == "plan_id" and ways["result"] == "party" and "electors" not in " ".join(ways)
    assert "targets/targets.css" in page
    asked = {"unit": "N1", "how": "equally", "levels": "1", "weak": "99999", "party": "x" * 200}
    answer = client.get(f"/programmes/{opened.public_id}/targets/preview/", asked)
    assert answer.status_code == 200, "what another way needs is not judged"
    answer = client.get(f"/programmes/{opened.public_id}/targets/preview/", asked | {"how": "class"})
    assert answer.status_code == 422
