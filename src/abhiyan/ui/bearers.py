"""Names of office-bearers: the one place where a page, a list or a file learns which of them it may show.

A page draws every name first and asks once, at its end. `{% bearer name account %}` draws a name; the base template
ends the page with `{% endbearers %}`. The name of somebody the reader leads opens their person sheet. A name that is
not free (`org.queries.names`) is left out, and one form on the page asks for the reason. A page that hands out work
says `handed=True`: the reader talks to this person now.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import local_person

REASON = "names_reason"  # the field of the form, and of the request that shows the names
NOT_SHOWN = _("Name not shown")
Drawn = Callable[[str], str]  # the HTML of a name, from the address of its sheet; "" draws the plain name
_PLACE = re.compile("\x02([0-9]+)\x03")  # where a name goes: its number on the page
_NOTE = "\x02note\x03"
_KEPT = "bearers_of_page"


@dataclass(frozen=True, slots=True)
class BearersSeen:
    """The answer about some accounts. sheets: account -> address of the person sheet, of those the reader leads.

    hidden: accounts whose names are left out. note: HTML that says so and asks for the reason.
    """

    sheets: Mapping[int, str] = field(default_factory=dict)
    hidden: Collection[int] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class BearerPlace:
    """A name of a page. hidden: its HTML where the name is left out. is_handed: the work of the day shows it."""

    account: int
    drawn: Drawn
    hidden: str
    is_handed: bool

    def html(self, seen: BearersSeen) -> str:
        """The name, or what takes its place."""
        if self.account in seen.hidden and not self.is_handed:
            return self.hidden
        return self.drawn(seen.sheets.get(self.account, ""))


# The accounts of a page, or None of a menu or file; and those whose names must be free, or have a reason.
AskSeen = Callable[[HttpRequest, Collection[int] | None, Collection[int]], BearersSeen]


def _nobody(_request: HttpRequest, _led: Collection[int] | None, _named: Collection[int]) -> BearersSeen:
    return BearersSeen()


_answer: AskSeen = _nobody


def answer_seen(ask: AskSeen) -> None:
    """Let a room above answer: it knows the line of command of the reader."""
    global _answer
    _answer = ask


def begin_names(request: HttpRequest) -> None:
    """From here on `place_bearer` keeps names until `settle_names`."""
    request.__dict__[_KEPT] = []


def place_bearer(
    request: HttpRequest | None,
    account: int | None,
    drawn: Drawn,
    *,
    hidden: str | None = None,
    is_handed: bool = False,
) -> SafeString:
    """A name, or its place until the page is settled. Outside of a page that settles it is drawn at once."""
    if request is None or not account:
        return mark_safe(drawn(""))  # noqa: S308  # drawn escapes what it is given
    hidden = format_html('<a class="muted" href="#names">{}</a>', NOT_SHOWN) if hidden is None else hidden
    name = BearerPlace(account, drawn, hidden, is_handed)
    names: list[BearerPlace] | None = request.__dict__.get(_KEPT)
    if names is None:
        return mark_safe(name.html(_seen(request, [name])))  # noqa: S308  # as above
    names.append(name)
    return mark_safe(f"\x02{len(names) - 1}\x03")  # noqa: S308  # a number


def left_out_note() -> SafeString:
    """Return the place of the page's note about the names it leaves out."""
    return mark_safe(_NOTE)  # noqa: S308  # a constant


def settle_names(request: HttpRequest, page: str) -> SafeString:
    """The page with every name in its place: one question, however many names there are."""
    names: list[BearerPlace] = request.__dict__.pop(_KEPT)
    seen = _seen(request, names)

    def name(found: re.Match[str]) -> str:
        number = int(found[1])
        return names[number].html(seen) if number < len(names) else ""  # else somebody typed it

    return mark_safe(_PLACE.sub(name, page).replace(_NOTE, seen.note))  # noqa: S308  # a rendered page


def names_left_out(request: HttpRequest, accounts: Collection[int]) -> Collection[int]:
    """Return those of these accounts whose names a menu or a file leaves out. With a reason they are counted."""
    return _answer(request, None, set(accounts)).hidden if accounts else ()


def shown_name(name: str, account: int, left_out: Collection[int]) -> str | Promise:
    """A name for a menu or a sentence, in the reader's script, or what takes its place."""
    return NOT_SHOWN if account in left_out else local_person(name)


def _seen(request: HttpRequest, names: Collection[BearerPlace]) -> BearersSeen:
    named = {name.account for name in names if not name.is_handed}
    return _answer(request, {name.account for name in names}, named)
