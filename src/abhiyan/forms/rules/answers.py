"""Answers as they are sent, checked against the questions of a form; and as people read them."""

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as say

from abhiyan.core.numbers import Misgrouped, grouped, ungrouped
from abhiyan.core.places import place_fault
from abhiyan.core.words import day_written, short_day
from abhiyan.imports.private_words import private_in

from .questions import LARGEST, LONGEST, NUMBERS, FormQuestion, QuestionKind, is_question_asked

Answer = str | int | float | bool | list[str] | list[float | None]
_PLACE = re.compile(
    r"\s*(-?\d{1,2}(?:\.\d{1,12})?)[,;\s]+(-?\d{1,3}(?:\.\d{1,12})?)(?:\s*±\s*(\d{1,5})\D{0,3})?\s*"
)


class _Wrong(Exception):
    """An answer does not fit; its text says what does."""


@dataclass(frozen=True, slots=True)
class CheckedAnswers:
    """answers: by key, as they are kept: numbers, texts, codes, true or false, a date as 2026-11-25, a place as
    [latitude, longitude, metres]. errors: by key, in the reader's language. pictures: keys of asked questions that have
    one; pictures are not among the answers."""

    answers: dict[str, Answer] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


def check(
    questions: Sequence[FormQuestion],
    given: Mapping[str, Any],
    *,
    pictures: Collection[str] = (),
    is_own: bool = False,
) -> CheckedAnswers:
    """Check what was given to each question, as typed or as kept. It leaves out answers to other questions.

    pictures: keys of the questions that have a picture. is_own: people answer for themselves, in their own words; from
    others no text may note what is private to a person.
    """
    done = CheckedAnswers()
    for question in questions:
        if question.kind is QuestionKind.NOTE or not is_question_asked(question, done.answers):
            continue
        value = given.get(question.key)
        is_blank = question.key not in pictures if question.kind is QuestionKind.PICTURE else _is_blank(value)
        if is_blank:
            if question.required:
                done.errors[question.key] = say("This field is required.")
        elif question.kind is QuestionKind.PICTURE:
            done.pictures.append(question.key)
        else:
            try:
                done.answers[question.key] = _READ[question.kind](question, value)
                if question.kind is QuestionKind.TEXT and not is_own and (why := private_in(str(value))):
                    done.errors[question.key] = why
            except _Wrong as wrong:
                done.errors[question.key] = str(wrong)
    return done


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _bounds(question: FormQuestion) -> tuple[Any, Any]:
    """The least and the most that a question takes, where it has no limits of its own too."""
    if question.kind in NUMBERS:
        return (0 if question.least is None else question.least), (
            LARGEST if question.most is None else question.most
        )
    if question.kind is QuestionKind.TEXT:
        return int(question.least or 0), int(question.most or LONGEST)
    return question.least, question.most


def answer_refusals(question: FormQuestion) -> dict[str, str]:
    """Return the words for an answer of another kind (`invalid`), below `least` or above `most`."""
    least, most = _bounds(question)
    match question.kind:
        case QuestionKind.WHOLE | QuestionKind.DECIMAL:
            whole = question.kind is QuestionKind.WHOLE
            return {
                "invalid": say("Enter a whole number.") if whole else say("Enter a number."),
                "least": say("Write at least %(limit_value)s.") % {"limit_value": _figure(least)},
                "most": say("Write at most %(limit_value)s.") % {"limit_value": _figure(most)},
            }
        case QuestionKind.TEXT:
            too_long = say("Write at most %(most)s letters.") % {"most": grouped(most)}
            too_short = say("Write at least %(least)s letters.") % {"least": grouped(least)}
            return {"invalid": too_long, "least": too_short, "most": too_long}
        case QuestionKind.SEVERAL:
            return {
                "invalid": say("Choose from the list."),
                "least": say("Choose at least %(least)s.") % {"least": least},
                "most": say("Choose at most %(most)s.") % {"most": most},
            }
        case QuestionKind.DAY:
            return {
                "invalid": say("Enter a valid date."),
                "least": say("Choose %(day)s or later.") % {"day": _day_said(least)} if least else "",
                "most": say("Choose %(day)s or earlier.") % {"day": _day_said(most)} if most else "",
            }
        case QuestionKind.PLACE:
            return _of_place()
        case _:
            return {"invalid": say("Choose from the list.")}


def _of_place() -> dict[str, str]:
    return {
        "invalid": say("Write the place as latitude and longitude, like 32.7266, 74.8570."),
        "place_zero": say("The phone does not know where it is: it says 0, 0. Try again in the open."),
        "place_swapped": say(
            "Latitude and longitude are swapped. Write the latitude first, like 32.7266, 74.8570."
        ),
        "place_abroad": say("This place is outside India. Correct latitude and longitude."),
    }


def declared_question(question: FormQuestion) -> dict[str, Any]:
    """Return as data what `check` asks of a question, for `ui/static/ui/checks.js`."""
    least, most = _bounds(question)
    declaration: dict[str, Any] = {
        "kind": f"ask_{question.kind.value}",
        "limits": [least, most],
        "words": answer_refusals(question),
    }
    if question.required:
        declaration["required"] = say("This field is required.")
    if question.is_counted:
        declaration["choices"] = [code for code, _label in question.options]
    if question.when:
        declaration["when"] = {"key": question.when.key, "op": question.when.op, "value": question.when.value}
    return declaration


