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
from abhiyan.core.private_words import private_in
from abhiyan.core.words import day_written, short_day

from .questions import LARGEST, LONGEST, NUMBERS, FormQuestion, QuestionKind, is_asked

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
    for one in questions:
        if one.kind is QuestionKind.NOTE or not is_asked(one, done.answers):
            continue
        value = given.get(one.key)
        is_blank = one.key not in pictures if one.kind is QuestionKind.PICTURE else _is_blank(value)
        if is_blank:
            if one.required:
                done.errors[one.key] = say("This field is required.")
        elif one.kind is QuestionKind.PICTURE:
            done.pictures.append(one.key)
        else:
            try:
                done.answers[one.key] = _READ[one.kind](one, value)
                if one.kind is QuestionKind.TEXT and not is_own and (why := private_in(str(value))):
                    done.errors[one.key] = why
            except _Wrong as wrong:
                done.errors[one.key] = str(wrong)
    return done


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _bounds(one: FormQuestion) -> tuple[Any, Any]:
    """The least and the most that a question takes, where it has no limits of its own too."""
    if one.kind in NUMBERS:
        return (0 if one.least is None else one.least), (LARGEST if one.most is None else one.most)
    if one.kind is QuestionKind.TEXT:
        return int(one.least or 0), int(one.most or LONGEST)
    return one.least, one.most


def refusals(one: FormQuestion) -> dict[str, str]:
    """Return the words for an answer of another kind (`invalid`), below `least` or above `most`."""
    least, most = _bounds(one)
    match one.kind:
        case QuestionKind.WHOLE | QuestionKind.DECIMAL:
            whole = one.kind is QuestionKind.WHOLE
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


def declared(one: FormQuestion) -> dict[str, Any]:
    """Return as data what `check` asks of a question, for `ui/static/ui/checks.js`."""
    least, most = _bounds(one)
    told: dict[str, Any] = {"kind": f"ask_{one.kind.value}", "limits": [least, most], "words": refusals(one)}
    if one.required:
        told["required"] = say("This field is required.")
    if one.is_counted:
        told["choices"] = [code for code, _label in one.options]
    if one.when:
        told["when"] = {"key": one.when.key, "op": one.when.op, "value": one.when.value}
    return told


def _number(one: FormQuestion, value: Any) -> int | float:
    try:
        if one.kind is QuestionKind.DECIMAL:
            found: int | float = round(float(str(value).replace(",", "").strip()), 4)
        else:
            found = int(ungrouped(str(value)))
    except (Misgrouped, ValueError):
        raise _Wrong(refusals(one)["invalid"]) from None
    if not math.isfinite(found):
        raise _Wrong(refusals(one)["invalid"])
    kept: int | float = _limited(one, found, found)
    return kept


def _limited(one: FormQuestion, kept: Any, size: Any) -> Any:
    """Return the answer if its size is within the limits."""
    least, most = _bounds(one)
    if most is not None and size > most:
        raise _Wrong(refusals(one)["most"])
    if least is not None and size < least:
        raise _Wrong(refusals(one)["least"])
    return kept


def _text(one: FormQuestion, value: Any) -> str:
    text = str(value).strip()
    if "\0" in text:
        raise _Wrong(refusals(one)["invalid"])
    return str(_limited(one, text, len(text)))


def _one(one: FormQuestion, value: Any) -> str:
    if not isinstance(value, str) or value not in dict(one.options):
        raise _Wrong(refusals(one)["invalid"])
    return value


def _yes_no(one: FormQuestion, value: Any) -> bool:
    return value if isinstance(value, bool) else _one(one, value) == "yes"


def _several(one: FormQuestion, value: Any) -> list[str]:
    known = [code for code, _label in one.options]
    if not isinstance(value, (list, tuple)) or not all(each in known for each in value):
        raise _Wrong(refusals(one)["invalid"])
    chosen = [code for code in known if code in value]
    return list(_limited(one, chosen, len(chosen)))


def _day(one: FormQuestion, value: Any) -> str:
    day = day_written(str(value))
    if day is None:
        raise _Wrong(refusals(one)["invalid"])
    kept = day.isoformat()
    return str(_limited(one, kept, kept))


def place_of(value: Any) -> list[float | None]:
    """A place as [latitude, longitude, metres of accuracy or None], from the same or from "32.7266, 74.8570 ±18".

    Raises ValueError, with words for people, where it is none; `core.places` says which are none here.
    """
    if isinstance(value, str):
        found = _PLACE.fullmatch(value)
        parts: Sequence[Any] = found.groups() if found else ()
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
    QuestionKind.PLACE: lambda _one, value: place_of(value),
}


def typed(answer: Any) -> Any:
    """Return a kept answer as text for a field, to be changed there."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, list) and answer and not isinstance(answer[0], str):
        lat, lon, accuracy = answer
        return f"{lat}, {lon}" + (f" ±{accuracy:.0f}" if accuracy is not None else "")
    return answer


def read(one: FormQuestion, answer: Any) -> str:
    """An answer as people read it, choices by their words; "" where there is none."""
    if answer is None:
        return ""
    if one.kind in NUMBERS:
        return _figure(answer)
    if one.kind is QuestionKind.DAY:
        return _day_said(answer)
    if one.is_counted:
        words = dict(one.options)
        chosen = typed(answer)
        return ", ".join(
            str(words.get(code, code)) for code in (chosen if isinstance(chosen, list) else [chosen])
        )
    return str(typed(answer))


def coded(answer: Any) -> Any:
    """An answer as a file has it, choices by their codes; numbers stay numbers."""
    if isinstance(answer, list) and all(isinstance(code, str) for code in answer):
        return " ".join(answer)
    return typed(answer)


def _figure(value: int | float) -> str:
    return grouped(value) if isinstance(value, int) else f"{value:g}"


def _day_said(kept: str) -> str:
    return short_day(date.fromisoformat(kept))
