"""The phone checks a record as the server does: it gives the same verdict in the same words.

Every form of every record is tried with random values, in the real browser and in Django.
"""

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from playwright.sync_api import Browser

from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.forms import DoorForm
from abhiyan.enrolment.fields import AdultForm
from abhiyan.forms.filling import answers_form
from abhiyan.forms.models import FormVersion
from abhiyan.forms.rules.questions import AnswerChoice, Condition, FormQuestion, QuestionKind
from abhiyan.forms.tests.make import question
from abhiyan.meetings.views.attendance import AttendanceForm
from abhiyan.pages.views.field import record_kinds
from abhiyan.ui.checks import CheckUndeclared, declared_checks
from abhiyan.ui.fields import WholeField
from abhiyan.work.rules.schedules import Period
from abhiyan.work.views.dues import HoldForm, ReportForm

CHECKS = Path(__file__).parents[2] / "ui/static/ui/checks.js"
LOAD = """async (source) => {
  window.checks = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}"""
JUDGE = """(cases) => cases.map(([declaration, typed]) => {
  const { faults, minor } = window.checks.judged(declaration, typed);
  return { faults, minor };
})"""
TODAY = NOW.date()
PERIOD = Period(TODAY - timedelta(days=5), TODAY + timedelta(days=1))
Typed = list[tuple[str, str]]
Make = Callable[..., forms.BaseForm]

# --- the forms ---


def attendance(data: Any = None, files: Any = None) -> forms.BaseForm:
    made = AttendanceForm(data)
    made.fields["invitee"].choices = [("a", ""), ("b", "")]  # type: ignore[attr-defined]  # a choice
    return made


MADE: dict[type[forms.BaseForm], list[Make]] = {  # forms that are made with something
    DoorForm: [lambda data=None, _files=None: DoorForm(data, on=TODAY)],
    AttendanceForm: [attendance],
    HoldForm: [
        lambda data=None, _files=None: HoldForm(data, asked=()),
        lambda data=None, _files=None: HoldForm(data, period=PERIOD, today=TODAY),
        lambda data=None, _files=None: HoldForm(data, asked=("day", "came")),
    ],
    ReportForm: [
        lambda data=None, _files=None: ReportForm(data, asks={}),
        lambda data=None, _files=None: ReportForm(data, asks={}, needs_words=True),
        lambda data=None, _files=None: ReportForm(data, asks={"houses": "Houses", "talks": "Talks"}),
    ],
}


def every_form() -> Iterator[tuple[str, Make]]:
    for code, kind in record_kinds().items():
        for made in kind.checked:
            for n, make in enumerate(MADE.get(made, [lambda data=None, _files=None, made=made: made(data)])):
                yield f"{code}-{made.__name__}-{n}", make


def asked(draw: random.Random) -> Make:
    """A form of an office: random questions of every kind with limits and conditions."""
    questions: list[FormQuestion] = []
    for n in range(draw.randint(1, 9)):
        kind = draw.choice(list(QuestionKind))
        more: dict[str, Any] = {"required": draw.random() < 0.5 and kind is not QuestionKind.NOTE}
        if kind in (QuestionKind.ONE, QuestionKind.SEVERAL):
            more["choices"] = tuple(AnswerChoice(code, {"en": code}) for code in ("few", "many", "all"))
        if draw.random() < 0.5:
            more |= limits(kind, draw)
        before = [one for one in questions if one.kind in COMPARED]
        if before and draw.random() < 0.5:
            about = draw.choice(before)
            more["when"] = Condition(about.key, *COMPARED[about.kind](draw))
        questions.append(question(f"q{n}", kind, **more))
    version = FormVersion(questions=[one.plain() for one in questions])
    made = answers_form(version)
    return lambda data=None, files=None: made(data, files, prefix="q")


