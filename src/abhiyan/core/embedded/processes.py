"""Look at what the embedded database is doing: its processes, its socket, its last words."""

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .places import PORT, data, sockets


def pid_file(home: Path) -> tuple[int | None, str]:
    """Number and state (`ready`, `starting`, `stopping` …) from the server's own note; None without one."""
    try:
        lines = (data(home) / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, PermissionError, ValueError, IndexError):
        return None, ""


def is_server(pid: int, home: Path) -> bool:
    """Return True if this process lives and works in this cluster's folder, as PostgreSQL's processes all do."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data(home))  # noqa: PTH121 — Path.samefile reads the link
    except PermissionError:
        return True  # alive, of another user: then it is the one the note speaks of
    except OSError:
        if Path(f"/proc/{pid}").exists():
            return False  # it has ended, and its parent has not looked yet
    try:  # no /proc, or one that hides it from us, as systemd's ProtectProc does
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def processes_of(home: Path) -> list[int]:
    """Every process of this cluster, orphans too; empty where there is no /proc to tell."""
    try:
        here = data(home).stat()
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return []
    process_ids = []
    for pid in numbers:
        try:
            there = os.stat(f"/proc/{pid}/cwd")  # noqa: PTH116
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        # A person may have the folder open in a shell: that is no process of ours.
        if name.startswith("postgres") and (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino):
            process_ids.append(pid)
    return process_ids


def is_listening(home: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        knock.settimeout(5)
        try:
            knock.connect(str(sockets(home) / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def send_signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], *, wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    pause_s = 0.005
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.2)
    return True


def last_words(home: Path) -> str:
    """The end of the newest of the server's logs; they hold no statements and no errors of statements."""
    try:
        newest = max((data(home).parent / "log").iterdir(), key=lambda path: path.stat().st_mtime)
        return "\n".join(newest.read_text(errors="replace").splitlines()[-15:])
    except (OSError, ValueError):
        return ""
