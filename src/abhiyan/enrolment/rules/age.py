"""Rules of age on a day, where only the year of birth is known, and the ways people write that year."""

import re
from enum import Enum

OLDEST = 120  # years
_YEAR = re.compile(r"\d{4}")
_DATE = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(\d{4})|(\d{4})-\d{2}-\d{2}")
_AGE_WORDS = "age|aged|years?|yrs?|old|umar|umr|umra|aayu|saal|sal|varsh|उम्र|आयु|वर्ष|साल|عمر|سال"
_AGE = re.compile(rf"(?:(?:{_AGE_WORDS})[\s.:]*)*(\d{{1,3}})(?:[\s.]*(?:{_AGE_WORDS}))*[\s.]*", re.IGNORECASE)
_SHORT_DATE = re.compile(r"(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{2})")
_MOST_DAY, _MOST_MONTH = 31, 12


class Age(Enum):
    ADULT = "adult"
    MINOR = "minor"
    IMPOSSIBLE = "impossible"  # not a year anybody living was born in


def age_on(*, year: int, birth_year: int, minimum: int, says_adult: bool) -> Age:
    """Of age on any day of `year`?

    With the year alone, somebody who turns `minimum` this year may still be below it: they count as adult only if
    they said so themselves (the form's own question, asked before anything else). Below that nothing helps.
    """
    years = year - birth_year
    if years < 0 or years > OLDEST:
        return Age.IMPOSSIBLE
    if years > minimum or (years == minimum and says_adult):
        return Age.ADULT
    return Age.MINOR


def birth_year_of(text: str, *, year: int | None) -> int | None:
    """The year of birth that somebody wrote: 1980, 15-08-1980, 1980-08-15 or, with its word, an age (46 years).

    text: its digits are 0 to 9. year: the one it is; without it no age is read. The answer None means that it cannot be
    read so. A bare 46 is not read: it may be an age and it may be 1946 (`age_of` says it).
    """
    text = text.strip()
    if _YEAR.fullmatch("".join(text.split())):
        return int("".join(text.split()))
    if found := _DATE.fullmatch(text):
        return int(found[1] or found[2])
    age = None if text.isdigit() else age_of(text)
    return None if year is None or age is None else year - age


def born_as_listed(text: str, *, year: int) -> tuple[int, str] | None:
    """Read the year of birth from an age with its word, or from a date with a year of two digits.

    year: the one it is. With the year: how it was written, "age" or "short_year". Two digits mean the year that is less
    than 100 years ago. The answer None means that it cannot be read so.
    """
    if found := _SHORT_DATE.fullmatch(text.strip()):
        low, high = sorted((int(found[1]), int(found[2])))
        ago = (year - int(found[3])) % 100
        return (year - ago, "short_year") if 0 < low <= _MOST_MONTH and high <= _MOST_DAY else None
    age = None if text.strip().isdigit() else age_of(text)
    return None if age is None else (year - age, "age")


def age_of(text: str) -> int | None:
    """The age that somebody wrote, with its word or without (up to `OLDEST`), else None."""
    found = _AGE.fullmatch(text.strip())
    return int(found[1]) if found and 0 < int(found[1]) <= OLDEST else None
