"""Find the sender of a request: tokens and our own numbers, read together every few seconds and kept in memory.

A token that was ended is refused within half a minute, wherever the request arrives; a new one works at once.
Tokens and the secrets of paths are known by keyed digest only.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
from cryptography.exceptions import InvalidTag

from abhiyan.core import clock, database
from abhiyan.core.actor import Actor
from abhiyan.core.keys import Mac, keyring

from .batches import DriveLane

log = logging.getLogger(__name__)

FRESH_S = 5.0  # older: read again, in the background
STALE_S = 30.0  # older: read again before anybody is let in
LONGEST_HEADER = 200
MISSED_S = 0.1  # who is not known is looked for again at most this often

_TOKENS = """select digest, public_id, programme_id, channel, unit_id, expires_at from enrolment_channel_token
 where ended_at is null and expires_at > %s"""
_NUMBERS = """select n.id, n.number, n.provider, n.meaning, n.programme_id, n.secret_path, n.addresses, n.sealed_token,
 n.believed_at from messaging_number n where n.is_active"""
_USED = """update enrolment_channel_token set used_at = %(at)s
 where public_id = any(%(used)s) and (used_at is null or used_at < %(at)s - interval '1 minute')"""


class Unreachable(Exception):
    """The directory is too old, and the database does not answer."""


@dataclass(slots=True)
class Sender:
    """A channel's token: which drive, for which units, and who it is in the trail."""

    by: Actor
    programme_id: int
    channel: int
    within: tuple[int, ...]
    expires_at: datetime
    was_used: bool = False
    lane: DriveLane | None = None  # where its claims queue
    second: int = 0  # of the rate
    n: int = 0  # claims in that second


@dataclass(frozen=True, slots=True)
class DriveLine:
    """One of our numbers: what a call to it means, and how its provider proves itself."""

    number: str
    provider: str
    meaning: str
    programme_id: int | None
    addresses: tuple[str, ...]
    token: str  # the provider's signing token; "" where it has none
    by: Actor
    believed_at: datetime | None = None

    def is_believed(self, at: datetime) -> bool:
        """Return True if its reports are a phone's own sign: a number just added may report anything."""
        return self.believed_at is None or self.believed_at <= at


@dataclass(slots=True)
class DirectoryReading:
    """One reading."""

    senders: dict[bytes, Sender] = field(default_factory=dict)
    shown: dict[bytes, Sender] = field(default_factory=dict)  # by header, once it was hashed
    lines: dict[tuple[str, str], list[DriveLine]] = field(
        default_factory=dict
    )  # provider, digest of the secret


