"""The act over a staged list: a few backends take its partitions in turn, a chunk and a commit at a time.

A chunk is a partition, or the next so many of its rows by phone. The act's one statement writes rows that
simply join; the rest (known phones, families, calls to complete) is settled as any batch's rest is, in the same
transaction. Each commit notes how far it came (ImportSlice), so a killed backend goes on behind it; and since
every id is derived, a row done twice would find its first outcome anyway.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from queue import Empty, SimpleQueue
from threading import Event
from typing import Literal

from django.db import connection

from abhiyan.core import clock, lot
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.bursts import ListHalted, refuse_halted
from abhiyan.enrolment.actions.claims import (
    AlreadyMember,
    ClaimOutcome,
    ClaimRefused,
    DriveClosed,
    JoiningWaits,
    Suppressed,
)
from abhiyan.enrolment.rules.packed import Value, array, array_of_uuids, int4, int8, micros
from abhiyan.imports.work import Work
from abhiyan.intake.actions import sql as act
from abhiyan.intake.actions.drives import DriveRead, Drives
from abhiyan.intake.actions.gateway import BadData, Conflict, Unavailable, Writer
from abhiyan.intake.actions.rows import ClaimRow
from abhiyan.intake.actions.settle import Settling
from abhiyan.intake.actions.settling_sql import STATEMENTS
from abhiyan.programmes.queries import fold_is_behind

from .layout import COLUMN_OF, PAPER
from .staging import Person, bounds_of, left_over_sql, outcomes_of, person_of_row, row_from, staging_table

BACKENDS = 3  # two keep two cores busy; while one of them settles what is left over, the third writes.
ROWS = 32_000  # of a chunk, when most simply join.
ROWS_BESIDE = 2_000  # the same while pages are read, which add up what a chunk posts until it is folded.
BEHIND = 4_000  # changes that wait for the fold: then the next chunk waits too.
LONGEST_WAIT_S = 10.0  # for the fold, before a chunk.
LEAST_ROWS = 500  # of a chunk, when few do.
LEFT = 1_500  # left-over rows of a chunk: each phone is a lock in the server's table of locks.
NUMBERS = 1_000_000  # slice numbers of one partition
TRIES = 6


class CommitInterrupted(Exception):
    """Another backend failed; this one stops between two commits."""


def commit(work: Work, drive: DriveRead, *, staged: int) -> Counter[str]:
    """Take in every staged row that is not taken in yet. Returns the outcomes of all of them."""
    if drive.state != "open":
        raise DriveClosed
    if drive.other:
        raise JoiningWaits(other=drive.other)
    refuse_halted(import_id=work.id, by=work.by.id)
    done = work.done_slices()
    counts: Counter[str] = Counter()
    for slice_counts in done.values():
        counts.update({code: n for code, n in slice_counts.items() if not code.startswith("_")})
    progress = _Progress(work, counts.total(), staged)
    stop = Event()
    shares = _open_shares(bounds_of(work.expected_rows), done)
    backends = [_CommitBackend(work, drive.programme_id, shares, progress, stop) for _ in range(BACKENDS)]
    with ThreadPoolExecutor(BACKENDS) as pool:
        running = [pool.submit(backend.run) for backend in backends]
    failures = [failure for future in running if (failure := future.exception()) is not None]
    for failure in failures:
        if not isinstance(failure, CommitInterrupted):
            raise failure
    for backend in backends:
        counts.update(backend.counts)
    return counts


class _Progress:
    def __init__(self, work: Work, done: int, of: int) -> None:
        self.work, self.done, self.of = work, done, of

    def add(self, rows: int) -> None:
        self.done += rows
        self.work.progress(self.done, self.of)


@dataclass
class _Share:
    """The rest of a partition: the next slice's number, its start, and the partition's end."""

    number: int
    start: bytes
    end: bytes


def _open_shares(bounds: list[bytes], done: dict[int, dict[str, int]]) -> "SimpleQueue[_Share]":
    shares: SimpleQueue[_Share] = SimpleQueue()
    for n, (start, end) in enumerate(pairwise(bounds)):
        share = _Share(n * NUMBERS, start, end)
        for number, counts in done.items():
            if n * NUMBERS <= number < (n + 1) * NUMBERS:
                share.number = max(share.number, number + 1)
                share.start = max(share.start, int(counts["_to"]).to_bytes(16, "big"))
        if share.start < end:
            shares.put(share)
    return shares


class _CommitBackend:
    """One connection; takes the next partition that nobody has."""

    def __init__(
        self,
        work: Work,
        programme_id: int,
        shares: "SimpleQueue[_Share]",
        progress: _Progress,
        stop: Event,
    ) -> None:
        self.work, self.programme_id, self.progress, self.stop = work, programme_id, progress, stop
        self.counts: Counter[str] = Counter()
        self.shares = shares
        self.share: _Share
        self.writer = Writer(_statements(work.id))
        self.drives = Drives()
        self.rows = ROWS
        self.way: Literal["new", "any"] = "new"

    def run(self) -> None:
        try:
            while True:
                try:
                    self.share = self.shares.get_nowait()
                except Empty:
                    return
                self._take()
        except BaseException:
            self.stop.set()
            raise
        finally:
            self.writer.close()
            connection.close()

    def _take(self) -> None:
        """Take a partition, chunk by chunk."""
        while self.share.start < self.share.end:
            if self.stop.is_set():
                raise CommitInterrupted
            drive = self.drives.get(self.writer.connection(), self.programme_id, self.work.at)
            (halted,) = self._read("halted", [int8(self.work.id)])
            if halted.ntuples:
                raise ListHalted
            to, count = self._bound(min(self.rows, ROWS_BESIDE if self._let_fold() else ROWS))
            if count == 0:
                return
            left = self._chunk(drive, to, count, may_split=count > LEAST_ROWS)
            if left is None:  # too much is left over: a smaller chunk
                self.rows = max(LEAST_ROWS, count // 8)
                continue
            self.share.start = to
            self.progress.add(count)
            if left * 8 < LEFT:
                self.rows = min(ROWS, self.rows * 2)

    def _let_fold(self) -> bool:
        """Wait while much is not folded yet. Returns True if a fold is at work, and so a server with people."""
        ends = time.monotonic() + LONGEST_WAIT_S
        with system("a list lets the fold come after"):
            behind = fold_is_behind(by=BEHIND, at=clock.now())
        while behind and time.monotonic() < ends and not self.stop.wait(0.1):
            with system("a list lets the fold come after"):
                behind = fold_is_behind(by=BEHIND, at=clock.now())
        return behind is not None

    def _bound(self, rows: int) -> tuple[bytes, int]:
        """Return the end of the next chunk (a phone not in it), and its number of rows; whole phones only."""
        share = self.share
        (bound,) = self._read("size", [share.start, share.end])
        count = int.from_bytes(bound.get_value(0, 0) or b"", "big")
        if count <= rows:
            return share.end, count
        (bound,) = self._read("bound", [share.start, share.end, int8(rows)])
        to: bytes = bound.get_value(0, 0) or share.end
        if to == share.start:  # more rows on one phone than a chunk holds
            (bound,) = self._read("following", [share.start, share.end])
            to = (bound.get_value(0, 0) if bound.ntuples else None) or share.end
        (bound,) = self._read("size", [share.start, to])
        return to, int.from_bytes(bound.get_value(0, 0) or b"", "big")

    def _read(self, name: str, values: Sequence[Value]) -> list:  # type: ignore[type-arg]  # libpq's results
        for attempt in range(TRIES):
            try:
                return self.writer.run((name, values))
            except (Unavailable, Conflict):
                if attempt == TRIES - 1 or self.stop.wait(0.2 * 4**attempt):
                    raise
        raise AssertionError

    def _chunk(self, drive: DriveRead, to: bytes, count: int, *, may_split: bool) -> int | None:
        """Commit one chunk. Returns how many rows were left over, None when too many were and nothing was done.

        A commit whose answer was lost may have happened: the slice's own row says so.
        """
        for attempt in range(TRIES):
            try:
                return self._commit(drive, to, count, may_split=may_split)
            except BadData:
                # A phone or claim that came from elsewhere meanwhile, or with this very list before.
                if self.way == "any":
                    raise
                self.way = "any"
            except (Conflict, Unavailable):
                if attempt == TRIES - 1 or self.stop.wait(0.2 * 4**attempt):
                    raise
                (slice_rows,) = self._read("known_slice", [int8(self.work.id), int4(self.share.number)])
                if slice_rows.ntuples:
                    counts = json.loads(slice_rows.get_value(0, 0) or b"{}")
                    self._note(Counter({code: n for code, n in counts.items() if not code.startswith("_")}))
                    return 0
        raise AssertionError

    def _commit(self, drive: DriveRead, to: bytes, count: int, *, may_split: bool) -> int | None:
        batch = lot.octets(16)
        bounds: list[Value] = [self.share.start, to]
        scalars = [
            int4(drive.programme_id),
            int4(drive.roll_id),
            micros(self.work.at),
            batch,
            int8(self.work.id),
            array("int4", [int4(programme_id) for programme_id in drive.others]),
        ]
        *_, result, _single = self.writer.run(
            ("begin", ()),
            ("bulk", ()),
            (f"{self.way} phones", bounds),
            ("joined", ()),
            (f"{self.way} enrol", [*bounds, *scalars]),
            ("single", ()),
        )
        stored = int.from_bytes(result.get_value(0, 0) or b"", "big")
        joined = int.from_bytes(result.get_value(0, 1) or b"", "big")
        left = count - joined
        if left > LEFT and may_split:
            self.writer.rollback()
            return None
        counts = Counter(joined=joined)
        steps: list[tuple[str, Sequence[Value]]] = []
        if left:
            ids = array_of_uuids(result.get_value(0, 2))
            (left_rows,) = self.writer.run(("left", [*bounds, array("uuid", ids)]))
            rows = [
                row_from([left_rows.get_value(n, c) for c in range(left_rows.nfields)])
                for n in range(left_rows.ntuples)
            ]
            settling = Settling(self.writer, drive, at=self.work.at, batch=batch, import_id=self.work.id)
            decided = settling.decide(rows)
            for code in outcomes_of(settling, decided, self._persons(rows, decided, bounds)).values():
                counts[code] += 1
            steps += settling.steps()
            stored += settling.stored
            if refused := self._refused(decided, {row.claim: row.place for row in rows}):
                steps.append(("refused", refused))
        noted = {**counts, "_to": int.from_bytes(to, "big")}
        steps.append(("slice", [int8(self.work.id), int4(self.share.number), json.dumps(noted).encode()]))
        if stored:
            steps.append(("audit", self._audit(drive, batch, stored)))
        self.writer.run(*steps, ("commit", ()))
        self._note(counts)
        return left

    def _persons(
        self, rows: Sequence[ClaimRow], decided: dict[bytes, ClaimOutcome | ClaimRefused], bounds: list[Value]
    ) -> dict[bytes, Person]:
        """Return the people this list names on phones that have members already."""
        already = sorted({row.phone for row in rows if isinstance(decided[row.claim], AlreadyMember)})
        if not already:
            return {}
        (person_rows,) = self.writer.run(("same phone", [*bounds, array("uuid", already)]))
        values = [[person_rows.get_value(n, c) for c in range(4)] for n in range(person_rows.ntuples)]
        return {claim or b"": person_of_row(phone or b"", name, year) for claim, phone, name, year in values}

    def _note(self, counts: Counter[str]) -> None:
        self.counts.update(counts)
        self.share.number += 1

    def _audit(self, drive: DriveRead, batch: bytes, stored: int) -> list[Value]:
        by = self.work.by
        return [
            micros(self.work.at),
            by.id.bytes,
            by.kind.encode(),
            None if by.account_id is None else int8(by.account_id),
            batch,
            int4(stored),
            by.origin.encode(),
            by.device.encode(),
            int4(drive.programme_id),
            int8(self.work.id),
        ]

    def _refused(
        self, decided: dict[bytes, ClaimOutcome | ClaimRefused], numbers: dict[bytes, int]
    ) -> list[Value]:
        """Return rows the register itself would not take: said beside those the reader refused.

        A phone that said no has no row there: a list of one row would tell it.
        """
        refusals = [
            (numbers[claim], COLUMN_OF.get(answer.on, answer.on), answer)
            for claim, answer in decided.items()
            if isinstance(answer, ClaimRefused) and not isinstance(answer, Suppressed)
        ]
        if not refusals:
            return []
        return [
            int8(self.work.id),
            array("int4", [int4(number) for number, _, _ in refusals]),
            array("text", [(column if PAPER.field(column) else "").encode() for _, column, _ in refusals]),
            array("text", [answer.code.encode() for _, _, answer in refusals]),
            array("text", [json.dumps(answer.facts).encode() for _, _, answer in refusals]),
        ]


def _statements(import_id: int) -> dict[str, tuple[str, Sequence[str]]]:
    table = f"staging.{staging_table(import_id)}"
    chunk = "phone >= $1 and phone < $2"
    scalars = {"programme": "int4", "roll": "int4", "at": "timestamptz", "batch": "uuid", "import_id": "int8"}
    scalars |= {"others": "int4[]"}
    return {
        **STATEMENTS,
        "audit": (
            """insert into core_audit (at, who, who_kind, account_id, act, batch, n, origin, device, facts) values
               ($1, $2, $3, $4, 'enrolment.enrol', $5, $6, $7, $8,
               jsonb_build_object('programme', $9, 'import', $10))""",
            ("timestamptz", "uuid", "text", "int8", "uuid", "int4", "text", "text", "int4", "int8"),
        ),
        # Thousands of rows at once, planned for what they are; back to the act's own way for the rest.
        "bulk": (
            """select set_config('work_mem', '128MB', true),
               set_config('plan_cache_mode', 'force_custom_plan', true)""",
            (),
        ),
        "joined": ("set local enable_nestloop = off", ()),
        "single": (
            """select set_config('enable_nestloop', 'on', true),
               set_config('plan_cache_mode', 'force_generic_plan', true)""",
            (),
        ),
        "bound": (
            f"select phone from {table} where {chunk} order by phone offset $3 limit 1",
            ("uuid", "uuid", "int8"),
        ),
        "following": (
            f"select phone from {table} where phone > $1 and phone < $2 order by phone limit 1",
            ("uuid", "uuid"),
        ),
        "size": (f"select count(*) from {table} where {chunk}", ("uuid", "uuid")),
        "new phones": (
            act.new_phones(f"{table} where {chunk}", among="k.id >= $1 and k.id < $2"),
            ("uuid", "uuid"),
        ),
        "any phones": (act.phones_query(f"{table} where {chunk}"), ("uuid", "uuid")),
        **{
            f"{way} enrol": (
                act.enrolling(
                    rows=f"{table} where {chunk} and is_plain",
                    tail=act.LEFT_OVER,
                    resent=way == "any",
                    **{name: f"${n}" for n, name in enumerate(scalars, 3)},
                ),
                ("uuid", "uuid", *scalars.values()),
            )
            for way in ("new", "any")
        },
        # The table is read as a whole: compared with an array, each row would be with all of it in turn.
        "left": (
            left_over_sql(
                import_id,
                "s.phone >= $1 and s.phone < $2 and (s.claim in (select unnest($3)) or not s.is_plain)",
            ),
            ("uuid", "uuid", "uuid[]"),
        ),
        "same phone": (
            f"""select s.claim, s.phone, s.name, s.birth_year from {table} s
               where {chunk} and phone in (select unnest($3))""",
            ("uuid", "uuid", "uuid[]"),
        ),
        "slice": (
            "insert into core_import_slice (import_id, number, counts) values ($1, $2, $3::text::jsonb)",
            ("int8", "int4", "text"),
        ),
        "halted": (
            "select 1 from enrolment_halt where kind = 'list' and import_id = $1 and ended_at is null",
            ("int8",),
        ),
        "known_slice": (
            "select counts::text from core_import_slice where import_id = $1 and number = $2",
            ("int8", "int4"),
        ),
        "refused": (
            """insert into core_refused_row (import_id, row, field, reason, facts)
               select $1, t.r, t.f, t.c, t.x::jsonb from unnest($2, $3, $4, $5) t(r, f, c, x)""",
            ("int8", "int4[]", "text[]", "text[]", "text[]"),
        ),
    }
