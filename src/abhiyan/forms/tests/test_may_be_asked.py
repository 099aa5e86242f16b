"""Forms, notes, lists and minutes hold words of places and events, but nothing of a person's private life."""

import tomllib
from pathlib import Path

import pytest

from abhiyan.forms.rules.words import refused_in
from abhiyan.imports.private_words import private_in
from abhiyan.imports.tables.sensitive import plain_words, sensitive, topic_of

TEXTS = tomllib.loads((Path(__file__).parent / "may_be_asked.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_twenty_questions_of_each_side_are_told_apart_in_each_language(language: str) -> None:
    may, may_not = TEXTS["may"][language], TEXTS["may_not"][language]
    assert len(may) == len(may_not) == 20
    assert [text for text in may if refused_in(text)] == []
    assert [text for text in may_not if not private_in(text)] == []


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
def test_a_place_in_another_clause_lets_no_private_question_through(language: str) -> None:
    for place in TEXTS["may"][language]:
        for private in TEXTS["may_not"][language]:
            assert private_in(f"{private}? {place}") and private_in(f"{place}\n{private}"), (place, private)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Caste, village", "caste"),
        ("जाति; गाँव", "caste"),
        ("RELIGION / धर्म", "religion"),
        ("आपकी ज\u200bाति", "caste"),
        ("मज़हब", "religion"),
        ("मजहब", "religion"),
        ("हिन्दू या मुस्लिम", "religion"),
        ("مذهب", "religion"),
        ("Community", "religion"),
        ("बैंक", "bank"),
        ("aap kis jati se hain", "caste"),
        ("kis ko vote doge", "vote"),
        ("Health camp, your blood group", "health"),
    ],
)
def test_spellings_signs_and_clauses_do_not_hide_a_topic(text: str, topic: str | None) -> None:
    assert topic_of(text) == topic


@pytest.mark.parametrize(
    "text",
    [
        "An account of the meeting",
        "Teaching aids in the school",
        "शुगर मिल कब चलेगी?",
        "किस आधार पर चुना?",
        "Seven of ten",
    ]
    + [
        "How is the turnout?",
        "Vote share of the booth",
        "Are tribal villages reached?",
        "کیا لین دین نقد ہوتا ہے؟",
    ],
)
def test_words_that_only_look_like_a_topic_may_stay(text: str) -> None:
    assert topic_of(text) is None


def test_a_phrase_that_was_allowed_is_left_out_and_the_rest_is_still_read() -> None:
    text = "Were health cards handed out?"
    assert topic_of(text) == "health"
    assert topic_of(text, ["health card"]) is None
    assert topic_of("Health cards and your religion", ["health card"]) == "religion"
    assert topic_of("आपकी जाति", ["", "जाति", "जा", "जाति, आपकी"]) == "caste", "no topic as such is allowed"


@pytest.mark.parametrize(
    ("header", "topic"),
    [
        ("Health camp", None),
        ("Voted for", None),
        ("Community hall", None),
        ("स्वास्थ्य", "health"),
        ("ذات", "caste"),
        ("लिखा हुआ आधार क्रमांक यहाँ", "aadhaar"),
        ("Name of the bank branch", None),
        ("Name of the bank written here", "bank"),
    ],
)
def test_columns_follow_the_same_rule(header: str, topic: str | None) -> None:
    assert sensitive(header) == topic


def test_words_are_compared_in_one_spelling() -> None:
    assert (
        plain_words("हिन्दू") == plain_words("हिंदू")
        and plain_words("मज़हब") == plain_words("मजहब")
        and plain_words("गाँव") == plain_words("गांव")
    )


@pytest.mark.parametrize(
    "text",
    [
        "Cattle vaccination done?",
        "How many cows are vaccinated?",
        "Is your cow ill?",
        "Are your animals sick?",
        "Vaccination of cattle",
        "Health of your goats",
        "Were the buffaloes and cows vaccinated?",
        "Disease among livestock in the village",
        "पशुओं का टीकाकरण हुआ?",
        "क्या आपकी गाय बीमार है?",
        "मवेशियों में बीमारी",
        "مویشیوں کی بیماری",
        "Poultry disease reported",
        "Pashu vaccination camp",
        "Which candidate won here last time?",
        "Which symbol is painted on the wall?",
        "Which candidate visited your village?",
        "Do you have the candidate's poster?",
        "Which candidate's agent sits at your booth?",
        "Do you want to be a candidate?",
        "किस उम्मीदवार का चुनाव कार्यालय यहाँ है?",
        "What do you want from your MLA?",
        "Goats sick in the hamlet",
        "Sick animals in your lane",
        "Cattle treatment done?",
        "Cattle medicines received?",
    ],
)
def test_health_of_animals_and_what_candidates_do_may_be_asked(text: str) -> None:
    assert topic_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Are you allergic to dogs?",
        "Are you or your cattle sick?",
        "Is your family and cattle vaccinated?",
        "Sick cattle or family?",
        "Are you vaccinated?",
        "Is your cow or your mother ill?",
        "Fever after a dog bite?",
        "आप या आपके पशु बीमार हैं?",
        "Is anyone ill? Cattle?",
        "Vaccination done?",
        "Which symbol did you press?",
        "Which candidate do you support in the election?",
        "Did you press the symbol of the lotus?",
        "Whom did you support?",
        "Who do you support in this election?",
        "Whom will you elect?",
        "Which alliance do you prefer?",
        "Do you like our candidate?",
        "Whom do you want to see as chief minister?",
        "Do they support the coalition?",
        "किस चुनाव चिह्न पर बटन दबाया?",
        "किस निशान पर मुहर लगाई?",
        "किस उम्मीदवार का समर्थन करते हैं?",
        "आप कौन सा प्रत्याशी पसंद करते हैं?",
        "کس امیدوار کی حمایت کرتے ہیں؟",
        "Which sign did you stamp?",
        "Did you back the candidate of the alliance?",
    ],
)
def test_health_beside_animals_and_a_persons_choice_may_not_be_asked(text: str) -> None:
    assert topic_of(text)


def test_each_animal_is_told_apart_from_who_keeps_it() -> None:
    for animal in ("cattle", "goats", "hens", "पशुओं", "बकरियों", "مویشی"):
        for illness in ("sick", "vaccinated", "बीमार", "टीका", "بیمار"):
            assert topic_of(f"{animal} {illness}") is None, (animal, illness)
            assert topic_of(f"{illness} {animal}") is None, (animal, illness)
            assert topic_of(f"{illness} or {animal} {illness}") == "health", (animal, illness)
            assert topic_of(f"your mother or {animal} {illness}") == "health", (animal, illness)
