"""Targets by any basis, looked at before they are taken, kept in versions one can go back to."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes.models import Programme, ProgrammeUnit, UnitTotal
from abhiyan.programmes.tests.make import taken
from abhiyan.programmes.tests.test_make_programme import make
from abhiyan.programmes.tests.test_pages import drive as open_drive
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetVersion
from abhiyan.targets.queries import splits
from abhiyan.targets.refusals import (
    AllLocked,
    LocksDoNotFit,
    NotBelow,
    TargetLocked,
    TooManyUnits,
    UnknownBasis,
)
from abhiyan.ui import tables
from abhiyan.units.models import Placement, Unit

pytestmark = pytest.mark.django_db
running = open_drive  # a drive that is open by the real clock, as a fixture


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    with system("test"):
        for number, code in enumerate(
            sorted(code for code, unit in world.units.items() if unit.kind == "booth")
        ):
            Unit.objects.filter(code=code).update(electors=500 + 100 * number)
    made = make(world, president)
    with system("test"):
        actions.set_target(programme_id=made.pk, unit_id=world.unit("N1"), n=1000, by=actor(president), at=AT)
    return made


def split(world: World, drive: Programme, code: str, by: Account, how: str = "electors", **more: Any) -> int:
    with system("test"):
        return actions.split_target(
            programme_id=drive.pk, unit_id=world.unit(code), how=how, by=actor(by), at=AT, **more
        )


def targets(world: World, drive: Programme, *codes: str) -> list[int | None]:
    with system("test"):
        found = queries.targets(programme=drive, units=[world.unit(code) for code in codes])
    return [found[world.unit(code)].n if world.unit(code) in found else None for code in codes]


def total(world: World, code: str, n: int, label: str = "Drive of 2019") -> None:
    with system("test"):
        UnitTotal.objects.create(
            unit_id=world.unit(code), label=label, n=n, source="state office", import_id=1, row=2
        )


def newest(drive: Programme) -> TargetVersion:
    with system("test"):
        found = TargetVersion.objects.filter(programme=drive).order_by("-pk").first()
    assert found is not None
    return found


def test_a_target_is_split_by_what_an_earlier_drive_reached(
    world: World, drive: Programme, president: Account
) -> None:
    total(world, "N111", 30)  # of two mandals, and of the whole other district
    total(world, "N112", 10)
    total(world, "N12", 160)
    total(world, "N121", 999)  # held inside its district's figure: counts once
    split(world, drive, "N1", president, "totals", options={"label": "Drive of 2019"}, levels=2)
    assert targets(world, drive, "N11", "N12") == [200, 800]
    assert targets(world, drive, "N111", "N112") == [150, 50]
    assert newest(drive).facts == {"label": "Drive of 2019"}


def test_where_the_basis_knows_nothing_electors_take_its_place_and_it_is_said(
    world: World, drive: Programme, president: Account
) -> None:
    total(world, "N11", 50)
    total(world, "N12", 50)
    with system("test"):
        found = queries.planned_split(
            programme=drive,
            measure=1,
            unit_id=world.unit("N1"),
            own=1000,
            by=queries.basis("totals", {"label": "Drive of 2019"}),
            far="2",
            on=TODAY,
        )
    after = {one.code: one.after for one in found.differences}
    assert (after["N11"], after["N12"]) == (500, 500)
    assert after["N111"] == 212  # electors 500 + 600 of 500 + 600 + 700 + 800, largest remainder
    assert found.by_electors == 2 and found.unknown == 0


def planned(
    world: World, drive: Programme, code: str, own: int, how: str = "electors", **more: Any
) -> queries.Changes:
    by = queries.basis(how, {"label": "Drive of 2019"} if how == "totals" else {})
    with system("test"):
        return queries.planned_split(
            programme=drive, measure=1, unit_id=world.unit(code), own=own, by=by, on=TODAY, **more
        )


def test_a_unit_without_a_figure_weighs_as_its_sisters_do_on_average_and_it_is_said(
    world: World, drive: Programme, president: Account
) -> None:
    total(world, "N11", 50)
    total(world, "N111", 30)
    found = planned(world, drive, "N1", 1000, "totals")
    assert {one.code: one.after for one in found.differences} == {"N11": 500, "N12": 500}
    assert (found.by_electors, found.unknown) == (0, 1)
    with system("test"):
        Unit.objects.filter(code="N1111").update(electors=None)
    found = planned(
        world, drive, "N1", 1000, "totals", far=""
    )  # electors instead, below the mandals: one has none
    assert found.unknown == 3  # that booth, a district and a mandal
    after = {one.code: one.after or 0 for one in found.differences}
    assert after["N1111"] == after["N1112"] == after["N111"] // 2
    assert planned(world, drive, "N1", 1000, "equally", far="").unknown == 0
    with system("test"):
        Unit.objects.filter(code__startswith="N111").update(electors=None)
    found = planned(world, drive, "N111", 7)
    assert found.unknown == 2 and {one.after for one in found.differences} == {3, 4}


def test_electors_unknown_in_one_of_three_booths_are_taken_as_the_average_of_the_others(
    world: World, drive: Programme
) -> None:
    mandal = world.units["N111"]
    with system("test"):
        third = Unit.objects.create(code="N1113", kind="booth", names={"en": "N1113"})
        Placement.objects.filter(unit=mandal, hierarchy=1).update(leaves=3)
        beside = Placement.objects.get(unit_id=world.unit("N1112"), hierarchy=1)
        assert beside.lo is not None and beside.hi is not None
        middle = (beside.lo + beside.hi) // 2
        Placement.objects.filter(pk=beside.pk).update(hi=middle)
        Placement.objects.create(
            unit=third,
            hierarchy=1,
            parent=mandal,
            depth=beside.depth,
            lo=middle,
            hi=beside.hi,
            leaves=1,
            valid_from=TODAY,
        )
        for code, electors in (("N1111", 50_000), ("N1112", 60_000)):
            Unit.objects.filter(code=code).update(electors=electors)
    found = planned(world, drive, "N111", 1000)
    assert {one.code: one.after for one in found.differences} == {"N1111": 303, "N1112": 364, "N1113": 333}
    assert found.unknown == 1


def test_a_split_over_more_units_than_a_page_can_is_refused_before_they_are_read(
    world: World, drive: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splits, "MOST", 5)
    assert planned(world, drive, "N1", 1000, far="1").units == 2
    with override("en"), pytest.raises(TooManyUnits) as over:
        planned(world, drive, "N1", 1000, far="")
    assert over.value.facts == {"most": 5}
    assert planned(world, drive, "N1", 1000, far="kept").units == 2  # the districts have no units below them


def test_one_split_reaches_as_many_units_as_one_taking_over_of_a_plan() -> None:
    assert splits.MOST == sys.modules[queries.planned_takeover.__module__].MOST == 200_000


@pytest.mark.parametrize(
    ("how", "options"),
    [
        ("by magic", {}),
        ("totals", {}),
        ("totals", {"label": "  "}),
        ("class", {}),
        ("class", {"election": "LS2024", "strong": "a lot"}),
        ("class", {"election": "LS2024", "weak": "1001"}),
    ],
)
def test_a_basis_without_what_it_needs_is_refused(
    world: World, drive: Programme, president: Account, how: str, options: dict[str, str]
) -> None:
    with pytest.raises(UnknownBasis):
        split(world, drive, "N1", president, how, options=options)


@pytest.mark.parametrize(
    ("far", "reached"),
    [("1", "district"), ("district", "district"), ("mandal", "mandal"), ("", "booth"), ("kept", "district")],
)
def test_a_split_goes_as_far_down_as_asked(
    world: World, drive: Programme, president: Account, far: str, reached: str
) -> None:
    split(world, drive, "N1", president, far=far)
    found = {"district": "N11", "mandal": "N111", "booth": "N1111"}
    has = {kind: targets(world, drive, code)[0] is not None for kind, code in found.items()}
    wanted = list(found)[: list(found).index(reached) + 1]
    assert [kind for kind in found if has[kind]] == wanted


def test_as_far_as_targets_stand_leaves_branches_without_targets_alone(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive, "N1", president, "equally")
    split(world, drive, "N11", president, "equally")
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N1"), n=2000, by=actor(president), at=AT
        )
    split(world, drive, "N1", president, "equally", far="kept")
    assert targets(world, drive, "N11", "N111", "N1111", "N121") == [1000, 500, None, None]


def test_a_child_set_by_hand_is_locked_and_the_rest_is_split_again(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive, "N1", president, "equally", levels=2)
    split(world, drive, "N1", president, "equally", far="kept", by_hand={world.unit("N11"): 300})
    assert targets(world, drive, "N11", "N12", "N111", "N121") == [300, 700, 150, 350]
    with system("test"):
        known = queries.targets(programme=drive, units=[world.unit("N11"), world.unit("N12")])
        changed = list(
            queries.version_differences(drive, queries.version_in_sight(drive, newest(drive).public_id))[:50]
        )
    assert known[world.unit("N11")].is_locked and known[world.unit("N11")].basis == "hand"
    assert not known[world.unit("N12")].is_locked and known[world.unit("N12")].basis == "equally"
    assert {one.code: (one.before, one.after) for one in changed} == {
        "N11": (500, 300),
        "N12": (500, 700),
        "N111": (250, 150),
        "N112": (250, 150),
        "N121": (250, 350),
        "N122": (250, 350),
    }
    with pytest.raises(TargetLocked):
        split(world, drive, "N1", president, by_hand={world.unit("N11"): 1})
    with pytest.raises(NotBelow):
        split(world, drive, "N1", president, by_hand={world.unit("N111"): 1})
    with pytest.raises(actions.TargetUnfit):
        split(world, drive, "N1", president, by_hand={world.unit("N12"): -1})


def test_locks_that_do_not_fit_say_by_how_much_and_where(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive, "N1", president, "equally")
    with override("en"), pytest.raises(LocksDoNotFit) as over:
        split(world, drive, "N1", president, by_hand={world.unit("N11"): 1234})
    assert over.value.facts == {"where": "Unit N1", "locked": 1234, "total": 1000, "n": 234}
    with override("en"):
        assert "add up to 1,234: 234 more than its 1,000" in str(over.value)
    with override("en"), pytest.raises(AllLocked) as short:
        split(world, drive, "N1", president, by_hand={world.unit("N11"): 300, world.unit("N12"): 600})
    with override("en"):
        assert short.value.facts["n"] == 100 and "100 of its 1,000 are left over" in str(short.value)


def test_what_was_looked_at_is_what_is_taken_or_nothing(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        seen = queries.planned_split(
            programme=drive,
            measure=1,
            unit_id=world.unit("N1"),
            own=1000,
            by=queries.basis("equally"),
            on=TODAY,
        )
        Unit.objects.filter(code="N12").update(closed_on=TODAY - timedelta(days=1))
    with pytest.raises(actions.ChangedMeanwhile):
        split(world, drive, "N1", president, "equally", expected=seen.digest)
    assert targets(world, drive, "N11", "N12") == [None, None]
    with system("test"):
        Unit.objects.filter(code="N12").update(closed_on=None)
    assert split(world, drive, "N1", president, "equally", expected=seen.digest) == 2


def test_going_back_lets_targets_and_locks_stand_as_they_stood(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive, "N1", president, "equally", levels=2)
    first = newest(drive)
    split(world, drive, "N1", president, "equally", far="kept", by_hand={world.unit("N11"): 300})
    second = newest(drive)
    by = actor(president)

    def back(version: TargetVersion, **more: Any) -> int:
        with system("test"):
            return actions.go_back(
                programme_id=drive.pk,
                unit_id=world.unit("N1"),
                version=version.public_id,
                by=by,
                at=AT,
                **more,
            )

    codes = ("N11", "N12", "N111", "N121")
    assert back(second, before=True) == 6
    assert targets(world, drive, *codes) == [500, 500, 250, 250]
    with system("test"):
        assert not queries.targets(programme=drive, units=[world.unit("N11")])[world.unit("N11")].is_locked
    assert back(second) == 6
    assert targets(world, drive, *codes) == [300, 700, 150, 350]
    assert back(first, before=True) == 6
    assert targets(world, drive, *codes) == [None, None, None, None]
    assert targets(world, drive, "N1") == [1000]  # the level above sets it
    assert back(first) == 6 and back(first) == 0
    assert newest(drive).act == "back" and newest(drive).n == 6
    with pytest.raises(actions.ChangedMeanwhile):
        back(second, expected="of another day")
    with system("test"), pytest.raises(NotFound):
        actions.go_back(
            programme_id=drive.pk,
            unit_id=world.unit("N1"),
            version=drive.public_id,
            by=by,
            at=AT,
        )


def test_going_back_below_ones_own_unit_leaves_the_rest_alone(
    world: World, drive: Programme, president: Account
) -> None:
    district = world.holder("district_president", "N11")
    split(world, drive, "N1", president, "equally", levels=2)
    first = newest(drive)
    split(world, drive, "N11", district, "equally", by_hand={world.unit("N111"): 10})
    split(world, drive, "N12", president, "equally", by_hand={world.unit("N121"): 10})
    with system("test"):
        actions.go_back(
            programme_id=drive.pk,
            unit_id=world.unit("N11"),
            version=first.public_id,
            by=actor(district),
            at=AT,
        )
        with pytest.raises(NotYours):
            actions.go_back(
                programme_id=drive.pk,
                unit_id=world.unit("N1"),
                version=first.public_id,
                by=actor(district),
                at=AT,
            )
    assert targets(world, drive, "N111", "N112", "N121", "N122") == [250, 250, 10, 490]


def test_what_only_the_owner_may_set_is_not_given_by_hand_with_a_split_either(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):  # the programme runs in one mandal: its target is the owner's to set
        ProgrammeUnit.objects.filter(programme=drive).delete()
        ProgrammeUnit.objects.create(programme=drive, unit_id=world.unit("N111"))
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N11"), n=600, by=actor(president), at=AT
        )
    between = world.holder("district_president", "N11")
    with pytest.raises(NotYours):
        split(world, drive, "N11", between, "equally", by_hand={world.unit("N111"): 600})
    client, page = browser(between), f"/programmes/{drive.public_id}/targets/"
    assert "Save the target of Unit N111" not in body(client, f"{page}?unit=N11")
    asked = f"{page}preview/?unit=N11&how=equally&levels=1&child=N111&n=600"
    assert client.get(asked).status_code == 403
    owners = body(browser(president), f"{page}?unit=N11")
    assert "Save the target of Unit N111" in owners
    assert "Save the target of Unit N112" not in owners  # no unit of this programme
    split(world, drive, "N11", president, "equally", by_hand={world.unit("N111"): 600})
    assert targets(world, drive, "N111", "N112") == [600, None]


# The pages


def look(client: Client, drive: Programme, **asked: str) -> str:
    answer = client.get(f"/programmes/{drive.public_id}/targets/preview/", asked)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_district_locks_a_mandal_and_sees_the_difference_before_taking_it(
    world: World, president: Account, running: Programme
) -> None:
    with system("test"):
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N11"), n=600, by=actor(president), at=AT
        )
    client = browser(world.holder("district_president", "N11"))
    base = f"/programmes/{running.public_id}/targets/"
    without_a_look = {"about": "N11", "how": "equally", "levels": "1"}
    assert client.post(f"{base}split/", without_a_look).status_code == 409
    assert client.post(f"{base}split/", {"how": "equally", "levels": "1"}).status_code == 404
    seen = taken(body(client, f"{base}preview/?unit=N11&how=equally&levels=1"))
    assert client.post(f"{base}split/", seen).status_code == 302
    answer = client.post(f"{base}set/?unit=N11", {"about": "N111", "n": "450", "then": "preview"})
    assert answer.status_code == 302 and "/targets/preview/" in answer["Location"]
    page = body(client, answer["Location"])
    assert "Unit N111" in page and "450" in page and "150" in page
    assert targets(world, running, "N111", "N112") == [300, 300]  # looked at only
    answer = client.post(f"{base}split/?unit=N11&measure=1", taken(page))
    assert answer.status_code == 302
    assert targets(world, running, "N111", "N112") == [450, 150]
    page = body(client, f"{base}?unit=N11")
    assert "locked" in page and "by hand" in page and "a day, for 11 days" in page
    versions = body(client, f"{base}versions/?unit=N11")
    assert "district_president of N11" in versions and "Split" in versions
    one = base + f"versions/{newest(running).public_id}/?unit=N11"
    assert "450" in body(client, one)
    page = body(client, f"{one}&to=before")
    assert "Go back there" in page
    stale = client.post(
        base + f"versions/{newest(running).public_id}/back/?unit=N11&to=before", {"expected": "x"}
    )
    assert stale.status_code == 409
    back = base + f"versions/{newest(running).public_id}/back/?unit=N11&to=before"
    assert client.post(back).status_code == 409
    assert client.post(back, taken(page, "back/")).status_code == 302
    assert targets(world, running, "N111", "N112") == [300, 300]


def test_the_preview_says_what_is_wrong_and_takes_nothing(
    world: World, president: Account, running: Programme
) -> None:
    client = browser(president)
    base = f"/programmes/{running.public_id}/targets/"
    with system("test"):
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N11"), n=600, by=actor(president), at=AT
        )
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N111"), n=9, lock=True, by=actor(president), at=AT
        )
    for asked, status, said in (
        ({"unit": "N1", "how": "equally", "levels": "1", "child": "N11", "n": "1200"}, 422, "200 more than"),
        ({"unit": "N1", "how": "equally", "levels": "1", "child": "N111", "n": "1"}, 422, "directly below"),
        ({"unit": "N1", "how": "equally", "levels": "1", "child": "N11", "n": "x"}, 422, "whole number"),
        ({"unit": "N12", "how": "equally", "levels": "1"}, 422, "no target here yet"),
        ({"unit": "N1", "how": "magic", "levels": "1"}, 422, "magic"),
        ({"unit": "N11", "how": "equally", "levels": "1", "child": "N111", "n": "7"}, 409, "is locked"),
    ):
        answer = client.get(f"{base}preview/", asked)
        assert answer.status_code == status, asked
        assert said in answer.content.decode(), asked
        assert "Take these targets" not in answer.content.decode()
        again = answer.content.decode().split('action="' + base + 'preview/"')[1].split("</form>")[0]
        for key in asked.keys() & {"unit", "child", "n"}:  # to look again at it, not at something else
            assert f'name="{key}" value="{asked[key]}"' in again
    page = look(client, running, unit="N1", how="equally", levels="1")
    with system("test"):
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N1"), n=2000, by=actor(president), at=AT
        )
    action = page.split("targets/split/", 1)[1].split('"', 1)[0].replace("&amp;", "&")
    answer = client.post(f"{base}split/{action}", taken(page))
    assert answer.status_code == 409 and "have changed since you looked" in answer.content.decode()
    assert targets(world, running, "N12") == [None]
    assert taken(answer.content.decode())["how"] == "equally"  # what would change now, to be taken or not.
    # Links from the refused page (pager, file, language) lead to the preview, as it was asked for.
    answer = client.get(f"{base}split/{action}&page=2")
    assert answer.status_code == 302
    assert answer["Location"] == f"{base}preview/{action}&page=2"
    assert "Take these targets" in body(client, answer["Location"])
    for posted in ("set/", "lock/"):
        assert client.get(f"{base}{posted}?unit=N11&page=3")["Location"] == f"{base}?unit=N11&page=3"


def test_numbers_are_typed_as_they_are_written_here_and_kept_when_refused(
    world: World, president: Account, running: Programme
) -> None:
    client, base = browser(president), f"/programmes/{running.public_id}/targets/"
    assert client.post(f"{base}set/?unit=N1", {"about": "N11", "n": "1,25,000"}).status_code == 302
    assert targets(world, running, "N11") == [125_000]
    refused = client.post(f"{base}set/?unit=N1", {"about": "N11", "n": "1,25,00x"})
    assert refused.status_code == 422 and 'value="1,25,00x"' in refused.content.decode()


def test_units_below_are_looked_for_and_the_list_is_exported_whole(
    world: World, president: Account, running: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, base = browser(president), f"/programmes/{running.public_id}/targets/"
    page = body(client, f"{base}?unit=N1&q=N12")
    assert "Save the target of Unit N12" in page and "Save the target of Unit N11" not in page
    nothing = body(client, f"{base}?unit=N1&q=nowhere")
    assert "No unit below fits" in nothing and 'href="?unit=N1"' in nothing
    assert "Save the target of Unit N12" in body(client, f"{base}?unit=N1&page=9999")
    with system("test"):
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N12"), n=7, lock=True, by=actor(president), at=AT
        )
    monkeypatch.setattr(tables, "PER_PAGE", 1)
    for path, end in (
        (f"{base}?unit=N1&page=2&format=csv", ",7,yes,,,"),
        (f"/programmes/{running.public_id}/?unit=N1&format=csv", ""),
    ):
        lines = client.get(path).getvalue().decode().splitlines()
        assert len(lines) == 3 and lines[1].startswith("Unit N11,N11,") and lines[2].startswith("Unit N12,")
        assert lines[2].endswith(end)
    monkeypatch.setattr(tables, "DEEPEST_ROW", 1)
    answer = client.get(f"{base}preview/", {"unit": "N1", "how": "equally", "levels": "", "format": "csv"})
    lines = answer.getvalue().decode().splitlines()
    assert len(lines) == 3 and "There are more" in lines[2]


def test_a_locked_target_is_unlocked_on_its_own_page(
    world: World, president: Account, running: Programme
) -> None:
    client, base = browser(president), f"/programmes/{running.public_id}/targets/"
    with system("test"):
        actions.set_target(
            programme_id=running.pk, unit_id=world.unit("N11"), n=7, lock=True, by=actor(president), at=AT
        )
    page = body(client, f"{base}?unit=N11")
    assert "unlock it first" in page and 'id="own_n"' not in page
    assert client.post(f"{base}lock/?unit=N11", {"about": "N11"}).status_code == 302
    assert 'id="own_n"' in body(client, f"{base}?unit=N11")


def test_differences_and_versions_are_exported_and_kept_from_who_may_not(
    world: World, president: Account, running: Programme
) -> None:
    client, base = browser(president), f"/programmes/{running.public_id}/targets/"
    answer = client.get(f"{base}preview/", {"unit": "N1", "how": "equally", "levels": "1", "format": "csv"})
    assert "Unit N11,N11,District,,500,500," in answer.getvalue().decode()
    split(world, running, "N1", president, "equally")
    answer = client.get(f"{base}versions/?unit=N1&format=csv")
    assert ",Split,Unit N1,equally,2" in answer.getvalue().decode()
    assert "Rohini Koul" not in answer.getvalue().decode()
    one = f"{base}versions/{newest(running).public_id}/"
    other = browser(world.holder("district_president", "N12"))
    assert other.get(f"{one}?unit=N12").status_code == 200
    assert other.get(f"{base}preview/?unit=N11&how=equally&levels=1").status_code == 403
    assert other.post(f"{one}back/?unit=N11").status_code == 403
    abroad = browser(world.holder("state_president", "N2"))
    for path in (one, f"{base}versions/", f"{base}preview/?how=equally&levels=1"):
        assert abroad.get(path).status_code == 404, path


def test_a_longer_list_of_versions_asks_no_more_queries(
    world: World, president: Account, running: Programme
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, base = browser(president), f"/programmes/{running.public_id}/targets/"

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            body(client, path)
        return len(seen)

    split(world, running, "N1", president, "equally")
    paths = (f"{base}versions/?unit=N1", f"{base}versions/{newest(running).public_id}/?unit=N1")
    for path in paths:
        asked(path)
    before = [asked(path) for path in paths]
    for how in ("electors", "equally", "electors"):
        split(world, running, "N1", president, how, far="")
    assert [asked(path) for path in paths] == before
