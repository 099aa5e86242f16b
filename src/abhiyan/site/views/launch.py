"""A drive's launch page: what needs somebody now, gathered from every room, refreshed by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.rooms import offered
from abhiyan.core.words import language, named, person
from abhiyan.org.here import Here, address, page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import pace
from abhiyan.programmes.rules import activities, rates, small_cells
from abhiyan.ui import tables
from abhiyan.ui.launch_day import Age, Figure, Thing, Way
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

# The units that should have begun, of each unit; the first kind there is below it.
BEGINNING = (Kind.DISTRICT, Kind.MANDAL, Kind.BOOTH)
FIVES = 18  # stretches of five minutes: an hour and a half
WORST = {"bad": 0, "warn": 1}  # channels that need somebody come first
SHOWN = 12  # of those that have not; the rest is on their own page


@require_safe
def launch(request: Request, public_id: UUID) -> HttpResponse:
    """The page of one drive in one unit. With htmx it asks for itself again every half minute."""
    one = programmes.programme_for(request.viewer, public_id)
    here = page_unit(request, hierarchy=one.hierarchy, otherwise=lambda: _own(request, one), counts=True)
    at = clock.now()
    node = programmes.node_of(here.unit.id, one.hierarchy)
    is_whole = here.unit.id == one.owner_id and node is not None and node.is_exact
    things: list[Thing] = [
        each
        for gather in offered("launch_day")
        for each in gather(request.viewer, programme_id=one.pk, is_whole=is_whole, at=at)
    ]
    figures = programmes.figures(
        node=node or here.unit.id, hierarchy=one.hierarchy, programme=one, at=at, days=2
    )
    noted = pace.noted(one, at=at) if is_whole else None
    begun = _not_started(here, one, at=at)
    ages = [each for each in things if isinstance(each, Age)]
    ways = [*_ways(one, noted, figures, at), *(each for each in things if isinstance(each, Way))]
    name = named(one.names)
    page = reverse("programmes:programme", args=[public_id])
    context: dict[str, Any] = {
        "here": "programmes",
        "crumbs": [
            (_("Programmes"), reverse("programmes:list")),
            (name, page),
            (_("Launch day"), ""),
        ],
        "programme": one,
        "name": name,
        "unit": here.unit,
        "unit_name": here.name,
        "path": here.crumbs(seen_by=request.viewer),
        "at": at,
        "is_whole": is_whole,
        "figures": [
            *_rates(noted),
            *_today(figures),
            *(each for each in things if isinstance(each, Figure)),
            *_figure_of(begun),
        ],
        "ways": sorted(ways, key=lambda way: WORST.get(way.kind, len(WORST))),
        "ages": _bars([(str(each.label), each.n, each.kind) for each in ages])
        if any(each.n for each in ages)
        else [],
        "steps": _bars([(_when(end), n, "") for end, n in noted.steps[-FIVES:]] if noted else []),
        "begun": begun,
    }
    return render(request, "site/launch.html", context)


def _own(request: Request, one: Programme) -> int:
    """The viewer's own unit where it is inside the drive, else the drive's."""
    home, owner = request.viewer.home, units.standing(one.owner_id, one.hierarchy)
    is_inside = home and owner.lo is not None and owner.lo <= home.lo < (owner.hi or 0)
    return home.unit_id if home and is_inside else one.owner_id


def _rates(noted: pace.Noted | None) -> list[Figure]:
    if noted is None:
        return []
    rate = noted.whole.a_minute
    most = max([n / 5 for _end, n in noted.steps] + [rate or 0])
    return [
        Figure(
            _("Entries a minute"),
            "–" if rate is None else grouped(round(rate)),
            note=_("most %(n)s") % {"n": grouped(round(most))} if most else "",
        )
    ]


def _today(figures: programmes.Figures) -> list[Figure]:
    """What was reported and counted so far, with how many of them today, where that is known."""
    now = figures.ladder
    day = figures.trend[-2].ladder if len(figures.trend) > 1 else None

    def figure(label: str, n: int | None, before: int | None) -> Figure:
        is_known = n is not None and before is not None and not now.is_rounded
        today = _("%(n)s today") % {"n": grouped((n or 0) - (before or 0))} if is_known else ""
        return Figure(label, small_cells.said(n), note=today)

    return [
        figure(_("Reported"), now.reported, day.reported if day else None),
        figure(_("Counted"), now.counted, day.counted if day else None),
    ]


def _ways(one: Programme, noted: pace.Noted | None, figures: programmes.Figures, at: datetime) -> list[Way]:
    """Each way in that has brought somebody."""
    activity = activities.of(one.kind)
    first = activity.steps[0].key
    today = {
        row.channel: row.figures.get(first) for row in figures.days() if row.on == clock.day_in(one.zone, at)
    }
    ways = []
    for channel in activity.channels:
        whole = next((row for row in figures.channels if row.channel == channel.number), None)
        if whole is None:
            continue
        rate = noted.channels.get(channel.number) if noted else None
        state, kind = _state(rate)
        ways.append(
            Way(
                channel.label,
                state,
                kind,
                rate=grouped(round(rate.a_minute)) if rate and rate.a_minute is not None else "",
                today=small_cells.said(today.get(channel.number, 0)),
                last=_when(rate.last) if rate and rate.last else "",
                note=_("Many came in the hour before. See whether the provider still sends them.")
                if rate and rate.is_quiet
                else "",
            )
        )
    return ways


def _state(rate: rates.Pace | None) -> tuple[str, str]:
    if rate is None or rate.a_minute is None:
        return "", ""
    if rate.is_quiet:
        return _("quiet"), "warn"
    return (_("works"), "ok") if rate.a_minute else (_("nothing now"), "")


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


@dataclass(frozen=True, slots=True)
class Begun:
    """The units that should have begun: how many there are, and the first of those where nobody is counted."""

    kind: str
    of: int
    leaf: tables.Leaf
    href: str
    charges: Mapping[int, str]

    @property
    def rows(self) -> list[tuple[programmes.Child, str]]:
        """Each with who is in charge there; empty: nobody."""
        return [(child, self.charges.get(child.unit_id, "")) for child in self.leaf.rows]

    @property
    def n(self) -> int:
        return self.leaf.total or 0


def _not_started(here: Here, one: Programme, *, at: datetime) -> Begun | None:
    """Of the districts below, else of the mandals or booths; None where there is nothing below, or too much to read."""
    node = programmes.node_of(here.unit.id, one.hierarchy)
    below = units.counts_below(here.unit.id, one.hierarchy)
    kind = next((kind for kind in BEGINNING if below.get(kind)), None)
    if node is None or kind is None:
        return None
    found = programmes.level_below(node, kind)
    if found is None:
        return None
    leaf = programmes.children_ladders(
        node=node,
        hierarchy=one.hierarchy,
        programme=one,
        at=at,
        show="without",
        language=language(),
        per=SHOWN,
        units=found,
    )
    held: dict[int, str] = {}
    for charge in programmes.in_charges(one, units=[child.unit_id for child in leaf.rows]):
        held.setdefault(charge.unit_id, person(charge.name))
    page = reverse("programmes:below", args=[one.public_id])
    return Begun(
        str(Kind(kind).label),
        len(found),
        leaf,
        address(page, here.unit.code, one.hierarchy, level=kind, show="without"),
        held,
    )


def _figure_of(begun: Begun | None) -> list[Figure]:
    if begun is None:
        return []
    return [
        Figure(
            _("Not started"),
            grouped(begun.n),
            note=_("of %(n)s") % {"n": grouped(begun.of)},
            kind="warn" if begun.n else "",
        )
    ]


def _bars(found: Sequence[tuple[str, int, str]]) -> list[tuple[str, int, str, int]]:
    """Each with its width, in per cent of the longest."""
    most = max((n for _label, n, _kind in found), default=0)
    return [(label, n, kind, round(100 * n / most) if most else 0) for label, n, kind in found]
