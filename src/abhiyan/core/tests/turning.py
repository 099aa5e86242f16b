"""Loops turned as `abhiyan jobs` turns them, in a thread of the test's own process."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import psycopg

from abhiyan.core import database, loops

from .waits import PATIENCE_S


class Turning:
    """Loops that turn: who has their locks, and how many turns ended well."""

    def __init__(self) -> None:
        self.lead, self.turns = loops.Lead(), 0

    def counting(self, loop: loops.Loop) -> loops.Loop:
        def turn(at: datetime) -> int:
            did = loop.turn(at)
            self.turns += 1
            return did

        return replace(loop, turn=turn)


@contextmanager
def turning(given: Mapping[str, loops.Loop]) -> Iterator[Turning]:
    """These loops turn meanwhile, and have ended afterwards."""
    stopping, made = threading.Event(), Turning()
    named = {name: made.counting(loop) for name, loop in given.items()}
    thread = threading.Thread(
        target=loops.run_loops, args=(stopping,), kwargs={"loops": named, "lead": made.lead}, daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        stopping.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def in_line() -> int:
    """Return how many processes run loops, each on one connection to this database."""
    with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as admin:
        return len(
            admin.execute(
                "select from pg_stat_activity where datname = current_database() and application_name = 'abhiyan jobs'"
            ).fetchall()
        )
