"""Today says where my unit is, who is to be called and what is done first. A second page has all of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.rooms import offered
from abhiyan.org import actions
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS, PHONE_UNITS, REPRESENTS
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people.actions.reading import ReadEnough, read_people
from abhiyan.ui.due import due_said
from abhiyan.ui.invitations import Invitation
from abhiyan.ui.numbers import grouped as grouped_number
from abhiyan.ui.owed import (
    I_WAIT_FOR,
    WHERE_WE_STAND,
    BehindUnit,
    Beside,
    LateBelow,
    OfficeWord,
    Owed,
    StandingHere,
    Thing,
    UnitsBehind,
)
from abhiyan.ui.posts import post_only
from abhiyan.units.models import Kind as UnitKind
from abhiyan.work.queries.record import week_of_work

from .first_steps import steps_for_viewer
from .unit_frame import unit_href

SHOWN = 50
FIRST, CALLED = 3, 3  # things to do and leaders to call on the first page; the rest is on the page of all
LATE, SOON = 0, 2  # urgencies of `Owed`
NEAR = (UnitKind.MANDAL, UnitKind.CLUSTER)  # lead who enters people; their own link is a line of Today
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


def collect_things(viewer: Viewer, *, at: datetime) -> list[Thing]:
    """Return everything the rooms have for a viewer's Today."""
    return [owed_line for todo in offered("todo") for owed_line in todo(viewer, at=at)]


def _only(kind: type[Kind], things: Sequence[Thing]) -> list[Kind]:
    return [owed_line for owed_line in things if isinstance(owed_line, kind)]


def standings_of(things: Sequence[Thing]) -> list[StandingHere]:
    """Return where the unit is in what runs. Today says the first one first."""
    return _only(StandingHere, things)


def owed_by_urgency(things: Sequence[Thing]) -> list[Owed]:
    """Return what is to be done, most urgent first."""
    return sorted(
        _only(Owed, things),
        key=lambda owed_row: (
            owed_row.urgency,
            owed_row.due_at.timestamp() if owed_row.due_at else float("inf"),
        ),
    )


def today_rows(viewer: Viewer, things: Sequence[Owed], *, at: datetime) -> list[TodayRow]:
    """Return the same, with who took what of the work of the viewer's unit. One query, where they lead it."""
    home = viewer.home
    leads = home is not None and viewer.may_at(LEADS, home.lo) and any(owed_row.key for owed_row in things)
    leaders = org.leaders_at(home.unit_id, at=at) if leads and home else []
    by_key = {key: colleague for colleague in leaders for key in colleague.took}
    lines = []
    for one in things:
        taker = by_key.get(one.key) if one.key else None
        is_mine = taker is not None and taker.account_id == viewer.account_id
        lines.append(
            TodayRow(
                one,
                taker.name if taker else "",
                is_mine,
                bool(one.key) and len(leaders) > 1,
                taker.account_id if taker else None,
                due_said(one.due_at, at=at) if one.due_at else "",
            )
        )
    return lines


def group_rows(things: Sequence[TodayRow], *, at: datetime) -> list[Group]:
    """Return what is to be done now, today and this week, in the order given; no group without a thing."""
    today = clock.day_in(settings.TIME_ZONE, at)

    def is_now(row: TodayRow) -> bool:
        due_at = row.one.due_at
        return row.one.urgency == LATE or (
            due_at is not None and clock.day_in(settings.TIME_ZONE, due_at) <= today
        )

    now = [today_row for today_row in things if is_now(today_row)]
    later = [today_row for today_row in things if not is_now(today_row)]
    groups = (
        (_("Now"), now),
        (_("Today"), [today_row for today_row in later if today_row.one.urgency < SOON]),
        (_("This week"), [today_row for today_row in later if today_row.one.urgency >= SOON]),
    )
    return [Group(name, some) for name, some in groups if some]


def beside_by_heading(things: Sequence[Thing]) -> dict[str, list[Beside]]:
    """Return what there is to know beside the work, by heading."""
    lines_by_sheet: dict[str, list[Beside]] = {}
    for link_beside in _only(Beside, things):
        lines_by_sheet.setdefault(str(link_beside.sheet), []).append(link_beside)
    return lines_by_sheet


