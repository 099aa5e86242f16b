"""How figures of results are written."""

from django import template

from abhiyan.ui import numbers

register = template.Library()


@register.filter
def pct(value: float | None, places: int = 2) -> str:
    """51.34%; a dash where it is not known."""
    return numbers.NONE if value is None else f"{value:.{places}f}%"


@register.filter
def points(value: float | None) -> str:
    """+3.2 or −1.1: points of share gained or lost."""
    if value is None:
        return numbers.NONE
    rounded = round(value, 1)
    sign = "+" if rounded > 0 else numbers.MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


@register.filter
def signed(value: int | None) -> str:
    """A difference of votes, with its sign."""
    if value is None:
        return numbers.NONE
    return f"+{numbers.grouped(value)}" if value > 0 else numbers.grouped(value)


@register.filter
def rounded(value: float | None, places: int = 2) -> str:
    """A rate as 3.25; a dash where it is not known."""
    return numbers.NONE if value is None else f"{value:.{places}f}"
