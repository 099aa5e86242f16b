"""Membership beside votes, place by place: two counts of the same ground, which prove nothing about any person."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries as elections
from abhiyan.elections.models import Election
from abhiyan.elections.queries import OurSide, UnitFigures, grounds
from abhiyan.elections.views.results_shown import (
    NO_SIDE,
    Chosen,
    ResultFilters,
    alliance_chosen,
    party_chosen,
    rounded_share,
    side_asked,
    side_choices,
)
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.ui import scatter
from abhiyan.ui.lists import Column, Table
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy
from abhiyan.units.queries import UnitRow

from .unit_frame import unit_href

MOST_PLACES = 1_000  # that are laid side by side


@dataclass(frozen=True, slots=True)
class Place:
    """A segment or constituency: members counted there (None: fewer than 10), our votes, votes polled.

    per_100: members per 100 votes polled; None where either is not shown.
    """

    child: programmes.Child
    name: str
    figures: UnitFigures | None
    counted: int | None
    is_rounded: bool

    @property
    def per_100(self) -> float | None:
        if self.figures is None or self.counted is None:
            return None
        return 100 * self.counted / self.figures.polled


COLUMNS: tuple[Column[Place], ...] = (
    Column("code", gettext_lazy("Code"), lambda row: row.child.code),
    Column("name", gettext_lazy("Unit"), lambda row: row.name, order=True),
    Column(
        "members",
        gettext_lazy("Members counted"),
        lambda row: "<10" if row.counted is None else row.counted,
        order=lambda row: row.counted,
    ),
    Column(
        "votes", gettext_lazy("Votes of the side"), lambda row: row.figures and row.figures.votes, order=True
    ),
    Column("polled", gettext_lazy("Votes polled"), lambda row: row.figures and row.figures.polled),
    Column(
        "share",
        gettext_lazy("Share (%)"),
        lambda row: row.figures and rounded_share(row.figures.share_pct),
        order=True,
    ),
    Column(
        "lead",
        gettext_lazy("Lead (%)"),
        lambda row: row.figures and rounded_share(row.figures.lead_pct),
        order=True,
    ),
    Column(
        "per_100",
        gettext_lazy("Members per 100 votes polled"),
        lambda row: rounded_share(row.per_100),
        order=True,
    ),
    Column("file", gettext_lazy("File"), lambda row: row.figures and row.figures.source.file),
    Column("row", gettext_lazy("Row"), lambda row: row.figures and row.figures.source.row),
)


@require_safe
def membership_votes(request: Request, code: str) -> HttpResponseBase:
    """Show the segments below a unit (or its constituencies): members counted beside our votes in a past election."""
    at = clock.now()
    facts = units.unit_with_hierarchies(code)
    here = units.row_of_unit(facts.id, Hierarchy.ELECTORAL)
    is_place = here.lo is not None and here.kind not in ("segment", "mandal", "booth")
    if not is_place:
        return _not_here(request, here, facts.is_sample)
    sees = here.lo is not None and request.viewer.sees_counts_at(here.lo)
    running = _programmes(facts.id, at) if sees else []
    programme = _chosen(running, request.GET.get("programme", ""))
    offered = list(elections.whole_elections())
    election = next((one for one in offered if one.code == request.GET.get("election", "")), None)
    election = election or (offered[0] if offered else None)
    side = side_asked(request.GET, election) if election is not None else NO_SIDE
    if not side.value and election is not None:
        side = _first_side(election, grounds.state_of_unit(facts.id))
    places: list[Place] = []
    left_out = 0
    if programme is not None and election is not None:
        places, left_out = _places(here, programme, election, side.ours, at)
    caption = _("Members and votes by place")
    table = Table(request, COLUMNS, places, name=f"membership-votes-{code}", caption=caption, sort="-share")
    if table.file_kind:
        return table.file()
    name = here.name()
    query = request.GET.copy()
    query["side"] = side.value  # also where nobody chose one
    context = {
        "here": "elections",
        "crumbs": [
            *(
                (row.name(), unit_href(row.code, Hierarchy.ELECTORAL))
                for row in (units.path_of_unit(facts.id, Hierarchy.ELECTORAL) if here.lo is not None else [])
            ),
            (_("Membership beside votes"), ""),
        ],
        "unit": here,
        "name": name,
        "sees": sees,
        "page_is_sample": facts.is_sample,
        "programme_name": name_in_language(programme.names) if programme is not None else "",
        "election_name": name_in_language(election.names) if election is not None else "",
        "side": side,
        "filters": ResultFilters(
            query,
            programme=(
                gettext_lazy("Programme"),
                [(str(one.public_id), name_in_language(one.names)) for one in running],
            ),
            election=(
                gettext_lazy("Election"),
                [(one.code, name_in_language(one.names)) for one in offered],
            ),
            side=(gettext_lazy("Side"), side_choices(election, chosen=side) if election is not None else []),
        ),
        "sorting": table.sorting,
        "leaf": table.leaf,
        "rows": [
            (place, reverse("elections:unit", args=[place.child.code]), place.figures)
            for place in table.leaf.rows
        ],
        "may_import": request.viewer.may("results.import"),
        "is_rounded": any(place.is_rounded for place in places),
        "scatter": _scatter(places, side),
        "left_out": left_out,
        "not_drawn": sum(place.per_100 is None for place in places),
    }
    return render(request, "pages/membership_votes.html", context)


def _programmes(unit_id: int, at: datetime) -> list[Programme]:
    """Return programmes that run here today and put people on a roll: their first measure is who joined."""
    today = clock.day_in(settings.TIME_ZONE, at)
    return [
        measure.programme
        for measure in programmes.running_at(unit_id, Hierarchy.ORGANISATIONAL, today)[0]
        if measure.measure == 1 and activities.activity_of(measure.programme.kind).fills_roll
    ]


def _chosen(running: list[Programme], wanted: str) -> Programme | None:
    return next(
        (programme for programme in running if str(programme.public_id) == wanted),
        running[0] if running else None,
    )


def _not_here(request: Request, here: UnitRow, is_sample: bool) -> HttpResponseBase:
    """Lead up to a state or constituency: the page exists for them and the units above them only."""
    above = [row for tree in units.hierarchies_of(here.id) for row in units.path_of_unit(here.id, tree)]
    kinds = ("constituency", "state")
    up = next((row for kind in kinds for row in above if row.kind == kind and row.id != here.id), None)
    context = {
        "here": "elections",
        "crumbs": [
            (here.name(), reverse("pages:unit", args=[here.code])),
            (_("Membership beside votes"), ""),
        ],
        "name": here.name(),
        "page_is_sample": is_sample,
        "is_elsewhere": True,
        "up_href": reverse("pages:membership_votes", args=[up.code]) if up is not None else "",
        "up_name": up.name() if up is not None else "",
    }
    return render(request, "pages/membership_votes.html", context)


def _first_side(election: Election, state: str) -> Chosen:
    """Return the side shown before anybody chooses: of the newest plan in sight for that state, the party or
    its alliance; without a plan the party with most votes there. A new alliance changes neither."""
    plan = elections.plans().filter(state=state).first()
    codes = elections.parties_of(election, state=state, most=1)
    if plan is None:
        return party_chosen(codes[0]) if codes else NO_SIDE
    if plan.alliance is not None and plan.election_id == election.pk:
        return alliance_chosen(plan.alliance)
    return party_chosen(plan.party)


def _places(
    here: UnitRow, programme: Programme, election: Election, side: OurSide, at: datetime
) -> tuple[list[Place], int]:
    """Return segments below the unit, or its constituencies where the election has figures of those only; and
    how many are left out. Ten queries, however many there are."""
    places, left_out = elections.unit_places_below(election, here.id, most=MOST_PLACES)
    leaf = programmes.children_ladders(
        node=here.id,
        hierarchy=Hierarchy.ELECTORAL,
        programme=programme,
        at=at,
        sort="code",
        per=MOST_PLACES,
        units=places,
    )
    figures = elections.figures_of_units(election, places, side)
    found = [
        Place(
            child,
            name_in_language(child.names),
            figures.get(child.unit_id),
            child.ladder.counted,
            child.ladder.is_rounded,
        )
        for child in leaf.rows
    ]
    return found, left_out


def _scatter(places: list[Place], side: Chosen) -> scatter.Scatter:
    words = _("%(place)s: %(members)s members per 100 votes polled, %(share)s%% of votes for %(side)s")
    return scatter.Scatter(
        name=_("Members per 100 votes polled against the share of votes, a dot per place"),
        x_name=_("share of votes of %(side)s (%%)") % {"side": side.name},
        y_name=_("members counted per 100 votes polled"),
        dots=[
            scatter.ScatterDot(
                name=place.name,
                x=place.figures.share_pct,
                y=place.per_100,
                words=words
                % {
                    "place": place.name,
                    "members": f"{place.per_100:.2f}",
                    "share": f"{place.figures.share_pct:.1f}",
                    "side": side.name,
                },
                href=reverse("elections:unit", args=[place.child.code]),
            )
            for place in places
            if place.figures is not None and place.per_100 is not None
        ],
    )
