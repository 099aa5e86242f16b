"""The language in force, names that are kept in several, and names of people in the reader's script."""

import csv
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from unicodedata import name as letter
from unicodedata import normalize

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from .letters import plain_digits

_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
# A name, or other words, between commas or brackets.
_BETWEEN_NAMES = re.compile(r"[^\s,;()](?:[^,;()]*[^\s,;()])?")


def active_language() -> str:
    """The language of this page or message: "hi", "en"."""
    return (get_language() or "en").partition("-")[0]


def name_in_language(names: Mapping[str, str], in_language: str = "") -> str:
    """A name in a language (the one in force), else in English, else in any."""
    return names.get(in_language or active_language()) or names.get("en") or next(iter(names.values()), "")


def local_person(name: str, in_language: str = "") -> str:
    """Somebody's name in the script of a language (the one in force), where each of its words is known in it; else as
    they gave it. Files and their own pages have it as they gave it."""
    wanted = "DEVANAGARI" if (in_language or active_language()) == "hi" else "LATIN"
    words = normalize("NFC", name).split()
    read = [
        word if letter(word[0], "").startswith(wanted) else _read().get(word.lower(), "") for word in words
    ]
    return " ".join(read) if all(read) else name


def people_in(text: str, in_language: str = "") -> str:
    """Words of a message that name people, with each name in the script of a language, as `local_person`: "Asha Devi,
    Booth president (paper list)". Other words stay as they are."""
    return _BETWEEN_NAMES.sub(lambda part: local_person(part[0], in_language), text)


def organisation_name(in_language: str = "") -> str:
    """The organisation's name in the script of a language (the one in force), where the operator has set one."""
    return (
        settings.ORGANISATION_NAMES.get(in_language or active_language())
        or settings.ORGANISATION
        or "Abhiyan"
    )


def day_words(at: datetime) -> str:
    """The day of an instant, here: 24 November 2026. A database tells it in UTC, where it may be the day before."""
    return date_format(timezone.localtime(at), "j F Y")


def short_day(day: date) -> str:
    """A day as lists write it: 24 Nov 2026."""
    return date_format(day, "j M Y")


def day_written(text: str) -> date | None:
    """The day somebody wrote: 25.11.2026, 25/11/2026, 25-11-2026 or 2026-11-25, in digits of any script; else None."""
    plain = plain_digits(text).strip()
    parts: list[str] = []
    if match := _DAY_FIRST.fullmatch(plain):
        parts = [match[3], match[2], match[1]]
    elif match := _YEAR_FIRST.fullmatch(plain):
        parts = [match[1], match[2], match[3]]
    try:
        return date(*map(int, parts)) if parts else None
    except ValueError:
        return None


@cache
def name_words() -> list[dict[str, str]]:
    """Words of names in both scripts: latin, devanagari; sample: what the demo uses it as (woman, man, family)."""
    with (Path(__file__).parent / "names.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _read() -> dict[str, str]:
    """Each word of a name -> the same in the other script; of several spellings the first."""
    numbers: dict[str, str] = {}
    for row in name_words():
        numbers.setdefault(row["latin"].lower(), row["devanagari"])
        numbers.setdefault(normalize("NFC", row["devanagari"]), row["latin"])
    return numbers
