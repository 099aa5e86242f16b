"""Hidden rows and columns, comments, merged cells and pictures: a sheet holds them beside the values of its cells.

Calamine gives hidden cells like others and leaves out the rest. `part_facts` tells people so before anything is
changed. Expat reads an .xlsx or .ods a piece at a time, because openpyxl needs a whole sheet in memory to know its
hidden rows. Older, binary formats show none of it (`UnreadCells.is_told`).
"""

import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from .unread import (
    Elements,
    OpenDocument,
    Place,
    UnreadCells,
    column_of,
    has_marks,
    named_elements,
    parse_part,
    sheet_part,
)

MOST_NAMED, LONGEST_NAMED = 20, 60  # things named in one sentence, and signs of a name
_HIDDEN = ("collapse", "filter")  # what an .ods calls a hidden row
_DRAWN = frozenset(("frame", "custom-shape", "rect", "ellipse", "control"))
_OF_SHEET = (b"hidden=", b'ht="0', b"ht='0", b'width="0', b"width='0")
_OF_DOCUMENT = (
    b"visibility=",
    b"display=",
    b"annotation",
    b"-spanned",
    b":frame",
    b":custom-shape",
    b":control",
    b"line-through",
)


class MergedCells(NamedTuple):
    """Cells that show one value. Rows and columns from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SheetParts:
    """The parts of one sheet. Rows, columns and places count from 0.

    rows: spans of hidden rows that hold something. struck: spans of rows with a cell that is struck through. columns:
    hidden ones. comments: places with a comment. is_drawn: whether pictures, charts or text boxes lie on it. is_seen:
    false where the sheet could not be looked through.
    """

    rows: list[tuple[int, int]] = field(default_factory=list)
    struck: list[tuple[int, int]] = field(default_factory=list)
    columns: set[int] = field(default_factory=set)
    comments: list[Place] = field(default_factory=list)
    merged: list[MergedCells] = field(default_factory=list)
    is_drawn: bool = False
    is_seen: bool = True


def _add(spans: list[tuple[int, int]], row: int, last: int) -> None:
    """Add rows to spans. They come in their order."""
    if spans and row <= spans[-1][1] + 1:
        spans[-1] = spans[-1][0], max(last, spans[-1][1])
    else:
        spans.append((row, last))


def sheet_parts(path: Path, sheet: str, *, width: int, merged: Any) -> SheetParts:
    """Look through a sheet of so many columns. merged: ranges that calamine tells of, None for none. In the pool."""
    parts = SheetParts()
    parts.merged += [MergedCells(*first, *last) for first, last in merged or ()]
    if not zipfile.is_zipfile(path):
        return parts
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
            if "content.xml" in names:
                if has_marks(packed, "content.xml", *_OF_DOCUMENT):
                    parse_part(packed, "content.xml", _DocumentParts(sheet, parts, width))
            elif (part := sheet_part(packed, names, sheet)) is not None:
                struck = _struck_styles(packed, names)
                if struck or has_marks(packed, part, *_OF_SHEET):
                    parse_part(packed, part, _SheetRows(parts, width, struck))
                _beside(packed, names, part, parts)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError):  # calamine reads some files that are no XML
        parts.is_seen = False
    parts.merged.sort()
    return parts


def is_filled(path: Path, sheet: str, book: Any) -> bool:
    """Return True if a sheet holds a value. A far cell of a sheet that nobody reads costs no memory. In the pool."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            if (part := sheet_part(packed, set(packed.namelist()), sheet)) is not None:
                return has_marks(packed, part, b"<v>", b"<v ", b":v>", b"<is>", b":is>")
    return book.get_sheet_by_name(sheet).end is not None


