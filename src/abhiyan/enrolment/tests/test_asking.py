"""People are asked a day later, and once more, if they joined by their own act; only they themselves answer."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimOutcome, confirming
from abhiyan.enrolment.models import Drive, Enrolment, How, Membership
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.steps import ANSWERS, ASKED, BY_LINK, BY_PAGE, BY_WORD, UNANSWERED
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import Answered, questions
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import questions as words
from abhiyan.people.models import Account
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme

from .make import DAY, NOON, Human, Ladder, World
from .web import blanks

pytestmark = pytest.mark.django_db
HOOK = Actor(kind="channel", id=UUID("00000000-0000-4000-8000-0000000000f1"))


@pytest.fixture
def world() -> World:
    return World.make()


def ask(world: World, *, days: int = 1) -> int:
    """A day later the loop asks, at noon."""
    world.tick(days=days)
    with system("test"):
        return confirming.ask_new_members(at=world.now)


def asked_of(who: ClaimOutcome) -> Question:
    found = term(who)
    with system("test"):
        return Question.objects.get(about=found.pk)


def word(who: ClaimOutcome, n: int = 1) -> str:
    return words.word(keyring().token, asked_of(who).pk, n)


def text(world: World, of: Human, code: str, *, yes: bool = True) -> Answered:
    """An SMS from somebody's phone."""
    with transaction.atomic():
        return messaging.answer_question(
            phone_id=world.phone_id(of), yes=yes, code=code, channel="sms", ref="1", by=HOOK, at=world.now
        )


def turn(at: datetime) -> None:
    with system("test"):
        questions.expire(at=at)
        questions.remind_unanswered(at=at)


def rungs(world: World) -> dict[int, int]:
    """Return the counts beside the rungs of the ladder, of all units together."""
    found: dict[int, int] = {}
    for (_measure, _channel, _unit, _day, rung), n in world.tallies().items():
        if rung in (ASKED, UNANSWERED, BY_WORD, BY_LINK, BY_PAGE):
            found[rung] = found.get(rung, 0) + n
    assert world.tallies() == world.recounted() and world.orphans() == {}
    return {rung: n for rung, n in found.items() if n}


def term(who: ClaimOutcome) -> Enrolment:
    """The latest of a member."""
    assert who.membership is not None
    with system("test"):
        member = Membership.objects.get(public_id=who.membership)
        return Enrolment.objects.filter(membership_id=member.pk).latest("term")


def test_one_day_later_the_question_goes_out_with_word_and_link_and_names_nobody_in_full(
    world: World,
) -> None:
    asha = world.web_join(of=world.asha)
    world.tick(hours=23)
    assert ask(world, days=0) == 0
    world.tick(hours=1)
    assert ask(world, days=0) == 1
    assert ask(world) == 0
    with system("test"):
        message = Message.objects.get(template="ask.confirm")
    blanks = json.loads(keyring().unseal(bytes(message.sealed_blanks), about=message.pk.bytes))
    assert blanks["name"] == "आशा दे…" and blanks["word"] == word(asha)
    assert blanks["link"].endswith(blanks["word"].lower())
    assert (message.kind, message.language, message.programme_id) == (1, "hi", world.programme.pk)
    assert rungs(world) == {ASKED: 1}


def test_a_yes_with_the_word_confirms_and_keeps_how_and_by_which_message(world: World) -> None:
    asha = world.web_join(of=world.asha)
    ask(world)
    assert text(world, world.asha, word(asha)) is Answered.TAKEN
    assert world.ladder(world.booth, on=DAY) == Ladder(reported=1, counted=1, confirmed=1)
    assert rungs(world) == {BY_WORD: 1}
    found = term(asha)
    assert (found.confirmed_by, found.confirmed_message, found.signed_at) == (
        How.WORD,
        asked_of(asha).message_ids[0],
        None,
    )
    assert text(world, world.asha, word(asha)) is Answered.AGAIN
    assert world.ladder(world.booth).confirmed == 1


def test_a_yes_by_text_is_thanked_once_in_the_language_of_the_question_and_no_other_answer_is(
    world: World,
) -> None:
    family = [Human(f"Asha {name}", 1980, world.asha.phone) for name in ("Devi", "Kumari", "Rani")]
    told = [world.web_join(of=one) for one in family]
    ask(world)
    for who in told[:2]:
        for _twice in range(2):
            text(world, world.asha, word(who))
    text(world, world.asha, word(told[2]), yes=False)
    text(world, world.asha, "QQQQ")
    with system("test"):
        thanks = Message.objects.filter(template="confirm.receipt")
        assert list(thanks.values_list("kind", "language")) == [(1, "hi")] * 2


