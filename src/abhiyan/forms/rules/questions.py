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
from abhiyan.core.words import named

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
        return [(one.code, named(one.label) or one.code) for one in self.choices]

    @property
    def words(self) -> str:
        """The label in the reader's language."""
        return named(self.label) or self.key

    def plain(self) -> dict[str, Any]:
        """As JSON; `question_of` reads it again."""
        said: dict[str, Any] = {"key": self.key, "kind": self.kind.value, "label": dict(self.label)}
        if self.hint:
            said["hint"] = dict(self.hint)
        if self.choices:
            said["choices"] = [{"code": one.code, "label": dict(one.label)} for one in self.choices]
        if self.required:
            said["required"] = True
        said |= {name: value for name in ("least", "most") if (value := getattr(self, name)) is not None}
        if self.when:
            said["when"] = [self.when.key, self.when.op, self.when.value]
        return said


def question_of(said: Mapping[str, Any]) -> FormQuestion:
    """A question from its JSON. Raises KeyError, TypeError or ValueError where it is none."""
    return FormQuestion(
        key=said["key"],
        kind=QuestionKind(said["kind"]),
        label=said["label"],
        hint=said.get("hint", {}),
        choices=tuple(AnswerChoice(one["code"], one["label"]) for one in said.get("choices", ())),
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
    if not any(one.kind is not QuestionKind.NOTE for one in questions):
        yield QuestionFlaw("", "", str(_("A form needs at least one question.")))
    if len(questions) > MOST:
        yield QuestionFlaw("", "", str(_("A form has at most %(most)s questions.") % {"most": MOST}))
    earlier: dict[str, FormQuestion] = {}
    for one in questions[:MOST]:
        for part, text in _flaws(one, earlier):
            yield QuestionFlaw(one.key, part, text if isinstance(text, str) else str(text))
        earlier.setdefault(one.key, one)


def _flaws(one: FormQuestion, earlier: Mapping[str, FormQuestion]) -> Iterator[tuple[str, str | Promise]]:
    if not _KEY.fullmatch(one.key):
        yield "key", _("A name has small Latin letters, digits and _, begins with a letter, at most 40.")
    elif one.key in earlier:
        yield "key", _("Two questions are called “%(name)s”. Rename one.") % {"name": one.key}
    if not any(text.strip() for text in one.label.values()):
        yield "label", _("Write the question in Hindi or English.")
    for part, words in (("label", one.label), ("hint", one.hint)):
        yield from ((part, text) for text in _word_flaws(words))
    yield from _choice_flaws(one)
    yield from _limit_flaws(one)
    if one.when is not None:
        yield from (("when", text) for text in _condition_flaws(one.when, earlier))


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


def _choice_flaws(one: FormQuestion) -> Iterator[tuple[str, str | Promise]]:
    if (one.kind in CHOOSING) != bool(one.choices):
        yield "choices", _("Give at least one choice.") if one.kind in CHOOSING else _("It takes no choices.")
    if len(one.choices) > MOST_CHOICES:
        yield "choices", _("Give at most %(most)s choices.") % {"most": MOST_CHOICES}
    codes: set[str] = set()
    for each in one.choices[:MOST_CHOICES]:
        if not _CODE.fullmatch(each.code) or each.code in codes:
            yield (
                "choices",
                _("“%(code)s”: use each code once, with Latin letters, digits and _.")
                % {"code": each.code[:40]},
            )
        codes.add(each.code)
        if not any(text.strip() for text in each.label.values()):
            yield "choices", _("Write each choice in Hindi or English.")
        yield from (("choices", text) for text in _word_flaws(each.label))


def _limit_flaws(one: FormQuestion) -> Iterator[tuple[str, str | Promise]]:
    if one.kind not in _LIMITED:
        if one.least is not None or one.most is not None:
            yield "most", _("This kind of question has no limits.")
        return
    for name in ("least", "most"):
        value = getattr(one, name)
        if value is not None and not _is_limit(one.kind, value):
            yield (
                name,
                _("Write it as 2026-11-25.")
                if one.kind is QuestionKind.DAY
                else _("Write a number up to %(most)s.") % {"most": grouped(LARGEST)},
            )
            return
    if one.least is not None and one.most is not None and one.least > one.most:  # type: ignore[operator]  # of one kind
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
        if number(when.value) is None:
            yield _("Its condition needs a number.")
    elif when.value not in dict(about.options):
        yield _("Its condition names a choice “%(code)s” that is not there.") % {"code": when.value[:40]}


def number(text: str) -> float | None:
    """A number as a condition writes it."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) <= LARGEST else None


def is_asked(one: FormQuestion, answers: Mapping[str, Any]) -> bool:
    """Return True if a question is asked, given the earlier answers as they are kept."""
    if one.when is None:
        return True
    given, value = answers.get(one.when.key), one.when.value
    if given is None:
        return False
    if isinstance(given, bool):
        given = "yes" if given else "no"
    if isinstance(given, list):
        return (value in given) == (one.when.op == "=")
    if isinstance(given, str):
        return (value == given) == (one.when.op == "=")
    wanted = number(value) or 0.0
    compared: dict[str, bool] = {
        "=": given == wanted,
        "!=": given != wanted,
        "<": given < wanted,
        "<=": given <= wanted,
        ">": given > wanted,
        ">=": given >= wanted,
    }
    return compared[one.when.op]
