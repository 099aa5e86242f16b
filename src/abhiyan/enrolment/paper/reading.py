"""Rows of a paper list, made ready for the act: cleaned, hashed, sealed, and put into staging by binary COPY.

A large file is read by two processes of their own (`reader`): the caller writes
an Order to the child's standard input and reads Told after Told from its standard output. Minors are dropped here,
before anything is written; what is left of them is a number per place and day.
"""

import os
import pickle
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from abhiyan.core import database
from abhiyan.core.tables.reading import Batch, RefusedCell, rows
from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.sources import Part, Source
from abhiyan.enrolment.actions import rows as act_rows
from abhiyan.enrolment.actions.claims import Claim, NotAdult
from abhiyan.enrolment.actions.drives import Drive, Drives
from abhiyan.enrolment.actions.gateway import NO, YES, int4
from abhiyan.enrolment.actions.sql import COLUMNS
from abhiyan.enrolment.models import Channel
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.people import phones

from .layout import BATCH, BIRTH_YEAR, BOOTH, COLUMN_OF, DAY, NAME, NOTICE, PAPER, PHONE, PIN, WORKER

# Columns of staging beside the act's own: the row's number, and what the act's fast statement need not see.
OWN = {"row": "int4", "is_late": "bool", "is_plain": "bool", "is_signed": "bool"}
SEALED = {"hash": "bytea", "sealed": "bytea", "last4": "text"}
STAGED = {**OWN, **COLUMNS, **SEALED}
NOTICES = "notice_unknown"
_NULL = b"\xff\xff\xff\xff"
_FIXED = {"uuid": 16, "bool": 1, "int2": 2, "int4": 4, "int8": 8, "date": 4, "timestamptz": 8}
_LENGTH = [struct.pack("!i", n) for n in range(4096)]
_FRAME = struct.Struct("!I")


@dataclass(frozen=True)
class Order:
    """What a process needs to read its part."""

    table: str
    path: str
    part: Part
    source: Source
    mapping: Mapping[str, int]
    programme_id: int
    key: bytes  # of the file: with a row's number it makes a claim's key
    by: UUID
    at: datetime  # when the list came
    within: tuple[int, ...] | None
    notices: frozenset[int]  # versions there are
    notice: int | None  # of rows that say none
    workers: Mapping[UUID, UUID]  # id of a phone -> public id of the account it signs in
    language: str


@dataclass
class Told:
    """How far a part is, and what of it was not staged since the last word."""

    batch: Batch
    staged: int = 0
    minors: Counter[tuple[int, date]] = field(default_factory=Counter)  # unit (0: unknown), day


