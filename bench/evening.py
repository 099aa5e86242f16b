"""Locust plays a launch evening against the web hosts of an installation.

`python bench/evening.py prepare WORLD.json` runs once, in the environment of a web host. Then comes
`python bench/evening.py play WORLD.json http://10.0.0.21:8000 http://10.0.0.22:8000`.

`prepare` makes a sample tree with a drive, workers and leaders: never in an installation that is in use. The hosts need
ABHIYAN_BEHIND_PROXY=1, ABHIYAN_SMS=http and ABHIYAN_SMS_URL=http://127.0.0.1:8399/send, where `play` takes the messages
and reads the codes. It prints a line for each kind and host: requests a second, percentiles, failures, waits (503).
With `--apart` each part plays alone, and with `--home` and `--data` the processor time of a request is printed, too.
"""

import argparse
import json
import math
import os
import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "src")]
GATEWAY = 8399
CODE_WITHIN_S = 30.0
WARM_UP_S = 10.0  # By then everybody is there, and the workers are signed in.
LEADERS, WORKERS, ARRIVING = 60, 300, 600


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some of the evening's people. every_s: one of them begins so often. share: of 100 things that people do."""

    users: int
    every_s: float
    does: str

    @property
    def per_s(self) -> float:
        return self.users / self.every_s


# At scale 1: about 50 things a second. `--scale 4` sends four times as many people.
EVENING = {
    "call": Part(users=30, every_s=1, does="a missed call, told by the provider's webhook"),
    "sms": Part(users=8, every_s=1, does="a text with JOIN, by the webhook"),
    "join": Part(users=10, every_s=5, does="a person joins on the web: form, code, card"),
    "sign_in": Part(users=10, every_s=5, does="a worker's phone signs in by an SMS code"),
    "worker": Part(users=30, every_s=5, does="a worker who is signed in sends an entry from a door"),
    "leader": Part(users=20, every_s=5, does="a leader looks at Today, then at a unit"),
}


# What is prepared


def prepare(path: Path, tree: int) -> None:
    """Make the world and write what `play` needs to know of it."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
        "ABHIYAN_ROLE": "jobs",
        "ABHIYAN_POOL": "0",
    }
    import django

    django.setup()
    import launch
    from django.conf import settings

    world = launch.fill_world(tree)  # the same world as of the bench `launch`
    world |= {
        "called": launch.CALLED,
        "signing": launch.TOKEN,
        "cookie": settings.SESSION_COOKIE_NAME,
        "phone_cookie": settings.PHONE_COOKIE_NAME,
        "origin": settings.ORIGIN,
    }
    path.write_text(json.dumps(world | appointed(world["token"]), indent=1))


def appointed(president: str) -> dict[str, Any]:
    """Appoint leaders and workers of booths. All are signed in, except workers who come by a code."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.org import actions as org
    from abhiyan.people import actions as people
    from abhiyan.units.models import Unit

    by, at, first = Actor.system("evening"), clock.now(), secrets.randbelow(10**7)
    kinds = ["booth_president"] * LEADERS + ["booth_worker"] * (WORKERS + ARRIVING)
    leaders, workers, arriving = [{"token": president, "unit": "IN"}], [], []
    with system("evening"):
        booths = Unit.objects.filter(kind="booth").order_by("pk")[: len(kinds)]
        for number, (office, booth) in enumerate(zip(kinds, booths, strict=True)):
            phone = f"7{first + number:09d}"
            account = people.open_account(phone=f"+91{phone}", name="Evening", by=by, at=at, unit_id=booth.pk)
            org.appoint(account_id=account.pk, office=office, unit_id=booth.pk, by=by, at=at)
            if number < LEADERS:
                session = people.sessions.start(
                    device="", origin="", at=at, account_id=account.pk, strong=True
                )
                leaders.append({"token": session.token, "unit": booth.code})
            elif number < LEADERS + WORKERS:
                own = Actor(kind="phone", id=account.public_id, account_id=account.pk)
                token = people.sessions.start_phone(
                    account=account, unit_id=booth.pk, device="", by=own, at=at
                ).token
                workers.append({"token": token, "by": str(account.public_id), "unit": booth.code})
            else:
                arriving.append(phone)
    return {"leaders": leaders, "workers": workers, "arriving": arriving}


