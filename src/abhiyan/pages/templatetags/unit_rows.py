"""The list of a unit's children: written here, for it has fifty rows, and each has eight cells."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from abhiyan.org.queries import Leader
from abhiyan.programmes.queries import Child, VoteBeside, VotesOfUnits
from abhiyan.ui import numbers
from abhiyan.ui.drawing import draw_once, escaped
from abhiyan.ui.ladder import LadderShown, checks_title
from abhiyan.ui.lists import draw_table as drawn_table
from abhiyan.ui.templatetags.bearers import bearer
from abhiyan.ui.templatetags.look import sort_header
from abhiyan.ui.templatetags.pictures import estimate, mini

register = template.Library()


@register.simple_tag(takes_context=True)
def child_table(
    context: Context,
    children: Iterable[tuple[Child, LadderShown, str, str, Leader | None]],
    first: int,
    whole: str,
    total: LadderShown | None,
    votes: VotesOfUnits,
) -> SafeString:
    """Draw the children with their ladders, links and leaders; below them the whole unit's own figures.

    first: the number of the first of them. total: the unit's own; None where the rows are not all of it. votes: of the
    last election; nameless where none are shown. Without `sorting` in the context the heads are words alone.
    """
    e = escaped
    children = list(children)
    has_before = any(drawn.before for _child, drawn, *_more in children)
    checks = str(checks_title(drawn for _child, drawn, *_more in children))
    are_grades = not any(drawn.estimate is not None for _child, drawn, *_more in children)

    def head(key: str, title: str, css: str = "", *, num: bool = False) -> SafeString:
        if "sorting" in context:
            return sort_header(context, key, title, num=num, css=css)
        return format_html('<th scope="col" class="{}">{}</th>', f"num {css}" if num else css, title)

    heads = [
        head("name", _("Unit")),
        *(head(key, title, "wide", num=True) for key, title in _titles()),
        head("behind", _("Against due by today"), "wraps"),
        head("share", _("% of target"), "num"),
    ]
    last = filter(None, (checks, _("% of the earlier drive") if has_before else ""))
    heads += [format_html('<th scope="col" class="num wraps">{}</th>', title) for title in last]
    if votes.name:
        heads.append(format_html('<th scope="col" class="num wraps">{}</th>', _("Votes last time")))

    def figures(drawn: LadderShown, ladder: str) -> SafeString:
        before = drawn.before.n if drawn.before else None
        is_whole = are_grades and drawn.estimate is not None  # a unit among grades: its number is above
        checked = "" if is_whole else estimate(drawn)
        rungs = (drawn.target, drawn.reported, drawn.counted, drawn.unsigned, drawn.confirmed)
        return _figures(rungs, ladder, checks, checked, has_before, before, drawn.behind)

    sample = format_html('<span class="ci">{}</span>', _("sample"))
    closed = format_html('<span class="ci">{}</span>', _("closed"))
    vacant = e(_("nobody leads it"))
    rows = (
        (
            "",
            (
                f'<th scope="row"><a href="{e(href)}">{e(name)}</a>'
                f"{sample if child.is_sample else ''}{closed if child.is_closed else ''}"
                f'<span class="of">{bearer(context, leader.name, leader.account_id) if leader else vacant}</span>'
                f"{_ahead(votes.beside(child))}</th>"
                f"{figures(drawn, mini(drawn))}"
                f"{_votes(votes.beside(child)) if votes.name else ''}"
            ),
        )
        for child, drawn, href, name, leader in children
    )
    rest = "<td></td>" if votes.name else ""
    foot = ""
    if total is not None:
        cells = f'<td class="sn"></td><th scope="row">{e(whole)}</th>{figures(total, "")}{rest}'
        foot = f"<tfoot><tr>{cells}</tr></tfoot>"
    return drawn_table(
        _("Units below, with their figures"), heads, rows, first=first, foot=foot, css="tbl cards brief"
    )


def _ahead(beside: VoteBeside) -> str:
    return f'<span class="ci">{escaped(beside.ahead)}</span>' if beside.ahead else ""


def _votes(beside: VoteBeside) -> str:
    """Return the cell of a unit's last votes and its electors; on a phone it is under the name."""
    title, n = escaped(_("Votes last time")), beside.electors
    of_electors = _("of %(n)s electors") % {"n": numbers.grouped(n)} if n else ""
    polled = numbers.grouped(beside.vote.polled) if beside.vote else numbers.NONE
    return (
        f'<td class="num under" data-l="{title}">{polled}<span class="ci">{escaped(of_electors)}</span></td>'
    )


def _titles() -> list[tuple[str, str]]:
    return [
        ("target", _("Target")),
        ("reported", _("Reported")),
        ("counted", _("Counted")),
        ("confirmed", _("Confirmed")),
    ]


@draw_once
def _figures(
    rungs: tuple[int | None, ...],
    ladder: str,
    checks: str,
    checked: str,
    has_before: bool,
    before: int | None,
    behind: int,
) -> SafeString:
    """Return the cells of a row, past the name.

    rungs: target, reported, counted, unsigned, confirmed; checks: the title of the column of estimates,
    checked: its cell; before: what the earlier drive reached; behind: people fewer than due, by which the list
    is sorted.
    """
    target, reported, counted, unsigned, confirmed = rungs
    few = format_html('<span title="{}">&lt; 10</span>', _("fewer than 10: shown only to the unit itself"))
    plus = f'<span class="ci">+ {numbers.grouped(unsigned)}</span>' if unsigned else ""

    def figure(n: int | None) -> str:
        return few if n is None else numbers.grouped(n)

    def share(whole: int | None) -> str:
        return numbers.share(counted, whole) if whole and counted is not None else numbers.NONE

    titles = dict(_titles()) | {"share": _("% of target"), "before": _("% of the earlier drive")}
    missing = f'<span class="ci">{numbers.MINUS}{numbers.grouped(behind)}</span>' if behind else ""
    t = {key: escaped(title) for key, title in titles.items()}
    cells = (
        f'<td class="num" data-l="{t["target"]}">{numbers.NONE if target is None else numbers.grouped(target)}</td>'
        f'<td class="num" data-l="{t["reported"]}">{figure(reported)}</td>'
        f'<td class="num" data-l="{t["counted"]}">{figure(counted)}{plus}</td>'
        f'<td class="num" data-l="{t["confirmed"]}">{figure(confirmed)}</td><td class="lad">{ladder}</td>'
        f'<td class="num pct" data-l="{t["share"]}">{escaped(share(target))}{missing}</td>'
    )
    if checks:
        cells += f'<td class="num wraps" data-l="{escaped(checks)}">{checked}</td>'
    if has_before:
        cells += f'<td class="num" data-l="{t["before"]}">{escaped(share(before))}</td>'
    return mark_safe(cells)  # noqa: S308  # every word is escaped
