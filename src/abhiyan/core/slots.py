"""A few works at once on the whole machine, by locks of files. A lock ends with the process that holds it."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from . import home

LOOKS_AGAIN_S = 0.05


class NoSlotFree(Exception):
    """No slot became free in time."""


@contextmanager
def slot(name: str, *, of: int, patience_s: float) -> Iterator[None]:
    """Hold one of `of` slots. Raises NoSlotFree if none becomes free in so many seconds. Blocks its thread.

    A lock of a file cannot be waited for with an end, so this looks again every 50 ms.
    """
    folder = home.home_folder() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience_s
    while True:
        for n in range(of):
            fd = os.open(folder / f"{name}-{n}.slot", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                continue
            try:
                yield
            finally:
                os.close(fd)
            return
        if time.monotonic() > until:
            raise NoSlotFree(name)
        time.sleep(LOOKS_AGAIN_S)


class SharedPlaces:
    """At most `of` places for each name, over all processes of this machine: each is the lock of one byte of a file.

    It never waits. If the file cannot be opened, the bound is the process's own. One thread of a process uses it.
    """

    def __init__(self, file: str, *, of: int) -> None:
        self._file, self._of = f"{file}.places", of
        self._open: int | None = None
        self._held: set[int] = set()  # a process may lock its own bytes twice

    def take(self, name: str) -> int | None:
        """Take a place of this name, for `give_back`. None: others hold all of them."""
        first = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7]) * self._of
        for place in range(first, first + self._of):
            if place not in self._held and self._lock(place):
                self._held.add(place)
                return place
        return None

    def give_back(self, place: int) -> None:
        """Give a place back."""
        self._held.discard(place)
        if self._open is not None:
            fcntl.lockf(self._open, fcntl.LOCK_UN, 1, place)

    def _lock(self, place: int) -> bool:
        if self._open is None:
            folder = home.home_folder() / "run"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                self._open = os.open(folder / self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return True
        try:
            fcntl.lockf(self._open, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:  # another process has it
            return False
        return True
