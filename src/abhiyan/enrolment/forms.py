"""Forms of joining, of one's own membership and of the people's pages: what is asked, and what was wrong with it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.enrolment.fields import DaysForm, channel_field
from abhiyan.people.fields import PhoneField
from abhiyan.ui.fields import DayField
from abhiyan.ui.forms import offer

from .actions.moving import SamePhone
from .fields import AdultForm, Clipped, NameField, YearField

ELSEWHERE = "-"  # "my place is not in this list"


class MemberPhoneForm(Clipped):
    """Whose membership."""

    phone = PhoneField(help_text=_("The number you joined with"))


def _own_year() -> YearField:
    """Return the year by which somebody shows who they are. No age: it fits two years, and is guessed more easily."""
    return YearField(
        label=_("Your year of birth"),
        help_text=_(
            "Four digits, such as 1980, or the whole date. Not your age: others could guess it. "
            "Did you join with your age? Then it is the year we showed you."
        ),
    )


class PhoneChangeForm(Clipped):
    """The new number; and who one is, where the old phone is gone (is_lost)."""

    phone = PhoneField(label=_("Your new number"), help_text=_("We send a code to it"))
    old = PhoneField(label=_("Your old number"), help_text=_("The number you joined with"))
    name = NameField(label=_("Your name, as you gave it"))
    birth_year = _own_year()

    def __init__(self, data: Any = None, *, is_lost: bool, **given: Any) -> None:
        super().__init__(data, **given)
        if not is_lost:
            for field in ("old", "name", "birth_year"):
                del self.fields[field]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("old") and cleaned.get("old") == cleaned.get("phone"):
            self.add_error("phone", SamePhone.message)
        return cleaned


class WhichForm(Clipped):
    """A second fact, where several people share a phone."""

    birth_year = _own_year()
    name = NameField(
        label=_("Your name, as you gave it"),
        help_text=_("Only if two of you were born in the same year"),
        required=False,
    )


class CorrectForm(AdultForm):
    """The corrections of a person, or of the roll's keeper."""

    name = NameField()
    birth_year = YearField()
    under = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    where = forms.CharField(
        label=_("Another place"),
        help_text=_(
            "PIN code, or the name of the village, ward or booth. Leave it empty if the place is right."
        ),
        required=False,
        max_length=100,
    )
    unit = forms.CharField(required=False, max_length=64)


class FilterForm(Clipped):
    """How a list of people is narrowed. drives: public ids and names of those to choose from, if there are several."""

    q = forms.CharField(
        label=_("Name, phone or member number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "search"}),
    )
    rung = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            ("counted", _("Counted")),
            ("unsigned", _("Phone not answered yet")),
            ("confirmed", _("Confirmed")),
        ],
    )
    channel = channel_field()
    kind = forms.ChoiceField(
        label=_("New or renewed"),
        required=False,
        choices=[("", _("All")), ("1", _("New")), ("2", _("Renewed"))],
    )
    ended = forms.ChoiceField(
        label=_("Membership"),
        required=False,
        choices=[("", _("Current")), ("ended", _("Ended")), ("all", _("All"))],
    )
    since = DayField(label=_("Joined since"), required=False)
    drive = forms.ChoiceField(label=_("Drive"), required=False)
    batch = forms.CharField(
        label=_("Batch number of a paper form"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, drives: Sequence[tuple[str, str]] = (), **given: Any) -> None:
        super().__init__(data, **given)
        if len(drives) > 1:
            offer(self, drive=[("", _("All")), *drives])
        else:
            del self.fields["drive"]


class UnitAndDaysForm(DaysForm):
    """The same, and in which unit."""

    unit = forms.CharField(
        label=_("Unit"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("unit", "channel", "since", "until")


class PlaceAndDaysForm(UnitAndDaysForm):
    """The same; the unit is the home of the possible member."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("Lives in")
