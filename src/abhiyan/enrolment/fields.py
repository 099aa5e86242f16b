"""Fields that people who join answer on every form: name, year of birth, the notice they read."""

import json
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.people.models import Notice
from abhiyan.ui.checks import CheckedForm
from abhiyan.ui.fields import CodeField, DayField

from . import actions
from .rules import names
from .rules.age import OLDEST, Age, BirthSaid, age_on, birth_said, patterns
from .rules.channels import CHANNELS

LONGEST_ECHO = 300  # characters of a wrong value that are shown again
NOTICE = "notice"  # code of an error of the first step


class Clipped(CheckedForm):
    """A form that does not send megabytes back to its sender, nor shows what cannot be seen."""

    clips_at = LONGEST_ECHO * 4
    checked_apart: ClassVar[dict[str, str]] = {"clean": "nobody types a NUL into a field of a page"}

    def __init__(self, data: Any = None, **given: Any) -> None:
        self.broken: set[str] = set()  # fields with a NUL: a broken sender, refused rather than repaired
        if data is not None:
            data = data.copy()
            for name in data:
                values = [value[: self.clips_at] for value in data.getlist(name)]
                if any("\x00" in value for value in values):
                    self.broken.add(name)
                data.setlist(name, [value.replace("\x00", "") for value in values])
        super().__init__(data, **given)

    def clean(self) -> dict[str, Any]:
        for name in self.broken & self.fields.keys():
            if not self.fields[name].widget.is_hidden:
                self.add_error(name, _("Null characters are not allowed."))
        return super().clean()


class NameField(forms.CharField):
    """A person's name, cleaned as the act cleans it."""

    def __init__(self, **given: Any) -> None:
        attrs = {"autocomplete": "name", "maxlength": names.LONGEST, "autocapitalize": "words"}
        given.setdefault("label", _("Full name"))
        super().__init__(widget=forms.TextInput(attrs=attrs), strip=False, **given)

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if not text.strip():
            if self.required:
                raise forms.ValidationError(actions.PersonNameMissing.message)
            return ""
        cleaned = names.clean_name(text)
        if cleaned is None:
            raise forms.ValidationError(actions.NameInvalid.message)
        return cleaned

    def declared(self) -> dict[str, Any]:
        """Return the checks as `ui.checks` wants them."""
        return {
            "kind": "name",
            "missing": str(actions.PersonNameMissing.message) if self.required else "",
            "invalid": str(actions.NameInvalid.message),
            "longest": names.LONGEST,
            "signs": names.SIGNS,
        }


class YearField(forms.CharField):
    """A year of birth in digits of any script, a whole date, or an age once `judge_ages` has set the year."""

    year: int | None = None  # the one it is
    minimum: int | None = None  # years, to join

    def __init__(self, **given: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": 16, "size": 10}
        given.setdefault("label", _("Year of birth or age"))
        given.setdefault("help_text", _("Such as 1980, or 46"))
        super().__init__(widget=forms.TextInput(attrs=attrs), **given)

    def said(self, value: Any) -> BirthSaid | None:
        """Return the typed text as a year of birth."""
        return birth_said(str(value or ""), year=self.year)

    def clean(self, value: Any) -> int | None:
        if not str(value or "").strip():
            if self.required:
                raise forms.ValidationError(actions.BirthYearMissing.message)
            return None
        said = self.said(value)
        if said is None or (self.year is not None and not 0 <= self.year - said.year <= OLDEST):
            raise forms.ValidationError(actions.BirthYearInvalid.message)
        return said.year

    def declared(self) -> dict[str, Any]:
        """Return the checks as `ui.checks` wants them: a device judges ages only where `judge_ages` gave year
        and minimum."""
        return {
            "kind": "birth_year",
            "missing": str(actions.BirthYearMissing.message) if self.required else "",
            "invalid": str(actions.BirthYearInvalid.message),
            "minor": str(actions.NotAdult.message),
            "year": self.year,
            "minimum": self.minimum,
            "oldest": OLDEST,
            "ways": patterns(),
        }


class AdultForm(Clipped):
    """A form with a year of birth or an age, where only adults are taken."""

    def judge_ages(self, *, year: int, minimum: int) -> None:
        """Take an age too. year: the one in which the form is filled in. minimum: years, to join."""
        field = self.fields["birth_year"]
        assert isinstance(field, YearField)
        field.year, field.minimum = year, minimum
        ways = {"ways": patterns(), "year": year, "oldest": OLDEST}
        words = {"data-born": _("Born about {year}"), "data-years": _("About {age} years old")}
        field.widget.attrs |= words | {"data-birth": json.dumps(ways)}

    @property
    def said(self) -> BirthSaid | None:
        """Return the year of birth as it was typed, whatever else is wrong."""
        field = self.fields["birth_year"]
        assert isinstance(field, YearField)
        return field.said(self["birth_year"].value())

    @property
    def says_adult(self) -> bool:
        """Return True if the person themselves said that they are of age."""
        said, field = self.said, self.fields["birth_year"]
        assert isinstance(field, YearField)
        return said is not None and said.says_adult(field.minimum or 0)

    @property
    def is_minor(self) -> bool:
        """Return True if nothing of this form may be kept."""
        said, field = self.said, self.fields["birth_year"]
        assert isinstance(field, YearField)
        if not self.is_bound or said is None or field.year is None or field.minimum is None:
            return False
        age = age_on(year=field.year, birth_year=said.year, minimum=field.minimum, says_adult=self.says_adult)
        return age is Age.MINOR


def judge_notice(form: Clipped, notice: Notice) -> None:
    """Refuse a notice that is not the one in force."""
    if form.data.get("notice", "").partition(".")[0] not in ("", str(notice.version)):
        form.add_error(
            None, forms.ValidationError(_("The notice has changed. Please read it again."), NOTICE)
        )


YES, NO = "yes", "no"


class SmsCodeForm(Clipped):
    """The six digits that came by SMS."""

    code = CodeField()


def channel_field() -> forms.ChoiceField:
    """Return the field of the way by which somebody came; any, unless chosen."""
    return forms.ChoiceField(
        label=_("Came by"),
        required=False,
        choices=[("", _("All")), *((str(way.number), way.label) for way in CHANNELS)],
    )


class DaysForm(Clipped):
    """The channel and the days to show."""

    channel = channel_field()
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
