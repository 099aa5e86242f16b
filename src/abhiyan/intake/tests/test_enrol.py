"""Joining, as stories."""

import pytest

from abhiyan.enrolment.actions import AlreadyMember
from abhiyan.enrolment.actions.claims import Joined, NotAdult, Renewed, Waits
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import Ladder, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World.make()


def test_somebody_joins_by_the_web_and_is_counted(world: World) -> None:
    joined = world.web_join(of=world.asha)
    assert isinstance(joined, Joined)
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted()


def test_a_resend_finds_its_first_receipt(world: World) -> None:
    first = world.api(of=world.asha, key="row 7")
    world.tick()
    assert world.api(of=world.asha, key="row 7") == first
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_a_second_channel_finds_the_same_member(world: World) -> None:
    first = world.web_join(of=world.asha)
    again = world.paper_row(of=world.asha, by=world.booth_worker)
    assert isinstance(again, AlreadyMember)
    assert again.membership == first.membership
    assert again.receipt != first.receipt
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)


def test_two_of_a_family_share_a_phone(world: World) -> None:
    asha = world.web_join(of=world.asha)
    mohan = world.paper_row(of=world.mohan)
    assert isinstance(mohan, Joined)
    assert mohan.membership != asha.membership
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1, unsigned=1)
    assert world.tallies() == world.recounted()


def test_one_batch_may_hold_everything_at_once(world: World) -> None:
    one = world.claim(world.asha, Channel.API, unit=world.booth)
    answers = world.send(
        one,
        world.claim(world.mohan, Channel.API, unit=world.booth),
        world.claim(world.asha, Channel.PAPER, unit=world.booth),
        world.claim(world.child, Channel.API, unit=world.booth),
        world.claim(world.bilal, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True),
        one,
    )
    kinds = [type(answer) for answer in answers]
    assert kinds.count(Joined) >= 2
    assert isinstance(answers[3], NotAdult)
    assert isinstance(answers[4], Waits)
    assert answers[5] == answers[0]
    assert world.tallies() == world.recounted()


def test_an_unsigned_member_rises_to_counted_when_the_phone_calls(world: World) -> None:
    world.api(of=world.asha)
    world.tick(days=2)
    called = world.missed_call(of=world.asha)
    assert isinstance(called, AlreadyMember)
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.tallies() == world.recounted()


def test_completed_missed_call_then_paper_row_is_one_member(world: World) -> None:
    called = world.missed_call(of=world.asha)
    assert isinstance(called, Waits)
    assert world.ladder(world.state) == Ladder(reported=1)
    completed = world.web_join(of=world.asha)
    assert isinstance(completed, Joined)
    assert completed.receipt == called.receipt
    assert world.ladder(world.state) == Ladder()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    again = world.paper_row(of=world.asha, by=world.booth_worker)
    assert again.membership == completed.membership
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.tallies() == world.recounted()


def test_a_member_of_an_earlier_drive_is_renewed(world: World) -> None:
    first = world.web_join(of=world.asha)
    world.next_drive()
    again = world.missed_call(of=world.asha)
    assert isinstance(again, Renewed)
    assert again.membership == first.membership
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted()
