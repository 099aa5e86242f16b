"""Files as people send them: understood, or refused with the place and the fix."""

import random
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.reading import Batch, RefusedCell, read_rows
from abhiyan.imports.tables.reasons import CELL, FILE, KINDS, NOTES, SENSITIVE, TableRefused, refusal_reason
from abhiyan.imports.tables.scanning import split_file
from abhiyan.imports.tables.sniffing import Preview, mapped, sniff

PAPER = Layout(
    "paper",
    (
        Field("phone", "Mobile number", "मोबाइल नंबर", "phone", CellKind.PHONE, True),
        Field("name", "Name", "नाम", "", CellKind.NAME, True, max_length=120),
        Field("birth_year", "Birth year", "जन्म वर्ष", "", CellKind.YEAR, True, least=1900, most=2026),
        Field("booth", "Booth", "बूथ", "", CellKind.CODE),
        Field("day", "Day", "दिनांक", "", CellKind.DATE, least=date(2026, 11, 1), most=date(2026, 11, 30)),
    ),
)
HEAD = "Mobile number,Name,Birth year\n"
ASHA = "9812345678,Asha Devi,1990\n"
ASHA_ROW = ("+919812345678", "Asha Devi", 1990, None, None)


def phone(cell: str) -> str | None:
    digits = "".join(c for c in cell if c.isdigit())[-10:]
    return "+91" + digits if len(digits) == 10 and digits[0] in "6789" else None


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def put(tmp_path: Path, content: bytes | str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(tmp_path: Path, *sheets: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, content in enumerate(sheets):
        sheet = book.create_sheet(names[number] if names else None)
        for row in content:
            sheet.append(list(row))
    book.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def read(path: Path, layout: Layout = PAPER, preview: Preview | None = None, **more: Any) -> Batch:
    """The whole file as one batch."""
    preview = preview or sniff(path, layout)
    assert preview.ready, [str(p) for p in preview.problems]
    out = Batch()
    for part in split_file(path, 2, source=preview.source):
        for b in read_rows(
            path, layout, preview.mapping, source=preview.source, part=part, phone=phone, **more
        ):
            out.rows += b.rows
            out.refused += b.refused
            out.refused_rows += b.refused_rows
            out.discarded += b.discarded
            out.skipped += b.skipped
            out.notes += b.notes
            out.done = b.done
    return out


def refusal(path: Path, layout: Layout = PAPER) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        sniff(path, layout)
    return caught.value


# Encodings.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_in_any_form_is_read(tmp_path: Path, encoding: str) -> None:
    text = "मोबाइल नंबर,नाम,जन्म वर्ष\n९८१२३४५६७८,आशा देवी,१९९०\n".replace(
        "नाम", "Name" if "-" in encoding else "नाम"
    )
    found = read(put(tmp_path, text.encode(encoding)))
    assert found.rows == [(2, "+919812345678", "आशा देवी", 1990, None, None)]


def test_utf_16_without_its_mark_is_known_by_its_empty_bytes(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        preview = sniff(put(tmp_path, (HEAD + ASHA).encode(encoding)), PAPER)
        assert preview.source.encoding == encoding
        assert preview.rows == 1


def test_a_csv_in_windows_1252_is_read_and_said(tmp_path: Path) -> None:
    path = put(tmp_path, (HEAD + "9812345678,José D’Souza,1990\n").encode("windows-1252"))
    preview = sniff(path, PAPER)
    assert [p.code for p in preview.problems] == ["guessed_encoding"]
    assert read(path).rows[0][2] == "José D’Souza"


def test_a_csv_in_the_wrong_encoding_names_the_line_and_the_fix(tmp_path: Path) -> None:
    good = (HEAD + "9812345678,आशा,1990\n" * 3).encode()
    path = put(tmp_path, good + b"9812345679,Jos\xe9,1990\n")
    found = refusal(path)
    assert (found.reason, found.facts) == ("bad_utf8", {"line": 5, "byte": len(good) + 15})
    assert "Line 5" in str(found)
    assert "CSV UTF-8" in str(found)
    with translation.override("hi"):
        assert "पंक्ति 5" in str(found)
        assert "CSV UTF-8" in str(found)


def test_a_broken_letter_far_into_a_csv_is_found_by_the_first_look(tmp_path: Path) -> None:
    good = (HEAD + "9812345678,आशा,1990\n" * 60_000).encode()
    path = put(tmp_path, good + b"9812345679,\xe0\xa4,1990\n")
    assert refusal(path).facts == {"line": 60_002, "byte": len(good) + 12}


def test_a_csv_in_an_unknown_encoding_names_the_line(tmp_path: Path) -> None:
    found = refusal(put(tmp_path, HEAD.encode() + b"9812345678,\x81\x8d\x8f\x90\x9d\xc0\xc1,1990\n"))
    assert (found.reason, found.facts["line"]) == ("unknown_encoding", 2)


def test_a_list_typed_in_an_old_hindi_font_is_refused(tmp_path: Path) -> None:
    found = refusal(put(tmp_path, "Ø-la-,uke,eksckby,ftyk\n1,vk'kk nsoh,9812345678,dBqvk\n"))
    assert (found.reason, found.facts) == ("legacy_font", {"line": 1})


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["vk'kk nsoh", "vfuy dqekj", "jktw", "xhrk", "eksgu yky"], 2),
        (["Asha Devi", "jkeiqj", "fot; uxj"], 3),
        (["Asha Devi", "Anil Kumar", "Raju Lal", "R. Das", "eksgu yky"], None),
        (["Jaskirat Singh", "Flag Hoisting", "Mohd. Yky"], None),
    ],
)
def test_a_column_typed_in_an_old_hindi_font_is_refused_below_english_headers(
    tmp_path: Path, names: list[str], line: int | None
) -> None:
    path = put(tmp_path, HEAD + "".join(f"981234567{n},{name},1990\n" for n, name in enumerate(names)))
    if line is None:
        assert sniff(path, PAPER).rows == len(names)
    else:
        found = refusal(path)
        assert (found.reason, found.facts) == ("legacy_font", {"line": line})


