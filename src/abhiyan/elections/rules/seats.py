"""Find the constituency that a name means: names as they sound, held against those known of a year.

Spellings differ (Secundrabad, Secunderabad; ARUKU (ST), Araku), so likeness is a number. Bounds were set by the lists
of 2008, 2014, 2019 and 2024. Every spelling of a seat in one is at least `FITS` like its name in another. A name that
is `ALIKE` to another seat's name, but not to its own, is that other seat.
"""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from abhiyan.units.rules.fold import folded_words

FITS = 0.75
ALIKE = 0.85
LONGEST = 100
_RESERVED = re.compile(r"[\s\-–(\[]+(?:sc|st|gen)\W*$", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def seat_sound(name: str) -> str:
    """A seat's name as compared: as it sounds, without spaces and without what it is reserved for."""
    return "".join(folded_words(_RESERVED.sub("", name[:LONGEST])))


def _likeness(one: str, other: str, least: float = 0.0) -> float:
    """1 where two sounds are the same, 0 where nothing is alike, or less is than `least`."""
    if one == other:
        return 1.0 if one else 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= least else 0.0


def seat_named(name: str, names: Mapping[int, str], number: int) -> int | None:
    """The number of the seat a name means, of a state's seats by number; `number` where the name fits that one.

    None where it fits none. A name that sounds just like another seat's means that, however like its own it is.
    """
    heard = seat_sound(name)
    own_score = _likeness(heard, seat_sound(names.get(number, "")))
    if own_score == 1.0:
        return number
    likes = {
        seat_number: _likeness(heard, seat_sound(seat_label), ALIKE)
        for seat_number, seat_label in names.items()
        if seat_number != number
    }
    best = max(likes, key=likes.__getitem__, default=None)
    like = likes[best] if best is not None else 0.0
    if own_score >= FITS and like < 1.0:
        return number
    return best if like >= ALIKE else None
