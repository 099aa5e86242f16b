"""Parts of a paper list, each read by a process of its own (`reader`).

The caller writes an Order to the child's standard input and reads Told after Told from its standard output.
"""

import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import IO

from abhiyan.imports.tables.reasons import TableRefused

from .orders import Order, PaperProgress
from .reading import stage_part

_FRAME = struct.Struct("!I")


class ReaderDied(Exception):
    """A reading process ended without a word: memory, or somebody killed it."""


def read_apart(
    orders: list[Order], hear: Callable[[int, PaperProgress], None], *, meanwhile: Callable[[], None]
) -> None:
    """Stage every order in a process of its own. hear: called in this thread for each word of each.

    meanwhile: done while the processes start, before any reads.

    Raises TableRefused when a part cannot be read, ReaderDied when a process ends early. All processes have ended
    when this returns or raises.
    """
    reports: SimpleQueue[tuple[int, PaperProgress | BaseException | None]] = SimpleQueue()
    children: list[subprocess.Popen[bytes]] = []

    def follow(number: int, child: subprocess.Popen[bytes]) -> None:
        assert child.stdin is not None and child.stdout is not None
        try:
            with child.stdin as orders_to:
                pickle.dump(orders[number], orders_to)
            while (report := _read(child.stdout)) is not None:
                reports.put((number, report))
            reports.put((number, None if child.wait() == 0 else ReaderDied(child.returncode)))
        except BaseException as error:  # noqa: BLE001  # handed on to the caller's thread
            reports.put((number, error))

    command = [sys.executable, "-m", "abhiyan.paper.reader"]
    env = os.environ | {"ABHIYAN_POOL": "0"}
    try:
        while len(children) < len(orders):
            children.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env))
        meanwhile()
        for pair in enumerate(children):
            Thread(target=follow, args=pair, daemon=True).start()
        running = len(children)
        while running:
            number, told = reports.get()
            if isinstance(told, BaseException):
                raise told
            if told is None:
                running -= 1
            else:
                hear(number, told)
    finally:
        for child in children:
            child.kill()
            child.wait()


def _read(pipe: IO[bytes]) -> PaperProgress | TableRefused | None:
    head = pipe.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    frame = pipe.read(_FRAME.unpack(head)[0])
    report: PaperProgress | TableRefused = pickle.loads(frame)  # noqa: S301  # our own child wrote it
    return report


def carry_out_order() -> None:
    """Carry out one order from standard input; words go to standard output."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own parent wrote it

    def tell(word: PaperProgress | TableRefused) -> None:
        frame = pickle.dumps(word)
        sys.stdout.buffer.write(_FRAME.pack(len(frame)) + frame)
        sys.stdout.buffer.flush()

    try:
        for paper_progress in stage_part(order):
            tell(paper_progress)
    except TableRefused as refused:
        tell(refused)
