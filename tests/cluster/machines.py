"""A cluster of its own for a test, by `tools/make_cluster.py`, and what it takes to harm its machines from outside."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from abhiyan.core.tests.waits import until

ROOT = Path(__file__).resolve().parent.parent.parent
NET = "127.0.7"  # beside `make cluster`, which may run
DATABASES = {f"db{n}": f"{NET}.1{n}" for n in (1, 2, 3)}
WEB = {f"web{n}": f"{NET}.2{n}" for n in (1, 2)}
PATIENCE_S = 600.0


def environment() -> dict[str, str]:
    """Return what a program of ours inherits, without the settings of this test run."""
    ours = ("ABHIYAN", "DATABASE", "DJANGO", "PROMETHEUS")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    try:
        text = "".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        text = ""
    return [pid, *(below for child in text.split() for below in family(int(child)))]


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Cluster:
    """Three database machines, two web hosts and a proxy on loopback."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="abhiyan-cluster-", dir="/tmp"))

    def tool(self, *words: str) -> str:
        """Run `tools/make_cluster.py`."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "tools" / "make_cluster.py"), *words],
            env=environment() | {"ABHIYAN_CLUSTER": str(self.folder), "CLUSTER_NET": NET},
            capture_output=True,
            text=True,
            timeout=3 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def end(self) -> None:
        """End every process, however it was left."""
        for service in self.services():
            send(self.processes_of(service), signal.SIGCONT)
        for name in DATABASES:
            send(self.postgresql(name), signal.SIGCONT)
        try:
            self.tool("stop")
        finally:
            for service in self.services():
                send(self.processes_of(service), signal.SIGKILL)
            for name in DATABASES:
                send(self.postgresql(name), signal.SIGKILL)
        shutil.rmtree(self.folder)

    # What runs

    def services(self) -> list[str]:
        return [path.stem for path in (self.folder / "run").glob("*.json")]

    def processes_of(self, service: str) -> list[int]:
        """Return the processes of a service, such as "db1.etcd"; those of PostgreSQL are none of Patroni's."""
        with suppress(OSError, ValueError):
            pid = int(json.loads((self.folder / "run" / f"{service}.json").read_text())["pid"])
            return family(pid) if lives(pid) else []
        return []

    def postmaster(self, machine: str) -> int | None:
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.folder / machine / "data" / "postmaster.pid").read_text().split()[0])
            return (
                pid if lives(pid) and Path(f"/proc/{pid}/cwd").resolve().is_relative_to(self.folder) else None
            )
        return None

    def postgresql(self, machine: str) -> list[int]:
        pid = self.postmaster(machine)
        return [] if pid is None else family(pid)

    def machine(self, name: str) -> list[int]:
        """Return every process of a machine."""
        services = [each for each in self.services() if each.startswith(f"{name}.")]
        mine = [pid for service in services for pid in self.processes_of(service)]
        return mine + (self.postgresql(name) if name in DATABASES else [])

    # How it is

    def members(self, *without: str) -> dict[str, dict[str, Any]]:
        """Return what Patroni knows of each member, asked of one that is not `without`."""
        for name, address in DATABASES.items():
            if name not in without:
                with suppress(httpx.HTTPError, ValueError, KeyError):
                    said = httpx.get(f"http://{address}:8008/cluster", timeout=5, trust_env=False).json()
                    return {each["name"]: each for each in said["members"]}
        return {}

    def primary(self, *without: str) -> str | None:
        """Return the machine that leads."""
        leads = [name for name, each in self.members(*without).items() if each["role"] == "leader"]
        return leads[0] if leads and leads[0] not in without else None

    def takes_writes(self, machine: str) -> bool:
        """Return True if PostgreSQL of a machine is no standby, whatever Patroni holds it for."""
        with suppress(psycopg.Error), psycopg.connect(self.administrator(machine), autocommit=True) as asked:
            return asked.execute("select pg_is_in_recovery()").fetchone() == (False,)
        return False

    def is_whole(self) -> bool:
        """Return True if one leads and all others follow it, and count for its commits."""
        states = sorted((each["role"], each["state"]) for each in self.members().values())
        wanted = [("leader", "running")] + [("quorum_standby", "streaming")] * (len(DATABASES) - 1)
        return states == wanted

    def wait(self, condition: Callable[[], bool]) -> None:
        until(condition, PATIENCE_S)

    def wait_whole(self) -> str:
        """Wait until all is well again; return the machine that leads."""
        self.wait(self.is_whole)
        leads = self.primary()
        assert leads is not None
        return leads

    def patronictl(self, *words: str) -> str:
        program = self.folder / "patroni" / "bin" / "patronictl"
        config = self.folder / "db1" / "etc/patroni/patroni.yml"
        done = subprocess.run(
            [str(program), "-c", str(config), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # The product

    def settings(self, host: str = "web1") -> dict[str, str]:
        """Return the environment of a web host."""
        text = (self.folder / host / "etc/abhiyan.env").read_text()
        own = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] != "#")
        return environment() | {name: value.strip('"') for name, value in own.items()}

    def abhiyan(self, *words: str, code: int = 0, host: str = "web1") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", *words],
            env=self.settings(host),
            capture_output=True,
            text=True,
            timeout=3 * PATIENCE_S,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def world(self) -> dict[str, str]:
        """Make the world of `make kill`; return its token and its sender."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "kill" / "world.py")],
            env=self.settings() | {"ABHIYAN_ROLE": "jobs", "ABHIYAN_POOL": "0"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        made: dict[str, str] = json.loads(done.stdout)
        return made

    def administrator(self, machine: str | None = None) -> str:
        """Return how to connect as the superuser: to the primary, or to one machine, whatever it is."""
        password = tomllib.loads((self.folder / "passwords.toml").read_text())["superuser_password"]
        host, port = (WEB["web1"], 5500) if machine is None else (DATABASES[machine], 5432)
        return make_conninfo(
            host=host, port=port, user="postgres", password=password, dbname="abhiyan", connect_timeout=3
        )

    def health(self, host: str) -> str:
        """Return what a web host says of itself: "ok", "failing" or "away"."""
        with suppress(httpx.HTTPError, ValueError, KeyError):
            said = httpx.get(f"http://{WEB[host]}:8000/healthz", timeout=20, trust_env=False).json()
            return str(said["status"])
        return "away"
