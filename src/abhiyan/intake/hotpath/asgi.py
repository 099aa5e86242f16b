"""One request of the hot path, from its first byte to its answer; nothing of Django's request handling."""

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol
from urllib.parse import unquote

from abhiyan.core import environment, metrics
from abhiyan.core.address import network_of, origin_of
from abhiyan.core.clock import now
from abhiyan.core.refusals import Refused
from abhiyan.enrolment.actions.claims import JoiningWaits

from . import answers, calls, claims
from .answers import HttpAnswer
from .batches import Batches, QueueFull
from .directory import Directory, Sender, Unreachable

AsgiScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[AsgiScope, Receive, Send], Awaitable[None]]

PATIENCE_S = 30  # for the rest of a body that comes in pieces.
THROWN_AWAY = 20 * 1024 * 1024  # of a body that is too large.
RETRY_S = 2  # callers wait so long while the database does not answer.
YOUNG = 20_000  # objects: about what two batches hold.
COUNTED_AT_ONCE = 1_000  # requests.
TOLD_S = 1  # the figures are at most so old.
SUMMED_UP_S = 10  # one line of log tells this many seconds of requests
log = logging.getLogger(__name__)


class Gone(Exception):
    """The caller went away before the whole body had come."""


class StraightRequest(Protocol):
    """A request as the server hands it to `take`."""

    headers: dict[bytes, bytes]
    body: bytes
    address: str
    sender: Any  # what `Application.sender` said

    def answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None: ...


