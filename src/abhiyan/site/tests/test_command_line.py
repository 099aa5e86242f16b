"""The command line, as an operator meets it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from abhiyan.core import embedded, keys, sealing
from abhiyan.core.tests.ports import free_port
from abhiyan.server import processes
from abhiyan.server.readiness import CANNOT_RUN
from abhiyan.site import benches, cli

from .conftest import Installation

pytestmark = pytest.mark.machine


def test_help_names_every_command_without_importing_django() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "abhiyan.site.cli", "--help"],
        env={"PATH": os.environ["PATH"], "ABHIYAN_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )
    for name in (
        "init",
        "demo",
        "serve",
        "jobs",
        "stop",
        "migrate",
        "recount",
        "doctor",
        "backup",
        "restore",
        "bench",
    ):
        assert f"  {name} " in done.stdout
    assert "django.db" not in done.stderr, "help imports Django"


@pytest.mark.parametrize("name", cli.ORDER)
def test_every_command_explains_itself_before_anything_is_made_or_set_rightly(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "abhiyan.site.cli", name, "--help"],
        env={"PATH": os.environ["PATH"], "ABHIYAN_HOME": "/nonexistent", "ABHIYAN_PORT": "abc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 4


def test_without_keys_every_command_says_what_to_do(tmp_path: Path) -> None:
    nowhere = Installation(home=tmp_path / "nowhere", port=1)
    for command in (["doctor"], ["serve"], ["jobs"], ["recount"], ["migrate"]):
        assert "run `abhiyan init`" in nowhere.run(*command, code=CANNOT_RUN)
    assert "Nothing runs" in nowhere.run("stop")
    assert not nowhere.home.exists()


def test_a_wrong_setting_is_refused_by_every_command_before_it_does_anything(tmp_path: Path) -> None:
    nowhere = Installation(home=tmp_path / "nowhere", port=1)
    for name in cli.ORDER:
        told = nowhere.run(name, code=CANNOT_RUN, ABHIYAN_LOG_LEVEL="LOUD", ABHIYAN_PORT="abc")
        assert [line.removeprefix("Error: ").partition("=")[0] for line in told.splitlines()] == [
            "ABHIYAN_PORT",
            "ABHIYAN_LOG_LEVEL",
        ]
    assert not nowhere.home.exists()


def test_a_data_folder_that_cannot_be_made_is_said_with_the_fix() -> None:
    nowhere = Installation(home=Path("/proc/nowhere/home"), port=1)
    told = nowhere.run("init", "--no-account", code=CANNOT_RUN)
    assert told.startswith("Error: The data folder /proc/nowhere/home cannot be used")
    assert "ABHIYAN_HOME" in told


def test_init_then_doctor_finds_nothing_failing(installation: Installation) -> None:
    told = json.loads(installation.run("doctor", "--json"))
    assert told["ok"]
    assert {
        "keys",
        "roles",
        "policies",
        "versions",
        "clock",
        "disk",
        "audit",
        "migrations",
        "loops",
        "texts",
    } <= {finding["check"] for finding in told["findings"]}
    assert not embedded.is_running(installation.home), "who started the database ends it"


def test_init_may_be_repeated_and_keeps_the_key(installation: Installation) -> None:
    key = installation.home / "keys" / "master.key"
    before = key.read_text()
    assert key.stat().st_mode & 0o077 == 0
    told = installation.run("init", "--no-account")
    assert key.read_text() == before
    assert "up to date" in told
    assert before.strip() not in told


def test_a_process_is_known_by_more_than_its_number(installation: Installation, tmp_path: Path) -> None:
    """A note left behind by a kill may name a number that somebody else has now."""
    run = installation.home / "run"
    run.mkdir(exist_ok=True)
    note = {"kind": "jobs", "pid": os.getpid(), "born": "another-boot/1", "port": None}
    (run / f"jobs-{os.getpid()}.json").write_text(json.dumps(note))
    assert "Nothing runs" in installation.run("stop")
    assert not (run / f"jobs-{os.getpid()}.json").exists()
    assert processes.born(os.getpid())
    assert processes.born(2**22 + 1) == ""


@pytest.fixture(scope="module")
def database_runs(installation: Installation) -> Iterator[None]:
    """Its database runs already: commands that start and end it have been seen above, and take twice as long."""
    embedded.ensure_running(installation.home)
    yield
    embedded.stop_database(installation.home)


@pytest.mark.usefixtures("database_runs")
def test_init_makes_the_first_administrator_and_gives_a_link_once_more_when_asked(
    installation: Installation,
) -> None:
    asked = ("init", "--name", "Asha Devi", "--phone")
    first = installation.run(*asked, "98100 12345")
    again = installation.run(*asked, "+91 98100-12345")
    other = installation.run(*asked, "98100 12346")
    assert "already" not in first and "abroad" not in first
    assert "older links no longer sign in" in again
    assert "one more administrator's now; the other one stays" in other
    links = [
        line.strip() for told in (first, again) for line in told.splitlines() if "/sign-in/console/" in line
    ]
    assert len(links) == 2
    assert links[0] != links[1]
    assert all(link.startswith(f"http://localhost:{installation.port}/") for link in links)
    assert "12345" not in again.replace(links[1], ""), "a phone is not shown on the screen"
    assert installation.run(*asked, "12", code=1).startswith("The tables are up to date.")


@pytest.mark.usefixtures("database_runs")
def test_init_names_data_officers_and_says_when_there_are_too_few(installation: Installation) -> None:
    asked = ("init", "--name", "Asha Devi", "--phone", "98100 12345")
    assert "Data officers at the top: 0; 2 are needed." in installation.run(*asked)
    both = ("--officer", "Ravi Kumar", "98100 22345", "--officer", "Meena Bai", "98100 22346")
    refused = installation.run(*asked, "--officer", "Ravi Kumar, president", "98100 22345", code=1)
    assert "Ravi Kumar, president: Write the name" in refused, "of several people it says whom"
    told = installation.run(*asked, *both)
    assert "Ravi Kumar is a data officer as soon as there are units." in told and "are needed" not in told
    links = [line.strip() for line in told.splitlines() if "/sign-in/console/" in line]
    assert len(set(links)) == 3
    for link in links:
        told = told.replace(link, "")
    assert "22345" not in told, "a phone is not shown on the screen"
    listed = installation.run("officers", "list")
    assert "Ravi Kumar  •••• 2345  waits for the first units" in listed
    assert "Ended." in installation.run("officers", "end", "98100 22346", "--reason", "moved away")
    assert "Data officers at the top: 1;" in installation.run("officers", "list")
    told = installation.run("officers", "name", "Meena Bai", "98100 22346")
    assert "Meena Bai is a data officer as soon as there are units." in told and "/sign-in/console/" in told
    refused = installation.run("officers", "name", "Asha Devi", "98100 12345", code=1)
    assert "This is an administrator's number." in refused


@pytest.mark.usefixtures("database_runs")
def test_a_second_proof_lost_at_the_top_is_taken_away_on_the_console(installation: Installation) -> None:
    root = ("init", "--name", "Asha Devi", "--phone", "98100 12345")
    officer = ("officers", "name", "Ravi Kumar", "98100 22345")
    gone = "Their second proofs and sessions are gone"
    for asked in (root, officer):
        assert gone not in installation.run(*asked)
        told = installation.run(*asked, "--lost-proof")
        assert gone in told and "/sign-in/console/" in told


def test_init_without_a_terminal_names_the_options_and_makes_nothing(tmp_path: Path) -> None:
    new = Installation(home=tmp_path / "new", port=1)
    told = new.run("init", "--name", "Asha Devi", code=2)
    assert all(option in told for option in ("--name", "--phone", "--no-account")) and "Aborted" not in told
    assert not new.home.exists()


@pytest.mark.usefixtures("database_runs")
def test_what_is_to_be_copied_begins_as_the_program_was_called(
    installation: Installation, tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("abhiyan")
    given = ("init", "--name", "Asha Devi", "--phone", "98100 12347")

    def told(command: Path, **more: str) -> str:
        done = subprocess.run(
            [command, *given], env=installation.environment | more, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()[-1]

    assert told(program, PATH="/usr/bin:/bin") == f"Serve with: {program} serve --with-jobs"
    assert told(program, PATH=f"{program.parent}:/usr/bin:/bin") == "Serve with: abhiyan serve --with-jobs"


@pytest.mark.usefixtures("database_runs")
def test_a_lost_key_is_not_replaced_by_a_new_one(installation: Installation) -> None:
    key = installation.home / "keys" / "master.key"
    aside = key.with_suffix(".aside")
    key.rename(aside)
    try:
        assert "Put the key back" in installation.run("init", "--no-account", code=CANNOT_RUN)
        assert not key.exists()
    finally:
        aside.rename(key)


@pytest.mark.usefixtures("database_runs")
def test_doctor_refuses_the_demos_key_outside_the_demo(installation: Installation, tmp_path: Path) -> None:
    """The roles' passwords follow from the key, so the database itself is out of reach under another one."""
    demo_key = tmp_path / "demo.key"
    demo_key.write_text("demo-" + "ab" * 32 + "\n")
    demo_key.chmod(0o600)
    told = installation.run("doctor", "--json", code=1, ABHIYAN_MASTER_KEY_FILE=str(demo_key))
    findings = json.loads(told)["findings"]
    (key,) = [finding for finding in findings if finding["check"] == "keys"]
    assert key["level"] == "fail"
    assert "demo" in key["text"]
    assert "demo's key" in installation.run("init", code=CANNOT_RUN, ABHIYAN_MASTER_KEY_FILE=str(demo_key))