def part_facts(
    parts: SheetParts, head: Sequence[Sequence[str]], *, header_row: int, first_row: int
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what to say of a list's sheet: a key of reasons.FILE, and its facts. Rows of the list count from 1."""
    above = [n for n in range(header_row - 1) if _is_title(head[n])]
    if above:
        yield "above_header", name_some((str(n + 1) for n in above), len(above))
    for code, rows in (("hidden_rows", parts.rows), ("struck_rows", parts.struck)):
        if spans := [(max(first, first_row - 1), last) for first, last in rows if last >= first_row - 1]:
            numbers = (f"{a + 1}" if a == b else f"{a + 1}–{b + 1}" for a, b in spans)
            rest = sum(b - a + 1 for a, b in spans[MOST_NAMED:])
            yield code, name_some(numbers, min(len(spans), MOST_NAMED) + rest)
    if parts.columns:
        yield "hidden_columns", name_some(map(column_letter, sorted(parts.columns)), len(parts.columns))
    here = [area for area in parts.merged if area.bottom >= first_row - 1 and _is_shown(area, head)]
    for code, areas in (
        ("merged_down", [area for area in here if area.bottom > area.top]),
        ("merged_across", [area for area in here if area.right > area.left]),
    ):
        if areas:
            ranges = (f"{cell_name(*area[:2])}:{cell_name(*area[2:])}" for area in areas)
            yield code, name_some(ranges, len(areas))
    if parts.comments:
        yield "comments", name_some((cell_name(*at) for at in parts.comments), len(parts.comments))
    if parts.is_drawn:
        yield "drawings", {}


def name_some(names: Any, n: int) -> dict[str, object]:
    """Return the facts of a sentence that names things: the first of them, and how many there are besides."""
    first_names = [name[:LONGEST_NAMED] for name, _n in zip(names, range(MOST_NAMED), strict=False)]
    more = n - len(first_names)
    return {"named": ", ".join(first_names)} | ({"more": more} if more > 0 else {})


def column_letter(index: int) -> str:
    """A column's letter as sheets show it: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_name(row: int, column: int) -> str:
    """A cell's name as sheets show it: 0, 0 is A1."""
    return f"{column_letter(column)}{row + 1}"


def _is_title(row: Sequence[str]) -> bool:
    """Tell whether a row above the header says something. `sep=;` only names the separator."""
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and cells != ["sep="]


def _is_shown(area: MergedCells, head: Sequence[Sequence[str]]) -> bool:
    """Tell whether merged cells hold a value. Below the first rows nobody has looked."""
    if area.top >= len(head) or area.left >= len(head[area.top]):
        return True
    return bool(head[area.top][area.left].strip())


# --- an .xlsx


def _beside(packed: zipfile.ZipFile, names: set[str], part: str, parts: SheetParts) -> None:
    """Find comments and drawings: parts that a sheet is linked with."""
    links = posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")
    if links not in names:
        return
    places = set[Place]()
    for link in named_elements(packed, links, "Relationship"):
        kind = link.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), link.get("Target", "")))[1:]
        if kind == "drawing":
            parts.is_drawn = True
        elif kind in ("comments", "threadedComment") and target in names:
            parse_part(packed, target, _Comments(places))
    parts.comments += sorted(places)


