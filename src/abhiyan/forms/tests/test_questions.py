"""A form may ask these questions, and these answers fit."""

from typing import Any

import pytest
from django.utils import translation

from abhiyan.forms.rules import answers as rules
from abhiyan.forms.rules.questions import (
    LARGEST,
    MOST,
    Condition,
    FormQuestion,
    QuestionKind,
    flaws,
    question_from_json,
)
from abhiyan.forms.rules.words import refused_in

from .make import CAME, FEW, HELD, OF_EVERY_KIND, question

SWAPPED = "Latitude and longitude are swapped. Write the latitude first, like 32.7266, 74.8570."


def told(*questions: FormQuestion) -> list[tuple[str, str]]:
    with translation.override("en"):
        return [(flaw.key, flaw.part) for flaw in flaws(questions)]


def test_questions_of_every_kind_are_a_form_and_come_back_from_their_json() -> None:
    assert told(*OF_EVERY_KIND) == []
    assert [question_from_json(one.plain()) for one in OF_EVERY_KIND] == list(OF_EVERY_KIND)


@pytest.mark.parametrize(
    ("questions", "found"),
    [
        ((), [("", "")]),
        ((question("said", QuestionKind.NOTE),), [("", "")]),
        ((HELD, HELD), [("held", "key")]),
        ((question("Held", QuestionKind.TEXT),), [("Held", "key")]),
        ((FormQuestion("a", QuestionKind.TEXT, {"en": " "}),), [("a", "label")]),
        ((FormQuestion("a", QuestionKind.TEXT, {"en": "Why?" * 100}),), [("a", "label")]),
        ((question("a", QuestionKind.ONE),), [("a", "choices")]),
        ((question("a", QuestionKind.ONE, choices=(FEW, FEW)),), [("a", "choices")]),
        ((question("a", QuestionKind.TEXT, choices=(FEW,)),), [("a", "choices")]),
        ((question("a", QuestionKind.WHOLE, least=5, most=4),), [("a", "most")]),
        ((question("a", QuestionKind.WHOLE, most=LARGEST + 1),), [("a", "most")]),
        ((question("a", QuestionKind.DAY, least="25.11.2026"),), [("a", "least")]),
        ((question("a", QuestionKind.PLACE, most=3),), [("a", "most")]),
        ((question("a", QuestionKind.TEXT, when=Condition("a", "=", "x")),), [("a", "when")]),
        ((CAME, HELD), [("came", "when")]),  # a condition looks back only, so there is no cycle
        ((HELD, question("a", QuestionKind.TEXT, when=Condition("held", "=", "perhaps"))), [("a", "when")]),
        ((HELD, question("a", QuestionKind.TEXT, when=Condition("held", ">", "yes"))), [("a", "when")]),
    ],
)
def test_a_form_with_a_flaw_is_told_where(questions: Any, found: list[tuple[str, str]]) -> None:
    assert told(*questions) == found


def test_a_form_has_a_hundred_questions_at_most() -> None:
    many = [question(f"q{n}", QuestionKind.TEXT) for n in range(MOST + 1)]
    assert told(*many[:MOST]) == []
    assert told(*many) == [("", "")]


@pytest.mark.parametrize(
    "text",
    [
        *("What is your caste?", "आपकी जाति क्या है?", "Religion", "Aadhaar number", "आधार नंबर"),
        *("Any disease in the house?", "घर में कोई बीमारी?", "Whom did you vote for?", "वोट किसे देंगे?"),
        *("किस पार्टी को पसंद करते हैं?", "Bank account", "You will get a house", "आपको मकान मिलेगा"),
        *("Register for the scheme", "योजना के लिए पंजीकरण", "Guarantee card", "गारंटी कार्ड"),
    ],
)
def test_words_that_no_form_may_hold_are_refused(text: str) -> None:
    assert text[:20] in refused_in(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Is the voter list at hand?", "क्या मतदाता सूची उपलब्ध है?", "Which polling station?", "मतदान केंद्र"),
        *("How many came?", "आपकी क्या राय है?", "Did the road get better?", "Has the house been received?"),
    ],
)
def test_plain_words_are_allowed(text: str) -> None:
    assert refused_in(text) == ""


