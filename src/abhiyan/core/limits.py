"""Limits: how often something may be asked. Counted at once, also when the request fails and rolls back.

A counter is one row per limit, subject and window of time; its key is a keyed hash, so the table tells neither
phones nor addresses. Counting goes over connections of its own, in autocommit: a caller who fails on purpose
would otherwise be counted never. Counters need not survive a crash of the database, so nobody waits for the disk.
"""

import hmac
import os
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from psycopg_pool import ConnectionPool

from . import clock, database, environment, home, sql
from .keys import keyring
from .refusals import TooMany

_UPSERT = (
    "insert into core_rate_count as c (key, n, ends_at) values (%(key)s, %(n)s, %(ends_at)s)"
    " on conflict (key) do update set n = c.n + excluded.n where c.n + excluded.n <= %(allowed)s returning n"
)
_GIVE_BACK = (
    "update core_rate_count c set n = c.n - taken.n from unnest(%s::bytea[], %s::int[]) taken (key, n)"
    " where c.key = taken.key returning c.n"
)
# A check notes here what it has counted, by the key of the counter. It is None outside a check.
_taken: ContextVar[Counter[bytes] | None] = ContextVar("taken", default=None)
SWEPT_AT_ONCE = 10_000
DAY_S = 86_400


def take(*, limit: str, subject: bytes | str, at: datetime, allowed: int, window_s: int, n: int = 1) -> None:
    """Count `n` more against a limit, or refuse all of them.

    limit: its name, such as "code.phone". subject: whom it concerns (phone id, network, account); never stored.
    allowed: at most this many in a window of `window_s` seconds. Windows begin at multiples since 1970; those of whole
    days at midnight where the organisation is (settings.TIME_ZONE).
    Refuses by TooMany with `wait_s`, the seconds until the window ends. What is refused is not counted, so a
    flood costs no writes.
    """
    key, ends_at = _counter(limit, subject, at, window_s)
    given = {"key": key, "n": n, "ends_at": ends_at, "allowed": allowed}
    if n > allowed or not _run(_UPSERT, given):
        raise TooMany(wait_s=max(1, round((ends_at - at).total_seconds())))
    if (taken := _taken.get()) is not None:
        taken[key] += n


@contextmanager
def given_back() -> Iterator[None]:
    """Count what is asked within, and give it back at the end: a check of a list does nothing.

    A process that is killed meanwhile leaves it counted until the window ends.
    """
    taken: Counter[bytes] = Counter()
    outside = _taken.set(taken)
    try:
        yield
    finally:
        _taken.reset(outside)
        if taken:
            _run(_GIVE_BACK, [list(taken), list(taken.values())])


def sweep(at: datetime) -> int:
    """Delete counters whose window is over. Returns how many; called by a loop, in its transaction."""
    return sql.run(
        "delete from core_rate_count where key = any(array("
        "select key from core_rate_count where ends_at < %s limit %s for update skip locked))",
        [at, SWEPT_AT_ONCE],
    )


def forget_all() -> None:
    """Empty every counter, if this process has counted since (tests only: counters outlive a rolled-back test)."""
    global _has_counted
    if _has_counted:
        _has_counted = False
        for (pid, *_at), pool in _pools.items():
            if pid == os.getpid():
                with pool.connection() as own:
                    own.execute("delete from core_rate_count")


def _counter(limit: str, subject: bytes | str, at: datetime, window_s: int) -> tuple[bytes, datetime]:
    number, ends_at = _window(at, window_s)
    name = limit.encode()
    who = subject.encode() if isinstance(subject, str) else subject
    told = struct.pack(">HQQ", len(name), window_s, number) + name + who
    key = hmac.digest(_key(), told, "sha256")[:16]
    return key, ends_at


def _window(at: datetime, window_s: int) -> tuple[int, datetime]:
    """The number of the window an instant falls into, and when it ends."""
    days, rest = divmod(window_s, DAY_S)
    if rest:
        number = int(at.timestamp()) // window_s
        return number, datetime.fromtimestamp((number + 1) * window_s, UTC)
    number = clock.day_in(settings.TIME_ZONE, at).toordinal() // days
    first_after = date.fromordinal((number + 1) * days)
    return number, datetime.combine(first_after, time(), ZoneInfo(settings.TIME_ZONE))


@cache
def _key() -> bytes:
    return keyring().derive("limits")


_Pool = ConnectionPool[psycopg.Connection[tuple[object, ...]]]
_pools: dict[tuple[object, ...], _Pool] = {}
_making = threading.Lock()
_has_counted = False


def _run(query: str, given: dict[str, object] | Sequence[object]) -> bool:
    """Run one statement for itself; True when it returned a row. A connection lost meanwhile is replaced once."""
    global _has_counted
    _has_counted = True
    pool = _pool()
    for last_try in (False, True):
        try:
            with pool.connection() as own:
                return own.execute(query, given).fetchone() is not None
        except psycopg.OperationalError:
            if last_try:
                raise
            pool.check()  # the server was restarted: drop what it cut
    raise AssertionError


def _pool() -> _Pool:
    """One small pool per process (never shared over a fork) and database. How to reach it is read from disk only once:
    a form is counted against six limits."""
    at = os.environ.get(environment.DATABASE_URL.name) or home.path()
    key = os.getpid(), at, database.name(), database.current_role()
    if key not in _pools:
        with _making:
            if key not in _pools:
                _pools[key] = ConnectionPool(
                    database.conninfo(database.current_role()),
                    min_size=0,
                    max_size=4,
                    max_idle=60,
                    timeout=5,
                    **database.POOLED,
                    kwargs={
                        "autocommit": True,
                        "options": "-c synchronous_commit=off",
                        "application_name": "limits",
                    },
                    open=True,
                    name=f"limits-{os.getpid()}",
                )
    return _pools[key]
