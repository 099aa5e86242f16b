"""Targets of a programme at a unit: its own, its children's, the gap between; setting, splitting, locking."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import Refused
from abhiyan.org.viewer import Request, named
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme
from abhiyan.ui import tables
from abhiyan.units import queries as units

from . import shown
from .programmes import measure_asked, page_asked

BASES = {"electors": _("by electors"), "equally": _("equally"), "hand": _("by hand")}


class NumberForm(forms.Form):
    """One target."""

    n = forms.IntegerField(label=_("Target"), min_value=0, max_value=2_000_000_000)


class SplitForm(forms.Form):
    """How a target is split, and how far down."""

    how = forms.ChoiceField(
        label=_("How"), choices=[("electors", _("By electors")), ("equally", _("Equally"))]
    )
    levels = forms.ChoiceField(
        label=_("How far"),
        choices=[("1", _("Among the units directly below")), ("", _("Down to the booths"))],
        required=False,
    )


@require_GET
def targets(request: Request, public_id: UUID) -> HttpResponseBase:
    """The targets of a unit and of those directly below."""
    return _page_of(request, queries.programme_for(request.viewer, public_id))


def _page_of(
    request: Request,
    one: Programme,
    *,
    number: NumberForm | None = None,
    about: int = 0,
    split: SplitForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponseBase:
    lang = shown.language()
    here = shown.unit_of(request.viewer, one, request.GET.get("unit", ""))
    measures = queries.measures([one])[one.pk]
    measure = measure_asked(measures, request.GET.get("measure", ""))
    sorting = tables.sorting(
        request.GET, {key: key for key in ("name", "code", "electors", "target")}, default="name"
    )
    below = queries.children_ladders(
        node=here.id,
        hierarchy=one.hierarchy,
        programme=one,
        measure=measure.number,
        at=clock.now(),
        sort=("-" if sorting.descending else "") + sorting.key,
        language=lang,
        page=page_asked(request),
    )
    known = queries.targets(
        programme=one, units=[here.id, *(child.unit_id for child in below.rows)], measure=measure.number
    )
    if tables.wants_csv(request.GET):
        return tables.csv_response(
            "targets",
            [say("Unit"), say("Code"), say("Electors"), say("Target"), say("locked")],
            (
                [
                    named(child.names, lang),
                    child.code,
                    child.electors,
                    child.target,
                    "+" if child.unit_id in known and known[child.unit_id].is_locked else "",
                ]
                for child in below.rows
            ),
        )
    own = known.get(here.id)
    is_over = one.state == Programme.State.CLOSED
    may_split = not is_over and shown.may(request, "programmes.targets", here.id)
    above = here.parent_id
    is_top = here.id in queries.scope_units(one)
    may_set_own = not is_over and shown.may(
        request, "programmes.targets", one.owner_id if is_top or above is None else above
    )
    return render(
        request,
        "programmes/target_list.html",
        {
            "here": "programmes",
            "crumbs": shown.crumbs(
                (shown.name_of(one), reverse("programmes:programme", args=[one.public_id])),
                (say("Targets"), ""),
            ),
            "programme": one,
            "name": shown.name_of(one),
            "unit": here,
            "unit_name": here.name(lang),
            "measure": measure,
            "measure_name": named(measure.names, lang),
            "path": [
                (row.name(lang), f"?unit={row.code}")
                for row in units.path(here.id, one.hierarchy)
                if row.lo is not None and queries.in_sight(request.viewer, row.lo)
            ],
            "own": own,
            "own_basis": BASES.get(own.basis, "") if own else "",
            "own_form": number
            if number is not None and about == here.id
            else NumberForm(initial={"n": own.n if own else None}, auto_id="own_%s"),
            "versions": queries.target_versions(programme=one, unit_id=here.id, measure=measure.number)[:10],
            "gap": queries.gap(programme=one, node=here.id, measure=measure.number),
            "split_form": split or SplitForm(auto_id="split_%s", initial={"levels": "1"}),
            "may_split": may_split,
            "may_set_own": may_set_own,
            "problem": problem,
            "sorting": sorting,
            "leaf": below,
            "children": [
                {
                    "child": child,
                    "name": named(child.names, lang),
                    "href": f"?unit={child.code}&measure={measure.number}",
                    "target": known.get(child.unit_id),
                    "basis": BASES.get(known[child.unit_id].basis, "") if child.unit_id in known else "",
                    "value": number["n"].value()
                    if number is not None and about == child.unit_id
                    else (known[child.unit_id].n if child.unit_id in known else ""),
                }
                for child in below.rows
            ],
        },
        status=status,
    )


def _back(request: Request, one: Programme) -> HttpResponseBase:
    kept = request.GET.urlencode()
    return redirect(reverse("programmes:targets", args=[one.public_id]) + (f"?{kept}" if kept else ""))


def _about(request: Request, one: Programme) -> tuple[units.UnitRow, int]:
    """The unit and the measure a target is of."""
    measures = queries.measures([one])[one.pk]
    measure = measure_asked(measures, request.GET.get("measure", ""))
    return shown.unit_of(request.viewer, one, request.POST.get("about", "")), measure.number


@require_POST
def set_target(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a unit a new target."""
    one = queries.programme_for(request.viewer, public_id)
    about, measure = _about(request, one)
    form = NumberForm(request.POST, auto_id="own_%s")
    if not form.is_valid():
        problem = f"{about.name(shown.language())}: {' '.join(map(str, form.errors['n']))}"
        return _page_of(request, one, number=form, about=about.id, problem=problem, status=422)
    try:
        actions.set_target(
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            n=form.cleaned_data["n"],
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _page_of(
            request, one, number=form, about=about.id, problem=str(refused), status=refused.status
        )
    messages.success(request, _("Saved."))
    return _back(request, one)


@require_POST
def split_target(request: Request, public_id: UUID) -> HttpResponseBase:
    """Split a unit's target among those below."""
    one = queries.programme_for(request.viewer, public_id)
    about, measure = _about(request, one)
    form = SplitForm(request.POST, auto_id="split_%s")
    if not form.is_valid():
        return _page_of(request, one, split=form, status=422)
    given: dict[str, Any] = form.cleaned_data
    try:
        changed = actions.split_target(
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            how=given["how"],
            levels=int(given["levels"]) if given["levels"] else None,
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _page_of(request, one, split=form, problem=str(refused), status=refused.status)
    messages.success(request, _("Targets changed: %(n)s") % {"n": changed})
    return _back(request, one)


@require_POST
def lock_target(request: Request, public_id: UUID) -> HttpResponseBase:
    """Lock a unit's target, or unlock it."""
    one = queries.programme_for(request.viewer, public_id)
    about, measure = _about(request, one)
    try:
        actions.lock_target(
            programme_id=one.pk,
            measure=measure,
            unit_id=about.id,
            locked=request.POST.get("locked") == "on",
            by=request.actor,
            at=clock.now(),
        )
    except Refused as refused:
        return _page_of(request, one, problem=str(refused), status=refused.status)
    return _back(request, one)
