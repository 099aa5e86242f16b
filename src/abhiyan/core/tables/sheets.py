"""Sheets (.xlsx, .ods, .xls) read in a process of their own, with a bound on its memory and time.

A sheet is somebody else's file: it may unpack without end or claim a cell in the last corner of the grid. The
child that opens it then dies alone, and the parent says so. Nothing is written to disk: rows come back through a
pipe, and only the columns asked for.
"""

import json
import marshal
import os
import resource
import struct
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.unread import unread
from abhiyan.core.tables.words import is_total

MEMORY = 3 << 29  # 1.5 GiB of address space; a million rows of six columns take 0.6
SECONDS = 180  # of processor time
HEAD_ROWS = 400
BATCH = 2_000
LONGEST_CELL = 60_000
BLANK, TOTAL = "1", "t"  # what a whole row is


@dataclass(frozen=True, slots=True)
class Outline:
    """A sheet's first rows, all its columns; its number of rows; the names of the sheets with anything in them.

    merged: (row, column, last row) of cells merged downwards among those rows. is_told: whether errors were seen.
    """

    sheet: str
    sheets: tuple[str, ...]
    records: int
    width: int
    head: list[list[str]]
    merged: tuple[tuple[int, int, int], ...]
    is_told: bool


def outline(path: Path, *, sheet: str | None, columns_limit: int) -> Outline:
    """Look at a workbook: the sheet named, or else the first visible one that is not empty."""
    found = next(_ask(path, {"sheet": sheet, "columns_limit": columns_limit, "head": HEAD_ROWS}))
    return Outline(
        found["sheet"],
        tuple(found["sheets"]),
        found["records"],
        found["width"],
        found["rows"],
        tuple(found["merged"]),
        found["is_told"],
    )


def sheet_rows(
    path: Path, *, sheet: str, columns: Sequence[int], start: int, stop: int
) -> Iterator[list[tuple[str, ...]]]:
    """Batches of rows [start, stop), counted from 0: the cells of `columns`, then BLANK or TOTAL, or "".

    A cell without a value says why ("#REF!"); one merged downwards is in each of its rows, if it begins here.
    """
    request = {"sheet": sheet, "columns": list(columns), "start": start, "stop": stop}
    yield from _ask(path, request)


def _ask(path: Path, request: dict[str, Any]) -> Iterator[Any]:
    command = [sys.executable, "-P", "-m", "abhiyan.core.tables.sheets", str(path), json.dumps(request)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of ours: no keys, no database address.
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as child:
        assert child.stdout is not None
        done = False
        try:
            while len(head := child.stdout.read(4)) == 4:
                frame = child.stdout.read(struct.unpack("!I", head)[0])
                try:
                    answer = marshal.loads(frame)  # noqa: S302  (our own child wrote it)
                except (EOFError, ValueError):
                    break  # it died in the middle of a frame
                if answer is None:
                    done = True
                    break
                if isinstance(answer, dict) and "refused" in answer:
                    raise TableRefused(answer["refused"], **answer["facts"])
                yield answer
        finally:
            child.kill()
    if not done:
        raise TableRefused("sheet_too_large")


# The child.


def _send(answer: Any) -> None:
    frame = marshal.dumps(answer)
    sys.stdout.buffer.write(struct.pack("!I", len(frame)) + frame)


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


def _main(path: str, request: dict[str, Any]) -> None:
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(path)
        names = [
            m.name
            for m in book.sheets_metadata
            if m.typ == calamine.SheetTypeEnum.WorkSheet and m.visible == calamine.SheetVisibleEnum.Visible
        ]
        if "head" not in request:
            _rows(path, book.get_sheet_by_name(request["sheet"]), request)
            return
        wanted = request["sheet"]
        if wanted is not None and wanted not in names:
            _refuse("no_such_sheet", sheet=str(wanted)[:60], sheets=", ".join(n[:60] for n in names[:20]))
            return
        for name in names if wanted is None else [wanted]:
            sheet = book.get_sheet_by_name(name)
            if sheet.start is not None and sheet.end is not None:
                break
        else:
            _refuse("empty")
            return
        width = sheet.end[1] + 1
        if width > request["columns_limit"]:
            _refuse("too_many_columns", columns=width, limit=request["columns_limit"])
            return
        lead = [""] * sheet.start[1]
        head = []
        more = unread(Path(path), name, merged=sheet.merged_cell_ranges, rows=request["head"])
        for row in sheet.iter_rows():
            head.append(lead + [_text(cell) for cell in row])
            if len(head) == request["head"]:
                break
        for (at, column), text in more.texts.items():
            if at < len(head) and column < width:
                head[at][column] = text
        answer = {"sheet": name, "sheets": names, "records": sheet.end[0] + 1, "width": width, "rows": head}
        merged = [(top, left, bottom) for (top, left), bottom in more.merged.items()]
        merged = [one for one in merged if one[0] < len(head) and one[1] < width]
        _send({**answer, "merged": merged, "is_told": more.is_told})
        _send(None)
    except calamine.PasswordError:
        _refuse("encrypted")
    except (calamine.CalamineError, OSError, ValueError):
        _refuse("damaged_file")


def _refuse(reason: str, **facts: object) -> None:
    _send({"refused": reason, "facts": facts})


def _rows(path: str, sheet: Any, request: dict[str, Any]) -> None:
    if sheet.end is None:
        _refuse("changed")
        return
    lead = sheet.start[1]
    columns = [c - lead for c in request["columns"]]
    start, stop = request["start"], request["stop"]
    more = unread(Path(path), request["sheet"], merged=sheet.merged_cell_ranges)
    instead: dict[int, list[tuple[int, str]]] = defaultdict(list)  # row -> which of the columns, and its text
    for (at, column), said in more.texts.items():
        if column in request["columns"]:
            instead[at].append((request["columns"].index(column), said))
    last = {place: bottom for place, bottom in more.merged.items() if place[0] >= start}
    held: dict[
        int, tuple[str, int]
    ] = {}  # which of the columns -> the text of a merged cell, and its last row
    batch: list[tuple[str, ...]] = []
    text = _text
    for number, row in enumerate(sheet.iter_rows()):
        if number < start:
            continue
        if number >= stop:
            break
        cells = [("" if c < 0 else text(row[c])) for c in columns]
        for which, said in instead.get(number, ()):
            cells[which] = said
        mark = _mark(cells, row)
        if last:
            _hold(cells, number, request["columns"], last, held)
        batch.append((*cells, mark))
        if len(batch) == BATCH:
            _send(batch)
            batch = []
    if batch:
        _send(batch)
    _send(None)


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


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _main(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.flush()
