"""Find what a sheet shows and its reader does not say: errors, formulas that nobody has calculated, cells merged
downwards.

python-calamine gives an empty text for the first two. A lookup that found nobody would then be no entry at all.
An .xlsx is looked through once more here, with expat, and only where its bytes hold an error or a formula; an .ods also
where cells are merged. Files of the older, binary formats cannot be looked through (`is_told`).
"""

import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from .cleaning import UNCALCULATED

Place = tuple[int, int]  # row and column, from 0
_BLOCK = 1 << 20
_REPEATED = 1_000  # cells that one entry of an .ods may repeat


@dataclass(slots=True)
class UnreadCells:
    """texts: place -> what it shows instead of a value, "#REF!". merged: first place -> its last row.

    is_told: false where the format does not let us see errors, so that a blank cell may be one. Then sheet_parts finds
    nothing either.
    """

    is_told: bool = True
    texts: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, int] = field(default_factory=dict)


def find_unread_cells(path: Path, sheet: str, *, merged: Any, rows: int | None = None) -> UnreadCells:
    """Return what is unread in a sheet, or in its first rows. merged: ranges that calamine tells of, None for none."""
    unread_cells = UnreadCells()
    for (top, left), (bottom, _right) in merged or ():
        if bottom > top:
            unread_cells.merged[top, left] = bottom
    if not zipfile.is_zipfile(path):
        unread_cells.is_told = False
        return unread_cells
    try:
        _look(path, sheet, unread_cells, rows)
    except (expat.ExpatError, zipfile.BadZipFile):  # calamine reads some files that are no XML
        unread_cells.is_told = False
    return unread_cells


def _look(path: Path, sheet: str, unread_cells: UnreadCells, rows: int | None) -> None:
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        if "content.xml" in names:
            if has_marks(packed, "content.xml", b"formula", b"error", b"-spanned"):
                parse_part(packed, "content.xml", OpenDocument(sheet, unread_cells, rows))
        elif (part := sheet_part(packed, names, sheet)) is None:
            unread_cells.is_told = False
        elif has_marks(packed, part, b't="e"', b"t='e'", b"<f", b":f"):
            parse_part(packed, part, _Workbook(unread_cells, rows))


def has_marks(packed: zipfile.ZipFile, part: str, *marks: bytes) -> bool:
    rest = b""
    with packed.open(part) as stream:
        while block := stream.read(_BLOCK):
            if any(mark in rest + block for mark in marks):
                return True
            rest = block[-16:]
    return False


class _Enough(Exception):
    """All rows that were asked for are read."""


class Elements:
    """Receive an element's begin, text and end. Names come without their namespaces, whatever their prefix."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Text inside it."""

    def end(self, name: str) -> None:
        """It ends."""


def parse_part(packed: zipfile.ZipFile, part: str, elements: Elements) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: elements.begin(
        _local(name), _plain_names(attributes)
    )
    parser.CharacterDataHandler = elements.text
    parser.EndElementHandler = lambda name: elements.end(_local(name))
    with packed.open(part) as stream, suppress(_Enough):
        parser.ParseFile(stream)


