"""A plan as somebody typed it, checked: a multiplication, a division or a share. Does it hold, and in which reading?

"65 constituencies × 5,000 = 325,000" holds as it stands. Somebody else writes "750 per segment", with 6.7 segments to a
constituency. Then 750 is 5,025 per constituency and 326,625 in all, which is 325,000 as near as 6.7 can say. But "5,000
per segment" would be 33,500 per constituency. A number with decimals was rounded. It covers everything between half of
its last digit below and above. It may be an average (6.7) or a total in lakhs (3.3 lakh: from 325,000 to 335,000).
Whole numbers are exact, but where a division or a share came to them: nobody writes 24 lakh ÷ 403 with decimals. All
arithmetic is decimal.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from abhiyan.core.letters import plain_digits
from abhiyan.core.numbers import TIMES

NEAR_PCT = Decimal(1)
LARGEST = Decimal(10) ** 15
LONGEST = 300

Kind = Literal["times", "divided", "share"]
Verdict = Literal["exact", "rounded", "near", "off"]
Per = Literal["level", "part"]


def _one_of(*words: str) -> str:
    """A pattern of whole words; `\\b` would end a Hindi word before its last vowel sign."""
    word_pattern = "|".join(unicodedata.normalize("NFC", word) for word in words)
    return rf"(?<![^\s,;:(])(?:{word_pattern})(?![^\s,;:.)])"


# Digits with commas, or with spaces where they group as people group: 3,25,000; 325 000.
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{2,3})*[ \u00a0\u202f]\d{3}(?!\d)|\d+(?:[,_]\d+)*)(?:\.\d+)?"
_TERM = re.compile(rf"^\D{{0,40}}?(?<![-−])(?P<number>{_NUMBER})\s*(?P<words>.*)$", re.DOTALL)
_NEGATIVE = re.compile(r"(?:^|[\s=≈×✕✖*÷/])[-−]\s?\d")  # "−65", "- 65"; no hyphen as in "sector-5"
_EQUALS = re.compile(r"[=≈]")
_SAYS = re.compile(
    _one_of(
        "is",
        "are",
        "equals?",
        "makes?",
        "gives?",
        "comes to",
        "totall?ing",
        "यानी",
        "यानि",
        "अर्थात्?",
        "बराबर",
    ),
    re.IGNORECASE,
)
_TOTAL = re.compile(_one_of("total", "in all", "altogether", "कुल", "मिलाकर"), re.IGNORECASE)
_ASKED = re.compile(r"[\s.?…]*")
_TIMES_SIGN = re.compile(r"\s*[×✕✖*]\s*|\s+x\s+|(?<=\d)\s*x\s*(?=\d)|\s+गुणा\s+", re.IGNORECASE)
# भाग and बाँट divide in "403 से भाग", "भाग दें", "24 लाख … 403 सीटों में बाँटें"; "हर भाग में" is each part, "750 पर्चे
# बाँटें" hands them out, "से भाग लेने वाले" take part.
_DIVIDES = re.compile(
    r"÷|/(?=\s*\d)|"
    + _one_of("divided", "बटा", "विभाजित", r"से\s+भाग(?!\s+ल)", r"भाग\s+(?:दें|दे|दिया|देने|देकर|करें|करने|करके)")
    + r"|(?<=\d)(?!\d).*\d\S*(?:\s+(?!हर\s|प्रति\s|प्रत्येक\s)[^\s,;:]+){0,2}?\s+(?:से|में)\s+(?:बाँट|बांट)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    rf"(?:[×*]\s*)?(?P<number>{_NUMBER})\s*(?:%|per\s?cent|प्रतिशत|फ़ीसदी|फीसदी)(?:\s*[×*])?", re.IGNORECASE
)
_CLAUSES = re.compile(r"[,;:।](?=\s|$)|\s[–—]\s|\n|\s+(?=" + _TOTAL.pattern + ")", re.IGNORECASE)
_EACH = re.compile("@|" + _one_of("each", "apiece", "per", "every", "प्रति", "हर", "प्रत्येक"), re.IGNORECASE)


class UnreadablePlan(ValueError):
    """The typed text is no plan of this kind. code: too_long, no_equals, no_times, no_number, mixed,
    by_zero, negative, too_large."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class TypedTerm:
    """A number as typed, with the words after it: 65 "constituencies". half: of its last decimal, 0 when exact."""

    number: Decimal
    words: str = ""
    half: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TypedPlan:
    """times: factors × ... = total. divided: the first ÷ the others = total. share: a share (0.51) of a whole = total.

    total: None where somebody asks for it: "51% of 8.79 crore = ?".
    """

    factors: tuple[TypedTerm, ...]
    total: TypedTerm | None
    kind: Kind = "times"

    @property
    def comes_to(self) -> Decimal:
        """Return the value of the left side, whatever total was named."""
        first, *others = (term.number for term in self.factors)
        return first / _product(others) if self.kind == "divided" else _product((first, *others))


