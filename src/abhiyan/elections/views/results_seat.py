"""One seat in one election: candidates, sides, what it was before, and its parts."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import queries, reference
from abhiyan.elections.models import Election, Part
from abhiyan.elections.queries import FigureSource, OurSide, Result, SeatRow
from abhiyan.elections.queries import parts as in_parts
from abhiyan.elections.queries.contests import CandidateRow, Side
from abhiyan.elections.queries.parts import PartSum
from abhiyan.org.viewer import Request
from abhiyan.ui import tables
from abhiyan.ui.lists import Column, Table, file_asked
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

from . import results_shown as shown
from .results_shown import rounded_share

LONGEST_FILE = 200_000  # lines: every candidate of every booth of a seat
NOTA_SINCE = 2014  # every election from then on has "none of the above"


CANDIDATES: tuple[Column[CandidateRow], ...] = (
    Column("place", pgettext_lazy("rank", "Place"), lambda row: row.place),
    Column("name", _("Candidate"), lambda row: row.name),
    Column("party", _("Party"), lambda row: row.party),
    Column("votes", _("Votes"), lambda row: row.votes),
    Column("share", _("Share (%)"), lambda row: rounded_share(row.share_pct)),
    Column("swing", _("Swing (points)"), lambda row: rounded_share(row.swing_points)),
    Column("won", pgettext_lazy("candidate", "Won"), lambda row: row.is_winner),
    Column("file", _("File"), lambda row: row.source.file),
    Column("row", _("Row"), lambda row: row.source.row),
)


PART_LINES: tuple[Column[tuple[PartSum, str, str, int, FigureSource]], ...] = (
    Column("kind", _("Kind"), lambda row: Part.Kind(row[0].kind).label),
    Column("number", _("Number"), lambda row: row[0].number),
    Column("part", _("Name"), lambda row: row[0].name),
    Column("name", _("Candidate"), lambda row: row[1]),
    Column("party", _("Party"), lambda row: row[2]),
    Column("votes", _("Votes"), lambda row: row[3]),
    Column(
        "share",
        _("Share (%)"),
        lambda row: rounded_share(100 * row[3] / row[0].polled) if row[0].polled else None,
    ),
    Column("file", _("File"), lambda row: row[4].file),
    Column("row", _("Row"), lambda row: row[4].row),
)


@require_safe
def seat_page(request: Request, code: str, state: str, number: int) -> HttpResponseBase:
    """One seat: every candidate with file and row, sides with and without allies, its parts, what it was before."""
    election = queries.election(code)
    if state not in reference.reference_states():
        raise NotFound(field="state")
    side = shown.side_asked(request.GET, election)
    against = queries.earlier_election(election, state=state)
    result = queries.contest(election, state, number, against=against, side=side.ours)
    contest = result.seat.contest
    every = in_parts.parts_in_short(contest.pk, side=side.ours.parties_in(state))
    kind = request.GET.get("kind", "")
    kind = kind if any(part_sum.kind == kind for part_sum in every) else ""
    sorting = tables.sorting(request.GET, dict.fromkeys(PARTS, ""), default="number")
    parts = shown.rows_in_order(
        [part_sum for part_sum in every if kind in ("", part_sum.kind)], sorting, PARTS
    )
    if file_asked(request):
        name = f"seat-{election.code}-{state}-{number}"
        if request.GET.get("of") == "parts":
            return Table(
                request,
                PART_LINES,
                parts,
                name=f"{name}-parts",
                caption=_("Parts of the seat"),
                finish=lambda some: list(in_parts.part_lines(some)),
                longest_file=LONGEST_FILE,
            ).file()
        return Table(request, CANDIDATES, result.candidates, name=name, caption=_("Candidates")).file()
    spot = queries.spots([contest.pk]).get(contest.pk)
    outside = queries.outside_parts(contest.pk)
    leaf = tables.numbered(parts, request.GET, total=len(parts))
    context: dict[str, Any] = {
        "here": "elections",
        "crumbs": shown.result_crumbs(
            shown.election_crumb(election),
            (
                reference.reference_state_name(state, active_language()),
                reverse("elections:seats", args=[election.code]) + f"?state={state}",
            ),
            (shown.seat_name_shown(contest, spot), ""),
        ),
        "election": election,
        "election_name": name_in_language(election.names),
        "contest": contest,
        "name": shown.seat_name_shown(contest, spot),
        "state_name": reference.reference_state_name(state, active_language()),
        "unit": spot,
        "seat": result.seat,
        "says": seat_says(result.seat) + _nota_says(result),
        "candidates": [(row, shown.party_title(row.party, row.party_names)) for row in result.candidates],
        "sides": [row for one in result.sides for row in _side_rows(election, one)],
        "namesakes": result.namesakes,
        "stated": result.stated,
        "stated_href": shown.stated_href(request, election, state, number),
        "against": against,
        "against_name": name_in_language(against.names) if against is not None else "",
        "filters": shown.ResultFilters(
            request.GET, side=(_("Side"), [("", "–"), *shown.side_choices(election, state, side)])
        ),
        "side": side,
        "side_says": shown.side_says(side, [state]),
        "history": _history(result.seat, side.ours),
        "has_parts": bool(every),
        "kinds": _kinds(every, kind),
        "sorting": sorting,
        "leaf": leaf,
        "parts": _named(leaf.rows),
        "lacking": max((part.lacking for part in every), default=0),
        "outside": sum(outside.values()) if outside else None,
    }
    if spot is not None:
        context["on_map"], context["behind"] = shown.on_map([result.seat], {contest.pk: spot})
    return render(request, "elections/result_seat.html", context)


def seat_says(row: SeatRow) -> list[str]:
    """Return what a reader of a seat's result must know."""
    sentences = []
    if row.contest.is_uncontested:
        sentences.append(
            say("Nobody stood against the winner: there was no vote, so there are no votes and no shares.")
        )
    elif row.electors is None:
        sentences.append(say("The electors are not known, so there is no turnout."))
    if row.contest.numbering:
        sentences.append(
            say("Numbered as before (%(label)s): today's seat of this number may be another.")
            % {"label": row.contest.numbering}
        )
    if row.is_tied and row.winner is not None:
        sentences.append(say("The first two had equal votes; lots were drawn."))
    elif row.is_tied:
        sentences.append(
            say("The first had equal votes. The file does not say who won by lot. Add places to it.")
        )
    if row.contest.note:
        sentences.append(row.contest.note)
    if row.before is not None and row.before.says():
        sentences.append(row.before.says())
    return sentences


