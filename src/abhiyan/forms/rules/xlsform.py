"""Flat questions as an XLSForm has them (xlsform.org): read, refused, or named as unread. Nothing is passed over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as say

from abhiyan.core.letters import plain_digits

from .form_sheets import (
    CHOICES,
    SETTINGS,
    SURVEY,
    FormSheet,
    SheetFlaw,
    UnreadPart,
    is_foreign,
    language_of,
    marked,
)
from .questions import (
    CHOOSING,
    YES_NO,
    AnswerChoice,
    Condition,
    FormQuestion,
    Limit,
    QuestionKind,
    flaws,
)

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
_SAME = {"int": "integer", "string": "text", "photo": "image"}  # what older forms write
_SELECTS = (  # as this standard and older forms write it
    (re.compile(r"select[ _]?(?:one|1)(?: from)? (.+)", re.IGNORECASE), QuestionKind.ONE),
    (
        re.compile(r"select[ _](?:multiple|all that apply)(?: from)? (.+)", re.IGNORECASE),
        QuestionKind.SEVERAL,
    ),
)
_OR_OTHER = re.compile(r"(.+?) or[ _](?:specify[ _])?other", re.IGNORECASE)
_SKIPPED = {"start", "end", "today", "deviceid", "username", "audit"}  # what a phone notes by itself
_YES = {"yes", "true", "true()", "1"}
_NO = {"", "no", "false", "false()", "0"}
_PLAIN_YES_NO = {"yes": {"yes", "हाँ", "हां"}, "no": {"no", "नहीं"}}  # the product's own words
_WHEN = re.compile(r"\$\{(\w+)\}\s*(!=|<=|>=|=|<|>)\s*(?:['\"‘’]([^'\"‘’]*)['\"‘’]|(-?[\w.]+))")
_SELECTED = re.compile(r"(not\(\s*)?selected\(\s*\$\{(\w+)\}\s*,\s*['\"‘’]([^'\"‘’]*)['\"‘’]\s*\)(?(1)\s*\))")
_LIMIT = re.compile(
    r"(?:\.|string-length\(\s*\.\s*\)|count-selected\(\s*\.\s*\))\s*(<=|>=|<|>)\s*"
    r"(?:date\(\s*)?['\"‘’]?(-?(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:-[0-9]{2}-[0-9]{2})?)['\"‘’]?\)?"
)
_HINDI = re.compile("[\u0900-\u097f]")


class _Unread(Exception):
    """A cell that cannot be read; its text says why."""


@dataclass(slots=True)
class FormRead:
    """A workbook gives this. wrong: what keeps it from being a form. unread: what the form leaves out, by cause."""

    questions: list[FormQuestion] = field(default_factory=list)
    wrong: list[SheetFlaw] = field(default_factory=list)
    unread: list[UnreadPart] = field(default_factory=list)

    def leave(self, sheet: str, text: str, *rows: int) -> None:
        """Note something that is not read. Several rows with one cause are one part."""
        if not rows:
            return
        for index, part in enumerate(self.unread):
            if (part.sheet, part.text) == (sheet, text):
                self.unread[index] = UnreadPart(sheet, text, (*part.rows, *rows))
                return
        self.unread.append(UnreadPart(sheet, text, rows))


def read_xlsform(
    survey: FormSheet, choices: FormSheet, settings: FormSheet, others: Mapping[str, int] | None = None
) -> FormRead:
    """Read the questions of an XLSForm. others: further sheets with their numbers of rows, which are not read."""
    form_read = FormRead()
    for sheet in (survey, choices, settings):
        form_read.wrong += sheet.wrong
        form_read.unread += sheet.unread
    language = _language(settings, survey, choices, form_read)
    lists = _lists(choices, language, form_read)
    listed: dict[str, str] = {}  # question -> the list of its choices
    rows: dict[str, int] = {}
    refused: set[str] = set()  # names of rows that could not be read
    without_value = {flaw.row for flaw in survey.wrong}
    for row, cells in survey.rows:
        name, typed = cells.get("name", ""), " ".join(cells.get("type", "").split())
        if row in without_value:
            rows.setdefault(name, row)
            refused.add(name)
            continue
        if typed.lower() in _SKIPPED:
            form_read.leave(SURVEY, say("The day and the account are kept without being asked."), row)
            continue
        if not typed and not name and not any(key.startswith("label") for key in cells):
            form_read.leave(SURVEY, say("A row without a type is a remark. It is left out."), row)
            continue
        if typed.lower().startswith(("end group", "end_group", "end repeat", "end_repeat")):
            continue  # its beginning is refused
        try:
            if _is_off(cells):
                form_read.leave(SURVEY, say("This row is switched off. It is left out."), row)
                continue
            if not name:
                raise _Unread(say("Write its name, in small Latin letters."))
            if name in rows:
                raise _Unread(say("The name “%(name)s” is used twice.") % {"name": name[:40]})
            question, listed[name] = _question(typed, cells, lists, language)
        except _Unread as why:
            form_read.wrong.append(SheetFlaw(SURVEY, row, str(why)))
            rows.setdefault(name, row)
            refused.add(name)
            continue
        rows[name] = row
        _leave_of(question, cells, row, form_read)
        form_read.questions.append(question)
    _left_lists(choices, set(listed.values()), form_read)
    for sheet in (survey, choices):
        marks = say("Marks such as **bold** or <b> are shown as they are typed.")
        form_read.leave(sheet.name, marks, *marked(sheet.rows))
    for other, n in (others or {}).items():
        form_read.leave(other, say("This sheet is not read."), *range(1, n + 1))
    form_read.wrong += _flaws(form_read, (survey, choices), rows, refused, listed)
    form_read.wrong.sort(key=lambda flaw: (flaw.sheet != SURVEY, flaw.row))
    return form_read


def _language(settings: FormSheet, survey: FormSheet, choices: FormSheet, found: FormRead) -> str:
    """Return the language of words whose head names none, where the sheet says it; "" where their letters tell."""
    for row, cells in settings.rows:
        words = cells["default language"]
        language = language_of(words)
        has_plain = any(
            "label" in columns or "hint" in columns for _row, columns in (*survey.rows, *choices.rows)
        )
        if not language and has_plain:
            why = say("Only Hindi and English are read. This form is in “%(language)s”.")
            found.wrong.append(SheetFlaw(SETTINGS, row, why % {"language": words[:40]}))
        return language
    return ""


def _lists(choices: FormSheet, language: str, found: FormRead) -> dict[str, list[AnswerChoice]]:
    lists: dict[str, list[AnswerChoice]] = {}
    for row, cells in choices.rows:
        try:
            words = _words(cells, "label", language)
        except _Unread as why:
            found.wrong.append(SheetFlaw(CHOICES, row, str(why)))
            words = {"en": "?"}  # told once
        if name := cells.get("list name", ""):
            lists.setdefault(name, []).append(AnswerChoice(cells.get("name", ""), words))
        else:
            found.leave(CHOICES, say("This choice belongs to no list. It is left out."), row)
    return lists


def _left_lists(choices: FormSheet, used: set[str], found: FormRead) -> None:
    for row, cells in choices.rows:
        name = cells.get("list name", "")
        if name and name not in used:
            found.leave(CHOICES, say("No question uses the list “%(name)s”.") % {"name": name[:40]}, row)


def _leave_of(question: FormQuestion, cells: Mapping[str, str], row: int, found: FormRead) -> None:
    """Note what a question's row says beyond what is asked of it."""
    if cells.get("required", "").lower() not in _YES | _NO:
        text = say("“%(text)s” is neither yes nor no. The question may be left empty.")
        found.leave(SURVEY, text % {"text": cells["required"][:40]}, row)
    for part in ("label", "hint"):
        words = getattr(question, part)
        if cells.get(part, "") not in ("", *words.values()):
            text = say("The column “%(head)s” is not read beside one that names its language.")
            found.leave(SURVEY, text % {"head": part}, row)
    when = question.when
    about = when and next(
        (form_question for form_question in found.questions if form_question.key == when.key), None
    )
    if when and about and when.op == "!=" and not about.required:
        text = say("While “%(name)s” has no answer, this question is not asked.")
        found.leave(SURVEY, text % {"name": about.key}, row)


