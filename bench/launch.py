"""Bench `launch`: the day of a launch on one server as shipped: two workers, loops and jobs.

First, on the quiet server: claims a second at 512 connections as in bench `enrol`. Then messages a second out of the
outbox into a gateway that takes each at once. Then for two minutes, together: claims by the API at half of that rate.
Missed calls and SMS (one in five) come at half of the rate of the messages, each with its one reply. Twenty people a
second join on the web with a code. A list of 50,000 rows of paper comes in, and the Unit page of every level is read.
In the middle three phones, to which a message leaves each second, write STOP.

Rows: `claims/http512` and `told/messages` what was taken against
what was measured before (half is the aim); `joins` a second; `stop` seconds from the answer to STOP to the last message
to that phone; `backlog` seconds after the end until every reply has left, every delta is folded and the trail is
sealed; `pages failed` of the Unit page; `lost` claims with a receipt and no row, or stored and never sent; `recount`
tallies that differ from the facts. The bench prints on the way what each part took, and how many cores.
Load comes from wrk (Debian: apt install wrk), two threads of it for claims and two for calls.
"""

import importlib
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import _server
from bench._gateway import asked, had, sink
from bench._people import Cores, Joins, Pages, tell

from abhiyan.core import home as data_folder
from abhiyan.intake.rules.backlog import WITHOUT_REPLY
from abhiyan.messaging.rules.backlog import DUE

DATABASE = "abhiyan_bench_launch"
PORT = 8191
CALLED, TOKEN = "+911800000001", "bench"
STOPPERS = 3
EMPTY_WITHIN_S = 60


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long and how much."""

    seconds: int = 120
    rate_s: int = 6
    messages: int = 3_000
    tree: int = 3_000
    paper: int = 50_000
    joins_per_s: float = 20
    port: int = PORT


QUICK = Plan(seconds=15, rate_s=2, messages=600, tree=300, paper=2_000)


def run(*, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a quarter of a minute in a tenth of the tree, to see that it runs."""
    return rows(measured(data_folder.home_folder() / "bench", QUICK if quick else Plan()))


def measured(home: Path, plan: Plan) -> dict[str, Any]:
    """Everything once, in a database of its own."""
    _server.need_wrk("launch")
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as after:
        day = Day(home, plan, gateway=after.enter_context(sink()))
        after.callback(day.child, "drop", "owner")
        day.prepare()
        after.callback(day.serve().stop)
        day.rates()
        day.load()
        day.settle()
        day.check()
    return day.found


def rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    def row(name: str, value: float, reference: float | None, unit: str) -> dict[str, Any]:
        return {
            "name": name,
            "value": round(value, 2),
            "reference_value": None if reference is None else round(reference, 2),
            "unit": unit,
            "ratio": round(value / reference, 3) if reference else None,
        }

    return [
        row("claims/http512", found["claims"], found["http512"], "claims/s"),
        row("told/messages", found["told"], found["messages"], "calls/s"),
        row("joins", found["joins"], found["joins wanted"], "joins/s"),
        row("stop", found["stop_s"], 60, "s"),
        row("backlog", found["backlog_s"], EMPTY_WITHIN_S, "s"),
        row("pages failed", found["pages failed"], None, "pages"),
        row("lost", found["lost"], None, "claims"),
        row("recount", found["recount"], None, "tallies"),
    ]


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


