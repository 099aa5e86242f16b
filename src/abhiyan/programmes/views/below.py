"""All units of one level below a unit in a programme, furthest behind first: one list, however deep the level."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections.models import Election
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import windows
from abhiyan.programmes.rules.estimated import ask_estimated
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import share
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from .work_maps import fits_a_map, map_of_list


@dataclass(frozen=True, slots=True)
class UnitBelowLine:
    """One unit of the list. above: names of what is between it and the page's unit, nearest first."""

    child: queries.Child
    drawn: LadderShown
    due: int | None
    above: str
    leader: org.Leader | None
    href: str
    beside: queries.VoteBeside
    expected: queries.UnitExpectation | None = None

    @property
    def behind(self) -> int | None:
        """Return how many fewer are counted than due by today, at least; None where nothing is due, or nothing
        is missing."""
        return small_cells.fewer(self.child.ladder.counted, self.due) or None


def _few(n: int | None) -> int | str:
    return "<10" if n is None else n


def _share(line: UnitBelowLine) -> str:
    child = line.child
    return (
        share(child.ladder.counted or 0, child.target)
        if child.target and child.ladder.counted is not None
        else ""
    )


COLUMNS: tuple[Column[UnitBelowLine], ...] = (
    Column("name", _("Unit"), lambda row: name_in_language(row.child.names), is_name=True),
    Column("code", _("Code"), lambda row: row.child.code, only_in_file=True),
    Column("above", _("Part of"), lambda row: row.above, only_in_file=True),
    Column(
        "leader",
        _("Led by"),
        lambda row: row.leader.name if row.leader else "",
        only_in_file=True,
        names_people=True,
    ),
    Column(
        "office",
        _("Office"),
        lambda row: name_in_language(row.leader.office_names) if row.leader else "",
        only_in_file=True,
    ),
    Column("target", _("Target"), lambda row: row.child.target, css="num wide"),
    Column(
        "expected", _("Expected"), lambda row: row.expected.n if row.expected else None, only_in_file=True
    ),
    Column(
        "expected_by",
        _("Expected by"),
        lambda row: row.expected.who if row.expected else "",
        only_in_file=True,
    ),
    Column(
        "expected_on",
        _("Expected since"),
        lambda row: row.expected.on if row.expected else None,
        only_in_file=True,
    ),
    Column("due", _("Due by today"), lambda row: row.due, css="num wide"),
    Column("counted", _("Counted"), lambda row: _few(row.child.ladder.counted), css="num"),
    Column(
        "unsigned", _("Phone not answered yet"), lambda row: _few(row.child.ladder.unsigned), css="num wide"
    ),
    Column("behind", _("Fewer than due"), lambda row: row.behind, css="num"),
    Column("ladder", _("Progress"), css="lad"),
    Column("share", _("Share of target"), _share, css="num pct"),
    *queries.checked_columns(lambda row: row.drawn),
)
VOTES: tuple[Column[UnitBelowLine], ...] = queries.vote_columns(lambda row: row.beside)


