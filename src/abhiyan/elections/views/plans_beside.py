"""A plan beside another version or another plan, and beside itself with other allies."""

from collections.abc import Callable
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

from abhiyan.core.natural import natural
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries
from abhiyan.elections.models import Alliance, Plan
from abhiyan.elections.queries import Lines, listing, planning
from abhiyan.elections.queries.planning import WorkedPlan
from abhiyan.elections.rules.plans import PlanOutcome
from abhiyan.elections.rules.versions import SeatVersions, compare_plans
from abhiyan.elections.words import finding_words
from abhiyan.org.viewer import Request
from abhiyan.ui import tables
from abhiyan.ui.forms import offer
from abhiyan.units.rules.fold import fits_name

from . import plans_shown as shown
from .results_shown import rows_in_order

OWN_PAGES = 50  # other plans offered


class ComparePlansForm(forms.Form):
    """The other version, or another plan of the same result; which seats."""

    q = forms.CharField(label=_("Seat"), required=False, max_length=60)
    other = forms.ChoiceField(label=_("Compare with"), required=False)
    show = forms.ChoiceField(
        label=_("Which seats"), required=False, choices=[("", _("Only what differs")), ("all", _("All"))]
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, other=others)


PAIRS: dict[str, Callable[[tuple[SeatVersions, str]], Any]] = {
    "name": lambda row: natural(row[1]),
    "before": lambda row: row[0].before.votes if row[0].before else None,
    "after": lambda row: row[0].after.votes if row[0].after else None,
    "votes": lambda row: row[0].votes,
    "by": lambda row: abs(row[0].votes),  # where most has changed, either way
    "share": lambda row: row[0].share_points,
}


@require_safe
def compare(request: Request, public_id: UUID) -> HttpResponseBase:
    """A version beside another, or beside another plan of the same result, seat by seat."""
    plan = queries.plan_for(public_id)
    versions = [plan_version for plan_version in planning.plan_versions(plan) if plan_version.pk != plan.pk]
    others = [
        (plan_version.pk, str(plan_version.public_id), plan_version.names, plan_version.number)
        for plan_version in versions
    ]
    alike = queries.plans().filter(election=plan.election, state=plan.state)
    alike = alike.exclude(pk__in=[plan.pk, *(plan_version.pk for plan_version in versions)])
    found_alike = alike.values_list("pk", "public_id", "names", "number")[:OWN_PAGES]
    others += [(pk, str(other), names, number) for pk, other, names, number in found_alike]
    form = ComparePlansForm(
        request.GET,
        others=[(other, f"{name_in_language(names)} · {number}") for _pk, other, names, number in others],
    )
    form_values = form.cleaned_data if form.is_valid() else {}
    chosen = form_values.get("other") or next(
        (other for pk, other, _names, _number in others if pk == plan.previous_id),
        others[0][1] if others else None,
    )
    before = queries.plan_for(UUID(chosen)) if chosen else None
    context: dict[str, Any] = {
        **shown.head(request, plan),
        "crumbs": shown.plan_crumbs(plan, (say("Compare"), "")),
        "form": form,
        "before": before,
    }
    if before is None:
        return render(request, "elections/plan_compare.html", context)
    seats = [(each, queries.plan_seats(each)) for each in (before, plan)]
    comparison = compare_plans(*(planning.comparable_seats(each, there) for each, there in seats))
    contests = {seat.contest_id: seat.contest for _each, there in seats for seat in there}
    names = shown.plan_seat_names(contests.values())
    pairs = comparison.pairs if form_values.get("show") == "all" else comparison.changed
    words = form_values.get("q", "")
    sorting = tables.sorting(request.GET, dict.fromkeys(PAIRS, ""), default="-by")
    rows = rows_in_order(
        [(pair, names[pair.key]) for pair in pairs if fits_name(words, names[pair.key])], sorting, PAIRS
    )
    if kind := tables.file_kind(request.GET):
        return tables.file_response("versions", kind, *_pairs_file(plan, rows))
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    return render(
        request,
        "elections/plan_compare.html",
        context
        | {
            "before_name": shown.plan_name(before),
            "before_side": shown.side_name(before.party, before.alliance),
            "comparison": comparison,
            "votes_more": comparison.votes_after - comparison.votes_before,
            "seats_before": queries.seats_range(before),
            "seats_after": queries.seats_range(plan),
            "gained": [names[key] for key in comparison.gained],
            "lost": [names[key] for key in comparison.lost],
            "is_narrowed": bool(words),
            "sorting": sorting,
            "leaf": leaf,
        },
    )


