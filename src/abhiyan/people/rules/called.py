"""How people are looked for by name: by sound, in any script, with titles or without them, the words in any order."""

import re
from collections.abc import Iterable
from functools import lru_cache

from abhiyan.units.rules.fold import bones, fold

from . import titles

MOST_WORDS = 5  # of what somebody typed
URDU, OTHER = "~", "="  # before the skeleton of a word in the script of Urdu, or in another
_ARABIC = re.compile("[\u0600-\u06ff]")
END = "."  # ends a skeleton
LONG = 3  # A skeleton of as many letters tells names apart by itself: Ahmad, Ahmed.

AFTER_ALL = "\uffff"  # It sorts after every letter of a folded word.


def _as_written(name: str) -> list[str]:
    return [word for part in titles.written_words(name) for word in part]


def _with_long(word: str) -> list[str]:
    return [word, *([titles.MOHAMMAD[word]] if word in titles.MOHAMMAD else [])]


def _ways_heard(heard: Iterable[str], *, is_urdu: bool) -> tuple[str, ...]:
    """Return words as they sound, and their skeletons. A short skeleton tells nobody apart: Rina, Rani."""
    ways = dict.fromkeys(heard)
    for skeleton in map(_skeleton, list(ways)):
        ways[URDU + skeleton + END] = None
        if is_urdu or len(skeleton) >= LONG:
            ways[OTHER + skeleton + END] = None
    return tuple(ways)


def _folded_words(text: str) -> list[str]:
    """Folded words with v for b, which Bengali writes alike and others mix."""
    return [word.replace("b", "v") for word in fold(text)]


def _skeleton(sound: str) -> str:
    """A folded word without its vowels: the script of Urdu writes the long ones alone."""
    return re.sub("^[iu]", "a", bones(sound))


@lru_cache(maxsize=200_000)
def sounds(name: str) -> frozenset[str]:
    """Return every word a name is found by: its sound, its skeleton after a mark, and the long form of "Md."."""
    words: set[str] = set()
    for word in _as_written(name):
        mark = URDU if _ARABIC.search(word) else OTHER
        for sound in _folded_words(" ".join(_with_long(word))):
            words |= {sound, mark + _skeleton(sound) + END}
    return frozenset(words)


def asked_sounds(text: str) -> list[tuple[str, ...]]:
    """Return the beginnings of what each typed word may mean, for MOST_WORDS words at most.

    A text without letters gives none. Titles before a name are left out, for the entry may have none. The skeleton of
    a word in the script of Urdu is looked for everywhere. A short one of another script is looked for in Urdu alone.
    """
    spoken = _as_written(text)
    while len(spoken) > 1 and spoken[0] in titles.TITLES:
        del spoken[0]
    wanted: list[tuple[str, ...]] = []
    for word in spoken:
        is_urdu = _ARABIC.search(word) is not None
        readings = [heard for form in _with_long(word) if (heard := _folded_words(form))]
        wanted += [_ways_heard(heard, is_urdu=is_urdu) for heard in zip(*readings, strict=False)]
    return wanted[:MOST_WORDS]


def is_called(name: str, text: str) -> bool:
    """Return True if each typed word begins a word of the name, as it sounds. A text without letters names nobody."""
    wanted, words = asked_sounds(text), sounds(name)
    return bool(wanted) and all(any(word.startswith(ways) for word in words) for ways in wanted)
