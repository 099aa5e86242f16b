"""Requests by law: the data officer answers them."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.enrolment.actions import tickets
from abhiyan.enrolment.models import DataRequest
from abhiyan.enrolment.queries import tickets as queries
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.rules.tickets import LONGEST
from abhiyan.org.viewer import Request as OfficeRequest
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.lists import Column, Table, list_response, page_with_list


class PersonRequestFilters(forms.Form):
    """Which requests to show."""

    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Not answered yet")),
            ("answered", gettext_lazy("Answered")),
            ("all", gettext_lazy("All")),
        ],
    )


def _status(at: datetime, row: DataRequest) -> str:
    if row.answered_at is not None:
        return _("Answered")
    return _("Overdue") if row.due_at < at else _("Not answered yet")


def _columns(at: datetime) -> tuple[Column[DataRequest], ...]:
    return (
        Column("number", gettext_lazy("Number"), lambda row: row.number, is_name=True),
        Column("kind", gettext_lazy("About"), lambda row: row.get_kind_display(), order="kind", css="under"),
        Column(
            "member",
            gettext_lazy("Member number"),
            lambda row: member_number(row.public_id),
            names_people=True,
        ),
        Column("asked", gettext_lazy("Asked on"), lambda row: row.asked_at, order="asked_at", css="nums"),
        Column("due", gettext_lazy("Answer by"), lambda row: row.due_at, order="due_at", css="nums under"),
        Column("state", gettext_lazy("Status"), partial(_status, at), css="end"),
    )


@page_with_list
def ticket_list(request: OfficeRequest) -> HttpResponseBase:
    """List people's requests by law at the units of the data officer, the first due on top."""
    at = clock.now()
    form = PersonRequestFilters(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    table = Table(
        request,
        _columns(at),
        queries.tickets_in_scope(state),
        name="requests",
        caption=_("Requests from members"),
        sort="due",
        is_brief=True,
        narrowed=form,
    )
    context = {"here": "people", "crumbs": [(_("Requests from members"), "")], "filters": form, "at": at}
    return list_response(request, "enrolment/ticket_list.html", table, context)


class PersonAnswerForm(forms.Form):
    """The answer, as the person reads it on their page."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("The person reads it on their own page. The SMS only says that it is there."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@form_page
def member_ticket_page(request: OfficeRequest, public_id: UUID) -> HttpResponseBase:
    """Show one request: what is asked, by when, and the answer."""
    opened_ticket = queries.ticket_in_scope(public_id)
    row = opened_ticket.ticket
    at = clock.now()
    read_people(by=request.actor, unit_id=row.unit_id, n=1, at=at, act="enrolment.read_ticket")
    return act_page(
        request,
        lambda given: tickets.answer_request(ticket=public_id, text=given["text"], by=request.actor, at=at),
        title=opened_ticket.number,
        button=_("Send the answer"),
        done=reverse("enrolment:tickets"),
        said=_("Answered. The person gets an SMS without your words."),
        form=PersonAnswerForm(request.POST or None),
        is_open=row.answered_at is None,
        detail="enrolment/_ticket.html",
        opened=opened_ticket,
        number=member_number(row.public_id),
        overdue=row.answered_at is None and row.due_at < at,
        here="people",
        crumbs=[(_("Requests from members"), reverse("enrolment:tickets")), (opened_ticket.number, "")],
    )
