"""Readers of the pool as somebody would have them who took one over by a file."""

import os
import signal
import struct
from pathlib import Path
from typing import Any

_seen: list[str] = []


def what_a_reader_sees(file: Path) -> dict[str, Any]:
    """In the pool: what there is for somebody who took a reader over."""
    before = list(_seen)
    _seen.append(file.read_text())
    return {"pid": os.getpid(), "file": _seen[-1], "environment": list(os.environ), "seen": before}


def answers_without_end(_file: Path) -> None:
    """In the pool: a length of four thousand million bytes."""
    os.write(1, b"\xff" * 4 + b"x" * (1 << 20))


def answers_no_data(_file: Path) -> None:
    """In the pool: what is no JSON."""
    os.write(1, struct.pack("!I", 4) + b"\x80\x04.}")


def nests_deep(_file: Path) -> None:
    """In the pool: lists in lists."""
    os.write(1, struct.pack("!I", 1 << 20) + b"[" * (1 << 20))


def kills_itself(_file: Path) -> None:
    """In the pool."""
    os.kill(os.getpid(), signal.SIGSEGV)


def fills_memory(_file: Path) -> int:
    """In the pool: more than it may have."""
    return len(bytes(2 * (1 << 30)))


def writes_a_file(file: Path) -> None:
    """In the pool: nothing of it gets on a disk."""
    Path(f"/tmp/reader-{os.getpid()}").write_bytes(file.read_bytes())
