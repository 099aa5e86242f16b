"""Screens speak as docs/words.md says: short sentences, plain words, one Hindi word for one thing."""

import ast
import itertools
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
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
LETTERS = "\u0900-\u0963\u0966-\u097f"  # \b knows no vowel signs; without the marks that end a sentence


def tables() -> list[list[list[str]]]:
    """The tables of docs/words.md: rows of cells, without heads."""
    found = [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
        for table in re.findall(r"(?:^\|.*\n)+", WORDS, re.MULTILINE)
    ]
    assert len(found) == 3
    return found


TERMS = {row[0]: row[2] for row in tables()[0] if row[2]}
NOT_HINDI = [word.strip() for row in tables()[1] for word in row[0].split(",")]
RIDDLES = [row[0] for row in tables()[2]]  # words of one row, or a label with a capital


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


def in_source() -> Iterator[str]:
    """Yield the Hindi of the source itself: names, messages, ready forms, notices, sample data."""
    rooms = ROOT / "src/abhiyan"
    texts = (
        rooms.glob(each)
        for each in (
            "forms/ready/*.toml",
            "people/rules/*_notice.toml",
            "messaging/rules/texts.toml",
            "sample/data/words.toml",
        )
    )
    for path in sorted(itertools.chain.from_iterable(texts)):
        yield from hindi_of(tomllib.loads(path.read_text()))
    for path in sorted(rooms.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts) or not re.search(f"[{LETTERS}]", path.read_text()):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            said = node.value if isinstance(node, ast.Constant) else ""
            # Patterns and words that lists may use are mostly in Latin letters, and so are docstrings.
            if isinstance(said, str) and len(re.findall(f"[{LETTERS}]", said)) > len(
                re.findall("[A-Za-z|]", said)
            ):
                yield said


def hindi_of(found: object) -> Iterator[str]:
    """Yield each Hindi text of a file's tables, however deep."""
    if isinstance(found, dict):
        found = found.values()
    if isinstance(found, str):
        if re.search(f"[{LETTERS}]", found):
            yield found
    elif isinstance(found, Iterable):
        for each in found:
            yield from hindi_of(each)


def every_hindi() -> set[str]:
    """The Hindi of screens, messages, notices, forms and sample data, one way to write each letter."""
    found = {hindi for _, _, hindi in strings()} | set(in_source())
    return {unicodedata.normalize("NFC", hindi) for hindi in found}


# Kinds of Hindi that a native reader stumbles at. Each has its reason, and a sentence in which it is found.
_NAMED = r"%\((?:worker|leader|host|who|by|name)\)s"
STUMBLES = {
    "one verb for men and one for women: say it by a noun, or by मुझे": (
        rf"([{LETTERS}])[ाे]/[{LETTERS}]*\1ी",
        "मैं छोड़ता/छोड़ती हूँ",
    ),
    "a man speaks where women press the button too": (
        rf"[ऊू]ँग[ाी]|(?<![{LETTERS}])मैं [^।?!]*(?:[तयह][ाी] हूँ| (?:था|थी|गया|गई|रहा|रही|जुड़[ाी])(?![{LETTERS}]))",
        "मैं कभी नहीं जुड़ा",
    ),
    "somebody by name, as a man: they may be a woman": (
        rf"{_NAMED}(?: (?!का|की|के|ने)[^ ।?:]+)* (?:थे|था|रहे|रहेंगे|आए|गए|बने|रुके|पहुँचे)(?![{LETTERS}])",
        "%(worker)s %(day)s से आपके यहाँ रहे।",
    ),
    "people live in a घर; a door is only its door": ("दरवाज़", "30 दरवाज़े लें"),
    "an office is no person: say पदाधिकारी": (
        r"दायित्वधार|दायित्व वाल|दायित्व(?:ों)? (?:ने|से पूछ|से कह|को (?:ज|लिख|पूछ|भेज|परिपत्र))",
        "ऊपर के दायित्व को जाएगा",
    ),
    "a word of forms: say सदस्य, or who has it": (f"(?<![{LETTERS}])धारक", "धारक की पुष्टि तक"),
    "कॉल is feminine": ("कॉल किया", "आपको कॉल किया"),
    "somebody you talk with has a name: say नाम, or इन and उन": (
        rf"(?:^|[।:] )व्यक्ति|(?<![{LETTERS}])(?:अगल[ाे]|यह|इस|उस|उसी) व्यक्ति",
        "अगला व्यक्ति",
    ),
    "no answer is not a thing that can be a yes": ("जवाब न देना", "जवाब न देना हाँ नहीं है।"),
    "marks of a quote are “ and ”": (r"(?:^| )['\"‘](?=[ऀ-ॿ])", "'आज' पर दिखेगा"),
    "commands have Hindi words: छोड़ो, बंद करो, हाँ, नहीं; and so has PIN": (
        r"(?<![A-Za-z])(?:LEAVE|YES|NO|HELP|PIN)(?![A-Za-z])",
        "LEAVE लिखें",
    ),
}


