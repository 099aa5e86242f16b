"""From a claim to the row the act writes: rules, ids, sealing. About 12 µs each; nothing here waits.

Every id of a phone but the claim's begins with the same six bytes of its keyed hash, so one sort orders all keys.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from abhiyan.core import lot
from abhiyan.enrolment.actions.claim_keys import keys
from abhiyan.enrolment.actions.claims import (
    BirthYearInvalid,
    BirthYearMissing,
    ClaimMessage,
    ClaimRefused,
    ClaimUnitUnknown,
    ConsentMissing,
    DriveClosed,
    DriveNotOpen,
    FieldTimeInvalid,
    JoiningWaits,
    NameInvalid,
    NotAdult,
    NoticeMissing,
    NoticeUnknown,
    OutsideScope,
    PersonNameMissing,
    PhoneAbroad,
    PhoneInvalid,
    SenderHalted,
    WorkerUnknown,
)
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.age import Age, age_on
from abhiyan.enrolment.rules.channels import NAMELESS, Channel
from abhiyan.enrolment.rules.packed import EPOCH, NO, YES, int2, int4, int8
from abhiyan.intake.rules.window import GRACE, Fall, fall, field_instant
from abhiyan.people import phones
from abhiyan.people.models import Purpose

from .drives import DriveRead

SHORTS = [int2(n) for n in range(4096)]  # small numbers as int2 parameters
RANDOM_BYTES = 44  # per row: nonce 12, two public ids of 16


class ClaimRow(NamedTuple):
    """One claim, in parameters. The first fields are `sql.COLUMNS` in order; the rest is the act's own."""

    claim: bytes
    phone: bytes
    member: bytes
    term: bytes
    person: bytes
    consent: bytes
    waiting: bytes
    public_id: bytes
    member_public: bytes
    person_public: bytes
    channel: bytes
    sign: bytes
    unit: bytes
    is_placed: bytes
    day: bytes
    field_at: bytes
    name: bytes | None
    birth_year: bytes | None
    language: bytes
    by: bytes
    notice: bytes | None
    purposes: bytes
    device: bytes
    hash: bytes
    sealed: bytes
    last4: bytes
    is_signed: bytes
    is_plain: bool  # complete and in time: the fast statement may take it
    is_late: bool
    place: int  # where in the batch it stood


_PURPOSES: dict[tuple[int, ...], bytes | None] = {}


def _purposes(consents: tuple[int, ...]) -> bytes | None:
    """Return the set as bits, or None when membership or an unknown purpose makes it void."""
    if consents not in _PURPOSES:
        if len(_PURPOSES) > 1000:
            _PURPOSES.clear()
        known_purposes = {purpose.value for purpose in Purpose}
        is_sound = Purpose.MEMBERSHIP in consents and known_purposes.issuperset(consents)
        _PURPOSES[consents] = SHORTS[sum(1 << purpose for purpose in set(consents))] if is_sound else None
    return _PURPOSES[consents]


