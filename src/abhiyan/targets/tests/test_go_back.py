"""Going back to an earlier version of targets: numbers, locks, and what each of them went by."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from abhiyan.core.scope import system
from abhiyan.elections.models import Plan
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.make import plan_of, taken
from abhiyan.programmes.tests.test_pages import drive as open_drive
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetVersion
from abhiyan.targets.queries.plans import Takeover

pytestmark = pytest.mark.django_db
drive = open_drive

Stands = tuple[int, str, bool]  # number, what it goes by, whether a plan locked it


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


class Acts:
    """The acts of the state's president on the targets of the drive."""

    def __init__(self, world: World, drive: Programme, president: Account) -> None:
        self.world, self.drive = world, drive
        self.given: dict[str, Any] = {"programme_id": drive.pk, "by": actor(president), "at": AT}

    def set(self, code: str, n: int) -> None:
        with system("test"):
            actions.set_target(**self.given, unit_id=self.world.unit(code), n=n)

    def split(self, code: str) -> None:
        with system("test"):
            actions.split_target(**self.given, unit_id=self.world.unit(code), how="equally")

    def take_over(self, plan: Plan) -> Takeover:
        with system("test"):
            return actions.take_over_plan(**self.given, plan_public_id=plan.public_id, per_100=Decimal(100))

    def newest(self) -> TargetVersion:
        with system("test"):
            return TargetVersion.objects.filter(programme=self.drive).latest("pk")

    def back(self, to: TargetVersion, **more: Any) -> int:
        with system("test"):
            return actions.go_back(**self.given, unit_id=self.world.unit("N1"), version=to.public_id, **more)

    def stand(self, *codes: str) -> list[Stands]:
        with system("test"):
            found = queries.targets(programme=self.drive, units=[self.world.unit(code) for code in codes])
        known = [found[self.world.unit(code)] for code in codes]
        return [(one.n, one.basis, one.is_plans_lock) for one in known]


@pytest.fixture
def acts(world: World, drive: Programme, president: Account) -> Acts:
    """The state's target set by hand, split equally, and then a plan taken over."""
    made = Acts(world, drive, president)
    made.set("N1", 2000)
    made.split("N1")
    made.take_over(plan_of(world, N11=800, N12=(700, True)))
    return made


def test_what_is_undone_goes_again_by_what_it_went_by_so_the_next_plan_of_a_part_leaves_it(
    world: World, acts: Acts
) -> None:
    assert acts.stand("N1", "N11", "N12") == [
        (1500, "plan", False),
        (800, "plan", False),
        (700, "plan", True),
    ]
    acts.back(acts.newest(), before=True, own=True)
    assert acts.stand("N1", "N11", "N12") == [
        (2000, "hand", False),
        (1000, "equally", False),
        (1000, "equally", False),
    ]
    assert acts.newest().basis == ""  # the one of what was undone is not that of what stands again
    found = acts.take_over(plan_of(world, N111=10))
    assert {one.code: one.after for one in queries.described(found.changes.differences)} == {"N111": 10}
    assert {one.unit_id for one in found.misfits} == {world.unit("N11")}


def test_a_plans_lock_that_stands_again_moves_with_the_next_plan(world: World, acts: Acts) -> None:
    first = acts.newest()
    acts.back(first, before=True, own=True)
    acts.back(first, own=True)
    assert acts.newest().basis == "plan"
    assert acts.stand("N1", "N12") == [(1500, "plan", False), (700, "plan", True)]
    found = acts.take_over(plan_of(world, N11=810, N12=(710, True)))
    assert found.locked == ()
    assert acts.stand("N1", "N11", "N12") == [
        (1520, "plan", False),
        (810, "plan", False),
        (710, "plan", True),
    ]


def test_a_lock_somebody_set_on_a_plans_number_is_theirs_also_after_going_back(
    world: World, acts: Acts
) -> None:
    given = acts.given | {"unit_id": world.unit("N12")}
    with system("test"):
        actions.lock_target(**given, locked=False)
        actions.lock_target(**given, locked=True)
        locked = acts.newest()
        actions.lock_target(**given, locked=False)
    acts.back(locked)
    found = acts.take_over(plan_of(world, N11=810, N12=(710, True)))
    assert [(one.unit_id, one.n, one.planned) for one in found.locked] == [(world.unit("N12"), 700, 710)]


def test_a_target_that_only_went_by_something_else_then_stands_again_too(world: World, acts: Acts) -> None:
    acts.set("N11", 900)
    by_hand = acts.newest()
    acts.take_over(plan_of(world, N11=850))
    acts.take_over(plan_of(world, N11=900))
    assert acts.back(by_hand) == 1
    assert acts.stand("N11") == [(900, "hand", False)]
    with system("test"):
        changed = queries.version_differences(
            acts.drive, queries.version_in_sight(acts.drive, acts.newest().public_id)
        )
        assert [(one.code, one.before, one.after, one.basis) for one in changed[:9]] == [
            ("N11", 900, 900, "hand")
        ]
    page = body(
        browser(world.holder("state_president", "N1")),
        f"/programmes/{acts.drive.public_id}/targets/versions/{acts.newest().public_id}/?unit=N1",
    )
    assert '900 <span class="muted">by hand</span>' in page


