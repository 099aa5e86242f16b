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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from psycopg_pool import ConnectionPool

from . import clock, database, environment, home, sql
from .declared import HOUR, LIMITS, DeclaredLimit
from .keys import keyring
from .refusals import TooMany

_UPSERT = (
    "insert into core_rate_count as c (key, n, ends_at) values (%(key)s, %(n)s, %(ends_at)s)"
    " on conflict (key) do update set n = c.n + excluded.n where c.n + excluded.n <= %(allowed)s returning n"
)
# Counts what is refused, too: who asks then knows how many of theirs were within what is allowed.
_COUNT = (
    "insert into core_rate_count as c (key, n, ends_at) values (%(key)s, %(n)s, %(ends_at)s)"
    " on conflict (key) do update set n = c.n + excluded.n returning n"
)
_FULL = "select 1 from core_rate_count where key = %(key)s and n >= %(allowed)s"
_GIVE_BACK = (
    "update core_rate_count c set n = c.n - taken.n from unnest(%s::bytea[], %s::int[]) taken (key, n)"
    " where c.key = taken.key returning c.n"
)
# A check notes here what it has counted, by the key of the counter. It is None outside a check.
_taken: ContextVar[Counter[bytes] | None] = ContextVar("taken", default=None)
SWEPT_AT_ONCE = 10_000
DAY_S = 86_400
REFUSED = "limits.refused"  # counts refusals by the name of the limit and the hour
MOST_NOTED = 10_000  # refusals of one limit in an hour
COUNTED_EVERY = timedelta(minutes=10)


def count_or_refuse(
    limit: DeclaredLimit,
    subject: bytes | str,
    *,
    at: datetime,
    n: int = 1,
    counts: bool = True,
    most: int = 0,
) -> None:
    """Count `n` more against a limit of `core.declared`, or refuse all of them.

    subject: what it counts by (phone id, network, account); never stored. counts: False asks as `n` more would, with
    the same work, and counts nothing. most: allowed instead of the declared number, where a channel sets its own.
    Windows begin at multiples of their length since 1970; those of whole days at midnight where the organisation is
    (settings.TIME_ZONE). Refuses by TooMany with `wait_s`, the seconds until the window ends. A refusal counts
    nothing for its subject. It shows in `refused_lately`.
    """
    allowed = most or allowed_by(limit, at)
    key, ends_at = _counter(limit.name, subject, at, limit.window_s)
    parameters = {
        "key": key,
        "n": n if counts else 0,
        "ends_at": ends_at,
        "allowed": allowed - (0 if counts else n),
    }
    if n > allowed or not _run(_UPSERT, parameters):
        _note_refused(limit, at)
        raise TooMany(wait_s=max(1, round((ends_at - at).total_seconds())))
    if counts and (taken := _taken.get()) is not None:
        taken[key] += n


def take_some(limit: DeclaredLimit, subject: bytes, *, at: datetime, n: int, most: int) -> int:
    """Count `n` more against a limit, and return how many of them it still allows. It refuses nobody.

    subject, most: as for `count_or_refuse`. For a short window: what is asked for beyond the limit is counted with the
    rest.
    """
    key, ends_at = _counter(limit.name, subject, at, limit.window_s)
    (counted,) = _ask(_COUNT, {"key": key, "n": n, "ends_at": ends_at}) or (n,)
    assert isinstance(counted, int)
    allowed = max(0, min(n, most - (counted - n)))
    if allowed < n:
        _note_refused(limit, at)
    return allowed


def is_used_up(limit: DeclaredLimit, subject: bytes | str, *, at: datetime) -> bool:
    """Return True if one more would be refused. It counts nothing."""
    key, _ends_at = _counter(limit.name, subject, at, limit.window_s)
    return _run(_FULL, {"key": key, "allowed": allowed_by(limit, at)})


