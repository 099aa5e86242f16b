"""The act: the only writer of enrolments."""

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from django.db import connection

from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.enrolment.actions.claim_keys import keys
from abhiyan.enrolment.actions.claims import (
    ClaimMessage,  # what callers hand over
    ClaimOutcome,
    ClaimRefused,
    ClaimUnitUnknown,
    Joined,
    KeyReused,
    NotAdult,
    OutsideScope,
    PhoneBusy,
    TryAgain,
    Unreadable,
    WorkerUnknown,
    stored_outcome,
)
from abhiyan.enrolment.rules import packed
from abhiyan.enrolment.rules.channels import UNHEARD
from abhiyan.people import phones

from . import gateway, sql, workers
from .drives import DriveRead, Drives
from .rows import SHORTS, ClaimRow, prepare_rows
from .settle import Settling, stored_claims
from .settling_sql import STATEMENTS

TRIES = 4  # of one batch, when the database was lost or two batches were in each other's way.
TREES_MOVE = 10  # times in the midst of one batch, before it is put off.
MOST_GATEWAYS = 2  # of a process, beside the hot path's own; a web join takes some 10 ms of one.
TURN_S = 5.0  # a longer wait for one of them ends in "try again".
# A phone may be held by a chunk of a paper list, for seconds. A batch waits once for LOCK_MS; then it is taken apart,
# each part waits for HASTE_MS, and what is still held up after HELD_UP_S is put off. Nobody else waits longer for it.
LOCK_MS, HASTE_MS, HELD_UP_S = 1_000, 200, 4.0
REFUSED_REMEMBERED = timedelta(days=7)
_FAST = len(sql.COLUMNS)
_COLUMNS = [f"{kind}[]" for kind in sql.COLUMNS.values()]
_PHONES = [f"{kind}[]" for kind in sql.PHONE_COLUMNS.values()]
_SCALARS = {
    "programme": "int4",
    "roll": "int4",
    "at": "timestamptz",
    "batch": "uuid",
    "import_id": "int8",
    "others": "int4[]",
}

_Counted = tuple[bytes, bytes, bytes, bytes]  # unit, channel, code of the refusal, day

WRITES: dict[str, tuple[str, Sequence[str]]] = {
    "haste": (f"set local lock_timeout = {HASTE_MS}", ()),
    "phones": (sql.phones_query(sql.unnested(sql.PHONE_COLUMNS)), _PHONES),
    "enrol": (
        sql.enrolling(
            rows=sql.unnested(sql.COLUMNS),
            tail=sql.LEFT_OVER,
            programme=f"${_FAST + 1}",
            roll=f"${_FAST + 2}",
            at=f"${_FAST + 3}",
            batch=f"${_FAST + 4}",
            import_id=f"${_FAST + 5}",
            others=f"${_FAST + 6}",
        ),
        [*_COLUMNS, *_SCALARS.values()],
    ),
    # A number is left of people without anything else that may be kept. So that a resend does not count twice, a
    # keyed hash of the sender's key is kept for a week; it says nothing of anybody.
    "refused_seen": (
        """insert into core_rate_count (key, n, ends_at) select k, 1, $2 from unnest($1) k order by k
           on conflict do nothing returning key""",
        ["bytea[]", "timestamptz"],
    ),
    "refused_counted": (
        """insert into enrolment_refused_count as m (programme_id, unit_id, channel, reason, day, n)
           select $1, u, c, r, d, n from unnest($2, $3, $4, $5, $6) t(u, c, r, d, n) order by u, c, r, d
           on conflict (programme_id, unit_id, channel, reason, day) do update set n = m.n + excluded.n""",
        ["int4", "int8[]", "int2[]", "text[]", "date[]", "int4[]"],
    ),
    "completions": (
        """select w.completed_by, w.completed_as, c.public_id, m.public_id, w.phone_id
           from enrolment_waiting w
           join enrolment_claim c on c.id = w.claim_id left join enrolment_membership m on m.id = c.membership_id
           where w.completed_by = any($1)""",
        ["uuid[]"],
    ),
    "audit": (
        """insert into core_audit (at, who, who_kind, account_id, act, batch, n, origin, device, facts) values
           ($1, $2, $3, $4, 'enrolment.enrol', $5, $6, $7, $8,
           jsonb_build_object('programme', $9)
           || case $10 when '' then '{}' else jsonb_build_object('reason', $10) end)""",
        ["timestamptz", "uuid", "text", "int8", "uuid", "int4", "text", "text", "int4", "text"],
    ),
    **STATEMENTS,
}


