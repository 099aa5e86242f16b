"""Seals over the trail: blocks of entries, each root chained to the one before, heads kept outside the database.

Entries are written unchained by the acts themselves (a chain in the act would let one act pass at a time) and
sealed about a second later. A block is a range of transaction ids. Its upper end is the horizon of a snapshot:
every transaction below it has ended, so the range can gain no entry any more, however long another transaction
stays open. Ranges follow one another without a gap. After a restore transaction ids begin anew: that is the era.

    root = HMAC-SHA256(audit key, prev ‖ era, from, to, n ‖ each entry, canonical, in the order of xid and id)

A changed, removed or smuggled-in entry breaks its block's root; a changed or removed block breaks the chain; the
end cut off is told by the heads that left the host (ABHIYAN_AUDIT_HEADS_TO).
"""

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

_ENTRIES = (
    "select era, xid::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), who::text,"
    " who_kind, account_id, act, subject, unit_id, batch::text, n, origin, device, facts::text from core_audit"
)


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """kind: "entries" (changed, removed or added in a block), "chain" (block changed or missing), "head" (what a
    kept head tells is not in the chain), "strange" (an entry no block can ever hold)."""

    kind: str
    era: int
    from_xid: int
    to_xid: int
    at: datetime | None
    text: str


@dataclass(kw_only=True)
class Verified:
    """What a walk over the whole trail found. Sound when there are no flaws."""

    blocks: int = 0
    entries: int = 0
    unsealed: int = 0
    heads: int = 0
    lost_to_restore: list[str] = field(default_factory=list)  # heads of time that a restore gave up
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.flaws


def seal(at: datetime) -> int:
    """Seal every entry below the snapshot's horizon that no block holds yet. Returns how many were sealed.

    Runs in a system scope as `jobs`. Nothing new makes no block. Entries left unsealed by an earlier era (a
    restore brought them) make a block of that era first.
    """
    era, horizon = (
        int(value)
        for value in sql.row("select core_era(), pg_snapshot_xmin(pg_current_snapshot())::text") or ()
    )
    last = sql.row(  # s.to_xid, not the text of the same name: 9,999 comes before 10,000.
        "select s.era, s.to_xid::text, s.root from core_audit_seal s order by s.era desc, s.to_xid desc limit 1"
    )
    last_era, start, prev = (int(last[0]), int(last[1]), bytes(last[2])) if last else (0, 0, FIRST)
    sealed = 0
    if last_era < era:
        for earlier, newest in sql.rows(
            "select era, max(xid::text::numeric)::text from core_audit where era < %s"
            " and (era > %s or era = %s and xid >= %s::xid8) group by era order by era",
            [era, last_era, last_era, str(start)],
        ):
            begin = start if earlier == last_era else 0
            n, prev = _seal_block(at, int(earlier), begin, int(newest) + 1, prev)
            sealed += n
        start = 0
    n, _ = _seal_block(at, era, start, horizon, prev)
    return sealed + n


def verify(*, folders: Sequence[Path] | None = None) -> Verified:
    """Walk the whole trail and the heads kept on this host. Needs to see everything; changes nothing."""
    found = Verified()
    key, prev = keyring().audit, FIRST
    ends: dict[int, int] = {}
    for era, from_xid, to_xid, n, root, stored_prev, at in _blocks():
        flaws: list[tuple[str, str]] = []
        if stored_prev != prev or from_xid != ends.get(era, 0):
            flaws.append(("chain", "does not follow the block before it: one was changed or removed"))
        count, computed = _root(key, stored_prev, era, from_xid, to_xid)
        if count != n:
            flaws.append(("entries", f"held {n} entries when it was sealed and holds {count} now"))
        elif not hmac.compare_digest(computed, root):
            flaws.append(("entries", "an entry in it, or the block itself, was changed"))
        found.flaws += [
            Flaw(kind=kind, era=era, from_xid=from_xid, to_xid=to_xid, at=at, text=text)
            for kind, text in flaws
        ]
        prev, ends[era] = root, to_xid
        found.blocks, found.entries = found.blocks + 1, found.entries + count
    found.unsealed = unsealed()
    found.flaws += _strange()
    for folder in folders or head_folders():
        for path in sorted(folder.glob("*.json")):
            found.heads += 1
            _verify_head(path, found, ends)
    return found