class Day:
    """One server, and what was measured of it."""

    def __init__(self, home: Path, plan: Plan, *, gateway: int) -> None:
        self.home, self.plan, self.gateway = home, plan, gateway
        self.found: dict[str, Any] = {}
        self.world: dict[str, Any] = {}
        self.env = os.environ | {
            "ABHIYAN_HOME": str(home),
            "ABHIYAN_DATABASE": DATABASE,
            "ABHIYAN_PORT": str(plan.port),
            "ABHIYAN_LOG_LEVEL": "WARNING",
            "ABHIYAN_BEHIND_PROXY": "1",  # each who joins comes from a network of their own
            "ABHIYAN_CLAIMS_PER_SECOND": "1000000",
            "ABHIYAN_CLAIMS_PER_DAY": "1000000000",
            "ABHIYAN_SMS": "http",
            "ABHIYAN_SMS_URL": f"http://127.0.0.1:{gateway}/send",
            "ABHIYAN_SMS_TOKEN": "bench",
            **_server.SETTINGS,
        }

    def child(self, part: str, role: str, *args: object) -> Any:
        env = self.env | {"ABHIYAN_ROLE": role, "ABHIYAN_POOL": "0"}
        return _server.child(__file__, part, *args, env=env)

    def prepare(self) -> None:
        say("making the tree")
        self.child("prepare", "owner")
        self.world = self.child("fill", "jobs", self.plan.tree)

    def serve(self) -> _server.Served:
        abhiyan = [sys.executable, "-m", "abhiyan.site.cli", "serve", "--with-jobs", "--workers", "2"]
        return _server.Served(abhiyan, port=self.plan.port, env=self.env, log=self._kept("server.log"))

    # Before.

    def rates(self) -> None:
        """Claims and messages a second with nothing else to do."""
        for seconds in (1, self.plan.rate_s):
            before = self._counts()["claims"]
            self._sent(told := self._wrk("claims", seconds=seconds))
            lasted = re.search(r"requests in ([\d.]+)s", told)
            assert lasted, told
            self.found["http512"] = (self._counts()["claims"] - before) / float(lasted[1])
        self._empty()
        came = had(self.gateway)
        self.child("queue", "jobs", self.plan.messages)
        _until(lambda: had(self.gateway) >= came + self.plan.messages, 120)
        at = sorted(asked(self.gateway)["at"].values())[came:]
        self.found["messages"] = (len(at) - 1) / (at[-1] - at[0])
        say(f"{self.found['http512']:,.0f} claims/s, {self.found['messages']:,.0f} messages/s")

    # Then.

    def load(self) -> None:
        """Everything together."""
        plan, found = self.plan, self.found
        claims, told = found["http512"] / 2, found["messages"] / 2
        paper = self.home / "launch-paper.csv"
        self.child("write", "jobs", paper, plan.paper, self.world["booths"])
        self.child("sign", "jobs", self._kept("told"), round(told * plan.seconds * 1.1))
        stops = self.child("watch", "jobs", plan.seconds + EMPTY_WITHIN_S)
        joins = Joins(plan.port, self.gateway, self.world["slug"], self.world["booths"])
        before, cores = self._counts(), Cores(self.home)
        say(f"{claims:,.0f} claims/s and {told:,.0f} calls/s for {plan.seconds} s")
        with ThreadPoolExecutor(6) as hands:
            under_way = {
                "pages": hands.submit(self._pages, plan.seconds),
                "claims": hands.submit(self._wrk, "claims", seconds=plan.seconds, rate=claims),
                "told": hands.submit(self._wrk, "told", seconds=plan.seconds, rate=told),
                "joins": hands.submit(joins.come, plan.joins_per_s, plan.seconds),
                "paper": hands.submit(self.child, "paper", "jobs", paper),
                "stop": hands.submit(self._stop, stops),
            }
            done = {name: each.result() for name, each in under_way.items() if name != "paper"}
            say(f"cores: {cores.told()}")
            self._ended = time.monotonic()
            say(f"paper: {under_way['paper'].result()}")
        after = self._counts()
        times, failed = done["pages"]
        found["pages failed"] = sum(failed.values())
        say(f"a page: p50 {statistics.median(times):.0f} ms of {len(times)}; failed: {failed}")
        for name in ("claims", "told"):
            say(f"{name}: {' '.join(done[name].split())}")
            found[name] = len(self._receipts(name)) / plan.seconds
        self._sent(done["claims"])
        found["joins"], found["joins wanted"] = joins.joined / plan.seconds, plan.joins_per_s
        say(f"joins: {joins.told()}; stored: { {name: after[name] - before[name] for name in after} }")
        paper.unlink()

    def _stop(self, stops: Mapping[str, Any]) -> dict[str, float]:
        """In the middle the phones write STOP. Returns when each was answered."""
        time.sleep(self.plan.seconds / 2)
        said = {}
        for phone, (signature, body) in stops["signed"].items():
            tell(self.plan.port, f"/hook/sms/generic/{self.world['secret']}", body, signature)
            said[phone] = time.monotonic()
        self._watched = {phone: set(refs) for phone, refs in stops["refs"].items()}
        self._said = said
        return said

    # Afterwards.

    def settle(self) -> None:
        """Until nothing waits any more."""
        self.found["backlog_s"] = self._empty(since=self._ended)
        told = asked(self.gateway)
        assert told["came"] == told["n"], f"{told['came'] - told['n']} messages left twice"
        self.found["stop_s"] = 0.0
        for phone, said in self._said.items():
            left = [told["at"][ref] for ref in self._watched[phone] if ref in told["at"]]
            assert left, "nothing left to a phone that had not said STOP"
            self.found["stop_s"] = max(self.found["stop_s"], max(left) - said)
        say(f"empty after {self.found['backlog_s']:.1f} s; STOP after {self.found['stop_s']:.2f} s")

    def check(self) -> None:
        """Every receipt has its row, every row of the API was sent; tallies equal the facts."""
        told = self.child("check", "owner", self.home, json.dumps(self._of_threads))
        say(f"{told}")
        self.found |= {"lost": told["lost"] + told["never sent"], "receipts": told["receipts"]}
        done = subprocess.run(
            [sys.executable, "-m", "abhiyan.site.cli", "recount", "--json"],
            env=self.env,
            stdout=subprocess.PIPE,
            check=False,
        )
        recount = json.loads(done.stdout)
        self.found["recount"] = len(recount["differences"]) + (0 if recount["is_right"] else 1)
        say(f"recount: {recount['compared']} tallies, {len(recount['differences'])} differ")

    # Parts of these.

    _ended = 0.0
    _of_threads: list[tuple[int, int, int]] = []  # claims sent: number, base, how many

    def _wrk(self, of: str, *, seconds: float, rate: float | None = None) -> str:
        """rate: a second; without, as fast as it goes, and no receipt is kept."""
        script, path = ("enrol", "/api/v1/claims") if of == "claims" else ("told", "/")
        command = _server.wrk_command(
            "paced.lua",
            f"http://127.0.0.1:{self.plan.port}{path}",
            connections=512 if of == "claims" else 128,
            seconds=seconds,
        )
        env = {
            "HERE": str(_server.HERE),
            "OF": script,
            "RATE": str(rate or ""),
            "KEPT": str(self._kept(f"receipts-{of}-")),
            "TOKEN": self.world["api"],
            "BOOTHS": str(self.world["booths"]),
            "UNIT": "B%d",
            "TOLD": str(self._kept("told")),
            "SECRET": self.world["secret"],
        }
        return subprocess.run(command, env=self.env | env, capture_output=True, text=True, check=True).stdout

    def _kept(self, name: str) -> Path:
        return self.home / f"launch-{name}"

    def _receipts(self, name: str) -> list[str]:
        paths = [self._kept(f"receipts-{name}-{number}") for number in (0, 1)]
        return [line for path in paths for line in path.read_text().splitlines()]

    def _sent(self, printed: str) -> None:
        for number, base, n in re.findall(r"^sent (\d+) (\d+) (\d+)", printed, re.MULTILINE):
            self._of_threads.append((int(number), int(base), int(n)))

    def _pages(self, seconds: float) -> tuple[list[float], dict[str, int]]:
        """Milliseconds of every page read meanwhile, and how many failed, by code. This runs in a process that does
        nothing else. Beside hundreds of others in this one, a reader would wait for the interpreter and not for the
        page."""
        told = self.child(
            "pages", "app", self.plan.port, json.dumps(self.world["levels"]), self.world["token"], seconds
        )
        return told["took"], told["failed"]

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.child("counts", "owner")
        return counts

    def _empty(self, *, since: float | None = None) -> float:
        """Wait until nothing is due, unfolded or unsealed; the seconds since."""
        since = time.monotonic() if since is None else since
        self.child("empty", "owner", EMPTY_WITHIN_S * 3)
        return time.monotonic() - since


