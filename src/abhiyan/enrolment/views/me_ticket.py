"""A member asks for a right on their own page."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import active_language
from abhiyan.enrolment.actions import tickets
from abhiyan.enrolment.here import chosen_membership, citizen, unlisted
from abhiyan.enrolment.models import DataRequest
from abhiyan.enrolment.rules.tickets import LONGEST
from abhiyan.people import phones
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import form_page, tried
from abhiyan.ui.fields import DigitsField
from abhiyan.ui.forms import SOMETIMES

ASKED = (
    DataRequest.Kind.GRIEVANCE,
    DataRequest.Kind.CORRECTION,
    DataRequest.Kind.COMPLETION,
    DataRequest.Kind.ACCESS,
    DataRequest.Kind.NOMINATION,
)


class TicketForm(forms.Form):
    """One form for every right: what it is about, and in their own words; for a nomination, the nominee."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[(kind.value, kind.label) for kind in ASKED],
        widget=forms.RadioSelect,
    )
    said = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, **SOMETIMES}),
    )
    nominee = forms.CharField(
        label=gettext_lazy("Name of the person who acts for you"),
        help_text=gettext_lazy("Only if you name somebody: for when you have died or cannot act yourself."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs=SOMETIMES),
    )
    nominee_phone = DigitsField(
        label=gettext_lazy("Their mobile number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", **SOMETIMES}),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("kind") == DataRequest.Kind.NOMINATION:
            number = phones.parse(values.get("nominee_phone", ""))
            if not values.get("nominee", "").strip():
                self.add_error("nominee", _("Write the name of that person."))
            elif number is None:
                self.add_error("nominee_phone", _("Write their mobile number: ten digits."))
            else:
                values["said"] = "\n".join(
                    filter(None, [values["nominee"].strip(), number, values.get("said", "")])
                )
        elif not values.get("said", "").strip():
            self.add_error("said", _("Write what you ask for."))
        return values


@form_page
@unlisted
def me_ticket(request: VisitRequest) -> HttpResponseBase:
    """Ask for a right, and get a number."""
    at = clock.now()
    by, member = citizen(request), chosen_membership(request)
    if member is None:
        return redirect("enrolment:me")
    form = TicketForm(request.POST or None)

    def act(given: dict[str, Any]) -> UUID:
        return tickets.ask_ticket(
            membership=member.public_id,
            kind=given["kind"],
            said=given["said"],
            language=active_language(),
            by=by,
            at=at,
        )

    done = tried(request, form, act, said=_("We have it. Its number is below, under “Your requests”."))
    if done:
        return redirect(reverse("enrolment:me") + "#requests")
    return render(request, "enrolment/me_ticket.html", {"form": form}, status=done.status)


# Who answers