@page_with_list
def units_below_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show every unit of a level below the page's unit, with who leads it and how far it is; CSV and XLSX of
    all of them.

    level: a kind of unit below; without one the next that somebody looks after. If too many units are below for
    one list, the page says where to begin.
    """
    programme = queries.programme_for(request.viewer, public_id)
    here = page_unit(request, counts=True)
    at = clock.now()
    counts = units.counts_below(here.unit.id, here.hierarchy)
    usual = [kind for kind in LOOKS_AFTER.get(here.unit.kind, ()) if kind in counts]
    kind = request.GET.get("level", "")
    kind = kind if kind in counts else (usual or list(counts) or [""])[-1 if usual else 0]
    measure = shown.measure_chosen(request, programme)
    node = queries.node_of(here.unit.id, here.hierarchy)
    assert node is not None  # `page_unit` refuses what is not placed
    unit_ids = queries.level_below(node, kind)
    measured: dict[str, Any] = {"node": node, "programme": programme, "measure": measure.number}
    rows = queries.LevelRows(unit_ids or (), language=active_language(), at=at, **measured)
    is_due = shown.today_of_programmes(at) > programme.opens_on and queries.has_targets(
        unit_ids or (), **measured
    )
    heading = say("Furthest behind") if is_due else say("Units below")
    caption = str(Kind(kind).label) if kind else say("Units below")
    election = queries.votes_election(unit_ids or (), here.hierarchy)
    table = Table(
        request,
        (*COLUMNS, *VOTES) if election else COLUMNS,
        rows,
        name=f"{here.unit.code}-{kind}",
        caption=caption,
        sort=queries.FURTHEST_BEHIND if is_due else "-counted",
        finish=partial(
            _lines,
            here,
            programme,
            measure.number,
            clock.day_in(programme.zone, at),
            shown.today_of_programmes(at),
            election,
        ),
        is_brief=True,
        unit_id=here.unit.id,
    )

    def at_level(each: str) -> str:
        return here.href(level=each, **measure.asked)

    context: dict[str, Any] = {
        **shown.programme_frame(programme, (heading, "")),
        "heading": heading,
        "is_due": is_due,
        "outside": len(rows.outside),
        "kind": kind,
        "caption": caption,
        "unit_name": here.name,
        "programme_name": shown.name_of_programme(programme),
        "measure_name": measure.name if measure.tabs else "",
        "tabs": measure.tabs,
        "election_name": name_in_language(election.names) if election else "",
        "levels": [(Kind(kind_code).label, at_level(kind_code), kind_code == kind) for kind_code in counts],
    }
    if unit_ids is None:
        context |= {"too_many": counts[kind], "wider": at_level(next(iter(counts)))}
        return render(request, "programmes/units_below.html", context)
    if not table.file_kind and fits_a_map(here.unit.kind, table.leaf.total):
        placed = [(line.child, line.drawn, line.href) for line in table.leaf.rows]
        context["map"] = map_of_list(here.unit, placed, at=at)
    return list_response(request, "programmes/units_below.html", table, context)


def _lines(
    here: Here,
    one: Programme,
    measure: int,
    on: date,
    today: date,
    election: Election | None,
    found: list[queries.Child],
) -> list[UnitBelowLine]:
    """Return rows read together, with who leads each unit, what it is part of, and what checks say: one query each."""
    ids = [child.unit_id for child in found]
    with sql.at_once():
        ask_leaders = org.ask_leaders_of(ids, on=today)
        ask_checked = ask_estimated([one.pk], ids, on=on)
    leaders, checked = ask_leaders(), ask_checked()
    votes = queries.last_votes_of_units(ids, here.hierarchy, election=election)
    paths = units.paths_of_units(ids, here.hierarchy)
    expected = queries.expected_of(ids, [one])
    query = urlencode({"in": levels.SLUGS[here.hierarchy], "programme": str(one.public_id)})

    def line(child: queries.Child) -> UnitBelowLine:
        above = [
            row for row in paths.get(child.unit_id, ())[:-1] if (row.depth or 0) > (here.unit.depth or 0)
        ]
        return UnitBelowLine(
            child,
            queries.ladder_picture(
                child.ladder,
                name=name_in_language(child.names),
                programme=one,
                measure=measure,
                on=on,
                target=child.target,
                checked=checked.get((one.pk, measure, child.unit_id)),
            ),
            None
            if child.target is None
            else windows.target_due(child.target, one.opens_on, one.closes_on, on),
            ", ".join(row.name() for row in reversed(above)),
            leaders.get(child.unit_id),
            reverse("pages:unit", args=[child.code]) + f"?{query}",
            votes.beside(child),
            expected.get((one.pk, measure, child.unit_id)),
        )

    return [line(child) for child in found]
