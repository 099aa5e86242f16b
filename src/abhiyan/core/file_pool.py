"""Files from outside, each opened by a process of its own that has nothing but the file, and that ends with it.

Somebody's file may be made to harm: to run for days, to unpack without end, to take over what reads it. So no process
that answers people opens one. It names a reader, a function of this package, and gets back what that function returns:
plain data (JSON), of a bounded length. The reader's process knows no key and no database. It may take so much memory
and time. One pool counts these processes over the whole machine. What people send is opened here and nowhere else
(`tests/floors/test_bytes.py`).
"""

import importlib
import json
import logging
import os
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import slots
from .refusals import Refused

log = logging.getLogger(__name__)
LONGEST_ANSWER = 64 << 20  # bytes of one answer
NICE = 5  # somebody waits for a page
_HEAD = struct.Struct("!I")
_FILE = Path("/proc/self/fd/0")  # what a reader opens
_CHILD = "import sys; from abhiyan.core.file_pool import answer; answer(*sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class ReaderBounds:
    """What one reader may take. memory: bytes of address space. cpu_s: of work. silence_s: until its next answer.

    at_once: such readers at the same time on the whole machine. waits_s: how long a file waits for its turn.
    """

    lane: str
    memory: int
    cpu_s: int
    silence_s: float
    at_once: int
    waits_s: float


# Of a file that somebody waits for, and of a long list, which a job reads.
OF_A_PAGE = ReaderBounds("files", 1 << 30, 10, 30.0, at_once=2, waits_s=20.0)
OF_A_LIST = ReaderBounds("lists", 3 << 29, 180, 600.0, at_once=8, waits_s=3600.0)


class FilesBusy(Refused, status=503):
    """As many files are open as may be."""

    message = _("Many files are being read now. Try again in a minute.")


class UnreadableFile(Exception):
    """The reader ended without its answer: the file is broken, or takes more than a file may. It says how it ended."""


class ReaderRefusal(UnreadableFile):
    """What a reader says of a file that it read and does not take. code: why; facts: plain data."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, dict(facts or {})


def read(
    reader: Callable[..., Any], file: bytes | Path, *, bounds: ReaderBounds = OF_A_PAGE, **arguments: Any
) -> Any:
    """Have a reader open a file in a process of its own, and return what it says.

    reader: a public function of a module; it gets the file's path and the arguments, and returns plain data. Raises
    FilesBusy, UnreadableFile; a reader raises ReaderRefusal.
    """
    for told in stream(reader, file, bounds=bounds, **arguments):
        return told
    raise UnreadableFile("no answer")


def stream(
    reader: Callable[..., Any], file: bytes | Path, *, bounds: ReaderBounds = OF_A_LIST, **arguments: Any
) -> Iterator[Any]:
    """As `read`, of a reader that gives one piece after the other. Raises the same, also in the middle."""
    name = f"{reader.__module__}:{reader.__qualname__}"
    command = [sys.executable, "-P", "-c", _CHILD, name, str(bounds.memory), str(bounds.cpu_s)]
    command.append(json.dumps(arguments))
    quiet = subprocess.DEVNULL
    with (
        _turn(bounds),
        _handed(file) as opened,
        subprocess.Popen(
            command, stdin=opened, stdout=subprocess.PIPE, stderr=quiet, env=environment()
        ) as child,
    ):
        try:
            yield from _told(child, name, bounds)
        finally:
            child.kill()


@contextmanager
def _turn(bounds: ReaderBounds) -> Iterator[None]:
    waiting = slots.slot(bounds.lane, of=bounds.at_once, patience_s=bounds.waits_s)
    try:
        waiting.__enter__()
    except slots.NoSlotFree:
        raise FilesBusy from None
    try:
        yield
    finally:
        waiting.__exit__(None, None, None)


@contextmanager
def _handed(file: bytes | Path) -> Iterator[int]:
    """A file as an open number, read from its beginning. Bytes lie in memory: nothing of them is on a disk."""
    if isinstance(file, Path):
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    else:
        handle = os.memfd_create("file", os.MFD_CLOEXEC)
        left = memoryview(file)
        while left:
            left = left[os.write(handle, left) :]
        os.lseek(handle, 0, os.SEEK_SET)
    try:
        yield handle
    finally:
        os.close(handle)


def environment() -> dict[str, str]:
    """What the process hears of the server: no key, no address of the database."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX", "LANG") if name in os.environ}
    here = str(Path(__file__).parents[2])
    return kept | {"PYTHONPATH": here, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _told(child: subprocess.Popen[bytes], name: str, bounds: ReaderBounds) -> Iterator[Any]:
    """The answers of a reader, each checked: whoever took the reader over can say nothing but data."""
    assert child.stdout is not None
    pipe = child.stdout.fileno()
    why = "time"
    while (head := _octets(pipe, _HEAD.size, bounds.silence_s)) is not None:
        (length,) = _HEAD.unpack(head) if len(head) == _HEAD.size else (LONGEST_ANSWER + 1,)
        if length == 0:
            return
        if length > LONGEST_ANSWER:
            why = _end_of(child)
            break
        if (piece := _octets(pipe, length, bounds.silence_s)) is None:
            break
        try:
            kind, told = json.loads(piece)
        except (ValueError, TypeError, RecursionError):
            why = "no data"
            break
        if kind == "unfit":
            raise ReaderRefusal(str(told["code"]), told["facts"])
        if kind == "failed":
            why = str(told)[:60]
            break
        yield told
    log.warning("a file was not read to its end", extra={"facts": {"reader": name, "why": why}})
    raise UnreadableFile(why)


def _octets(pipe: int, n: int, silence_s: float) -> bytes | None:
    """So many bytes of a pipe, fewer at its end. None: they did not come in time."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    until = time.monotonic() + silence_s
    came = bytearray()
    while len(came) < n:
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            return None
        piece = os.read(pipe, min(n - len(came), 1 << 20))
        if not piece:
            break
        came += piece
    return bytes(came)


def _end_of(child: subprocess.Popen[bytes]) -> str:
    child.kill()
    return f"exit {child.wait()}"


# --- in the process of its own


def answer(name: str, memory: str, cpu_s: str, arguments: str) -> None:
    """Open the file on standard input with one reader, and write its answers to standard output."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s), int(cpu_s)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _colon, function = name.partition(":")
    reader = getattr(importlib.import_module(module), function)
    try:
        said = reader(_FILE, **json.loads(arguments))
        for told in said if isinstance(said, Iterator) else (said,):
            _say("told", told)
    except ReaderRefusal as unfit:
        _say("unfit", {"code": unfit.code, "facts": unfit.facts})
    except Exception as error:  # noqa: BLE001  # whatever a broken file brings about
        _say("failed", type(error).__name__)
        return
    sys.stdout.buffer.write(_HEAD.pack(0))
    sys.stdout.buffer.flush()


def _say(kind: str, told: Any) -> None:
    frame = json.dumps([kind, told]).encode()
    sys.stdout.buffer.write(_HEAD.pack(len(frame)) + frame)
    sys.stdout.buffer.flush()
