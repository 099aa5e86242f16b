"""Ports for servers that a test starts."""

import itertools
import os
import socket
from contextlib import suppress

# Linux gives ports from 32768 on to any process that asks: one of those may be taken before the server listens.
_ports = itertools.count(10_000 + os.getpid() % 1_000 * 20)


def free_port() -> int:
    """A port of this machine that nobody listens on; another each time, and others in each process."""
    for port in _ports:
        with suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is always another port")
