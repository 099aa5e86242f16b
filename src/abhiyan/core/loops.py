"""Loops: small work done again and again (fold, seal, send, sweep), each by one process at a time.

A room names its loops in `loops.LOOPS`. `abhiyan jobs` runs each in a thread of its own, while its one connection
holds the advisory lock of that loop. Processes on several hosts share the loops evenly, and a process takes over
what another leaves.
"""

import hashlib
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, OperationalError, connection

from . import (
    audit_seals,
    clock,
    database,
    embedded,
    environment,
    files,
    home,
    jobs,
    limits,
    rooms,
    sql,
    store_mark,
)
from .scope import system

log = logging.getLogger(__name__)
# Advisory, shared by every process that runs loops. One before 0.2.0 holds it alone, and runs all of them.
LOCK = int.from_bytes(b"abhiyan", "big")
LOOP_LOCKS = int.from_bytes(b"loop", "big")  # The loops' advisory locks have this class.
TURN_LOCKS = int.from_bytes(b"turn", "big")  # Those of turns under way, on the connections that do the work.
BEAT_S = 5.0  # A healthy loop writes its heartbeat so often.
IDLE_S = 1.0  # A loop that found nothing to do looks again no sooner.
LONGEST_PAUSE_S = 60.0
WATCH_S = 1.0  # A process looks so often who has which lock.
LEFT_S = 5.0  # A lock without a holder for so long goes to any process.
KEEPS_S = 60.0  # Its new holder gives none back for a while.
GRACE_S = 25.0


@dataclass(frozen=True)
class Loop:
    """turn: does what there is to do at an instant and returns how many rows it did.

    every_s: seconds from the start of a turn to the start of the next. After a turn that found nothing to do it is at
    least `IDLE_S`. A longer turn delays the next, none overlap.
    scoped: a turn is one transaction that sees everything. Without, it opens its own system scopes, as one that
    commits between two steps must.
    stand_by: goes on with what turns began while another process holds the lock; opens its own scopes.
    close: finishes what turns began, when the process ends.
    everywhere: every process turns it, without a lock; its rows are leased.
    """

    turn: Callable[[datetime], int]
    every_s: float = 1.0
    scoped: bool = True
    stand_by: Callable[[], None] | None = None
    close: Callable[[], None] | None = None
    everywhere: bool = False


# The silence of a loop that this release has no more is no fault.
_FORGET = "delete from core_heartbeat where loop <> all(%(loops)s)"

# A heartbeat; and once a minute is over, how many rows it did.
_BEAT = """insert into core_heartbeat as b (loop, turned_at, took_ms, did, every_s, error, host)
 values (%(loop)s, %(at)s, %(took)s, %(did)s, %(every)s, %(error)s, %(host)s)
 on conflict (loop) do update set turned_at = excluded.turned_at, took_ms = excluded.took_ms, host = excluded.host,
 did = b.did + excluded.did, every_s = excluded.every_s, error = excluded.error,
 a_minute = case when excluded.turned_at >= b.since_at + interval '5 minutes' then null
   when excluded.turned_at >= b.since_at + interval '1 minute'
   then 60 * (b.did + excluded.did - b.since_did) / extract(epoch from excluded.turned_at - b.since_at)
   else b.a_minute end,
 since_did = case when b.since_at is null or excluded.turned_at >= b.since_at + interval '1 minute'
   then b.did + excluded.did else b.since_did end,
 since_at = case when b.since_at is null or excluded.turned_at >= b.since_at + interval '1 minute'
   then excluded.turned_at else b.since_at end"""

_BEGUN = """insert into core_heartbeat (loop, turned_at, took_ms, every_s, host)
 values (%(loop)s, %(at)s, 0, %(every)s, %(host)s) on conflict (loop) do nothing"""

_worker = jobs.Worker()
LOOPS = {
    "seal": Loop(audit_seals.seal_entries, every_s=1),
    "heads": Loop(audit_seals.write_heads, every_s=600),
    "limits": Loop(limits.sweep_counters, every_s=60),
    "jobs": Loop(
        _worker.turn,
        every_s=1,
        scoped=False,
        stand_by=_worker.stand_by,
        close=_worker.close,
        everywhere=True,
    ),
    "store_mark": Loop(store_mark.make_mark, every_s=60),
    "files_gone": Loop(files.delete_gone, every_s=10, scoped=False),
    "files_left": Loop(files.sweep_files, every_s=3600, scoped=False),
}


def loops_by_name() -> dict[str, Loop]:
    """Every room's loops by full name, such as "core.seal". A loop that came from another room keeps its full name."""
    found: dict[str, Loop] = {}
    for config, module in rooms.modules("loops"):
        loops: dict[str, Loop] = getattr(module, "LOOPS", {})
        found |= {name if "." in name else f"{config.label}.{name}": loop for name, loop in loops.items()}
    return found


