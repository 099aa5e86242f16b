"""Columns without a name that are blank in the first rows of a list: what they hold below is said too."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from .csv_rows import rows_of_csv
from .scanning import text_start
from .sheets import rows_of_sheet
from .sources import TableSource

BATCH = 5_000


def filled_later(path: Path, source: TableSource, blank: Sequence[int], *, looked_at: int) -> set[int]:
    """Return those columns that hold something below the rows that were looked at. In the pool."""
    filled: set[int] = set()
    if not blank or source.records < source.first_row + looked_at:
        return filled
    for rows in _pieces(path, source, blank):
        cells = zip(blank, zip(*rows, strict=True), strict=False)  # behind them: which rows are blank
        filled.update(column for column, some in cells if any(cell.strip() for cell in some))
        if len(filled) == len(blank):
            break
    return filled


def _pieces(path: Path, source: TableSource, columns: Sequence[int]) -> Iterator[Sequence[Sequence[str]]]:
    if source.kind == "sheet":
        yield from rows_of_sheet(path, source.sheet, list(columns), source.first_row - 1, source.records)
        return
    cut = {name: getattr(source, name) for name in ("encoding", "delimiter", "first_row", "width")}
    cut |= {"start": text_start(path, source.encoding), "stop": source.size, "number": 1}
    for _number, rows, _refused, _done in rows_of_csv(path, **cut, columns=list(columns), batch=BATCH):
        yield rows
