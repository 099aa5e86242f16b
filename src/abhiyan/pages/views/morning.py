"""The page of the morning message: its text to send by WhatsApp, and the hour at which it comes each day."""

from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as sent
from abhiyan.messaging.rules.hours import MORNINGS
from abhiyan.org import actions as org
from abhiyan.org.viewer import Request
from abhiyan.pages.morning import Morning, morning_of
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.invitations import by_whatsapp
from abhiyan.ui.posts import post_only

TITLE = _("Morning message")


class MorningForm(forms.Form):
    """At which hour the message comes; none: it does not come."""

    hour = forms.TypedChoiceField(
        label=_("Message each day"),
        help_text=_("Messages go from 10 o'clock."),
        choices=[("", _("No message")), *((hour, _("At %(hour)s:00") % {"hour": hour}) for hour in MORNINGS)],
        coerce=int,
        empty_value=None,
        required=False,
    )


@form_page
def morning(request: Request) -> HttpResponseBase:
    """Show the message as it is now; once the page is posted, with numbers. Each of them leaves a row."""
    at = clock.now()
    made = morning_of(request.viewer, at=at)
    numbers: dict[UUID, str] = {}
    if request.method == "POST" and made is not None:
        for call in made.calls:
            try:
                numbers[call.account] = org.reveal_bearer(account=call.account, by=request.actor, at=at)
            except org.NoNumber:
                continue
    return _answer(request, made, numbers, _form(request))


@post_only("pages:morning", takes=())
def choose_hour(request: Request) -> HttpResponseBase:
    """Choose the hour of the message, or none."""
    at, form = clock.now(), MorningForm(request.POST)

    def words(hour: int | None) -> str | Promise:
        return _("You get it each day.") if hour else _("You get no morning message.")

    def act(given: dict[str, int | None]) -> int | None:
        messaging.choose_morning(hour=given["hour"], by=request.actor, at=at)
        return given["hour"]

    outcome = tried(request, form, act, said=words)
    if outcome:
        return redirect("pages:morning")
    return _answer(request, morning_of(request.viewer, at=at), {}, form, status=outcome.status)


def _form(request: Request) -> MorningForm:
    return MorningForm(initial={"hour": sent.morning_hour(request.viewer.account_id)})


def _answer(
    request: Request,
    made: Morning | None,
    numbers: dict[UUID, str],
    form: MorningForm,
    *,
    status: int = 200,
) -> HttpResponseBase:
    text = made.text(numbers) if made else ""
    context = {
        "here": "today",
        "crumbs": [(_("Today"), reverse("pages:today")), (TITLE, "")],
        "text": text,
        "whatsapp": by_whatsapp(text),
        "may_show": bool(made and made.calls and not numbers),
        "form": form,
        "way": _("It comes by e-mail.")
        if sent.gets_mails(request.viewer.account_id)
        else _("It comes by SMS."),
    }
    return render(request, "pages/morning.html", context, status=status)
