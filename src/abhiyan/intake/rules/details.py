"""Read the words of somebody who joins by SMS: name, year of birth and PIN code, in any order and script of digits."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.age import OLDEST, birth_said
from abhiyan.messaging.rules import words

MOST_RUNS = 8  # of digits side by side
_DATE = re.compile(r"(?<!\d)\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(\d{4})(?!\d)")
_RUN = re.compile(r"\d+")
_BESIDE = re.compile(r"[ .\-]{1,2}")  # between parts of one number: "190 001", "98765-43210"
_SEGMENT = re.compile(r"[,;\n|/:=!?।،؛۔؟\x00]+")
# Words that label the text beside them, and are no part of a name.
_LABELS = frozenset(
    "name naam nam year yob dob born birth date age yrs years pin pincode code zip umar umr umra aayu saal sal janm"  # noqa: SIM905  # read as words
    " janam varsh tithi नाम जन्म वर्ष साल सन उम्र आयु तिथि पिन पिनकोड कोड".split()
)
_EDGES = frozenset(
    "my is i am the and of in on mera meri main mai mein hai hoon hu ka ki मेरा मेरी मैं है हूं का की व".split()  # noqa: SIM905  # read as words
)


@dataclass(frozen=True, slots=True)
class Details:
    """The three details. None: it was not found, or was there twice and differed.

    age: a small number that is there where the year of birth is missing; it makes the year.
    """

    name: str | None
    birth_year: int | None
    pin: str | None
    age: int | None = None

    @property
    def is_complete(self) -> bool:
        return not self.lacking

    @property
    def is_attempt(self) -> bool:
        """Return True if somebody seems to be joining by it, and did not just write something."""
        return (self.birth_year is not None and self.age is None) or self.pin is not None

    def says_adult(self, minimum: int) -> bool:
        """Return True if their own age makes them an adult."""
        return self.age is not None and self.age >= minimum

    @property
    def lacking(self) -> tuple[str, ...]:
        """Return what is missing: name, year, pin."""
        value_by_name = {"name": self.name, "year": self.birth_year, "pin": self.pin}
        return tuple(name for name, value in value_by_name.items() if value is None)


def read_details(text: str, *, this_year: int) -> Details:
    """Name, year of birth and PIN code from a text, in any order. A telephone number among them is passed over.

    The name is what is written first, or the only words there are. this_year: later years are no years of birth.
    """
    plain = words.plainly(text)
    years: set[int] = set()
    pins: set[str] = set()
    ages: set[int] = set()
    kept: list[str] = []
    end = 0
    years.update(int(date[1]) for date in _DATE.finditer(plain))
    plain = _DATE.sub("\x00", plain)
    for group in _groups(plain):
        kept += (plain[end : group[0].start()], "\x00")
        end = group[-1].end()
        for kind, digits in _parted([run[0] for run in group], this_year):
            if kind == "year":
                years.add(int(digits))
            elif kind == "pin":
                pins.add(digits)
            elif kind == "age":
                ages.add(int(digits))
    kept.append(plain[end:])
    year = years.pop() if len(years) == 1 else None
    if year is not None and not this_year - OLDEST <= year <= this_year:
        year = None
    said = birth_said(str(ages.pop()), year=this_year) if len(ages) == 1 and year is None else None
    return Details(
        name=_name("".join(kept)),
        birth_year=year if said is None else said.year,
        pin=pins.pop() if len(pins) == 1 else None,
        age=None if said is None else said.age,
    )


def _groups(plain: str) -> Iterator[list[re.Match[str]]]:
    """Yield runs of digits that are beside each other."""
    runs = list(_RUN.finditer(plain))
    if not runs:
        return
    group = [runs[0]]
    for run, other in pairwise(runs):
        if _BESIDE.fullmatch(plain, run.end(), other.start()) and len(group) < MOST_RUNS:
            group.append(other)
        else:
            yield group
            group = [other]
    yield group


def _parted(runs: list[str], this_year: int) -> list[tuple[str, str]]:
    """Yield runs of digits as numbers: year, pin, phone, age; other where they are none of these.

    The likeliest way.
    """
    if (
        runs and len(runs[0]) == 10 and runs[0][:2] in ("19", "20")
    ):  # the year and the PIN code without a space
        runs = [runs[0][:4], runs[0][4:], *runs[1:]]

    def ways(first: int) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """Yield every way to part the runs from here: how many were joined, and the numbers."""
        if first == len(runs):
            yield 0, []
        for n in range(1, len(runs) - first + 1):
            digits = "".join(runs[first : first + n])
            kind = _kind(digits, n, this_year) or ("other" if n == 1 else "")
            if kind:
                for joined, rest in ways(first + n):
                    yield joined + n - 1, [(kind, digits), *rest]

    def doubt(way: tuple[int, list[tuple[str, str]]]) -> tuple[int, int]:
        joined, numbers = way
        kinds = [kind for kind, _digits in numbers]
        twice = len(kinds) - len(set(kinds))
        return 10 * kinds.count("other") + joined + kinds.count("age") + 2 * twice, joined

    return min(ways(0), key=doubt)[1]


def _kind(digits: str, n: int, this_year: int) -> str:
    """Return the kind of a number of so many runs; "" for nothing."""
    if len(digits) == 4 and n == 1 and this_year - OLDEST <= int(digits) <= this_year:
        return "year"
    if len(digits) == 6 and digits[0] != "0":
        return "pin"
    if (len(digits) == 10 and digits[0] in "6789") or (len(digits) == 12 and digits.startswith("91")):
        return "phone"
    if len(digits) <= 3 and n == 1 and digits[0] != "0" and int(digits) <= OLDEST:
        return "age"
    return ""


def _name(text: str) -> str | None:
    """Return the words before the first number; where there are none, the only ones there are."""
    first, _number, others = text.partition("\x00")
    parts = _parts(first)[:1] or _parts(others)
    name = names.clean_name(parts[0]) if len(parts) == 1 else None
    return name if name is not None and sum(c.isalpha() for c in name) > 1 else None


def _parts(text: str) -> list[str]:
    return [words_ for part in _SEGMENT.split(text) if (words_ := _words(part))]


def _words(part: str) -> str:
    """Return a part of the text without labels, pictures and the words that lead to a name."""
    text = "".join(c if unicodedata.category(c)[0] != "S" else " " for c in part)
    found = [word for word in re.split(r"[\s\"“”()\[\]*#_]+", text) if word.strip(".-–—'")]
    found = [word for word in found if _key(word) not in _LABELS]
    while found and _key(found[0]) in _EDGES:
        del found[0]
    while found and _key(found[-1]) in _EDGES:
        del found[-1]
    return " ".join(found).strip(" -–—") if any(c.isalpha() for word in found for c in word) else ""


def _key(word: str) -> str:
    return word.strip(".-–—'").casefold().replace("\u0901", "\u0902")
