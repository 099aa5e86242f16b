"""Whole numbers as people here write and say them: 12,34,567; 50 lakh; 35 करोड़."""

import re
import unicodedata
from decimal import Decimal

from abhiyan.core.letters import plain_digits

MINUS = "−"

Number = int | float | Decimal


def grouped(number: Number) -> str:
    """12,34,567: three digits, then two by two, in every language of this product."""
    whole = round(number)
    digits = str(abs(whole))
    head, tail = digits[:-3], digits[-3:]
    while len(head) > 2:
        head, tail = head[:-2], f"{head[-2:]},{tail}"
    return (MINUS if whole < 0 else "") + (f"{head},{tail}" if head else tail)


def grouped_to(n: int, most: int) -> str:
    """A number that was counted up to a limit: from there on with a plus, 1,000+."""
    return f"{grouped(most)}+" if n >= most else grouped(n)


# Separators where a language groups: 12,34,567 or 1,234,567, with spaces just so.
_GROUPED = re.compile(r"[-+]?(?:\d{1,3}(?:[, ]\d{3})+|\d{1,2}(?:[, ]\d{2})*[, ]\d{3})")
_SPACES = re.compile(r"\s+")  # no-break and thin ones too


LONGEST = 60  # letters of a number with words
_LONGEST_DIGITS = 19
LARGEST_ID = 2**63 - 1


def whole_number(text: str, *, most: int) -> int | None:
    """The number of a text that is digits alone, of any script; None for other text, and above `most`."""
    plain = plain_digits(text.strip())
    if not (plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_DIGITS):
        return None
    return n if (n := int(plain)) <= most else None


class Misgrouped(ValueError):
    """A comma or space stands inside a number where no thousands or lakhs end: 12,5."""


# Words for large numbers, as people type them. A phone has the same list (`ui/static/ui/checks.js`).
_WORDS: dict[str, int] = {
    **dict.fromkeys(("thousand", "k", "हज़ार", "हजार"), 10**3),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "l", "लाख"), 10**5),
    **dict.fromkeys(("million", "millions"), 10**6),
    **dict.fromkeys(("crore", "crores", "cr", "करोड़", "करोड"), 10**7),
    **dict.fromkeys(("billion", "billions", "अरब"), 10**9),
}
TIMES = {unicodedata.normalize("NFC", word): times for word, times in _WORDS.items()}
# "3 लाख", "1.5 lakh", "2cr."; several one after the other, the larger word first: "3 lakh 25 thousand".
_PART = re.compile(r"(\d[\d,]*)(?:\.(\d+))? ?([^\d\s.,+-]*)\.?")


def amount(text: str) -> int | None:
    """The whole number of a text with words such as lakh and crore: "1.5 lakh" is 150000. None where it is none.

    Digits of any script. "3 lakh 25 thousand" is 325000. Raises Misgrouped, as `ungrouped`.
    """
    if not any(map(str.isalpha, text)):
        return None
    plain = _spelled(text)
    sign, plain = (-1, plain[1:]) if plain.startswith("-") else (1, plain.removeprefix("+"))
    whole, above, place, has_word = 0, 0, 0, False
    while place < len(plain):
        part = _PART.match(plain, place)
        times = TIMES.get(part[3].lower(), 0) if part and part[3] else 1
        if part is None or not times or (above and times >= above):
            return None
        n, rest = divmod(int(_bare(part[1]) + (part[2] or "")) * times, 10 ** len(part[2] or ""))
        if rest or (above and n >= above):
            return None
        whole, above, has_word = whole + n, times, has_word or times > 1
        place = part.end() + (plain[part.end() : part.end() + 1] == " ")
    return sign * whole if has_word else None


def _spelled(text: str) -> str:
    """A text with plain spaces and digits."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", text).strip()).replace(", ", ",")
    return plain_digits(plain)


def ungrouped(text: str) -> str:
    """A whole number as people type it, in digits alone: "12,34,567", "50 lakh". Other text as it is.

    Raises Misgrouped.
    """
    plain = _SPACES.sub(" ", plain_digits(text).strip()).replace(", ", ",")
    if len(plain) <= LONGEST and (number := amount(plain)) is not None:
        return str(number)
    return _bare(plain)


def _bare(plain: str) -> str:
    """A number without its separators; other text as it is. Raises Misgrouped."""
    digits = plain.replace(",", "").replace(" ", "")
    if digits == plain or not digits.lstrip("+-").isdecimal():
        return plain
    if not _GROUPED.fullmatch(plain):
        raise Misgrouped(plain)
    return digits