def _number(one: FormQuestion, value: Any) -> int | float:
    try:
        if one.kind is QuestionKind.DECIMAL:
            number: int | float = round(float(str(value).replace(",", "").strip()), 4)
        else:
            number = int(ungrouped(str(value)))
    except (Misgrouped, ValueError):
        raise _Wrong(answer_refusals(one)["invalid"]) from None
    if not math.isfinite(number):
        raise _Wrong(answer_refusals(one)["invalid"])
    kept: int | float = _limited(one, number, number)
    return kept


def _limited(question: FormQuestion, kept: Any, size: Any) -> Any:
    """Return the answer if its size is within the limits."""
    least, most = _bounds(question)
    if most is not None and size > most:
        raise _Wrong(answer_refusals(question)["most"])
    if least is not None and size < least:
        raise _Wrong(answer_refusals(question)["least"])
    return kept


def _text(one: FormQuestion, value: Any) -> str:
    text = str(value).strip()
    if "\0" in text:
        raise _Wrong(answer_refusals(one)["invalid"])
    return str(_limited(one, text, len(text)))


def _one(one: FormQuestion, value: Any) -> str:
    if not isinstance(value, str) or value not in dict(one.options):
        raise _Wrong(answer_refusals(one)["invalid"])
    return value


def _yes_no(one: FormQuestion, value: Any) -> bool:
    return value if isinstance(value, bool) else _one(one, value) == "yes"


def _several(one: FormQuestion, value: Any) -> list[str]:
    codes = [code for code, _label in one.options]
    if not isinstance(value, (list, tuple)) or not all(chosen_code in codes for chosen_code in value):
        raise _Wrong(answer_refusals(one)["invalid"])
    chosen = [code for code in codes if code in value]
    return list(_limited(one, chosen, len(chosen)))


def _day(one: FormQuestion, value: Any) -> str:
    day = day_written(str(value))
    if day is None:
        raise _Wrong(answer_refusals(one)["invalid"])
    kept = day.isoformat()
    return str(_limited(one, kept, kept))


def point_in_answer(value: Any) -> list[float | None]:
    """A place as [latitude, longitude, metres of accuracy or None], from the same or from "32.7266, 74.8570 ±18".

    Raises ValueError, with words for people, where it is none; `core.places` says which are none here.
    """
    if isinstance(value, str):
        match = _PLACE.fullmatch(value)
        parts: Sequence[Any] = match.groups() if match else ()
    else:
        parts = value
    try:
        lat, lon = float(parts[0]), float(parts[1])
        accuracy = None if len(parts) < 3 or parts[2] is None else float(parts[2])
    except (IndexError, TypeError, ValueError):
        raise PlaceUnfit(_of_place()["invalid"]) from None
    if not (abs(lat) <= 90 and abs(lon) <= 180) or not 0 <= (accuracy or 0) < 100_000:
        raise PlaceUnfit(_of_place()["invalid"])
    if fault := place_fault(lat, lon):
        raise PlaceUnfit(_of_place()[fault.value])
    return [round(lat, 6), round(lon, 6), accuracy]


class PlaceUnfit(_Wrong, ValueError):
    """No place, or none on earth."""


_READ: dict[QuestionKind, Callable[[FormQuestion, Any], Any]] = {
    **dict.fromkeys(NUMBERS, _number),
    QuestionKind.TEXT: _text,
    QuestionKind.ONE: _one,
    QuestionKind.YES_NO: _yes_no,
    QuestionKind.SEVERAL: _several,
    QuestionKind.DAY: _day,
    QuestionKind.PLACE: lambda _one, value: point_in_answer(value),
}


def typed_answer(answer: Any) -> Any:
    """Return a kept answer as text for a field, to be changed there."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, list) and answer and not isinstance(answer[0], str):
        lat, lon, accuracy = answer
        return f"{lat}, {lon}" + (f" ±{accuracy:.0f}" if accuracy is not None else "")
    return answer


def answer_in_words(question: FormQuestion, answer: Any) -> str:
    """An answer as people read it, choices by their words; "" where there is none."""
    if answer is None:
        return ""
    if question.kind in NUMBERS:
        return _figure(answer)
    if question.kind is QuestionKind.DAY:
        return _day_said(answer)
    if question.is_counted:
        words = dict(question.options)
        chosen = typed_answer(answer)
        return ", ".join(
            str(words.get(code, code)) for code in (chosen if isinstance(chosen, list) else [chosen])
        )
    return str(typed_answer(answer))


def coded(answer: Any) -> Any:
    """An answer as a file has it, choices by their codes; numbers stay numbers."""
    if isinstance(answer, list) and all(isinstance(code, str) for code in answer):
        return " ".join(answer)
    return typed_answer(answer)


def _figure(value: int | float) -> str:
    return grouped(value) if isinstance(value, int) else f"{value:g}"


def _day_said(kept: str) -> str:
    return short_day(date.fromisoformat(kept))
