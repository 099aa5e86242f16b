"""The processes of an installation: noted in the data folder, watched over, ended from anywhere.

    HOME/run/KIND-PID.json    one note per process (serve, web, jobs, demo, restore), with a proof of its identity.
    HOME/run/watch.lock       held by the watcher over the others, the server or the demo; or by a restore.
    HOME/run/database.lock    held by every user of the embedded database; the last one to leave ends it.
    HOME/run/database.ours    the server that one of them started: another one is left alone.

Messages here go to the operator of the server, on the console: in English.
"""

import contextlib
import ctypes
import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from abhiyan.core import database, home

log = logging.getLogger(__name__)
WATCH_S = 0.5
RUN_WATCH_S = 0.05
PATIENCE_S = 30.0
LONGEST_PAUSE_S = 30.0
LIVED_S = 10.0  # who lives so long has started well
TRIES = 5  # who never does is given up
BEAT_S, HUNG_S = 1.0, 30.0  # a process beats so often; one that is silent so long hangs, and is replaced
ALONE = (
    "demo",
    "serve",
    "restore",
)  # one of them at a time: they share a folder of metrics, the jobs, the database
CANNOT_START = 78  # exit code (EX_CONFIG): trying again helps nobody


@dataclass(frozen=True, kw_only=True)
class Note:
    """One process that runs for this data folder."""

    kind: str
    pid: int
    born: str
    port: int | None = None
    host: str | None = None

    @property
    def address(self) -> str:
        host = "localhost" if self.host in (None, "127.0.0.1") else self.host
        return f"http://{f'[{host}]' if ':' in str(host) else host}:{self.port}"

    @property
    def runs(self) -> bool:
        return born(self.pid) == self.born

    @property
    def path(self) -> Path:
        return processes_folder() / f"{self.kind}-{self.pid}.json"

    def beat(self) -> None:
        """Show that the process is not stuck: the supervisor sees when its note was touched last."""
        with suppress(OSError):  # the disk is away: its watcher sees no beat, and nothing is lost by trying
            os.utime(self.path)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat from a thread meanwhile: it is silent when the interpreter is held, or the process stopped."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(BEAT_S):
                self.beat()

        threading.Thread(target=beat, name="beat", daemon=True).start()
        try:
            yield
        finally:
            done.set()


def processes_folder() -> Path:
    return home.home_folder() / "run"


def born(pid: int) -> str:
    """Return what tells a process from a later one of the same number: when it began, counted from this boot;
    or ""."""
    try:
        # The name in brackets may hold blanks and brackets; what follows the last one does not.
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        if fields[0] in "ZX":
            return ""
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{fields[19]}"
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return ""
    ps_result = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return ps_result.stdout.strip()


class Served(Exception):
    """Another process serves this data folder already."""


