"""The journal of noes: kept outside the database and its backups, replayed after a restore.

One line for each act: a phone said no, or took its no back; a person took a consent back, came back to what they had
left, never joined, or had everything erased. Ids are keyed hashes, which say nothing without the key. A no is on disk
before its commit, so no crash in between loses it. A line whose act was rolled back stays: it only keeps us silent. The
file stays small: a line is about 120 bytes.

Journals of several hosts are merged by joining the files: lines are replayed in the order of their instants.
"""

import fcntl
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import home
from abhiyan.core.refusals import Refused

log = logging.getLogger(__name__)
SLACK = timedelta(minutes=10)  # between an act's instant and the backup's snapshot
_ENTRY = re.compile(
    rb"\{[^{}]*\}"
)  # an entry holds no braces, so a cut one never hides the whole one behind it


class NotSaved(Refused, status=503):
    """The journal cannot be written, so the act is undone: what is not on disk is not acknowledged."""

    message = _("We could not save this just now. Nothing was changed. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class No:
    """A phone said no at an instant. scope: outreach or all; "" when it took its no back.

    rolls: those it left by this word; None where an older release wrote "all" without them: every roll. held: those it
    leaves once somebody has looked whether the call was forged.
    """

    phone_id: UUID
    scope: str
    channel: int
    at: datetime
    rolls: tuple[int, ...] | None = ()
    held: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        rolls = {"rolls": list(self.rolls or ())} if self.scope == "all" else {}
        held = {"held": list(self.held)} if self.held else {}
        return {"phone": self.phone_id.hex, "scope": self.scope} | rolls | held


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person took their consent to these purposes back."""

    person_id: UUID
    purposes: tuple[int, ...]
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        return {"person": self.person_id.hex, "purposes": list(self.purposes)}


@dataclass(frozen=True, slots=True)
class Word:
    """What a phone said of people on it: they came back, never joined, or did not go over to another phone
    (news.BACK, DENIED, OBJECTED)."""

    word: str
    phone_id: UUID
    persons: tuple[UUID, ...]
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        persons = [person.hex for person in self.persons]
        return {"word": self.word, "phone": self.phone_id.hex, "persons": persons}


@dataclass(frozen=True, slots=True)
class Erasure:
    """A person had everything erased. who: a keyed digest, by which lists that name them are known."""

    person_id: UUID
    phone_id: UUID
    who: bytes
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        return {"erased": self.person_id.hex, "of": self.phone_id.hex, "who": self.who.hex()}


Line = No | Withdrawal | Word | Erasure


def path() -> Path:
    return home.path() / "journal" / "noes.jsonl"


def make_place() -> None:
    """Make an empty journal where there is none, so that it can be copied from the first day on."""
    with _opened():
        pass


def write(said: Line) -> None:
    """Append one line; it is on disk when this returns. Raises NotSaved where it cannot be: undo the act.

    A line that an earlier full disk has cut is left as it is: the new one begins on a line of its own.
    """
    line = json.dumps(said.told() | {"channel": said.channel, "at": said.at.isoformat()}) + "\n"
    try:
        with _opened() as file:
            end = os.lseek(file, 0, os.SEEK_END)
            is_cut = end > 0 and os.pread(file, 1, end - 1) != b"\n"
            left = f"\n{line}".encode() if is_cut else line.encode()
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        _sync_folder(path().parent)  # after a power cut the file must be found there
    except OSError as error:
        log.error("the journal of noes cannot be written", extra={"facts": {"errno": error.errno}})
        raise NotSaved from error


@contextmanager
def _opened() -> Iterator[int]:
    """The file, held against other processes until the line is whole."""
    folder = path().parent
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync_folder(folder.parent)
    file = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _sync_folder(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def since(taken_at: datetime) -> list[Line]:
    """What was said from shortly before an instant on, in the order of the instants. What was cut is passed over."""
    try:
        content = path().read_bytes()
    except FileNotFoundError:
        return []
    found = []
    for entry in _ENTRY.findall(content):
        try:
            said = _read(json.loads(entry))
            if said.at >= taken_at - SLACK:
                found.append(said)
        except (ValueError, TypeError, KeyError):
            continue
    return sorted(found, key=lambda said: said.at)


def _read(told: dict[str, Any]) -> Line:
    channel, at = int(told["channel"]), datetime.fromisoformat(told["at"])
    if "word" in told:
        persons = tuple(map(UUID, told["persons"]))
        return Word(str(told["word"]), UUID(told["phone"]), persons, channel, at)
    if "erased" in told:
        return Erasure(UUID(told["erased"]), UUID(told["of"]), bytes.fromhex(told["who"]), channel, at)
    if "person" in told:
        return Withdrawal(UUID(told["person"]), tuple(map(int, told["purposes"])), channel, at)
    rolls = tuple(map(int, told["rolls"])) if "rolls" in told else None
    held = tuple(map(int, told.get("held", ())))
    return No(
        UUID(told["phone"]), str(told["scope"]), channel, at, rolls if told["scope"] == "all" else (), held
    )
