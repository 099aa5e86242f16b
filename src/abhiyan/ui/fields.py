"""Form fields several rooms share."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import Misgrouped, ungrouped

from .numbers import grouped


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WhereField(forms.CharField):
    """The place of a phone as `ui/mark.js` writes it. Cleaned: (latitude, longitude, metres), None if not known."""

    widget = forms.HiddenInput
    _SAID = re.compile(r"(-?\d{1,2}\.\d{1,8}), (-?\d{1,3}\.\d{1,8}) ±(\d{1,7})")

    def __init__(self) -> None:
        super().__init__(required=False, max_length=80)

    def clean(self, value: Any) -> tuple[float, float, float] | None:
        said = self._SAID.fullmatch(super().clean(value))
        if said is None or abs(float(said[1])) > 90 or abs(float(said[2])) > 180:
            return None
        return float(said[1]), float(said[2]), float(said[3])


class CodeField(forms.CharField):
    """A one-time code that came by SMS; phones offer to type it in."""

    widget = forms.TextInput(
        attrs={"class": "code", "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    )

    def __init__(self) -> None:
        help_text = _("Six digits, by SMS. Type them only here. Don't tell them to anybody.")
        super().__init__(label=_("Code"), help_text=help_text, max_length=12)


class AverageField(forms.DecimalField):
    """The average number of parts of a unit, such as 6.7 segments; left empty if nobody knows it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            required=False,
            min_value=Decimal("0.1"),
            max_value=100_000,
            max_digits=9,
            decimal_places=3,
            **given,
        )


class WholeField(forms.IntegerField):
    """A whole number as people type it: 35,00,00,000 or 350 000 000."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "14"})
    default_error_messages = {
        "min_value": _("Write at least %(limit_value)s."),
        "max_value": _("Write at most %(limit_value)s."),
        "misgrouped": _(
            "Commas or spaces are in the wrong places. Write 1234567, or with commas 12,34,567 or 1,234,567."
        ),
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            try:
                value = ungrouped(value)
            except Misgrouped:
                raise ValidationError(self.error_messages["misgrouped"], code="misgrouped") from None
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As numbers are written beside it; what was typed stays as it was typed."""
        return grouped(value) if isinstance(value, int) else value
