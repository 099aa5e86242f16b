"""Names of office-bearers on a page. The name of somebody the reader leads opens their person sheet; others do not.

A page draws every name first and asks once, at its end, whose sheets the reader may open. `{% bearer name account %}`
draws a name; the base template ends the page with `{% endbearers %}`.
"""

import re
from collections.abc import Callable, Collection, Mapping

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Sheets = Mapping[int, str]  # account -> address of the person sheet, of those the reader leads
Drawn = Callable[[str], str]  # the HTML of a name, from the address of its sheet; "" draws the plain name
_answers: list[Callable[[HttpRequest, Collection[int]], Sheets]] = []
_PLACE = re.compile("\x02([0-9]+)\x03")  # where a name goes: its number on the page
_KEPT = "bearers_of_page"


def answer_sheets(ask: Callable[[HttpRequest, Collection[int]], Sheets]) -> None:
    """A room above says which of these accounts the reader of a request leads, and where their sheets are."""
    _answers[:] = [ask]


def begin(request: HttpRequest) -> None:
    """From here on `place` keeps names until `settle`."""
    request.__dict__[_KEPT] = []


def place(request: HttpRequest | None, account: int | None, drawn: Drawn) -> SafeString:
    """A name, or its place until the page is settled. Outside of a page that settles it is drawn at once."""
    if request is None or not account or not _answers:
        return mark_safe(drawn(""))  # noqa: S308  # drawn escapes what it is given
    names: list[tuple[int, Drawn]] | None = request.__dict__.get(_KEPT)
    if names is None:
        return mark_safe(drawn(_answers[0](request, {account}).get(account, "")))  # noqa: S308  # as above
    names.append((account, drawn))
    return mark_safe(f"\x02{len(names) - 1}\x03")  # noqa: S308  # a number


def settle(request: HttpRequest, page: str) -> SafeString:
    """The page with every name in its place: one question, however many names there are."""
    names: list[tuple[int, Drawn]] = request.__dict__.pop(_KEPT)
    sheets = _answers[0](request, {account for account, _drawn in names}) if names else {}

    def name(found: re.Match[str]) -> str:
        number = int(found[1])
        if number >= len(names):  # somebody typed it
            return ""
        account, drawn = names[number]
        return drawn(sheets.get(account, ""))

    return mark_safe(_PLACE.sub(name, page))  # noqa: S308  # a rendered page
