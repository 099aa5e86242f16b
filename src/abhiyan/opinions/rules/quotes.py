"""Opinions in people's own words, as they go up: without phone numbers, without names, and with no word added."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from abhiyan.core.letters import MARKS
from abhiyan.forms.rules.questions import FormQuestion, QuestionKind
from abhiyan.forms.rules.ready import OPINION
from abhiyan.people.rules import titles
from abhiyan.units.rules.fold import folded_words, spelled, vowelled

CARRIED = (OPINION, "stay", "beneficiary", "call")  # ready forms that ask for people's own words.
NO_ANSWER = "no_answer"  # the choice of somebody who was asked and did not answer.
DESKS = ("mandal", "segment", "district", "constituency", "state", "nation")  # levels that pass opinions up.
LONGEST = 1_500  # letters of a quote.
LONGEST_DONE = 300
# Letters as they sound. So long a word is compared without its vowels, and may have any ending.
_LONG = 4
_ENDING = 4  # letters and signs of an ending behind a name
_GAP = re.compile(r"…|\.\.\.")
# Seven digits at once, or ten with signs between: a year or an amount has fewer.
_NUMBER = re.compile(r"\d{7,}|\d(?:[\s().+–-]{0,2}\d){9,}")
_NOT_ALONE = frozenset("".join(folded_words(word)) for word in titles.NOT_ALONE)
_BEHIND = _NOT_ALONE.union(folded_words("bhai ben sahab sahib singh kumar kaur khan"))
# Languages write these behind a name in one word with it. `spelled` shifts them to Devanagari.
_ENDINGS = frozenset(spelled(word)[1] for word in ("जी", "को", "ने", "से", "का", "के", "की", "में", "पर"))
_ENDINGS |= {spelled(word)[1] for word in ("ला", "चा", "ची", "चे")}  # Marathi
_OF_OTHER_SCRIPTS = frozenset(
    spelled(word)[1] for word in ("ना", "नी", "नो", "नु", "र", "री", "ते", "गे", "कु", "क्कु", "निगे", "न्")
)
_TOKEN = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}]|[\u200c\u200d'’](?=[^\W\d_]))*")
_OWNER = re.compile(r"[’']s$")
_JOINER = re.compile("[\u200c\u200d'’]")


def drafted_quote(questions: Sequence[FormQuestion], answers: Mapping[str, Any]) -> str:
    """Return somebody's own words, the answers one after the other; "" where there are none."""
    texts = (
        str(answers.get(question.key, "")) for question in questions if question.kind is QuestionKind.TEXT
    )
    return " · ".join(filter(None, map(tidy, texts)))[:LONGEST]


def tidy(text: str) -> str:
    """Return a text with one space between its words, and one sign for what was taken out."""
    return " ".join(_GAP.sub(" … ", text.replace("\0", "")).split())


def number_in(text: str) -> str:
    """The first phone number in a text; "" where there is none."""
    match = _NUMBER.search(text)
    return match[0] if match else ""


@dataclass(frozen=True, slots=True)
class HeardName:
    """A word of a text that sounds as a name. is_sure: it is one. Else it may be a word of the language, too."""

    word: str
    is_sure: bool


def names_heard(text: str, known_names: "KnownNames") -> list[HeardName]:
    """Return the words of a text that sound as a name or a part of one, in any script; each word once.

    A name is sure beside a title, beside another word of the same name, and where both are joined. No list of words
    tells Vikas from विकास. So the office is asked about any other word (`not_cleared`). Words of very many names,
    such as Devi, are no name by themselves.
    """
    tokens = [token for chunk in text.split() for token in _TOKEN.findall(chunk)]
    bare = [_plain(_OWNER.sub("", token)) for token in tokens]
    bearers = [known_names.bearers(word) for word in bare]
    sure = {n for n, word in enumerate(bare) if known_names.is_joined(word)}
    for n, (name_word, other) in enumerate(pairwise(bare)):
        shared = {(a, i) for a, i in bearers[n] if any(a == b and i != j for b, j in bearers[n + 1])}
        if shared or known_names.is_split(name_word, other):
            sure |= {n, n + 1}
        elif name_word in titles.TITLES - titles.NOT_ALONE and known_names.tells(other):
            sure.add(n + 1)
        elif other in titles.AFTER and known_names.tells(name_word):
            sure.add(n)
    heard: dict[str, bool] = {}
    for n, (token, word) in enumerate(zip(tokens, bare, strict=True)):
        if n in sure or known_names.tells(word):
            heard[token] = heard.get(token, False) or n in sure
    return [HeardName(word, is_sure) for word, is_sure in heard.items()]


