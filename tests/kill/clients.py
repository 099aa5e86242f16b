"""Clients who enrol through the API, lose answers on purpose, and send again until they have one."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

LOST = 0.06  # share of requests whose answer the client does not wait for
AGAIN = 0.06  # share of requests that repeat one that was answered already
PATIENCE_S = 20.0
PAUSE_S = 0.1  # at most, between two claims of a client: the disk is small
WORDS = ("Asha", "Bilal", "Chandra", "Devi", "Esha", "Farooq", "Gita", "Hari", "Indu", "Javed")


@dataclass(frozen=True)
class Sent:
    """One claim: its key, and who it is of."""

    key: str
    phone: str
    name: str
    birth_year: int
    unit: str

    def body(self) -> bytes:
        return json.dumps(
            {
                "key": self.key,
                "phone": self.phone,
                "name": self.name,
                "birth_year": self.birth_year,
                "unit": self.unit,
                "notice_version": 1,
            }
        ).encode()


@dataclass
class Record:
    """The sent claims, the acknowledged ones with their receipts, and the faults to fail on."""

    sent: dict[str, Sent] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    answered_at: float = field(default_factory=time.monotonic)
    longest_silence_s: float = 0.0

    def begin_silence(self) -> None:
        """Measure the longest time without an answer from now on."""
        self.longest_silence_s, self.answered_at = 0.0, time.monotonic()

    def answer(self, claim: Sent, receipt: str) -> None:
        first = self.receipts.setdefault(claim.key, receipt)
        if first != receipt:
            self.wrong.append(f"{claim.key}: first {first}, then {receipt}")
        self.longest_silence_s = max(self.longest_silence_s, time.monotonic() - self.answered_at)
        self.answered_at = time.monotonic()


class Clients:
    """All of them; `finish` ends the new claims and waits until every one sent has its answer."""

    def __init__(
        self, port: int, token: str, booths: int, *, seed: int, hosts: Sequence[str] = ("127.0.0.1",)
    ) -> None:
        self.port, self.token, self.booths, self.hosts = port, token, booths, hosts
        self.record = Record()
        self.chance = random.Random(seed)
        self.number = 0
        self.is_ending = False

    def _new(self) -> Sent:
        self.number += 1
        n = self.number
        # Every tenth is a further person on an earlier phone; every fifteenth somebody already on the roll.
        person = n - 1 if n % 15 == 0 else n
        phone = person - 5 if person % 10 == 0 and person > 10 else person
        claim = Sent(
            key=f"claim-{n}",
            phone=f"98{phone:08d}",
            name=f"{WORDS[person % 10]} {WORDS[person // 10 % 10]} Devi",
            birth_year=1940 + person % 60,
            unit=f"B{person % self.booths:03d}",
        )
        self.record.sent[claim.key] = claim
        return claim

    async def run(self, n: int) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(n):
                group.create_task(self._client())

    def finish(self) -> None:
        self.is_ending = True

    async def _client(self) -> None:
        line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        answered: list[Sent] = []
        try:
            while not self.is_ending:
                is_again = bool(answered) and self.chance.random() < AGAIN
                claim = self.chance.choice(answered[-200:]) if is_again else self._new()
                line = await self._until_answered(line, claim, lose=self.chance.random() < LOST)
                if not is_again:
                    answered.append(claim)
                await asyncio.sleep(self.chance.uniform(0, PAUSE_S))
        finally:
            if line is not None:
                line[1].close()

    async def _until_answered(
        self, line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None, claim: Sent, *, lose: bool
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Send until there is an answer; a first answer lost on purpose is asked for again."""
        pause_s = 0.05
        while True:
            try:
                if line is None:
                    host = self.chance.choice(self.hosts)
                    line = await asyncio.wait_for(asyncio.open_connection(host, self.port), PATIENCE_S)
                body = claim.body()
                line[1].write(
                    b"POST /api/v1/claims HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (self.token.encode(), len(body), body)
                )
                await line[1].drain()
                if lose:
                    lose = False
                    self.record.seen["answers lost on purpose"] += 1
                    # Sometimes before the server has read it, sometimes after it is stored.
                    await asyncio.sleep(self.chance.choice((0, 0, 0.01, 0.05)))
                    line[1].transport.abort()
                    line = None
                    continue
                status, told = await asyncio.wait_for(_answer(line[0]), PATIENCE_S)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                self.record.seen["connections broken"] += 1
                if line is not None:
                    line[1].transport.abort()
                line = None
            else:
                self.record.seen[f"answered {status}"] += 1
                if status == 201:
                    self.record.answer(claim, json.loads(told)["receipt"])
                    return line
                if status not in (429, 503):
                    self.record.wrong.append(f"{claim.key}: {status} {told[:200]!r}")
                    return line
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.6, 1.0)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    status = int(lines[0].split()[1])
    length = next(int(line[15:]) for line in lines if line.lower().startswith(b"content-length:"))
    return status, await reader.readexactly(length)
