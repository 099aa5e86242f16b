"""What a plan of votes makes of a programme's targets."""

import pytest

from abhiyan.core.scope import system
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.people.models import Account
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme

from .test_make_programme import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1", name="Rohini Koul")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    return make(world, president)


def planned(world: World, drive: Programme, **parts: int | tuple[int, bool]) -> queries.Takeover:
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


def after(found: queries.Takeover) -> dict[str, int | None]:
    return {one.code: one.after for one in found.changes.differences}


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
    assert [one.code for one in found.changes.differences if one.is_locked] == ["N1112"]


def test_levels_of_a_plan_that_do_not_sum_are_told_and_not_mended(world: World, drive: Programme) -> None:
    found = planned(world, drive, N11=100, N111=60, N112=30)
    assert after(found)["N11"] == 100
    assert [(one.unit_id, one.n, one.below) for one in found.misfits] == [(world.unit("N11"), 100, 90)]


def test_a_locked_target_stays_and_is_told(world: World, drive: Programme, president: Account) -> None:
    with system("test"):
        actions.set_target(
            programme_id=drive.pk, unit_id=world.unit("N111"), n=9, lock=True, by=actor(president), at=AT
        )
    found = planned(world, drive, N111=60, N112=30)
    assert found.locked == (world.unit("N111"),)
    assert "N111" not in after(found) and after(found)["N11"] == 90
