"""We never ask, note or read a person's identity numbers, caste, religion, bank, health, biometrics or vote.

One rule holds for names of columns, questions and notes, in English, Hindi and Urdu. It refuses a word of such a topic,
unless a place, an event or an office follows. A health camp is nobody's health, and neither is a sick cow. The rule
fails closed: a data officer allows a phrase that it does not know (`allowed`). `topics.toml` has the words.
`looks_sensitive` looks at the cells of a column whose name says nothing.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from abhiyan.core.letters import plain_digits

from .words import spaced

VOTE = "vote"
_FEW = 2  # words of a text that names no more than a topic, as a column does
_START, _END, _BREAK = r"(?:^|(?<= ))", r"(?= |$)", "·"
_CLAUSES = re.compile(r"[,;:?!।؟،\n]+")
_ARABIC = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ", "ۃ": "ہ", "أ": "ا"})


def _plain(clause: str) -> str:
    words = unicodedata.normalize("NFKC", spaced(clause)).replace("\u093c", "").replace("ँ", "ं")
    return re.sub("न्(?=[तथदध])|म्(?=[पफबभ])", "ं", words.translate(_ARABIC))


def plain_words(text: str) -> str:
    """Return the words of a text as they are compared: small letters, one spelling where writers have two.

    A sign between clauses stays as one, so that no place is read behind the topic of another clause.
    """
    return f" {_BREAK} ".join(filter(None, map(_plain, _CLAUSES.split(text))))


def _pattern(parts: Iterable[str], end: str = "") -> re.Pattern[str]:
    written = (part.replace("\u093c?", "").replace("\u093c", "").replace("ँ", "ं") for part in parts)
    return re.compile(_START + "(?:" + "|".join(written).replace(r"\w", r"\S") + ")" + end + _END)


_FILE = tomllib.loads((Path(__file__).parent / "topics.toml").read_text("utf-8"))
_WORDS = _FILE.pop("words")
_ALL = [part for topic in _FILE.values() for kind in topic.values() for part in kind]
_OF_PERSON, _OTHERWISE = _pattern(_WORDS["persons"]), _pattern(_WORDS["otherwise"])
_BETWEEN, _PLACES = "|".join(_WORDS["between"]), "|".join(_WORDS["places"])
_AT_PLACE = _pattern([*_ALL, *_WORDS["of_places"]], rf"(?: (?:{_BETWEEN})){{0,3}} (?:{_PLACES})\S*")
_PLACE_OF = _pattern([f"(?:{'|'.join(_WORDS['before'])}) (?:{'|'.join(_ALL)})"])
_OF_HEALTH = "|".join([*_FILE["health"]["always"], *_FILE["health"]["short"], *_FILE["health"]["person"]])
_JOINS, _LINKS = "|".join(_WORDS["joins"]), f"(?: (?:{'|'.join(_WORDS['of_animals'])})){{0,3}} "
_ANIMALS = f"(?:{'|'.join(_WORDS['animals'])})(?: (?:{_JOINS}) (?:{'|'.join(_WORDS['animals'])}))*"
_OF_ANIMALS = _pattern([f"{_ANIMALS}{_LINKS}(?:{_OF_HEALTH})", f"(?:{_OF_HEALTH}){_LINKS}{_ANIMALS}"])
_ALWAYS = {topic: _pattern(kinds["always"]) for topic, kinds in _FILE.items()}
_SHORT = {topic: _pattern(kinds["short"]) for topic, kinds in _FILE.items() if "short" in kinds}
_PERSON = {topic: _pattern(kinds["person"]) for topic, kinds in _FILE.items() if "person" in kinds}


def without_places(text: str, allowed: Sequence[str] = ()) -> str:
    """Return the words of a text without phrases of places and events.

    allowed: phrases that a data officer allowed, of at least two words: no topic as such is ever allowed.
    """
    words = plain_words(text)
    for phrase in sorted(filter(has_several_words, map(plain_words, allowed)), key=len, reverse=True):
        words = re.sub(rf"{_START}{re.escape(phrase)}\S*{_END}", _BREAK, words)
    words = _OF_ANIMALS.sub(_unless_joined, words)
    for pattern in (_OTHERWISE, _AT_PLACE, _PLACE_OF):
        words = pattern.sub(_BREAK, words)
    return words


def _unless_joined(match: re.Match[str]) -> str:
    """Leave out the health of animals, unless a person is named with them: “you or your cattle”."""
    beside = match.string[: match.start()].split()[-2:] + match.string[match.end() :].split()[:1]
    return match[0] if set(beside) & set(_WORDS["joins"]) else _BREAK


def has_several_words(words: str) -> bool:
    """Return True for what may be allowed: two words or more, within one clause."""
    return len(words.split()) > 1 and _BREAK not in words


@lru_cache(maxsize=4_096)
def _topic(words: str, *, is_short: bool) -> str | None:
    is_of_person = bool(_OF_PERSON.search(words))
    for topic, always in _ALWAYS.items():
        if (
            always.search(words)
            or ((is_of_person or is_short) and topic in _SHORT and _SHORT[topic].search(words))
            or (is_of_person and topic in _PERSON and _PERSON[topic].search(words))
        ):
            return topic
    return None


def topic_of(text: str, allowed: Sequence[str] = ()) -> str | None:
    """Return what a text asks or notes of a person that nobody may: a key of reasons.SENSITIVE, or VOTE; else None."""
    words = without_places(text, allowed)
    return _topic(words, is_short=len(words.split()) <= _FEW)


def sensitive(header: str) -> str | None:
    """The category of a header we never read, or None."""
    topic = _topic(without_places(header), is_short=True)
    return None if topic == VOTE else topic


_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def _aadhaar(cell: str) -> bool:
    """Twelve digits, the first from 2 to 9, with a right Verhoeff check digit (UIDAI's scheme)."""
    digits = re.sub(r"[ -]", "", plain_digits(cell))
    if not re.fullmatch(r"[2-9][0-9]{11}", digits):
        return False
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0


_CASTES = frozenset(
    ("gen", "general", "obc", "sc", "st", "ews", "ur", "sebc", "mbc", "bc", "ebc", "open")
    + ("सामान्य", "ओबीसी", "एससी", "एसटी", "अनारक्षित")
)


def looks_sensitive(cells: Sequence[str]) -> str | None:
    """The category most of a column's filled cells belong to by their form, or None. Needs five filled cells."""
    filled = [plain_digits(c.strip()) for c in cells if c.strip()]
    if len(filled) < 5:
        return None
    enough = 0.8 * len(filled)
    if sum(map(_aadhaar, filled)) >= enough:
        return "aadhaar"
    if sum(bool(re.fullmatch(r"[A-Za-z]{3}[ /-]?[0-9]{7}", c)) for c in filled) >= enough:
        return "voter_id"
    if sum(bool(re.fullmatch(r"[A-Za-z]{5}[0-9]{4}[A-Za-z]", c)) for c in filled) >= enough:
        return "other_id"
    if sum(bool(re.fullmatch(r"[A-Za-z]{4}0[A-Za-z0-9]{6}", c)) for c in filled) >= enough:
        return "bank"
    if sum(c.casefold() in _CASTES for c in filled) >= enough:
        return "caste"
    return None
