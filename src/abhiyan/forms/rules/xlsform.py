"""Flat questions as an XLSForm has them (xlsform.org): the sheets `survey` and `choices`, read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as say

from abhiyan.core.tables.words import spaced

from .questions import (
    AnswerChoice,
    Condition,
    FormQuestion,
    Limit,
    QuestionKind,
    flaws,
)

SURVEY, CHOICES = "survey", "choices"
MOST_ROWS = 399  # of a sheet, its head among them
_TYPES = {
    "integer": QuestionKind.WHOLE,
    "decimal": QuestionKind.DECIMAL,
    "text": QuestionKind.TEXT,
    "select_one": QuestionKind.ONE,
    "select_multiple": QuestionKind.SEVERAL,
    "date": QuestionKind.DAY,
    "geopoint": QuestionKind.PLACE,
    "image": QuestionKind.PICTURE,
    "note": QuestionKind.NOTE,
}
_SKIPPED = {"start", "end", "today", "deviceid", "username", "audit"}  # what a phone notes by itself
_YES = {"yes", "true", "true()", "1"}
_WHEN = re.compile(r"\$\{(\w+)\}\s*(!=|<=|>=|=|<|>)\s*(?:['\"‘’]([^'\"‘’]*)['\"‘’]|(-?[\w.]+))")
_SELECTED = re.compile(r"(not\(\s*)?selected\(\s*\$\{(\w+)\}\s*,\s*['\"‘’]([^'\"‘’]*)['\"‘’]\s*\)(?(1)\s*\))")
_LIMIT = re.compile(
    r"(?:\.|string-length\(\s*\.\s*\)|count-selected\(\s*\.\s*\))\s*(<=|>=|<|>)\s*"
    r"(?:date\(\s*)?['\"‘’]?(-?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:-[0-9]{2}-[0-9]{2})?)['\"‘’]?\)?"
)
_HINDI = re.compile("[\u0900-\u097f]")

Rows = Sequence[tuple[int, Mapping[str, str]]]  # number of the row, and its cells by their heads


@dataclass(frozen=True, slots=True)
class SheetFlaw:
    """What is wrong, and where."""

    sheet: str
    row: int
    text: str

    def __str__(self) -> str:
        return say("Sheet %(sheet)s, row %(row)s: %(text)s") % {
            "sheet": self.sheet,
            "row": self.row,
            "text": self.text,
        }


class _Unread(Exception):
    """A cell that cannot be read; its text says why."""


def rows_of(head: Sequence[str], body: Iterable[tuple[int, Sequence[str]]]) -> Rows:
    """Rows with their cells by head, in small letters; a label's language is hi or en. Blank rows are left out."""
    names = [_head(each) for each in head]
    told = (
        (row, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()})
        for row, cells in body
    )
    return [(row, cells) for row, cells in told if cells]


def _head(text: str) -> str:
    first, *rest = spaced(text).split() or [""]
    if first not in ("label", "hint"):
        return spaced(text)
    is_hindi = {"hi", "hindi"} & set(rest) or _HINDI.search(text)
    return f"{first} hi" if is_hindi else f"{first} en" if {"en", "english"} & set(rest) else first


def read(survey: Rows, choices: Rows) -> tuple[list[FormQuestion], list[SheetFlaw]]:
    """The questions of an XLSForm, and everything that keeps them from being a form, by sheet and row."""
    lists: dict[str, list[AnswerChoice]] = {}
    for _row, cells in choices:
        one = AnswerChoice(cells.get("name", cells.get("value", "")), _words(cells, "label"))
        lists.setdefault(cells.get("list name", ""), []).append(one)
    found: list[FormQuestion] = []
    wrong: list[SheetFlaw] = []
    where: dict[str, int] = {}
    for row, cells in survey:
        if cells.get("type", "").lower() in _SKIPPED:
            continue
        try:
            one_question = _question(cells, lists)
        except _Unread as why:
            wrong.append(SheetFlaw(SURVEY, row, str(why)))
            where.setdefault(cells.get("name", ""), row)
            continue
        if one_question.key in where:
            wrong.append(
                SheetFlaw(
                    SURVEY, row, say("The name “%(name)s” is used twice.") % {"name": one_question.key[:40]}
                )
            )
            continue
        where[one_question.key] = row
        found.append(one_question)
    wrong += [
        SheetFlaw(SURVEY, where.get(flaw.key, 1), flaw.text)
        for flaw in flaws(found)
        if flaw.key or not wrong  # too few or too many questions say nothing beside what could not be read
    ]
    return found, sorted(wrong, key=lambda flaw: flaw.row)


