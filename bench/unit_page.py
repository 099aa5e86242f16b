"""Bench `unit-page`: the page of a booth and of the nation, in a tree of 12,000 and of 1,200,000 units.

Rows: `booth/bare` p50 of a booth's page against a bare Django view behind the same session; `nation/booth` the nation's
page against the booth's; `big/small` the nation's page at 1,200,000 units against 12,000. Beside it, a booth's and a
district's page, which has 100 mandals there and 22 here; `busy/idle` the nation's page while claims arrive at half the
peak rate, folded meanwhile, against idle.
Requests go one after the other, page by page in turns, over one kept connection to each server; rounds are
interleaved, ratios are medians over rounds.
Databases are its own, in ABHIYAN_HOME/bench or beside DATABASE_URL's, and are dropped afterwards.
"""

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from abhiyan.core import home as data_folder
from abhiyan.intake import actions as intake

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
SIZES = {"small": 3_000, "big": 300_000}  # of bench/units.py's generator: about four times as many units
PORTS = {"small": 8481, "big": 8482}
REQUESTS = 25
LEVELS = {
    "nation": "IN",
    "state": "S0",
    "region": "R00",
    "district": "D1",
    "mandal": "M1",
    "cluster": "C0-0",
} | {"booth": "B1"}


def run(rounds: int = 7, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: two small trees and one round, to see that it runs."""
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    rounds = 1 if quick else rounds
    with ExitStack() as after:
        made = {}
        for name, big in SIZES.items():
            say(f"making the {name} tree")
            after.callback(_child, home, name, "drop", "owner")
            _child(home, name, "prepare", "owner")
            made[name] = _child(home, name, "fill", "jobs", str(SIZES["small"] if quick else big))
            after.enter_context(_Server(home, name))
        found = [_round(home, made) for _number in range(rounds)]
    for key in sorted(found[0]):
        say(f"{key}: p50 {statistics.median(one[key] for one in found):.2f} ms")
    return [
        _row("booth/bare", found, "small booth", "small bare"),
        _row("nation/booth", found, "small nation", "small booth"),
        _row("big/small", found, "big nation", "small nation"),
        _row("big/small booth", found, "big booth", "small booth"),
        _row("big/small district", found, "big district", "small district"),
        _row("busy/idle", found, "busy nation", "small nation"),
    ]


def measured(home: Path, pages: list[str], path: str, rounds: int) -> list[dict[str, float]]:
    """Milliseconds at the median of pages of the small tree, by round, with what `_reviewed` fills besides. path: of a
    page, with the unit's code."""
    with ExitStack() as after:
        after.callback(_child, home, "small", "drop", "owner")
        _child(home, "small", "prepare", "owner")
        made = {"small": _child(home, "small", "fill", "jobs", str(SIZES["small"]))}
        _child(home, "small", "review", "jobs")
        after.enter_context(_Server(home, "small"))
        asked = [("small", page) for page in pages]
        return [
            {page: took for (_name, page), took in _p50(made, asked, path).items()}
            for _round in range(rounds)
        ]


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _row(name: str, found: list[dict[str, float]], one: str, other: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(statistics.median(each[one] for each in found), 3),
        "reference_value": round(statistics.median(each[other] for each in found), 3),
        "unit": "ms",
        "ratio": round(statistics.median(each[one] / each[other] for each in found), 3),
    }


def _round(home: Path, made: dict[str, dict[str, str]]) -> dict[str, float]:
    """Milliseconds at the median of every page, taken in turns; then the nation's while claims arrive."""
    pages = [(name, page) for page in ("bare", "booth", "district", "nation") for name in SIZES]
    found = {f"{name} {page}": took for (name, page), took in _p50(made, pages).items()}
    with _Load(home):
        found["busy nation"] = _p50(made, [("small", "nation")])["small", "nation"]
    return found


def _p50(
    made: dict[str, dict[str, str]], pages: list[tuple[str, str]], path_of: str = "/units/{}/"
) -> dict[tuple[str, str], float]:
    """The median of each page's requests. One request of each after the other: what the machine does besides, and
    how fast it is at the moment, is the same for all."""
    took: dict[tuple[str, str], list[float]] = {page: [] for page in pages}
    with ExitStack() as after:
        kept = {
            name: after.enter_context(closing(http.client.HTTPConnection("127.0.0.1", PORTS[name])))
            for name in SIZES
        }
        for number in range(REQUESTS + 3):
            for name, page in pages:
                path = "/bare/" if page == "bare" else path_of.format(made[name][page])
                cookie = f"session={made[name]['token']}; language=en"
                begun = time.perf_counter()
                kept[name].request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "identity"})
                answer = kept[name].getresponse()
                body = answer.read()
                if answer.status != 200 or (page != "bare" and b"<svg" not in body):
                    raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
                if number >= 3:
                    took[name, page].append((time.perf_counter() - begun) * 1000)
    return {page: statistics.median(times) for page, times in took.items()}


