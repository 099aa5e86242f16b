"""Fields of a form about somebody who wants to help."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.people.fields import PhoneField

from . import actions


class HelperFields(forms.Form):
    """Name, number and consent of somebody who wants to help. A room adds them to its own form."""

    helper = forms.CharField(
        label=_("Name of who wants to help"),
        help_text=_("A leader near them reads it and asks them. It is deleted after 90 days."),
        required=False,
        max_length=actions.LONGEST_HELPER,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    helper_phone = PhoneField(
        label=_("Number of who wants to help"),
        required=False,
        takes_abroad=False,
        invalid=actions.DoorNumberUnfit.message,
        abroad=actions.DoorNumberUnfit.message,
    )
    may_text = forms.BooleanField(label=_("They agree to get the link to join by SMS"), required=False)


def help_said(fields: Mapping[str, Any]) -> actions.HelpSaid:
    """Return what cleaned fields say of who wants to help."""
    return actions.HelpSaid(fields["helper"], fields["helper_phone"], fields["may_text"])
