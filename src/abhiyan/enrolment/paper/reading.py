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
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from hashlib import blake2b
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from abhiyan.core import database
from abhiyan.core.tables.reading import Batch, RefusedCell, excerpt, rows
from abhiyan.core.tables.reasons import TableRefused
from abhiyan.core.tables.sources import Part, Source
from abhiyan.enrolment.actions import rows as act_rows
from abhiyan.enrolment.actions.claims import Claim, ClaimRefused, NotAdult
from abhiyan.enrolment.actions.drives import Drive, Drives
from abhiyan.enrolment.actions.gateway import DAY_ZERO, NO, YES, int4, micros
from abhiyan.enrolment.actions.sql import COLUMNS
from abhiyan.enrolment.models import Channel
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.window import EARLIEST, Fall, fall
from abhiyan.people import phones
from abhiyan.people.models import Purpose

from .layout import BATCH, BIRTH_YEAR, BOOTH, COLUMN_OF, DAY, NAME, NOTICE, PAPER, PHONE, PIN, WORKER

# The columns of staging, in the order rows are packed: first what all plain rows share, then the ids, then what is
# shared by many, last the phone's own. `sql.COLUMNS` and `sql.PHONE_COLUMNS` are all among them.
_SHARED = ("is_late", "is_plain", "is_signed", "channel", "sign", "is_placed", "purposes", "row")
_IDS = ("claim", "phone", "member", "term", "person", "consent", "waiting")
_PUBLIC = ("public_id", "member_public", "person_public")
_REST = ("unit", "day", "field_at", "birth_year", "name", "language", "by", "notice", "device")
SEALED = {"hash": "bytea", "sealed": "bytea", "last4": "text"}
_KINDS = {**COLUMNS, **SEALED, "is_late": "bool", "is_plain": "bool", "is_signed": "bool", "row": "int4"}
STAGED = {name: _KINDS[name] for name in (*_SHARED, *_IDS, *_PUBLIC, *_REST, *SEALED)}
_NULL = b"\xff\xff\xff\xff"
_LENGTH = [struct.pack("!i", n) for n in range(4096)]
_FRAME = struct.Struct("!I")
_COUNT = struct.pack("!h", len(STAGED))
_1, _2, _4, _16, _32 = (_LENGTH[n] for n in (1, 2, 4, 16, 32))
# Not late, plain, not signed; paper, no sign, placed; membership only; and the length of the row's number.
_PLAIN = b"".join(
    (
        *(_COUNT, _1, NO, _1, YES, _1, NO),
        *(_2, act_rows.SHORTS[Channel.PAPER], _2, act_rows.SHORTS[0], _1, YES),
        *(_2, act_rows.SHORTS[1 << Purpose.MEMBERSHIP], _4),
    )
)


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

        lane = FastLane(order, drive, places, today)

        def slowly(others: list[tuple[Any, ...]], told: Told) -> list[bytes]:
            """Rows that are not quite plain, by the act's own preparation; what it refuses is told."""
            batch = told.batch
            claims, numbers = _claims(others, order, drive, places, today, batch)
            prepared, refused = act_rows.prepare(claims, drive, order.at)
            by_number = {row[0]: row for row in others} if refused else {}
            for place, _own, refusal, claim in refused:
                if isinstance(refusal, NotAdult):
                    batch.discarded["minor"] += 1
                    on = claim.field_at.astimezone(ZoneInfo(drive.zone)).date() if claim.field_at else today
                    told.minors[claim.unit_id or 0, on] += 1
                    continue
                batch.refused_rows += 1
                row = by_number[numbers[place]]
                _refuse_rest(batch, row, claim, order, drive, today)
            told.staged += len(prepared)
            return _packed(prepared, numbers) if prepared else []

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
            faulty, batch.faulty = batch.faulty, []
            if faulty:
                places.learn(faulty)
                _claims(faulty, order, drive, places, today, batch)  # what else is wrong with them
            if kept:
                places.learn(kept)
                packed, others = lane.take(kept)
                told.staged = len(packed)
                if others:
                    packed += slowly(others, told)
                copy.write(b"".join(packed))
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
        ids = {unit for pin in pins for unit in self.pins[pin]} - self.drive.by_id.keys()
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
        serves = self.pins[row[PIN]]
        if not serves:
            return None, None, "pin_unknown"
        by_id, may = self.drive.by_id, self.drive.may
        taken = [unit for unit in serves if (place := by_id.get(unit)) is not None and may(place, None)]
        if len(taken) < 2:
            return None, (taken or serves)[0], ""
        # Whoever may bring everybody of the drive may bring somebody whose booth is still to be said.
        return None, None, "" if self.drive.is_within(self.order.within) else "pin_several"


