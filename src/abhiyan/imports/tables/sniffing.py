"""The first look at a file somebody sent: what it is, where its names and rows begin, what each column may mean.

Reads the whole of a CSV once (is it text, how many rows), of a sheet the first rows. Nothing is written. Samples
of personal lists are masked to their shape, so a preview may be kept and shown.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from abhiyan.core.file_pool import OF_A_PAGE, ReaderBounds

from .cleaning import UNCALCULATED
from .headers import folded, guess, likeness
from .layout import Layout
from .opening import refusing, table_told
from .reasons import TableRefused, is_why, refusal_reason
from .scanning import BOMS, BadBytes, Scan, scan, text_start, wide
from .sensitive import looks_sensitive, sensitive
from .sheet_parts import SheetParts, column_letter, name_some, part_facts
from .sheets import outline
from .sources import MAX_BYTES, MAX_COLUMNS, TableSource
from .unnamed_columns import filled_later

HEAD_BYTES = 1 << 18
LOOKED_AT = 200  # rows
SAMPLES = 5
TITLE_ROWS = 30  # the header is looked for in these
UNPACKED = 2 << 30
DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class SniffedColumn:
    """One column as found. sensitive: a category of reasons.SENSITIVE; its cells are not in `samples`, nor read."""

    index: int
    letter: str
    header: str
    sensitive: str | None
    blank: bool
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to settle before (blocking) or to know when importing. `code` is a key of reasons.FILE.

    is_of_file: whatever column is chosen for what, it is so.
    """

    code: str
    facts: Mapping[str, object]
    blocking: bool
    is_of_file: bool = False

    def __str__(self) -> str:
        return refusal_reason(self.code, self.facts)


@dataclass(frozen=True, slots=True)
class Preview:
    """A file understood. mapping: field key -> column index, a guess to be confirmed or changed.

    dropped: sensitive category -> columns of it, the only trace of them that is kept.
    rows: rows of data, blank ones included.
    """

    source: TableSource
    columns: tuple[SniffedColumn, ...]
    mapping: Mapping[str, int]
    problems: tuple[Problem, ...]
    dropped: Mapping[str, int]
    sheets: tuple[str, ...]
    rows: int

    @property
    def ready(self) -> bool:
        """Return True if it can be imported as it is."""
        return not any(p.blocking for p in self.problems)


def sniff(
    path: Path,
    layout: Layout,
    *,
    sheet: str | None = None,
    max_bytes: int = MAX_BYTES,
    bounds: ReaderBounds = OF_A_PAGE,
) -> Preview:
    """Understand a file as a list of this layout, in the pool. Raises TableRefused for what no mapping could mend, and
    file_pool.FilesBusy."""
    arguments = {"layout": layout.to_json(), "sheet": sheet, "max_bytes": max_bytes}
    (preview,) = table_told(look_at_table, path, bounds=bounds, **arguments)
    return preview_from_json(preview)


def preview_from_json(found: dict[str, Any]) -> Preview:
    """A Preview of plain data, as `asdict` and JSON leave it."""
    source = found["source"]
    tuples = {
        "headers": tuple(source["headers"]),
        "marks": tuple((byte, rows) for byte, rows in source["marks"]),
    }
    barred = {int(key): value for key, value in source["barred"].items()}
    columns = (
        SniffedColumn(**{**column_json, "samples": tuple(column_json["samples"])})
        for column_json in found["columns"]
    )
    return Preview(
        source=TableSource(**{**source, **tuples, "barred": barred}),
        columns=tuple(columns),
        mapping=found["mapping"],
        problems=tuple(Problem(**problem_json) for problem_json in found["problems"]),
        dropped=found["dropped"],
        sheets=tuple(found["sheets"]),
        rows=found["rows"],
    )


# --- in the pool


def look_at_table(file: Path, *, layout: dict[str, Any], sheet: str | None, max_bytes: int) -> dict[str, Any]:
    """Return what `sniff` finds, as plain data."""
    with refusing():
        return asdict(sniffed(file, Layout.from_json(layout), sheet=sheet, max_bytes=max_bytes))


