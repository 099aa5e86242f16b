"""Open questions: an answer finds its question by phone and word, or by the link of that message, and no other way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.messaging import actions
from abhiyan.messaging.actions import Answered, questions
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.models import Message, Question, Template
from abhiyan.messaging.news import QuestionAnswered, QuestionsUnanswered
from abhiyan.messaging.rules import questions as rules
from abhiyan.messaging.rules import texts
from abhiyan.people import actions as people

from .sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India
PHONE, OTHER = "+919419000001", "+919419000002"
SOMEBODY = Actor.public()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def published() -> None:
    with system("test"):
        actions.publish_templates(at=AT, by=Actor.system("test"))
        Template.objects.create(
            code="ask.test", language="en", kind=texts.SERVICE, text="{word} {link} {what}"
        )


@pytest.fixture
def told() -> Iterator[list[QuestionAnswered | QuestionsUnanswered]]:
    heard: list[QuestionAnswered | QuestionsUnanswered] = []
    news.subscribe(QuestionAnswered, heard.append)
    news.subscribe(QuestionsUnanswered, heard.append)
    yield heard
    news._subscribers[QuestionAnswered].remove(heard.append)
    news._subscribers[QuestionsUnanswered].remove(heard.append)


def asked(about: int, *, phone: str = PHONE, at: datetime = AT, kind: str = "test") -> UUID:
    one = actions.PhoneQuestion(
        room="test",
        kind=kind,
        about=UUID(int=about),
        phone=phone,
        language="en",
        template="ask.test",
        blanks={"what": "?"},
        label=f"matter {about}",
        remind_at=at + 3 * DAY,
        expires_at=at + 30 * DAY,
    )
    with system("test"):
        actions.ask_question(asking=one, at=at)
    return actions.question_id(room="test", kind=kind, about=one.about, phone_id=keyring().phone_id(phone))


def word(question: UUID, n: int = 1) -> str:
    return rules.word(keyring().token, question, n)


def said(
    code: str = "", *, yes: bool = True, phone: str = PHONE, at: datetime = AT + timedelta(hours=1)
) -> Answered:
    phone_id = keyring().phone_id(phone)
    with transaction.atomic():
        return actions.answer_question(
            phone_id=phone_id, yes=yes, code=code, channel="sms", ref="x", by=SOMEBODY, at=at
        )


def pressed(link: str, *, yes: bool = True, at: datetime = AT + timedelta(hours=1)) -> Answered:
    with transaction.atomic():
        return actions.answer_link(link=link, yes=yes, by=SOMEBODY, at=at)


def queued() -> list[tuple[str, dict[str, str]]]:
    """Template and blanks of what waits, in order."""
    with system("test"):
        return [
            (one.template, json.loads(keyring().unseal(bytes(one.sealed_blanks), about=one.pk.bytes)))
            for one in Message.objects.filter(state="queued").order_by("queued_at", "template")
        ]


def turned(at: datetime) -> int:
    with system("test"):
        return questions.expire(at=at) + questions.remind_unanswered(at=at)


class Way:
    """A way out that takes everything."""

    name = "test"

    def hand(self, letter: Letter) -> Handed:
        """Taken."""
        return Handed(ok=True, ref=letter.ref)


Told = list[QuestionAnswered | QuestionsUnanswered]


def test_a_word_finds_its_question_and_its_room_is_told_which_message_was_answered(told: Told) -> None:
    mine = asked(1)
    assert queued()[0][1]["word"] == word(mine)
    assert said(word(mine).lower()) is Answered.TAKEN
    (one,) = told
    assert isinstance(one, QuestionAnswered)
    assert (one.about, one.yes, one.by_word, one.channel) == (UUID(int=1), True, True, "sms")
    with system("test"):
        kept = Question.objects.get()
        message = Message.objects.get()
    assert (kept.is_yes, kept.message_id, kept.sealed) == (True, message.pk, None)
    assert (message.state, message.reason) == ("dropped", "taken_back")  # it had not left


def test_asking_twice_asks_once() -> None:
    asked(1)
    asked(1)
    assert len(queued()) == 1


def test_a_yes_is_taken_once_and_a_later_no_is_heard(told: Told) -> None:
    mine = asked(1)
    answers = [said(word(mine), yes=yes) for yes in (True, True, False, False, True)]
    assert answers == ["taken", "again", "taken", "again", "over"]
    assert [isinstance(one, QuestionAnswered) and one.yes for one in told] == [True, False]


def test_words_of_other_phones_and_guesses_answer_nothing(told: Told) -> None:
    theirs = asked(1, phone=OTHER)
    asked(2)
    assert said(word(theirs)) is Answered.WRONG
    assert said("BCDF", phone="+919419000009") is Answered.WRONG
    assert said("Kamla") is Answered.WRONG
    assert told == []


def test_after_twenty_words_a_day_none_is_looked_at(told: Told) -> None:
    mine = asked(1)
    assert {said("XXXX") for _try in range(20)} == {Answered.WRONG}
    assert said(word(mine)) is Answered.LIMITED and told == []
    assert said(word(mine), at=AT + DAY) is Answered.TAKEN


def test_a_bare_answer_is_answered_once_by_asking_which(told: Told) -> None:
    assert said() is Answered.NONE
    first, second = asked(1), asked(2, at=AT + timedelta(minutes=1))
    assert [said(), said(), said(yes=False)] == ["which", "silent", "silent"]
    ((_template, blanks),) = [one for one in queued() if one[0] == "reply.which"]
    send = [
        f'matter {n}: "YES {word(one, 2)}" or "NO {word(one, 2)}"' for n, one in ((1, first), (2, second))
    ]
    assert blanks["choices"] == " / ".join(send)
    assert said(word(second, 2)) is Answered.TAKEN
    (one,) = told
    assert isinstance(one, QuestionAnswered) and one.about == UUID(int=2)
    with system("test"):
        assert Question.objects.get(pk=second).message_id == Message.objects.get(template="reply.which").pk


@pytest.mark.parametrize("yes", [True, False])
def test_a_bare_answer_counts_where_one_question_is_open_and_its_message_is_out(
    told: Told, yes: bool
) -> None:
    mine = asked(1)
    assert said(yes=yes) is Answered.WHICH, "nothing has gone to the phone yet"
    with system("test"):
        Question.objects.update(which_at=None)
    send_due(Way(), at=AT + timedelta(hours=1))
    assert said(yes=yes, at=AT + timedelta(hours=1) + 3 * DAY) is Answered.WHICH, "out for three days"
    assert said(yes=yes, phone=OTHER, at=AT + DAY) is Answered.NONE
    assert said(yes=yes, at=AT + DAY) is Answered.TAKEN
    (one,) = told
    assert isinstance(one, QuestionAnswered) and (one.yes, one.by_word) == (yes, True)
    with system("test"):
        assert Question.objects.get(pk=mine).message_id == one.message_id


def test_a_bare_answer_means_nothing_where_something_else_waits_for_it(told: Told) -> None:
    mine = asked(1)
    send_due(Way(), at=AT)
    given = {"phone_id": keyring().phone_id(PHONE), "yes": True, "code": "", "ref": "x", "by": SOMEBODY}
    with transaction.atomic():
        at = AT + timedelta(hours=1)
        for other in ({"channel": "sms", "is_alone": False}, {"channel": "page"}):
            assert actions.answer_question(**given, **other, at=at) in (Answered.WHICH, Answered.SILENT)  # type: ignore[arg-type]  # of the act
    asked(2, at=AT + timedelta(minutes=1))
    send_due(Way(), at=AT + timedelta(minutes=2))
    assert said() is Answered.WHICH and told == [], "one of two questions"
    assert said(word(mine)) is Answered.TAKEN
    assert said() is Answered.TAKEN, "the other is the only one now"


def test_a_link_answers_its_question_and_a_wrong_one_nothing(told: Told) -> None:
    mine = asked(1)
    link = queued()[0][1]["link"].rstrip("/").rpartition("/")[2]
    for wrong in ("", "x", link[:-1], link[:-4] + "bcdf", "a" * 12 + link[-4:], link + "b", "ü" * 16):
        assert pressed(wrong) is Answered.WRONG
    assert pressed(link) is Answered.TAKEN
    (one,) = told
    assert isinstance(one, QuestionAnswered) and (one.channel, one.by_word) == ("link", False)
    with system("test"):
        assert Question.objects.get(pk=mine).channel == "link"


def test_nobody_answered_so_it_asks_once_more_by_a_word_of_its_own_and_then_never(told: Told) -> None:
    mine = asked(1)
    assert turned(AT + 3 * DAY - timedelta(seconds=1)) == 0
    assert [turned(AT + n * DAY) for n in (3, 4, 29)] == [1, 0, 0]
    assert [blanks["word"] for _template, blanks in queued()] == [word(mine, 1), word(mine, 2)]
    assert turned(AT + 30 * DAY) == 1
    assert told == [QuestionsUnanswered("test", "test", (UUID(int=1),), AT + 30 * DAY)]
    assert queued() == []
    assert said(word(mine, 2), at=AT + 31 * DAY) is Answered.OVER
    asked(1, at=AT + 40 * DAY)
    assert queued() == [] and turned(AT + 50 * DAY) == 0
    assert said(word(mine, 1), yes=False, at=AT + 51 * DAY) is Answered.OVER


def test_yes_and_no_close_at_the_same_time_but_where_a_no_is_the_persons_own(told: Told) -> None:
    first, second = asked(1), asked(2)
    with system("test"):
        Question.objects.filter(pk=second).update(hears_late_no=True)
    assert [said(word(one), yes=False, at=AT + 30 * DAY) for one in (first, second)] == ["over", "taken"]
    assert said(word(first), yes=False, at=AT + 30 * DAY - timedelta(seconds=1)) is Answered.TAKEN
    assert len(told) == 2


def test_a_yes_at_the_last_instant_counts_and_later_does_not() -> None:
    first, second = asked(1), asked(2)
    assert said(word(first), at=AT + 30 * DAY - timedelta(seconds=1)) is Answered.TAKEN
    assert said(word(second), at=AT + 30 * DAY) is Answered.OVER


def test_what_is_closed_is_not_asked_and_takes_no_yes(told: Told) -> None:
    mine = asked(1)
    with system("test"):
        assert actions.close_questions(ids=[mine], at=AT) == 1
        assert actions.close_questions(ids=[mine], at=AT) == 0
        assert Question.objects.get().sealed is None
    assert queued() == [] and turned(AT + 3 * DAY) == 0
    assert said(word(mine)) is Answered.OVER and told == []


def test_a_phone_that_says_no_is_asked_nothing_more() -> None:
    asked(1)
    asked(2, phone=OTHER)
    people.suppress(phone_id=keyring().phone_id(PHONE), channel=1, by=SOMEBODY, at=AT, scope="all")
    with system("test"):
        assert Question.objects.filter(closed_at=None).count() == 1
    assert [one[0] for one in queued()] == ["ask.test"]


def test_a_question_keeps_to_the_hours_and_the_reply_to_a_text_does_not() -> None:
    night = AT.replace(hour=20)  # 01:30 in India
    asked(1, at=night)
    assert send_due(Way(), at=night) == 0
    said(at=night)
    assert send_due(Way(), at=night) == 1
    assert send_due(Way(), at=night + timedelta(hours=9)) == 1


def test_a_question_goes_to_no_phone_that_said_no_before_it_was_asked() -> None:
    people.suppress(phone_id=keyring().phone_id(PHONE), channel=1, by=SOMEBODY, at=AT - DAY)
    asked(1)
    assert send_due(Way(), at=AT) == 0
    with system("test"):
        assert Message.objects.get().reason == "suppressed"


@pytest.mark.versions
def test_nobody_but_the_phone_sees_its_questions() -> None:
    asked(1)
    for scope, n in ((Scope(), 0), (Scope(everything=True), 0), (Scope(phone=keyring().phone_id(PHONE)), 1)):
        with scoped(scope):
            assert Question.objects.count() == n


@given(key=st.binary(min_size=16, max_size=32), n=st.integers(1, 9))
def test_each_message_has_a_word_and_a_link_of_its_own_shape(key: bytes, n: int) -> None:
    one = uuid4()
    made = rules.word(key, one, n)
    assert rules.clean_word(made) == rules.clean_word(f" {made.lower()} ") == made
    assert rules.parted(rules.link_part(key, one, n)) == (rules.link_part(key, one, 1)[:12], made)


@given(text=st.text(max_size=6))
def test_what_has_not_the_shape_of_a_word_is_none(text: str) -> None:
    found = rules.clean_word(text)
    assert found == "" or (len(found) == 4 and found == rules.clean_word(found))


def test_digits_of_other_scripts_are_read_and_vowels_years_and_pins_are_not() -> None:
    assert rules.clean_word("k७px") == "K7PX" and rules.clean_word("Ｋ7ＰＸ") == "K7PX"
    assert [rules.clean_word(one) for one in ("1985", "2345", "KAPX", "K7P", "K7PXX", "K 7P")] == [""] * 6
