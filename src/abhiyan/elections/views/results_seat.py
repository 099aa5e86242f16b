"""One seat in one election, and the results of any unit with their history."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core.refusals import NotFound
from abhiyan.elections import known, queries
from abhiyan.elections.models import Contest, Election, Part
from abhiyan.elections.queries import PartRow, Result, SeatRow
from abhiyan.org.viewer import Request, named
from abhiyan.ui import tables
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.models import Kind as UnitKind

from . import results_shown as shown


@require_safe
def seat(request: Request, code: str, state: str, number: int) -> HttpResponseBase:
    """One seat: every candidate with file and row, sides with and without allies, its parts, what it was before."""
    of = queries.election(code)
    if state not in known.states():
        raise NotFound(field="state")
    side = shown.side_asked(of, request.GET)
    against = queries.earlier(of, state=state)
    found = queries.contest(of, state, number, against=against, side=side.parties)
    contest = found.seat.contest
    parts = queries.parts_of(contest.pk, side=side.parties)
    if tables.wants_csv(request.GET):
        name = f"seat-{of.code}-{state}-{number}"
        if request.GET.get("of") == "parts":
            return tables.csv_response(f"{name}-parts", *_parts_csv(parts))
        return tables.csv_response(name, *_candidates_csv(found))
    spot = queries.spots([contest.pk]).get(contest.pk)
    outside = queries.outside_parts(contest.pk)
    lang = shown.language()
    context: dict[str, Any] = {
        "here": "elections",
        "crumbs": shown.crumbs(
            shown.election_crumb(of),
            (
                known.state_name(state, lang),
                reverse("elections:seats", args=[of.code]) + f"?state={state}",
            ),
            (shown.seat_name(contest, spot), ""),
        ),
        "election": of,
        "election_name": queries.name_in(of.names),
        "contest": contest,
        "name": shown.seat_name(contest, spot),
        "state_name": known.state_name(state, lang),
        "unit": spot,
        "seat": found.seat,
        "says": seat_says(found.seat),
        "candidates": [(row, shown.party_title(row.party, row.party_names)) for row in found.candidates],
        "sides": [(one, shown.alliance_name(one.alliance)) for one in found.sides],
        "namesakes": found.namesakes,
        "stated": found.stated,
        "stated_href": shown.stated_href(request, of, state, number),
        "against": against,
        "filters": shown.Filters(request.GET, side=(_("Side"), [("", "–"), *shown.side_choices(of, state)])),
        "side": side,
        "history": _history(contest, side.parties),
        "parts": _named(parts),
        "lacking": max((part.lacking for part in parts), default=0),
        "outside": sum(outside.values()) if outside else None,
    }
    if spot is not None:
        context["on_map"], context["behind"] = shown.on_map([found.seat], {contest.pk: spot}, side.parties)
    return render(request, "elections/result_seat.html", context)


def seat_says(row: SeatRow) -> list[str]:
    """What whoever reads a seat's result must know."""
    told = []
    if row.contest.is_uncontested:
        told.append(
            say("Nobody stood against the winner: there was no vote, so there are no votes and no shares.")
        )
    elif row.electors is None:
        told.append(say("How many electors there were is not known, so there is no turnout."))
    if row.contest.numbering:
        told.append(
            say("Numbered as before (%(label)s): today's seat of this number may be another.")
            % {"label": row.contest.numbering}
        )
    if row.is_tied:
        told.append(say("The first two had equal votes; lots were drawn."))
    if row.contest.note:
        told.append(row.contest.note)
    if row.before is not None and row.before.says():
        told.append(row.before.says())
    return told


def _history(contest: Contest, side: frozenset[str]) -> list[SeatRow]:
    """The same seat in every election: by its unit, else by state, number and numbering."""
    same = Q(state=contest.state, number=contest.number, numbering=contest.numbering)
    if contest.unit_id is not None:
        same |= Q(unit=contest.unit_id)
    return queries.seat_history(same, contest.election.kind, side)


def _named(parts: list[PartRow]) -> list[tuple[PartRow, str]]:
    """Parts with their names: their unit's in this language, where they are a unit here."""
    ids = {row.part.unit_id for row in parts if row.part.unit_id is not None}
    names = units.names_of(ids, language=shown.language()) if ids else {}
    return [(row, names.get(row.part.unit_id or 0) or row.part.name) for row in parts]


def _candidates_csv(found: Result) -> tuple[list[str], list[list[Any]]]:
    head = [
        say("Place"),
        say("Candidate"),
        say("Party"),
        say("Votes"),
        say("Share (%)"),
        say("Swing (points)"),
    ]
    head += [say("Won"), say("File"), say("Row")]
    return head, [
        [
            row.place,
            row.name,
            row.party,
            row.votes,
            None if row.share_pct is None else round(row.share_pct, 4),
            None if row.swing_points is None else round(row.swing_points, 4),
            say("yes") if row.is_winner else "",
            row.source.file,
            row.source.row,
        ]
        for row in found.candidates
    ]


def _parts_csv(parts: list[PartRow]) -> tuple[list[str], list[list[Any]]]:
    head = [say("Kind"), say("Number"), say("Name"), say("Candidate"), say("Party"), say("Votes")]
    head += [say("Share (%)"), say("File"), say("Row")]
    return head, [
        [
            row.part.get_kind_display(),
            row.part.number,
            row.part.name,
            line.name,
            line.party,
            line.votes,
            None if line.share_pct is None else round(line.share_pct, 4),
            line.source.file,
            line.source.row,
        ]
        for row in parts
        for line in row.lines
    ]


