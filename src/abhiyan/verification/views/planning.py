"""The planner: how many checks for which width, what they cost and who can make them, before anybody is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units
from abhiyan.verification import actions
from abhiyan.verification.actions.frames import PLAN, FramePlan
from abhiyan.verification.forms import CHECKS, DISTRICT, AimForm, CheckPlanForm
from abhiyan.verification.here import may_plan
from abhiyan.verification.queries import frames as reads
from abhiyan.verification.queries.items import sizes_now
from abhiyan.verification.queries.lines import verifiers_for
from abhiyan.verification.refusals import NoItems, PartOfWhole
from abhiyan.verification.rules import planning
from abhiyan.verification.rules.estimates import GRADED
from abhiyan.verification.rules.planning import FLOOR, Expected, PlannedDraw, Size

from .frames import frames_shown, measure_of, share_in_percent

USUAL = 3_000  # checks that are proposed
STEPS = (0.25, 0.5, 1, 2, 4)  # of the planned number: how the width goes with it


@dataclass(frozen=True, slots=True)
class District:
    """One district of a plan. width: of 100; None where the checks are too few for a number."""

    name: str
    items: int
    drawn: int
    width: float | None
    verifiers: int


DISTRICTS: tuple[Column[District], ...] = (
    Column("place", _("District"), lambda row: row.name, order=True, is_name=True),
    Column("items", _("Entries"), lambda row: row.items, order=True, css="num"),
    Column("checks", _("Checks"), lambda row: row.drawn, order=True, css="num"),
    Column("width", _("Width, points"), lambda row: row.width, order=True, css="num"),
    Column("verifiers", _("Verifiers"), lambda row: row.verifiers, order=True, css="num"),
)


@form_page
def frame_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Plan a frame by looking at what checks bring; then freeze it, in two steps more."""
    programme = programmes.programme_for(request.viewer, public_id)
    if not may_plan(request, programme.owner_id):
        raise NotYours(capability=PLAN)
    at = clock.now()
    measure = measure_of(programme)
    lacking = PartOfWhole if programme.parent_id else NoItems
    context = frames_shown(programme, (say("New round of checks"), "")) | {"lacking": lacking.message}
    if request.method == "POST":
        return _frozen(request, programme, measure, at, context)
    return _planned(request, programme, measure, at, context)


def _sizes(programme: Programme, measure: int) -> dict[int, list[Size]]:
    """Return the sizes a frame would have now; a part of a programme has none of its own."""
    with system("planning back-checks"):
        return {} if programme.parent_id else sizes_now(programme, measure)


def _planned(
    request: Request, programme: Programme, measure: int, at: datetime, shown: dict[str, Any]
) -> HttpResponseBase:
    """Show the plan that was asked for, else the usual one."""
    sizes = _sizes(programme, measure)
    size_lists = list(sizes.values())
    items = _whole(sizes)
    aim = AimForm(request.GET.dict(), checks=min(USUAL, items) or 1)
    shown |= {"items": items, "aim": aim}
    if not items or not aim.is_valid():
        return render(request, "verification/frame_plan.html", shown, status=422 if items else 200)
    with system("who could check"):
        verifiers = verifiers_for(sizes, since=programme.opens_on, day=clock.day_in(settings.TIME_ZONE, at))
    expected = aim.expected
    wanted, floor = _aimed(aim, size_lists, expected)
    checks = items if wanted is None else wanted

    def planned(times: float = 1, of: Expected = expected) -> PlannedDraw:
        return planning.plan_draw(size_lists, round(checks * times), of, floor=round(floor * times))

    plan = planned()
    names = units.names_of_units(sizes, language=active_language())
    rows = [
        District(
            names.get(unit_id, ""),
            sum(size.items for size in sizes_here),
            sum(drawn),
            share_in_percent(width),
            verifiers[unit_id],
        )
        for (unit_id, sizes_here), drawn, width in zip(sizes.items(), plan.drawn, plan.widths, strict=True)
    ]
    table = Table(request, DISTRICTS, rows, name="plan", caption=_("By district"), sort="place")
    without = [row.name for row in rows if row.drawn and not row.verifiers]
    shown |= {
        "plan": plan,
        "is_unusual": expected != Expected(),
        "is_out_of_reach": wanted is None,
        "ways": [
            (words, 100 * width)
            for words, way in _ways(expected)
            if (width := planned(of=way).width) is not None
        ],
        "steps": _steps([planned(times) for times in STEPS], plan),
        "too_small": sum(row.width is None for row in rows),
        "least": GRADED,
        "uncounted": sum(
            drawn
            for sizes_here, row in zip(size_lists, plan.drawn, strict=True)
            for size, drawn in zip(sizes_here, row, strict=True)
            if not size.is_signed
        ),
        "without": without,
        "form": CheckPlanForm(initial={"checks": checks, "floor": floor}),
    }
    return list_response(request, "verification/frame_plan.html", table, shown)


