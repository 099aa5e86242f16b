"""The page of the emergency stop: what is stopped and why, how it begins, and how two people end it."""

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.dateformat import format as dated
from django.utils.timezone import localtime
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.org import actions, queries
from abhiyan.org.actions.emergency import ACT
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.models import EmergencyStop
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import NoteField


class StopForm(forms.Form):
    """Why they are stopped."""

    reason = NoteField(
        label=_("Why you stop them"),
        max_length=200,
        help_text=_("Everybody who works here reads it. Name nobody."),
    )


class EndStopForm(forms.Form):
    """Why they may go again."""

    reason = NoteField(label=_("Why it is safe again"), max_length=200)


@form_page
def emergency(request: Request) -> HttpResponseBase:
    """Say whether files, numbers and bulk messages are stopped; offer to stop them, or to ask for the end."""
    stop = people.emergency_stop()
    context: dict[str, Any] = {
        "back": reverse("pages:today"),
        "here": "emergency",
        "crumbs": [(say("Emergency stop"), "")],
        "is_open": queries.may_stop_data(request.viewer),
    }
    return _begin(request, context) if stop is None else _end(request, stop, context)


def _begin(request: Request, context: dict[str, Any]) -> HttpResponseBase:
    return act_page(
        request,
        lambda cleaned: actions.stop_data(reason=cleaned["reason"], by=request.actor, at=clock.now()),
        form=StopForm(request.POST if request.method == "POST" else None),
        title=say("Emergency stop"),
        text=[
            say("Nothing is stopped."),
            say("A stop holds back every download, every shown number and every bulk message, everywhere."),
            say("Joining, codes, STOP, LEAVE and the helpline go on."),
            say("One person stops them: a data officer or IT administrator at the top. Two people end it."),
        ],
        button=say("Stop them now"),
        said=_("Downloads, shown numbers and bulk messages are stopped."),
        done=reverse("org:emergency"),
        is_danger=True,
        **context,
    )


def _end(request: Request, stop: EmergencyStop, context: dict[str, Any]) -> HttpResponseBase:
    text = [
        say("Downloads, shown numbers and bulk messages have been stopped since %(when)s.")
        % {"when": dated(localtime(stop.began_at), "j M Y, H:i")},
        say("Reason: %(why)s") % {"why": stop.reason},
        say("Joining, codes, STOP, LEAVE and the helpline go on."),
    ]
    if queries.releases_asked(request.viewer.account_id or 0, act=ACT, at=clock.now()):
        context["is_open"] = False
        text.append(say("You have asked to end it. Approvals lists who can approve it."))
    return act_page(
        request,
        lambda cleaned: actions.ask_to_end_stop(reason=cleaned["reason"], by=request.actor, at=clock.now()),
        form=EndStopForm(request.POST if request.method == "POST" else None),
        title=say("Emergency stop"),
        text=text,
        button=say("Ask to end it"),
        said=_("Request sent. Approvals lists who can approve it."),
        done=reverse("org:emergency"),
        **context,
    )