@pytest.mark.usefixtures("database_runs")
def test_a_server_that_the_database_does_not_know_does_not_begin(installation: Installation) -> None:
    for command in (["serve", "--with-jobs"], ["jobs"], ["recount"]):
        told = installation.run(*command, code=CANNOT_RUN, ABHIYAN_ROLE_PREFIX="another")
        assert "Are the master key, ABHIYAN_ROLE_PREFIX" in told
        assert "Serving on" not in told


@pytest.mark.usefixtures("database_runs")
def test_a_database_of_a_version_before_the_first_release_is_refused_and_left_as_it_is(
    installation: Installation,
) -> None:
    def state() -> list[tuple[object, ...]]:
        with psycopg.connect(embedded.superuser_conninfo(installation.home), dbname="abhiyan") as admin:
            return admin.execute(
                "select app, name, applied::text from django_migrations union all"
                " select rolname, rolpassword, null from pg_authid order by 1, 2, 3"
            ).fetchall()

    installation.run("init", "--no-account")
    installation.run(
        "psql", "-c", "insert into django_migrations (app, name, applied) values ('core', '0001_era', now())"
    )
    try:
        before = state()
        for command in (["init", "--no-account"], ["migrate"], ["migrate", "--check"], ["serve"], ["jobs"]):
            told = installation.run(*command, code=CANNOT_RUN)
            assert told.count("A version before the first release made this database") == 1
            assert "pending" not in told
        assert state() == before
    finally:
        installation.run("psql", "-c", "delete from django_migrations where name = '0001_era'")


