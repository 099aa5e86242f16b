"""ASGI entry: machine channels, static files and health by path; Django for everything else.

Machine channels are plain ASGI applications, called with nothing around them: they count, limit and log themselves.
"""

import asyncio
import importlib
import importlib.util
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")

import django as framework
from django.conf import settings

framework.setup(set_prefix=False)  # before anything that needs it

from django.http import parse_cookie  # noqa: E402

from abhiyan.core import address, health, metrics, spools  # noqa: E402
from abhiyan.people.actions import sessions  # noqa: E402
from abhiyan.ui import assets  # noqa: E402

from . import turns  # noqa: E402
from .middleware import MAY_SEND, TOO_LARGE, TOO_MUCH  # noqa: E402

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

# Path prefix -> plain ASGI application. One that is not there yet is left to Django.
HOT = {
    "/api/v1/claims": "abhiyan.intake.hotpath:application",
    "/hook/": "abhiyan.intake.hotpath:application",
}


def _load(named: str) -> App | None:
    module, _, attribute = named.partition(":")
    if importlib.util.find_spec(module) is None:
        return None
    app: App = getattr(importlib.import_module(module), attribute)
    return app


_hot: dict[str, App] = {prefix: app for prefix, named in HOT.items() if (app := _load(named)) is not None}
_prefixes = tuple(_hot)


def straight() -> Any:
    """Return the application that takes single claims without ASGI; None when it is not there."""
    return _hot.get("/api/v1/claims")


django = cast(App, turns.Handler())
_plain: dict[str, App] = {"/healthz": health.healthz, "/metrics": health.prometheus}


async def application(scope: AsgiScope, receive: Receive, send: Send) -> None:
    """Serve one request, or the worker's lifespan."""
    if scope["type"] != "http":
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        return
    path: str = scope["path"]
    if path.startswith(_prefixes):
        for prefix, app in _hot.items():
            if path.startswith(prefix) and (prefix.endswith("/") or path[len(prefix) :][:1] in ("", "/")):
                await app(scope, receive, send)
                return
    if path.startswith(assets.PREFIX):
        await _counted("static", assets.serve_asset, scope, receive, send)
    elif path in _plain:
        await _plain[path](scope, receive, send)
    else:
        surface = "api" if path.startswith("/api/") else "page"
        await _counted(surface, _within_limit, scope, receive, send)


