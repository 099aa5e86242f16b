"""A drive's launch page: what needs somebody now, gathered from every room, refreshed by itself.

After the first week it is *Today in the field*: which units below are short of the day's need.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from abhiyan.core import ages, clock, heartbeats, rooms, small_cells
from abhiyan.core.heartbeats import LoopState, Turning
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import calling, pace
from abhiyan.programmes.rules import activities, rates, windows
from abhiyan.programmes.rules.pace import progress_in_words
from abhiyan.targets import queries as target_queries
from abhiyan.ui import tables
from abhiyan.ui.launch_day import Backlog, ChannelTraffic, Figure, Noes, Of, Thing, WorkedLoop, mark
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

FIVES = 36  # stretches of five minutes that are drawn: three hours.
WORST = {"bad": 0, "warn": 1}  # what needs somebody comes first.
SHOWN = 12  # of the units that have not begun; the rest is on their own page.
SLOWEST = 8  # of the units that have
DAYS_SHOWN = 25  # units below with their day; the rest is on their own page.
DRIVES = 5  # among which the page lets choose
Kept = TypeVar("Kept", bound=Thing)


@require_safe
def launch_page(request: Request, public_id: UUID) -> HttpResponse:
    """Show the page of one drive in one unit. With htmx it asks for itself again every half minute."""
    programme = programmes.programme_for(request.viewer, public_id)
    if not activities.activity_of(programme.kind).steps:  # nothing to follow by the minute
        raise NotFound
    here = page_unit(
        request, hierarchy=programme.hierarchy, otherwise=lambda: _own(request, programme), counts=True
    )
    at, viewer = clock.now(), request.viewer
    node = programmes.node_of(here.unit.id, programme.hierarchy)
    is_exact = node is not None and node.is_exact
    scope = Of(
        tuple(programme.counted_ids),
        str(programme.public_id),
        here.unit.id,
        here.unit.code,
        here.span,
        programme.zone,
        is_exact,
        is_exact and here.unit.id == programme.owner_id,
        at,
    )
    today = clock.day_in(programme.zone, at)
    is_launch = windows.is_launch(programme.opens_on, today)
    begun = _not_started(here, programme, node, at=at) if is_launch else None
    below = None if is_launch else _field_day(here, programme, node, at=at)
    things = [
        figure for launch_parts in rooms.offered("launch_parts") for figure in launch_parts(viewer, scope)
    ]
    with system("the launch page"):  # each room has seen to it that the viewer may know
        for launch_traffic in rooms.offered("launch_traffic"):
            things += launch_traffic(viewer, scope)
        slowest = (
            pace.slowest(programme, scope.span, at=at, limit=SLOWEST + 1) if is_exact and is_launch else []
        )
        for part in (begun, below):
            if part is not None and part.units:
                part.contacts.update(calling.whom_to_call(programme, part.units, on=today))
    loops = {worked.loop: str(worked.stops) for worked in _only(WorkedLoop, things)}
    turning = heartbeats.turning(loops, at=at)
    figures = programmes.figures_of_measures(
        node=node or here.unit.id, hierarchy=programme.hierarchy, programme=programme, at=at, days=2
    )
    noted = _noted(programme, scope)
    waiting = [backlog for backlog in _only(Backlog, things) if backlog.waiting.n]
    ways = [*_ways(programme, viewer, noted, figures, at), *_only(ChannelTraffic, things)]
    name, page = name_in_language(programme.names), reverse("programmes:programme", args=[public_id])
    title = _("Launch day") if is_launch else _("Today in the field")
    context: dict[str, Any] = {
        "here": "programmes",
        "crumbs": [(_("Programmes"), reverse("programmes:list")), (name, page), (title, "")],
        "title": title,
        "drives": () if is_launch else _drives(programme, here),
        "programme": programme,
        "name": name,
        "unit": here.unit,
        "unit_name": here.name,
        "path": here.crumbs(seen_by=viewer),
        "at": at,
        "is_whole": scope.is_whole,
        "is_rounded": figures.ladder.is_rounded,
        "has_state": noted is not None,
        "has_rate": noted is not None and is_launch,
        "stopped": _stopped(loops, turning),
        "figures": [
            *(_rates(noted) if is_launch else ()),
            *_today(figures),
            *_waits(_only(Backlog, things)),
            *_only(Figure, things),
            *_figure_of(begun),
        ],
        "ways": sorted(ways, key=lambda way: WORST.get(way.kind, len(WORST))),
        "has_notes": any(way.note or way.href for way in ways),
        "has_acts": any(backlog.href for backlog in waiting),
        "waiting": [(backlog, mark(backlog.waiting)) for backlog in waiting],
        "empties": _empties(waiting, turning),
        "ages": _bars(waiting),
        "noes": _only(Noes, things),
        "steps": [(_when(end), n) for end, n in noted.steps[-FIVES:]] if noted and is_launch else [],
        "slowest": _slowest(programme, slowest),
        "begun": begun,
        "below": below,
        "said": _said(programme, here, figures.ladder.counted, today) if below else "",
    }
    return render(request, "pages/launch.html", context)


def _only(kind: type[Kept], things: Sequence[Thing]) -> list[Kept]:
    return [figure for figure in things if isinstance(figure, kind)]


def _own(request: Request, programme: Programme) -> int:
    """Return the viewer's own unit where it is inside the drive, else the drive's."""
    home = request.viewer.home
    if home is None or home.unit_id == programme.owner_id:
        return programme.owner_id
    owner = units.row_of_unit(programme.owner_id, programme.hierarchy)
    is_inside = owner.lo is not None and owner.lo <= home.lo < (owner.hi or 0)
    return home.unit_id if is_inside else programme.owner_id


def _noted(programme: Programme, of: Of) -> pace.NotedPace | None:
    """Return how fast it goes: of the whole drive by the minute, below by districts.

    None where nothing is noted, or the viewer does not see the people.
    """
    if not of.is_exact:
        return None
    if of.is_whole:
        return pace.noted_pace(programme, at=of.at)
    below = pace.noted_below(programme, of.span, at=of.at)
    return below if below.channels else None


def _rates(noted: pace.NotedPace | None) -> list[Figure]:
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


def _today(figures: programmes.MeasureFigures) -> list[Figure]:
    """Return what was reported and counted so far, with today's part, where that is known."""
    now = figures.ladder
    day = figures.trend[-2].ladder if len(figures.trend) > 1 else None

    def figure(label: str, n: int | None, before: int | None) -> Figure:
        is_known = n is not None and before is not None and not now.is_rounded
        today = _("%(n)s today") % {"n": grouped((n or 0) - (before or 0))} if is_known else ""
        return Figure(label, small_cells.count_in_words(n), note=today)

    return [
        figure(_("Reported"), now.reported, day.reported if day else None),
        figure(_("Counted"), now.counted, day.counted if day else None),
    ]