def _claims(
    kept: list[tuple[Any, ...]], order: Order, drive: Drive, places: _Places, today: date, batch: Batch
) -> tuple[list[Claim], list[int]]:
    """Claims of the rows that can be one, with their numbers; of the others everything that is wrong is told."""
    claims: list[Claim] = []
    numbers: list[int] = []
    noons: dict[date, datetime] = {}
    zone = ZoneInfo(drive.zone)
    paper = Channel.PAPER.value
    faults: dict[int, set[str]] = {}
    for cell in batch.refused:
        faults.setdefault(cell.row, set()).add(cell.field)
    for row in kept:
        number = row[0]
        code, unit_id, wrong = places.of(row)
        notice = row[NOTICE] or order.notice
        on = row[DAY]
        if on is None or on == today:
            field_at = order.at
        elif (known := noons.get(on)) is not None:
            field_at = known
        else:
            field_at = noons[on] = datetime.combine(on, time(12), zone)
        worker = row[WORKER]
        claim = Claim(
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
            device=_device(row[BATCH]),
        )
        if not wrong and number not in faults:
            claims.append(claim)
            numbers.append(number)
            continue
        bad = faults.get(number, set())
        batch.refused_rows += not bad
        if wrong and not bad & {"booth", "pin"}:
            _refuse(batch, row, "booth" if wrong == "place_missing" else "pin", wrong)
        claim.phone = claim.phone or _SOUND_PHONE  # a cell the reader refused
        _refuse_rest(batch, row, claim, order, drive, today, told=bad)
    return claims, numbers


def _refuse(batch: Batch, row: tuple[Any, ...], column: str, code: str) -> None:
    batch.refused.append(RefusedCell(row[0], column, code, _excerpt(row, column)))


def _column(refusal: ClaimRefused) -> str:
    column = COLUMN_OF.get(refusal.on, refusal.on)
    return column if PAPER.field(column) else ""


# A refused row is put right, one field after the other, until the act finds nothing more: so everything wrong with it
# is told at once, by the act's own rules. Nothing of such a claim is ever kept.
_SOUND_PHONE, _SOUND_NAME, _GROWN_UP = "+919876543210", "Name", 40


def _mended(claim: Claim, refusal: ClaimRefused, order: Order, drive: Drive, today: date) -> Claim | None:
    """The claim with what was refused put right; None for what is nothing of the row's."""
    sound: dict[str, dict[str, Any]] = {
        "phone": {"phone": _SOUND_PHONE},
        "name": {"name": _SOUND_NAME},
        "birth_year": {"birth_year": today.year - _GROWN_UP},
        "unit": {"unit_code": None, "unit_id": None},
        "field_at": {"field_at": order.at},
        "notice_version": {"notice_version": min(drive.notices, default=1)},
    }
    return replace(claim, **sound[refusal.on]) if refusal.on in sound else None