def limits(kind: QuestionKind, draw: random.Random) -> dict[str, Any]:
    if kind in (QuestionKind.WHOLE, QuestionKind.TEXT):
        return {"least": draw.randint(0, 5), "most": draw.randint(5, 50)}
    if kind is QuestionKind.DECIMAL:
        return {"least": draw.choice([-5, 0.5]), "most": draw.choice([1.25, 30])}
    if kind is QuestionKind.SEVERAL:
        return {"least": 1, "most": draw.randint(1, 2)}
    return {"least": "2026-11-10", "most": "2026-12-01"} if kind is QuestionKind.DAY else {}


COMPARED: dict[QuestionKind, Callable[[random.Random], tuple[str, str]]] = {
    **dict.fromkeys(
        (QuestionKind.WHOLE, QuestionKind.DECIMAL),
        lambda draw: (draw.choice(["=", "!=", "<", "<=", ">", ">="]), draw.choice(["5", "0.5", "30"])),
    ),
    **dict.fromkeys(
        (QuestionKind.ONE, QuestionKind.SEVERAL),
        lambda draw: (draw.choice(["=", "!="]), draw.choice(["few", "all"])),
    ),
    QuestionKind.YES_NO: lambda draw: (draw.choice(["=", "!="]), draw.choice(["yes", "no"])),
}

# --- what is typed ---

BLANK = ["", "", " ", "\t", "\u00a0", "\u2003 "]
NUMBERS = [
    "0",
    "1",
    "5",
    "-1",
    "+7",
    "30",
    "500",
    "501",
    "9999",
    "10000",
    "99999999",
    "100000000",
    "1000000000",
]
NUMBERS += [
    "12,34,567",
    "35 करोड़",
    "2 crore",
    "1.5 lakh",
    "५० लाख",
    "3 हज़ार",
    "3 lakh 25 thousand",
    "25 thousand 3 lakh",
    "1.234567 lakh",
    "1,5 lakh",
    "2Cr.",
    "-5 lakh",
    "5 lakh people",
    "1,234",
    "12,5",
    "1 000",
    "1,,0",
    "1_0",
    "5.0",
    "5.",
    "5.5",
    "0.5",
    "1e2",
    ".5",
    "1.25001",
    "--3",
]
NUMBERS += ["४५", "১২", "૧૦", "٤٥", "१,००,०००", "१२,५", "𝟒𝟓", "²", "½", "inf", "nan", "४.०", " 7 ", "1, 234"]
PHONES = [
    "9906007731",
    "98110",
    "1",
    "09906007731",
    "+919906007731",
    "919906007731",
    "00919906007731",
    "99060-07731",
]
PHONES += [
    "९९०६००७७३१",
    "૯૯૦૬૦૦૭૭૩૧",
    "(990) 600.7731",
    "5906007731",
    "99060077311",
    "+447911123456",
    "+4479",
    "1800110001",
]
PHONES += [
    "+91 0 9906007731",
    "9106007731",
    "919106007731",
    "६००००००००१",
    "98110x",
    "abc",
    "\u200b9906007731",
    "0" * 41,
]
PHONES += [
    "6000000000",
    "7000000000",
    "1601234567",
    "6279012345",
    "8280112345",
    "0009906007731",
    "91 99060077312",
]
NAMES = [
    "Kamla Devi",
    "सुनीता",
    "মো: আলী",
    "Md: Ali",
    "Ram @ Shyam",
    "Kamla 2",
    "D'Souza",
    "A" * 200,
    "A" * 201,
    "A" * 801,
]
NAMES += [
    "मो॰ अली",
    "'",
    "Kamla\u200bDevi",
    "क्\u200dष",
    "é",
    "e\u0301",
    "Kamla_",
    "Ram:",
    "x: y: z",
    "🙂",
    "Ram@Shyam",
    "۔",
    "ا۔ ب",
]
YEARS = [
    "1980",
    "19 80",
    "१९८०",
    "2015",
    "2008",
    "2007",
    "2009",
    "1906",
    "1905",
    "2027",
    "0",
    "18",
    "17",
    "19",
    "46",
    "४६",
    "120",
]
YEARS += [
    "121",
    "46 years",
    "उम्र ४६ वर्ष",
    "Age: 18",
    "11 years",
    "15-08-1980",
    "1/2/2015",
    "1980-01-01",
    "31-12-80",
    "1/13/20",
]
YEARS += ["12/11/08", "19801", "1", "nineteen", "1980-1-1", "99/99/80", "45 AGE"]
DAYS = [
    "2026-11-25",
    "2026-11-26",
    "2026-11-24",
    "2026-11-09",
    "2026-12-01",
    "2026-12-02",
    "25.11.2026",
    "25/11/2026",
    "11/25/2026",
]
DAYS += [
    "2026-02-30",
    "2024-02-29",
    "२५-११-२०२६",
    "20261125",
    "0000-01-01",
    "2026-W01-1",
    "1-1-2026",
    "tomorrow",
    "25-11-26",
]
PLACES = [
    "32.7266, 74.8570",
    "32.7266,74.8570 ±18 m",
    "0, 0",
    "0.0001, -0.0002",
    "74.8570, 32.7266",
    "74.8, ३२.७",
    "51.5, -0.12",
    "0, 74.8",
    "6, 68",
    "38, 98",
    "38.01, 98",
    "91, 5",
    "32 74",
    "३२.७, ७४.८",
    "32.7",
    "1.1;181",
    "-5.5, -7 ±123456",
]
TEXTS = [
    "x",
    "xx yy",
    "a" * 300,
    "a" * 301,
    "a" * 2000,
    "a" * 2001,
    "आ" * 60,
    "आ" * 61,
    "🙂" * 20,
    "line\nline",
    "a" * 41,
    "on",
    "1",
    "2",
]
CODES = ["yes", "no", "few", "many", "all", "none", "a", "b", "true", "False", "0", "other", "talked"]
ALL = BLANK + NUMBERS + PHONES + NAMES + YEARS + DAYS + PLACES + TEXTS + CODES
LIKELY = {
    "whole": NUMBERS,
    "ask_whole": NUMBERS,
    "ask_decimal": NUMBERS,
    "phone": PHONES,
    "name": NAMES,
    "birth_year": YEARS,
    "day": DAYS,
    "ask_day": DAYS,
    "ask_place": PLACES,
    "text": TEXTS,
    "ask_text": TEXTS,
}