def test_hindi_saved_twice_is_refused(tmp_path: Path) -> None:
    garbled = "आशा देवी".encode().decode("cp1252", "replace")
    found = refusal(put(tmp_path, HEAD + f"9812345678,{garbled},1990\n"))
    assert (found.reason, found.facts) == ("mojibake_file", {"line": 2})


def test_letters_lost_to_question_marks_are_refused(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + "9812345678,??? ????,1990\n" + ASHA))
    assert [r[:3] for r in found.refused] == [(2, "name", "question_marks")]
    assert found.rows == [(3, *ASHA_ROW)]


# Kinds of files.


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    text = (HEAD + ASHA).replace(",", delimiter)
    assert read(put(tmp_path, text)).rows == [(2, *ASHA_ROW)]


def test_a_semicolon_list_with_commas_in_it_is_not_cut_at_the_commas(tmp_path: Path) -> None:
    text = "Name;Mobile number;Birth year\n" + "Devi, Asha;9812345678;1990\n" * 3
    assert read(put(tmp_path, text)).rows[0] == (2, "+919812345678", "Devi, Asha", 1990, None, None)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_machine(tmp_path: Path, newline: str) -> None:
    found = read(put(tmp_path, (HEAD + ASHA + ASHA.strip()).replace("\n", newline)))
    assert found.rows == [(2, *ASHA_ROW), (3, *ASHA_ROW)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (HEAD.encode(), "no_rows"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n....", "not_a_table"),
        (b'{"phone": "9812345678"}', "not_a_table"),
        (b"BEGIN:VCARD\nVERSION:3.0\n", "not_a_table"),
        (b"<html><table><tr><td>Mobile</td></tr></table></html>", "html_table"),
        (b'<?xml version="1.0"?><Workbook/>', "html_table"),
        (b"\x1f\x8b\x08\x00....", "archive"),
        (b"PK\x03\x04 not really", "damaged_file"),
        (random.Random(59).randbytes(64).replace(b"\n", b"\0") + bytes(200), "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged_file"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    found = refusal(put(tmp_path, content, "list.xlsx"))
    assert found.reason == reason
    assert "%(" not in str(found)


def test_a_text_document_is_not_a_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    assert refusal(tmp_path / "a.docx").facts == {"kind": "document"}


def test_a_packed_csv_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("list.csv", HEAD)
    assert refusal(tmp_path / "a.zip").reason == "archive"


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _ in range(60):
                entry.write(bytes(1 << 20))
    assert refusal(tmp_path / "list.xlsx").reason == "zip_bomb"


def test_a_sheet_with_a_cell_in_the_last_corner_is_refused_and_nobody_dies(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "Name"
    book.active["XFD1048576"] = "far away"
    book.save(tmp_path / "list.xlsx")
    assert refusal(tmp_path / "list.xlsx").reason == "sheet_too_large"


def test_a_file_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefused) as caught:
        sniff(put(tmp_path, HEAD + ASHA * 100_000), PAPER, max_bytes=1 << 20)
    assert (caught.value.reason, caught.value.facts) == ("file_too_large", {"limit_mb": 1})


# Half-uploaded files.


def test_a_csv_cut_inside_a_letter_is_refused(tmp_path: Path) -> None:
    whole = (HEAD + "9812345678,आशा देवी,1990\n" * 9).encode()
    assert refusal(put(tmp_path, whole[: whole.rfind("दे".encode()) + 1])).reason == "cut_short"


def test_a_csv_cut_inside_a_quoted_cell_is_refused(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, HEAD + ASHA + '9812345678,"Asha')).reason == "cut_short"


def test_a_csv_cut_inside_a_row_refuses_that_row(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + ASHA + "98123456"))
    assert found.rows == [(2, *ASHA_ROW)]
    assert {(r.row, r.field, r.code) for r in found.refused} == {
        (3, "phone", "phone"),
        (3, "name", "missing"),
        (3, "birth_year", "missing"),
    }
    assert found.refused_rows == 1


def test_half_a_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path, [["Name", "Phone"], *[["Asha", i] for i in range(500)]]).read_bytes()
    assert refusal(put(tmp_path, whole[: len(whole) // 2], "half.xlsx")).reason == "damaged_file"


def test_a_file_that_changed_since_it_was_looked_at_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + ASHA)
    preview = sniff(path, PAPER)
    put(tmp_path, HEAD + ASHA * 2)
    with pytest.raises(TableRefused) as caught:
        read(path, preview=preview)
    assert caught.value.reason == "changed"


# Headers.


def test_title_rows_above_the_header_are_skipped_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    text = "Membership drive 2026,,\nDistrict Kathua,,\n,,\n" + HEAD + ASHA + ",,\n\n" + ASHA
    preview = sniff(path := put(tmp_path, text), PAPER)
    assert (preview.source.header_row, preview.source.first_row) == (4, 5)
    found = read(path)
    assert found.rows == [(5, *ASHA_ROW), (8, *ASHA_ROW)]
    assert found.skipped == 2


def test_names_in_two_languages_one_row_each(tmp_path: Path) -> None:
    preview = sniff(path := put(tmp_path, "मोबाइल नंबर,नाम,जन्म वर्ष\n" + HEAD + ASHA), PAPER)
    assert preview.source.first_row == 3
    assert preview.columns[1].header == "नाम / Name"
    assert read(path).rows == [(3, *ASHA_ROW)]


def test_a_header_that_comes_again_is_skipped(tmp_path: Path) -> None:
    units = Layout(
        "units",
        (Field("code", "Code", "कोड", "", CellKind.CODE, True), Field("name", "Name", "नाम")),
        personal=False,
    )
    found = read(put(tmp_path, "Code,Name\nA1,Kathua\nCode,Name\nA2,Samba\n"), units)
    assert found.rows == [(2, "A1", "Kathua"), (4, "A2", "Samba")]
    assert found.skipped == 1


def test_a_list_without_a_header_asks_which_column_is_which(tmp_path: Path) -> None:
    path = put(tmp_path, "9812345678,Asha Devi,1990\n9812345679,Sunita,1991\n")
    preview = sniff(path, PAPER)
    assert {"no_header", "missing_columns"} == {p.code for p in preview.problems}
    assert not preview.ready
    chosen = mapped(preview, PAPER, {"phone": 0, "name": 1, "birth_year": 2})
    assert chosen.ready
    assert read(path, preview=chosen).rows[0] == (1, *ASHA_ROW)


def test_missing_columns_are_named_in_both_languages(tmp_path: Path) -> None:
    preview = sniff(put(tmp_path, "Name,Village\nAsha,Katra\n"), PAPER)
    assert [p.code for p in preview.problems] == ["missing_columns"]
    assert "Mobile number / मोबाइल नंबर" in str(preview.problems[0])
    with pytest.raises(TableRefused, match="Birth year / जन्म वर्ष"):
        next(read_rows(tmp_path / "list.csv", PAPER, preview.mapping, source=preview.source, phone=phone))


def test_doubled_headers_are_refused_by_name_and_column(tmp_path: Path) -> None:
    path = put(
        tmp_path, "Mobile number,Name,Birth year,Mobile Number\n9812345678,Asha Devi,1990,9812345679\n"
    )
    preview = sniff(path, PAPER)
    assert not preview.ready
    problem = next(p for p in preview.problems if p.blocking)
    assert (problem.code, problem.facts["columns"]) == ("doubled_header", "A, D")
    assert "Mobile number" in str(problem)
    assert read(path, preview=mapped(preview, PAPER, {**preview.mapping, "phone": 0})).rows == [
        (2, *ASHA_ROW)
    ]


def test_doubled_headers_nobody_reads_are_only_told(tmp_path: Path) -> None:
    preview = sniff(put(tmp_path, HEAD.strip() + ",Remark,Remark\n" + ASHA.strip() + ",a,b\n"), PAPER)
    assert preview.ready
    assert [p.code for p in preview.problems] == ["doubled_ignored"]


def test_columns_nobody_reads_are_told_by_name_alone_once_the_others_are_known(tmp_path: Path) -> None:
    row = ASHA.strip() + ",VALUE,VALUE"
    preview = sniff(put(tmp_path, f"{HEAD.strip()},Remark,\n{row}\n"), PAPER)
    assert preview.ready
    (problem,) = preview.problems
    assert problem.code == "unread_columns" and str(problem).endswith(
        "does not use these columns: Remark, E."
    )
    assert "VALUE" not in str(problem)
    assert [p.code for p in mapped(preview, PAPER, {"phone": 3}).problems] == ["missing_columns"]


def test_200_columns_are_read_for_the_three_that_matter(tmp_path: Path) -> None:
    names = [f"Column {i}" for i in range(200)]
    names[17], names[91], names[180] = "Name", "Mobile number", "Birth year"
    cells = ["x"] * 200
    cells[17], cells[91], cells[180] = "Asha Devi", "9812345678", "1990"
    found = read(put(tmp_path, ",".join(names) + "\n" + ",".join(cells) + "\n"))
    assert found.rows == [(2, *ASHA_ROW)]


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    found = refusal(put(tmp_path, ",".join(["a"] * 1_000_000) + "\n" + ",".join(["1"] * 1_000_000)))
    assert found.reason == "too_many_columns"
    row_only = put(tmp_path, HEAD + ASHA + ",".join(["1"] * 1_000_000) + "\n" + ASHA)
    with pytest.raises(TableRefused) as caught:
        read(row_only)
    assert (caught.value.reason, caught.value.facts) == ("line_too_long", {"row": 3})


def test_501_columns_in_a_sheet_are_refused(tmp_path: Path) -> None:
    found = refusal(workbook(tmp_path, [[f"c{i}" for i in range(501)], [1] * 501]))
    assert (found.reason, found.facts) == ("too_many_columns", {"columns": 501, "limit": 500})


# Rows.


def test_a_row_with_more_cells_than_the_header_is_refused(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + "9812345678,Devi, Asha,1990\n" + ASHA.strip() + ",,\n"))
    assert found.refused == [RefusedCell(2, "", "extra_cells", "")]
    assert found.rows == [(3, *ASHA_ROW)]


def test_a_ten_megabyte_name_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + f"9812345678,{'आ' * (10 << 20)},1990\n" + ASHA)
    tracemalloc.start()
    try:
        found = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(r.row, r.field, r.code) for r in found.refused] == [(2, "name", "too_long")]
    assert found.rows == [(3, *ASHA_ROW)]
    assert peak < 60 << 20
    assert "120" in refusal_reason("too_long", field=PAPER.field("name"))