@contextmanager
def noted_process(kind: str, *, port: int | None = None, host: str | None = None) -> Iterator[Note]:
    """Note this process as long as it runs. Raises Served where another one must be alone in the same folder."""
    note = Note(kind=kind, pid=os.getpid(), born=born(os.getpid()), port=port, host=host)
    processes_folder().mkdir(parents=True, exist_ok=True)
    with _alone() if kind in ALONE else contextlib.nullcontext():
        running_processes()  # drops the notes of killed processes
        path = note.path
        half = path.with_suffix(".half")
        half.write_text(json.dumps(asdict(note)) + "\n")
        half.rename(path)
        try:
            yield note
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of the one who watches. The system lets go of it with the process, however that ends."""
    descriptor = os.open(processes_folder() / "watch.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = next((note for note in running_processes() if note.kind in ALONE), None)
            if there is not None and there.kind == "restore":
                raise Served(f"A restore runs here (process {there.pid}). Wait until it is done.") from None
            by = (
                f": {there.kind} on {there.address} (process {there.pid})" if there else " by another process"
            )
            raise Served(f"{home.home_folder()} is served already{by}. `abhiyan stop` ends it.") from None
        yield
    finally:
        os.close(descriptor)


def running_processes() -> list[Note]:
    """Return every noted process that still runs; notes of ended ones are dropped."""
    notes = []
    for path in sorted(processes_folder().glob("*.json")):
        try:
            note = Note(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if note.runs:
            notes.append(note)
        else:
            path.unlink(missing_ok=True)
    return notes


def stop_all(*, say: Callable[[str], None], patience_s: float = PATIENCE_S + 10) -> int:
    """End every noted process, the watchers over others first. Returns how many ran.

    Each may finish what it is at; after `patience_s` it is killed. This process itself is left alone.
    """
    stopped = 0
    for kinds in (("demo",), ("serve",), ("web", "jobs")):
        notes = [note for note in running_processes() if note.kind in kinds and note.pid != os.getpid()]
        for note in notes:
            say(f"stopping {note.kind} (process {note.pid})")
            _signal(note, signal.SIGTERM)
        over = time.monotonic() + patience_s
        while any(note.runs for note in notes) and time.monotonic() < over:
            time.sleep(0.02)
        for note in notes:
            if note.runs:
                say(f"{note.kind} (process {note.pid}) does not end, and is killed")
                _signal(note, signal.SIGKILL)
        stopped += len(notes)
    running_processes()
    return stopped


def _signal(note: Note, number: signal.Signals) -> None:
    if note.runs:
        with suppress(ProcessLookupError):
            os.kill(note.pid, number)


@contextmanager
def database_in_use(*, starts: bool = True) -> Iterator[None]:
    """Have the embedded database running meanwhile.

    If one of its users started it, the last of them ends it: also when the one who started it was killed.
    starts: start it where it does not run. A child leaves that to the process that watches it: what a child
    starts runs at the child's priority.
    """
    if not database.is_embedded():
        yield
        return
    from abhiyan.core import embedded

    processes_folder().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(processes_folder() / "database.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        ours = processes_folder() / "database.ours"
        if starts:
            started = not embedded.is_running(home.home_folder())
            embedded.ensure_running(home.home_folder())
            if started:
                ours.write_text(_server())
        try:
            yield
        finally:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if ours.exists() and ours.read_text() == _server():
                    embedded.stop_database(home.home_folder())
    finally:
        os.close(descriptor)


def _server() -> str:
    """Return which embedded server runs; the same as long as it does."""
    from abhiyan.core import embedded

    pid = embedded.status(home.home_folder()).pid
    return f"{pid} {born(pid)}" if pid else ""


def die_with(parent: str, number: signal.Signals) -> None:
    """Have the system end this process when its parent is killed (Linux), so that nothing is left behind.

    parent: the parent's number, as this process got it. One that is somebody else's child by now came too late,
    and ends at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(number))  # PR_SET_PDEATHSIG
    if parent != str(os.getppid()):
        os._exit(1)


@contextmanager
def stopping_on_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM, SIGINT and SIGHUP set, unless ignored from the start; in the main thread."""
    event = threading.Event()
    numbers = [
        number
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        if signal.getsignal(number) != signal.SIG_IGN  # begun with nohup, or in the background of a script
    ]
    before = {number: signal.signal(number, lambda *_: event.set()) for number in numbers}
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Child:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.command, self.environment = list(command), dict(environment)
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.failures = 0
        self.next_at = 0.0
        self.beat_ns: int | None = None
        self.beat_at: float | None = None  # by the watcher's clock; None: it has not begun to beat

    def start(self, now: float) -> None:
        self.started, self.beat_ns, self.beat_at = now, None, None
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | self.environment | {"ABHIYAN_WATCHED_BY": str(os.getpid())},
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C is for the watcher, who tells its children when they can hear it
        )

    def end(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def hangs(self, now: float) -> bool:
        """Return True if it has beaten, and does so no more. The watcher's own clock alone tells how long."""
        if (
            self.process is None
            or (note := next(processes_folder().glob(f"*-{self.process.pid}.json"), None)) is None
        ):
            return False
        try:
            beat_ns = note.stat().st_mtime_ns
        except OSError:
            return False
        if beat_ns != self.beat_ns:
            self.beat_at = None if self.beat_ns is None else now
            self.beat_ns = beat_ns
        return self.beat_at is not None and now - self.beat_at > HUNG_S


