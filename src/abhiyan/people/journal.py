"""The journal of noes: kept outside the database and its backups, replayed after a restore.

One line per act of a phone that said no, or took it back: its id (a keyed hash, which says nothing without the
key), what, when. A no is written before its commit, so that none is lost by a crash in between; one written for
nothing only keeps us silent. The file stays small: a line is about 120 bytes.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from abhiyan.core import home

SLACK = timedelta(minutes=10)  # between an act's instant and the backup's snapshot


@dataclass(frozen=True, slots=True)
class Line:
    """scope: outreach or all; "" when the phone took its no back."""

    phone: str
    scope: str
    channel: int
    at: str

    @property
    def phone_id(self) -> UUID:
        return UUID(self.phone)

    @property
    def said_at(self) -> datetime:
        return datetime.fromisoformat(self.at)


def path() -> Path:
    return home.path() / "journal" / "noes.jsonl"


def write(*, phone_id: UUID, scope: str, channel: int, at: datetime) -> None:
    """Append one line, on disk when this returns."""
    line = Line(phone_id.hex, scope, channel, at.isoformat())
    path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(
            handle, (json.dumps(asdict(line)) + "\n").encode()
        )  # one write: lines of two processes stay whole
        os.fsync(handle)
    finally:
        os.close(handle)


def since(taken_at: datetime) -> Iterator[Line]:
    """What phones said after an instant, oldest first. A line cut by a full disk is passed over."""
    try:
        file = path().open(encoding="ascii")
    except FileNotFoundError:
        return
    with file:
        for text in file:
            try:
                line = Line(**json.loads(text))
                if line.said_at >= taken_at - SLACK:
                    yield line
            except (ValueError, TypeError):
                continue
