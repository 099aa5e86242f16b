"""Read what a text asks for: whole words, in Hindi, English and mixed spelling; a word that refuses wins."""

import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.messaging.rules import words
from abhiyan.messaging.rules.words import SaidText, TextWord, read_said_text

VOCABULARY = tomllib.loads(Path(words.__file__).with_suffix(".toml").read_text("utf-8"))
PHRASES = [
    (phrase, TextWord(word))
    for lists in VOCABULARY.values()
    for word, phrases in lists.items()
    if word in set(TextWord)
    for written in phrases
    for phrase in words.expanded(written)
]
REFUSALS = [phrase for phrase, word in PHRASES if word in words.REFUSING]


@pytest.mark.parametrize(
    ("text", "word", "code", "rest"),
    [
        ("JOIN", TextWord.JOIN, "", ""),
        ("join: Asha Devi, 1980, 190 001", TextWord.JOIN, "", "Asha Devi, 1980, 190 001"),
        ("मुझे जोड़ें", TextWord.JOIN, "", ""),
        ("mujhe sadasya banna hai", TextWord.JOIN, "", ""),
        ("I want to join please", TextWord.JOIN, "", ""),
        ("YES K7QX", TextWord.YES, "K7QX", ""),
        ("k7qx haan ji", TextWord.YES, "K7QX", ""),
        ("हाँ K7QX!", TextWord.YES, "K7QX", ""),
        ("हां", TextWord.YES, "", ""),
        ("no K7QX", TextWord.NO, "K7QX", ""),
        ("no yes", TextWord.NO, "", "yes"),
        ("नहीं चाहिए", TextWord.NO, "", ""),
        ("mujhe nahi judna hai", TextWord.NO, "", ""),
        ("I don’t want to join", TextWord.NO, "", ""),
        ("LEAVE", TextWord.LEAVE, "", ""),
        ("chhod do", TextWord.LEAVE, "", ""),
        ("mera naam hata do", TextWord.LEAVE, "", ""),
        ("STOP!!! 😡", TextWord.STOP, "", ""),
        ("S.T.O.P", TextWord.STOP, "", ""),
        ("ＳＴＯＰ", TextWord.STOP, "", ""),
        ("stoppppp", TextWord.STOP, "", ""),
        ("ye sab band karo", TextWord.STOP, "", "ye sab"),
        ("mujhe message mat bhejo", TextWord.STOP, "", ""),
        ("बंद करो", TextWord.STOP, "", ""),
        ("help", TextWord.HELP, "", ""),
        ("मदद", TextWord.HELP, "", ""),
        ("hello", TextWord.HELP, "", ""),
        ("namaste ji", TextWord.HELP, "", ""),
        ("mujhe nahi rehna, naam hatao", TextWord.LEAVE, "", "naam hatao"),
        ("nahi, mera naam hata do", TextWord.LEAVE, "", "mera naam hata do"),
        ("No. Remove my name", TextWord.LEAVE, "", "Remove my name"),
        ("नहीं, सूची से मेरा नाम हटा दीजिए", TextWord.LEAVE, "", "सूची से मेरा नाम हटा दीजिए"),
        ("message band karo aur naam kaat do", TextWord.LEAVE, "", "aur naam kaat do"),
        ("मुझे नहीं रहना है", TextWord.LEAVE, "", ""),
        ("mera naam list se hata do", TextWord.LEAVE, "", "mera naam"),
        ("NO K7QX naam hatao", TextWord.NO, "K7QX", "naam hatao"),
        ("no please dont remove my name", TextWord.NO, "", "please dont remove my name"),
    ],
)
def test_words_are_read_in_every_spelling(text: str, word: TextWord, code: str, rest: str) -> None:
    said = read_said_text(text)
    assert (said.word, said.code, said.rest) == (word, code, rest)


@pytest.mark.parametrize(
    "text",
    [
        "?",
        "nahi chhodna",
        "mera naam mat hatao",
        "kripya mera naam mat hata do",
        "नाम मत हटाओ",
        "I don't want to leave",
        "ok mera card kab milega",
        "Stopinder",
        "Stopinder Singh, 1980, 190001",
        "Yashoda 1970 190001",
        "Nahid Khan",
        "Helpa Ram",
        "no problem",
        "कोई बात नहीं",
        "No 12, Gali 5",
        "N. Rao, 1980, 190001",
        "yes but do not send anything",
        "yes or no",
        "join nobody, stop this",
        "K7QX",
        "ok?",
        "ho gaya?",
        "thank you 😡",
    ],
)
def test_what_is_no_word_of_ours_is_left_to_a_person(text: str) -> None:
    assert read_said_text(text).word is None


@pytest.mark.parametrize(
    "text",
    [
        "Thank you so much",
        "thanks!",
        "धन्यवाद",
        "बहुत-बहुत धन्यवाद जी",
        "शुक्रिया",
        "OK",
        "ठीक है",
        "theek hai ji",
        "👍",
        "🙏🙏",
        "राम राम जी",
        "",
        " \n",
    ],
)
def test_thanks_and_signs_ask_for_nothing(text: str) -> None:
    assert read_said_text(text).word is TextWord.THANKS


