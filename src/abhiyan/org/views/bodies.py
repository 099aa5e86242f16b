"""Show who does what in a unit: its offices, its committees, wings and departments, and what they owe."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import actions, owing, queries
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.models import Appointment, Body
from abhiyan.org.responsible import office_seats
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import NoteField, WholeField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units


def _state(seat: queries.BodySeat) -> str:
    if seat.held is not None:
        return str(seat.held.get_state_display())
    return ngettext("%(n)s seat is vacant", "%(n)s seats are vacant", seat.free) % {"n": seat.free}


TITLE = _("Who does what")
BODIES: tuple[Column[queries.BodyHere], ...] = (
    Column("name", _("Committee or wing"), lambda row: name_in_language(row.names), is_name=True, order=True),
    Column("kind", _("Kind"), lambda row: row.label, order=True),
    Column("leader", _("Led by"), lambda row: row.name, names_people=True),
    Column("members", _("Members"), lambda row: row.members, css="num"),
    Column("vacant", _("Vacant"), lambda row: row.vacant, css="num", order=True),
    Column("duty", _("Responsibility"), lambda row: row.duty),
    Column(
        "owed",
        _("Asked of it"),
        lambda row: "; ".join(f"{owed_here.title}: {owed_here.said}" for owed_here in row.owed),
    ),
)
SEATS: tuple[Column[queries.BodySeat], ...] = (
    Column("office", _("Office"), lambda row: name_in_language(row.office.names), is_name=True),
    Column("name", _("Name"), lambda row: row.held.holder if row.held else "", names_people=True),
    Column("since", _("Since"), lambda row: row.held.starts_on if row.held else None, css="nums"),
    Column("state", _("Status"), _state),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


class BodyForm(forms.Form):
    """Ask for the name of a committee, wing or department, its number of members, and its work."""

    kind = forms.ChoiceField(label=_("Kind"))
    name_en = forms.CharField(label=_("Name in English"), max_length=actions.bodies.LONGEST_NAME)
    name_hi = forms.CharField(
        label=_("Name in Hindi"), required=False, max_length=actions.bodies.LONGEST_NAME
    )
    seats = WholeField(
        label=_("Members"),
        initial=11,
        min_value=1,
        max_value=actions.bodies.MOST_MEMBERS,
        help_text=_("Besides the one who leads it. A kind of our own has its own number."),
    )
    duty = NoteField(
        label=_("Responsibility"),
        required=False,
        max_length=actions.bodies.LONGEST_DUTY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences. Everybody who opens this page reads them."),
    )

    def __init__(self, *args: Any, body: Body | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if body is not None:
            del self.fields["kind"]
            if body.own_kind_id is not None:
                del self.fields["seats"]


class DissolveForm(forms.Form):
    """Why a body ends."""

    reason = NoteField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Write why it ends, for example: its work is done.")},
    )


@page_with_list
def bodies(request: Request) -> HttpResponseBase:
    """Show who does what in a unit: its offices, and its bodies with leader, members, vacancies, work and what they
    owe."""
    here, at = page_unit(request, counts=True), clock.now()
    on = clock.day_in(settings.TIME_ZONE, at)
    owed = _owed(request, here, at)
    table = Table(
        request,
        BODIES,
        queries.bodies_of(here.unit.id, on=on),
        name="bodies",
        caption=_("Committees and wings"),
        finish=lambda rows: [replace(row, owed=owed[row.id]) for row in rows],
        unit_id=here.unit.id,
    )
    context = {
        "here": "appointments",
        "page_unit": here,
        "seats": office_seats(
            request, queries.ask_offices_here(here.unit.id, on=on)(), here.unit, active_language()
        ),
        "owed": owed[None],
        "legend": owing.legend_of(row for rows in owed.values() for row in rows),
        "may_make": _may(request, here),
        "short": queries.offices_short(here.unit.id, here.hierarchy, on=on),
        "may_appoint": here.unit.lo is not None and request.viewer.may_at("org.appoint", here.unit.lo),
        "missing": queries.bodies_missing(here.unit.id),
        "crumbs": here.crumbs((str(TITLE), reverse("org:bodies"))),
    }
    return list_response(request, "org/body_list.html", table, context)


@page_with_list
def body(request: Request, body_id: int) -> HttpResponseBase:
    """One committee, wing or department: its work, its seats and what it owes."""
    one, here = _body(request, body_id)
    may = _may(request, here)
    table = Table(
        request,
        SEATS,
        queries.body_seats(one),
        name="seats",
        caption=_("Members and vacancies"),
        without=() if may else ("acts",),
        unit_id=here.unit.id,
    )
    owed = _owed(request, here, clock.now())[one.pk]
    context = {
        "here": "appointments",
        "page_unit": here,
        "body": one,
        "kind": queries.body_kind_names([one.kind])[one.kind],
        "owed": owed,
        "legend": owing.legend_of(owed),
        "may_change": may,
        "crumbs": _crumbs(here, one),
    }
    return list_response(request, "org/body.html", table, context)


@form_page
def body_new(request: Request) -> HttpResponseBase:
    """Set up a committee, wing or department in a unit."""
    here = page_unit(request)
    if not _may(request, here):
        raise queries.NotYours(capability="org.bodies")
    form = BodyForm(
        request.POST if request.method == "POST" else None, initial={"kind": request.GET.get("kind", "")}
    )
    own_kinds = [(kind.code, name_in_language(kind.names)) for kind in queries.kinds_to_make(here.unit.id)]
    offer(form, kind=[*Body.Kind.choices, *own_kinds])
    return act_page(
        request,
        lambda given: actions.make_body(
            unit_id=here.unit.id,
            kind=given["kind"],
            **_given(given),
            by=request.actor,
            at=clock.now(),
        ),
        form=form,
        title=say("New committee or wing: %(unit)s") % {"unit": here.name},
        button=say("Set it up"),
        said=_("Set up. Now appoint who leads it."),
        done=lambda made: redirect("org:body", made.pk),
        back=here.href(reverse("org:bodies")),
        here="appointments",
        crumbs=[(str(TITLE), here.href(reverse("org:bodies"))), (say("New committee or wing"), "")],
    )


@form_page
def body_change(request: Request, body_id: int) -> HttpResponseBase:
    """Rename a body, or change its number of members or its work."""
    one, here = _body(request, body_id, changes=True)
    initial = {"name_en": one.names.get("en", ""), "name_hi": one.names.get("hi", "")}
    return act_page(
        request,
        lambda given: actions.change_body(body_id=one.pk, **_given(given), by=request.actor, at=clock.now()),
        form=BodyForm(
            request.POST if request.method == "POST" else None,
            body=one,
            initial={**initial, "seats": one.seats, "duty": one.duty},
        ),
        title=say("Change %(name)s") % {"name": name_in_language(one.names)},
        button=say("Save"),
        said=_("Saved."),
        done=reverse("org:body", args=[one.pk]),
        here="appointments",
        crumbs=[*_crumbs(here, one), (say("Change"), "")],
    )


@form_page
def body_end(request: Request, body_id: int) -> HttpResponseBase:
    """Dissolve a body, with a reason; its seats end with it."""
    one, here = _body(request, body_id, changes=True)
    n_holders = Appointment.objects.filter(body=one).exclude(state=Appointment.State.ENDED).count()
    ends = ngettext(
        "%(n)s appointment in it ends at once.", "%(n)s appointments in it end at once.", n_holders
    )
    return act_page(
        request,
        lambda given: actions.end_body(
            body_id=one.pk, reason=given["reason"], by=request.actor, at=clock.now()
        ),
        form=DissolveForm(request.POST if request.method == "POST" else None),
        title=say("Dissolve %(name)s?") % {"name": name_in_language(one.names)},
        text=[
            *([ends % {"n": n_holders}] if n_holders else []),
            say("This cannot be undone. What it reported stays."),
        ],
        button=say("Dissolve"),
        said=_("Dissolved."),
        done=here.href(reverse("org:bodies")),
        back=reverse("org:body", args=[one.pk]),
        is_danger=True,
        here="appointments",
        crumbs=[*_crumbs(here, one), (say("Dissolve"), "")],
    )


def _given(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a form says of a body, as the acts want it."""
    names = {"en": given["name_en"], "hi": given["name_hi"]}
    return {"names": names, "seats": given.get("seats", 1), "duty": given["duty"]}