def sniffed(path: Path, layout: Layout, *, sheet: str | None, max_bytes: int) -> Preview:
    """Return what `sniff` finds. Raises TableRefused, file_pool.ReaderRefusal."""
    size = path.stat().st_size
    if size == 0:
        raise TableRefused("empty")
    if size > max_bytes:
        raise TableRefused("file_too_large", limit_mb=max_bytes >> 20)
    with path.open("rb") as file:
        start = file.read(HEAD_BYTES)
    notes: list[Problem] = []
    if _is_sheet(path, start):
        look = outline(path, sheet=sheet, columns_limit=MAX_COLUMNS)
        head, sheets = look.head, look.sheets
        others = [name for name in sheets if name != look.sheet]
        if others and sheet is None:
            notes.append(_note("other_sheets", {"sheet": look.sheet} | name_some(others, len(others))))
        if hidden := [name for name in look.hidden if name != look.sheet]:
            notes.append(_note("hidden_sheets", name_some(hidden, len(hidden))))
        if not look.is_told:
            notes.append(_note("errors_unseen"))
        parts = look.parts
        source = TableSource("sheet", "", "", look.sheet, 0, 1, look.records, look.width, (), {}, size, ())
    else:
        source, head = _csv(path, start, size, layout, notes)
        look, sheets, parts = None, (), SheetParts()
    _legible(head)
    header_row, first_row = _header(head, layout)
    facts = part_facts(parts, head, header_row=header_row, first_row=first_row)
    notes += [_note(code, values) for code, values in facts]
    if look is not None:
        look.hold_merged(first_row)
    if not any(any(cell.strip() for cell in row) for row in head):
        raise TableRefused("empty")
    headers = [" ".join(cell.split())[:200] for cell in head[header_row - 1]] if header_row else []
    if first_row - header_row == 2:  # names in two languages, one row each
        second = head[header_row]
        headers = [
            f"{h} / {s}" if h and s else h or s for h, s in _pairs(headers, [c.strip()[:200] for c in second])
        ]
    data = [
        row for row in head[first_row - 1 : first_row - 1 + LOOKED_AT] if any(cell.strip() for cell in row)
    ]
    if not data and source.records < first_row:
        raise TableRefused("no_rows")
    # A NUL cannot be kept in the database. A formula that nobody calculated names nothing.
    headers = ["" if header == UNCALCULATED else header.replace("\0", "�") for header in headers]
    width = _width(headers, data, source)
    headers += [""] * (width - len(headers))
    columns = _columns(headers[:width], data, layout)
    blank = [column.index for column in columns if column.blank]
    late = filled_later(path, replace(source, first_row=first_row, width=width), blank, looked_at=len(data))
    columns = tuple(replace(c, blank=c.blank and c.index not in late) for c in columns)
    barred = {c.index: c.sensitive for c in columns if c.sensitive}
    source = replace(
        source,
        header_row=header_row,
        first_row=first_row,
        width=width,
        headers=tuple(headers[:width]),
        barred=barred,
    )
    unused = frozenset(barred) | {c.index for c in columns if is_why(c.header)}
    mapping = guess([c.header for c in columns], layout, barred=unused)
    preview = Preview(
        source=source,
        columns=columns,
        mapping=mapping,
        problems=(),
        dropped=dict(Counter(barred.values())),
        sheets=sheets,
        rows=max(source.records - first_row + 1, 0),
    )
    return replace(preview, problems=(*notes, *_problems(preview, layout, mapping)))


def mapped(preview: Preview, layout: Layout, mapping: Mapping[str, int]) -> Preview:
    """The same file with the columns as somebody chose them, and what is wrong with that choice."""
    kept = [problem for problem in preview.problems if problem.is_of_file]
    return replace(preview, mapping=dict(mapping), problems=(*kept, *_problems(preview, layout, mapping)))


def _note(code: str, facts: Mapping[str, object] | None = None) -> Problem:
    """Something to know of the file, whatever is chosen."""
    return Problem(code, facts or {}, blocking=False, is_of_file=True)


