"""Plans of seats and votes: the list, and one plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from abhiyan.core.words import name_in_language
from abhiyan.elections import queries
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import planning
from abhiyan.elections.words import findings_in_words
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.lists import Column, Table, file_asked, list_response
from abhiyan.ui.numbers import grouped

from . import plans_shown as shown

FINDINGS_SHOWN = 12
# Why no swing moves a seat, beside it.
UNMOVED = {"did_not_stand": _("no candidate last time"), "without_vote": _("uncontested last time")}


class ListFilters(forms.Form):
    """Which plans to show; state and result only where there are several."""

    q = forms.CharField(label=_("Name or unit"), required=False, max_length=60)

    def __init__(self, query: QueryDict, **choices: tuple[Any, list[tuple[str, str]]]) -> None:
        super().__init__(query)
        for name, (label, offered) in choices.items():
            if len(offered) > 1:
                every = [("", say("All")), *offered]
                self.fields[name] = forms.ChoiceField(label=label, required=False, choices=every)


class SeatFilters(forms.Form):
    """Which seats to show."""

    q = forms.CharField(label=_("Seat"), required=False, max_length=60)
    show = forms.ChoiceField(label=_("Which seats"), required=False, choices=list(shown.SHOWN.items()))


PLANS: tuple[Column[dict[str, Any]], ...] = (
    Column("name", _("Name"), itemgetter("name")),
    Column("owner", _("Whose plan"), itemgetter("owner")),
    Column("place", _("Where"), itemgetter("place")),
    Column("election", _("Last result"), itemgetter("election")),
    Column("side", _("Side"), itemgetter("side")),
    Column("seats_goal", _("Seats aimed at"), lambda row: row["plan"].seats_goal),
    Column("votes_goal", _("Votes aimed at"), lambda row: row["plan"].votes_goal),
    Column("seats_low", _("Seats, at least"), lambda row: row["seats"].low),
    Column("seats_high", _("Seats, at most"), lambda row: row["seats"].high),
    Column("votes", _("Votes"), lambda row: row["plan"].found.get("votes")),
    Column("version", _("Version"), lambda row: row["plan"].number),
    Column("made", _("Made"), lambda row: row["plan"].made_at.isoformat(timespec="minutes")),
)


@require_safe
def plans_page(request: Request) -> HttpResponseBase:
    """The newest version of every plan in sight."""
    filters = ListFilters(request.GET, **_list_choices())
    filter_values = filters.cleaned_data if filters.is_valid() else {}
    words = filter_values.get("q", "").strip()
    found = planning.newest_plans(words)
    if filter_values.get("election"):
        found = found.filter(election__code=filter_values["election"])
    if filter_values.get("state"):
        found = found.filter(state="" if filter_values["state"] == NATION else filter_values["state"])
    table = Table(request, PLANS, found, name="plans", caption=_("Plans"), finish=_list_rows)
    context = {
        "here": "elections",
        "crumbs": [(say("Plans"), "")],
        "filters": filters,
        "is_narrowed": any(filter_values.values()),
        "may_make": request.viewer.may("plans.make"),
        "may_import": request.viewer.may("results.import"),
        "has_elections": bool(table.total) or queries.whole_elections().exists(),
    }
    return list_response(request, "elections/plan_list.html", table, context)


NATION = "all"  # in the filter, of plans for all states


def _list_choices() -> dict[str, tuple[Any, list[tuple[str, str]]]]:
    """Results and states the plans in sight are of. One query."""
    there = planning.newest_plans().order_by()
    elections, states = {}, {}
    for code, names, state in there.values_list("election__code", "election__names", "state").distinct():
        elections[code] = name_in_language(names)
        states[state or NATION] = shown.plan_state_name(state)
    return {
        "election": (_("Last result"), sorted(elections.items(), key=itemgetter(1))),
        "state": (_("Where"), sorted(states.items(), key=itemgetter(1))),
    }


def _list_rows(found: Sequence[Plan]) -> list[dict[str, Any]]:
    makers = people.names_of_accounts([one.made_by for one in found if one.made_by])
    return [
        {
            "plan": one,
            "name": shown.plan_name(one),
            "seats": queries.seats_range(one),
            "owner": name_in_language(one.unit.names),
            "place": shown.place_name(one),
            "election": name_in_language(one.election.names),
            "side": shown.side_name(one.party, one.alliance),
            "maker": makers.get(one.made_by or 0, ""),
        }
        for one in found
    ]


@require_safe
def plan_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """One version of a plan: goals beside the last result, its range, what contradicts, and every seat."""
    one = queries.plan_for(public_id)
    lines = shown.plan_seat_lines(one)
    first = shown.to_be_won(one)
    query = request.GET.copy()
    if first and not file_asked(request):
        query.setdefault("show", "new")  # what is to be won comes first, the cheapest seat at the top
    table = Table(
        request,
        shown.SEATS,
        shown.filtered_seats(lines, query),
        name="plan",
        caption=_("Seats of the plan"),
        sort="short" if query.get("show") == "new" else "-short",
        finish=partial(shown.with_sources, one),
    )
    if table.file_kind:
        return table.file()
    names = {line.seat.contest_id: line.name for line in lines}
    contradictions = findings_in_words(planning.findings(one, "contradictions"), names)
    noted = planning.findings(one, "notes")
    notes = findings_in_words(noted, names)
    unmoved = {
        plan_finding.key: UNMOVED[plan_finding.code] for plan_finding in noted if plan_finding.code in UNMOVED
    }
    every = request.GET.get("versions") == "all"
    versions = planning.plan_versions(one, most=None if every else planning.VERSIONS_SHOWN)
    makers = people.names_of_accounts(
        [plan_version.made_by for plan_version in versions if plan_version.made_by]
    )
    return render(
        request,
        "elections/plan.html",
        {
            **shown.head(request, one),
            "crumbs": shown.plans_crumbs((shown.plan_name(one), "")),
            "found": one.found,
            "headline": headline_of(one),
            "first": first,
            "lead": shown.lead_of(one),
            "goals": goals_of(one),
            "range": range_of(one),
            "near": one.found.get("near", []),
            "stray": planning.STRAY_POINTS,
            "contradictions": contradictions[:FINDINGS_SHOWN],
            "more_contradictions": contradictions[FINDINGS_SHOWN:],
            "notes": notes[:FINDINGS_SHOWN],
            "more_notes": notes[FINDINGS_SHOWN:],
            "sources": shown.sources_said(queries.result_files(one.election, state=one.state)),
            "versions": [
                (plan_version, makers.get(plan_version.made_by or 0, "")) for plan_version in versions
            ],
            "filters": SeatFilters(query),
            "sorting": table.sorting,
            "leaf": table.leaf,
            "rows": [(line, line.source, unmoved.get(line.seat.contest_id, "")) for line in table.leaf.rows],
            "many_states": not one.state,
        },
    )


@dataclass(frozen=True, slots=True)
class Goal:
    """A row of the table of goals: what is aimed at, what the plan comes to, what there was."""

    name: str
    goal: float | None
    planned: float | None
    last: float | None
    is_share: bool = False
    seats: queries.SeatsRange | None = None

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
    facts = one.found
    polled = facts.get("last_polled")
    last_pct = 100 * facts["last_votes"] / polled if polled else None
    return [
        Goal(say("Seats"), one.seats_goal, None, facts["last_seats"], seats=queries.seats_range(one)),
        Goal(say("Votes"), one.votes_goal, facts["votes"], facts["last_votes"]),
        Goal(say("Share of the votes"), one.share_goal_pct, facts["share_pct"], last_pct, is_share=True),
    ]


def headline_of(one: Plan) -> str:
    """The plan in its range: "31 to 40 seats; 46 is reached almost never"."""
    seats = queries.seats_range(one)
    if not (how_often := often(seats.goal_pct)) or one.seats_goal is None:
        return seats.words
    words = say("%(seats)s; %(goal)s is reached %(often)s.")
    return words % {"seats": seats.words, "goal": grouped(one.seats_goal), "often": how_often}


def often(pct: float | None) -> str:
    """Say how often random tries reach the goal of seats. Empty without a goal. pct: of 100 tries."""
    if pct is None:
        return ""
    if pct < 5:
        return say("almost never")
    if pct >= 95:
        return say("almost every time")
    tenths = min(9, int(pct / 10 + 0.5))
    if tenths == 5:
        return say("every second time")
    return ngettext("about %(n)s time in 10", "about %(n)s times in 10", tenths) % {"n": tenths}


def range_of(one: Plan) -> dict[str, Any]:
    names = ("seats_low", "seats", "seats_high", "votes_low", "votes", "votes_high", "goal_pct")
    return dict(zip(names, one.found["range"], strict=True))
