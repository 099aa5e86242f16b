"""Results: the elections, an election by party and by state, its seats."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from abhiyan.elections import known, queries
from abhiyan.elections.models import ResultFile
from abhiyan.elections.queries import ElectionRow, PartyTotal, SeatRow, StateRow, Totals
from abhiyan.org.viewer import Request
from abhiyan.ui import tables

from . import results_shown as shown

CLOSE_PCT = 5.0  # a seat won or lost by less is called close

ELECTIONS: dict[str, Callable[[ElectionRow], Any]] = {
    "year": lambda row: (row.election.year, row.election.code),
    "name": lambda row: row.name(shown.language()),
    "seats": lambda row: row.seats,
}


@require_safe
def elections(request: Request) -> HttpResponseBase:
    """The elections whose results are here."""
    sorting = tables.sorting(request.GET, dict.fromkeys(ELECTIONS, ""), default="-year")
    found = shown.in_order(queries.elections(), sorting, ELECTIONS)
    if tables.wants_csv(request.GET):
        head = [say("Election"), say("Code"), say("Year"), say("Seats"), say("Uncontested")]
        head += [say("Electors not known"), say("Old numbering"), say("Segments, booths, special stations")]
        head += [say("Seats there were")]
        lines = (
            [
                row.name(shown.language()),
                row.election.code,
                row.election.year,
                row.seats,
                row.uncontested,
                row.without_electors,
                row.old,
                row.parts,
                row.whole.of,
            ]
            for row in found
        )
        return tables.csv_response("elections", head, lines)
    leaf = tables.numbered(found, request.GET, total=len(found))
    return render(
        request,
        "elections/election_list.html",
        {
            "here": "elections",
            "crumbs": [(say("Results"), "")],
            "may_import": request.viewer.may("results.import"),
            "sorting": sorting,
            "leaf": leaf,
            "rows": [
                {
                    "row": row,
                    "name": row.name(shown.language()),
                    "href": reverse("elections:election", args=[row.election.code]),
                }
                for row in leaf.rows
            ],
        },
    )


PARTIES: dict[str, Callable[[PartyTotal], Any]] = {
    "party": lambda row: row.party,
    "seats": lambda row: (row.seats, row.votes),
    "before": lambda row: row.seats_before,
    "votes": lambda row: row.votes,
    "share": lambda row: row.share_pct,
    "swing": lambda row: row.swing_points,
    "stood": lambda row: row.stood,
}


@require_safe
def election(request: Request, code: str) -> HttpResponseBase:
    """One election, in all or in a state: by party, by alliance, by state; what must be known of it; its files."""
    of = queries.election(code)
    state = shown.state_asked(of, request.GET)
    told = queries.totals(of, state=state, against=queries.earlier(of, state=state))
    sorting = tables.sorting(request.GET, dict.fromkeys(PARTIES, ""), default="-seats")
    state_sorting = tables.sorting(request.GET, dict.fromkeys(STATES, ""), default="state")
    matching = request.GET.get("matching", "").strip()[:60]
    only_winners = request.GET.get("show") == "seats"
    found = [row for row in told.parties if _fits(row, matching) and (row.seats or not only_winners)]
    rows = shown.in_order(found, sorting, PARTIES)
    if tables.wants_csv(request.GET):
        if request.GET.get("of") == "states":
            return tables.csv_response(f"states-{of.code}", *_states_csv(told, state_sorting))
        return tables.csv_response(f"results-{of.code}", *_parties_csv(rows, told.files))
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    context = {
        "here": "elections",
        "crumbs": shown.crumbs(
            *(
                [shown.election_crumb(of), (known.state_name(state, shown.language()), "")]
                if state
                else [(queries.name_in(of.names), "")]
            )
        ),
        "election": of,
        "name": queries.name_in(of.names),
        "state": state,
        "state_name": known.state_name(state, shown.language()) if state else "",
        "told": told,
        "against_name": queries.name_in(told.against.names) if told.against is not None else "",
        "says": told.says(),
        "sorting": sorting,
        "leaf": leaf,
        "rows": [(row, shown.party_title(row.party, row.names)) for row in leaf.rows],
        "hidden": len(told.parties) - len(rows),
        "matching": matching,
        "shows": [
            (say("All parties"), None, not only_winners),
            (say("With a seat"), "seats", only_winners),
        ],
        "sides": [(one, shown.alliance_name(one.alliance)) for one in told.sides],
        "states": _by_state(told, state_sorting) if not state and len(told.states) > 1 else [],
        "state_sorting": state_sorting,
        "seats_href": reverse("elections:seats", args=[of.code]) + (f"?state={state}" if state else ""),
        "stated_href": shown.stated_href(request, of, state),
    }
    return render(request, "elections/election.html", context)


def _fits(row: PartyTotal, matching: str) -> bool:
    wanted = matching.casefold()
    return not wanted or any(wanted in text.casefold() for text in (row.party, *row.names.values()))


def _parties_csv(rows: list[PartyTotal], files: Sequence[ResultFile]) -> tuple[list[str], list[list[Any]]]:
    head = [say("Party"), say("Name"), say("Seats"), say("Seats before"), say("Votes"), say("Share (%)")]
    head += [say("Share before (%)"), say("Swing (points)"), say("Candidates"), say("Uncontested")]
    head += [say("Summed from the files")]
    names = ", ".join(file.name for file in files)
    return head, [
        [
            row.party,
            queries.name_in(row.names),
            row.seats,
            row.seats_before,
            row.votes,
            _rounded(row.share_pct),
            _rounded(row.share_before_pct),
            _rounded(row.swing_points),
            row.stood,
            row.without_vote,
            names,
        ]
        for row in rows
    ]


def _states_csv(told: Totals, sorting: tables.Sorting) -> tuple[list[str], list[list[Any]]]:
    head = [pgettext("kind of unit", "State"), say("Code"), say("Seats"), say("Votes polled")]
    head += [say("Seats by party"), say("Summed from the files")]
    names = ", ".join(file.name for file in told.files)
    return head, [
        [
            each["name"],
            each["row"].state,
            each["row"].seats,
            each["row"].polled,
            ", ".join(f"{party} {n}" for party, n in each["row"].seats_by_party),
            names,
        ]
        for each in _by_state(told, sorting)
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


# Besides the parties' own keys: one address orders one of the two tables.
STATES: dict[str, Callable[[StateRow], Any]] = {
    "state": lambda row: queries.name_in(row.names),
    "state_seats": lambda row: row.seats,
    "state_polled": lambda row: row.polled,
}


def _by_state(told: Totals, sorting: tables.Sorting) -> list[dict[str, Any]]:
    return [
        {
            "name": queries.name_in(row.names),
            "href": f"?state={row.state}",
            "row": row,
            "parties": row.seats_by_party[:5],
            "more": len(row.seats_by_party) - 5,
        }
        for row in shown.in_order(told.states, sorting, STATES)
    ]


SEATS: dict[str, Callable[[SeatRow], Any]] = {
    "seat": lambda row: (row.contest.state, row.contest.number),
    "name": lambda row: row.contest.name,
    "electors": lambda row: row.electors,
    "turnout": lambda row: row.turnout_pct,
    "winner": lambda row: row.winner.party if row.winner else None,
    "margin": lambda row: row.margin,
    "margin_pct": lambda row: row.margin_pct,
    "votes": lambda row: row.ours.votes if row.ours else None,
    "share": lambda row: row.ours.share_pct if row.ours else None,
    "swing": lambda row: row.swing_points,
}
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
def seats(request: Request, code: str) -> HttpResponseBase:
    """The seats of an election, or of a state, as a list and a map; a side's result in each."""
    of = queries.election(code)
    state = shown.state_asked(of, request.GET)
    side = shown.side_asked(request.GET, of)
    against = queries.earlier(of, state=state)
    every = queries.contests(of, state=state, against=against, side=side.ours)
    show = request.GET.get("show", "")
    fits = SHOWS[show if show in SHOWS else ""][1]
    winner = request.GET.get("winner", "").strip().upper()[:20]
    chosen = [
        row for row in every if fits(row) and (not winner or (row.winner and row.winner.party == winner))
    ]
    spots = queries.spots(row.contest.pk for row in chosen)
    names = {row.contest.pk: shown.seat_name(row.contest, spots.get(row.contest.pk)) for row in chosen}
    sorting = tables.sorting(request.GET, dict.fromkeys(SEATS, ""), default="seat")
    rows = shown.in_order(chosen, sorting, SEATS | {"name": lambda row: names[row.contest.pk].casefold()})
    if tables.wants_csv(request.GET):
        return tables.csv_response(f"seats-{of.code}", *_seats_csv(rows, names))
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    on_map, behind = shown.on_map(rows, spots)
    winners = sorted({row.winner.party for row in every if row.winner})
    nothing = ("", say("All"))
    form = shown.Filters(
        request.GET,
        state=(pgettext("kind of unit", "State"), [nothing, *shown.state_choices(of)]),
        side=(_("Side"), [("", "–"), *shown.side_choices(of, state, side)]),
        winner=(_("Winner"), [nothing, *((one, one) for one in winners)]),
        show=(_("Which seats"), [(key, label) for key, (label, _fits_) in SHOWS.items()]),
    )
    context = {
        "here": "elections",
        "crumbs": shown.crumbs(shown.election_crumb(of), (say("Seats"), "")),
        "election": of,
        "name": queries.name_in(of.names),
        "state_name": known.state_name(state, shown.language()) if state else "",
        "filters": form,
        "side": side,
        "side_says": shown.side_says(side, (row.contest.state for row in every)),
        "against": against,
        "against_name": queries.name_in(against.names) if against is not None else "",
        "won": sum(bool(row.ours and row.ours.won) for row in every) if side.value else None,
        "seats": len(every),
        "sorting": sorting,
        "leaf": leaf,
        "rows": [
            {
                "row": row,
                "name": names[row.contest.pk],
                "state": queries.name_in(row.state_names),
                "href": shown.seat_href(row.contest) + (f"?side={side.value}" if side.value else ""),
            }
            for row in leaf.rows
        ],
        "hidden": len(every) - len(rows),
        "on_map": on_map,
        "behind": behind,
        "is_compared": bool(side.value and against is not None),
        "changed": any(row.before is not None and row.before.basis == "carried" for row in every),
    }
    return render(request, "elections/election_seats.html", context)


