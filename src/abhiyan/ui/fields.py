"""Form fields several rooms share."""

from typing import Any

from django import forms

from .numbers import grouped


class WholeField(forms.IntegerField):
    """A whole number as people type it: 35,00,00,000 or 350 000 000."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "14"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace(",", "").replace(" ", "").replace("\u00a0", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As numbers are written beside it; what was typed stays as it was typed."""
        return grouped(value) if isinstance(value, int) else value