def stumbles(hindi: str) -> list[str]:
    both = [(why, unicodedata.normalize("NFC", kind)) for why, (kind, _) in STUMBLES.items()]
    return [why for why, kind in both if re.search(kind, unicodedata.normalize("NFC", hindi))]


def faults(english: str) -> list[str]:
    plain = re.sub(r"%\([a-z_]+\)[a-z]|<[^>]+>|\n", " ", english)
    lengths = [
        len(re.findall(r"[A-Za-z0-9'’-]+", sentence)) for sentence in re.split(r"(?<=[.!?;:])\s+", plain)
    ]
    long = [f"{n} words" for n in lengths if n > LONGEST]
    riddles = [
        found[0]
        for row in RIDDLES
        for found in [
            re.fullmatch(re.escape(row), plain.strip())
            if row[0].isupper()
            else re.search(rf"\b({row.replace(', ', '|')})\b", plain, re.IGNORECASE)
        ]
        if found
    ]
    return long + riddles + [match[0] for match in NOT_ENGLISH.finditer(plain)]


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
        "Share the ladder",
        "With its 95% interval",
        "Gap, at least",
        "Counts",
    ],
)
def test_a_riddle_is_found(english: str) -> None:
    assert faults(english)


@pytest.mark.parametrize("english", ["What counts here", "People on the list", "The gap, at least"])
def test_a_sentence_may_hold_the_words_of_a_riddle(english: str) -> None:
    assert faults(english) == []


def test_a_word_of_the_office_is_found_in_hindi_and_a_word_that_holds_it_is_not() -> None:
    assert hindi_faults("हर माप का सच") == ["माप"]
    assert hindi_faults("सदस्यता समाप्त हुई") == []


def test_a_hindi_word_stands_for_one_term_and_a_term_has_one_hindi_word() -> None:
    terms = defaultdict(list)
    for term, hindi in TERMS.items():
        terms[hindi].append(term)
    assert {hindi: names for hindi, names in terms.items() if len(names) > 1} == {}
    assert [hindi for hindi in TERMS.values() if re.search("[,/]", hindi) or hindi_faults(hindi)] == []


# Words that somebody reads about themselves have one form for men and women, and speak of one person.
ABOUT_YOURSELF = {"Counted": "गिनती में"}


def test_screens_name_a_term_as_the_glossary_does() -> None:
    names = {re.sub(r" \(.*", "", term).lower(): hindi for term, hindi in TERMS.items() if "(of " not in term}
    assert {
        (english, hindi)
        for _room, english, hindi in strings()
        if english.lower() in names and hindi not in (names[english.lower()], ABOUT_YOURSELF.get(english))
    } == set()


def test_no_hindi_makes_a_native_reader_stumble() -> None:
    assert [(stumbles(hindi), hindi) for hindi in sorted(every_hindi()) if stumbles(hindi)] == []


@pytest.mark.parametrize("why", STUMBLES)
def test_each_kind_of_stumble_is_found(why: str) -> None:
    assert why in stumbles(STUMBLES[why][1])


@pytest.mark.parametrize(
    "hindi",
    [
        "मैं सहमत हूँ",
        "मैं कहाँ-कहाँ साइन इन हूँ",
        "%(worker)s का आपके यहाँ प्रवास हुआ।",
        "%(n)s व्यक्ति",
        "यह दायित्व आपका है",
        "श्री/श्रीमती",
    ],
)
def test_sound_hindi_is_left_alone(hindi: str) -> None:
    assert stumbles(hindi) == []


def sound_of(word: str) -> str:
    """A word without what two spellings of it differ in: the dot below, the moon, a written-out nasal."""
    plain = unicodedata.normalize("NFD", word).replace("\u093c", "").replace("ँ", "ं")
    return re.sub("[ङञणनम]्(?=[क-ह])", "ं", plain)


def test_a_hindi_word_is_spelt_in_one_way() -> None:
    spellings = defaultdict(set)
    for hindi in {hindi for _, _, hindi in strings()}:
        for word in re.findall(f"[{LETTERS}]+", unicodedata.normalize("NFC", hindi)):
            spellings[sound_of(word)].add(word)
    assert [sorted(ways) for ways in spellings.values() if len(ways) > 1] == []
