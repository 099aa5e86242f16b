"""Results: the elections, an election by party and by state, its seats."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from abhiyan.core.words import active_language, name_in_language
from abhiyan.elections import queries, reference
from abhiyan.elections.models import Contest, ResultFile
from abhiyan.elections.queries import ElectionRow, PartyTotal, SeatRow, StateRow
from abhiyan.elections.queries.loading import StoredCandidacy
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.numbers import grouped
from abhiyan.units.rules.fold import fits_name

from . import results_shown as shown
from .results_shown import rounded_share

CLOSE_PCT = 5.0  # a seat won or lost by less is called close

ELECTIONS: tuple[Column[ElectionRow], ...] = (
    Column("name", _("Election"), lambda row: row.name(), order=True, is_name=True),
    Column("code", _("Code"), lambda row: row.election.code, only_in_file=True),
    Column(
        "year",
        _("Year"),
        lambda row: row.election.year,
        order=lambda row: (row.election.year, row.election.code),
        css="num",
    ),
    Column("kind", _("What was elected"), lambda row: row.election.get_kind_display()),
    Column("seats", _("Seats"), lambda row: row.seats, order=True, css="num"),
    Column("known", _("To know"), css="small"),
    Column("uncontested", _("Uncontested"), lambda row: row.uncontested, only_in_file=True),
    Column("without_electors", _("Electors not known"), lambda row: row.without_electors, only_in_file=True),
    Column("old", _("Old numbering"), lambda row: row.old, only_in_file=True),
    Column("parts", _("Segments, booths, special stations"), lambda row: row.parts, only_in_file=True),
    Column("of", _("Total seats"), lambda row: row.whole.of, only_in_file=True),
)


@require_safe
def elections_page(request: Request) -> HttpResponseBase:
    """The elections whose results are here."""
    rows = queries.elections()
    table = Table(request, ELECTIONS, rows, name="elections", caption=_("Elections"), sort="-year")
    shown_here = {
        "here": "elections",
        "crumbs": [(say("Results"), "")],
        "may_import": request.viewer.may("results.import"),
    }
    return list_response(request, "elections/election_list.html", table, shown_here)


PARTIES: tuple[Column[PartyTotal], ...] = (
    Column("party", _("Party"), lambda row: row.party, order=True),
    Column("name", _("Name"), lambda row: name_in_language(row.names)),
    Column("seats", _("Seats"), lambda row: row.seats, order=lambda row: (row.seats, row.votes)),
    Column("before", _("Seats before"), lambda row: row.seats_before, order=True),
    Column("votes", _("Votes"), lambda row: row.votes, order=True),
    Column("share", _("Share (%)"), lambda row: rounded_share(row.share_pct), order=True),
    Column("share_before", _("Share before (%)"), lambda row: rounded_share(row.share_before_pct)),
    Column("swing", _("Swing (points)"), lambda row: rounded_share(row.swing_points), order=True),
    Column("stood", _("Candidates"), lambda row: row.stood, order=True),
    Column("uncontested", _("Uncontested"), lambda row: row.without_vote),
)
# The keys are others than the parties': one address orders one of the two tables.
STATES: tuple[Column[StateRow], ...] = (
    Column(
        "state", pgettext_lazy("kind of unit", "State"), lambda row: name_in_language(row.names), order=True
    ),
    Column("code", _("Code"), lambda row: row.state),
    Column("state_seats", _("Seats"), lambda row: row.seats, order=True),
    Column("state_polled", _("Votes polled"), lambda row: row.polled, order=True),
    Column(
        "won", _("Seats by party"), lambda row: ", ".join(f"{party} {n}" for party, n in row.seats_by_party)
    ),
    Column("files", _("Summed from the files"), lambda row: _called(row.files)),
)


@require_safe
def election_page(request: Request, code: str) -> HttpResponseBase:
    """One election, in all or in a state: by party, by alliance, by state; what must be known of it; its files."""
    of = queries.election(code)
    state = shown.state_asked(of, request.GET)
    totals = queries.totals(of, state=state, against=queries.earlier_election(of, state=state))
    matching = request.GET.get("matching", "").strip()[:60]
    only_winners = request.GET.get("show") == "seats"
    party_totals = [row for row in totals.parties if _fits(row, matching) and (row.seats or not only_winners)]
    files, files_before = _called(totals.files), _called(totals.files_before)
    columns: tuple[Column[PartyTotal], ...] = (
        *PARTIES,
        Column("files", _("Summed from the files"), lambda _row: files),
        Column("files_before", _("Before, summed from the files"), lambda _row: files_before),
    )
    caption = _("Totals by party")
    parties = Table(request, columns, party_totals, name=f"results-{of.code}", caption=caption, sort="-seats")
    caption = _("Seats by state")
    states = Table(request, STATES, totals.states, name=f"states-{of.code}", caption=caption, sort="state")
    if parties.file_kind:
        return states.file() if request.GET.get("of") == "states" else parties.file()
    leaf = parties.leaf
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs(
            *(
                [shown.election_crumb(of), (reference.reference_state_name(state, active_language()), "")]
                if state
                else [(name_in_language(of.names), "")]
            )
        ),
        "election": of,
        "name": name_in_language(of.names),
        "state": state,
        "state_name": reference.reference_state_name(state, active_language()) if state else "",
        "told": totals,
        "against_name": name_in_language(totals.against.names) if totals.against is not None else "",
        "says": totals.says(),
        "sorting": parties.sorting,
        "leaf": leaf,
        "rows": [(row, shown.party_title(row.party, row.names)) for row in leaf.rows],
        "hidden": len(totals.parties) - len(party_totals),
        "matching": matching,
        "shows": [
            (say("All parties"), None, not only_winners),
            (say("With a seat"), "seats", only_winners),
        ],
        "sides": [(side_total, shown.alliance_name(side_total.alliance)) for side_total in totals.sides],
        "states": _by_state(states.leaf.rows) if not state and len(totals.states) > 1 else [],
        "state_sorting": states.sorting,
        "seats_href": reverse("elections:seats", args=[of.code]) + (f"?state={state}" if state else ""),
        "stated_href": shown.stated_href(request, of, state),
    }
    return render(request, "elections/election.html", context)


def _fits(row: PartyTotal, matching: str) -> bool:
    return fits_name(matching, row.party, *row.names.values())


def _called(files: Sequence[ResultFile]) -> str:
    return ", ".join(file.name for file in files)


def _by_state(rows: Sequence[StateRow]) -> list[dict[str, Any]]:
    return [
        {
            "name": name_in_language(row.names),
            "href": f"?state={row.state}",
            "row": row,
            "parties": row.seats_by_party[:5],
            "more": len(row.seats_by_party) - 5,
        }
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SeatResult:
    """A seat of the list with its name. side: whose result is shown in it, for the seat's own page."""

    row: SeatRow
    name: str
    side: str

    @property
    def contest(self) -> Contest:
        return self.row.contest

    @property
    def href(self) -> str:
        return shown.seat_href(self.row.contest) + (f"?side={self.side}" if self.side else "")