class Application:
    """The hot path of one worker."""

    def __init__(self) -> None:
        self.directory = Directory(now)
        self.batches = Batches(now)
        self.calls = calls.Calls(self.directory, self.batches)
        self.claims = claims.Claims(self.directory, self.batches)
        self.is_behind_proxy = environment.BEHIND_PROXY()
        self._networks: dict[str, str] = {}
        self._seen: Counter[tuple[str, int]] = Counter()  # for the log: surface and status
        self._untold: Counter[tuple[str, int]] = Counter()  # the same, for the metrics
        self._took: list[float] = []
        self._telling: asyncio.TimerHandle | None = None
        self._summed_up_at = time.monotonic()

    async def startup(self) -> None:
        """Read tokens and numbers before the first request. A database still to come is no reason not to start."""
        # Keep loaded objects. Otherwise the collector walks all of Django again and again, because each batch brings
        # it thousands of young objects. It measured a third of a worker's time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, 20, 50)
        await self.directory.read()

    async def shutdown(self) -> None:
        """Finish what is under way."""
        await self.batches.close()
        self.calls.close()
        self.claims.close()
        await self.directory.close()
        self._tell()
        self._sum_up()

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        path: str = scope["path"]
        headers = dict(scope["headers"])
        status, surface = 500, "other"
        try:
            try:
                if path == "/api/v1/claims":
                    surface = "claims"
                    answer = await self.claims.one(self, scope, headers, receive)
                elif path == "/api/v1/claims/batch":
                    surface = "batch"
                    answer = await self.claims.many(self, scope, headers, receive)
                elif path.startswith("/hook/"):
                    surface = "hook"
                    answer = await self.calls.take(
                        self, scope, headers, receive, unquote(path).split("/")[2:]
                    )
                else:
                    raise answers.NoSuchAddress
            except Gone:
                status = 499
                return
            except Exception as failure:  # noqa: BLE001  # told and logged there
                answer = _failed(failure, headers)
            status = answer.status
            length = (b"content-length", b"%d" % len(answer.body))
            await send(
                {"type": "http.response.start", "status": status, "headers": [*answer.headers, length]}
            )
            await send({"type": "http.response.body", "body": answer.body})
        finally:
            self._count(surface, status, time.perf_counter() - started)

    def sender(self, method: bytes, path: bytes, headers: dict[bytes, bytes]) -> Sender | None:
        """Return the sender of a request that `take` may have; None when it has to come by `__call__`."""
        if path != b"/api/v1/claims" or method != b"POST":
            return None
        return self.claims.known(headers)

    def take(self, request: StraightRequest) -> None:
        """Take a single claim that has come whole, from a sender who is known: answered now, or when it is on disk."""
        started = time.perf_counter()
        headers = request.headers

        def tell(found: HttpAnswer | Exception) -> None:
            answer = _failed(found, headers) if isinstance(found, Exception) else found
            self._count("claims", answer.status, time.perf_counter() - started)
            request.answer(answer.status, answer.headers, answer.body)

        try:
            address = self._origin(headers, request.address)
            self.claims.put(request.sender, self.network(address), headers, request.body, tell)
        except Exception as failure:  # noqa: BLE001  # told and logged there
            tell(failure)

    async def body(self, headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
        """Return the whole body, at most `most` bytes. Refuses BodyTooLarge.

        A body that is too large is read and thrown away as long as that is cheap. A caller who still writes
        would not see the answer.
        """
        length_header = headers.get(b"content-length")
        length = -1  # not said: it comes in chunks
        if length_header is not None:
            length = int(length_header) if len(length_header) < 18 and length_header.isdigit() else most + 1
        is_over = length > most
        message = await receive()
        body: bytes = message.get("body", b"")
        n = len(body)
        # The server announces more even behind the last byte; who has said how many there are needs no second look.
        if n != length and message.get("more_body"):
            parts = [body]
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while message.get("more_body") and n != length and n <= THROWN_AWAY:
                        message = await receive()
                        if message["type"] == "http.disconnect":
                            raise Gone
                        part: bytes = message.get("body", b"")
                        n += len(part)
                        if n > most:
                            is_over = True
                            parts.clear()
                        else:
                            parts.append(part)
            except TimeoutError:
                raise answers.TooSlow from None
            body = b"".join(parts)
        elif message["type"] == "http.disconnect":
            raise Gone
        if is_over or n > most:
            raise answers.BodyTooLarge(limit_kb=most // 1024)
        return body

    def address(self, scope: AsgiScope, headers: dict[bytes, bytes]) -> str:
        """Return the caller's address; behind our own proxy the last one it added."""
        client = scope.get("client")
        return self._origin(headers, client[0] if client else "")

    def _origin(self, headers: dict[bytes, bytes], remote: str) -> str:
        if not self.is_behind_proxy:
            return remote
        return origin_of(headers.get(b"x-forwarded-for", b"").decode("ascii", "replace"), remote)

    def network(self, address: str) -> str:
        """Return the network an address belongs to, as it may be kept."""
        network = self._networks.get(address)
        if network is None:
            if len(self._networks) > 50_000:
                self._networks.clear()
            network = self._networks[address] = network_of(address)
        return network

    def _count(self, surface: str, status: int, seconds: float) -> None:
        self._took.append(seconds)
        self._untold[surface, status] += 1
        if len(self._took) >= COUNTED_AT_ONCE:
            self._tell()
        elif self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TOLD_S, self._tell)

    def _tell(self) -> None:
        """Hand what was counted to the metrics."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        answered: Counter[int] = Counter()
        for (_surface, status), n in self._untold.items():
            answered[status] += n
        self._seen += self._untold
        self._untold.clear()
        took, self._took = self._took, []
        metrics.seen_many("hot", answered, took)
        if time.monotonic() - self._summed_up_at > SUMMED_UP_S:
            self._sum_up()

    def _sum_up(self) -> None:
        """Write the access log: how many requests of each kind were answered how.

        The trail has the sender by batch.
        """
        self._summed_up_at = time.monotonic()
        seen, self._seen = self._seen, Counter()
        for (surface, status), n in seen.items():
            log.info("answered", extra={"facts": {"surface": surface, "status": status, "requests": n}})


def _failed(failure: Exception, headers: dict[bytes, bytes]) -> HttpAnswer:
    """Return the answer when it came to no outcome."""
    tongue = answers.tongue(headers)
    if isinstance(failure, JoiningWaits) or (isinstance(failure, Refused) and failure.status != 503):
        return answers.refusal_answer(failure, tongue)
    if isinstance(failure, QueueFull):
        return answers.refusal_answer(answers.TryLater(wait_s=1), tongue)
    if not isinstance(failure, Refused | Unreachable):
        # Nothing of the request is logged but what kind of error it was, and where.
        log.error("the hot path failed", exc_info=failure)
    return answers.refusal_answer(answers.TryLater(wait_s=RETRY_S), tongue)


application = Application()