def _nota_says(found: Result) -> list[str]:
    """Say that the file lacks "none of the above", which every contest since 2013 has had."""
    contest = found.seat.contest
    if (
        contest.is_uncontested
        or contest.election.year < NOTA_SINCE
        or any(row.is_nota for row in found.candidates)
    ):
        return []
    return [say("NOTA is not in the file, so its votes are in neither votes polled nor shares.")]


def _side_rows(election: Election, side: Side) -> list[dict[str, Any]]:
    """A side as two rows: its leading party alone, and all of it together."""
    alliance = side.alliance
    alone = {"name": alliance.lead, "parties": say("alone"), "stood": side.alone, "swing": side.swing_alone}
    return [
        alone,
        {
            "name": shown.alliance_name(alliance),
            "href": reverse("elections:alliance", args=[election.code, alliance.public_id]),
            "parties": ", ".join(alliance.parties),
            "stood": side.together,
            "swing": side.swing_together,
        },
    ]


def _history(seat: SeatRow, side: OurSide) -> list[tuple[SeatRow, str, str]]:
    """The same seat in every election, with the names of both."""
    rows = queries.seat_history(seat, side=side)
    names = shown.result_seat_names(row.contest for row in rows)
    return [(row, name_in_language(row.contest.election.names), names[row.contest.pk]) for row in rows]


PARTS: dict[str, Callable[[PartSum], Any]] = {
    "number": lambda part_sum: part_sum.order,
    "polled": lambda part_sum: part_sum.polled,
    "ahead": lambda part_sum: part_sum.party or None,
    "lead": lambda part_sum: part_sum.lead,
    "votes": lambda part_sum: part_sum.ours,
    "share": lambda part_sum: part_sum.share_pct,
}


def _kinds(parts: list[PartSum], wanted: str) -> list[tuple[str, str, bool]]:
    """Kinds of parts to choose from, with how many there are of each; nothing where all are of one."""
    counts = Counter(part_sum.kind for part_sum in parts)
    if len(counts) < 2:
        return []
    kinds = [(say("All"), "", wanted not in counts)]
    return kinds + [
        (f"{kind.label} ({grouped(counts[kind.value])})", kind.value, wanted == kind.value)
        for kind in Part.Kind
        if kind.value in counts
    ]


def _named(parts: Sequence[PartSum]) -> list[tuple[PartSum, str, FigureSource]]:
    """Parts with their names (their unit's in this language, where they are a unit here), file and row."""
    ids = {part_sum.unit_id for part_sum in parts if part_sum.unit_id is not None}
    names = units.names_of_units(ids, language=active_language()) if ids else {}
    sources = in_parts.sources_of(parts)
    return [
        (part_sum, names.get(part_sum.unit_id or 0) or part_sum.name, sources[part_sum.part_id])
        for part_sum in parts
    ]
