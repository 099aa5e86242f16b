"""Bench `sizes`: what a district and a state take: disk, memory, and CPU of each busy page and act.

Two trees are filled by the product's own acts: about 2,000 units with 20,000 members, and 133,000 units with 2,000,000.
One web worker, the loops and the embedded database serve each. CPU is what /proc counts for each, less what they take
while nobody asks, so a busy machine changes it little. Rows: `disk` of the tree, of a million members and messages;
`web`, `jobs` and `database` milliseconds of each page or act; `memory` of each kind of process; `backup` bytes and
seconds; `recount` tallies that differ. docs/sizes.md has the table.

The bench measures the district. `python bench/sizes.py fill|ask|check state` does one part of the state.
"""

import http.client
import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from abhiyan.intake import actions as intake

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "bench")]

from bench import _people, _server  # noqa: E402
from bench._gateway import asked, sink  # noqa: E402

from abhiyan.core import home as data_folder  # noqa: E402

PORT = 8391
CALLED, TOKEN = "+911800000001", "bench"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Size:
    """big: of `units.rows`, about a quarter of the units."""

    big: int
    members: int
    asks: int  # of each page and act


SIZES = {"tiny": Size(70, 500, 3), "district": Size(500, 20_000, 40), "state": Size(33_000, 2_000_000, 40)}


