"""A worker's own entries, page by page, with what became of them in counts; and doors at which nobody was entered."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, TooMany, or_refuse
from abhiyan.core.scope import system
from abhiyan.doorstep import actions, queries
from abhiyan.doorstep.forms import EntriesForm
from abhiyan.doorstep.models import DoorTry
from abhiyan.doorstep.rules.states import DoorState
from abhiyan.enrolment.queries.partings import counted_for_sender
from abhiyan.org.here import of_own_work
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.ui import tables
from abhiyan.ui.records import RecordSent, RecordShown

from .door import NoDriveHere, door_place, entry_rows, id_of_reader, where_of

PER_PAGE = 25


@of_own_work
@require_GET
def field_entries(request: Request) -> HttpResponseBase:
    """List one's own entries, waiting ones first. Not exported: they are people."""
    at, by = clock.now(), id_of_reader(request)
    form = EntriesForm(request.GET)
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    rows = queries.own_entries(by, became=values.get("show"), day=values.get("day"))
    today, in_all, entries = queries.own_counts(by, today=queries.day_began(at))
    tries_today, tries = queries.door_try_counts(by, today=clock.day_in(settings.TIME_ZONE, at))
    total = (
        len(rows) if values.get("day") else entries[values["show"]] if values.get("show") else entries.total()
    )
    leaf = tables.numbered(rows, request.GET, total=total, per=PER_PAGE)
    if leaf.rows:
        read_people(
            by=request.actor,
            unit_id=or_refuse(request.viewer.home, NotYours).unit_id,
            n=len(leaf.rows),
            at=at,
        )
    with system("how many deny an entry, as a count"):
        denied = counted_for_sender(by, at=at, zone=settings.TIME_ZONE)
    context = {
        "here": "entries",
        "crumbs": [(_("Enrol at the door"), reverse("doorstep:field")), (_("Your entries"), "")],
        "filters": form,
        "leaf": leaf,
        "rows": entry_rows(leaf.rows, at),
        "is_narrowed": any(values.values()),
        "counts": [
            *((door_state.label, today[door_state], in_all[door_state]) for door_state in DoorState),
            *((outcome.label, tries_today[outcome], tries[outcome]) for outcome in DoorTry.Outcome),
        ],
        "denied": denied,
    }
    return render(request, "doorstep/field_entries.html", context, status=200 if form.is_valid() else 422)


@require_POST
def field_try(request: Request) -> HttpResponseBase:
    """Note a door at which nobody was entered, as a number; or take the last one back (`undo`)."""
    try:
        return redirect(_note_try(request))
    except (TooMany, actions.NothingNoted) as refused:
        messages.error(request, str(refused))
        return redirect(door_place(request, clock.now()).address)


def _note_try(request: Request, *, age: timedelta = timedelta(0)) -> str:
    """Count a door as the form says; the address of the page that shows it. age: how long a phone has kept it."""
    at = clock.now()
    place = door_place(request, at)
    outcome = {str(one.value): one for one in DoorTry.Outcome}.get(request.POST.get("outcome", ""))
    if place.drive is None or outcome is None:
        raise NotFound
    is_undone = "undo" in request.POST
    actions.note_try(
        programme_id=(place.counts or place.drive).programme.pk,
        unit_id=place.here.unit.id,
        outcome=outcome,
        is_undone=is_undone,
        by=request.actor,
        at=at,
        age=age,
    )
    return place.address if is_undone else f"{place.address}&noted={outcome.value}"


def take_try(request: Request, sent: RecordSent) -> str:
    """Count a door at which nobody was entered, as a phone noted it. The address of the door's page."""
    return _note_try(request, age=sent.age)


def show_try(request: Request, sent: RecordSent) -> RecordShown:  # noqa: ARG001  # as for every kind
    """Say what a door without an entry would count. Refuses a place that is not its sender's."""
    place = door_place(request, clock.now())
    or_refuse(place.drive, NoDriveHere)
    outcome = or_refuse({str(one.value): one for one in DoorTry.Outcome}.get(request.POST.get("outcome", "")))
    line = (_("What came of it"), str(outcome.label))
    undone = [(_("Taken back"), _("yes"))] if "undo" in request.POST else []
    return RecordShown([*where_of(place), line, *undone])
