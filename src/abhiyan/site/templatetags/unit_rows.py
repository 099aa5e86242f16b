"""Rows of the list of a unit's children: written here, for a list has fifty of them and each has eight cells."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from abhiyan.programmes.queries import Child
from abhiyan.ui import numbers
from abhiyan.ui.ladder import Ladder
from abhiyan.ui.templatetags.look import mini

register = template.Library()


@register.simple_tag
def child_rows(
    children: Iterable[tuple[Child, Ladder, str, str]],
    first: int,
    h_target: Any,
    h_reported: Any,
    h_counted: Any,
    h_confirmed: Any,
    h_share: Any,
) -> SafeString:
    """One row for each child, with its ladder, address and name; the words over the columns name cells on a phone."""
    e = conditional_escape
    target, reported, counted, confirmed, share = map(
        e, (h_target, h_reported, h_counted, h_confirmed, h_share)
    )
    few = format_html('<span title="{}">&lt; 10</span>', _("fewer than 10: not shown from outside"))
    sample = format_html('<span class="ci">{}</span>', _("sample"))

    def figure(n: int | None) -> str:
        return few if n is None else numbers.grouped(n)

    rows = [
        f'<tr><td class="sn">{number}</td><th scope="row"><a href="{e(href)}">{e(name)}</a>'
        f'{sample if child.is_sample else ""}</th><td class="num" data-l="{target}">'
        f"{numbers.NONE if child.target is None else numbers.grouped(child.target)}</td>"
        f'<td class="num" data-l="{reported}">{figure(drawn.reported)}</td>'
        f'<td class="num" data-l="{counted}">{figure(drawn.counted)}{_unsigned(drawn)}</td>'
        f'<td class="num" data-l="{confirmed}">{figure(drawn.confirmed)}</td><td class="lad">{mini(drawn)}</td>'
        f'<td class="num pct" data-l="{share}">{e(_share(child, drawn))}</td></tr>\n'
        for number, (child, drawn, href, name) in enumerate(children, start=first)
    ]
    return mark_safe("".join(rows))  # noqa: S308  # every word is escaped


def _unsigned(drawn: Ladder) -> str:
    return f'<span class="ci">+ {numbers.grouped(drawn.unsigned)}</span>' if drawn.unsigned else ""


def _share(child: Child, drawn: Ladder) -> str:
    if child.target and drawn.counted is not None:
        return numbers.share(drawn.counted, child.target)
    return numbers.NONE
