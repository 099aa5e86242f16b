"""Share what several pages of plans show alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from abhiyan.core.words import active_language, name_in_language, short_day
from abhiyan.elections import queries, reference
from abhiyan.elections.models import Alliance, Contest, Plan, PlanSeat, ResultFile
from abhiyan.elections.queries import planning, sources
from abhiyan.elections.queries.planning import PlanVersion, SeatFound
from abhiyan.elections.templatetags.figures import origin
from abhiyan.org.viewer import Request
from abhiyan.ui.lists import Column
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.rules.fold import fits_name

SHOWN = {
    "": gettext_lazy("All"),
    "new": gettext_lazy("To be won from others"),
    "kept": gettext_lazy("Won last time too"),
    "missing": gettext_lazy("Not won in this plan"),
    "hand": gettext_lazy("Set by hand"),
    "locked": gettext_lazy("Locked"),
}


@dataclass(frozen=True, slots=True)
class PlanSeatLine:
    """A seat of a plan as a table shows it. gain: votes more than last time. source: file and row of the last votes."""

    seat: PlanSeat
    found: SeatFound
    name: str
    state: str
    source: str = ""

    @property
    def gain(self) -> int:
        return self.seat.votes - self.found.last_votes

    @property
    def short(self) -> int:
        """Votes of last time short of what wins now: what is missing there."""
        return max(0, self.found.need - self.found.last_votes)


SEATS: tuple[Column[PlanSeatLine], ...] = (
    Column("state", pgettext_lazy("kind of unit", "State"), lambda line: line.state),
    Column("number", gettext_lazy("Number"), lambda line: line.seat.contest.number),
    Column("name", gettext_lazy("Seat"), lambda line: line.name, order=lambda line: line.name.casefold()),
    Column("electors", gettext_lazy("Electors"), lambda line: line.seat.electors, order=True),
    Column("likely", gettext_lazy("Likely votes"), lambda line: line.seat.votes_likely),
    Column("last", gettext_lazy("Votes last time"), lambda line: line.found.last_votes, order=True),
    Column("last_won", gettext_lazy("Won last time"), lambda line: line.found.last_won),
    Column("source", gettext_lazy("File and row"), lambda line: line.source),
    Column("votes", gettext_lazy("Votes planned"), lambda line: line.seat.votes, order=True),
    Column(
        "share",
        gettext_lazy("Share, %"),
        lambda line: round(line.seat.share_pct, 2),
        order=lambda line: line.seat.share_pct,
    ),
    Column("won", gettext_lazy("Won in the plan"), lambda line: line.found.won),
    Column(
        "need",
        gettext_lazy("Votes that win"),
        lambda line: line.found.need or None,
        order=lambda line: line.found.need,
    ),
    Column("short", gettext_lazy("Short by"), lambda line: line.short, order=True),
    Column("gain", gettext_lazy("More than last time"), lambda line: line.gain, order=True),
    Column(
        "chance", gettext_lazy("Won in how many of 100 tries"), lambda line: line.found.chance_pct, order=True
    ),
    Column("by_hand", gettext_lazy("By hand"), lambda line: line.seat.by_hand),
    Column("locked", gettext_lazy("Locked"), lambda line: line.seat.is_locked),
)


def with_sources(one: Plan, lines: list[PlanSeatLine]) -> list[PlanSeatLine]:
    """Return the lines, each with the source of its last votes."""
    source_by_seat = stands_on(one, [line.seat.contest_id for line in lines])
    return [replace(line, source=source_by_seat.get(line.seat.contest_id, "")) for line in lines]


def sources_said(files: Iterable[ResultFile]) -> list[str]:
    """Say where results come from, each source once: as its bringer names it, else its file, and the day it came."""
    source_texts = (
        f"{origin(file.origin) or file.name}, {short_day(timezone.localtime(file.brought_at))}"
        for file in files
    )
    return list(dict.fromkeys(source_texts))


def plans_crumbs(*more: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return [(_("Plans"), reverse("elections:plans")), *more]


def plan_crumbs(plan: Plan, *more: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return plans_crumbs((plan_name(plan), reverse("elections:plan", args=[plan.public_id])), *more)


def plan_name(plan: Plan | PlanVersion) -> str:
    return name_in_language(plan.names)


def to_be_won(plan: Plan) -> str:
    """Say how many seats the plan wins from others, and how many votes they lack. Empty for none."""
    seats, votes = planning.gap_to_win(plan)
    words = ngettext(
        "%(seats)s seat is to be won from others. It needs %(votes)s more votes.",
        "%(seats)s seats are to be won from others. They need %(votes)s more votes.",
        seats,
    )
    return words % {"seats": grouped(seats), "votes": grouped(votes)} if seats else ""


def lead_of(plan: Plan) -> str:
    """The plan in one sentence: "325 seats, 35,00,00,000 votes; last time 303 and 22,90,76,879"."""
    goals = []
    if plan.seats_goal is not None:
        every = len(plan.found.get("by_seat", {}))
        goals.append(
            ngettext("%(n)s of %(all)s seat", "%(n)s of %(all)s seats", every)
            % {"n": grouped(plan.seats_goal), "all": grouped(every)}
        )
    if plan.votes_goal is not None:
        goals.append(ngettext("%(n)s vote", "%(n)s votes", plan.votes_goal) % {"n": grouped(plan.votes_goal)})
    if plan.share_goal_pct is not None:
        goals.append(_("%(pct)s%% of the votes") % {"pct": f"{plan.share_goal_pct:g}"})
    facts = {
        "goal": ", ".join(goals) or _("no goal"),
        "seats": grouped(plan.found["last_seats"]),
        "votes": grouped(plan.found["last_votes"]),
    }
    words = ngettext(
        "%(goal)s; last time %(seats)s seat and %(votes)s votes",
        "%(goal)s; last time %(seats)s seats and %(votes)s votes",
        plan.found["last_seats"],
    )
    return words % facts


def side_name(party: str, alliance: Alliance | None) -> str:
    """Name the side whose votes count: a party alone, or an alliance."""
    if alliance is None:
        return _("%(party)s alone") % {"party": party}
    facts = {"party": party, "alliance": name_in_language(alliance.names)}
    return _("%(party)s with %(alliance)s") % facts


def place_name(plan: Plan) -> str:
    return plan_state_name(plan.state)


def plan_state_name(state: str) -> str:
    return reference.reference_state_name(state, active_language()) if state else _("All states")


def may_change_plan(request: Request, plan: Plan) -> bool:
    """Return True if the viewer may change a plan, to show a button; the act asks again."""
    positions = [lo for lo, _hi in units.all_spans([plan.unit_id]).get(plan.unit_id, [])]
    return request.viewer.may_at("plans.make", *positions)


def head(request: Request, plan: Plan) -> dict[str, Any]:
    """Return what every page of a plan needs."""
    is_newest = planning.is_newest(plan)
    return {
        "here": "elections",
        "plan": plan,
        "name": plan_name(plan),
        "side": side_name(plan.party, plan.alliance),
        "place": place_name(plan),
        "election_name": name_in_language(plan.election.names),
        "owner": name_in_language(plan.unit.names),
        "is_newest": is_newest,
        "may_change": is_newest and may_change_plan(request, plan),
    }


def newest_href(plan: Plan, page: str) -> str:
    """A page of the newest version of a plan. One query."""
    return reverse(page, args=[planning.plan_versions(plan, most=1)[0].public_id])


def older(request: Request, plan: Plan, title: str, page: str) -> dict[str, Any]:
    """Return the page that replaces a form on an older version: it leads to the newest."""
    return head(request, plan) | {
        "crumbs": plan_crumbs(plan, (title, "")),
        "title": title,
        "newest": newest_href(plan, page),
    }


def plan_seat_lines(plan: Plan) -> list[PlanSeatLine]:
    """Every seat of a plan. Two queries."""
    seats = queries.plan_seats(plan)
    names = plan_seat_names(seat.contest for seat in seats)
    return [
        PlanSeatLine(
            seat,
            planning.seat_found(plan, seat.contest_id),
            names[seat.contest_id],
            reference.reference_state_name(seat.contest.state, active_language()),
        )
        for seat in seats
    ]


def plan_seat_names(contests: Iterable[Contest]) -> dict[int, str]:
    """Seats' names: their units' in this language, else as the file says them. One query."""
    found = list(contests)
    of_units = units.names_of_units(
        [contest.unit_id for contest in found if contest.unit_id], language=active_language()
    )
    return {contest.pk: of_units.get(contest.unit_id or 0) or contest.name for contest in found}


def seats_by_name(lines: Iterable[PlanSeatLine], query: QueryDict) -> list[PlanSeatLine]:
    """Lines of seats whose name fits the words looked for, in this language or as the file writes it."""
    words = query.get("q", "")[:60]
    return [line for line in lines if fits_name(words, line.name, line.seat.contest.name)]


def filtered_seats(lines: Iterable[PlanSeatLine], query: QueryDict) -> list[PlanSeatLine]:
    """Those the filters let through."""
    show = query.get("show", "")
    filters = []
    for line in seats_by_name(lines, query):
        fits = {
            "new": line.found.won and not line.found.last_won,
            "kept": line.found.won and line.found.last_won,
            "missing": not line.found.won,
            "hand": line.seat.by_hand,
            "locked": line.seat.is_locked,
        }.get(show, True)
        if fits:
            filters.append(line)
    return filters


def stands_on(plan: Plan, contest_ids: Iterable[int]) -> dict[int, str]:
    """contest -> file and rows of our side's votes in the last result. Two queries."""
    return _told(*planning.rows_of_side(plan, contest_ids))


def parts_stand_on(plan: Plan, seat_unit: int, unit_ids: Iterable[int]) -> dict[int, str]:
    """unit -> file and rows of our side's last votes there, of units below a seat that have votes of their own."""
    return _told(*sources.rows_of_parts(plan.election, unit_ids, planning.parties_below(plan, seat_unit)))


def _told(found: Mapping[int, list[tuple[int, int]]], files: Mapping[int, ResultFile]) -> dict[int, str]:
    texts = {}
    for key, pairs in found.items():
        by_file: dict[int, list[int]] = {}
        for import_id, row in sorted(pairs):
            by_file.setdefault(import_id, []).append(row)
        texts[key] = "; ".join(
            _("%(file)s, row %(row)s")
            % {"file": files[file_id].name if file_id in files else "?", "row": ", ".join(map(str, rows))}
            for file_id, rows in by_file.items()
        )
    return texts