@contextmanager
def running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command as a child, which is killed at the end.

    For what is long at work and looks at no event. A signal's handler that raises there could be lost: what is
    raised while Python clears something up is dropped. Such a child holds nothing that may not be left half
    done.
    """
    child = _Child(command, {})
    child.start(time.monotonic())
    assert child.process is not None
    try:
        yield child.process
    finally:
        child.end(signal.SIGKILL)
        child.process.wait()


def run_once(command: Sequence[str], *, stopping: threading.Event) -> int | None:
    """Run a command as a child to its end, whose exit code is returned; None when `stopping` ended it."""
    with running(command) as process:
        while (code := process.poll()) is None and not stopping.wait(RUN_WATCH_S):
            pass
        return code


def supervise_commands(
    commands: Mapping[str, Sequence[str]],
    *,
    stopping: threading.Event,
    environment: Mapping[str, str] | None = None,
    each_watch: Callable[[], None] | None = None,
) -> int:
    """Run commands as children until `stopping`; start again what dies, after 0, 1, 2 … 30 s, and what hangs.

    Returns an exit code.

    A command that `each_watch` adds is started, too. The embedded database is started again when it was killed. A
    child that says it cannot start (exit code 78) ends everything with 78. One that dies early five times over ends
    it with 1. On `stopping` each child may finish its work.
    """
    children: dict[str, _Child] = {}
    code = 0
    try:
        while not stopping.is_set() and not code:
            for name, command in commands.items():
                child = children.setdefault(name, _Child(command, environment or {}))
                code = code or _watch(name, child, time.monotonic())
            _keep_database()
            if each_watch:
                each_watch()
            stopping.wait(WATCH_S)
    finally:
        for child in children.values():
            child.end(signal.SIGTERM)
        over = time.monotonic() + PATIENCE_S
        for child in children.values():
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, over - time.monotonic()))
                child.end(signal.SIGKILL)
                child.process.wait()
    return code


def _watch(name: str, child: _Child, now: float) -> int:
    """Start a child that is due, and kill one that hangs. Returns an exit code when it is given up."""
    if child.process is None:
        if now >= child.next_at:
            child.start(now)
        return 0
    ended = child.process.poll()
    if ended is None:
        if child.hangs(now):
            log.error("%s hangs and is replaced", name, extra={"facts": {"silent_s": HUNG_S}})
            child.end(signal.SIGKILL)  # it hears nothing else
        return 0
    child.process = None
    # Killed from outside (memory, an operator) is no failure to start.
    child.failures = 0 if now - child.started > LIVED_S or ended == -signal.SIGKILL else child.failures + 1
    gives_up = ended == CANNOT_START or child.failures >= TRIES
    what = "and is given up" if gives_up else "and is started again"
    log.error("%s ended %s", name, what, extra={"facts": {"exit_code": ended}})
    if gives_up:
        return (
            CANNOT_START if ended == CANNOT_START else 1
        )  # systemd starts us again after 1, and not after the other
    child.next_at = now + (min(2.0 ** (child.failures - 1), LONGEST_PAUSE_S) if child.failures else 0.0)
    return 0


def _keep_database() -> None:
    if database.is_embedded():
        from abhiyan.core import embedded

        try:
            if not embedded.lives(home.home_folder()):
                embedded.ensure_running(home.home_folder())
        except embedded.EmbeddedDatabaseError as error:
            log.error("the embedded database does not start", extra={"facts": {"why": str(error)}})