def _plain_names(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by local name. If an .ods has two value-types, the one that says "error" counts."""
    pairs = sorted(attributes.items(), key=lambda pair: pair[1] == "error")
    return {_local(name): value for name, value in pairs}


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Named(Elements):
    """Elements of one name, with their attributes."""

    def __init__(self, wanted: str) -> None:
        self.wanted, self.found = wanted, list[dict[str, str]]()

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == self.wanted:
            self.found.append(attributes)


def named_elements(packed: zipfile.ZipFile, part: str, wanted: str) -> list[dict[str, str]]:
    elements = _Named(wanted)
    parse_part(packed, part, elements)
    return elements.found


def sheet_part(packed: zipfile.ZipFile, names: set[str], sheet: str) -> str | None:
    """The file in an .xlsx that holds a sheet; None where it is none (.xlsb)."""
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not names >= {book, links}:
        return None
    link = next(
        (
            sheet_tag.get("id")
            for sheet_tag in named_elements(packed, book, "sheet")
            if sheet_tag.get("name") == sheet
        ),
        None,
    )
    for attributes in named_elements(packed, links, "Relationship"):
        if attributes.get("Id") == link:
            target = attributes.get("Target", "")
            part = target[1:] if target.startswith("/") else f"xl/{target}"
            return part if part in names else None
    return None


class _Workbook(Elements):
    """The cells of a sheet of an .xlsx."""

    def __init__(self, unread_cells: UnreadCells, rows: int | None) -> None:
        self.found, self.rows = unread_cells, rows
        self.row = self.column = -1
        self.kind = ""
        self.is_formula = self.is_value = False
        self.value = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = attributes.get("r", "")
            self.column = column_of(place) if place else self.column + 1
            self.kind, self.is_formula, self.value = attributes.get("t", ""), False, ""
        elif name == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = -1
            if self.rows is not None and self.row >= self.rows:
                raise _Enough
        elif name == "f":
            self.is_formula = True
        self.is_value = name == "v"

    def text(self, text: str) -> None:
        if self.is_value:
            self.value += text

    def end(self, name: str) -> None:
        self.is_value = False
        if name != "c":
            return
        if self.kind == "e":
            self.found.texts[self.row, self.column] = self.value or "#N/A"
        elif self.is_formula and not self.value and self.kind != "str":
            self.found.texts[self.row, self.column] = UNCALCULATED


def column_of(place: str) -> int:
    """The column of a place: 0 for A7, 27 for AB7."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


class OpenDocument(Elements):
    """The cells of a sheet of an .ods."""

    def __init__(self, sheet: str, unread_cells: UnreadCells, rows: int | None) -> None:
        self.sheet, self.found, self.rows = sheet, unread_cells, rows
        self.is_in = False
        self.row = self.column = self.tables = 0
        self.repeated = 1
        self.cell_attributes: dict[str, str] | None = None
        self.shown = ""
        self.is_comment = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self.tables += 1
            if self.tables == 1:
                self.is_in, self.row = attributes.get("name") == self.sheet, 0
        elif not self.is_in or self.tables != 1:
            return
        elif name == "table-row":
            self.column = 0
            self.repeated = int(attributes.get("number-rows-repeated", "1"))
        elif name in ("table-cell", "covered-table-cell"):
            self.cell_attributes, self.shown = attributes, ""
        elif name == "annotation":
            self.is_comment = True

    def text(self, text: str) -> None:
        if self.cell_attributes is not None and not self.is_comment:
            self.shown += text

    def end(self, name: str) -> None:
        if name == "annotation":
            self.is_comment = False
        elif name == "table":
            self.tables -= 1
            if self.is_in and not self.tables:
                raise _Enough
        elif not self.is_in or self.tables != 1:
            return
        elif name == "table-row":
            self.row += self.repeated
            if self.rows is not None and self.row >= self.rows:
                raise _Enough
        elif name in ("table-cell", "covered-table-cell") and self.cell_attributes is not None:
            self.cell(self.cell_attributes)
            self.cell_attributes = None

    def cell(self, attributes: dict[str, str]) -> None:
        """A cell ends, or several that are alike."""
        wide = int(attributes.get("number-columns-repeated", "1"))
        if text := self._instead(attributes):
            for row in range(self.row, self.row + min(self.repeated, _REPEATED)):
                for column in range(self.column, self.column + min(wide, _REPEATED)):
                    self.found.texts[row, column] = text
        tall = int(attributes.get("number-rows-spanned", "1"))
        if tall > 1:
            self.found.merged[self.row, self.column] = self.row + tall - 1
        self.column += wide

    def _instead(self, attributes: dict[str, str]) -> str:
        """Return the text that a cell without a value shows; "" where it has one."""
        if attributes.get("value-type") == "error":
            return self.shown.strip() or "#N/A"
        if "formula" not in attributes:
            return ""
        if not attributes.get("value-type"):
            return UNCALCULATED
        return self.shown.strip() if attributes.get("string-value") == "" else ""
