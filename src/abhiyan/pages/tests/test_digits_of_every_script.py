"""A form, a list, a text and a search give the same, in whatever digits somebody types."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from abhiyan.core.letters import only_digits, plain_digits
from abhiyan.core.natural import natural
from abhiyan.core.numbers import amount, ungrouped, whole_number
from abhiyan.core.scope import system
from abhiyan.core.words import day_written
from abhiyan.elections.rules import arithmetic
from abhiyan.enrolment.fields import YearField
from abhiyan.enrolment.rules import age
from abhiyan.enrolment.rules import number as member_number
from abhiyan.forms.rules.answers import point_in_answer
from abhiyan.helpdesk.rules import tickets
from abhiyan.imports.tables.cleaning import cleaner
from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.intake.rules import details
from abhiyan.messaging.rules import questions
from abhiyan.messaging.rules import words as said
from abhiyan.paper.rules import batches
from abhiyan.people import phones
from abhiyan.people.fields import PhoneField
from abhiyan.ui import fields
from abhiyan.units import queries as units
from abhiyan.units.models import Pin
from abhiyan.units.rules import codes, fold
from abhiyan.units.rules.pins import read_pin
from abhiyan.units.tests.make import grow

SCRIPTS = {
    "Devanagari": "०",
    "Bengali": "০",
    "Gurmukhi": "੦",
    "Gujarati": "૦",
    "Odia": "୦",
    "Tamil": "௦",
    "Telugu": "౦",
    "Kannada": "೦",
    "Malayalam": "൦",
    "Urdu": "۰",
    "Arabic": "٠",
    "Meetei Mayek": "꯰",
    "Ol Chiki": "᱐",
    "full width": "０",
}


def written(text: str, script: str) -> str:
    zero = ord(SCRIPTS[script])
    return "".join(chr(zero + int(c)) if "0" <= c <= "9" else c for c in text)


# Each text is typed somewhere; the function beside it reads it.
READERS: list[tuple[str, Callable[[str], Any]]] = [
    ("98765 43210", phones.parse),
    ("+91 9876543210", phones.parse),
    ("0098765", phones.names_other_country),
    ("3210", phones.last_four),
    ("180 001", read_pin),
    ("1980", lambda text: age.birth_said(text, year=2026)),
    ("46 years", lambda text: age.birth_said(text, year=2026)),
    ("5/11/90", lambda text: age.birth_said(text, year=2026)),
    ("05.11.1990", day_written),
    ("12,34,567", ungrouped),
    ("1.5 lakh", amount),
    ("17", lambda text: whole_number(text, most=100)),
    ("Ward 17A", natural),
    ("Ward 05", fold.folded_words),
    ("56/126", lambda text: codes.whole_code(text, state="JK")),
    ("1042-7", batches.read_batch_number),
    ("7K2M-4Q9X", tickets.read_ticket_number),
    ("K7M2-9Q4X", member_number.public_ids),
    ("K7M2", questions.clean_word),
    ("65 seats x 5,000 = 3,25,000", arithmetic.read_plan),
    ("JOIN Sunita Devi 1980 180001", said.read_said_text),
    ("Sunita Devi 1980 180001", lambda text: details.read_details(text, this_year=2026)),
    ("32.7266, 74.8570 ±18", point_in_answer),
    ("a 5-digit code: 48 291", only_digits),
]


@pytest.mark.parametrize(("text", "read"), READERS, ids=[text for text, _read in READERS])
def test_what_was_typed_is_read_alike(text: str, read: Callable[[str], Any]) -> None:
    for script in SCRIPTS:
        assert read(written(text, script)) == read(text), script
        assert plain_digits(written(text, script)) == text


CELLS = {
    CellKind.CODE: "JK-56-126",
    CellKind.INTEGER: "12,34,567",
    CellKind.DECIMAL: "32.7266",
    CellKind.YEAR: "1980",
    CellKind.DATE: "15/08/1990",
    CellKind.PIN: "180 001",
    CellKind.PHONE: "98765-43210",
}


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_of_a_list_is_read_alike(kind: CellKind) -> None:
    clean = cleaner(Field("it", "It", "यह", kind=kind), notes=Counter(), phone=phones.parse)
    values, bad = clean([CELLS[kind], *(written(CELLS[kind], script) for script in SCRIPTS)])
    assert not bad
    assert len(set(values)) == 1
    assert values[0] is not None


# The first of these that a field is an instance of says what is typed there.
TYPED: list[tuple[type[forms.Field], tuple[str, ...]]] = [
    (PhoneField, ("98765 43210", "123")),
    (YearField, ("1980", "05/11/1990")),
    (fields.WholeField, ("12", "1,00,000", "50 lakh", "1,2")),
    (forms.IntegerField, ("12",)),
    (forms.DecimalField, ("12.5",)),
    (forms.FloatField, ("12.5",)),
    (forms.DateTimeField, ("2026-11-25 10:30", "2026-11-25T10:30")),
    (forms.DateField, ("25/11/2026", "2026-11-25")),
    (forms.TimeField, ("10:30", "7:05")),
    (fields.DigitsField, ("98765 43210", "180001")),
]


def every_form() -> Iterator[type[forms.BaseForm]]:
    _ = get_resolver().url_patterns  # all views, and with them all forms
    waiting = [forms.BaseForm]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("abhiyan."):
                yield kind


def number_fields() -> list[tuple[str, forms.Field, tuple[str, ...]]]:
    found = {}
    for kind in every_form():
        for name, field in getattr(kind, "base_fields", {}).items():
            texts = next((texts for one, texts in TYPED if isinstance(field, one)), None)
            if texts is not None and not isinstance(field, fields.WhereField):
                found[f"{kind.__qualname__}.{name}"] = (f"{kind.__qualname__}.{name}", field, texts)
    return [found[key] for key in sorted(found)]


def cleaned(field: forms.Field, text: str) -> Any:
    try:
        return field.clean(text)
    except ValidationError as refused:
        return [error.code for error in refused.error_list]


def test_every_field_for_a_number_takes_digits_of_every_script() -> None:
    every = number_fields()
    assert len(every) > 60
    for name, field, texts in every:
        for text in texts:
            plain = cleaned(field, text)
            for script in SCRIPTS:
                assert cleaned(field, written(text, script)) == plain, (name, text, script)


@pytest.mark.parametrize("hour", ["10:30", "23:59"])
def test_an_hour_and_a_moment_are_what_was_typed(hour: str) -> None:
    assert fields.HourField().clean(written(hour, "Devanagari")) == fields.HourField().clean(hour)
    assert forms.DecimalField().clean(written("6.7", "Tamil")) == Decimal("6.7")
    assert fields.DayField().clean(written("25-11-2026", "Odia")) == date(2026, 11, 25)
    moment = fields.MomentField()
    assert moment.clean(written(f"2026-11-25T{hour}", "Urdu")) == moment.clean(f"2026-11-25T{hour}")


@pytest.mark.django_db
def test_a_unit_is_found_by_its_code_and_by_a_pin_code() -> None:
    with system("a test of units"):
        ids = grow({"IN": {"JK": {"R1": {"D1": {"M1": {"C1": {"JK-56-126": {}}}}}}}})
        code = "JK-56-126"
        Pin.objects.create(pin="182144", unit_id=ids[code])
        for script in SCRIPTS:
            typed = written(code, script)
            assert units.unit(typed).pk == ids[code]
            assert units.ids_of([typed, "no such code"]) == {typed: ids[code]}
            assert code in [row.code for row in units.search_units(typed)]
            assert [row.code for row in units.by_pin(written("182 144", script))] == [code]


@pytest.mark.parametrize("text", ["²", "½", "Ⅻ", "①", "x7", "7x", "", "+7", "-7", "7.5", "९" * 40])
def test_what_is_no_number_of_digits_stays_none(text: str) -> None:
    assert whole_number(text, most=10**6) is None
    assert read_pin(text) == ""
    assert phones.last_four(text) == ""
