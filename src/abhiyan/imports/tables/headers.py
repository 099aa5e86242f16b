"""Header names as people write them: folded for comparison, and matched with a list's fields.

Tolerant of case, punctuation, "No." and "संख्या", long and short vowels (मोबाईल, मोबाइल), dots and nasals
(हिन्दी, हिंदी), slips of a letter, and two languages in one cell (नाम / Name).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from .layout import Layout
from .words import spaced

_SAME = str.maketrans(
    {
        "\u093c": "",  # nukta: फ़ and फ
        "ँ": "ं",
        "ई": "इ",
        "ी": "ि",
        "ऊ": "उ",
        "ू": "ु",
        "ॉ": "ा",
        "ऑ": "आ",
    }
)
_NASAL = re.compile("[ङञणनम]्(?=[क-ह])")
# Words that add nothing: "Mobile No. of member *" is "mobile".
_NOISE = frozenset(
    "no number num nos full the of a in your his her s name's member members person persons applicant worker "
    "hindi english latin devanagari dd mm yyyy yy optional required mandatory digits digit 10 6 4 code's "
    "न नं सं क्र नंबर नम्बर संख्या क्रमांक का की के में पूरा सदस्य व्यक्ति कार्यकर्ता हिंदी अंग्रेजी अनिवार्य".translate(
        _SAME
    ).split()
)


@lru_cache(maxsize=4096)
def folded(header: str) -> tuple[str, ...]:
    """The words of a header as compared: spelling differences that mean nothing are gone."""
    text = unicodedata.normalize("NFD", spaced(header)).translate(_SAME)
    return tuple(_NASAL.sub("ं", unicodedata.normalize("NFC", text)).split())


def _readings(header: str) -> Iterator[tuple[str, ...]]:
    """The whole header, then its parts where it gives the name twice: "नाम / Name", "Name (नाम)"."""
    yield folded(header)
    parts = re.split(r"[/|()\[\]\n:–—]+| - ", header)
    if len(parts) > 1:
        for part in parts:
            if words := folded(part):
                yield words


ALIKE = 0.87  # of two names with a slip of the hand between them
_NOISE_FOLDED = frozenset(_NASAL.sub("ं", w) for w in _NOISE)


@lru_cache(maxsize=4096)
def _likeness(header: tuple[str, ...], name: tuple[str, ...]) -> float:
    """1 for the same, 0 for unlike; below one when noise words or a slip of the hand stand between."""
    if not header or not name:
        return 0.0
    header_text, two = "".join(header), "".join(name)
    if header_text == two:
        return 1.0
    bare = tuple(w for w in header if w not in _NOISE_FOLDED)
    want = tuple(w for w in name if w not in _NOISE_FOLDED)
    if bare and want and "".join(bare) == "".join(want):
        return 0.9
    if min(len(header_text), len(two)) >= 5 and abs(len(header_text) - len(two)) <= 0.13 * (
        len(header_text) + len(two)
    ):
        match = SequenceMatcher(None, header_text, two, autojunk=False)
        # The first is a bound of the last, and far cheaper: a file's cells are held against every name.
        if match.quick_ratio() >= ALIKE and (ratio := match.ratio()) >= ALIKE:
            return 0.8 * ratio
    return 0.0


def likeness(headers: Sequence[str], layout: Layout) -> list[tuple[float, int, int]]:
    """Every (score, field, column) with a score above nothing, best first, then in the order of the sheet."""
    names = [[folded(n) for n in f.names()] for f in layout.fields]
    scores = []
    for column, header in enumerate(headers):
        if not header or len(header) > 120 or sum(map(str.isdigit, header)) > 6:
            continue
        readings = list(_readings(header))
        for place, spellings in enumerate(names):
            score = max(
                _likeness(reading, name)
                * (1.0 if whole == 0 else 0.95)
                * (1.0 if spelling_no < 2 else 0.98 - spelling_no / 10_000)
                for whole, reading in enumerate(readings)
                for spelling_no, name in enumerate(spellings)
            )
            if score > 0:
                scores.append((score, place, column))
    scores.sort(key=lambda hit: (-hit[0], hit[2], hit[1]))
    return scores


def guess(headers: Sequence[str], layout: Layout, *, barred: frozenset[int] = frozenset()) -> dict[str, int]:
    """Field key -> column: each field at most one column, each column at most one field, best likeness first.

    A field that two equally named columns claim is left open: only a person can tell which is meant.
    barred: columns that must not be used (sensitive ones).
    """
    mapping: dict[str, int] = {}
    taken: set[int] = set()
    seen = [folded(h) for h in headers]
    for _score, place, column in likeness(headers, layout):
        key = layout.fields[place].key
        if key in mapping or column in taken or column in barred:
            continue
        mapping[key] = column
        taken.add(column)
    return {key: c for key, c in mapping.items() if sum(words == seen[c] for words in seen) == 1}
