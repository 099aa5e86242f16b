"""Messages: what went out, what is held back and why, and the breaker."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.messaging import actions, queries
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import reasons
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.ui.fields import NoteField
from abhiyan.ui.lists import Column, Table, list_response, page_with_list

COLUMNS: tuple[Column[Message], ...] = (
    Column("queued", _("Queued"), lambda row: row.queued_at, order="queued_at", css="nums under"),
    Column(
        "template", _("Message"), lambda row: reasons.template(row.template), order="template", is_name=True
    ),
    Column(
        "phone",
        _("Phone"),
        lambda row: (
            row.get_way_display() if row.way == Message.Way.EMAIL else f"••••{row.last4}" if row.last4 else ""
        ),
        css="under",
        names_people=True,
    ),
    Column("state", _("Status"), lambda row: row.get_state_display(), order="state", css="end"),
    Column("sent", _("Sent"), lambda row: row.sent_at, order="sent_at", css="nums"),
    Column("reason", _("Reason"), lambda row: reasons.reason_words(row.reason), css="under"),
)


class MessageFilters(forms.Form):
    """Which messages to show."""

    state = forms.ChoiceField(label=_("Status"), required=False)
    template = forms.ChoiceField(label=_("Message"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *Message.State.choices]  # type: ignore[attr-defined]  # ChoiceField
        self.fields["template"].choices = [("", _("All")), *reasons.KINDS.items()]  # type: ignore[attr-defined]


@page_with_list
def messages_page(request: Request) -> HttpResponseBase:
    """Messages in the viewer's sight, newest first."""
    at = clock.now()
    filters = MessageFilters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    rows = queries.messages(state=chosen.get("state", ""), template=chosen.get("template", ""))
    table = Table(
        request,
        COLUMNS,
        rows,
        name="messages",
        caption=_("Messages"),
        sort="-queued",
        is_counted=False,
        is_numbered=False,
        is_brief=True,
        narrowed=filters,
    )
    context = {
        "here": "messages",
        "crumbs": [(_("Messages"), "")],
        "filters": filters,
        "away": [
            (reasons.AWAY[outage.lane], outage.since, reasons.reason_words(outage.reason))
            for outage in queries.outages()
        ],
        "held": [
            (
                held_messages,
                reasons.reason_words(held_messages.reason),
                held_messages.reason in actions.RELEASABLE,
            )
            for held_messages in queries.held_by_reason()
        ],
        "asked": queries.asked_releases(request.viewer.account_id, at=at),
        "may_release": request.viewer.may("messages.release"),
        "home": request.viewer.home,
    }
    return list_response(request, "messaging/message_list.html", table, context)


class SendHeldForm(forms.Form):
    """Why held messages should go."""

    programme = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = NoteField(label=_("Why should they go now?"), max_length=500)


@require_POST
def held_release_page(request: Request) -> HttpResponse:
    """Ask a second person to release what the breaker holds."""
    form = SendHeldForm(request.POST)
    home = request.viewer.home
    if not form.is_valid() or home is None:
        messages.error(request, _("Say why they should go now."))
        return redirect("messaging:list")
    actions.ask_to_release(
        programme_id=form.cleaned_data["programme"],
        unit_id=home.unit_id,
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=clock.now(),
    )
    say_when_done(request, _("Request sent. Approvals lists who can approve it."))
    return redirect("messaging:list")


@form_page
def release(request: Request, public_id: UUID) -> HttpResponseBase:
    """Send what a second person released."""
    releases = {
        each.public_id: each for each in queries.asked_releases(request.viewer.account_id, at=clock.now())
    }
    page = reverse("messaging:list")
    if request.method != "POST" and public_id not in releases:
        raise NotFound

    def send() -> None:
        n = actions.release_held(release_id=public_id, by=request.actor, at=clock.now())
        sentence = ngettext("%(n)s message is on its way.", "%(n)s messages are on their way.", n) % {"n": n}
        say_when_done(request, sentence)

    return act_page(
        request,
        lambda _given: send(),
        title=_("Send the held messages now?"),
        text=[
            releases[public_id].reason if public_id in releases else "",
            _("Messages that have left cannot be stopped."),
        ],
        button=_("Send now"),
        done=page,
        here="messages",
        crumbs=[(_("Messages"), page), (_("Send now"), "")],
        is_danger=True,
    )
