"""Ways out: console and file for development, generic HTTP for a real gateway. Chosen by server settings only."""

import json
import os
import ssl
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

from abhiyan.core import environment, home


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as an adapter needs it. ref: our own reference, also the gateway's idempotency key."""

    ref: str
    phone: str
    text: str
    template: str
    registration: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of it. ok: taken by the gateway; again: worth another try; else it is given up.

    A time-out after the request was written is `ok` with reason "unconfirmed": it may have been sent, and sending
    blindly again is worse than waiting for its delivery report.
    """

    ok: bool
    again: bool = False
    ref: str = ""
    reason: str = ""


class Adapter(Protocol):
    """One way out."""

    name: str

    def hand(self, letter: Letter) -> Handed:
        """Give one message to the outside."""


class Console:
    """Prints to standard error: for a developer's own terminal, never where logs are kept."""

    name = "console"

    def hand(self, letter: Letter) -> Handed:
        sys.stderr.write(f"to {letter.phone}: {letter.text}\n")
        return Handed(ok=True, ref=letter.ref)


class File:
    """Appends to outbox/messages.jsonl in the data folder, readable by its owner only."""

    name = "file"

    def hand(self, letter: Letter) -> Handed:
        folder = home.path() / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json.dumps({"ref": letter.ref, "to": letter.phone, "text": letter.text}, ensure_ascii=False)
        handle = os.open(folder / "messages.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(line + "\n")
        return Handed(ok=True, ref=letter.ref)


class Http:
    """A generic gateway: POST {"ref", "to", "text", "template"} as JSON with a bearer token to one fixed address."""

    name = "http"

    def __init__(self, *, url: str, token: str, timeout_s: float = 15.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("ABHIYAN_SMS_URL must be an http(s) address")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("ABHIYAN_SMS_URL must be https: it carries phones")
        self.url, self.token, self.timeout_s = url, token, timeout_s

    def hand(self, letter: Letter) -> Handed:
        body = json.dumps(
            {"ref": letter.ref, "to": letter.phone, "text": letter.text, "template": letter.registration}
        ).encode()
        request = urllib.request.Request(  # noqa: S310  # scheme checked above; the address is a server setting
            self.url,
            body,
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": letter.ref,
            },
            method="POST",
        )
        try:
            with urllib.request.urlopen(  # noqa: S310
                request, timeout=self.timeout_s, context=ssl.create_default_context()
            ) as answer:
                raw = answer.read(10_000)
        except urllib.error.HTTPError as error:
            return Handed(ok=False, again=error.code == 429 or error.code >= 500, reason=f"http_{error.code}")
        except TimeoutError:
            return Handed(ok=True, ref=letter.ref, reason="unconfirmed")
        except urllib.error.URLError:
            return Handed(ok=False, again=True, reason="no_connection")  # raised before anything was written
        except OSError:
            return Handed(ok=True, ref=letter.ref, reason="unconfirmed")
        try:
            ref = str(json.loads(raw).get("id") or letter.ref)[:200]
        except (ValueError, AttributeError):
            ref = letter.ref
        return Handed(ok=True, ref=ref)


def problem() -> str:
    """Why messages reach nobody by this server's settings: "unset" (into a file nobody chose), "wrong"; "" if set."""
    if not environment.SMS.is_set and not settings.DEMO:  # the demo shows its file on a page
        return "unset"
    try:
        adapter()
    except ValueError:
        return "wrong"
    return ""


def adapter() -> Adapter:
    """The way out this server is set to (ABHIYAN_SMS: console, file or http; file unless set)."""
    kind = environment.SMS()
    if kind == "http":
        return Http(url=environment.SMS_URL(), token=environment.SMS_TOKEN())
    return Console() if kind == "console" else File()
