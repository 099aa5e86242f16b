"""A plan typed as level × number = total, checked: does it hold, and in which of two readings?

"65 constituencies × 5,000 = 325,000" holds as it stands. Somebody else writes "750 per segment", with 6.7 segments to a
constituency: then 750 is 5,025 per constituency and 326,625 in all, which is 325,000 as near as 6.7 can say, while
"5,000 per segment" would be 33,500 per constituency. A number with decimals was rounded: it stands for everything
between half of its last digit below and above, be it an average (6.7) or a total in lakhs (3.3 lakh: from 325,000 to
335,000). Whole numbers are exact. All arithmetic is decimal.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

NEAR_PCT = Decimal(1)
LARGEST = Decimal(10) ** 15
LONGEST = 300

Verdict = Literal["exact", "rounded", "near", "off"]
Per = Literal["level", "part"]

# Words for large numbers, as people type them.
_WORDS: dict[str, int] = {
    **dict.fromkeys(("thousand", "हज़ार", "हजार"), 10**3),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "लाख"), 10**5),
    **dict.fromkeys(("million", "millions"), 10**6),
    **dict.fromkeys(("crore", "crores", "cr", "करोड़", "करोड"), 10**7),
}
_TIMES = {unicodedata.normalize("NFC", word): times for word, times in _WORDS.items()}
_BETWEEN = re.compile(r"\s*[×✕✖*]\s*|\s+x\s+|(?<=\d)\s*x\s*(?=\d)|\s+गुणा\s+", re.IGNORECASE)
_TERM = re.compile(
    r"^\D{0,40}?(?<![-−])(?P<number>\d[\d,_ \u00a0\u202f]*(?:\.\d+)?)\s*(?P<words>.*)$", re.DOTALL
)
_NEGATIVE = re.compile(r"^\D{0,40}?(?:^|\s)[-−]\s?\d")  # "−65", "- 65"; no hyphen as in "sector-5"


class Unreadable(ValueError):
    """What was typed is no plan of this kind. code: too_long, no_equals, no_times, no_number,
    negative, too_large."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Term:
    """A number as typed, with the words after it: 65 "constituencies". half: of its last decimal, 0 when whole."""

    number: Decimal
    words: str = ""
    half: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Typed:
    """factors × ... = total."""

    factors: tuple[Term, ...]
    total: Term


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading comes to.

    per: whether the figure is for one unit of the level (a constituency) or for one of its parts (a segment).
    each_level: the figure for one unit of the level. product, low, high: the total it gives, and its bounds by the
    rounding of averages. difference: product less the total named. verdict: exact; rounded (the total lies within
    low..high); near (within one per cent); off.
    """

    per: Per
    each_level: Decimal
    product: Decimal
    low: Decimal
    high: Decimal
    difference: Decimal
    verdict: Verdict

    @property
    def fits(self) -> bool:
        return self.verdict != "off"


@dataclass(frozen=True, slots=True)
class Check:
    """A typed plan, checked. readings: for the level always, for its parts where their number is known.

    fits: the reading that fits, "both" or "neither"; of two that fit, an exact one before a rounded or near one.
    needed_level, needed_part: the figure that would fit, per unit of the level and per part; None where none does that
    could be typed.
    """

    readings: tuple[Reading, ...]
    fits: Literal["level", "part", "both", "neither"]
    needed_level: Decimal | None
    needed_part: Decimal | None


def read(text: str) -> Typed:
    """What somebody typed: "65 constituencies x 5,000 = 325,000", "६५ लोकसभा × 5,000 = 3.25 लाख". Raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable("too_long")
    plain = "".join(str(unicodedata.digit(c, c)) for c in unicodedata.normalize("NFC", text))
    left, equals, right = plain.partition("=")
    if not equals or "=" in right:
        raise Unreadable("no_equals")
    factors = tuple(_term(part) for part in _BETWEEN.split(left.strip()))
    if len(factors) < 2:
        raise Unreadable("no_times")
    return Typed(factors, _term(right))


def _term(text: str) -> Term:
    if _NEGATIVE.search(text):
        raise Unreadable("negative", text.strip())
    found = _TERM.match(text.strip())
    if not found:
        raise Unreadable("no_number", text.strip())
    digits = re.sub(r"[,_\s]", "", found["number"])
    if len(digits) > 20:
        raise Unreadable("too_large", digits)
    number = Decimal(digits)
    half = rounding(number)
    words = found["words"].split()
    if words and (times := _TIMES.get(words[0].lower().strip(".,"))):
        number, half, words = number * times, half * times, words[1:]
        number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number
    if number > LARGEST:
        raise Unreadable("too_large", digits)
    return Term(number, " ".join(words), half)


def rounding(number: Decimal) -> Decimal:
    """Half of the last decimal digit of an average; 0 for a whole number."""
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) and exponent < 0 else Decimal(0)


def checked(typed: Typed, parts: Decimal | None = None) -> Check:
    """Check what `read` gave: the last factor is what one unit is to bring, those before it, from the top, the units.

    parts: how many parts one unit has on average (6.7 segments); then the figure is read as per part too.
    """
    *units, each = typed.factors
    total = typed.total.number
    readings = [_reading("level", units, each, (), typed.total)]
    if parts is not None:
        inner = Term(parts, half=rounding(parts))
        readings.append(_reading("part", units, each, (inner,), typed.total))
    fitting = [reading for reading in readings if reading.fits]
    exact = [reading for reading in fitting if reading.verdict == "exact"] or fitting
    whole = _product(term.number for term in units)
    return Check(
        readings=tuple(readings),
        fits=exact[0].per if len(exact) == 1 else "both" if exact else "neither",
        needed_level=_needed(total, whole),
        needed_part=None if parts is None else _needed(total, whole * parts),
    )


def _needed(total: Decimal, times: Decimal) -> Decimal | None:
    found = total / times if times else None
    return None if found is None or found > LARGEST else found


def _reading(per: Per, units: Sequence[Term], each: Term, inner: Sequence[Term], total: Term) -> Reading:
    terms = [*units, *inner, each]
    product = _product(term.number for term in terms)
    low = _product(term.number - term.half for term in terms)
    high = _product(term.number + term.half for term in terms)
    difference = product - total.number
    verdict: Verdict
    if not difference:
        verdict = "exact"
    elif _overlap((low, high), (total.number - total.half, total.number + total.half)):
        verdict = "rounded"
    elif abs(difference) * 100 <= NEAR_PCT * total.number:
        verdict = "near"
    else:
        verdict = "off"
    each_level = _product(term.number for term in (*inner, each))
    return Reading(per, each_level, product, low, high, difference, verdict)


def _overlap(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    """Whether two spans, each with its lower end and without its upper one, share a number; a whole number is its own
    span."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    if low != high:
        return low < high
    return all(span[0] <= low < span[1] or span[0] == low == span[1] for span in (one, other))


def _product(numbers: Iterable[Decimal]) -> Decimal:
    found = Decimal(1)
    for number in numbers:
        found *= number
    return found