def unsealed() -> int:
    """Entries no block holds yet; a few are usual, many mean that the sealer does not run."""
    return sql.count(
        "select count(*) from core_audit where (era, xid) >= (coalesce((select max(era) from core_audit_seal),"
        " 0), coalesce((select to_xid from core_audit_seal order by era desc, to_xid desc limit 1), '0'::xid8))"
    )


def write_heads(at: datetime, *, folders: Sequence[Path] | None = None) -> int:
    """Once a day, write the chain's head into each folder of heads. Returns how many files were written.

    A file is named after its day (UTC) and never written twice. One of the folders should lead off this host:
    whoever takes over the database and its key can seal anew, but not change what has left.
    """
    name = f"{at.astimezone(UTC):%Y-%m-%d}.json"
    missing = [folder for folder in folders or head_folders() if not (folder / name).exists()]
    if not missing:
        return 0
    last = sql.row(
        "select s.era, s.to_xid::text, s.root, s.at from core_audit_seal s"
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
    return [home.path() / "audit-heads", *([outside] if outside else [])]


def _seal_block(at: datetime, era: int, start: int, end: int, prev: bytes) -> tuple[int, bytes]:
    """Write the block of a range, unless it holds nothing. Returns its entries and the root to go on from."""
    n, root = _root(keyring().audit, prev, era, start, end)
    if n == 0:
        return 0, prev
    sql.run(
        "insert into core_audit_seal (era, from_xid, to_xid, n, root, prev, at)"
        " values (%s, %s::xid8, %s::xid8, %s, %s, %s, %s)",
        [era, str(start), str(end), n, root, prev, at],
    )
    return n, root


def _root(key: bytes, prev: bytes, era: int, start: int, end: int) -> tuple[int, bytes]:
    """Entries in a range, and the root over them."""
    entries = hmac.new(key, digestmod="sha256")
    n = 0
    for row in _rows(era, start, end):
        entries.update(_canonical(row))
        n += 1
    # The entries' own digest comes last, so that they need not be counted before they are read.
    told = prev + f"{era} {start} {end} {n}\n".encode() + entries.digest()
    return n, hmac.digest(key, told, "sha256")


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


def _blocks() -> Iterator[tuple[int, int, int, int, bytes, bytes, datetime]]:
    """Every block in the order of the chain, in pieces: there may be one for each second of years."""
    era, to_xid = 0, 0
    while True:
        rows = sql.rows(
            "select era, from_xid::text, to_xid::text, n, root, prev, at from core_audit_seal"
            " where (era, to_xid) > (%s, %s::xid8) order by era, core_audit_seal.to_xid limit %s",
            [era, str(to_xid), AT_ONCE],
        )
        for row in rows:
            yield row[0], int(row[1]), int(row[2]), row[3], bytes(row[4]), bytes(row[5]), row[6]
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


def _verify_head(path: Path, found: Verified, ends: dict[int, int]) -> None:
    try:
        head = json.loads(path.read_text())
        era, to_xid, root = int(head["era"]), int(head["to_xid"]), bytes.fromhex(head["root"])
    except (ValueError, KeyError, TypeError):
        era, to_xid, root = 0, 0, b""
    if sql.row(
        "select 1 from core_audit_seal where era = %s and to_xid = %s::xid8 and root = %s",
        [era, str(to_xid), root],
    ):
        return
    # A restore opens a later era and gives up whatever came after its backup: said, but no flaw.
    if root and to_xid > ends.get(era, 0) and any(later > era for later in ends):
        found.lost_to_restore.append(path.name)
        return
    found.flaws.append(
        Flaw(
            kind="head",
            era=era,
            from_xid=to_xid,
            to_xid=to_xid,
            at=None,
            text=f"{path} tells of a block that is not in the chain: its end was cut off or sealed anew",
        )
    )