def _own_unit(viewer: Viewer) -> dict[str, str]:
    """Return the office a viewer lands on, and the way to its unit."""
    office = viewer.home
    if office is None:
        return {}
    return {
        "home_href": unit_href(office.unit_code, office.hierarchy),
        "home_name": office.unit_name(),
        "home_office": office.office_name(),
    }


def _noted(request: Request, things: list[Owed], *, showing: int, at: datetime) -> list[Owed]:
    """Return the same, with a row in the trail for the people they name; without these past the day's quota."""
    n_by_sheet = Counter(owed_row.names_in for owed_row in things[:showing] if owed_row.names_in is not None)
    try:
        for unit_id, n in n_by_sheet.items():
            read_people(by=request.actor, unit_id=unit_id, n=n, at=at)
    except ReadEnough:
        return [owed_row for owed_row in things if owed_row.names_in is None]
    return things


@dataclass(frozen=True, slots=True)
class TodayLine:
    """A line of Today that leads to the rest of a kind."""

    label: str | Promise
    href: str


def units_to_call(things: Sequence[Thing]) -> list[BehindUnit]:
    """Return the units furthest behind whose leaders can be called, a leader once; of the first programme first.

    The unit with fewest real entries is the last of them. A leader whose unit is both has both reasons.
    """
    behind_units: dict[int, BehindUnit] = {}
    least: dict[int, BehindUnit] = {}
    for units_behind in _only(UnitsBehind, things):
        for unit in units_behind.units:
            if unit.account is not None:
                (least if units_behind.is_least_real else behind_units).setdefault(unit.account, unit)
    for account, unit in least.items():
        if (also := behind_units.pop(account, None)) is not None:
            least[account] = replace(unit, said=f"{also.said} · {unit.said}")
    return [*list(behind_units.values())[: CALLED - len(least)], *least.values()]


def _recruits(viewer: Viewer, *, leads: bool) -> bool:
    """Return True if Today shows the viewer's own link: they enter people, and lead nobody or a booth."""
    home = viewer.home
    if home is None:
        return True
    return viewer.may_at("enrolment.enrol", home.lo) and (not leads or home.unit_kind in PHONE_UNITS)


def _lines(
    viewer: Viewer, standings: Sequence[StandingHere], every: Sequence[Thing], *, leads: bool
) -> Iterator[TodayLine]:
    """Yield a line for each kind of things that Today leaves to the page of all."""
    page = reverse("pages:today_all")
    others = standings[1:]
    if others:
        n, late = len(others), sum(standing_here.is_behind for standing_here in others)
        label = ngettext("%(n)s other programme", "%(n)s other programmes", n) % {"n": grouped_number(n)}
        if late:
            label += ", " + ngettext("%(n)s behind", "%(n)s behind", late) % {"n": grouped_number(late)}
        yield TodayLine(label, f"{page}#stand")
    if late_below := _only(LateBelow, every):
        n = len(late_below)
        label = ngettext(
            "%(n)s thing is late at the desks below", "%(n)s things are late at the desks below", n
        )
        yield TodayLine(label % {"n": grouped_number(n)}, f"{page}#waiting")
    is_near = viewer.home is not None and viewer.home.unit_kind in NEAR
    if is_near and not _recruits(viewer, leads=leads) and (links := _only(Invitation, every)):
        yield TodayLine(_("Invite people"), links[0].own or f"{page}#invite")
    if standings and leads:
        yield TodayLine(_("Morning message"), reverse("pages:morning"))
    pinned = standings[0].title if standings else ""
    for heading, lines in beside_by_heading(every).items():
        own_href = next(
            (link_beside.href for link_beside in lines if link_beside.href and link_beside.title == pinned),
            "",
        )
        yield TodayLine(
            heading if own_href else f"{heading} ({grouped_number(len(lines))})", own_href or page
        )


