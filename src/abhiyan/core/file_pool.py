"""Files from outside, each opened by a process of its own that has nothing but the file, and that ends with it.

Somebody's file may be made to harm: to run for days, to unpack without end, to take over what reads it. So no process
that answers people opens one. It names a reader, a function of this package, and gets back what that function returns:
plain data (JSON), of a bounded length. The reader's process knows no key and no database. It may take so much memory
and time. One pool counts these processes over the whole machine. It alone opens what people send
(`tests/floors/test_bytes.py`).
"""

import importlib
import json
import logging
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import slots
from .refusals import Refused

log = logging.getLogger(__name__)
LONGEST_ANSWER = 64 << 20  # bytes of one answer
LIBRARIES = (
    "PIL.ImageOps",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "python_calamine",
)  # that readers use
NICE = 5  # somebody waits for a page
_HEAD = struct.Struct("!I")
_FILE = Path("/proc/self/fd/0")  # what a reader opens
_STARTS = "from abhiyan.core.file_pool import start_readers; start_readers()"


@dataclass(frozen=True, slots=True)
class ReaderBounds:
    """The bounds of one reader. memory: bytes of address space. cpu_s: of work. silence_s: until its next answer.

    at_once: such readers at the same time on the whole machine. waits_s: how long a file waits for its turn.
    """

    lane: str
    memory: int
    cpu_s: int
    silence_s: float
    at_once: int
    waits_s: float


# One is for a file that somebody waits for, the other for a long list, which a job reads.
OF_A_PAGE = ReaderBounds("files", 1 << 30, 10, 30.0, at_once=2, waits_s=20.0)
OF_A_LIST = ReaderBounds("lists", 3 << 29, 180, 600.0, at_once=16, waits_s=3600.0)


class FilesBusy(Refused, status=503):
    """As many files are open as may be."""

    message = _("Many files are being read now. Try again in a minute.")


class UnreadableFile(Exception):
    """The reader ended without its answer: the file is broken, or takes more than a file may. It says how it ended."""


class ReaderRefusal(UnreadableFile):
    """A reader refuses a file that it read. code: why; facts: plain data."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code, self.facts = code, dict(facts or {})


def read_in_pool(
    reader: Callable[..., Any], file: bytes | Path, *, bounds: ReaderBounds = OF_A_PAGE, **arguments: Any
) -> Any:
    """Have a reader open a file in a process of its own, and return what it says.

    reader: a public function of a module; it gets the file's path and the arguments, and returns plain data. Raises
    FilesBusy, UnreadableFile; a reader raises ReaderRefusal.
    """
    for answer in stream(reader, file, bounds=bounds, **arguments):
        return answer
    raise UnreadableFile("no answer")


def stream(
    reader: Callable[..., Any], file: bytes | Path, *, bounds: ReaderBounds = OF_A_LIST, **arguments: Any
) -> Iterator[Any]:
    """As `read_in_pool`, of a reader that gives one piece after the other. Raises the same, also in the middle."""
    name = f"{reader.__module__}:{reader.__qualname__}"
    order = {"reader": name, "memory": bounds.memory, "cpu_s": bounds.cpu_s, "arguments": arguments}
    with _turn(bounds), _handed(file) as opened, _STARTER.begun(order, opened) as pipe:
        yield from _told(pipe, name, bounds)


class _ReaderStarter:
    """The process that all readers of this process are copies of. It has the program, and has never seen a file.

    So a reader begins in some milliseconds, and knows of no file but its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._of = 0

    @contextmanager
    def begun(self, order: Mapping[str, Any], file: int) -> Iterator[int]:
        """A reader at work on a file: the pipe of its answers. It is killed at the end."""
        ours, theirs = os.pipe()
        try:
            try:
                with self._lock:
                    try:
                        pid = self._ask(order, file, theirs)
                    except OSError:  # it was killed: another one
                        self._end()
                        pid = self._ask(order, file, theirs)
            finally:
                os.close(theirs)
            with _killed(pid):
                yield ours
        finally:
            os.close(ours)

    def _ask(self, order: Mapping[str, Any], file: int, pipe: int) -> int:
        line = self._begun()
        order_bytes = json.dumps(order, ensure_ascii=False).encode()
        socket.send_fds(line, [_HEAD.pack(len(order_bytes))], [file, pipe])
        line.sendall(order_bytes)
        answered = line.recv(_HEAD.size, socket.MSG_WAITALL)
        if len(answered) < _HEAD.size:
            raise OSError("the starter of readers has ended")
        return int(_HEAD.unpack(answered)[0])

    def _begun(self) -> socket.socket:
        if self._line is None or self._of != os.getpid():
            self._line, theirs = socket.socketpair()
            self._of = os.getpid()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-c", _STARTS],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=pool_environment(),
                )
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