def allowed_by(limit: DeclaredLimit, at: datetime) -> int:
    """Return the number a limit allows now: what ABHIYAN_LIMITS says, or what is declared for the offices held."""
    limits_set = environment.LIMITS_SET()
    if limit.name in limits_set:
        return limits_set[limit.name]
    return limit.most(_offices(at)) if limit.grows else limit.allowed


def count_offices_by(count: Callable[[datetime], int]) -> None:
    """Say how many hold an office. org answers; without it limits do not grow."""
    global _count
    _count = count


def _offices(at: datetime) -> int:
    """Return the number of offices held. Each process asks again every ten minutes."""
    global _held
    if _held is None or not _held[0] <= at < _held[0] + COUNTED_EVERY:
        _held = at, _count(at)
    return _held[1]


def refused_lately(at: datetime) -> dict[str, int]:
    """How often each limit refused somebody in this hour and the 23 before it, at most MOST_NOTED an hour.

    Limits that refused nobody are left out.
    """
    hours = [at - timedelta(hours=hour) for hour in range(24)]
    keys = {_counter(REFUSED, name, hour, HOUR)[0]: name for name in LIMITS for hour in hours}
    n_by_name: Counter[str] = Counter()
    counts = sql.rows("select key, n from core_rate_count where key = any(%s)", [list(keys)])
    for key, n in counts:
        n_by_name[keys[bytes(key)]] += n
    return dict(n_by_name)


def _note_refused(limit: DeclaredLimit, at: datetime) -> None:
    key, ends_at = _counter(REFUSED, limit.name, at, HOUR)
    _run(_UPSERT, {"key": key, "n": 1, "ends_at": ends_at + timedelta(days=1), "allowed": MOST_NOTED})


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


def sweep_counters(at: datetime) -> int:
    """Delete counters whose window is over. Returns how many; called by a loop, in its transaction."""
    return sql.run(
        "delete from core_rate_count where key = any(array("
        "select key from core_rate_count where ends_at < %s limit %s for update skip locked))",
        [at, SWEPT_AT_ONCE],
    )


def forget_all() -> None:
    """Empty every counter, if this process has counted since (tests only: counters outlive a rolled-back test)."""
    global _has_counted, _held
    _held = None
    if _has_counted:
        _has_counted = False
        for (pid, *_at), pool in _pools.items():
            if pid == os.getpid():
                with pool.connection() as connection:
                    connection.execute("delete from core_rate_count")


def _counter(limit: str, subject: bytes | str, at: datetime, window_s: int) -> tuple[bytes, datetime]:
    number, ends_at = _window(at, window_s)
    name = limit.encode()
    who = subject.encode() if isinstance(subject, str) else subject
    counter_bytes = struct.pack(">HQQ", len(name), window_s, number) + name + who
    key = hmac.digest(_key(), counter_bytes, "sha256")[:16]
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
_held: tuple[datetime, int] | None = None  # when it was asked, and how many hold an office


def _uncounted(_at: datetime) -> int:
    return 0


_count: Callable[[datetime], int] = _uncounted


def _run(query: str, given: dict[str, object] | Sequence[object]) -> bool:
    """Run one statement for itself; True when it returned a row."""
    return _ask(query, given) is not None


def _ask(query: str, given: dict[str, object] | Sequence[object]) -> tuple[object, ...] | None:
    """Run one statement for itself and return its first row. A connection lost meanwhile is replaced once."""
    global _has_counted
    _has_counted = True
    pool = counting_pool()
    for last_try in (False, True):
        try:
            with pool.connection() as connection:
                return connection.execute(query, given).fetchone()
        except psycopg.OperationalError:
            if last_try:
                raise
            pool.check()  # the server was restarted: drop what it cut
    raise AssertionError


def counting_pool() -> _Pool:
    """One small pool per process (never shared over a fork) and database. How to reach it is read from disk only once:
    a form is counted against six limits."""
    at = os.environ.get(environment.DATABASE_URL.name) or home.home_folder()
    key = os.getpid(), at, database.database_name(), database.current_role()
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
