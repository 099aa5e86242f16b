"""The release before is filled, updated while people join and say STOP, and backed out. Nothing acknowledged is lost.

Each release is built as a wheel and installed with its own lock file, as docs/update.md says. ABHIYAN_RELEASE_BEFORE
and ABHIYAN_RELEASE_HERE name the programs of environments that are ready: then nothing is built.
"""

import asyncio
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import abhiyan
from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.actions import sender_key
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.ids import claim_id
from abhiyan.messaging.rules import signatures

from .clients import Clients
from .filling import NUMBER, TOKEN
from .world import BOOTHS

pytestmark = pytest.mark.slow

BEFORE = "af935b64"  # the release before; from 0.3.0 on its tag
ROOT = Path(__file__).resolve().parents[2]
LISTED = 400  # members by a list, who write STOP one after another
CLIENTS = 12
A_STAGE = 150  # claims that are answered in each stage of the update
BUILT_S, DONE_S = 1800, 900


def run(
    *command: str | Path, cwd: Path = Path("/"), env: dict[str, str] | None = None, for_s: int = BUILT_S
) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=for_s,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def installed(checkout: Path, folder: Path) -> Path:
    """The programs of an environment that holds a checkout's wheel and the packages of its lock file, by pip alone."""
    wheels = folder / "dist"
    run(checkout / ".venv/bin/python", "-m", "hatchling", "build", "-t", "wheel", "-d", wheels, cwd=checkout)
    (wheel,) = wheels.glob("*.whl")
    run(sys.executable, "-m", "venv", folder / "env")
    pip = (folder / "env/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", checkout / "requirements.lock")
    run(*pip, "--no-deps", wheel)
    return folder / "env" / "bin"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="abu-", dir="/tmp"))
    made.chmod(0o755)  # the database's user passes through
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def before(folder: Path) -> Path:
    """The programs of the release before, made from its commit."""
    if ready := os.environ.get("ABHIYAN_RELEASE_BEFORE"):
        return Path(ready)
    checkout = folder / "before"
    checkout.mkdir()
    run("sh", "-c", f"git -C {ROOT} archive {BEFORE} | tar x -C {checkout}")
    run(checkout / "tools" / "env", "run", cwd=checkout)
    return installed(checkout, folder / "old")


@pytest.fixture(scope="module")
def here(folder: Path) -> Path:
    if ready := os.environ.get("ABHIYAN_RELEASE_HERE"):
        return Path(ready)
    return installed(ROOT, folder / "new")


@dataclass
class Updated:
    """An installation whose programs change; the data folder and the port stay."""

    home: Path
    port: int = field(default_factory=free_port)
    server: "subprocess.Popen[bytes] | None" = None

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": os.defpath,
            "HOME": str(self.home.parent),
            "ABHIYAN_HOME": str(self.home),
            "ABHIYAN_PORT": str(self.port),
            "ABHIYAN_LOG_LEVEL": "WARNING",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def log(self) -> Path:
        return self.home.parent / "server.log"

    def abhiyan(self, programs: Path, *arguments: str | Path) -> str:
        return run(programs / "abhiyan", *arguments, env=self.env, for_s=DONE_S)

    def script(self, programs: Path, path: Path) -> dict[str, str]:
        env = self.env | {"ABHIYAN_ROLE": "jobs", "ABHIYAN_POOL": "0"}
        told: dict[str, str] = json.loads(run(programs / "python", path, env=env, for_s=DONE_S))
        return told

    def serve(self, programs: Path) -> None:
        self.server = subprocess.Popen(
            [programs / "abhiyan", "serve", "--with-jobs", "--workers", "2"],
            env=self.env,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
        )
        until(self._answers)

    def _answers(self) -> bool:
        assert self.server is not None and self.server.poll() is None, self.log.read_text()[-4000:]
        try:
            return self.health()["status"] == "ok"
        except (OSError, http.client.HTTPException):
            return False

    def health(self) -> dict[str, str]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("GET", "/healthz")
            told: dict[str, str] = json.loads(line.getresponse().read())
            return told
        finally:
            line.close()

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(120)

    def rows(self, query: Any, *given: object) -> list[tuple[Any, ...]]:
        embedded.ensure_running(self.home)
        with psycopg.connect(embedded.superuser_conninfo(self.home), dbname="abhiyan") as admin:
            return admin.execute(query, given).fetchall()