def stage(order: Order) -> Iterator[Told]:
    """Read a part into staging. The table is there; COPY is one transaction."""
    with ExitStack() as stack:
        knows = stack.enter_context(psycopg.connect(database.conninfo("gateway"), autocommit=True))
        writes = stack.enter_context(psycopg.connect(database.conninfo("gateway")))
        drives = Drives()
        drive = drives.get(knows, order.programme_id, order.at)
        places = _Places(drives, drive, knows, order)
        minors: Counter[tuple[int, date]] = Counter()
        today = order.at.astimezone(ZoneInfo(drive.zone)).date()

        def minor(row: tuple[Any, ...]) -> str | None:
            year = row[BIRTH_YEAR]
            if year is None:
                return None
            on = row[DAY] or today
            age = age_on(year=on.year, birth_year=year, minimum=drive.minimum_age, says_adult=False)
            if age is not Age.MINOR:
                return None
            minors[places.known(row), on] += 1
            return "minor"

        columns = sql.SQL(", ").join(map(sql.Identifier, STAGED))
        copying = sql.SQL("copy {} ({}) from stdin binary").format(
            sql.Identifier("staging", order.table), columns
        )
        copy = stack.enter_context(stack.enter_context(writes.cursor()).copy(copying))
        copy.write(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0")
        found = rows(
            Path(order.path),
            PAPER,
            order.mapping,
            source=order.source,
            part=order.part,
            phone=phones.parse,
            discard=minor,
        )
        for batch in found:
            told = Told(batch, minors=minors.copy())
            minors.clear()
            kept, batch.rows = batch.rows, []
            if kept:
                claims, numbers = _claims(kept, order, drive, places, today, batch)
                prepared, refused = act_rows.prepare(claims, drive, order.at)
                for place, _own, refusal, claim in refused:
                    if isinstance(refusal, NotAdult):
                        batch.discarded["minor"] += 1
                        on = (
                            claim.field_at.astimezone(ZoneInfo(drive.zone)).date()
                            if claim.field_at
                            else today
                        )
                        told.minors[claim.unit_id or 0, on] += 1
                        continue
                    batch.refused_rows += 1
                    column = COLUMN_OF.get(refusal.on, refusal.on)
                    column = column if PAPER.field(column) else ""
                    batch.refused.append(RefusedCell(numbers[place], column, refusal.code, ""))
                if prepared:
                    copy.write(b"".join(_packed(prepared, numbers)))
                told.staged = len(prepared)
            yield told
        copy.write(b"\xff\xff")


class _Places:
    """Where rows say they belong: booth codes by the act's own memory, PIN codes by the directory."""

    def __init__(
        self, drives: Drives, drive: Drive, connection: psycopg.Connection[Any], order: Order
    ) -> None:
        self.drives, self.drive, self.connection, self.order = drives, drive, connection, order
        self.pins: dict[str, tuple[int, ...]] = {}

    def learn(self, kept: list[tuple[Any, ...]]) -> None:
        """Fetch what a batch names."""
        codes = {row[BOOTH] for row in kept if row[BOOTH]} - self.drive.by_code.keys()
        pins = {row[PIN] for row in kept if row[PIN] and not row[BOOTH]} - self.pins.keys()
        if pins:
            from abhiyan.units import queries

            for pin in pins:
                self.pins[pin] = tuple(unit.id for unit in queries.by_pin(pin))
        ids = {units[0] for pin in pins if len(units := self.pins[pin]) == 1} - self.drive.by_id.keys()
        within = set(self.order.within or ()) - self.drive.spans_of.keys()
        if codes or ids or within:
            self.drives.fetch(self.connection, self.drive, codes=codes, ids=ids, within=within)

    def known(self, row: tuple[Any, ...]) -> int:
        """The unit of a row we forget, when it is known already: nothing is fetched for a minor."""
        place = self.drive.by_code.get(row[BOOTH]) if row[BOOTH] else None
        return place.unit_id if place is not None and self.drive.may(place, self.order.within) else 0

    def of(self, row: tuple[Any, ...]) -> tuple[str | None, int | None, str]:
        """(unit code, unit id, why neither can be)."""
        if row[BOOTH]:
            return row[BOOTH], None, ""
        if not row[PIN]:
            return None, None, "place_missing"
        units = self.pins[row[PIN]]
        if not units:
            return None, None, "pin_unknown"
        if len(units) == 1:
            return None, units[0], ""
        # One office serves several units: the claim waits for its booth where everybody of the drive is in reach.
        return None, None, "pin_several" if self.order.within else ""


def _claims(
    kept: list[tuple[Any, ...]], order: Order, drive: Drive, places: _Places, today: date, batch: Batch
) -> tuple[list[Claim], list[int]]:
    places.learn(kept)
    claims: list[Claim] = []
    numbers: list[int] = []
    noons: dict[date, datetime] = {}
    zone = ZoneInfo(drive.zone)
    paper = Channel.PAPER.value
    for row in kept:
        number = row[0]
        code, unit_id, wrong = places.of(row)
        notice = row[NOTICE] or order.notice
        if notice is not None and notice not in order.notices:
            wrong = wrong or NOTICES
        if wrong:
            batch.refused_rows += 1
            column = "notice_version" if wrong == NOTICES else "booth" if wrong == "place_missing" else "pin"
            batch.refused.append(RefusedCell(number, column, wrong, ""))
            continue
        on = row[DAY]
        if on is None or on == today:
            field_at = order.at
        elif (known := noons.get(on)) is not None:
            field_at = known
        else:
            field_at = noons[on] = datetime.combine(on, time(12), zone)
        worker = row[WORKER]
        claims.append(
            Claim(
                channel=paper,
                key=order.key + int4(number),
                phone=row[PHONE],
                by=order.by if worker is None else _worker(worker, order),
                name=row[NAME],
                birth_year=row[BIRTH_YEAR],
                unit_code=code,
                unit_id=unit_id,
                within=order.within,
                field_at=field_at,
                notice_version=notice,
                language=order.language,
                device=f"paper {row[BATCH]}" if row[BATCH] else "paper",
            )
        )
        numbers.append(number)
    return claims, numbers


def _worker(phone: str, order: Order) -> UUID:
    """A worker by their account, else by the keyed id of their phone."""
    from abhiyan.core.keys import keyring

    phone_id = keyring().phone_id(phone)
    return order.workers.get(phone_id, phone_id)


def _packed(prepared: list[act_rows.Row], numbers: list[int]) -> Iterator[bytes]:
    """Rows as binary COPY takes them, column by column: fixed widths need no look at each value."""
    count = len(prepared)
    columns = list(zip(*prepared, strict=True))
    at = {name: n for n, name in enumerate(act_rows.Row._fields)}
    parts: list[list[bytes]] = [[struct.pack("!h", len(STAGED))] * count]
    for name, kind in STAGED.items():
        values: Any
        if name == "row":
            values = [int4(numbers[place]) for place in columns[at["place"]]]
        elif name in ("is_late", "is_plain"):
            values = [YES if value else NO for value in columns[at[name]]]
        else:
            values = columns[at[name]]
        size = _FIXED.get(kind)
        if size is not None and None not in values:
            head = _LENGTH[size]
            parts.append([head + value for value in values])
        else:
            parts.append([_NULL if value is None else _LENGTH[len(value)] + value for value in values])
    return map(b"".join, zip(*parts, strict=True))


# Processes of their own.


class ReaderDied(Exception):
    """A reading process ended without a word: memory, or somebody killed it."""


def read_apart(orders: list[Order], hear: Callable[[int, Told], None]) -> None:
    """Stage every order in a process of its own. hear: called in this thread for each word of each.

    Raises TableRefused when a part cannot be read, ReaderDied when a process ends early. All processes have ended
    when this returns or raises.
    """
    said: SimpleQueue[tuple[int, Told | BaseException | None]] = SimpleQueue()
    children: list[subprocess.Popen[bytes]] = []

    def follow(number: int, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None and child.stdout is not None
        try:
            with child.stdin as orders_to:
                pickle.dump(orders[number], orders_to)
            while (told := _read(child.stdout)) is not None:
                said.put((number, told))
            said.put((number, None if child.wait() == 0 else ReaderDied(child.returncode)))
        except BaseException as error:  # noqa: BLE001  # handed on to the caller's thread
            said.put((number, error))

    command = [sys.executable, "-m", "abhiyan.enrolment.paper.reader"]
    env = os.environ | {"ABHIYAN_POOL": "0"}
    try:
        while len(children) < len(orders):
            children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env))
        for pair in enumerate(children):
            Thread(target=follow, args=pair, daemon=True).start()
        running = len(children)
        while running:
            number, told = said.get()
            if isinstance(told, BaseException):
                raise told
            if told is None:
                running -= 1
            else:
                hear(number, told)
    finally:
        for child in children:
            child.kill()
            child.wait()


def _read(pipe: IO[bytes]) -> Told | TableRefused | None:
    head = pipe.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    frame = pipe.read(_FRAME.unpack(head)[0])
    told: Told | TableRefused = pickle.loads(frame)  # noqa: S301  # our own child wrote it
    return told


def carry_out() -> None:
    """One order from standard input, carried out; words to standard output."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own parent wrote it

    def tell(word: Told | TableRefused) -> None:
        frame = pickle.dumps(word)
        sys.stdout.buffer.write(_FRAME.pack(len(frame)) + frame)
        sys.stdout.buffer.flush()

    try:
        for told in stage(order):
            tell(told)
    except TableRefused as refused:
        tell(refused)
