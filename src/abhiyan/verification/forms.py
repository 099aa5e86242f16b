"""Forms before a frame is frozen, when it is drawn, and after a back-check."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.people import phones
from abhiyan.people.actions.accounts import NotAPhone
from abhiyan.programmes.rules.activities import CheckQuestion, Items
from abhiyan.programmes.rules.check_words import CheckWords
from abhiyan.ui.fields import DayField, HourField, NoteField, WholeField
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.units import queries as units

from .models import Check
from .queries.checks import SaidUnseen
from .rules.outcomes import Meaning
from .rules.passing import SAID
from .rules.planning import FLOOR, MOST_TELLING, Expected

MOST = 200_000  # checks of one frame
CHECKS, WHOLE, DISTRICT = "checks", "whole", "district"  # what a plan is made by


def _share(label: Any, usual: float) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=1, initial=round(100 * usual)
    )


def _some(label: Any, usual: float, most: int) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=1, max_value=most, decimal_places=1, initial=usual)


class AimForm(forms.Form):
    """A plan by a number of checks or by a width, and what is expected of the answers: as usual, where left out."""

    usual = Expected()
    aim = forms.ChoiceField(
        label=_("Plan by"),
        widget=forms.RadioSelect,
        choices=[
            (CHECKS, _("Number of checks")),
            (WHOLE, _("Points of 100 for the whole")),
            (DISTRICT, _("Points of 100 for each district")),
        ],
    )
    goal = forms.DecimalField(
        label=_("How many checks, or points"), min_value=1, max_value=MOST, decimal_places=1
    )
    floor = WholeField(label=_("At least, in each district"), min_value=0, max_value=1_000, initial=FLOOR)
    rate = _share(_("Genuine, of 100 who answer"), usual.rate)
    refused = _share(_("Refuse, of 100"), usual.refused)
    not_reached = _share(_("Not reached by phone, of 100"), usual.not_reached)
    tries = _some(_("Calls for one check"), usual.tries, 20)
    minutes = _some(_("Minutes for one call"), usual.minutes, 120)
    way = _some(_("Minutes for one visit"), usual.way, 1_440)

    def __init__(self, given: dict[str, Any], *, checks: int) -> None:
        """given: what was typed; checks: how many are proposed."""
        usual = {name: field.initial for name, field in self.base_fields.items()}
        super().__init__(usual | {"aim": CHECKS, "goal": checks} | given)

    def clean_goal(self) -> Any:
        """Refuse a number of checks that is not whole, or a width of 100 and more."""
        goal = self.cleaned_data["goal"]
        if self.cleaned_data.get("aim") != CHECKS and goal >= 100:
            raise forms.ValidationError(_("Points are fewer than 100."))
        return goal

    def clean(self) -> dict[str, Any]:
        """Refuse shares that leave fewer than 5 of 100 to answer: people who refuse and people not reached differ."""
        cleaned = self.cleaned_data
        if {"refused", "not_reached"} <= cleaned.keys() and cleaned["refused"] + cleaned["not_reached"] > 95:
            self.add_error("not_reached", _("At least 5 of 100 have to answer."))
        return cleaned

    @property
    def expected(self) -> Expected:
        """Return the expected answers and costs; shares from 0 to 1."""
        rates = {name: float(self.cleaned_data[name]) for name in ("rate", "refused", "not_reached")}
        costs = {name: float(self.cleaned_data[name]) for name in ("tries", "minutes", "way")}
        return Expected(**{name: share / 100 for name, share in rates.items()}, **costs)


class CheckPlanForm(forms.Form):
    """The number of checks, their time, and the public value that decides."""

    checks = WholeField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    floor = WholeField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    number = WholeField(min_value=1, required=False, widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("Public value"),
        max_length=200,
        help_text=_(
            "What it is and where it will be published. Nobody may know it yet: a beacon's round, a lottery."
        ),
    )
    known_on = DayField(label=_("Known from"))
    ends_on = DayField(label=_("Last day of checking"))


class ValueForm(forms.Form):
    """The public value, as it was published."""

    value = forms.CharField(label=_("Public value"), max_length=512)


class VisitForm(forms.Form):
    """When a verifier goes there."""

    day = DayField(label=_("Day of the visit"))
    hour = HourField(label=_("Hour"))


class AnswersForm(forms.Form):
    """A person's words to the open questions, and their meaning."""

    meaning = forms.ChoiceField(
        label=_("What did they say?"),
        widget=forms.RadioSelect,
    )

    def __init__(self, asked: Items, data: Any = None) -> None:
        """asked: what the activity asks, in its words."""
        super().__init__(data)
        self.questions, words = asked.questions, asked.words
        offer(
            self,
            meaning=[
                (Meaning.YES, words.yes),
                (Meaning.NEVER, words.no),
                (Meaning.UNSURE, _("They do not remember, or are not sure")),
                (Meaning.NO_SUCH_PERSON, _("Nobody of this name is there")),
            ],
        )
        if words.also is not None:
            self.fields["also_joined"] = forms.BooleanField(
                label=str(words.also.label), help_text=str(words.also.help), required=False
            )
        for at, question in enumerate(self.questions):
            self.fields[question.key] = forms.CharField(
                label=str(question.text),
                max_length=300,
                required=at == 0,
                widget=forms.Textarea({"rows": 2}) if at == 0 else forms.TextInput(dict(SOMETIMES)),
            )
        self.order_fields(
            [*(check_question.key for check_question in self.questions), "meaning", "also_joined"]
        )

    @property
    def said(self) -> SaidUnseen:
        """Return the person's words. The form must be valid."""
        words = {question.key: self.cleaned_data[question.key] for question in self.questions}
        return SaidUnseen(words, self.cleaned_data["meaning"], self.cleaned_data.get("also_joined"))


