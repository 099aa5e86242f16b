"""`make kill`: nothing acknowledged is lost, nothing is doubled, whatever is killed and whenever.

64 clients enrol through the API. Meanwhile web workers, jobs, the supervisor, the database and its backends are
killed with SIGKILL at random moments. No file can grow for a while, the disk fills up, and a backup is taken.
Nobody helps: `abhiyan serve --with-jobs` has to come back by itself, and is begun again where it was killed
itself, as systemd does. After each trouble somebody has to be enrolled again; how long that took is printed.
Then everything is counted. It runs in a home of its own; as root on a small memory disk, which is filled. Takes
about five minutes.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from abhiyan.core import embedded
from abhiyan.core.tests.ports import free_port

from .clients import Clients
from .counting import settled, stored_counts
from .world import BOOTHS

pytestmark = pytest.mark.kill

ACKNOWLEDGED = 10_000
TROUBLES = {"worker": 6, "jobs": 4, "supervisor": 4, "database": 7, "backend": 4, "no room": 2, "backup": 1}
CLIENTS = 64
DISK = "1g"
NEW_UNITS = 30_000
FULL_S = 6.0
LONGEST_S = 540.0
SEED = int(os.environ.get("ABHIYAN_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
HERE = Path(__file__).parent


class Installation:
    """A home, its processes, and what it takes to look into it from outside."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("ABHIYAN_")}
        self.env.pop("DATABASE_URL", None)
        self.env.pop("PYTHONPATH", None)
        self.env |= {
            "ABHIYAN_HOME": str(home),
            "ABHIYAN_PORT": str(self.port),
            "ABHIYAN_LOG_LEVEL": "WARNING",
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.log = Path(tempfile.mkstemp(prefix="abhiyan-kill-", suffix=".log")[1])

    def abhiyan(self, *args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *args],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, (
            f"abhiyan {' '.join(args)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done.stdout

    def serve(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "abhiyan.site.cli", "serve", "--with-jobs", "--workers", "2"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
        )

    def world(self) -> dict[str, str]:
        done = subprocess.run(
            [sys.executable, str(HERE / "world.py")],
            env=self.env | {"ABHIYAN_ROLE": "jobs", "ABHIYAN_POOL": "0"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        told: dict[str, str] = json.loads(done.stdout)
        return told

    def processes(self, kind: str) -> list[int]:
        """Process numbers noted in the home, such as "web"."""
        found = []
        for note in (self.home / "run").glob(f"{kind}-*.json"):
            with suppress(OSError, ValueError):
                found.append(int(json.loads(note.read_text())["pid"]))
        return [pid for pid in found if _lives(pid)]

    def postmaster(self) -> int | None:
        with suppress(OSError, ValueError):
            pid = int((self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
            return pid if _lives(pid) else None
        return None

    def family(self) -> list[int]:
        """Every process of it: the supervisor, what that began, and the database's."""
        found = [pid for pid in (self.server.pid if self.server else None, self.postmaster()) if pid]
        for pid in found:
            found += _children(pid)
        return found

    def stop(self) -> None:
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            try:
                self.server.wait(60)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _limit(processes: list[int], *, to: str) -> None:
    """Let processes write no file beyond so many bytes, as the user each runs as: not even root may always."""
    for pid in processes:
        with suppress(FileNotFoundError, ProcessLookupError):
            status = Path(f"/proc/{pid}")
            soft = status.joinpath("limits").read_text().partition("Max file size")[2].split()[0]
            if soft == to.rstrip(":"):
                continue
            owner = status.stat()
            is_other = owner.st_uid != os.geteuid()
            subprocess.run(
                ["prlimit", f"--pid={pid}", f"--fsize={to}"],
                user=owner.st_uid if is_other else None,
                group=owner.st_gid if is_other else None,
                extra_groups=[] if is_other else None,
                stderr=subprocess.DEVNULL,
                check=False,  # it may have ended
            )


@pytest.fixture
def disk() -> Iterator[tuple[Path, bool]]:
    """A folder for the home, and whether it is a small disk of its own that can be filled."""
    folder = Path(tempfile.mkdtemp(prefix="abk-", dir="/tmp"))
    folder.chmod(0o755)
    is_own = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "abhiyan-kill", str(folder)],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    try:
        yield folder, is_own
    finally:
        if is_own:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


class Trouble:
    """Troubles of the installation, in random order and at random moments."""

    def __init__(self, installation: Installation, clients: Clients, *, can_fill: bool) -> None:
        self.installation, self.clients = installation, clients
        self.chance = random.Random(SEED)
        self.plan = [kind for kind, n in TROUBLES.items() for _ in range(n)]
        if can_fill:
            self.plan.append("full disk")
        self.chance.shuffle(self.plan)
        self.did: Counter[str] = Counter()
        self.silence_s: dict[str, list[float]] = {}
        self.backup = installation.home.parent / f"{installation.home.name}.backup"

    async def make(self) -> None:
        acts: dict[str, Callable[[], Any]] = {
            "worker": self._worker,
            "jobs": self._jobs,
            "supervisor": self._supervisor,
            "database": self._database,
            "backend": self._backend,
            "no room": self._no_room,
            "full disk": self._full_disk,
            "backup": self._backup,
        }
        await self._until_answered("start")
        for kind in self.plan:
            self.clients.record.begin_silence()
            await acts[kind]()
            self.did[kind] += 1
            await asyncio.sleep(self.chance.uniform(1.0, 4.0))  # what was killed may answer for a moment yet
            await self._until_answered(kind)
            silence_s = self.clients.record.longest_silence_s
            self.silence_s.setdefault(kind, []).append(silence_s)
            print(f"{kind}: {silence_s:.1f} s", flush=True)
        while len(self.clients.record.receipts) < ACKNOWLEDGED:  # noqa: ASYNC110  # a count, not an event
            await asyncio.sleep(0.2)

    async def _until_answered(self, kind: str) -> None:
        """Until somebody new has been enrolled since now: the service has recovered by itself."""
        started, before = time.monotonic(), len(self.clients.record.receipts)
        while len(self.clients.record.receipts) < before + 20:
            await asyncio.sleep(0.05)
            assert time.monotonic() - started < 120, f"no recovery within 120 s after: {kind}"
            assert self.installation.server is not None and self.installation.server.poll() is None, (
                "serve has ended"
            )

    async def _worker(self) -> None:
        """One worker, or all of them."""
        while True:
            workers = self.installation.processes("web")
            wanted = workers if self.chance.random() < 0.5 or not workers else [self.chance.choice(workers)]
            killed = [pid for pid in wanted if _kill(pid)]
            if killed:
                return
            await asyncio.sleep(0.1)

    async def _jobs(self) -> None:
        """The loops stop with it, and have to turn again as soon as people have to be enrolled."""
        while not any(_kill(pid) for pid in self.installation.processes("jobs")):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        killed = time.monotonic()
        at = datetime.now(UTC)
        while not await asyncio.to_thread(self._turned_since, at):
            await asyncio.sleep(0.1)
            assert time.monotonic() - killed < 120, "the loops do not turn again"
        self.silence_s.setdefault("loops", []).append(time.monotonic() - killed)

    def _turned_since(self, at: datetime) -> bool:
        conninfo = make_conninfo(embedded.superuser_conninfo(self.installation.home), dbname="abhiyan")
        with psycopg.connect(conninfo) as admin:
            row = admin.execute(
                "select count(*) > 0 and bool_and(turned_at > %s) from core_heartbeat where every_s <= 1",
                [at],
            ).fetchone()
            return bool(row and row[0])

    async def _supervisor(self) -> None:
        """Kill the watcher over the others; they end with it. It is begun again at once, as often as it takes."""
        assert self.installation.server is not None
        before = self.installation.processes("web")
        self.installation.server.kill()
        self.installation.server.wait()
        killed = time.monotonic()
        while not set(self.installation.processes("web")) - set(before):
            if self.installation.server.poll() is not None:  # what the killed one left is not gone yet
                self.installation.serve()
            await asyncio.sleep(0.1)
            assert time.monotonic() - killed < 60, "no worker has begun again"

    async def _database(self) -> None:
        """Kill the whole server at once: the watcher has to begin it again."""
        while (pid := self.installation.postmaster()) is None or not _kill(pid):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        killed = time.monotonic()
        while self.installation.postmaster() in (None, pid):
            await asyncio.sleep(0.1)
            assert time.monotonic() - killed < 120, "the database has not begun again"

    async def _backend(self) -> None:
        """One of the database's processes: then PostgreSQL itself starts over."""
        while True:
            backends = _children(self.installation.postmaster() or 0)
            if backends and _kill(self.chance.choice(backends)):
                return
            await asyncio.sleep(0.1)

    async def _no_room(self) -> None:
        """No process may write a byte to any file for six seconds: PostgreSQL ends, and cannot begin again."""
        ends = time.monotonic() + FULL_S
        try:
            while time.monotonic() < ends:
                await asyncio.to_thread(_limit, self.installation.family(), to="0:")
                await asyncio.sleep(0.01)
        finally:
            _limit(self.installation.family(), to="unlimited")
        self.clients.record.begin_silence()

    async def _full_disk(self) -> None:
        """Not a byte more for six seconds, of enrolling, sealing, folding and logging alike."""
        before = self.clients.record.seen["answered 503"]
        ballast = self.installation.home / "ballast"
        ends = time.monotonic() + FULL_S
        with ballast.open("wb", buffering=0) as out:
            while time.monotonic() < ends:
                try:
                    out.write(b"\0" * 1_048_576)
                except OSError:
                    await asyncio.sleep(0.02)
        ballast.unlink()
        self.clients.record.begin_silence()
        refused = self.clients.record.seen["answered 503"] - before
        assert refused, "the disk was full, and nobody noticed"

    async def _backup(self) -> None:
        identity = self.installation.home.parent / f"{self.installation.home.name}.identity"
        told = await asyncio.to_thread(self.installation.abhiyan, "backup", "keygen", "--to", str(identity))
        recipient = next(word for word in told.split() if word.startswith("age1"))
        await asyncio.to_thread(
            self.installation.abhiyan, "backup", "--to", str(self.backup), "--recipient", recipient
        )


async def _play(clients: Clients, trouble: Trouble) -> None:
    enrolling = asyncio.create_task(clients.run(CLIENTS))
    try:
        async with asyncio.timeout(LONGEST_S):
            await trouble.make()
            clients.finish()
            await enrolling
    finally:
        clients.finish()
        enrolling.cancel()


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(disk: tuple[Path, bool]) -> None:
    folder, can_fill = disk
    installation = Installation(folder)
    print(f"\nseed {SEED} (ABHIYAN_KILL_SEED), log {installation.log}")
    try:
        installation.abhiyan("init", "--no-account")
        installation.serve()
        _wait_for(installation)
        world = installation.world()
        clients = Clients(installation.port, world["token"], BOOTHS, seed=SEED)
        trouble = Trouble(installation, clients, can_fill=can_fill)
        started = time.monotonic()
        asyncio.run(_play(clients, trouble))
        took_s = time.monotonic() - started
        record = clients.record
        print(f"{took_s:.0f} s of trouble: {dict(trouble.did)}; {dict(record.seen)}")
        print(
            "longest silence: " + ", ".join(f"{k} {max(each):.1f} s" for k, each in trouble.silence_s.items())
        )
        print(f"sent {len(record.sent)}, acknowledged {len(record.receipts)}")
        assert record.wrong == []
        assert len(record.receipts) >= ACKNOWLEDGED
        assert trouble.did == Counter(trouble.plan)
        told = stored_counts(
            _as_administrator(installation), world["sender"], list(record.sent.values()), record.receipts
        )
        print(told)
        print(_recounted(installation))
        print(settled(_as_administrator(installation)))
        installation.stop()
        print(_restored(installation, trouble.backup))
    finally:
        installation.stop()
        for left in folder.parent.glob(f"{folder.name}.*"):
            left.unlink()


def _wait_for(installation: Installation) -> None:
    ends = time.monotonic() + 90
    while True:
        try:
            with socket.create_connection(("127.0.0.1", installation.port), timeout=1):
                return
        except OSError:
            assert time.monotonic() < ends, installation.log.read_text()[-4_000:]
            assert installation.server is not None and installation.server.poll() is None, (
                installation.log.read_text()
            )
            time.sleep(0.1)


def _recounted(installation: Installation) -> str:
    """Every tally against its facts; the command itself fails on a difference or an orphan."""
    found = json.loads(installation.abhiyan("recount", "--json"))
    assert found["is_right"] and found["compared"] > 0, found
    return (
        f"recount: {found['compared']} tallies compared, {len(found['differences'])} differences, no orphans"
    )


def _as_administrator(installation: Installation) -> str:
    code = (
        "from abhiyan.core import database, embedded, home; embedded.ensure_running(home.home_folder());"
        " print(database.conninfo(None))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=installation.env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _restored(installation: Installation, backup: Path) -> str:
    """The backup taken in the midst of it, in a home of its own, counts right too."""
    other = Installation(Path(tempfile.mkdtemp(prefix="abr-", dir="/tmp")))
    try:
        other.home.chmod(0o755)
        (other.home / "keys").mkdir(mode=0o700)
        shutil.copy(installation.home / "keys" / "master.key", other.home / "keys" / "master.key")
        other.abhiyan("restore", str(backup), "--identity", f"{installation.home}.identity")
        return f"restored from the backup: {_recounted(other)}"
    finally:
        with suppress(AssertionError, subprocess.TimeoutExpired):
            other.abhiyan("stop")
        shutil.rmtree(other.home, ignore_errors=True)


def test_a_killed_import_goes_on_by_itself(disk: tuple[Path, bool]) -> None:
    folder, _is_own = disk
    installation = Installation(folder)
    path = folder.with_name(f"{folder.name}.csv")
    rows = (f"N{n:05d},booth,New {n},D{n % 6}\n" for n in range(NEW_UNITS))
    path.write_text("Code,Kind,Name in English,Organisational parent\n" + "".join(rows))
    try:
        installation.abhiyan("init", "--no-account")
        installation.serve()
        _wait_for(installation)
        installation.world()
        importing = subprocess.Popen(
            [sys.executable, "-m", "abhiyan.site.cli", "import", "units", str(path), "--yes"],
            env=installation.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        with psycopg.connect(_as_administrator(installation), autocommit=True) as admin:

            def until(query: LiteralString, wait_s: float, *given: object) -> float:
                started = time.monotonic()
                while not admin.execute(query, given).fetchone():
                    assert time.monotonic() - started < wait_s, query
                    time.sleep(0.05)
                return time.monotonic() - started

            # A worker on an import holds a lock over a connection of its name.
            at_work: LiteralString = (
                "select a.pid from core_import i join pg_stat_activity a on a.application_name = 'import ' || i.id"
                " join pg_locks l on l.pid = a.pid and l.locktype = 'advisory' and l.granted"
            )
            until("select id from core_import where state = 'committing' and progress_pct > 1", 120)
            killed = admin.execute(at_work).fetchone()
            assert killed, "nobody works on the import that is being stored"
            importing.kill()
            importing.wait()
            again_s = until(at_work + " where a.pid <> %s", 60, *killed)
            print(f"\na killed import went on after {again_s:.1f} s")
            until("select id from core_import where state = 'done'", 240)
            row = admin.execute("select count(*) from units_unit where code like 'N%'").fetchone()
        assert row == (NEW_UNITS,)
    finally:
        installation.stop()
        path.unlink()
