"""Rules of age on a day, where only the year of birth is known, and the ways people write that year."""

import re
from dataclasses import dataclass
from enum import Enum

from abhiyan.core.letters import plain_digits

OLDEST = 120  # years
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(r"[0-9]{1,2}\s?[./-]\s?[0-9]{1,2}\s?[./-]\s?([0-9]{4})|([0-9]{4})-[0-9]{1,2}-[0-9]{1,2}")
_AGE_WORDS = "age|aged|years?|yrs?|old|umar|umr|umra|aayu|saal|sal|varsh|उम्र|आयु|वर्ष|साल|عمر|سال"
_AGE = re.compile(rf"(?:(?:{_AGE_WORDS})[\s.:]*)*(\d{{1,3}})(?:[\s.]*(?:{_AGE_WORDS}))*[\s.]*", re.IGNORECASE)
_SHORT_DATE = re.compile(r"([0-9]{1,2})\s?[./-]\s?([0-9]{1,2})\s?[./-]\s?([0-9]{2})")
_MOST_DAY, _MOST_MONTH = 31, 12


class Age(Enum):
    ADULT = "adult"
    MINOR = "minor"
    IMPOSSIBLE = "impossible"  # not a year anybody living was born in


@dataclass(frozen=True, slots=True)
class BirthSaid:
    """A year of birth as somebody gave it. how: "year", "age" or "short_year". age: the years they said."""

    year: int
    how: str = "year"
    age: int | None = None

    def says_adult(self, minimum: int) -> bool:
        """Return True if they said an age, and it is old enough."""
        return self.age is not None and self.age >= minimum


def age_on(*, year: int, birth_year: int, minimum: int, says_adult: bool) -> Age:
    """Say if somebody is of age on any day of `year`.

    By the year alone, somebody who turns `minimum` this year may still be below it. They count as adult only if
    they said so themselves (the form's own question, asked before anything else). Below that nothing helps.
    """
    years = year - birth_year
    if years < 0 or years > OLDEST:
        return Age.IMPOSSIBLE
    if years > minimum or (years == minimum and says_adult):
        return Age.ADULT
    return Age.MINOR


def birth_said(text: str, *, year: int | None) -> BirthSaid | None:
    """Read the year of birth that somebody wrote: a year, a date, or an age with its word or without.

    Forms, texts, sheets and lists read by this one rule, and `ui/static/ui/checks.js` by the same patterns. A number of
    up to three digits is an age, so 46 never means 1946. year: the one it is; without it neither an age nor a date
    with a year of two digits is read. Such a date means the year that is less than 100 years ago. The answer None means
    that it cannot be read.

    Somebody of 46 was born 46 or 47 years ago. The later year is kept: it makes nobody older than they said, and a
    minor no adult. Somebody who says 18 said that they are of age (`says_adult`).
    """
    text = plain_digits(text).strip()
    if _YEAR.fullmatch("".join(text.split())):
        return BirthSaid(int("".join(text.split())))
    if match := _DATE.fullmatch(text):
        return BirthSaid(int(match[1] or match[2]))
    if year is None:
        return None
    if match := _SHORT_DATE.fullmatch(text):
        low, high = sorted((int(match[1]), int(match[2])))
        is_day = 0 < low <= _MOST_MONTH and high <= _MOST_DAY
        return BirthSaid(year - (year - int(match[3])) % 100, "short_year") if is_day else None
    age = age_of(text)
    return None if age is None else BirthSaid(year - age, "age", age)


def born_as_listed(text: str, *, year: int, minimum: int) -> tuple[int, str] | None:
    """Return the same for a cell of a list: the year, and how it was written where that was no year.

    minimum: years, to join. A list keeps no word beside the year. Somebody who is just so old was born in one
    of two years. The list keeps the earlier one: the later one would take back their word.
    """
    said = birth_said(text, year=year)
    return None if said is None else (said.year - (said.age == minimum), said.how)


def age_of(text: str) -> int | None:
    """Return the age that somebody wrote, with its word or without (up to `OLDEST`), else None."""
    match = _AGE.fullmatch(text.strip())
    return int(match[1]) if match and 0 < int(match[1]) <= OLDEST else None


def patterns() -> dict[str, str]:
    """Return the ways of writing a year of birth, for a script that reads them alike."""
    return {"date": _DATE.pattern, "short": _SHORT_DATE.pattern, "age": _AGE.pattern}
