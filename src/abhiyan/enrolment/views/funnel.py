"""The funnel of a unit: from the call to the member, by channel and day."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import language
from abhiyan.enrolment.forms import DaysForm
from abhiyan.enrolment.rules.steps import STEPS
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import Funnel, FunnelRow, Line
from abhiyan.programmes.rules import windows
from abhiyan.ui import tables
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.rules import levels

from .seen import Seen

MOST_BELOW = 200
COLUMNS = dict.fromkeys(("day", "channel", *(step.key for step in STEPS)), "")


@require_GET
def drive_funnel(request: Request, public_id: UUID) -> HttpResponseBase:
    """Every day of a drive in one unit, by channel: of any unit whose figures are in sight, rounded where its people
    are not."""
    at = clock.now()
    seen = Seen(request, public_id)
    unit, hierarchy = _where(request)
    node = programmes.node_of(unit.id, hierarchy)
    of = seen.programme
    days = windows.length_days(of.opens_on, of.closes_on)
    rows = programmes.funnel(node=node, hierarchy=hierarchy, programme=of, at=at, days=days) if node else []
    found = programmes.shown_funnel(node=node, programme=of, rows=rows, at=at)
    form = DaysForm(request.GET)
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    sorting = tables.sorting(request.GET, COLUMNS, default="-day")
    daily = _sorted([line for line in found.lines if line.row.on and _fits(line.row, said)], sorting)
    if tables.wants_csv(request.GET):
        return _csv(unit.code, found, daily)
    leaf = tables.numbered(daily, request.GET, total=len(daily))
    name = unit.name()
    shown = {
        "here": "programmes",
        "crumbs": seen.crumbs(*_path(request, unit, hierarchy)),
        "programme": seen.programme,
        "name": seen.name,
        "unit_name": name,
        "below": [
            (row.name(), _query(row, hierarchy))
            for row in units.children(unit.id, hierarchy, language=language(), limit=MOST_BELOW).rows
        ]
        if unit.has_children
        else [],
        "whole": [line for line in found.lines if line.row.on is None],
        "callers": found.callers,
        "days_href": request.path,
        "form": form,
        "is_narrowed": any(said.values()) or not form.is_valid(),
        "sorting": sorting,
        "leaf": leaf,
        "steps": found.columns,
        "is_rounded": node is not None and not node.is_exact,
    }
    return render(request, "enrolment/drive_funnel.html", shown, status=200 if form.is_valid() else 422)


def _where(request: Request) -> tuple[units.UnitRow, int]:
    """The unit asked for, else the viewer's own, and the tree it is looked at in. NotYours out of sight."""
    code = request.GET.get("unit", "")[:64]
    home = request.viewer.home
    if code:
        found = units.found(code)
        unit_id, stands = found.id, found.hierarchies
        asked = levels.BY_SLUG.get(request.GET.get("in", ""))
        hierarchy = asked if asked in stands else next(iter(stands), Hierarchy.ORGANISATIONAL.value)
    elif home is not None:
        unit_id, hierarchy = home.unit_id, home.hierarchy
    else:
        raise NotYours
    row = units.standing(unit_id, hierarchy)
    if not request.viewer.sees_counts_at(row.lo):
        raise NotYours
    return row, hierarchy


def _query(row: units.UnitRow, hierarchy: int) -> str:
    return "?" + urlencode({"unit": row.code, "in": levels.SLUGS[hierarchy]})


def _path(request: Request, unit: units.UnitRow, hierarchy: int) -> list[tuple[str, str]]:
    """The way down to a unit, as far as its figures are in sight."""
    return [
        (row.name(), "" if row.id == unit.id else request.path + _query(row, hierarchy))
        for row in units.path(unit.id, hierarchy)
        if row.id == unit.id or request.viewer.sees_counts_at(row.lo)
    ]


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


def _sorted(lines: list[Line], sorting: tables.Sorting) -> list[Line]:
    """In the order asked for; within it the newest day first."""

    def day(line: Line) -> int:
        return line.row.on.toordinal() if line.row.on else 0

    def asked(line: Line) -> int:
        if sorting.key == "day":
            return day(line)
        if sorting.key == "channel":
            return line.row.channel
        value = line.value(sorting.key)
        return -1 if value is None else value

    newest = sorted(lines, key=lambda line: (-day(line), line.row.channel))
    return sorted(newest, key=asked, reverse=sorting.descending)


def _csv(code: str, found: Funnel, lines: list[Line]) -> HttpResponseBase:
    head = [_("Day"), _("Channel"), *(str(step.name) for step in found.columns)]
    return tables.csv_response(
        f"funnel-{code}",
        head,
        (
            [
                line.row.on.isoformat() if line.row.on else "",
                line.channel,
                *("" if not has else "<10" if n is None else n for _label, n, has in line.cells),
            ]
            for line in lines
        ),
    )
