"""The form a worker fills at a door."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.enrolment.fields import AdultForm, Clipped, NameField, YearField
from abhiyan.people.fields import PhoneField
from abhiyan.ui.fields import DayField, DigitsField

from .models import DoorEntry
from .rules.states import DoorState


class DoorForm(AdultForm):
    """Phone, name, year of birth; and the worker's word that the notice was heard.

    key: minted with the instant it was shown (views.door). given: how the page gave them the notice.
    """

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=120)
    given = forms.TypedChoiceField(
        widget=forms.HiddenInput,
        required=False,
        choices=DoorEntry.Heard.choices,
        coerce=int,
        empty_value=None,
    )
    notice = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    phone = PhoneField(label=_("Their own phone"))
    name = NameField()
    birth_year = YearField()
    heard = forms.BooleanField(
        label=_("They read or heard the notice, and want to join."),
        error_messages={"required": _("Read the notice to them first, and ask whether they want to join.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        on: date | None = None,
        minimum: int = 18,
        indian_only: bool = True,
        **given: Any,
    ) -> None:
        """on: the day on which it is filled in; without it no age is judged. minimum: years, to join."""
        super().__init__(data, **given)
        if on is not None:
            self.judge_ages(year=on.year, minimum=minimum)
        self.fields["phone"].takes_abroad = not indian_only  # type: ignore[attr-defined]  # a PhoneField
        for field in ("phone", "name", "birth_year"):
            self.fields[field].widget.attrs["autocomplete"] = (
                "off"  # not what this worker typed of themselves
            )
        if self["given"].value() == DoorEntry.Heard.TOGETHER:
            self.fields["heard"].label = _("They heard the notice with the house, and want to join.")

    @property
    def how(self) -> str:
        """Say how the notice reached them."""
        heards = {str(heard.value): heard for heard in DoorEntry.Heard}
        return str(heards.get(str(self["given"].value()), DoorEntry.Heard.SHOWN).label)


class DoorCodeForm(Clipped):
    """The code from the person's own phone, as they read it out."""

    code = DigitsField(
        label=_("The code from their SMS"),
        help_text=_("They read it to you, if they want to join."),
        max_length=12,
        widget=forms.TextInput(
            attrs={"class": "code", "autocomplete": "off", "inputmode": "numeric", "autofocus": True}
        ),
    )


class EntriesForm(forms.Form):
    """The own entries to show."""

    show = forms.TypedChoiceField(
        label=_("Show"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("All entries")), *((door_state.value, door_state.label) for door_state in DoorState)],
    )
    day = DayField(label=_("Day"), required=False)
