"""Workbooks and open documents as people make them; and what travels between the processes that read them."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from abhiyan.imports.tables.reasons import TableRefused, refusal_reason
from abhiyan.imports.tables.sniffing import sniff
from abhiyan.imports.tables.unread import find_unread_cells

from .test_tables_files import ASHA, ASHA_ROW, HEAD, PAPER, put, read, workbook


def test_a_workbook_is_read_as_somebody_typed_it(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            ["Membership drive"],
            [],
            ["नाम", "मोबाइल नंबर", "जन्म वर्ष", "दिनांक", "बूथ"],
            ["आशा देवी", 9812345678, 1990, date(2026, 11, 15), "007"],
            [],
            ["Sunita", "98123 45679", "1991", 46341, 12],
            ["Ramesh", 12, 1.5, "x", None],
        ],
    )
    preview = sniff(path, PAPER)
    assert (preview.source.header_row, preview.rows) == (3, 4)
    found = read(path)
    assert found.rows == [
        (4, "+919812345678", "आशा देवी", 1990, "007", date(2026, 11, 15)),
        (6, "+919812345679", "Sunita", 1991, "12", date(2026, 11, 15)),
    ]
    assert {(r.row, r.field) for r in found.refused} == {(7, "phone"), (7, "birth_year"), (7, "day")}
    assert found.skipped == 1


def test_a_list_that_begins_inside_the_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for column, cells in zip(
        "CDE", zip(HEAD.strip().split(","), ASHA.strip().split(","), strict=True), strict=True
    ):
        book.active[f"{column}5"], book.active[f"{column}6"] = cells
    book.save(tmp_path / "list.xlsx")
    assert read(tmp_path / "list.xlsx").rows == [(6, *ASHA_ROW)]


def test_the_first_sheet_with_anything_is_read_and_the_others_named(tmp_path: Path) -> None:
    table = [HEAD.strip().split(","), ASHA.strip().split(",")]
    path = workbook(tmp_path, [], table, [["Name"], ["x"]], names=["Empty", "Members", "Other"])
    preview = sniff(path, PAPER)
    assert preview.source.sheet == "Members"
    assert [p.code for p in preview.problems] == ["other_sheets"]
    assert "Other" in str(preview.problems[0])
    assert sniff(path, PAPER, sheet="Members").problems == ()
    with pytest.raises(TableRefused) as caught:
        sniff(path, PAPER, sheet="Nowhere")
    assert caught.value.reason == "no_such_sheet"


def test_a_sensitive_column_of_a_sheet_never_leaves_its_process(tmp_path: Path) -> None:
    table = [["Caste", *HEAD.strip().split(",")], *[["MARKER", *ASHA.strip().split(",")]] * 5]
    path = workbook(tmp_path, table)
    preview = sniff(path, PAPER)
    assert "MARKER" not in repr((preview, read(path)))
    assert preview.dropped == {"caste": 1}


def _cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def open_document(tmp_path: Path, *cells: str) -> Path:
    """An .ods with names of columns and a row of these cells, as XML."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    head = "".join(map(_cell, HEAD.strip().split(",")))
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0" xmlns:calcext="urn:calcext">'
        f'<office:body><office:spreadsheet><table:table table:name="A"><table:table-row>{head}</table:table-row>'
        f"<table:table-row>{''.join(cells)}</table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "list.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr("content.xml", content)
    return tmp_path / "list.ods"


def test_an_open_document_sheet_is_read(tmp_path: Path) -> None:
    assert read(open_document(tmp_path, *map(_cell, ASHA.strip().split(",")))).rows == [(2, *ASHA_ROW)]


WITH_BOOTH = [*HEAD.strip().split(","), "Booth"]
ASHA_CELLS = [*ASHA.strip().split(","), "B7"]