def _words(cells: Mapping[str, str], part: str) -> dict[str, str]:
    plain = cells.get(part, "")
    said = {"hi" if _HINDI.search(plain) else "en": plain} if plain else {}
    return said | {
        language: cells[f"{part} {language}"] for language in ("hi", "en") if f"{part} {language}" in cells
    }


def _question(cells: Mapping[str, str], lists: Mapping[str, Sequence[AnswerChoice]]) -> FormQuestion:
    typed = " ".join(cells.get("type", "").split())
    word, _space, rest = (
        typed.replace("select one ", "select_one ")
        .replace("select multiple ", "select_multiple ")
        .partition(" ")
    )
    whole = spaced(typed)
    if "repeat" in whole.split():
        raise _Unread(
            say("Repeats are not read: a form is a flat list of questions. Send the form once for each.")
        )
    if "group" in whole.split():
        raise _Unread(
            say(
                "Groups are not read: a form is a flat list of questions. Remove the group; keep its questions."
            )
        )
    if word.lower() not in _TYPES:
        known = ", ".join(_TYPES)
        raise _Unread(
            say("“%(type)s” is not read. Kinds of questions are: %(known)s.")
            % {"type": typed[:40], "known": known}
        )
    kind, offered = _TYPES[word.lower()], lists.get(rest, ())
    if kind in (QuestionKind.ONE, QuestionKind.SEVERAL) and not offered:
        raise _Unread(say("The sheet choices has no list “%(name)s”.") % {"name": rest[:40]})
    if kind is QuestionKind.ONE and [one.code for one in offered] == ["yes", "no"]:
        kind, offered = QuestionKind.YES_NO, ()
    least, most = _limits(cells.get("constraint", ""), kind)
    return FormQuestion(
        key=cells.get("name", ""),
        kind=kind,
        label=_words(cells, "label"),
        hint=_words(cells, "hint"),
        choices=tuple(offered),
        required=cells.get("required", "").lower() in _YES,
        least=least,
        most=most,
        when=_when(cells.get("relevant", "")),
    )


def _when(text: str) -> Condition | None:
    if not text:
        return None
    if chosen := _SELECTED.fullmatch(text):
        return Condition(chosen[2], "!=" if chosen[1] else "=", chosen[3])
    compared = _WHEN.fullmatch(text)
    if compared is None:
        raise _Unread(
            say("This condition is not read: “%(text)s”. Write one, like ${held} = 'yes'.")
            % {"text": text[:80]}
        )
    return Condition(compared[1], compared[2], (compared[3] or compared[4] or "").strip())


def _limits(text: str, kind: QuestionKind) -> tuple[Limit, Limit]:
    least: Limit = None
    most: Limit = None
    for part in re.split(r"\s+and\s+", text.strip()) if text.strip() else ():
        limit = _LIMIT.fullmatch(part)
        value: Limit = limit[2] if limit else None
        if limit and kind is not QuestionKind.DAY:
            found = float(limit[2]) if "-" not in limit[2][1:] else None
            value = int(found) if found is not None and found.is_integer() else found
            if limit[1] in "<>" and kind is QuestionKind.WHOLE and isinstance(value, int):
                value += 1 if limit[1] == ">" else -1
            elif limit[1] in "<>":
                value = None
        if limit is None or value is None:
            shown = {"text": text[:80]}
            raise _Unread(
                say("This limit is not read: “%(text)s”. Write one like . >= 0 and . <= 500.") % shown
            )
        if limit[1].startswith(">"):
            least = value
        else:
            most = value
    return least, most
