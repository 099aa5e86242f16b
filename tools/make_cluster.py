"""Run the cluster of docs/cluster.md on this machine, with the files of deploy/cluster (`make cluster`).

`start` and `stop` take no name, or machines and services such as db1 and web2.haproxy. `status` prints a line for each
service. Each machine has a loopback address of its own, so every service keeps its usual port. All of it lies in one
folder, ABHIYAN_CLUSTER (/tmp/abhiyan-cluster). A service that runs is left alone. PostgreSQL is the embedded one, or
that of the folder CLUSTER_POSTGRESQL, such as /usr/lib/postgresql/15/bin.
"""

import json
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from abhiyan.core import embedded
from abhiyan.core.embedded import places
from abhiyan.server.processes import born

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy" / "cluster"
FOLDER = Path(os.environ.get("ABHIYAN_CLUSTER") or "/tmp/abhiyan-cluster").resolve()
NET = os.environ.get("CLUSTER_NET", "127.0.0")  # another one lets two clusters run side by side
DATABASES = {f"db{n}": f"{NET}.1{n}" for n in (1, 2, 3)}
WEB = {f"web{n}": f"{NET}.2{n}" for n in (1, 2)}
PROXY = f"{NET}.31"
STORE = f"{NET}.41"  # moto's server, which keeps objects in memory: MinIO and Garage are in no registry here
BUCKET = "abhiyan"
NAME = "campaign.localhost:8443"
PATRONI = FOLDER / "patroni"
PACKAGES = {"etcd": "etcd-server", "haproxy": "haproxy", "caddy": "caddy"}
PATIENCE_S = 600.0
# `ABHIYAN_SMS=http ABHIYAN_SMS_URL=… make cluster` sends SMS there, such as to a launch evening (bench/evening.py).
GATEWAY = {name: text for name, text in os.environ.items() if name.startswith("ABHIYAN_SMS")}


@dataclass(frozen=True)
class Service:
    """One process of a machine. ports: where it listens. is_well: whether it does its work."""

    name: str
    command: list[str]
    ports: tuple[tuple[str, int], ...]
    is_well: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    owner: places.Owner | None = None

    @property
    def note(self) -> Path:
        return FOLDER / "run" / f"{self.name}.json"

    @property
    def log(self) -> Path:
        return FOLDER / "log" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        with suppress(OSError, ValueError):
            noted = json.loads(self.note.read_text())
            if noted["born"] and born(noted["pid"]) == noted["born"]:
                return int(noted["pid"])
        return None

    def start(self) -> None:
        """Start it unless it runs. Ends the program where another one has its port."""
        if self.pid is not None:
            return
        for address, port in self.ports:
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    tried.bind((address, port))
                except OSError as error:
                    sys.exit(f"{self.name} needs {address}:{port}: {error.strerror}")
        owner = None if self.owner is None or self.owner.is_us else self.owner
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command,
                cwd=FOLDER,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=owner.uid if owner else None,
                group=owner.gid if owner else None,
                extra_groups=[] if owner else None,
            )
        self.note.write_text(json.dumps({"pid": process.pid, "born": born(process.pid)}))

    def is_well_or_ended(self) -> bool:
        """Return True if there is nothing to wait for."""
        return self.pid is None or self.is_well()

    def stop(self) -> None:
        """End it and wait until it is gone."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            wait(lambda: self.pid is None, f"{self.name} to end")
        self.note.unlink(missing_ok=True)


def wait(condition: Callable[[], bool], what: str) -> None:
    """Wait for a state; end the program when it does not come."""
    ends = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > ends:
            sys.exit(f"waited {PATIENCE_S:.0f} s for {what}; logs are in {FOLDER / 'log'}")
        time.sleep(0.2)


def is_open(address: str, port: int) -> bool:
    """Return True if something listens there."""
    with suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


def is_answered(url: str) -> bool:
    """Return True if a page answers 200."""
    with suppress(httpx.HTTPError):
        return httpx.get(url, timeout=5, trust_env=False).status_code == 200
    return False


def has_bucket() -> bool:
    """Make the bucket, which may be there; return True if the store took it."""
    with suppress(httpx.HTTPError):
        return httpx.put(f"http://{STORE}:9000/{BUCKET}", timeout=5, trust_env=False).status_code in (
            200,
            409,
        )
    return False


def members() -> list[dict[str, Any]]:
    """Return what Patroni says of its members, from whichever answers."""
    for address in DATABASES.values():
        with suppress(httpx.HTTPError, ValueError, KeyError):
            found = httpx.get(f"http://{address}:8008/cluster", timeout=5, trust_env=False).json()
            return list(found["members"])
    return []


def is_whole() -> bool:
    """Return True if there is a primary, and every other one follows it and counts for its commits."""
    roles = [(each["role"], each["state"]) for each in members()]
    standbys = roles.count(("quorum_standby", "streaming"))
    return ("leader", "running") in roles and standbys == len(DATABASES) - 1


def settings(path: Path) -> dict[str, str]:
    """Read a file of environment variables."""
    lines = [line for line in path.read_text().splitlines() if re.match(r"[A-Z_]+=", line)]
    return {name: " ".join(shlex.split(text)) for name, _, text in (line.partition("=") for line in lines)}


def postgresql() -> Path:
    """Return PostgreSQL's programs: those of CLUSTER_POSTGRESQL, or the embedded ones where their user reads them."""
    chosen_folder = os.environ.get("CLUSTER_POSTGRESQL")
    return Path(chosen_folder) if chosen_folder else embedded.binaries(FOLDER)


