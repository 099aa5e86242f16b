"""The list of a unit's children: written here, for it has fifty rows, and each has eight cells."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from abhiyan.core import words
from abhiyan.programmes.queries import Child
from abhiyan.ui import numbers
from abhiyan.ui.ladder import Ladder, checks_title
from abhiyan.ui.lists import drawn as drawn_table
from abhiyan.ui.templatetags.look import sort_header
from abhiyan.ui.templatetags.pictures import estimate, mini

register = template.Library()


@register.simple_tag(takes_context=True)
def child_table(
    context: Context,
    children: Iterable[tuple[Child, Ladder, str, str, str]],
    first: int,
    whole: str,
    total: Ladder,
) -> SafeString:
    """The children with their ladders, each led to by its name, and by whom it is led; below them the whole unit's own
    figures. first: the number of the first of them."""
    e = conditional_escape
    figures = {
        "target": _("Target"),
        "reported": _("Reported"),
        "counted": _("Counted"),
        "confirmed": _("Confirmed"),
    }
    titles = [*map(e, (*figures.values(), _("% of target")))]
    children = list(children)
    has_before = any(drawn.before for _child, drawn, *_more in children)
    checks = conditional_escape(str(checks_title(drawn for _child, drawn, *_more in children)))
    are_grades = not any(drawn.estimate is not None for _child, drawn, *_more in children)
    heads = [
        sort_header(context, "name", _("Unit")),
        *(sort_header(context, key, title, num=True, css="wide") for key, title in figures.items()),
        format_html('<th scope="col">{}</th>', _("Against due by today")),
        sort_header(context, "share", _("% of target"), css="num"),
    ]
    if checks:
        heads.append(format_html('<th scope="col" class="num">{}</th>', checks))
    if has_before:
        heads.append(format_html('<th scope="col" class="num">{}</th>', _("% of the earlier drive")))

    def more(drawn: Ladder) -> str:
        return (_of_checks(drawn, checks, are_grades=are_grades) if checks else "") + (
            _of_before(drawn) if has_before else ""
        )

    sample = format_html('<span class="ci">{}</span>', _("sample"))
    closed = format_html('<span class="ci">{}</span>', _("closed"))
    vacant = e(_("nobody leads it"))
    rows = (
        (
            "",
            (
                f'<th scope="row"><a href="{e(href)}">{e(name)}</a>'
                f"{sample if child.is_sample else ''}{closed if child.is_closed else ''}"
                f'<span class="of">{e(words.person(leader)) if leader else vacant}</span></th>'
                f"{_figures(drawn, titles, mini(drawn))}{more(drawn)}"
            ),
        )
        for child, drawn, href, name, leader in children
    )
    sums = _figures(total, titles, "") + more(total)
    foot = f'<tfoot><tr><td class="sn"></td><th scope="row">{e(whole)}</th>{sums}</tr></tfoot>'
    return drawn_table(
        _("Units below, with their ladders"), heads, rows, first=first, foot=foot, css="tbl cards brief"
    )


def _figures(drawn: Ladder, heads: Iterable[str], ladder: str) -> str:
    """The cells of a row, past the name."""
    few = format_html('<span title="{}">&lt; 10</span>', _("fewer than 10: shown only to the unit itself"))

    def figure(n: int | None) -> str:
        return few if n is None else numbers.grouped(n)

    target, reported, counted, confirmed, share = heads
    return (
        f'<td class="num" data-l="{target}">'
        f"{numbers.NONE if drawn.target is None else numbers.grouped(drawn.target)}</td>"
        f'<td class="num" data-l="{reported}">{figure(drawn.reported)}</td>'
        f'<td class="num" data-l="{counted}">{figure(drawn.counted)}{_unsigned(drawn)}</td>'
        f'<td class="num" data-l="{confirmed}">{figure(drawn.confirmed)}</td><td class="lad">{ladder}</td>'
        f'<td class="num pct" data-l="{share}">{conditional_escape(_share(drawn))}</td>'
    )


def _of_checks(drawn: Ladder, title: str, *, are_grades: bool) -> str:
    # A unit among grades that has an estimate is the whole: its number stands on the ladder above.
    shown = "" if are_grades and drawn.estimate is not None else estimate(drawn)
    return f'<td class="num" data-l="{title}">{shown}</td>'


def _of_before(drawn: Ladder) -> str:
    before, known = drawn.before, numbers.NONE
    if before is not None and before.n and drawn.counted is not None:
        known = numbers.share(drawn.counted, before.n)
    label = conditional_escape(_("% of the earlier drive"))
    return f'<td class="num" data-l="{label}">{conditional_escape(known)}</td>'


def _unsigned(drawn: Ladder) -> str:
    return f'<span class="ci">+ {numbers.grouped(drawn.unsigned)}</span>' if drawn.unsigned else ""


def _share(drawn: Ladder) -> str:
    if drawn.target and drawn.counted is not None:
        return numbers.share(drawn.counted, drawn.target)
    return numbers.NONE
