"""The second place of the journal of noes (ABHIYAN_JOURNAL_TO): a folder off this host, or an object store by S3.

In a folder each process appends to a file of its own. In an object store each line is an object of its own, which
nothing replaces. So hosts never mix lines, and a call that is late undoes none. The name of an object begins with the
instant of its line: a reader asks for none of those before.
"""

import errno
import fcntl
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import islice
from pathlib import Path, PurePosixPath

from . import environment, lot
from .store import ObjectGone, ObjectStore, StoredObject, s3_store

MARK = "abhiyan-journal"  # It lies in the second place: without it a folder may be a mount that is away.
READERS = 10  # So many objects are read at once: as many connections boto3 keeps.
_AT_ONCE = 1_000
_PREFIX = "noes/"
_INSTANT = "%Y%m%dT%H%M%S.%fZ"
BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class JournalPart:
    """Lines of one writer. name: for an operator. file_name: below the place, for a copy. written_at: by the clock of
    the place. ahead: by how much the writer's clock was ahead of that one; None where only the last line tells."""

    name: str
    file_name: str
    written_at: datetime
    lines: Callable[[], Iterable[bytes]]
    ahead: timedelta | None = None


class MarkMissing(FileNotFoundError):
    """The second place has no mark: it is another one, or a mount that is away."""

    def __init__(self, place: object) -> None:
        super().__init__(errno.ENOENT, "The second place has no mark", f"{place}/{MARK}")


@dataclass(frozen=True)
class JournalFolder:
    """A folder, which a mount may lead off this host."""

    folder: Path

    def __str__(self) -> str:
        return str(self.folder)

    def make(self) -> None:
        """Mark the folder. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / MARK).touch(mode=0o600)
        sync_folder(self.folder)

    def require_mark(self) -> None:
        """Raise MarkMissing without the mark."""
        if not (self.folder / MARK).exists():
            raise MarkMissing(self)

    def keep(self, line: str, _at: datetime) -> None:
        """Append a line to the file of this process; it is on disk when this returns. Raises OSError."""
        self.require_mark()
        append_line(_file_of_process(self.folder, os.getpid()), line)

    def parts(self, _since: datetime = BEFORE_ALL) -> Iterator[JournalPart]:
        """Return the files of all writers, whole. Raises MarkMissing."""
        self.require_mark()
        return journal_files(self.folder)


@dataclass(frozen=True)
class JournalBucket:
    """A bucket of an object store. Its address, region and keys are those of ABHIYAN_STORE."""

    address: str
    store: ObjectStore

    def __str__(self) -> str:
        return self.address

    def make(self) -> None:
        """Mark the place. Raises StoreAway."""
        self.store.put(MARK, b"")

    def require_mark(self) -> None:
        """Raise MarkMissing without the mark. Raises StoreAway."""
        try:
            self.store.get(MARK)
        except ObjectGone:
            raise MarkMissing(self) from None

    def keep(self, line: str, at: datetime) -> None:
        """Keep a line as an object; the store holds it when this returns. Raises StoreAway."""
        _require_mark_once(self)
        name = f"{_PREFIX}{at.astimezone(UTC):{_INSTANT}}-{_host()}-{lot.uuid().hex[:8]}.jsonl"
        self.store.put(name, line.encode())

    def parts(self, since: datetime = BEFORE_ALL) -> Iterator[JournalPart]:
        """Return the lines since an instant, some of a host at a time. Raises MarkMissing, StoreAway."""
        self.require_mark()
        after = "" if since == BEFORE_ALL else f"{_PREFIX}{since.astimezone(UTC):{_INSTANT}}"
        stored_objects = self.store.listed(_PREFIX, after=after)
        number = 0
        while some := [*islice(stored_objects, _AT_ONCE)]:
            by_host: dict[str, list[StoredObject]] = defaultdict(list)
            ahead: dict[str, timedelta] = {}
            for stored in some:
                host, gap = _writer(stored)
                by_host[host].append(stored)
                ahead[host] = max(gap, ahead.get(host, gap))
            for host, theirs in by_host.items():
                number += 1
                yield JournalPart(
                    name=f"{self} ({host})",
                    file_name=f"noes-{host}-{number}.jsonl",
                    written_at=max(stored.changed_at for stored in theirs),
                    lines=partial(self._read, [stored.name for stored in theirs]),
                    ahead=ahead[host],
                )

    def _read(self, names: list[str]) -> Iterator[bytes]:
        with ThreadPoolExecutor(READERS) as readers:
            for body in readers.map(self.store.get, names):
                yield from body.splitlines(keepends=True)


def _writer(stored: StoredObject) -> tuple[str, timedelta]:
    """Return the host that wrote an object, and by how much its clock was ahead of the store's. An operator may have
    put an object there: it is read too, under its own name."""
    stem = PurePosixPath(stored.name).stem
    instant, _, rest = stem.partition("-")
    try:
        at = datetime.strptime(instant, _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return stem, timedelta(0)
    return rest.rpartition("-")[0], at - stored.changed_at


@cache
def _require_mark_once(place: JournalBucket) -> None:
    """Ask for the mark once in a process: a bucket is no mount, which may be away."""
    place.require_mark()


def second_journal() -> JournalFolder | JournalBucket | None:
    """Return the second place of this installation; None where none is set."""
    place = environment.JOURNAL_TO()
    if place is None:
        return None
    if isinstance(place, Path):
        return JournalFolder(place)
    bucket, prefix = place
    store = s3_store(bucket, prefix, environment.STORE_ENDPOINT(), environment.STORE_REGION())
    return JournalBucket(f"s3://{bucket}/{prefix}".rstrip("/"), store)


def journal_files(source: Path) -> Iterator[JournalPart]:
    """Return a journal by its file, or the journals of a folder. Raises OSError."""
    for path in sorted(source.rglob("*.jsonl")) if source.is_dir() else [source]:
        if path.exists():
            file = path.resolve()
            written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            name = path.relative_to(source).as_posix() if path != source else path.name
            yield JournalPart(str(file), name, written_at, partial(_lines_of_file, file))


def _lines_of_file(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        yield from content


@cache
def _file_of_process(folder: Path, process: int) -> Path:
    """Return the file of this process in a folder. Hosts never write into one file, so lines never mix."""
    return folder / f"noes-{_host()}-{process}-{lot.uuid().hex[:8]}.jsonl"


def _host() -> str:
    return re.sub(r"[^\w.-]", "-", environment.HOST_NAME())


def append_line(file_path: Path, line: str) -> None:
    """Append a line to a file. One that an earlier full disk has cut is left as it is: the new one begins on a line of
    its own. Raises OSError."""
    with opened_alone(file_path) as file:
        end = os.lseek(file, 0, os.SEEK_END)
        is_cut = end > 0 and os.pread(file, 1, end - 1) != b"\n"
        left = f"\n{line}".encode() if is_cut else line.encode()
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    sync_folder(file_path.parent)  # after a power cut the file must be found there


@contextmanager
def opened_alone(file_path: Path) -> Iterator[int]:
    """Open a file, and hold it against other processes. Makes it and its folder."""
    folder = file_path.parent
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_folder(folder.parent)
    file = os.open(file_path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def sync_folder(folder: Path) -> None:
    """Put the names of a folder's files on disk."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(held)
    finally:
        os.close(held)
