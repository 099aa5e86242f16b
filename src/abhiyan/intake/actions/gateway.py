"""The gateway's own connection: prepared statements in pipelines, parameters as binary arrays made by join.

Measured beside psycopg's own lists, this doubles what one core enrols. libpq's get_result holds the GIL while it
waits, so the socket is polled first.
"""

import select
import time
from collections.abc import Sequence

import psycopg
from psycopg import errors, pq
from psycopg.pq.abc import PGconn, PGresult

from abhiyan.core import database
from abhiyan.enrolment.rules.packed import Value, oid

PATIENCE_S = 60  # for one answer of the database, when it is at it


class Unavailable(Exception):
    """The connection is gone, or the server refuses to work just now. The batch was not committed for certain."""


class BadData(Exception):
    """The server would not take a value; splitting the batch finds which."""


class Conflict(Exception):
    """Deadlock, or a lock that was waited for in vain: the same batch may be tried at once."""


class HeldElsewhere(Conflict):
    """Another transaction holds a row or a phone for longer than this writer waits."""


_CONFLICTS = ("40001", "40P01")
_HELD = "55P03"
# Classes of errors that say the server, its disk or the connection cannot just now. Empty: no answer at all.
_AWAY = ("08", "25", "53", "57", "58", "")


class Writer:
    """One connection as `gateway`; reconnects; used by one thread at a time.

    statements: name -> (SQL, kinds of its parameters). "begin", "commit" and "rollback" are there already.
    lock_ms: how long a statement waits for a lock (then Held).
    """

    def __init__(self, statements: dict[str, tuple[str, Sequence[str]]], *, lock_ms: int = 10_000) -> None:
        self._lock_ms = lock_ms
        self._statements = {
            "begin": ("begin", ()),
            "commit": ("commit", ()),
            "rollback": ("rollback", ()),
        } | statements
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        self._pg: PGconn
        self._poll: select.poll

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return the connection, made again when it was lost. Autocommit; psycopg's own way, for rare reads."""
        if self._connection is None or self._connection.closed:
            self._connect()
        assert self._connection is not None
        return self._connection

    def _connect(self) -> None:
        try:
            made = database.ServerConnection.connect(database.conninfo("gateway"), autocommit=True)
            # A generic plan made while tables are empty would scan them for ever; and a row lock has a limit.
            made.execute(
                "set jit = off; set plan_cache_mode = force_generic_plan; set enable_mergejoin = off;"
                f" set enable_seqscan = off; set lock_timeout = {self._lock_ms};"
                " set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'"
            )
        except psycopg.Error as failure:
            raise Unavailable(type(failure).__name__) from None
        pg = made.pgconn
        for name, (text, kinds) in self._statements.items():
            result = pg.prepare(name.encode(), text.encode(), [oid(kind) for kind in kinds])
            if result.status != pq.ExecStatus.COMMAND_OK:
                message, state = result.error_message.decode(errors="replace"), _state(result)
                made.close()
                if state[:2] in _AWAY:
                    raise Unavailable(f"{name}: {state}")
                raise errors.lookup(state)(f"{name}: {message}")
        self._connection, self._pg = made, pg
        self._poll = select.poll()
        self._poll.register(pg.socket, select.POLLIN)

    def run(self, *steps: tuple[str, Sequence[Value]]) -> list[PGresult]:
        """Run several prepared statements in one round trip; return their results.

        Rolls back and raises on any error.
        """
        self.connection()
        pg = self._pg
        try:
            pg.enter_pipeline_mode()
            for name, values in steps:
                pg.send_query_prepared(name.encode(), values, [1] * len(values), 1)
            pg.pipeline_sync()
            while pg.flush():  # more than the socket takes at once
                self._wait(select.POLLIN | select.POLLOUT)
                pg.consume_input()
            out: list[PGresult] = []
            while True:
                while pg.is_busy():
                    self._wait(select.POLLIN)
                    pg.consume_input()
                result = pg.get_result()
                if result is None:
                    if pg.status != pq.ConnStatus.OK:
                        raise Unavailable("connection lost")
                    continue
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    break
                out.append(result)
            pg.exit_pipeline_mode()
        except (psycopg.Error, Unavailable) as failure:
            self.close()
            raise Unavailable(str(failure)) from None
        for (name, _values), result in zip(steps, out, strict=False):
            if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
                continue
            self._fail(name, result)
        return out

    def _wait(self, what: int) -> None:
        self._poll.modify(self._pg.socket, what)
        over = time.monotonic() + PATIENCE_S
        while not self._poll.poll(1000 * database.SILENCE_S):
            if time.monotonic() > over or not database.is_at_it(self.connection()):
                if not self._poll.poll(0):
                    raise Unavailable("no answer")
                return

    def _fail(self, name: str, result: PGresult) -> None:
        """Undo, and say what kind of error it was. The server's text may hold what was typed: it is not passed on."""
        state = _state(result)
        message = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        try:
            self.rollback()
        except Unavailable:
            self.close()
        if state == _HELD:
            raise HeldElsewhere(f"{name}: {state}")
        if state in _CONFLICTS:
            raise Conflict(f"{name}: {state}")
        if state[:2] in ("22", "23"):
            raise BadData(f"{name}: {state}")
        if state[:2] in _AWAY:
            self.close()
            raise Unavailable(f"{name}: {state}")
        raise errors.lookup(state)(f"{name}: {message.decode(errors='replace')}")

    def rollback(self) -> None:
        if self._connection is None or self._connection.closed:
            return
        result = self._pg.exec_(b"rollback")
        if result.status != pq.ExecStatus.COMMAND_OK:
            self.close()
            raise Unavailable("rollback")


def _state(result: PGresult) -> str:
    return (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