def test_the_owner_undoes_a_take_over_with_the_owners_own_target(
    world: World, acts: Acts, president: Account
) -> None:
    client = browser(president)
    page = f"/programmes/{acts.drive.public_id}/targets/versions/{acts.newest().public_id}/"
    seen = body(client, f"{page}?unit=N1&to=before")
    assert "The target of Unit N1 and all below go back to what they were then" in seen
    for guessed in ("n1", ""):  # a name finds a unit to look at; what is sent names it by its code
        assert client.post(f"{page}back/?unit={guessed}&to=before", taken(seen, "back/")).status_code == 404
    assert client.post(f"{page}back/?unit=N1&to=before", taken(seen, "back/")).status_code == 302
    assert acts.stand("N1", "N11") == [(2000, "hand", False), (1000, "equally", False)]
    with system("test"):
        assert programmes.gap(programme=acts.drive, node=world.unit("N1"), on=TODAY).sums


def test_all_versions_name_who_made_them_in_the_script_of_the_page(world: World, acts: Acts) -> None:
    acts.given["by"] = actor(world.holder("state_general_secretary", "N1", name="आशा देवी"))
    acts.set("N1", 2100)
    reader = world.holder("state_general_secretary", "N1", name="Kamla Devi")
    path = f"/programmes/{acts.drive.public_id}/targets/versions/?unit=N1"
    page = body(browser(reader), path)
    assert "Asha Devi" in page and "Rohini Koul" in page and "आशा" not in page
    assert "आशा देवी" in body(browser(reader, language="hi"), path)


def test_a_unit_whose_target_is_set_above_keeps_it_when_it_goes_back(world: World, acts: Acts) -> None:
    district = world.holder("district_president", "N11")
    acts.split("N11")
    first = acts.newest()
    acts.set("N11", 600)
    acts.split("N11")
    client = browser(district)
    page = f"/programmes/{acts.drive.public_id}/targets/versions/{first.public_id}/"
    seen = body(client, f"{page}?unit=N11&to=after")
    assert "Its own target stays: it is set above." in seen
    assert client.post(f"{page}back/?unit=N11&to=after", taken(seen, "back/")).status_code == 302
    assert [n for n, _basis, _lock in acts.stand("N11", "N111", "N112")] == [600, 400, 400]
    with system("test"), pytest.raises(NotYours):
        actions.go_back(
            **acts.given | {"by": actor(district)},
            unit_id=world.unit("N11"),
            version=first.public_id,
            own=True,
        )


def test_where_going_back_changes_nothing_the_page_says_that_and_nothing_else(
    world: World, acts: Acts, president: Account
) -> None:
    page = f"/programmes/{acts.drive.public_id}/targets/versions/{acts.newest().public_id}/"
    seen = body(browser(president), f"{page}?unit=N1&to=after")
    assert "Nothing would change." in seen and "Nothing in your sight." not in seen


def test_without_a_look_no_plan_is_taken_over_and_nothing_goes_back(
    world: World, acts: Acts, president: Account
) -> None:
    client, base = browser(president), f"/programmes/{acts.drive.public_id}/targets/"
    plan = plan_of(world, N11=1, N12=1)
    stood = acts.stand("N1", "N11", "N12")
    for given in ({}, {"expected": ""}, {"expected": "-"}):
        answer = client.post(
            f"{base}plan/", {"plan": str(plan.public_id), "way": "members", "per_100": "100"} | given
        )
        assert answer.status_code == 409
        answer = client.post(f"{base}versions/{acts.newest().public_id}/back/?unit=N1&to=before", given)
        assert answer.status_code == 409
    with pytest.raises(actions.ChangedMeanwhile):
        acts.back(acts.newest(), before=True, expected="")
    assert acts.stand("N1", "N11", "N12") == stood
    seen = taken(
        body(client, f"{base}plan/?plan={plan.public_id}&way=members&per_100=100").split("Take it")[1],
        "targets/plan/",
    )
    assert client.post(f"{base}plan/", seen).status_code == 302
    assert acts.stand("N11") == [(1, "plan", False)]


def test_a_target_saved_as_it_is_makes_no_version_and_the_page_says_so(
    world: World, acts: Acts, president: Account
) -> None:
    newest, client = acts.newest(), browser(president)
    page = f"/programmes/{acts.drive.public_id}/targets/"
    typed = {"about": "N11", "n": "800"}
    answer = client.post(f"{page}set/?unit=N1", typed, follow=True)
    assert "Nothing changed: it is the target already." in answer.content.decode()
    assert acts.newest() == newest and acts.stand("N11") == [(800, "plan", False)]
    answer = client.post(f"{page}set/?unit=N1", typed | {"n": "801"}, follow=True)
    assert "Saved." in answer.content.decode() and acts.stand("N11") == [(801, "hand", False)]


def test_an_earlier_target_leads_to_a_look_at_going_back_to_when_it_stood(
    world: World, acts: Acts, president: Account
) -> None:
    client, page = browser(president), f"/programmes/{acts.drive.public_id}/targets/"
    looks = re.findall(r'href="([^"]*to=before)"', body(client, f"{page}?unit=N1"))
    look = unescape(looks[0])  # the newest of them: 2,000, as it stood split
    seen = body(client, look)
    assert "targets that change now: <b>3</b>" in seen
    answer = client.post(unescape(re.findall(r'action="([^"]*back/[^"]*)"', seen)[0]), taken(seen, "back/"))
    assert answer.status_code == 302
    assert acts.stand("N1", "N11", "N12") == [
        (2000, "hand", False),
        (1000, "equally", False),
        (1000, "equally", False),
    ]
