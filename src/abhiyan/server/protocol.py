"""The server's side of one connection: uvicorn's, with a short way for single claims and limits of its own.

A claim to the API, sent whole by a known token, goes from the parser to the queue of the hot path and back. It
needs no ASGI scope, no task and none of the messages in between; they cost more than all else of Python
(measured: docs/ decisions/0009). Everything else goes uvicorn's way, and so does such a claim when anything
about it is unusual.
"""

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from abhiyan.core import address

HEAD_BYTES = 64 * 1024  # of one request: its first line and its headers.
HEAD_S = 15.0  # in which they have to come.
BODY_S = 30.0  # one on the short way has to be whole by then; of another, so much comes in each such time.
BODY_LEAST = 60 * 1024  # bytes, or all that is left: 2 KB a second, which any phone can send.
BODY_WHOLE_S = 300.0  # in which any body has to come.
QUIET_S = 60.0  # a connection may stay open so long without a request
SWEEP_S = 2.0
MOST_CONNECTIONS = 8_192  # of one worker
FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto")
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_NO_EVENT = type("", (), {"set": lambda _self: None})()


class ShortWay(Protocol):
    """The hot path's services to the short way."""

    def sender(self, method: bytes, path: bytes, headers: dict[bytes, bytes]) -> Any:
        """Return the sender, when the short way is open to the request; else None."""

    def take(self, request: "ShortRequest") -> None:
        """Take the request, and call its `answer` once, now or later."""


class ShortRequest:
    """A request on the short way. To the connection it is what a request and its answer are on the long one."""

    __slots__ = (
        "address",
        "body",
        "connection",
        "disconnected",
        "headers",
        "keep_alive",
        "more_body",
        "response_complete",
        "sender",
    )
    message_event = _NO_EVENT

    def __init__(self, connection: "HttpConnection", sender: Any, headers: dict[bytes, bytes]) -> None:
        self.connection = connection
        self.sender = sender
        self.headers = headers
        self.address = connection.client[0] if connection.client else ""
        self.body = b""
        self.more_body = True
        self.keep_alive: bool = connection.parser.should_keep_alive()
        self.disconnected = False
        self.response_complete = False

    def answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Answer it, in the worker's loop; a second answer is none."""
        if self.response_complete:
            return
        self.response_complete = True
        if not self.disconnected:
            self.connection.write_answer(self, status, headers, body)


class HttpConnection(HttpToolsProtocol):
    """One connection."""

    straight: ShortWay | None = None  # the hot path, set once it is ready
    cycle: Any  # uvicorn's, or a Request; None before the first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since = self.loop.time()  # when the wait for a request, or for the rest of its head, began
        self.heard = self.since  # when anything came last
        self.in_head = False
        self.head_bytes = 0
        self.body_since = self.part_since = self.since  # of the body that comes, and of its latest part
        self.part_bytes = 0
        self.is_proxy = True  # of ours: it may say from where somebody comes

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self.is_proxy = address.is_proxy(self.client[0] if self.client else "")
        if len(self.connections) > MOST_CONNECTIONS:
            transport.close()

    def data_received(self, data: bytes) -> None:
        self.heard = self.loop.time()
        if self.in_head:
            self.head_bytes += len(data)
            if self.head_bytes > HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self.in_head, self.head_bytes, self.since = True, 0, self.heard
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Only our proxy says where a request began: the value of anybody else is hidden."""
        if not self.is_proxy and name.lower() in FORWARDED:
            value = b"unknown"
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.in_head = False
        straight = self.straight
        if straight is not None and (self.cycle is None or self.cycle.response_complete):
            parser = self.parser
            headers = dict(self.headers)
            if (
                len(headers) == len(self.headers)
                and not self.expect_100_continue
                and not parser.should_upgrade()
            ):
                sender = straight.sender(parser.get_method(), self.url, headers)
                if sender is not None:
                    self.cycle = ShortRequest(self, sender, headers)
                    return
        self._go_the_long_way()

    def _go_the_long_way(self) -> None:
        """Make uvicorn's beginning of a message, its scope, only here: the short way has no use for it."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers  # the list in the scope
        super().on_headers_complete()
        self.body_since = self.part_since = self.heard
        self.part_bytes = 0

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if cycle.__class__ is ShortRequest:
            cycle.body += body
        else:
            self.part_bytes += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        cycle = self.cycle
        if cycle.__class__ is ShortRequest:
            assert self.straight is not None
            cycle.more_body = False
            self.straight.take(cycle)
        else:
            super().on_message_complete()

    def write_answer(
        self, request: ShortRequest, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        """Send the answer of the short way, and turn to what came behind it."""
        head = _head(status, len(body), request.keep_alive, *self.server_state.default_headers, *headers)
        self.transport.write(head + body)
        if not request.keep_alive:
            self.transport.close()
        elif self.pipeline:
            self.on_response_complete()
            return
        self.since = self.loop.time()
        self.server_state.total_requests += 1

    def is_overdue(self, now: float) -> bool:
        """Return True if the other side has let us wait too long: within a request, or without any."""
        if self.in_head:
            return now - self.since > HEAD_S
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return now - self.since > QUIET_S
        if not cycle.more_body:
            return False
        if cycle.__class__ is ShortRequest:
            return now - self.since > BODY_S
        return self._is_slow(now)

    def _is_slow(self, now: float) -> bool:
        """Return True if the body takes too long, or comes a few bytes at a time to hold what came before."""
        if self.flow.read_paused:  # we do not read
            self.part_since, self.part_bytes = now, 0
        if now - self.body_since > BODY_WHOLE_S:
            return True
        if now - self.part_since <= BODY_S:
            return False
        is_slow = self.part_bytes < BODY_LEAST
        self.part_since, self.part_bytes = now, 0
        return is_slow


@lru_cache(256)
def _head(status: int, length: int, keep_alive: bool, *headers: tuple[bytes, bytes]) -> bytes:
    """Return an answer up to its body. In one second they are nearly all the same."""
    parts = [STATUS_LINE[status]]
    for name, value in headers:
        parts += (name, b": ", value, b"\r\n")
    if not keep_alive:
        parts.append(b"connection: close\r\n")
    parts.append(b"content-length: %d\r\n\r\n" % length)
    return b"".join(parts)


def close_overdue_connections(connections: Iterable[object], now: float) -> None:
    """Close what is overdue. now: the loop's time."""
    for connection in list(connections):
        if isinstance(connection, HttpConnection) and connection.is_overdue(now):
            connection.transport.close()
