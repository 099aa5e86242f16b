"""A form's questions as a Django form: the same page for a desk, a phone and a phone without script."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language
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
        check = rules.declared_question(self.question)
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
        answers = {question.key: self.cleaned_data.get(question.key) for question in self.version.asked}
        files = {key: file for key, file in answers.items() if isinstance(file, UploadedFile)}
        checked = rules.check(self.version.asked, answers, pictures={*files, *self.kept}, is_own=self.is_own)
        for key, text in checked.errors.items():
            self.add_error(key, text)
        self.answers = checked.answers
        self.pictures = {key: sent_bytes(file) for key, file in files.items()}

    def declared_notes(self) -> list[dict[str, Any]]:
        """The notes between the questions, as `ui.checks` wants them: they have conditions too."""
        notes = [question for question in self.version.asked if question.kind is QuestionKind.NOTE]
        return [
            {"name": question.key, "label": "", **rules.declared_question(question)} for question in notes
        ]

    @property
    def rows(self) -> list[tuple[FormQuestion, Any, str]]:
        """Each question with its field (a note has none) and the words of its condition."""
        words = {question.key: question for question in self.version.asked}
        return [
            (
                question,
                None if question.kind is QuestionKind.NOTE else self[question.key],
                condition_said(question, words[question.when.key]) if question.when else "",
            )
            for question in self.version.asked
        ]


def answers_form(version: FormVersion) -> type[FilledForm]:
    """The Django form that asks the questions of a version, in the reader's language. `{{ form }}` draws it."""
    fields = {
        question.key: AnswerField(question)
        for question in version.asked
        if question.kind is not QuestionKind.NOTE
    }
    return type("FilledVersion", (FilledForm,), {**fields, "version": version})


def condition_said(question: FormQuestion, about: FormQuestion) -> str:
    """When a question is asked, in words."""
    assert question.when is not None
    value = dict(about.options).get(question.when.value, question.when.value)
    text_facts = {
        "question": about.words,
        "value": value if question.when.op == "=" else f"{_SIGNS[question.when.op]} {value}",
    }
    return say("Only if “%(question)s”: %(value)s") % text_facts


_SIGNS = {"!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def _hint(question: FormQuestion) -> Any:
    hint_text = name_in_language(question.hint)
    if question.kind is QuestionKind.PLACE and not hint_text:
        return _("Latitude and longitude, like 32.7266, 74.8570.")
    return hint_text


def _widget(question: FormQuestion) -> forms.Widget:
    if question.kind is QuestionKind.SEVERAL:
        return forms.CheckboxSelectMultiple(choices=question.options)
    if question.is_counted:
        return forms.RadioSelect(choices=question.options)
    if question.kind is QuestionKind.DAY:
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if question.kind is QuestionKind.PICTURE:
        return forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"})
    if question.kind is QuestionKind.PLACE:
        return forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off", "data-place": True})
    if question.kind is QuestionKind.TEXT:
        longest = int(question.most or LONGEST)
        if longest > _LINES:
            return forms.Textarea(attrs={"rows": 3, "maxlength": longest})
        return forms.TextInput(attrs={"maxlength": longest})
    mode = "decimal" if question.kind is QuestionKind.DECIMAL else "numeric"
    return forms.TextInput(
        attrs={"inputmode": mode, "autocomplete": "off", "maxlength": len(str(LARGEST)) + 5}
    )
