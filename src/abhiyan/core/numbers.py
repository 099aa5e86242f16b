"""Whole numbers as people here write them: 12,34,567."""

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