def test_a_name_is_kept_as_it_was_written() -> None:
    assert read_said_text("Stopinder Singh, १९८०").rest == "Stopinder Singh, 1980"
    assert read_said_text("जोड़ें आशा देवी").rest == "आशा देवी"


def test_the_language_of_the_word_is_told() -> None:
    told = {
        "STOP": "",
        "please stop": "en",
        "leave me alone": "en",
        "band karo": "hi",
        "JOIN आशा": "hi",
        "आशा": "hi",
        "آشا": "ur",
        "Asha": "",
        "My village is missing in your list": "en",
        "mera card kab aayega": "hi",
    }
    assert {text: read_said_text(text).language for text in told} == told


@given(
    st.sampled_from(PHRASES),
    st.sampled_from(["", " ", "  ", "…", "!", "\n", "«", '"', "😀 "]),
    st.sampled_from(["", ".", "!!!", " 😡", "\n", "।", "?", ' "', "\u200d"]),
    st.sampled_from([str, str.upper, str.title, str.casefold]),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
)
def test_dress_does_not_change_a_word(
    phrase: tuple[str, TextWord], before: str, behind: str, case: type[str], form: str
) -> None:
    text, word = phrase
    dressed = unicodedata.normalize(form, before + case(text).replace(" ", "  ") + behind)  # type: ignore[arg-type]  # one of four
    if word is not TextWord.THANKS or behind not in ("?", " 😡"):  # "ok?" asks
        assert read_said_text(dressed).word is word
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert read_said_text(wide).word is word


@given(st.sampled_from(PHRASES), st.sampled_from(["inder", "kaur", "वाला", "x", "ा"]))
def test_a_word_within_another_is_not_that_word(phrase: tuple[str, TextWord], ending: str) -> None:
    text, _word = phrase
    glued = text.split()[-1] + ending
    if tuple(one.text for one in words._tokens(words.plainly(glued))) not in words._vocabulary().phrases:
        assert read_said_text(f"{glued} Singh").word is None or len(text.split()) > 1
    assert read_said_text("x" + text.split()[0]).word in (None, TextWord.YES, TextWord.NO) or " " in text


# Lone words that may be a name or an address behind a join.
PLACES = {
    *VOCABULARY["en"]["leave"],
    *VOCABULARY["en"]["stop"],
    *(no for each in VOCABULARY.values() for no in each["no"]),
}
SAYS_YES = [phrase for phrase, word in PHRASES if word is TextWord.YES]
JOINS = [phrase for phrase, word in PHRASES if word is TextWord.JOIN]
WARM = ("thanks", "dhanyavad", "धन्यवाद", "jai hind", "good morning", "ok", "ho gaya")


@given(st.sampled_from(SAYS_YES + JOINS), st.sampled_from(REFUSALS), st.booleans())
def test_nobody_says_yes_or_joins_beside_a_refusal(text: str, refusal: str, is_first: bool) -> None:
    is_place = text in JOINS and refusal in PLACES and " " not in refusal
    if len(refusal) > 1 and (is_first or not is_place):
        told = read_said_text(f"{refusal} {text}" if is_first else f"{text} {refusal}")
        assert told.word not in (TextWord.YES, TextWord.JOIN)


@pytest.mark.parametrize("warm", WARM)
def test_a_refusal_beside_a_thank_you_is_never_kept_without_a_time(warm: str) -> None:
    """All of them, not a sample: 57 of the pairs were taken for thanks alone."""
    for refusal in REFUSALS:
        for text in (f"{refusal}, {warm}", f"{warm} {refusal}"):
            assert len(refusal) == 1 or not words.asks_nothing(text), text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("मेरी सदस्यता खत्म करो", TextWord.LEAVE),
        ("sadasyata wapas lo", TextWord.LEAVE),
        ("mera naam kaat dijiye", TextWord.LEAVE),
        ("joined by mistake", TextWord.NO),
        ("aage se message mt bhejna", TextWord.STOP),
        ("please don't contact me", TextWord.STOP),
        ("join galti se ho gaya", None),
        ("haan chhodna hai", None),
        ("yes I want to leave your party, so take my name off that list of members today", None),
        ("Haan, Bina Devi 1985 274001", TextWord.YES),
        ("JOIN Bina Devi, 1985, 274001, Block B, West End", TextWord.JOIN),
    ],
)
def test_a_no_in_the_shape_of_a_yes_is_none(text: str, word: TextWord | None) -> None:
    assert read_said_text(text).word is word


@given(st.text(max_size=300))
def test_any_text_is_read_and_always_alike(text: str) -> None:
    said = read_said_text(text)
    assert said == read_said_text(text)
    assert said == read_said_text(words.plainly(text))
    if said.word not in (TextWord.YES, TextWord.NO):
        assert said.code == ""


def test_a_long_text_is_read_by_its_beginning() -> None:
    text = "STOP " + "x" * 1_600
    assert read_said_text(text).word is TextWord.STOP
    assert len(read_said_text("क" * 100_000).rest) == words.LONGEST
    assert read_said_text("1" * 1_600) == SaidText(None, "", "1" * 1_600, "")