def test_who_looks_into_another_folder_makes_no_database_there(tmp_path: Path) -> None:
    other = Installation(home=tmp_path / "other", port=1)
    key = other.home / "keys" / "master.key"
    keys.make_master(key)
    for command in (["doctor"], ["serve"], ["jobs"], ["recount"]):
        assert "There is no database" in other.run(*command, code=CANNOT_RUN)
    assert not (other.home / "postgres").exists()


def test_a_demo_is_never_made_real_and_runs_once(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = Installation(home=tmp_path / "demo", port=installation.port)
    keys.make_master(demo.home / "keys" / "master.key", text=keys.demo_master("seed"))
    (demo.home / "demo").touch()
    assert "demo's key" in demo.run("init", "--no-account", code=CANNOT_RUN)
    monkeypatch.setenv("ABHIYAN_HOME", str(demo.home))
    with processes.noted_process("demo", port=demo.port):
        told = demo.run("demo", code=1)
    assert f"demo on http://localhost:{demo.port} (process {os.getpid()})" in told
    assert not (demo.home / "postgres").exists()


@pytest.mark.parametrize(("at", "told"), [("soon", "write it as"), ("2999-01-01", "lies in the future")])
def test_an_instant_for_the_demo_that_cannot_be_is_refused(tmp_path: Path, at: str, told: str) -> None:
    demo = Installation(home=tmp_path / "demo", port=free_port())
    assert told in demo.run("demo", "--at", at, code=2)
    assert not demo.home.exists()


@pytest.mark.usefixtures("database_runs")
def test_backup_and_restore_by_the_command_line(installation: Installation, tmp_path: Path) -> None:
    public = installation.run("backup", "keygen", "--to", str(tmp_path / "secret")).strip()
    sealing.public_key(public)
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert "never overwritten" in installation.run(
        "backup", "keygen", "--to", str(tmp_path / "secret"), code=1
    )
    assert "--recipient" in installation.run("backup", "--to", str(tmp_path), code=2)
    installation.run("backup", "--to", str(tmp_path / "x.age"), "--recipient", public, "--keep", "2", code=2)
    told = json.loads(installation.run("backup", "--to", str(tmp_path), "--recipient", public, "--json"))
    common = [told["file"], "--identity", str(tmp_path / "secret")]
    assert "Whole" in installation.run("restore", *common, "--check")
    assert "--replace" in installation.run("restore", *common, code=1)
    restored = installation.run("restore", *common, "--replace")
    assert "recount" in restored
    (drop,) = [line.strip() for line in restored.splitlines() if "drop database" in line]
    kept = drop.split('"')[1]
    assert kept in installation.run("psql", "-Atc", "select datname from pg_database")
    installation.run("psql", "-c", f'drop database "{kept}"')
    assert kept not in installation.run("psql", "-Atc", "select datname from pg_database")
    assert "does not exist" in installation.run("psql", "-c", f'drop database "{kept}"', code=1)
    told = json.loads(installation.run("doctor", "--audit", "--json"))
    (last,) = [finding for finding in told["findings"] if finding["check"] == "backups"]
    assert last["level"] == "ok" and "the one this was restored from" in last["text"]
    assert ("loops", "warn") in {(finding["check"], finding["level"]) for finding in told["findings"]}


def test_a_restore_without_the_master_key_asks_for_the_kept_one(tmp_path: Path) -> None:
    elsewhere = Installation(home=tmp_path / "elsewhere", port=1)
    (tmp_path / "b").write_bytes(b"x")
    told = elsewhere.run("restore", str(tmp_path / "b"), "--identity", str(tmp_path / "b"), code=CANNOT_RUN)
    assert f"install -D -m 600 master.key '{elsewhere.home}/keys/master.key'" in told
    assert not elsewhere.home.exists()


def test_bench_rows_carry_their_ratio_and_are_written_with_machine_and_versions() -> None:
    rows = {"act": [{"name": "a/b", "value": 3.0, "reference_value": 2.0, "unit": "rows/s", "ratio": 1.5}]}
    page = benches.markdown(rows, quick=False, at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert "| `a/b` | 3.00 | 2.00 | rows/s | 1.50 |" in page
    assert "cores of" in page
    assert "Python 3" in page
