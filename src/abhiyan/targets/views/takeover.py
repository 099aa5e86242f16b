"""A plan of votes becomes a programme's targets: as weights of the present total, or by members per 100 votes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries as elections
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetVersion
from abhiyan.ui.acts import form_page
from abhiyan.ui.forms import SOMETIMES, offer

from .splitting import plan_called, plans_offered, show_refusal
from .targets import MOST_NAMED, answer_targets_taken, differences_table


class TakeoverPlanForm(forms.Form):
    """Somebody chooses a plan, and says what its votes mean."""

    plan = forms.ChoiceField(label=_("Plan"))
    way = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("weights", _("As weights: the present target stays, the plan says how it is shared")),
            ("members", _("A stated number of members for every 100 votes")),
        ],
    )
    per_100 = forms.DecimalField(
        label=_("Members for every 100 votes"),
        required=False,
        min_value=Decimal("0.1"),
        max_value=100,
        decimal_places=1,
        help_text=_("Votes are not members. Say how many members you want for every 100 votes of the plan."),
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "size": "6", **SOMETIMES}
        ),
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, plan=[("", _("Choose a plan")), *offered])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("way") == "weights":
            self.errors.pop("per_100", None)
        elif values.get("per_100") is None and "per_100" not in self.errors:
            self.add_error("per_100", say("Say how many members, from 0.1 to 100."))
        return values


@form_page
def take_over(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what a plan would make of this programme's targets; take exactly what somebody has looked at, or
    nothing."""
    programme = programme_queries.programme_for(request.viewer, public_id)
    if programme.state == Programme.State.CLOSED:
        raise programmes.ProgrammeOver
    if not shown.viewer_may(request, "programmes.targets", programme.owner_id):
        raise NotYours
    offered = plans_offered()
    query = request.POST if request.method == "POST" else request.GET
    form = TakeoverPlanForm(query if "plan" in query else None, offered=offered)
    measure = shown.measure_chosen(request, programme)
    is_whole = form.is_bound and form.is_valid()
    if is_whole and form.cleaned_data["way"] == "weights":
        how = {"how": "planned", "plan_id": form.cleaned_data["plan"], "levels": "kept"}
        return redirect(
            shown.programme_address(
                programme, "targets:split_preview", programme.owner.code, measure=measure.number, **how
            )
        )
    if request.method != "POST" or not is_whole:
        return _page(request, programme, form)
    try:
        changed = actions.change_targets(
            act=TargetVersion.Act.PLAN,
            programme_id=programme.pk,
            measure=measure.number,
            unit_id=programme.owner_id,
            given={
                "plan": form.cleaned_data["plan"],
                "per_100": str(form.cleaned_data["per_100"]),
                "expected": request.POST.get("expected", ""),  # without a look nothing is taken
            },
            by=request.actor,
            at=clock.now(),
        )
    except NotFound:
        gone = say("There is no such plan any more. Choose another.")
        return _page(request, programme, form, problem=gone, status=422)
    except Refused as refused:
        return _page(request, programme, form, problem=str(refused), status=refused.status)
    return answer_targets_taken(request, programme, programme.owner.code, measure.number, changed)


def _page(
    request: Request, programme: Programme, form: TakeoverPlanForm, *, problem: str = "", status: int = 200
) -> HttpResponseBase:
    measure = shown.measure_chosen(request, programme)
    plan = found = table = None
    if form.is_bound and form.is_valid():
        plan = elections.plan_for(UUID(form.cleaned_data["plan"]))
        on = clock.day_in(programme.zone, clock.now())
        per_100 = form.cleaned_data["per_100"]
        try:
            found = queries.plan_as_targets(programme, plan, per_100=per_100, measure=measure.number, on=on)
        except Refused as refused:
            status = show_refusal(form, refused)
        else:
            problem = problem or str(found.disagreement or "")
            table = differences_table(request, found.changes.differences)
            if table.file_kind:
                return table.file()
    elif form.is_bound:
        status = 422
    return render(
        request,
        "targets/target_takeover.html",
        {
            **shown.programme_frame(
                programme,
                (
                    say("Targets"),
                    shown.programme_address(
                        programme, "targets:targets", programme.owner.code, measure=measure.number
                    ),
                ),
                (say("From a plan"), ""),
            ),
            **measure.about,
            "form": form,
            "is_empty": len(form.fields["plan"].choices) == 1,  # type: ignore[attr-defined]  # a field of choices
            "plan": plan,
            "plan_name": plan_called(plan) if plan else "",
            "found": found,
            "to_nothing": queries.to_nothing(found.changes) if found else [],
            "waiting": elections.not_passed_down(plan, found.unplaced) if plan and found else 0,
            "unplaced_below": len(found.unplaced) - found.seats if found else 0,
            "misfits": [(name_in_language(misfit.names), misfit) for misfit in found.misfits[:MOST_NAMED]]
            if found
            else [],
            "more_misfits": len(found.misfits[MOST_NAMED:]) if found else 0,
            "locked": [
                (name_in_language(kept_target.names), kept_target)
                for kept_target in found.locked[:MOST_NAMED]
            ]
            if found
            else [],
            "more_locked": len(found.locked[MOST_NAMED:]) if found else 0,
            "table": table,
            "problem": problem,
        },
        status=status,
    )