def run(*, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: the smallest size, to see that it runs."""
    found = []
    for name in ("tiny",) if quick else ("district",):
        for part in ("fill", "ask", "check"):
            found += work(part, name)
        _child(name, "drop", "owner")
    return found


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def work(part: str, name: str) -> list[dict[str, Any]]:
    """One part of one size. Its rows."""
    return {"fill": fill, "ask": ask, "check": check}[part](name)


def row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "reference_value": None, "unit": unit, "ratio": None}


def _home() -> Path:
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    return home


def _env(name: str) -> dict[str, str]:
    return os.environ | {
        "ABHIYAN_HOME": str(_home()),
        "ABHIYAN_DATABASE": f"abhiyan_bench_sizes_{name}",
        "ABHIYAN_PORT": str(PORT),
        "ABHIYAN_LOG_LEVEL": "WARNING",
        "ABHIYAN_BEHIND_PROXY": "1",
        "ABHIYAN_SMS": "http",
        **_server.SETTINGS,
    }


def _child(name: str, part: str, role: str, *args: object) -> Any:
    env = _env(name) | {"ABHIYAN_ROLE": role, "ABHIYAN_POOL": "0", "ABHIYAN_SMS": "file"}
    return _server.child(__file__, f"-{part}", name, *args, env=env)


def _abhiyan(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "abhiyan.site.cli", *words]
    return subprocess.run(
        command, env=_env(name) | {"ABHIYAN_SMS": "file"}, capture_output=True, text=True, check=False
    )


# Filling.


def fill(name: str) -> list[dict[str, Any]]:
    size, found = SIZES[name], []
    _child(name, "prepare", "owner")
    empty = _child(name, "bytes", "owner")
    world = _child(name, "tree", "jobs", size.big)
    tree = _child(name, "bytes", "owner")
    found.append(row(f"{name}/disk of the tree of {world['units']:,} units", (tree - empty) / 1e6, "MB"))
    begun = time.monotonic()
    half = size.members // 2
    for first in (0, half):
        cpu = _child(name, "members", "jobs", world["programme"], world["booths"], first, half)
        full = _child(name, "bytes", "owner")
        say(
            f"{first + half:,} members: {full / 1e9:.2f} GB, {cpu:.0f} s of Python, {time.monotonic() - begun:.0f} s"
        )
        found.append(row(f"{name}/disk a million members", (full - tree) / (first + half), "MB"))
    messages = min(100_000, size.members)
    _child(name, "messages", "jobs", messages)
    found.append(
        row(f"{name}/disk a million messages", (_child(name, "bytes", "owner") - full) / messages, "MB")
    )
    _home().joinpath(f"sizes-{name}.json").write_text(json.dumps(world))
    for each in found:
        say(str(each))
    return found


# Asking.


class Bill:
    """Counts CPU seconds of each kind of process of the installation, by /proc.

    The database works for pages and webhooks, for the loops, or for itself (autovacuum, checkpoints, its log).
    """

    OF_ROLES = {"_app": "database for web", "_gateway": "database for web", "_jobs": "database for jobs"}

    def __init__(self, home: Path) -> None:
        self.home = home

    def kinds(self) -> dict[int, str]:
        kinds = {}
        with suppress(OSError, ValueError, IndexError):
            kinds[int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])] = "database"
        for note in (self.home / "run").glob("*.json"):
            with suppress(OSError, ValueError):
                told = json.loads(note.read_text())
                kinds[told["pid"]] = told["kind"]
        return kinds

    def processes(self) -> Iterator[tuple[str, int, list[str]]]:
        """Kind, number and fields of /proc/N/stat of each process of ours."""
        kinds = self.kinds()
        for folder in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
                kind = kinds.get(int(folder.name)) or kinds.get(int(fields[1]))
                if kind == "database":
                    words = folder.joinpath("cmdline").read_text().replace("\0", " ")
                    kind = next((for_ for role, for_ in self.OF_ROLES.items() if f"{role} " in words), kind)
                if kind:
                    yield kind, int(folder.name), fields

    def seconds(self) -> dict[str, float]:
        took: dict[str, float] = {}
        for kind, _pid, fields in self.processes():
            took[kind] = took.get(kind, 0.0) + (int(fields[11]) + int(fields[12])) / TICK
        return took

    def memory(self) -> dict[str, float]:
        """Count MB of each kind. Processes that share a page share its size."""
        took: dict[str, float] = {}
        for kind, pid, _fields in self.processes():
            with suppress(OSError):
                pages = Path(f"/proc/{pid}/smaps_rollup").read_text()
                took[kind] = (
                    took.get(kind, 0.0) + int(re.findall(r"^Pss:\s+(\d+)", pages, re.MULTILINE)[0]) / 1024
                )
        return took


class Line:
    """One browser, with its cookies."""

    def __init__(self, number: int = 0, session: str = "") -> None:
        self.cookies = {"language": "en"} | ({"session": session} if session else {})
        self.origin = f"10.{number >> 8 & 255}.{number & 255}.7"

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        headers = {
            "Accept-Encoding": "identity",
            "X-Forwarded-For": self.origin,
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)) as line:
            line.request(method, path, urlencode(form) if form else None, headers)
            answer = line.getresponse()
            body = answer.read().decode()
        for each in answer.headers.get_all("Set-Cookie") or ():
            key, _, value = each.split(";", 1)[0].partition("=")
            self.cookies[key] = value
        return answer.status, answer.headers.get("Location", ""), body

    def page(self, path: str) -> str:
        status, where, body = self.ask("GET", path)
        if status != 200:
            raise SystemExit(f"{path} answered {status} {where}: {body[:300]}")
        return body


def ask(name: str) -> list[dict[str, Any]]:
    """Each page and act in turn, many times; CPU of each, less what the same time takes while nobody asks."""
    world = json.loads(_home().joinpath(f"sizes-{name}.json").read_text()) | _child(name, "seated", "jobs")
    size, found = SIZES[name], []
    with ExitStack() as after:
        gateway = after.enter_context(sink())
        env = _env(name) | {
            "ABHIYAN_SMS_URL": f"http://127.0.0.1:{gateway}/send",
            "ABHIYAN_SMS_TOKEN": "bench",
        }
        command = [sys.executable, "-m", "abhiyan.site.cli", "serve", "--with-jobs", "--workers", "1"]
        after.callback(_server.Served(command, port=PORT, env=env, log=_home() / "sizes.log").stop)
        bill, begun = Bill(_home()), time.monotonic()
        time.sleep(20)
        idle_from, since = bill.seconds(), time.monotonic()
        time.sleep(20)
        idle = {
            kind: (s - idle_from.get(kind, 0)) / (time.monotonic() - since)
            for kind, s in bill.seconds().items()
        }
        say(f"idle: {idle}")
        for what, act in asks(world, gateway).items():
            for number in range(3):
                act(number + 100_000)
            time.sleep(1)
            before, since = bill.seconds(), time.monotonic()
            for number in range(size.asks):
                act(number)
            time.sleep(2)  # what an act leaves to the loops
            lasted, later = time.monotonic() - since, bill.seconds()
            took = {
                kind: (s - before.get(kind, 0) - idle.get(kind, 0) * lasted) / size.asks
                for kind, s in later.items()
            }
            say(f"{what}: " + ", ".join(f"{kind} {s * 1000:.1f} ms" for kind, s in sorted(took.items())))
            found += [row(f"{name}/{what}/{kind}", max(0.0, s) * 1000, "ms") for kind, s in took.items()]
        memory = bill.memory()
        say(f"memory: {memory}; {time.monotonic() - begun:.0f} s")
        found += [row(f"{name}/memory/{kind}", mb, "MB") for kind, mb in memory.items()]
    return found


def asks(world: dict[str, Any], gateway: int) -> dict[str, Callable[[int], Any]]:
    """The pages and acts by name; each is done once with a number of its own."""
    run = random.randrange(10**6)
    lines = {who: Line(n, session) for n, (who, session) in enumerate(world["sessions"].items())}

    def read(who: str, path: str) -> Callable[[int], Any]:
        return lambda _number: lines[who].page(path)

    def code_of(phone: str) -> str:
        ends = time.monotonic() + 60
        while not (code := re.search(r"\b\d{6}\b", asked(gateway, f"/to/+91{phone}")["text"] or "")):
            if time.monotonic() > ends:
                raise SystemExit(f"no code came to {phone}")
            time.sleep(0.02)
        return code[0]

    def join(number: int) -> None:
        joins = _people.Joins(PORT, gateway, "bench", world["booths"])
        joins.first = run * 100 + number * 131
        if (became := joins._joined(number)) != "joined":  # noqa: SLF001  # one of bench `launch`
            raise SystemExit(f"joining: {became}")

    def door(number: int) -> None:
        line, path = lines["worker"], "/field/?unit=B1"
        page = line.page(path)
        form = {key: _people._field(page, key) for key in ("csrfmiddlewaretoken", "key")}  # noqa: SLF001
        form |= {"name": "Asha Devi", "birth_year": "1980", "heard": "on", "send": "1"}
        form["phone"] = f"94{(run * 1_000 + number * 7) % 10**8:08d}"
        status, where, body = line.ask("POST", path, form)
        if status != 302:
            wrong = re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', body)
            raise SystemExit(f"at the door: {status} {where} {wrong} {body[:200]}")

    def claim(number: int) -> None:
        body = {
            "key": f"{run}-{number}",
            "phone": f"93{(run * 1_000 + number * 7) % 10**8:08d}",
            "name": "Sunita Devi",
            "birth_year": 1980,
            "unit": f"B{1 + number % world['booths']}",
            "notice_version": 1,
            "language": "hi",
        }
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as line:
            headers = {"Authorization": f"Bearer {world['api']}", "Content-Type": "application/json"}
            line.request("POST", "/api/v1/claims", json.dumps(body), headers)
            answer = line.getresponse()
            if answer.status != 201:
                raise SystemExit(f"a claim: {answer.status} {answer.read()[:300]!r}")

    def text(number: int) -> None:
        from launch import _signature

        phone = f"+9192{(run * 1_000 + number * 7) % 10**8:08d}"
        body = json.dumps({"id": f"{run}-{number}", "from": phone, "to": CALLED, "text": "JOIN"})
        _people.tell(PORT, f"/hook/sms/generic/{world['secret']}", body, _signature("sms", body))

    def sign_in(number: int) -> None:
        phone = world["phones"][number % len(world["phones"])]
        line = Line(number)
        page = line.page("/sign-in/")
        token = _people._field(page, "csrfmiddlewaretoken")  # noqa: SLF001
        status, where, body = line.ask("POST", "/sign-in/", {"csrfmiddlewaretoken": token, "phone": phone})
        if status != 302:
            raise SystemExit(f"signing in: {status} {body[:300]}")
        page = line.page(where)

    return {
        "Today of the top": read("top", "/"),
        "Today of a district": read("district", "/"),
        "Today of a booth": read("worker", "/"),
        "unit page of the top": read("top", "/units/IN/"),
        "unit page of a district": read("district", "/units/D1/"),
        "unit page of a booth": read("worker", "/units/B1/"),
        "programme page": read("top", world["programme_page"]),
        "search of people by name": read("mandal", "/people/?" + urlencode({"unit": "M1", "q": "Sunita"})),
        "page to join": lambda number: Line(number).page("/join/bench/"),
        "joining, with code and card": join,
        "page to sign in": lambda number: Line(number).page("/sign-in/"),
        "signing in, to the code": sign_in,
        "page at the door": read("worker", "/field/?unit=B1"),
        "entry at the door": door,
        "claim by the API": claim,
        "text with its reply": text,
    }


# Afterwards.


def check(name: str) -> list[dict[str, Any]]:
    """A backup, and whether the counters are right."""
    import resource

    def children() -> float:
        took = resource.getrusage(resource.RUSAGE_CHILDREN)
        return took.ru_utime + took.ru_stime

    key, to = _home() / "sizes.key", _home() / f"sizes-{name}.age"
    for each in (key, to):
        each.unlink(missing_ok=True)
    made = _abhiyan(name, "backup", "keygen", "--to", str(key))
    public = re.search(r"age1\w+", made.stdout + made.stderr)
    if not public:
        raise SystemExit(made.stdout + made.stderr)
    _child(name, "bytes", "owner")  # the database runs meanwhile
    bill = Bill(_home())
    before, begun, ours = bill.seconds(), time.monotonic(), children()
    done = _abhiyan(name, "backup", "--to", str(to), "--recipient", public[0])
    if done.returncode:
        raise SystemExit(done.stderr)
    lasted, took = time.monotonic() - begun, children() - ours
    base = bill.seconds().get("database", 0) - before.get("database", 0)
    found = [
        row(f"{name}/backup", to.stat().st_size / 1e6, "MB"),
        row(f"{name}/backup of ours", took, "s of CPU"),
        row(f"{name}/backup of the database", base, "s of CPU"),
        row(f"{name}/backup in all", lasted, "s"),
    ]
    to.unlink()
    begun = time.monotonic()
    told = json.loads(_abhiyan(name, "recount", "--json").stdout)
    found.append(row(f"{name}/recount of {told['compared']:,} tallies", len(told["differences"]), "differ"))
    say(f"recount {time.monotonic() - begun:.0f} s, right: {told['is_right']}")
    for each in found:
        say(str(each))
    return found


# What the children do.


def _tree(big: int) -> dict[str, Any]:
    """The tree of bench `unit-page`, its drive, and the people who ask."""
    import unit_page

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.intake.actions import tokens
    from abhiyan.messaging import actions as messaging
    from abhiyan.programmes.models import Programme
    from abhiyan.units import queries as units
    from abhiyan.units.models import Unit

    made = unit_page.fill(big, is_counted=False)
    by, at, programme = Actor.system("bench"), clock.now(), int(made["programme"])
    with system("bench"):
        messaging.publish_templates(at=at, by=by)
        for each in (0, programme):
            messaging.set_allowance(programme_id=each, per_hour=10**9, by=by, at=at)
        secret = messaging.connect_number(
            number=CALLED,
            provider="generic",
            meaning="join",
            programme_id=programme,
            signing_token=TOKEN,
            by=by,
            at=at,
        )
        api = tokens.make_token_at_console(
            programme_id=programme, unit_id=units.unit("IN").pk, name="Bench", by=by, at=at, days=30
        )
        page = f"/programmes/{Programme.objects.get(pk=programme).public_id}/"
        counts = {"booths": Unit.objects.filter(kind="booth").count(), "units": Unit.objects.count()}
    return counts | {
        "programme": programme,
        "programme_page": page,
        "api": api.secret,
        "secret": secret,
    }


SEATS = {
    "top": ("national_president", "IN"),
    "district": ("district_president", "D1"),
    "mandal": ("mandal_president", "M1"),
    "worker": ("booth_worker", "B1"),
}


def _seated() -> dict[str, Any]:
    """Seat and sign in one person of each level; seat twenty more workers."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.keys import keyring
    from abhiyan.core.scope import system
    from abhiyan.org import actions as org
    from abhiyan.org.models import Appointment
    from abhiyan.people import actions as people
    from abhiyan.people.models import Account
    from abhiyan.units import queries as units

    by, at = Actor.system("bench"), clock.now()
    seats = [*SEATS.items(), *((str(number), ("booth_worker", f"B{number}")) for number in range(2, 22))]
    sessions, phones = {}, []
    with system("bench"):
        for number, (who, (office, code)) in enumerate(seats):
            phone, unit = f"70000003{number:02d}", units.unit(code).pk
            held = Appointment.objects.filter(unit_id=unit, office__code=office, state="active").first()
            if held is None or who not in SEATS:
                account = Account.objects.filter(phone_id=keyring().phone_id(f"+91{phone}")).first()
                if account is None:
                    account = people.open_account(
                        phone=f"+91{phone}", name="Bench", by=by, at=at, unit_id=unit
                    )
                    org.appoint(account_id=account.pk, office=office, unit_id=unit, by=by, at=at)
                phones.append(phone)
            account_id = account.pk if held is None or who not in SEATS else held.account_id
            if who in SEATS:
                made = people.sessions.start(device="", origin="", at=at, account_id=account_id, strong=True)
                sessions[who] = made.token
    return {"sessions": sessions, "phones": phones}


NAMES = (
    "Sunita Devi",
    "Mohan Lal",
    "Asha Kumari",
    "Ramesh Yadav",
    "Farooq Ahmad",
    "Geeta Sharma",
    "Vijay Singh",
    "Nasreen Bano",
)


def _members(programme: str, booths: str, first: str, n: str) -> float:
    """Bring people by the act, as the API does, and fold what it leaves. CPU seconds of this process."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment import actions as enrolment
    from abhiyan.programmes import actions as programmes

    by, rng, begun = Actor.system("bench"), random.Random(int(first)), time.process_time()
    last = int(first) + int(n)
    for start in range(int(first), last, 500):
        claims = [
            enrolment.ClaimMessage(
                channel=3,
                key=enrolment.sender_key(by.id, f"sizes-{k}"),
                phone=f"+91{7_100_000_000 + k * 61 % 899_999_999}",
                by=by.id,
                name=NAMES[k % len(NAMES)],
                birth_year=1950 + k % 55,
                unit_code=f"B{1 + rng.randrange(int(booths))}",
                notice_version=1,
                language="hi",
            )
            for k in range(start, min(start + 500, last))
        ]
        intake.enrol_batch(programme_id=int(programme), claims=claims, by=by, at=clock.now())
        if start % 10_000 == 0:
            with system("bench"):
                while programmes.fold_changes(at=clock.now()):
                    pass
    with system("bench"):
        while programmes.fold_changes(at=clock.now()):
            pass
    return time.process_time() - begun


def _messages(n: str) -> None:
    """Messages that have gone."""
    import messages
    from django.db import connection

    from abhiyan.core import clock
    from abhiyan.core.scope import system

    at = clock.now()
    messages.queued(int(n), at=at)
    with system("bench"), connection.cursor() as cursor:
        cursor.execute(
            "update messaging_message set state = 'delivered', sent_at = now(), settled_at = now(), parts = 2,"
            " adapter = 'http', adapter_ref = id::text where state = 'queued'"
        )


def _bytes() -> int:
    """The database on disk, as autovacuum leaves it."""
    import _database
    import psycopg

    from abhiyan.core import database

    _database.vacuum()
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        got = owner.execute("select pg_database_size(current_database())").fetchone()
    assert got is not None
    return int(got[0])


def _work(part: str, name: str, args: list[str]) -> Any:
    import _database

    if not _database.ready(f"abhiyan_bench_sizes_{name}", part):
        return None
    import django

    from abhiyan.core import schema

    django.setup()
    match part:
        case "prepare":
            schema.prepare_database()
            schema.migrate(verbosity=0)
        case "tree":
            return _tree(int(args[0]))
        case "members":
            return _members(*args)
        case "seated":
            return _seated()
        case "messages":
            _messages(*args)
        case "bytes":
            return _bytes()
    return None


if __name__ == "__main__":
    if sys.argv[1].startswith("-"):
        if (answer := _work(sys.argv[1][1:], sys.argv[2], sys.argv[3:])) is not None:
            print(json.dumps(answer))
    elif sys.argv[1] == "drop":
        _child(sys.argv[2], "drop", "owner")
    else:
        print(json.dumps(work(sys.argv[1], sys.argv[2]), indent=1))
