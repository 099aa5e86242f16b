"""Near duplicates: how names sound in either script, why two entries may be one person, and which of them stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from abhiyan.units.rules.fold import fold

SURE = 85  # per cent, from which several may be merged together
SHOWN = 30  # per cent, from which a pair is shown
NEAR_YEARS = 2  # people give their year of birth from memory

# Why two entries may be one person, or may not: codes, in the order they are said.
REASONS = {
    "same_name": _("Same name"),
    "same_sound": _("Names sound the same"),
    "part_of_name": _("One name is part of the other"),
    "near_name": _("Names differ by a few letters"),
    "other_last": _("Same first name, other last name"),
    "other_first": _("Other first name"),
    "same_phone": _("Same phone"),
    "other_phone": _("Different phones"),
    "same_year": _("Same year of birth"),
    "near_year": _("Years of birth close together"),
    "other_year": _("Different years of birth"),
    "same_place": _("Same unit"),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """A name as it sounds: its first and its last word, each folded, and their consonants alone. None: it has none."""

    first: str
    last: str | None
    first_bones: str
    last_bones: str | None


@lru_cache(maxsize=200_000)
def bones(word: str) -> str:
    """The consonants of a folded word. Writers disagree about vowels, b and v, doubled letters, and h at the end."""
    word = re.sub("m(?=[^aeiou])", "n", word.replace("b", "v").replace("y", "i"))
    word = re.sub("(?<=.)[iua]", "", word)
    return re.sub(r"(.)\1+", r"\1", re.sub("(?<=..)h$", "", word))


def sound(name: str) -> Sound | None:
    """How a name sounds; None where nothing of it can be read."""
    words = fold(name)
    if not words:
        return None
    last = words[-1] if len(words) > 1 else None
    return Sound(words[0], last, bones(words[0]), bones(last) if last else None)


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of one entry. phone: its keyed hash, in any form."""

    name: str
    birth_year: int | None
    phone: str
    unit_id: int


def reasons(a: Known, b: Known, *, is_twin: bool) -> list[str]:
    """Why two entries may be one person, or (twins) may not: codes of REASONS."""
    return [*_of_names(a.name, b.name, is_twin=is_twin), *_of_the_rest(a, b)]


def _of_names(a: str, b: str, *, is_twin: bool) -> list[str]:
    one, other = sound(a), sound(b)
    if is_twin or one is None or other is None:
        return ["other_first"]
    if " ".join(a.lower().split()) == " ".join(b.lower().split()):
        return ["same_name"]
    mine, theirs = set(fold(a)), set(fold(b))
    if (one.first_bones, one.last_bones) == (other.first_bones, other.last_bones):
        return ["same_sound"]
    if mine < theirs or theirs < mine or None in (one.last, other.last):
        return ["part_of_name"]
    if one.first_bones == other.first_bones and not _alike(one.last_bones or "", other.last_bones or ""):
        return ["other_last"]
    return ["near_name"]


def _alike(a: str, b: str) -> bool:
    """Whether consonants differ by one or two letters."""
    return bool(set(a) & set(b)) and len(set(a) ^ set(b)) <= 2


def _of_the_rest(a: Known, b: Known) -> list[str]:
    found = ["same_phone" if a.phone == b.phone else "other_phone"]
    if a.birth_year is not None and b.birth_year is not None:
        apart = abs(a.birth_year - b.birth_year)
        found.append("same_year" if apart == 0 else "near_year" if apart <= NEAR_YEARS else "other_year")
    if a.unit_id == b.unit_id:
        found.append("same_place")
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How well an entry is proven. rung: of its membership, higher is surer; is_joint: others were merged into it."""

    is_joint: bool
    rung: int
    at: datetime


def stays(entries: Sequence[Standing]) -> int:
    """Which of two entries stays: the one others were merged into, else the better proven, else the older."""
    one, other = entries
    if one.is_joint != other.is_joint:
        return 0 if one.is_joint else 1
    if one.rung != other.rung:
        return 0 if one.rung > other.rung else 1
    return 0 if one.at <= other.at else 1
