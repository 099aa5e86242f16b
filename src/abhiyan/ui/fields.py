"""Form fields several rooms share."""

from typing import Any

from django import forms


class WholeField(forms.IntegerField):
    """A whole number as people type it: 35,00,00,000 or 350 000 000."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "14"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.replace(",", "").replace(" ", "").replace("\u00a0", "")
        return super().to_python(value)
