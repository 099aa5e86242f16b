"""How figures of results are written."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext, pgettext_lazy

from abhiyan.elections import reference
from abhiyan.ui import numbers
from abhiyan.ui.navigation import MenuPart

register = template.Library()
KNOWN = (int, float, Decimal)  # templates hand on an empty text where there is nothing to have a figure
RESERVED = {
    "SC": pgettext_lazy("reservation of a seat", "SC"),
    "ST": pgettext_lazy("reservation of a seat", "ST"),
    "BL": pgettext_lazy("reservation of a seat", "Bhutia and Lepcha"),
    "SANGHA": pgettext_lazy("reservation of a seat", "Sangha"),
}


@register.filter
def origin(text: str) -> str:
    """Return the origin of a file, as its bringer says; for the packaged files in the reader's language."""
    return gettext(text) if text == reference.PACKAGED_ORIGIN else text


@register.filter
def pct(value: float | str | None, places: int = 2) -> str:
    """51.34%; a dash where it is not known, or there is nothing that has it."""
    return f"{value:.{places}f}%" if isinstance(value, KNOWN) else numbers.NONE


@register.filter
def points(value: float | str | None) -> str:
    """+3.2 or −1.1: points of share gained or lost."""
    if not isinstance(value, KNOWN):
        return numbers.NONE
    rounded = round(value, 1)
    sign = "+" if rounded > 0 else numbers.MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


@register.filter
def signed(value: int | str | None) -> str:
    """A difference of votes, with its sign."""
    if not isinstance(value, int):
        return numbers.NONE
    return f"+{numbers.grouped(value)}" if value > 0 else numbers.grouped(value)


@register.filter
def rounded(value: float | str | None, places: int = 2) -> str:
    """A rate as 3.25; a dash where it is not known."""
    return f"{value:.{places}f}" if isinstance(value, KNOWN) else numbers.NONE


@register.filter
def beside(name: str, what: str) -> str:
    """The head of a column of several alike: "BJP alone: Votes planned"."""
    return f"{name}: {what}"


@register.filter
def leading_to(nav: list[MenuPart] | None, key: str) -> str:
    """Return the address of an entry of the main menu; empty for a viewer who does not have it."""
    return next((link.href for part in nav or [] for link in part.links if link.key == key), "")


@register.filter
def reserved(code: str) -> str:
    """Return the group a seat is reserved for; nothing where it is for everybody."""
    return str(RESERVED.get(code, "" if code == "GEN" else code))
