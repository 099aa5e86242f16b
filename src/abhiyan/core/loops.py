"""Loops: small work done again and again (fold, seal, send, sweep), each by one process at a time.

A room names its loops in `loops.LOOPS`. `abhiyan jobs` runs each in a thread of its own, behind an advisory lock
that lives as long as its connection: a second `abhiyan jobs` stands by and takes over when the first is gone.
"""

import hashlib
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.db import DatabaseError, OperationalError, connection

from . import audit_seals, clock, database, embedded, home, jobs, limits, machine, rooms
from .imports import running as imports
from .scope import system

log = logging.getLogger(__name__)
STANDBY_S = 2.0  # how often a loop that waits for its lock asks again
BEAT_S = 5.0  # how often a healthy loop writes its heartbeat
LONGEST_PAUSE_S = 60.0
WATCH_S = 1.0
BEGIN_S = 30.0
GRACE_S = 25.0


@dataclass(frozen=True)
class Loop:
    """turn: does what there is to do at an instant and returns how many rows it did.

    every_s: seconds from the start of a turn to the start of the next; a longer turn delays the next, none overlap.
    scoped: a turn is one transaction that sees everything. Without, it opens its own system scopes, as one that
    commits between two steps must.
    gives_way: to pages, where `run` is told so; not what they or somebody with a code wait for.
    stand_by: goes on with what turns began while another process holds the lock; opens its own scopes.
    close: finishes what turns began, when the process ends.
    """

    turn: Callable[[datetime], int]
    every_s: float = 1.0
    scoped: bool = True
    gives_way: bool = True
    stand_by: Callable[[], None] | None = None
    close: Callable[[], None] | None = None


# A heartbeat; and once a minute is over, how many rows it did.
_BEAT = """insert into core_heartbeat as b (loop, turned_at, took_ms, did, every_s, error)
 values (%(loop)s, %(at)s, %(took)s, %(did)s, %(every)s, %(error)s)
 on conflict (loop) do update set turned_at = excluded.turned_at, took_ms = excluded.took_ms,
 did = b.did + excluded.did, every_s = excluded.every_s, error = excluded.error,
 a_minute = case when excluded.turned_at >= b.since_at + interval '5 minutes' then null
   when excluded.turned_at >= b.since_at + interval '1 minute'
   then 60 * (b.did + excluded.did - b.since_did) / extract(epoch from excluded.turned_at - b.since_at)
   else b.a_minute end,
 since_did = case when b.since_at is null or excluded.turned_at >= b.since_at + interval '1 minute'
   then b.did + excluded.did else b.since_did end,
 since_at = case when b.since_at is null or excluded.turned_at >= b.since_at + interval '1 minute'
   then excluded.turned_at else b.since_at end"""

_worker = jobs.Worker()
LOOPS = {
    "seal": Loop(audit_seals.seal, every_s=1),
    "heads": Loop(audit_seals.write_heads, every_s=600),
    "limits": Loop(limits.sweep, every_s=60),
    "jobs": Loop(_worker.turn, every_s=1, scoped=False, stand_by=_worker.stand_by, close=_worker.close),
    "import_leftovers": Loop(imports.sweep, every_s=60, scoped=False),
}


def collected() -> dict[str, Loop]:
    """Every room's loops by full name, such as "core.seal"."""
    found: dict[str, Loop] = {}
    for config, module in rooms.modules("loops"):
        loops: dict[str, Loop] = getattr(module, "LOOPS", {})
        found |= {f"{config.label}.{name}": loop for name, loop in loops.items()}
    return found


def run(stopping: threading.Event, *, nice: int = 0, behind: bool = False) -> None:
    """Every loop until `stopping` is set. Restarts what dies; returns when all ended.

    nice: by how much each gives way after its first turn, 0 (not at all) to 19. behind: once each has had it, or
    `BEGIN_S` is over, the process stands back (core.machine). This thread does not give way: a database it starts has
    to answer pages too. With the embedded database, a server that was killed is started again, and what clears up there
    gives way as well; where the process stands back, whoever began it sees to that.
    """
    running: dict[str, Runner] = {}
    began, to_stand_back = time.monotonic(), behind
    while not stopping.is_set():
        for name, loop in collected().items():
            known = running.get(name)
            if known is None or not known.is_alive():
                if known is not None:
                    log.error("a loop ended and is started again", extra={"facts": {"loop": name}})
                running[name] = Runner(name, loop, stopping, nice=nice)
                running[name].start()
        if database.is_embedded():
            try:
                embedded.ensure_running(home.path())
            except embedded.EmbeddedDatabaseError as error:
                log.error("the embedded database does not start", extra={"facts": {"why": str(error)}})
            if not behind:
                embedded.tidy_last(home.path(), nice=nice)
        if to_stand_back and (
            time.monotonic() >= began + BEGIN_S or all(thread.has_begun for thread in running.values())
        ):
            machine.stand_back(os.getpid())
            to_stand_back = False
        stopping.wait(WATCH_S)
    for thread in running.values():
        thread.join(timeout=GRACE_S)


def lock_number(name: str) -> int:
    """The advisory lock of a loop: 63 bits of its name's hash."""
    return int.from_bytes(hashlib.sha256(f"abhiyan loop {name}".encode()).digest()[:8], "big", signed=True)


