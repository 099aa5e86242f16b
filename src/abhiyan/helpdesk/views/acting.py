"""What an office does about a request besides answering it: move, merge, open again, ring the person."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.models import Ticket
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import ask, form_page
from abhiyan.ui.forms import offer
from abhiyan.units import queries as units

from .places import PlaceField
from .rows import with_words

State = Ticket.State


class MoveForm(forms.Form):
    """What it is really about."""

    kind = forms.ChoiceField(label=_("About"), choices=Ticket.Kind.choices)
    unit = PlaceField()


@form_page
def ticket_move(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give a request another place or kind; it goes to the nearest office there."""
    one = queries.ticket_for(public_id)
    initial = {"kind": one.kind, "unit": units.unit_by_id(one.unit_id).code}
    return ask(
        request,
        lambda given: actions.move_ticket(
            ticket=public_id, unit_id=given["unit"], kind=given["kind"], by=request.actor, at=clock.now()
        ),
        form=MoveForm(request.POST if request.method == "POST" else None, initial=initial),
        title=_("Move the request"),
        text=[_("It goes to the nearest office there that answers such requests. You can move it back.")],
        button=_("Move the request"),
        done=lambda row: redirect("helpdesk:ticket" if _sees(row) else "helpdesk:tickets", *_of(row)),
        said=_("Moved."),
        is_open=one.state == State.OPEN,
        **_way(one),
    )


def _sees(row: Ticket) -> bool:
    return Ticket.objects.filter(pk=row.pk).exists()


def _of(row: Ticket) -> tuple[UUID, ...]:
    return (row.pk,) if _sees(row) else ()


class MergeForm(forms.Form):
    """Into which of the same phone's."""

    into = forms.ChoiceField(label=_("Which request stays open?"), widget=forms.RadioSelect)


@form_page
def ticket_merge(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make a request part of another of the same phone."""
    one, at = queries.ticket_for(public_id), clock.now()
    others = [each for each in queries.same_phone(one) if each.state == State.OPEN]
    form = MergeForm(request.POST if request.method == "POST" else None)
    rows = with_words(others, request.viewer, at=at)
    offer(form, into=[(row.ticket.number, _said(row.ticket, row.words)) for row in rows])
    if len(others) == 1:
        form.initial["into"] = others[0].number
    return ask(
        request,
        lambda given: actions.merge_ticket(
            ticket=public_id, into=given["into"], by=request.actor, at=clock.now()
        ),
        form=form,
        title=_("Merge the requests"),
        text=[
            _("The other request stays open and shows this one. Open this one again to take it back.")
            if others
            else _("No other request of this phone waits for an answer.")
        ],
        button=_("Merge the requests"),
        done=lambda row: redirect("helpdesk:ticket", row.pk),
        said=_("Merged."),
        is_open=one.state != State.MERGED and bool(others),
        **_way(one),
    )


def _said(one: Ticket, words: str) -> str:
    return " · ".join(filter(None, [one.number, str(one.get_kind_display()), words]))


@form_page
def ticket_reopen(request: Request, public_id: UUID) -> HttpResponseBase:
    """Open a request again."""
    one = queries.ticket_for(public_id)
    return ask(
        request,
        lambda _given: actions.reopen_ticket(ticket=public_id, by=request.actor, at=clock.now()),
        title=_("Open the request again"),
        text=[_("It waits for an answer again, with a new time.")],
        button=_("Open again"),
        done=reverse("helpdesk:ticket", args=[public_id]),
        said=_("Open again."),
        is_open=one.state != State.OPEN,
        **_way(one),
    )


@require_POST
def ticket_phone(request: Request, public_id: UUID) -> HttpResponseBase:
    """The whole number, for one call; it leaves a row."""
    one = queries.ticket_for(public_id)
    number = actions.reveal_caller(ticket=public_id, by=request.actor, at=clock.now())
    context = {
        **_way(one),
        "title": _("Call the person"),
        "detail": "ui/_number.html",
        "number": number,
        "is_open": False,
    }
    return render(request, "ui/ask.html", context)


def _way(one: Ticket) -> dict[str, Any]:
    page = reverse("helpdesk:ticket", args=[one.pk])
    return {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (one.number, page)],
        "back": page,
    }
