"""The president is asked whether the leader spoke with them: when, and what a yes or a no does."""

from datetime import datetime

import pytest
from django.utils.translation import override

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions, queries
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import Answered
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions as rules
from abhiyan.org.tests.make import World
from abhiyan.people.models import Account
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.programmes.rules.ladder import Ladder

from .make import JOBS, calls, clock, morning, note, programme, reachable, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def leader(world: World) -> Account:
    return reachable(world, "district_in_charge", "N11", 1, "Farooq Mir")


@pytest.fixture
def president(world: World) -> Account:
    return reachable(world, "booth_president", "N1111", 10, "Madan Lal", language="hi")


@pytest.fixture
def run(world: World, leader: Account, president: Account) -> Programme:
    made = programme(world.unit("N1"))
    with system("test"):
        messaging.publish_templates(at=NOW, by=JOBS)
    morning()
    return made


def ask(at: datetime) -> int:
    with system("test"):
        return actions.ask_presidents(at=at)


def say(president: Account, *, yes: bool, at: datetime) -> Answered:
    with system("test"):
        code = rules.word(keyring().token, Question.objects.get(room="items").pk, 1)
    return messaging.answer_question(
        phone_id=president.phone_id, yes=yes, code=code, channel="sms", ref="x", by=JOBS, at=at
    )


def read(world: World, run: Programme) -> Ladder:
    with system("test"):
        return unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=1, at=NOW)


def test_a_talk_noted_by_day_is_asked_about_at_half_past_seven_and_once(
    run: Programme, leader: Account, president: Account
) -> None:
    note(leader, calls()[0])
    assert (ask(clock(19, 29)), ask(clock(19, 30)), ask(clock(19, 31))) == (0, 1, 0)
    (said,) = texts(president, "ask.spoke")
    assert said["leader"] == "फ़ारूक़ मीर" and said["day"] == "25 नवंबर"


def test_a_talk_noted_in_the_evening_is_asked_about_the_next_day(run: Programme, leader: Account) -> None:
    note(leader, calls()[0], at=clock(20))
    assert (ask(clock(20, 1)), ask(clock(23, 59)), ask(clock(0, 1, days=1))) == (0, 0, 1)


def test_a_yes_counts_and_confirms_for_the_day_it_was_asked_about(
    world: World, run: Programme, leader: Account, president: Account
) -> None:
    note(leader, calls()[0])
    ask(clock(19, 30))
    assert say(president, yes=True, at=clock(11, days=1)) is Answered.TAKEN
    assert read(world, run) == Ladder(reported=1, counted=1, confirmed=1)
    (own,) = queries.calls_of_leader(leader.pk, at=NOW)
    assert own.is_done and own.is_confirmed


def test_a_yes_after_the_next_day_is_too_late(
    world: World, run: Programme, leader: Account, president: Account
) -> None:
    note(leader, calls()[0])
    ask(clock(19, 30))
    assert say(president, yes=True, at=clock(0, 1, days=2)) is Answered.OVER
    assert read(world, run) == Ladder(reported=1)


def test_a_no_ends_the_talk_and_the_booth_was_not_heard(
    world: World, run: Programme, leader: Account, president: Account
) -> None:
    note(leader, calls()[0])
    ask(clock(19, 30))
    assert say(president, yes=False, at=clock(20)) is Answered.TAKEN
    assert read(world, run) == Ladder(reported=1)
    with override("en"):
        (own,) = queries.calls_of_leader(leader.pk, at=NOW)
    assert own.is_done and not own.is_confirmed
    with system("test"):
        (booth,) = queries.booths_to_call(run, on=clock(7, days=1).date()).values()
    assert booth.given_on is not None and booth.heard_on is None
