"""Files as spreadsheet programs write them, with all that a sheet holds beside values: .xlsx, .ods, .xls and .csv."""

import csv
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from PIL import Image as Pictures

ERROR, UNCALCULATED = "#N/A", "=A1&B1"
Cell = tuple[int, int]  # row and column, from 0


@dataclass
class MadeSheet:
    """A sheet. merged: first and last row and column of each range. comments: what they say."""

    rows: list[list[str]]
    name: str = "List"
    state: str = "visible"
    hidden_rows: set[int] = field(default_factory=set)
    is_filtered: bool = False
    struck: set[Cell] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    comments: dict[Cell, str] = field(default_factory=dict)
    is_drawn: bool = False
    others: list["MadeSheet"] = field(default_factory=list)

    @property
    def all(self) -> Iterator["MadeSheet"]:
        yield self
        yield from self.others


def csv_file(sheet: MadeSheet) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(sheet.rows)
    return text.getvalue().encode()


def xlsx_file(first: MadeSheet) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for made in first.all:
        sheet = book.create_sheet(made.name)
        sheet.sheet_state = made.state
        for row in made.rows:
            sheet.append([cell or None for cell in row])
        for number in made.hidden_rows:
            sheet.row_dimensions[number + 1].hidden = True
        if made.is_filtered:
            sheet.auto_filter.ref = sheet.dimensions
        for number in made.hidden_columns:
            sheet.column_dimensions[chr(65 + number)].hidden = True
        for top, left, bottom, right in made.merged:
            sheet.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        for (row_, column), text in made.comments.items():
            sheet.cell(row_ + 1, column + 1).comment = Comment(text, "")
        for row_, column in made.struck:
            sheet.cell(row_ + 1, column + 1).font = Font(strike=True)
        if made.is_drawn:
            picture = io.BytesIO()
            Pictures.new("RGB", (2, 2)).save(picture, "PNG")
            sheet.add_image(Image(picture), "H2")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(
    f'xmlns:{name}="{_NAMES}{path}:1.0"'
    for name, path in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("draw", "drawing"), ("style", "style"),
    )
)  # fmt: skip


def ods_file(first: MadeSheet) -> bytes:
    tables = "".join(map(_ods_table, first.all))
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES} xmlns:calcext="urn:calcext">'
        '<office:automatic-styles><style:style style:name="seen" style:family="table"/>'
        '<style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/>'
        '</style:style><style:style style:name="struck" style:family="table-cell"><style:text-properties'
        ' style:text-line-through-style="solid"/></style:style><style:style style:name="plain"'
        ' style:family="table-cell"><style:text-properties style:text-line-through-style="none"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr("content.xml", content)
    return out.getvalue()


def _ods_table(made: MadeSheet) -> str:
    width = max(map(len, made.rows))
    columns = "".join(
        f"<table:table-column{_hidden(n in made.hidden_columns, 'collapse')}/>" for n in range(width)
    )
    rows = "".join(
        f"<table:table-row{_hidden(n in made.hidden_rows, 'filter' if made.is_filtered else 'collapse')}>"
        f"{''.join(_ods_cell(made, (n, column), text) for column, text in enumerate(row))}</table:table-row>"
        for n, row in enumerate(made.rows)
    )
    drawn = '<table:shapes><draw:frame draw:name="A"/></table:shapes>' if made.is_drawn else ""
    style = "seen" if made.state == "visible" else "gone"
    name = escape(made.name)
    return f'<table:table table:name="{name}" table:style-name="{style}">{drawn}{columns}{rows}</table:table>'


def _hidden(is_hidden: bool, how: str) -> str:
    return f' table:visibility="{how}"' if is_hidden else ""


def _ods_cell(made: MadeSheet, at: Cell, text: str) -> str:
    if any(a <= at[0] <= c and b <= at[1] <= d and at != (a, b) for a, b, c, d in made.merged):
        return "<table:covered-table-cell/>"
    spans = "".join(
        f' table:number-rows-spanned="{c - a + 1}" table:number-columns-spanned="{d - b + 1}"'
        for a, b, c, d in made.merged
        if (a, b) == at
    )
    if made.struck:
        spans += f' table:style-name="{"struck" if at in made.struck else "plain"}"'
    said = made.comments.get(at)
    comment = f"<office:annotation><text:p>{escape(said)}</text:p></office:annotation>" if said else ""
    if text == ERROR:
        kind = ' table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"'
    elif text.startswith("="):
        kind = ' table:formula="of:=A1"'
        text = ""
    else:
        kind = ' office:value-type="string"' if text else ""
    shown = f"<text:p>{escape(text)}</text:p>" if text else ""
    return f"<table:table-cell{spans}{kind}>{comment}{shown}</table:table-cell>"


def xls_file(first: MadeSheet) -> bytes:
    """Return a workbook of 1997: its records (BIFF8) in a compound file. It leaves out
    what no reader of this format sees."""
    sheets = list(first.all)
    parts = [_xls_sheet(one) for one in sheets]
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(
        0x42, struct.pack("<H", 1200)
    )
    bounds = [_bound(one, 0) for one in sheets]
    at = len(begin) + sum(map(len, bounds)) + 4
    whole = begin
    for one, part in zip(sheets, parts, strict=True):
        whole += _bound(one, at)
        at += len(part)
    return _compound(whole + _record(0x0A, b"") + b"".join(parts))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _bound(made: MadeSheet, at: int) -> bytes:
    state = {"visible": 0, "hidden": 1, "veryHidden": 2}[made.state]
    name = made.name.encode("utf-16-le")
    return _record(0x85, struct.pack("<IBBBB", at, state, 0, len(made.name), 1) + name)


def _xls_sheet(made: MadeSheet) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 16, 0, 0, 0, 0))
    out += _record(0x200, struct.pack("<IIHHH", 0, len(made.rows), 0, max(map(len, made.rows)), 0))
    for row, cells in enumerate(made.rows):
        for column, text in enumerate(cells):
            if text:
                said = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
                out += _record(0x204, struct.pack("<HHH", row, column, 0) + said)
    if made.merged:
        ranges = b"".join(struct.pack("<HHHH", a, c, b, d) for a, b, c, d in made.merged)
        out += _record(0xE5, struct.pack("<H", len(made.merged)) + ranges)
    return out + _record(0x0A, b"")


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream: its header, its table of sectors, its directory, the stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    free, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [table, last, *range(3, sectors + 2), last]
    assert len(chain) <= 128, "one table of sectors"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, last, 0, last, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    entries = _entry("Root Entry", 5, 1, last, 0) + _entry("Workbook", 2, free, 2, len(stream))
    directory = entries + _entry("", 0, free, 0, 0) * 2
    fat = b"".join(struct.pack("<I", each) for each in chain).ljust(512, b"\xff")
    return head + fat + directory + stream.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
    free = 0xFFFFFFFF
    said = name.encode("utf-16-le") + b"\0\0" if name else b""
    data = said.ljust(64, b"\0") + struct.pack("<HBBIII", len(said), kind, 1, free, free, child)
    return data + bytes(36) + struct.pack("<IQ", first, size)


FORMATS: dict[str, Callable[[MadeSheet], bytes]] = {
    "xlsx": xlsx_file,
    "ods": ods_file,
    "xls": xls_file,
    "csv": csv_file,
}
