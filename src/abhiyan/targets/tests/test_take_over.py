"""A plan of votes becomes a programme's targets."""

import re
import sys
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.elections.models import Contest, Election, Plan, PlanPart, PlanSeat
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.make import plan_of
from abhiyan.programmes.tests.test_make_programme import make
from abhiyan.targets import actions, queries
from abhiyan.targets.queries.plans import Takeover

pytestmark = pytest.mark.django_db
MEMBERS = {"way": "members", "per_100": "100"}  # as many members as votes


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    return make(world, president)


def planned(world: World, drive: Programme, **parts: int | tuple[int, bool]) -> Takeover:
    with system("test"):
        return queries.planned_takeover(
            programme=drive,
            measure=1,
            parts={
                world.unit(code): given if isinstance(given, tuple) else (given, False)
                for code, given in parts.items()
            },
            on=TODAY,
        )


def after(found: Takeover) -> dict[str, int | None]:
    return {one.code: one.after for one in queries.described(found.changes.differences)}


def test_units_of_the_plan_get_its_numbers_and_those_above_their_sum(world: World, drive: Programme) -> None:
    found = planned(world, drive, N1111=10, N1112=(5, True), N1211=7, C1=22, N21=99)
    assert after(found) == {
        "N1": 22,
        "N11": 15,
        "N111": 15,
        "N1111": 10,
        "N1112": 5,
        "N12": 7,
        "N121": 7,
        "N1211": 7,
    }
    assert found.unplaced == (world.unit("C1"),)  # a seat has no place in the organisation
    assert found.outside == (world.unit("N21"),)
    assert found.summed == 5 and found.misfits == ()
    assert [one.code for one in queries.described(found.changes.differences) if one.is_locked] == ["N1112"]


def test_units_whose_target_becomes_nothing_and_seats_left_out_are_told(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, president, N1111=70, N1112=0)
    plan = plan_of(world, N1111=0, N1112=0, N1121=5, C1=5)
    path = f"/programmes/{drive.public_id}/targets/plan/"
    page = unescape(browser(president).get(path, MEMBERS | {"plan": str(plan.public_id)}).content.decode())
    said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "These units get the target 0" in said and "Cluster: 1" not in said
    assert "Mandal: 1 Unit N111 " in said and "Booth: 1 " in said, "named, but for booths"
    assert "1 unit below the plan's seats is not in this programme's hierarchy" in page


def set_n(world: World, drive: Programme, by: Account, **given: int) -> None:
    for code, n in given.items():
        with system("test"):
            actions.set_target(programme_id=drive.pk, unit_id=world.unit(code), n=n, by=actor(by), at=AT)


def test_targets_locked_further_below_are_counted_in_the_row_of_what_they_stand_below(
    world: World, drive: Programme, president: Account
) -> None:
    for code in ("N12", "N1111", "N112"):
        with system("test"):
            actions.set_target(
                programme_id=drive.pk, unit_id=world.unit(code), n=9, lock=True, by=actor(president), at=AT
            )
    with system("test"):
        below = queries.locked_below(programme=drive, node=world.unit("N1"))
    assert below == {world.unit("N11"): 2}  # what is locked in a row itself says so there
    page = browser(president).get(f"/programmes/{drive.public_id}/targets/", {"unit": "N1"}).content.decode()
    assert page.count("2 locked below") == 1


def misfits(world: World, found: Takeover) -> dict[str, tuple[int, int, int]]:
    """Unit code -> its number, that of those below, and how many of them have none."""
    codes = {unit.pk: code for code, unit in world.units.items()}
    return {codes[one.unit_id]: (one.n, one.below, one.without) for one in found.misfits}


def test_levels_of_a_plan_that_do_not_sum_are_told_and_not_mended(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, president, N1111=70)
    found = planned(world, drive, N11=100, N111=60, N112=30)
    assert after(found)["N11"] == 100
    assert misfits(world, found) == {"N11": (100, 90, 0), "N111": (60, 70, 1)}


def test_a_locked_target_stays_is_told_and_counts_in_the_sum_above(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N111"), n=9, lock=True, by=actor(president), at=AT
        )
    found = planned(world, drive, N111=60, N112=30)
    assert [(one.unit_id, one.n, one.planned) for one in found.locked] == [(world.unit("N111"), 9, 60)]
    assert "N111" not in after(found) and after(found)["N11"] == 39 and found.misfits == ()


def test_a_locked_target_that_does_not_fit_a_plan_is_named_and_the_plan_refused(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N111"), n=9, lock=True, by=actor(president), at=AT
        )
    plan = plan_of(world, N1111=40, N1112=20, N112=30)
    path, client = f"/programmes/{drive.public_id}/targets/", browser(president)
    looked = unescape(client.get(path + "plan/", MEMBERS | {"plan": str(plan.public_id)}).content.decode())
    assert re.search(r"Unit N111</a>:\s+9, those below together 60", looked.split("What does not add up:")[1])
    assert "Take these targets" not in looked


