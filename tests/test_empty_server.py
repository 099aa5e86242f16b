"""An installation on a server of one's own (DATABASE_URL) that has never seen us, with a superuser and without.

Site's test_command_line does the same with the embedded database.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, keys, roles, schema
from abhiyan.core.tests.accounts import WAYS, TestedServer
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.sample.run import MARK, _forget
from abhiyan.server.readiness import CANNOT_RUN

pytestmark = [pytest.mark.machine, pytest.mark.versions]

NAME = f"empty_server_{os.getpid()}"


@pytest.fixture
def administrator(open_database: None) -> Iterator[str]:
    """The address of a server as somebody would write it; what was made there is taken away."""
    known = conninfo_to_dict(database.conninfo(None, dbname=NAME))
    options = [
        f"{key}={quote(str(known[key]), safe='')}" for key in ("host", "port", "password") if known.get(key)
    ]
    yield f"postgresql://{known['user']}@/{NAME}?{'&'.join(options)}"
    with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(NAME)))
        for (role,) in admin.execute(
            "select rolname from pg_roles where rolname like %s", [NAME + "%"]
        ).fetchall():
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(str(role))))


@dataclass(frozen=True)
class Beginning:
    """A server that has never seen us. Only the commands that make roles are given an administrator's account."""

    way: str
    server: TestedServer
    folder: Path
    environment: dict[str, str]
    admin: str

    def run(self, *arguments: str, code: int = 0, is_admin: bool = False) -> str:
        account = {"ABHIYAN_ADMIN_DATABASE_URL": self.admin} if is_admin and self.admin else {}
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *arguments],
            env=self.environment | account,
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def begin(self) -> None:
        """The first commands of an operator."""
        if self.way == "by the file":
            assert "begins with `abhiyan roles`" in self.run("init", "--no-account", code=CANNOT_RUN)
            text = self.run("roles")
            said = self.run("init", "--no-account", code=CANNOT_RUN)
            assert f"does not let the role {NAME}_owner in" in said and "`abhiyan roles` prints" in said
            self.server.run_file(text, f"{NAME}_account")
        self.run("init", "--no-account", is_admin=True)

    def doctor(self) -> dict[str, list[str]]:
        """The texts of what fails and of what is warned of."""
        findings = json.loads(self.run("doctor", "--json"))["findings"]
        return {
            level: [finding["text"] for finding in findings if finding["level"] == level]
            for level in ("fail", "warn")
        }

    def noted(self) -> dict[str, int]:
        """The processes that serve, by kind."""
        notes = [json.loads(path.read_text()) for path in (self.folder / "home" / "run").glob("*.json")]
        return {note["kind"]: note["pid"] for note in notes}

    @contextmanager
    def serving(self, **more: str) -> Iterator[str]:
        """Its address while it serves, with its jobs."""
        port = free_port()
        command = ["serve", "--workers", "1", "--with-jobs", "--port", str(port)]
        with (self.folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "abhiyan.site.cli", *command],
                env=self.environment | more,
                stdout=log,
                stderr=log,
            )
        try:
            until(lambda: _status(f"http://127.0.0.1:{port}/healthz") == 200)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(PATIENCE_S)


@pytest.fixture(params=WAYS)
def beginning(request: pytest.FixtureRequest, open_database: None) -> Iterator[Beginning]:
    server = TestedServer.here()
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ABHIYAN", "DATABASE", "DJANGO"))}
    settings = server.settings(request.param, f"{NAME}_account", NAME)
    admin = settings.pop("ABHIYAN_ADMIN_DATABASE_URL", "")
    home = {"ABHIYAN_HOME": str(folder / "home"), "ABHIYAN_ROLE_PREFIX": NAME}
    yield Beginning(request.param, server, folder, kept | home | settings, admin)
    Beginning(request.param, server, folder, kept | home | settings, admin).run("stop")
    server.clear(NAME)
    shutil.rmtree(folder, ignore_errors=True)


def _status(address: str) -> int:
    with suppress(OSError), urlopen(address, timeout=PATIENCE_S) as answer:  # our own
        return int(answer.status)
    return 0


def test_an_installation_begins_serves_is_saved_and_restored_on_a_server_of_ones_own(
    beginning: Beginning,
) -> None:
    beginning.begin()
    findings = beginning.doctor()
    assert findings["fail"] == []
    hold_administrator = [text for text in findings["warn"] if "hold an administrator's account" in text]
    assert len(hold_administrator) == (beginning.way == "as a superuser")
    assert not (beginning.folder / "home" / "postgres").exists(), "no embedded database beside the server"
    beginning.run("init", "--no-account", is_admin=True)
    beginning.run("migrate")
    with beginning.serving() as address:
        assert _status(f"{address}/sign-in/") == 200
    key, file = beginning.folder / "key", beginning.folder / "b.age"
    public = beginning.run("backup", "keygen", "--to", str(key)).strip()
    beginning.run("backup", "--to", str(file), "--recipient", public)
    assert "--replace" in beginning.run("restore", str(file), "--identity", str(key), code=1)
    said = beginning.run("restore", str(file), "--identity", str(key), "--replace")
    (aside,) = re.findall(r"drop database \"(.+)\"", said)
    beginning.run("psql", "-c", f'drop database "{aside}"')
    beginning.run("recount")
    assert beginning.doctor()["fail"] == []
    with beginning.serving() as address:
        assert _status(f"{address}/sign-in/") == 200


def test_what_serves_and_what_it_starts_forget_the_account_that_makes_roles(beginning: Beginning) -> None:
    """One process is what the operator began: its first environment stays readable to the same user."""
    if not beginning.admin:
        return
    beginning.begin()
    with beginning.serving(ABHIYAN_ADMIN_DATABASE_URL=beginning.admin):
        # Pages may be served before the jobs begin.
        until(lambda: {"web", "jobs"} <= beginning.noted().keys())
        kinds = {kind: Path(f"/proc/{pid}/environ").read_bytes() for kind, pid in beginning.noted().items()}
        assert not any(b"ABHIYAN_ADMIN_DATABASE_URL" in kinds[kind] for kind in ("web", "jobs"))
    beginning.environment["ABHIYAN_ADMIN_DATABASE_URL"] = beginning.admin
    assert any("hold an administrator's account" in text for text in beginning.doctor()["warn"])


def test_a_demo_begun_anew_on_a_server_takes_its_own_away_and_nobody_elses(
    administrator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("ABHIYAN_HOME", str(tmp_path)),
        ("ABHIYAN_ROLE_PREFIX", NAME),
        ("ABHIYAN_DATABASE", NAME),
        ("DATABASE_URL", administrator),
    ):
        monkeypatch.setenv(name, value)

    def begun(seed: str) -> None:
        _forget()
        (tmp_path / MARK).touch()
        keys.make_master(keys.master_path(), text=keys.demo_master(seed))
        schema.prepare_database()

    keys.keyring.cache_clear()
    try:
        begun("one")
        begun("another")
        keys.master_path().write_text(keys.demo_master("a third") + "\n")
        keys.keyring.cache_clear()
        with pytest.raises(roles.CannotPrepare):
            _forget()
        with psycopg.connect(database.conninfo(None, dbname="postgres")) as admin:
            assert roles.database_owner(admin, NAME) == f"{NAME}_owner"
    finally:
        monkeypatch.undo()
        keys.keyring.cache_clear()
