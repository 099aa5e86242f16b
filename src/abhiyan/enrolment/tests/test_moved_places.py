"""Claims while units move: places of two trees are never compared, and no claim is refused for good because of it."""

import copy
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.actions import ClaimMessage, OutsideScope
from abhiyan.enrolment.actions.claims import Joined
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.units import actions as units

from .make import CHANNEL, Human, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return World.make()


def of_lal_chowk(world: World, n: int, unit: str) -> ClaimMessage:
    """Return a claim of a channel that may claim for one mandal, a unit of one tree only."""
    human = Human("Asha Devi", 1980, f"+91990600{n:04d}")
    claim = copy.copy(world.claim(human, Channel.API, sign=Sign.NONE, unit=world.units[unit]))
    claim.within = (world.units["JK-SRI-M1"].pk,)
    return claim


@contextmanager
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another connection, which commits at once."""
    with ThreadPoolExecutor(1) as other:
        yield other
        other.submit(lambda: connection.close()).result(PATIENCE_S)


def test_a_claim_in_flight_is_judged_by_the_places_of_one_tree(world: World) -> None:
    (first,) = world.send(of_lal_chowk(world, 1, "JK-B001"))
    with elsewhere() as other:
        other.submit(world.swap_districts).result(PATIENCE_S)
    (again, fresh) = world.send(of_lal_chowk(world, 2, "JK-B001"), of_lal_chowk(world, 3, "JK-B002"))
    assert [type(one) for one in (first, again, fresh)] == [Joined] * 3


def test_who_is_refused_for_their_place_is_refused_by_the_tree_of_this_moment(world: World) -> None:
    (refused,) = world.send(of_lal_chowk(world, 1, "JK-B004"))
    assert isinstance(refused, OutsideScope)
    with system("test"):
        units.move_unit(
            unit_id=world.units["JK-B004"].pk,
            hierarchy=1,
            to=world.units["JK-SRI-M1"].pk,
            on=world.now.date(),
            by=CHANNEL,
            at=world.now,
        )
    (joined,) = world.send(of_lal_chowk(world, 1, "JK-B004"))
    assert isinstance(joined, Joined)


def test_what_moved_out_of_reach_is_refused_within_a_second(world: World) -> None:
    world.send(of_lal_chowk(world, 1, "JK-B001"))
    with system("test"):
        units.move_unit(
            unit_id=world.units["JK-B001"].pk,
            hierarchy=1,
            to=world.units["JK-JAM-M1"].pk,
            on=world.now.date(),
            by=CHANNEL,
            at=world.now,
        )
    world.now += timedelta(seconds=1, microseconds=1)
    (refused,) = world.send(of_lal_chowk(world, 2, "JK-B001"))
    assert isinstance(refused, OutsideScope)


def test_claims_at_the_moment_of_a_relay_are_all_taken(world: World) -> None:
    over = threading.Event()

    def relay() -> int:
        n = 0
        while not over.is_set():
            world.swap_districts()
            n += 1
        return n

    booths = ("JK-B001", "JK-B002")
    with elsewhere() as other:
        moving = other.submit(relay)
        try:
            answers = []
            for n in range(150):
                world.now += timedelta(milliseconds=100)
                answers += world.send(of_lal_chowk(world, n, booths[n % 2]))
        finally:
            over.set()
        assert moving.result(PATIENCE_S) > 3
    assert {type(one) for one in answers} == {Joined}
    assert world.tallies() == world.recounted()
