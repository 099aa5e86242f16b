"""Refused rows as a file to correct: the columns as they stood in the file, and why each row was refused.

A step keeps the refused rows sealed beside the upload, without columns that are never read. They go after a week, or
when the import is undone or discarded.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from abhiyan.core.words import active_language

from . import store
from .kinds import kind_of_import
from .models import RefusedRow, StagedImport
from .queries import reason_text, refused_rows
from .tables.layout import Layout
from .tables.reading import picked
from .tables.reasons import WHY, is_why
from .tables.writing import SHEET_CELL
from .work import Work

_PIECE = 1 << 20  # characters sealed together


def keep_refused_rows(work: Work) -> None:
    """Keep what a check or an import refused; an earlier run's rows go."""
    kept = store.refused_rows_id(work.public_id)
    store.delete(kept)
    found = RefusedRow.objects.filter(import_id=work.id).order_by("row")
    numbers = set(found.values_list("row", flat=True))
    if not numbers:
        return
    source = work.source
    columns = [
        column
        for column in range(source.width)
        if column not in source.barred and not is_why(source.headers[column])
    ]
    offset, some, length = 0, [_line(_heads(work, columns))], 0
    for number, cells in picked(work.path, source, numbers, columns):
        some.append(_line([number, *(cell[:SHEET_CELL] for cell in cells)]))
        length += len(some[-1])
        if length > _PIECE:
            offset += _append(kept, offset, some)
            some, length = [], 0
    if some:
        _append(kept, offset, some)


def _heads(work: Work, columns: list[int]) -> list[str]:
    """The name of each column; a column without one has that of the field it feeds."""
    layout: Layout = work.kind.layout
    fields = {column: layout.field(key) for key, column in work.mapping.items()}
    headers = []
    for column in columns:
        field = fields.get(column)
        headers.append(work.source.headers[column] or (f"{field.en} / {field.hi}" if field else ""))
    return headers


def _line(values: Sequence[object]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


def _append(kept: UUID, offset: int, lines: list[str]) -> int:
    piece = "".join(lines).encode("utf-8", "replace")
    store.append(kept, offset=offset, piece=piece)
    return len(piece)


def rows_to_correct(staged: StagedImport) -> Iterator[list[str]]:
    """The names of the columns, then each refused row with the reasons at its end, in the active language.

    Raises FileGone where nothing is kept.
    """
    of_kind = kind_of_import(staged.kind)
    kept = _kept(staged.public_id)
    yield [*next(kept, []), WHY[active_language() == "hi"]]
    found = refused_rows(staged).iterator(chunk_size=2_000)
    for number, group in groupby(found, key=attrgetter("row")):
        reasons = []
        for refused_row in group:
            field = of_kind.layout.field(refused_row.field)
            reason = reason_text(of_kind, refused_row)
            reasons.append(f"{field.label(active_language())}: {reason}" if field else reason)
        for at, *cells in kept:
            if int(at) == number:
                yield [*cells, "; ".join(dict.fromkeys(reasons))]
                break


def _kept(public_id: UUID) -> Iterator[list[str]]:
    rest = b""
    for piece in store.pieces(store.refused_rows_id(public_id)):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield json.loads(line)