SEATS: tuple[Column[SeatResult], ...] = (
    Column(
        "state",
        pgettext_lazy("kind of unit", "State"),
        lambda seat_result: seat_result.contest.state,
        only_in_file=True,
    ),
    Column(
        "seat",
        _("No."),
        lambda seat_result: seat_result.contest.number,
        order=lambda seat_result: (seat_result.contest.state, seat_result.contest.number),
        css="nums nowrap",
    ),
    Column(
        "name",
        _("Seat"),
        lambda seat_result: seat_result.name,
        order=lambda seat_result: seat_result.name.casefold(),
        is_name=True,
    ),
    Column(
        "reservation",
        _("Reservation"),
        lambda seat_result: seat_result.contest.reservation,
        only_in_file=True,
    ),
    Column("numbering", _("Numbering"), lambda seat_result: seat_result.contest.numbering, only_in_file=True),
    Column(
        "winner",
        _("Winner"),
        lambda seat_result: _name(seat_result.row.winner),
        order=lambda seat_result: _party(seat_result.row.winner),
    ),
    Column(
        "winner_party",
        _("Winner's party"),
        lambda seat_result: _party(seat_result.row.winner),
        only_in_file=True,
    ),
    Column("second", _("Runner-up"), lambda seat_result: _name(seat_result.row.runner_up), only_in_file=True),
    Column(
        "second_party",
        _("Runner-up's party"),
        lambda seat_result: _party(seat_result.row.runner_up),
        only_in_file=True,
    ),
    Column("margin", _("Margin"), lambda seat_result: seat_result.row.margin, order=True, css="num"),
    Column(
        "margin_pct",
        _("Margin (%)"),
        lambda seat_result: rounded_share(seat_result.row.margin_pct),
        order=True,
        css="num",
    ),
    Column(
        "uncontested",
        _("Uncontested"),
        lambda seat_result: seat_result.contest.is_uncontested,
        only_in_file=True,
    ),
    Column(
        "votes",
        _("Side's votes"),
        lambda seat_result: _of_side(seat_result.row, "votes"),
        order=True,
        css="num",
    ),
    Column(
        "share",
        _("Side's share (%)"),
        lambda seat_result: _of_side(seat_result.row, "share_pct"),
        order=True,
        css="num",
    ),
    Column(
        "swing",
        _("Swing (points)"),
        lambda seat_result: rounded_share(seat_result.row.swing_points),
        order=True,
        css="num",
    ),
    Column(
        "compared",
        _("Compared"),
        lambda seat_result: seat_result.row.before and seat_result.row.before.says(),
        only_in_file=True,
    ),
    Column("electors", _("Electors"), lambda seat_result: seat_result.row.electors, order=True, css="num"),
    Column("polled", _("Votes polled"), lambda seat_result: seat_result.row.polled, only_in_file=True),
    Column(
        "turnout",
        _("Turnout (%)"),
        lambda seat_result: rounded_share(seat_result.row.turnout_pct),
        order=True,
        css="num",
    ),
    Column("file", _("File"), lambda seat_result: seat_result.row.source.file, only_in_file=True),
    Column("row", _("Row"), lambda seat_result: seat_result.row.source.row, only_in_file=True),
)