def check_mapping(source: TableSource, layout: Layout, mapping: Mapping[str, int]) -> list[Problem]:
    """Return what forbids reading with this mapping: an unknown field or column, one used twice, a sensitive one."""
    problems = []
    for key, column in mapping.items():
        name = source.headers[column] if 0 <= column < len(source.headers) else ""
        if layout.field(key) is None:
            problems.append(Problem("unknown_field", {"name": key}, blocking=True))
        elif not 0 <= column < source.width:
            problems.append(
                Problem("unknown_column", {"column": column_letter(max(column, 0))}, blocking=True)
            )
        elif column in source.barred or sensitive(name):
            facts = {"column": column_letter(column), "header": name}
            problems.append(Problem("sensitive_column", facts, blocking=True))
    problems += [
        Problem("doubled_column", {"column": column_letter(column)}, blocking=True)
        for column, times in Counter(mapping.values()).items()
        if times > 1
    ]
    return problems


def _problems(preview: Preview, layout: Layout, mapping: Mapping[str, int]) -> list[Problem]:
    problems = check_mapping(preview.source, layout, mapping)
    headers = preview.source.headers
    if not preview.source.header_row:
        problems.append(Problem("no_header", {}, blocking=not mapping))
    # Names that stand twice: blocking while a field waits for one of them.
    named: dict[tuple[str, ...], list[int]] = {}
    for index, header in enumerate(headers):
        if (words := folded(header)) and index not in preview.source.barred:
            named.setdefault(words, []).append(index)
    explained = set()
    columns_used = {*preview.source.barred, *mapping.values()}
    columns_used.update(index for index, header in enumerate(headers) if is_why(header))
    for indexes in named.values():
        if len(indexes) < 2 or set(indexes) & set(mapping.values()):
            continue
        columns_used.update(indexes)
        hits = likeness([headers[indexes[0]]], layout)
        field = layout.fields[hits[0][1]] if hits else None
        facts: dict[str, object] = {
            "header": headers[indexes[0]],
            "columns": ", ".join(column_letter(i) for i in indexes),
        }
        if field is not None and field.key not in mapping:
            explained.add(field.key)
            facts["field"] = f"{field.en} / {field.hi}"
            problems.append(Problem("doubled_header", facts, blocking=True))
        else:
            problems.append(Problem("doubled_ignored", facts, blocking=False))
    lacking = [f for f in layout.lacking(mapping) if f.key not in explained]
    if lacking:
        names = ", ".join(f"{f.en} / {f.hi}" for f in lacking)
        problems.append(Problem("missing_columns", {"fields": names}, blocking=True))
    if preview.source.barred:
        barred = [headers[i] or column_letter(i) for i in sorted(preview.source.barred)]
        problems.append(Problem("dropped_columns", name_some(barred, len(barred)), blocking=False))
    unread = [c for c in preview.columns if (c.header or not c.blank) and c.index not in columns_used]
    if unread and not any(problem.blocking for problem in problems):  # else one of them may still be chosen
        unused = [c.header or column_letter(c.index) for c in unread]
        problems.append(Problem("unread_columns", name_some(unused, len(unused)), blocking=False))
    return problems


# What kind of file.

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "document"),
    (b"BEGIN:VCARD", "contacts"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"SQLite format 3", "program"),
    (b"PAR1", "program"),
)
_ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")


_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_packed(start: bytes) -> bool:
    """Return True if a file that begins so is a sheet of a spreadsheet program, which may hold far more than its
    bytes."""
    return start.startswith((_ZIP, _OLE))


