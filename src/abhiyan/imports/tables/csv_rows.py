"""Rows of a CSV as they stand: read in the pool."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from .opening import refusing
from .reasons import TableRefused
from .sheets import BATCH_SIGNS, BLANK, TOTAL
from .words import is_total

_CELL = 60_000  # characters kept of an endless cell: enough for every limit to refuse it
_LINE = 1 << 20
_BLOCK = 1 << 20


def rows_of_csv(
    file: Path,
    *,
    encoding: str,
    delimiter: str,
    first_row: int,
    width: int,
    start: int,
    stop: int,
    number: int,
    columns: list[int],
    batch: int,
) -> Iterator[tuple[int, list[list[str]], dict[int, str], int]]:
    """Yield rows of data in bytes [start, stop). The first row has this number.

    Each piece: the number of its first row; the cells of `columns` with BLANK, TOTAL or "" behind them; what refuses a
    row as a whole by its index; how many bytes are read. Raises ReaderRefusal.
    """
    with refusing(), file.open("rb") as opened:
        opened.seek(start)
        reader = csv.reader(
            chain.from_iterable(_lines(opened, encoding, delimiter, stop)), delimiter=delimiter
        )
        while number < first_row:
            raw = _take(reader, min(batch, first_row - number), number)
            if not raw:
                return
            number += len(raw)
        while raw := _take(reader, batch, number):
            while raw:
                some, raw = _some(raw)
                refused = _even(some, width) if set(map(len, some)) != {width} else {}
                picked = [[*(row[column] for column in columns), _mark(row)] for row in some]
                yield number, picked, refused, opened.tell() - start
                number += len(some)


def _some(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """As many rows as one piece holds, at least one, and the others."""
    signs = 0
    for n, row in enumerate(rows):
        signs += sum(map(len, row))
        if signs > BATCH_SIGNS and n:
            return rows[:n], rows[n:]
    return rows, []


def _mark(row: Sequence[str]) -> str:
    if not any(cell.strip() for cell in row):
        return BLANK
    return TOTAL if is_total(row) else ""


def _take(reader: Iterator[list[str]], count: int, number: int) -> list[list[str]]:
    raw: list[list[str]] = []
    try:
        raw.extend(islice(reader, count))
    except csv.Error as error:
        raise TableRefused("cell_too_long", row=number + len(raw)) from error
    except _LineTooLongError as error:
        raise TableRefused("line_too_long", row=number + len(raw)) from error
    except UnicodeDecodeError as error:
        raise TableRefused("changed") from error
    return raw


def _even(raw: list[list[str]], width: int) -> dict[int, str]:
    """Make every row as wide as the header: short rows end in blanks, long ones may have only blanks behind."""
    refused = {}
    for index, row in enumerate(raw):
        extra = len(row) - width
        if extra < 0:
            raw[index] = row + [""] * -extra
        elif extra > 0 and any(cell.strip() for cell in row[width:]):
            refused[index] = "extra_cells"
    return refused


class _LineTooLongError(Exception):
    """A line that stays long when its endless cells are cut short."""


def _lines(file: Any, encoding: str, delimiter: str, stop: int) -> Iterator[Iterable[str]]:
    """The lines of a part, a block at a time, ends of lines kept; endless cells cut so that memory stays small."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    in_cell = f'[^"\r\n{re.escape(delimiter)}]'
    endless = re.compile(f"({in_cell}{{{_CELL}}}){in_cell}+")
    rest = ""
    while True:
        data = file.read(max(min(_BLOCK, stop - file.tell()), 0))
        text = rest + decoder.decode(data, final=not data)
        if not data:
            if rest := text:
                yield _bounded_lines(rest, endless)
            return
        cut = text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1
        text, rest = text[:cut], text[cut:]
        if text:
            yield _bounded_lines(text, endless)
        if len(rest) > _LINE:
            rest = endless.sub(r"\1", rest)
            if len(rest) > _LINE:
                raise _LineTooLongError


def _bounded_lines(text: str, endless: re.Pattern[str]) -> list[str]:
    lines = io.StringIO(text, newline="").readlines()
    if lines and max(map(len, lines)) > _CELL:
        lines = [endless.sub(r"\1", line) if len(line) > _CELL else line for line in lines]
        if max(map(len, lines)) > _LINE:
            raise _LineTooLongError
    return lines
