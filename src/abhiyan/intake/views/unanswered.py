"""Members to visit, as their phones have not answered; and a tick for a door somebody has been at."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.words import local_person
from abhiyan.enrolment.queries import first_calls
from abhiyan.enrolment.queries.join import WORK_IN
from abhiyan.enrolment.queries.people import join_number, member_for
from abhiyan.intake.actions import telling
from abhiyan.intake.activity import DRIVE
from abhiyan.intake.queries import unanswered as queries
from abhiyan.intake.queries.calls import how_to_leave
from abhiyan.org.here import page_unit
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import read_people, read_person
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui import tables
from abhiyan.ui.acts import act_page, form_page
from abhiyan.units import queries as units

PER_PAGE = 50
OPEN = "open"


class VisitsForm(forms.Form):
    """Which members to show."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", gettext_lazy("Everybody")), (OPEN, gettext_lazy("Not visited yet"))],
    )


@require_GET
def unanswered_page(request: Request) -> HttpResponseBase:
    """Show the members of a unit to visit. A unit is a heading once; members already visited come last."""
    at = clock.now()
    here = page_unit(request)
    lo, hi = here.span
    if not (request.viewer.may_at("enrolment.enrol", lo) and request.viewer.sees_people_at(lo)):
        raise NotYours
    drive = _drive(request)
    form = VisitsForm(request.GET)
    if here.unit.kind not in WORK_IN:
        large = {"here": "people", "unit_name": here.name, "filters": form, "is_large": True}
        return render(request, "intake/unanswered.html", large)
    visits = queries.visits_in(lo, hi)
    rows = queries.unanswered_members(
        lo,
        hi,
        visited=list(visits),
        silent=queries.silent_in(lo, hi),
        programmes=drive.counted_ids if drive else None,
        only_open=form.is_valid() and form.cleaned_data["show"] == OPEN,
    )
    query = "?" + request.META.get("QUERY_STRING", "")
    leaf = tables.numbered(rows, request.GET, total=len(rows), per=PER_PAGE)
    if leaf.rows:
        read_people(by=request.actor, unit_id=here.unit.id, n=len(leaf.rows), at=at)
    page = {
        "here": "people",
        "crumbs": [(_("People"), here.href(reverse("enrolment:people"))), (_("Phone not answered yet"), "")],
        "unit_name": here.name,
        "number": join_number(drive.pk) if drive else "",
        "filters": form,
        "leaf": leaf,
        "groups": _groups(leaf.rows, visits, request.viewer.account_id, query),
        "query": query,
        "is_narrowed": form["show"].value() == OPEN,
    }
    return render(request, "intake/unanswered.html", page, status=200 if form.is_valid() else 422)


def _drive(request: Request) -> Programme | None:
    """Return the drive that the address names, if it names one in sight."""
    text = request.GET.get("drive", "")
    try:
        wanted = UUID(text) if text else None
    except ValueError:
        raise NotFound from None
    if wanted is None:
        return None
    programme = programmes.programmes_for(request.viewer).filter(kind=DRIVE.kind, public_id=wanted).first()
    if programme is None:
        raise NotFound
    return programme


def _groups(
    rows: Sequence[queries.UnansweredPhone],
    visits: dict[UUID, queries.DoorVisit],
    account_id: int | None,
    query: str,
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return a page's rows under the name of their unit, and those visited under a heading of their own at the end."""
    account_ids = {
        visits[unanswered_phone.term_id].account_id
        for unanswered_phone in rows
        if unanswered_phone.term_id in visits
    }
    with system("who has been at a door"):
        names = people.names_of_accounts(account_ids)

    def line(unanswered_phone: queries.UnansweredPhone) -> dict[str, Any]:
        visit = visits.get(unanswered_phone.term_id)
        return {
            "member": unanswered_phone,
            "channel": DRIVE.channel(unanswered_phone.channel).label,
            "visit": visit,
            "who": local_person(names.get(visit.account_id, "")) if visit else "",
            "no": reverse("intake:unanswered_no", args=[unanswered_phone.public_id]) + query,
            "may_undo": bool(visit and visit.is_tick and visit.account_id == account_id),
        }

    grouped = groupby(
        rows,
        key=lambda unanswered_phone: (
            _("Been there") if unanswered_phone.term_id in visits else unanswered_phone.unit_name()
        ),
    )
    return [(heading, [line(unanswered_phone) for unanswered_phone in group]) for heading, group in grouped]


@require_POST
def unanswered_visit(request: Request, public_id: UUID) -> HttpResponseBase:
    """Tick that one has been at a member's door, or take the tick back (`undo`). Then the list again, as it was."""
    act = telling.undo_member_visit if "undo" in request.POST else telling.note_member_visit
    try:
        act(membership=public_id, by=request.actor, at=clock.now())
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        messages.info(request, str(refused))
    return redirect(_list_again(request))


@form_page
def unanswered_no(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take a member's word at the door that they want no more contact: asked once, then kept.

    Then the list, as it was.
    """
    at, member = clock.now(), member_for(public_id)
    positions = [lo for lo, _hi in units.all_spans([member.unit_id]).get(member.unit_id, [])]
    if not request.viewer.may_at("enrolment.enrol", *positions):
        raise NotYours
    read_person(about=member.public_id, by=request.actor, unit_id=member.unit_id, at=at)
    name = local_person(member.name or "")
    return act_page(
        request,
        lambda _given: telling.note_no_at_door(membership=public_id, by=request.actor, at=at),
        title=name,
        text=[how_to_leave(member.programme_id)],
        button=first_calls.TellingResult.NEVER.label,
        done=_list_again(request),
        said=_("Noted: %(name)s") % {"name": name},
        here="people",
        crumbs=[(_("Phone not answered yet"), _list_again(request)), (name, "")],
        is_danger=True,
    )


def _list_again(request: Request) -> str:
    query = request.META.get("QUERY_STRING", "")
    return reverse("intake:unanswered") + (f"?{query}" if query else "")
