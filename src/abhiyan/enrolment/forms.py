"""Forms of joining, of one's own membership and of the people's pages: what is asked, and what was wrong with it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot
from abhiyan.people.fields import PhoneField
from abhiyan.ui.fields import CodeField, DayField
from abhiyan.ui.forms import offer

from .actions.moving import SamePhone
from .fields import AdultForm, Clipped, NameField, YearField
from .rules.channels import CHANNELS
from .rules.motives import MOTIVES, motive_of
from .rules.rolls import MEMBERS, RollKind

YES, NO = "yes", "no"
ELSEWHERE = "-"  # "my place is not in this list"


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


class SmsCodeForm(Clipped):
    """The six digits that came by SMS."""

    code = CodeField()


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


def _channel() -> forms.ChoiceField:
    """Return the field of the way by which somebody came; any, unless chosen."""
    return forms.ChoiceField(
        label=_("Came by"),
        required=False,
        choices=[("", _("All")), *((str(way.number), way.label) for way in CHANNELS)],
    )


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
    channel = _channel()
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


class DaysForm(Clipped):
    """The channel and the days to show."""

    channel = _channel()
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)


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