def test_a_ten_megabyte_quoted_name_is_refused_too(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + f'9812345678,"{"A" * (10 << 20)}",1990\n' + ASHA))
    assert [(r.row, r.code) for r in found.refused] == [(2, "too_long")]
    assert found.rows == [(3, *ASHA_ROW)]


def test_a_quotation_mark_that_swallows_rows_is_refused(tmp_path: Path) -> None:
    swallowing = HEAD + '9812345678,"Asha,1990\n' + ASHA * 2 + '9812345679,Sunita",1991\n' + ASHA
    found = read(put(tmp_path, swallowing))
    assert {(r.row, r.field, r.code) for r in found.refused} >= {(2, "name", "broken_quote")}
    assert found.rows == [(3, *ASHA_ROW)]
    endless = HEAD + '9812345678,"Asha,1990\n' + ASHA * 20_000 + '9812345679,Sunita",1991\n'
    with pytest.raises(TableRefused) as caught:
        read(put(tmp_path, endless))
    assert (caught.value.reason, caught.value.facts) == ("cell_too_long", {"row": 2})


def test_nul_is_refused_and_named(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + "9812345678,As\0ha,1990\n" + ASHA))
    assert [(r.row, r.field, r.code) for r in found.refused] == [(2, "name", "nul")]
    assert "\0" not in found.refused[0].excerpt