def _waits(backlogs: Sequence[Backlog]) -> list[Figure]:
    """Return all that waits to go out by itself; and what goes only when somebody does something."""
    if not backlogs:
        return []
    going = ages.ages_together(backlog.waiting for backlog in backlogs if backlog.loop)
    held = ages.ages_together(backlog.waiting for backlog in backlogs if not backlog.loop)
    figures = [
        Figure(
            _("Replies waiting"),
            going.n_said,
            note=going.oldest_words,
            kind=mark(going),
            href="#waiting" if going.n else "",
        )
    ]
    if held.n:
        figures.append(
            Figure(
                _("Held back"),
                held.n_said,
                note=held.oldest_words,
                kind="bad",
                href="#waiting",
            )
        )
    return figures


def _stopped(loops: Mapping[str, str], turning: Mapping[str, Turning]) -> list[tuple[str, str]]:
    """List the loops that are not turning: what does not happen, and since when."""
    texts = {
        LoopState.LATE: _("since %(when)s"),
        LoopState.FAILS: _("its last turn failed at %(when)s"),
        LoopState.NEVER: _("it never ran here"),
    }
    return [
        (
            loops[name],
            texts[turning_loop.turns]
            % {"when": _when(turning_loop.turned_at) if turning_loop.turned_at else ""},
        )
        for name, turning_loop in turning.items()
        if turning_loop.turns is not LoopState.WELL
    ]