def _refuse_rest(
    batch: Batch,
    row: tuple[Any, ...],
    claim: Claim | None,
    order: Order,
    drive: Drive,
    today: date,
    *,
    told: Collection[str] = (),
) -> None:
    """Tell what else is wrong with a row. told: its columns of which it is said already.

    Of whoever seems to be a minor nothing more is said.
    """
    mended: set[str] = set()
    while claim is not None:
        _prepared, refused = act_rows.prepare([claim], drive, order.at)
        refusal = refused[0][2] if refused else None
        if refusal is None or refusal.on in mended or isinstance(refusal, NotAdult):
            return
        mended.add(refusal.on)
        if (column := _column(refusal)) not in told:
            _refuse(batch, row, column, refusal.code)
        claim = _mended(claim, refusal, order, drive, today)


_SAFE = {"birth_year": BIRTH_YEAR, "booth": BOOTH, "pin": PIN, "notice_version": NOTICE, "day": DAY}


def _excerpt(row: tuple[Any, ...], column: str) -> str:
    """What stands in a refused cell, as the reader would keep it; of phones, names and people's own words nothing."""
    place = _SAFE.get(column)
    value = row[place] if place is not None else None
    return "" if value is None else excerpt(PAPER.field(column), str(value), personal=True)


def _worker(phone: str, order: Order) -> UUID:
    """A worker by their account, else by the keyed id of their phone."""
    from abhiyan.core.keys import keyring

    phone_id = keyring().phone_id(phone)
    return order.workers.get(phone_id, phone_id)


def _packed(prepared: list[act_rows.Row], numbers: list[int]) -> list[bytes]:
    """Rows as binary COPY takes them."""
    return [
        _COUNT
        + b"".join(
            [
                _NULL if value is None else _LENGTH[len(value)] + value
                for value in (_value(row, name, numbers) for name in STAGED)
            ]
        )
        for row in prepared
    ]


def _value(row: act_rows.Row, name: str, numbers: list[int]) -> bytes | None:
    if name == "row":
        return int4(numbers[row.place])
    value: bytes | bool | None = getattr(row, name)
    return (YES if value else NO) if isinstance(value, bool) else value


