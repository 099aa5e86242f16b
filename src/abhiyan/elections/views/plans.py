"""Plans of seats and votes: the list, one plan, two versions compared, and with and without allies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from abhiyan.elections import queries
from abhiyan.elections.models import Alliance, Plan
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Worked
from abhiyan.elections.words import sentence
from abhiyan.org.viewer import Request, named
from abhiyan.people import queries as people
from abhiyan.ui import tables
from abhiyan.ui.numbers import grouped

from . import plans_shown as shown
from .results_shown import in_order, language

FINDINGS_SHOWN = 12
OWN_PAGES = 50
# Why no swing moves a seat, beside it.
UNMOVED = {"did_not_stand": _("no candidate last time"), "without_vote": _("uncontested last time")}


class ListFilters(forms.Form):
    """Which plans to show."""

    q = forms.CharField(label=_("Name or unit"), required=False, max_length=60)


class SeatFilters(forms.Form):
    """Which seats to show."""

    q = forms.CharField(label=_("Constituency"), required=False, max_length=60)
    show = forms.ChoiceField(label=_("Which"), required=False, choices=list(shown.SHOWN.items()))


@require_safe
def plans(request: Request) -> HttpResponseBase:
    """The newest version of every plan in sight."""
    filters = ListFilters(request.GET)
    words = filters.cleaned_data["q"].strip() if filters.is_valid() else ""
    found = planning.newest_plans(words)
    leaf = tables.numbered(found, request.GET, total=found.count())
    makers = people.names_of([one.made_by for one in leaf.rows if one.made_by])
    rows = [
        {
            "plan": one,
            "name": shown.plan_name(one),
            "owner": named(one.unit.names, language()),
            "place": shown.place_name(one),
            "election": queries.name_in(one.election.names),
            "side": shown.side_name(one.party, one.alliance),
            "maker": makers.get(one.made_by or 0, ""),
        }
        for one in leaf.rows
    ]
    if tables.wants_csv(request.GET):
        return tables.csv_response("plans", *_list_csv(rows))
    return render(
        request,
        "elections/plan_list.html",
        {
            "here": "elections",
            "crumbs": [(say("Plans"), "")],
            "filters": filters,
            "words": words,
            "leaf": leaf,
            "rows": rows,
            "may_make": request.viewer.may("plans.make"),
            "has_elections": bool(queries.elections()),
        },
    )


def _list_csv(rows: list[dict[str, Any]]) -> tuple[list[str], Iterator[list[object]]]:
    head = [
        say("Name"),
        say("Whose plan"),
        say("Where"),
        say("Last result"),
        say("Side"),
        say("Seats aimed at"),
    ]
    head += [say("Votes aimed at"), say("Seats"), say("Votes"), say("Version"), say("Made")]
    return head, (
        [
            row["name"], row["owner"], row["place"], row["election"], row["side"], row["plan"].seats_goal,
            row["plan"].votes_goal, row["plan"].found.get("seats"), row["plan"].found.get("votes"),
            row["plan"].number, row["plan"].made_at.isoformat(timespec="minutes"),
        ]
        for row in rows
    )  # fmt: skip


@require_safe
def plan(request: Request, public_id: UUID) -> HttpResponseBase:
    """One version of a plan: goals beside the last result, its range, what contradicts, and every seat."""
    one = queries.plan_for(public_id)
    lines = shown.lines_of(one)
    sorting = tables.sorting(request.GET, {key: key for key in shown.SORTS}, default="-short")
    found = in_order(shown.chosen(lines, request.GET), sorting, shown.SORTS)
    if tables.wants_csv(request.GET):
        return tables.csv_response("plan", *seats_csv(one, found))
    leaf = tables.numbered(found, request.GET, total=len(found))
    sources = shown.stands_on(one, [line.seat.contest_id for line in leaf.rows])
    names = {line.seat.contest_id: line.name for line in lines}
    contradictions = [sentence(each, names) for each in planning.findings(one, "contradictions")]
    noted = planning.findings(one, "notes")
    notes = [sentence(each, names) for each in noted]
    unmoved = {each.key: UNMOVED[each.code] for each in noted if each.code in UNMOVED}
    versions = planning.versions_of(one)
    makers = people.names_of([each.made_by for each in versions if each.made_by])
    return render(
        request,
        "elections/plan.html",
        {
            **shown.head(request, one),
            "crumbs": shown.crumbs((shown.plan_name(one), "")),
            "found": one.found,
            "lead": lead_of(one),
            "goals": goals_of(one),
            "range": range_of(one),
            "near": one.found.get("near", []),
            "stray": planning.STRAY_POINTS,
            "contradictions": contradictions[:FINDINGS_SHOWN],
            "more_contradictions": contradictions[FINDINGS_SHOWN:],
            "notes": notes[:FINDINGS_SHOWN],
            "more_notes": notes[FINDINGS_SHOWN:],
            "files": queries.files(one.election),
            "versions": [(each, makers.get(each.made_by or 0, "")) for each in versions],
            "filters": SeatFilters(request.GET),
            "sorting": sorting,
            "leaf": leaf,
            "rows": [
                (line, sources.get(line.seat.contest_id, ""), unmoved.get(line.seat.contest_id, ""))
                for line in leaf.rows
            ],
            "many_states": not one.state,
            "short_total": sum(line.short for line in lines if line.found.won),
            "new_seats": sum(line.found.won and not line.found.last_won for line in lines),
        },
    )


def lead_of(one: Plan) -> str:
    """The plan in one sentence: "325 seats, 35,00,00,000 votes; last time 303 and 22,90,76,879"."""
    goals = []
    if one.seats_goal is not None:
        goals.append(
            say("%(n)s of %(all)s seats")
            % {"n": grouped(one.seats_goal), "all": grouped(len(one.found.get("by_seat", {})))}
        )
    if one.votes_goal is not None:
        goals.append(say("%(n)s votes") % {"n": grouped(one.votes_goal)})
    if one.share_goal_pct is not None:
        goals.append(say("%(pct)s%% of the votes") % {"pct": f"{one.share_goal_pct:g}"})
    facts = {
        "goal": ", ".join(goals) or say("no goal"),
        "seats": grouped(one.found["last_seats"]),
        "votes": grouped(one.found["last_votes"]),
    }
    return say("%(goal)s; last time %(seats)s seats and %(votes)s votes") % facts


@dataclass(frozen=True, slots=True)
class Goal:
    """A row of the table of goals: what is aimed at, what the plan comes to, what there was."""

    name: str
    goal: float | None
    planned: float | None
    last: float | None
    is_share: bool = False

    @property
    def more(self) -> int | None:
        return (
            None
            if self.is_share or self.planned is None or self.last is None
            else round(self.planned - self.last)
        )

    @property
    def points(self) -> float | None:
        if not self.is_share or self.planned is None or self.last is None:
            return None
        return self.planned - self.last


def goals_of(one: Plan) -> list[Goal]:
    found = one.found
    polled = found.get("last_polled")
    last_pct = 100 * found["last_votes"] / polled if polled else None
    return [
        Goal(say("Seats"), one.seats_goal, found["seats"], found["last_seats"]),
        Goal(say("Votes"), one.votes_goal, found["votes"], found["last_votes"]),
        Goal(say("Share of the votes"), one.share_goal_pct, found["share_pct"], last_pct, is_share=True),
    ]


def range_of(one: Plan) -> dict[str, Any]:
    names = ("seats_low", "seats", "seats_high", "votes_low", "votes", "votes_high", "goal_pct")
    return dict(zip(names, one.found["range"], strict=True))


def seats_csv(one: Plan, lines: list[shown.Line]) -> tuple[list[str], Iterator[list[object]]]:
    """The seats shown, as a file: with what each figure stands on."""
    sources = shown.stands_on(one, [line.seat.contest_id for line in lines])
    head = [
        pgettext("kind of unit", "State"),
        say("Number"),
        say("Constituency"),
        say("Electors"),
        say("Likely votes"),
    ]
    head += [say("Votes last time"), say("Won last time"), say("File and row"), say("Votes planned")]
    head += [say("Share, %"), say("Won in the plan"), say("Votes that win"), say("Missing since last time")]
    head += [say("More than last time"), say("Won in so many of 100 draws"), say("By hand"), say("Locked")]
    return head, (
        [
            line.state, line.seat.contest.number, line.name, line.seat.electors, line.seat.votes_likely,
            line.found.last_votes, "+" if line.found.last_won else "", sources.get(line.seat.contest_id, ""),
            line.seat.votes, round(line.seat.share_pct, 2), "+" if line.found.won else "", line.found.need,
            line.short, line.gain, line.found.chance_pct, "+" if line.seat.by_hand else "",
            "+" if line.seat.is_locked else "",
        ]
        for line in lines
    )  # fmt: skip


class CompareForm(forms.Form):
    """The other version, or another plan of the same result."""

    other = forms.ChoiceField(label=_("Compare with"), required=False)
    show = forms.ChoiceField(
        label=_("Which"), required=False, choices=[("", _("Only what differs")), ("all", _("All"))]
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = others


@require_safe
def compare(request: Request, public_id: UUID) -> HttpResponseBase:
    """A version beside another, or beside another plan of the same result, seat by seat."""
    one = queries.plan_for(public_id)
    others = [each for each in planning.versions_of(one) if each.pk != one.pk]
    known = {each.pk for each in others}
    alike = queries.plans().filter(election=one.election, state=one.state).exclude(pk=one.pk)[:OWN_PAGES]
    others += [each for each in alike if each.pk not in known]
    by_id = {str(each.public_id): each for each in others}
    form = CompareForm(
        request.GET,
        others=[(key, f"{shown.plan_name(each)} · {each.number}") for key, each in by_id.items()],
    )
    given = form.cleaned_data if form.is_valid() else {}
    before = by_id.get(given.get("other", "")) or next(
        (each for each in others if each.pk == one.previous_id), others[0] if others else None
    )
    context: dict[str, Any] = {
        **shown.head(request, one),
        "crumbs": shown.plan_crumbs(one, (say("Compare"), "")),
        "form": form,
        "before": before,
    }
    if before is None:
        return render(request, "elections/plan_compare.html", context)
    found = planning.comparison(before, one)
    seats = {seat.contest_id: seat for each in (before, one) for seat in queries.plan_seats(each)}
    names = shown.seat_names(seat.contest for seat in seats.values())
    pairs = found.pairs if given.get("show") == "all" else found.changed
    rows = [(pair, names[pair.key]) for pair in sorted(pairs, key=lambda pair: -abs(pair.votes))]
    if tables.wants_csv(request.GET):
        head = [
            say("Constituency"),
            say("Votes before"),
            say("Votes after"),
            say("Difference"),
            say("Locked"),
        ]
        return tables.csv_response(
            "versions",
            head,
            (
                [
                    name,
                    pair.before.votes if pair.before else None,
                    pair.after.votes if pair.after else None,
                    pair.votes,
                    "+" if pair.after and pair.after.is_locked else "",
                ]
                for pair, name in rows
            ),
        )
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    return render(
        request,
        "elections/plan_compare.html",
        context
        | {
            "before_name": shown.plan_name(before),
            "before_side": shown.side_name(before.party, before.alliance),
            "comparison": found,
            "votes_more": found.votes_after - found.votes_before,
            "seats_more": found.seats_after - found.seats_before,
            "gained": [names[key] for key in found.gained],
            "lost": [names[key] for key in found.lost],
            "leaf": leaf,
        },
    )


@dataclass(frozen=True, slots=True, eq=False)
class SideColumn:
    """A side's plan with the same goals, worked out and stored nowhere."""

    name: str
    parties: str
    worked: Worked
    is_plans: bool
    findings: list[str]

    @property
    def swing(self) -> float:
        return self.worked.outcome.swing

    @property
    def is_reached(self) -> bool:
        return not self.findings


