"""Numbers as people here write them: 12,34,567; 12.3 lakh; 1.2 crore."""

from decimal import Decimal

from django.utils.translation import gettext as _

from abhiyan.core.numbers import MINUS, Number, grouped, grouped_to

__all__ = ["CRORE", "LAKH", "MINUS", "NONE", "Number", "grouped", "grouped_to", "of_100", "share", "short"]

LAKH = 100_000
CRORE = 10_000_000
NONE = "–"


def short(number: Number) -> str:
    """12.3 lakh, 4 crore: one decimal at most. Below a lakh the whole number."""
    size = abs(round(number))
    if size < LAKH:
        return grouped(number)
    # Asked after rounding: 99,99,999 is 1 crore, never 100 lakh.
    tenths = round(size * 10 / LAKH)
    words = _("%(number)s lakh")
    if tenths >= 10 * CRORE // LAKH:
        tenths = round(size * 10 / CRORE)
        words = _("%(number)s crore")
    whole, tenth = divmod(tenths, 10)
    text = grouped(whole) + (f".{tenth}" if tenth else "")
    return words % {"number": (MINUS if number < 0 else "") + text}


def of_100(share: float) -> int:
    """A share from 0 to 1 as a whole number of 100. Every page rounds an estimate by this function."""
    return round(100 * share)


def share(part: Number | None, whole: Number | None) -> str:
    """43%; never 0% for something nor 100% for less than all; a dash where there is nothing to share."""
    if part is None or not whole:
        return NONE
    exact = float(Decimal(part) / Decimal(whole) * 100)
    rounded = round(exact)
    if exact > 0 and rounded == 0:
        return "<1%"
    if exact < 100 and rounded == 100:
        return ">99%"
    return f"{grouped(rounded)}%"
