"""Bench `import`: 1,000,000 rows of paper from CSV, against raw COPY of the final rows of every table written.

Row `csv/copy`: rows a second of the whole staged import against one stream of COPY. The import seals the file as it
comes, checks and previews every row, writes refused rows and the undo journal, and takes it in. COPY brings the same
final rows into the same tables, indexes on, in its own (text) format; `csv/binary` the same against its binary format,
for comparison. Interleaved rounds; the median of the ratios. After every round the
tables hold equally many rows, or the bench fails. Row `memory/GiB`: the peak of all processes but PostgreSQL, the
file in memory included.
The database is one of its own in ABHIYAN_HOME/bench, or beside DATABASE_URL's, and is dropped afterwards.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from abhiyan.core import home as data_folder

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "abhiyan_bench_import"
ROWS = 1_000_000
BOOTHS = 12_500
DAY = date(2026, 11, 1)
DAYS = 20
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
# Every table an import writes; those of the engine's own few rows are left out.
TABLES = (
    "people_phone",
    "enrolment_claim",
    "enrolment_membership",
    "people_person",
    "enrolment_enrolment",
    "people_consent",
    "programmes_delta",
    "core_audit",
    "core_refused_row",
    "enrolment_refused_count",
)
FORMS = ("text", "binary")
FIRST = "Asha Bilal Chandra Devika Esha Farooq Gulzar Hari Imran Jyoti Kamla Lata Mohan Om".split()  # noqa: SIM905
LAST = "Ahmad Bhat Chauhan Devi Dar Gupta Kaur Khan Kumar Lone Mir Pandit Raina Sharma Singh Wani".split()  # noqa: SIM905
HINDI = "आशा_देवी मोहन_लाल चंद्रा_कुमारी राम_सिंह सीता_शर्मा गुलज़ार_अहमद कमला_रानी विजय_कुमार".split()  # noqa: SIM905


def write_list(path: Path, n: int, *, booths: int = BOOTHS) -> dict[str, int]:
    """A list with 2% doubled phones (half of them another person), 0.4% bad rows and 0.1% minors."""
    pick = random.Random(20261101)  # a bench repeats itself
    seen: list[tuple[str, str, int]] = []
    made = {"rows": n, "bad": 0, "minors": 0, "same": 0, "second": 0}
    used: set[int] = set()
    with path.open("w", encoding="utf-8") as file:
        file.write("Mobile,Name,Birth year,Booth code,Notice version,Batch number,Date\n")
        for number in range(n):
            name = (
                pick.choice(HINDI).replace("_", " ")
                if number % 3 == 0
                else f"{pick.choice(FIRST)} {pick.choice(LAST)}"
            )
            year = 1940 + pick.randrange(66)
            booth = f"B{1 + pick.randrange(booths)}"
            day = (DAY + timedelta(days=pick.randrange(DAYS))).isoformat()
            chance = pick.random()
            while (digits := pick.choice((9906, 9797, 7006, 9419)) * 10**6 + pick.randrange(10**6)) in used:
                pass
            phone = str(digits)
            if chance < 0.02 and seen:
                phone, other, born = pick.choice(seen)
                if chance < 0.01:
                    name, year = other, born
                    made["same"] += 1
                else:
                    name, year = f"{name} {LAST[number % 16]}", 1940 + (born - 1940 + 7) % 60
                    made["second"] += 1
            elif chance < 0.024:
                made["bad"] += 1
                if number % 2:
                    phone = phone[:7]
                else:
                    booth = "NOWHERE"
            elif chance < 0.025:
                made["minors"] += 1
                year = 2012
            else:
                used.add(digits)
                if len(seen) < 50_000:
                    seen.append((phone, name, year))
            file.write(f"{phone},{name},{year},{booth},1,{number // 50},{day}\n")
    return made


def _prepare() -> None:
    """A nation of one state with its booths in two levels, a notice, and an open drive."""
    from abhiyan.core import schema
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.enrolment.models import Drive, Roll
    from abhiyan.people.models import Notice
    from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
    from abhiyan.units import actions
    from abhiyan.units.actions import NewUnit

    schema.prepare_database(DATABASE)
    schema.migrate(verbosity=0)
    by = Actor.system("bench")
    mandals = [f"M{n}" for n in range(BOOTHS // 50)]
    booths = [f"B{n}" for n in range(1, BOOTHS + 1)]
    with system("bench"):
        ids = actions.make_units(
            units=[
                NewUnit(code=code, kind=kind, names={"en": code})
                for kind, codes in (
                    ("nation", ["IN"]),
                    ("state", ["S"]),
                    ("mandal", mandals),
                    ("booth", booths),
                )
                for code in codes
            ],
            by=by,
            at=AT,
        )
        places: list[tuple[int, int | None]] = [(ids["IN"], None), (ids["S"], ids["IN"])]
        places += [(ids[code], ids["S"]) for code in mandals]
        places += [(ids[code], ids[mandals[n // 50 % len(mandals)]]) for n, code in enumerate(booths)]
        actions.place_units(hierarchy=1, places=places, on=DAY, by=by, at=AT)
        programme = Programme.objects.create(
            public_id=UUID(int=1),
            kind="drive",
            names={"en": "Drive"},
            state="open",
            owner_id=ids["S"],
            opens_on=DAY,
            closes_on=DAY + timedelta(days=60),
            made_at=AT,
        )
        ProgrammeUnit.objects.create(programme=programme, unit_id=ids["S"])
        Measure.objects.create(programme=programme, number=1, code="enrolments", names={"en": "Enrolments"})
        roll = Roll.objects.create(code="primary", names={"en": "Primary members"})
        Drive.objects.create(programme_id=programme.pk, roll=roll, join_slug="bench")
        Notice.objects.create(
            code="membership", version=1, language="en", title="N", sections=[], short="N", published_at=AT
        )


class Memory(threading.Thread):
    """Samples the proportional memory of this process and everything it started."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_kib = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            self.peak_kib = max(self.peak_kib, sum(map(_pss_kib, _family(os.getpid()))))