def read_plan(text: str) -> TypedPlan:
    """Read a sum that somebody typed in English or Hindi, with either's digits. Raises UnreadablePlan.

    "65 constituencies x 5,000 = 325,000", "६५ लोकसभा, हर एक में 750, कुल 3.25 लाख", "24 lakh ÷ 403 = 5955", "51% of 8.79
    crore = ?". Without a sign between them, each part between commas gives its first number; without "=", the part that
    says "total" is the total, else the last.
    """
    if len(text) > LONGEST:
        raise UnreadablePlan("too_long")
    plain = plain_digits(unicodedata.normalize("NFC", text))
    if _NEGATIVE.search(plain):
        raise UnreadablePlan("negative")
    left, right = _sides(plain)
    kind: Kind = "share" if _SHARE.search(left) else "divided" if _DIVIDES.search(left) else "times"
    factors = _factors(left, kind)
    total = None if _ASKED.fullmatch(right) else _term(right, is_rounded=kind != "times")
    if kind == "divided" and not all(term.number for term in factors[1:]):
        raise UnreadablePlan("by_zero")
    typed = TypedPlan(factors, total, kind)
    if kind == "divided" and typed.comes_to > LARGEST:
        raise UnreadablePlan("too_large")
    return typed


def _sides(text: str) -> tuple[str, str]:
    """Split the text into the calculation and its stated result."""
    sides = _EQUALS.split(text)
    if len(sides) == 1 and (marks := list(_SAYS.finditer(text))):
        last = marks[-1]
        sides = [text[: last.start()], text[last.end() :]]
        sides = sides if len(_numbers(sides[1])) == 1 else [text]
    if len(sides) == 2:
        left, right = sides
        is_turned = len(_numbers(left)) == 1 and len(_numbers(right)) > 1 and not _DIVIDES.search(left)
        return (right, left) if is_turned else (left, right)
    clauses = [clause for clause in _CLAUSES.split(text) if _numbers(clause)]
    if len(sides) > 2 or len(clauses) < 2:
        raise UnreadablePlan("no_equals")
    total = clauses.pop(_place_of_total(clauses))
    return ", ".join(clauses), total


def _place_of_total(clauses: Sequence[str]) -> int:
    """Return the place of the total's clause: the last, unless only another one says so and is the largest number of
    all."""
    last = len(clauses) - 1
    named = [place for place, clause in enumerate(clauses) if _TOTAL.search(clause)]
    if not named or last in named:
        return last
    largest = max(range(len(clauses)), key=lambda place: _term(clauses[place]).number)
    return largest if largest in named else last


def _numbers(text: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"(?<![\w-]){_NUMBER}", text))


def _factors(text: str, kind: Kind) -> tuple[TypedTerm, ...]:
    if kind == "share":
        share = _SHARE.search(text)
        assert share is not None
        whole = text[: share.start()] + " " + text[share.end() :]
        if _SHARE.search(whole) or _TIMES_SIGN.search(whole.strip()) or _DIVIDES.search(whole):
            raise UnreadablePlan("mixed")
        if not _numbers(whole):
            raise UnreadablePlan("no_number", whole.strip())
        part = _term(share["number"])
        return (TypedTerm(part.number / 100, "", part.half / 100), _term(whole))
    signs = _TIMES_SIGN.split(text.strip())
    if kind == "divided":
        if len(signs) > 1:
            raise UnreadablePlan("mixed")
        operands = _each_number(text)
    elif len(signs) > 1:
        operands = signs
    else:
        operands = [clause for clause in _CLAUSES.split(text) if _numbers(clause)]
        if len(operands) == 1 and _EACH.search(text):
            operands = _each_number(text)
    if len(operands) < 2:
        raise UnreadablePlan("no_times")
    return tuple(map(_term, operands))


