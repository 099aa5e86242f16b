"""Targets, charges and scopes when units close, and when they are opened again."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.models import InCharge, Programme, ProgrammeUnit
from abhiyan.programmes.tests.make import AT, TODAY, Trees, programme, state
from abhiyan.targets import actions
from abhiyan.targets.actions.sums import note_target_misfits
from abhiyan.targets.models import Target, TargetMisfit, TargetVersion
from abhiyan.units import actions as units
from abhiyan.units.models import Unit
from abhiyan.units.refusals import InTheWay, SuccessorClosed
from abhiyan.units.tests.test_import import bring, undo

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def sees_all() -> Iterator[None]:
    with system("test"):
        yield


@pytest.fixture
def trees() -> Trees:
    return state()


@pytest.fixture
def drive(trees: Trees) -> Programme:
    made = programme(trees.units["nation"])
    ProgrammeUnit.objects.create(programme=made, unit=trees.units["state"])
    actions.set_target(programme_id=made.pk, unit_id=trees.units["state"].pk, n=1200, by=SYSTEM, at=AT)
    actions.split_target(
        programme_id=made.pk, unit_id=trees.units["state"].pk, how="equally", far="", by=SYSTEM, at=AT
    )
    return made


def close(trees: Trees, code: str, *to: str, **answers: str) -> int:
    made = units.close_units(
        unit_id=trees.units[code].pk,
        on=TODAY,
        successors=to,
        answers={f"programmes.{key}": answer for key, answer in answers.items()},
        by=SYSTEM,
        at=AT,
    )
    return made.pk


def open_again(trees: Trees, code: str) -> None:
    units.reopen_units(unit_id=trees.units[code].pk, by=SYSTEM, at=AT)


def opened_any(trees: Trees, closed: list[str], rng: random.Random) -> None:
    """One of these, in any order; a unit whose successor closed after it waits for that one."""
    for code in rng.sample(closed, len(closed)):
        later = [one for one in Unit.objects.get(code=code).successors if one in closed]
        if not later:
            open_again(trees, code)
            closed.remove(code)
            return
        with pytest.raises(SuccessorClosed):
            open_again(trees, code)
    pytest.fail("each waits for another")


def is_known(drive: Programme) -> bool:
    """Return True if the kept targets that do not sum are the ones that adding all of them up finds."""
    kept = set(TargetMisfit.objects.filter(programme=drive).values_list("unit_id", flat=True))
    with transaction.atomic():
        note_target_misfits(programme=drive, units=None, on=TODAY)
        found = set(TargetMisfit.objects.filter(programme=drive).values_list("unit_id", flat=True))
        transaction.set_rollback(True)
    return kept == found


def target(trees: Trees, code: str) -> int | None:
    found = Target.objects.filter(unit=trees.units[code], replaced_at=None).first()
    return found.n if found else None


def sums(drive: Programme, trees: Trees, code: str) -> bool:
    found = queries.gap(programme=drive, node=trees.units[code].pk, on=TODAY)
    return bool(found.sums and not found.without)


def test_a_target_goes_to_the_successor_and_the_parent_still_sums(trees: Trees, drive: Programme) -> None:
    before = (target(trees, "b000"), target(trees, "b001"))
    assert before == (100, 100)
    close(trees, "b000", "b001", targets="goes")
    assert (target(trees, "b000"), target(trees, "b001")) == (None, 200)
    assert sums(drive, trees, "m00")
    (version, *_rest) = TargetVersion.objects.order_by("-pk")
    assert (version.act, version.n, version.unit_id) == ("closed", 2, trees.units["m00"].pk)
    open_again(trees, "b000")
    assert (target(trees, "b000"), target(trees, "b001")) == before and sums(drive, trees, "m00")
    assert TargetVersion.objects.order_by("-pk")[0].act == "back"


def test_several_successors_share_a_target_by_their_electors(trees: Trees, drive: Programme) -> None:
    close(trees, "b000", "b001", "b002", targets="goes")  # electors 600 and 700
    assert (target(trees, "b001"), target(trees, "b002")) == (146, 154) and sums(drive, trees, "m00")


def test_a_target_ends_or_stays_and_the_gap_is_seen(trees: Trees, drive: Programme) -> None:
    close(trees, "b000", targets="ends")
    assert target(trees, "b000") is None and not sums(drive, trees, "m00")
    close(trees, "b010", targets="stays")
    assert target(trees, "b010") == 100 and not sums(drive, trees, "m01")
    open_again(trees, "b010")
    assert sums(drive, trees, "m01")


def test_nothing_is_added_to_a_locked_target_and_closed_programmes_stay(
    trees: Trees, drive: Programme
) -> None:
    actions.lock_target(programme_id=drive.pk, unit_id=trees.units["b001"].pk, locked=True, by=SYSTEM, at=AT)
    close(trees, "b000", "b001", targets="goes")
    assert (target(trees, "b000"), target(trees, "b001")) == (100, 100)
    Programme.objects.filter(pk=drive.pk).update(state="closed")
    close(trees, "b010", "b011", targets="goes")
    assert (target(trees, "b010"), target(trees, "b011")) == (100, 100)


def test_an_opening_takes_from_the_successor_what_the_closing_gave_it(trees: Trees, drive: Programme) -> None:
    close(trees, "b000", "b001", targets="goes")
    given: dict[str, Any] = {"programme_id": drive.pk, "by": SYSTEM, "at": AT}
    actions.set_target(**given, unit_id=trees.units["b001"].pk, n=250)
    open_again(trees, "b000")
    assert (target(trees, "b000"), target(trees, "b001")) == (100, 150)


def test_a_unit_opens_after_the_successor_that_closed_after_it(trees: Trees, drive: Programme) -> None:
    close(trees, "b000", "b001", targets="goes")
    close(trees, "b001", "b002", targets="goes")
    with pytest.raises(SuccessorClosed, match="b001"):
        open_again(trees, "b000")
    assert (target(trees, "b000"), target(trees, "b002")) == (None, 300)
    open_again(trees, "b001")
    open_again(trees, "b000")
    assert [target(trees, code) for code in ("b000", "b001", "b002")] == [100, 100, 100]


def test_a_unit_that_runs_a_programme_is_not_closed(trees: Trees, drive: Programme) -> None:
    own = programme(trees.units["d0"])
    with pytest.raises(InTheWay):
        units.close_units(unit_id=trees.units["d0"].pk, on=TODAY, with_below=True, by=SYSTEM, at=AT)
    Programme.objects.filter(pk=own.pk).update(state="closed")
    units.close_units(unit_id=trees.units["d0"].pk, on=TODAY, with_below=True, by=SYSTEM, at=AT)
    assert Unit.objects.exclude(closed_on=None).count() == 9


def test_a_programme_that_covers_a_unit_by_name_covers_its_successor_instead(trees: Trees) -> None:
    drive = programme(trees.units["nation"])
    ProgrammeUnit.objects.create(programme=drive, unit=trees.units["m00"])
    actions.set_target(programme_id=drive.pk, unit_id=trees.units["m00"].pk, n=90, by=SYSTEM, at=AT)
    units.close_units(
        unit_id=trees.units["m00"].pk, on=TODAY, successors=["m01"], with_below=True, by=SYSTEM, at=AT
    )
    scope = ProgrammeUnit.objects.filter(programme=drive)
    assert set(scope.values_list("unit__code", flat=True)) == {"m00", "m01"}
    assert (target(trees, "m00"), target(trees, "m01")) == (None, 90)
    assert queries.running_at(trees.units["b010"].pk, 1, TODAY)[0]
    assert is_known(drive)
    open_again(trees, "m00")
    assert is_known(drive)
    assert set(scope.values_list("unit__code", flat=True)) == {"m00"}
    assert (target(trees, "m00"), target(trees, "m01")) == (90, None)


def test_whoever_is_in_charge_is_so_at_the_successor(world: World) -> None:
    drive = programme(world.units["N"])
    asha, mohan = world.account("Asha Devi"), world.account("Mohan Lal")
    ProgrammeUnit.objects.create(programme=drive, unit=world.units["N1"])
    for account, code in ((asha, "N1111"), (mohan, "N1111"), (mohan, "N1112")):
        programmes.name_in_charge(
            programme_id=drive.pk, unit_id=world.unit(code), account=account.public_id, by=SYSTEM, at=AT
        )
    InCharge.objects.filter(account_id=asha.pk).update(state="accepted", answered_at=AT)
    units.close_units(unit_id=world.unit("N1111"), on=TODAY, successors=["N1112"], by=SYSTEM, at=AT)
    now = InCharge.objects.filter(ended_at=None).order_by("account_id")
    assert list(now.values_list("unit__code", "account_id", "state")) == [
        ("N1112", asha.pk, "accepted"),
        ("N1112", mohan.pk, "named"),
    ]
    units.reopen_units(unit_id=world.unit("N1111"), by=SYSTEM, at=AT)
    assert sorted(now.values_list("unit__code", "account_id")) == sorted(
        [("N1111", asha.pk), ("N1111", mohan.pk), ("N1112", mohan.pk)]
    )


def test_each_thing_asks_for_its_own_right_at_the_unit_and_its_successor(world: World) -> None:
    drive = programme(world.units["N"])
    who = world.holder("district_president", "N11", name="Asha Devi")
    ProgrammeUnit.objects.create(programme=drive, unit=world.units["N1"])
    for code in ("N1111", "N1211"):
        actions.set_target(programme_id=drive.pk, unit_id=world.unit(code), n=50, by=SYSTEM, at=AT)
    given: dict[str, Any] = {"on": TODAY, "by": actor(who), "at": AT}
    with pytest.raises(NotYours):  # the successor is of another district
        units.close_units(unit_id=world.unit("N1111"), successors=["N1211"], **given)
    assert Unit.objects.get(code="N1111").closed_on is None
    units.close_units(
        unit_id=world.unit("N1111"), successors=["N1211"], answers={"programmes.targets": "ends"}, **given
    )
    assert not Target.objects.filter(unit=world.unit("N1111"), replaced_at=None).exists()


@pytest.mark.parametrize(
    ("office", "at", "covered"), [("national_president", "N", True), ("district_president", "N11", False)]
)
def test_only_who_runs_a_programme_has_it_cover_the_successor(
    world: World, office: str, at: str, covered: bool
) -> None:
    drive = programme(world.units["N"])
    who = world.holder(office, at, name="Asha Devi")
    ProgrammeUnit.objects.create(programme=drive, unit=world.units["N1111"])
    units.close_units(unit_id=world.unit("N1111"), on=TODAY, successors=["N1112"], by=actor(who), at=AT)
    scope = set(ProgrammeUnit.objects.filter(programme=drive).values_list("unit__code", flat=True))
    assert scope == ({"N1111", "N1112"} if covered else {"N1111"})


@pytest.mark.parametrize("answer", ["goes", "ends"])
def test_a_target_that_is_set_by_others_stays(world: World, answer: str) -> None:
    drive = programme(world.units["N"])
    who = world.holder("district_president", "N11", name="Asha Devi")
    for code in ("N1111", "N1112"):
        ProgrammeUnit.objects.create(programme=drive, unit=world.units[code])
        actions.set_target(programme_id=drive.pk, unit_id=world.unit(code), n=50, by=SYSTEM, at=AT)
    units.close_units(
        unit_id=world.unit("N1111"),
        on=TODAY,
        successors=["N1112"],
        answers={"programmes.targets": answer},
        by=actor(who),
        at=AT,
    )
    now = Target.objects.filter(replaced_at=None).order_by("unit__code")
    assert list(now.values_list("unit__code", "n")) == [("N1111", 50), ("N1112", 50)]


def test_the_undo_of_a_list_keeps_what_was_built_on_its_targets(trees: Trees) -> None:
    drive = programme(trees.units["nation"])
    ProgrammeUnit.objects.create(programme=drive, unit=trees.units["state"])
    given: dict[str, Any] = {"programme_id": drive.pk, "by": SYSTEM, "at": AT}
    actions.set_target(**given, unit_id=trees.units["b000"].pk, n=100)
    first = TargetVersion.objects.get()
    bring(
        [{"code": "b000", "closed_on": TODAY, "successors": "b001"}], answers={"programmes.targets": "goes"}
    )
    assert (target(trees, "b000"), target(trees, "b001")) == (None, 100)
    actions.go_back(**given, unit_id=trees.units["m00"].pk, version=first.public_id)
    assert target(trees, "b001") is None
    undo()
    assert (target(trees, "b000"), target(trees, "b001")) == (100, None)
    assert list(TargetVersion.objects.order_by("pk").values_list("act", flat=True)) == [
        "set",
        "closed",
        "back",
        "back",
    ]


@pytest.mark.examples(4, 25)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**9))
def test_whatever_closes_and_opens_targets_that_go_still_sum_and_come_back(seed: int) -> None:
    rng = random.Random(seed)
    with transaction.atomic(), system("test"):
        trees = state()
        drive = programme(trees.units["nation"])
        ProgrammeUnit.objects.create(programme=drive, unit=trees.units["state"])
        given: dict[str, Any] = {"programme_id": drive.pk, "by": SYSTEM, "at": AT}
        actions.set_target(**given, unit_id=trees.units["state"].pk, n=rng.randrange(9000))
        actions.split_target(**given, unit_id=trees.units["state"].pk, how="electors", far="")
        closed: list[str] = []
        whole = {code: target(trees, code) for code in trees.units}
        for _step in range(rng.randrange(3, 10)):
            open_ones = [
                code
                for code in trees.children(1, rng.choice(["m00", "m01", "m10", "m11"]))
                if Unit.objects.get(code=code).closed_on is None
            ]
            if closed and rng.random() < 0.3:
                opened_any(trees, closed, rng)
            elif len(open_ones) > 1:
                code, *to = rng.sample(open_ones, rng.randrange(2, len(open_ones) + 1))
                close(trees, code, *to, targets="goes", charges="ends", scope="stays")
                closed.append(code)
            assert all(sums(drive, trees, code) for code in ("state", "d0", "d1", "m00", "m01", "m10", "m11"))
        while closed:
            opened_any(trees, closed, rng)
        assert {code: target(trees, code) for code in trees.units} == whole
        transaction.set_rollback(True)


@pytest.mark.examples(4, 25)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**9))
def test_whatever_becomes_of_targets_it_is_known_which_do_not_sum(seed: int) -> None:
    rng = random.Random(seed)
    with transaction.atomic(), system("test"):
        trees = state()
        drive = programme(trees.units["nation"])
        ProgrammeUnit.objects.create(programme=drive, unit=trees.units["state"])
        for code in rng.sample(["b000", "b010", "m01"], rng.randrange(3)):
            ProgrammeUnit.objects.create(programme=drive, unit=trees.units[code])
        given: dict[str, Any] = {"programme_id": drive.pk, "by": SYSTEM, "at": AT}
        actions.set_target(**given, unit_id=trees.units["state"].pk, n=rng.randrange(9000))
        actions.split_target(**given, unit_id=trees.units["state"].pk, how="electors", far="")
        closed: list[str] = []
        for _step in range(rng.randrange(3, 8)):
            parent = rng.choice(["m00", "m01", "m10", "m11"])
            below = [one for one in trees.children(1, parent) if one not in closed]
            if closed and rng.random() < 0.4:
                opened_any(trees, closed, rng)
            elif below:
                code, *to = rng.sample(below, rng.randrange(1, len(below) + 1))
                answers = {
                    "targets": rng.choice(["goes", "ends", "stays"] if to else ["ends", "stays"]),
                    "scope": rng.choice(["goes", "stays"] if to else ["stays"]),
                }
                close(trees, code, *to, charges="ends", **answers)
                closed.append(code)
            assert is_known(drive), (closed, parent)
        transaction.set_rollback(True)