def _empties(waiting: Sequence[Backlog], turning: Mapping[str, Turning]) -> tuple[str, str]:
    """Say when what goes by itself will be gone at the rate of the last minute, and how that is marked; nothing
    where nothing goes by itself."""
    by_loop: dict[str, int] = {}
    for backlog in waiting:
        if backlog.loop:
            by_loop[backlog.loop] = by_loop.get(backlog.loop, 0) + backlog.waiting.n
    if not by_loop:
        return "", ""
    if any(turning[loop].turns is not LoopState.WELL for loop in by_loop):
        return _("Nothing leaves: what sends it does not run."), "bad"
    minutes = [
        (n / turning[loop].a_minute) if turning[loop].a_minute else None  # type: ignore[operator]  # asked before
        for loop, n in by_loop.items()
    ]
    minutes_known = [n_minutes for n_minutes in minutes if n_minutes is not None]
    if len(minutes_known) < len(minutes):
        return _("Nothing has left in the last minute."), "warn"
    longest = max(1, round(max(minutes_known)))
    text = ngettext("Empty in about %(n)s minute", "Empty in about %(n)s minutes", longest)
    return text % {"n": grouped(longest)}, "ok" if longest <= 10 else "warn"


def _ways(
    programme: Programme,
    viewer: Viewer,
    noted: pace.NotedPace | None,
    figures: programmes.MeasureFigures,
    at: datetime,
) -> list[ChannelTraffic]:
    """Return each way in that has brought somebody."""
    activity = activities.activity_of(programme.kind)
    first = activity.steps[0].key
    today = {
        row.channel: row.figures.get(first)
        for row in figures.days()
        if row.on == clock.day_in(programme.zone, at)
    }
    own = activity.page
    page = reverse(own.url_name, args=[programme.public_id]) if own and own.opens(viewer.may) else ""
    ways = []
    for channel in activity.channels:
        whole = next((row for row in figures.channels if row.channel == channel.number), None)
        if whole is None:
            continue
        rate = noted.channels.get(channel.number) if noted else None
        state, kind = _state(rate)
        is_quiet = rate is not None and rate.is_quiet
        ways.append(
            ChannelTraffic(
                channel.label,
                state,
                kind,
                rate=grouped(round(rate.a_minute)) if rate and rate.a_minute is not None else "",
                today="" if figures.ladder.is_rounded else grouped(today.get(channel.number) or 0),
                last=_when(rate.last) if rate and rate.last else "",
                note=_("Many came in the hour before. Try it yourself, then call the provider.")
                if is_quiet
                else "",
                href=page if is_quiet else "",
                act=_("Settings of the channel"),
            )
        )
    return ways


def _state(rate: rates.ReportRate | None) -> tuple[str, str]:
    if rate is None or rate.a_minute is None:
        return "", ""
    if rate.is_quiet:
        return _("quiet"), "warn"
    return (_("works"), "ok") if rate.a_minute else (_("nothing now"), "")


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i")


def _slowest(
    programme: Programme, unit_rates: Sequence[pace.UnitRate]
) -> list[tuple[pace.UnitRate, str, str]]:
    """Return units that have begun, the slowest of now first, each with its rate and its launch page."""
    if len(unit_rates) < 2:  # the page's own unit
        return []
    page = reverse("pages:launch", args=[programme.public_id])
    return [
        (unit_rate, grouped(round(unit_rate.a_minute)), unit_address(page, unit_rate.code))
        for unit_rate in unit_rates[:SLOWEST]
    ]


@dataclass(frozen=True, slots=True)
class Begun:
    """The units that should have begun: their number, and the first without a count."""

    kind: str
    of: int
    leaf: tables.Leaf
    href: str
    contacts: dict[int, calling.Contact] = field(default_factory=dict)

    @property
    def units(self) -> list[int]:
        return [child.unit_id for child in self.leaf.rows]

    @property
    def rows(self) -> list[tuple[programmes.Child, calling.Contact | None]]:
        """Return each with its contact; None: no contact is known."""
        return [(child, self.contacts.get(child.unit_id)) for child in self.leaf.rows]

    @property
    def n(self) -> int:
        return self.leaf.total or 0