class Stops:
    """People of the list who write STOP, one after another; each sends it again until it is acknowledged."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.path = port, f"/hook/sms/generic/{secret}"
        self.sent: list[str] = []
        self.acknowledged: list[str] = []
        self.seen: Counter[str] = Counter()
        self.is_ending = threading.Event()

    def run(self) -> None:
        for n in range(LISTED):
            if self.is_ending.wait(0.3):
                return
            phone = listed_phone(n)
            self.sent.append(phone)
            body = json.dumps({"id": f"stop {phone}", "from": phone, "to": NUMBER, "text": "STOP"})
            while (status := self._post(body)) != "200":
                self.seen[status] += 1
                if self.is_ending.wait(0.5):
                    return
            self.seen[status] += 1
            self.acknowledged.append(phone)

    def _post(self, body: str) -> str:
        at_s = int(time.time())
        signature = f"t={at_s},v2={signatures.generic_signature(at_s, 'sms', body.encode(), TOKEN)}"
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request(
                "POST", self.path, body, {"Content-Type": "application/json", "X-Signature": signature}
            )
            answer = line.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            line.close()


def listed_phone(n: int) -> str:
    return f"+9197{n:08d}"


@dataclass
class Traffic:
    """Claims and STOPs that go on through all that is done to the installation."""

    clients: Clients
    stops: Stops

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [
            threading.Thread(target=lambda: asyncio.run(self.clients.run(CLIENTS))),
            threading.Thread(target=self.stops.run),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.clients.finish()
            self.stops.is_ending.set()
            for thread in threads:
                thread.join()

    def stage(self, name: str) -> None:
        """Wait until so many more are acknowledged; print the answers since the stage before."""
        ends = len(self.clients.record.receipts) + A_STAGE
        until(lambda: len(self.clients.record.receipts) >= ends)
        self.say(name)

    def say(self, name: str) -> None:
        print(f"{name}: claims {dict(self.clients.record.seen)}, STOPs {dict(self.stops.seen)}", flush=True)


def fill(place: Updated, programs: Path) -> tuple[Clients, Stops, str]:
    """Units, people of offices, members by a list; a drive with a token and a number. All by the release before."""
    world = place.script(programs, ROOT / "tests/kill/world.py")
    more = place.script(programs, ROOT / "tests/kill/filling.py")
    lists = place.home.parent
    booths = "".join(f"N{n:03d},booth,New {n},D{n % 6}\n" for n in range(60))
    (lists / "units.csv").write_text("Code,Kind,Name in English,Organisational parent\n" + booths)
    place.abhiyan(programs, "import", "units", lists / "units.csv", "--yes")
    given, family = ("Asha", "Bilal", "Chandra"), ("Devi", "Khan", "Rao")
    people = "".join(
        f"{listed_phone(n)},{given[n % 3]} {family[n // 3 % 3]},{1950 + n % 50},B{n % BOOTHS:03d}\n"
        for n in range(LISTED)
    )
    (lists / "paper.csv").write_text("Phone,Name,Birth year,Unit\n" + people)
    options = ("drive=kill", f"batch={more['batch']}", "notice_version=1", "language=hi")
    of_list = [part for each in options for part in ("-o", each)]
    place.abhiyan(programs, "import", "paper", lists / "paper.csv", *of_list, "--yes")
    leaders = "".join(f"D{n},Leader {'ABCDEF'[n]} Devi,+9196000000{n:02d}\n" for n in range(6))
    (lists / "leaders.csv").write_text("Code,Name,Phone\n" + leaders)
    place.abhiyan(
        programs, "import", "appointments", lists / "leaders.csv", "-o", "office=district_president", "--yes"
    )
    seed = 66
    return (
        Clients(place.port, world["token"], BOOTHS, seed=seed),
        Stops(place.port, more["secret"]),
        world["sender"],
    )


def compare(place: Updated, receipts: dict[str, str], stops: Stops, sender: str) -> None:
    """Everything acknowledged is stored, once, with the receipt that was given; each STOP holds."""
    stored = dict(place.rows("select id, public_id from enrolment_claim"))
    for key, receipt in receipts.items():
        stored_id = UUID(bytes=claim_id(Channel.API, sender_key(UUID(sender), key)))
        assert stored[stored_id].hex == receipt, key
    ((stopped,),) = place.rows("select count(*) from people_suppression where lifted_at is null")
    assert len(stops.acknowledged) <= stopped <= len(stops.sent)
    ((members, consenting),) = place.rows(
        "select (select count(*) from enrolment_membership), (select count(distinct person_id) from people_consent)"
    )
    assert members >= LISTED and consenting >= members


def settle(place: Updated, programs: Path) -> None:
    """The loops have added up what came; then a recount finds no difference, and doctor nothing that fails."""
    until(lambda: place.rows("select count(*) from programmes_delta") == [(0,)])
    found = json.loads(place.abhiyan(programs, "recount", "--json"))
    assert found["is_right"] and found["compared"] > 0, found
    findings = json.loads(run("sh", "-c", f"{programs}/abhiyan doctor --json || true", env=place.env))[
        "findings"
    ]
    assert [each for each in findings if each["level"] == "fail"] == []


def test_the_release_before_is_updated_under_traffic_and_backed_out(
    before: Path, here: Path, folder: Path
) -> None:
    place = Updated(folder / "home")
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {what}", flush=True)

    def change(programs: Path) -> None:
        place.stop()
        place.serve(programs)
        say(f"{place.health().get('version', 'the release before')} serves")

    try:
        place.abhiyan(before, "init", "--name", "Asha Devi", "--phone", "9810012345")
        (place.home / "postgres.local.conf").write_text("fsync = off\n")
        place.serve(before)
        clients, stops, sender = fill(place, before)
        recipient = place.abhiyan(before, "backup", "keygen", "--to", folder / "backup.key").strip()
        traffic = Traffic(clients, stops)
        say("filled")
        with traffic.going_on():
            traffic.stage("the release before")
            kept = dict(clients.record.receipts)
            place.abhiyan(before, "backup", "--to", folder / "before.age", "--recipient", recipient)
            say("backup taken")
            said = place.abhiyan(here, "migrate")
            say(said)
            assert "Made by a version before 0.2.0" in said and f"updated by {abhiyan.__version__}" in said
            traffic.stage("the release before, on the new tables")
            change(here)
            assert place.health()["version"] == abhiyan.__version__
            traffic.stage("this release")
            change(before)  # backed out: the older code on the newer tables
            traffic.stage("backed out")
            change(here)
            traffic.stage("this release again")
        assert clients.record.wrong == []
        compare(place, clients.record.receipts, stops, sender)
        settle(place, here)
        say("right")
        # Backed out for good: the backup of before. It lacks what came later, but each STOP holds.
        place.stop()
        identity = ("--identity", folder / "backup.key", "--replace")
        place.abhiyan(before, "restore", folder / "before.age", *identity)
        place.serve(before)
        compare(place, receipts=kept, stops=stops, sender=sender)
        say("the backup is restored by the release before")
        place.stop()
        # A backup of the release before is brought up to date while it is restored.
        told = place.abhiyan(here, "restore", folder / "before.age", *identity)
        assert "by version 0.1.0" in told
        place.abhiyan(here, "migrate")  # the texts of this release
        place.serve(here)
        compare(place, receipts=kept, stops=stops, sender=sender)
        settle(place, here)
        say("the backup is restored by this release")
    finally:
        place.stop()
        embedded.stop_database(place.home)