def _shown(request: Request, *, showing: int, at: datetime) -> tuple[list[Thing], list[Owed], dict[str, Any]]:
    """Return what both pages of Today show: everything, what is to be done, and the words around it.

    showing: how many things to do the page names.
    """
    every = collect_things(request.viewer, at=at)
    things = _noted(request, owed_by_urgency(every), showing=showing, at=at)
    day = clock.day_in(settings.TIME_ZONE, at)
    return every, things, {"here": "today", "day": day, "n": len(things), **_own_unit(request.viewer)}


@require_safe
def viewer_today_page(request: Request) -> HttpResponse:
    """Show where somebody stands, three people to call and what to do first. Everybody else is asked to sign in."""
    viewer = request.viewer
    if not viewer.is_signed_in:
        return redirect("people:sign_in")
    if not viewer.is_strong:
        return redirect("people:second_factor")
    at = clock.now()
    every, things, context = _shown(request, showing=FIRST, at=at)
    standings = standings_of(every)
    behind = next(
        (units_behind for units_behind in _only(UnitsBehind, every) if not units_behind.is_least_real), None
    )
    # Units that are behind have their names here, also if nobody leads them.
    to_call = units_to_call(every) or list(behind.units[:CALLED] if behind else ())
    leads = viewer.home is not None and viewer.may_at(LEADS, viewer.home.lo)
    invitations = sorted(_only(Invitation, every), key=lambda invitation: not invitation.is_own_work)
    invitation = invitations[0] if invitations and _recruits(viewer, leads=leads) else None
    shown = {
        "crumbs": [],
        "pinned": standings[0] if standings else None,
        "to_call": to_call,
        "behind": behind,
        "first": today_rows(viewer, things[:SHOWN], at=at)[:FIRST],
        "own_first": not (leads or viewer.may(REPRESENTS)),
        "week": None if leads else week_of_work(viewer.account_id or 0, at=at),
        "invitation": invitation,
        "words": _only(OfficeWord, every),
        "lines": list(_lines(viewer, standings, every, leads=leads)),
        # A programme that runs is the last step.
        "steps": [] if standings else steps_for_viewer(viewer, on=context["day"]),
    }
    return render(request, "pages/today.html", context | shown)


@require_safe
def today_all(request: Request) -> HttpResponse:
    """Show everything that the rooms have for the viewer today, most urgent first."""
    at = clock.now()
    every, things, context = _shown(request, showing=SHOWN, at=at)
    beside, standings = beside_by_heading(every), standings_of(every)
    shown = {
        "crumbs": [(_("Today"), reverse("pages:today"))],
        "groups": group_rows(today_rows(request.viewer, things[:SHOWN], at=at), at=at),
        "left_out": max(0, len(things) - SHOWN),
        "standings": standings,
        "lagging": [
            *standings[:1],
            *(standing_here for standing_here in standings[1:] if standing_here.is_behind),
        ],
        "steady": [standing_here for standing_here in standings[1:] if not standing_here.is_behind],
        "known": beside.pop(str(WHERE_WE_STAND), []),
        "behind": _only(UnitsBehind, every),
        "waiting": beside.pop(str(I_WAIT_FOR), []),
        "late": _only(LateBelow, every),
        "sheets": list(beside.items()),
        "invitations": sorted(_only(Invitation, every), key=lambda invitation: not invitation.is_own_work),
    }
    return render(request, "pages/today_all.html", context | shown)


@post_only("pages:today", takes=())
def take_row_form(request: Request) -> HttpResponse:
    """Put the viewer's name on a row of their Today, or take it off again."""
    home, what, at = request.viewer.home, request.POST.get("what", ""), clock.now()
    if home is None or not any(
        owed_row.key == what
        for owed_row in owed_by_urgency(collect_things(request.viewer, at=at))
        if owed_row.key
    ):
        raise NotFound
    act = actions.give_back_work if request.POST.get("back") else actions.take_work
    try:
        act(unit_id=home.unit_id, what=what, by=request.actor, at=at)
    except actions.TakenAlready as refused:
        messages.error(request, str(refused))
    return redirect("pages:today")
