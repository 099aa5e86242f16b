"""Appointments and bodies of units that close."""

import pytest

from abhiyan.core.scope import system
from abhiyan.org import actions
from abhiyan.org.actions.appointments import UnitNotPlaced
from abhiyan.org.models import Appointment, Body
from abhiyan.org.queries import NotYours
from abhiyan.units import actions as units
from abhiyan.units.models import Unit

from .make import AT, SYSTEM, TODAY, World, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def close(world: World, code: str, **more: object) -> None:
    given: dict[str, object] = {"on": TODAY, "by": SYSTEM, "at": AT} | more
    units.close_units(unit_id=world.unit(code), **given)  # type: ignore[arg-type]  # test


def states(world: World, code: str) -> list[str]:
    with system("test"):
        return list(Appointment.objects.filter(unit=world.unit(code)).values_list("state", flat=True))


def test_appointments_and_bodies_end_with_their_unit_and_do_not_come_back(world: World) -> None:
    world.holder("booth_president", "N1111")
    body = actions.make_body(
        unit_id=world.unit("N1111"), kind="committee", names={"en": "Youth"}, by=SYSTEM, at=AT
    )
    close(world, "N1111")
    assert states(world, "N1111") == ["ended"]
    with system("test"):
        assert Body.objects.get(pk=body.pk).ended_on == TODAY
    units.reopen_units(unit_id=world.unit("N1111"), by=SYSTEM, at=AT)
    assert states(world, "N1111") == ["ended"]


def test_nobody_is_appointed_in_a_closed_unit_and_who_stays_stays(world: World) -> None:
    world.holder("booth_president", "N1111")
    close(world, "N1111", answers={"org.appointments": "stays"})
    assert states(world, "N1111") == ["active"]
    with pytest.raises(UnitNotPlaced):
        world.holder("booth_worker", "N1111")


def test_who_may_not_end_an_appointment_does_not_end_it_by_closing_its_unit(world: World) -> None:
    world.holder("booth_president", "N1111")
    outsider = world.holder("district_president", "N12")
    with pytest.raises(NotYours):
        close(world, "N1111", by=actor(outsider))
    with system("test"):
        assert Unit.objects.get(code="N1111").closed_on is None
    close(world, "N1111", by=actor(world.holder("district_president", "N11")))
    assert states(world, "N1111") == ["ended"]


def test_whoever_leads_ends_no_data_officer_by_closing_their_unit(world: World) -> None:
    leader = actor(world.holder("state_president", "N1"))
    world.officer("N11")
    world.holder("district_president", "N11")
    close(world, "N11", by=leader, with_below=True)
    assert sorted(states(world, "N11")) == ["active", "ended"]
