"""Starting a programme in units below: chosen, looked over, and done in one act."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.programmes import actions, queries
from abhiyan.programmes import here as shown
from abhiyan.programmes.actions.parts import PartOfAPart, part_names
from abhiyan.programmes.actions.programmes import NotOpen
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DayField
from abhiyan.ui.forms import offer
from abhiyan.units import queries as units


class StartForm(forms.Form):
    """The units to start a part in, and its days."""

    units = forms.MultipleChoiceField(label=_("Units"), widget=forms.CheckboxSelectMultiple)
    opens_on = DayField(label=_("First day"))
    closes_on = DayField(label=_("Last day"))

    def __init__(self, data: Any = None, *, below: Sequence[tuple[str, str]], **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, units=below)


@form_page
def start_in_units_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Choose units and days, see what will be made, and start all of it in one act."""
    whole = queries.programme_for(request.viewer, public_id)
    if not shown.viewer_may(request, "programmes.make", whole.owner_id):
        raise NotYours(capability="programmes.make")
    if whole.state != Programme.State.OPEN:
        raise NotOpen
    if whole.parent_id is not None:
        raise PartOfAPart
    rows = queries.startable(whole, language=active_language())
    is_posted, is_sure = request.method == "POST", "sure" in request.POST
    form = StartForm(
        request.POST if is_posted else None,
        below=[(row.code, row.name()) for row in rows],
        initial={
            "opens_on": max(whole.opens_on, clock.day_in(whole.zone, clock.now())),
            "closes_on": whole.closes_on,
        },
    )
    frame = shown.programme_frame(whole, (say("Start in units"), "")) | {"form": form, "rows": rows}
    if is_posted and not is_sure and form.is_valid():
        chosen = [row for row in rows if row.code in form.cleaned_data["units"]]
        frame["made"] = [
            (name_in_language(part_names(whole, units.unit_by_id(row.id).names)), row.name())
            for row in chosen
        ]
        frame["window"] = " – ".join(
            date_format(form.cleaned_data[key], "j F Y") for key in ("opens_on", "closes_on")
        )
        return render(request, "programmes/part_start.html", frame)
    done = tried(
        request,
        form,
        lambda given: actions.start_in_units(
            programme_id=whole.pk,
            unit_ids=[row.id for row in rows if row.code in given["units"]],
            opens_on=given["opens_on"],
            closes_on=given["closes_on"],
            by=request.actor,
            at=clock.now(),
        ),
        said=_("The drives are started. Name people in charge and add numbers on the page of each."),
    )
    if done:
        return redirect(reverse("programmes:programme", args=[public_id]) + "#parts")
    return render(request, "programmes/part_start.html", frame, status=done.status)