class Gateway:
    """A writer with what it knows of drives. One per thread; `enrol_batch` finds its own."""

    def __init__(self) -> None:
        self.writer = gateway.Writer(WRITES, lock_ms=LOCK_MS)
        self.drives = Drives()

    @staticmethod
    def refuse_locks() -> None:
        """Raise RuntimeError where the caller's transaction holds rows of phones, or an advisory lock by one
        number, as phones have: our own mistake. A form's own lock is by two numbers
        (people.actions.field.form_answer)."""
        if not connection.in_atomic_block:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "select exists (select from pg_locks where pid = pg_backend_pid() and granted and ("
                " (locktype = 'advisory' and objsubid = 1) or (locktype = 'relation'"
                " and relation = 'people_phone'::regclass and mode in ('RowShareLock', 'RowExclusiveLock'))))"
            )
            if cursor.fetchone()[0]:
                raise RuntimeError("enrol is called while the request holds the lock of a phone")


class Gateways:
    """The gateways of a process, lent for one batch each: never more than MOST_GATEWAYS, however many ask."""

    turn_s = TURN_S
    made: type[Gateway] = Gateway

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(MOST_GATEWAYS)
        self._free: deque[Gateway] = deque()

    @contextmanager
    def one(self) -> Iterator[Gateway]:
        """Give the gateway that rested shortest. Raises TryAgain after a wait of `turn_s`."""
        if not self._turns.acquire(timeout=self.turn_s):
            raise TryAgain
        try:
            hands = self._free.pop() if self._free else self.made()
            try:
                yield hands
            finally:
                self._free.append(hands)
        finally:
            self._turns.release()

    def forget(self) -> None:
        for hands in self._free:
            hands.drives.forget()


GATEWAYS = Gateways()


def forget_drives() -> None:
    """Have this process read drives and units again (tests, whose clock does not move)."""
    GATEWAYS.forget()


def enrol_batch(
    *,
    programme_id: int,
    claims: Sequence[ClaimMessage],
    by: Actor,
    at: datetime,
    import_id: int | None = None,
    through: Gateway | None = None,
) -> list[ClaimOutcome | ClaimRefused]:
    """Put each claim's person on the drive's roll, on the rung its evidence supports, in one commit.

    programme_id: the drive. claims: at most a few hundred, of any channels. at: when the server stores them, aware.
    Returns one answer per claim, in order: Joined, Renewed, AlreadyMember, Waits, OnWorklist, Late, or a refusal
    (NotAdult, DriveClosed, ClaimUnitUnknown, WorkerUnknown …) that kept nothing. When it returns, what it stored is on
    disk. A resend gets its first outcome, from any process and after any crash. Raises TryAgain when the database would
    not: then nothing of the batch is stored, or all of it was and the answer was lost; sending it again is right either
    way.

    Commits on a connection of its own, as the database role `gateway`, whatever transaction the caller is in.
    Order of locks and keys: phones (sorted), claims (by id), memberships (by id); then, for claims that did not
    simply join, advisory locks of their phones (sorted) and rows beneath them; last the counter of refusals (sorted).
    """
    if at.tzinfo is None:
        raise ValueError("`at` is aware")
    if not claims:
        return []
    if through is not None:
        return _decided(through, programme_id, claims, by, at, import_id)
    with GATEWAYS.one() as hands:
        return _decided(hands, programme_id, claims, by, at, import_id)


def enrol_claim(*, programme_id: int, claim: ClaimMessage, by: Actor, at: datetime) -> ClaimOutcome:
    """Enrol a batch of one, from within a request. Raises the refusal instead of returning it, and TryAgain.

    The caller's transaction may hold no lock on a phone: the act, on its own connection, would wait for it in
    vain.
    """
    GATEWAYS.made.refuse_locks()
    (answer,) = enrol_batch(programme_id=programme_id, claims=[claim], by=by, at=at)
    if isinstance(answer, PhoneBusy):
        raise TryAgain
    if isinstance(answer, ClaimRefused):
        raise answer
    return answer


