"""A cell of a list may hold more than one number: the mobile is read, and two mobiles are refused."""

from collections import Counter

import pytest

from abhiyan.imports.tables.cleaning import cleaner
from abhiyan.imports.tables.layout import CellKind, Field
from abhiyan.people import phones

PHONE = Field("phone", "Phone", "फ़ोन", kind=CellKind.PHONE)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        # As offices write them: a file that users brought has the first six.
        ("9419012201/9419012202", "!phones"),
        ("9419012203, 9419012204", "!phones"),
        ("9419012205 9419012206", "!phones"),
        ("94190-12207 (M) 01991-232323 (R)", "+919419012207"),
        ("9419012208;9419012209", "!phones"),
        ("91-94190 12210", "+919419012210"),
        ("94190 12205 94190 12206", "!phones"),
        ("+91 94190 12205 / +91 94190 12206", "!phones"),
        ("9419012205 और 9419012206", "!phones"),
        ("९४१९०१२२०५, ९४१९०१२२०६", "!phones"),
        ("9419012205/06", "!phones"),
        ("9419012205 / 9419012205", "+919419012205"),
        ("M: 9419012205, R: 01991 232323", "+919419012205"),
        ("मो. 9419012205", "+919419012205"),
        ("9419012205 (whatsapp)", "+919419012205"),
        ("01991-232323", "!phone"),
        ("01991-232323 / 01991-232324", "!phone"),
        ("94190122055", "!phone"),
        ("9419012205 5", "!phones"),
        ("941901220", "!phone"),
        ("at the office", "!phone"),
    ],
)
def test_a_cell_with_several_numbers_is_read_by_one_rule(cell: str, value: str) -> None:
    values, bad = cleaner(PHONE, notes=Counter(), phone=phones.parse)([cell, "x"])
    assert (f"!{bad[0]}" if 0 in bad else values[0]) == value


def test_a_cell_of_many_numbers_is_answered_without_looking_at_all_of_it() -> None:
    values, bad = cleaner(PHONE, notes=Counter(), phone=phones.parse)(["9419012205 " * 10_000])
    assert (values, bad) == ([None], {0: "too_long"})