def test_right_to_left_and_zero_width_characters_are_removed_and_counted(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + "98123\u200b45678,\u202eAsha\u202c Devi\u200f,\u20661990\n"))
    assert found.rows == [(2, *ASHA_ROW)]
    assert found.notes["name", "invisible_removed"] == 1


def test_formula_injection_in_a_name_is_refused(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + '9812345678,"=HYPERLINK(""http://evil"",""x"")",1990\n' + ASHA))
    assert [(r.row, r.field, r.code) for r in found.refused] == [(2, "name", "formula")]


JOINED = Layout(
    "joined",
    (Field("name", "Name", "नाम", "", required=True), Field("on", "Joined on", "कब जुड़े", "", CellKind.DATE)),
)


def joined(tmp_path: Path, *cells: str) -> Batch:
    return read(put(tmp_path, "Name,Joined on\n" + "".join(f"Asha,{cell}\n" for cell in cells)), JOINED)


def days(found: Batch) -> list[str]:
    return [row[2].isoformat() for row in found.rows]


def test_days_are_read_as_the_whole_column_shows(tmp_path: Path) -> None:
    found = joined(tmp_path, "12/01/2022", "03/04/2022", "12/31/2022", "०१/१५/२०२२", "5 June 2022")
    assert days(found) == ["2022-12-01", "2022-03-04", "2022-12-31", "2022-01-15", "2022-06-05"]
    assert found.notes["on", "month_first"] == 3 and not found.refused
    found = joined(tmp_path, "12/01/2022", "31/12/2022")
    assert days(found) == ["2022-01-12", "2022-12-31"] and not found.notes