def _flaws(
    found: FormRead,
    sheets: Sequence[FormSheet],
    rows: Mapping[str, int],
    refused: set[str],
    listed: Mapping[str, str],
) -> list[SheetFlaw]:
    """Return the flaws of the questions that were read, but for what a refused row caused."""
    wrong: list[SheetFlaw] = []
    by_key = {question.key: question for question in found.questions}
    flaws_told: set[tuple[str, str]] = set()  # lists of choices, and their flaws
    has_foreign = any(sheet.wrong for sheet in sheets)
    for flaw in flaws(found.questions):
        question = by_key.get(flaw.key)
        if question is None and found.wrong:
            continue  # too few or too many questions say nothing beside what could not be read
        if question and question.when and flaw.part == "when" and question.when.key in refused:
            continue
        if has_foreign and flaw.part in ("label", "choices"):
            continue  # a refused column has its words
        if flaw.part == "choices":
            if (listed.get(flaw.key, ""), flaw.text) in flaws_told:
                continue
            flaws_told.add((listed.get(flaw.key, ""), flaw.text))
        wrong.append(SheetFlaw(SURVEY, rows.get(flaw.key, 1), flaw.text))
    return wrong


def _is_off(cells: Mapping[str, str]) -> bool:
    """Tell whether a row is switched off."""
    text = cells.get("disabled", "").lower()
    if text not in _YES | _NO:
        raise _Unread(say("“%(text)s” under disabled is neither yes nor no.") % {"text": text[:40]})
    return text in _YES