def typed_into(declaration: dict[str, Any], draw: random.Random) -> tuple[Typed, list[str]]:
    """Random values for the fields, as a browser sends them, and the fields with a picture."""
    sent: Typed = []
    pictures = []
    for check in declaration["fields"]:
        name, kind = declaration["prefix"] + check["name"], check["kind"]
        if kind == "ask_picture":
            if draw.random() < 0.5:
                pictures.append(name)
        elif kind in ("several", "ask_several"):
            codes = check.get("choices") or ["a", "b"]
            sent += [(name, code) for code in codes if draw.random() < 0.4]
        elif draw.random() < 0.9:
            sent.append((name, value_for(check, draw)))
    return sent, pictures


def value_for(check: dict[str, Any], draw: random.Random) -> str:
    way = draw.random()
    if way < 0.1:
        return draw.choice(BLANK)
    if way < 0.7:
        likely: list[str] = check.get("choices") or LIKELY.get(check["kind"], CODES)
        return draw.choice(likely)
    if way < 0.9:
        return draw.choice(ALL)
    digits = draw.choice(["0123456789", "०१२३४५६७८९", "٠١٢٣٤٥٦٧٨٩"])
    signs = digits + draw.choice(["", " ", "-", "+.,", "abcK", "आकि्"])
    return "".join(draw.choice(signs) for _n in range(draw.choice([1, 2, 4, 9, 10, 11, 12, 13])))