def test_days_that_can_be_read_in_two_ways_are_said(tmp_path: Path) -> None:
    found = joined(tmp_path, "12/01/2022", "03/03/2022")
    assert days(found) == ["2022-01-12", "2022-03-03"] and found.notes["on", "day_first"] == 2
    assert not joined(tmp_path, "03/03/2022", "2022-01-12").notes, "nothing to be told"


def test_days_of_a_mixed_column_are_read_only_where_they_prove_themselves(tmp_path: Path) -> None:
    found = joined(tmp_path, "31/12/2022", "12/31/2022", "12/01/2022", "03/03/2022")
    assert days(found) == ["2022-12-31", "2022-03-03"]
    assert [(one.row, one.code) for one in found.refused] == [(3, "month_first"), (4, "date_open")]


def test_the_last_day_of_a_long_column_tells_of_its_first(tmp_path: Path) -> None:
    found = joined(tmp_path, *["12/01/2022"] * 30_000, "12/31/2022")
    assert set(days(found)) == {"2022-12-01", "2022-12-31"}


def test_days_that_a_sheets_program_has_swapped_are_refused(tmp_path: Path) -> None:
    """Excel set to India makes days of those texts that look like one, and leaves the others."""
    path = workbook(
        tmp_path,
        [["Name", "Joined on"], ["Asha", date(2022, 1, 12)], ["Ravi", "12/31/2022"], ["Uma", "1/15/2022"]],
    )
    found = read(path, JOINED)
    assert days(found) == ["2022-12-31", "2022-01-15"]
    assert [(one.row, one.code) for one in found.refused] == [(2, "date_open")]
    path = workbook(
        tmp_path, [["Name", "Joined on"], ["Asha", date(2022, 1, 12)], ["Ravi", date(2022, 1, 31)]]
    )
    assert days(read(path, JOINED)) == ["2022-01-12", "2022-01-31"]


