"""Workbooks and open documents as people make them; and what travels between the processes that read them."""

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.sniffing import sniff

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


def test_an_open_document_sheet_is_read(tmp_path: Path) -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in line.split(",")
        )
        + "</table:table-row>"
        for line in (HEAD.strip(), ASHA.strip())
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "list.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr("content.xml", content)
    assert read(tmp_path / "list.ods").rows == [(2, *ASHA_ROW)]


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