def _is_sheet(path: Path, start: bytes) -> bool:
    """Return True if it is a sheet, by content whatever the name; refuse what is neither sheet nor text."""
    if start.startswith(_ZIP):
        return _zipped(path)
    if start.startswith(_OLE):
        with path.open("rb") as file:
            # An encrypted .xlsx is such a container too; the names of its streams are UTF-16.
            if "EncryptedPackage".encode("utf-16-le") in file.read(1 << 22):
                raise TableRefused("encrypted")
        return True
    if start.startswith(_ARCHIVES):
        raise TableRefused("archive")
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            raise TableRefused("not_a_table", kind=kind)
    text = start[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise TableRefused("html_table")
    if text.startswith((b'{"', b"{\n", b"[{", b"[\n")):
        raise TableRefused("not_a_table", kind="json")
    return False


def _zipped(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = packed.infolist()
            names = {e.filename for e in entries}
            if len(entries) > 10_000 or sum(e.file_size for e in entries) > UNPACKED:
                raise TableRefused("zip_bomb")
            # Deflate reaches 1032:1; sheets of real lists stay far below this.
            if any(e.file_size > 50 << 20 and e.file_size > 400 * max(e.compress_size, 1) for e in entries):
                raise TableRefused("zip_bomb")
            if any(e.flag_bits & 1 for e in entries):
                raise TableRefused("encrypted")
            if names & {"xl/workbook.xml", "xl/workbook.bin"}:
                return True
            if "mimetype" in names and b"spreadsheet" in packed.read("mimetype")[:200]:
                return True
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise TableRefused("damaged_file") from error
    if any(n.startswith(("word/", "ppt/")) for n in names) or "mimetype" in names:
        raise TableRefused("not_a_table", kind="document")
    raise TableRefused("archive")


# Text files.


def _csv(
    path: Path, start: bytes, size: int, layout: Layout, notes: list[Problem]
) -> tuple[TableSource, list[list[str]]]:
    encoding = _encoding(start)
    delimiter = ","
    head: list[list[str]] = []
    while True:
        skip = text_start(path, encoding)
        text = codecs.getincrementaldecoder(encoding)("replace").decode(start[skip:], final=False)
        if len(start) < size:
            # The last row of the piece may be half.
            text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
        delimiter, head = _delimiter(text, layout)
        try:
            found = scan(path, encoding=encoding, delimiter=delimiter)
            break
        except BadBytes as bad:
            encoding = _other_encoding(path, encoding, bad)
            notes.append(_note("guessed_encoding"))
    _whole(found)
    most = max(map(len, head), default=0)
    if most > MAX_COLUMNS:
        raise TableRefused("too_many_columns", columns=most, limit=MAX_COLUMNS)
    marks = () if wide(encoding) else found.marks
    return TableSource("csv", encoding, delimiter, "", 0, 1, found.records, 0, (), {}, size, marks), head


def _whole(found: Scan) -> None:
    if found.open_quote:
        raise TableRefused("cut_short")


def _encoding(start: bytes) -> str:
    for encoding, bom in BOMS.items():
        if start.startswith(bom) and not start.startswith(codecs.BOM_UTF32_LE):
            return encoding
    piece = start[: min(4096, len(start) & ~1)]
    nuls = piece.count(0)
    if not nuls:
        return "utf-8"
    # UTF-16 leaves one byte of every ASCII letter, separator and line end empty, always the same one of the two.
    odd, even = piece[1::2].count(0), piece[0::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = piece.decode(encoding, "replace")
    if max(odd, even) > 4 * min(odd, even) and {"\n", "\r"} & set(text):
        seen = sum(char.isprintable() or char in "\t\r\n" for char in text)
        if (
            any(mark in text for mark in DELIMITERS)
            and "\ufffd" not in text[:-1]
            and seen * 20 > len(text) * 19
        ):
            return encoding
    if nuls * 5 > len(piece) or sum(b < 9 for b in piece) * 50 > len(piece):
        raise TableRefused("not_a_table", kind="program")
    return "utf-8"


_RUN = re.compile(rb"[\x80-\xff]+")


def _other_encoding(path: Path, tried: str, bad: BadBytes) -> str:
    """A file that is not UTF-8 may be Windows-1252; when that is not plausible, the line and byte are named."""
    if tried != "utf-8":
        reason = "cut_short" if bad.at_end else "unknown_encoding"
        raise TableRefused(reason, line=bad.line, byte=bad.byte)
    total = high = undefined = sound = 0
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            total += len(data)
            for run in _RUN.findall(data):
                high += len(run)
                undefined += sum(b in b"\x81\x8d\x8f\x90\x9d" for b in run)
                # Three bytes that are one letter of an Indic script do not come about by chance.
                sound += (
                    run.count(b"\xe0\xa4") + run.count(b"\xe0\xa5") + run.count(b"\xd8") + run.count(b"\xd9")
                )
    if bad.at_end and sound:
        raise TableRefused("cut_short")
    if sound:
        raise TableRefused("bad_utf8", line=bad.line, byte=bad.byte)
    if undefined or high * 8 > total:
        raise TableRefused("unknown_encoding", line=bad.line, byte=bad.byte)
    return "windows-1252"


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[
            : TITLE_ROWS + 2 + LOOKED_AT
        ]
    except csv.Error:
        # A cell beyond the module's limit: the rows before it say enough.
        rows = []
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                rows.append(row)  # noqa: PERF402  (what was read before the error counts)
        except csv.Error:
            pass
        return rows[: TITLE_ROWS + 2 + LOOKED_AT]


def _delimiter(text: str, layout: Layout) -> tuple[str, list[list[str]]]:
    """The separator that gives the most rows alike, names of the list's fields counting most."""
    if match := re.match(r"sep=([,;|\t])\r?\n", text):
        return match[1], _parsed(text, match[1])
    best: tuple[tuple[float, float, int], str, list[list[str]]] | None = None
    for order, delimiter in enumerate(DELIMITERS):
        rows = _parsed(text, delimiter)
        filled = [row for row in rows[: TITLE_ROWS + 30] if any(cell.strip() for cell in row)]
        widths = Counter(len(row) for row in filled)
        width, alike = widths.most_common(1)[0] if widths else (1, 0)
        named = max((len(_named(row, layout)) for row in filled[:TITLE_ROWS]), default=0)
        score = (float(named), alike / len(filled) if width > 1 and filled else 0.0, -order)
        if best is None or score > best[0]:
            best = (score, delimiter, rows)
    assert best is not None
    return best[1], best[2]


_KRUTI = re.compile(
    r"(?:^|\s)(?:uke|eksckby|eksŒ|ftyk|xzke|irk|firk|tUe|cwFk|fo/kkulHkk|eksgYyk|Ø-la-|Øekad)(?:\s|$)"
)

# Names and places as they look in that font: देवी, सिंह, कुमार … पुर, नगर, गढ़. No name in Latin letters is written so.
_KRUTI_WORDS = re.compile(
    r"(?:^|\s)(?:nsoh|flag|dqekjh?|yky|jke|ckbZ|'kekZ|oekZ|;kno|xqIrk|izlkn|\[kku|csxe|eksgEen|eqgEen|dkSj|pUnz?|iVsy|feJk?"
    r"|pkS/kjh|nkl|jk;|Jh|Jherh|xkao|okMZ|iapk;r|\S*(?:iqjk?|uxj|x<\+?|okyk))(?:\s|$)"
)


def _legible(head: Sequence[Sequence[str]]) -> None:
    """Refuse text that is letters only to the program it was typed in."""
    garbled = 0
    for number, row in enumerate(head[: TITLE_ROWS + 20], 1):
        text = " ".join(row)
        if sum(bool(_KRUTI.search(cell)) for cell in row) >= 2:
            raise TableRefused("legacy_font", line=number)
        if re.search("à[¤¥].?.?à[¤¥]", text):
            garbled = garbled or number
    if garbled:
        raise TableRefused("mojibake_file", line=garbled)
    for column in zip_longest(*head, fillvalue=""):
        # One cell tells little; that a third of a column looks so is no chance.
        hits = [number for number, cell in enumerate(column, 1) if _KRUTI_WORDS.search(cell)]
        if len(hits) > 1 and len(hits) * 3 >= sum(bool(cell.strip()) for cell in column):
            raise TableRefused("legacy_font", line=hits[0])


# The header.


def _named(row: Sequence[str], layout: Layout) -> dict[str, int]:
    """Fields a row names, counting a name that stands twice; only rows of short cells can be headers."""
    mapping: dict[str, int] = {}
    taken: set[int] = set()
    if len(row) > MAX_COLUMNS:
        return {}
    for _score, place, column in likeness(row, layout):
        key = layout.fields[place].key
        if key not in mapping and column not in taken:
            mapping[key] = column
            taken.add(column)
    return mapping


def _header(head: Sequence[Sequence[str]], layout: Layout) -> tuple[int, int]:
    """(row of the names, first row of data), 1-based; row 0 when there are no names."""
    best, best_row = 0, 0
    for number, row in enumerate(head[:TITLE_ROWS], 1):
        count = len(_named(row, layout))
        if count > best:
            best, best_row = count, number
    filled = [sum(bool(cell.strip()) for cell in row) for row in head]
    if best >= 2 or (best == 1 and (max(filled, default=0) == 1 or _nameish(head[best_row - 1]))):
        following = _named(head[best_row], layout) if best_row < len(head) else {}
        doubled = len(following) >= max(2, best - 1) and _nameish(head[best_row])
        return best_row, best_row + (2 if doubled else 1)
    # Nothing known: the first full row whose cells all read like names.
    most = max(filled, default=0)
    for number, row in enumerate(head[:TITLE_ROWS], 1):
        if filled[number - 1] >= max(0.6 * most, 1):
            return (number, number + 1) if _nameish(row) else (0, number)
    return 0, 1


def _nameish(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and all(
        len(cell) <= 80 and any(map(str.isalpha, cell)) and sum(map(str.isdigit, cell)) <= 4 for cell in cells
    )


def _width(headers: Sequence[str], data: Sequence[Sequence[str]], source: TableSource) -> int:
    """Columns a row may have: what the header says, unless nearly all rows are wider."""
    lengths = Counter(len(row) for row in data)
    width = len(headers) or max(lengths, default=0)
    beyond = sum(any(cell.strip() for cell in row[width:]) for row in data)
    if beyond >= 3 and beyond * 10 > len(data) * 9:  # the header lacks names; else such rows are slips
        width = lengths.most_common(1)[0][0]
    if source.kind == "sheet":
        width = max(width, source.width)
    if width > MAX_COLUMNS:
        raise TableRefused("too_many_columns", columns=width, limit=MAX_COLUMNS)
    return width


def _pairs(one: Sequence[str], two: Sequence[str]) -> list[tuple[str, str]]:
    longest = max(len(one), len(two))
    return [(one[i] if i < len(one) else "", two[i] if i < len(two) else "") for i in range(longest)]


def _columns(
    headers: Sequence[str], data: Sequence[Sequence[str]], layout: Layout
) -> tuple[SniffedColumn, ...]:
    known_columns = {column for _score, _place, column in likeness(headers, layout)}
    columns = []
    for index, header in enumerate(headers):
        cells = [row[index] for row in data if index < len(row) and row[index].strip()]
        category = sensitive(header) or (None if index in known_columns else looks_sensitive(cells))
        samples = (
            () if category else tuple(masked_cell(cell, personal=layout.personal) for cell in cells[:SAMPLES])
        )
        columns.append(
            SniffedColumn(index, column_letter(index), header, category, not cells and not header, samples)
        )
    return tuple(columns)


_NUMBERS = re.compile(r"\d(?:[\s().-]*\d){6,}")


def masked_cell(cell: str, *, personal: bool) -> str:
    """A cell fit to be shown: long numbers to their last two digits; personal text to first letters and length."""
    text = " ".join(cell[:200].replace("\0", "�").split())[:60]  # a NUL cannot be kept in the database
    if not personal:
        return _NUMBERS.sub(_all_but_two, text)
    shape = []
    for word in text.split():
        if word.isdigit() and len(word) <= 2:
            shape.append(word)
        elif any(map(str.isdigit, word)):
            shape.append("•" * (len(word) - 2) + word[-2:] if len(word) > 3 else "•" * len(word))
        else:
            shape.append(word[0] + "•" * (len(word) - 1))
    return " ".join(shape)


def _all_but_two(found: re.Match[str]) -> str:
    digits = sum(map(str.isdigit, found[0]))
    return "•" * (digits - 2) + re.sub(r"\D", "", found[0])[-2:]
