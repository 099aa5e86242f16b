"""Today: where my unit is, who is behind, who owes me an answer, and what I owe, most urgent first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.rooms import offered
from abhiyan.org import actions
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people.actions.reading import ReadEnough, read_people
from abhiyan.ui.due import due_said
from abhiyan.ui.invitations import Invitation
from abhiyan.ui.owed import (
    I_WAIT_FOR,
    WHERE_WE_STAND,
    Beside,
    LateBelow,
    OfficeWord,
    Owed,
    StandingHere,
    Thing,
    UnitsBehind,
)
from abhiyan.ui.posts import posted

from .first_steps import steps
from .unit import unit_href

SHOWN = 50
LATE, SOON = 0, 2  # urgencies of `Owed`
Kind = TypeVar("Kind", bound=Thing)


@dataclass(frozen=True, slots=True)
class TodayRow:
    """A thing to do. taker, taker_account: the leader of the unit who took it. is_mine: that is the reader.
    is_shared: others lead the unit too and see it, so one may take it. due: by when, or how late."""

    one: Owed
    taker: str = ""
    is_mine: bool = False
    is_shared: bool = False
    taker_account: int | None = None
    due: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things to do by about the same time."""

    name: str | Promise
    things: Sequence[TodayRow]


def collected(viewer: Viewer, *, at: datetime) -> list[Thing]:
    """Everything the rooms have for a viewer's Today."""
    return [one for each in offered("owed") for one in each(viewer, at=at)]


def _only(kind: type[Kind], things: Sequence[Thing]) -> list[Kind]:
    return [one for one in things if isinstance(one, kind)]


def owed(things: Sequence[Thing]) -> list[Owed]:
    """What is to be done, most urgent first."""
    return sorted(
        _only(Owed, things),
        key=lambda one: (one.urgency, one.due_at.timestamp() if one.due_at else float("inf")),
    )


def rows(viewer: Viewer, things: Sequence[Owed], *, at: datetime) -> list[TodayRow]:
    """The same, with who took what of the work of the viewer's unit. One query, where they lead it."""
    home = viewer.home
    leads = home is not None and viewer.may_at(LEADS, home.lo) and any(one.key for one in things)
    leaders = org.leaders_at(home.unit_id, at=at) if leads and home else []
    by_key = {key: each for each in leaders for key in each.took}
    found = []
    for one in things:
        taker = by_key.get(one.key) if one.key else None
        is_mine = taker is not None and taker.account_id == viewer.account_id
        found.append(
            TodayRow(
                one,
                taker.name if taker else "",
                is_mine,
                bool(one.key) and len(leaders) > 1,
                taker.account_id if taker else None,
                due_said(one.due_at, at=at) if one.due_at else "",
            )
        )
    return found


def grouped(things: Sequence[TodayRow], *, at: datetime) -> list[Group]:
    """What is to be done now, today and this week, in the order given; no group without a thing."""
    today = clock.day_in(settings.TIME_ZONE, at)

    def is_now(row: TodayRow) -> bool:
        due_at = row.one.due_at
        return row.one.urgency == LATE or (
            due_at is not None and clock.day_in(settings.TIME_ZONE, due_at) <= today
        )

    now = [one for one in things if is_now(one)]
    later = [one for one in things if not is_now(one)]
    groups = (
        (_("Now"), now),
        (_("Today"), [one for one in later if one.one.urgency < SOON]),
        (_("This week"), [one for one in later if one.one.urgency >= SOON]),
    )
    return [Group(name, some) for name, some in groups if some]


def sheets(things: Sequence[Thing]) -> dict[str, list[Beside]]:
    """What there is to know beside the work, by heading."""
    found: dict[str, list[Beside]] = {}
    for one in _only(Beside, things):
        found.setdefault(str(one.sheet), []).append(one)
    return found


def _own_unit(viewer: Viewer) -> dict[str, str]:
    """The office a viewer lands on, and the way to its unit."""
    held = viewer.home
    if held is None:
        return {}
    return {
        "home_href": unit_href(held.unit_code, held.hierarchy),
        "home_name": held.unit_name(),
        "home_office": held.office_name(),
    }


def _noted(request: Request, things: list[Owed], *, at: datetime) -> list[Owed]:
    """The same, with a row in the trail for the people they name; without these past the day's quota."""
    shown = Counter(one.names_in for one in things[:SHOWN] if one.names_in is not None)
    try:
        for unit_id, n in shown.items():
            read_people(by=request.actor, unit_id=unit_id, n=n, at=at)
    except ReadEnough:
        return [one for one in things if one.names_in is None]
    return things


@require_safe
def today(request: Request) -> HttpResponse:
    """The first page of whoever signs in; everybody else is asked to."""
    if not request.viewer.is_signed_in:
        return redirect("people:sign_in")
    if not request.viewer.is_strong:
        return redirect("people:second_factor")
    at = clock.now()
    every = collected(request.viewer, at=at)
    things = _noted(request, owed(every), at=at)
    beside = sheets(every)
    standings = _only(StandingHere, every)
    return render(
        request,
        "site/today.html",
        {
            "here": "today",
            "crumbs": [],
            "at": at,
            "day": clock.day_in(settings.TIME_ZONE, at),
            "n": len(things),
            "groups": grouped(rows(request.viewer, things[:SHOWN], at=at), at=at),
            "left_out": max(0, len(things) - SHOWN),
            "standings": standings,
            "known": beside.pop(str(WHERE_WE_STAND), []),
            "behind": _only(UnitsBehind, every),
            "waiting": beside.pop(str(I_WAIT_FOR), []),
            "late": _only(LateBelow, every),
            "sheets": list(beside.items()),
            "invitations": sorted(_only(Invitation, every), key=lambda one: not one.is_own_work),
            "words": _only(OfficeWord, every),
            # A programme that runs is the last step.
            "steps": [] if standings else steps(request.viewer, on=clock.day_in(settings.TIME_ZONE, at)),
            **_own_unit(request.viewer),
        },
    )


@posted("site:today", takes=())
def take(request: Request) -> HttpResponse:
    """Put the viewer's name on a row of their Today, or take it off again."""
    home, what, at = request.viewer.home, request.POST.get("what", ""), clock.now()
    if home is None or not any(one.key == what for one in owed(collected(request.viewer, at=at)) if one.key):
        raise NotFound
    act = actions.give_back_work if request.POST.get("back") else actions.take_work
    try:
        act(unit_id=home.unit_id, what=what, by=request.actor, at=at)
    except actions.TakenAlready as refused:
        messages.error(request, str(refused))
    return redirect("site:today")
