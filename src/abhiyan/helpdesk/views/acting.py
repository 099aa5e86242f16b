"""The acts of an office on a request besides answering: move, merge, open again, ring the person."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.fields import KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tries
from abhiyan.helpdesk.rules.tries import CallResult
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.fields import MomentField
from abhiyan.ui.forms import offer
from abhiyan.units import queries as units

from .places import PlaceField
from .rows import RequestRow, with_words

State = Ticket.State


class MoveForm(forms.Form):
    """The place and kind of a request."""

    kind = KindField(label=_("About"))
    unit = PlaceField()


class MergeForm(forms.Form):
    """The request of the same phone that stays open."""

    into = forms.ChoiceField(label=_("Which request stays open?"), widget=forms.RadioSelect)


def _move(*, unit: int, **values: Any) -> Ticket:
    return actions.move_ticket(unit_id=unit, **values)


ACTS = {
    "move": PageAct(
        _move,
        _("Moved."),
        MoveForm,
        label=_("Move the request"),
        title=_("Move the request"),
        text=(_("It goes to the nearest office there that answers such requests. You can move it back."),),
    ),
    "merge": PageAct(
        actions.merge_ticket,
        _("Merged."),
        MergeForm,
        label=_("Merge the requests"),
        title=_("Merge the requests"),
    ),
    "ask": PageAct(
        actions.ask_quiet,
        _("It is a request now."),
        label=_("Make it a request"),
        title=_("Make it a request"),
        text=(_("It waits for an answer from now on, with a time."),),
    ),
    "reopen": PageAct(
        actions.reopen_ticket,
        _("Open again."),
        label=_("Open again"),
        title=_("Open the request again"),
        text=(_("It waits for an answer again, with a new time."),),
    ),
}


@form_page
def ticket_step(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Move a request, merge it, open it again, or make one of a text that asks nothing."""
    ticket, at = queries.ticket_for(public_id), clock.now()
    form = or_refuse(ACTS.get(step)).form(request.POST if request.method == "POST" else None)
    is_open, text = ticket.state not in (State.OPEN, State.QUIET), []
    if step == "move":
        is_open = ticket.state == State.OPEN
        form.initial = {"kind": ticket.kind, "unit": units.unit_by_id(ticket.unit_id).code}
    elif step == "ask":
        is_open = ticket.state == State.QUIET
    elif step == "merge":
        others = [other for other in queries.same_phone(ticket) if other.state == State.OPEN]
        offer(form, into=[_choice(row) for row in with_words(others, request.viewer, at=at)])
        if len(others) == 1:
            form.initial["into"] = others[0].number
        is_open = ticket.state != State.MERGED and bool(others)
        text = [
            _("The other request stays open and shows this one. Open this one again to take it back.")
            if others
            else _("No other request of this phone waits for an answer.")
        ]
    return or_refuse(ACTS.get(step)).ask(
        request,
        known={"ticket": public_id, "by": request.actor, "at": at},
        text=text,
        form=form,
        done=_shown,
        is_open=is_open,
        **_way(ticket),
    )


def _choice(row: RequestRow) -> tuple[str, str]:
    facts = [row.ticket.number, str(row.ticket.get_kind_display()), row.words]
    return row.ticket.number, " · ".join(filter(None, facts))


def _shown(row: Ticket) -> HttpResponseBase:
    """Go to the request, or to the list if its new office is out of sight."""
    is_seen = Ticket.objects.filter(pk=row.pk).exists()
    return redirect("helpdesk:ticket", row.pk) if is_seen else redirect("helpdesk:tickets")


class RequestCallForm(forms.Form):
    """The result of a call, by the button that was pressed, and the time of a later one."""

    outcome = forms.ChoiceField()
    again_at = MomentField(
        label=_("Call again at"),
        required=False,
    )


NEXT = {
    CallResult.REACHED: _("Noted. Now write what you said; if it is done, say so."),
    CallResult.NO_ANSWER: _("Noted. Call again later, or go on with the next request."),
    CallResult.LATER: _("Noted. The request is not handed out before then."),
    CallResult.WRONG_NUMBER: _("Noted. If you know the right number, write a new request with it."),
}


@form_page
def ticket_phone(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the whole number for one call, which the trail records; and note what came of the call."""
    ticket, at = queries.ticket_for(public_id), clock.now()
    is_noting = "outcome" in request.POST
    form = RequestCallForm(request.POST if is_noting else None)
    offer(form, outcome=tries.book().choices())

    def act(given: dict[str, Any]) -> CallResult:
        result = CallResult(given["outcome"])
        actions.note_request_call(
            ticket=public_id, result=result, again_at=given["again_at"], by=request.actor, at=at
        )
        return result

    noted, number = None, ""
    if is_noting:
        noted = tried(request, form, act, said=lambda result: NEXT[result])
        if noted:
            return redirect("helpdesk:ticket", public_id)
    elif request.method == "POST":
        number = actions.reveal_caller(ticket=public_id, by=request.actor, at=at)
    context = {
        **_way(ticket),
        "number": number,
        "ticket": ticket,
        "form": form,
        "choices": [pair for pair in tries.book().choices() if pair[0] != CallResult.LATER],
        "later": dict(tries.book().choices())[CallResult.LATER],
    }
    return render(request, "helpdesk/call.html", context, status=noted.status if noted is not None else 200)


def _way(ticket: Ticket) -> dict[str, Any]:
    page = reverse("helpdesk:ticket", args=[ticket.pk])
    return {
        "here": "helpline",
        "crumbs": [(say("Helpline"), reverse("helpdesk:tickets")), (ticket.number, page)],
        "back": page,
    }
