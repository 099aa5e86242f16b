"""Counts of one rung in one unit: by the units of a level below, by week, channel or age band; list, chart and map."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Any
from uuid import UUID

from django import forms
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, small_cells
from abhiyan.core.words import active_language, name_in_language
from abhiyan.imports.tables.parquet import CONTENT_TYPE, HAS_PARQUET, parquet_chunks, require_parquet
from abhiyan.org.here import Here, page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme, Rung
from abhiyan.programmes.rules import activities, ages
from abhiyan.programmes.rules.windows import monday_of
from abhiyan.ui import charts, maps, numbers
from abhiyan.ui.forms import offer
from abhiyan.ui.ladder import NAMES, LadderShown
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

RUNGS = {
    "reported": Rung.REPORTED,
    "counted": Rung.COUNTED,
    "unsigned": Rung.UNSIGNED,
    "confirmed": Rung.CONFIRMED,
}
PARTS = {"week": _("Week"), "channel": _("Channel"), "age": _("Age band")}
FIRST = {"week": _("Week from"), "channel": _("Channel"), "age": _("Age band")}  # of the list's first column
WEEK = timedelta(days=7)
MOST_WEEKS = 104  # that are rows; what came before them is one
MOST_BARS = 30
MOST_IN_FILE = 20_000  # units; the file of a larger unit is a matter of minutes (`abhiyan figures`)
FEWEST_PLACES, MOST_PLACES = 2, 1_000  # of a map


class ByForm(forms.Form):
    """The counts to show, and their parts."""

    measure = forms.ChoiceField(label=_("Measure"))
    rung = forms.ChoiceField(label=_("Count"), choices=[(key, NAMES[key]) for key in RUNGS])
    by = forms.ChoiceField(label=_("Count by"))


@dataclass(frozen=True, slots=True)
class CountLine:
    """One part. n: None where it is fewer than 10. is_held: not shown, so that another cannot be worked out."""

    name: str | Promise
    n: int | None
    on: date | None = None
    href: str = ""
    code: str = ""
    is_sample: bool = False
    is_held: bool = False

    @property
    def label(self) -> str:
        return date_format(self.on, "j M Y") if self.on else str(self.name)

    @property
    def told(self) -> str | int:
        if self.is_held:
            return numbers.NONE
        return "<10" if self.n is None else self.n


@require_GET
def counts_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what was reported, counted or confirmed in a unit, in parts; CSV and XLSX of them."""
    programme = queries.programme_for(request.viewer, public_id)
    here = page_unit(request, counts=True)
    measures = {
        str(measure.number): name_in_language(measure.names)
        for measure in queries.measures([programme])[programme.pk]
    }
    levels = units.counts_below(here.unit.id, here.hierarchy)
    form = _form(request, programme, levels, measures)
    is_whole = form.is_valid()
    values = form.cleaned_data if is_whole else {"measure": "1", "rung": "counted", "by": "channel"}
    node = queries.node_of(here.unit.id, here.hierarchy)
    assert node is not None  # `page_unit` refuses what is not placed
    at, rung, by = clock.now(), values["rung"], values["by"]
    params: dict[str, Any] = {
        "node": node,
        "programme": programme,
        "measure": int(values["measure"]),
        "at": at,
    }
    context: dict[str, Any] = {
        **shown.programme_frame(programme, (say("All figures"), "")),
        "unit_name": here.name,
        "path": here.crumbs(seen_by=request.viewer),
        "hierarchies": here.segments(),
        "measure_name": measures.get(values["measure"], "") if len(measures) > 1 else "",
        "form": form,
        "rung": rung,
        "by": by,
        "is_rounded": not node.is_exact,
        "ages_on": programme.ages_on,
    }
    if HAS_PARQUET:
        in_file = _levels_in_file(levels)
        left_out = [str(Kind(kind).label) for kind in levels if kind not in in_file]
        context["file"] = {
            "href": here.href(reverse("programmes:figures_file", args=[programme.public_id])),
            "left_out": ", ".join(left_out),
        }
    rows: Sequence[Any]
    finish: Callable[[list[Any]], list[CountLine]] = list
    kept = {"rung": rung} | ({"measure": values["measure"]} if len(measures) > 1 else {})
    if by in PARTS:
        lines, is_parted = _parts(programme, rung, by, params), node.is_exact and by != "week"
        rows, sort = lines, ""
        total = sum(line.n or 0 for line in lines) if is_parted else 0
        context["holds_back"] = any(line.is_held for line in lines)
    else:
        unit_ids = queries.level_below(node, by)
        if unit_ids is None:
            return render(request, "programmes/counts.html", context | {"too_many": True}, status=200)
        below = queries.LevelRows(unit_ids, language=active_language(), **params)
        rows, total, sort = below, 0, f"-{rung}"
        context |= {"outside": len(below.outside), "kind": by}
        finish = partial(_units, here, rung, kept)
    table = Table(
        request,
        _columns(rung, by, total),
        rows,
        name=f"counts-{here.unit.code}-{by}-{rung}",
        caption=say("%(rung)s by %(by)s")
        % {"rung": NAMES[rung], "by": PARTS[by] if by in PARTS else Kind(by).label},
        sort=sort,
        finish=finish,
        is_numbered=by not in PARTS,
        is_brief=True,
        unit_id=here.unit.id,
    )
    if not table.file_kind:
        context |= _pictures(table, rows, here, rung, at)
    return list_response(request, "programmes/counts.html", table, context, status=200 if is_whole else 422)


