"""The audit as a file that anybody can verify without this product (docs/security.md, deploy/verify_audit.py).

JSON lines. First a head; then, block by block, each entry as the array that was sealed, and after them the block.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from . import audit_seals

FORMAT = 1
COLUMNS = (
    *("era", "xid", "id", "at", "who", "who_kind", "account_id", "act"),
    *("subject", "unit_id", "batch", "n", "origin", "device", "facts"),
)


def exported_lines(at: datetime) -> Iterator[bytes]:
    """Yield the whole sealed trail. Entries without a seal yet are counted in the last line, and not in the file."""
    yield _line({"abhiyan_audit": FORMAT, "columns": COLUMNS, "exported_at": at.astimezone(UTC).isoformat()})
    for block in audit_seals.sealed_blocks():
        yield from audit_seals.sealed_entries(block.era, block.from_xid, block.to_xid)
        facts = {
            "era": block.era,
            "from": block.from_xid,
            "to": block.to_xid,
            "n": block.n,
            "plain": block.plain.hex() if block.plain else None,
            "root": block.root.hex(),
            "prev": block.prev.hex(),
            "sealed_at": block.at.astimezone(UTC).isoformat(),
        }
        yield _line({"block": facts})
    yield _line({"unsealed": audit_seals.count_unsealed()})


def _line(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
