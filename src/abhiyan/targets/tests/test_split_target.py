"""Targets: versions, splits that sum, locks, and the gap that is said."""

from datetime import timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.actions.programmes import ScopeOutside
from abhiyan.programmes.models import Programme
from abhiyan.programmes.refusals import UnknownMeasure
from abhiyan.programmes.tests.test_make_programme import make
from abhiyan.targets import actions, queries
from abhiyan.targets.refusals import LocksDoNotFit, NothingBelow, TargetLocked
from abhiyan.ui.numbers import grouped
from abhiyan.units.models import Placement, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    with system("test"):
        for number, code in enumerate(
            sorted(code for code, unit in world.units.items() if unit.kind == "booth")
        ):
            Unit.objects.filter(code=code).update(electors=500 + 37 * number)
    return make(world, president)


def set_n(world: World, drive: Programme, code: str, n: int, by: Account) -> bool:
    with system("test"):
        return actions.set_target(programme_id=drive.pk, unit_id=world.unit(code), n=n, by=actor(by), at=AT)


def ns(world: World, drive: Programme, *codes: str) -> list[int]:
    with system("test"):
        found = queries.targets(programme=drive, units=[world.unit(code) for code in codes])
    return [found[world.unit(code)].n for code in codes]


def test_a_new_target_replaces_and_keeps_the_old_version(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, "N1", 1000, president)
    set_n(world, drive, "N1", 1200, president)
    with system("test"):
        versions = queries.target_versions(programme=drive, unit_id=world.unit("N1"), newest=9)
    assert [(one.n, one.replaced_at is None) for one, _ended_by in versions] == [(1200, True), (1000, False)]


@pytest.mark.parametrize("how", ["electors", "equally"])
@pytest.mark.parametrize("levels", [1, 2, None])
def test_a_split_sums_exactly_at_every_level(
    world: World, drive: Programme, president: Account, how: str, levels: int | None
) -> None:
    set_n(world, drive, "N1", 10_007, president)
    with system("test"):
        actions.split_target(
            programme_id=drive.pk,
            unit_id=world.unit("N1"),
            how=how,
            levels=levels,
            by=actor(president),
            at=AT,
        )
        parents = ["N1", "N11", "N12", "N111"][: 1 if levels == 1 else 3 if levels == 2 else 4]
        for code in parents:
            found = programme_queries.gap(programme=drive, node=world.unit(code), on=TODAY)
            assert found.sums and found.without == 0, code
        if levels == 1:
            assert programme_queries.gap(programme=drive, node=world.unit("N11"), on=TODAY).without == 2
    assert sum(ns(world, drive, "N11", "N12")) == 10_007


def test_a_split_goes_around_locks_and_says_when_they_do_not_fit(
    world: World, drive: Programme, president: Account
) -> None:
    by = actor(president)
    set_n(world, drive, "N1", 1000, president)
    set_n(world, drive, "N11", 900, president)

    def again(n: int) -> None:
        set_n(world, drive, "N1", n, president)
        with system("test"):
            actions.split_target(programme_id=drive.pk, unit_id=world.unit("N1"), how="equally", by=by, at=AT)

    with system("test"):
        actions.lock_target(programme_id=drive.pk, unit_id=world.unit("N11"), locked=True, by=by, at=AT)
    again(1000)
    assert ns(world, drive, "N11", "N12") == [900, 100]
    with pytest.raises(LocksDoNotFit):
        again(899)
    with pytest.raises(TargetLocked):
        set_n(world, drive, "N11", 1, president)
    with system("test"):
        actions.lock_target(programme_id=drive.pk, unit_id=world.unit("N11"), locked=False, by=by, at=AT)
    again(1001)
    assert ns(world, drive, "N11", "N12") == [501, 500]


def test_the_gap_between_a_target_and_its_parts_is_said(
    world: World, drive: Programme, president: Account
) -> None:
    set_n(world, drive, "N1", 1000, president)
    set_n(world, drive, "N11", 700, president)
    with system("test"):
        found = programme_queries.gap(programme=drive, node=world.unit("N1"), on=TODAY)
    assert (found.target, found.below, found.gap, found.children, found.without) == (1000, 700, 300, 2, 1)
    assert not found.sums


