"""The funnel of a unit: from the call to the member, by channel and day."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import active_language
from abhiyan.enrolment.fields import DaysForm
from abhiyan.enrolment.here import SeenDrive
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import FunnelLine, FunnelRow
from abhiyan.programmes.rules import windows
from abhiyan.programmes.rules.activities import Step
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

MOST_BELOW = 200
COUNTED = "counted"


@require_GET
def drive_funnel(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show every day of a drive in one unit, by channel: of any unit whose figures are in sight, rounded where
    its people are not."""
    at = clock.now()
    seen = SeenDrive(request, public_id)
    here = page_unit(request, counts=True)
    unit, hierarchy = here.unit, here.hierarchy
    node = programmes.node_of(unit.id, hierarchy)
    programme = seen.programme
    days = windows.length_days(programme.opens_on, programme.closes_on)
    rows = (
        programmes.unit_funnel(node=node, hierarchy=hierarchy, programme=programme, at=at, days=days)
        if node
        else []
    )
    funnel = programmes.shown_funnel(node=node, programme=programme, rows=rows, at=at)
    form = DaysForm(request.GET)
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    daily = [line for line in funnel.lines if line.row.on and _fits(line.row, values)]
    daily.sort(key=lambda line: (-line.row.on.toordinal() if line.row.on else 0, line.row.channel))
    table = Table(
        request,
        _columns(funnel.columns),
        daily,
        name=f"funnel-{unit.code}",
        caption=_("Funnel by channel and day"),
        sort="-day",
        is_numbered=False,
        is_brief=True,
    )
    context = {
        "here": "programmes",
        "crumbs": seen.crumbs(*here.crumbs(seen_by=request.viewer)),
        "programme": seen.programme,
        "name": seen.name,
        "unit_name": here.name,
        "below": [
            (row.name(), here.href(unit=row.code))
            for row in units.children(unit.id, hierarchy, language=active_language(), limit=MOST_BELOW).rows
        ]
        if unit.has_children
        else [],
        "whole": [line for line in funnel.lines if line.row.on is None],
        "callers": funnel.callers,
        "days_href": request.path,
        "form": form,
        "is_narrowed": any(values.values()) or not form.is_valid(),
        "steps": funnel.columns,
        "is_rounded": node is not None and not node.is_exact,
    }
    return list_response(
        request, "intake/drive_funnel.html", table, context, status=200 if form.is_valid() else 422
    )


def _fits(row: FunnelRow, said: dict[str, Any]) -> bool:
    since: date | None = said.get("since")
    until: date | None = said.get("until")
    channel = said.get("channel")
    return (
        row.on is not None
        and (not channel or row.channel == int(channel))
        and (since is None or row.on >= since)
        and (until is None or row.on <= until)
    )


def _columns(steps: Iterable[Step]) -> Iterator[Column[FunnelLine]]:
    yield Column("day", _("Day"), lambda line: line.row.on, order=True, css="nums", is_name=True)
    yield Column(
        "channel", _("Channel"), lambda line: line.channel, order=lambda line: line.row.channel, css="under"
    )
    for step in steps:
        value, order = partial(_figure, step=step), partial(FunnelLine.value, key=step.key)
        css = "num end" if step.key == COUNTED else "num"  # what a phone keeps of a line
        yield Column(step.key, step.name, value, order=order, css=css)


def _figure(line: FunnelLine, step: Step) -> int | str | None:
    """Return a figure as it is shown; None where the channel has no such step."""
    if not line.has(step):
        return None
    figure = line.figure(step)
    return "<10" if figure is None else figure
