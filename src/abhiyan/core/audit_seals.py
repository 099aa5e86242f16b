"""Seals over the trail: blocks of entries, each root chained to the one before, heads kept outside the database.

Acts write their entries without a chain, for a chain would let one act pass at a time. A loop seals them about a
second later. A block is a range of transaction ids. Its upper end is the horizon of a snapshot. Every transaction
below it has ended, so the range gains no further entry. Ranges follow one another without a gap. A restore begins
transaction ids at zero again: that is a new era.

    root = HMAC-SHA256(audit key, prev ‖ era, from, to, n ‖ each entry, canonical, in the order of xid and id).

A changed, removed or smuggled-in entry breaks its block's root; a changed or removed block breaks the chain.
The heads that left the host (ABHIYAN_AUDIT_HEADS_TO) show where the end was cut off.

Beside the keyed chain runs a plain one. By it and by the heads a reader without the key checks an export
(`core.audit_export`).

    plain = SHA-256(plain before ‖ era, from, to, n ‖ SHA-256 of the entries as above)
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import environment, home, sql
from .keys import keyring

FIRST = bytes(32)  # what the first block is chained to
AT_ONCE = 2_000
HEADS_LOOKED_AT = 7  # of each folder, by the quick check

_ENTRIES = (
    "select era, xid::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), who::text,"
    " who_kind, account_id, act, subject, unit_id, batch::text, n, origin, device, facts::text from core_audit"
)


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """One block as it was sealed. plain: None where it was sealed before there was a plain chain."""

    era: int
    from_xid: int
    to_xid: int
    n: int
    root: bytes
    prev: bytes
    plain: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True)
class BlockRoots:
    """The number of entries in a range, the keyed root over them, and the plain one."""

    n: int
    root: bytes
    plain: bytes


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """kind: "entries" (changed, removed or added in a block), "chain" (block changed or missing), "head" (the chain
    lacks what a kept head says), or "strange". "strange" is an entry no block can ever hold."""

    kind: str
    era: int
    from_xid: int
    to_xid: int
    at: datetime | None
    text: str


@dataclass(kw_only=True)
class Verified:
    """A walk over the whole trail found this. Sound when there are no flaws."""

    blocks: int = 0
    entries: int = 0
    unsealed: int = 0
    heads: int = 0
    lost_to_restore: list[str] = field(default_factory=list)  # heads of time that a restore gave up
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.flaws


def seal_entries(at: datetime) -> int:
    """Seal every entry below the snapshot's horizon that no block holds yet. Returns how many were sealed.

    Runs in a system scope as `jobs`. Nothing new makes no block. Entries left unsealed by an earlier era (a
    restore brought them) make a block of that era first.
    """
    era, horizon = (
        int(value)
        for value in sql.row("select core_era(), pg_snapshot_xmin(pg_current_snapshot())::text") or ()
    )
    last = sql.row(  # s.to_xid, not the text of the same name: 9,999 comes before 10,000.
        "select s.era, s.to_xid::text, s.root, s.plain from core_audit_seal s"
        " order by s.era desc, s.to_xid desc limit 1"
    )
    last_era, start = (int(last[0]), int(last[1])) if last else (0, 0)
    before = (bytes(last[2]), bytes(last[3] or FIRST)) if last else (FIRST, FIRST)
    sealed = 0
    if last_era < era:
        for earlier, newest in sql.rows(
            "select era, max(xid::text::numeric)::text from core_audit where era < %s"
            " and (era > %s or era = %s and xid >= %s::xid8) group by era order by era",
            [era, last_era, last_era, str(start)],
        ):
            begin = start if earlier == last_era else 0
            n, before = _seal_block(at, int(earlier), begin, int(newest) + 1, before)
            sealed += n
        start = 0
    n, _ = _seal_block(at, era, start, horizon, before)
    return sealed + n


def verify(*, folders: Sequence[Path] | None = None) -> Verified:
    """Walk the whole trail and the heads kept on this host. Needs to see everything; changes nothing."""
    verified_seals = Verified()
    key, prev, plain = keyring().audit, FIRST, FIRST
    ends: dict[int, int] = {}
    for block in sealed_blocks():
        flaws: list[tuple[str, str]] = []
        if block.prev != prev or block.from_xid != ends.get(block.era, 0):
            flaws.append(("chain", "does not follow the block before it: one was changed or removed"))
        roots = _roots(key, (block.prev, plain), block.era, block.from_xid, block.to_xid)
        if roots.n != block.n:
            flaws.append(("entries", f"held {block.n} entries when it was sealed and holds {roots.n} now"))
        elif not hmac.compare_digest(roots.root, block.root):
            flaws.append(("entries", "an entry in it, or the block itself, was changed"))
        elif block.plain != (None if plain == FIRST and block.plain is None else roots.plain):
            flaws.append(("chain", "its plain root was changed or removed"))
        verified_seals.flaws += [
            Flaw(
                kind=kind, era=block.era, from_xid=block.from_xid, to_xid=block.to_xid, at=block.at, text=text
            )
            for kind, text in flaws
        ]
        prev, plain, ends[block.era] = block.root, block.plain or plain, block.to_xid
        verified_seals.blocks, verified_seals.entries = (
            verified_seals.blocks + 1,
            verified_seals.entries + roots.n,
        )
    verified_seals.unsealed = count_unsealed()
    verified_seals.flaws += _strange()
    for folder in folders or head_folders():
        for path in sorted(folder.glob("*.json")):
            verified_seals.heads += 1
            _verify_head(path, verified_seals, ends)
    return verified_seals


def count_unsealed() -> int:
    """Entries no block holds yet; a few are usual, many mean that the sealer does not run."""
    return sql.count(
        "select count(*) from core_audit where (era, xid) >= (coalesce((select max(era) from core_audit_seal),"
        " 0), coalesce((select to_xid from core_audit_seal order by era desc, to_xid desc limit 1), '0'::xid8))"
    )


def write_heads(at: datetime, *, folders: Sequence[Path] | None = None) -> int:
    """Write the chain's head into each folder of heads, once a day. Returns how many files were written.

    A file is named after its day (UTC) and never written twice. One of the folders should lead off this host. An
    intruder with the database and its key can seal again, but not change what has left.
    """
    name = f"{at.astimezone(UTC):%Y-%m-%d}.json"
    missing = [folder for folder in folders or head_folders() if not (folder / name).exists()]
    if not missing:
        return 0
    last = sql.row(
        "select s.era, s.to_xid::text, s.root, s.at, s.plain from core_audit_seal s"
        " order by s.era desc, s.to_xid desc limit 1"
    )
    if last is None:
        return 0
    head = {
        "written_at": at.astimezone(UTC).isoformat(),
        "era": last[0],
        "to_xid": last[1],
        "root": bytes(last[2]).hex(),
        "sealed_at": last[3].astimezone(UTC).isoformat(),
        "plain": bytes(last[4]).hex() if last[4] else "",
    }
    for folder in missing:
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / f".{name}.{os.getpid()}"
        half.write_text(json.dumps(head) + "\n")
        half.rename(folder / name)
    return len(missing)


def head_folders() -> list[Path]:
    """audit-heads in the data folder, and ABHIYAN_AUDIT_HEADS_TO where it is set."""
    outside = environment.AUDIT_HEADS_TO()
    return [home.home_folder() / "audit-heads", *([outside] if outside else [])]


def last_head_era() -> int:
    """Return the latest era that a head on this host tells of; 0 without heads. A restore opens a later one, also where
    an earlier restore had opened some that the database has lost."""
    return max((era for era, _to_xid, _root in map(_read_head, _kept_heads())), default=0)


def heads_ahead() -> list[Path]:
    """Return heads whose block the database lacks, though no restore gave it up: the database is older, or was changed.
    Only the newest few heads of each folder are looked at."""
    present = int(sql.value("select core_era()"))
    ahead = []
    for path in _kept_heads(HEADS_LOOKED_AT):
        era, to_xid, root = _read_head(path)
        if not root or _has_block(era, to_xid, root):
            continue
        end = sql.value(
            "select s.to_xid::text from core_audit_seal s where s.era = %s order by s.to_xid desc limit 1",
            [era],
        )
        if era >= present or to_xid <= int(end or 0):
            ahead.append(path)
    return ahead


def _kept_heads(newest: int = 0) -> Iterator[Path]:
    for folder in head_folders():
        yield from sorted(folder.glob("*.json"))[-newest:]


def _read_head(path: Path) -> tuple[int, int, bytes]:
    """Return the era, the end and the root that a head tells; without a root where it cannot be read."""
    try:
        head = json.loads(path.read_text())
        return int(head["era"]), int(head["to_xid"]), bytes.fromhex(head["root"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0, b""


def _has_block(era: int, to_xid: int, root: bytes) -> bool:
    return sql.exists(
        "select from core_audit_seal where era = %s and to_xid = %s::xid8 and root = %s",
        [era, str(to_xid), root],
    )


def _seal_block(
    at: datetime, era: int, start: int, end: int, before: tuple[bytes, bytes]
) -> tuple[int, tuple[bytes, bytes]]:
    """Write the block of a range, unless it holds nothing. Returns its entries and the roots to go on from."""
    roots = _roots(keyring().audit, before, era, start, end)
    if roots.n == 0:
        return 0, before
    sql.run(
        "insert into core_audit_seal (era, from_xid, to_xid, n, root, prev, plain, at)"
        " values (%s, %s::xid8, %s::xid8, %s, %s, %s, %s, %s)",
        [era, str(start), str(end), roots.n, roots.root, before[0], roots.plain, at],
    )
    return roots.n, (roots.root, roots.plain)


def _roots(key: bytes, before: tuple[bytes, bytes], era: int, start: int, end: int) -> BlockRoots:
    """Count the entries of a range, and compute both roots over them and those before."""
    keyed, plain = hmac.new(key, digestmod="sha256"), hashlib.sha256()
    n = 0
    for line in sealed_entries(era, start, end):
        keyed.update(line)
        plain.update(line)
        n += 1
    # The entries' own digest comes last, so that they need not be counted before they are read.
    head = f"{era} {start} {end} {n}\n".encode()
    return BlockRoots(
        n,
        hmac.digest(key, before[0] + head + keyed.digest(), "sha256"),
        hashlib.sha256(before[1] + head + plain.digest()).digest(),
    )


def sealed_entries(era: int, start: int, end: int) -> Iterator[bytes]:
    """The entries of a range as lines, in the order of xid and id."""
    return map(_canonical, _rows(era, start, end))


def _rows(era: int, start: int, end: int) -> Iterator[tuple[Any, ...]]:
    """The entries of a range in the order of xid and id, in pieces: a block may hold millions."""
    after_xid, after_id = start, 0
    while True:
        rows = sql.rows(
            f"{_ENTRIES} where era = %s and xid >= %s::xid8 and xid < %s::xid8 and (xid, id) > (%s::xid8, %s)"
            " order by core_audit.xid, id limit %s",
            [era, str(after_xid), str(end), str(after_xid), after_id, AT_ONCE],
        )
        yield from rows
        if len(rows) < AT_ONCE:
            return
        after_xid, after_id = int(rows[-1][1]), int(rows[-1][2])


def _canonical(row: tuple[Any, ...]) -> bytes:
    """One entry as bytes: every column, told apart from its neighbours, the same on any version of PostgreSQL."""
    return json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def sealed_blocks() -> Iterator[SealedBlock]:
    """Every block in the order of the chain, in pieces: there may be one for each second of years."""
    era, to_xid = 0, 0
    while True:
        rows = sql.rows(
            "select era, from_xid::text, to_xid::text, n, root, prev, plain, at from core_audit_seal"
            " where (era, to_xid) > (%s, %s::xid8) order by era, core_audit_seal.to_xid limit %s",
            [era, str(to_xid), AT_ONCE],
        )
        for row in rows:
            plain = None if row[6] is None else bytes(row[6])
            yield SealedBlock(
                row[0], int(row[1]), int(row[2]), row[3], bytes(row[4]), bytes(row[5]), plain, row[7]
            )
        if len(rows) < AT_ONCE:
            return
        era, to_xid = rows[-1][0], int(rows[-1][2])


def _strange() -> list[Flaw]:
    """Entries of an era or a transaction that has not come yet."""
    rows = sql.rows(
        "select era, xid::text, at from core_audit where era > core_era()"
        " or era = core_era() and xid >= pg_snapshot_xmax(pg_current_snapshot()) limit 100"
    )
    return [
        Flaw(
            kind="strange",
            era=era,
            from_xid=int(xid),
            to_xid=int(xid),
            at=at,
            text="an entry claims an era or a transaction that has not come yet",
        )
        for era, xid, at in rows
    ]


def _verify_head(path: Path, verified_seals: Verified, ends: dict[int, int]) -> None:
    era, to_xid, root = _read_head(path)
    if _has_block(era, to_xid, root):
        return
    # A restore opens a later era and gives up whatever came after its backup: said, but no flaw.
    if root and to_xid > ends.get(era, 0) and any(later > era for later in ends):
        verified_seals.lost_to_restore.append(path.name)
        return
    verified_seals.flaws.append(
        Flaw(
            kind="head",
            era=era,
            from_xid=to_xid,
            to_xid=to_xid,
            at=None,
            text=f"{path} tells of a block that is not in the chain: its end was cut off or sealed anew",
        )
    )