class BackForm(forms.Form):
    """Why a verifier hands a check back."""

    reason = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect, choices=list(SAID.items()))


class FindingForm(forms.Form):
    """The result of the answers beside what was written."""

    outcome = forms.ChoiceField(
        label=_("Your result"),
        widget=forms.RadioSelect,
    )
    leaves = forms.BooleanField(required=False)

    def __init__(self, asked: Items, data: Any = None) -> None:
        """asked: what the activity asks, in its words."""
        super().__init__(data)
        words = asked.words
        self.fields["leaves"].label = str(words.leaves)
        offer(
            self,
            outcome=[
                (Check.Outcome.GENUINE, words.genuine),
                (Check.Outcome.NOT_GENUINE, words.not_genuine),
                (Check.Outcome.UNRESOLVED, _("Unresolved: it is not clear")),
                (Check.Outcome.REFUSED, _("Refused: they did not want to go on")),
            ],
        )

    @classmethod
    def hidden(cls, asked: Items, data: Any) -> "FindingForm":
        """Return the same form, sent unseen from the page that asks once more."""
        form = cls(asked, data)
        for field in form.fields.values():
            field.widget = forms.HiddenInput()
        return form


class RedrawForm(forms.Form):
    """Another public value, and why."""

    reason = NoteField(
        label=_("Why it never came"), max_length=500, help_text=_("It stays in sight with the round.")
    )
    source = forms.CharField(
        label=_("Another public value"),
        max_length=200,
        help_text=_("What it is and where it will be published. Nobody may know it yet."),
    )
    due_at = DayField(label=_("Known from"))
    ends_on = DayField(label=_("Last day of checking"))