# Who plays


def people_of(world: Mapping[str, Any], hosts: Sequence[str], scale: float) -> list[Any]:
    """Return Locust's users, one class for each part."""
    from bench._gateway import asked
    from locust import FastHttpUser, constant_pacing, task

    from abhiyan.messaging.rules import signatures

    first = secrets.randbelow(10**8)
    counted = Counter[str]()

    def number(of: str) -> int:
        counted[of] += 1
        return first + counted[of]

    def code_for(phone: str) -> str:
        """Return the code that came to a phone; the gateway keeps the last text of each."""
        ends = time.monotonic() + CODE_WITHIN_S
        while time.monotonic() < ends:
            if code := re.search(r"\b\d{6}\b", asked(GATEWAY, f"/to/+91{phone}")["text"] or ""):
                return code[0]
            time.sleep(0.2)
        return ""

    def signed(kind: str, body: str) -> str:
        at_s = int(time.time())
        return f"t={at_s},v2={signatures.generic_signature(at_s, kind, body.encode(), world['signing'])}"

    class Person(FastHttpUser):
        """A browser, or a provider, that keeps to one host. Its cookies are its own."""

        abstract = True
        host = hosts[0]
        connection_timeout = network_timeout = 60.0
        max_redirects = 0

        def __init__(self, environment: Any) -> None:
            super().__init__(environment)
            n = number("person")
            self.base = hosts[n % len(hosts)]
            self.name = urlsplit(self.base).netloc
            self.jar: dict[str, str] = {"language": "en"}
            origin = urlsplit(world["origin"])
            self.headers = {
                "Host": origin.netloc,
                "X-Forwarded-Proto": origin.scheme,
                "X-Forwarded-For": f"10.{n >> 8 & 255}.{n & 255}.7",
                "Origin": world["origin"],
                "Referer": f"{world['origin']}/",
            }

        def ask(
            self,
            what: str,
            method: str,
            path: str,
            body: bytes | str | None = None,
            *,
            wants: int = 200,
            **more: str,
        ) -> tuple[int, str, str]:
            """Send a request under a name of the table. Status, Location, text."""
            cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
            with self.client.request(
                method,
                self.base + path,
                name=f"{what} @ {self.name}",
                data=body,
                headers=self.headers | {"Cookie": cookie} | more,
                catch_response=True,
                allow_redirects=False,
            ) as answer:
                if answer.status_code == wants:
                    answer.success()
                else:
                    answer.failure(f"{answer.status_code}")
                for line in (answer.headers.get_all("Set-Cookie") or ()) if answer.headers else ():
                    name, _, value = line.split(";", 1)[0].partition("=")
                    self.jar[name] = value
                return (
                    answer.status_code,
                    str((answer.headers or {}).get("Location", "")),
                    answer.text or "",
                )

        def fill_in(self, what: str, path: str, form: Mapping[str, str]) -> str:
            """Open a form, send it with its token, and return where it leads; "" if it was refused."""
            status, _where, page = self.ask(f"{what} form", "GET", path)
            if status != 200:
                return ""
            kept = {name: hidden(page, name) for name in ("csrfmiddlewaretoken", "key", "notice")}
            body = urlencode({name: value for name, value in kept.items() if value} | dict(form))
            told = {"Content-Type": "application/x-www-form-urlencoded"}
            return self.ask(f"{what} sent", "POST", path, body, wants=302, **told)[1]

    class Caller(Person):
        """The provider of the drive's number."""

        part = "call"

        @task
        def tell(self) -> None:
            n = number("told")
            kind = self.part
            body = json.dumps(
                {"id": f"{first}-{n}", "from": f"+9197{n * 7 % 99_999_989:08d}", "to": world["called"]}
                | ({"text": "JOIN"} if kind == "sms" else {})
            )
            told = {"Content-Type": "application/json", "X-Signature": signed(kind, body)}
            self.ask(kind, "POST", f"/hook/{kind}/generic/{world['secret']}", body, wants=201, **told)

    class Texter(Caller):
        """The same, of texts."""

        part = "sms"

    class Joiner(Person):
        """Somebody who joins on the web."""

        part = "join"

        @task
        def join(self) -> None:
            n = number("joined")
            self.jar = {"language": "en"}
            phone = f"96{n * 7_919 % 99_999_989:08d}"
            form = {
                "adult": "yes",
                "birth_year": str(1950 + n % 50),
                "name": "Asha Devi",
                "phone": phone,
                "unit": f"B{1 + n * 7_919 % world['booths']}",
                "membership": "on",
            }
            if where := self.fill_in("join", f"/join/{world['slug']}/", form):
                self.fill_in("join code", where, {"code": code_for(phone)})

    class Arriver(Person):
        """A worker's phone that comes for the first time: number, code."""

        part = "sign_in"

        @task
        def sign_in(self) -> None:
            phone = world["arriving"][number("arriving") % len(world["arriving"])]
            self.jar = {"language": "en"}
            if where := self.fill_in("sign in", "/field/sign-in/", {"phone": phone}):
                self.fill_in("sign in code", where, {"code": code_for(phone)})

    class Worker(Person):
        """A worker's phone that is signed in sends what was noted at doors."""

        part = "worker"

        def on_start(self) -> None:
            self.worker = world["workers"][number("worker") % len(world["workers"])]
            self.jar[world["phone_cookie"]] = self.worker["token"]

        @task
        def send(self) -> None:
            n = number("entered")
            entry = {"key": "page", "name": f"Kamla {letters(n)} Devi", "birth_year": "1970", "heard": "on"}
            entry |= {"notice": "1.en", "phone": f"98{n * 7_907 % 99_999_989:08d}", "call": "1"}
            record = {"key": str(uuid4()), "by": self.worker["by"], "record": "door", "age": str(4 * 3600)}
            record |= {"page": f"/field/?unit={self.worker['unit']}", "form": urlencode(entry)}
            told = {"Content-Type": "application/x-www-form-urlencoded", "X-Abhiyan-Field": "1"}
            _status, _where, text = self.ask(
                "door entry", "POST", "/field/send/", urlencode(record), Accept="application/json", **told
            )
            if '"kept": true' not in text:
                print("not kept:", text[:300], flush=True)

    class Leader(Person):
        """A leader looks where the unit stands."""

        part = "leader"

        def on_start(self) -> None:
            own = world["leaders"][number("leader") % len(world["leaders"])]
            self.unit = own["unit"]
            self.jar[world["cookie"]] = own["token"]

        @task
        def look(self) -> None:
            self.ask("Today", "GET", "/")
            self.ask("unit page", "GET", f"/units/{self.unit}/")

    classes = [Caller, Texter, Joiner, Arriver, Worker, Leader]
    for each in classes:
        part = EVENING[each.part]
        each.wait_time = constant_pacing(part.every_s)
        each.fixed_count = math.ceil(part.users * scale)
    return classes