def test_a_cell_without_a_value_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = workbook(tmp_path, [WITH_BOOTH, *[ASHA_CELLS] * 6])
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    for place, text in {"A2": "#N/A", "B3": "#NAME?", "C4": "#VALUE!", "D5": "#REF!"}.items():
        book.active[place] = text  # openpyxl writes an error for it
    book.active["D6"] = "=VLOOKUP(A6,Booths!A:B,2,FALSE)"  # nobody has calculated it
    book.active["D7"] = None
    book.save(path)
    found = read(path)
    assert {(one.row, one.field, one.code) for one in found.refused} == {
        (2, "phone", "error_cell"),
        (3, "name", "error_cell"),
        (4, "birth_year", "error_cell"),
        (5, "booth", "error_cell"),
        (6, "booth", "uncalculated"),
    }
    assert [row[0] for row in found.rows] == [7], "a blank cell is blank"
    assert "#REF!" in refusal_reason("error_cell", field=PAPER.field("booth"))


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "Err:502"])
@pytest.mark.parametrize("column", range(4))
def test_an_error_written_into_a_csv_is_refused_too(tmp_path: Path, error: str, column: int) -> None:
    cells = [error if n == column else cell for n, cell in enumerate(ASHA_CELLS)]
    path = put(tmp_path, "\n".join(map(",".join, (WITH_BOOTH, cells, ASHA_CELLS))))
    assert [(one.row, one.code) for one in read(path).refused] == [(2, "error_cell")]


def test_a_formula_with_an_empty_result_is_blank(tmp_path: Path) -> None:
    path = workbook(tmp_path, [WITH_BOOTH, ASHA_CELLS])
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    begin = sheet.index('<c r="D2"')
    rest = sheet[sheet.index("</c>", begin) + 4 :]
    parts["xl/worksheets/sheet1.xml"] = (
        sheet[:begin] + '<c r="D2" t="str"><f>IF(A2="","x","")</f><v></v></c>' + rest
    )
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    assert read(path).rows == [(2, *ASHA_ROW)]


def test_an_error_of_an_open_document_sheet_is_refused(tmp_path: Path) -> None:
    failed = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    path = open_document(tmp_path, *map(_cell, ASHA_CELLS[:2]), failed)
    assert [(one.row, one.field, one.code) for one in read(path).refused] == [(2, "birth_year", "error_cell")]


def test_a_cell_merged_downwards_stands_in_each_of_its_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path, [WITH_BOOTH, ASHA_CELLS, *[[*ASHA_CELLS[:3], None]] * 3, [None] * 4])
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active.merge_cells("D2:D4")
    book.save(path)
    assert [(row[0], row[4]) for row in read(path).rows] == [(2, "B7"), (3, "B7"), (4, "B7"), (5, None)]
    assert len(sniff(path, PAPER).columns[3].samples) == 3, "the preview shows it too"
    tall = _cell("1990").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"', 1)
    named = "".join(map(_cell, ASHA_CELLS[:2]))
    below = f"</table:table-row><table:table-row>{named}<table:covered-table-cell/>"
    assert [row[3] for row in read(open_document(tmp_path, named, tall, below)).rows] == [1990, 1990]


def test_where_errors_cannot_be_seen_it_is_said(tmp_path: Path) -> None:
    path = put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an .xls, a binary format", name="old.xls")
    assert not find_unread_cells(path, "Sheet1", merged=None).is_told
    assert find_unread_cells(workbook(tmp_path, [WITH_BOOTH]), "Sheet", merged=None).is_told


def test_a_refusal_travels_between_processes() -> None:
    import pickle

    found = pickle.loads(pickle.dumps(TableRefused("bad_utf8", line=3, byte=40)))
    assert (found.reason, found.facts, str(found)) == (
        "bad_utf8",
        {"line": 3, "byte": 40},
        str(TableRefused("bad_utf8", line=3, byte=40)),
    )


def test_what_sniffing_found_travels_between_processes(tmp_path: Path) -> None:
    import pickle

    path = put(tmp_path, HEAD + ASHA)
    preview = sniff(path, PAPER)
    layout, again = pickle.loads(pickle.dumps((PAPER, preview)))
    assert (layout, again) == (PAPER, preview)