def _decided(
    hands: Gateway,
    programme_id: int,
    claims: Sequence[ClaimMessage],
    by: Actor,
    at: datetime,
    import_id: int | None,
    until: float | None = None,
) -> list[ClaimOutcome | ClaimRefused]:
    """until: on the monotonic clock, when what still waits for a phone is put off; None before anything has waited."""
    failure: Exception | None = None
    for _ in range(TRIES):
        if until is not None and time.monotonic() > until:
            return [PhoneBusy() for _claim in claims]
        try:
            return _enrol(hands, programme_id, claims, by, at, import_id, in_haste=until is not None)
        except (gateway.BadData, gateway.HeldElsewhere) as found:
            if isinstance(found, gateway.HeldElsewhere):
                until = until or time.monotonic() + HELD_UP_S
            if len(claims) == 1:
                return [PhoneBusy() if isinstance(found, gateway.HeldElsewhere) else Unreadable()]
            half = len(claims) // 2  # the others get through
            return [
                answer
                for part in (claims[:half], claims[half:])
                for answer in _decided(hands, programme_id, part, by, at, import_id, until)
            ]
        except psycopg.OperationalError as error:  # while learning of the drive and its places
            hands.writer.close()
            failure = error
        except (gateway.Conflict, gateway.Unavailable) as error:
            failure = error
    raise TryAgain from failure


def _enrol(
    hands: Gateway,
    programme_id: int,
    claims: Sequence[ClaimMessage],
    by: Actor,
    at: datetime,
    import_id: int | None,
    *,
    in_haste: bool,
) -> list[ClaimOutcome | ClaimRefused]:
    writer = hands.writer
    drive = hands.drives.get(writer.connection(), programme_id, at)
    prepared, refused = _prepared(hands, drive, claims, at)
    first: dict[bytes, ClaimRow] = {}  # the same key twice in one batch is one claim
    again = [row for row in prepared if first.setdefault(row.claim, row) is not row]
    strangers = _other_phones(first, again) if again else []
    rows = list(first.values())
    if strangers:
        rows.sort(key=lambda row: (row.phone, row.claim))  # the order of locks
    plain = [row for row in rows if row.is_plain]
    batch = lot.octets(16)
    outcomes: dict[bytes, ClaimOutcome | ClaimRefused] = {}
    settling = Settling(writer, drive, at=at, batch=batch, import_id=import_id)
    stored = 0
    if rows:
        steps: list[tuple[str, Sequence[packed.Value]]] = [("begin", ())]
        if in_haste:
            steps.append(("haste", ()))
        steps.append(("phones", arrays_of_phones(rows)))
        left = {row.claim for row in rows if not row.is_plain}
        if plain:
            scalars = (
                packed.int4(drive.programme_id),
                packed.int4(drive.roll_id),
                packed.micros(at),
                batch,
                None if import_id is None else packed.int8(import_id),
                packed.array("int4", [packed.int4(one) for one in drive.others]),
            )
            if drive.others:  # a joining of another roll at this moment is seen
                steps.append(("lock", [packed.array("int8", sorted({row.phone[:8] for row in plain}))]))
            steps.append(("enrol", [*arrays_of_rows(plain), *scalars]))
        result = writer.run(*steps)[-1]
        if plain:
            stored = int.from_bytes(result.get_value(0, 0) or b"", "big")
            joined = int.from_bytes(result.get_value(0, 1) or b"", "big")
            if joined < len(plain):
                left.update(packed.array_of_uuids(result.get_value(0, 2)))
        for row in rows:
            if row.claim not in left:
                outcomes[row.claim] = Joined(row.public_id, row.member_public)
        try:
            if left:
                outcomes |= settling.decide([row for row in rows if row.claim in left])
            last: list[tuple[str, Sequence[packed.Value]]] = list(settling.steps())
            n = stored + settling.stored
            if n:
                last.append(("audit", _audit(by, at, batch, n, programme_id)))
            writer.run(*last, ("commit", ()))
        except BaseException:
            writer.rollback()
            raise
    if not refused and not strangers:
        return [outcomes[claim.id] for claim in claims]
    apart = _answer_strangers(writer, drive, strangers) if strangers else {}
    if refused:
        apart |= _answer_refused(writer, drive, refused, at)
    return [apart[place] if place in apart else outcomes[claim.id] for place, claim in enumerate(claims)]


