"""The board of needs: how many came in, are under way and are solved, by kind, by public scheme and by office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.helpdesk.fields import kind_choices
from abhiyan.helpdesk.numbers import NEED_STATES, Needs, count_needs
from abhiyan.helpdesk.queries import NO_SCHEME, SMALL, Wanted
from abhiyan.helpdesk.rules.schemes import scheme_name
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column, Table, list_response

from .rows import named_desks

DAYS = (30, 90, 365)
WAYS = {"kind": _("By kind"), "scheme": _("By scheme"), "office": _("By office")}
NAMED_BY = {"kind": _("What it is about"), "scheme": _("Public scheme"), "office": _("With")}


@dataclass(frozen=True, slots=True)
class NeedRow:
    """Needs of one kind, scheme or office, by its title. page: the list of them."""

    needs: Needs
    title: str
    page: str

    @property
    def pages(self) -> dict[str, str]:
        """The list behind each figure, by state; "" where there is nothing to list."""
        figures = {"all": self.needs.came_in} | {state: getattr(self.needs, state) for state in NEED_STATES}
        return {state: f"{self.page}&state={state}" if n else "" for state, n in figures.items()}


def _columns(by: str) -> tuple[Column[NeedRow], ...]:
    return (
        Column("title", NAMED_BY[by], lambda row: row.title, order=True, is_name=True),
        Column("came", _("Came in"), lambda row: row.needs.came_in, order=True, css="num"),
        Column("under_way", _("Under way"), lambda row: row.needs.under_way, order=True, css="num"),
        Column("solved", _("Solved, says the person"), lambda row: row.needs.solved, order=True, css="num"),
        Column("in_time", _("Of these in time"), lambda row: row.needs.in_time, order=True, css="num"),
        Column("share", _("Share in time"), lambda row: row.needs.share_in_time, css="num"),
        Column("closed", _("Closed without a reply"), lambda row: row.needs.closed, order=True, css="num"),
    )


@require_GET
def needs(request: Request) -> HttpResponseBase:
    """Show what was asked in a unit and below, is under way and is solved: by kind, by scheme or by office."""
    here, at = page_unit(request), clock.now()
    chosen, by = request.GET.get("days", ""), request.GET.get("by", "")
    days = int(chosen) if chosen in map(str, DAYS) else DAYS[0]
    by = by if by in WAYS else "kind"
    wanted = Wanted(unit=(here.unit.id, here.hierarchy), since=at - timedelta(days=days))
    listed = here.href(reverse("helpdesk:tickets"), came=days)
    rows = _named(by, count_needs(wanted, by=by, at=at), listed)
    table: Table[NeedRow] = Table(
        request, _columns(by), rows, name=f"helpline-needs-{by}", caption=_("Needs"), sort="-came"
    )
    spans = [(ngettext("%(n)s day", "%(n)s days", span) % {"n": span}, span) for span in DAYS]
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (say("Needs"), "")],
        "where": here.name,
        "ways": [(words, here.href(by=way, days=days), way == by) for way, words in WAYS.items()],
        "segments": [(words, here.href(by=by, days=span), span == days) for words, span in spans],
        "few": SMALL,
        "is_part": not request.viewer.sees_people_at(here.span[0]),
    }
    return list_response(request, "helpdesk/needs.html", table, context)


def _named(by: str, counted: Sequence[Needs], page: str) -> list[NeedRow]:
    """Name needs in the reader's language, each with the address of its list. page: the list of all of them."""
    if by == "office":
        desks = named_desks([(row.of[0], tuple(row.of[1])) for row in counted])
        named = [(desk.code, desk.title) for desk in desks]
    elif by == "scheme":
        none = (NO_SCHEME, say("No public scheme"))
        named = [(code, scheme_name(code)) if code else none for (code,) in (row.of for row in counted)]
    else:
        titles = dict(kind_choices(with_closed=True))
        named = [(code, titles[code]) for (code,) in (row.of for row in counted)]
    field = {"office": "desk"}.get(by, by)
    return [
        NeedRow(row, title, f"{page}&{urlencode({field: code})}")
        for row, (code, title) in zip(counted, named, strict=True)
    ]
