"""Opinions in people's own words, as they go up: without phone numbers, without names, and with no word added."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from abhiyan.people.rules import titles
from abhiyan.people.rules.doubles import sound
from abhiyan.units.rules.fold import fold

from .questions import FormQuestion, QuestionKind

READY = "opinion"  # code of the ready form
CARRIED = (READY, "stay", "beneficiary", "call")  # ready forms that ask for people's own words
NO_ANSWER = "no_answer"  # the choice of somebody who was asked and did not answer
DESKS = ("mandal", "segment", "district", "constituency", "state", "nation")  # levels that pass opinions up
LONGEST = 1_500  # letters of a quote
LONGEST_DONE = 300
_SHORTEST = 3  # letters of a name that is looked for
_GAP = re.compile(r"…|\.\.\.")
# Seven digits at once, or ten with signs between: a year or an amount has fewer.
_NUMBER = re.compile(r"\d{7,}|\d(?:[\s().+–-]{0,2}\d){9,}")
# Words of very many names, which tell nobody apart.
_COMMON = frozenset(
    fold("kumar singh devi lal ram rani khan bai begum bibi")
    + [each for one in titles.NOT_ALONE for each in fold(one)]
)


def drafted(questions: Sequence[FormQuestion], answers: Mapping[str, Any]) -> str:
    """Return somebody's own words, the answers one after the other; "" where there are none."""
    said = (str(answers.get(one.key, "")) for one in questions if one.kind is QuestionKind.TEXT)
    return " · ".join(filter(None, map(tidy, said)))[:LONGEST]


def tidy(text: str) -> str:
    """Return a text with one space between its words, and one sign for what was taken out."""
    return " ".join(_GAP.sub(" … ", text.replace("\0", "")).split())


def number_in(text: str) -> str:
    """The first phone number in a text; "" where there is none."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


def name_in(text: str, names: Iterable[str]) -> str:
    """The first word of a text that sounds as the first or last word of one of these names; "" where none does.

    Words that very many names have, such as Devi, are no name by themselves.
    """
    looked_for: set[str] = set()
    for name in names:
        looked_for |= _telling(name)
    for word in text.split():
        if looked_for.intersection(fold(re.sub(r"[’']s\b", "", word))):
            return word.strip(".,;:!?।()“”\"'’")
    return ""


@lru_cache(maxsize=20_000)
def _telling(name: str) -> frozenset[str]:
    heard = sound(name)
    words = {heard.first, heard.last} if heard else set()
    return frozenset(word for word in words if word and len(word) >= _SHORTEST and word not in _COMMON)


def word_added(before: str, after: str) -> str:
    """The first word of a text that the text before does not have at its turn; "" where words were only taken out."""
    left = iter(_words(before))
    return next((word for word in _words(after) if not any(word == each for each in left)), "")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s….,;:!?।·()“”\"]+", text)