def test_asked_once_more_the_question_says_the_name_as_it_was_corrected(world: World) -> None:
    asha = world.web_join(of=world.asha)
    ask(world)
    assert asha.membership is not None
    with scoped(Scope(phone=world.phone_id(world.asha))):
        by = Actor(kind="citizen", id=asha.membership)
        actions.correct(membership=asha.membership, name="Usha Rani", by=by, at=world.now)
    turn(world.now + confirming.AGAIN_AFTER)
    assert [one["name"] for one in blanks(world.asha.phone, "ask.confirm")] == ["आशा दे…", "Usha Ra…"]
    assert text(world, world.asha, "") is Answered.WHICH
    assert "Usha Ra…" in blanks(world.asha.phone, "reply.which")[0]["choices"]


def test_a_yes_of_a_row_on_paper_is_its_sign_as_well(world: World) -> None:
    asha = world.paper_row(of=world.asha)
    ask(world)
    text(world, world.asha, word(asha))
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert term(asha).signed_at == world.now and rungs(world) == {BY_WORD: 1}


def test_a_no_strikes_off_who_was_asked_about_and_nobody_else_on_the_phone(world: World) -> None:
    asha = world.web_join(of=world.asha)
    mohan = world.paper_row(of=world.mohan)
    assert ask(world) == 2
    text(world, world.asha, word(mohan), yes=False)
    assert (term(mohan).end_reason, term(asha).end_reason) == ("denied", "")
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    text(world, world.asha, word(asha))
    assert world.ladder(world.booth).confirmed == 1
    text(world, world.asha, word(asha), yes=False)  # later they say otherwise
    assert world.ladder(world.booth) == Ladder(reported=2) and rungs(world) == {}


def test_four_people_on_a_phone_are_four_questions(world: World) -> None:
    family = [Human(f"Asha {name}", 1980, world.asha.phone) for name in ("Devi", "Kumari", "Rani", "Bai")]
    told = [world.web_join(of=one) for one in family]
    assert ask(world) == 4
    assert text(world, world.asha, "") is Answered.WHICH
    text(world, world.asha, word(told[2]))
    assert [term(one).confirmed_at is not None for one in told] == [False, False, True, False]
    assert rungs(world) == {ASKED: 3, BY_WORD: 1}


def test_after_a_second_question_and_thirty_days_nobody_is_asked_again(world: World) -> None:
    asha = world.web_join(of=world.asha)
    ask(world)
    asked_at = world.now
    turn(asked_at + confirming.AGAIN_AFTER)
    assert len(asked_of(asha).message_ids) == 2 and rungs(world) == {ASKED: 1}
    turn(asked_at + timedelta(days=29))
    assert rungs(world) == {ASKED: 1}
    turn(asked_at + confirming.ANSWERED_WITHIN)
    assert rungs(world) == {UNANSWERED: 1}
    world.now = asked_at + timedelta(days=31)
    assert text(world, world.asha, word(asha, 2)) is Answered.OVER
    assert ask(world, days=0) == 0
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert (
        text(world, world.asha, word(asha, 2), yes=False) is Answered.TAKEN
    )  # she leaves, and denies nothing
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.rows("select kind from enrolment_parting") == [("left",)]
    (receipt,) = blanks(world.asha.phone, "leave.receipt")
    assert receipt["ended"] and receipt["day"] and not blanks(world.asha.phone, "deny.receipt")


def worker(of: Human, public_id: UUID) -> None:
    """Somebody who signs in by their phone."""
    with system("test"):
        Account.objects.create(
            public_id=public_id,
            phone_id=keyring().phone_id(of.phone),
            name="Worker",
            created_at=NOON,
        )


def test_who_enters_others_on_their_own_phone_is_not_asked_for_them_and_confirms_nobody(world: World) -> None:
    worker(world.bilal, world.booth_worker.id)
    theirs = Human("Asha Devi", 1980, world.bilal.phone)
    asha = world.paper_row(of=theirs, by=world.booth_worker)
    assert ask(world) == 0
    with pytest.raises(confirming.ByEnroller):
        world.confirm(asha, phone_id=world.phone_id(world.bilal))
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1) and rungs(world) == {}


def test_an_enroller_who_comes_after_the_question_does_not_answer_it_either(world: World) -> None:
    worker(world.bilal, world.booth_worker.id)
    theirs = Human("Asha Devi", 1980, world.bilal.phone)
    asha = world.api(of=theirs)
    assert ask(world) == 1
    world.paper_row(of=theirs, by=world.booth_worker)
    assert text(world, world.bilal, word(asha)) is Answered.TAKEN
    assert term(asha).confirmed_at is None and world.ladder(world.booth).confirmed == 0


def test_words_of_others_calls_and_bare_answers_confirm_nobody(world: World) -> None:
    asha, bilal = world.web_join(of=world.asha), world.web_join(of=world.bilal)
    ask(world)
    assert text(world, world.asha, word(bilal)) is Answered.WRONG
    assert text(world, world.chandra, word(asha)) is Answered.WRONG
    assert text(world, world.asha, "") is Answered.WHICH
    world.missed_call(of=world.asha)
    world.paper_row(of=world.asha)
    assert world.ladder(world.booth).confirmed == 0