def _may(request: Request, here: Here) -> bool:
    return here.unit.lo is not None and request.viewer.may_at("org.bodies", here.unit.lo)


def _body(request: Request, body_id: int, *, changes: bool = False) -> tuple[Body, Here]:
    """A body whose unit's counts are in the viewer's sight, with its unit. changes: NotYours unless they may do so."""
    one = queries.body_at(body_id)
    tree = next(iter(units.hierarchies_of(one.unit_id)), 0)
    here = Here(units.row_of_unit(one.unit_id, tree), tree, (), request.path, request.GET)
    if not request.viewer.sees_counts_at(here.unit.lo):
        raise NotFound(field="body")
    if changes and not _may(request, here):
        raise queries.NotYours(capability="org.bodies")
    return one, here


def _owed(request: Request, here: Here, at: datetime) -> dict[int | None, list[owing.OwedHere]]:
    """Return what the unit owes, and each of its bodies, by the body's id."""
    owed_by_body: dict[int | None, list[owing.OwedHere]] = defaultdict(list)
    for owed_here in owing.owed_here(request.viewer, here.unit, here.hierarchy, at=at):
        owed_by_body[owed_here.body_id].append(owed_here)
    return owed_by_body


def _crumbs(here: Here, one: Body) -> list[tuple[str, str]]:
    return [
        (str(TITLE), unit_address(reverse("org:bodies"), here.unit.code)),
        (name_in_language(one.names), reverse("org:body", args=[one.pk])),
    ]