_STARTER = _ReaderStarter()


@contextmanager
def _killed(pid: int) -> Iterator[None]:
    """A reader that is killed at the end. It may have ended before: no other process of its number is meant."""
    try:
        reader = os.pidfd_open(pid)
    except ProcessLookupError:
        yield
        return
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(reader, signal.SIGKILL)
        os.close(reader)


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


def pool_environment() -> dict[str, str]:
    """Return the environment of the process. It has no key and no address of the database."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX", "LANG") if name in os.environ}
    here = str(Path(__file__).parents[2])
    return kept | {"PYTHONPATH": here, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _told(pipe: int, name: str, bounds: ReaderBounds) -> Iterator[Any]:
    """Yield the answers of a reader, each checked: a reader that a file took over can send nothing but data."""
    why = "time"
    while (head := _octets(pipe, _HEAD.size, bounds.silence_s)) is not None:
        if len(head) < _HEAD.size:
            why = "ended"
            break
        (length,) = _HEAD.unpack(head)
        if length == 0:
            return
        if length > LONGEST_ANSWER:
            why = "length"
            break
        if (piece := _octets(pipe, length, bounds.silence_s)) is None:
            break
        try:
            kind, answer = json.loads(piece)
        except (ValueError, TypeError, RecursionError):
            why = "no data"
            break
        if kind == "unfit":
            raise ReaderRefusal(str(answer["code"]), answer["facts"])
        if kind == "failed":
            why = str(answer)[:60]
            break
        yield answer
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


# --- in processes of their own


def start_readers() -> None:
    """Begin a reader for each order that comes on standard input, until it is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    for library in LIBRARIES:
        importlib.import_module(library)
    line = socket.socket(fileno=os.dup(0))
    while True:
        head, files, _flags, _address = socket.recv_fds(line, _HEAD.size, 2, socket.MSG_CMSG_CLOEXEC)
        if len(head) < _HEAD.size:
            return
        (length,) = _HEAD.unpack(head)
        order = json.loads(line.recv(length, socket.MSG_WAITALL))
        module, _colon, function = order["reader"].partition(":")
        reader = getattr(importlib.import_module(module), function)  # of ours: no file is open yet
        pid = os.fork()
        if not pid:
            line.close()
            os.dup2(files[0], 0)
            os.dup2(files[1], 1)
            for fd in files:
                os.close(fd)
            _answer(reader, order)
            os._exit(0)
        for fd in files:
            os.close(fd)
        line.sendall(_HEAD.pack(pid))


def _answer(reader: Callable[..., Any], order: Mapping[str, Any]) -> None:
    """Open the file on standard input with one reader, and write its answers to standard output."""
    for limit, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["cpu_s"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    try:
        answer = reader(_FILE, **order["arguments"])
        for line in answer if isinstance(answer, Iterator) else (answer,):
            _say("told", line)
    except ReaderRefusal as unfit:
        _say("unfit", {"code": unfit.code, "facts": unfit.facts})
    except BaseException as error:  # noqa: BLE001  # whatever a broken file brings about: this is a copy, and ends
        _say("failed", type(error).__name__)
        os._exit(1)
    _write(_HEAD.pack(0))


def _say(kind: str, told: Any) -> None:
    frame = json.dumps([kind, told], ensure_ascii=False).encode("utf-8", "surrogatepass")
    _write(_HEAD.pack(len(frame)) + frame)


def _write(piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(1, left) :]
