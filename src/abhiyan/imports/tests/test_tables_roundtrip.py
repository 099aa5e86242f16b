"""A written file reads back the same; a file cut anywhere gives the same rows as the whole."""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.reading import read_rows
from abhiyan.imports.tables.reasons import TableRefused
from abhiyan.imports.tables.scanning import scan, split_csv
from abhiyan.imports.tables.sniffing import sniff
from abhiyan.imports.tables.sources import TableSource
from abhiyan.imports.tables.writing import csv_chunks, neutral, write_xlsx

NOTES_LIST = Layout(
    "notes",
    (
        Field("code", "Code", "कोड", "", CellKind.CODE, True),
        Field("text", "Text", "पाठ", "", CellKind.TEXT, max_length=500),
        Field("count", "Count", "गिनती", "", CellKind.INTEGER),
        Field("day", "Day", "दिनांक", "", CellKind.DATE),
    ),
    personal=False,
)
# Text as cleaning leaves it: composed, no invisible characters, single spaces.
tidy = st.text(alphabet="ab,;\"'=+-@＝आशीक\u094dष 9१.\t", max_size=12).map(lambda t: " ".join(t.split()))
record = st.tuples(
    st.integers(1, 10**9).map(lambda n: f"B{n}"),
    tidy.filter(lambda t: t not in ("-", "--", "---", ".") and not t.startswith("??")),
    st.integers(-(10**12), 10**12) | st.none(),
    st.dates(date(1910, 1, 1), date(2100, 1, 1)) | st.none(),
)


@contextmanager
def file(name: str, content: bytes = b"") -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def read_back(path: Path) -> list[tuple[Any, ...]]:
    preview = sniff(path, NOTES_LIST)
    assert preview.ready
    batches = list(read_rows(path, NOTES_LIST, preview.mapping, source=preview.source, batch=3))
    assert [r for b in batches for r in b.refused] == []
    return [row for b in batches for row in b.rows]


def numbered(records: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(n, code, text or None, count, day) for n, (code, text, count, day) in enumerate(records, 2)]


@given(st.lists(record, min_size=1, max_size=9))
@example([("B1", "'=1", 1, None)])
@example([("B1", "=HYPERLINK(1)", 1, None), ("B2", "''+1", None, None)])
@settings(deadline=None)
def test_a_csv_comes_back_as_it_was_written(records: list[tuple[Any, ...]]) -> None:
    with file("out.csv") as path:
        path.write_bytes(b"".join(csv_chunks(records, NOTES_LIST.headers("hi"))))
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert read_back(path) == numbered(records)


@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), max_size=5))
@example([["ID", 'say "yes", twice', "two\r\nlines"], ["सुनीता", "சுனிதா", "\u0663;\t"], ["", " ", "\ud800"]])
@example([["+911234567890", "@home", "-1"], ["1e5", "00123", "=1+1"], ["\x00", "\u2028", "'=x"]])
@settings(deadline=None)
def test_another_program_reads_the_same_cells_of_a_csv(lines: list[list[str]]) -> None:
    made = b"".join(csv_chunks(lines, ("ID", "Name", "Note")))
    table = io.StringIO(made.decode("utf-8-sig"), newline="")
    read = list(csv.reader(table, dialect="excel", strict=True))
    wanted = [[neutral(cell).encode("utf-8", "replace").decode() for cell in line] for line in lines]
    assert read == [["ID", "Name", "Note"], *wanted]
    assert not any(cell[:1] in set("=+-@\t\r\n") for line in read for cell in line if cell)


@given(st.lists(record, min_size=1, max_size=9))
@settings(max_examples=12, deadline=None)  # each opens a process
def test_a_workbook_comes_back_as_it_was_written(records: list[tuple[Any, ...]]) -> None:
    # An apostrophe before a formula is how CSV says it is text; in a workbook it would be taken for that.
    records = [(c, t.lstrip("' "), n, d) for c, t, n, d in records]
    records = [r for r in records if r[1] not in ("-", "--", "---", ".")]
    with file("out.xlsx") as path:
        write_xlsx(path, records, NOTES_LIST.headers("en"))
        if records:
            assert read_back(path) == numbered(records)


@given(st.text())
def test_no_text_goes_out_as_a_formula(text: str) -> None:
    assert neutral(text).lstrip()[:1] not in set("=+-@＝＋－＠")
    assert neutral(text) in (text, "'" + text)


def test_a_workbook_holds_formulas_as_text() -> None:
    import openpyxl

    with file("out.xlsx") as path:
        write_xlsx(
            path, [("=1+1", 5, date(2026, 11, 20), "a\0b", "_x0041_")], ["a", "b", "c", "d", "e"], title="a/b"
        )
        sheet = openpyxl.load_workbook(path).worksheets[0]
        assert sheet.title == "a b"
        assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("=1+1", "s", True)
        assert sheet["B2"].value == 5
        assert sheet["D2"].value == "ab"


