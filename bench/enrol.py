"""Bench `enrol`: durable enrolments per second over HTTP, against the same rows written by pgbench and by the ORM.

`http512/cte`, `http64/cte`: the API at 512 and 64 connections against bench/enrol.sql (one prepared data-modifying
CTE), the better of 16 and 64 clients. `http512/statements`: against the same rows as separate statements, the better
of 16 and 64. `http512/orm`: against a plain Django ORM view at 64 connections, where it is at its best. Enrolments are
counted as rows of the database, and every table must have got its share; rounds are interleaved, ratios are medians
over rounds. The API is served by `abhiyan serve`, 2 workers. Load comes from wrk (Debian: apt install wrk).
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench._server import SETTINGS, Served, child, need_wrk, wrk_command

from abhiyan.core import home as data_folder

HERE = Path(__file__).resolve().parent
DATABASE = "abhiyan_bench_enrol"
BOOTHS = 11_838
TABLES = (
    *("enrolment_claim", "enrolment_membership", "enrolment_enrolment"),
    *("people_phone", "people_person", "people_consent"),
)
PORTS = {"api": 8471, "orm": 8472}


def run(*, quick: bool = False, rounds: int = 5, seconds: int = 6) -> list[dict[str, Any]]:
    """The rows of the bench. quick: one short round, to see that it runs."""
    need_wrk("enrol")
    if quick:
        rounds, seconds = 1, 2
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    bench = Bench(home, seconds)
    try:
        bench.prepare()
        bench.serve()
        for number in range(rounds):
            bench.round()
            print(f"  round {number + 1}: {bench.last()}", file=sys.stderr, flush=True)
    finally:
        bench.close()
    return bench.rows()


class Bench:
    """One run: a database of its own, two servers, and what each round measured."""

    def __init__(self, home: Path, seconds: int) -> None:
        self.seconds = seconds
        self.env = os.environ | {
            "ABHIYAN_HOME": str(home),
            "ABHIYAN_DATABASE": DATABASE,
            "ABHIYAN_CLAIMS_PER_SECOND": "1000000",
            "ABHIYAN_CLAIMS_PER_DAY": "1000000000",
            **SETTINGS,
        }
        self.world: dict[str, Any] = {}
        self.servers: list[Served] = []
        self.measured: dict[str, list[float]] = {}
        self.latency: dict[str, list[tuple[float, float]]] = {}

    def _child(self, part: str, role: str = "owner") -> Any:
        return child(__file__, part, env=self.env | {"ABHIYAN_ROLE": role, "ABHIYAN_POOL": "0"})

    def prepare(self) -> None:
        self._child("prepare")
        self.world = self._child("world", "jobs")

    def serve(self) -> None:
        abhiyan = [sys.executable, "-m", "abhiyan.site.cli", "serve", "--workers", "2"]
        granian = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--workers",
            "2",
            "--blocking-threads",
            "4",
        ]
        commands = {
            "api": [*abhiyan, "--host", "127.0.0.1", "--port", str(PORTS["api"])],
            "orm": [
                *(*granian, "--host", "127.0.0.1", "--port", str(PORTS["orm"])),
                *("--no-access-log", "--log-level", "error", "bench.enrol_orm:application"),
            ],
        }
        for name, command in commands.items():
            # Neither wrk nor pgbench should be starved by a server's log.
            env = self.env | {"ABHIYAN_ROLE": "app", "ABHIYAN_LOG_LEVEL": "WARNING"}
            self.servers.append(Served(command, port=PORTS[name], env=env))

    def round(self) -> None:
        """Everything once, ours between the references."""
        self._pgbench("cte16", "enrol.sql", 16)
        self._http("http512", "api", 512)
        self._pgbench("cte64", "enrol.sql", 64)
        self._http("http64", "api", 64)
        self._pgbench("statements16", "enrol_statements.sql", 16)
        self._pgbench("statements64", "enrol_statements.sql", 64)
        self._http("orm", "orm", 64)

    def _pgbench(self, name: str, file: str, clients: int) -> None:
        self._child("reset")
        variables = {key: self.world[key] for key in ("programme", "roll", "first", "last")}
        started = self._counts()
        done = subprocess.run(
            [
                *(self.world["pgbench"], "-n", "-M", "prepared", "-c", str(clients), "-j", "2"),
                *("-T", str(self.seconds), "-f", str(HERE / file)),
                *(part for key, value in variables.items() for part in ("-D", f"{key}={value}")),
                DATABASE,
            ],
            env=self.env | self.world["connect"],
            capture_output=True,
            text=True,
            check=True,
        )
        tps = re.search(r"tps = ([\d.]+)", done.stdout)
        acts = re.search(r"actually processed: (\d+)", done.stdout)
        assert tps and acts, done.stdout
        self._check(name, started, int(acts[1]))
        self.measured.setdefault(name, []).append(float(tps[1]))

    def _http(self, name: str, server: str, connections: int) -> None:
        self._child("reset")
        self._wrk(server, connections, 1)
        started = self._counts()
        found = self._wrk(server, connections, self.seconds)
        rows = self._check(name, started, None)
        told = re.search(r"p50=([\d.]+) p99=([\d.]+) bad=(\d+)", found)
        lasted = re.search(r"requests in ([\d.]+)s", found)
        assert told and lasted, found
        assert int(told[3]) == 0, f"{name}: {told[3]} requests were not answered 201\n{found}"
        self.measured.setdefault(name, []).append(rows / float(lasted[1]))
        self.latency.setdefault(name, []).append((float(told[1]), float(told[2])))

    def _wrk(self, server: str, connections: int, seconds: int) -> str:
        return subprocess.run(
            wrk_command(
                "enrol.lua",
                f"http://127.0.0.1:{PORTS[server]}/api/v1/claims",
                connections=connections,
                seconds=seconds,
            ),
            env=self.env | {"TOKEN": self.world["token"], "BOOTHS": str(BOOTHS)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = self._child("counts")
        return counts

    def _check(self, name: str, started: dict[str, int], acts: int | None) -> int:
        """Every table got one row an enrolment, the ledger two counts; returns how many enrolments."""
        ended = self._counts()
        got = {table: ended[table] - started[table] for table in ended}
        one = got["enrolment_membership"]
        assert set(got.values()) == {one} and one > 0 and acts in (None, one), (name, acts, got)
        return one

    def last(self) -> dict[str, int]:
        return {name: round(values[-1]) for name, values in self.measured.items()}

    def rows(self) -> list[dict[str, Any]]:
        best = {
            kind: [
                max(pair) for pair in zip(self.measured[f"{kind}16"], self.measured[f"{kind}64"], strict=True)
            ]
            for kind in ("cte", "statements")
        } | {"orm": self.measured["orm"]}
        rows = []
        for ours, kind in (
            ("http512", "cte"),
            ("http64", "cte"),
            ("http512", "statements"),
            ("http512", "orm"),
        ):
            values, references = self.measured[ours], best[kind]
            rows.append(
                {
                    "name": f"{ours}/{kind}",
                    "value": round(statistics.median(values), 1),
                    "reference_value": round(statistics.median(references), 1),
                    "unit": "enrolments/s",
                    "ratio": round(
                        statistics.median(a / b for a, b in zip(values, references, strict=True)), 3
                    ),
                }
            )
        for ours in ("http512", "http64"):
            for n, which in enumerate(("p50", "p99")):
                value = round(statistics.median(pair[n] for pair in self.latency[ours]), 2)
                rows.append(
                    {
                        "name": f"{ours}/{which}",
                        "value": value,
                        "reference_value": None,
                        "unit": "ms",
                        "ratio": None,
                    }
                )
        return rows

    def close(self) -> None:
        for server in self.servers:
            server.stop()
        self._child("drop")


def _child(part: str) -> Any:
    if part in ("reset", "counts", "drop"):
        return _on_the_database(part)
    from abhiyan.core import database, schema

    if part == "prepare":
        from abhiyan.core import keys

        if not keys.master_path().exists():
            keys.make_master(keys.master_path())
        if database.is_embedded():
            from abhiyan.core import embedded

            embedded.ensure_running(Path(os.environ["ABHIYAN_HOME"]))
        _drop()
        schema.prepare_database(DATABASE)
    import django

    django.setup()
    if part == "prepare":
        schema.migrate(verbosity=0)
        return None
    return _world()


def _on_the_database(part: str) -> Any:
    import psycopg

    from abhiyan.core import database

    if part == "drop":
        _drop()
        if database.is_embedded():
            from abhiyan.core import embedded

            embedded.stop_database(Path(os.environ["ABHIYAN_HOME"]))
        return None
    with psycopg.connect(database.conninfo(None, dbname=DATABASE), autocommit=True) as admin:
        if part == "reset":
            admin.execute(f"truncate {', '.join(TABLES)}, programmes_delta, core_audit")
            admin.execute("checkpoint")
            return None
        # One snapshot: what is still under way when the load ends counts in every table or in none.
        admin.execute("begin isolation level repeatable read")
        found = {table: admin.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES}  # type: ignore[index]
        for rung in (10, 15):
            row = admin.execute(
                "select coalesce(sum(n), 0) from programmes_delta where rung = %s", [rung]
            ).fetchone()
            found[f"rung {rung}"] = int(row[0]) - (_resent(admin) if rung == 10 else 0)  # type: ignore[index]
        found["enrolment_claim"] -= _resent(admin)
        return found


def _resent(admin: Any) -> int:
    """Claims of somebody already on the roll: one more row each in claims and in *reported*, nothing else."""
    return int(admin.execute("select count(*) from enrolment_claim where taken <> 1").fetchone()[0])


def _drop() -> None:
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database if exists {DATABASE} with (force)")


def _world() -> dict[str, Any]:
    """A state of 11,838 booths, an open drive in it, and a token."""
    from datetime import UTC, datetime, timedelta
    from uuid import uuid4

    from psycopg.conninfo import conninfo_to_dict

    from abhiyan.core import database
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment.models import Drive, Roll
    from abhiyan.intake.actions import tokens
    from abhiyan.people.actions import ensure_sample_notice
    from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
    from abhiyan.units import actions as units

    at, by = datetime.now(UTC), Actor.system("bench")
    with system("bench"):
        new = [units.NewUnit(code=code, kind=kind, names={"en": code}) for code, kind in _units()]
        ids = units.make_units(units=new, by=by, at=at)
        places = [(ids["IN"], None), (ids["S"], ids["IN"])]
        places += [(ids[f"D{n}"], ids["S"]) for n in range(20)]
        places += [(ids[f"B{n:05d}"], ids[f"D{n % 20}"]) for n in range(1, BOOTHS + 1)]
        for hierarchy in (1, 3):
            units.place_units(
                hierarchy=hierarchy, places=places, on=at.date() - timedelta(days=99), by=by, at=at
            )
        ensure_sample_notice(by=by, at=at)
        roll = Roll.objects.create(code="primary", names={"en": "Primary members"})
        programme = Programme.objects.create(
            public_id=uuid4(),
            kind="drive",
            names={"en": "Bench"},
            state=Programme.State.OPEN,
            owner_id=ids["S"],
            opens_on=at.date() - timedelta(days=9),
            closes_on=at.date() + timedelta(days=9),
            made_at=at,
        )
        ProgrammeUnit.objects.create(programme=programme, unit_id=ids["S"])
        Measure.objects.create(programme=programme, number=1, code="enrolments", names={"en": "Enrolments"})
        Drive.objects.create(programme_id=programme.pk, roll=roll, join_slug="bench")
        made = tokens.make_token_at_console(
            programme_id=programme.pk, unit_id=ids["S"], name="Bench", by=by, at=at, days=1
        )
    booths = [ids[f"B{n:05d}"] for n in range(1, BOOTHS + 1)]
    assert max(booths) - min(booths) == BOOTHS - 1, "the references draw from one run of ids"
    given = conninfo_to_dict(database.conninfo("gateway"))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    return {
        "programme": programme.pk,
        "roll": roll.pk,
        "first": min(booths),
        "last": max(booths),
        "token": made.secret,
        "connect": {names[key]: str(value) for key, value in given.items() if key in names},
        "pgbench": _pgbench_program(),
    }


def _units() -> list[tuple[str, str]]:
    booths = [(f"B{n:05d}", "booth") for n in range(1, BOOTHS + 1)]
    return [("IN", "nation"), ("S", "state"), *((f"D{n}", "district") for n in range(20)), *booths]


def _pgbench_program() -> str:
    from abhiyan.core import database, embedded

    if database.is_embedded():
        return str(embedded.binaries(Path(os.environ["ABHIYAN_HOME"])) / "pgbench")
    found = shutil.which("pgbench")
    if found is None:
        raise SystemExit("bench enrol needs pgbench, which comes with PostgreSQL")
    return found


if __name__ == "__main__":
    answer = _child(sys.argv[1])
    if answer is not None:
        print(json.dumps(answer))