class FastLane:
    """Rows that simply are what they should be: as `act_rows.prepare` makes them, in a third of the time.

    What a row shares with many others (its unit, day, year, notice, batch) is judged once by the act's own rules and
    remembered as bytes. A row with anything else about it is left to `prepare`.
    """

    def __init__(self, order: Order, drive: Drive, places: "_Places", today: date) -> None:
        self.order, self.drive, self.places, self.today = order, drive, places, today
        self.units: dict[str, bytes | None] = {}
        self.days: dict[date | None, tuple[bytes, int] | None] = {}
        self.years: dict[tuple[int, int], bytes | None] = {}
        self.tails: dict[tuple[int | None, str | None, str | None], bytes | None] = {}

    def take(self, kept: list[tuple[Any, ...]]) -> tuple[list[bytes], list[tuple[Any, ...]]]:
        """(rows ready for COPY, rows for the slow way)."""
        key = act_rows.keys()
        lookup, identity, seal, seal_number = key.lookup, key.identity, key.seal, key.seal_number
        receipt = key.receipt
        start = b"%d|0|" % self.drive.roll_id
        programme = int4(self.drive.programme_id)
        claim_hash = blake2b(self.order.key, digest_size=16, salt=bytes([Channel.PAPER.value]))
        clean, indian_only = names.clean, self.drive.indian_mobiles_only
        units, days, years, tails = self.units, self.days, self.years, self.tails
        chance = os.urandom(act_rows.RANDOM_BYTES * len(kept))
        i = 0
        packed: list[bytes] = []
        others: list[tuple[Any, ...]] = []
        for row in kept:
            number, phone, written, year, booth, _pin, notice, bundle, on, worker = row
            unit = units.get(booth, b"")
            if unit == b"":
                unit = self._unit(booth)
            day = days.get(on, ())
            if day == ():
                day = self._day(on)
            tail = tails.get((notice, bundle, worker), b"")
            if tail == b"":
                tail = self._tail(notice, bundle, worker)
            if not unit or not day or not tail or (indian_only and not phone.startswith("+91")):
                others.append(row)
                continue
            born = years.get((year, day[1]), b"")
            if born == b"":
                born = self._year(year, day[1])
            name = clean(written)
            if not born or name is None:
                others.append(row)
                continue
            sealed_phone = phone.encode()
            h = lookup(sealed_phone)
            h16 = h[:16]
            p = h[:6]
            g = identity(start + h16)
            m = p + g[:8]
            hasher = claim_hash.copy()
            hasher.update(int4(number))
            own = hasher.digest()
            nonce = chance[i : i + 12]
            encoded = name.encode()
            sealed = seal_number + nonce + seal(nonce, sealed_phone, h16)
            packed.append(
                b"".join(
                    (
                        _PLAIN,
                        int4(number),
                        _16,
                        own,
                        _16,
                        h16,
                        _16,
                        m,
                        b"\0\0",
                        _16,
                        m,
                        b"\0\1",
                        _16,
                        p,
                        g[16:26],
                        _16,
                        p,
                        own[:9],
                        b"\1",
                        _16,
                        h[:12],
                        programme,
                        _16,
                        receipt(own),
                        _16,
                        chance[i + 12 : i + 28],
                        _16,
                        chance[i + 28 : i + 44],
                        unit,
                        day[0],
                        born,
                        _LENGTH[len(encoded)],
                        encoded,
                        tail,
                        _32,
                        h,
                        _LENGTH[len(sealed)],
                        sealed,
                        _4,
                        sealed_phone[-4:],
                    )
                )
            )
            i += act_rows.RANDOM_BYTES
        return packed, others

    def _unit(self, booth: str | None) -> bytes | None:
        place = self.drive.by_code.get(booth) if booth else None
        found = None
        if place is not None and self.drive.may(place, self.order.within):
            found = _LENGTH[8] + place.packed
        self.units[booth or ""] = found
        return found

    def _day(self, on: date | None) -> tuple[bytes, int] | None:
        at, drive = self.order.at, self.drive
        zone = ZoneInfo(drive.zone)
        field_at = at if on is None or on == self.today else datetime.combine(on, time(12), zone)
        field_on = field_at.astimezone(zone).date()
        falls = fall(day=field_on, arrived_on=self.today, opens_on=drive.opens_on, closes_on=drive.closes_on)
        found = None
        if drive.state == "open" and falls is Fall.INSIDE and field_at <= at and field_at.year >= EARLIEST:
            packed_day = int4(field_on.toordinal() - DAY_ZERO)
            found = (_4 + packed_day + _LENGTH[8] + micros(field_at), field_on.year)
        self.days[on] = found
        return found

    def _year(self, year: int, on_year: int) -> bytes | None:
        age = age_on(year=on_year, birth_year=year, minimum=self.drive.minimum_age, says_adult=False)
        found = _LENGTH[2] + act_rows.SHORTS[year] if age is Age.ADULT else None
        self.years[year, on_year] = found
        return found

    def _tail(self, notice: int | None, bundle: str | None, worker: str | None) -> bytes | None:
        order = self.order
        version = notice or order.notice
        found = None
        if version is not None and version in self.drive.notices:
            by = order.by if worker is None else _worker(worker, order)
            device = _device(bundle).encode()
            language = order.language.encode()
            found = b"".join(
                (
                    *(_LENGTH[len(language)], language),
                    *(_16, by.bytes),
                    *(_4, int4(version)),
                    *(_LENGTH[len(device)], device),
                )
            )
        if len(self.tails) > 100_000:
            self.tails.clear()
        self.tails[notice, bundle, worker] = found
        return found


def _device(bundle: str | None) -> str:
    return f"paper {bundle}" if bundle else "paper"


# Processes of their own.


class ReaderDied(Exception):
    """A reading process ended without a word: memory, or somebody killed it."""


def read_apart(
    orders: list[Order], hear: Callable[[int, Told], None], *, meanwhile: Callable[[], None]
) -> None:
    """Stage every order in a process of its own. hear: called in this thread for each word of each.

    meanwhile: done while the processes start, before any reads.

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
        meanwhile()
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
