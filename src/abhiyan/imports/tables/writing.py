"""Tables going out: CSV and XLSX, streamed, safe to open in a spreadsheet.

A cell that begins with = + - @ (or a tab or line break) would run as a formula. In CSV it gets an apostrophe in front,
as OWASP advises, and reading takes it off again; in XLSX the cell is text and stays text when edited.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

_DANGEROUS = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
_CHUNK = 1 << 16
SHEET_ROWS = 1_048_576
SHEET_CELL = 32_767
# XML cannot carry these signs, and reading would decode Excel's own escape.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if _DANGEROUS.match(text) else text


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(str(value))


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


def write_xlsx(
    to: Path | IO[bytes], rows: Iterable[Sequence[Any]], headers: Sequence[str], *, title: str = "1"
) -> int:
    """Write a workbook row by row; returns the rows written. Beyond a sheet's last row it goes on in a next sheet.

    Numbers and dates keep their type. Other values become text, and so do numbers that a sheet would round. Nothing is
    written anywhere else meanwhile: lists hold people. Raises ValueError for a cell longer than Excel's.
    """
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:25].strip() or "1"
    names: list[str] = []
    count, source = 0, iter(rows)
    row = next(source, None)
    with ZipFile(to, "w", ZIP_DEFLATED) as book:
        while row is not None or not names:
            names.append(f"{name} {len(names) + 1}" if names else name)
            with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{_sheet_row(headers)}'.encode())
                room = SHEET_ROWS - 1
                while row is not None and room:
                    sheet.write(_sheet_row(row).encode())
                    row, room, count = next(source, None), room - 1, count + 1
                sheet.write(b"</sheetData></worksheet>")
        for path, text in _parts(names):
            book.writestr(path, _XML + text)
    return count


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMATS = "http://schemas.openxmlformats.org"
_MAIN = f"{_FORMATS}/spreadsheetml/2006/main"
_RELATIONS = f"{_FORMATS}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # sheets know no zones
_FIRST_YEAR = 1901  # sheets count a 29 February 1900 that never was; what is older is text
_INEXACT = 10**15  # from here sheets round whole numbers, so these are text
_DAY, _MOMENT, _NO_FORMULA = 1, 2, 3  # places in the list of styles
_STYLES = f'''<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/>
<numFmt numFmtId="165" formatCode="yyyy-mm-dd hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="4"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>
<xf quotePrefix="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'''


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what a workbook holds beside its sheets: a list of them, and how days look."""
    numbers = range(1, len(names) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in numbers
    )
    types = (
        f'<Types xmlns="{_FORMATS}/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{kinds}</Types>'
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    sheets = "".join(f'<sheet name="{escape(names[n - 1])}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
    )
    parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(found: Sequence[tuple[str, str]]) -> str:
    relation = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(found, 1)
    )
    return f'<Relationships xmlns="{_FORMATS}/package/2006/relationships">{relation}</Relationships>'


def _sheet_row(row: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_sheet_cell, row))}</row>"


def _sheet_cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float | Decimal) and isfinite(value) and -_INEXACT < value < _INEXACT:
        return f"<c><v>{value}</v></c>"
    if isinstance(value, datetime) and value.year >= _FIRST_YEAR:
        since = value.replace(tzinfo=None) - _EPOCH  # the caller chooses which zone is shown
        return f'<c s="{_MOMENT}"><v>{since / timedelta(days=1):.10f}</v></c>'
    if isinstance(value, date) and value.year >= _FIRST_YEAR:
        return f'<c s="{_DAY}"><v>{(value - _EPOCH.date()).days}</v></c>'
    text = _ESCAPE.sub("_x005F_", _NOT_XML.sub("", str(value)))
    if len(text) > SHEET_CELL:
        raise ValueError(f"a cell of {len(text)} characters does not fit into a sheet; write a CSV")
    style = f' s="{_NO_FORMULA}"' if _DANGEROUS.match(text) else ""
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(text)}</t></is></c>'
