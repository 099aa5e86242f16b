"""Waiting for what another process or thread does: by asking, never by a fixed time."""

import threading
import time
from collections.abc import Callable

PATIENCE_S = 60.0


def until(condition: Callable[[], bool], wait_s: float = PATIENCE_S) -> None:
    """Waits for something to become true, asking again and again; fails when it never does."""
    over = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < over, "waited in vain"
        threading.Event().wait(0.01)