def _pairs_file(plan: Plan, rows: list[tuple[SeatVersions, str]]) -> tuple[list[str], list[list[object]]]:
    head = [say("Seat"), say("Votes before"), say("Votes after"), say("Difference"), say("Locked")]
    head += [say("Votes last time"), say("File and row")]
    sources = shown.stands_on(plan, [pair.key for pair, _name in rows])
    return head, [
        [
            name,
            pair.before.votes if pair.before else None,
            pair.after.votes if pair.after else None,
            pair.votes,
            say("yes") if pair.after and pair.after.is_locked else "",
            planning.seat_found(plan, pair.key).last_votes if pair.after else None,
            sources.get(pair.key, ""),
        ]
        for pair, name in rows
    ]


@dataclass(frozen=True, slots=True, eq=False)
class SideColumn:
    """A side's plan with the same goals, worked out and stored nowhere."""

    name: str
    alliance: Alliance | None
    worked: WorkedPlan
    is_plans: bool
    findings: list[str]
    notes: list[str]

    @property
    def parties(self) -> str:
        return ", ".join(self.alliance.parties) if self.alliance is not None else ""

    @property
    def out(self) -> PlanOutcome:
        return self.worked.outcome

    @property
    def seats(self) -> queries.SeatsRange:
        return queries.SeatsRange(self.out.range.seats_low, self.out.range.seats_high)


def columns_of(
    plan: Plan, held: dict[int, tuple[int, int | None]], lines: Lines, names: dict[int, str]
) -> list[SideColumn]:
    """The plan for its party alone, then with each alliance of the election that it is in there. One query.

    lines: the result the plan is of, read once for all. names: of its seats.
    """
    named = queries.alliances(plan.election)
    there = [each for each in listing.alliances_in(named, plan.state) if plan.party in each.parties]
    columns = []
    for alliance in (None, *there):
        worked = planning.worked_out(
            plan.election,
            state=plan.state,
            party=plan.party,
            alliance=alliance,
            aims=planning.plan_aims(plan),
            seed=plan.seed,
            held=held,
            lines=lines,
            named=named,
        )
        if worked is not None:
            sources, noted = (
                [finding_words(plan_finding, names) for plan_finding in which if plan_finding.key is None]
                for which in (worked.outcome.contradictions, planning.notes_of(worked))
            )
            name = shown.side_name(plan.party, alliance)
            columns.append(SideColumn(name, alliance, worked, alliance == plan.alliance, sources, noted))
    return columns


class SidesFilters(forms.Form):
    """Which seats to show."""

    q = forms.CharField(label=_("Seat"), required=False, max_length=60)
    show = forms.ChoiceField(
        label=_("Which seats"),
        required=False,
        choices=[("", _("All")), ("differ", _("Only where the sides differ"))],
    )


@dataclass(frozen=True, slots=True)
class SideCell:
    """A seat for one side. side: its column's name. short: votes of last time short of what wins."""

    side: str
    last: int
    votes: int
    short: int
    won: bool


@dataclass(frozen=True, slots=True)
class SideRow:
    """A seat, for every side."""

    contest_id: int
    name: str
    cells: list[SideCell]

    @property
    def differs(self) -> bool:
        """Return True if some sides win it and some do not."""
        return len({cell.won for cell in self.cells}) > 1