def _other_phones(first: dict[bytes, ClaimRow], again: Sequence[ClaimRow]) -> list[ClaimRow]:
    """Return rows whose key stands earlier in the batch for another phone.

    `first` then holds each key's earliest row.
    """
    strangers: list[ClaimRow] = []
    of_key: dict[bytes, list[ClaimRow]] = {}
    for row in again:
        of_key.setdefault(row.claim, [first[row.claim]]).append(row)
    for key, rows in of_key.items():
        earliest = min(rows, key=lambda row: row.place)
        first[key] = earliest
        strangers += [row for row in rows if row.phone != earliest.phone]
    return strangers


def _answer_strangers(
    writer: gateway.Writer, drive: DriveRead, strangers: Sequence[ClaimRow]
) -> dict[int, ClaimOutcome | ClaimRefused]:
    """Return by place the answers of later claims with a taken key, as if alone after the batch.

    A key is its first phone's, from whatever batch.
    """
    taken = _taken(writer, drive, {row.claim for row in strangers})
    outcomes: dict[int, ClaimOutcome | ClaimRefused] = {}
    for row in strangers:
        phone, outcome = taken.get(row.claim, (b"", None))
        outcomes[row.place] = outcome if outcome is not None and phone == row.phone else KeyReused()
    return outcomes


def _taken(
    writer: gateway.Writer, drive: DriveRead, claims: set[bytes]
) -> dict[bytes, tuple[bytes, ClaimOutcome | ClaimRefused]]:
    """Return for each taken key the phone it was taken for, and the first outcome."""
    ids = packed.array("uuid", sorted(claims))
    earlier, completions = writer.run(("known_claims", [ids, b"\0" * 16]), ("completions", [ids]))
    limit = drive.people_per_phone
    taken = {
        claim: (stored.phone, stored_outcome(stored.taken, stored.receipt, stored.member_public, limit=limit))
        for claim, stored in stored_claims(earlier).items()
    }
    for n in range(completions.ntuples):
        own_id, as_, receipt, member, phone = (completions.get_value(n, column) for column in range(5))
        assert own_id is not None and as_ is not None and receipt is not None and phone is not None
        taken[own_id] = (
            phone,
            stored_outcome(int.from_bytes(as_, "big"), receipt, member, limit=limit),
        )
    return taken


def _prepared(
    hands: Gateway, drive: DriveRead, claims: Sequence[ClaimMessage], at: datetime
) -> tuple[list[ClaimRow], list[tuple[int, bytes, ClaimRefused, ClaimMessage]]]:
    """Return the batch by the places of one tree. It refuses no claim for its place by a tree that has moved since."""
    has_workers = any(claim.worker is not None for claim in claims)
    for _ in range(TREES_MOVE):
        if not _learn_places(hands, drive, claims):
            continue
        if has_workers and not workers.learn_workers(
            hands.drives, hands.writer.connection(), drive, claims, at
        ):
            continue
        prepared, refused = prepare_rows(claims, drive, at)
        if not any(
            isinstance(why, (OutsideScope, ClaimUnitUnknown, WorkerUnknown))
            for _place, _own, why, _claim in refused
        ):
            return prepared, refused
        if hands.drives.is_current(hands.writer.connection(), drive):
            return prepared, refused
        hands.drives.renew(hands.writer.connection(), drive)
    raise TryAgain


def _learn_places(hands: Gateway, drive: DriveRead, claims: Sequence[ClaimMessage]) -> bool:
    """Return True if all the places of a batch are known, of one tree."""
    by_code, by_id, spans = drive.by_code, drive.by_id, drive.spans_of
    codes = {c.unit_code for c in claims if c.unit_code is not None and c.unit_code not in by_code}
    ids = {c.unit_id for c in claims if c.unit_id is not None and c.unit_id not in by_id}
    within = {u for c in claims if c.within is not None for u in c.within if u not in spans}
    if not (codes or ids or within):
        return True
    return hands.drives.fetch(
        hands.writer.connection(),
        drive,
        codes={code for code in codes if code.isprintable() and len(code) <= 64},
        ids={unit for unit in ids if 0 < unit < 2**63},
        within=within,
    )


