"""A number silent for 90 days answers again before any message to it names a person."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db.models import F

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import ClaimOutcome, confirming
from abhiyan.enrolment.models import Claim, Enrolment
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS, FRIENDS
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_asking import HOOK, ask, text, turn, word
from abhiyan.enrolment.tests.web import blanks, main, open_me, today, web_world
from abhiyan.intake.actions import texts
from abhiyan.messaging.actions import Answered
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import inbound
from abhiyan.messaging.rules import texts as fixed
from abhiyan.people import actions as people
from abhiyan.people.models import LastSign
from abhiyan.people.rules.silence import SILENT_AFTER, needs_new_answer
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
NAMED, UNNAMED = "ask.confirm", "ask.confirm.unnamed"


@pytest.fixture
def world() -> World:
    return World.make()


def silent(world: World, days: int = 90) -> ClaimOutcome:
    """Asha's phone called long ago; now a worker has entered her. A day later she is to be asked."""
    asha = world.api(of=world.asha)
    with system("test"):
        Claim.objects.update(at=F("at") - timedelta(days=days))
    return asha


def asked(of: Human) -> tuple[int, int]:
    """Count the questions that went to a phone by name, and those without."""
    return len(blanks(of.phone, NAMED)), len(blanks(of.phone, UNNAMED))


def term() -> Enrolment:
    with system("test"):
        return Enrolment.objects.get()


@pytest.mark.parametrize(
    ("days", "is_silent"), [(0, False), (89, False), (89.99, False), (90, True), (2_000, True)]
)
def test_a_number_is_silent_from_ninety_days_after_its_last_sign(days: float, is_silent: bool) -> None:
    assert needs_new_answer(NOW - timedelta(days=days), NOW) is is_silent
    assert needs_new_answer(None, NOW) and timedelta(days=90) == SILENT_AFTER


def test_every_fixed_text_that_names_somebody_has_a_twin_that_does_not() -> None:
    naming = {key for key, said in fixed.TEXTS.items() if "name" in fixed.blanks(said)}
    assert {code for code, _language in naming} == {NAMED, NAMED + FRIENDS.mark, NAMED + CONTRIBUTORS.mark}
    for code, language in naming:
        twin = fixed.blanks(fixed.TEXTS[f"{code}.unnamed", language])
        assert fixed.blanks(fixed.TEXTS[code, language]) - twin == {"name"}


@pytest.mark.parametrize(("days", "named"), [(80, True), (86, False), (89, False)])
def test_who_was_heard_lately_is_named_unless_silence_comes_before_we_ask_once_more(
    world: World, days: int, named: bool
) -> None:
    silent(world, days)
    ask(world)
    assert asked(world.asha) == ((1, 0) if named else (0, 1))


def test_a_number_that_has_just_come_to_us_is_asked_by_name(world: World) -> None:
    world.api(of=world.asha)
    ask(world)
    assert asked(world.asha) == (1, 0)


def test_a_call_counts_as_a_sign_and_the_row_of_a_list_does_not(world: World) -> None:
    silent(world)
    world.api(of=world.asha)
    world.missed_call(of=world.asha)
    with system("test"):
        Claim.objects.filter(channel=Channel.MISSED_CALL).update(at=F("at") - timedelta(days=40))
    ask(world)
    assert asked(world.asha) == (1, 0)


def test_a_silent_number_is_asked_without_a_name_and_by_name_once_it_has_answered(world: World) -> None:
    asha = silent(world)
    ask(world)
    assert asked(world.asha) == (0, 1)
    first, second = word(asha), word(asha, 2)
    assert text(world, world.asha, first) is Answered.NAMED
    assert asked(world.asha) == (1, 1) and term().confirmed_at is None
    assert text(world, world.asha, first) is Answered.NAMED and asked(world.asha) == (1, 1)
    turn(world.now + confirming.AGAIN_AFTER)
    assert asked(world.asha) == (1, 1)  # asked twice at most
    assert text(world, world.asha, second) is Answered.TAKEN and term().confirmed_at == world.now