class TopUpForm(forms.Form):
    """The total of checks, or the width of the interval."""

    checks = WholeField(label=_("Checks in all"), min_value=1, max_value=MOST, required=False)
    width = WholeField(
        label=_("Or a width, in points of 100"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("For the whole, if everybody answers."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and bool(values.get("checks")) == bool(values.get("width")):
            raise forms.ValidationError(_("Write a number of checks or a width, one of them."))
        return values


class PlantForm(forms.Form):
    """People whose answer is known, one a line. Cleaned, `people` is (name, phone, unit, day, what else is written)."""

    is_genuine = forms.ChoiceField(
        label=_("What do we know of them?"),
        widget=forms.RadioSelect,
    )
    channel = forms.ChoiceField()
    people = forms.CharField(
        label=_("People"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )
    agreed = forms.BooleanField(label=_("They agreed to be called, and to tell nobody"))

    def __init__(self, given: Any, typed: Sequence[CheckQuestion], words: CheckWords) -> None:
        """typed: what else is written of each."""
        super().__init__(given)
        offer(self, is_genuine=zip(("yes", "no"), words.known, strict=True))
        self.fields["channel"].label = str(words.how)
        self.keys = [question.key for question in typed]
        parts = [
            _("Name"),
            _("Phone"),
            _("Code of the booth"),
            words.day,
            *(question.label for question in typed),
        ]
        self.fields["people"].help_text = say("One a line, with commas between: %(parts)s.") % {
            "parts": ", ".join(map(str, parts))
        }

    def clean_people(self) -> list[tuple[str, str, int, date, dict[str, str]]]:
        """Return each line in its parts, the unit by its id. Lines are numbered without empty ones."""
        filled = [text for text in self.cleaned_data["people"].splitlines() if text.strip()]
        lines = [[part.strip() for part in re.split(r"[\t;,]", text)] for text in filled]
        units_by_code = units.ids_of(parts[2] for parts in lines if len(parts) > 2)
        return [self._person(row, parts, units_by_code) for row, parts in enumerate(lines, 1)]

    def _person(
        self, row: int, parts: list[str], units_by_code: dict[str, int]
    ) -> tuple[str, str, int, date, dict[str, str]]:
        def wrong(said: Any) -> forms.ValidationError:
            return forms.ValidationError(said, params={"row": row, "n": 4 + len(self.keys)})

        if len(parts) != 4 + len(self.keys) or not all(parts):
            raise wrong(_("Line %(row)s: write all %(n)s parts, with commas between."))
        name, phone, code, day, *more = parts
        number = phones.parse(phone)
        if number is None:
            raise wrong(_("Line %(row)s: the phone is no mobile number."))
        if code not in units_by_code:
            raise wrong(_("Line %(row)s: there is no unit with this code."))
        try:
            on = DayField().clean(day)
        except forms.ValidationError:
            raise wrong(_("Line %(row)s: write the day as 2026-11-23.")) from None
        return name, number, units_by_code[code], on, dict(zip(self.keys, more, strict=True))


class WithdrawForm(forms.Form):
    """The person to ask no more."""

    phone = forms.CharField(label=_("Their phone"), max_length=40)

    def clean_phone(self) -> str:
        """Return the phone in E.164."""
        number = phones.parse(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(NotAPhone.message)
        return number


class AimUnitForm(forms.Form):
    """The unit at which checks are aimed, by its name or code."""

    unit = forms.CharField(label=_("Name or code of a district, or of a unit in one"), max_length=100)


class CloserForm(forms.Form):
    """The number of items to aim at, their worker, and the reason."""

    worker = forms.ChoiceField(label=_("Entered by"), required=False)
    checks = WholeField(label=_("Checks"), min_value=1, max_value=200)
    reason = NoteField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Verifiers do not see it."),
    )


class TellingForm(forms.Form):
    """The number of checks to aim where they tell most."""

    checks = WholeField(label=_("Checks"), min_value=1, max_value=MOST_TELLING, initial=100)


class CompareWorkersForm(forms.Form):
    """Compare the workers again: it has no fields."""


class SaidForm(forms.Form):
    """A worker's answer to the reasons of a flag."""

    text = NoteField(
        label=_("Your answer"),
        help_text=_("For example: where you were, who was with you, whose phone it was."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2_000,
    )
