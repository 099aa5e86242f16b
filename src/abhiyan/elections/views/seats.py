"""The seats of a plan, set by hand and locked: one form for a page of them, one new version for what it changes."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say

from abhiyan.core import clock
from abhiyan.core.numbers import LARGEST_ID, Misgrouped, ungrouped, whole_number
from abhiyan.core.refusals import Refused
from abhiyan.elections import actions, queries
from abhiyan.elections.actions.inputs import LARGEST
from abhiyan.elections.models import Plan
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.refusals import NewerVersion, VotesTooMany, VotesUnfit
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, say_when_done
from abhiyan.ui.lists import Table
from abhiyan.ui.numbers import grouped

from . import plans_shown as shown
from .plans import SeatFilters

PAGE = "elections:plan_seats"
PER_PAGE = 25
LONGEST = 40  # of what is typed


@form_page
def edit(request: Request, public_id: UUID) -> HttpResponseBase:
    """Votes by hand and locks, a page of seats at a time."""
    one = queries.plan_for(public_id)
    if not shown.may_change_plan(request, one):
        raise NotYours(capability="plans.make")
    if request.method != "POST" and not planning.is_newest(one):
        return render(
            request,
            "elections/plan_older.html",
            shown.older(request, one, say("Set seats by hand and lock"), PAGE),
        )
    lines = shown.plan_seat_lines(one)
    table = Table(
        request,
        shown.SEATS,
        shown.filtered_seats(lines, request.GET),
        name="seats",
        caption=say("Seats of the plan"),
        sort="name",
        finish=partial(shown.with_sources, one),
        per=PER_PAGE,
    )
    problem, newest, status = "", "", 200
    typed: dict[int, str] = {}
    if request.method == "POST":
        by_id = {line.seat.contest_id: line for line in lines}
        contest_by_key = {str(contest): contest for contest in by_id}
        on_page = [contest_by_key[text] for text in request.POST.getlist("seat") if text in contest_by_key]
        typed = {contest: request.POST.get(f"votes_{contest}", "").strip()[:LONGEST] for contest in on_page}
        try:
            plan = _save(request, one, by_id, on_page, typed)
        except Refused as refused:
            problem, status = str(refused), refused.status
            newest = shown.newest_href(one, PAGE) if isinstance(refused, NewerVersion) else ""
        else:
            if plan is None:
                messages.info(request, say("Nothing was changed."))
                return redirect(request.get_full_path())
            say_when_done(request, say("Version %(n)s is made.") % {"n": plan.number})
            kept = request.GET.urlencode()
            address = reverse(PAGE, args=[plan.public_id])
            return redirect(address + (f"?{kept}" if kept else ""))
    return render(
        request,
        "elections/plan_seats.html",
        {
            **shown.head(request, one),
            "crumbs": shown.plan_crumbs(one, (say("Set seats by hand and lock"), "")),
            "filters": SeatFilters(request.GET),
            "sorting": table.sorting,
            "leaf": table.leaf,
            "rows": [_row(request, line, typed) | {"source": line.source} for line in table.leaf.rows],
            "is_hold": one.method == Plan.Method.HOLD,
            "problem": problem,
            "newest": newest,
        },
        status=status,
    )


def _row(request: Request, line: shown.PlanSeatLine, typed: dict[int, str]) -> dict[str, Any]:
    """Return a seat with the content of its fields: the typed text, where the form came back; wrong: why it did."""
    contest, wrong = line.seat.contest_id, ""
    wins = {"may_win": _may_win(line), "is_to_win": line.found.won}
    if contest not in typed:
        return wins | {
            "line": line,
            "votes": grouped(line.seat.votes),
            "is_locked": line.seat.is_locked,
            "wrong": "",
        }
    try:
        _votes(typed[contest], line.name)
    except (VotesUnfit, VotesTooMany) as unfit:
        wrong = str(unfit)
    return wins | {
        "line": line,
        "votes": typed[contest],
        "is_locked": f"lock_{contest}" in request.POST,
        "is_to_win": f"win_{contest}" in request.POST,
        "wrong": wrong,
    }


def _may_win(line: shown.PlanSeatLine) -> bool:
    """Tell whether a plan by "hold and win" may name the seat: others hold it, and some votes win it."""
    seat, seat_found = line.seat, line.found
    is_held = seat_found.last_won or seat.by_hand or seat.is_locked
    return not is_held and 0 < seat_found.need <= seat.votes_likely


def _to_win(
    request: Request, plan: Plan, by_id: dict[int, shown.PlanSeatLine], on_page: list[int]
) -> Aims | None:
    """The aims with the seats ticked on this page and those won on others; None where that is as it was."""
    before = {contest for contest, line in by_id.items() if _may_win(line) and line.found.won}
    offered = {contest for contest in on_page if _may_win(by_id[contest])}
    after = (before - offered) | {contest for contest in offered if f"win_{contest}" in request.POST}
    if plan.method != Plan.Method.HOLD or after == before:
        return None
    return replace(planning.plan_aims(plan), to_win=tuple(sorted(after)))


def _save(
    request: Request,
    plan: Plan,
    by_id: dict[int, shown.PlanSeatLine],
    on_page: list[int],
    typed: dict[int, str],
) -> Plan | None:
    """Save what the form changes, as one new version; return None where it changes nothing."""
    by_hand: dict[int, int | None] = {}
    locks: dict[int, bool] = {}
    for contest in on_page:
        seat = by_id[contest].seat
        votes = _votes(typed[contest], by_id[contest].name)
        if votes is None and seat.by_hand:
            by_hand[contest] = None
        elif votes is not None and votes != seat.votes:
            by_hand[contest] = votes
        if (is_locked := f"lock_{contest}" in request.POST) != seat.is_locked:
            locks[contest] = is_locked
    acts: dict[str, Any] = {"public_id": plan.public_id, "by": request.actor, "at": clock.now()}
    aims = _to_win(request, plan, by_id, on_page)
    if not by_hand and not locks and aims is None:
        return None
    if not by_hand and aims is None and len(set(locks.values())) == 1:
        return actions.lock_seats(contest_ids=list(locks), locked=next(iter(locks.values())), **acts)
    return actions.next_version(by_hand=by_hand, locks=locks, aims=aims, **acts)


def _votes(text: str, where: str) -> int | None:
    """A number as typed; None where nothing is. Refuses VotesUnfit, VotesTooMany."""
    try:
        digits = ungrouped(text)
    except Misgrouped:
        raise VotesUnfit(field="votes", where=where) from None
    if not digits:
        return None
    votes = whole_number(digits, most=LARGEST_ID)
    if votes is None:
        raise VotesUnfit(field="votes", where=where)
    if votes > LARGEST:
        raise VotesTooMany(field="votes", where=where, most=grouped(LARGEST))
    return votes
