"""Sheets that users of other tools reported as misread."""

from pathlib import Path

import pytest

from abhiyan.core.tables.layout import CellKind, Field, Layout

from .test_tables_files import read

DATA = Path(__file__).parent / "data"
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
    found = read(DATA / name, UNITS)
    assert {(one.row, one.field, one.code) for one in found.refused} == refused
    assert [(row[0], row[1], row[5]) for row in found.rows] == [(3, "JK-56-127", 1012)]


def test_a_unit_above_that_is_merged_downwards_holds_for_each_unit_below_it() -> None:
    found = read(DATA / "p34_merged_parent.xlsx", UNITS)
    assert not found.refused
    assert [(row[1], row[4]) for row in found.rows] == [
        ("JK-56-971", "JK-B6939-C1"),
        ("JK-56-972", "JK-B6939-C1"),
        ("JK-56-973", "JK-B6939-C1"),
    ]