def _environment(home: Path, name: str, role: str) -> dict[str, str]:
    return os.environ | {
        "ABHIYAN_HOME": str(home),
        "ABHIYAN_DATABASE": f"abhiyan_bench_pages_{name}",
        "ABHIYAN_ROLE": role,
        "ABHIYAN_PORT": str(PORTS[name]),
        "DJANGO_SETTINGS_MODULE": "unit_page_settings",
        "PYTHONPATH": f"{HERE}{os.pathsep}{ROOT / 'src'}",
    }


def _child(home: Path, name: str, part: str, role: str, *args: str) -> Any:
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), part, *args],
        env=_environment(home, name, role) | {"ABHIYAN_POOL": "0"},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None


class _Server:
    """One web worker over one of the databases."""

    def __init__(self, home: Path, name: str) -> None:
        self.home, self.name = home, name

    def __enter__(self) -> "_Server":
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), "serve", str(PORTS[self.name])],
            env=_environment(self.home, self.name, "app") | {"ABHIYAN_POOL": "1"},
            stdout=subprocess.DEVNULL,
        )
        for _try in range(300):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", PORTS[self.name])
                connection.request("GET", "/sign-in/")
                if connection.getresponse().status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit("the server did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


class _Load:
    """Claims at half the peak rate into the small tree, folded meanwhile, by a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), "load"],
            env=_environment(self.home, "small", "jobs") | {"ABHIYAN_POOL": "0"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        say(self.process.stdout.readline().strip())  # it has measured the peak and goes on at half of it

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(20)


# What the children do.


def fill(big: int, *, is_counted: bool = True) -> dict[str, str]:
    """A tree with its office-bearers, a drive with targets, a signed-in national president; and, where is_counted,
    counts in every booth, which no fact stands behind."""
    import _database
    import units as tree

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment import actions as enrolment
    from abhiyan.imports import actions as imports
    from abhiyan.imports import running
    from abhiyan.org import actions as org
    from abhiyan.people import actions as people
    from abhiyan.programmes import actions as programmes
    from abhiyan.targets import actions as targets
    from abhiyan.units import queries as units

    by, at = Actor.system("bench"), clock.now()
    today = clock.day_in("Asia/Kolkata", at)
    path = Path(os.environ["ABHIYAN_HOME"]) / "pages.csv"
    tree._write(path, big)  # noqa: SLF001  # the same tree as bench `units`
    with system("bench"):
        people.ensure_sample_notice(by=by, at=at)
        org.ensure_offices()
        public_id = imports.import_file(kind_key="units", path=path, by=by, at=at)
    for step in ("check", "commit"):
        with system("bench"):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=at)
        running.run_import_step(public_id, step, at=at)
    path.unlink()
    with system("bench"):
        nation = units.unit("IN").pk
        made = programmes.make_programme(
            template="membership_drive",
            names={"en": "Bench drive", "hi": "अभियान"},
            owner_id=nation,
            unit_ids=[nation],
            opens_on=today - timedelta(days=20),
            closes_on=today + timedelta(days=40),
            by=by,
            at=at,
        )
        programmes.open_programme(programme_id=made.pk, by=by, at=at)
        targets.set_target(programme_id=made.pk, unit_id=nation, n=10_000_000, by=by, at=at)
        targets.split_target(programme_id=made.pk, unit_id=nation, how="equally", levels=3, by=by, at=at)
        enrolment.set_up_drive(programme_id=made.pk, join_slug="bench", by=by, at=at)
        if is_counted:
            _fill_counts(made.pk, today)
    _fold_all()
    with system("bench"):
        _fill_estimates(made, at)
        _fill_offices(today)
        org.count_held(at=at)
        account = people.open_account(phone="+917000000001", name="Bench", by=by, at=at, unit_id=nation)
        org.appoint(account_id=account.pk, office="national_president", unit_id=nation, by=by, at=at)
        token = people.sessions.start(device="", origin="", at=at, account_id=account.pk, strong=True).token
    _database.vacuum()
    return LEVELS | {"token": token, "programme": str(made.pk)}


def _fill_counts(programme_id: int, today: date) -> None:
    """Counts as the act would have posted them, on three days each."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
            " select %s, 1, 1 + u.id %% 4, u.id, %s::date - (d * 5)::int, r, 3, now() from units_unit u,"
            " generate_series(0, 2) d, unnest(array[10, 20]) r where u.kind = 'booth'",
            [programme_id, today],
        )