class Runner(threading.Thread):
    """Runs one loop until `stopping` is set: waits for its lock, then turn after turn.

    What a turn raises is logged, written to the heartbeat, and answered by a pause of 1, 2, 4 … 60 s. A database
    that goes away is just such an error: the lock is taken anew when it is back.
    """

    def __init__(self, name: str, loop: Loop, stopping: threading.Event, *, nice: int = 0) -> None:
        super().__init__(name=f"loop {name}", daemon=True)
        self.loop_name, self.loop, self.stopping, self.nice = name, loop, stopping, nice
        self.turns, self.has_begun = 0, False
        self._own: psycopg.Connection[tuple[object, ...]] | None = None
        self._did = 0
        self._failures = 0
        self._beaten = float("-inf")

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                pause_s = self._step()
                self.has_begun = True
                self.stopping.wait(pause_s)
        finally:
            self._close()
            self._release()

    @property
    def holds_the_lock(self) -> bool:
        return self._own is not None

    def _step(self) -> float:
        """One attempt; returns the seconds to wait before the next."""
        started = time.monotonic()
        try:
            if not self._have_lock():
                self._stand_by()
                return STANDBY_S
            self._did += self._turn()
        except Exception as error:  # a loop outlives whatever its turn meets
            self._failures += 1
            facts = {"facts": {"loop": self.loop_name, "failures": self._failures}}
            if isinstance(error, (psycopg.OperationalError, OperationalError)):
                log.warning("a loop waits for the database", extra=facts)
            else:
                log.exception("a loop failed", extra=facts)
            with suppress(psycopg.Error):
                self._beat(started, error=type(error).__name__)
            # A broken connection gives no second chance; a healthy one keeps the lock over a failed turn.
            if isinstance(error, psycopg.OperationalError) or not self._alive():
                self._release()
            return min(2.0 ** (self._failures - 1), LONGEST_PAUSE_S) * random.uniform(0.75, 1.25)  # noqa: S311
        recovered, self._failures, self.turns = self._failures > 0, 0, self.turns + 1
        if self.turns == 1 and self.loop.gives_way:
            # This thread alone, and those it begins from now on. Not before its first turn: on a full machine the loops
            # of a new process would be long in coming back.
            os.nice(self.nice)
        if recovered or started - self._beaten >= min(BEAT_S, max(self.loop.every_s, 1.0)):
            with suppress(psycopg.Error):
                self._beat(started)
        return max(0.0, self.loop.every_s - (time.monotonic() - started))

    def _have_lock(self) -> bool:
        """The lock is the connection's: as long as that answers we hold it."""
        if self._own is not None and self._alive():
            return True
        self._release()
        own = database.Connection.connect(
            database.conninfo("jobs"),
            autocommit=True,
            connect_timeout=10,
            application_name=f"loop {self.loop_name}",
            options="-c synchronous_commit=off",  # of heartbeats: nobody waits for them
        )
        row = own.execute("select pg_try_advisory_lock(%s)", [lock_number(self.loop_name)]).fetchone()
        if row is None or not row[0]:
            own.close()
            return False
        self._own = own
        # Its very first turn may take a while: that it has begun is a sign of life too.
        own.execute(
            "insert into core_heartbeat (loop, turned_at, took_ms, every_s) values (%s, %s, 0, %s)"
            " on conflict (loop) do nothing",
            [self.loop_name, clock.now(), self.loop.every_s],
        )
        return self._alive()

    def _stand_by(self) -> None:
        if self.loop.stand_by is not None:
            try:
                self.loop.stand_by()
            finally:
                connection.close()

    def _close(self) -> None:
        """Let the loop finish. What the database does not take any more is found again by the next process."""
        if self.loop.close is None:
            return
        try:
            self.loop.close()
        except (psycopg.Error, DatabaseError) as error:
            facts = {"loop": self.loop_name, "error": type(error).__name__}
            log.warning("a loop could not finish", extra={"facts": facts})
        finally:
            connection.close()

    def _alive(self) -> bool:
        """Whether our own connection answers; it tells the time."""
        if self._own is None:
            return False
        asked_s = time.monotonic()
        try:
            (told,) = self._own.execute("select clock_timestamp()").fetchone() or (None,)
        except psycopg.Error:
            return False
        if isinstance(told, datetime):
            clock.hear(told, asked_s=asked_s)
        return True

    def _turn(self) -> int:
        try:
            at = clock.now()
            if not self.loop.scoped:
                return self.loop.turn(at)
            with system(f"loop {self.loop_name}"):
                return self.loop.turn(at)
        finally:
            connection.close()  # back to the pool, or dropped if it broke

    def _beat(self, started: float, *, error: str = "") -> None:
        if self._own is None:
            return
        self._own.execute(
            _BEAT,
            {
                "loop": self.loop_name,
                "at": clock.now(),
                "took": int((time.monotonic() - started) * 1000),
                "did": self._did,
                "every": self.loop.every_s,
                "error": error,
            },
        )
        self._did, self._beaten = 0, started

    def _release(self) -> None:
        if self._own is not None:
            with suppress(psycopg.Error):
                self._own.close()
            self._own = None
