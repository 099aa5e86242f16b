"""A phone's word stops what is queued to it in the same moment, also in a full outbox half in a sender's hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import texts

from .make import CHANNEL, Human, World
from .web import web_world

pytestmark = pytest.mark.django_db
QUEUED, PHONES = 10_000, 2_000


@pytest.fixture
def world() -> World:
    return web_world()


def test_nothing_leaves_after_a_word_of_the_phone_though_ten_thousand_wait_and_half_are_in_a_sender_s_hand(
    world: World,
) -> None:
    said: dict[Human, Callable[..., object]] = {
        world.asha: actions.stop_by_phone,
        world.bilal: actions.leave_by_phone,
        world.chandra: actions.deny_by_phone,
    }
    for human in said:
        world.paper_row(of=human)
    others = [Human("Somebody", 1970, f"+919908{n:06d}") for n in range(PHONES - len(said))]
    with system("test"):
        messaging.set_allowance(programme_id=world.programme.pk, per_hour=100_000, by=CHANNEL, at=world.now)
        messaging.send_many(
            messages=[
                messaging.Outgoing(
                    template="drive.already",
                    phone=human.phone,
                    language="hi",
                    blanks={"link": "https://example.org/me/"},
                    key=f"{n}|{human.phone}",
                    kind=texts.SERVICE,
                    programme_id=world.programme.pk,
                )
                for n in range(QUEUED // PHONES)
                for human in (*said, *others)
            ],
            at=world.now,
        )
    in_hand = messaging.lease(at=world.now, n=QUEUED // 2, codes=False)
    theirs = {world.phone_id(human) for human in said}
    assert sum(one.phone_id in theirs for one in in_hand) >= len(said)
    world.tick()
    for human, act in said.items():
        act(phone=human.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    going = messaging.admit(messages=in_hand[:1_000], at=world.now + timedelta(seconds=1))
    assert len(going) > 900 and not theirs & {one.message.phone_id for one in going}
    later = messaging.lease(at=world.now + timedelta(seconds=2), n=QUEUED, codes=False)
    assert len(later) > QUEUED // 3 and not theirs & {one.phone_id for one in later}
    with system("test"):
        left = Message.objects.filter(phone_id__in=theirs).exclude(state=Message.State.DROPPED)
        held = {one.id for one in in_hand[1_000:]}
        assert {one.pk for one in left} <= held
    lapsed = messaging.lease(at=world.now + timedelta(minutes=3), n=QUEUED, codes=False)
    going = messaging.admit(
        messages=[one for one in lapsed if one.phone_id in theirs], at=world.now + timedelta(minutes=3)
    )
    assert going == []
