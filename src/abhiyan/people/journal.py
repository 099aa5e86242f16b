"""The journal of noes: kept outside the database and its backups, replayed after a restore.

One line for each act: a phone said no, or took its no back; a person took a consent back, came back to what they had
left, never joined, or had everything erased. Ids are keyed hashes, which say nothing without the key. A no is on disk
before its commit, so no crash in between loses it. A line whose act was rolled back stays: it only keeps us silent. The
file stays small: a line is about 120 bytes.

ABHIYAN_JOURNAL_TO names a second place, off this host. Each line goes there too before its commit. While it cannot be
written, the act is refused as on a full disk: people read that nothing was saved, and providers send again. No such no
is lost: the own journal has its line, `doctor` names it until it holds, and a restore brings it into force.

Journals of several hosts are merged by the instants of their lines. Equal lines count once, and the order of files or
lines changes nothing. At one instant a no outweighs a word that takes it back.
"""

import errno
import fcntl
import json
import logging
import os
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import environment, home, lot
from abhiyan.core.backup import RestoreRefused
from abhiyan.core.refusals import Refused

from .news import BACK

log = logging.getLogger(__name__)
MARK = "abhiyan-journal"  # a file in the second place: without it a folder may be a mount that is away
CLOCK_SLACK = timedelta(minutes=1)
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
    return home.journal() / "noes.jsonl"


def make_place() -> None:
    """Make an empty journal where there is none, so that it can be copied from the first day on."""
    with _opened(path()):
        pass


def make_second_place() -> None:
    """Mark the folder of ABHIYAN_JOURNAL_TO as the second place. `init` and `migrate` do it. A server never does it,
    for a mount that is away looks like an empty folder. Raises OSError."""
    if (folder := environment.JOURNAL_TO()) is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MARK).touch(mode=0o600)
        _sync_folder(folder)


def write(said: Line) -> None:
    """Append one line to both places; it is on disk when this returns. Raises NotSaved where it cannot be: undo the
    act. The own journal comes first, so that a line refused by the second place is known here."""
    line = json.dumps(said.told() | {"channel": said.channel, "at": said.at.isoformat()}) + "\n"
    try:
        _append(path(), line)
        if (second := environment.JOURNAL_TO()) is not None:
            _append(_second_file(second, said.at), line)
    except (OSError, environment.WrongSetting) as error:
        log.error("the journal of noes cannot be written", extra={"facts": {"error": str(error)}})
        raise NotSaved from error


_second_files: dict[tuple[int, Path], Path] = {}


def _second_file(folder: Path, at: datetime) -> Path:
    """Return the file of this process in the second place. Hosts never write into one file, so lines never mix."""
    if not (folder / MARK).exists():
        raise FileNotFoundError(errno.ENOENT, "The second place has no mark", str(folder / MARK))
    process = (os.getpid(), folder)
    if process not in _second_files:
        host = re.sub(r"[^\w.-]", "-", socket.gethostname())
        name = f"noes-{at.astimezone(UTC):%Y%m%dT%H%M%S}-{host}-{os.getpid()}-{lot.uuid().hex[:8]}.jsonl"
        _second_files[process] = folder / name
    return _second_files[process]


def _append(file_path: Path, line: str) -> None:
    """Append a line to a file. One that an earlier full disk has cut is left as it is: the new one begins on a line of
    its own."""
    with _opened(file_path) as file:
        end = os.lseek(file, 0, os.SEEK_END)
        is_cut = end > 0 and os.pread(file, 1, end - 1) != b"\n"
        left = f"\n{line}".encode() if is_cut else line.encode()
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    _sync_folder(file_path.parent)  # after a power cut the file must be found there


@contextmanager
def _opened(file_path: Path) -> Iterator[int]:
    """The file, held against other processes until the line is whole."""
    folder = file_path.parent
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync_folder(folder.parent)
    file = os.open(file_path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
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


def journal_files(also: Iterable[Path] = ()) -> list[Path]:
    """Return the files of both own places and of further files and folders. Raises RestoreRefused where the second
    place is away: a restore without it would lose what people said."""
    second = environment.JOURNAL_TO()
    if second is not None and not (second / MARK).exists():
        raise RestoreRefused(
            f"The second journal is not at {second}: the file {MARK} is missing there. Mount it, or name another with "
            "ABHIYAN_JOURNAL_TO."
        )
    files: dict[Path, None] = {}
    for source in (path().parent, *([second] if second else []), *also):
        try:
            names = sorted(source.rglob("*.jsonl")) if source.is_dir() else [source]
        except OSError as error:
            raise RestoreRefused(f"The journal {source} cannot be read: {error.strerror}.") from None
        files |= dict.fromkeys(file.resolve() for file in names if file.exists())
    return list(files)


def since(taken_at: datetime, also: Iterable[Path] = ()) -> list[Line]:
    """Return what was said from shortly before an instant on, by all journals, in the order of the instants. A cut
    line is passed over."""
    lines = {line for file in journal_files(also) for line in _lines_of(file) if line.at >= taken_at - SLACK}
    return sorted(lines, key=_line_order)


def _line_order(said: Line) -> tuple[datetime, bool, str]:
    """Order lines by their instants, whatever file they were in. At one instant a no comes last, so it holds."""
    takes_back = not said.scope if isinstance(said, No) else isinstance(said, Word) and said.word == BACK
    return said.at, not takes_back, json.dumps(said.told())


def _lines_of(file: Path) -> Iterator[Line]:
    try:
        with file.open("rb") as content:
            for raw in content:
                for entry in _ENTRY.findall(raw):
                    with suppress(ValueError, TypeError, KeyError):
                        yield _read(json.loads(entry))
    except OSError as error:
        raise RestoreRefused(f"The journal {file} cannot be read: {error.strerror}.") from None


def clocks_ahead(also: Iterable[Path] = ()) -> dict[Path, timedelta]:
    """Return files whose last line is later than the file itself, and by how much: their host's clock is ahead. Lines
    are merged by their instants, so a wrong clock may let an earlier word win."""
    ahead = {}
    for file in journal_files(also):
        *_, last = (None, *_lines_of(file))
        if last is not None:
            gap = last.at - datetime.fromtimestamp(file.stat().st_mtime, UTC)
            if gap > CLOCK_SLACK:
                ahead[file] = gap
    return ahead


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
