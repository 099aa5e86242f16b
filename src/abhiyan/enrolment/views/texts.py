"""Messages to our numbers that no rule could read: who may reads them, says what was done, and can take that back.

Not exported with what people wrote; opening one leaves a row in the trail.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import needed
from abhiyan.enrolment.actions import texts as actions
from abhiyan.enrolment.activity import DRIVE
from abhiyan.enrolment.models import Text
from abhiyan.enrolment.queries import texts as queries
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import ask, form_page
from abhiyan.ui.lists import Column, Table, answer


def _outcome(row: Text) -> Any:
    return actions.Settled(row.outcome).label if row.outcome else ""


COLUMNS: tuple[Column[Text], ...] = (
    Column("at", _("Received"), lambda row: row.at, order="at", css="nums", is_name=True),
    Column("channel", _("Came by"), lambda row: DRIVE.channel(row.channel).label, css="under"),
    Column("phone", _("Phone"), css="under"),
    Column("n", _("Messages"), lambda row: row.n, order="n", css="num"),
    Column("outcome", _("Outcome"), _outcome, css="under"),
    Column("read", _("Read"), is_for_acts=True, css="end"),
)


class StateForm(forms.Form):
    """Which to show."""

    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("To be read")),
            ("settled", _("Settled")),
        ],
    )


class OutcomeForm(forms.Form):
    """What was done about a message."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=actions.Settled.choices, widget=forms.RadioSelect)


@require_GET
def texts(request: Request) -> HttpResponseBase:
    """The list, longest waiting first. What was written stands on each one's own page."""
    form = StateForm(request.GET)
    is_settled = form.is_valid() and form.cleaned_data["state"] == "settled"
    table = Table(
        request,
        COLUMNS,
        queries.texts(is_settled=is_settled),
        name="texts",
        caption=_("Messages to read"),
        sort="-at" if is_settled else "at",
        without=() if is_settled else ("outcome",),
        is_brief=True,
    )
    shown = {
        "here": "people",
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Messages to read"), "")],
        "form": form,
    }
    return answer(request, "enrolment/texts.html", table, shown, status=200 if form.is_valid() else 422)


@form_page
def text(request: Request, wrote: UUID) -> HttpResponseBase:
    """One phone's messages, and what was done about them. A settled one can be opened again."""
    row = needed(queries.text(wrote))
    at = clock.now()
    is_settled = row.state == Text.State.SETTLED
    read_people(by=request.actor, unit_id=row.unit_id, n=1, at=at, act="enrolment.read_text")
    back = reverse("enrolment:texts")
    context: dict[str, Any] = {
        "here": "people",
        "crumbs": [
            (_("People"), reverse("enrolment:people")),
            (_("Messages to read"), back),
            (row.last4, ""),
        ],
        "detail": "enrolment/_text_lines.html",
        "lines": queries.opened(row),
        "wrote": wrote,
        "may_reveal": request.viewer.may("people.reveal"),
        "left_out": max(0, row.n - actions.MOST_KEPT),
        "done": back,
    }
    if is_settled:
        return ask(
            request,
            lambda _given: actions.reopen_text(text=wrote, by=request.actor, at=at),
            title=_("Settled message"),
            text=[_outcome(row)],
            button=_("Open again"),
            said=_("The message is to be read again."),
            **context,
        )
    return ask(
        request,
        lambda given: actions.settle_text(text=wrote, outcome=given["outcome"], by=request.actor, at=at),
        title=_("Message to read"),
        text=[
            _("If the person wants to leave, everybody who joined with this phone leaves at once."),
            _("Their messages are then deleted. Only their own phone can undo the leaving."),
        ],
        form=OutcomeForm(request.POST if request.method == "POST" else None),
        button=_("Settle"),
        said=_("The message is settled."),
        **context,
    )


@require_POST
def text_number(request: Request, wrote: UUID) -> HttpResponseBase:
    """The whole number a message came from, for one call; it leaves a row."""
    row = needed(queries.text(wrote))
    number = actions.reveal_writer(text=wrote, by=request.actor, at=clock.now())
    page = reverse("enrolment:text", args=[wrote])
    shown = {
        "here": "people",
        "crumbs": [
            (_("People"), reverse("enrolment:people")),
            (_("Messages to read"), reverse("enrolment:texts")),
            (row.last4, page),
            (_("Phone"), ""),
        ],
        "title": _("Call the person"),
        "detail": "ui/_number.html",
        "number": number,
        "back": page,
        "is_open": False,
    }
    return render(request, "ui/ask.html", shown)
