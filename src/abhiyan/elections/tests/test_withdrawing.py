"""Plans, alliances and classes block the undo of their results by name, and can be withdrawn."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import scoped, system
from abhiyan.elections import actions, queries
from abhiyan.elections.actions.dependents import made_of
from abhiyan.elections.models import Alliance, ClassRule, Election, Plan, PlanPart, PlanSeat, UnitClass
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import AllianceInUse, MadeOf
from abhiyan.elections.tests.make import bring, reasons, rows_of, step, written
from abhiyan.imports import running
from abhiyan.imports.models import StagedImport
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.units.models import Unit

pytestmark = pytest.mark.django_db
SEATS = {1: [("A", "BJP", 500), ("B", "INC", 450), ("C", "AAP", 100)]}


@pytest.fixture
def world(db: None) -> World:
    world = World()
    Unit.objects.filter(code="N1").update(names={"en": "Goa", "hi": "गोवा"})
    return world


@pytest.fixture
def results(world: World, tmp_path: Path) -> StagedImport:
    rows = rows_of(SEATS).replace(",,\n", ",,C1\n")
    header = "year,state_eci,pc_no,pc_name,pc_type,position,candidate,party,votes,electors,unit_code"
    staged = bring(written(tmp_path, rows, header=header), election="LS2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    return staged


def plan_of(world: World, chief: Account, alliance: Alliance | None = None) -> Plan:
    with system("test"):
        return actions.make_plan(
            names={"en": "One of one"},
            election="LS2024",
            unit_id=world.unit("N1"),
            party="BJP",
            alliance=alliance.public_id if alliance else None,
            aims=Aims(seats_goal=1),
            by=actor(chief),
            at=AT,
        )


def test_a_plan_holds_the_undo_is_named_to_who_sees_it_and_goes_with_all_its_versions(
    world: World, results: StagedImport
) -> None:
    chief = world.holder("state_president", "N1", name="Asha Naik")
    plan = plan_of(world, chief)
    with system("test"):
        actions.cascade_plan(public_id=plan.public_id, unit_id=world.unit("C1"), by=actor(chief), at=AT)
        newer = actions.next_version(public_id=plan.public_id, by=actor(chief), at=AT)
    held = step(results, "undo")
    assert held.error == "plans_stand"
    with translation.override("en"):
        told = running.error_text(held)
    assert "made from these results (1)" in told and "“One of one” (Asha Naik)" in told
    for office, code, refusal in (
        ("state_president", "N2", NotFound),
        ("district_president", "N11", NotYours),
    ):
        other = world.holder(office, code)
        with scoped(org.scope_of(other.pk, TODAY)), pytest.raises(refusal):
            actions.withdraw_plan(public_id=plan.public_id, by=actor(other), at=AT)
    with scoped(org.scope_of(chief.pk, TODAY)):
        assert actions.withdraw_plan(public_id=plan.public_id, by=actor(chief), at=AT) == 2
        with pytest.raises(NotFound):
            actions.withdraw_plan(public_id=newer.public_id, by=actor(chief), at=AT)
    with system("test"):
        assert not Plan.objects.exists() and not PlanSeat.objects.exists() and not PlanPart.objects.exists()
        assert AuditEntry.objects.filter(act="elections.withdraw_plan", n=2).count() == 1
    assert step(results, "undo").state == "undone" and not Election.objects.exists()


def test_whatever_stands_on_what_is_to_go_is_a_conflict_under_a_code_of_its_own() -> None:
    assert [(one.code, one.status) for one in MadeOf.__subclasses__()] == [
        ("plans_stand", 409),
        ("units_planned", 409),
        ("alliance_in_use", 409),
    ]


def test_plans_out_of_sight_are_counted_and_not_named(world: World, results: StagedImport) -> None:
    plan_of(world, world.holder("state_president", "N1", name="Asha Naik"))
    with system("test"):
        stand = made_of(
            Plan.objects.all(),
            ClassRule.objects.none(),
            by=actor(world.holder("state_president", "N2")),
            at=AT,
        )
    assert (stand.n, stand.seen) == (1, "–")


def test_an_alliance_goes_when_nothing_is_made_with_it(world: World, results: StagedImport) -> None:
    chief = world.holder("state_president", "N1")
    with system("test"):
        alliance = actions.make_alliance(
            election="LS2024",
            state="Goa",
            names={"en": "Two"},
            lead="BJP",
            parties=["AAP"],
            by=actor(chief),
            at=AT,
        )
        plan = plan_of(world, chief, alliance)
        with (
            translation.override("en"),
            pytest.raises(AllianceInUse, match=r"this alliance \(1\).*One of one"),
        ):
            actions.withdraw_alliance(public_id=alliance.public_id, by=actor(chief), at=AT)
        actions.withdraw_plan(public_id=plan.public_id, by=actor(chief), at=AT)
        with pytest.raises(NotYours):
            actions.withdraw_alliance(
                public_id=alliance.public_id, by=actor(world.holder("state_president", "N2")), at=AT
            )
        actions.withdraw_alliance(public_id=alliance.public_id, by=actor(chief), at=AT)
        assert not Alliance.objects.exists()


def test_rules_of_classes_go_with_the_classes_they_gave(
    world: World, results: StagedImport, tmp_path: Path
) -> None:
    rows = "1,1,S,7,A,BJP,300,S05,N1111\n1,1,S,7,B,INC,200,S05,N1111\n1,1,S,8,A,BJP,10,S05,N1121\n"
    head = "pc_no,ac_no,ac_name,booth,candidate,party,votes,state_eci,unit_code"
    booths = written(tmp_path, rows, header=head, name="booths.csv")
    assert bring(booths, "segments", election="LS2024").state == "done"
    chief = world.holder("state_president", "N1")

    def sort(code: str) -> ClassRule:
        return actions.sort_units(
            election="LS2024",
            unit_id=world.unit(code),
            rows=[{"class": "swing"}],
            party="BJP",
            by=actor(chief),
            at=AT,
        )

    with system("test"):
        of = queries.election("LS2024")
        sort("N1")
        sort("N1")
        sort("N11")  # the second booth has another class now
        with pytest.raises(NotYours):
            actions.withdraw_classes(
                election="LS2024",
                unit_id=world.unit("N1"),
                by=actor(world.holder("district_president", "N11")),
                at=AT,
            )
        n = UnitClass.objects.filter(rule__unit=world.unit("N1")).count()
        gone = actions.withdraw_classes(election="LS2024", unit_id=world.unit("N1"), by=actor(chief), at=AT)
        assert gone == n
        assert queries.class_rule(of, world.unit("N1")) is None
        assert [rule.unit_id for rule in ClassRule.objects.all()] == [world.unit("N11")]
        with pytest.raises(NotFound):
            actions.withdraw_classes(election="LS2024", unit_id=world.unit("N1"), by=actor(chief), at=AT)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:1000]
    return answer.content.decode()


def test_each_is_taken_away_on_a_page_that_says_what_goes(world: World, results: StagedImport) -> None:
    chief = world.holder("state_president", "N1")
    with system("test"):
        alliance = actions.make_alliance(
            election="LS2024",
            state="Goa",
            names={"en": "Two"},
            lead="BJP",
            parties=["AAP"],
            by=actor(chief),
            at=AT,
        )
        Unit.objects.filter(code="C1").update(kind="segment")  # it has votes of its own: it can be sorted
        actions.sort_units(
            election="LS2024",
            unit_id=world.unit("N1"),
            rows=[{"class": "swing"}],
            party="BJP",
            by=actor(chief),
            at=AT,
        )
    plan = plan_of(world, chief, alliance)
    of = "/elections/results/LS2024"
    ways = {  # page that leads there -> page that asks
        f"{of}/alliances/{alliance.public_id}/": f"{of}/alliances/{alliance.public_id}/withdraw/",
        f"/elections/plans/{plan.public_id}/": f"/elections/plans/{plan.public_id}/withdraw/",
        f"{of}/classes/?unit=N1": f"{of}/classes/withdraw/?unit=N1",
    }
    own, district = browser(chief), browser(world.holder("district_president", "N11"))
    other = browser(world.holder("state_president", "N2"))
    for shown, asked in ways.items():
        assert asked in page(own, shown), shown
        assert asked not in page(district, shown), shown
        for client, status in ((district, 403), (other, 403 if "/alliances/" in asked else 404)):
            assert client.get(asked).status_code == status, asked
            assert client.post(asked).status_code == status, asked
    (alliance_page, plan_page, classes_page) = ways.values()
    assert "“One of one”" in page_after(own, alliance_page, 409)
    assert "versions (1)" in page(own, plan_page)
    for asked in (plan_page, alliance_page, classes_page):
        assert own.post(asked).status_code == 302, asked
        assert own.get(asked).status_code == 404, asked
    with system("test"):
        assert not Plan.objects.exists() and not Alliance.objects.exists() and not ClassRule.objects.exists()


def page_after(client: Client, path: str, status: int) -> str:
    answer = client.post(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_undo_of_units_says_that_plans_stand_on_the_units(world: World, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,kind,name_en,electoral_parent\nGA-PC1,constituency,North,N1\n")
    units = bring(path, "units")
    assert units.state == "done", reasons(units)
    results = bring(written(tmp_path, rows_of(SEATS)), election="LS2024", partial="yes")
    assert results.state == "done", reasons(results)
    chief = world.holder("state_president", "N1")
    plan = plan_of(world, chief)
    held = step(units, "undo")
    assert held.error == "units_planned"
    with translation.override("en"):
        told = running.error_text(held)
    assert "use these units (1)" in told and "“One of one”" in told
    with system("test"):
        actions.withdraw_plan(public_id=plan.public_id, by=actor(chief), at=AT)
    assert step(units, "undo").state == "undone"