def _fill_estimates(programme: Any, at: datetime) -> None:
    """Fill three frames: each unit above the booths has an estimate in each, as the room computes it. One booth in ten
    has a grade."""
    from uuid import uuid4

    from django.db import connection

    from abhiyan.verification.models import Frame

    for number in (1, 2, 3):
        frame = Frame.objects.create(
            public_id=uuid4(),
            programme=programme,
            measure=1,
            number=number,
            unit_id=programme.owner_id,
            state=Frame.State.CLOSED if number < 3 else Frame.State.DRAWN,
            frozen_at=at,
            ends_on=at.date() + timedelta(days=9),
            key_hash="",
            hash="",
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into verification_estimate (frame_id, unit_id, shade, items, reported, drawn, genuine,"
                " not_genuine, refused, unresolved, rate, low, high, method, grade, at)"
                " select %(frame)s, u.id, shade, 1200, 1500, 40, 30, 6, 1, 3, b.rate, b.rate - 0.1, b.rate + 0.1,"
                " 'wilson', case when b.rate is null then 'B' else '' end, now()"
                " from units_unit u, generate_series(1, 4) shade,"
                " lateral (select case when u.kind <> 'booth' then 0.8 end as rate) b"
                " where u.kind <> 'booth' or (shade = 1 and u.id %% 10 = 1)",
                {"frame": frame.pk},
            )


def _fill_offices(today: date) -> None:
    """Nine in ten of the seats below the nation are held, as the act would have appointed their holders."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "create temp table seat as"
            " select u.id as unit_id, o.id as office_id, row_number() over (order by u.id, o.id) as n"
            " from units_unit u join org_office o on u.kind = any(o.expected_in)"
            " where u.kind <> 'nation' and u.id %% 10 <> 3",
            [],
        )
        cursor.execute("select coalesce(max(id), 0) from people_account")
        before = cursor.fetchone()[0]
        cursor.execute(
            "insert into people_account (public_id, phone_id, name, unit_id, created_at)"
            " select gen_random_uuid(), gen_random_uuid(), 'Holder ' || n, unit_id, now() from seat order by n"
        )
        cursor.execute(
            "insert into org_appointment"
            " (public_id, account_id, hierarchy, state, starts_on, made_at, unit_id, office_id)"
            " select gen_random_uuid(), a.first + n - 1, 1, 'active', %s, now(), unit_id, office_id"
            " from seat, (select min(id) as first from people_account where id > %s) a",
            [today, before],
        )
        cursor.execute("drop table seat")


def _load() -> None:
    """Measure the peak for two seconds, then go on at half of it; fold every quarter of a second."""
    import random
    import threading

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment import actions as enrolment
    from abhiyan.programmes import actions as programmes
    from abhiyan.programmes import queries as programme_queries
    from abhiyan.units import queries as units

    by = Actor.system("bench")
    with system("bench"):
        nation = units.unit("IN").pk
        (drive,) = programme_queries.programmes_running(nation, clock.day_in("Asia/Kolkata", clock.now()))
    sender, rng = by.id, random.Random()
    first = rng.randrange(10**7)
    sent = 0

    def batch(n: int) -> None:
        nonlocal sent
        claims = []
        for _number in range(n):
            sent += 1
            key = f"{first}-{sent}"
            claims.append(
                enrolment.ClaimMessage(
                    channel=3,
                    key=enrolment.sender_key(sender, key),
                    phone=f"+9170{(first + sent) * 61_803_399 % 10**8:08d}",
                    by=sender,
                    name="Sunita Devi",
                    birth_year=1980,
                    unit_code=f"B{1 + rng.randrange(5_000)}",
                    notice_version=1,
                    language="hi",
                )
            )
        intake.enrol_batch(programme_id=drive.pk, claims=claims, by=by, at=clock.now())

    batch(1)
    begun = time.perf_counter()
    n = sent
    while time.perf_counter() - begun < 2:
        batch(250)
    peak = (sent - n) / (time.perf_counter() - begun)
    _fold_all()  # what came while nobody folded
    print(f"peak {peak:,.0f} claims a second; going on at half of it", flush=True)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stopping.set())

    def folding() -> None:
        while not stopping.wait(0.25):
            with system("bench"):
                programmes.fold_changes(at=clock.now())

    folder = threading.Thread(target=folding, daemon=True)
    folder.start()
    begun, base = time.perf_counter(), sent
    while not stopping.is_set():
        batch(100)
        ahead = (sent - base) / (peak / 2) - (time.perf_counter() - begun)
        if ahead > 0:
            stopping.wait(ahead)
    folder.join()
    _fold_all()  # the next round is measured idle again


def _fold_all() -> None:
    from abhiyan.core import clock
    from abhiyan.core.scope import system
    from abhiyan.programmes import actions as programmes

    with system("bench"):
        while programmes.fold_changes(at=clock.now()):
            pass


def _main(part: str, args: list[str]) -> None:
    import _database

    from abhiyan.core import database, schema

    if not _database.ready(database.database_name(), part):
        return
    import django

    from abhiyan.server import serve

    django.setup()
    if part == "prepare":
        schema.prepare_database()
        schema.migrate(verbosity=0)
    elif part == "serve":  # as `abhiyan serve` does; these settings have been read, and stay
        serve.web(host="127.0.0.1", port=int(args[0]), beat=lambda: None)
    elif part == "fill":
        print(json.dumps(fill(int(args[0]))))
    elif part == "review":
        import _reviewed

        _reviewed.fill()
    else:
        _load()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