def _seats_csv(rows: list[SeatRow], names: Mapping[int, str]) -> tuple[list[str], list[list[Any]]]:
    head = [
        pgettext("kind of unit", "State"),
        say("Number"),
        say("Seat"),
        say("Reservation"),
        say("Numbering"),
        say("Electors"),
    ]
    head += [say("Votes polled"), say("Turnout (%)"), say("Winner"), say("Winner's party"), say("Runner-up")]
    head += [
        say("Runner-up's party"),
        say("Margin"),
        say("Margin (%)"),
        say("Uncontested"),
        say("Side's votes"),
    ]
    head += [say("Side's share (%)"), say("Swing (points)"), say("Compared"), say("File"), say("Row")]
    return head, [
        [
            row.contest.state,
            row.contest.number,
            names[row.contest.pk],
            row.contest.reservation,
            row.contest.numbering,
            row.electors,
            row.polled,
            _rounded(row.turnout_pct),
            row.winner.name if row.winner else "",
            row.winner.party if row.winner else "",
            row.runner_up.name if row.runner_up else "",
            row.runner_up.party if row.runner_up else "",
            row.margin,
            _rounded(row.margin_pct),
            say("yes") if row.contest.is_uncontested else "",
            row.ours.votes if row.ours else "",
            _rounded(row.ours.share_pct) if row.ours else "",
            _rounded(row.swing_points),
            row.before.says() if row.before else "",
            row.source.file,
            row.source.row,
        ]
        for row in rows
    ]
