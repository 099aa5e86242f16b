"""Sheets (.xlsx, .ods, .xls), read in the pool.

A sheet is somebody else's file: it may unpack without end or claim a cell in the last corner of the grid. Rows come
back piece by piece, and only the columns asked for.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from abhiyan.core.file_pool import OF_A_LIST, ReaderBounds, ReaderRefusal

from .opening import table_told
from .sheet_parts import SheetParts, is_filled, name_some, sheet_parts
from .unread import find_unread_cells
from .words import is_total

HEAD_ROWS = 400
BATCH, BATCH_SIGNS = 2_000, 4 << 20  # rows of one piece, and signs in it
LONGEST_CELL = 60_000
BLANK, TOTAL = "1", "t"  # what a whole row is


@dataclass(frozen=True, slots=True)
class Outline:
    """A sheet's first rows, all its columns; its number of rows; the names of the sheets with anything in them.

    hidden: names of other sheets with anything in them, which nobody sees. parts: what the sheet holds beside values.
    merged: (row, column, last row) of cells merged downwards among those rows. is_told: whether the format shows
    errors and parts.
    """

    sheet: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    records: int
    width: int
    head: list[list[str]]
    merged: tuple[tuple[int, int, int], ...]
    parts: SheetParts
    is_told: bool

    def hold_merged(self, first_row: int) -> None:
        """Put the text of cells merged downwards into each of their rows. In a header it holds for its row alone."""
        for top, column, bottom in self.merged:
            if top >= first_row - 1:
                for row in self.head[top + 1 : bottom + 1]:
                    row[column] = self.head[top][column]


def outline(file: Path, *, sheet: str | None, columns_limit: int) -> Outline:
    """Look at a workbook: the sheet named, or else the first visible one that is not empty. In the pool.

    Raises ReaderRefusal."""
    import python_calamine as calamine

    try:
        return _outline(file, sheet, columns_limit)
    except calamine.PasswordError:
        raise ReaderRefusal("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise ReaderRefusal("damaged_file") from None


def sheet_rows(
    path: Path,
    *,
    sheet: str,
    columns: Sequence[int],
    start: int,
    stop: int,
    bounds: ReaderBounds = OF_A_LIST,
) -> Iterator[list[list[str]]]:
    """Batches of rows [start, stop), counted from 0: the cells of `columns`, then BLANK or TOTAL, or "".

    A cell without a value says why ("#REF!"); one merged downwards is in each of its rows, if it begins here.
    """
    arguments = {"sheet": sheet, "columns": list(columns), "start": start, "stop": stop}
    return table_told(rows_of_sheet, path, bounds=bounds, **arguments)


# --- in the pool


def sheet_sizes(file: Path) -> dict[str, int]:
    """Return the sheets of a workbook that hold anything, also hidden ones, with their rows. In the pool.

    Raises ReaderRefusal."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(str(file))
        sheets = {
            meta.name: book.get_sheet_by_name(meta.name)
            for meta in book.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
        }
    except calamine.PasswordError:
        raise ReaderRefusal("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise ReaderRefusal("damaged_file") from None
    return {name: sheet.end[0] + 1 for name, sheet in sheets.items() if sheet.end is not None}


def _text(cell: Any) -> str:
    """A cell as somebody would have typed it: whole numbers without a dot, ISO dates."""
    if cell.__class__ is str:
        return str(cell[:LONGEST_CELL])
    if cell.__class__ is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e16 else repr(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _outline(file: Path, wanted: str | None, columns_limit: int) -> Outline:
    import python_calamine as calamine

    book = calamine.load_workbook(str(file))
    seen = {
        m.name: m.visible == calamine.SheetVisibleEnum.Visible
        for m in book.sheets_metadata
        if m.typ == calamine.SheetTypeEnum.WorkSheet
    }
    names = [name for name, is_visible in seen.items() if is_visible]
    if wanted is not None and wanted in seen and wanted not in names:
        raise ReaderRefusal("only_hidden", {"named": wanted[:60]})
    if wanted is not None and wanted not in names:
        offered = ", ".join(name[:60] for name in names[:20])
        raise ReaderRefusal("no_such_sheet", {"sheet": str(wanted)[:60], "sheets": offered})
    for name in names if wanted is None else [wanted]:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None and sheet.end is not None:
            break
    else:
        hidden = [
            sheet_name for sheet_name in seen if sheet_name not in names and is_filled(file, sheet_name, book)
        ]
        raise (
            ReaderRefusal("only_hidden", name_some(hidden, len(hidden))) if hidden else ReaderRefusal("empty")
        )
    width = sheet.end[1] + 1
    if width > columns_limit:
        raise ReaderRefusal("too_many_columns", {"columns": width, "limit": columns_limit})
    lead = [""] * sheet.start[1]
    head: list[list[str]] = []
    more = find_unread_cells(file, name, merged=sheet.merged_cell_ranges, rows=HEAD_ROWS)
    for row in sheet.iter_rows():
        head.append(lead + [_text(cell) for cell in row])
        if len(head) == HEAD_ROWS:
            break
    for (at, column), text in more.texts.items():
        if at < len(head) and column < width:
            head[at][column] = text
    merged = ((top, left, bottom) for (top, left), bottom in more.merged.items())
    merged_here = tuple(
        cell_range for cell_range in merged if cell_range[0] < len(head) and cell_range[1] < width
    )
    parts = sheet_parts(file, name, width=width, merged=sheet.merged_cell_ranges)
    filled = [other for other in seen if other == name or is_filled(file, other, book)]
    return Outline(
        name,
        tuple(sheet_name for sheet_name in filled if seen[sheet_name]),
        tuple(sheet_name for sheet_name in filled if not seen[sheet_name]),
        sheet.end[0] + 1,
        width,
        head,
        merged_here,
        parts,
        more.is_told and parts.is_seen,
    )


def rows_of_sheet(
    file: Path, sheet: str, columns: list[int], start: int, stop: int
) -> Iterator[list[tuple[str, ...]]]:
    """Return what `sheet_rows` gives."""
    import python_calamine as calamine

    try:
        yield from _rows(
            file, calamine.load_workbook(str(file)).get_sheet_by_name(sheet), sheet, columns, start, stop
        )
    except calamine.PasswordError:
        raise ReaderRefusal("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise ReaderRefusal("damaged_file") from None


def _rows(
    file: Path, sheet: Any, name: str, wanted: list[int], start: int, stop: int
) -> Iterator[list[tuple[str, ...]]]:
    if sheet.end is None:
        raise ReaderRefusal("changed")
    lead = sheet.start[1]
    columns = [c - lead for c in wanted]
    more = find_unread_cells(file, name, merged=sheet.merged_cell_ranges)
    instead: dict[int, list[tuple[int, str]]] = defaultdict(list)  # row -> which of the columns, and its text
    for (at, column), cell_text in more.texts.items():
        if column in wanted:
            instead[at].append((wanted.index(column), cell_text))
    last = {place: bottom for place, bottom in more.merged.items() if place[0] >= start}
    texts_by_row: dict[
        int, tuple[str, int]
    ] = {}  # which of the columns -> the text of a merged cell, and its last row
    batch: list[tuple[str, ...]] = []
    signs = 0
    text = _text
    for number, row in enumerate(sheet.iter_rows()):
        if number < start:
            continue
        if number >= stop:
            break
        cells = [("" if c < 0 else text(row[c])) for c in columns]
        for which, cell_text in instead.get(number, ()):
            cells[which] = cell_text
        mark = _mark(cells, row)
        if last:
            _hold(cells, number, wanted, last, texts_by_row)
        batch.append((*cells, mark))
        signs += sum(map(len, cells))
        if len(batch) == BATCH or signs > BATCH_SIGNS:
            yield batch
            batch, signs = [], 0
    if batch:
        yield batch


def _mark(cells: list[str], row: Sequence[Any]) -> str:
    """Tell a blank row and a row of totals from others."""
    if any(cells) or any(cell != "" for cell in row):
        first = next((cell for cell in row if cell != ""), "")
        return TOTAL if isinstance(first, str) and is_total(map(_text, row)) else ""
    return BLANK


def _hold(
    cells: list[str],
    row: int,
    columns: Sequence[int],
    last: dict[tuple[int, int], int],
    held: dict[int, tuple[str, int]],
) -> None:
    """Put the text of a cell merged downwards into each of its rows."""
    for which, column in enumerate(columns):
        bottom = last.get((row, column))
        if bottom is not None:
            held[which] = (cells[which], bottom)
        elif which in held:
            text, bottom = held[which]
            if row <= bottom:
                cells[which] = text