def _not_started(
    here: Here, programme: Programme, node: programmes.LedgerNode | None, *, at: datetime
) -> Begun | None:
    """Return the districts below, else the mandals or booths; None where there is nothing below, or too much to
    read."""
    below = programmes.first_level_below(node, rates.BEGINNING) if node is not None else None
    if node is None or below is None:
        return None
    kind, unit_ids = below
    leaf = programmes.children_ladders(
        node=node,
        hierarchy=programme.hierarchy,
        programme=programme,
        at=at,
        show="without",
        language=active_language(),
        per=SHOWN,
        units=unit_ids,
    )
    return Begun(
        str(Kind(kind).label),
        len(unit_ids) - leaf.outside,
        leaf,
        unit_address(
            reverse("programmes:below", args=[programme.public_id]),
            here.unit.code,
            programme.hierarchy,
            level=kind,
            show="without",
        ),
    )


@dataclass(frozen=True, slots=True)
class DayBelow:
    """The units below, by what they lack today."""

    kind: str
    days: Sequence[programmes.DayInTheField]
    href: str
    contacts: dict[int, calling.Contact] = field(default_factory=dict)

    @property
    def units(self) -> list[int]:
        return [day.child.unit_id for day in self.days[:DAYS_SHOWN]]

    @property
    def rows(self) -> list[tuple[programmes.DayInTheField, calling.Contact | None]]:
        """Return the first units, each with a contact. A unit without a leader has None."""
        return [(day, self.contacts.get(day.child.unit_id)) for day in self.days[:DAYS_SHOWN]]

    @property
    def more(self) -> bool:
        return len(self.days) > DAYS_SHOWN


def _field_day(
    here: Here, programme: Programme, node: programmes.LedgerNode | None, *, at: datetime
) -> DayBelow | None:
    """Read the day of the districts below, else of the mandals or booths.

    None where no such unit is below, where they are too many, or where the viewer does not see the people.
    """
    below = (
        programmes.first_level_below(node, rates.BEGINNING) if node is not None and node.is_exact else None
    )
    if node is None or below is None:
        return None
    kind, unit_ids = below
    return DayBelow(
        str(Kind(kind).label),
        programmes.days_in_the_field(programme, node, unit_ids, at=at, language=active_language()),
        unit_address(
            reverse("programmes:below", args=[programme.public_id]),
            here.unit.code,
            programme.hierarchy,
            level=kind,
        ),
    )


def _said(programme: Programme, here: Here, counted: int | None, today: date) -> str:
    """Say the page's own unit in a sentence: counted, due, needed a day."""
    target = target_queries.targets(programme=programme, units=[here.unit.id]).get(here.unit.id)
    return progress_in_words(
        counted,
        target.n if target else None,
        opens_on=programme.opens_on,
        closes_on=programme.closes_on,
        on=today,
    )


def _drives(programme: Programme, here: Here) -> list[tuple[str, str, bool]]:
    """Return the open drives of the unit, to choose from."""
    return [
        (
            name_in_language(names),
            unit_address(reverse("pages:launch", args=[programme_id]), here.unit.code),
            programme_id == programme.public_id,
        )
        for programme_id, names, _opens_on in programmes.open_over(
            here.unit.id, limit=DRIVES, kinds=activities.drive_kinds()
        )
    ]


def _figure_of(begun: Begun | None) -> list[Figure]:
    if begun is None:
        return []
    return [
        Figure(
            _("Not started"),
            grouped(begun.n),
            note=_("of %(n)s") % {"n": grouped(begun.of)},
            kind="warn" if begun.n else "",
            href="#not-started" if begun.n else "",
        )
    ]


def _bars(waiting: Sequence[Backlog]) -> list[tuple[str, int, int]]:
    """Return the waiting work by its age, all together: each step with its width, in per cent of the longest."""
    labels = (_("under 1 minute"), _("1 to 5 minutes"), _("5 to 10 minutes"), _("over 10 minutes"))
    counts = ages.ages_together(backlog.waiting for backlog in waiting).counts
    most = max(counts)
    return (
        [(label, n, round(100 * n / most)) for label, n in zip(labels, counts, strict=True)] if most else []
    )
