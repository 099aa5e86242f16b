"""Callers have words to say: in the person's language, written by an office, and checked."""

import pytest
from django.utils import translation
from hypothesis import given as drawn
from hypothesis import strategies as st

from abhiyan.contact import actions
from abhiyan.contact.actions.queues import QueueWordsUnfit
from abhiyan.contact.models import CallQueue
from abhiyan.contact.words import CALL_BACK_WORDS, CALL_WORDS, HELPLINE_WORDS
from abhiyan.core import letters
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.words import SAY_FIRST as TO_PRESIDENT
from abhiyan.friends.views.in_touch import SAY_FIRST as TO_FRIEND
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.spoken import spoken_words, unfit_words

from .at_calls import people_to_call, queue_of
from .at_doors import entries

pytestmark = pytest.mark.django_db
OWN = "Hello[ {person}]! {caller} of {organisation} calls.\r\n[It is about this: {purpose}.]"
# Parts that an office may write into its words, and parts that it may not.
PARTS = st.sampled_from(
    ["Hello ", "{caller}", "{organisation}", "{person}", "[ of {person}]", "[{purpose}|us]", "\n", "नमस्ते "]
    + ["{", "}", "[", "]", "|", "{name}", "{नाम}", "{}", "\u202e", "\u200b", "\x07", "%(caller)s", "%", "\\1"]
)
NAMES = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")), max_size=30)


@drawn(parts=st.lists(PARTS, max_size=12), name=NAMES, purpose=NAMES)
def test_words_that_are_accepted_can_be_said_to_everybody(parts: list[str], name: str, purpose: str) -> None:
    text = "{caller} {organisation} " + "".join(parts)
    if unfit_words(text):
        assert unfit_words(text) == unfit_words(text.replace("\n", "\r\n"))
        return
    for person in (name, ""):
        said = "\n".join(spoken_words(text, caller="Qxz", person=person, purpose=purpose).lines)
        assert "Qxz" in said and not any(map(letters.is_hidden, said))
        assert not any(f"{{{slot}}}" in said for slot in ("caller", "organisation"))
    nobody = "".join(spoken_words(text, caller="Qxz").lines)
    assert not any(sign in nobody for sign in "{}[]"), "no slot is left open"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hello, I am {caller}.", "Say who calls, and from which organisation. {organisation} is missing."),
        ("Hello, {organisation} calls.", "Say who calls, and from which organisation. {caller} is missing."),
        (
            "[I am {caller} for {purpose}.] {organisation}",
            "Say who calls, and from which organisation. {caller} is missing.",
        ),
        ("{caller} {organisation} {nmae}", "No slot is called {nmae}."),
        ("{caller} {organisation} {नाम}", "No slot is called {नाम}."),
        ("{caller} {organisation} {person", "A brace or bracket is open."),
        ("{caller} {organisation} [[{person}]]", "A brace or bracket is open."),
        ("{caller} {organisation} \u202eevil", "This holds a sign that nobody sees."),
        ("{caller} {organisation} \u2028 line", "This holds a sign that nobody sees."),
        ("{caller} {organisation}" + "a" * 1200, "Write at most 1200 letters."),
        ("{caller} {organisation}: you will get a house.", "promises a benefit"),
        ("{caller} {organisation}: whom did you vote for?", "The ballot is secret"),
        ("{caller} {organisation}: what is your caste?", "caste"),
    ],
)
def test_words_that_nobody_may_say_are_refused_and_say_why(text: str, why: str) -> None:
    with translation.override("en"):
        assert why in unfit_words(text)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_our_usual_words_pass_the_check_and_name_caller_and_organisation(language: str) -> None:
    with translation.override(language):
        for words in (CALL_WORDS, CALL_BACK_WORDS, HELPLINE_WORDS, TO_PRESIDENT, TO_FRIEND):
            assert not unfit_words(str(words)), words
            said = spoken_words(words, caller="Asha Koul", person="Bimla", purpose="Hear how it goes.")
            assert not any(sign in "".join(said.lines) for sign in "{}[]|")


def page(who: Account, language: str = "en") -> str:
    client = browser(who)
    client.cookies["language"] = language
    return client.get("/contact/calls/").text


def test_a_caller_reads_a_greeting_with_names_in_the_persons_language(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1, language="hi"))
    actions.take_next(body_id=centre, languages=["hi"], by=actor(caller), at=NOW)
    text = page(caller)
    assert '<blockquote lang="hi">' in text and "क्या मेरी बात" in text
    assert "कॉल का कारण: A talk about a public scheme।" in text
    assert "{" not in text.split("<blockquote", 1)[1].split("</blockquote>")[0]


def test_an_unknown_language_is_that_of_the_page_and_a_nameless_person_is_not_named(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1, language=""))
    with system("test"):
        entries()[0].__class__.objects.update(person_name=b"")
    actions.take_next(body_id=centre, languages=["en"], by=actor(caller), at=NOW)
    text = page(caller)
    assert "<blockquote>" in text and "Hello! I am Asha 0 from" in text and "Am I speaking with" not in text


def words_page(queue: CallQueue) -> str:
    return f"/contact/calling/{queue.public_id}/words/"


def test_an_office_writes_words_and_callers_read_them(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue = queue_of(run, people_to_call(run, world.unit("N1111"), 1, language="hi"))
    president = browser(world.holder("state_president", "N1"))
    form = president.get(words_page(queue)).text
    assert "Hello! [Am I speaking with {person}? ]" in form and "नमस्ते!" in form, (
        "it begins with our usual words"
    )
    usual = {}
    for code in ("en", "hi"):
        with translation.override(code):
            usual[f"words_{code}"] = str(CALL_WORDS).replace("\n", "\r\n")
    president.post(words_page(queue), usual | {"words_en": OWN})
    with system("test"):
        queue.refresh_from_db()
        assert queue.words == {"en": OWN.replace("\r\n", "\n")}, "our usual words are kept as ours"
        assert AuditEntry.objects.filter(act="contact.write_words", subject=str(queue.public_id)).exists()
    actions.take_next(body_id=centre, languages=["hi"], by=actor(caller), at=NOW)
    text = page(caller, "hi")
    assert '<blockquote lang="en">' in text and "of Abhiyan calls." in text, "there are no own words in Hindi"
    assert "It is about this: A talk about a public scheme." in text


def test_unfit_words_are_refused_beside_their_field_and_change_nothing(
    world: World, run: Programme, caller: Account
) -> None:
    queue = queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    president = browser(world.holder("state_president", "N1"))
    answer = president.post(words_page(queue), {"words_hi": "", "words_en": "Hello {nmae}"})
    assert answer.status_code == 422 and "No slot is called {nmae}" in answer.text
    with pytest.raises(QueueWordsUnfit) as refused:
        actions.write_queue_words(
            public_id=queue.public_id,
            words={"hi": "{caller}"},
            by=actor(world.holder("state_president", "N1")),
            at=NOW,
        )
    assert refused.value.field == "words_hi"
    with pytest.raises(NotYours):
        actions.write_queue_words(public_id=queue.public_id, words={}, by=actor(caller), at=NOW)
    assert browser(caller).get(words_page(queue)).status_code == 403
    with system("test"):
        queue.refresh_from_db()
    assert queue.words == {}
