"""New members get the member number and the card once, by any way; on a second call they get the link again."""

import json
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.intake.actions import replies, welcoming
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)  # the act commits on its own connection; so do the lanes


@pytest.fixture
def world(world: World) -> World:
    with system("tests publish texts"):
        messaging.publish_templates(at=world.now, by=CHANNEL)
    return world


def turned(world: World) -> list[tuple[str, str]]:
    """Return what the loops have queued so far: (template, phone's last digits), by the time in it."""
    with system("tests turn the loops"):
        while replies.reply(at=world.now) + welcoming.welcome(at=world.now):
            pass
        return list(Message.objects.order_by("queued_at", "pk").values_list("template", "last4"))


class Taking:
    """A way out that takes everything."""

    name = "taking"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        """Taken."""
        self.letters.append(letter)
        return Handed(ok=True, ref=str(len(self.letters)))


def gone(world: World) -> list[Letter]:
    """What leaves now."""
    way = Taking()
    send_due(way, at=world.now)
    return way.letters


def test_who_joins_by_the_web_is_sent_the_member_number_and_the_card_once(world: World) -> None:
    asha = world.web_join(of=world.asha)
    assert turned(world) == turned(world) == [("drive.joined", "0001")]
    (letter,) = gone(world)
    assert asha.membership is not None
    assert member_number(asha.membership) in letter.text and "/me/card/" in letter.text
    assert "आशा" not in letter.text and "Asha" not in letter.text and "Born" not in letter.text
    world.tick(days=3)
    world.web_join(of=world.asha)
    assert turned(world) == [("drive.joined", "0001")]


def test_two_people_of_a_phone_are_sent_a_number_each(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.mohan)
    assert turned(world) == [("drive.joined", "0001")] * 2


def test_who_joins_by_the_link_of_a_missed_call_is_welcomed(world: World) -> None:
    world.missed_call(of=world.asha)
    assert turned(world) == [("drive.reply", "0001")]
    world.tick(minutes=5)
    world.complete(of=world.asha)
    assert turned(world) == [("drive.reply", "0001"), ("drive.joined", "0001")]


def test_an_entry_at_the_door_is_welcomed_once_it_counts_and_the_call_gets_no_second_message(
    world: World,
) -> None:
    world.take(world.claim(world.asha, Channel.DOOR, unit=world.booth))
    assert turned(world) == []
    world.tick(minutes=5)
    world.missed_call(of=world.asha)
    assert turned(world) == [("drive.joined", "0001")]
    # A person whose call came first is welcomed as well: the entry completes it.
    world.missed_call(of=world.bilal)
    world.tick(minutes=5)
    world.take(world.claim(world.bilal, Channel.DOOR, unit=world.booth))
    assert turned(world)[-1] == ("drive.joined", "0002")


def test_lists_and_machines_welcome_nobody(world: World) -> None:
    world.paper_row(of=world.asha)
    world.api(of=world.bilal)
    assert turned(world) == []
    world.tick(minutes=5)
    world.missed_call(of=world.asha)
    assert turned(world) == [("drive.already", "0001")]


def test_a_welcome_keeps_to_the_hours_once_it_is_late_and_a_stop_ends_it(world: World) -> None:
    world.tick(hours=10)  # ten in the evening
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    world.tick(minutes=11)  # the loop was down: nobody waits for it any more
    turned(world)
    assert gone(world) == []
    actions.stop_by_phone(phone=world.asha.phone, channel=Channel.SMS.value, by=CHANNEL, at=world.now)
    world.tick(hours=12)
    assert [letter.phone for letter in gone(world)] == [world.bilal.phone]


def test_who_joined_days_ago_or_has_left_meanwhile_is_not_welcomed(world: World) -> None:
    left = world.web_join(of=world.asha)
    world.leave(left, of=world.asha)
    world.web_join(of=world.bilal)
    world.tick(days=2)
    assert turned(world) == []
    with system("test"):
        assert welcoming.welcome(at=world.now) == 0, "looked at once"