class Directory:
    """Tokens and numbers as this worker knows them; used from its event loop only."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._clock = now
        self._mac = Mac(keyring().token)
        self._known = DirectoryReading()
        self._read_at = self._begun_at = float("-inf")
        self._is_away = False
        self._reading: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "directory")
        self._connection: psycopg.Connection[Any] | None = None

    def digest(self, secret: bytes) -> bytes:
        """Return what is kept of a token or of the secret of an address."""
        return self._mac.digest(secret)

    async def sender(self, shown: bytes) -> Sender | None:
        """Return the channel a token belongs to; None when it is unknown, ended or expired. Raises Unreachable.

        shown: the whole header, "Bearer …".
        """
        digest = self.digest(shown[7:].strip())
        await self._look(lambda: digest in self._known.senders)
        sender = self._known.senders.get(digest)
        if sender is None or sender.expires_at <= self._clock():
            return None
        sender.was_used = True
        return sender

    def sender_at_once(self, shown: bytes) -> Sender | None:
        """Return the sender without waiting, when it is known freshly; else None, which says nothing."""
        directory_reading = self._known
        if time.monotonic() - self._read_at > FRESH_S:
            return None
        sender = directory_reading.shown.get(shown)
        if sender is None:
            if shown[:7].lower() != b"bearer " or len(shown) > LONGEST_HEADER:
                return None
            sender = directory_reading.senders.get(self.digest(shown[7:].strip()))
            if sender is None:
                return None
            directory_reading.shown[shown] = sender
        sender.was_used = True
        return sender

    def has_sender(self, shown: bytes) -> bool:
        """Return True if a token was known at the last reading, however old that is."""
        return self.digest(shown[7:].strip()) in self._known.senders

    def has_lines(self, provider: str, digest: str) -> bool:
        """Return True if a secret address was known at the last reading, however old that is."""
        return (provider, digest) in self._known.lines

    async def lines(self, provider: str, digest: str) -> list[DriveLine]:
        """Return our numbers behind a secret address of a provider. Raises Unreachable."""
        key = (provider, digest)
        await self._look(lambda: key in self._known.lines)
        return self._known.lines.get(key, [])

    def lines_at_once(self, provider: str, digest: str) -> list[DriveLine]:
        """Return the lines without waiting, when they are known freshly; none says nothing."""
        if time.monotonic() - self._read_at > FRESH_S:
            return []
        return self._known.lines.get((provider, digest), [])

    async def _look(self, is_known: Callable[[], bool]) -> None:
        """See to it that what is known is fresh enough. Raises Unreachable.

        An unknown sender waits for a reading begun after they asked. All unknown senders share it: a flood of unknown
        tokens costs at most ten readings a second, and a new token works at once. A reading that fails says nothing
        about a sender: they are asked to come back, and never refused for it.
        """
        asked_at = time.monotonic()
        if is_known() and asked_at - self._read_at <= STALE_S:
            if asked_at - self._read_at > FRESH_S:
                self._begin()
            return
        while self._read_at < asked_at and not is_known():
            if self._reading is None and (early := self._begun_at + MISSED_S - time.monotonic()) > 0:
                await asyncio.sleep(early)
            reading, begun_at = self._begin(), self._begun_at
            await asyncio.wait([reading])
            if begun_at >= asked_at > self._read_at:
                raise Unreachable
        if asked_at - self._read_at > STALE_S:
            await asyncio.wait([self._begin()])
        if time.monotonic() - self._read_at > STALE_S:
            raise Unreachable

    def _begin(self) -> "asyncio.Task[None]":
        """Return the reading under way, or a new one."""
        if self._reading is None:
            self._begun_at = time.monotonic()
            self._reading = asyncio.get_running_loop().create_task(self.read())
        return self._reading

    async def read(self) -> None:
        """Read everything again. A database that does not answer leaves the directory as it is."""
        used = [sender.by.id for sender in self._known.senders.values() if sender.was_used]
        started = time.monotonic()
        try:
            loop = asyncio.get_running_loop()
            self._known = await loop.run_in_executor(self._thread, self._fetch, used, self._clock())
            self._read_at, self._is_away = started, False
        except psycopg.Error as failure:
            if not self._is_away:  # it is asked ten times a second: said once
                log.warning(
                    "tokens and numbers could not be read", extra={"facts": {"error": type(failure).__name__}}
                )
            self._is_away = True
        finally:
            self._reading = None

    def _fetch(self, used: list[UUID], at: datetime) -> DirectoryReading:
        """Read in the directory's own thread. A connection that was cut since the last reading is replaced once."""
        is_new = self._connection is None or self._connection.closed
        if self._connection is None or is_new:
            self._connection = database.ServerConnection.connect(
                database.conninfo("gateway", connect_timeout="5", application_name="directory"),
                autocommit=True,
            )
            self._connection.execute("set statement_timeout = '5s'")
        try:
            return self._ask(self._connection, used, at)
        except psycopg.OperationalError:
            was_cut = self._connection.closed
            self._connection.close()
            if is_new or not was_cut:
                raise
        return self._fetch(used, at)

    @staticmethod
    def _ask(connection: psycopg.Connection[Any], used: list[UUID], at: datetime) -> DirectoryReading:
        if used:
            connection.execute(_USED, {"at": at, "used": used})
        asked_s = time.monotonic()
        ((database_time,),) = connection.execute("select clock_timestamp()").fetchall()
        clock.take_database_time(database_time, asked_s=asked_s)
        tokens = connection.execute(_TOKENS, [at]).fetchall()
        numbers = connection.execute(_NUMBERS).fetchall()
        directory_reading = DirectoryReading()
        for digest, public_id, programme_id, channel, unit_id, expires_at in tokens:
            by = Actor(kind="channel", id=public_id)
            directory_reading.senders[bytes(digest)] = Sender(
                by, programme_id, channel, (unit_id,), expires_at
            )
        for _id, number, provider, meaning, programme_id, secret, addresses, sealed, believed_at in numbers:
            if secret:
                line = DriveLine(
                    number=number,
                    provider=provider,
                    meaning=meaning,
                    programme_id=programme_id,
                    addresses=tuple(addresses),
                    token=_opened(sealed, number),
                    by=Actor(kind="channel", id=uuid5(NAMESPACE_URL, f"tel:{number}")),
                    believed_at=believed_at,
                )
                directory_reading.lines.setdefault((provider, secret), []).append(line)
        return directory_reading

    async def close(self) -> None:
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()


def _opened(sealed: bytes | None, number: str) -> str:
    if sealed is None:
        return ""
    try:
        return keyring().unseal(bytes(sealed), about=number.encode()).decode()
    except (InvalidTag, IndexError, UnicodeDecodeError):
        log.exception("the signing token of a number cannot be opened: set it again")
        return ""