@require_GET
def figures_file(request: Request, public_id: UUID) -> HttpResponseBase:
    """Send a unit's figures, and those of units below it, by week and rung to analysts (docs/figures.md).

    The file says what pages say to this reader. Levels with too many units are left out, as the page says. Refuses
    NoParquet, NotYours.
    """
    require_parquet()
    programme = queries.programme_for(request.viewer, public_id)
    here = page_unit(request, counts=True)
    node, at = queries.node_of(here.unit.id, here.hierarchy), clock.now()
    assert node is not None  # `page_unit` refuses what is not placed
    kinds = _levels_in_file(units.counts_below(here.unit.id, here.hierarchy))
    rows = queries.weekly_figures(node=node, programme=programme, at=at, kinds=kinds)
    pieces = parquet_chunks(rows, queries.FIGURE_COLUMNS, about=queries.about_figures(at))
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="figures-{here.unit.code}.parquet"'
    response["Cache-Control"] = "no-store"
    return response


def _levels_in_file(below: dict[str, int]) -> list[str]:
    """The levels below a unit that one file holds, from the top. below: how many units each has."""
    sums = accumulate(below.values())
    return [kind for kind, n in zip(below, sums, strict=True) if n <= MOST_IN_FILE]


def _form(request: Request, programme: Programme, below: dict[str, int], measures: dict[str, str]) -> ByForm:
    levels = {kind: Kind(kind).label for kind in below}
    parts = {
        key: name
        for key, name in PARTS.items()
        if key != "age" or activities.activity_of(programme.kind).ages
    }
    usual = {"measure": next(iter(measures), "1"), "rung": "counted", "by": next(iter(levels), "week")}
    form = ByForm(usual | {key: text for key, text in request.GET.items() if key in usual and text})
    offer(form, measure=list(measures.items()), by=[*levels.items(), *parts.items()])
    if len(measures) == 1:
        form.fields["measure"].widget = forms.HiddenInput()
    return form


def _columns(rung: str, by: str, total: int) -> Iterator[Column[Any]]:
    """total: what shares are of; 0 where none are shown."""
    if by not in PARTS:
        yield Column("name", Kind(by).label, lambda row: row.name, is_name=True)
        yield Column("code", _("Code"), lambda row: row.code, only_in_file=True)
        yield Column(rung, NAMES[rung], lambda row: row.told, css="num end")
        return
    yield Column("name", FIRST[by], lambda row: row.on or row.name, is_name=True)
    yield Column(rung, NAMES[rung], lambda row: row.told, order=lambda row: row.n, css="num end")
    if total:
        yield Column("share", _("% of all"), lambda row: numbers.share(row.n, total), css="num wide")


def _units(here: Here, rung: str, kept: dict[str, Any], found: list[queries.Child]) -> list[CountLine]:
    """Return units of a level, each with the way to its own counts."""
    return [
        CountLine(
            name_in_language(child.names),
            getattr(child.ladder, rung),
            href=here.href(unit=child.code, **kept),
            code=child.code,
            is_sample=child.is_sample,
        )
        for child in found
    ]


def _parts(programme: Programme, rung: str, by: str, of: dict[str, Any]) -> list[CountLine]:
    """Return the unit's own figure by week, channel or age band; one query."""
    node, today = of["node"], clock.day_in(programme.zone, of["at"])
    this_week = monday_of(today)
    since = max(monday_of(programme.opens_on), this_week - (MOST_WEEKS - 1) * WEEK)
    how = {
        "week": queries.By("week", since),
        "channel": queries.By(channel=True),
        "age": queries.By(age=True),
    }[by]
    split = queries.split_by(units=[node.unit_id], rung=RUNGS[rung], by=how, **of)[node.unit_id]
    if by == "week":
        last = max([min(this_week, monday_of(programme.closes_on)), *(key for (key,) in split.figures)])
        weeks = [since + n * WEEK for n in range((last - since).days // 7 + 1)]
        earlier = [CountLine(say("Earlier"), n)] if (n := split.get(queries.BEFORE)) else []
        return earlier + [CountLine("", split.get(week), on=week) for week in weeks]
    if by == "channel":
        activity = activities.activity_of(programme.kind)
        channel_ids = [channel.number for channel in activity.channels]
        numbers_ = [*channel_ids, *sorted(key for (key,) in split.figures if key not in channel_ids)]
        return [CountLine(activity.channel(number).label, split.get(number)) for number in numbers_]
    if programme.ages_on is None:
        return []
    bands = {band: split.get(band) for band in ages.NAMES}
    n_held = small_cells.part_to_hide(bands) if split.is_rounded else None
    return [
        CountLine(ages.NAMES[band], None if band == n_held else n, is_held=band == n_held)
        for band, n in bands.items()
    ]


def _pictures(table: Table[Any], rows: Sequence[Any], here: Here, rung: str, at: datetime) -> dict[str, Any]:
    """Return the chart of what the list shows; and of units, not too many, the map."""
    lines = table.leaf.rows
    steps = [
        charts.FunnelStep(name=line.label, value=line.n, note="" if isinstance(line.told, int) else line.told)
        for line in lines[:MOST_BARS]
    ]
    context: dict[str, Any] = {"steps": steps, "more_bars": len(lines) > MOST_BARS, "most_bars": MOST_BARS}
    if isinstance(rows, queries.LevelRows) and FEWEST_PLACES <= (table.total or 0) <= MOST_PLACES:
        context["places"] = [
            maps.MapPlace(
                name=name_in_language(child.names),
                lon=child.lon,
                lat=child.lat,
                ladder=LadderShown(name="", counted=getattr(child.ladder, rung)),
                href=here.href(unit=child.code, rung=rung),
            )
            for child in rows.each()
        ]
        context["outlines"] = units.outlines_behind(here.unit.id, at=at)
    return context
