"""Rows of a paper list as binary COPY takes them; sound rows go by a fast lane."""

import struct
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from abhiyan.core import lot
from abhiyan.enrolment.actions import claim_keys
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.packed import DAY_ZERO, NO, YES, int4, micros
from abhiyan.intake.actions import rows as act_rows
from abhiyan.intake.actions.drives import DriveRead
from abhiyan.intake.actions.sql import COLUMNS
from abhiyan.intake.rules.window import EARLIEST, Fall, fall
from abhiyan.people.models import Purpose

from .orders import Order, device_of, worker_of

# The columns of staging, in the order rows are packed. All plain rows share the first, then come the ids, then
# columns shared by many, last the phone's own. `sql.COLUMNS` and `sql.PHONE_COLUMNS` are all among them.
_SHARED = ("is_late", "is_plain", "is_signed", "channel", "sign", "is_placed", "purposes", "row")
_IDS = ("claim", "phone", "member", "term", "person", "consent", "waiting")
_PUBLIC = ("public_id", "member_public", "person_public")
_REST = ("unit", "day", "field_at", "birth_year", "name", "language", "by", "notice", "device")
SEALED = {"hash": "bytea", "sealed": "bytea", "last4": "text"}
_KINDS = {**COLUMNS, **SEALED, "is_late": "bool", "is_plain": "bool", "is_signed": "bool", "row": "int4"}
STAGED = {name: _KINDS[name] for name in (*_SHARED, *_IDS, *_PUBLIC, *_REST, *SEALED)}
_NULL = b"\xff\xff\xff\xff"
_LENGTH = [struct.pack("!i", n) for n in range(4096)]
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


def packed(prepared: list[act_rows.ClaimRow], numbers: list[int]) -> list[bytes]:
    """Return rows as binary COPY takes them."""
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


def _value(row: act_rows.ClaimRow, name: str, numbers: list[int]) -> bytes | None:
    if name == "row":
        return int4(numbers[row.place])
    value: bytes | bool | None = getattr(row, name)
    return (YES if value else NO) if isinstance(value, bool) else value