def arrays_of_rows(rows: Sequence[ClaimRow]) -> list[packed.Value]:
    """Return the parameters $1 … of the act's rows."""
    columns = list(zip(*rows, strict=True))
    return [packed.array(kind, columns[n]) for n, kind in enumerate(sql.COLUMNS.values())]


def arrays_of_phones(rows: Sequence[ClaimRow]) -> list[packed.Value]:
    """Return the parameters $1 … of the phones of the rows."""
    phones = [(row.phone, row.hash, row.sealed, row.last4, row.is_signed) for row in rows]
    return packed.arrays(list(sql.PHONE_COLUMNS.values()), phones)


def _audit(by: Actor, at: datetime, batch: bytes, n: int, programme_id: int) -> list[packed.Value]:
    return [
        packed.micros(at),
        by.id.bytes,
        by.kind.encode(),
        None if by.account_id is None else packed.int8(by.account_id),
        batch,
        packed.int4(n),
        by.origin.encode(errors="replace"),
        by.device.encode(errors="replace"),
        packed.int4(programme_id),
        by.reason.encode(errors="replace"),
    ]


def _answer_refused(
    writer: gateway.Writer,
    drive: DriveRead,
    refused: list[tuple[int, bytes, ClaimRefused, ClaimMessage]],
    at: datetime,
) -> dict[int, ClaimOutcome | ClaimRefused]:
    """Answer refusals by place, unless the same phone's claim was taken earlier (the drive has closed since):
    then its first outcome."""
    taken = _taken(writer, drive, {own_id for _, own_id, _, _ in refused})
    outcomes: dict[int, ClaimOutcome | ClaimRefused] = {}
    counted: dict[bytes, _Counted] = {}
    for place, claim_id, refusal, claim in refused:
        if claim_id in taken:
            phone, outcome = taken[claim_id]
            if phone == _phone(claim):
                outcomes[place] = outcome
                continue
        outcomes[place] = refusal
        if isinstance(refusal, NotAdult) or claim.channel in UNHEARD:
            seen = keys().identity(b"refused|" + claim_id)[:16]
            counted[seen] = (
                _unit(drive, claim),
                SHORTS[claim.channel],
                refusal.code.encode(),
                _day(drive, claim, at),
            )
    if counted:
        _count_refused(writer, drive, counted, at)
    return outcomes


def _phone(claim: ClaimMessage) -> bytes:
    """Return the id of a claim's phone; empty when there is none such."""
    written = phones.parse(claim.phone)
    return b"" if written is None else keyring().phone_id(written).bytes


def _unit(drive: DriveRead, claim: ClaimMessage) -> bytes:
    place = None
    if claim.unit_code is not None:
        place = drive.by_code.get(claim.unit_code)
    elif claim.unit_id is not None:
        place = drive.by_id.get(claim.unit_id)
    return place.packed if place is not None and drive.may(place, claim.within) else drive.unplaced


def _day(drive: DriveRead, claim: ClaimMessage, at: datetime) -> bytes:
    moment = min(claim.field_at or at, at) - packed.EPOCH
    return drive.packed_day((moment.days * 86_400 + moment.seconds) * 1_000_000)


def _count_refused(
    writer: gateway.Writer, drive: DriveRead, refused: dict[bytes, _Counted], at: datetime
) -> None:
    """Add a number per unit, channel, reason and day, in one commit with the memory of the counted ones."""
    seen = writer.run(
        ("begin", ()),
        ("refused_seen", [packed.array("bytea", sorted(refused)), packed.micros(at + REFUSED_REMEMBERED)]),
    )[1]
    fresh = [refused[seen.get_value(n, 0) or b""] for n in range(seen.ntuples)]
    counted = Counter(fresh)
    steps: list[tuple[str, Sequence[packed.Value]]] = []
    if counted:
        units, channels, reasons, days = zip(*counted, strict=True)
        steps.append(
            (
                "refused_counted",
                [
                    packed.int4(drive.programme_id),
                    packed.array("int8", units),
                    packed.array("int2", channels),
                    packed.array("text", reasons),
                    packed.array("date", days),
                    packed.array("int4", [packed.int4(n) for n in counted.values()]),
                ],
            )
        )
    writer.run(*steps, ("commit", ()))
