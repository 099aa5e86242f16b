"""Show the data officer alone who says that they never joined; show what was stopped because so many did."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.enrolment.actions import bursts
from abhiyan.enrolment.models import Halt
from abhiyan.enrolment.queries import partings
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.rules.offices import DATA_OFFICER
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.programmes.rules.activities import activity_of
from abhiyan.ui import tables
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import NoteField
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

MOST_OFFICERS = 2  # named where somebody is to ask them


class DenialFilters(forms.Form):
    """The denied entries to show."""

    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=100)
    worker = forms.UUIDField(required=False, widget=forms.HiddenInput)
    brought = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


@require_GET
def denials(request: Request) -> HttpResponse:
    """List people who said that they never joined: names for the data officer of their unit, a page at a time,
    never a file."""
    home = or_refuse(request.viewer.home, NotYours)
    form = DenialFilters(request.GET)
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    span = _span(request, form, values.get("unit", ""))
    sorting = tables.sorting(request.GET, {"said": ""}, default="-said")
    leaf = tables.read_on(
        request.GET,
        lambda mark, limit: partings.denied_entries(
            after=(mark[0], mark[1]) if mark else None,
            limit=limit,
            newest_first=sorting.descending,
            span=span,
            sender=values.get("worker"),
            import_id=values.get("brought"),
        ),
        kinds=(tables.instant, UUID),
        key=lambda one: (one.at, one.public_id),
        per=partings.PER_PAGE,
    )
    read_people(
        by=request.actor,
        unit_id=home.unit_id,
        n=len(leaf.rows),
        at=clock.now(),
        act="enrolment.read_denials",
    )
    context = {
        "here": "people",
        "crumbs": [(_("Denied entries"), "")],
        "form": form,
        "is_narrowed": not form.is_valid() or any(form.cleaned_data.values()),
        "sorting": sorting,
        "leaf": leaf,
        "rows": [
            {
                "one": denial,
                "number": member_number(denial.public_id),
                "channel": activity_of(KIND).channel(denial.channel).label,
            }
            for denial in leaf.rows
        ],
    }
    return render(request, "enrolment/denials.html", context, status=200 if form.is_valid() else 422)


def _span(request: Request, form: forms.Form, text: str) -> tuple[int, int] | None:
    """Return the unit asked for, by code or name; what is not found is said at its field."""
    home = request.viewer.home
    if not text.strip() or home is None:
        return None
    within = (home.unit_id, home.hierarchy)
    unit_rows = units.search_units(
        text.strip(), language=active_language(), within=within, hierarchy=home.hierarchy, limit=1
    )
    if not unit_rows:
        form.add_error("unit", _("No unit of yours fits. Write its name or code."))
        return None
    place = units.row_of_unit(unit_rows[0].id, home.hierarchy)
    return (place.lo, place.hi) if place.lo is not None and place.hi is not None else None


def _officers(halt: Halt) -> str:
    """Return the data officers of what was stopped, the nearest first, by name and unit."""
    on = clock.day_in(settings.TIME_ZONE, clock.now())
    line = org.line_of_command(halt.unit_id, Hierarchy.ORGANISATIONAL, on=on)
    holders = [holder for holder in line if holder.office == DATA_OFFICER][:MOST_OFFICERS]
    return ", ".join(
        f"{local_person(holder.name)} ({name_in_language(holder.unit_names)})" for holder in holders
    )


class GoOn(forms.Form):
    """Why what was stopped goes on."""

    reason = NoteField(label=gettext_lazy("Why may it go on?"), max_length=500)


@form_page
def halt(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show what was stopped, and what to do: look, take the list back, or let it go on."""
    found = partings.halt_for(public_id)
    with system("what was stopped"):
        bursts.require_halt_decider(found, request.actor)
        what, brought, n_held = partings.what(found), partings.import_of(found), partings.held_leavings()
    form = GoOn(request.POST or None)

    def act(given: dict[str, Any]) -> None:
        bursts.let_go_on(halt=public_id, reason=given["reason"], by=request.actor, at=clock.now())

    done = tried(request, form, act, said=_("It goes on."))
    if done:
        return redirect("enrolment:halt", public_id)
    context = {
        "here": "people",
        "crumbs": [(what, "")],
        "halt": found,
        "how_many": partings.how_many(found),
        "officers": _officers(found),
        "kind": Halt.Kind(found.kind).label,
        "what": what,
        "brought": brought if request.viewer.may("imports.paper") else None,
        "held": n_held,
        "sees_names": request.viewer.may("org.approve"),
        "form": form,
    }
    return render(request, "enrolment/halt.html", context, status=done.status)
