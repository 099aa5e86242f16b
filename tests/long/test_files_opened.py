"""LibreOffice opens the files that people take away, and every value is still there."""

import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

import abhiyan
from abhiyan.imports.tables.writing import csv_chunks, neutral, write_xlsx

from .office import office

pytestmark = pytest.mark.slow
UTF_8 = "CSV:44,34,76,1"  # comma, quotation mark, UTF-8, first row

# Lists hold names of many scripts, codes, numbers, days, notes over lines, and what looks like a formula.
ROWS: list[list[Any]] = [
    ["सुनीता, देवी", "JK-B001", 12, Decimal("12.50"), date(2026, 11, 30), 'He said "no"\nand left'],
    ["فاروق احمد", "JK-B002", 0, Decimal("0.25"), date(2026, 1, 2), "=HYPERLINK(1)"],
    ["சுனிதா", "12/अ", 1_234_567, None, None, "+919876543210"],
    ["O'Brien; Éva", "HP B-3", -4, Decimal(-1), date(2024, 2, 29), "@all – “quoted” …"],
    ["ਗੁਰਮੀਤ ਕੌਰ", "x\ty", 9_876_543_210, Decimal("1e6"), date(2026, 12, 31), "-1 or +1"],
]
HEADERS = ["नाम / Name", "Code", "Count", "Share", "Day", "Note"]


def opened(file: Path, folder: Path) -> list[list[Any]]:
    """The cells of a file as LibreOffice read them."""
    command = [office(), "--headless", f"-env:UserInstallation=file://{folder}/profile"]
    command += [f"--infilter={UTF_8}"] if file.suffix == ".csv" else []
    out = folder / "opened"
    subprocess.run(
        [*command, "--convert-to", "xlsx", "--outdir", str(out), str(file)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    book = load_workbook(out / f"{file.stem}.xlsx")
    assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def as_text(value: Any) -> str:
    """A value as both write it: 12.50 and 12.5 are one number, and a day has no hour."""
    if isinstance(value, bool) or value is None:
        return str(value or "")
    if isinstance(value, int | float | Decimal):
        return str(Decimal(str(value)).normalize() + 0)
    return str(value).removesuffix(" 00:00:00").replace("\r\n", "\n")


def test_a_csv_opens_with_every_value_and_without_a_formula(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"".join(csv_chunks(ROWS, HEADERS)))
    cells = [[as_text(cell) for cell in row] for row in opened(file, tmp_path)]
    safe = [[as_text(neutral(v) if isinstance(v, str) else v) for v in row] for row in [HEADERS, *ROWS]]
    assert cells == safe


def test_a_workbook_opens_with_every_value_of_its_kind(tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    write_xlsx(file, [*ROWS, [10**20, Decimal("NaN"), 10**15 - 1, float("inf"), None, None]], HEADERS)
    *cells, last = opened(file, tmp_path)
    assert last[:4] == [str(10**20), "NaN", 10**15 - 1, "inf"]
    assert [[as_text(cell) for cell in row] for row in cells] == [
        [as_text(value) for value in row] for row in [HEADERS, *ROWS]
    ]
    assert [type(value) for value in cells[1][1:4]] == [str, int, float]


def test_every_file_of_rows_is_written_by_the_writers_that_are_opened_here() -> None:
    root = Path(abhiyan.__path__[0])
    writing = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "csv.writer(" in path.read_text("utf-8") and not {"tests", "demo"} & set(path.parts)
    }
    own = {"contact/demo.py", "imports/tables/writing.py", "paper/actions/typing.py"}
    assert writing == own, "write files of rows by imports/tables/writing.py"
