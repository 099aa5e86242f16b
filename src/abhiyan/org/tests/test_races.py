"""Two people act at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import actions
from abhiyan.org.actions.appointments import NoSeatLeft
from abhiyan.org.models import Appointment, Office, Release

from .make import AT, World, actor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts together, each on a connection of its own; what each returned, or its refusal."""
    start = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            found[place] = act()
        except Refused as refused:
            found[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_at_once_for_one_seat_are_both_disputed() -> None:
    world = World()
    accounts = [world.account(f"p{n}") for n in range(3)]
    at_once(*(lambda a=each: world.appoint(a, "district_president", "N11") for each in accounts))
    with system("test"):
        assert {each.state for each in Appointment.objects.all()} == {"disputed"}


def test_seats_are_never_overfilled() -> None:
    world = World()
    with system("test"):
        Office.objects.filter(code="booth_worker").update(seats=2)
    accounts = [world.account(f"p{n}") for n in range(4)]
    found = at_once(*(lambda a=each: world.appoint(a, "booth_worker", "N1111") for each in accounts))
    assert sum(isinstance(each, Appointment) for each in found) == 2
    assert sum(isinstance(each, NoSeatLeft) for each in found) == 2


def test_a_yes_is_spent_once() -> None:
    world = World()
    asker = world.holder("district_president", "N11")
    other = world.officer("N11")
    asked = actions.ask_release(
        act="people.export", unit_id=world.unit("N11"), reason="r", by=actor(asker), at=AT
    )
    actions.decide_release(public_id=asked.public_id, allow=True, by=actor(other), at=AT)

    def use() -> object:
        return actions.use_release(public_id=asked.public_id, act="people.export", by=actor(asker), at=AT)

    found = at_once(use, use, use)
    assert sum(isinstance(each, dict) for each in found) == 1
    with system("test"):
        assert Release.objects.get().state == "used"


def test_an_appointment_ends_once() -> None:
    world = World()
    held = world.appoint(world.account(), "booth_worker", "N1111")

    def end() -> object:
        from .make import SYSTEM

        return actions.end_appointment(public_id=held.public_id, reason="r", by=SYSTEM, at=AT)

    found = at_once(end, end)
    assert sum(isinstance(each, actions.AlreadyEnded) for each in found) == 1