def lock_key(name: str) -> int:
    """Return the number of a loop's advisory lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1


# This lists who runs loops, by its server process, and which locks of loops it holds.
_HOLDERS = f"""select pid, case when classid = {LOOP_LOCKS} then objid::bigint end from pg_locks
 where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
 and ((classid = {LOOP_LOCKS} and objsubid = 2)
 or (classid = {LOCK >> 32} and objid = {LOCK & 0xFFFFFFFF} and objsubid = 1 and mode = 'ShareLock'))"""


class Lead:
    """The right to turn loops: their advisory locks, held as long as one connection lives. Heartbeats go over it too.

    Each process takes free locks up to its share, which is the loops divided by the processes, rounded up. One that
    has more gives locks back between two turns. One that is free for `LEFT_S` goes to the first that asks.
    """

    def __init__(self) -> None:
        self.is_there = False  # this process runs loops, or waits for a lock
        self._own: database.ServerConnection | None = None
        self._held: set[str] = set()
        self._leaves: set[str] = set()  # to be given back once the turn is over
        self._turns: dict[str, threading.Lock] = {}
        self._free_since: dict[str, float] = {}
        self._keeps_until = float("-inf")

    @property
    def is_held(self) -> bool:
        """Return True if this process has the lock of any loop."""
        return bool(self._held)

    def holds(self, name: str, loop: Loop) -> bool:
        """Return True if this process may turn a loop now."""
        return self.is_there and (loop.everywhere or (name in self._held and name not in self._leaves))

    @contextmanager
    def turning(self, name: str, loop: Loop) -> Iterator[bool]:
        """Keep the lock of a loop for one turn. Yields whether this process has it."""
        with self._turns.setdefault(name, threading.Lock()):
            yield self.holds(name, loop)

    def keep(self, all_loops: Mapping[str, Loop]) -> bool:
        """Look who holds which lock, and take or give back; one thread does, again and again. Returns `is_there`.

        Raises psycopg.Error where the database does not answer: then every lock is lost.
        """
        try:
            if self._own is None:
                self._own = database.ServerConnection.connect(
                    database.conninfo("jobs"),
                    autocommit=True,
                    connect_timeout=10,
                    application_name="abhiyan jobs",
                    # Nobody waits for heartbeats. A machine that vanishes loses its locks in half a minute.
                    options="-c synchronous_commit=off -c tcp_keepalives_idle=10"
                    " -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
                )
            asked_s = time.monotonic()
            there = "true" if self.is_there else f"pg_try_advisory_lock_shared({LOCK})"
            row = self._own.execute(f"select {there}, clock_timestamp()").fetchone()
            assert row is not None
            self.is_there = row[0]
            clock.take_database_time(row[1], asked_s=asked_s)
            if self.is_there:
                self._even_out([name for name, loop in all_loops.items() if not loop.everywhere])
        except psycopg.Error:
            self.drop()
            raise
        return self.is_there

    def _even_out(self, names: Sequence[str]) -> None:
        """Take what is free up to this process's share, and give back what is more."""
        assert self._own is not None
        holders = self._own.execute(_HOLDERS).fetchall()
        taken = {key for _pid, key in holders if key is not None}
        share = -(-len(names) // max(1, len({pid for pid, key in holders if key is None})))
        now = time.monotonic()
        free = [name for name in names if lock_key(name) not in taken]
        self._free_since = {name: self._free_since.get(name, now) for name in free}
        for name in free:
            is_left = now - self._free_since[name] > LEFT_S
            if (len(self._held) < share or is_left) and self._ask("pg_try_advisory_lock", name):
                if len(self._held) >= share:
                    self._keeps_until = now + KEEPS_S
                self._held.add(name)
        more = len(self._held) - share if now > self._keeps_until else 0
        self._leaves = set(sorted(self._held)[: max(0, more)])
        for name in list(self._leaves):
            turn = self._turns.setdefault(name, threading.Lock())
            if turn.acquire(blocking=False):  # else after its turn
                try:
                    self._held.discard(name)
                    self._leaves.discard(name)
                    self._ask("pg_advisory_unlock", name)
                finally:
                    turn.release()

    def _ask(self, function: str, name: str) -> bool:
        assert self._own is not None
        row = self._own.execute(f"select {function}({LOOP_LOCKS}, {lock_key(name)})").fetchone()
        return bool(row and row[0])

    def execute(self, query: str, values: Mapping[str, Any]) -> None:
        """A statement over this connection, from any thread. Does nothing out of line; raises psycopg.Error."""
        if self._own is not None and self.is_there:
            self._own.execute(query, values)

    def drop(self) -> None:
        """Give the locks back, and the connection up."""
        self.is_there = False
        self._held.clear()
        self._leaves.clear()
        self._free_since.clear()
        if self._own is not None:
            with suppress(psycopg.Error):
                self._own.close()
            self._own = None


def run_loops(
    stopping: threading.Event,
    *,
    keeps_database: bool = False,
    loops: Mapping[str, Loop] | None = None,
    lead: Lead | None = None,
) -> None:
    """Run every loop whose lock this process gets, until `stopping` is set. Starts again what dies.

    keeps_database: start the embedded database again when it was killed; where `abhiyan serve` watches, it does that.
    loops, lead: others than those of all rooms, and of this installation.
    """
    lead = lead or Lead()
    loops = loops_by_name() if loops is None else loops
    running: dict[str, Runner] = {}
    is_away = False
    while not stopping.is_set():
        if keeps_database and database.is_embedded() and not embedded.lives(home.home_folder()):
            try:
                embedded.ensure_running(home.home_folder())
            except embedded.EmbeddedDatabaseError as error:
                log.error("the embedded database does not start", extra={"facts": {"why": str(error)}})
        try:
            was_there = lead.is_there
            if lead.keep(loops) and not was_there:
                lead.execute(_FORGET, {"loops": list(loops)})
            is_away = False
        except psycopg.Error:
            if not is_away:
                log.warning("the jobs wait for the database")
            is_away = True
        for name, loop in loops.items():
            runner = running.get(name)
            if (runner is None and lead.holds(name, loop)) or (runner is not None and not runner.is_alive()):
                if stopping.is_set():  # a loop that stops with the process has not failed
                    break
                if runner is not None:
                    log.error("a loop ended and is started again", extra={"facts": {"loop": name}})
                running[name] = Runner(name, loop, stopping, lead)
                running[name].start()
        stopping.wait(WATCH_S)
    for thread in running.values():
        thread.join(timeout=GRACE_S)
    lead.drop()


class Runner(threading.Thread):
    """Runs one loop until `stopping` is set, turn after turn, while this process has its lock.

    An error of a turn is logged, written to the heartbeat, and answered by a pause of 1, 2, 4 … 60 s. A database
    that goes away is just such an error.
    """

    def __init__(self, name: str, loop: Loop, stopping: threading.Event, lead: Lead) -> None:
        super().__init__(name=f"loop {name}", daemon=True)
        self.loop_name, self.loop, self.stopping, self.lead = name, loop, stopping, lead
        self._turns = 0
        self._did = 0
        self._failures = 0
        self._beaten = float("-inf")

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.stopping.wait(self._step())
        finally:
            self._close()

    def _step(self) -> float:
        """One attempt; returns the seconds to wait before the next."""
        started = time.monotonic()
        try:
            with self.lead.turning(self.loop_name, self.loop) as has_lock:
                if has_lock:
                    if (
                        not self._turns
                    ):  # the very first turn may take a while: its beginning is a sign of life too
                        self.lead.execute(_BEGUN, self._facts(started))
                    did = self._turn()
            if not has_lock:
                self._stand_by()
                return WATCH_S
            self._did += did
        except Exception as error:  # a loop outlives whatever its turn meets
            self._failures += 1
            facts = {"facts": {"loop": self.loop_name, "failures": self._failures}}
            if isinstance(error, (psycopg.OperationalError, OperationalError)):
                log.warning("a loop waits for the database", extra=facts)
            else:
                log.exception("a loop failed", extra=facts)
            self._beat(started, error=type(error).__name__)
            return min(2.0 ** (self._failures - 1), LONGEST_PAUSE_S) * random.uniform(0.75, 1.25)  # noqa: S311
        recovered, self._failures, self._turns = self._failures > 0, 0, self._turns + 1
        if recovered or started - self._beaten >= min(BEAT_S, max(self.loop.every_s, 1.0)):
            self._beat(started)
        every_s = self.loop.every_s if did else max(self.loop.every_s, IDLE_S)
        return max(0.0, every_s - (time.monotonic() - started))

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

    def _turn(self) -> int:
        try:
            at = clock.now()
            if self.loop.everywhere:
                return self.loop.turn(at)
            with (
                system(f"loop {self.loop_name}") if self.loop.scoped else nullcontext(),
                self._alone() as is_alone,
            ):
                return self.loop.turn(at) if is_alone else 0
        finally:
            connection.close()  # back to the pool, or dropped if it broke

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Take the lock of a turn. Yields False while another process is at its last turn.

        The lock of a loop lies on another connection and may be lost during a turn. This one lies on the connection
        that does the work. So turns of one loop never overlap in one database.
        """
        turn_lock = f"{TURN_LOCKS}, {lock_key(self.loop_name)}"
        if self.loop.scoped:
            yield bool(sql.value(f"select pg_try_advisory_xact_lock({turn_lock})"))
            return
        is_alone = bool(sql.value(f"select pg_try_advisory_lock({turn_lock})"))
        session = connection.connection
        try:
            yield is_alone
        finally:
            if is_alone and not session.closed:
                with suppress(psycopg.Error):  # a session that broke has no lock
                    session.execute(f"select pg_advisory_unlock({turn_lock})")

    def _beat(self, started: float, *, error: str = "") -> None:
        """Write the heartbeat. Without a database there is none; the next one tells."""
        with suppress(psycopg.Error):
            self.lead.execute(_BEAT, self._facts(started) | {"error": error})
            self._did, self._beaten = 0, started

    def _facts(self, started: float) -> dict[str, Any]:
        return {
            "loop": self.loop_name,
            "at": clock.now(),
            "took": int((time.monotonic() - started) * 1000),
            "did": self._did,
            "every": self.loop.every_s,
            "host": environment.HOST_NAME(),
        }