def _until(is_so: Callable[[], bool], wait_s: float) -> None:
    ends = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < ends, f"not so after {wait_s} s"
        time.sleep(0.2)


# What the children do.


def fill_world(big: int) -> dict[str, Any]:
    """The tree of bench `unit-page` with its drive; a token, a number, texts and their budget."""
    import unit_page

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.intake.actions import tokens
    from abhiyan.messaging import actions as messaging
    from abhiyan.units import queries as units
    from abhiyan.units.models import Unit

    made = unit_page.fill(big, is_counted=False)  # what is counted is recounted afterwards
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
            programme_id=programme, unit_id=units.unit("IN").pk, name="Bench", by=by, at=at, days=1
        )
        booths = Unit.objects.filter(kind="booth").count()
    levels = {level: made[level] for level in unit_page.LEVELS}
    return {
        "levels": levels,
        "token": made["token"],
        "api": api.secret,
        "secret": secret,
        "slug": "bench",
        "booths": booths,
    }


def _queue(n: int) -> None:
    """Messages that are due together in a moment."""
    import messages

    from abhiyan.core import clock

    messages.queued(n, at=clock.now() + timedelta(seconds=4))


def _write(path: str, n: int, booths: int) -> None:
    importlib.import_module("import").write_list(Path(path), n, booths=booths)