def _family(pid: int) -> list[int]:
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    return found


def _pss_kib(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1])
    return 0


def _imported(path: Path, said: Callable[[str], None]) -> dict[str, Any]:
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.imports import actions, running
    from abhiyan.imports.models import StagedImport

    by = Actor.system("bench")
    memory = Memory()
    memory.start()
    seconds = {}
    start = time.perf_counter()
    with system("bench"):
        public_id = actions.import_file(
            kind_key="paper", path=path, options={"drive": str(UUID(int=1))}, by=by, at=AT
        )
    seconds["bring"] = time.perf_counter() - start
    for step in ("check", "commit"):
        begun = time.perf_counter()
        with system("bench"):
            actions.ask_import_step(public_id=public_id, step=step, by=by, at=AT)
        running.run_import_step(public_id, step, at=AT)
        seconds[step] = time.perf_counter() - begun
    seconds["all"] = time.perf_counter() - start
    memory.over.set()
    memory.join()
    with system("bench"):
        staged = StagedImport.objects.get(public_id=public_id)
        text = running.error_text(staged)
    assert staged.state == StagedImport.State.DONE, (staged.state, text)
    said(" ".join(f"{name} {took:.1f} s" for name, took in seconds.items()))
    file_kib = path.stat().st_size >> 10  # in memory while a step runs, mapped by nobody
    return {
        "seconds": seconds,
        "counts": staged.counts,
        "discarded": staged.discarded,
        "memory_gib": (memory.peak_kib + file_kib) / 2**20,
    }


def _admin() -> Any:
    import psycopg

    from abhiyan.core import database

    return psycopg.connect(database.conninfo(None, dbname=DATABASE), autocommit=True)


def _emptied() -> None:
    with _admin() as admin:
        admin.execute(
            "truncate " + ", ".join((*TABLES, "core_import", "core_import_slice", "core_import_journal"))
        )
        admin.execute("checkpoint")