def not_cleared(heard: Iterable[HeardName], no_names: Collection[str]) -> list[HeardName]:
    """Return what is left of names that were heard, without words that an office called no names."""
    cleared = {_plain(token) for word in no_names for token in _TOKEN.findall(word)}
    return [name for name in heard if name.is_sure or _plain(name.word) not in cleared]


class KnownNames:
    """The names of a unit as a text is compared with them. Each word has its bearers: (number of the name, place)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_fold: dict[str, set[tuple[int, int]]] = {}
        self._spelled: dict[str, set[tuple[int, str, str]]] = {}
        self._joined: set[str] = set()
        for n, name in enumerate(dict.fromkeys(names)):
            words, runs = _parts(name)
            self._joined |= runs
            for place, (word, sound) in enumerate(words):
                self._by_fold.setdefault(sound, set()).add((n, place))
                self._spelled.setdefault(sound, set()).add((*spelled(word), vowelled(word)))

    def bearers(self, word: str) -> frozenset[tuple[int, int]]:
        """Return the names that have this word. A short word is spelled as the name is: में is not Meena, बात not भट."""
        sound = _one(word)
        if len(sound) < _LONG and not self._is_spelled(word, sound):
            return frozenset()
        return frozenset(self._by_fold.get(sound, ()))

    def _is_spelled(self, word: str, sound: str) -> bool:
        """Return True for a word that is a name in its script, or sounds so in another: "Rama" and "Ram" are राम."""
        script, letters = spelled(word)
        vowels = vowelled(word)
        return any(
            letters == known_letters
            if script == known_script
            else vowels in (known_vowels, known_vowels + "a" * (script == 0))
            or vowels + "a" * (known_script == 0) == known_vowels
            for known_script, known_letters, known_vowels in self._spelled.get(sound, ())
        )

    def tells(self, word: str) -> bool:
        """Return True if a word may tell who somebody is: a name, or one with an ending, as many languages write it."""
        if _one(word) in _NOT_ALONE or word in titles.AFTER:
            return False
        return bool(self.bearers(word)) or any(self._begins(word))

    def _begins(self, word: str) -> Iterator[bool]:
        """Yield whether a name with something behind it is this word: Sunitaji, सुनीताने, সুনীতার, Rajbhai."""
        for size in range(2, len(word)):
            begin, rest = word[:size], word[size:]
            is_behind = rest in titles.AFTER or _one(rest) in _BEHIND or _is_ending(rest)
            is_any = len(rest) <= _ENDING and len(_one(begin)) >= _LONG
            if is_behind or is_any or (len(rest) > 2 and self.bearers(rest)):
                yield bool(self.bearers(begin))

    def is_joined(self, word: str) -> bool:
        """Return True for two or more words of a name in one, such as Sunitadevi."""
        return _one(word) in self._joined

    def is_split(self, one: str, other: str) -> bool:
        """Return True for a word of a name that was written in two, such as Ram Prasad of Ramprasad."""
        sound = _one(one + other)
        return len(sound) >= _LONG and sound in self._by_fold and min(len(one), len(other)) > 1


@lru_cache(maxsize=20_000)
def _parts(name: str) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Return the words of a name with their sound, without initials, and the sounds of words that are joined."""
    words = [_plain(token) for word in titles.words(name) for token in _TOKEN.findall(word)]
    words = [word for word in words if len(word) > 1]
    runs = {_one("".join(words[i:j])) for i in range(len(words)) for j in range(i + 2, len(words) + 1)}
    return tuple((word, sound) for word in words if (sound := _one(word))), frozenset(runs - {""})


def _is_ending(rest: str) -> bool:
    """Return True for what Indian languages write behind a name: in Devanagari जीतना means to win, and is no name."""
    script, letters = spelled(rest)
    return letters in _ENDINGS or (script > 1 and letters in _OF_OTHER_SCRIPTS)


def _plain(word: str) -> str:
    return _JOINER.sub("", unicodedata.normalize("NFKC", word).casefold()).replace("ॐ", "ओम")


def _one(word: str) -> str:
    return "".join(folded_words(word))


def word_added(before: str, after: str) -> str:
    """The first word of a text that the text before does not have at its turn; "" where words were only taken out."""
    left = iter(_words(before))
    return next((word for word in _words(after) if not any(word == left_word for left_word in left)), "")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s….,;:!?।·()“”\"]+", text)
