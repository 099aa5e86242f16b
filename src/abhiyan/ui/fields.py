"""Form fields several rooms share."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.letters import plain_digits
from abhiyan.core.numbers import Misgrouped, ungrouped
from abhiyan.core.places import is_nowhere
from abhiyan.core.words import day_written
from abhiyan.imports.private_words import private_in

from .numbers import grouped

DayBound = date | timedelta


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar or written with the day first. `within` bounds it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    bounds: tuple[DayBound, DayBound] | None = None
    today: date | None = None
    outside: str | Promise = ""

    def within(self, first: DayBound, last: DayBound, *, today: date, words: str | Promise) -> None:
        """Take only days from one to another. A timedelta counts from the day on which the form is filled in.

        today: that day, as the server knows it. words: for a day outside.
        """
        self.bounds, self.today, self.outside = (first, last), today, words

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        day = day_written(value)
        if day is None and value.strip():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day

    def validate(self, value: Any) -> None:
        super().validate(value)
        if self.bounds is None or self.today is None or value is None:
            return
        first, last = (self.today + bound if isinstance(bound, timedelta) else bound for bound in self.bounds)
        if not first <= value <= last:
            raise ValidationError(str(self.outside), code="outside")

    def declared(self) -> dict[str, Any]:
        """As `ui.checks` wants it: a bound is a day, or days from the one on which the form is filled in."""
        check: dict[str, Any] = {"kind": "day", "invalid": str(self.error_messages["invalid"])}
        if self.required:
            check["required"] = str(self.error_messages["required"])
        if self.bounds is not None and self.today is not None:
            first, last = (
                bound.days if isinstance(bound, timedelta) else bound.isoformat() for bound in self.bounds
            )
            check |= {
                "first": first,
                "last": last,
                "today": self.today.isoformat(),
                "outside": str(self.outside),
            }
        return check


class NoteField(forms.CharField):
    """Free words that an office writes down: a reason, a note, a reply. They hold nothing that is private to a person.

    Names and titles, words for the public and words of citizens themselves are other fields.
    """

    def clean(self, value: Any) -> str:
        words: str = super().clean(value)
        if why := private_in(words):
            raise ValidationError(why, code="private")
        return words


class WhereField(forms.CharField):
    """The place of a phone as `ui/mark.js` writes it. Cleaned: (latitude, longitude, metres), None if not known."""

    widget = forms.HiddenInput
    _SAID = re.compile(r"(-?\d{1,2}\.\d{1,8}), (-?\d{1,3}\.\d{1,8}) ±(\d{1,7})")

    def __init__(self) -> None:
        super().__init__(required=False, max_length=80)

    def clean(self, value: Any) -> tuple[float, float, float] | None:
        match = self._SAID.fullmatch(super().clean(value))
        if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
            return None
        where = float(match[1]), float(match[2])
        return None if is_nowhere(*where) else (*where, float(match[3]))


class DigitsField(forms.CharField):
    """A number that is kept as text, such as a phone or a PIN code, typed in the digits of any script."""

    def to_python(self, value: Any) -> str:
        return plain_digits(super().to_python(value) or "")


class HourField(forms.TimeField):
    """An hour, chosen in the browser or typed in the digits of any script."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value: Any) -> time | None:
        return super().to_python(plain_digits(value.strip()) if isinstance(value, str) else value)


class MomentField(forms.DateTimeField):
    """A day with an hour, chosen in the browser or typed in the digits of any script."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        return super().to_python(plain_digits(value.strip()) if isinstance(value, str) else value)


class CodeField(DigitsField):
    """A one-time code that came by SMS; phones offer to type it in."""

    widget = forms.TextInput(
        attrs={"class": "code", "autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
    )

    def __init__(self) -> None:
        help_text = _("The digits from the SMS. Type them only here. Don't tell them to anybody.")
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
    """A whole number as people type it: 35,00,00,000, 350 000 000 or 35 करोड़."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": "40"})
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
