"""A gateway on a socket of its own that answers, dawdles, hangs and breaks as a test wants it."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from abhiyan.core.tests.waits import PATIENCE_S

TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n" + b'{"id": "gw-1"}'
Manner = Callable[["Line", dict[str, Any]], None]


class Sink:
    """This gateway keeps what came, and answers each message in a manner. Used from any thread."""

    def __init__(self, manner: Manner, port: int = 0) -> None:
        self.manner = manner
        self.came: list[str] = []  # each message's phone
        self.bodies: list[dict[str, Any]] = []
        self.refs: Counter[str] = Counter()
        self.hanging: list[Line] = []
        self.lines: list[Line] = []
        self.port = port
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def _run(self) -> None:
        async def serve() -> None:
            server = await self._loop.create_server(lambda: Line(self), "127.0.0.1", self.port, backlog=500)
            self.port = server.sockets[0].getsockname()[1]
            self._server = server

        self._loop.run_until_complete(serve())
        self._ready.set()
        self._loop.run_forever()
        self._server.close()
        for line in self.lines:
            line.transport.abort()
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()  # once more, for them to close
        self._loop.close()

    @property
    def connections(self) -> int:
        return len(self.lines)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def phones(self) -> Counter[str]:
        return Counter(list(self.came))

    def recover(self) -> None:
        """From now on everything is taken at once; what hangs is answered too, if anybody is still there."""

        def all_at_once() -> None:
            self.manner = take
            for line in self.hanging:
                line.say(TAKEN)

        self._loop.call_soon_threadsafe(all_at_once)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.sink.lines.append(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            size = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            letter = json.loads(body)
            self.sink.bodies.append(letter)
            self.sink.came.append(letter.get("to", ""))
            self.sink.refs[letter["ref"]] += 1
            self.sink.manner(self, letter)

    def say(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)

    def later(self, wait_s: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(wait_s, act)


def take(line: Line, _letter: dict[str, Any]) -> None:
    line.say(TAKEN)


def take_after(wait_s: float) -> Manner:
    return lambda line, _letter: line.later(wait_s, lambda: line.say(TAKEN))


def hang(line: Line, _letter: dict[str, Any]) -> None:
    line.sink.hanging.append(line)


def drip(line: Line, _letter: dict[str, Any]) -> None:
    """A head without end, a byte every twentieth of a second."""
    line.say(b"H")
    if not line.transport.is_closing():
        line.later(0.05, lambda: drip(line, {}))


def cut(line: Line, _letter: dict[str, Any]) -> None:
    """The connection breaks where an answer should come."""
    line.transport.abort()


def cut_within_the_answer(line: Line, _letter: dict[str, Any]) -> None:
    line.say(TAKEN[:-5])
    line.transport.close()


def answer(status: str, *headers: str) -> Manner:
    told = "\r\n".join([f"HTTP/1.1 {status}", "Content-Length: 0", *headers, "", ""]).encode()
    return lambda line, _letter: line.say(told)


@contextmanager
def sink(manner: Manner, port: int = 0) -> Iterator[Sink]:
    one = Sink(manner, port)
    try:
        yield one
    finally:
        one.close()
