"""The mark by which a host knows that its store of files is that of its database.

It is an object with a random name; the database keeps the name. A host with another folder, or another bucket, does not
find it. A copy of all files by any tool takes it along.
"""

import time
from datetime import datetime

from . import lot
from .models import StoreMark
from .store import ObjectGone, file_store

_PREFIX = "mark/"


def make_mark(at: datetime) -> int:
    """Leave the mark of this database in the store, once. The object is there before the row that speaks of it."""
    if StoreMark.objects.exists():
        return 0
    mark = StoreMark(name=lot.uuid(), made_at=at)
    file_store().put(f"{_PREFIX}{mark.name}", b"")
    mark.save(force_insert=True)
    return 1


def mark_seen_ms() -> float | None:
    """Return after how many milliseconds the store gave the mark; None where it has another or none.

    Raises StoreAway, StoreMark.DoesNotExist where the database has none yet.
    """
    name = StoreMark.objects.get().name
    began = time.monotonic()
    try:
        file_store().get(f"{_PREFIX}{name}")
    except ObjectGone:
        return None
    return 1000 * (time.monotonic() - began)
