"""Bench `messages`: what leaves the outbox in a second, against bare connections with the same requests in memory.

Row `outbox/bare`: messages a second out of the outbox into a sink that answers at once, in a process of its own. The
lane that `abhiyan jobs` turns leases them, checks noes and budget, writes, hands over and settles; against as many kept
connections that bring the same requests, written beforehand, and read the answers. Interleaved rounds; the median of
the ratios. After each round every message is down as sent, and the sink has had it once.
Row `outbox/asyncio`: the same against asyncio clients of the HTTP library we send with, as many kept connections, and
the same bodies in memory.
Row `outbox/300ms`: the same into a sink that takes 300 ms for each, against the 50 a second that are wanted. Row
`code-wait`: seconds from a one-time code's commit to its arrival in a gateway that hangs with every other message, the
longest of several; against the 5 that are allowed.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench._gateway import CODE_PHONE, asked, had, sink

from abhiyan.core import home as data_folder

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "abhiyan_bench_messages"
MESSAGES, SLOW, CODES = 3_000, 400, 5
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Authorization": "Bearer bench",
    "Content-Type": "application/json",
}
NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # in India


def run(*, quick: bool = False, rounds: int = 5) -> list[dict[str, Any]]:
    """The rows of the bench. quick: one round of a tenth, to see that it runs."""
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | {
        "ABHIYAN_HOME": str(home),
        "ABHIYAN_DATABASE": DATABASE,
        "ABHIYAN_POOL": "1",
        "ABHIYAN_LOG_LEVEL": "ERROR",
        "ABHIYAN_SMS": "http",
        "ABHIYAN_SMS_TOKEN": "bench",
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
    n, slow = (MESSAGES // 10, SLOW // 10) if quick else (MESSAGES, SLOW)

    def child(part: str, role: str, *args: object, port: int = 0) -> Any:
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), part, *map(str, args)],
            env=env | {"ABHIYAN_ROLE": role, "ABHIYAN_SMS_URL": f"http://127.0.0.1:{port}/send"},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    rates: dict[str, list[float]] = {"outbox": [], "asyncio": [], "bare": [], "300ms": []}
    try:
        child("prepare", "owner")
        for number in range(1 if quick else rounds):
            for name, part, count, delay_s in (
                ("outbox", "send", n, 0),
                ("asyncio", "library", n, 0),
                ("bare", "reference", n, 0),
                ("300ms", "send", slow, 0.3),
            ):
                with sink(delay_s) as port:
                    rates[name].append(count / child(part, "jobs", count, port=port))
                    assert had(port) == count, f"{name}: the sink had {had(port)} messages of {count}"
            print(
                f"  round {number + 1}: { {name: round(all_[-1]) for name, all_ in rates.items()} }",
                file=sys.stderr,
                flush=True,
            )
        with sink(-1) as port:
            waits = child("codes", "jobs", 1 if quick else CODES, port=port)
    finally:
        child("drop", "owner")
    return [
        *(_row(f"outbox/{name}", rates["outbox"], rates[name]) for name in ("asyncio", "bare")),
        {
            "name": "outbox/300ms",
            "value": round(statistics.median(rates["300ms"]), 1),
            "reference_value": 50.0,
            "unit": "messages/s",
        },
        {"name": "code-wait", "value": round(max(waits), 3), "reference_value": 5.0, "unit": "s"},
    ]


def _row(name: str, values: list[float], reference: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(statistics.median(values), 1),
        "reference_value": round(statistics.median(reference), 1),
        "unit": "messages/s",
        "ratio": round(statistics.median(a / b for a, b in zip(values, reference, strict=True)), 3),
    }


# In a child with the database.


def queued(n: int, *, at: datetime = NOON, template: str = "drive.reply", phone: str = "") -> float:
    """Put messages into the outbox. When they were there, on the monotonic clock."""
    from uuid import uuid4

    from abhiyan.core.scope import system
    from abhiyan.messaging import actions

    blanks = {
        "notice": "सदस्यता अभियान।",
        "link": "https://campaign.example.org/j/abcdefgh",
        "hear": "",
        "stop": "",
    }
    for start in range(0, n, 1_000):
        with system("bench"):
            actions.send_many(
                messages=[
                    actions.Outgoing(
                        template=template,
                        phone=phone or f"+9198{number:08d}",
                        language="hi",
                        blanks=blanks | {"code": "123456"},
                        key=str(uuid4()),
                    )
                    for number in range(start, min(n, start + 1_000))
                ],
                at=at,
            )
    return time.monotonic()


def _sent(n: int) -> float:
    """Seconds in which the lane empties the outbox."""
    from abhiyan.core.scope import system
    from abhiyan.messaging.loops import lanes
    from abhiyan.messaging.models import Message

    _emptied()
    queued(n)
    lane = lanes(clock=lambda: NOON)["send"]
    start, taken = time.perf_counter(), 0
    while taken < n:
        taken += lane.turn(NOON)
    took_s = time.perf_counter() - start
    lane.close()
    with system("bench"):
        assert Message.objects.filter(state="sent", reason="").count() == n
    return took_s


def _letters(n: int) -> list[Any]:
    """Return what the outbox would hand over of n messages."""
    from abhiyan.messaging import actions

    _emptied()
    queued(n)
    going = actions.admit(messages=actions.lease(at=NOON, n=n, codes=False), at=NOON)
    assert len(going) == n
    return [one.letter for one in going]


def _by_library(n: int) -> float:
    """Seconds in which asyncio clients of the same HTTP library bring the same bodies over as many connections.

    Each connection has a client. The library's pool looks at all of its connections for each request, so one pool of
    them all brings a tenth of it.
    """
    import httpx

    from abhiyan.messaging.loops import lanes

    url, hands = os.environ["ABHIYAN_SMS_URL"], lanes()["send"].hands
    requests = [(one.ref, _body(one)) for one in _letters(n)]

    async def send() -> float:
        left = iter(requests)

        async def hand(client: httpx.AsyncClient) -> None:
            for ref, body in left:
                answer = await client.post(url, content=body, headers={"Idempotency-Key": ref})
                assert answer.status_code == 200

        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(httpx.AsyncClient(headers=HEADERS, timeout=30))
                for _ in range(hands)
            ]
            start = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for client in clients:
                    group.create_task(hand(client))
            return time.perf_counter() - start

    return asyncio.run(send())


def _referred(n: int) -> float:
    """Seconds in which as many kept connections bring the same requests, written beforehand, and read each answer."""
    from urllib.parse import urlsplit

    from abhiyan.messaging.loops import lanes

    url, hands = urlsplit(os.environ["ABHIYAN_SMS_URL"]), lanes()["send"].hands
    requests = [_request(one, host=url.netloc, path=url.path) for one in _letters(n)]

    async def send() -> float:
        left = iter(requests)

        async def hand() -> None:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            for request in left:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200 ")
                await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0]))
            writer.close()

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(hands):
                group.create_task(hand())
        return time.perf_counter() - start

    return asyncio.run(send())


def _request(letter: Any, *, host: str, path: str) -> bytes:
    body = _body(letter)
    headers = HEADERS | {"Host": host, "Idempotency-Key": letter.ref, "Content-Length": str(len(body))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _body(letter: Any) -> bytes:
    told = {"ref": letter.ref, "to": letter.phone, "text": letter.text, "template": letter.registration}
    return json.dumps(told).encode()


def _codes(n: int) -> list[float]:
    """Seconds that each of n codes needs into a gateway in which everything else hangs."""
    from abhiyan.core import clock, loops
    from abhiyan.messaging.loops import lanes

    port = int(os.environ["ABHIYAN_SMS_URL"].rsplit(":", 1)[1].split("/")[0])
    _emptied()
    queued(500, at=clock.now())
    stopping = threading.Event()
    both = {name: loops.loops_by_name()[name] for name in ("messaging.codes", "messaging.send")}
    turning = threading.Thread(target=loops.run_loops, args=(stopping,), kwargs={"loops": both})
    turning.start()
    waits: list[float] = []
    try:
        while had(port) < lanes()["send"].hands:
            time.sleep(0.05)
        for number in range(n):
            begun = queued(1, at=clock.now(), template="code.join", phone=CODE_PHONE)
            while (
                len(came := [at for ref, at in asked(port)["at"].items() if ref.startswith("code ")])
                <= number
            ):
                time.sleep(0.02)
            waits.append(max(came) - begun)
    finally:
        stopping.set()
        turning.join()
    return waits


def _emptied() -> None:
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo(None, dbname=DATABASE), autocommit=True) as admin:
        admin.execute("truncate messaging_message, messaging_spending")
        admin.execute("checkpoint")


def _child(part: str, args: list[str]) -> Any:
    from _database import ready

    if not ready(DATABASE, part):
        return None
    import django

    django.setup()
    if part == "prepare":
        from abhiyan.core import schema
        from abhiyan.core.actor import Actor
        from abhiyan.core.scope import system
        from abhiyan.messaging import actions

        schema.prepare_database(DATABASE)
        schema.migrate(verbosity=0)
        with system("bench"):
            actions.publish_templates(at=NOON, by=Actor.system("bench"))
            actions.set_allowance(programme_id=0, per_hour=10**9, by=Actor.system("bench"), at=NOON)
        return None
    parts = {"send": _sent, "library": _by_library, "reference": _referred, "codes": _codes}
    return parts[part](int(args[0]))


if __name__ == "__main__":
    if (answer := _child(sys.argv[1], sys.argv[2:])) is not None:
        print(json.dumps(answer))
