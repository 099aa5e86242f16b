"""One pass over the bytes of a CSV: is it valid text, how many rows has it, and where may it be cut.

A newline inside quotation marks ends no row, and a quotation mark counts only at the start of a cell. csv.reader reads
the same way, so that parts give the rows of the whole.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from .reasons import TableRefused
from .sources import FilePart, TableSource

BLOCK = 1 << 18
BOMS = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


@dataclass(frozen=True, slots=True)
class Scan:
    """records: rows. marks: (byte, rows before it), at row starts. open_quote: it ends inside one."""

    records: int
    marks: tuple[tuple[int, int], ...]
    open_quote: bool


class BadBytes(Exception):
    """Bytes that are not text in the encoding tried. line: of a text editor. byte: from 1, in the file."""

    def __init__(self, line: int, byte: int, *, at_end: bool) -> None:
        self.line = line
        self.byte = byte
        self.at_end = at_end
        super().__init__(f"line {line}, byte {byte}")


@cache
def _quoted(delimiter: str) -> re.Pattern[bytes]:
    """A quoted cell's text from its opening mark to its closing one, or to the end when it does not close."""
    opening = b"(?<=[" + re.escape(delimiter.encode()) + rb"\r\n])" + b'"'
    return re.compile(opening + rb'[^"]*+(?:""[^"]*+)*+(?:"|\Z)')


_CLOSING = re.compile(rb'[^"]*+(?:""[^"]*+)*+("|\Z)')
_END = b"\0"  # put behind a block; gone afterwards when an open quote swallowed it


def wide(encoding: str) -> bool:
    """Return True if newlines and quotation marks are more than one byte each, so bytes cannot be cut or counted."""
    return encoding.startswith("utf-16")


def text_start(path: Path, encoding: str) -> int:
    """The byte where the text begins: behind the mark that names the encoding, if there is one."""
    bom = BOMS.get(encoding, b"")
    with path.open("rb") as file:
        return len(bom) if bom and file.read(len(bom)) == bom else 0


def _blocks(file: BinaryIO, encoding: str, block: int) -> Iterator[bytes]:
    """The file's text as UTF-8 or its own one-byte encoding, checked. Raises BadBytes."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, lines = file.tell(), 1
    while data := file.read(block):
        n_pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(data)
        except UnicodeDecodeError as error:
            before = max(error.start - n_pending, 0)
            newline = "\n".encode(encoding) if wide(encoding) else b"\n"
            raise BadBytes(
                lines + data[:before].count(newline), offset + error.start - n_pending + 1, at_end=False
            ) from error
        out = text.encode() if wide(encoding) else data
        yield out
        offset += len(data)
        lines += out.count(b"\n")
    n_pending = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise BadBytes(lines, offset - n_pending + 1, at_end=True) from error


def _ends(data: bytes) -> int:
    """Row ends in bytes that hold no quoted cell: LF, CR, or CR LF as one."""
    returns = data.count(b"\r")
    return data.count(b"\n") + (returns - data.count(b"\r\n") if returns else 0)


def scan(path: Path, *, encoding: str, delimiter: str, block: int = BLOCK) -> Scan:
    """Read a CSV once. Raises BadBytes, and TableRefused for rows too long to be rows."""
    quoted = _quoted(delimiter)
    records, marks, in_quote = 0, [], False
    carry = b""
    last = b"\n"  # the byte before the block: a quotation mark after a row end opens a cell
    with path.open("rb") as file:
        file.seek(text_start(path, encoding))
        offset = file.tell()
        for data in _blocks(file, encoding, block):
            data = carry + data if carry else data
            # Cut behind the last row end if there is one; else anywhere but inside a CR LF or a run of marks.
            cut = data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, len(data) - 1) + 1
            if not cut and len(data) > block:
                cut = len(data.rstrip(b'"\r'))
            data, carry = data[:cut], data[cut:]
            if len(carry) > 1 << 20:
                raise TableRefused("line_too_long", row=records + 1)
            if not data:
                continue
            part, in_quote = _unquoted(data, last, in_quote, quoted)
            records += _ends(part)
            last = data[-1:]
            offset += len(data)
            if not in_quote and last in b"\r\n":
                marks.append((offset, records))
        if carry:
            part, in_quote = _unquoted(carry, last, in_quote, quoted)
            records += _ends(part)
            last = carry[-1:]
    if last not in b"\r\n" or in_quote:
        records += 1
    return Scan(records, tuple(marks), in_quote)


def _unquoted(data: bytes, last: bytes, in_quote: bool, quoted: re.Pattern[bytes]) -> tuple[bytes, bool]:
    """The bytes outside quoted cells, and whether the block ends inside one."""
    if not in_quote and b'"' not in data:
        return data, False
    if in_quote:
        closing = _CLOSING.match(data)
        assert closing is not None  # it may match nothing
        if not closing[1]:
            return b"", True
        data, last = data[closing.end() :], b'"'
    rest = quoted.sub(b'"', last + data + _END)  # a trace of the cell keeps CR "" LF two row ends
    return (rest[1:-1], False) if rest.endswith(_END) else (rest[1:], True)


def split_csv(path: Path, parts: int, *, source: TableSource, block: int | None = None) -> list[FilePart]:
    """Cut a CSV's data into at most `parts` pieces of about equal size, each beginning with a whole row.

    UTF-16 stays in one piece: its bytes cannot be cut without reading it. block: scan again this finely (tests).
    """
    source.same(path)
    marks = source.marks
    if block is not None and not wide(source.encoding):
        marks = scan(path, encoding=source.encoding, delimiter=source.delimiter, block=block).marks
    cuts = [(text_start(path, source.encoding), 1)]
    for number in range(1, parts):
        goal = source.size * number // parts
        nearest = next(((byte, rows + 1) for byte, rows in marks if byte >= goal), None)
        if nearest is not None and nearest[0] > cuts[-1][0] and nearest[0] < source.size:
            cuts.append(nearest)
    ends = [byte for byte, _row in cuts[1:]] + [source.size]
    return [FilePart(start, stop, row) for (start, row), stop in zip(cuts, ends, strict=True)]


def split_file(path: Path, parts: int, *, source: TableSource) -> list[FilePart]:
    """Pieces for worker processes. A sheet is one piece: every reader of it would hold all of it in memory."""
    if source.kind == "csv":
        return split_csv(path, parts, source=source)
    return [FilePart(0, source.records, 1)]