def test_a_phone_that_said_no_is_not_asked_and_one_that_says_it_later_no_more(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    actions.stop_by_phone(
        phone=world.bilal.phone, channel=Channel.SMS, by=Actor.public(), at=world.now + timedelta(hours=1)
    )
    assert ask(world) == 1 and rungs(world) == {ASKED: 1}
    actions.stop_by_phone(
        phone=world.asha.phone, channel=Channel.SMS, by=Actor.public(), at=world.now + timedelta(hours=1)
    )
    assert rungs(world) == {UNANSWERED: 1}
    assert ask(world) == 0


@pytest.mark.parametrize("how", ["leave", "strike_off"])
def test_who_is_no_longer_a_member_is_not_asked_once_more(world: World, how: str) -> None:
    asha = world.web_join(of=world.asha)
    ask(world)
    if how == "leave":
        world.leave(asha, of=world.asha)
    else:
        world.strike_off(asha)
    assert asked_of(asha).closed_at is not None and rungs(world) == {}
    assert text(world, world.asha, word(asha)) is Answered.OVER


def test_a_list_that_is_taken_back_takes_its_questions_along(world: World) -> None:
    (told,) = intake.enrol_batch(
        programme_id=world.programme.pk,
        claims=[world.claim(world.asha, Channel.PAPER, unit=world.booth)],
        by=HOOK,
        at=world.now,
        import_id=7,
    )
    assert isinstance(told, ClaimOutcome)
    assert ask(world) == 1
    actions.undo_claims(import_id=7, by=HOOK, at=world.now)
    with system("test"):
        assert Question.objects.get().closed_at is not None
    assert rungs(world) == {} and world.ladder(world.booth) == Ladder()


def test_a_move_takes_the_question_along(world: World) -> None:
    asha = world.web_join(of=world.asha)
    ask(world)
    assert asha.membership is not None
    actions.correct(
        membership=asha.membership, unit_id=world.far_booth.pk, by=Actor.system("test"), at=world.now
    )
    assert rungs(world) == {ASKED: 1}
    text(world, world.asha, word(asha))
    assert world.ladder(world.far_booth).confirmed == 1 and rungs(world) == {BY_WORD: 1}


def test_at_night_and_above_its_share_of_the_hour_nobody_is_asked(world: World) -> None:
    for n in range(5):
        world.web_join(of=Human("Asha Devi", 1980, f"+9199061000{n:02d}"))
    with system("test"):
        Drive.objects.update(replies_per_hour=360)
    world.tick(hours=10)  # ten in the evening
    assert ask(world) == 0
    world.tick(hours=14)
    assert [ask(world, days=0), ask(world, days=0), ask(world, days=0)] == [2, 2, 1]


def test_members_of_a_drive_that_closed_a_while_ago_or_runs_elsewhere_are_not_asked(world: World) -> None:
    world.web_join(of=world.asha)
    with system("test"):
        Programme.objects.update(closes_on=DAY - timedelta(days=7))
    assert ask(world) == 0
    with system("test"):
        Programme.objects.update(closes_on=DAY, state=Programme.State.CLOSED)
    assert ask(world, days=0) == 1


def test_a_name_is_cut_where_a_reader_would_cut_it() -> None:
    given = {
        "Kamla Devi": "Kamla De…",
        "Kamla": "Kamla",
        "Ram Lal Sharma": "Ram Sh…",
        "Mo Li": "Mo Li",
        "कमला देवी": "कमला दे…",
        "राम प्रसाद": "राम प्र…",
    }
    assert {name: names.shortened_name(name) for name in given} == given


def test_the_drives_page_says_how_many_were_asked_and_what_they_answered(world: World) -> None:
    """It shows the viewer's own unit; noes from five on, and a day later."""
    people = [Human("Asha Devi", 1980, f"+9199061100{n:02d}") for n in range(12)]
    told = [world.web_join(of=one) for one in people]
    ask(world)
    for n, one in enumerate(told[:8]):
        text(world, people[n], word(one), yes=n < 3)
    with system("test"):
        node = programmes.node_of(world.state.pk, 1)
        assert node is not None
        found = programmes.figures_beside(node=node, programme=world.programme, steps=ANSWERS, at=world.now)
        assert found == {
            "by_word": 3,
            "by_link": 0,
            "by_page": 0,
            "asked": 4,
            "unanswered": 0,
            "unasked": 0,
        }
        assert partings.count_denied(node, world.programme, at=world.now) is None
        world.tick(days=2)
        assert partings.count_denied(node, world.programme, at=world.now) == 5
        far = programmes.node_of(world.far_booth.pk, 1)
        assert far is not None and partings.count_denied(far, world.programme, at=world.now) is None