def columns_of(
    one: Plan, sides: list[Alliance | None], held: dict[int, tuple[int, int | None]], names: dict[int, str]
) -> list[SideColumn]:
    """The plan for each of several sides, from one reading of the result."""
    lines = queries.lines_of(one.election, state=one.state)
    found = []
    for alliance in sides:
        worked = planning.worked_out(
            one.election,
            state=one.state,
            party=one.party,
            alliance=alliance,
            aims=planning.aims_of(one),
            seed=one.seed,
            held=held,
            lines=lines,
        )
        if worked is not None:
            told = [sentence(each, names) for each in worked.outcome.contradictions if each.key is None]
            parties = ", ".join(alliance.parties) if alliance else ""
            name = shown.side_name(one.party, alliance)
            found.append(SideColumn(name, parties, worked, alliance == one.alliance, told))
    return found


def sides_for(one: Plan) -> list[Alliance | None]:
    """Alone first, then with each alliance of the election the party is in there."""
    named_there = queries.alliances(one.election, state=one.state or None)
    found: list[Alliance | None] = [None]
    return found + [
        each for each in named_there if one.party in each.parties and each.state in ("", one.state)
    ]


@require_safe
def sides(request: Request, public_id: UUID) -> HttpResponseBase:
    """The same goals with and without allies, side by side."""
    one = queries.plan_for(public_id)
    seats = queries.plan_seats(one)
    names = shown.seat_names(seat.contest for seat in seats)
    held = {
        seat.contest_id: (seat.votes, seat.votes_likely if seat.is_locked else None)
        for seat in seats
        if seat.by_hand or seat.is_locked
    }
    columns = columns_of(one, sides_for(one), held, names)
    rows = _side_rows(columns, names)
    if tables.wants_csv(request.GET):
        head = [say("Constituency")]
        for column in columns:
            head += [f"{column.name}: {word}" for word in (say("Votes"), say("Votes missing"), say("Won"))]
        return tables.csv_response("sides", head, ([row[0], *_flat(row[1])] for row in rows))
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    return render(
        request,
        "elections/plan_sides.html",
        {
            **shown.head(request, one),
            "crumbs": shown.plan_crumbs(one, (say("With and without allies"), "")),
            "columns": columns,
            "held": len(held),
            "lead": lead_of(one),
            "leaf": leaf,
            "alliance_href": reverse("elections:alliances", args=[one.election.code]),
        },
    )


@dataclass(frozen=True, slots=True)
class SideCell:
    """A seat for one side. short: votes of last time short of what wins."""

    votes: int
    short: int
    won: bool


def _side_rows(columns: list[SideColumn], names: dict[int, str]) -> list[tuple[str, list[SideCell]]]:
    if not columns:
        return []
    rows = []
    for place, contest in enumerate(columns[0].worked.contests):
        cells = []
        for column in columns:
            out = column.worked.outcome
            short = max(0, int(out.need[place]) - int(out.last_votes[place]))
            cells.append(SideCell(int(out.votes[place]), short, bool(out.won[place])))
        rows.append((names.get(contest.pk, contest.name), cells))
    # Where the sides differ most, first.
    return sorted(
        rows, key=lambda row: (min(cell.won for cell in row[1]), -max(cell.short for cell in row[1]))
    )


def _flat(cells: list[SideCell]) -> list[object]:
    return [value for cell in cells for value in (cell.votes, cell.short, "+" if cell.won else "")]