def test_targets_that_cannot_be_are_refused(world: World, drive: Programme, president: Account) -> None:
    with pytest.raises(actions.TargetUnfit):
        set_n(world, drive, "N1", -1, president)
    with pytest.raises(ScopeOutside):
        set_n(world, drive, "N2", 5, president)
    by, unit = actor(president), world.unit("N1")
    with system("test"):
        with pytest.raises(actions.NoTarget):
            actions.split_target(programme_id=drive.pk, unit_id=unit, how="equally", by=by, at=AT)
        with pytest.raises(UnknownMeasure):
            actions.set_target(programme_id=drive.pk, measure=9, unit_id=unit, n=1, by=by, at=AT)
    set_n(world, drive, "N1111", 5, president)
    with system("test"), pytest.raises(NothingBelow):
        actions.split_target(programme_id=drive.pk, unit_id=world.unit("N1111"), how="equally", by=by, at=AT)


def test_nobody_sets_the_target_of_their_own_unit_but_may_split_it(
    world: World, drive: Programme, president: Account
) -> None:
    district = world.holder("district_president", "N11")
    set_n(world, drive, "N1", 1000, president)
    set_n(world, drive, "N11", 500, president)
    with pytest.raises(NotYours):
        set_n(world, drive, "N11", 1, district)
    set_n(world, drive, "N111", 300, district)
    with system("test"):
        actions.split_target(
            programme_id=drive.pk, unit_id=world.unit("N11"), how="equally", by=actor(district), at=AT
        )
    assert ns(world, drive, "N111", "N112") == [250, 250]


def test_targets_of_a_closed_programme_stay(world: World, drive: Programme, president: Account) -> None:
    set_n(world, drive, "N1", 1000, president)
    with system("test"):
        programmes.open_programme(programme_id=drive.pk, by=actor(president), at=AT)
        programmes.close_programme(programme_id=drive.pk, by=actor(president), at=AT + timedelta(days=1))
    with pytest.raises(programmes.ProgrammeOver):
        set_n(world, drive, "N1", 2000, president)


def test_a_target_is_set_from_the_unit_above_and_where_the_programme_begins_from_its_owner(
    world: World, president: Account
) -> None:
    made = make(world, president, unit_ids=[world.unit("N111")])
    codes = ("N", "N1", "N11", "N111", "N112", "N1111", "N1112", "C1")
    with system("test"):
        Unit.objects.filter(code="N1112").update(closed_on=TODAY - timedelta(days=1))
        found = queries.set_from(made, [world.unit(code) for code in codes], on=TODAY)
    named = {unit.pk: code for code, unit in world.units.items()}
    assert {named[unit]: named[source] for unit, source in found.items()} == {
        "N": "N1",  # no unit is above it
        "N1": "N",
        "N11": "N1",
        "N111": "N1",  # not its district
        "N1111": "N111",
    }


def test_the_page_of_targets_has_the_electors_of_the_open_booths_below_where_a_unit_has_no_figure(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        Unit.objects.filter(code="N12").update(electors=99_999)
        own = {
            booth.code: booth.electors or 0
            for booth in Unit.objects.filter(code__startswith="N11", kind="booth")
        }
        Unit.objects.filter(code="N1121").update(closed_on=TODAY)
    client, path = browser(president), f"/programmes/{drive.public_id}/targets/?unit=N1"
    known = sum(own.values()) - own["N1121"]
    rows = client.get(path + "&sort=-electors&format=csv").getvalue().decode("utf-8-sig").splitlines()[1:]
    assert [row.split(",")[1:3] for row in rows] == [["N12", "99999"], ["N11", str(known)]]
    page = client.get(path).content.decode()
    assert grouped(known) in page and "or total of its booths" in page


def test_of_more_booths_than_a_page_sums_it_has_own_figures_only_and_says_so(
    world: World, drive: Programme, president: Account
) -> None:
    with system("test"):
        Placement.objects.filter(unit_id=world.unit("N1"), hierarchy=1).update(leaves=200_001)
        Unit.objects.filter(code="N12").update(electors=99_999)
    page = browser(president).get(f"/programmes/{drive.public_id}/targets/?unit=N1").content.decode()
    assert "There are more than 2,00,000 booths here" in page
    assert page.count('data-l="Electors">–<') == 1 and "99,999" in page
