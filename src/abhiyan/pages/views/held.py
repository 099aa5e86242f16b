"""Records that came from phones after they were signed out: who appoints in the unit looks at each, and decides.

They lie sealed until then, and count nowhere. Accepted, a record is taken by the act of its own page.
"""

from datetime import datetime
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org.actions import phones as acts
from abhiyan.org.here import page_unit
from abhiyan.org.queries import phones as found
from abhiyan.org.queries import require
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.actions.field import HELD_LAST, open_held_record, sender_of
from abhiyan.people.actions.reading import read_people
from abhiyan.people.models import FieldHeld
from abhiyan.ui.acts import PageAct, form_page
from abhiyan.ui.fields import NoteField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.records import PROMPT, RecordShown

from .field import as_its_page, record_as_shown, record_kinds, record_pictures
from .signed_out import as_sender

STATES = {
    "waits": FieldHeld.State.WAITS,
    "accepted": FieldHeld.State.ACCEPTED,
    "aside": FieldHeld.State.ASIDE,
}
TITLE = _("From phones that were signed out")
APPOINTS = "org.appoint"


class RecordAsideForm(forms.Form):
    """Why a record is set aside."""

    reason = NoteField(label=_("Reason"), max_length=200)


def _accept(*, request: Request, public_id: UUID, by: Actor, at: datetime) -> bool:
    return acts.decide_record(
        public_id=public_id, accept=lambda field_held: _take(request, field_held, at), by=by, at=at
    )


def _set_aside(*, request: Request, public_id: UUID, reason: str, by: Actor, at: datetime) -> bool:  # noqa: ARG001  # as _accept
    return acts.decide_record(public_id=public_id, accept=None, reason=reason, by=by, at=at)


def _take(request: Request, field_held: FieldHeld, at: datetime) -> str:
    """Do a record's act in the name and with the rights of its sender, as of the day it was made.

    Return why nothing of it may stay, else nothing. Refuses what the sender might not have sent.
    """
    values, kind = open_held_record(field_held), or_refuse(record_kinds().get(field_held.record))
    age = max(at - field_held.made_at, PROMPT)  # the visit is over
    with system("whose record it is"):
        phone = sender_of(field_held)
    with as_sender(request, phone, accepted_by=request.actor) as own:
        try:
            record_as_shown(own, kind, values, age)
            files = record_pictures(UUID(values["key"]), values["pictures"], own.actor)
            with transaction.atomic():
                kind.take(*as_its_page(own, kind, values, files, age))
        except kind.forgets as refused:
            return str(refused)
    return ""


def _shown(
    request: Request, field_held: FieldHeld, said: dict[str, str], at: datetime
) -> tuple[RecordShown | None, str]:
    """Say what a record would write; or nothing of it, and why it cannot be accepted."""
    kind = or_refuse(record_kinds().get(field_held.record))
    with system("whose record it is"):
        phone = sender_of(field_held)
    try:
        with as_sender(request, phone) as own:
            return record_as_shown(own, kind, said, max(at - field_held.made_at, PROMPT)), ""
    except Refused as refused:
        return None, str(refused)


ACTS = {
    "accept": PageAct(
        _accept,
        lambda is_accepted: (
            _("Accepted. It counts on its own day.")
            if is_accepted
            else _("Nothing of this person may stay. The record is deleted.")
        ),
        label=_("Accept"),
        title=_("Accept this record?"),
        text=(_("It counts as the sender's own, on its own day. The trail says that you accepted it."),),
    ),
    "aside": PageAct(
        _set_aside,
        _("Set aside. What it said is deleted."),
        form=RecordAsideForm,
        label=_("Set this aside"),
        title=_("Set this record aside?"),
        text=(_("It never counts. What it says is deleted; your reason stays."),),
        is_danger=True,
    ),
}


class HeldFilters(forms.Form):
    """Which records to show."""

    unit = forms.CharField(label=_("Unit"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Show"), required=False, choices=[(code, state.label) for code, state in STATES.items()]
    )


def _kind(code: str) -> str:
    kind = record_kinds().get(code)
    return str(kind.name) if kind else code


COLUMNS: tuple[Column[found.HeldRecordRow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit_names), is_name=True, order="unit"),
    Column(
        "name",
        _("Name"),
        lambda row: local_person(row.holder),
        names_people=True,
        account=lambda row: row.account_id,
    ),
    Column("record", _("Form"), lambda row: _kind(row.record)),
    Column("made", _("Finished"), lambda row: row.made_at, order="made", css="nums"),
    Column("at", _("Arrived on"), lambda row: row.at, order="at", css="nums"),
    Column("reason", _("Reason"), lambda row: row.reason, css="under"),
    Column(
        "by",
        _("Decided by"),
        lambda row: local_person(row.decided_by) if row.decided_by else "",
        names_people=True,
    ),
    Column("acts", _("Acts"), is_for_acts=True, css="end"),
)


@page_with_list
def held_records_page(request: Request) -> HttpResponseBase:
    """Show the records of a unit and all below it that came after their phone was signed out."""
    here = page_unit(request)
    filters = HeldFilters(request.GET)
    show = (filters.cleaned_data if filters.is_valid() else {}).get("show") or "waits"
    state = STATES[show]
    table = Table(
        request,
        [column for column in COLUMNS if show != "waits" or column.key not in ("reason", "by")],
        found.held_rows(*here.span, state=state),
        name="held-records",
        caption=state.label,
        sort="at",
        unit_id=here.unit.id,
        narrowed=filters,
    )
    context = {
        "here": "phones",
        "page_unit": here,
        "filters": filters,
        "may_decide": show == "waits" and request.viewer.may_at(APPOINTS, here.span[0]),
        "days": HELD_LAST.days,
        "crumbs": here.crumbs(
            (say("Phones in the field"), reverse("org:phones")), (str(TITLE), reverse("pages:held"))
        ),
    }
    return list_response(request, "pages/held.html", table, context)


@form_page
def held_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Show what a record says, and ask once before it is accepted or set aside."""
    at, page, row = clock.now(), reverse("pages:held"), people.held_record(public_id)
    require(request.actor, APPOINTS, at=row.unit_id)
    values = open_held_record(row)
    record_shown, problem = _shown(request, row, values, at)
    if request.method != "POST":  # the sender, and everybody that the record names
        read_people(
            by=request.actor, unit_id=row.unit_id, n=1 + (record_shown.names if record_shown else 0), at=at
        )
    return or_refuse(ACTS.get(act)).ask(
        request,
        known={"request": request, "public_id": public_id, "by": request.actor, "at": at},
        done=page,
        here="phones",
        crumbs=[
            (say("Phones in the field"), reverse("org:phones")),
            (str(TITLE), page),
            (_kind(row.record), ""),
        ],
        detail="pages/_held_record.html",
        is_open=act == "aside" or record_shown is not None,
        record=_kind(row.record),
        row=row,
        shown=record_shown,
        problem=problem,
        sender=people.names_of_accounts([row.account_id]).get(row.account_id, ""),
        pictures=len(QueryDict(values["pictures"])),
        other="" if act == "aside" else reverse("pages:held_act", args=[public_id, "aside"]),
    )
