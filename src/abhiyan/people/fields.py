"""Form fields about people that several rooms share."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core.letters import only_digits

from . import phones
from .rules.called import sounds

DIGITS = 10  # of an Indian mobile
INVALID = _("This is not a mobile number. Write the ten digits, or + and the country first.")
ABROAD = _("This drive takes Indian mobile numbers only.")


class PhoneField(forms.CharField):
    """A mobile number as people write it; cleaned to E.164.

    takes_abroad: also numbers of other countries. invalid, abroad: the words for what is no such number.
    """

    def __init__(
        self,
        *,
        takes_abroad: bool = True,
        invalid: str | Promise = INVALID,
        abroad: str | Promise = ABROAD,
        **given: Any,
    ) -> None:
        attrs = {
            "type": "tel",
            "inputmode": "tel",
            "autocomplete": "tel-national",
            "maxlength": phones.LONGEST,
        }
        given.setdefault("label", _("Mobile number"))
        self.takes_abroad, self.invalid, self.abroad = takes_abroad, invalid, abroad
        super().__init__(widget=forms.TextInput(attrs=attrs), **given)

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if not text.strip() and not self.required:
            return ""
        if not self.takes_abroad and phones.names_other_country(text):
            raise forms.ValidationError(str(self.abroad))
        number = phones.parse(text)
        if number is not None:
            return number
        digits = len(only_digits(text))
        raise forms.ValidationError(_few(digits) if 0 < digits < DIGITS else str(self.invalid))

    def declared(self) -> dict[str, Any]:
        """As `ui.checks` wants it. A number of another country that is taken stays the server's to judge."""
        return {
            "kind": "phone",
            "needed": self.required,
            "pattern": phones.mobile_pattern(),
            "between": phones.BETWEEN,
            "longest": phones.LONGEST,
            "few": ["", *map(_few, range(1, DIGITS))],
            "abroad": "" if self.takes_abroad else str(self.abroad),
            "invalid": str(self.invalid),
        }


def _few(digits: int) -> str:
    words = ngettext(
        "Write ten digits; now there is %(n)s.", "Write ten digits; now there are %(n)s.", digits
    )
    return words % {"n": digits}


class NamesToTick(forms.CheckboxSelectMultiple):
    """Names to tick on a phone. Each has the words that it is found by (static/people/narrow.js)."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["data-sounds"] = " ".join(sorted(sounds(str(label))))
        return option
