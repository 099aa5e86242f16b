"""`/healthz` and `/metrics`: is it well, and how busy is it. Answered before Django, so that they answer without it.

`/healthz` is open to all. It says the version, and "ok" or what kind of thing is wrong.
"""

import asyncio
import hmac
import json
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

import abhiyan

from . import clock, database, heartbeats, metrics

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KEPT_S = 1.0  # an answer serves everybody who asks within a second.
COMMITS_S = 3.0  # a database that has not committed by then does not.
GRACE_S = 60.0  # so long after our own start, loops that were silent before may still be starting.
_begun = time.monotonic()
_lock = threading.Lock()
_kept: tuple[float, dict[str, str]] | None = None
Beats = Sequence[tuple[datetime, float]]
_trial: Future[Beats] | None = None


def look_at_health() -> dict[str, str]:
    """Return what is well: "database" and "loops", each "ok", "starting", "stale", "stuck" or "unreachable"; "status"
    for all.

    A database is well when it commits: one whose disk hangs, or whose standbys are away, still reads. One trial is
    under way at a time, however often and long it hangs.
    """
    global _trial
    if _trial is None or _trial.done():
        trial: Future[Beats] = Future()
        threading.Thread(target=_try, args=(trial,), name="healthz", daemon=True).start()
        _trial = trial  # only now: a thread that cannot start leaves nothing to wait for
    try:
        beats = _trial.result(timeout=COMMITS_S)
    except TimeoutError:
        return {"status": "failing", "database": "stuck", "loops": "unknown"}
    except (psycopg.Error, OSError):
        return {"status": "failing", "database": "unreachable", "loops": "unknown"}
    now = clock.now()
    late = any(
        (now - turned).total_seconds() > heartbeats.stale_after_s(every_s) for turned, every_s in beats
    )
    if late or not beats:
        starting = time.monotonic() - _begun < GRACE_S
        state = "starting" if starting else "stale"
        return {"status": "ok" if starting else "failing", "database": "ok", "loops": state}
    return {"status": "ok", "database": "ok", "loops": "ok"}


def _try(trial: Future[Beats]) -> None:
    """Read when each loop turned, and commit a word to the log that changes nothing.

    Over a connection of its own: a pool that is used up is not a database that is away.
    """
    try:
        with database.ServerConnection.connect(
            database.conninfo(database.current_role()), connect_timeout=3, application_name="healthz"
        ) as server_connection:
            beats = server_connection.execute("select turned_at, every_s from core_heartbeat").fetchall()
            server_connection.execute("select pg_logical_emit_message(true, 'abhiyan', 'healthz')")
        trial.set_result(beats)
    except Exception as failure:  # noqa: BLE001  # told to whoever asked
        trial.set_exception(failure)


def kept_look() -> dict[str, str]:
    """`look_at_health`, at most once a second."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > KEPT_S:
            _kept = (time.monotonic(), look_at_health())
        return _kept[1]


def _metrics() -> bytes:
    try:
        return metrics.metrics_text()
    finally:
        connection.close()


async def healthz(scope: AsgiScope, _receive: Receive, send: Send) -> None:
    """200 when all is well, 503 when not."""
    status = await asyncio.to_thread(kept_look)
    body = json.dumps(status | {"version": abhiyan.__version__}).encode()
    await send_answer(scope, send, 200 if status["status"] == "ok" else 503, b"application/json", body)


async def prometheus(scope: AsgiScope, _receive: Receive, send: Send) -> None:
    """Send the figures to a reader with the token; others find nothing here."""
    wanted = metrics.metrics_token()
    header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    if not wanted or not hmac.compare_digest(header, b"Bearer " + wanted.encode()):
        await send_answer(scope, send, 404, b"text/plain; charset=utf-8", b"not found\n")
        return
    try:
        body = await asyncio.to_thread(_metrics)
    except psycopg.Error:
        await send_answer(scope, send, 503, b"text/plain; charset=utf-8", b"the database is away\n")
        return
    await send_answer(scope, send, 200, metrics.CONTENT_TYPE.encode(), body)


async def send_answer(
    scope: AsgiScope,
    send: Send,
    status: int,
    content_type: bytes,
    body: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Send a whole answer that nobody stores."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
                (b"content-security-policy", b"default-src 'none'"),
                *(headers or []),
            ],
        }
    )
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
