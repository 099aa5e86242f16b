"""Hosts of one database know of each other: `abhiyan serve` and `abhiyan jobs` note where they run, and their settings.

Settings are noted as keyed digests, name by name. So `doctor` says which one differs, and nobody reads its value.
`abhiyan serve` asks here before there is Django, so models are imported late.
"""

import hmac
import json
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

import abhiyan

from . import database, environment, lot
from .keys import keyring

NOTE_S = 10.0  # so often a process notes that it runs
LIVE = timedelta(seconds=40)  # who is silent for longer is gone, or cut off
KEPT = timedelta(days=1)  # so long a silent one is listed, unless its host is back

_NOTE = """insert into core_host as h (name, kind, process, version, address, begun_at, seen_at, settings)
 values (%(name)s, %(kind)s, %(process)s, %(version)s, %(address)s, clock_timestamp(), clock_timestamp(), %(settings)s)
 on conflict (name, kind, process) do update set seen_at = excluded.seen_at"""
# A process that died is forgotten after a while, or once its host does the same work again.
_SWEEP = """delete from core_host where seen_at < clock_timestamp() - %(kept)s
 or (name = %(name)s and kind = %(kind)s and seen_at < clock_timestamp() - %(live)s)"""
_LEAVE = "delete from core_host where name = %(name)s and kind = %(kind)s and process = %(process)s"
_LISTED = """select name, kind, process, version, address, begun_at, seen_at, settings::text,
 clock_timestamp() - seen_at as silent from core_host order by name, kind, begun_at"""
_KEY = "insert into core_key_mark (id, digest) values (1, %s) on conflict (id) do nothing"
_KNOWN_KEY = "select digest from core_key_mark"
OTHER_KEY = (
    "The master key of this host is another than the one of this database. Copy keys/master.key from a host that serves"
    " (docs/cluster.md)."
)


class OtherKey(Exception):
    """The database was made with another master key."""


@dataclass(frozen=True, kw_only=True)
class HostProcess:
    """A server or its jobs, as noted by itself. silent: for how long it has noted nothing."""

    name: str
    kind: str
    process: str
    version: str
    address: str
    begun_at: datetime
    seen_at: datetime
    settings: Mapping[str, str]
    silent: timedelta

    @property
    def is_live(self) -> bool:
        return self.silent < LIVE


def host_processes(session: psycopg.Connection[Any]) -> list[HostProcess]:
    """Return every process that was seen within a day, and did not end in order."""
    with session.cursor(row_factory=dict_row) as cursor:  # Django's connections read no JSON themselves
        rows = cursor.execute(_LISTED).fetchall()
    return [HostProcess(**row | {"settings": json.loads(row["settings"])}) for row in rows]


def host_processes_now() -> list[HostProcess]:
    """Return the same over a connection of its own, before there is Django."""
    with psycopg.connect(database.conninfo("jobs"), connect_timeout=5) as session:
        return host_processes(session)


def host_sentence(processes: Sequence[HostProcess]) -> str:
    """Name hosts, each with what it runs: "web1 (jobs, serve), web2 (serve)"."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for process in processes:
        kinds[process.name].add(process.kind)
    return ", ".join(f"{name} ({', '.join(sorted(kinds[name]))})" for name in sorted(kinds))


def key_digest() -> str:
    """Return what the database knows of the master key."""
    return keyring().derive("which key").hex()[:32]


def refuse_other_key(session: psycopg.Connection[Any]) -> None:
    """Note the master key's digest where there is none yet. Raises OtherKey where there is another."""
    with suppress(psycopg.errors.UndefinedTable), session.transaction():
        session.execute(_KEY, [key_digest()])
        row = session.execute(_KNOWN_KEY).fetchone()
        if row and row[0] != key_digest():
            raise OtherKey(OTHER_KEY)


def settings_digests() -> dict[str, str]:
    """Return a keyed digest of each setting that has to be equal on all hosts."""
    key = keyring().derive("settings of hosts")
    return {
        setting.name: hmac.digest(key, f"{setting.name}={_written(setting())}".encode(), "sha256").hex()[:16]
        for setting in environment.SETTINGS
        if not setting.is_own
    }


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def unequal_settings(processes: Sequence[HostProcess]) -> dict[str, list[list[str]]]:
    """Return each setting that is not the same everywhere: the hosts that agree with each other, the most first.

    A setting that a process does not know is not compared: it has another version, and `doctor` names that.
    """
    unequal: dict[str, list[list[str]]] = {}
    for name in sorted({name for process in processes for name in process.settings}):
        by_digest: dict[str, set[str]] = defaultdict(set)
        for process in processes:
            if name in process.settings:
                by_digest[process.settings[name]].add(process.name)
        if len(by_digest) > 1:
            unequal[name] = sorted(
                (sorted(names) for names in by_digest.values()), key=lambda n: (-len(n), n)
            )
    return unequal


def refuse_key_of_others() -> None:
    """Ask `refuse_other_key` over a connection of its own. A database that is away is waited for elsewhere."""
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(database.conninfo("jobs"), connect_timeout=10) as session,
    ):
        refuse_other_key(session)


@contextmanager
def on_the_list(kind: str, *, address: str = "") -> Iterator[None]:
    """Have this process noted as one of its host meanwhile. kind: "serve" or "jobs"."""
    ended = threading.Event()
    facts = {
        "name": environment.HOST_NAME(),
        "kind": kind,
        "process": f"{os.getpid()}-{lot.random_token(4)}",
        "version": abhiyan.__version__,
        "address": address,
        "settings": Jsonb(settings_digests()),
    }

    def note() -> None:
        while True:
            with suppress(psycopg.Error):  # a database that is away is waited for
                _write(_NOTE, facts)
            if ended.wait(NOTE_S):
                return

    thread = threading.Thread(target=note, name="host", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(NOTE_S)
        with suppress(psycopg.Error):
            _write(_LEAVE, facts)


def _write(statement: str, facts: Mapping[str, Any]) -> None:
    conninfo = database.conninfo(
        "jobs", application_name="host", options="-c synchronous_commit=off -c statement_timeout=5000"
    )
    with psycopg.connect(conninfo, connect_timeout=5, autocommit=True) as session:
        session.execute(statement, facts)
        session.execute(_SWEEP, {**facts, "kept": KEPT, "live": LIVE})