class _SheetRows(Elements):
    """The hidden and struck rows and the hidden columns of a sheet of an .xlsx."""

    def __init__(self, parts: SheetParts, width: int, struck: set[str]) -> None:
        self.parts, self.width, self.struck = parts, width, struck
        self.row = -1
        self.is_hidden = self.is_struck = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self.row + 1
            self.is_hidden = _is_hidden(attributes, "ht")
        elif name == "c":
            self.is_struck = attributes.get("s") in self.struck
        elif name in ("v", "is"):
            if self.is_hidden:
                _add(self.parts.rows, self.row, self.row)
            if self.is_struck:
                _add(self.parts.struck, self.row, self.row)
        elif name == "col" and _is_hidden(attributes, "width"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.parts.columns.update(range(first - 1, min(last, self.width)))


class _Styles(Elements):
    """The numbers of the styles of an .xlsx whose letters are struck through."""

    def __init__(self) -> None:
        self.within = ""
        self.fonts = self.styles = -1
        self.struck_fonts, self.struck = set[str](), set[str]()

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("fonts", "cellXfs"):
            self.within = name
        elif name == "font" and self.within == "fonts":
            self.fonts += 1
        elif name == "strike" and self.within == "fonts" and attributes.get("val") not in ("0", "false"):
            self.struck_fonts.add(str(self.fonts))
        elif name == "xf" and self.within == "cellXfs":
            self.styles += 1
            if attributes.get("fontId") in self.struck_fonts:
                self.struck.add(str(self.styles))

    def end(self, name: str) -> None:
        if name == self.within:
            self.within = ""


def _struck_styles(packed: zipfile.ZipFile, names: set[str]) -> set[str]:
    styles = _Styles()
    if "xl/styles.xml" in names and has_marks(packed, "xl/styles.xml", b"strike"):
        parse_part(packed, "xl/styles.xml", styles)
    return styles.struck


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Tell whether a row or column is hidden, or has no size."""
    return attributes.get("hidden") in ("1", "true") or not attributes.get(size, "1").strip("0.")


class _Comments(Elements):
    """The places of the comments of a sheet that say something."""

    def __init__(self, places: set[Place]) -> None:
        self.places = places
        self.place: Place | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("comment", "threadedComment"):
            ref = attributes.get("ref", "A1").partition(":")[0]
            self.place = int(ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$") or 1) - 1, column_of(ref)

    def text(self, text: str) -> None:
        if self.place is not None and text.strip():
            self.places.add(self.place)

    def end(self, name: str) -> None:
        if name in ("comment", "threadedComment"):
            self.place = None


# --- an .ods


class _DocumentParts(OpenDocument):
    """The parts of a sheet of an .ods. Groups of rows or columns hide what is in them."""

    def __init__(self, sheet: str, parts: SheetParts, width: int) -> None:
        super().__init__(sheet, UnreadCells(), None)
        self.parts, self.width = parts, width
        self.at = 0  # column that the next entry of columns begins with
        self.groups: list[bool] = []
        self.is_hidden = False
        self.style, self.struck = "", set[str]()

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        super().begin(name, attributes)
        if name == "style":
            self.style = attributes.get("name", "")
        elif name == "text-properties" and attributes.get("text-line-through-style", "none") != "none":
            self.struck.add(self.style)
        if not self.is_in:
            return
        if name in _DRAWN:
            self.parts.is_drawn = True
        elif self.tables != 1:
            return
        elif name in ("table-row-group", "table-column-group"):
            self.groups.append(attributes.get("display") == "false")
        elif name == "table-row":
            self.is_hidden = attributes.get("visibility") in _HIDDEN or any(self.groups)
        elif name == "table-column":
            end = self.at + int(attributes.get("number-columns-repeated", "1"))
            if attributes.get("visibility") in _HIDDEN or any(self.groups):
                self.parts.columns.update(range(self.at, min(end, self.width)))
            self.at = end
        elif name == "annotation":
            self.parts.comments.append((self.row, self.column))

    def end(self, name: str) -> None:
        if self.is_in and self.tables == 1 and name in ("table-row-group", "table-column-group"):
            self.groups.pop()
        super().end(name)

    def cell(self, attributes: dict[str, str]) -> None:
        row, column = self.row, self.column
        tall, broad = (int(attributes.get(f"number-{way}-spanned", "1")) for way in ("rows", "columns"))
        if tall > 1 or broad > 1:
            self.parts.merged.append(MergedCells(row, column, row + tall - 1, column + broad - 1))
        if attributes.get("value-type") or self.shown.strip():
            if self.is_hidden:
                _add(self.parts.rows, row, row + self.repeated - 1)
            if attributes.get("style-name") in self.struck:
                _add(self.parts.struck, row, row + self.repeated - 1)
        super().cell(attributes)
