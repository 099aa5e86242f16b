"""Rows of a file, cleaned, in batches: constant memory however long the file.

Only mapped columns are picked from a row; cells of other columns, sensitive ones above all, are gone with the row. Row
numbers are those of the sheet as a person sees it. The first row is 1, title and blank rows count, and a cell with line
breaks is still in one row.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from abhiyan.core.file_pool import OF_A_LIST
from abhiyan.core.places import place_fault

from .cleaning import Born, Cleaner, Notes, Phone, cleaner
from .csv_rows import rows_of_csv
from .days import Days, Evidence
from .layout import CellKind, Field, Layout
from .opening import table_told
from .reasons import TableRefused
from .scanning import text_start
from .sheets import sheet_rows
from .sniffing import check_mapping, masked_cell
from .sources import FilePart, TableSource

BATCH = 5_000

# The caller's last word on a row before it is kept. It gets the row number, then the values in the layout's order (None
# where blank or bad). It returns a code to count the row under and forget it, or None to go on.
Discard = Callable[[tuple[Any, ...]], str | None]


class RefusedCell(NamedTuple):
    """Why a row is not imported. field: "" for the row as a whole. excerpt: safe to store and show."""

    row: int
    field: str
    code: str
    excerpt: str


@dataclass(slots=True)
class Batch:
    """A stretch of a file.

    rows: (row number, value, value, …) in the layout's order. refused: one entry per bad cell.
    faulty: the rows of those cells, in the same shape, None where a cell is bad. The caller may say
    what else is wrong with them. refused_rows: how many rows those are. discarded: rows the caller's `discard` forgot,
    by its code.
    skipped: blank rows, repeated headers and rows of totals. notes: (field key, note) -> cells. done: bytes (rows of a
    sheet) read so far, of `Part.stop - Part.start`.
    """

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refused: list[RefusedCell] = field(default_factory=list)
    faulty: list[tuple[Any, ...]] = field(default_factory=list)
    refused_rows: int = 0
    discarded: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    notes: Notes = field(default_factory=Counter)
    done: int = 0


def read_rows(
    path: Path,
    layout: Layout,
    mapping: Mapping[str, int],
    *,
    source: TableSource,
    part: FilePart | None = None,
    phone: Phone | None = None,
    born: Born | None = None,
    discard: Discard | None = None,
    on: date | None = None,
    batch: int = BATCH,
) -> Iterator[Batch]:
    """Read one part of a file, or all of it.

    phone: what makes a phone of a cell, None when it is none; needed when the layout has phones.
    born: what makes a year of birth of an age or a short year; without it these are refused.
    on: the day it is, by which a year of two digits is read; without it such a year is refused.
    discard: told of every row before it is kept or refused; the minor's row goes here and leaves a count only.
    Raises TableRefused when the mapping is not allowed or the file is not what was sniffed.
    """
    if problems := check_mapping(source, layout, mapping):
        raise TableRefused(problems[0].code, **problems[0].facts)
    if lacking := layout.lacking(mapping):
        raise TableRefused("missing_columns", fields=", ".join(f"{f.en} / {f.hi}" for f in lacking))
    source.same(path)
    if source.days is None:
        source = replace(source, days=days_in(path, layout, mapping, source=source))
    if part is None:
        part = _whole(path, source)
    notes: Notes = Counter()
    plan = _Plan(layout, mapping, source, notes, phone, born, discard, on)
    if source.kind == "sheet":
        yield from _sheet(path, plan, source, part)
    else:
        yield from _csv(path, plan, source, part, batch)


def _whole(path: Path, source: TableSource) -> FilePart:
    return FilePart(0 if source.kind == "sheet" else text_start(path, source.encoding), source.size, 1)


def days_in(path: Path, layout: Layout, mapping: Mapping[str, int], *, source: TableSource) -> dict[int, str]:
    """How the days of each column of dates are read, by all its cells: column -> days.Days.

    A file that is read in parts is asked once, before it is cut: no part knows the cells of the others.
    """
    columns = [mapping[f.key] for f in layout.fields if f.kind is CellKind.DATE and f.key in mapping]
    if not columns:
        return {}
    evidence_list = [Evidence() for _column in columns]
    part = _whole(path, source)
    if source.kind == "sheet":
        first = source.first_row - 1
        row_blocks = sheet_rows(path, sheet=source.sheet, columns=columns, start=first, stop=source.records)
    else:
        row_blocks = (raw.rows for raw in _csv_rows(path, source, part, columns, BATCH))
    for raw in row_blocks:
        for evidence, cells in zip(
            evidence_list, zip(*raw, strict=True), strict=False
        ):  # a sheet adds which rows are blank
            evidence.add(cells)
    is_sheet = source.kind == "sheet"
    return {
        column: one.days(is_sheet=is_sheet).value for column, one in zip(columns, evidence_list, strict=True)
    }


def picked(
    path: Path, source: TableSource, numbers: Container[int], columns: Sequence[int]
) -> Iterator[tuple[int, list[str]]]:
    """The cells of some columns as they stand, of the rows with these numbers, in the order of the file."""
    if source.kind == "sheet":
        number = source.first_row
        row_blocks = sheet_rows(
            path, sheet=source.sheet, columns=columns, start=number - 1, stop=source.records
        )
        for some in row_blocks:
            for *cells, _mark in some:
                if number in numbers:
                    yield number, cells
                number += 1
        return
    for raw in _csv_rows(path, source, _whole(path, source), columns, BATCH):
        for number, (*cells, _mark) in enumerate(raw.rows, raw.number):
            if number in numbers:
                yield number, cells


class _Plan:
    """Hold which column feeds which field, and how it is cleaned."""

    def __init__(
        self,
        layout: Layout,
        mapping: Mapping[str, int],
        source: TableSource,
        notes: Notes,
        phone: Phone | None,
        born: Born | None,
        discard: Discard | None,
        on: date | None,
    ) -> None:
        self.fields = [f for f in layout.fields if f.key in mapping]
        self.columns = [mapping[f.key] for f in self.fields]
        days = source.days or {}
        self.cleaners: list[Cleaner] = [
            cleaner(
                f,
                notes=notes,
                phone=phone,
                born=born,
                days=Days(days.get(mapping[f.key], Days.DAY_FIRST)),
                on=on,
            )
            for f in self.fields
        ]
        self.places = [self.fields.index(f) if f.key in mapping else None for f in layout.fields]
        self.point = [self.fields.index(f) for f in self.fields if f.key in ("lat", "lon")]
        self.personal = layout.personal
        self.may_be_blank = not any(f.is_in_each_row for f in self.fields)  # else a blank row is bad
        self.header = [source.headers[c] for c in self.columns]
        self.discard = discard
        self.notes = notes

    def clean(
        self,
        numbers: Sequence[int],
        columns: Sequence[Sequence[str]],
        refused: Mapping[int, str],
        marks: Sequence[str],
    ) -> Batch:
        """One batch. numbers: of the rows. columns: raw cells of each mapped field. refused: index -> code of
        rows refused as a whole. marks: which rows are blank in all columns, or give the total."""
        out = Batch()
        values: list[list[Any]] = []
        bad: dict[int, list[tuple[Field | None, str, str]]] = {
            i: [(None, code, "")] for i, code in refused.items()
        }
        for spec, clean, cells in zip(self.fields, self.cleaners, columns, strict=True):
            good, wrong = clean(cells)
            values.append(good)
            for index, code in wrong.items():
                if index not in refused:
                    bad.setdefault(index, []).append((spec, code, cells[index]))
        self._refuse_places(values, columns, bad)
        empty: list[Any] = [None] * len(numbers)
        built = list(zip(numbers, *(empty if p is None else values[p] for p in self.places), strict=True))
        skipped = {i for i in bad if marks[i]} | self._headers_again(columns)
        if self.may_be_blank and any(marks):
            skipped |= {i for i, mark in enumerate(marks) if mark}
        out.skipped = len(skipped)
        gone = skipped.union(bad)
        if self.discard is not None:
            for index, row in enumerate(built):
                forgotten = None if index in skipped else self.discard(row)
                if forgotten is not None:
                    out.discarded[forgotten] += 1
                    gone.add(index)
                    bad.pop(index, None)
        for index in sorted(bad.keys() - skipped):
            out.refused_rows += 1
            out.faulty.append(built[index])
            for which, code, cell in bad[index]:
                key = which.key if which is not None else ""
                cell_excerpt = excerpt(which, cell, personal=self.personal)
                out.refused.append(RefusedCell(numbers[index], key, code, cell_excerpt))
        out.rows = [row for i, row in enumerate(built) if i not in gone] if gone else built
        out.notes = Counter(self.notes)
        self.notes.clear()
        return out

    def _refuse_places(
        self,
        values: Sequence[list[Any]],
        columns: Sequence[Sequence[str]],
        bad: dict[int, list[tuple[Field | None, str, str]]],
    ) -> None:
        """Refuse what is no place here: `core.places` says which latitudes and longitudes those are."""
        if not self.point:
            return
        first, last = self.point[0], self.point[-1]
        rows_ = zip(values[first], values[last], strict=True)
        for index, (lat, lon) in enumerate(
            rows_ if first != last else ((lat, None) for lat in values[first])
        ):
            fault = place_fault(lat, lon)
            if fault is not None and index not in bad:
                bad[index] = [(self.fields[first], fault.value, columns[first][index])]
                values[first][index] = values[last][index] = None

    def _headers_again(self, columns: Sequence[Sequence[str]]) -> set[int]:
        """Return the rows that repeat the column names, as in a list put together from several."""
        if not any(self.header) or self.header[0] not in columns[0]:
            return set()
        return {
            index
            for index, cell in enumerate(columns[0])
            if cell == self.header[0]
            and all(" ".join(c[index].split()) == h for c, h in zip(columns, self.header, strict=True))
        }


_PROSE = frozenset((CellKind.TEXT, CellKind.NAME, CellKind.PHONE))


def excerpt(spec: Field | None, cell: str, *, personal: bool) -> str:
    """Return what may be kept of a refused cell: enough to find the slip ("20I2"), never a whole phone number. A list
    of people keeps no words, for they may be somebody's name in the wrong column."""
    if spec is None:
        return ""
    text = "".join(char if char.isprintable() else " " for char in cell[:200]).strip()
    telling = len(text) <= 20 and any(map(str.isdigit, text)) and spec.kind not in _PROSE
    return masked_cell(text, personal=spec.kind is CellKind.PHONE or (personal and not telling))[:40]


