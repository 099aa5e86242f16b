"""A client that holds a connection without using it loses it; one that sends endless headers too."""

import asyncio
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIRequest
from uvicorn.server import ServerState

from abhiyan.core.address import client, network_of, network_of_scope
from abhiyan.intake.hotpath.asgi import Application
from abhiyan.server import protocol
from abhiyan.server.protocol import HttpConnection, close_overdue_connections


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers once the whole body has come."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def on_a_connection(act: Callable[[Reader, Writer, ServerState], Awaitable[None]]) -> None:
    async def main() -> None:
        state = ServerState()
        config = uvicorn.Config(application, http=HttpConnection, ws="none", lifespan="off", log_config=None)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: HttpConnection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await act(reader, writer, state)
            writer.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("proxies", "origin", "is_secure"),
    [
        ("", "203.0.113.0/24", True),
        ("127.0.0.1", "203.0.113.0/24", True),
        ("10.0.0.0/8, 127.0.0.0/30", "203.0.113.0/24", True),
        ("127.0.0.2", "127.0.0.0/24", False),
        ("10.0.0.31, ::1", "127.0.0.0/24", False),
    ],
)
@pytest.mark.parametrize("header", ["X-Forwarded-For", "x-forwarded-for", "X-FORWARDED-FOR"])
def test_a_forged_header_of_somebody_else_than_our_proxy_says_nothing(
    monkeypatch: pytest.MonkeyPatch, proxies: str, origin: str, is_secure: bool, header: str
) -> None:
    monkeypatch.setenv("ABHIYAN_BEHIND_PROXY", "1")
    monkeypatch.setenv("ABHIYAN_PROXIES", proxies)

    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        (connection,) = await connections(state)
        scopes: list[Any] = []

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await application(scope, receive, send)

        connection.app = noting
        forged = f"GET / HTTP/1.1\r\nHost: x\r\n{header}: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n"
        writer.write(forged.encode())
        await reader.readuntil(b"ok")
        (scope,) = scopes
        assert network_of_scope(scope) == origin
        request = ASGIRequest(scope, BytesIO())
        assert network_of(client(request)) == origin
        assert (request.META["HTTP_X_FORWARDED_PROTO"] == "https") is is_secure
        headers = {name.lower(): value for name, value in scope["headers"]}
        assert network_of(Application().address(scope, headers)) == origin, "of calls and claims"

    on_a_connection(act)


def later(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def test_a_head_that_does_not_end_is_given_up() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 ")
        begun = later(0)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nSlow")
        (connection,) = state.connections
        assert isinstance(connection, HttpConnection)
        while not connection.in_head:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)
        close_overdue_connections(state.connections, begun + protocol.HEAD_S - 1)
        assert not connection.transport.is_closing()
        close_overdue_connections(state.connections, later(protocol.HEAD_S + 1))
        assert await reader.read() == b""

    on_a_connection(act)


def test_a_silent_connection_is_given_up_but_not_one_that_still_sends() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        begun = later(0)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
        (connection,) = await connections(state)
        while connection.cycle is None:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)
        close_overdue_connections(state.connections, begun + protocol.BODY_S - 1)
        begun = later(0)
        writer.write(b"dy")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 ")
        close_overdue_connections(state.connections, begun + protocol.QUIET_S - 1)
        assert not connection.transport.is_closing()
        close_overdue_connections(state.connections, later(protocol.QUIET_S + 1))
        assert await reader.read() == b""

    on_a_connection(act)


def test_a_body_that_stops_in_the_middle_is_given_up() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
        (connection,) = await connections(state)
        while connection.cycle is None:  # noqa: ASYNC110  # uvicorn tells nobody
            await asyncio.sleep(0)
        close_overdue_connections(state.connections, later(protocol.BODY_S + 1))
        assert await reader.read() == b""

    on_a_connection(act)


async def begun(reader: Reader, writer: Writer, state: ServerState, sent: bytes) -> HttpConnection:
    """A connection on which so much of a large body has come."""
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + sent)
    (connection,) = await connections(state)
    assert isinstance(connection, HttpConnection)
    await came(connection, len(sent))
    return connection


async def came(connection: HttpConnection, n: int) -> None:
    while connection.part_bytes < n:  # noqa: ASYNC110  # uvicorn tells nobody
        await asyncio.sleep(0)


def test_a_body_that_comes_a_few_bytes_at_a_time_is_given_up() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        connection = await begun(reader, writer, state, b"x" * protocol.BODY_LEAST)
        close_overdue_connections(state.connections, later(protocol.BODY_S + 1))
        assert not connection.transport.is_closing(), "so much is enough"
        for n in range(1, 4):
            writer.write(b"x")
            await came(connection, n)
        close_overdue_connections(state.connections, later(2 * protocol.BODY_S))
        assert not connection.transport.is_closing()
        close_overdue_connections(state.connections, later(2 * protocol.BODY_S + 3))
        assert await reader.read() == b""

    on_a_connection(act)


def test_a_body_has_to_be_whole_in_time_however_steadily_it_comes() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        connection = await begun(reader, writer, state, b"x")
        for before in (True, False):
            connection.part_bytes = protocol.BODY_LEAST
            close_overdue_connections(
                state.connections, later(protocol.BODY_WHOLE_S - 1 if before else protocol.BODY_WHOLE_S + 1)
            )
            assert connection.transport.is_closing() is not before
        assert await reader.read() == b""

    on_a_connection(act)


def test_headers_without_end_are_refused() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for n in range(200):
            writer.write(b"X-%d: %s\r\n" % (n, b"y" * 1000))
        await refused(reader)

    on_a_connection(act)


def test_one_header_without_end_is_refused() -> None:
    async def act(reader: Reader, writer: Writer, state: ServerState) -> None:
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        for _ in range(200):
            writer.write(b"y" * 1000)
        await refused(reader)

    on_a_connection(act)


async def refused(reader: Reader) -> None:
    """The answer says so; to who writes on all the same the connection may just end."""
    with suppress(ConnectionResetError):
        assert (await reader.read()).startswith(b"HTTP/1.1 431 ")


async def connections(state: ServerState) -> list[HttpConnection]:
    while not state.connections:  # noqa: ASYNC110  # uvicorn tells nobody
        await asyncio.sleep(0)
    return [each for each in state.connections if isinstance(each, HttpConnection)]
