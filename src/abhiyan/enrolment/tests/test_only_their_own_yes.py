"""Confirmed: from the first SMS to the yes of the next day; and no path to it but the person's own act."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import ClaimOutcome, confirming
from abhiyan.enrolment.models import Enrolment, How
from abhiyan.intake.tests.test_texts import DETAILS, Gateway, secret, sent, write
from abhiyan.intake.tests.test_texts import world as texting
from abhiyan.messaging.actions import Answered, questions
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions as words
from abhiyan.messaging.tests.sending import send_due
from abhiyan.people.tests.make import browser

from .make import Human, Ladder, World
from .server import Server
from .test_asking import ask, asked_of, text, word, worker

__all__ = ["secret"]
pytestmark = pytest.mark.django_db(transaction=True)
texting_world = texting  # the world in which texts are published


@pytest.mark.parametrize(("join", "yes"), [("JOIN", "YES {}"), ("जुड़ना है", "हाँ {}"), ("judna hai", "haan {}")])
def test_who_joined_by_sms_says_yes_the_next_day(
    server: Server, texting_world: World, secret: str, join: str, yes: str
) -> None:
    world = texting_world
    write(server, secret, join)
    sent()
    write(server, secret, DETAILS)
    sent()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    yesterday = datetime.combine(NOW.date() - timedelta(days=1), time(6, 30), UTC)
    with system("test"):
        Enrolment.objects.update(at=yesterday - timedelta(days=1))
        assert confirming.ask_new_members(at=yesterday) == 1
    gateway = Gateway()
    send_due(gateway, at=yesterday)
    (letter,) = gateway.letters
    with system("test"):
        one = Question.objects.get()
    brought = words.word(keyring().token, one.pk, 1)
    assert letter.template == "ask.confirm" and brought in letter.text and "Asha Devi" not in letter.text
    # Nothing else is asked of this phone, and the message is out since yesterday: the word may be left out.
    assert write(server, secret, yes.format("")).status == 200
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert write(server, secret, yes.format(brought)).status == 200
    assert [each.template for each in sent()] == ["confirm.receipt"]
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    with system("test"):
        assert Enrolment.objects.get().confirmed_by == How.WORD
    assert world.tallies() == world.recounted()


def bare(world: World, asha: ClaimOutcome) -> None:
    assert text(world, world.asha, "") in (Answered.WHICH, Answered.SILENT)


def guessed(world: World, asha: ClaimOutcome) -> None:
    text(world, world.asha, "BCDF")


def from_another_phone(world: World, asha: ClaimOutcome) -> None:
    text(world, world.bilal, word(asha))


def of_another_person(world: World, asha: ClaimOutcome) -> None:
    """Another person on the phone answers for themselves alone."""
    with system("test"):
        others = Question.objects.filter(phone_id=world.phone_id(world.mohan)).exclude(pk=asked_of(asha).pk)
    for one in others:
        text(world, world.mohan, words.word(keyring().token, one.pk, 1))


def by_call(world: World, asha: ClaimOutcome) -> None:
    world.missed_call(of=world.asha)


def by_the_worker(world: World, asha: ClaimOutcome) -> None:
    world.paper_row(of=world.asha, by=world.booth_worker)
    world.api(of=world.asha)


def by_a_code_typed_again(world: World, asha: ClaimOutcome) -> None:
    world.web_join(of=world.asha)


def previewed(world: World, asha: ClaimOutcome) -> None:
    link = words.link_part(keyring().token, asked_of(asha).pk, 1)
    browser().get(f"/q/{link}/")
    browser().head(f"/q/{link}/")


def with_a_link_made_up(world: World, asha: ClaimOutcome) -> None:
    link = words.link_part(keyring().token, asked_of(asha).pk, 1)
    browser().post(f"/q/{link[:-4]}bcdf/", {"answer": "yes"})


def silence(world: World, asha: ClaimOutcome) -> None:
    with system("test"):
        questions.remind_unanswered(at=world.now)


FORGED: list[Callable[[World, ClaimOutcome], None]] = [
    bare,
    guessed,
    from_another_phone,
    of_another_person,
    by_call,
    by_the_worker,
    by_a_code_typed_again,
    previewed,
    with_a_link_made_up,
    silence,
]


@pytest.mark.examples(8, 60)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(FORGED), min_size=3, max_size=12), days=st.integers(0, 25))
def test_whatever_others_do_only_the_persons_own_yes_confirms(
    transactional_db: None,
    acts: list[Callable[[World, ClaimOutcome], None]],
    days: int,
    request: pytest.FixtureRequest,
) -> None:
    world = getattr(request.node, "world", None)
    if world is None:
        world = request.node.world = World.make()
        worker(Human("Worker", 1990, "+919906000077"), world.booth_worker.id)
        request.node.phones = 0
    else:
        world.anew()
    request.node.phones += 1
    n = request.node.phones
    world.asha = Human("Asha Devi", 1980, f"+91990620{n:04d}")
    world.mohan = Human("Mohan Lal", 1975, world.asha.phone)
    world.bilal = Human("Bilal Ahmad", 1990, f"+91990630{n:04d}")
    asha = world.paper_row(of=world.asha, by=world.booth_worker)
    for other in (world.mohan, world.bilal):
        world.web_join(of=other)
    ask(world)
    for act in acts:
        world.tick(minutes=7)
        act(world, asha)
        found = term_of(asha)
        assert found.confirmed_at is None, act.__name__
    world.tick(days=days)
    assert text(world, world.asha, word(asha)) is Answered.TAKEN
    assert term_of(asha).confirmed_at is not None
    assert world.tallies() == world.recounted()


def term_of(who: ClaimOutcome) -> Enrolment:
    with system("test"):
        return Enrolment.objects.get(pk=asked_of(who).about)
