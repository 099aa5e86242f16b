"""Screens speak as docs/words.md says: short sentences, plain words, one Hindi word for one thing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
WORDS = (ROOT / "docs" / "words.md").read_text()
LONGEST = 20  # words in a sentence
NOT_ENGLISH = re.compile(
    r"\b(whoever|whomever|whom|anew|thereof|those that|nobody is"
    r"|stands? (?:under|below|beneath|beside|above|on|for|at|in|there|as)"
    r"|(?:was|were|is|are) told|let go|may too little|worked off|of which nobody|none of ours|by your own ears)\b",
    re.IGNORECASE,
)
LETTERS = "\u0900-\u097f"  # \b knows no vowel signs


def tables() -> list[list[list[str]]]:
    """The tables of docs/words.md: rows of cells, without heads."""
    found = [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
        for table in re.findall(r"(?:^\|.*\n)+", WORDS, re.MULTILINE)
    ]
    assert len(found) == 2
    return found


TERMS = {row[0]: row[2] for row in tables()[0] if row[2]}
NOT_HINDI = [word.strip() for row in tables()[1] for word in row[0].split(",")]


def strings() -> Iterator[tuple[str, str, str]]:
    """Room, English, Hindi of every string people read; of more than one, each form."""
    for path in sorted((ROOT / "src/abhiyan").glob("*/locale/hi/LC_MESSAGES/django.po")):
        for message in read_po(path.open("rb"), locale="hi"):
            if message.id:
                both = [one if isinstance(one, tuple) else (one,) for one in (message.id, message.string)]
                for english, hindi in zip(*both, strict=True):
                    yield path.parents[3].name, english, hindi


def sent_and_noticed() -> Iterator[str]:
    """Yield the Hindi lines of the messages and notices that ship."""
    rooms = ROOT / "src/abhiyan"
    for path in (
        rooms / "messaging/rules/texts.toml",
        *sorted((rooms / "people/rules").glob("*_notice.toml")),
    ):
        yield from re.findall(r"\S.*", "\n".join(re.findall(f".*[{LETTERS}].*", path.read_text())))


def faults(english: str) -> list[str]:
    plain = re.sub(r"%\([a-z_]+\)[a-z]|<[^>]+>|\n", " ", english)
    lengths = [
        len(re.findall(r"[A-Za-z0-9'’-]+", sentence)) for sentence in re.split(r"(?<=[.!?;:])\s+", plain)
    ]
    long = [f"{n} words" for n in lengths if n > LONGEST]
    return long + [match[0] for match in NOT_ENGLISH.finditer(plain)]


def hindi_faults(hindi: str) -> list[str]:
    return [word for word in NOT_HINDI if re.search(f"(?<![{LETTERS}]){word}(?![{LETTERS}])", hindi)]


def test_every_english_string_is_plain_and_short() -> None:
    assert [(room, faults(english), english) for room, english, _ in strings() if faults(english)] == []


def test_no_hindi_string_has_a_word_that_has_a_plainer_one() -> None:
    assert [(room, hindi_faults(hindi), hindi) for room, _, hindi in strings() if hindi_faults(hindi)] == []
    assert [(hindi_faults(line), line) for line in sent_and_noticed() if hindi_faults(line)] == []


@pytest.mark.parametrize(
    "english",
    [
        "Whoever joins is counted.",
        "It stands on three files.",
        "Nobody is in charge here yet.",
        "word " * 21,
    ],
)
def test_a_riddle_is_found(english: str) -> None:
    assert faults(english)


def test_a_word_of_the_office_is_found_in_hindi_and_a_word_that_holds_it_is_not() -> None:
    assert hindi_faults("हर माप का सच") == ["माप"]
    assert hindi_faults("सदस्यता समाप्त हुई") == []


def test_a_hindi_word_stands_for_one_term_and_a_term_has_one_hindi_word() -> None:
    terms = defaultdict(list)
    for term, hindi in TERMS.items():
        terms[hindi].append(term)
    assert {hindi: names for hindi, names in terms.items() if len(names) > 1} == {}
    assert [hindi for hindi in TERMS.values() if re.search("[,/]", hindi) or hindi_faults(hindi)] == []


def test_screens_name_a_term_as_the_glossary_does() -> None:
    names = {re.sub(r" \(.*", "", term).lower(): hindi for term, hindi in TERMS.items() if "(of " not in term}
    assert {
        (english, hindi)
        for _room, english, hindi in strings()
        if english.lower() in names and hindi != names[english.lower()]
    } == set()
