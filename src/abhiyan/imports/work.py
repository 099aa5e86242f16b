"""A step of an import works with these: the file, the options, and the places for outcomes and refusals."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings

from abhiyan.core import clock, database
from abhiyan.core.actor import Actor
from abhiyan.core.models import JournalPage
from abhiyan.core.scope import system

from .kinds import ImportKind
from .models import ImportSlice, RefusedRow, StagedImport
from .tables.cleaning import Born, Phone
from .tables.reading import Batch, Discard, RefusedCell, read_rows
from .tables.sources import FilePart, TableSource

_BEAT_S = 0.5
_AT_ONCE = 2_000  # refused rows written together


class Signal:
    """A connection beside the step's own transaction: the lock that makes a step run once, and its progress.

    Everybody sees what it writes at once. A step that dies loses the connection, and with it the lock.
    """

    def __init__(self, import_id: int, tell: Callable[[int], None] | None = None) -> None:
        self.import_id = import_id
        self._lock = import_id % (1 << 31)
        self._tell = tell
        self._beaten = float("-inf")
        self._pct = -1
        self._own = database.ServerConnection.connect(
            database.conninfo(database.current_role()),
            autocommit=True,
            connect_timeout=10,
            application_name=f"import {import_id}",
            options="-c synchronous_commit=off -c lock_timeout=200 -c abhiyan.reason=import"
            " -c abhiyan.everything=on",
        )

    def alone(self, *, wait_s: float = 0.0) -> bool:
        """Return True if nobody else works on this import, after waiting for them. The lock is ours until `close`."""
        with suppress(psycopg.errors.LockNotAvailable), self._own.transaction():
            self._own.execute(
                "select set_config('lock_timeout', %s, true)", [f"{max(1, round(wait_s * 1000))}ms"]
            )
            self._own.execute("select pg_advisory_lock(hashtext('abhiyan import'), %s::int)", [self._lock])
            return True
        return False

    def progress(self, done: int, of: int) -> None:
        """Tell how far the step is; at most twice a second."""
        pct = min(99, max(0, done * 100 // of)) if of > 0 else 0
        now = time.monotonic()
        if now - self._beaten < _BEAT_S and pct - self._pct < 100:
            return
        self._beaten, self._pct = now, pct
        with suppress(
            psycopg.errors.LockNotAvailable
        ):  # the step's own transaction holds the row: near its end
            self._own.execute(
                "update core_import set progress_pct = %s, worked_at = %s where id = %s",
                [pct, clock.now(), self.import_id],
            )
        if self._tell is not None:
            self._tell(pct)

    def close(self) -> None:
        with suppress(psycopg.Error):
            # The server notices a closed connection a moment later; the next step may already be asked for.
            self._own.execute("select pg_advisory_unlock_all()")
        self._own.close()


class Work:
    """One step (check, commit or undo) of one import, in the hands of its kind.

    path: the clear file, in memory, for kinds whose own processes read it; not there while undoing.
    """

    def __init__(
        self,
        staged: StagedImport,
        kind: ImportKind,
        *,
        step: str,
        by: Actor,
        at: datetime,
        signal: Signal,
        source: TableSource | None = None,
        path: Path | None = None,
    ) -> None:
        self.id = staged.id
        self.public_id: UUID = staged.public_id
        self.unit_id: int | None = staged.unit_id
        self.options: Mapping[str, str] = staged.options
        self.mapping: Mapping[str, int] = staged.mapping
        self.file_sha256 = staged.file_sha256
        self.received_at: datetime = staged.created_at
        self.expected_rows: int = staged.look.get("rows", 0)
        self.kind, self.step, self.by, self.at = kind, step, by, at
        self.counts: Counter[str] = Counter()
        self.discarded: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self._source, self._path = source, path
        self._signal = signal
        self._refused: list[RefusedRow] = []
        self._refused_rows: set[int] = set()
        self._refused_cells: set[tuple[int, str]] = set()
        self._read_once = False
        self._page = 0

    @property
    def path(self) -> Path:
        assert self._path is not None, "undoing has no file"
        return self._path

    @property
    def source(self) -> TableSource:
        assert self._source is not None, "undoing has no file"
        return self._source

    # Reading

    def rows(
        self,
        *,
        phone: Phone | None = None,
        born: Born | None = None,
        discard: Discard | None = None,
        part: FilePart | None = None,
    ) -> Iterator[Batch]:
        """The file in batches of clean rows. Cells that the reader refused, skipped or forgot are noted here, once per
        step however often it is read; progress is reported."""
        first, self._read_once = not self._read_once, True
        n_total = self.source.records if self.source.kind == "sheet" else self.source.size
        for batch in read_rows(
            self.path,
            self.kind.layout,
            self.mapping,
            source=self.source,
            part=part,
            phone=phone,
            born=born,
            discard=discard,
            on=clock.day_in(settings.TIME_ZONE, self.at),
        ):
            if first:
                self.note(batch)
                self.progress(batch.done, n_total)
            yield batch

    def note(self, batch: Batch) -> None:
        """Take over what a batch read elsewhere (in a worker process) refused, skipped, mended and forgot."""
        self.refuse_cells(batch.refused)
        self.discarded.update(batch.discarded)
        if batch.skipped:
            self.counts["skipped"] += batch.skipped
        for (field, note), cells in batch.notes.items():
            self.notes[f"{field}/{note}"] += cells

    def refuse_cells(self, cells: list[RefusedCell]) -> None:
        """Refuse rows for what the reader found in their cells."""
        for cell in cells:
            self.refuse(
                cell.row, cell.field, cell.code, **({"excerpt": cell.excerpt} if cell.excerpt else {})
            )

    # Outcomes

    def refuse(self, row: int, field: str, code: str, **facts: Any) -> None:
        """A row is not taken. field: a key of the layout, "" for the row as a whole. facts: safe to keep and
        show, never personal. A row refused for two reasons counts once."""
        self._refused_rows.add(row)
        self._refused_cells.add((row, field))
        self._refused.append(RefusedRow(import_id=self.id, row=row, field=field, reason=code, facts=facts))
        if len(self._refused) >= _AT_ONCE:
            self._write_refused()

    @property
    def refused_rows(self) -> int:
        return len(self._refused_rows)

    def is_refused(self, row: int, field: str | None = None) -> bool:
        """Return True if a row was refused already in this step; with `field`, for that cell."""
        return row in self._refused_rows if field is None else (row, field) in self._refused_cells

    def count(self, outcome: str, n: int = 1) -> None:
        """Rows that came to an outcome of the kind."""
        assert outcome in self.kind.outcomes, f"{self.kind.key} has no outcome {outcome}"
        self.counts[outcome] += n

    def note_whole(self, what: str, n: int) -> None:
        """A number about the list as a whole, for the kind's `tells`."""
        self.notes[f"/{what}"] = n

    def progress(self, done: int, of: int) -> None:
        """Report how far this step is, in any unit of measure; cheap to call often, seen at once."""
        self._signal.progress(done, of)

    # The journal

    def keep(self, facts: Any) -> None:
        """A page of the undo journal: JSON without personal data, in the transaction of the commit. The commit of a
        kind that is not atomic finds what its check kept."""
        JournalPage(import_id=self.id, number=self._page, facts=facts).save(force_insert=True)
        self._page += 1

    def kept(self, *, backwards: bool = False) -> Iterator[Any]:
        """The journal's pages in the order they were kept, or from the last to the first."""
        after = "-number" if backwards else "number"
        with system("import"):
            for page in JournalPage.objects.filter(import_id=self.id).order_by(after).iterator(chunk_size=50):
                yield page.facts

    def done_slices(self) -> dict[int, dict[str, int]]:
        """Slices that are committed, with their counts."""
        with system("import"):
            return dict(ImportSlice.objects.filter(import_id=self.id).values_list("number", "counts"))

    def done_slice(self, number: int, counts: Mapping[str, int]) -> None:
        """Note a slice, in the transaction of its facts. (As role `gateway`: insert into core_import_slice.)"""
        ImportSlice(import_id=self.id, number=number, counts=dict(counts)).save(force_insert=True)

    # The engine's

    def begin(self) -> None:
        """Forget what an earlier run of this step noted."""
        if self.step == "check" or (self.step == "commit" and self.kind.atomic):
            RefusedRow.objects.filter(import_id=self.id).delete()
        if self.step == "check" or (self.step == "commit" and self.kind.atomic):
            JournalPage.objects.filter(import_id=self.id).delete()

    def read_anew(self) -> None:
        """For a kind that commits by itself and reads the file once more: what was refused is forgotten, and found
        again."""
        RefusedRow.objects.filter(import_id=self.id).delete()

    def finish(self) -> None:
        self._write_refused()

    def _write_refused(self) -> None:
        RefusedRow.objects.bulk_create(self._refused)
        self._refused = []
