"""The act inside a test's own transaction: in a savepoint, as the database role `gateway`.

A test with a plain `django_db` mark gets this by itself (conftest.py). It sees what the act stored without a commit,
and the database needs no emptying afterwards. A test of races, locks, threads or processes asks for real commits by
`django_db(transaction=True)`, and the act runs there as it does in production.
"""

import select
import zlib
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from django.db import connection
from psycopg import pq
from psycopg.pq.abc import PGresult

from abhiyan.core import database
from abhiyan.enrolment.rules.packed import Value, oid
from abhiyan.intake.actions.enrol import GATEWAYS, LOCK_MS, WRITES, Gateway
from abhiyan.intake.actions.gateway import Writer

# The settings are those of the gateway's own connection (Writer._connect).
_BEGIN = """savepoint act; set local role {role}; set local plan_cache_mode = force_generic_plan;
set local enable_mergejoin = off; set local enable_seqscan = off; set local lock_timeout = {lock_ms}"""
# `reset role` returns to `app`: the test's log-in begins as that role.
_COMMIT = """reset role; reset plan_cache_mode; reset enable_mergejoin;
reset enable_seqscan; reset lock_timeout; release savepoint act"""
_ROLLBACK = "rollback to savepoint act; release savepoint act"


class InsideWriter(Writer):
    """A writer whose begin and commit are a savepoint of the test's transaction."""

    _is_open = False

    def close(self) -> None:
        """The connection is the test's: it stays."""
        self._connection = None

    def connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """Something to read by, one savepoint for each query."""
        self._connect()
        return cast("psycopg.Connection[tuple[object, ...]]", _Reading(self))

    def _connect(self) -> None:
        own = connection.connection
        if own is None or not connection.in_atomic_block:
            raise RuntimeError("no transaction of a test here: it needs django_db(transaction=True)")
        if own.info.transaction_status == pq.TransactionStatus.IDLE:
            own.execute("select 1")  # psycopg begins the transaction with the first statement
        if self._connection is not own:
            self._connection, self._pg = own, own.pgconn
            self._poll = select.poll()
            self._poll.register(own.pgconn.socket, select.POLLIN)

    def run(self, *steps: tuple[str, Sequence[Value]]) -> list[PGresult]:
        names = [name for name, _values in steps]
        if "rollback" in names:
            raise NotImplementedError("a batch is rolled back by rollback()")
        full = self._prepared({name for name in names if name not in ("begin", "commit")})
        between = [(full[name], values) for name, values in steps if name in full]
        results: list[PGresult] = []
        is_alone = not self._is_open and names[0] != "begin"
        if names[0] == "begin" or is_alone:
            begun = self._begin()
            results += [] if is_alone else [begun]
        if between:
            results += super().run(*between)
        if names[-1] == "commit" or is_alone:
            ended = self._commit()
            results += [] if is_alone else [ended]
        return results

    def rollback(self) -> None:
        if self._is_open:
            self._is_open = False
            self._tell(_ROLLBACK)

    @contextmanager
    def as_gateway(self) -> Iterator[psycopg.Connection[Any]]:
        """The test's connection as the role, in the batch under way or in a savepoint of its own."""
        self._connect()
        if is_alone := not self._is_open:
            self._begin()
        try:
            yield connection.connection
        except BaseException:
            self.rollback()
            raise
        if is_alone:
            self._commit()

    def _begin(self) -> PGresult:
        self._is_open = True
        return self._tell(_BEGIN.format(role=database.role_name("gateway"), lock_ms=self._lock_ms))

    def _commit(self) -> PGresult:
        told = self._tell(_COMMIT)
        self._is_open = False
        return told

    def _tell(self, text: str) -> PGresult:
        result = self._pg.exec_(text.encode())
        if result.status != pq.ExecStatus.COMMAND_OK:
            self._fail(text.partition(";")[0], result)
        return result

    def _prepared(self, names: Collection[str]) -> dict[str, str]:
        """The names under which statements are prepared on the connection; no other text has the same.

        They may be there from an earlier test. A rollback of Django's may have dropped them (core.prepared).
        """
        self._connect()
        found = self._pg.exec_(b"select name from pg_prepared_statements")
        known = {found.get_value(n, 0) for n in range(found.ntuples)}
        full: dict[str, str] = {}
        for name in names:
            text, kinds = self._statements[name]
            full[name] = f"{name} {zlib.crc32(text.encode()):x}"
            if full[name].encode() not in known:
                made = self._pg.prepare(full[name].encode(), text.encode(), [oid(kind) for kind in kinds])
                if made.status != pq.ExecStatus.COMMAND_OK:
                    self._fail(name, made)
        return full


class _Reading:
    """As much of a connection as the act reads by."""

    def __init__(self, writer: InsideWriter) -> None:
        self._writer = writer
        self.info = connection.connection.info

    def execute(self, query: Any, params: Any = None) -> psycopg.Cursor[Any]:
        with self._writer.as_gateway() as own:
            return own.execute(query, params)


class InsideGateway(Gateway):
    def __init__(self) -> None:
        super().__init__()
        self.writer = InsideWriter(WRITES, lock_ms=LOCK_MS)

    @staticmethod
    def refuse_locks() -> None:
        """Here the act's own locks are the test's too, and nothing waits for them."""


@contextmanager
def inside() -> Iterator[None]:
    """Every act of this process goes into the transaction of the test."""
    usual, free = GATEWAYS.made, GATEWAYS._free
    GATEWAYS.made, GATEWAYS._free = InsideGateway, deque()
    try:
        yield
    finally:
        GATEWAYS.made, GATEWAYS._free = usual, free
