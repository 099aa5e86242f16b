"""The page names each part of a sheet that is no value of a cell, in every format that shows it."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from abhiyan.imports.tables import sheet_parts
from abhiyan.imports.tables.reasons import TableRefused
from abhiyan.imports.tables.sniffing import Preview, mapped, sniff

from .test_tables_files import ASHA, HEAD, PAPER, put
from .workbooks import FORMATS, MadeSheet, xlsx_file

ROW = ASHA.strip().split(",")
UNSEEN = (
    "This old format does not show us hidden rows, comments and failed formulas (#REF!, #N/A). "
    "If the sheet has any, save it as .xlsx."
)


def made(rows: int = 6, **more: Any) -> MadeSheet:
    return MadeSheet([HEAD.strip().split(","), *[list(ROW) for _n in range(rows)]], **more)


def titled() -> MadeSheet:
    sheet = made()
    sheet.rows[:0] = [["List of Doda"], [], ["Sent by the office"]]
    return sheet


def said(path: Path) -> list[str]:
    with translation.override("en"):
        return [str(problem) for problem in sniff(path, PAPER).problems]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    ("sheet", "text", "needs"),
    [
        (made(hidden_rows={2, 3, 5}), "Rows hidden in the sheet are read like the others: 3–4, 6.", "parts"),
        (
            made(hidden_rows={1}, is_filtered=True),
            "Rows hidden in the sheet are read like the others: 2.",
            "parts",
        ),
        (
            made(struck={(2, 0), (2, 1), (3, 1), (6, 2)}),
            "Rows struck through in the sheet are read like the others: 3–4, 7.",
            "parts",
        ),
        (made(hidden_columns={0, 2}), "Columns hidden in the sheet are read like the others: A, C.", "parts"),
        (
            made(comments={(3, 1): "moved to Jammu", (0, 2): "as told"}),
            "Comments on cells are not read: C1, B4.",
            "parts",
        ),
        (made(is_drawn=True), "Pictures, charts and text boxes on the sheet are not read.", "parts"),
        (
            made(merged=[(2, 1, 4, 1)]),
            "The value of merged cells holds for each of their rows: B3:B5.",
            "sheet",
        ),
        (
            made(merged=[(2, 1, 2, 2)]),
            "The value of merged cells holds for their first column only: B3:C3.",
            "sheet",
        ),
        (
            made(others=[MadeSheet([["more"]], "More"), MadeSheet([[""]], "Nothing")]),
            "Only the sheet “List” is read, not: More.",
            "sheet",
        ),
        (
            made(others=[MadeSheet([["more"]], "More", state="hidden")]),
            "Hidden sheets are not read: More.",
            "sheet",
        ),
        (titled(), "Rows above the column names are not read: 1, 3.", ""),
    ],
)
def test_each_part_is_named_or_the_format_is(
    tmp_path: Path, sheet: MadeSheet, text: str, needs: str, ending: str
) -> None:
    path = put(tmp_path, FORMATS[ending](sheet), name=f"list.{ending}")
    expected = [text] if not needs or ending not in ("csv", "xls" if needs == "parts" else "") else []
    assert sorted(said(path)) == sorted([*expected, *([UNSEEN] if ending == "xls" else [])])


@pytest.mark.parametrize("ending", FORMATS)
def test_a_plain_sheet_needs_no_word(tmp_path: Path, ending: str) -> None:
    plain = made(others=[MadeSheet([[""]], "Sheet2"), MadeSheet([[""]], "Sheet3", state="hidden")])
    path = put(tmp_path, FORMATS[ending](plain), name=f"list.{ending}")
    assert said(path) == ([UNSEEN] if ending == "xls" else [])


@pytest.mark.parametrize("ending", FORMATS)
def test_a_column_without_a_name_that_begins_late_is_named(tmp_path: Path, ending: str) -> None:
    sheet = made(450 if ending != "xls" else 230)
    for row in sheet.rows:
        row.append("")
    sheet.rows[-2][-1] = "see below"
    path = put(tmp_path, FORMATS[ending](sheet), name=f"list.{ending}")
    assert "This list does not use these columns: D." in said(path)
    sheet.rows[-2][-1] = ""
    path = put(tmp_path, FORMATS[ending](sheet), name=f"list.{ending}")
    assert "This list does not use these columns: D." not in said(path)


def test_many_parts_are_counted(tmp_path: Path) -> None:
    sheet = made(100, hidden_rows=set(range(2, 90, 2)), comments={(n, 0): "x" for n in range(1, 40)})
    found = said(put(tmp_path, xlsx_file(sheet), name="list.xlsx"))
    assert any(text.startswith("Rows hidden") and text.endswith("39, 41 and 24 more.") for text in found)
    assert any(text.startswith("Comments") and text.endswith("A21 and 19 more.") for text in found)


def test_hidden_rows_far_down_and_blank_ones_are_told_apart(tmp_path: Path) -> None:
    sheet = made(600, hidden_rows={590, 700, 701})
    found = said(put(tmp_path, xlsx_file(sheet), name="list.xlsx"))
    assert found == ["Rows hidden in the sheet are read like the others: 591."]


def test_it_stays_said_whatever_columns_are_chosen(tmp_path: Path) -> None:
    sheet = made(
        hidden_rows={2}, comments={(1, 1): "x"}, others=[MadeSheet([["y"]], "Y", state="veryHidden")]
    )
    preview = sniff(put(tmp_path, xlsx_file(sheet), name="list.xlsx"), PAPER)
    again: Preview = mapped(preview, PAPER, {"phone": 1, "name": 0})
    assert {"hidden_rows", "comments", "hidden_sheets"} <= {problem.code for problem in again.problems}


@pytest.mark.parametrize(
    "change",
    [
        lambda part: part.replace('hidden="1"', "hidden='true'"),
        lambda part: part.replace('hidden="1"', 'ht="0" customHeight="1"'),
        lambda part: part.replace('hidden="1"', "ht='0.00'"),
        lambda part: part.replace("<row ", "<x:row ").replace("</row>", "</x:row>"),
    ],
)
def test_hidden_rows_of_other_writers_are_seen(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = put(tmp_path, xlsx_file(made(hidden_rows={2})), name="list.xlsx")
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    space = 'xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    parts[sheet] = change(parts[sheet]).replace("<worksheet ", f"<worksheet {space}", 1)
    with zipfile.ZipFile(path, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    found = sheet_parts.sheet_parts(path, "List", width=3, merged=None)
    assert found.rows == [(2, 2)]


def test_an_error_with_a_comment_is_still_an_error(tmp_path: Path) -> None:
    from .test_tables_files import read

    sheet = made(2, comments={(1, 2): "why?"})
    sheet.rows[1][2] = "#N/A"
    path = put(tmp_path, FORMATS["ods"](sheet), name="list.ods")
    assert [(one.row, one.code) for one in read(path).refused] == [(2, "error_cell")]


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
@pytest.mark.parametrize("asked", [None, "List"])
def test_a_list_on_a_hidden_sheet_is_not_called_empty(tmp_path: Path, ending: str, asked: str | None) -> None:
    hidden = made(state="hidden")
    book = MadeSheet([[""]], "Start", others=[hidden])
    path = put(tmp_path, FORMATS[ending](book), name=f"list.{ending}")
    with pytest.raises(TableRefused) as refused:
        sniff(path, PAPER, sheet=asked)
    assert (refused.value.reason, refused.value.facts) == ("only_hidden", {"named": "List"})


def test_a_sheet_that_cannot_be_looked_through_is_said(tmp_path: Path) -> None:
    path = put(tmp_path, xlsx_file(made(hidden_rows={2})), name="list.xlsx")
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<pageMargins", b"<pageMargins left='1'")  # twice: no XML
    with zipfile.ZipFile(path, "w") as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    assert UNSEEN in said(path)
    assert not sheet_parts.sheet_parts(path, "List", width=3, merged=None).is_seen
