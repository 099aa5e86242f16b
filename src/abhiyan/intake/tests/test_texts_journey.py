"""A whole membership by text: join, the question a day later, leave, and back."""

from uuid import uuid4

import pytest

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Enrolment
from abhiyan.enrolment.tests.make import CHANNEL, Ladder, World
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import replies, texts, welcoming
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import inbound
from abhiyan.messaging.rules import questions as words

pytestmark = pytest.mark.django_db
NUMBER = "+911800000001"


@pytest.fixture
def world() -> World:
    return World.make()


def write(world: World, text: str, hook: str = "sms") -> None:
    """A text from Asha's phone, and its claim, as the webhook does both."""
    sms = inbound.Sms("generic", uuid4().hex, world.asha.phone, NUMBER, text, world.now)
    told = texts.TextIn(sms, hook, NUMBER, "join", world.programme.pk)
    joining = texts.hear_text(text_in=told, by=CHANNEL, at=world.now)
    if joining is not None:
        outcome = intake.enrol_claim(
            programme_id=world.programme.pk, claim=joining.claim, by=CHANNEL, at=world.now
        )
        texts.follow_up_joining(text_in=told, joining=joining, outcome=outcome, at=world.now)
    world.tick(minutes=1)


def notice_goes(world: World) -> None:
    with system("tests turn the loops"):
        replies.reply(at=world.now)
        Message.objects.update(state="sent", sent_at=world.now)
    world.tick(minutes=1)


def asked(world: World) -> str:
    """A day later the loop asks; the word of its message."""
    with system("test"):
        welcoming.welcome(at=world.now)
    world.tick(days=1)
    with system("test"):
        confirming.ask_new_members(at=world.now)
        word = words.word(keyring().token, Question.objects.latest("asked_at").pk, 1)
    world.tick(minutes=1)
    return word


def templates() -> list[str]:
    with system("test"):
        return list(Message.objects.order_by("queued_at", "pk").values_list("template", flat=True))


@pytest.mark.parametrize("hook", ["sms", "chat"])
def test_a_membership_by_text_from_the_first_word_to_coming_back(world: World, hook: str) -> None:
    write(world, "मुझे जोड़ें", hook)
    notice_goes(world)
    write(world, "आशा देवी, १९८०, १९०००१", hook)
    assert world.ladder(world.state) == Ladder(reported=1, counted=1)
    word = asked(world)
    write(world, "haan", hook)
    assert world.ladder(world.state).confirmed == 0
    write(world, "YES BCDF" if word != "BCDF" else "YES CDFG", hook)
    assert world.ladder(world.state).confirmed == 0
    with system("test"):
        which = words.word(keyring().token, Question.objects.latest("asked_at").pk, 2)
    write(world, f"हाँ {which.lower()}", hook)
    assert world.ladder(world.state) == Ladder(reported=1, counted=1, confirmed=1)
    write(world, "LEAVE", hook)
    assert world.ladder(world.state) == Ladder(reported=1)
    write(world, "JOIN", hook)
    assert world.ladder(world.state) == Ladder(reported=2, counted=1, confirmed=1)
    assert templates() == [
        "drive.reply",
        "drive.joined",
        "ask.confirm",
        "reply.which",
        "text.help",
        "confirm.receipt",
        "leave.receipt",
        "back.receipt",
    ]
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_a_no_with_the_word_ends_what_was_asked_about(world: World) -> None:
    world.paper_row(of=world.asha)
    word = asked(world)
    write(world, f"NO {word}")
    with system("test"):
        assert Enrolment.objects.get().end_reason == "denied"
    assert set(templates()) == {"ask.listed", "deny.receipt"}
    assert world.tallies() == world.recounted()