def _name(one: StoredCandidacy | None) -> str | None:
    return one.name if one else None


def _party(one: StoredCandidacy | None) -> str | None:
    return one.party if one else None


def _of_side(row: SeatRow, what: str) -> float | None:
    return rounded_share(getattr(row.ours, what)) if row.ours else None


SHOWS: dict[str, tuple[Any, Callable[[SeatRow], bool]]] = {
    "": (_("All"), lambda _row: True),
    "won": (_("Won by the side"), lambda row: bool(row.ours and row.ours.won)),
    "lost": (_("Not won by the side"), lambda row: not (row.ours and row.ours.won)),
    "close": (
        _("Close: within 5 points"),
        lambda row: row.margin_pct is not None and row.margin_pct < CLOSE_PCT,
    ),
    "uncontested": (_("Uncontested"), lambda row: row.contest.is_uncontested),
    "electors": (_("Electors not known"), lambda row: row.electors is None),
    "changed": (
        _("Boundary changed"),
        lambda row: row.before is not None and row.before.basis in ("carried", "none"),
    ),
}


@require_safe
def seats_page(request: Request, code: str) -> HttpResponseBase:
    """The seats of an election, or of a state, as a list and a map; a side's result in each."""
    of = queries.election(code)
    state = shown.state_asked(of, request.GET)
    side = shown.side_asked(request.GET, of)
    against = queries.earlier_election(of, state=state)
    every = queries.contests(of, state=state, against=against, side=side.ours)
    show = request.GET.get("show", "")
    fits = SHOWS[show if show in SHOWS else ""][1]
    winner = request.GET.get("winner", "").strip().upper()[:20]
    chosen = [
        row for row in every if fits(row) and (not winner or (row.winner and row.winner.party == winner))
    ]
    spots = queries.spots(row.contest.pk for row in chosen)
    names = {row.contest.pk: shown.seat_name_shown(row.contest, spots.get(row.contest.pk)) for row in chosen}
    is_compared = bool(side.value and against is not None)
    without = {"votes", "share"} if not side.value else set()
    table = Table(
        request,
        SEATS,
        [SeatResult(row, names[row.contest.pk], side.value) for row in chosen],
        name=f"seats-{of.code}",
        caption=_("Seats"),
        sort="seat",
        is_numbered=False,
        hidden=_left_out(len(every) - len(chosen)),
        without=without if is_compared else without | {"swing", "compared"},
    )
    on_map, behind = ([], None) if table.file_kind else shown.on_map(chosen, spots)
    winners = sorted({row.winner.party for row in every if row.winner})
    nothing = ("", say("All"))
    form = shown.ResultFilters(
        request.GET,
        state=(pgettext("kind of unit", "State"), [nothing, *shown.state_choices(of)]),
        side=(_("Side"), [("", "–"), *shown.side_choices(of, state, side)]),
        winner=(_("Winner"), [nothing, *((winner_name, winner_name) for winner_name in winners)]),
        show=(_("Which seats"), [(key, label) for key, (label, _fits_) in SHOWS.items()]),
    )
    context = {
        "here": "elections",
        "crumbs": shown.result_crumbs(shown.election_crumb(of), (say("Seats"), "")),
        "election": of,
        "name": name_in_language(of.names),
        "state_name": reference.reference_state_name(state, active_language()) if state else "",
        "filters": form,
        "side": side,
        "side_says": shown.side_says(side, (row.contest.state for row in every)),
        "against": against,
        "against_name": name_in_language(against.names) if against is not None else "",
        "won": sum(bool(row.ours and row.ours.won) for row in every) if side.value else None,
        "seats": len(every),
        "on_map": on_map,
        "behind": behind,
        "is_compared": is_compared,
        "changed": any(row.before is not None and row.before.basis == "carried" for row in every),
    }
    return list_response(request, "elections/election_seats.html", table, context)


def _left_out(n: int) -> str:
    words = ngettext("%(n)s seat is left out.", "%(n)s seats are left out.", n)
    return words % {"n": grouped(n)} if n else ""