def test_asked_once_more_it_still_names_nobody_unless_the_phone_was_heard_meanwhile(world: World) -> None:
    silent(world)
    there = Human("Bilal Lone", 1988, "+919419000077")
    world.api(of=there)
    with system("test"):
        Claim.objects.update(at=F("at") - timedelta(days=90))
    ask(world)
    with system("test"):
        people.note_sign(phone_id=world.phone_id(there), at=world.now)
    turn(world.now + confirming.AGAIN_AFTER)
    assert asked(world.asha) == (0, 2) and asked(there) == (1, 1)
    with system("test"):
        assert sorted(Question.objects.values_list("unnamed", flat=True)) == [1, 2]


def test_a_bare_no_of_a_silent_number_is_asked_which_without_names_and_a_bare_yes_with_them(
    world: World,
) -> None:
    asha = silent(world)
    ask(world)
    assert text(world, world.asha, "", yes=False) is Answered.WHICH
    choices = blanks(world.asha.phone, "reply.which")[0]["choices"]
    assert choices.startswith("1") and f"हाँ {word(asha, 2)}" in choices and "आशा" not in choices
    assert text(world, world.asha, word(asha, 2)) is Answered.NAMED and asked(world.asha) == (1, 1)
    with system("test"):  # as a text notes it, unless it says no
        people.note_sign(phone_id=world.phone_id(world.asha), at=world.now)
        Question.objects.update(which_at=None)
    world.tick(hours=1)
    assert text(world, world.asha, "") is Answered.WHICH
    assert "आशा" in blanks(world.asha.phone, "reply.which")[1]["choices"]


def test_a_no_to_the_question_without_a_name_strikes_the_entry_off(world: World) -> None:
    asha = silent(world)
    ask(world)
    assert text(world, world.asha, word(asha), yes=False) is Answered.TAKEN
    assert term().end_reason == "denied" and asked(world.asha) == (0, 1)


@pytest.fixture
def page_world() -> World:
    found = web_world()
    found.now = datetime.combine(today() - timedelta(days=2), time(6, 30), UTC)
    silent(found)
    ask(found)
    return found


def link_of(world: World) -> str:
    return "/q/" + blanks(world.asha.phone, UNNAMED)[-1]["link"].rstrip("/").rpartition("/")[2] + "/"


def test_the_link_of_a_message_without_a_name_shows_it_after_a_first_yes_and_confirms_by_a_second(
    page_world: World,
) -> None:
    where, client = link_of(page_world), browser()
    first = main(client.get(where).content)
    assert "Do you know of this entry?" in first and "Asha" not in first and "The name came from" not in first
    client.post(where, {"answer": "yes"})
    assert term().confirmed_at is None
    assert "Asha De…" in main(client.get(where).content)
    client.post(where, {"answer": "yes"})
    assert term().confirmed_at is not None and "you confirmed it" in main(client.get(where).content)


def test_who_says_no_behind_that_link_never_reads_the_name(page_world: World) -> None:
    where, client = link_of(page_world), browser()
    client.post(where, {"answer": "no"})
    said = main(client.get(where).content)
    assert term().end_reason == "denied" and "You said no" in said and "Asha" not in said
    assert page_world.count("people_last_sign") == 0


def test_a_code_and_a_text_are_signs_of_numbers_we_keep_and_of_no_other(page_world: World) -> None:
    open_me(page_world.asha)
    assert page_world.count("people_last_sign") == 1
    with system("test"):
        turn_to_silence = LastSign.objects.update(at=F("at") - timedelta(days=100))
        people.note_sign(phone_id=page_world.phone_id(page_world.chandra), at=page_world.now)
    assert (turn_to_silence, page_world.count("people_last_sign")) == (1, 1)
    for said, n in (("NO", 0), ("HELP", 1)):
        _write(page_world, said)
        with system("test"):
            assert LastSign.objects.filter(at__gt=page_world.now - timedelta(days=50)).count() == n


def _write(world: World, said: str) -> None:
    """Asha's phone sends an SMS to one of our numbers."""
    sms = inbound.Sms("generic", f"text-{said}", world.asha.phone, "+911140000001", said, world.now)
    texts.hear_text(text_in=texts.TextIn(sms, "sms", "+911140000001", "leave", None), by=HOOK, at=world.now)
