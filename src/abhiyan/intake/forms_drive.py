"""Forms of a drive's page."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.letters import plain_digits
from abhiyan.enrolment.actions.terms import LONGEST_MONTHS
from abhiyan.enrolment.fields import Clipped
from abhiyan.enrolment.rules.channels import WITH_TOKENS
from abhiyan.messaging.models import Number
from abhiyan.ui.fields import AverageField, DayField, DigitsField, NoteField, WholeField
from abhiyan.ui.forms import offer

from .actions.tokens import LONGEST_DAYS

Choices = Sequence[tuple[str, str]]
MOST_AN_HOUR = 10_000_000
MOST_FRIENDS = 100_000_000
PROVIDERS = [
    ("generic", _("Any gateway (signed JSON)")),
    ("exotel", "Exotel"),
    ("plivo", "Plivo"),
    ("twilio", "Twilio"),
    ("whatsapp", "WhatsApp Cloud API"),
]


class SetUpForm(Clipped):
    """Address, notice and budget of a drive."""

    join_slug = forms.CharField(
        label=_("Public address"),
        max_length=60,
        help_text=_(
            "Small Latin letters, digits and hyphens. After a change, addresses already printed "
            "no longer work."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    notice_version = forms.TypedChoiceField(label=_("Version of the notice"), coerce=int)
    replies_per_hour = WholeField(
        label=_("Replies per hour"),
        min_value=0,
        max_value=MOST_AN_HOUR,
        help_text=_("Above it we store calls, but replies wait for approval."),
    )

    minuted = forms.CharField(
        label=_("Why these constituencies were chosen, as minuted"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason and the date of the meeting. Name no community."),
    )
    renews = forms.TypedChoiceField(
        label=_("Somebody of an earlier drive whose term still runs"),
        coerce=lambda value: value == "yes",
        empty_value=None,
        choices=[("yes", _("renews by joining here")), ("no", _("keeps that term, and is not counted here"))],
        required=False,
    )
    term_months = WholeField(
        label=_("Term, in months"),
        min_value=1,
        max_value=LONGEST_MONTHS,
        required=False,
        help_text=_(
            "Counted from the day of joining. Empty, as the last day below: without end. It holds for every drive of "
            "this roll."
        ),
    )
    term_ends_on = DayField(
        label=_("Last day of every term"),
        required=False,
        help_text=_("Nobody's term ends sooner than 30 days after you change it."),
    )

    def __init__(
        self, data: Any = None, *, versions: Choices, sets_term: bool, is_minuted: bool, **given: Any
    ) -> None:
        super().__init__(data, **given)
        offer(self, notice_version=versions)
        if not is_minuted:
            del self.fields["minuted"]
        if not sets_term:
            del self.fields["term_months"], self.fields["term_ends_on"]


class FriendsPlanForm(Clipped):
    """The numbers of a friends plan, to hold against each other; nothing is kept."""

    friends = WholeField(label=_("Friends in all"), min_value=0, max_value=MOST_FRIENDS, required=False)
    each = WholeField(label=_("Friends in each segment"), min_value=0, max_value=MOST_FRIENDS, required=False)
    certificates = WholeField(
        label=_("Certificates in each segment"), min_value=0, max_value=MOST_FRIENDS, required=False
    )
    parts = AverageField(label=_("Segments of a constituency, on average"), help_text=_("For example: 6.7"))


class CodesForm(Clipped):
    """The state and days without a code."""

    unit = forms.ChoiceField(label=pgettext_lazy("kind of unit", "State"))
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    reason = NoteField(label=_("Why are no codes asked?"), max_length=200)

    def __init__(self, data: Any = None, *, units: Choices, **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, unit=units)


class TokenForm(Clipped):
    """The use of a token, and its reason."""

    name = forms.CharField(
        label=_("Name of the channel"),
        max_length=100,
        help_text=_("A name that tells others whose it is, such as “Help desks of Srinagar”."),
    )
    unit = forms.ChoiceField(label=_("For units of"))
    channel = forms.TypedChoiceField(
        label=_("Counts as"), coerce=int, choices=[(number, way.label) for number, way in WITH_TOKENS.items()]
    )
    days = WholeField(label=_("Days it lasts"), min_value=1, max_value=LONGEST_DAYS, initial=90)
    reason = NoteField(label=_("What is it needed for?"), max_length=300)

    def __init__(self, data: Any = None, *, units: Choices, **given: Any) -> None:
        super().__init__(data, **given)
        channels = [(str(number), str(way.label)) for number, way in WITH_TOKENS.items()]
        offer(self, unit=units, channel=channels)


class DriveNumberForm(Clipped):
    """One of our numbers, and how its provider proves itself."""

    number = DigitsField(
        label=_("Our number"),
        max_length=30,
        help_text=_("With its country, such as +91 1800 000 000."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    meaning = forms.ChoiceField(label=_("A call means"), choices=Number.Meaning.choices)
    provider = forms.ChoiceField(label=_("Provider"), choices=PROVIDERS)
    addresses = forms.CharField(
        label=_("Networks it calls from (Exotel)"),
        max_length=1_000,
        required=False,
        help_text=_("As Exotel lists them, one on a line, such as 203.0.113.0/24."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    reason = NoteField(label=_("What is it needed for?"), max_length=300)

    def clean_number(self) -> str:
        """Return the number as people write it: spaces and hyphens go, ten digits are Indian."""
        text = re.sub(r"[\s().\-]", "", plain_digits(str(self.cleaned_data["number"])))
        if text.startswith("00"):
            text = "+" + text[2:]
        return f"+91{text}" if re.fullmatch(r"[1-9][0-9]{9}", text) else text

    def clean_addresses(self) -> list[str]:
        return (
            re.split(r"[\s,;]+", str(self.cleaned_data["addresses"]).strip())
            if self.cleaned_data["addresses"]
            else []
        )


class SigningForm(forms.Form):
    """The secret with which a provider signs what it tells us."""

    signing_token = forms.CharField(
        label=_("Auth token (Plivo, Twilio) or app secret (WhatsApp)"),
        max_length=200,
        required=False,  # said by the act
        help_text=_("From the provider's console. We keep it sealed and never show it."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class EndNumberForm(forms.Form):
    """Why a number ends."""

    reason = NoteField(label=_("Why does it end?"), max_length=300)