def test_a_long_list_goes_on_in_a_second_sheet(monkeypatch: Any) -> None:
    import openpyxl

    from abhiyan.imports.tables import writing

    monkeypatch.setattr(writing, "SHEET_ROWS", 3)
    with file("out.xlsx") as path:
        assert write_xlsx(path, [(i,) for i in range(4)], ["n"], title="List") == 4
        assert [[c.value for c in s["A"]] for s in openpyxl.load_workbook(path).worksheets] == [
            ["n", 0, 1],
            ["n", 2, 3],
        ]


def test_an_empty_list_still_has_its_header() -> None:
    with file("out.xlsx") as path:
        assert write_xlsx(path, [], ["n"]) == 0
    assert b"".join(csv_chunks([], ["नाम"])) == "\ufeffनाम\r\n".encode()


# Cutting.

messy = st.text(alphabet='",;a\r\nआ', max_size=60)
ANYTHING = Layout(
    "any", (Field("one", "One", "एक", "", CellKind.TEXT, True, max_length=1000, multiline=True),)
)


def records_of(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content, newline="")))


def source_of(path: Path) -> TableSource:
    return TableSource("csv", "utf-8", ",", "", 0, 1, 0, 9, ("",) * 9, {}, path.stat().st_size, ())


@given(messy, st.integers(1, 30))
@example('a,"b\r\nc"\r\nd\r\n', 1)
@example('"a""\n",b\n"c', 2)
@example('a"b\n"c"d"\n', 3)
@example("a\r\n\r\nb\r", 1)
@example('a\r""\nb', 9)
def test_rows_are_counted_as_a_csv_reader_counts_them(content: str, block: int) -> None:
    with file("in.csv", content.encode()) as path:
        found = scan(path, encoding="utf-8", delimiter=",", block=block)
    assert found.records == len(records_of(content))


@given(messy, st.integers(1, 30), st.integers(2, 5))
@example('x\n"a\n","b\n""c"\ny\n', 1, 3)
@settings(deadline=None)
def test_any_split_gives_the_rows_and_numbers_of_the_whole(content: str, block: int, parts: int) -> None:
    with file("in.csv", content.encode()) as path:
        source = source_of(path)
        whole = split_csv(path, 1, source=source)
        pieces = split_csv(path, parts, source=source, block=block)
        assert [p.start for p in pieces[1:]] == [p.stop for p in pieces[:-1]]

        def read(cut: Any) -> tuple[Any, ...]:
            batches = [
                b for part in cut for b in read_rows(path, ANYTHING, {"one": 0}, source=source, part=part)
            ]
            return (
                [row for b in batches for row in b.rows],
                [r for b in batches for r in b.refused],
                sum(b.skipped for b in batches),
            )

        assert read(pieces) == read(whole)


@given(
    st.lists(st.tuples(messy.map(lambda t: t.replace("\r", "\n")), messy), min_size=2, max_size=20),
    st.integers(2, 4),
)
@settings(deadline=None)
def test_quoted_newlines_do_not_disturb_a_split(cells: list[tuple[str, str]], parts: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(cells)
    with file("in.csv", out.getvalue().encode()) as path:
        pieces = split_csv(path, parts, source=source_of(path), block=8)
        got: list[list[str]] = []
        for piece in pieces:
            assert piece.row == len(got) + 1
            text = path.read_bytes()[piece.start : piece.stop].decode()
            got += records_of(text)
    assert [tuple(row) for row in got] == cells


def test_a_long_file_is_cut_in_two_near_the_middle() -> None:
    line = '9812345678,"Asha\nDevi",1990\n'
    with file("in.csv", ("Code,Text,Count\n" + line * 200_000).encode()) as path:
        preview = sniff(path, NOTES_LIST)
        pieces = split_csv(path, 2, source=preview.source)
        assert len(pieces) == 2
        assert abs(pieces[0].stop / path.stat().st_size - 0.5) < 0.2
        # Every row has as many bytes.
        assert pieces[1].row == (pieces[1].start - len("Code,Text,Count\n")) // len(line) + 2
        assert preview.rows == 200_000


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=200)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    if content.startswith((b"PK", b"\xd0\xcf")):
        return  # opened in a process of its own; its own tests
    with file("in.csv", content) as path:
        found = []
        with suppress(TableRefused):  # with a reason; anything else is a fault
            preview = sniff(path, ANYTHING)
            found = list(read_rows(path, ANYTHING, {"one": 0}, source=preview.source))
        assert len(found) <= len(content)
