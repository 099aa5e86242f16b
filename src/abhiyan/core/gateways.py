"""A provider at one fixed address: JSON by POST, with a bearer token, within a deadline."""

import json
import ssl
import threading
import time
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx

from abhiyan.core.numbers import LARGEST_ID, whole_number

from . import environment

KEPT_S = 3.0  # an idle connection; many servers close theirs after 5 s, and what goes at that moment is lost
ANSWER_BYTES = 10_000
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "abhiyan",
}
NOTHING_WRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.LocalProtocolError)
# An answer that speaks of our settings (address, token), not of the message.
OURS = frozenset([401, 404, 405, 407])
LONGEST_WAIT_S = 60.0  # that a gateway may ask for


@dataclass(frozen=True, slots=True)
class Handed:
    """The fate of one request. ok: the provider took it. again: another try is worth it. Else it is given up.

    A time-out after the request was written is `ok` with reason "unconfirmed". The provider may have done it, and
    blindly asking again is worse than waiting for its report. is_spared: the provider did not look at it, so the
    try does not count. pause_s: the provider asks for a pause of so many seconds. is_of_one: the answer is about this
    recipient, and the provider itself is well.
    """

    ok: bool
    again: bool = False
    ref: str = ""
    reason: str = ""
    is_spared: bool = False
    pause_s: float = 0.0
    is_of_one: bool = False

    @property
    def is_trouble(self) -> bool:
        """Return True if the provider itself is in trouble."""
        return (self.again and not self.is_of_one) or self.reason == UNCONFIRMED


UNCONFIRMED = "unconfirmed"


class JsonGateway:
    """A provider at one fixed address: POST of JSON with a bearer token. Each thread keeps a connection of its own.

    setting: how the names of its settings begin, such as ABHIYAN_SMS. Raises ValueError where one cannot be used.
    """

    def __init__(self, *, url: str, token: str, setting: str) -> None:
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL:
            raise ValueError(f"{setting}_URL must be an http(s) address") from None
        if self._url.scheme not in ("https", "http") or not self._url.host:
            raise ValueError(f"{setting}_URL must be an http(s) address")
        if self._url.scheme == "http" and self._url.host not in environment.LOOPBACK:
            raise ValueError(f"{setting}_URL must be https: it carries phones")
        if not (token.isascii() and token.isprintable()):
            raise ValueError(f"{setting}_TOKEN must be letters, digits and signs")
        self._token = token
        self._own = threading.local()

    def post(self, ref: str, body: Mapping[str, str], *, wait_s: float) -> Handed:
        """Post once, within wait_s seconds in all. ref: our own reference, also the idempotency key."""
        _deadline.ends_at = time.monotonic() + wait_s
        try:
            with self._client().stream(
                "POST", self._url, content=json.dumps(body), headers={"Idempotency-Key": ref}
            ) as answer:
                return _handed(ref, answer.status_code, answer.headers, _beginning(answer))
        except NOTHING_WRITTEN:
            return Handed(ok=False, again=True, reason="no_connection", is_spared=True)
        except httpx.TransportError:
            return Handed(ok=True, ref=ref, reason=UNCONFIRMED)

    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._own, "client", None)
        if client is None:
            with _one_at_a_time:
                context = _context()
            client = self._own.client = httpx.Client(
                transport=_Transport(
                    verify=context,
                    proxy=_proxy_for(self._url),
                    limits=httpx.Limits(keepalive_expiry=KEPT_S),
                ),
                headers=HEADERS | ({"Authorization": f"Bearer {self._token}"} if self._token else {}),
                timeout=None,  # noqa: S113  # the deadline of each letter holds
            )
        return client


_one_at_a_time = threading.Lock()


@cache
def _context() -> ssl.SSLContext:
    """The machine's own authorities, read once: that takes tens of milliseconds."""
    return ssl.create_default_context()


def _proxy_for(url: httpx.URL) -> str | None:
    """The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name for an address."""
    if urllib.request.proxy_bypass(url.host):
        return None
    return urllib.request.getproxies().get(url.scheme)


def _beginning(answer: httpx.Response) -> bytes:
    """The first bytes of an answer. Its status is known by now: a connection that breaks here changes nothing."""
    head = b""
    with suppress(httpx.TransportError):
        for part in answer.iter_raw():
            head += part
            if len(head) > ANSWER_BYTES:
                break
    return head


def _handed(sent: str, status: int, headers: httpx.Headers, raw: bytes) -> Handed:
    """Read an answer. sent: our own reference of what was posted."""
    reason = f"http_{status}"
    if 200 <= status < 300:
        try:
            ref = str(json.loads(raw).get("id") or "")[:200]
        except (ValueError, AttributeError, RecursionError):
            ref = ""
        return Handed(ok=True, ref=ref if ref.isascii() and ref.isprintable() and ref else sent)
    if status == 429:
        asked_s = whole_number(headers.get("Retry-After", ""), most=LARGEST_ID)
        pause_s = 1.0 if asked_s is None else min(float(asked_s), LONGEST_WAIT_S)
        return Handed(ok=False, again=True, reason=reason, is_spared=True, pause_s=max(pause_s, 1.0))
    if status < 400 or status in OURS:
        return Handed(ok=False, again=True, reason=reason, is_spared=True)
    return Handed(ok=False, again=status >= 500, reason=reason)


class _Ends(threading.local):
    """By when the request that this thread makes must be over, on the monotonic clock."""

    ends_at = 0.0

    def left_s(self) -> float:
        return self.ends_at - time.monotonic()


_deadline = _Ends()


class _Transport(httpx.HTTPTransport):
    """Connections on which a whole request has a deadline. httpx itself starts its time-outs again with every byte."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._pool._network_backend = _Backend()  # noqa: SLF001  # httpx hands none on


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  # the deadline instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left_s = _deadline.left_s()
        if left_s <= 0:
            raise httpcore.ConnectTimeout
        return _Stream(super().connect_tcp(host, port, left_s, local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  # the deadline instead
        left_s = _deadline.left_s()
        if left_s <= 0:
            raise httpcore.ReadTimeout
        return self._inner.read(max_bytes, left_s)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  # the deadline instead
        left_s = _deadline.left_s()
        if left_s <= 0:
            raise httpcore.WriteTimeout
        self._inner.write(buffer, left_s)

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  # the deadline instead
    ) -> httpcore.NetworkStream:
        left_s = _deadline.left_s()
        if left_s <= 0:
            raise httpcore.ConnectTimeout
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left_s))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
