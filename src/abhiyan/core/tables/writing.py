"""Tables going out: CSV and XLSX, streamed, safe to open in a spreadsheet.

A cell that begins with = + - @ (or a tab or line break) would run as a formula: in CSV it gets an apostrophe in
front, as OWASP advises, and reading takes it off again; in XLSX the cell is text and stays text when edited.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

_DANGEROUS = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
_CHUNK = 1 << 16
SHEET_ROWS = 1_048_576
SHEET_CELL = 32_767
# What XML cannot carry, and Excel's own escape, which would be decoded on reading.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if _DANGEROUS.match(text) else text


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def csv_chunks(rows: Iterable[Sequence[Any]], headers: Sequence[str]) -> Iterator[bytes]:
    """A CSV in pieces, for a streamed answer. UTF-8 with the mark Excel needs to show Hindi."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([_cell(h) for h in headers])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if out.tell() > _CHUNK:
            yield out.getvalue().encode("utf-8", "replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def write_csv(path: Path, rows: Iterable[Sequence[Any]], headers: Sequence[str]) -> int:
    """Write a CSV file; returns its bytes."""
    with path.open("wb") as file:
        return sum(map(file.write, csv_chunks(rows, headers)))


def write_xlsx(path: Path, rows: Iterable[Sequence[Any]], headers: Sequence[str], *, title: str = "1") -> int:
    """Write a workbook row by row; returns the rows written. Beyond a sheet's last row it goes on in a next sheet.

    Numbers and dates keep their type, other values become text. Raises ValueError for a cell longer than Excel's.
    """
    book = Workbook(write_only=True)
    number, count, room = 0, 0, 0
    sheet: Any = None
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:25].strip() or "1"
    source = iter(rows)
    while True:
        row = next(source, None)
        if row is None and sheet is not None:
            break
        if room == 0:
            number += 1
            sheet = book.create_sheet(name if number == 1 else f"{name} {number}")
            sheet.append([_sheet_cell(sheet, h) for h in headers])
            room = SHEET_ROWS - 1
        if row is None:
            break
        sheet.append([_sheet_cell(sheet, value) for value in row])
        room -= 1
        count += 1
    book.save(path)
    return count


def _sheet_cell(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # sheets know no zones: the caller chooses which one is shown
    if isinstance(value, date):
        return value
    text = _ESCAPE.sub("_x005F_", _NOT_XML.sub("", str(value)))
    if len(text) > SHEET_CELL:
        raise ValueError(f"a cell of {len(text)} characters does not fit into a sheet; write a CSV")
    if not _DANGEROUS.match(text):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
