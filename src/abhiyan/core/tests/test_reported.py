"""Sheets that users of other tools reported as misread."""

import pytest

from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tests.test_tables_files import read

from .given import CASES

UNITS = Layout(
    "units",
    (
        Field("code", "Code", "कोड", "", CellKind.CODE, required=True),
        Field("kind", "Kind", "प्रकार", ""),
        Field("name_en", "English name", "अंग्रेज़ी नाम", "", CellKind.NAME),
        Field("organisational_parent", "Unit above", "ऊपर की इकाई", "", CellKind.CODE),
        Field("electors", "Electors", "मतदाता", "", CellKind.INTEGER),
        Field("households", "Households", "परिवार", "", CellKind.INTEGER),
    ),
)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("p29_error_cell.ods", {(2, "electors", "error_cell")}),
        ("p29b_error_cell.xlsx", {(2, "electors", "error_cell"), (4, "electors", "uncalculated")}),
        ("p29d_units_error_cells.xlsx", {(2, "electors", "error_cell")}),
    ],
)
def test_a_lookup_that_failed_is_refused_and_no_blank(name: str, refused: set[tuple[int, str, str]]) -> None:
    found = read(CASES / name, UNITS)
    assert {(one.row, one.field, one.code) for one in found.refused} == refused
    assert [(row[0], row[1], row[5]) for row in found.rows] == [(3, "JK-56-127", 1012)]


def test_a_unit_above_that_is_merged_downwards_holds_for_each_unit_below_it() -> None:
    found = read(CASES / "p34_merged_parent.xlsx", UNITS)
    assert not found.refused
    assert [(row[1], row[4]) for row in found.rows] == [
        ("JK-56-971", "JK-B6939-C1"),
        ("JK-56-972", "JK-B6939-C1"),
        ("JK-56-973", "JK-B6939-C1"),
    ]


PEOPLE = Layout(
    "people",
    (
        Field("phone", "Phone", "फ़ोन", "", CellKind.PHONE, required=True),
        Field("name", "Name", "नाम", "", CellKind.NAME, required=True),
        Field("birth_year", "Birth year", "जन्म का साल", "", CellKind.YEAR, required=True),
        Field("booth", "Booth", "बूथ", "", CellKind.CODE),
    ),
)


def test_a_shared_string_without_text_is_blank_and_no_word_of_the_workbook() -> None:
    found = read(CASES / "p01_empty_shared_string.xlsx", UNITS)
    assert not found.refused and [row[1:4] for row in found.rows] == [
        ("JK-56-901", "booth", "Booth 901"),
        ("JK-56-902", "booth", "Booth 902"),
    ]
    nameless = read(CASES / "p01b_empty_name.xlsx", PEOPLE)
    assert [row[2] for row in nameless.rows] == ["Sunita Devi", "Mohan Lal"]
    assert {(one.row, one.field) for one in nameless.refused} == {(4, "name")}


@pytest.mark.parametrize(
    "name",
    ["p02_prefixed.xlsx", "p02b_prefixed_rels.xlsx", "p02c_other_rid_prefix.xlsx", "p02d_strict.xlsx"],
)
def test_workbooks_of_other_writers_lose_no_row(name: str) -> None:
    found = read(CASES / name, PEOPLE)
    assert not found.refused
    assert [(row[2], row[1]) for row in found.rows] == [
        ("Sunita Devi", "+919876500001"),
        ("Mohan Lal", "+919876500002"),
        ("Asha Rani", "+919876500003"),
    ]


def test_a_first_line_that_names_the_separator_is_no_row() -> None:
    found = read(CASES / "p33_sep_line.csv", PEOPLE)
    assert not found.refused and [row[2:] for row in found.rows] == [("Sunita Devi", 1980, "JK-56-126")]
