"""A friend, from the first text to the last page. Each step is a function, so that the journey can go on."""

import re
from uuid import uuid4

import pytest

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import confirming, replies, texts, welcoming
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import inbound
from abhiyan.messaging.rules import questions as words
from abhiyan.programmes.models import Programme

from .make import CHANNEL, Human, Ladder, World
from .test_two_rolls import friends_programme, rolls_of
from .web import blanks, join, main, open_me, web_world

pytestmark = pytest.mark.django_db
NUMBER = "+911800000009"


@pytest.fixture
def world() -> World:
    return web_world()


def write(world: World, friends: Programme, human: Human, text: str) -> None:
    """Send a text to the number of the friends, and its claim, as the webhook does both."""
    sms = inbound.Sms("generic", uuid4().hex, human.phone, NUMBER, text, world.now)
    told = texts.TextIn(sms, "sms", NUMBER, "join", friends.pk)
    joining = texts.hear(told=told, by=CHANNEL, at=world.now)
    if joining is not None:
        outcome = actions.enrol(programme_id=friends.pk, claim=joining.claim, by=CHANNEL, at=world.now)
        texts.joined(told=told, joining=joining, outcome=outcome, at=world.now)
    world.tick(minutes=1)


def turn(world: World) -> None:
    """Turn the loops that reply and welcome, and send what waits."""
    with system("tests turn the loops"):
        replies.reply(at=world.now)
        welcoming.welcome(at=world.now)
        Message.objects.update(state="sent", sent_at=world.now)
    world.tick(minutes=1)


def join_by_text(world: World, friends: Programme, human: Human) -> None:
    """Join by two texts: the first brings the notice, the second names the person."""
    write(world, friends, human, "JOIN")
    turn(world)
    assert blanks(human.phone, "drive.reply_text.friend")
    write(world, friends, human, f"{human.name}, {human.birth_year}, 190001")
    turn(world)
    assert rolls_of(world, human) == [("friends", human.name)]
    assert blanks(human.phone, "drive.joined.friend")


def say_yes(world: World, friends: Programme, human: Human) -> None:
    """Answer the question that comes a day later."""
    world.tick(days=1)
    with system("tests ask a day later"):
        confirming.ask(at=world.now)
        question = Question.objects.filter(phone_id=world.phone_id(human)).latest("asked_at")
        word = words.word(keyring().token, question.pk, 1)
    assert blanks(human.phone, "ask.confirm.friend")
    write(world, friends, human, f"YES {word}")
    assert blanks(human.phone, "confirm.receipt.friend")


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_friend_joins_by_text_and_says_yes_and_a_member_is_told_kindly(world: World, language: str) -> None:
    friends = friends_programme(world)
    join_by_text(world, friends, world.bilal)
    say_yes(world, friends, world.bilal)
    world.programme = friends
    assert world.ladder(world.state) == Ladder(reported=1, counted=1, confirmed=1)
    page = open_me(world.bilal).get("/me/", HTTP_ACCEPT_LANGUAGE=language).content
    assert len(re.findall('class="yes"', main(page))) == 3

    join(world, world.asha)
    write(world, friends, world.asha, "JOIN")
    turn(world)
    write(world, friends, world.asha, "Asha Devi, 1980, 190001")
    turn(world)
    assert rolls_of(world, world.asha) == [("primary", "Asha Devi")]
    assert blanks(world.asha.phone, "drive.already") and not blanks(world.asha.phone, "drive.already.friend")
    assert world.tallies() == world.recounted()
