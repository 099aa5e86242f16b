"""Rows of a paper list, made ready for the act: cleaned, hashed, sealed, and put into staging by binary COPY.

Minors are dropped here, before anything is written; what is left of them is a number per place and day.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from abhiyan.core import database
from abhiyan.enrolment.actions.claims import ClaimMessage, ClaimRefused, NotAdult
from abhiyan.enrolment.rules.age import Age, age_on, born_as_listed
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.packed import int4
from abhiyan.imports.tables.reading import Batch, RefusedCell, excerpt, read_rows
from abhiyan.intake.actions import rows as act_rows
from abhiyan.intake.actions.drives import DriveRead, Drives
from abhiyan.people import phones
from abhiyan.units.rules.codes import whole_code

from .layout import BATCH, BIRTH_YEAR, BOOTH, COLUMN_OF, DAY, NAME, NOTICE, PAPER, PHONE, PIN, WORKER
from .orders import Order, PaperProgress, device_of, worker_of
from .packing import STAGED, FastLane, packed

# A refused row is corrected, one field after the other, until the act finds nothing more. So all its faults are
# reported at once, by the act's own rules. Nothing of such a claim is ever kept.
_SOUND_PHONE, _SOUND_NAME, _GROWN_UP = "+919876543210", "Name", 40
_SAFE = {"birth_year": BIRTH_YEAR, "booth": BOOTH, "pin": PIN, "notice_version": NOTICE, "day": DAY}
Cells = tuple[Any, ...]  # of a row, as the reader cleaned them


def stage_part(order: Order) -> Iterator[PaperProgress]:
    """Read a part into staging. The table is there; COPY is one transaction."""
    with ExitStack() as stack:
        knows = stack.enter_context(
            database.ServerConnection.connect(database.conninfo("gateway"), autocommit=True)
        )
        writes = stack.enter_context(database.ServerConnection.connect(database.conninfo("gateway")))
        reading = PartReading(order, Drives(), knows)
        columns = sql.SQL(", ").join(map(sql.Identifier, STAGED))
        copying = sql.SQL("copy {} ({}) from stdin binary").format(
            sql.Identifier("staging", order.table), columns
        )
        copy = stack.enter_context(stack.enter_context(writes.cursor()).copy(copying))
        copy.write(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0")
        batches = read_rows(
            Path(order.path),
            PAPER,
            order.mapping,
            source=order.source,
            part=order.part,
            phone=phones.parse,
            born=partial(born_as_listed, year=order.at.year, minimum=reading.drive.minimum_age),
            discard=reading.discard,
            on=reading.today,
        )
        for batch in batches:
            paper_progress, ready = reading.take(batch)
            copy.write(b"".join(ready))
            yield paper_progress
        copy.write(b"\xff\xff")


class Places:
    """The places of rows: booth codes by the act's own memory, PIN codes by the directory."""

    def __init__(
        self, drives: Drives, drive: DriveRead, connection: psycopg.Connection[Any], order: Order
    ) -> None:
        self.drives, self.drive, self.connection, self.order = drives, drive, connection, order
        self.pins: dict[str, tuple[int, ...]] = {}

    def learn(self, kept: list[tuple[Any, ...]]) -> None:
        """Fetch what a batch names."""
        named = {row[PIN] for row in kept if row[PIN] and not row[BOOTH]}
        if pins := named - self.pins.keys():
            from abhiyan.units import queries

            for pin in pins:
                self.pins[pin] = tuple(unit.id for unit in queries.by_pin(pin))
        is_of_one_tree = False
        while not is_of_one_tree:  # units that move meanwhile have all of it learnt again
            codes = {row[BOOTH] for row in kept if row[BOOTH]} - self.drive.by_code.keys()
            ids = {unit for pin in named for unit in self.pins[pin]} - self.drive.by_id.keys()
            within = set(self.order.within or ()) - self.drive.spans_of.keys()
            is_of_one_tree = not (codes or ids or within) or self.drives.fetch(
                self.connection, self.drive, codes=codes, ids=ids, within=within
            )

    def in_full(self, kept: list[Cells]) -> list[Cells]:
        """Return the rows with their booths' whole codes.

        "56/126" of a list of JK is JK-56-126. So is "126" in a list of the one seat JK-56.
        """
        state, seat = self.order.state, self.order.seat
        named = {row[BOOTH] for row in kept if row[BOOTH]}
        shorts = {booth: code for booth in named if (code := whole_code(booth, state=state))}
        parts = {booth: code for booth in named - shorts.keys() if (code := whole_code(booth, seat=seat))}
        by_code = self.drive.by_code  # a unit may have such a number as its code
        while unknown := parts.keys() - by_code.keys():
            self.drives.fetch(self.connection, self.drive, codes=unknown, ids=set(), within=set())
        shorts |= {booth: code for booth, code in parts.items() if by_code[booth] is None}
        if not shorts:
            return kept
        return [
            (*row[:BOOTH], shorts[row[BOOTH]], *row[BOOTH + 1 :]) if row[BOOTH] in shorts else row
            for row in kept
        ]

    def known(self, row: tuple[Any, ...]) -> int:
        """Return the unit of a row we forget, when it is known already: nothing is fetched for a minor."""
        place = self.drive.by_code.get(self.in_full([row])[0][BOOTH]) if row[BOOTH] else None
        return place.unit_id if place is not None and self.drive.may(place, self.order.within) else 0

    def of(self, row: tuple[Any, ...]) -> tuple[str | None, int | None, str]:
        """Return unit code, unit id, and why neither can be."""
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
        # A bringer of everybody of the drive may bring somebody whose booth is still to be named.
        return None, None, "" if self.drive.is_within(self.order.within) else "pin_several"


