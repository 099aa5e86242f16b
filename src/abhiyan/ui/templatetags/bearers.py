"""The names of office-bearers, as `abhiyan.ui.bearers` says. Builtin, as `look` is."""

from typing import Any

from django import template
from django.template import Context
from django.template.base import Node, NodeList, Parser, Token
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from abhiyan.ui import bearers
from abhiyan.ui.numbers import NONE

from . import look

register = template.Library()


@register.simple_tag(takes_context=True)
def bearer(
    context: Context,
    name: Any,
    account: int | None = None,
    *,
    href: str = "",
    act: str = "",
    none: str = NONE,
    handed: bool = False,
    plain: bool = False,
) -> SafeString:
    """The name of an office-bearer. It opens their person sheet where the reader leads them: call, task, record.

    account: their account's id. href: where the name leads otherwise. act: a button with these words instead of the
    name; nothing where the reader does not lead them. none: what is said where there is no name. handed: the day's
    work shows this name to every reader of the page. plain: it opens nothing. Every other name that is not free is left
    out (`abhiyan.ui.bearers`).
    """
    name_html = conditional_escape(look.person(name) or none)
    hidden = "" if act else None
    if href and not act:
        hidden = format_html('<a class="muted" href="{}">{}</a>', href, bearers.NOT_SHOWN)

    def drawn(sheet: str) -> str:
        if act:
            opens = '<a class="button secondary" href="{}" data-sheet>{}{}</a>'
            return format_html(opens, sheet, look.icon("phone"), act) if sheet else ""
        if sheet and not plain:
            opens = '<a class="bearer" href="{}" data-sheet>{}{}</a>'
            return format_html(opens, sheet, name_html, look.icon("phone"))
        return format_html('<a href="{}">{}</a>', href, name_html) if href else name_html

    return bearers.place_bearer(
        context.get("request"), account, drawn, hidden=hidden, is_handed=handed or not name
    )


@register.simple_tag(takes_context=True)
def avatar(context: Context, name: Any, account: int | None) -> SafeString:
    """The initials of an office-bearer in a circle, where the page shows the name."""

    def drawn(text: str) -> str:
        return format_html('<span class="avatar" aria-hidden="true">{}</span>', text)

    initials = look.initials(look.person(name))
    return bearers.place_bearer(
        context.get("request"), account, lambda _sheet: drawn(initials), hidden=drawn(NONE)
    )


@register.simple_tag
def names_note() -> SafeString:
    """The place where the page says how many names it leaves out and asks for the reason."""
    return bearers.left_out_note()


class Settled(Node):
    """The node of `bearers`."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        if request is None:
            return self.nodelist.render(context)
        bearers.begin_names(request)
        return bearers.settle_names(request, self.nodelist.render(context))


@register.tag(name="bearers")
def settled(parser: Parser, token: Token) -> Settled:  # noqa: ARG001  # Django hands it over
    """The page whose names of office-bearers are settled together, as `abhiyan.ui.bearers` says."""
    nodelist = parser.parse(("endbearers",))
    parser.delete_first_token()
    return Settled(nodelist)
