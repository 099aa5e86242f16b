"""`abhiyan restore`, killed at each of its steps: it has not happened, or what was said since the backup holds."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import backup, clock, database, keys, sealing
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.test_backup import drop_like
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.enrolment import actions
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import CHANNEL, World
from abhiyan.people.actions import sessions
from abhiyan.server import processes

pytestmark = pytest.mark.machine

SECRET, PUBLIC = sealing.new_pair()

# Runs the command line again and again, each time in a child of its own. SIGKILL ends it at the line it got ("" to
# let it end); says how the child ended. Each child has loaded everything already.
WATCHED = """
import json, os, signal, sys

import django

os.environ |= {"ABHIYAN_ROLE": "owner", "ABHIYAN_POOL": "0", "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings"}
django.setup()
from django.core import checks
from django.db.migrations.loader import MigrationLoader

from abhiyan.core import backup
from abhiyan.server import readiness
from abhiyan.site.cli import main

checks.run_checks()
MigrationLoader(None)

def watched(place):
    def line(frame, event, _):
        if event == "line" and str(frame.f_lineno) == place:
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    if place:
        sys.settrace(lambda frame, event, _: line if frame.f_code.co_filename == backup.__file__ else None)
    main(prog_name="abhiyan")

for asked in sys.stdin:
    place, *sys.argv[1:] = json.loads(asked)
    if not (child := os.fork()):
        watched(place)
    print("ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
STEPS = ("restore_backup", "tell_restored", "_take_the_place", "finish")


def places() -> dict[int, str]:
    """The steps of a restore, by line: each statement of its own functions that is there for what it does."""
    return {
        one.lineno: ast.unparse(one).splitlines()[0]
        for function in ast.parse(Path(backup.__file__).read_text()).body
        if isinstance(function, ast.FunctionDef) and function.name in STEPS
        for one in ast.walk(function)
        if (isinstance(one, ast.Expr) and isinstance(one.value, ast.Call))
        or isinstance(one, ast.With)
        or (isinstance(one, ast.Return) and function.name == "restore_backup")
    }


@dataclass
class Restored:
    """An installation over a database of its own on the tests' server, and a backup from before Asha left."""

    folder: Path
    name: str
    environment: dict[str, str]

    def run(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def command(self) -> list[str]:
        return ["restore", str(self.folder / "b.age"), "--identity", str(self.folder / "key"), "--replace"]

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(database.conninfo(None, dbname=self.name), autocommit=True) as admin:
            cursor = admin.execute(query)
            return list(cursor.fetchall()) if cursor.description else []

    def mark(self) -> None:
        """Something in the database and in the files that no backup holds."""
        self.ask(
            "insert into core_rate_count (key, n, ends_at) values ('here', 1, now()) on conflict do nothing"
        )
        (self.files / "here").touch()

    def doctor(self) -> list[dict[str, str]]:
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", "doctor", "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        found: list[dict[str, str]] = json.loads(done.stdout)["findings"]
        assert done.returncode == (1 if any(one["level"] == "fail" for one in found) else 0)
        return found

    def databases(self) -> list[str]:
        found = self.ask(f"select datname from pg_database where starts_with(datname, '{self.name}')")
        return sorted(str(name) for (name,) in found)

    @property
    def is_as_it_was(self) -> bool:
        return bool(self.ask("select 1 from core_rate_count where key = 'here'"))

    @property
    def what_holds(self) -> list[tuple[object, ...]]:
        """Living members, standing noes, open sessions: of Asha, who has left since, and of Bilal."""
        return self.ask(
            "select (select count(*) from enrolment_membership where ended_on is null),"
            " (select count(*) from people_suppression where scope = 'all' and lifted_at is null),"
            " (select count(*) from people_session where ended_at is null)"
        )


@pytest.fixture(scope="module")
def restored(open_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    """Make one for all tests. Each of them begins with a restore of it."""
    folder, master = tmp_path_factory.mktemp("restored"), keys.master_path()
    known = conninfo_to_dict(database.conninfo(None))
    where = urlencode([(key, value) for key, value in known.items() if key != "dbname"])
    world = World.make()
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    sessions.start(account_id=1, device="", origin="", at=clock.now())
    name = f"{database.database_name()}_killed"
    drop_like(name)
    (folder / "key").write_text(SECRET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABHIYAN_MASTER_KEY_FILE", str(master))
        patch.setenv("ABHIYAN_HOME", str(folder))
        patch.setenv("DATABASE_URL", f"postgresql:///postgres?{where}")
        patch.setenv("ABHIYAN_FILES", str(folder / "files"))
        backup.take_backup(to=folder / "b.age", recipient=PUBLIC, at=clock.now())
        world.now = clock.now()
        phone = world.asha.phone
        assert actions.leave_by_phone(phone=phone, channel=Channel.SMS, by=CHANNEL, at=world.now) == 1
        kept = {key: value for key, value in os.environ.items() if key != "ABHIYAN_DATABASE"}
        yield Restored(folder, name, kept | {"ABHIYAN_DATABASE": name, "ABHIYAN_ROLE": "owner"})
        drop_like(name)


@dataclass
class Restoring:
    """The command line in a process that has loaded everything; what it printed is kept."""

    restored: Restored
    process: "subprocess.Popen[str]"
    said: str = ""

    def __call__(self, line: int | str, *arguments: str) -> int:
        """A command (a restore, where none is named), killed at a line or ("") to the end. How it ended."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.said = ""
        print(
            json.dumps([str(line), *(arguments or self.restored.command)]),
            file=self.process.stdin,
            flush=True,
        )
        for said in self.process.stdout:
            if said.startswith("ended "):
                return int(said.split()[1])
            self.said += said
        pytest.fail("the process that watches has ended")


@pytest.fixture(scope="module")
def restoring(restored: Restored) -> Iterator[Restoring]:
    running = subprocess.Popen(
        [sys.executable, "-c", WATCHED],
        env=restored.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Restoring(restored, running)
    assert running.stdin is not None
    running.stdin.close()
    assert running.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_restore_killed_at_any_of_its_steps_has_not_happened_or_holds_what_was_said_since(
    restored: Restored, restoring: Restoring, every: int
) -> None:
    """every: at each step, or, in `make test`, at each fourth."""
    assert restoring("") == 0
    held = [(1, 1, 0)]
    assert restored.what_holds == held
    outcomes: dict[str, str] = {}
    for line, text in sorted(places().items())[::every]:
        restored.mark()
        if restoring(line) == 0:
            continue  # what is done only when something fails
        half = backup.half_done(None, restored.name)
        if restored.is_as_it_was:
            outcomes[text] = "never"
            assert half is None and (restored.files / "here").exists(), text
            continue
        outcomes[text] = "half" if half else "done"
        assert restored.what_holds == held, text
        if half:
            assert restoring("", "restore", "--json") == 0, text
            told = json.loads(restoring.said)
            assert (Path(told["set_aside"]["files"]) / "here").exists(), text
            assert told == half["told"] | {key: told[key] for key in ("set_aside", "set_otherwise")}
            assert "ABHIYAN_DATABASE was" in " ".join(told["set_otherwise"])
        assert not (restored.files / "here").exists(), text
        assert backup.half_done(None, restored.name) is None
    assert {"never", "half", *(["done"] if every == 1 else [])} <= set(outcomes.values()), outcomes


# Phones leave one after the other, as through a server nobody has stopped. Each is printed once it is acknowledged.
LEAVING = """
import os, sys

import django

os.environ |= {"ABHIYAN_ROLE": "app", "ABHIYAN_POOL": "0", "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings"}
django.setup()
from django.db import Error, connection
from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.enrolment import actions
from abhiyan.enrolment.tests.make import CHANNEL

number = 9906100000
while True:
    number += 1
    phone = f"+91{number}"
    try:
        actions.leave_by_phone(phone=phone, channel=1, by=CHANNEL, at=clock.now())
    except Error:
        connection.close()
        continue
    print(keyring().phone_id(phone), flush=True)
"""


def test_who_leaves_while_a_restore_takes_the_place_of_their_database_has_left_afterwards(
    restored: Restored, restoring: Restoring
) -> None:
    assert restoring("") == 0
    log = restored.folder / "left"
    with log.open("wb") as out:
        leaving = subprocess.Popen([sys.executable, "-c", LEAVING], env=restored.environment, stdout=out)
        try:
            until(lambda: log.read_text().count("\n") >= 100)
            assert restoring("") == 0
            acknowledged = log.read_text().count("\n")
            until(lambda: log.read_text().count("\n") > acknowledged + 10)
        finally:
            leaving.kill()
            leaving.wait()
    left = {line for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")}
    silent = {
        f"{phone}\n"
        for (phone,) in restored.ask(
            "select phone_id from people_suppression where scope = 'all' and lifted_at is null"
        )
    }
    assert left - silent == set()


def line_of(text: str) -> int:
    """The first of the steps that say this."""
    return min(line for line, found in places().items() if found == text)


def test_nothing_serves_and_doctor_fails_until_a_half_done_restore_is_finished(
    restored: Restored, restoring: Restoring
) -> None:
    assert restoring("") == 0
    restoring(line_of("beside.rename(folder)"))
    told = "was interrupted while it took its place"
    for command in (["serve", "--port", str(free_port())], ["serve", "--here"], ["jobs"]):
        said = restored.run(*command, code=processes.CANNOT_START)
        assert told in said and said.rstrip().endswith(": abhiyan restore"), command
    failed = {one["check"]: one for one in restored.doctor() if one["level"] == "fail"}
    assert told in failed["restores"]["text"] and "`abhiyan restore`" in failed["restores"]["fix"]
    with processes.noted_process("restore"):
        assert "A restore runs here" in restored.run("restore", code=1)
        assert "A restore runs here" in restored.run("jobs", code=processes.CANNOT_START)
        assert "A restore runs here" in restored.run("serve", code=1)
    # The same command once more does it as well, and restores nothing a second time.
    before = restored.databases()
    assert "finished now. Restored: the backup of" in restored.run(*restored.command)
    assert restored.databases() == before
    assert "restores" not in {one["check"] for one in restored.doctor() if one["level"] == "fail"}
    assert "No restore was interrupted" in restored.run("restore", code=2)


def test_what_a_restore_left_that_never_happened_is_told_and_cleared_away(
    restored: Restored, restoring: Restoring
) -> None:
    assert restoring("") == 0
    restored.mark()
    before = restored.databases()
    restoring(line_of("os.sync()"))
    assert restored.databases() == sorted([*before, f"{restored.name}_restoring"])
    (found,) = [one for one in restored.doctor() if one["check"] == "restores"]
    assert (found["level"], "`abhiyan restore` without a file" in found["fix"]) == ("warn", True)
    assert "What it had left is cleared away" in restored.run("restore")
    assert restored.databases() == before
    assert restored.is_as_it_was and (restored.files / "here").exists()
    assert not restored.files.with_name("files.restoring").exists()