def plan() -> str:
    """Write the plan of this machine: what an operator has in cluster.toml, with addresses and folders of our own."""
    own = tomllib.loads((DEPLOY / "cluster.toml").read_text())
    us = pwd.getpwuid(os.geteuid())
    own |= {
        "origin": f"https://{NAME}",
        "organisation": "Cluster on one machine",
        "databases": DATABASES,
        "web": WEB,
    }
    own["settings"] |= {
        "network": "127.0.0.0/8",
        "postgresql_bin": str(postgresql()),
        "shared_buffers": "128MB",
        "max_wal_size": "2GB",
        "archive_command": f"{shutil.which('cp')} %p {FOLDER}/archive/%f",
        "backups": str(FOLDER / "backups"),
        "haproxy_user": us.pw_name,
        "haproxy_group": str(us.pw_gid) if us.pw_gid else "root",
        "proxies": "127.0.0.1",  # from where Caddy asks; PROXY is where it listens
        "store": f"s3://{BUCKET}",
        "store_endpoint": f"http://{STORE}:9000",
        "store_keys": str(FOLDER / "s3"),
        "journal": f"s3://{BUCKET}/journal",
        "audit_heads": str(FOLDER / "audit-heads"),
    }
    own["machines"] = {
        name: {
            "etcd_data": f"{FOLDER}/{name}/etcd",
            "postgresql_data": f"{FOLDER}/{name}/data",
            "postgresql_sockets": f"{FOLDER}/{name}/sockets",
            "pgpass": f"{FOLDER}/{name}/pgpass",
        }
        for name in DATABASES
    } | {name: {"home": f"{FOLDER}/{name}/home", "haproxy_address": address} for name, address in WEB.items()}
    return "".join(toml(own))


