"""The names to tick at the door of a meeting, on a phone, also without a network."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import local_person
from abhiyan.meetings import actions, queries, queries_lists
from abhiyan.meetings.actions.attending import NotInvited, NotOnList, SaidNotThere, TickedNumberUnfit
from abhiyan.meetings.models import Meeting
from abhiyan.org.here import unit_fact
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.people.fields import NamesToTick, PhoneField
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.checks import AnyOf, FormRule, NeededWith
from abhiyan.ui.forms import offer
from abhiyan.ui.records import (
    RecordSent,
    RecordShown,
    RecordTaken,
    RecordUnfit,
    do_record_act,
    labelled_answers,
    naming,
)

from .forms import PeopleForm
from .shown import COUNT_BESIDE, meeting_days, meeting_door

MOST = 300  # names on a page; the page of the meeting finds the others


class AttendanceForm(PeopleForm):
    """The form takes who is here, how many came, or both.

    invitee: public ids of invitees, and of an invited list what pages call its people by. phone: the number of one
    of them; the page has the field for who sees that list.
    """

    invitee = forms.MultipleChoiceField(
        label=_("Who is here?"),
        required=False,
        widget=NamesToTick,
        error_messages={"invalid_choice": NotInvited.message},
    )
    phone = PhoneField(
        label=_("Number of somebody invited by message"),
        required=False,
        takes_abroad=False,
        abroad=TickedNumberUnfit.message,
        help_text=_("Tell them: tomorrow an SMS may ask whether they were here."),
    )
    field_order = ("invitee", "phone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["n"].required = False

    def form_rules(self) -> tuple[FormRule, ...]:
        """Refuse a form that says nothing, and people without an invitation of no number."""
        needed = self.fields["n"].error_messages["required"]
        return (
            *super().form_rules(),
            NeededWith("n", "walk_ins", needed),
            AnyOf("invitee", ("n", "phone"), _("Tick at least one name.")),
        )


@form_page
def field_meeting(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the names that are not ticked yet, for who manages the meeting, and tick them."""
    meeting = _meeting(request, public_id)
    form = AttendanceForm(request.POST if request.method == "POST" else None)
    _offer_all(form, meeting)
    done = tried(
        request,
        form,
        lambda given: _attend(request, meeting, given, timedelta(0)),
        said=lambda note: note or _("Attendance is saved."),
    )
    if done:
        return redirect(request.path)
    waiting = queries.invitees(meeting).filter(came_at=None, denied_at=None).order_by("pk")
    names = [(_named(row), row.one.public_id) for row in queries.named_invitees(list(waiting[: MOST + 1]))]
    names += [(_listed(row), row.ref) for row in queries_lists.list_at_door(meeting, at=clock.now())]
    if names:
        read_people(by=request.actor, unit_id=meeting.unit_id, n=len(names[:MOST]), at=clock.now())
    offer(form, invitee=[(str(ident), label) for label, ident in sorted(names[:MOST])])
    context = {
        "one": meeting,
        "form": form,
        "names": names,
        "is_more": len(names) > MOST,
        "takes_phones": queries_lists.send_for_door(meeting) is not None,
        "page": request.path,
    }
    return naming(render(request, "meetings/field_meeting.html", context, status=done.status))


def _meeting(request: Request, public_id: UUID) -> Meeting:
    meeting = queries.meeting_for(request.viewer, public_id)
    if not queries.manages_meeting(request.viewer, meeting):
        raise NotYours
    if meeting.kind != Meeting.Kind.MEETING or meeting.cancelled_at is not None:
        raise NotFound
    return meeting


def _named(row: queries.NamedInvitee) -> str:
    return ", ".join(filter(None, (local_person(row.name), row.office, row.unit)))


def _listed(row: queries_lists.PersonAtDoor) -> str:
    return ", ".join(filter(None, (local_person(row.name), row.where)))


def _names(meeting: Meeting, idents: Collection[str]) -> list[str]:
    """Name the invitees and the people of an invited list that a form means."""
    rows = queries.named_invitees(list(queries.invitees(meeting).filter(public_id__in=idents)))
    refs = {UUID(ident) for ident in idents} - {row.one.public_id for row in rows}
    listed = queries_lists.listed_people(queries_lists.send_for_door(meeting), refs=refs) if refs else []
    return [*(_named(row) for row in rows), *(local_person(row.name) for row in listed)]


def _offer_all(form: AttendanceForm, meeting: Meeting) -> None:
    """Take everybody invited: another phone may have ticked a name meanwhile."""
    if form.is_bound:
        idents = [
            *meeting.invitees.values_list("public_id", flat=True),
            *(person_.ref for person_ in queries_lists.listed_people(queries_lists.send_for_door(meeting))),
        ]
        offer(form, invitee=[(str(ident), "") for ident in idents])


def _attend(
    request: Request, meeting: Meeting, given: dict[str, Any], age: timedelta, *, is_record: bool = False
) -> Promise | str:
    """Tick each name and the typed number, and note how many came: all or nothing. Return what the sender must read.

    age: how long a phone kept it. is_record: the people have left the door. So a number that is not on the list does
    not keep the names from being ticked. Refuses RecordUnfit with the name of who says they were not there.
    """
    at = clock.now()
    act: dict[str, Any] = {"public_id": meeting.public_id, "by": request.actor, "at": at}
    by_office = set(map(str, meeting.invitees.values_list("public_id", flat=True)))
    notes: list[str] = []
    with transaction.atomic():
        for invitee_id in given["invitee"]:
            try:
                if invitee_id in by_office:
                    actions.tick(invitee=UUID(invitee_id), came=True, **act)
                else:
                    actions.tick_listed(ref=UUID(invitee_id), **act)
            except SaidNotThere as refused:
                (name,) = _names(meeting, [invitee_id])
                raise RecordUnfit(field="invitee", why=f"{name}: {refused}") from None
        if given["phone"]:
            try:
                actions.tick_phone(phone=given["phone"], **act)
            except NotOnList as refused:
                if not is_record:
                    raise
                notes.append(f"••• {given['phone'][-4:]}: {refused}")
        if given["n"] is not None:
            people = {name: given[name] for name in ("n", "walk_ins")}
            if actions.set_people(**people, age=age, **act).is_beside:
                notes.append(str(COUNT_BESIDE))
    return " ".join(notes)


def take_attendance(request: Request, sent: RecordSent) -> RecordTaken:
    """Tick the names that a phone sends, and note its number: by the form and the act of its page.

    Its sender reads where a newer number stands.
    """
    meeting = _meeting(request, sent.named["public_id"])
    form = AttendanceForm(request.POST)
    _offer_all(form, meeting)
    note = do_record_act(form, lambda given: _attend(request, meeting, given, sent.age, is_record=True))
    return RecordTaken(meeting_door(meeting.public_id), str(note))


def show_attendance(request: Request, sent: RecordSent) -> RecordShown:
    """Name the meeting of a record and the people it would tick. Refuses a meeting that its sender does not manage."""
    meeting = _meeting(request, sent.named["public_id"])
    form = AttendanceForm(request.POST)
    _offer_all(form, meeting)
    values = do_record_act(form, lambda given: given)
    names = _names(meeting, values["invitee"])
    facts = [
        unit_fact(meeting.unit_id),
        (say("Meeting"), meeting.title),
        (say("Day"), meeting_days(meeting.first_on, meeting.last_on, meeting.starts)),
        *((say("Came"), name) for name in sorted(names)),
        *labelled_answers(form, "invitee"),
    ]
    return RecordShown(facts, names=len(names))