def _counted() -> dict[str, int]:
    with _admin() as admin:
        return {table: admin.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES}


def _kept(folder: Path) -> None:
    """The final rows of every table, as COPY gives them."""
    with _admin() as admin:
        for table in TABLES:
            for form in FORMS:
                with (
                    (folder / f"{table}.{form}").open("wb") as file,
                    admin.cursor().copy(f"copy {table} to stdout (format {form})") as out,
                ):
                    for block in out:
                        file.write(block)


def _copied(folder: Path, form: str) -> float:
    """Seconds of raw COPY of the same rows into the same tables, one stream, a commit per table."""
    with _admin() as admin:
        start = time.perf_counter()
        for table in TABLES:
            with (
                (folder / f"{table}.{form}").open("rb") as file,
                admin.cursor().copy(f"copy {table} from stdin (format {form})") as into,
            ):
                while block := file.read(1 << 20):
                    into.write(block)
        return time.perf_counter() - start


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a fiftieth of the rows and one round, to see that it runs."""
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | {
        "ABHIYAN_HOME": str(home),
        "ABHIYAN_DATABASE": DATABASE,
        "ABHIYAN_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    file = home / "paper.csv"
    rows = ROWS // 50 if quick else ROWS
    made = write_list(file, rows)

    def child(part: str, role: str, *args: str) -> Any:
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), part, *args],
            env=env | {"ABHIYAN_ROLE": role},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    taken: list[dict[str, Any]] = []
    copied: dict[str, list[float]] = {form: [] for form in FORMS}
    try:
        child("prepare", "owner")
        for number in range(1 if quick else rounds):
            child("empty", "owner")
            taken.append(child("import", "jobs", str(file)))
            after = child("count", "owner")
            if number == 0:
                child("keep", "owner", str(home))
            for form in FORMS:
                child("empty", "owner")
                copied[form].append(child("copy", "owner", str(home), form))
                assert child("count", "owner") == after, "the two wrote different numbers of rows"
            counts = taken[-1]["counts"]
            assert counts["refused"] == made["bad"], (counts, made)
            assert taken[-1]["discarded"] == {"minor": made["minors"]}, (taken[-1], made)
            assert after["enrolment_claim"] == rows - made["bad"] - made["minors"], after
            print(f"  copy {copied['text'][-1]:.1f} s; {taken[-1]}", file=sys.stderr)
    finally:
        for left in (file, *(home / f"{table}.{form}" for table in TABLES for form in FORMS)):
            left.unlink(missing_ok=True)
        child("drop", "owner")
    import_s = statistics.median(one["seconds"]["all"] for one in taken)
    memory = max(one["memory_gib"] for one in taken)
    return [
        *(
            {
                "name": f"csv/{name}",
                "value": round(rows / import_s),
                "reference_value": round(rows / statistics.median(copied[form])),
                "unit": "rows/s",
                "ratio": round(
                    statistics.median(
                        copy_s / one["seconds"]["all"]
                        for copy_s, one in zip(copied[form], taken, strict=True)
                    ),
                    3,
                ),
            }
            for name, form in (("copy", "text"), ("binary", "binary"))
        ),
        {
            "name": "memory/GiB",
            "value": round(memory, 3),
            "reference_value": 1.0,
            "unit": "GiB",
            "ratio": round(memory, 3),
        },
    ]


def _child(part: str, args: list[str]) -> Any:
    def said(text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)

    from _database import ready

    if not ready(DATABASE, part):
        return None
    import django

    django.setup()
    match part:
        case "prepare":
            _prepare()
        case "import":
            return _imported(Path(args[0]), said)
        case "empty":
            _emptied()
        case "count":
            return _counted()
        case "keep":
            _kept(Path(args[0]))
        case "copy":
            return _copied(Path(args[0]), args[1])
    return None


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] != "--quick":
        answer = _child(sys.argv[1], sys.argv[2:])
        if answer is not None:
            print(json.dumps(answer, ensure_ascii=False))
    else:
        print(json.dumps(run(quick="--quick" in sys.argv), indent=1))
