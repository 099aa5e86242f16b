"""Whole numbers as people here write them: 12,34,567."""

import re
from decimal import Decimal

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


# Separators where a language groups: 12,34,567 or 1,234,567, with spaces just so.
_GROUPED = re.compile(r"[-+]?(?:\d{1,3}(?:[, ]\d{3})+|\d{1,2}(?:[, ]\d{2})*[, ]\d{3})")
_SPACES = re.compile(r"\s+")  # no-break and thin ones too


class Misgrouped(ValueError):
    """A comma or space stands inside a number where no thousands or lakhs end: 12,5."""


def ungrouped(text: str) -> str:
    """A whole number as people type it, without its separators; other text as it is. Raises Misgrouped."""
    plain = _SPACES.sub(" ", text.strip()).replace(", ", ",")
    digits = plain.replace(",", "").replace(" ", "")
    if digits == plain or not digits.lstrip("+-").isdecimal():
        return plain
    if not _GROUPED.fullmatch(plain):
        raise Misgrouped(text)
    return digits