@pytest.mark.parametrize("part", ["label", "hint", "choices"])
def test_refused_words_are_found_wherever_they_stand(part: str) -> None:
    words = {"hi": "आपकी जाति?"}
    given: dict[str, Any] = {"label": {"en": "Q"}, "hint": {}, "choices": (FEW,)}
    given[part] = (type(FEW)("a", words),) if part == "choices" else words
    assert told(FormQuestion("a", QuestionKind.ONE, **given)) == [("a", part)]


GOOD = {
    "held": "yes",
    "came": "1,23",
    "share": "2.50",
    "words": " ok ",
    "mood": "few",
    "topics": ["many"],
    "day": "25/11/2026",
    "place": "32.7266, 74.857 ±18",
}


def checked(**given: Any) -> rules.CheckedAnswers:
    with translation.override("en"):
        return rules.check(OF_EVERY_KIND, {**GOOD, "came": "१२३", **given})


def test_answers_are_kept_by_their_kind_and_fit_again() -> None:
    done = checked()
    assert done.errors == {}
    assert done.answers == {
        "held": True,
        "came": 123,
        "share": 2.5,
        "words": "ok",
        "mood": "few",
        "topics": ["many"],
        "day": "2026-11-25",
        "place": [32.7266, 74.857, 18.0],
    }
    assert rules.check(OF_EVERY_KIND, done.answers) == done
    shown = {key: rules.typed_answer(answer) for key, answer in done.answers.items()}
    assert rules.check(OF_EVERY_KIND, shown) == done


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("came", "1,23", "Enter a whole number."),
        ("came", "501", "Write at most 500."),
        ("came", "-1", "Write at least 0."),
        ("came", str(10**9), "Write at most 500."),
        ("came", "9" * 5000, "Enter a whole number."),
        ("came", "", "This field is required."),
        ("share", "nan", "Enter a number."),
        ("share", "1e400", "Enter a number."),
        ("words", "x" * 41, "Write at most 40 letters."),
        ("words", "a\0b", "Write at most 40 letters."),
        ("mood", "none", "Choose from the list."),
        ("mood", ["few"], "Choose from the list."),
        ("topics", ["few", "many"], "Choose at most 1."),
        ("topics", "few", "Choose from the list."),
        ("topics", [[]], "Choose from the list."),
        ("day", "2026-02-30", "Enter a valid date."),
        ("day", "2027-01-01", "Choose 31 Dec 2026 or earlier."),
        ("place", "0, 0", "The phone does not know where it is: it says 0, 0. Try again in the open."),
        ("place", "74.8570, 32.7266", SWAPPED),
        ("place", "७४.८, ३२.७", SWAPPED),
        ("place", [74.8570, 32.7266, None], SWAPPED),
        ("place", "51.5, -0.12", "This place is outside India. Correct latitude and longitude."),
        ("place", "0, 74.8", "This place is outside India. Correct latitude and longitude."),
        ("place", "91, 0", "Write the place as latitude and longitude, like 32.7266, 74.8570."),
        ("place", [None, "x"], "Write the place as latitude and longitude, like 32.7266, 74.8570."),
    ],
)
def test_an_answer_that_does_not_fit_says_why(key: str, value: Any, error: str) -> None:
    assert checked(**{key: value}).errors == {key: error}


def test_a_number_without_limits_ends_below_a_thousand_million() -> None:
    with translation.override("en"):
        done = rules.check([question("n", QuestionKind.WHOLE)], {"n": 10**9})
    assert done.errors == {"n": "Write at most 99,99,99,999."}


def test_what_is_not_asked_is_neither_kept_nor_missed() -> None:
    done = checked(held="no", came="77")
    assert done.errors == {}
    assert "came" not in done.answers


def test_a_required_picture_is_missed() -> None:
    needed = question("picture", QuestionKind.PICTURE, required=True)
    assert "picture" in rules.check([needed], {}).errors
    assert rules.check([needed], {}, pictures=["picture"]).errors == {}