@require_safe
def unit(request: Request, code: str) -> HttpResponseBase:
    """What past elections say of a unit: of a state the totals, of a seat its history, of a booth its votes.

    A unit that is none of these shows the seats it lies in.
    """
    found = units.found(code)
    value = request.GET.get("side", "").strip()
    side = next(
        (one for of in queries.elections() if (one := shown.side_asked(of.election, request.GET)).parties),
        shown.NO_SIDE,
    )
    results = queries.results_of(found.id, side=side.parties)
    if tables.wants_csv(request.GET):
        return tables.csv_response(
            f"results-{code}", *_history_csv(list(results.contests), list(results.parts))
        )
    lang = shown.language()
    lying = queries.lying_in(found.id) if found.kind not in ("nation", "state") else []
    in_seats = queries.contests_of_units([one.unit_id for one in lying[:20]], side.parties) if lying else {}
    hierarchy = Hierarchy.ELECTORAL if Hierarchy.ELECTORAL in found.hierarchies else Hierarchy.ORGANISATIONAL
    elections = sorted(
        {row.contest.election for row in results.contests}
        | {row.part.contest.election for row in results.parts}
        | {row.contest.election for rows in in_seats.values() for row in rows},
        key=lambda of: -of.year,
    )
    on_map, behind = _map_of_unit(list(results.contests), in_seats, side.parties)
    name = units.names_of([found.id], language=lang)[found.id]
    path = units.path(found.id, hierarchy) if hierarchy in found.hierarchies else []
    context = {
        "here": "elections",
        "crumbs": shown.crumbs(
            *((row.name(lang), reverse("elections:unit", args=[row.code])) for row in path[:-1]), (name, "")
        ),
        "name": name,
        "code": code,
        "kind": UnitKind(found.kind).label,
        "is_sample": found.is_sample,
        "is_seat": found.kind == UnitKind.CONSTITUENCY,  # what its booths lie in besides are its own segments
        "side": side,
        "filters": shown.Filters(
            request.GET, side=(_("Side"), [("", "–"), *_sides_of(elections, value, side.name)])
        ),
        "contests": [
            (row, queries.name_in(row.contest.election.names), shown.seat_href(row.contest), seat_says(row))
            for row in results.contests
        ],
        "parts": [
            (
                row,
                queries.name_in(row.part.contest.election.names),
                shown.seat_href(row.part.contest),
                row.lines[:6],
            )
            for row in results.parts
        ],
        "totals": [
            {
                "told": told,
                "name": queries.name_in(told.election.names),
                "href": reverse("elections:election", args=[told.election.code])
                + (f"?state={told.state}" if told.state else ""),
                "parties": told.parties[:6],
                "says": told.says(),
            }
            for told in results.totals
        ],
        "below": [
            (row, queries.name_in(row.election.names), row.get_kind, row.votes[:8])
            for row in map(_Below, results.below)
        ],
        "lying": [
            {
                "name": named(one.names, lang),
                "href": reverse("elections:unit", args=[one.code]),
                "kind": UnitKind(one.kind).label,
                "booths": one.booths,
                "rows": [
                    (row, queries.name_in(row.contest.election.names), shown.seat_href(row.contest))
                    for row in in_seats.get(one.unit_id, [])
                ],
            }
            for one in lying
        ],
        "on_map": on_map,
        "behind": behind,
    }
    return render(request, "elections/result_unit.html", context)


class _Below:
    """A sum over parts below a unit, with the word for what they are."""

    def __init__(self, below: queries.Below) -> None:
        self.election, self.votes = below.election, below.votes
        self.parts, self.polled = below.parts, below.polled
        self.get_kind = Part.Kind(below.kind).label


def _sides_of(elections: list[Election], value: str, name: str) -> list[tuple[str, str]]:
    """Sides of the elections shown, each once; the one asked for among them."""
    found = dict(pair for of in elections[:4] for pair in shown.side_choices(of))
    if value and name:
        found.setdefault(value, name)
    return list(found.items())


def _map_of_unit(
    contests: list[SeatRow], lying: dict[int, list[SeatRow]], side: frozenset[str]
) -> tuple[list[Any], Any]:
    """The unit's own seat, or the seats of the last election in which it lies."""
    rows = contests[:1] or [row for rows in lying.values() for row in rows]
    if not rows:
        return [], None
    last = max((row.contest.election for row in rows), key=lambda of: (of.year, of.code))
    rows = [row for row in rows if row.contest.election == last]
    return shown.on_map(rows, queries.spots(row.contest.pk for row in rows), side)


def _history_csv(contests: list[SeatRow], parts: list[PartRow]) -> tuple[list[str], list[list[Any]]]:
    head = [say("Election"), say("Seat"), say("Electors"), say("Votes polled"), say("Turnout (%)")]
    head += [say("First"), say("Margin"), say("Side's votes"), say("Side's share (%)"), say("Swing (points)")]
    head += [say("Compared"), say("File"), say("Row")]
    lines: list[list[Any]] = [
        [
            row.contest.election.code,
            row.contest.name,
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
                one.part.contest.name,
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