def test_what_does_not_sum_after_a_plan_is_named_with_the_targets_while_it_does_not(
    world: World, drive: Programme, president: Account
) -> None:
    plan = plan_of(world, N1111=40, N1112=20, N112=30)
    path, client = f"/programmes/{drive.public_id}/targets/", browser(president)
    with system("test"):
        actions.take_over_plan(
            programme_id=drive.pk,
            plan_public_id=plan.public_id,
            per_100=Decimal(100),
            by=actor(president),
            at=AT,
        )
    set_n(world, drive, president, N1111=9)
    page = unescape(client.get(path, {"unit": "N1"}).content.decode())
    assert "The targets right below add up exactly." in page and "at every level" not in page
    assert "In 1 unit further below they do not add up." in page
    named = r"Unit N111</a>:\s+60, those below together 29"
    assert re.search(named, page.split("Where they do not add up")[1])
    set_n(world, drive, president, N111=29)
    page = unescape(client.get(path, {"unit": "N11"}).content.decode())
    assert "further below" not in page and "31" in page.split("Where they do not add up")[0]


def test_the_page_promises_a_seat_a_target_only_where_it_stands_in_the_programmes_hierarchy(
    world: World, drive: Programme, president: Account
) -> None:
    plan = plan_of(world, N1111=5, C1=5)
    path = f"/programmes/{drive.public_id}/targets/plan/"
    page = unescape(browser(president).get(path, MEMBERS | {"plan": str(plan.public_id)}).content.decode())
    assert "get their members and the plan's locks" in " ".join(page.split())


def test_districts_the_plan_does_not_name_keep_their_targets_and_count_in_the_sum_above(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, president, N1=2000, N12=1200)
    found = planned(world, drive, N111=500, N112=100)
    assert after(found) == {"N1": 1800, "N11": 600, "N111": 500, "N112": 100}
    assert found.misfits == ()


def test_a_plan_of_a_part_of_the_state_leaves_the_states_own_target_and_says_what_is_missing(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, president, N1=2000)
    found = planned(world, drive, N111=500, N112=100)
    assert after(found) == {"N11": 600, "N111": 500, "N112": 100}
    assert misfits(world, found) == {"N1": (2000, 600, 1)}


def test_a_plan_of_more_units_than_one_taking_over_looks_at_is_refused_before_they_are_read(
    world: World, drive: Programme, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_of(world, N1111=1, N1112=2, N1121=3)
    client, page = browser(president), f"/programmes/{drive.public_id}/targets/plan/"
    assert client.get(page, MEMBERS | {"plan": str(plan.public_id)}).status_code == 200
    monkeypatch.setattr(sys.modules[queries.planned_takeover.__module__], "MOST", 2)
    answer = client.get(page, MEMBERS | {"plan": str(plan.public_id)})
    assert answer.status_code == 422
    assert "This plan gives votes to more than 2 units" in answer.content.decode()
    answer = client.post(page, MEMBERS | {"plan": str(plan.public_id), "expected": "x"})
    assert answer.status_code == 422 and "Take these targets" not in answer.content.decode()


def test_what_a_plan_would_change_is_named_on_the_page_and_in_the_file(
    world: World, drive: Programme, president: Account
) -> None:
    plan = plan_of(world, N1111=10, N1112=(5, True))
    client, page = browser(president), f"/programmes/{drive.public_id}/targets/plan/"
    asked = MEMBERS | {"plan": str(plan.public_id)}
    assert '<th scope="row">Unit N1112</th>' in client.get(page, asked).content.decode()
    lines = client.get(page, asked | {"format": "csv"}).getvalue().decode().splitlines()
    assert lines[-1] == "Unit N1112,N1112,Booth,,5,5,yes"


def test_the_page_says_how_a_plan_comes_into_the_programme_until_its_votes_are_passed_down(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        election = Election.objects.create(
            public_id=uuid4(), code="LS2024", kind="parliament", year=2024, names={"en": "2024"}, made_at=AT
        )
        seat = Contest.objects.create(
            election=election, state="S01", number=1, name="One", unit_id=world.unit("C1"), import_id=1, row=2
        )
        plan = Plan.objects.create(
            public_id=uuid4(), names={"en": "All"}, election=election, level="pc", unit_id=world.unit("N1"),
            found={"range": [0, 1, 1, 8, 9, 10, None]},
            party="BJP", method="uniform", made_at=AT,
        )  # fmt: skip
        PlanSeat.objects.create(
            plan=plan, contest=seat, unit_id=world.unit("C1"), votes_likely=9, votes=9, share_pct=45.0
        )
    client = browser(president)
    path = f"/programmes/{drive.public_id}/targets/plan/?way=members&per_100=100&plan={plan.public_id}"
    page = client.get(path).content.decode()
    assert "1 seat of the plan is not in this programme" in page
    assert "Pass its votes down to the booths first" in page
    assert f'href="/elections/plans/{plan.public_id}/below/"' in page
    with system("test"):
        PlanPart.objects.create(
            plan=plan, unit_id=world.unit("N1111"), parent_id=world.unit("C1"), n=9, weight_basis="electors",
            set_at=AT,
        )  # fmt: skip
    page = client.get(path).content.decode()
    assert "Take these targets" in page and "booths first" not in page
