"""The form by which somebody is named in charge, wherever it stands."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.ui.forms import offer


class InChargeForm(forms.Form):
    """The person to put in charge here."""

    account = forms.ChoiceField(label=_("Person"), widget=forms.RadioSelect)
    role = forms.ChoiceField(
        label=_("As"), choices=[("in_charge", _("In-charge")), ("co_in_charge", _("Co-in-charge"))]
    )

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, account=accounts)


def accounts_found(text: str) -> list[tuple[str, str]]:
    """Return accounts to choose from, as a form's choices."""
    accounts = people.search_accounts(text) if text.replace("\0", "").strip() else []
    return [(str(each.public_id), f"{each.name} (•••• {each.last4})") for each in accounts]


def in_charge_form(request: Request) -> InChargeForm:
    accounts = accounts_found(request.GET.get("q", "")[:100])
    return InChargeForm(accounts=accounts, initial={"role": "in_charge"})