def _sign(name: str, n: int) -> None:
    """Calls and SMS of somebody new each time, one in fifty told again; a file for each thread of wrk."""
    with Path(f"{name}0").open("w") as one, Path(f"{name}1").open("w") as other:
        first = secrets.randbelow(10**8)
        for number in range(n):
            k = number - 20 if number % 50 == 49 else number
            kind = "sms" if k % 5 == 4 else "call"
            told = {"id": f"{first}-{k}", "from": f"+9197{(first + k) * 7 % 99_999_989:08d}", "to": CALLED}
            body = json.dumps(told | ({"text": "JOIN"} if kind == "sms" else {}))
            (other if number % 2 else one).write(f"{kind} {_signature(kind, body)} {body}\n")


def _signature(kind: str, body: str) -> str:
    """Sign as a provider in two minutes: one is believed within five."""
    from abhiyan.messaging.rules import signatures

    at_s = int(time.time()) + 120
    return f"t={at_s},v2={signatures.generic_signature(at_s, kind, body.encode(), TOKEN)}"


def _watch(seconds: int) -> dict[str, Any]:
    """A message a second to each of the phones that will write STOP, asked for now; and the SMS that says it."""
    from abhiyan.core import clock
    from abhiyan.core.scope import system
    from abhiyan.messaging import actions as messaging
    from abhiyan.messaging.queries import message_id

    at = clock.now()
    phones = [f"+9195{secrets.randbelow(10**8):08d}" for _number in range(STOPPERS)]
    refs: dict[str, list[str]] = {phone: [] for phone in phones}
    signed = {}
    for phone in phones:
        body = json.dumps({"id": f"stop {phone}", "from": phone, "to": CALLED, "text": "STOP"})
        signed[phone] = (_signature("sms", body), body)
        for second in range(seconds):
            key = f"watch|{second}|{phone}"
            refs[phone].append(str(message_id(key)))
            letter = messaging.Outgoing(
                template="drive.already",
                phone=phone,
                language="hi",
                blanks={"link": "https://campaign.example.org/me/"},
                key=key,
                asked_at=at,
            )
            with system("bench"):
                messaging.send_many(messages=[letter], at=at + timedelta(seconds=second))
    return {"refs": refs, "signed": signed}


