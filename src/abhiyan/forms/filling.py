"""A form's questions as a Django form: the same page for a desk, a phone and a phone without script."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import named
from abhiyan.ui.files import sent_bytes

from .models import FormVersion
from .rules import answers as rules
from .rules.questions import LARGEST, LONGEST, FormQuestion, QuestionKind

_LINES = 200  # signs of a text from which it gets several lines


class AnswerField(forms.Field):
    """One question. `rules.answers.check` checks its answer, all questions together."""

    def __init__(self, question: FormQuestion) -> None:
        self.question = question
        super().__init__(
            required=question.required,
            label=question.words,
            help_text=_hint(question),
            widget=_widget(question),
        )

    def clean(self, value: Any) -> Any:
        return value

    def declared(self) -> dict[str, Any]:
        """As `ui.checks` wants it. A question is needed unless its picture is there."""
        check = rules.declared(self.question)
        if not self.required:
            check.pop("required", None)
        return check


class FilledForm(forms.Form):
    """Asks the questions of one version. A valid form has `answers` and `pictures` for `actions.submit`.

    kept: keys of questions that have a picture already, when a submission is mended. is_own: as of `rules.check`.
    """

    version: FormVersion
    template_name = "forms/_answers.html"
    checked_apart: ClassVar[dict[str, str]] = {"clean": "each question declares its own check"}

    def __init__(self, *args: Any, kept: Collection[str] = (), is_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept, self.is_own = kept, is_own
        for key in kept:
            self.fields[key].required = False
            self.fields[key].help_text = _("A picture is there. Choose another only to replace it.")
        self.answers: Mapping[str, Any] = {}
        self.pictures: dict[str, bytes] = {}

    def clean(self) -> None:
        given = {one.key: self.cleaned_data.get(one.key) for one in self.version.asked}
        files = {key: file for key, file in given.items() if isinstance(file, UploadedFile)}
        checked = rules.check(self.version.asked, given, pictures={*files, *self.kept}, is_own=self.is_own)
        for key, text in checked.errors.items():
            self.add_error(key, text)
        self.answers = checked.answers
        self.pictures = {key: sent_bytes(file) for key, file in files.items()}

    def declared_notes(self) -> list[dict[str, Any]]:
        """The notes between the questions, as `ui.checks` wants them: they have conditions too."""
        notes = [one for one in self.version.asked if one.kind is QuestionKind.NOTE]
        return [{"name": one.key, "label": "", **rules.declared(one)} for one in notes]

    @property
    def rows(self) -> list[tuple[FormQuestion, Any, str]]:
        """Each question with its field (a note has none) and the words of its condition."""
        words = {one.key: one for one in self.version.asked}
        return [
            (
                one,
                None if one.kind is QuestionKind.NOTE else self[one.key],
                condition_said(one, words[one.when.key]) if one.when else "",
            )
            for one in self.version.asked
        ]


def answers_form(version: FormVersion) -> type[FilledForm]:
    """The Django form that asks the questions of a version, in the reader's language. `{{ form }}` draws it."""
    fields = {one.key: AnswerField(one) for one in version.asked if one.kind is not QuestionKind.NOTE}
    return type("FilledVersion", (FilledForm,), {**fields, "version": version})


def condition_said(one: FormQuestion, about: FormQuestion) -> str:
    """When a question is asked, in words."""
    assert one.when is not None
    value = dict(about.options).get(one.when.value, one.when.value)
    shown = {
        "question": about.words,
        "value": value if one.when.op == "=" else f"{_SIGNS[one.when.op]} {value}",
    }
    return say("Only if “%(question)s”: %(value)s") % shown


_SIGNS = {"!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def _hint(question: FormQuestion) -> Any:
    told = named(question.hint)
    if question.kind is QuestionKind.PLACE and not told:
        return _("Latitude and longitude, like 32.7266, 74.8570.")
    return told


def _widget(one: FormQuestion) -> forms.Widget:
    if one.kind is QuestionKind.SEVERAL:
        return forms.CheckboxSelectMultiple(choices=one.options)
    if one.is_counted:
        return forms.RadioSelect(choices=one.options)
    if one.kind is QuestionKind.DAY:
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if one.kind is QuestionKind.PICTURE:
        return forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"})
    if one.kind is QuestionKind.PLACE:
        return forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off", "data-place": True})
    if one.kind is QuestionKind.TEXT:
        longest = int(one.most or LONGEST)
        if longest > _LINES:
            return forms.Textarea(attrs={"rows": 3, "maxlength": longest})
        return forms.TextInput(attrs={"maxlength": longest})
    mode = "decimal" if one.kind is QuestionKind.DECIMAL else "numeric"
    return forms.TextInput(
        attrs={"inputmode": mode, "autocomplete": "off", "maxlength": len(str(LARGEST)) + 5}
    )
