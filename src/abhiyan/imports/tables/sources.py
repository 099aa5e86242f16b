"""Hold what sniffing found out about a file, small enough to hand to a worker process, and pieces of it to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .reasons import TableRefused

MAX_BYTES = 1 << 30
MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True)
class TableSource:
    """How to read one file.

    kind: "csv" or "sheet". encoding, delimiter: of a csv. sheet: name of the sheet read.
    header_row: row of the column names, 1-based as a person sees it; 0 when there is none.
    first_row: first row of data. records: rows in the file, blank ones and the header included.
    width: columns a row may have. headers: the names, sensitive columns' too. barred: columns never read.
    size: bytes when it was sniffed. marks: (byte, rows before it) where a csv can be cut.
    days: column -> how its days are read (cleaning.Days), once the whole column was looked at (`reading.days_in`).
    """

    kind: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int
    first_row: int
    records: int
    width: int
    headers: tuple[str, ...]
    barred: Mapping[int, str]
    size: int
    marks: tuple[tuple[int, int], ...]
    days: Mapping[int, str] | None = None

    def same(self, path: Path) -> None:
        """Refuse a file that is not the one that was sniffed any more."""
        if path.stat().st_size != self.size:
            raise TableRefused("changed")


@dataclass(frozen=True, slots=True)
class FilePart:
    """A piece of a file for one worker: bytes of a csv [start, stop), rows of a sheet.

    row: the row number of the first record in it, 1-based in the file.
    """

    start: int
    stop: int
    row: int