def test_dates_out_of_the_window_are_refused_by_row(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD.strip() + ",Day\n" + f"{ASHA.strip()},31/10/2026\n{ASHA.strip()},15/11/2026\n")
    found = read(path)
    assert found.refused == [RefusedCell(2, "day", "too_small", "31/10/2026")]
    assert found.rows[0][5] == date(2026, 11, 15)


def test_no_phone_number_stands_in_a_refusal(tmp_path: Path) -> None:
    number = "98123456789012"
    found = read(put(tmp_path, HEAD + f"{number},Asha,1990\n9812345678,Asha 9812345678,98 1234 5678\n"))
    assert found.refused_rows == 2
    assert all("123456" not in r.excerpt.replace(" ", "") for r in found.refused)
    assert found.refused[0].excerpt.endswith("12")


def test_a_refusal_names_the_field_and_the_fix_in_the_readers_language(tmp_path: Path) -> None:
    found = read(put(tmp_path, HEAD + "123,,20I2\n"))
    english = [refusal_reason(r.code, field=PAPER.field(r.field)) for r in found.refused]
    with translation.override("hi"):
        hindi = [refusal_reason(r.code, field=PAPER.field(r.field)) for r in found.refused]
    assert english == [
        "Mobile number is not a phone number we can reach. Write an Indian mobile with ten digits.",
        "Name is empty. Fill it in.",
        "Birth year is not a year. Write it with four digits, like 1990.",
    ]
    assert [text.split()[0] for text in hindi] == ["मोबाइल", "नाम", "जन्म"]
    assert not any("is" in text.split() for text in hindi)


def test_every_reason_has_words_in_hindi_and_needs_only_what_is_given() -> None:
    spec = PAPER.field("day")
    for language in ("en", "hi"):
        with translation.override(language):
            for code in CELL:
                assert "%(" not in refusal_reason(code, field=spec)
    for texts in (CELL, FILE, KINDS, SENSITIVE, NOTES):
        for text in texts.values():
            english = str(text)
            with translation.override("hi"):
                assert str(text) != english


# These tests show what must not be kept.


def test_sensitive_columns_leave_a_count_and_nothing_else(tmp_path: Path) -> None:
    marker = "KEEPNOTHING"
    text = (
        "Caste,Mobile number,Aadhaar,Name,Birth year,जाति\n"
        + f"{marker},9812345678,{marker},Asha Devi,1990,{marker}\n" * 9
    )
    path = put(tmp_path, text)
    preview = sniff(path, PAPER)
    assert preview.dropped == {"caste": 2, "aadhaar": 1}
    assert [p.code for p in preview.problems] == ["dropped_columns"]
    found = read(path)
    assert len(found.rows) == 9
    assert marker not in repr((preview, found))


