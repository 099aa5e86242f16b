"""A few works at once on the whole machine, by locks of files. A lock ends with the process that holds it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import home

LOOKS_AGAIN_S = 0.05


class Busy(Exception):
    """No slot became free in time."""


@contextmanager
def slot(name: str, *, of: int, patience_s: float) -> Iterator[None]:
    """One of `of` slots. Raises Busy where none becomes free in so many seconds. Blocks its thread."""
    folder = home.path() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience_s
    while True:
        for n in range(of):
            held = os.open(folder / f"{name}-{n}.slot", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)
                continue
            try:
                yield
            finally:
                os.close(held)
            return
        if time.monotonic() > until:
            raise Busy(name)
        time.sleep(LOOKS_AGAIN_S)
