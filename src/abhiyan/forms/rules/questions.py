"""The questions of a form: flat, in order, each asked of everybody or on one condition about an earlier answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from abhiyan.core.numbers import grouped
from abhiyan.core.words import name_in_language

from .words import refused_in

MOST = 100  # questions of a form.
MOST_CHOICES = 60  # of one question.
LARGEST = 999_999_999  # a number without a limit of its own.
LONGEST = 2_000  # signs of a text without a limit of its own.
LONGEST_WORDS = 300  # signs of a label, a hint or a choice.
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class QuestionKind(StrEnum):
    """A question wants one of these."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    TEXT = "text"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"
    DAY = "day"
    PLACE = "place"
    PICTURE = "picture"
    NOTE = "note"  # words between the questions: no answer

    @property
    def label(self) -> Promise:
        return _LABELS[self]


_LABELS = {
    QuestionKind.WHOLE: _("Whole number"),
    QuestionKind.DECIMAL: _("Decimal number"),
    QuestionKind.TEXT: pgettext_lazy("kind of question", "Text"),
    QuestionKind.ONE: _("One of several choices"),
    QuestionKind.SEVERAL: _("Several choices"),
    QuestionKind.YES_NO: _("Yes or no"),
    QuestionKind.DAY: pgettext_lazy("kind of question", "Date"),
    QuestionKind.PLACE: pgettext_lazy("kind of question", "Place"),
    QuestionKind.PICTURE: _("Picture"),
    QuestionKind.NOTE: pgettext_lazy("kind of question", "Note"),
}
NUMBERS = (QuestionKind.WHOLE, QuestionKind.DECIMAL)
CHOOSING = (QuestionKind.ONE, QuestionKind.SEVERAL)
_COUNTED = (*CHOOSING, QuestionKind.YES_NO)  # kinds whose answers are counted
_CONDITIONS = {  # kinds a condition may ask about, and how
    **dict.fromkeys(NUMBERS, ("=", "!=", "<", "<=", ">", ">=")),
    **dict.fromkeys(_COUNTED, ("=", "!=")),
}
_LIMITED = (*NUMBERS, QuestionKind.TEXT, QuestionKind.SEVERAL, QuestionKind.DAY)
YES_NO = {"yes": _("Yes"), "no": _("No")}

Limit = int | float | str | None


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """One of the choices of a question."""

    code: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is asked where an earlier answer compares so with a value. For several choices, "=" means "one of
    them is". Without that answer the question is not asked."""

    key: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question. label, hint: by language. least, most: of a number; of a date, as 2026-11-25; of a text, its signs;
    of several choices, how many."""

    key: str
    kind: QuestionKind
    label: Mapping[str, str]
    hint: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[AnswerChoice, ...] = ()
    required: bool = False
    least: Limit = None
    most: Limit = None
    when: Condition | None = None

    @property
    def is_counted(self) -> bool:
        """Return True if its answers are counted choice by choice."""
        return self.kind in _COUNTED

    @property
    def options(self) -> list[tuple[str, str]]:
        """Code and words of what may be chosen, in the reader's language."""
        if self.kind is QuestionKind.YES_NO:
            return [(code, str(label)) for code, label in YES_NO.items()]
        return [(choice.code, name_in_language(choice.label) or choice.code) for choice in self.choices]

    @property
    def words(self) -> str:
        """The label in the reader's language."""
        return name_in_language(self.label) or self.key

    def plain(self) -> dict[str, Any]:
        """As JSON; `question_from_json` reads it again."""
        plain_json: dict[str, Any] = {"key": self.key, "kind": self.kind.value, "label": dict(self.label)}
        if self.hint:
            plain_json["hint"] = dict(self.hint)
        if self.choices:
            plain_json["choices"] = [
                {"code": choice.code, "label": dict(choice.label)} for choice in self.choices
            ]
        if self.required:
            plain_json["required"] = True
        plain_json |= {
            name: value for name in ("least", "most") if (value := getattr(self, name)) is not None
        }
        if self.when:
            plain_json["when"] = [self.when.key, self.when.op, self.when.value]
        return plain_json


def question_from_json(said: Mapping[str, Any]) -> FormQuestion:
    """A question from its JSON. Raises KeyError, TypeError or ValueError where it is none."""
    return FormQuestion(
        key=said["key"],
        kind=QuestionKind(said["kind"]),
        label=said["label"],
        hint=said.get("hint", {}),
        choices=tuple(AnswerChoice(choice["code"], choice["label"]) for choice in said.get("choices", ())),
        required=said.get("required", False),
        least=said.get("least"),
        most=said.get("most"),
        when=Condition(*said["when"]) if said.get("when") else None,
    )


@dataclass(frozen=True, slots=True)
class QuestionFlaw:
    """A question has this flaw. key: the question's, "" for the form. part: the field of FormQuestion."""

    key: str
    part: str
    text: str


def flaws(questions: Sequence[FormQuestion]) -> Iterator[QuestionFlaw]:
    """Everything that keeps these questions from being a form, in the reader's language.

    Refused are words that ask for religion, caste, identity numbers, bank details, health or the vote, and words that
    promise a benefit (`words.refused_in`; ECI of 2 May 2024, RP Act ss. 94, 128).
    """
    if not any(question.kind is not QuestionKind.NOTE for question in questions):
        yield QuestionFlaw("", "", str(_("A form needs at least one question.")))
    if len(questions) > MOST:
        yield QuestionFlaw("", "", str(_("A form has at most %(most)s questions.") % {"most": MOST}))
    earlier: dict[str, FormQuestion] = {}
    for form_question in questions[:MOST]:
        for part, text in _flaws(form_question, earlier):
            yield QuestionFlaw(form_question.key, part, text if isinstance(text, str) else str(text))
        earlier.setdefault(form_question.key, form_question)


