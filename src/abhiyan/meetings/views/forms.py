"""The forms on a meeting's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.meetings.actions.answering import LONGEST_REASON
from abhiyan.meetings.actions.attending import MOST_PEOPLE, WalkInsWrong
from abhiyan.meetings.actions.minutes import LONGEST_POINT
from abhiyan.ui.checks import CheckedForm, PartOf
from abhiyan.ui.fields import DayField, DigitsField, NoteField, WholeField


class CantComeForm(forms.Form):
    """Why somebody can't come."""

    reason = NoteField(label=_("I can't come, because"), max_length=LONGEST_REASON)


class SubstituteForm(forms.Form):
    """The form takes who comes instead: an appointment (public id) of the own unit."""

    appointment = forms.UUIDField(label=_("Substitute"), widget=forms.Select)

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Give the field its choices."""
        widget: Any = self.fields["appointment"].widget
        widget.choices = choices


class TickForm(forms.Form):
    """Which invitee (public id)."""

    invitee = forms.UUIDField()


class ListedForm(forms.Form):
    """The form takes a person of the invited list, by the reference that pages use."""

    ref = forms.UUIDField()


class InviteePhoneForm(forms.Form):
    """The number of a person invited by a bulk send."""

    phone = DigitsField(
        label=_("Mobile number"),
        max_length=20,
        help_text=_(
            "Tell them: tomorrow an SMS may ask whether they were here. Only who agreed to messages is asked."
        ),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


class PeopleForm(CheckedForm):
    """Ask how many came."""

    rules = (PartOf("walk_ins", "n", WalkInsWrong.message),)

    n = WholeField(
        label=_("Everybody who came"),
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Your own count, people without an invitation among them."),
    )
    walk_ins = WholeField(
        label=_("Without an invitation"), required=False, min_value=0, max_value=MOST_PEOPLE
    )


class PointForm(forms.Form):
    """A decision; with a person and a day it is a task."""

    text = NoteField(
        label=_("Decision or task"), max_length=LONGEST_POINT, widget=forms.Textarea(attrs={"rows": 2})
    )
    appointment = forms.UUIDField(label=_("Who does it"), required=False, widget=forms.Select)
    due_on = DayField(label=_("Last day"), required=False)

    def offer(self, invited: list[tuple[str, str]], others: list[tuple[str, str]]) -> None:
        """Give the field its choices: people invited to the meeting come first."""
        groups = [(_("Invited"), invited), (_("Not invited"), others)]
        widget: Any = self.fields["appointment"].widget
        widget.choices = [("", _("nobody: a decision")), *(group for group in groups if group[1])]


class StrikeForm(forms.Form):
    """Which decision (public id)."""

    point = forms.UUIDField()