def _words(cells: Mapping[str, str], part: str, language: str) -> dict[str, str]:
    """Return the words of a row by language. language: that of a head that names none; "" asks their letters."""
    words = {code: text for code in ("hi", "en") if (text := cells.get(f"{part} {code}", ""))}
    if plain := cells.get(part, ""):
        words.setdefault(language or ("hi" if _HINDI.search(plain) else "en"), plain)
    for text in words.values():
        if is_foreign(text):
            why = say("“%(text)s” is neither Hindi nor English. Only these two are read.")
            raise _Unread(why % {"text": text[:40]})
    return words


def _question(
    typed: str, cells: Mapping[str, str], lists: Mapping[str, Sequence[AnswerChoice]], language: str
) -> tuple[FormQuestion, str]:
    """Return the question of a row, and the list of its choices."""
    kind, listed = _kind(typed, lists)
    offered = tuple(lists.get(listed, ()))
    if kind is QuestionKind.ONE and _is_plain_yes_no(offered):
        kind, offered = QuestionKind.YES_NO, ()
    least, most = _limits(cells.get("constraint", ""), kind)
    question = FormQuestion(
        key=cells.get("name", ""),
        kind=kind,
        label=_words(cells, "label", language),
        hint=_words(cells, "hint", language),
        choices=offered,
        required=cells.get("required", "").lower() in _YES,
        least=least,
        most=most,
        when=_when(cells.get("relevant", "")),
    )
    return question, listed


def _is_plain_yes_no(offered: Sequence[AnswerChoice]) -> bool:
    """Tell whether choices say yes and no in the product's own words. Others keep the words of the sheet."""
    return [choice.code for choice in offered] == list(YES_NO) and all(
        text.strip().casefold() in _PLAIN_YES_NO[choice.code]
        for choice in offered
        for text in choice.label.values()
    )


def _kind(typed: str, lists: Mapping[str, Sequence[AnswerChoice]]) -> tuple[QuestionKind, str]:
    """Return the kind of a question, and the list of its choices, or ""."""
    parts = typed.lower().replace("_", " ").split()
    if not parts:
        raise _Unread(say("Write its type."))
    if "repeat" in parts:
        raise _Unread(
            say("Repeats are not read: a form is a flat list of questions. Send the form once for each.")
        )
    if "group" in parts:
        raise _Unread(
            say(
                "Groups are not read: a form is a flat list of questions. Remove the group; keep its questions."
            )
        )
    for pattern, kind in _SELECTS:
        if chosen := pattern.fullmatch(typed):
            return kind, _list_of(chosen[1], lists)
    kind_read = _TYPES.get(_SAME.get(typed.lower(), typed.lower()))
    if kind_read is None or kind_read in CHOOSING:
        raise _Unread(
            say("“%(type)s” is not read. Kinds of questions are: %(known)s.")
            % {"type": typed[:40], "known": ", ".join(_TYPES)}
        )
    return kind_read, ""


def _list_of(text: str, lists: Mapping[str, Sequence[AnswerChoice]]) -> str:
    if text in lists:
        return text
    if (other := _OR_OTHER.fullmatch(text)) and other[1] in lists:
        raise _Unread(
            say("or_other is not read. Take it out, and add a choice “Other” to the list “%(name)s”.")
            % {"name": other[1][:40]}
        )
    name, _space, rest = text.partition(" ")
    if rest and name in lists:
        raise _Unread(say("“%(text)s” after the name of the list is not read.") % {"text": rest[:40]})
    raise _Unread(say("The sheet choices has no list “%(name)s”.") % {"name": text[:40]})


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
        limit = _LIMIT.fullmatch(plain_digits(part))
        value: Limit = limit[2] if limit else None
        if limit and kind is not QuestionKind.DAY:
            limit_number = float(limit[2]) if "-" not in limit[2][1:] else None
            value = (
                int(limit_number) if limit_number is not None and limit_number.is_integer() else limit_number
            )
            if limit[1] in "<>" and kind is QuestionKind.WHOLE and isinstance(value, int):
                value += 1 if limit[1] == ">" else -1
            elif limit[1] in "<>":
                value = None
        if limit is None or value is None:
            text_facts = {"text": text[:80]}
            raise _Unread(
                say("This limit is not read: “%(text)s”. Write one like . >= 0 and . <= 500.") % text_facts
            )
        if limit[1].startswith(">"):
            least = value
        else:
            most = value
    return least, most