def _paper(path: str) -> dict[str, Any]:
    """A list of paper by the jobs of the server, as by the page: brought, checked, committed."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.imports import actions
    from abhiyan.imports.models import StagedImport
    from abhiyan.programmes.models import Programme

    by, begun = Actor.system("bench"), time.monotonic()
    with system("bench"):
        drive = Programme.objects.get(names__en="Bench drive")
        public_id = actions.import_file(
            kind_key="paper",
            path=Path(path),
            options={"drive": str(drive.public_id)},
            by=by,
            at=clock.now(),
        )
    took = {}
    for step, then in (("check", "checked"), ("commit", "done")):
        asked_at = time.monotonic()
        with system("bench"):
            getattr(actions, step)(public_id=public_id, by=by, at=clock.now())
        while True:
            with system("bench"):
                staged = StagedImport.objects.get(public_id=public_id)
            assert not staged.error, staged.error
            if staged.state == then:
                break
            assert time.monotonic() - begun < 600, (step, staged.state, staged.progress_pct)
            time.sleep(0.5)
        took[f"{step}_s"] = round(time.monotonic() - asked_at, 1)
    return took | staged.counts


# Calls and messages as the launch page counts them.
_DUE = {
    "calls": f"select count(*) from enrolment_waiting where {WITHOUT_REPLY}",
    "messages": f"select count(*) from messaging_message where {DUE} now()",
    "deltas": "select count(*) from programmes_delta",
    "trail": "select (select count(*) from core_audit) - (select coalesce(sum(n), 0) from core_audit_seal)",
}
_COUNTS = {
    "claims": "select count(*) from enrolment_claim",
    "members": "select count(*) from enrolment_membership",
    "waiting": "select count(*) from enrolment_waiting",
    "messages": "select count(*) from messaging_message",
}


def _admin() -> Any:
    import psycopg

    from abhiyan.core import database

    return psycopg.connect(database.conninfo(None, dbname=DATABASE), autocommit=True)


def _numbers(queries: Mapping[str, str]) -> dict[str, int]:
    with _admin() as admin:
        return {name: int(admin.execute(query).fetchone()[0]) for name, query in queries.items()}


def _empty(wait_s: int) -> None:
    """Ask until nothing is due; say what was, now and then."""
    begun = told = time.monotonic()
    while any((left := _numbers(_DUE)).values()):
        now = time.monotonic()
        assert now - begun < wait_s, f"not empty after {wait_s} s: {left}"
        if now - told > 5:
            told = now
            say(f"after {now - begun:.0f} s: {left}")
        time.sleep(0.25)


def _check(folder: str, sent: str) -> dict[str, int]:
    """acknowledged ⊆ stored ⊆ sent, each once: from the tables themselves, past every policy."""
    from uuid import UUID

    from abhiyan.enrolment.actions import sender_key
    from abhiyan.enrolment.rules.channels import Channel
    from abhiyan.enrolment.rules.ids import claim_id

    receipts: dict[str, list[str]] = {"claims": [], "told": []}
    for name, found in receipts.items():
        for number in (0, 1):
            path = Path(folder) / f"launch-receipts-{name}-{number}"
            # A line that wrk was ended in is no answer anybody read.
            lines = [line for line in path.read_text().splitlines() if line.endswith("}")]
            found += [json.loads(line)["receipt"] for line in lines]
    given = {receipt for found in receipts.values() for receipt in found}
    with _admin() as admin:
        stored = {row[0].hex for row in admin.execute("select public_id from enrolment_claim")}
        of_api = admin.execute("select id from enrolment_claim where channel = %s", [Channel.API]).fetchall()
        (sender,) = admin.execute("select public_id from enrolment_channel_token").fetchone()
        doubled = admin.execute(
            "select (select count(*) - count(distinct id) from enrolment_claim)"
            " + (select count(*) - count(distinct (membership_id, term)) from enrolment_enrolment)"
        ).fetchone()[0]
    ours: set[UUID] = set()
    for number, base, n in json.loads(sent):
        for k in range(1, n + 2):
            ours.add(UUID(bytes=claim_id(Channel.API, sender_key(sender, f"{number}-{base}-{k}"))))
    return {
        "receipts": len(given),
        "lost": len(given - stored) + doubled,
        "stored of the API": len(of_api),
        "never sent": sum(row[0] not in ours for row in of_api),
    }


def _child(part: str, args: list[str]) -> Any:
    from _database import ready

    if part in ("counts", "empty"):  # no more than a connection
        return _numbers(_COUNTS) if part == "counts" else _empty(int(args[0]))
    if part == "pages":
        pages = Pages(int(args[0]), json.loads(args[1]), args[2])
        return {"took": pages.measure(float(args[3])), "failed": pages.failed}
    if not ready(DATABASE, part):
        return None
    import django

    from abhiyan.core import schema

    django.setup()
    match part:
        case "prepare":
            schema.prepare_database()
            schema.migrate(verbosity=0)
        case "fill":
            return fill_world(int(args[0]))
        case "queue":
            _queue(int(args[0]))
        case "write":
            _write(args[0], int(args[1]), int(args[2]))
        case "sign":
            _sign(args[0], int(args[1]))
        case "watch":
            return _watch(int(args[0]))
        case "paper":
            return _paper(args[0])
        case "check":
            return _check(args[0], args[1])
    return None


if __name__ == "__main__":
    if (answer := _child(sys.argv[1], sys.argv[2:])) is not None:
        print(json.dumps(answer, default=str))
