"""Near duplicates: how names sound in any script, why two entries may be one person, and which of them stays."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from abhiyan.units.rules.fold import folded_words

from . import titles

SURE = 85  # per cent, from which several may be merged together
SHOWN = 30  # per cent, from which a pair is shown
NEAR_YEARS = 2  # people give their year of birth from memory

# Why two entries may be one person, or may not: codes, in the order they are said.
REASONS = {
    "same_name": _("Same name"),
    "same_sound": _("Names sound the same"),
    "part_of_name": _("One name is part of the other"),
    "near_name": _("Names differ by a few letters"),
    "words_before": _("One name has a word before it, perhaps a title"),
    "other_last": _("Same first name, other last name"),
    "other_first": _("Other first name"),
    "same_phone": _("Same phone"),
    "other_phone": _("Different phones"),
    "same_year": _("Same year of birth"),
    "near_year": _("Years of birth close together"),
    "other_year": _("Different years of birth"),
    "same_place": _("Same unit"),
}


# Reasons that let a pair be sure: as far as the names tell, nothing speaks against it.
AGREE = frozenset({"same_name", "same_sound", "part_of_name"})
_SHORT = 3  # consonants: of a name with fewer the vowels count too, or Rina would be Rani


@dataclass(frozen=True, slots=True)
class Sound:
    """A name as it sounds: its first and its last word, each folded, and their consonants alone. None: it has none.

    words: all of them as they sound, initials last. Titles are no part of it.
    """

    first: str
    last: str | None
    first_bones: str
    last_bones: str | None
    words: tuple[str, ...]

    def told(self) -> tuple[str, ...]:
        """Return what the search gets of a name (matching.COLUMNS).

        The last two are the consonants of all words, sorted, and of all but the first.
        """
        among, tail = (" ".join(sorted(map(consonants, some))) for some in (self.words, self.words[1:]))
        return self.first, self.last or "", self.first_bones, self.last_bones or "", among, tail


@lru_cache(maxsize=200_000)
def consonants(word: str) -> str:
    """The consonants of a folded word. Writers disagree about vowels, b and v, doubled letters, and h at the end."""
    word = re.sub("m(?=[^aeiou])", "n", word.replace("b", "v").replace("y", "i"))
    word = re.sub("(?<=.)[iua]", "", word)
    return re.sub(r"(.)\1+", r"\1", re.sub("(?<=..)h$", "", word))


def sound_of_name(name: str) -> Sound | None:
    """How a name sounds; None where nothing of it can be read.

    Initials stand last, wherever they were written. Mohammad before another word tells nobody apart, and is left out.
    """
    spoken = titles.words(name)
    if len(spoken) > 1 and spoken[0] in titles.MOHAMMAD and len(spoken[1]) > 1:
        del spoken[0]
    words = folded_words(" ".join(spoken))
    if not words:
        return None
    whole, initials = [w for w in words if len(w) > 1], [w for w in words if len(w) == 1]
    if not whole:
        whole, initials = words, []
    last = whole[-1] if len(whole) > 1 else "".join(initials) or None
    return Sound(
        whole[0], last, consonants(whole[0]), consonants(last) if last else None, (*whole, *initials)
    )


@dataclass(frozen=True, slots=True)
class Known:
    """This is compared of one entry. phone: its keyed hash, in any form."""

    name: str
    birth_year: int | None
    phone: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """This is said of a pair. score: in per cent; reasons: codes of REASONS, that of the names first."""

    score: int
    is_twin: bool
    reasons: list[str]


def judge_pair(a: Known, b: Known, *, score: int, is_twin: bool) -> JudgedPair:
    """A pair that a search found. The search weighs sounds; whole names are seen only here.

    Two people of one household share phone and year. So names that begin with different consonants are twins on one
    phone (सोनू, मोनू). A pair is sure only where nothing in its names speaks against it. Words before a whole name
    may be titles of any kind: "Sardar Gurbachan Singh", "Gurbachan Singh". Such a pair is no twins. A person decides.
    """
    if _has_words_before(a.name, b.name):
        names = "words_before"
        score, is_twin = SURE - 1 if is_twin else score, False
    else:
        is_twin = is_twin or _are_twins(a, b)
        names = _of_names(a.name, b.name, is_twin=is_twin)
    if names not in AGREE:
        score = min(score, SURE - 1)
    return JudgedPair(0 if is_twin else score, is_twin, [names, *_of_the_rest(a, b)])


def _has_words_before(a: str, b: str) -> bool:
    """Return whether one name is the end of the other."""
    both = [list(map(_heard, heard.words)) for heard in map(sound_of_name, (a, b)) if heard]
    short, long = sorted(both, key=len) if len(both) == 2 else ([], [])
    return len(short) < len(long) and long[len(long) - len(short) :] == short


def _are_twins(a: Known, b: Known) -> bool:
    one, other = sound_of_name(a.name), sound_of_name(b.name)
    if a.phone != b.phone or a.birth_year is None or a.birth_year != b.birth_year or not one or not other:
        return False
    begins = {one.first_bones[0], other.first_bones[0]}
    return (
        len(begins) == 2
        and begins.isdisjoint("aiu")
        and (one.last_bones == other.last_bones or None in (one.last, other.last))
    )


def _of_names(a: str, b: str, *, is_twin: bool) -> str:
    one, other = sound_of_name(a), sound_of_name(b)
    if is_twin or one is None or other is None:
        return "other_first"
    if titles.words(a) == titles.words(b):
        return "same_name"
    mine, theirs = Counter(map(consonants, one.words)), Counter(map(consonants, other.words))
    is_first = _heard(one.first) == _heard(other.first)
    if mine == theirs and (is_first or sorted(map(_heard, one.words)) == sorted(map(_heard, other.words))):
        return "same_sound"
    if is_first and (mine < theirs or theirs < mine):
        return "part_of_name"
    if one.first_bones == other.first_bones and not _alike(one.last_bones or "", other.last_bones or ""):
        return "other_last"
    return "near_name"


def _heard(word: str) -> str:
    """A folded word as it tells people apart: its consonants, and its vowels too where it has few consonants."""
    sound_text = consonants(word)
    return sound_text if len(sound_text) >= _SHORT else word.replace("b", "v")


def _alike(a: str, b: str) -> bool:
    """Return True if consonants differ by one or two letters."""
    return bool(set(a) & set(b)) and len(set(a) ^ set(b)) <= 2


def _of_the_rest(a: Known, b: Known) -> list[str]:
    levels = ["same_phone" if a.phone == b.phone else "other_phone"]
    if a.birth_year is not None and b.birth_year is not None:
        apart = abs(a.birth_year - b.birth_year)
        levels.append("same_year" if apart == 0 else "near_year" if apart <= NEAR_YEARS else "other_year")
    if a.unit_id == b.unit_id:
        levels.append("same_place")
    return levels


@dataclass(frozen=True, slots=True)
class Standing:
    """How well an entry is proven. rung: of its membership, higher is surer; is_joint: others were merged into it."""

    is_joint: bool
    rung: int
    at: datetime


def stays(entries: Sequence[Standing]) -> int:
    """Return which of two entries stays: the one others were merged into, else the better proven, else the older."""
    first_entry, other = entries
    if first_entry.is_joint != other.is_joint:
        return 0 if first_entry.is_joint else 1
    if first_entry.rung != other.rung:
        return 0 if first_entry.rung > other.rung else 1
    return 0 if first_entry.at <= other.at else 1
