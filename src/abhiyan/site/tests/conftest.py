"""An installation of its own, driven through the command line as an operator would."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S

if TYPE_CHECKING:  # it cannot be imported before Django is set up
    from abhiyan.enrolment.tests.server import Server


@dataclass(frozen=True)
class Installation:
    home: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("ABHIYAN", "DATABASE", "DJANGO", "PROMETHEUS"))
        }
        return kept | {"ABHIYAN_HOME": str(self.home), "ABHIYAN_PORT": str(self.port)}

    def run(self, *arguments: str, code: int = 0, **more: str) -> str:
        """One command to its end; what it printed. Fails when it ends with another exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *arguments],
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def start(
        self, *arguments: str, stdout: IO[bytes] | int = subprocess.DEVNULL, **more: str
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "abhiyan.site.cli", *arguments],
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=(self.home.parent / "log").open("ab"),
        )


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Tests begun in the background of a script would hand on to what they start that Ctrl-C is ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder the database's user may pass through. Databases in it are ended afterwards."""
    made = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        for home in made.iterdir():
            embedded.stop_database(home)
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def served(django_db_setup: None) -> Iterator[Server]:
    """A running server over the test's own database."""
    from abhiyan.enrolment.tests.server import Server

    server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def installation(folder: Path) -> Iterator[Installation]:
    """Initialised, with its embedded database, nothing running."""
    made = Installation(home=folder / "home", port=free_port())
    made.run("init", "--no-account")
    (made.home / "postgres.local.conf").write_text("fsync = off\n")
    yield made
    made.run("stop")
