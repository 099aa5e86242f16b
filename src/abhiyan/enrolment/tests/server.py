"""The hot path as it is served: one worker on loopback, spoken to over real sockets."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until

ORIGIN = "https://app.example.org"  # as the provider knows us; signatures cover it
SERVED = "served"  # name of its connections to the database, beside those of the test


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """One worker over the test's database."""

    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    folder: "tempfile.TemporaryDirectory[str]" = field(default_factory=tempfile.TemporaryDirectory)

    @property
    def log(self) -> Path:
        return Path(self.folder.name) / "server.log"

    def start(self, **environment: str) -> "Server":
        self.port = self.port or free_port()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "abhiyan.site.cli", "serve", "--here"),
                *("--host", "127.0.0.1", "--port", str(self.port)),
            ],
            env=os.environ
            | {
                "ABHIYAN_ORIGIN": ORIGIN,
                "ABHIYAN_ROLE": "app",
                "ABHIYAN_LOG_LEVEL": "INFO",
                "PGAPPNAME": SERVED,
            }
            | environment,
            stdout=subprocess.DEVNULL,
            stderr=self.log.open("wb"),
        )
        until(self._listens)
        return self

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE_S)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, dict(headers or {}))
            found = connection.getresponse()
            return Answered(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        finally:
            connection.close()

    def claim(self, token: str, told: Any, path: str = "/api/v1/claims", **headers: str) -> Answered:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        given = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept-Language": "en",
        }
        return self.send("POST", path, body, given | {k.replace("_", "-"): v for k, v in headers.items()})

    def form(self, path: str, told: Mapping[str, str], headers: Mapping[str, str]) -> Answered:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urlencode(told).encode(), kind | dict(headers))