def _each_number(text: str) -> list[str]:
    """A text cut before each of its numbers but the first."""
    starts = [number_match.start() for number_match in _numbers(text)][1:]
    return [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]


def _term(text: str, *, is_rounded: bool = False) -> TypedTerm:
    """Read a number and its words. is_rounded: a whole number too covers everything that rounds to it."""
    term_match = _TERM.match(text.strip())
    if not term_match:
        raise UnreadablePlan("no_number", text.strip())
    digits = re.sub(r"[,_\s]", "", term_match["number"])
    if len(digits) > 20:
        raise UnreadablePlan("too_large", digits)
    number = Decimal(digits)
    half = rounding(number) or (Decimal("0.5") if is_rounded else Decimal(0))
    words = term_match["words"].split()
    if words and (times := TIMES.get(words[0].lower().strip(".,;।"))):
        number, half, words = number * times, half * times, words[1:]
        number = number.quantize(Decimal(1)) if number == number.to_integral_value() else number
    if number > LARGEST:
        raise UnreadablePlan("too_large", digits)
    return TypedTerm(number, " ".join(words), half)


def rounding(number: Decimal) -> Decimal:
    """Half of the last decimal digit of an average; 0 for a whole number."""
    exponent = number.as_tuple().exponent
    return Decimal(5).scaleb(exponent - 1) if isinstance(exponent, int) and exponent < 0 else Decimal(0)


@dataclass(frozen=True, slots=True)
class PlanReading:
    """One reading comes to this.

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
class PlanCheck:
    """A typed plan, checked. readings: for the level always, for its parts where their number is known.

    fits: the reading that fits, "both" or "neither"; of two that fit, an exact one before a rounded or near one.
    needed_level, needed_part: the figure that would fit, per unit of the level and per part; None where none does that
    could be typed.
    """

    readings: tuple[PlanReading, ...]
    fits: Literal["level", "part", "both", "neither"]
    needed_level: Decimal | None
    needed_part: Decimal | None


def checked(typed: TypedPlan, parts: Decimal | None = None) -> PlanCheck:
    """Check what `read_plan` gave, where it names a total. The last factor is the number each unit is to bring; the
    factors before it, from the top, are the units. A division is checked as units × its result = what was divided.

    parts: how many parts one unit has on average (6.7 segments); then the figure is read as per part too, but of a
    share.
    """
    assert typed.total is not None, "nothing was said to come out"
    if typed.kind == "divided":
        total, *units = typed.factors
        typed_term = typed.total
    else:
        *units, typed_term = typed.factors
        total = typed.total
    if typed.kind == "share":
        parts = None
    readings = [_reading("level", units, typed_term, (), total)]
    if parts is not None:
        inner = TypedTerm(parts, half=rounding(parts))
        readings.append(_reading("part", units, typed_term, (inner,), total))
    fitting = [reading for reading in readings if reading.fits]
    exact = [reading for reading in fitting if reading.verdict == "exact"] or fitting
    whole = _product(term.number for term in units)
    return PlanCheck(
        readings=tuple(readings),
        fits=exact[0].per if len(exact) == 1 else "both" if exact else "neither",
        needed_level=_needed(total.number, whole),
        needed_part=None if parts is None else _needed(total.number, whole * parts),
    )


def _needed(total: Decimal, times: Decimal) -> Decimal | None:
    factor = total / times if times else None
    return None if factor is None or factor > LARGEST else factor


def _reading(
    per: Per, units: Sequence[TypedTerm], typed_term: TypedTerm, inner: Sequence[TypedTerm], total: TypedTerm
) -> PlanReading:
    terms = [*units, *inner, typed_term]
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
    each_level = _product(term.number for term in (*inner, typed_term))
    return PlanReading(per, each_level, product, low, high, difference, verdict)


def _overlap(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> bool:
    """Return whether two spans, each with its ends, share a number. People round a half up or to the even number."""
    return max(one[0], other[0]) <= min(one[1], other[1])


def _product(numbers: Iterable[Decimal]) -> Decimal:
    product = Decimal(1)
    for number in numbers:
        product *= number
    return product
