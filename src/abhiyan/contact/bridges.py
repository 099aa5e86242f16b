"""The bridge of a telephone provider: it calls a caller's own phone first, then the person, and reports each step.

docs/sms.md describes the one generic adapter. The provider of the demo and of tests also times out, reports twice
and lies. Server settings alone choose between them.
"""

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import httpx
from django.conf import settings

from abhiyan.core import environment
from abhiyan.core.gateways import UNCONFIRMED, Handed, JsonGateway
from abhiyan.core.keys import keyring
from abhiyan.core.numbers import whole_number
from abhiyan.messaging.rules import signatures
from abhiyan.messaging.rules.inbound import MalformedWebhook

KIND = "bridge"  # what callbacks are signed as
ADDRESS = "/contact/bridge/"  # where callbacks come
BODY_BYTES = 4096  # of a callback
WAIT_S = 5.0  # for the provider's whole answer; the caller waits at the page
LONGEST_S = 24 * 3600
AGENT, PERSON, ENDED = REPORTS = "agent", "person", "ended"  # events of a call, in their order
DOWN = "down"  # The provider did not take a call.
HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class BridgeCall:
    """One call as the provider needs it. ref: our own reference. agent, person: E.164. at: when it was asked for."""

    ref: str
    agent: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BridgeReport:
    """A step of a call as the provider reports it. seconds: of the talk, once the call has ended."""

    ref: str
    event: str
    seconds: int = 0


class Bridge(Protocol):
    """One provider."""

    def call(self, bridge_call: BridgeCall) -> Handed:
        """Ask for one call. Several threads ask at once. The same ref asks for the same call."""


class HttpBridge:
    """A generic provider: POST {"ref", "agent", "person"} as JSON with a bearer token to one fixed address."""

    def __init__(self, *, url: str, token: str) -> None:
        self._gateway = JsonGateway(url=url, token=token, setting="ABHIYAN_BRIDGE")

    def call(self, bridge_call: BridgeCall) -> Handed:
        body = {"ref": bridge_call.ref, "agent": bridge_call.agent, "person": bridge_call.person}
        return self._gateway.post(bridge_call.ref, body, wait_s=WAIT_S)


def server_bridge() -> Bridge | None:
    """Return the provider of this server; None where there is none. The demo dials nobody, whatever is set."""
    if settings.DEMO:
        return FakeBridge(report_later)
    if environment.BRIDGE() != "http":
        return None
    return HttpBridge(url=environment.BRIDGE_URL(), token=environment.BRIDGE_TOKEN())


def secret() -> str:
    """Return what signs callbacks; "" where no provider is set, so that none is genuine."""
    if settings.DEMO:
        return keyring().derive("bridge of the demo").hex()
    return environment.BRIDGE_SECRET() if environment.BRIDGE() == "http" else ""


def ref_of(turn: UUID, n: int) -> str:
    """Return the reference of the n-th call of a turn."""
    return f"{turn.hex}-{n}"


def turn_of_ref(ref: str) -> tuple[UUID, int] | None:
    """Return the turn and the number of a call; None for what cannot be a reference of ours."""
    ident, _dash, number = ref.partition("-")
    if len(ident) != 32 or len(number) != 1 or whole_number(number, most=9) is None:
        return None
    try:
        turn_id = UUID(hex=ident)
    except ValueError:
        return None
    return (turn_id, int(number)) if ref_of(turn_id, int(number)) == ref else None


def read_bridge(body: bytes) -> BridgeReport:
    """Read a callback: {"ref", "event": "agent", "person" or "ended", "seconds" of "ended"}. MalformedWebhook."""
    try:
        report = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedWebhook("body") from None
    if not isinstance(report, dict):
        raise MalformedWebhook("body")
    ref, event, seconds = (report.get(name) for name in ("ref", "event", "seconds"))
    wrong = []
    if not isinstance(ref, str) or not 0 < len(ref) <= 100:
        wrong.append("ref")
    if event not in (AGENT, PERSON, ENDED):
        wrong.append("event")
    if event == ENDED and (
        not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST_S
    ):
        wrong.append("seconds")
    if wrong:
        raise MalformedWebhook(*wrong)
    return BridgeReport(str(ref), str(event), int(seconds) if event == ENDED and seconds else 0)


# --- the provider of the demo and of tests ---


@dataclass(frozen=True, slots=True)
class FakeStep:
    """The fake provider reports this, so many seconds after it was asked."""

    after_s: float
    told: Mapping[str, Any]


def story(bridge_call: BridgeCall) -> tuple[Handed, list[FakeStep]]:
    """Tell a call by the last digit of the person's number. A pure function, so it never changes its mind.

    5: nobody answers at the provider. 6: it times out, and calls all the same. 7: it reports everything twice.
    8: it lies. 9: the person does not pick up. Else: a talk of 25 seconds.
    """
    taken, way = Handed(ok=True, ref=bridge_call.ref), bridge_call.person[-1]
    answered = FakeStep(4, {"ref": bridge_call.ref, "event": AGENT})
    connected = FakeStep(8, {"ref": bridge_call.ref, "event": PERSON})
    ended = FakeStep(35, {"ref": bridge_call.ref, "event": ENDED, "seconds": 25})
    if way == "5":
        return Handed(ok=False, again=True, reason="no_connection", is_spared=True), []
    if way == "6":
        return Handed(ok=True, ref=bridge_call.ref, reason=UNCONFIRMED), [answered, connected, ended]
    if way == "7":
        return taken, [answered, answered, connected, connected, ended, ended]
    if way == "8":
        lies: list[dict[str, Any]] = [
            {"ref": bridge_call.ref, "event": ENDED, "seconds": -25},
            {"ref": bridge_call.ref, "event": ENDED, "seconds": 80_000},
            {"ref": ref_of(UUID(int=0), 1), "event": ENDED, "seconds": 25},
            {"ref": bridge_call.ref, "event": "married"},
        ]
        return taken, [answered, connected, *(FakeStep(35, lie) for lie in lies)]
    if way == "9":
        return taken, [answered, FakeStep(30, {"ref": bridge_call.ref, "event": ENDED, "seconds": 0})]
    return taken, [answered, connected, ended]


def sign_callback(told: Mapping[str, Any], *, at: datetime, by: str = "") -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a callback as a provider sends it. by: another secret than ours."""
    body, at_s = json.dumps(told).encode(), int(at.timestamp())
    signature = signatures.generic_signature(at_s, KIND, body, by or secret())
    return body, {"X-Signature": f"t={at_s},v2={signature}"}


class FakeBridge:
    """A provider that calls nobody. later: takes each step with the instant it is due, and sends it then."""

    def __init__(self, later: Callable[[FakeStep, datetime], None]) -> None:
        self._later = later

    def call(self, bridge_call: BridgeCall) -> Handed:
        handed, steps = story(bridge_call)
        for step in steps:
            self._later(step, bridge_call.at + timedelta(seconds=step.after_s))
        return handed


def report_later(step: FakeStep, due: datetime) -> None:
    """Send a step to our own address when it is due."""

    def send() -> None:
        body, headers = sign_callback(step.told, at=due)
        with suppress(httpx.TransportError):  # the demo was ended meanwhile
            httpx.post(
                settings.ORIGIN + ADDRESS,
                content=body,
                headers=HEADERS | headers,
                timeout=WAIT_S,
                trust_env=False,  # no proxy on the way to ourselves
            )

    timer = threading.Timer(step.after_s, send)
    timer.daemon = True
    timer.start()
