"""The gateway of the benches is a process of its own. It takes every message at once, or after a delay. With a delay
below 0 it answers only to the code's phone. A request tells the bench what came."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CODE_PHONE = "+919906999999"


class _Sink(asyncio.Protocol):
    came = 0
    refs: dict[str, float] = {}
    texts: dict[str, str] = {}  # the last one of each phone
    delay_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            _, _, length = head.partition(b"content-length:")
            size = int(length.split(b"\r\n", 1)[0]) if length else 0
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            self._take(head, body)

    def _take(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get /"):
            self._answer(json.dumps(self._told(head.split()[1].decode())).encode())
            return
        told = json.loads(body)
        is_code = told["to"] == CODE_PHONE
        _Sink.came += 1
        self.refs[told["ref"] if not is_code else f"code {told['ref']}"] = time.monotonic()
        self.texts[told["to"]] = told["text"]
        if self.delay_s == 0 or is_code:
            self._answer(b'{"id": "taken"}')
        elif self.delay_s > 0:
            asyncio.get_running_loop().call_later(self.delay_s, self._answer, b'{"id": "taken"}')

    def _told(self, path: str) -> dict[str, Any]:
        if path.startswith("/to/"):
            return {"text": self.texts.get(path.removeprefix("/to/"))}
        told: dict[str, Any] = {"n": len(self.refs), "came": self.came}
        return told if path == "/n" else told | {"at": self.refs}

    def _answer(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        self.transport.write(head % len(body) + body)


def _serve(delay_s: float, port: int) -> None:
    async def serve() -> None:
        _Sink.delay_s = delay_s
        server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", port)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def sink(delay_s: float = 0) -> Iterator[int]:
    """Its port."""
    process = subprocess.Popen([sys.executable, __file__, str(delay_s)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def asked(port: int, path: str = "/") -> dict[str, Any]:
    """Return what came: `n` messages in `came` deliveries, `at` each one's instant on the monotonic clock; for "/n" the
    two numbers alone, for "/to/PHONE" the last text to it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def had(port: int) -> int:
    return int(asked(port, "/n")["n"])


if __name__ == "__main__":
    _serve(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