def verdict(make: Make, sent: Typed, pictures: list[str]) -> dict[str, Any]:
    """Return the words of the server by field; of a minor only that."""
    data = QueryDict(mutable=True)
    for name, value in sent:
        data.appendlist(name, value)
    files = MultiValueDict({name: [SimpleUploadedFile("1.jpg", b"x")] for name in pictures})
    form = make(data, files)
    if isinstance(form, AdultForm) and form.is_minor:
        return {"minor": True}
    return {name: list(map(str, errors)) for name, errors in form.errors.items()}


def on_the_phone(told: dict[str, Any]) -> dict[str, Any]:
    return {"minor": True} if told["minor"] else told["faults"]


def judge_alike(chromium: Browser, forms_: list[tuple[str, Make]], tries: int, seed: str) -> None:
    draw = random.Random(seed)
    cases: list[Any] = []
    expected = []
    for language in ("hi", "en"):
        with translation.override(language):
            for name, make in forms_:
                declaration = declared_checks(make())
                for _n in range(tries):
                    sent, pictures = typed_into(declaration, draw)
                    cases.append([declaration, [*sent, *((one, "picture") for one in pictures)]])
                    expected.append((name, sent, verdict(make, sent, pictures)))
    page = chromium.new_page()
    page.clock.set_fixed_time(NOW)
    page.evaluate(LOAD, CHECKS.read_text())
    answers = page.evaluate(JUDGE, cases)
    page.close()
    wrong = [
        (
            name,
            field,
            [value[:60] for one, value in sent if one.endswith(field)],
            said.get(field),
            here.get(field),
        )
        for (name, sent, said), told in zip(expected, answers, strict=True)
        for here in [on_the_phone(told)]
        for field in said.keys() | here.keys()
        if said.get(field) != here.get(field)
    ]
    shown = "\n".join(map(str, wrong[:12]))
    assert not wrong, (
        f"{len(wrong)} differ of {len(cases)} forms (form, field, typed, server, phone):\n{shown}"
    )
    assert any(said for _name, _sent, said in expected)
    assert any(not said for _name, _sent, said in expected)


@pytest.mark.browser
@pytest.mark.django_db  # forms offer the open kinds of requests
def test_the_phone_and_the_server_say_the_same_of_every_record(chromium: Browser) -> None:
    judge_alike(chromium, list(every_form()), 150, "records")


@pytest.mark.browser
def test_the_phone_and_the_server_say_the_same_of_any_form_of_an_office(chromium: Browser) -> None:
    draw = random.Random("forms")
    judge_alike(chromium, [(f"asked-{n}", asked(draw)) for n in range(60)], 15, "answers")


def test_every_record_with_fields_says_which_forms_it_has() -> None:
    buttons = {"try"}  # its page has buttons alone
    without = {code for code, kind in record_kinds().items() if kind.tile and not kind.checked}
    assert without == buttons


def test_every_page_of_a_record_hands_its_checks_to_the_phone() -> None:
    pages = Path(__file__).parents[2].glob("*/templates/*/*.html")
    found = [
        form
        for page in pages
        for form in re.findall(r"<form[^>]*data-record=.*?</form>", page.read_text(), re.DOTALL)
    ]
    without = [form for form in found if "{% checks" not in form and 'data-record="try"' not in form]
    assert len(found) >= sum(bool(kind.tile) for kind in record_kinds().values()) and not without


def test_a_check_that_nobody_declared_stops_the_page() -> None:
    class OddField(forms.CharField):
        def clean(self, value: Any) -> Any:
            return super().clean(value)

    class OddFieldForm(forms.Form):
        odd = OddField()

    class OddValidatorForm(forms.Form):
        odd = forms.CharField(validators=[print])

    class OddRuleForm(forms.Form):
        odd = WholeField()

        def clean_odd(self) -> Any:
            return self.cleaned_data["odd"]

    class OddKindForm(forms.Form):
        odd = forms.JSONField()

    for made in (OddFieldForm, OddValidatorForm, OddRuleForm, OddKindForm):
        with pytest.raises(CheckUndeclared):
            declared_checks(made())
