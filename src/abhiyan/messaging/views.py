"""Messages: what went out, what is held back and why, and the breaker."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.org.viewer import Request
from abhiyan.ui import tables

from . import actions, queries
from .models import Message
from .rules import reasons

COLUMNS = {"queued": "queued_at", "state": "state", "template": "template", "sent": "sent_at"}


class Filters(forms.Form):
    """Which messages to show."""

    state = forms.ChoiceField(label=_("Status"), required=False)
    template = forms.ChoiceField(label=_("Message"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("All")), *Message.State.choices]  # type: ignore[attr-defined]  # ChoiceField
        self.fields["template"].choices = [("", _("All")), *reasons.KINDS.items()]  # type: ignore[attr-defined]


@require_GET
def list_(request: Request) -> HttpResponseBase:
    """Messages in the viewer's sight, newest first."""
    at = clock.now()
    filters = Filters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    sorting = tables.sorting(request.GET, COLUMNS, default="-queued")
    rows = queries.messages(state=chosen.get("state", ""), template=chosen.get("template", ""))
    if tables.wants_csv(request.GET):
        head = [_("Queued"), _("Message"), _("Phone"), _("Status"), _("Sent"), _("Reason")]
        lines = (
            [
                row.queued_at.isoformat(),
                reasons.template(row.template),
                f"••••{row.last4}",
                Message.State(row.state).label,
                row.sent_at.isoformat() if row.sent_at else "",
                reasons.reason(row.reason),
            ]
            for row in rows.order_by(*sorting.order_by)[: tables.DEEPEST_ROW].iterator()
        )
        return tables.csv_response("messages", head, lines)
    leaf = tables.numbered(rows.order_by(*sorting.order_by), request.GET)
    shown = [
        {
            "row": row,
            "name": reasons.template(row.template),
            "reason": reasons.reason(row.reason),
            "state": Message.State(row.state).label,
        }
        for row in leaf.rows
    ]
    return render(
        request,
        "messaging/message_list.html",
        {
            "here": "messages",
            "crumbs": [(_("Messages"), "")],
            "filters": filters,
            "sorting": sorting,
            "leaf": leaf,
            "shown": shown,
            "held": [
                (one, reasons.reason(one.reason), one.reason in actions.RELEASABLE) for one in queries.held()
            ],
            "asked": queries.asked_releases(request.viewer.account_id, at=at),
            "may_release": request.viewer.may("messages.release"),
            "home": request.viewer.home,
        },
    )


class AskForm(forms.Form):
    """Why held messages should go."""

    programme = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why should they go now?"), max_length=500)


@require_POST
def ask(request: Request) -> HttpResponse:
    """Ask a second person to release what the breaker holds."""
    form = AskForm(request.POST)
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
    messages.success(request, _("Asked. Who may allow it stands under Releases."))
    return redirect("messaging:list")


@require_POST
def release(request: Request, public_id: UUID) -> HttpResponse:
    """Send what a second person released."""
    n = actions.release_held(release_id=public_id, by=request.actor, at=clock.now())
    told = ngettext("%(n)s message is on its way.", "%(n)s messages are on their way.", n) % {"n": n}
    messages.success(request, told)
    return redirect("messaging:list")