def test_a_column_of_aadhaar_numbers_under_another_name_is_dropped(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD.strip() + ",Document\n" + f"{ASHA.strip()},234123412346\n" * 9)
    preview = sniff(path, PAPER)
    assert preview.dropped == {"aadhaar": 1}
    assert preview.columns[3].samples == ()


def test_a_sensitive_column_cannot_be_chosen(tmp_path: Path) -> None:
    path = put(tmp_path, "Mobile number,Caste,Birth year\n" + "9812345678,Marker,1990\n")
    preview = sniff(path, PAPER)
    chosen = mapped(preview, PAPER, {"phone": 0, "name": 1, "birth_year": 2})
    assert not chosen.ready
    with pytest.raises(TableRefused) as caught:
        next(read_rows(path, PAPER, chosen.mapping, source=preview.source, phone=phone))
    assert caught.value.reason == "sensitive_column"


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"phone": 0, "name": 0, "birth_year": 2}, "doubled_column"),
        ({"phone": 0, "name": 7, "birth_year": 2}, "unknown_column"),
        ({"phone": 0, "name": -1, "birth_year": 2}, "unknown_column"),
        ({"phone": 0, "nick": 1, "birth_year": 2}, "unknown_field"),
        ({"phone": 0}, "missing_columns"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(
    tmp_path: Path, mapping: dict[str, int], reason: str
) -> None:
    path = put(tmp_path, HEAD + ASHA)
    preview = sniff(path, PAPER)
    assert not mapped(preview, PAPER, mapping).ready
    with pytest.raises(TableRefused) as caught:
        next(read_rows(path, PAPER, mapping, source=preview.source, phone=phone))
    assert caught.value.reason == reason


def minor(row: tuple[Any, ...]) -> str | None:
    return "minor" if row[3] is not None and row[3] > 2008 else None


def test_a_minor_leaves_a_counter_even_when_the_row_is_bad(tmp_path: Path) -> None:
    text = HEAD + "9812345678,Marker One,2012\n12,Marker Two,2011\n" + ASHA
    found = read(put(tmp_path, text), discard=minor)
    assert found.discarded == {"minor": 2}
    assert found.rows == [(4, *ASHA_ROW)]
    assert (found.refused, found.refused_rows) == ([], 0)
    assert "Marker" not in repr(found)


def test_samples_of_a_personal_list_show_the_shape_only(tmp_path: Path) -> None:
    preview = sniff(put(tmp_path, HEAD.strip() + ",Guardian\n" + ASHA.strip() + ",Marker\n"), PAPER)
    assert [c.samples for c in preview.columns] == [("••••••••78",), ("A••• D•••",), ("••90",), ("M•••••",)]


# Sheets.


def test_batches_are_bounded_and_progress_is_told(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + ASHA * 2_500)
    preview = sniff(path, PAPER)
    found = list(read_rows(path, PAPER, preview.mapping, source=preview.source, phone=phone, batch=1_000))
    assert [len(b.rows) for b in found] == [1_000, 1_000, 500]
    assert found[-1].done == path.stat().st_size
    assert Counter(r[0] for b in found for r in b.rows).keys() == set(range(2, 2_502))


@pytest.mark.parametrize("is_sheet", [False, True])
@pytest.mark.parametrize(
    ("row", "is_passed"),
    [
        (["कुल", "12", "", ""], True),
        (["", "कुल योग: १२", "", "-"], True),
        (["Total members", "", "", "12"], True),
        (["", "12", "", "1990"], False),
        (["कुल", "Asha Devi", "1990", ""], False),
    ],
)
def test_the_row_that_gives_the_total_is_passed_over_and_counted(
    tmp_path: Path, row: list[str], is_passed: bool, is_sheet: bool
) -> None:
    lines = [["Mobile number", "Name", "Birth year", "Sum"], ["9812345678", "Asha Devi", "1990", "1"], row]
    path = workbook(tmp_path, lines) if is_sheet else put(tmp_path, "\n".join(map(",".join, lines)) + "\n")
    found = read(path)
    assert [each[1:] for each in found.rows] == [ASHA_ROW]
    assert (found.skipped, found.refused_rows) == ((1, 0) if is_passed else (0, 1))