def test_a_caller_who_has_not_joined_gets_the_link_again_on_a_later_day_and_once_a_day(world: World) -> None:
    world.missed_call(of=world.asha)
    assert turned(world) == [("drive.reply", "0001")]
    for _call in range(3):
        world.tick(hours=2)
        world.missed_call(of=world.asha)
    assert turned(world) == [("drive.reply", "0001")]
    for _day in range(2):
        world.tick(days=1)
        for _call in range(2):
            world.tick(minutes=5)
            world.missed_call(of=world.asha)
            turned(world)
    assert turned(world) == [("drive.reply", "0001")] * 3
    with system("test"):
        sealed = [
            json.loads(keyring().unseal(bytes(one.sealed_blanks), about=one.pk.bytes))["link"]
            for one in Message.objects.all()
        ]
    assert set(sealed) == {sealed[0]} and world.link(world.asha) in sealed[0], "the same link"
    world.complete(of=world.asha)
    turned(world)
    world.tick(days=1)
    world.missed_call(of=world.asha)
    assert turned(world) == [("drive.reply", "0001")] * 3 + [("drive.joined", "0001")]
    assert world.tallies() == world.recounted()


def test_a_second_call_of_a_phone_that_said_stop_in_between_is_its_own_wish(world: World) -> None:
    world.missed_call(of=world.asha)
    turned(world)
    assert len(gone(world)) == 1
    world.tick(days=1)
    world.missed_call(of=world.asha)
    world.tick(minutes=1)
    actions.stop_by_phone(phone=world.asha.phone, channel=Channel.SMS.value, by=CHANNEL, at=world.now)
    turned(world)
    assert gone(world) == []


WHAT = ("call", "web", "door", "link", "turn", "later", "day")
STEPS = st.lists(st.tuples(st.sampled_from(WHAT), st.integers(0, 2)), min_size=3, max_size=14)
_bases = count(1)


@pytest.mark.examples(15, 100)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_comes_nobody_is_welcomed_twice_nor_sent_a_link_twice_a_day(
    steps: list[tuple[str, int]], world: World
) -> None:
    world.anew()
    played(world, steps)
    of = [world.programme.pk]
    twice = world.rows(
        "select count(*) from messaging_message where programme_id = %s and template in ('drive.reply',"
        " 'drive.already') group by phone_id, (queued_at at time zone 'Asia/Kolkata')::date having count(*) > 1",
        of,
    )
    ((welcomed, counted),) = world.rows(
        "select count(*) filter (where template = 'drive.joined'), (select count(*) from enrolment_enrolment"
        " where programme_id = m.programme_id and rung = 20) from messaging_message m where programme_id = %s"
        " group by programme_id",
        of,
    ) or [(0, 0)]
    waits = world.rows(
        "select count(*) from enrolment_waiting where called_at is not null and programme_id = %s", of
    )
    assert (twice, welcomed, waits) == ([], counted, [(0,)])
    assert world.tallies() == world.recounted()


def played(world: World, steps: list[tuple[str, int]]) -> None:
    """These steps are made by three people on two phones of their own; then the loops are done."""
    base = next(_bases)
    phones = [f"+9199{base:05d}00{n}" for n in (1, 1, 2)]
    people = [Human(f"Person {'abc'[n]}", 1980 + n, phone) for n, phone in enumerate(phones)]
    for what, n in steps:
        world.tick(minutes=7)
        if what == "call":
            world.missed_call(of=people[n])
        elif what == "web":
            world.web_join(of=people[n])
        elif what == "door":
            world.take(world.claim(people[n], Channel.DOOR, unit=world.booth))
        elif what == "link" and world.rows(
            "select 1 from enrolment_waiting where phone_id = %s and programme_id = %s and completed_at is null",
            [world.phone_id(people[n]), world.programme.pk],
        ):
            world.complete(of=people[n])
        elif what == "turn":
            turned(world)
        elif what == "later":
            turned(world)  # the loop never sleeps for a whole day
            world.tick(hours=5)
        elif what == "day":
            turned(world)
            world.tick(days=1)
    turned(world)
