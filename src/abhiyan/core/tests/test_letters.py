"""Vowel signs, viramas and dots belong to their word in every script."""

import re

import pytest

from abhiyan.core import letters
from abhiyan.imports.tables import words

# Names in scripts of India.
WRITTEN = [
    "सुनीता",
    "সুনীতা",
    "ਗੁਰਮੀਤ",
    "સુનીતા",
    "ସୁନୀତା",
    "சுனிதா",
    "రాజేశ్వరి",
    "ಸುನೀತಾ",
    "മോഹൻ",
    "ꯃꯩꯇꯩ",
    "سُنیتا",
    "ᱥᱩᱱᱤᱛᱟ",
]


@pytest.mark.parametrize("word", WRITTEN)
def test_a_word_is_one_word(word: str) -> None:
    assert re.fullmatch(rf"[\w{letters.MARKS}]+", word)
    assert words.spaced(f"{word}: {word}") == f"{word} {word}"


@pytest.mark.parametrize(
    ("word", "joined", "alone"),
    [("द्विवेदी", "द्वि", "द"), ("সুনীতা", "সু", "সু"), ("ਗੁਰਮੀਤ", "ਗੁ", "ਗੁ"), ("రేణుక", "రే", "రే"), ("Asha", "A", "A")],
)
def test_the_first_letter_has_its_signs(word: str, joined: str, alone: str) -> None:
    assert letters.first(word) == joined
    assert letters.first(word, joined=False) == alone


@pytest.mark.parametrize("sign", [".", "॰", "૰", "੶", "৽", "۔", "॥", "।"])
def test_a_sign_that_shortens_words_is_known_in_every_script(sign: str) -> None:
    assert sign in letters.SHORTENING


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("মো: করিম", "মো করিম"),
        ("Md: Karim", "Md Karim"),
        ("Smt:Kamla", "SmtKamla"),
        ("कु० सुनीता", "कु सुनीता"),
        ("मो0 अली", "मो अली"),
        ("http://x", "http://x"),
        ("mailto:x", "mailto:x"),
        ("Name:", "Name:"),
        (": x", ": x"),
        ("Md0", "Md0"),
        ("वार्ड १०", "वार्ड १०"),
    ],
)
def test_a_colon_or_zero_that_shortens_a_word_is_taken_out(text: str, plain: str) -> None:
    assert letters.without_shortening(text) == plain
