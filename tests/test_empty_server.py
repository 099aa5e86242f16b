"""`abhiyan init`, then `doctor`, on a server of one's own (DATABASE_URL) that has never seen us.

The same with the embedded database stands in site's test_command_line.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import database, keys, roles, schema
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.site.demo.run import MARK, _forget

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


def test_init_then_doctor_on_a_server_of_ones_own(administrator: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="abhiyan-", dir="/tmp"))
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ABHIYAN", "DATABASE", "DJANGO"))}
    environment = kept | {
        "ABHIYAN_HOME": str(folder / "home"),
        "ABHIYAN_ROLE_PREFIX": NAME,
        "DATABASE_URL": administrator,
    }

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        run("init", "--no-account")
        told = json.loads(run("doctor", "--json"))
        assert told["ok"], told
        assert not (folder / "home" / "postgres").exists(), "no embedded database beside the server"
        run("init", "--no-account")
        assert json.loads(run("doctor", "--json"))["ok"]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
        schema.prepare()

    keys.keyring.cache_clear()
    try:
        begun("one")
        begun("another")
        keys.master_path().write_text(keys.demo_master("a third") + "\n")
        keys.keyring.cache_clear()
        with pytest.raises(roles.CannotPrepare):
            _forget()
        with psycopg.connect(database.conninfo(None, dbname="postgres")) as admin:
            assert roles.owner_of(admin, NAME) == f"{NAME}_owner"
    finally:
        monkeypatch.undo()
        keys.keyring.cache_clear()
