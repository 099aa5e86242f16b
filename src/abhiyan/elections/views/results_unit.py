"""Results of any unit, with their history."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import queries
from abhiyan.elections.models import Election, Part
from abhiyan.elections.queries import PartRow, SeatRow
from abhiyan.org.viewer import Request
from abhiyan.ui import tables
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.models import Kind as UnitKind

from . import results_shown as shown
from .results_seat import seat_says

MOST_DRAWN = 200  # seats on the map of a unit that lies in many


@require_safe
def unit_results_page(request: Request, code: str) -> HttpResponseBase:
    """Show what past elections say of a unit: totals of a state, the history of a seat, the votes of a booth.

    A unit that is none of these shows the seats it lies in.
    """
    unit_found = units.unit_with_hierarchies(code)
    side = shown.side_asked(request.GET)
    results = queries.results_of(unit_found.id, side=side.ours)
    if kind := tables.file_kind(request.GET):
        table = _history_file(list(results.contests), list(results.parts))
        return tables.file_response(f"results-{code}", kind, *table)
    lying = queries.lying_in(unit_found.id) if unit_found.kind not in ("nation", "state") else []
    leaf = tables.numbered(lying, request.GET, total=len(lying))
    drawn = dict.fromkeys([seat_row.unit_id for seat_row in (*lying[:MOST_DRAWN], *leaf.rows)])
    in_seats = queries.contests_of_units(drawn, side.ours) if lying else {}
    hierarchy = (
        Hierarchy.ELECTORAL if Hierarchy.ELECTORAL in unit_found.hierarchies else Hierarchy.ORGANISATIONAL
    )
    elections = sorted(
        {row.contest.election for row in results.contests}
        | {row.part.contest.election for row in results.parts}
        | {row.contest.election for rows in in_seats.values() for row in rows},
        key=lambda election: -election.year,
    )
    states = {row.contest.state for rows in (results.contests, *in_seats.values()) for row in rows}
    states |= {row.part.contest.state for row in results.parts}
    on_map, behind = _map_of_unit(list(results.contests), in_seats)
    name = units.names_of_units([unit_found.id], language=active_language())[unit_found.id]
    path = units.path_of_unit(unit_found.id, hierarchy) if hierarchy in unit_found.hierarchies else []
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs(
            *((row.name(), reverse("elections:unit", args=[row.code])) for row in path[:-1]), (name, "")
        ),
        "name": name,
        "code": code,
        "kind": UnitKind(unit_found.kind).label,
        "is_sample": unit_found.is_sample,
        "is_seat": unit_found.kind
        == UnitKind.CONSTITUENCY,  # what its booths lie in besides are its own segments
        "side": side,
        "side_says": shown.side_says(side, states),
        "filters": shown.ResultFilters(
            request.GET, side=(_("Side"), [("", "–"), *_sides_of(elections, side)])
        ),
        **_said(results),
        "lying": [_seats_of(seat_row, in_seats.get(seat_row.unit_id, [])) for seat_row in leaf.rows],
        "leaf": leaf,
        "undrawn": max(0, len(lying) - MOST_DRAWN),
        "on_map": on_map,
        "behind": behind,
    }
    return render(request, "elections/result_unit.html", context)


def _said(results: queries.UnitResults) -> dict[str, Any]:
    """Return what elections say of the unit itself: its contests, parts of others, totals and sums, and their files."""
    seat_names = shown.result_seat_names(row.part.contest for row in results.parts)
    return {
        "contests": [
            (row, name_in_language(row.contest.election.names), shown.seat_href(row.contest), seat_says(row))
            for row in results.contests
        ],
        "parts": [
            (
                row,
                name_in_language(row.part.contest.election.names),
                seat_names[row.part.contest_id],
                shown.seat_href(row.part.contest),
                row.lines[:6],
            )
            for row in results.parts
        ],
        "totals": [
            {
                "told": total_line,
                "name": name_in_language(total_line.election.names),
                "href": reverse("elections:election", args=[total_line.election.code])
                + (f"?state={total_line.state}" if total_line.state else ""),
                "parties": total_line.parties[:6],
                "is_compared": any(
                    party_total.swing_points is not None for party_total in total_line.parties[:6]
                ),
                "says": total_line.says(),
            }
            for total_line in results.totals
        ],
        "below": [
            (row, name_in_language(row.election.names), row.get_kind, row.votes[:8])
            for row in map(_Below, results.below)
        ],
        "files": list(
            dict.fromkeys(
                [file for state_totals in results.totals for file in state_totals.files]
                + [file for party_votes_below in results.below for file in party_votes_below.files]
            )
        ),
    }


def _seats_of(lying: queries.Lying, rows: Sequence[SeatRow]) -> dict[str, Any]:
    """A seat the unit lies in, with its contests."""
    return {
        "name": name_in_language(lying.names),
        "href": reverse("elections:unit", args=[lying.code]),
        "kind": UnitKind(lying.kind).label,
        "booths": lying.booths,
        "rows": [
            (row, name_in_language(row.contest.election.names), shown.seat_href(row.contest)) for row in rows
        ],
    }


class _Below:
    """A sum over parts below a unit, with the word for what they are."""

    def __init__(self, below: queries.PartyVotesBelow) -> None:
        self.election, self.votes = below.election, below.votes
        self.parts, self.polled = below.parts, below.polled
        self.get_kind = Part.Kind(below.kind).label


def _sides_of(elections: list[Election], side: shown.Chosen) -> list[tuple[str, str]]:
    """Sides of the elections shown, each once; the one asked for among them."""
    return shown.with_side(
        dict(pair for election in elections[:4] for pair in shown.side_choices(election)), side
    )


def _map_of_unit(contests: list[SeatRow], lying: dict[int, list[SeatRow]]) -> tuple[list[Any], Any]:
    """The unit's own seat, or the seats of the last election in which it lies."""
    rows = contests[:1] or [row for rows in lying.values() for row in rows]
    if not rows:
        return [], None
    last = max((row.contest.election for row in rows), key=lambda election: (election.year, election.code))
    rows = [row for row in rows if row.contest.election == last]
    return shown.on_map(rows, queries.spots(row.contest.pk for row in rows))


def _history_file(contests: list[SeatRow], parts: list[PartRow]) -> tuple[list[str], list[list[Any]]]:
    names = shown.result_seat_names(
        [row.contest for row in contests] + [part_row.part.contest for part_row in parts]
    )
    head = [say("Election"), say("Seat"), say("Electors"), say("Votes polled"), say("Turnout (%)")]
    head += [say("First"), say("Margin"), say("Side's votes"), say("Side's share (%)"), say("Swing (points)")]
    head += [say("Compared"), say("File"), say("Row")]
    lines: list[list[Any]] = [
        [
            row.contest.election.code,
            names[row.contest.pk],
            row.electors,
            row.polled,
            row.turnout_pct,
            row.winner.party if row.winner else "",
            row.margin,
            row.ours.votes if row.ours else "",
            row.ours.share_pct if row.ours else "",
            row.swing_points,
            row.before.says() if row.before else "",
            row.source.file,
            row.source.row,
        ]
        for row in contests
    ]
    for one in parts:
        source = one.lines[0].source if one.lines else None
        lines.append(
            [
                one.part.contest.election.code,
                names[one.part.contest_id],
                one.part.electors,
                one.polled,
                one.turnout_pct,
                one.leader.party if one.leader else "",
                one.lead,
                one.ours.votes if one.ours else "",
                one.ours.share_pct if one.ours else "",
                "",
                "",
                source.file if source else "",
                source.row if source else "",
            ]
        )
    return head, lines