async def _counted(surface: str, app: App, scope: AsgiScope, receive: Receive, send: Send) -> None:
    started, status = time.perf_counter(), 500

    async def noting(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    try:
        await app(scope, receive, noting)
    finally:
        metrics.count_request(surface, status, time.perf_counter() - started)


LET_BY, LET_BY_S = 64 << 20, 30.0  # bytes, seconds: of a body that is refused, so that its sender hears why


# Bytes of bodies that one worker holds at once, in memory or on disk (`core.spools`). There is one number for accounts,
# one for everybody else, and one for everybody else behind one network. A body that is small is always taken.
MOST_HELD = {True: 256 << 20, False: 64 << 20}
MOST_OF_NETWORK = 12 << 20
SMALL = 64 * 1024


class _TooLarge(Exception):
    pass


class _TooMuch(Exception):
    """The worker holds as many bytes of bodies as it may."""


class _NotYours(Exception):
    """Its sender may send nothing here. told: the answer."""

    def __init__(self, told: list[MutableMapping[str, Any]]) -> None:
        super().__init__()
        self.told = told


class HeldBytes:
    """Bytes of bodies that a worker holds, until each is answered. network: of a sender without an account."""

    def __init__(self) -> None:
        self.bytes = {True: 0, False: 0}
        self.of_networks: Counter[str] = Counter()

    def take(self, n: int, *, network: str | None, of: int) -> None:
        """Hold n more bytes of a body. of: bytes of it so far. network: None of an account. Raises _TooMuch."""
        is_account = network is None
        self.bytes[is_account] += n
        if network is not None:
            self.of_networks[network] += n
        if of <= SMALL:
            return
        is_full = network is not None and self.of_networks[network] > MOST_OF_NETWORK
        if is_full or self.bytes[is_account] > MOST_HELD[is_account]:
            raise _TooMuch

    def let_go(self, n: int, *, network: str | None) -> None:
        """Forget n bytes of a body that is answered."""
        self.bytes[network is None] -= n
        if network is not None:
            self.of_networks[network] -= n
            if not self.of_networks[network]:
                del self.of_networks[network]


held = HeldBytes()


def body_limit(path: str) -> int:
    """Return the most bytes a request to this path may carry: settings.BODY_LIMITS by longest prefix."""
    fitting = [prefix for prefix in settings.BODY_LIMITS if path.startswith(prefix)]
    return int(settings.BODY_LIMITS[max(fitting, key=len)]) if fitting else int(settings.BODY_LIMIT)


def _is_account(scope: AsgiScope) -> bool:
    """Return True if the cookie is one that we made for an account. Django asks if it still opens anything."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return bool(sessions.whose_cookies(parse_cookie(cookies.decode("latin-1")), path=scope["path"]))


async def _within_limit(scope: AsgiScope, receive: Receive, send: Send) -> None:
    """Run Django with no more body than the path allows, said or unsaid beforehand; and than the worker can hold.

    More than a form takes is read only from an account that may send it there. A file from a stranger, or from
    an office without the capability of the address, is refused before it comes; where its length is not said,
    once it is larger than a form.
    """
    limit, came, answered, is_asked = body_limit(scope["path"]), 0, False, False
    is_account = scope["method"] not in ("GET", "HEAD") and _is_account(scope)
    network = None if is_account else address.network_of_scope(scope)
    if not is_account:
        limit = min(limit, int(settings.BODY_LIMIT))
    for name, value in scope["headers"]:
        if name == b"content-length":
            try:
                length = int(value)
            except ValueError:
                length = 0
            if length > limit:
                await _refuse(scope, receive, send, {TOO_LARGE: limit})
                return
            if length > settings.BODY_LIMIT:
                is_asked = True
                if messages := await _refused(scope):
                    await _say(messages, receive, send)
                    return

    async def counting() -> MutableMapping[str, Any]:
        nonlocal came, is_asked
        message = await receive()
        if message["type"] == "http.request":
            n = len(message.get("body", b""))
            came += n
            held.take(n, network=network, of=came)
            if came > limit:
                raise _TooLarge
            if came > settings.BODY_LIMIT and not is_asked:
                is_asked = True
                if messages := await _refused(scope):
                    raise _NotYours(messages)
        return message

    async def noting(message: MutableMapping[str, Any]) -> None:
        nonlocal answered
        answered = True
        await send(message)

    try:
        await django(scope, counting, noting)
    except _TooLarge:
        if not answered:
            await _refuse(scope, receive, send, {TOO_LARGE: limit})
    except (_TooMuch, spools.NoRoom):
        metrics.TURNED_AWAY.labels("bodies").inc()
        if not answered:
            await _refuse(scope, receive, send, {TOO_MUCH: True})
    except _NotYours as no:
        await _say(no.told, receive, send)
    finally:
        held.let_go(came, network=network)


async def _refuse(scope: AsgiScope, receive: Receive, send: Send, why: dict[str, Any]) -> None:
    """Send the page that says what may be sent, as Django makes it: in the person's language, with the way back.

    why: of `server.middleware.size`.
    """
    await _say(await _without_body({**scope, **why}), receive, send)


async def _refused(scope: AsgiScope) -> list[MutableMapping[str, Any]]:
    """Return the answer to who may not send anything to this address; empty where they may."""
    messages = await _without_body({**scope, MAY_SEND: True})
    return [] if messages[0]["status"] == 204 else messages


async def _without_body(scope: AsgiScope) -> list[MutableMapping[str, Any]]:
    """Return what Django answers to a request before its body comes."""
    bodies, messages = [b""], list[MutableMapping[str, Any]]()

    async def nothing() -> MutableMapping[str, Any]:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        await asyncio.Event().wait()  # until Django has answered
        raise AssertionError

    async def keep(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    await django(scope, nothing, keep)
    return messages


async def _say(told: list[MutableMapping[str, Any]], receive: Receive, send: Send) -> None:
    """Send an answer at once, and let what still comes go by: a browser whose body is cut off shows no page at all."""
    for message in told:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], (b"connection", b"close")]
            await send({**message, "headers": headers})
        elif message.get("more_body"):
            await send(message)
        else:
            await send({**message, "more_body": True})
            await _let_by(receive)
            await send({"type": "http.response.body", "body": b""})


async def _let_by(receive: Receive) -> None:
    came = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(LET_BY_S):
            while came < LET_BY:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                came += len(message.get("body", b""))


async def _lifespan(receive: Receive, send: Send) -> None:
    apps = list(dict.fromkeys(_hot.values()))
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            assets.assets_version()
            for app in apps:
                if hasattr(app, "startup"):
                    await app.startup()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            for app in apps:
                if hasattr(app, "shutdown"):
                    await app.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
            return
