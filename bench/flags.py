"""Bench `flags`: 1,000,000 items of 50,000 workers; how each worker's entries look is built from nothing, and read.

Row `flags/scan`: seconds of reading all indicators and reasons from what is kept, against one sequential scan
of the same items that counts them by worker, interleaved; the median of the ratios. Beside it `flags/build`: seconds of
building all of it against the same scan; `state/booth`: milliseconds of a state's dossier against a booth's, at the
median, as bench `unit-page` measures pages, in its small tree; `flags/memory`: GiB of the process that did both.
The database is one of its own in ABHIYAN_HOME/bench, or beside DATABASE_URL's, and is dropped afterwards.
"""

import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import _server

from abhiyan.core import home as data_folder

DATABASE = "abhiyan_bench_flags"
ITEMS, EACH = 1_000_000, 20  # items, and of one worker

# Whose entries they are: workers with accounts; phones and people behind the memberships of bench `frame`.
FILL = (
    """insert into people_account (public_id, phone_id, name, created_at)
 select distinct on (by) by, gen_random_uuid(), 'Worker ' || left(by::text, 6), now() from enrolment_claim""",
    """insert into people_phone (id, hash, sealed, last4)
 select phone_id, '', '', lpad((hashtext(phone_id::text) & 8191)::text, 4, '0') from enrolment_membership""",
    """insert into people_person (id, public_id, phone_id, name, birth_year, unit_id, at)
 select person_id, gen_random_uuid(), phone_id, 'Person', 1950 + (hashtext(person_id::text) & 31), unit_id, at
   from enrolment_membership""",
)
SCAN = "select i.by, count(*) from ({items}) i where i.programme_id = any(%(programmes)s) group by 1"


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a fiftieth of the items and one round, to see that it runs."""
    home = data_folder.path() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | _server.SETTINGS
    env |= {"ABHIYAN_HOME": str(home), "ABHIYAN_DATABASE": DATABASE, "ABHIYAN_POOL": "0"}

    def child(part: str, role: str, *args: object) -> Any:
        return _server.child(__file__, part, *args, env=env | {"ABHIYAN_ROLE": role})

    found = []
    try:
        child("prepare", "owner")
        items = ITEMS // 50 if quick else ITEMS
        child("fill", "jobs", items)
        child("clean", "owner")
        for number in range(1 if quick else rounds):
            found.append(child("round", "jobs", items))
            print(f"  round {number + 1}: {found[-1]}", file=sys.stderr, flush=True)
    finally:
        child("drop", "owner")
    scan = round(statistics.median(one["scan"] for one in found), 3)
    rows = [
        {
            "name": name,
            "value": round(statistics.median(one[key] for one in found), 3),
            "reference_value": scan,
            "unit": "s",
            "ratio": round(statistics.median(one[key] / one["scan"] for one in found), 3),
        }
        for name, key in (("flags/scan", "read"), ("flags/build", "build"))
    ]
    memory = max(one["GiB"] for one in found)
    rows.append(_dossiers(home, rounds, quick=quick))
    return [*rows, {"name": "flags/memory", "value": memory, "reference_value": None, "unit": "GiB"}]


def _dossiers(home: Path, rounds: int, *, quick: bool) -> dict[str, Any]:
    """The dossier of a state against that of a booth, asked in turns of one server."""
    from bench import unit_page

    pages = ["state", "booth"]
    found = unit_page.measured(home, pages, "/review/dossier/{}/", 1 if quick else rounds)
    value, reference = (round(statistics.median(one[page] for one in found), 3) for page in pages)
    ratio = round(statistics.median(one["state"] / one["booth"] for one in found), 3)
    return {"name": "state/booth", "value": value, "reference_value": reference, "unit": "ms", "ratio": ratio}


# What the children do.


def _fill(items: int) -> None:
    import frame

    from abhiyan.core import sql
    from abhiyan.core.scope import system
    from abhiyan.enrolment.rules.channels import Channel

    frame.fill(items, EACH, (Channel.PAPER,) * 4)
    with system("bench"):
        for statement in FILL:
            sql.run(statement)


def _clean() -> None:
    """Every table is as autovacuum leaves it."""
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.execute("vacuum analyze")


def _round(items: int) -> dict[str, float]:
    """Seconds of the scan, of building, and of reading what is kept."""
    from abhiyan.core import clock, sql
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.programmes.models import Programme
    from abhiyan.verification.actions import look_at_workers
    from abhiyan.verification.queries.items import asked_of
    from abhiyan.verification.queries.looks import looks_of

    by, at = Actor.system("bench"), clock.now()
    with system("bench"):
        programme = Programme.objects.select_related("owner").get()
    scan = SCAN.replace("{items}", asked_of(programme, 1).sql)
    begun = time.perf_counter()
    with system("bench"):
        counted = sql.rows(scan, {"programmes": programme.counted_ids})
    took = {"scan": time.perf_counter() - begun}
    begun = time.perf_counter()
    look_at_workers(programme=programme, measure=1, by=by, at=at)
    took["build"] = time.perf_counter() - begun
    begun = time.perf_counter()
    with system("bench"):
        looks = looks_of(programme, 1)
    took["read"] = time.perf_counter() - begun
    assert sum(n for _, n in counted) == sum(one.entries for one in looks) == items
    assert len(looks) == len(counted) >= items // EACH, len(looks)
    return {name: round(s, 3) for name, s in took.items()} | {
        "GiB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    }


def _child(part: str, args: list[str]) -> Any:
    from _database import ready

    if not ready(DATABASE, part):
        return None
    import django

    django.setup()
    if part == "prepare":
        from abhiyan.core import schema

        schema.prepare(DATABASE)
        schema.migrate(verbosity=0)
        return None
    return {"fill": _fill, "clean": _clean, "round": _round}[part](*map(int, args))


if __name__ == "__main__":
    told = _child(sys.argv[1], sys.argv[2:])
    if told is not None:
        print(json.dumps(told))
