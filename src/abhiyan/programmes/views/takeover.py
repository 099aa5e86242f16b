"""Taking over a plan of votes as a programme's targets: choosing it, looking at what would change, taking it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import named
from abhiyan.elections import queries as elections
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme
from abhiyan.ui import numbers
from abhiyan.ui.acts import form_page
from abhiyan.ui.forms import offer

from . import shown
from .programmes import measure_asked
from .targets import MOST_NAMED, differences_table

MOST_PLANS = 200  # offered to choose from, the newest first


class TakeoverPlanForm(forms.Form):
    """Which plan."""

    plan = forms.ChoiceField(label=_("Plan"))

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, plan=[("", _("Choose a plan")), *offered])


@form_page
def take_over(request: Request, public_id: UUID) -> HttpResponseBase:
    """What a plan would make of this programme's targets; and to take it, what somebody has looked at or nothing."""
    one = queries.programme_for(request.viewer, public_id)
    if one.state == Programme.State.CLOSED:
        raise actions.ProgrammeOver
    if not shown.may(request, "programmes.targets", one.owner_id):
        raise NotYours
    if request.method != "POST":
        return _page(request, one)
    measure = measure_asked(queries.measures([one])[one.pk], request.GET.get("measure", ""))
    try:
        found = actions.take_over_plan(
            programme_id=one.pk,
            plan_public_id=_uuid(request.POST.get("plan", "")),
            measure=measure.number,
            expected=request.POST.get("expected", ""),  # without a look nothing is taken
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        return _page(request, one, problem=say("There is no such plan any more. Choose another."), status=422)
    except Refused as refused:
        return _page(request, one, problem=str(refused), status=refused.status)
    changed = numbers.grouped(len(found.changes.differences))
    messages.success(request, _("Targets changed: %(n)s") % {"n": changed})
    return redirect(f"{shown.href(one, 'targets')}?measure={measure.number}")


def _page(request: Request, one: Programme, *, problem: str = "", status: int = 200) -> HttpResponseBase:
    measure = measure_asked(queries.measures([one])[one.pk], request.GET.get("measure", ""))
    given = request.POST if request.method == "POST" else request.GET
    offered = [(str(plan.public_id), _called(plan)) for plan in elections.plans()[:MOST_PLANS]]
    form = TakeoverPlanForm(given if "plan" in given else None, offered=offered)
    plan = found = table = None
    if form.is_bound and form.is_valid():
        plan = elections.plan_for(_uuid(form.cleaned_data["plan"]))
        on = clock.day_in(one.zone, clock.now())
        try:
            found = queries.plan_as_targets(one, plan, measure=measure.number, on=on)
        except Refused as refused:
            status = shown.refuse(form, refused)
        else:
            table = differences_table(request, found.changes.differences)
            if table.file_kind:
                return table.file()
    elif form.is_bound:
        status = 422
    return render(
        request,
        "programmes/target_takeover.html",
        {
            **shown.frame(
                one,
                (say("Targets"), shown.href(one, "targets")),
                (say("From a plan"), ""),
            ),
            "measure": measure,
            "measure_name": named(measure.names),
            "form": form,
            "is_empty": not offered,
            "plan": plan,
            "plan_name": _called(plan) if plan else "",
            "found": found,
            "waiting": elections.not_passed_down(plan, found.unplaced) if plan and found else 0,
            "unplaced_below": len(found.unplaced) - found.seats if found else 0,
            "misfits": [(named(each.names), each) for each in found.misfits[:MOST_NAMED]] if found else [],
            "more_misfits": len(found.misfits[MOST_NAMED:]) if found else 0,
            "locked": [(named(each.names), each) for each in found.locked[:MOST_NAMED]] if found else [],
            "more_locked": len(found.locked[MOST_NAMED:]) if found else 0,
            "table": table,
            "problem": problem,
        },
        status=status,
    )


def _called(plan: Any) -> str:
    return say("%(name)s, version %(number)s, of %(unit)s") % {
        "name": named(plan.names),
        "number": plan.number,
        "unit": named(plan.unit.names),
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(field="plan") from None
