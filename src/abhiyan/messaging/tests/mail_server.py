"""A mail server on a socket of its own (RFC 5321): it takes, refuses, puts off and breaks off as a test wants it."""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from abhiyan.core.tests.waits import PATIENCE_S

Answer = Callable[[str], str | None]  # of an address or a command: the reply; None: take it


@dataclass
class MailServer:
    """users: who may sign in; without any nobody has to. tls: wrap at once ("tls"), on request ("starttls"), or never.

    on_rcpt: the reply to a recipient. on_end: the reply to a whole mail. breaks: where the connection ends, "data" (in
    the middle of a mail) or "end" (in place of the reply to one). hangs: no reply to a whole mail.
    """

    users: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    is_tls_at_once: bool = False
    on_rcpt: Answer = lambda _address: None
    on_end: Answer = lambda _address: None
    breaks: list[str] = field(default_factory=list)
    hangs: bool = False
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)  # taken
    said: list[str] = field(default_factory=list)  # commands
    logged_in: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.gone = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.gone.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(PATIENCE_S)

    def texts(self) -> list[tuple[str, str]]:
        return [(to, mail.get_content()) for to, mail in self.mails]

    def _serve(self) -> None:
        while not self.gone.is_set():
            try:
                line, _where = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            if self.is_tls_at_once and self.tls:
                line = self.tls.wrap_socket(line, server_side=True)
            _Talk(self, line).go()
        line.close()


class _Talk:
    """One connection."""

    def __init__(self, server: MailServer, line: socket.socket) -> None:
        self.server, self.line = server, line
        self.file: Any = line.makefile("rb")
        self.is_sealed = server.is_tls_at_once
        self.is_in, self.to = not server.users, ""

    def say(self, *lines: str) -> None:
        self.line.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def go(self) -> None:
        self.say("220 ready")
        while raw := self.file.readline():
            told = raw.decode().strip()
            self.server.said.append(told)
            word = told[:4].upper()
            if word == "QUIT":
                return self.say("221 bye")
            reply = getattr(self, f"on_{word.lower()}", lambda _told: "502 unknown")(told)
            if reply is None:
                return None
            self.say(*reply.split("\n"))
        return None

    def on_ehlo(self, _told: str) -> str:
        offers = ["250-here"]
        offers += ["250-STARTTLS"] if self.server.tls and not self.is_sealed else []
        offers += ["250-AUTH PLAIN"] if self.server.users else []
        return "\n".join([*offers, "250 8BITMIME"])

    def on_star(self, _told: str) -> str | None:
        assert self.server.tls
        self.say("220 go on")
        self.line = self.server.tls.wrap_socket(self.line, server_side=True)
        self.file, self.is_sealed = self.line.makefile("rb"), True
        return self.on_nothing()

    def on_nothing(self) -> str | None:
        while raw := self.file.readline():
            return self.on_ehlo(raw.decode())
        return None

    def on_auth(self, told: str) -> str:
        _none, user, password = base64.b64decode(told.split()[2]).decode().split("\0")
        if self.server.users.get(user) != password:
            return "535 5.7.8 wrong"
        self.is_in = True
        self.server.logged_in.append(user)
        return "235 welcome"

    def on_mail(self, _told: str) -> str:
        return "250 ok" if self.is_in else "530 5.7.0 sign in first"

    def on_rcpt(self, told: str) -> str:
        self.to = told.partition("<")[2].partition(">")[0]
        return self.server.on_rcpt(self.to) or "250 ok"

    def on_data(self, _told: str) -> str | None:
        self.say("354 go on")
        lines = []
        if "data" in self.server.breaks:
            self.server.breaks.remove("data")
            self.file.readline()
            return None
        while (line := self.file.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.hangs:
            self.server.gone.wait(PATIENCE_S)
            return None
        if "end" in self.server.breaks:
            self.server.breaks.remove("end")
            return None
        refused = self.server.on_end(self.to)
        if refused is None:
            mail = message_from_bytes(b"".join(lines), policy=default)
            assert isinstance(mail, EmailMessage)
            self.server.mails.append((self.to, mail))
        return refused or "250 kept"


@contextmanager
def mail_server(**manner: Any) -> Iterator[MailServer]:
    server = MailServer(**manner)
    try:
        yield server
    finally:
        server.close()