def _whole(sizes: Mapping[int, list[Size]]) -> int:
    return sum(size.items for sizes_here in sizes.values() for size in sizes_here)


def _aimed(aim: AimForm, found: Sequence[Sequence[Size]], expected: Expected) -> tuple[int | None, int]:
    """Return the number of checks, and the least of each district; None where no number brings the width."""
    goal, floor = float(aim.cleaned_data["goal"]), aim.cleaned_data["floor"]
    if aim.cleaned_data["aim"] == CHECKS:
        return int(goal), floor
    if aim.cleaned_data["aim"] == DISTRICT:
        of_each = planning.floor_for(found, goal / 100, expected)
        return (None, FLOOR) if of_each is None else (1, of_each)
    return planning.checks_needed(found, goal / 100, expected, floor=floor), floor


def _ways(expected: Expected) -> list[tuple[str, Expected]]:
    """List what the width depends on most, in words."""
    return [
        (
            say("As expected; %(n)s of 100 not reached are visited") % {"n": round(100 * expected.visited)},
            expected,
        ),
        (say("The same without visits"), replace(expected, visited=0.0)),
        (say("If everybody answers"), replace(expected, refused=0.0, not_reached=0.0)),
    ]


def _steps(plans: Sequence[PlannedDraw], chosen: PlannedDraw) -> list[dict[str, Any]]:
    """List what fewer and more checks bring, as far as they differ."""
    rows = []
    for planned_draw in {plan.checks: plan for plan in plans}.values():
        widths = [100 * width for width in planned_draw.widths if width is not None]
        rows.append(
            {
                "plan": planned_draw,
                "width": None if planned_draw.width is None else 100 * planned_draw.width,
                "narrowest": min(widths, default=None),
                "widest": max(widths, default=None),
                "is_chosen": planned_draw.checks == chosen.checks,
            }
        )
    return rows


def _frozen(
    request: Request,
    programme: Programme,
    measure: int,
    at: datetime,
    shown: dict[str, Any],
) -> HttpResponseBase:
    """Show the plan once more with its value and days; then, when it is sure, the frame."""
    form = CheckPlanForm(request.POST)
    if "sure" not in request.POST and form.is_valid():
        values, sizes = form.cleaned_data, _sizes(programme, measure)
        plan = planning.plan_draw(list(sizes.values()), values["checks"], floor=values["floor"])
        number = reads.frames_of(programme).filter(measure=measure).count() + 1
        shown |= {"form": form, "plan": plan, "items": _whole(sizes), "number": number}
        return render(request, "verification/frame_freeze.html", shown)
    done = tried(
        request,
        form,
        lambda given: actions.freeze_frame(
            programme=programme,
            measure=measure,
            plan=FramePlan(
                checks=given["checks"],
                floor=given["floor"],
                source=given["source"],
                due_at=datetime.combine(given["known_on"], time(), ZoneInfo(programme.zone)),
                ends_on=given["ends_on"],
                number=given["number"],
            ),
            by=request.actor,
            at=at,
        ),
        said=_("The list is frozen. Publish its hash and the name of the value now."),
        due_at="known_on",
    )
    if done.value:
        return redirect("verification:frame", public_id=done.value.public_id)
    return render(request, "verification/frame_freeze.html", shown | {"form": form}, status=done.status)