def toml(table: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """Write a table of texts and tables."""
    if name:
        yield f"[{name}]\n"
    yield from (f"{key} = {json.dumps(each)}\n" for key, each in table.items() if not isinstance(each, dict))
    for key, each in table.items():
        if isinstance(each, dict):
            yield from toml(each, f"{name}.{key}".strip("."))


def services(owner: places.Owner) -> dict[str, Service]:
    """Return every service by name, in the order in which they start."""
    found: list[Service] = []
    for name, address in DATABASES.items():
        found.append(
            Service(
                f"{name}.etcd",
                [which("etcd")],
                ((address, 2379), (address, 2380)),
                partial(is_answered, f"http://{address}:2379/health"),
                settings(FOLDER / name / "etc/default/etcd"),
                owner,
            )
        )
    for name, address in DATABASES.items():
        found.append(
            Service(
                f"{name}.patroni",
                [str(PATRONI / "bin" / "patroni"), str(FOLDER / name / "etc/patroni/patroni.yml")],
                ((address, 8008), (address, 5432)),
                partial(is_answered, f"http://{address}:8008/health"),
                {"HOME": str(FOLDER / name)},
                owner,
            )
        )
    found.append(
        Service(
            "s3.moto",
            [str(PATRONI / "bin" / "moto_server"), "-H", STORE, "-p", "9000"],
            ((STORE, 9000),),
            has_bucket,
        )
    )
    for name, address in WEB.items():
        found.append(
            Service(
                f"{name}.haproxy",
                [which("haproxy"), "-db", "-f", str(FOLDER / name / "etc/haproxy/haproxy.cfg")],
                ((address, 5500), (address, 5501)),
                partial(is_open, address, 5500),
            )
        )
    for name, address in WEB.items():
        found.append(
            Service(
                f"{name}.abhiyan",
                [*ABHIYAN, "serve", "--with-jobs", "--workers", "1"],
                ((address, 8000),),
                partial(is_answered, f"http://{address}:8000/healthz"),
                settings(FOLDER / name / "etc/abhiyan.env") | {"ABHIYAN_HOST_NAME": name} | GATEWAY,
            )
        )
    found.append(
        Service(
            "proxy.caddy",
            [
                which("caddy"),
                "run",
                "--config",
                str(FOLDER / "proxy/etc/caddy/Caddyfile"),
                "--adapter",
                "caddyfile",
            ],
            ((PROXY, 8443),),
            partial(is_open, PROXY, 8443),
            {
                "HOME": f"{FOLDER}/proxy",
                "XDG_DATA_HOME": f"{FOLDER}/proxy",
                "XDG_CONFIG_HOME": f"{FOLDER}/proxy",
            },
        )
    )
    return {each.name: each for each in found}


ABHIYAN = [sys.executable, "-m", "abhiyan.site.cli"]


def which(name: str) -> str:
    """Return the path of a program, which root gets from Debian where it is missing."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    if not shutil.which(name, path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        words = ["apt-get", "install", "-q", "-y", "--no-install-recommends", PACKAGES[name]]
        subprocess.run(words, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False)
    return shutil.which(name, path=path) or sys.exit(f"{name} is missing: apt-get install {PACKAGES[name]}")


def prepare() -> places.Owner:
    """Make the folder: Patroni, the files of deploy/cluster, and what each machine keeps."""
    if Path("/tmp") in FOLDER.parents and FOLDER.exists() and FOLDER.stat().st_uid != os.geteuid():
        sys.exit(f"{FOLDER} belongs to somebody else: set ABHIYAN_CLUSTER to another folder")
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o711)
    owner = places.home_owner(FOLDER)
    if not (PATRONI / "bin" / "patroni").exists():
        shutil.rmtree(PATRONI, ignore_errors=True)
        # A Python that the database's user can read too: root's own is often in root's folder.
        subprocess.run(["/usr/bin/python3", "-m", "venv", str(PATRONI)], check=True)
        pip = [str(PATRONI / "bin" / "pip"), "install", "-qq"]
        subprocess.run([*pip, "-r", str(DEPLOY / "patroni.txt"), "moto[s3,server]>=5.2"], check=True)
    for name in ("run", "log", "audit-heads"):
        (FOLDER / name).mkdir(exist_ok=True)
    places.own_folder(FOLDER / "archive", owner)
    for name in DATABASES:
        for each in (name, f"{name}/sockets", f"{name}/etcd"):
            places.own_folder(FOLDER / each, owner)
    (FOLDER / "cluster.toml").write_text(plan())
    (FOLDER / "s3").write_text("[default]\naws_access_key_id = here\naws_secret_access_key = here-only\n")
    subprocess.run([str(DEPLOY / "fill"), str(FOLDER / "cluster.toml"), str(FOLDER)], check=True)
    for path in (path for name in DATABASES for path in (FOLDER / name / "etc").rglob("*")):
        os.chown(path, owner.uid, owner.gid)
    for name in DATABASES:
        os.chown(FOLDER / name / "etc", owner.uid, owner.gid)
    caddyfile = FOLDER / "proxy" / "etc/caddy/Caddyfile"
    ours = f"admin off\n\tdefault_bind {PROXY}\n\tauto_https disable_redirects\n\tskip_install_trust"
    caddyfile.write_text(caddyfile.read_text().replace("admin off", ours))
    return owner


def make_installation() -> None:
    """Make the tables by way of the first web host, and give the second one its key. A store that kept its objects in
    memory has lost the journal's mark: `migrate` makes it again."""
    first, *others = (FOLDER / name / "home" for name in WEB)
    key = Path("keys") / "master.key"
    if not (FOLDER / "made").exists():
        password = tomllib.loads((FOLDER / "passwords.toml").read_text())["superuser_password"]
        own = settings(FOLDER / "web1" / "etc/abhiyan.env")
        own["ABHIYAN_ADMIN_DATABASE_URL"] = f"postgresql://postgres:{password}@{WEB['web1']}:5500/postgres"
        subprocess.run([*ABHIYAN, "init", "--no-account"], env=os.environ | own, check=True)
        (FOLDER / "made").touch()
    else:
        own = settings(FOLDER / "web1" / "etc/abhiyan.env")
        subprocess.run([*ABHIYAN, "migrate"], env=os.environ | own, check=True)
    for home in others:
        (home / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(first / key, home / key)


def chosen(known: Mapping[str, Service], names: list[str]) -> list[Service]:
    """Return the services that are named, or those of the machines that are."""
    found = [each for each in known.values() if each.name in names or each.name.partition(".")[0] in names]
    if names and not found:
        sys.exit(f"there is no {' '.join(names)}; there are {' '.join(known)}")
    return found if names else list(known.values())


def start(names: list[str]) -> None:
    """Start machines, or all of it, and wait until each does its work."""
    began = time.monotonic()
    known = services(prepare())
    wanted = chosen(known, names)
    for kind in ("etcd", "patroni", "moto", "haproxy", "abhiyan", "caddy"):
        begun = [each for each in wanted if each.name.endswith(f".{kind}")]
        if kind == "abhiyan" and begun and not names:
            wait(is_whole, "a primary with two standbys")
            make_installation()
        for each in begun:
            each.start()
        for each in begun:
            wait(each.is_well_or_ended, f"{each.name} to be well")
            if each.pid is None:
                sys.exit(f"{each.name} ended:\n{each.log.read_text()[-2000:]}")
    if not names:
        print(f"The cluster stands after {time.monotonic() - began:.0f} s.")
        show(known)


def stop(names: list[str]) -> None:
    """End machines, or all of it: first what asks, then what answers."""
    if FOLDER.exists():
        for each in reversed(chosen(services(places.home_owner(FOLDER)), names)):
            each.stop()


def show(known: Mapping[str, Service]) -> None:
    """Print one line of each service, the members, and where pages are."""
    for each in known.values():
        state = "away" if each.pid is None else "well" if each.is_well() else "not well"
        print(
            f"  {each.name:14} {state:9} {each.pid or '':>8}  {' '.join(f'{a}:{p}' for a, p in each.ports)}"
        )
    for member in members():
        print(
            f"  {member['name']}: {member['role']}, {member['state']}, timeline {member.get('timeline', '?')}"
        )
    print(f"Pages: https://{NAME} (curl --connect-to {NAME}:{PROXY}:8443), http://{WEB['web1']}:8000")
    print(f"patronictl: {PATRONI}/bin/patronictl -c {FOLDER}/db1/etc/patroni/patroni.yml list")


def main() -> None:
    """Do what the first word says."""
    word, *names = sys.argv[1:] or ["help"]
    if word == "start":
        start(names)
    elif word == "stop":
        stop(names)
    elif word == "status" and not names:
        show(services(prepare()))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
