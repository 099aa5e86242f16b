"""How people are looked for by name: by sound, in any script, with titles or without them, the words in any order."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, pairwise

from abhiyan.core.letters import MARKS
from abhiyan.units.rules.fold import folded_words, without_vowels

from . import articles, titles

MOST_WORDS = 5  # of what somebody typed
URDU, OTHER = "~", "="  # before the skeleton of a word in the script of Urdu, or in another
_ARABIC = re.compile("[\u0600-\u06ff]")
_TOKEN = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}])*")
_HYPHENS = re.compile("[-‐-―]")
_APOSTROPHES = re.compile("['’]")
END = "."  # ends a skeleton
LONG = 3  # A skeleton of as many letters tells names apart by itself: Ahmad, Ahmed.

AFTER_ALL = "\uffff"  # It sorts after every letter of a folded word.


def _as_written(name: str) -> list[str]:
    return [word for part in titles.written_words(name) for word in _HYPHENS.sub(" ", " ".join(part)).split()]


def _readings(word: str) -> list[str]:
    return [word, *filter(None, [titles.MOHAMMAD.get(word)]), *articles.article_readings(word)]


def _ways_heard(heard: Iterable[str], *, is_urdu: bool) -> tuple[str, ...]:
    """Return words as they sound, and their skeletons. A short skeleton tells nobody apart: Rina, Rani."""
    ways = dict.fromkeys(heard)
    for skeleton in map(_skeleton, list(ways)):
        ways[URDU + skeleton + END] = None
        if is_urdu or len(skeleton) >= LONG:
            ways[OTHER + skeleton + END] = None
    return tuple(ways)


def _joined(words: Sequence[str]) -> list[str]:
    """Return each two neighbours as one word, as it sounds; nothing where they have no letters."""
    together = (_folded_words(word + following) for word, following in pairwise(words))
    return [sounding[0] for sounding in together if len(sounding) == 1]


def _asked_joined(words: Sequence[str]) -> tuple[str, ...]:
    """As `_joined`, without a seam of one letter twice: fold writes it once, and "Noor Rao" would begin "Noorul"."""
    pairs = [
        (word, following)
        for word, following in pairwise(words)
        if (a := _folded_words(word)) and (b := _folded_words(following)) and a[-1][-1] != b[0][0]
    ]
    return tuple(sound for pair in pairs for sound in _joined(pair))


def _folded_words(text: str) -> list[str]:
    """Folded words with v for b, which Bengali writes alike and others mix."""
    return [word.replace("b", "v") for word in folded_words(text)]


def _skeleton(sound: str) -> str:
    """A folded word without its vowels and a last h, as in Abdullah: the script of Urdu writes long vowels alone."""
    return re.sub("(?<=...)h$", "", re.sub("^[iu]", "a", without_vowels(sound)))


@lru_cache(maxsize=200_000)
def sounds(name: str) -> frozenset[str]:
    """Return every word a name is found by: its sound, and its skeleton after a mark.

    Other readings of a word count, too: the long form of "Md.", and a name with or without its article. So do two
    neighbours as one word, by their sound: "Om Prakash" is found by "Omprakash".
    """
    words: set[str] = set()
    written = _as_written(name)
    for word in [*chain.from_iterable(map(_readings, written)), *articles.article_forms(written)]:
        mark = URDU if _ARABIC.search(word) else OTHER
        for sound in _folded_words(word):
            words |= {sound, mark + _skeleton(sound) + END}
    return frozenset(words.union(_joined(written)))


def asked_sounds(text: str) -> list[tuple[str, ...]]:
    """Return the beginnings of what each typed word may mean, for MOST_WORDS words at most.

    A text without letters gives none. Titles before a name and articles inside it are left out, for the entry may have
    none. Two typed words may be one in the name: "Om Prakash" finds "Omprakash". The skeleton of a word in the script
    of Urdu is looked for everywhere. A short one of another script is looked for in Urdu alone.
    """
    spoken = _as_written(text)
    while len(spoken) > 1 and spoken[0] in titles.TITLES:
        del spoken[0]
    spoken = [
        word
        for n, word in enumerate(spoken)
        if not 0 < n < len(spoken) - 1 or not articles.is_article(word, spoken[n + 1])
    ]
    wanted: list[tuple[str, ...]] = []
    for n, word in enumerate(spoken):
        is_urdu = _ARABIC.search(word) is not None
        readings = [heard for reading in _readings(word) if (heard := _folded_words(reading))]
        as_one = _asked_joined(spoken[max(n - 1, 0) : n + 2])
        wanted += [
            tuple(dict.fromkeys(_ways_heard(heard, is_urdu=is_urdu) + as_one))
            for heard in zip(*readings, strict=False)
        ]
    return wanted[:MOST_WORDS]


def words_inside(text: str) -> set[str]:
    """Return the sounds of what may be names in a text: words, their beginnings and ends, and neighbours as one."""
    tokens = _TOKEN.findall(_APOSTROPHES.sub("", " ".join(_as_written(text))))
    parts = {word + following for word, following in pairwise(tokens)}
    for token in tokens:
        parts |= {token[:n] for n in range(2, len(token) + 1)} | {token[n:] for n in range(len(token) - 1)}
    return {sound for part in parts if (sound := "".join(_folded_words(part)))}


def is_called(name: str, text: str) -> bool:
    """Return True if each typed word begins a word of the name, as it sounds. A text without letters names nobody."""
    wanted, words = asked_sounds(text), sounds(name)
    return bool(wanted) and all(any(word.startswith(ways) for word in words) for ways in wanted)
