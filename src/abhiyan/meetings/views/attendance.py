"""The names to tick at the door of a meeting, on a phone, also without a network."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import person
from abhiyan.meetings import actions, queries
from abhiyan.meetings.actions.attending import NotInvited, SaidNotThere
from abhiyan.meetings.models import Meeting
from abhiyan.org.here import unit_fact
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.checks import AnyOf, FormRule, NeededWith
from abhiyan.ui.forms import offer
from abhiyan.ui.records import RecordSent, RecordShown, RecordTaken, RecordUnfit, naming, taken, typed

from .forms import PeopleForm
from .shown import COUNT_BESIDE, days_of, door_of

MOST = 300  # names on a page; the page of the meeting finds the others


class AttendanceForm(PeopleForm):
    """The form takes the invitees who are here (public ids), or how many came, or both."""

    invitee = forms.MultipleChoiceField(
        label=_("Who is here?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NotInvited.message},
    )
    field_order = ("invitee",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["n"].required = False

    def form_rules(self) -> tuple[FormRule, ...]:
        """Refuse a form that says nothing, and people without an invitation of no number."""
        needed = self.fields["n"].error_messages["required"]
        return (
            *super().form_rules(),
            NeededWith("n", "walk_ins", needed),
            AnyOf("invitee", "n", _("Tick at least one name.")),
        )


@form_page
def field_meeting(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the names that are not ticked yet, for who manages the meeting, and tick them."""
    one = _meeting(request, public_id)
    form = AttendanceForm(request.POST if request.method == "POST" else None)
    _offer_all(form, one)
    done = tried(
        request,
        form,
        lambda given: _attend(request, one, given, timedelta(0)),
        said=lambda counted: COUNT_BESIDE if counted and counted.is_beside else _("Attendance is saved."),
    )
    if done:
        return redirect(request.path)
    waiting = queries.invitees(one).filter(came_at=None, denied_at=None).order_by("pk")
    names = queries.with_names(list(waiting[: MOST + 1]))
    if names:
        read_people(by=request.actor, unit_id=one.unit_id, n=len(names[:MOST]), at=clock.now())
    words = sorted((_named(row), str(row.one.public_id)) for row in names[:MOST])
    offer(form, invitee=[(ident, said) for said, ident in words])
    context = {"one": one, "form": form, "names": names, "is_more": len(names) > MOST, "page": request.path}
    return naming(render(request, "meetings/field_meeting.html", context, status=done.status))


def _meeting(request: Request, public_id: UUID) -> Meeting:
    one = queries.meeting_for(request.viewer, public_id)
    if not queries.leads(request.viewer, one):
        raise NotYours
    if one.kind != Meeting.Kind.MEETING or one.cancelled_at is not None:
        raise NotFound
    return one


def _named(row: queries.NamedInvitee) -> str:
    return ", ".join(filter(None, (person(row.name), row.office, row.unit)))


def _offer_all(form: AttendanceForm, one: Meeting) -> None:
    """Take everybody invited: another phone may have ticked a name meanwhile."""
    if form.is_bound:
        offer(
            form,
            invitee=[(str(each), "") for each in one.invitees.values_list("public_id", flat=True)],
        )


def _attend(request: Request, one: Meeting, given: dict[str, Any], age: timedelta) -> Meeting | None:
    """Tick each name and note the number, where there is one: all or nothing. Return the meeting of a number.

    age: how long a phone kept it. Refuses RecordUnfit with the name of who says they were not there.
    """
    at = clock.now()
    with transaction.atomic():
        for each in given["invitee"]:
            try:
                actions.tick(public_id=one.public_id, invitee=UUID(each), came=True, by=request.actor, at=at)
            except SaidNotThere as refused:
                (said,) = queries.with_names(list(queries.invitees(one).filter(public_id=each)))
                raise RecordUnfit(field="invitee", why=f"{person(said.name)}: {refused}") from None
        if given["n"] is None:
            return None
        people = {name: given[name] for name in ("n", "walk_ins")}
        return actions.set_people(public_id=one.public_id, **people, age=age, by=request.actor, at=at)


def take_attendance(request: Request, sent: RecordSent) -> RecordTaken:
    """Tick the names that a phone sends, and note its number: by the form and the act of its page.

    Its sender reads where a newer number stands.
    """
    one = _meeting(request, sent.named["public_id"])
    form = AttendanceForm(request.POST)
    _offer_all(form, one)
    counted = taken(form, lambda given: _attend(request, one, given, sent.age))
    return RecordTaken(
        door_of(one.public_id), str(COUNT_BESIDE) if counted is not None and counted.is_beside else ""
    )


def show_attendance(request: Request, sent: RecordSent) -> RecordShown:
    """Name the meeting of a record and the people it would tick. Refuses a meeting that its sender does not manage."""
    one = _meeting(request, sent.named["public_id"])
    form = AttendanceForm(request.POST)
    _offer_all(form, one)
    given = taken(form, lambda given: given)
    ticked = queries.with_names(list(queries.invitees(one).filter(public_id__in=given["invitee"])))
    facts = [
        unit_fact(one.unit_id),
        (say("Meeting"), one.title),
        (say("Day"), days_of(one.first_on, one.last_on, one.starts)),
        *((say("Came"), name) for name in sorted(_named(row) for row in ticked)),
        *typed(form, "invitee"),
    ]
    return RecordShown(facts, names=len(ticked))
