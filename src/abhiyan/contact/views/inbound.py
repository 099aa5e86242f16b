"""The page of a caller for calls to the helpline: the number, what the phone has open, and what the person says."""

from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import actions, centres
from abhiyan.contact.words import HELPLINE_WORDS
from abhiyan.core import clock
from abhiyan.core.languages import public_languages as languages
from abhiyan.core.words import active_language
from abhiyan.helpdesk.fields import KindField
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.programmes.rules.spoken import spoken_words
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.addresses import address_of
from abhiyan.ui.fields import DigitsField
from abhiyan.ui.forms import offer
from abhiyan.units import queries as units

from .calls import centre_of


class HelplineCallerForm(forms.Form):
    """The number that calls."""

    phone = DigitsField(
        label=_("Number of the caller"),
        max_length=phones.LONGEST,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        """The number in E.164."""
        phone = phones.parse(self.cleaned_data["phone"])
        if phone is None:
            raise forms.ValidationError(_("Write ten digits."))
        return phone


class HelplineSaidForm(HelplineCallerForm):
    """The words of the person."""

    kind = KindField(label=_("What it is about"), initial=Ticket.Kind.OTHER)
    name = forms.CharField(label=_("Name"), required=False, max_length=100)
    said = forms.CharField(
        label=_("What they say"),
        help_text=_("Nothing about illness, caste, religion or the vote. Promise nothing."),
        max_length=rules.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = forms.ChoiceField(label=_("Language"))


@form_page
def inbound(request: Request) -> HttpResponseBase:
    """Look a caller of the helpline up, then write down what they say, or that they want no more contact."""
    seat, at = centre_of(request, centres.AGENT), clock.now()
    body = seat.body_id or 0
    look = HelplineCallerForm(request.POST if request.method == "POST" else None)
    looked = tried(
        request,
        look,
        lambda given: actions.look_up_caller(body_id=body, phone=given["phone"], by=request.actor, at=at),
    )
    if looked.value is None:
        return _page(request, look, status=looked.status)
    if request.POST.get("step") == "never":
        actions.note_caller_no(body_id=body, phone=look.cleaned_data["phone"], by=request.actor, at=at)
        say_when_done(request, say("Noted. Only they can take it back, from their own phone."))
        return redirect("contact:inbound")
    if request.POST.get("step") != "said":
        form = _said_form(None, phone=look.cleaned_data["phone"])
        return _page(request, look, form=form, caller_found=looked.value)
    form = _said_form(request.POST)

    def take(given: dict[str, Any]) -> Ticket:
        caller_said = actions.CallerSaid(**given, unit_id=seat.unit_id)
        return actions.take_inbound(body_id=body, caller_said=caller_said, by=request.actor, at=at)

    done = tried(request, form, take)
    if done.value is None:
        return _page(request, look, form=form, caller_found=looked.value, status=done.status)
    say_when_done(request, say("Written down. The request is %(number)s.") % {"number": done.value.number})
    return redirect("contact:inbound")


def _said_form(data: Any, *, phone: str = "") -> HelplineSaidForm:
    form = HelplineSaidForm(data, initial={"phone": phone, "language": active_language()})
    form.fields["phone"].widget = forms.HiddenInput()
    offer(form, language=list(languages().items()))
    return form


def _page(
    request: Request,
    look: HelplineCallerForm,
    *,
    form: HelplineSaidForm | None = None,
    caller_found: actions.CallerFound | None = None,
    status: int = 200,
) -> HttpResponseBase:
    place = units.unit_by_id(centre_of(request, centres.AGENT).unit_id)
    context = {
        "here": "inbound",
        "crumbs": [(say("Call to the helpline"), "")],
        "spoken": spoken_words(HELPLINE_WORDS, caller=request.viewer.name),
        "look": look,
        "form": form,
        "found": caller_found,
        "helper": unit_address(address_of("friends:helper_new"), place.code, way="helpline"),
    }
    return render(request, "contact/inbound.html", context, status=status)
