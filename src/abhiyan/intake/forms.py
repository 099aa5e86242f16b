"""The form of a person who joins."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot
from abhiyan.enrolment.fields import NO, YES, AdultForm, NameField, YearField
from abhiyan.enrolment.rules.motives import MOTIVES, motive_of
from abhiyan.enrolment.rules.rolls import MEMBERS, RollKind
from abhiyan.people.fields import PhoneField


class JoinForm(AdultForm):
    """The answers of a person who joins. The question of age is first."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    notice = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    under = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    ref = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)  # a worker's own link
    adult = forms.ChoiceField(
        label=_("Are you 18 or older?"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer this first: only people of 18 and over can join.")},
    )
    birth_year = YearField()
    name = NameField()
    where = forms.CharField(
        label=_("Where do you vote or live?"),
        help_text=_(
            "PIN code, or the name of the village, ward or booth. If you do not know, leave it empty."
        ),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "enterkeyhint": "search"}),
    )
    unit = forms.CharField(required=False, max_length=64)
    phone = PhoneField()
    why = forms.ChoiceField(
        label=_("Why do you join?"), choices=MOTIVES, required=False, widget=forms.RadioSelect
    )
    membership = forms.BooleanField()  # its words are of the roll
    messages = forms.BooleanField(
        label=_("Send me messages about programmes too (if you like)"), required=False
    )
    calls = forms.BooleanField(label=_("You may call me too (if you like)"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        on: date,
        said: RollKind = MEMBERS,
        minimum: int = 18,
        indian_only: bool = True,
        known_phone: bool = False,
        **given: Any,
    ) -> None:
        super().__init__(data, **given)
        self.judge_ages(year=on.year, minimum=minimum)
        self.fields["membership"].label = str(said.consent)
        self.fields["membership"].error_messages["required"] = str(said.needs_consent)
        if known_phone:
            del self.fields["phone"]
        else:
            self.fields["phone"].takes_abroad = not indian_only  # type: ignore[attr-defined]  # a PhoneField
        if not said.asks_why:
            del self.fields["why"]

    @property
    def is_minor(self) -> bool:
        return (self.is_bound and self.data.get("adult") == NO) or super().is_minor

    @property
    def says_adult(self) -> bool:
        return self.data.get("adult") == YES or super().says_adult

    def clean_key(self) -> str:
        """Return the form's own key; a fresh one if none was sent."""
        return str(self.cleaned_data["key"]) or lot.uuid().hex

    def clean_why(self) -> int:
        """Return the motive as a number; 0 where none was chosen."""
        return motive_of(str(self.cleaned_data["why"]))
