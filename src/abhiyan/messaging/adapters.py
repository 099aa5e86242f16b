"""Ways out: console and file for development, generic HTTP for a real gateway. Chosen by server settings only."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from abhiyan.core import environment, home
from abhiyan.core.gateways import Handed as Handed  # noqa: PLC0414  # what an adapter answers
from abhiyan.core.gateways import JsonGateway

from .mail import Smtp


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as an adapter needs it. ref: our own reference, also the gateway's idempotency key.

    phone: E.164; "" of a mail, which goes to `email`.

    registration, entity, header: ids of the text and its sender on DLT; "" where there is none. wait_s: how long its
    gateway may take, in all.
    """

    ref: str
    phone: str
    text: str
    template: str
    registration: str
    entity: str = ""
    header: str = ""
    wait_s: float = 15.0
    email: str = ""
    language: str = ""
    at: datetime | None = None  # of a mail

    @property
    def to(self) -> str:
        """The phone, or the address of a mail."""
        return self.email or self.phone


class Adapter(Protocol):
    """One way out."""

    name: str

    def hand(self, letter: Letter) -> Handed:
        """Give one message to the outside. Several threads call it at once."""


class Console:
    """Prints to standard error: for a developer's own terminal, never where logs are kept."""

    name = "console"

    def hand(self, letter: Letter) -> Handed:
        sys.stderr.write(f"to {letter.to}: {letter.text}\n")
        return Handed(ok=True, ref=letter.ref)


class File:
    """Appends to outbox/messages.jsonl in the data folder, readable by its owner only."""

    name = "file"

    def hand(self, letter: Letter) -> Handed:
        folder = home.home_folder() / "outbox"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = json.dumps({"ref": letter.ref, "to": letter.to, "text": letter.text}, ensure_ascii=False)
        handle = os.open(folder / "messages.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(line + "\n")
        return Handed(ok=True, ref=letter.ref)


class MailOff:
    """No mail leaves by this server's settings: what an earlier setting queued is given up."""

    name = "off"

    def hand(self, _letter: Letter) -> Handed:
        return Handed(ok=False, reason="email_off")


class Http:
    """A generic gateway: POST {"ref", "to", "text", "entity", "header", "template"} as JSON to one fixed address.

    It carries a bearer token.
    """

    name = "http"

    def __init__(self, *, url: str, token: str) -> None:
        self._gateway = JsonGateway(url=url, token=token, setting="ABHIYAN_SMS")

    def hand(self, letter: Letter) -> Handed:
        body = {"ref": letter.ref, "to": letter.phone, "text": letter.text}
        body |= {"entity": letter.entity, "header": letter.header, "template": letter.registration}
        return self._gateway.post(letter.ref, body, wait_s=letter.wait_s)


# Each by the name ABHIYAN_SMS gives it (core.environment).
ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "console": Console,
    "file": File,
    "http": lambda: Http(url=environment.SMS_URL(), token=environment.SMS_TOKEN()),
}

# Each by the name ABHIYAN_EMAIL gives it.
MAIL_ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "console": Console,
    "file": File,
    "off": MailOff,
    "smtp": Smtp,
}


def gateway_problem() -> str:
    """Why SMS reach nobody by this server's settings: "unset" (into a file nobody chose), "wrong"; "" if set."""
    if not environment.SMS.is_set and not settings.DEMO:  # the demo shows its file on a page
        return "unset"
    try:
        adapter()
    except ValueError:
        return "wrong"
    return ""


def adapter() -> Adapter:
    """The way out this server is set to (ABHIYAN_SMS: console, file or http; file unless set)."""
    return ADAPTERS[environment.SMS()]()


def mail_adapter() -> Adapter:
    """The way out of mails this server is set to (ABHIYAN_EMAIL; off unless set)."""
    return MAIL_ADAPTERS[environment.EMAIL()]()