def _flaws(
    question: FormQuestion, earlier: Mapping[str, FormQuestion]
) -> Iterator[tuple[str, str | Promise]]:
    if not _KEY.fullmatch(question.key):
        yield "key", _("A name has small Latin letters, digits and _, begins with a letter, at most 40.")
    elif question.key in earlier:
        yield "key", _("Two questions are called “%(name)s”. Rename one.") % {"name": question.key}
    if not any(text.strip() for text in question.label.values()):
        yield "label", _("Write the question in Hindi or English.")
    for part, words in (("label", question.label), ("hint", question.hint)):
        yield from ((part, text) for text in _word_flaws(words))
    yield from _choice_flaws(question)
    yield from _limit_flaws(question)
    if question.when is not None:
        yield from (("when", text) for text in _condition_flaws(question.when, earlier))


def _word_flaws(words: Mapping[str, str]) -> Iterator[str | Promise]:
    for text in words.values():
        if len(text) > LONGEST_WORDS or "\0" in text:
            yield _("Write at most %(most)s letters.") % {"most": LONGEST_WORDS}
        if "${" in text:
            yield _("“%(text)s” wants an earlier answer in its words. Write it without.") % {
                "text": text[:80]
            }
        if why := refused_in(text):
            yield why


def _choice_flaws(question: FormQuestion) -> Iterator[tuple[str, str | Promise]]:
    if (question.kind in CHOOSING) != bool(question.choices):
        yield (
            "choices",
            _("Give at least one choice.") if question.kind in CHOOSING else _("It takes no choices."),
        )
    if len(question.choices) > MOST_CHOICES:
        yield "choices", _("Give at most %(most)s choices.") % {"most": MOST_CHOICES}
    codes: set[str] = set()
    for choice in question.choices[:MOST_CHOICES]:
        if not _CODE.fullmatch(choice.code) or choice.code in codes:
            yield (
                "choices",
                _("“%(code)s”: use each code once, with Latin letters, digits and _.")
                % {"code": choice.code[:40]},
            )
        codes.add(choice.code)
        if not any(text.strip() for text in choice.label.values()):
            yield "choices", _("Write each choice in Hindi or English.")
        yield from (("choices", text) for text in _word_flaws(choice.label))


def _limit_flaws(question: FormQuestion) -> Iterator[tuple[str, str | Promise]]:
    if question.kind not in _LIMITED:
        if question.least is not None or question.most is not None:
            yield "most", _("This kind of question has no limits.")
        return
    for name in ("least", "most"):
        value = getattr(question, name)
        if value is not None and not _is_limit(question.kind, value):
            yield (
                name,
                _("Write it as 2026-11-25.")
                if question.kind is QuestionKind.DAY
                else _("Write a number up to %(most)s.") % {"most": grouped(LARGEST)},
            )
            return
    if question.least is not None and question.most is not None and question.least > question.most:  # type: ignore[operator]  # of one kind
        yield "most", _("The largest is below the smallest.")


def _is_limit(kind: QuestionKind, value: Limit) -> bool:
    if kind is QuestionKind.DAY:
        try:
            return isinstance(value, str) and bool(date.fromisoformat(value))
        except ValueError:
            return False
    whole = isinstance(value, int) and not isinstance(value, bool)
    if kind is QuestionKind.DECIMAL:
        return (whole or isinstance(value, float)) and abs(value) <= LARGEST  # type: ignore[arg-type]
    least = -LARGEST if kind is QuestionKind.WHOLE else 0
    return whole and least <= value <= LARGEST  # type: ignore[operator]


def _condition_flaws(when: Condition, earlier: Mapping[str, FormQuestion]) -> Iterator[str | Promise]:
    about = earlier.get(when.key)
    if about is None:
        yield (
            _("Its condition is about “%(name)s”, which is not asked before it. Conditions look back only.")
            % {"name": when.key[:40]}
        )
        return
    if when.op not in _CONDITIONS.get(about.kind, ()):
        yield _("A condition is about a number, a choice, or yes or no.")
    elif about.kind in NUMBERS:
        if condition_number(when.value) is None:
            yield _("Its condition needs a number.")
    elif when.value not in dict(about.options):
        yield _("Its condition names a choice “%(code)s” that is not there.") % {"code": when.value[:40]}


def condition_number(text: str) -> float | None:
    """A number as a condition writes it."""
    try:
        number_read = float(text)
    except ValueError:
        return None
    return number_read if abs(number_read) <= LARGEST else None


def is_question_asked(question: FormQuestion, answers: Mapping[str, Any]) -> bool:
    """Return True if a question is asked, given the earlier answers as they are kept."""
    if question.when is None:
        return True
    answer, value = answers.get(question.when.key), question.when.value
    if answer is None:
        return False
    if isinstance(answer, bool):
        answer = "yes" if answer else "no"
    if isinstance(answer, list):
        return (value in answer) == (question.when.op == "=")
    if isinstance(answer, str):
        return (value == answer) == (question.when.op == "=")
    wanted = condition_number(value) or 0.0
    compared: dict[str, bool] = {
        "=": answer == wanted,
        "!=": answer != wanted,
        "<": answer < wanted,
        "<=": answer <= wanted,
        ">": answer > wanted,
        ">=": answer >= wanted,
    }
    return compared[question.when.op]
