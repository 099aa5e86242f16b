"""Waiting for what another process or thread does: by asking, never by a fixed time."""

import threading
import time
from collections.abc import Callable

import psycopg

from abhiyan.core import database

PATIENCE_S = 180.0  # of a machine that does much else: who waits in vain fails, and nothing is measured by it


def until(condition: Callable[[], bool], wait_s: float = PATIENCE_S) -> None:
    """Waits for something to become true, asking again and again; fails when it never does."""
    over = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < over, "waited in vain"
        threading.Event().wait(0.01)


def blocked() -> int:
    """Count the sessions in the database that wait for a lock."""
    waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with psycopg.connect(
        database.conninfo(None, dbname=database.database_name()), autocommit=True
    ) as looking:
        return len(looking.execute(waiting).fetchall())


def until_blocked() -> None:
    """Wait until somebody in the database waits for a lock."""
    until(lambda: blocked() > 0)