def prepare_rows(
    claims: Sequence[ClaimMessage], drive: DriveRead, at: datetime
) -> tuple[list[ClaimRow], list[tuple[int, bytes, ClaimRefused, ClaimMessage]]]:
    """Return rows sorted by phone and claim (the order of locks), and what is refused: place, claim id, why, what.

    The places and workers the claims name must have been fetched. at: when the server stores them.
    """
    rows: list[ClaimRow] = []
    refused: list[tuple[int, bytes, ClaimRefused, ClaimMessage]] = []
    chance = lot.octets(RANDOM_BYTES * len(claims))
    key = keys()
    lookup, identity, seal, seal_number = key.lookup, key.identity, key.seal, key.seal_number
    parse, receipt = phones.parse, key.receipt
    start = b"%d|0|" % drive.roll_id
    programme = int4(drive.programme_id)
    now = at - EPOCH
    now_us = (now.days * 86_400 + now.seconds) * 1_000_000 + now.microseconds
    now_packed, today = int8(now_us), drive.packed_day(now_us)
    arrived_on = drive.day(now_us)
    # Members of an earlier drive come long after it, closed as it is, and by no notice or consent of ours.
    is_earlier = drive.from_lists and all(claim.channel == Channel.EARLIER for claim in claims)
    late_from = date.max if is_earlier else drive.closes_on + GRACE
    usual_day = b""  # the last day found to lie inside the window
    usual_year = 0
    unplaced = drive.unplaced
    indian_only = drive.indian_mobiles_only
    by_code, by_id, may = drive.by_code, drive.by_id, drive.may
    published, workers, halted = drive.notices, drive.workers, drive.halted
    i = 0
    for place, claim in enumerate(claims):
        claim_id = claim.id
        claim.receipt = receipt(claim_id)
        refusal: ClaimRefused | None = None
        phone = parse(claim.phone)
        name: bytes | None = None
        birth: bytes | None = None
        is_late = False
        # When
        moment = field_instant(field_at=claim.field_at, at=at)
        if moment is None:
            refused.append((place, claim_id, FieldTimeInvalid(), claim))
            continue
        if moment is at:
            field_us, packed_at, day = now_us, now_packed, today
        else:
            since = moment - EPOCH
            field_us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
            packed_at, day = int8(field_us), drive.packed_day(field_us)
        if day != usual_day:
            on = drive.day(field_us)
            falls = fall(day=on, arrived_on=arrived_on, opens_on=drive.opens_on, closes_on=drive.closes_on)
            if drive.state == "draft" or falls is Fall.BEFORE:
                refusal = DriveNotOpen()
            elif (drive.state != "open" and not is_earlier) or falls is Fall.AFTER:
                refusal = DriveClosed()
            else:
                usual_day, usual_year = day, on.year
        if refusal is None and arrived_on > late_from:
            is_late = True
        # Who
        if phone is None:
            refusal = PhoneInvalid()
        elif indian_only and not phone.startswith("+91"):
            refusal = PhoneAbroad()
        year, written = claim.birth_year, claim.name
        if refusal is None:
            if written is not None and written != "":
                cleaned = names.clean_name(written)
                if cleaned is None:
                    refusal = NameInvalid()
                else:
                    name = cleaned.encode()
            if year is not None:
                age = age_on(
                    year=usual_year, birth_year=year, minimum=drive.minimum_age, says_adult=claim.says_adult
                )
                if age is Age.ADULT:
                    birth = SHORTS[year]
                else:
                    refusal = NotAdult() if age is Age.MINOR else BirthYearInvalid()
        # Where
        unit, is_placed = unplaced, NO
        if claim.unit_code is not None or claim.unit_id is not None:
            where = (
                by_code.get(claim.unit_code) if claim.unit_code is not None else by_id.get(claim.unit_id or 0)
            )
            if where is None:
                refusal = refusal or ClaimUnitUnknown()
            elif not may(where, claim.within):
                refusal = refusal or OutsideScope()
            else:
                unit, is_placed = where.packed, YES
        # The writer
        by: bytes | None = claim.by.bytes
        if claim.worker is not None:
            by = workers.get((claim.worker, claim.within))
            if by is None:
                refusal = refusal or WorkerUnknown()
        if halted and by in halted and claim.sign == 0:  # halted senders apply only to unsigned rows
            refusal = refusal or SenderHalted()
        # With what right
        purposes = _purposes(claim.consents)
        notice = claim.notice_version
        if refusal is None and notice is not None and notice not in published:
            refusal = _unknown(notice, published)
        is_complete = name is not None and birth is not None and (notice is not None or is_earlier)
        if refusal is None and is_complete and drive.other and not is_earlier:
            refusal = JoiningWaits(other=drive.other)
        if refusal is None and not is_complete and claim.sign == 0 and claim.channel not in NAMELESS:
            refusal = (
                PersonNameMissing()
                if name is None
                else BirthYearMissing()
                if birth is None
                else NoticeMissing()
            )
        if refusal is None and is_complete and purposes is None and not is_earlier:
            refusal = ConsentMissing()
        if refusal is not None or phone is None or by is None:
            refused.append((place, claim_id, refusal or PhoneInvalid(), claim))
            continue
        written_phone = phone.encode()
        h = lookup(written_phone)
        p = h[:6]
        h16 = h[:16]
        g = identity(start + h16)
        m = p + g[:8]
        nonce = chance[i : i + 12]
        rows.append(
            ClaimRow(
                claim_id,
                h16,
                m + b"\0\0",
                m + b"\0\1",
                p + g[16:26],
                p + claim_id[:9] + b"\1",
                h[:12] + programme,
                claim.receipt,
                chance[i + 12 : i + 28],
                chance[i + 28 : i + 44],
                SHORTS[claim.channel],
                SHORTS[claim.sign],
                unit,
                is_placed,
                day,
                packed_at,
                name,
                birth,
                _text(claim.language),
                by,
                int4(notice) if is_complete and notice is not None else None,
                purposes or SHORTS[0],
                _text(claim.device),
                h,
                seal_number + nonce + seal(nonce, written_phone, h16),
                written_phone[-4:],
                YES if claim.sign else NO,
                is_complete and not is_late,
                is_late,
                place,
            )
        )
        i += RANDOM_BYTES
    rows.sort(key=_order)
    return rows, refused


def _unknown(version: int, published: frozenset[int]) -> NoticeUnknown:
    versions_text = ", ".join(str(each) for each in sorted(published)) or "–"
    return NoticeUnknown(version=str(version)[:20], published=versions_text)


def _text(value: str) -> bytes:
    """Return a small text nobody's identity hangs on: what cannot be stored is dropped, not refused."""
    return value.replace("\x00", "")[:200].encode(errors="replace") if value else b""


def _order(row: ClaimRow) -> tuple[bytes, bytes]:
    return row.phone, row.claim