class PartReading:
    """One part of a list: its rows become claims by the act's rules, and all faults of the others are reported."""

    def __init__(self, order: Order, drives: Drives, knows: psycopg.Connection[Any]) -> None:
        self.order, self.drive = order, drives.get(knows, order.programme_id, order.at)
        self.zone = ZoneInfo(self.drive.zone)
        self.today = order.at.astimezone(self.zone).date()
        self.places = Places(drives, self.drive, knows, order)
        self.lane = FastLane(order, self.drive, self.today)
        self.minors: Counter[tuple[int, date]] = Counter()
        self.noons: dict[date, datetime] = {}

    def discard(self, row: Cells) -> str | None:
        """Return why nothing may be kept of a row; asked by the reader of each, also of a faulty one."""
        year = row[BIRTH_YEAR]
        if year is None:
            return None
        on = row[DAY] or self.today
        age = age_on(year=on.year, birth_year=year, minimum=self.drive.minimum_age, says_adult=False)
        if age is not Age.MINOR:
            return None
        self.minors[self.places.known(row), on] += 1
        return "minor"

    def take(self, batch: Batch) -> tuple[PaperProgress, list[bytes]]:
        """Return the report on a batch, and its rows ready for COPY. Its rows leave it here."""
        paper_progress = PaperProgress(batch, minors=self.minors.copy())
        self.minors.clear()
        kept, batch.rows = self.places.in_full(batch.rows), []
        faulty, batch.faulty = self.places.in_full(batch.faulty), []
        if faulty:
            self.places.learn(faulty)
            self.claims(faulty, batch)  # what else is wrong with them
        ready: list[bytes] = []
        if kept:
            self.places.learn(kept)
            ready, others = self.lane.take(kept)
            if others:
                ready += self._slowly(others, paper_progress)
        paper_progress.staged = len(ready)
        return paper_progress, ready

    def _slowly(self, others: list[Cells], paper_progress: PaperProgress) -> list[bytes]:
        """Prepare rows that are not quite plain by the act's own preparation; its refusals are reported."""
        batch = paper_progress.batch
        claims, numbers = self.claims(others, batch)
        prepared, refused = act_rows.prepare_rows(claims, self.drive, self.order.at)
        by_number = {row[0]: row for row in others} if refused else {}
        for place, _own, refusal, claim in refused:
            if isinstance(refusal, NotAdult):
                batch.discarded["minor"] += 1
                on = claim.field_at.astimezone(self.zone).date() if claim.field_at else self.today
                paper_progress.minors[claim.unit_id or 0, on] += 1
                continue
            batch.refused_rows += 1
            self._refuse_rest(batch, by_number[numbers[place]], claim)
        return packed(prepared, numbers) if prepared else []

    def claims(self, kept: list[Cells], batch: Batch) -> tuple[list[ClaimMessage], list[int]]:
        """Return claims of the rows that can be one, with their numbers; all faults of the others are reported."""
        claims: list[ClaimMessage] = []
        numbers: list[int] = []
        faults: dict[int, set[str]] = {}
        for cell in batch.refused:
            faults.setdefault(cell.row, set()).add(cell.field)
        for row in kept:
            number = row[0]
            code, unit_id, wrong = self.places.of(row)
            claim = self._claim(row, code, unit_id)
            if not wrong and number not in faults:
                claims.append(claim)
                numbers.append(number)
                continue
            bad = faults.get(number, set())
            batch.refused_rows += not bad
            if wrong and not bad & {"booth", "pin"}:
                _refuse(batch, row, "booth" if wrong == "place_missing" else "pin", wrong)
            claim.phone = claim.phone or _SOUND_PHONE  # a cell the reader refused
            self._refuse_rest(batch, row, claim, told=bad)
        return claims, numbers

    def _claim(self, row: Cells, code: str | None, unit_id: int | None) -> ClaimMessage:
        order, worker = self.order, row[WORKER]
        return ClaimMessage(
            channel=Channel.PAPER.value,
            key=order.key + int4(row[0]),
            phone=row[PHONE],
            by=order.by if worker is None else worker_of(worker, order),
            name=row[NAME],
            birth_year=row[BIRTH_YEAR],
            unit_code=code,
            unit_id=unit_id,
            within=order.within,
            field_at=self._field_at(row[DAY]),
            notice_version=row[NOTICE] or order.notice,
            language=order.language,
            device=device_of(row[BATCH] or order.batch),
        )

    def _field_at(self, on: date | None) -> datetime:
        """Return noon of the day a row says; when the list came, of one that says none or today."""
        if on is None or on == self.today:
            return self.order.at
        if on not in self.noons:
            self.noons[on] = datetime.combine(on, time(12), self.zone)
        return self.noons[on]

    def _refuse_rest(
        self, batch: Batch, row: Cells, claim: ClaimMessage | None, *, told: Collection[str] = ()
    ) -> None:
        """Tell what else is wrong with a row. told: its columns that are reported already.

        No more is said of a probable minor.
        """
        mended: set[str] = set()
        while claim is not None:
            _prepared, refused = act_rows.prepare_rows([claim], self.drive, self.order.at)
            refusal = refused[0][2] if refused else None
            if refusal is None or refusal.on in mended or isinstance(refusal, NotAdult):
                return
            mended.add(refusal.on)
            if (column := _column(refusal)) not in told:
                _refuse(batch, row, column, refusal.code)
            claim = self._mended(claim, refusal)

    def _mended(self, claim: ClaimMessage, refusal: ClaimRefused) -> ClaimMessage | None:
        """Return the claim with what was refused put right; None for what is nothing of the row's."""
        sound: dict[str, dict[str, Any]] = {
            "phone": {"phone": _SOUND_PHONE},
            "name": {"name": _SOUND_NAME},
            "birth_year": {"birth_year": self.today.year - _GROWN_UP},
            "unit": {"unit_code": None, "unit_id": None},
            "field_at": {"field_at": self.order.at},
            "notice_version": {"notice_version": min(self.drive.notices, default=1)},
        }
        return replace(claim, **sound[refusal.on]) if refusal.on in sound else None


def _refuse(batch: Batch, row: Cells, column: str, code: str) -> None:
    batch.refused.append(RefusedCell(row[0], column, code, _excerpt(row, column)))


def _column(refusal: ClaimRefused) -> str:
    column = COLUMN_OF.get(refusal.on, refusal.on)
    return column if PAPER.field(column) else ""


def _excerpt(row: Cells, column: str) -> str:
    """Return the content of a refused cell, as the reader would keep it; of phones, names and people's own
    words nothing."""
    place = _SAFE.get(column)
    value = row[place] if place is not None else None
    return "" if value is None else excerpt(PAPER.field(column), str(value), personal=True)
