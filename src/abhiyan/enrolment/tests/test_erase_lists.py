"""An erased person on the next list, read and taken in as every list is."""

from pathlib import Path

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped
from abhiyan.enrolment.actions import erasing
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.intake.tests import test_earlier
from abhiyan.paper.tests import test_paper

from .make import Human, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Mohan, on Asha's phone, and Bilal, alone on his, have had everything erased."""
    made = World.make()
    made.web_join(of=made.asha)
    for human in (made.mohan, made.bilal):
        erase(made, human)
    return made


def erase(world: World, human: Human) -> None:
    member = world.web_join(of=human).membership
    assert member is not None
    with scoped(Scope(phone=world.phone_id(human))):
        erasing.erase_member(
            membership=member,
            channel=Channel.WEB,
            language="hi",
            by=Actor(kind="citizen", id=member),
            at=world.now,
        )


def named(world: World) -> list[tuple[object, ...]]:
    return world.rows("select name from people_person where name is not null order by name")


@pytest.mark.django_db(transaction=True)  # its list is taken in by the gateway's own connections
def test_a_paper_list_brings_nobody_back_who_was_erased(world: World, tmp_path: Path) -> None:
    rows = "".join(
        f"{human.phone[3:]},{human.name},{human.birth_year},JK-B001,1,7\n"
        for human in (world.asha, world.mohan, world.bilal, world.chandra)
    )
    done = test_paper.take_in(world, tmp_path, test_paper.HEAD + rows)
    assert done.counts == {"already_member": 1, "joined": 1}
    assert named(world) == [(world.asha.name,), (world.chandra.name,)]
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_a_list_of_earlier_members_brings_nobody_back_who_was_erased(world: World, tmp_path: Path) -> None:
    rows = "".join(
        f"{human.phone[3:]},{human.name},{human.birth_year},JK-B001,05-03-2019\n"
        for human in (world.mohan, world.bilal, world.chandra)
    )
    _public_id, done = test_earlier.taken(world, tmp_path, rows)
    assert "suppressed" not in done.counts, "of a few it is not told"
    assert named(world) == [(world.asha.name,), (world.chandra.name,)]
    assert world.orphans() == {}