def hidden(page: str, name: str) -> str:
    """Return what a form keeps in a hidden field; "" if it has none of this name."""
    for tag in re.findall(rf"<input[^>]*\bname=\"{name}\"[^>]*>", page):
        if value := re.search(r'\bvalue="([^"]*)"', tag):
            return value[1]
    return ""


def letters(n: int) -> str:
    """Return a number as a word of letters, for a name."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(n)).capitalize()


# What comes of it


@dataclass(frozen=True, kw_only=True)
class Processes:
    """Processes on this machine are web hosts, known by their home, and databases, known by their data."""

    homes: Sequence[Path]
    data: Sequence[Path]

    def seconds(self) -> dict[tuple[int, str], float]:
        """Return seconds by process and kind."""
        kinds: dict[int, str] = {}
        for home in self.homes:
            for note in (home / "run").glob("*.json"):
                with suppress(OSError, ValueError, KeyError):
                    noted = json.loads(note.read_text())
                    kinds[noted["pid"]] = noted["kind"]
        for data in self.data:
            with suppress(OSError, ValueError, IndexError):
                kinds[int((data / "postmaster.pid").read_text().split()[0])] = "database"
        found = {}
        for folder in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
                if kind := kinds.get(int(folder.name)) or kinds.get(int(fields[1])):
                    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                    found[int(folder.name), kind] = seconds
        return found


def lines(stats: Any, seconds: float) -> Iterator[str]:
    """Return the table: a line for each kind and host."""
    head = (f"{'what':22}", f"{'host':18}", "a second", " p50 ms", " p95 ms", " p99 ms", "failed", "503")
    yield f"| {' | '.join(head)} |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|"
    waits = Counter[str]()
    for error in stats.errors.values():
        if "503" in str(error.error):
            waits[error.name] += error.occurrences
    for (name, _method), entry in sorted(stats.entries.items()):
        if not entry.num_requests:  # it came before the time that counts
            continue
        what, _, host = name.partition(" @ ")
        p50, p95, p99 = (entry.get_response_time_percentile(share) or 0 for share in (0.5, 0.95, 0.99))
        yield (
            f"| {what:22} | {host:18} | {entry.num_requests / seconds:8.1f} | {p50:7.0f} | {p95:7.0f} | {p99:7.0f} |"
            f" {entry.num_failures:6} | {waits[name]:3} |"
        )


def evening(
    world: Mapping[str, Any],
    hosts: Sequence[str],
    *,
    only: Sequence[str],
    scale: float,
    seconds: int,
    processes: Processes,
) -> None:
    """Play some parts for a while, and print what came of it."""
    from locust.env import Environment

    classes = [each for each in people_of(world, hosts, scale) if each.part in only]
    environment = Environment(user_classes=classes)
    runner = environment.create_local_runner()
    runner.start(sum(each.fixed_count for each in classes), spawn_rate=20)
    time.sleep(WARM_UP_S)
    environment.stats.reset_all()
    before, began = processes.seconds(), time.monotonic()
    time.sleep(seconds)
    lasted, after = time.monotonic() - began, processes.seconds()
    print(f"\n{', '.join(only)}, scale {scale:g}, {lasted:.0f} s")
    print("\n".join(lines(environment.stats, lasted)))
    for error in environment.stats.errors.values():
        print(f"  {error.occurrences} × {error.name}: {error.error}")
    done = environment.stats.total.num_requests
    took = Counter[str]()
    for (pid, kind), spent in after.items():
        took[kind] += spent - before.get((pid, kind), 0.0)
    for kind, spent in sorted(took.items()):
        print(f"  {kind}: {spent / lasted:.2f} cores, {1000 * spent / max(1, done):.1f} ms a request")
    runner.quit()


def play(given: argparse.Namespace) -> None:
    """Take the messages, and play the evening once, or each part alone."""
    import gevent.monkey

    gevent.monkey.patch_all()
    import subprocess

    world = json.loads(given.world.read_text())
    gateway = subprocess.Popen([sys.executable, str(ROOT / "bench/_gateway.py"), "0", str(GATEWAY)])
    try:
        processes = Processes(homes=given.home, data=given.data)
        parts = given.only or list(EVENING)
        for only in [[part] for part in parts] if given.apart else [parts]:
            evening(
                world,
                given.hosts,
                only=only,
                scale=given.scale,
                seconds=given.seconds,
                processes=processes,
            )
    finally:
        gateway.kill()
        gateway.wait()


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = words.add_subparsers(dest="command", required=True)
    first = commands.add_parser("prepare")
    first.add_argument("world", type=Path)
    first.add_argument("--tree", type=int, default=3_000)
    second = commands.add_parser("play")
    second.add_argument("world", type=Path)
    second.add_argument("hosts", nargs="+")
    second.add_argument("--scale", type=float, default=1)
    second.add_argument("--seconds", type=int, default=120)
    second.add_argument("--only", action="append", choices=list(EVENING))
    second.add_argument("--apart", action="store_true")
    second.add_argument("--home", action="append", type=Path, default=[])
    second.add_argument("--data", action="append", type=Path, default=[])
    given = words.parse_args()
    if given.command == "prepare":
        prepare(given.world, given.tree)
    else:
        play(given)


if __name__ == "__main__":
    main()