# Sheets.


def _sheet(path: Path, plan: _Plan, source: TableSource, part: FilePart) -> Iterator[Batch]:
    first = max(part.start, source.first_row - 1)
    done = first
    row_blocks = sheet_rows(
        path,
        sheet=source.sheet,
        columns=plan.columns,
        start=first,
        stop=min(part.stop, source.records),
    )
    for raw in row_blocks:
        *columns, marks = zip(*raw, strict=True)
        out = plan.clean(range(done + 1, done + 1 + len(raw)), columns, {}, marks)
        done += len(raw)
        out.done = done - part.start
        yield out


# CSV.


def _csv(path: Path, plan: _Plan, source: TableSource, part: FilePart, batch: int) -> Iterator[Batch]:
    for raw in _csv_rows(path, source, part, plan.columns, batch):
        *columns, marks = zip(*raw.rows, strict=True)
        out = plan.clean(range(raw.number, raw.number + len(raw.rows)), columns, raw.refused, marks)
        out.done = raw.done
        yield out


class _RawRows(NamedTuple):
    """Rows as they stand. number: of the first. refused: what refuses a row as a whole, by its index. done: bytes
    of the part that are read."""

    number: int
    rows: list[list[str]]
    refused: dict[int, str]
    done: int


def _csv_rows(
    path: Path, source: TableSource, part: FilePart, columns: Sequence[int], batch: int
) -> Iterator[_RawRows]:
    arguments = {name: getattr(source, name) for name in ("encoding", "delimiter", "first_row", "width")}
    arguments |= {
        "start": part.start,
        "stop": part.stop,
        "number": part.row,
        "columns": list(columns),
        "batch": batch,
    }
    for number, rows_, refused, done in table_told(rows_of_csv, path, bounds=OF_A_LIST, **arguments):
        yield _RawRows(number, rows_, {int(index): code for index, code in refused.items()}, done)