class FastLane:
    """Rows that simply are what they should be: as `act_rows.prepare` makes them, in a third of the time.

    Values a row shares with many others (its unit, day, year, notice, batch) are judged once by the act's own
    rules and remembered as bytes. A row with anything else about it is left to `prepare`.
    """

    def __init__(self, order: Order, drive: DriveRead, today: date) -> None:
        self.order, self.drive, self.today = order, drive, today
        self.units: dict[str, bytes | None] = {}
        self.days: dict[date | None, tuple[bytes, int] | None] = {}
        self.years: dict[tuple[int, int], bytes | None] = {}
        self.tails: dict[tuple[int | None, str | None, str | None], bytes | None] = {}
        self.keys = claim_keys.keys()
        self.start = b"%d|0|" % drive.roll_id
        self.programme = int4(drive.programme_id)
        self.claim_hash = blake2b(order.key, digest_size=16, salt=bytes([Channel.PAPER.value]))

    def take(self, kept: list[tuple[Any, ...]]) -> tuple[list[bytes], list[tuple[Any, ...]]]:
        """(rows ready for COPY, rows for the slow way)."""
        chance, i = lot.octets(act_rows.RANDOM_BYTES * len(kept)), 0
        packed: list[bytes] = []
        others: list[tuple[Any, ...]] = []
        for row in kept:
            plain = self._plain(row)
            if plain is None:
                others.append(row)
                continue
            packed.append(self._pack(row[0], row[1].encode(), plain, chance[i : i + act_rows.RANDOM_BYTES]))
            i += act_rows.RANDOM_BYTES
        return packed, others

    def _plain(self, row: tuple[Any, ...]) -> tuple[bytes, ...] | None:
        """Return a row's content besides number and phone, packed: unit, day, year, name, and what is shared by
        many."""
        _number, phone, written, year, booth, _pin, notice, bundle, on, worker = row
        unit = self.units.get(booth, b"")
        if unit == b"":
            unit = self._unit(booth)
        day = self.days.get(on, ())
        if day == ():
            day = self._day(on)
        tail = self.tails.get((notice, bundle, worker), b"")
        if tail == b"":
            tail = self._tail(notice, bundle, worker)
        if (
            not unit
            or not day
            or not tail
            or (self.drive.indian_mobiles_only and not phone.startswith("+91"))
        ):
            return None
        born = self.years.get((year, day[1]), b"")
        if born == b"":
            born = self._year(year, day[1])
        name = names.clean_name(written)
        if not born or name is None:
            return None
        encoded = name.encode()
        return unit, day[0], born, _LENGTH[len(encoded)], encoded, tail

    def _pack(self, number: int, phone: bytes, plain: tuple[bytes, ...], chance: bytes) -> bytes:
        """Pack the row with its ids, in the order of STAGED.

        chance: fresh random bytes, act_rows.RANDOM_BYTES of them.
        """
        keys = self.keys
        h = keys.lookup(phone)
        h16, p = h[:16], h[:6]
        g = keys.identity(self.start + h16)
        m = p + g[:8]
        hasher = self.claim_hash.copy()
        hasher.update(int4(number))
        claim_id = hasher.digest()
        nonce = chance[:12]
        sealed = keys.seal_number + nonce + keys.seal(nonce, phone, h16)
        return b"".join(
            (
                *(_PLAIN, int4(number)),
                *(_16, claim_id, _16, h16),  # claim, phone
                *(_16, m, b"\0\0", _16, m, b"\0\1"),  # member, term
                *(_16, p, g[16:26]),  # person
                *(_16, p, claim_id[:9], b"\1"),  # consent
                *(_16, h[:12], self.programme),  # waiting
                *(_16, keys.receipt(claim_id), _16, chance[12:28], _16, chance[28:44]),
                *plain,
                *(_32, h, _LENGTH[len(sealed)], sealed, _4, phone[-4:]),
            )
        )

    def _unit(self, booth: str | None) -> bytes | None:
        place = self.drive.by_code.get(booth) if booth else None
        unit_bytes = None
        if place is not None and self.drive.may(place, self.order.within):
            unit_bytes = _LENGTH[8] + place.packed
        self.units[booth or ""] = unit_bytes
        return unit_bytes

    def _day(self, on: date | None) -> tuple[bytes, int] | None:
        at, drive = self.order.at, self.drive
        zone = ZoneInfo(drive.zone)
        field_at = at if on is None or on == self.today else datetime.combine(on, time(12), zone)
        field_on = field_at.astimezone(zone).date()
        falls = fall(day=field_on, arrived_on=self.today, opens_on=drive.opens_on, closes_on=drive.closes_on)
        day_bytes = None
        if drive.state == "open" and falls is Fall.INSIDE and field_at <= at and field_at.year >= EARLIEST:
            packed_day = int4(field_on.toordinal() - DAY_ZERO)
            day_bytes = (_4 + packed_day + _LENGTH[8] + micros(field_at), field_on.year)
        self.days[on] = day_bytes
        return day_bytes

    def _year(self, year: int, on_year: int) -> bytes | None:
        age = age_on(year=on_year, birth_year=year, minimum=self.drive.minimum_age, says_adult=False)
        year_bytes = _LENGTH[2] + act_rows.SHORTS[year] if age is Age.ADULT else None
        self.years[year, on_year] = year_bytes
        return year_bytes

    def _tail(self, notice: int | None, bundle: str | None, worker: str | None) -> bytes | None:
        order = self.order
        version = notice or order.notice
        tail_bytes = None
        if version is not None and version in self.drive.notices:
            by = order.by if worker is None else worker_of(worker, order)
            if by.bytes in self.drive.halted:
                return None  # `prepare` says why
            device = device_of(bundle or order.batch).encode()
            language = order.language.encode()
            tail_bytes = b"".join(
                (
                    *(_LENGTH[len(language)], language),
                    *(_16, by.bytes),
                    *(_4, int4(version)),
                    *(_LENGTH[len(device)], device),
                )
            )
        if len(self.tails) > 100_000:
            self.tails.clear()
        self.tails[notice, bundle, worker] = tail_bytes
        return tail_bytes