@require_safe
def sides(request: Request, public_id: UUID) -> HttpResponseBase:
    """The same goals with and without allies, side by side."""
    plan = queries.plan_for(public_id)
    lines = queries.contest_lines(plan.election, state=plan.state)
    names = shown.plan_seat_names(lines.contests)
    votes_held = {
        seat.contest_id: (seat.votes, seat.votes_likely if seat.is_locked else None)
        for seat in queries.plan_seats(plan)
        if seat.by_hand or seat.is_locked
    }
    columns = columns_of(plan, votes_held, lines, names)
    filters = SidesFilters(request.GET)
    filter_values = filters.cleaned_data if filters.is_valid() else {}
    words = filter_values.get("q", "")
    side_rows = [
        row
        for row in _side_rows(columns, names)
        if fits_name(words, row.name) and (row.differs or filter_values.get("show") != "differ")
    ]
    keys = _side_keys(len(columns))
    sorting = tables.sorting(request.GET, dict.fromkeys(keys, ""), default="differ")
    rows = rows_in_order(side_rows, sorting, keys)
    if kind := tables.file_kind(request.GET):
        return tables.file_response("sides", kind, *_sides_file(plan, columns, rows))
    leaf = tables.numbered(rows, request.GET, total=len(rows))
    return render(
        request,
        "elections/plan_sides.html",
        {
            **shown.head(request, plan),
            "crumbs": shown.plan_crumbs(plan, (say("With and without allies"), "")),
            "columns": columns,
            "heads": [(column.name, f"votes{at}", f"short{at}") for at, column in enumerate(columns)],
            "held": len(votes_held),
            "lead": shown.lead_of(plan),
            "filters": filters,
            "sorting": sorting,
            "leaf": leaf,
            "alliance_href": reverse("elections:alliances", args=[plan.election.code]),
        },
    )


def _side_keys(n: int) -> dict[str, Callable[[SideRow], Any]]:
    """Return the orders of the seats: first those won by some sides only, then by most missing votes."""
    keys: dict[str, Callable[[SideRow], Any]] = {
        "differ": lambda row: (not row.differs, -max(cell.short for cell in row.cells)),
        "name": lambda row: natural(row.name),
    }
    for at in range(n):
        keys[f"votes{at}"] = lambda row, at=at: row.cells[at].votes  # type: ignore[misc]  # at: of this turn
        keys[f"short{at}"] = lambda row, at=at: row.cells[at].short  # type: ignore[misc]  # at: of this turn
    return keys


def _side_rows(columns: list[SideColumn], names: dict[int, str]) -> list[SideRow]:
    if not columns:
        return []
    rows = []
    for place, contest in enumerate(columns[0].worked.contests):
        cells = []
        for column in columns:
            out = column.worked.outcome
            last = int(out.last_votes[place])
            short = max(0, int(out.need[place]) - last)
            cells.append(SideCell(column.name, last, int(out.votes[place]), short, bool(out.won[place])))
        rows.append(SideRow(contest.pk, names[contest.pk], cells))
    return rows


def _sides_file(
    plan: Plan, columns: list[SideColumn], rows: list[SideRow]
) -> tuple[list[str], list[list[object]]]:
    head = [say("Seat")]
    sources = []
    for column in columns:
        words = (say("Votes last time"), say("File and row"), say("Votes"), say("Short by (votes)"))
        head += [f"{column.name}: {word}" for word in (*words, pgettext("of a seat", "Won"))]
        side = Plan(election=plan.election, party=plan.party, alliance=column.alliance)
        sources.append(shown.stands_on(side, [row.contest_id for row in rows]))
    lines: list[list[object]] = []
    for row in rows:
        line: list[object] = [row.name]
        for cell, source_by_seat in zip(row.cells, sources, strict=True):
            line += [cell.last, source_by_seat.get(row.contest_id, ""), cell.votes, cell.short]
            line.append(say("yes") if cell.won else "")
        lines.append(line)
    return head, lines
