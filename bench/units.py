"""Bench `units`: 1,200,000 units in two hierarchies are imported, and a branch of 300,000 moves.

Rows: `import/copy` seconds of the whole staged import (read twice, checked twice, journalled) against raw COPY. COPY
brings the final rows of the tables it fills, indexes on; `memory/GiB` peak of the importing processes, PostgreSQL left
out; `move/update` seconds of moving a branch against one UPDATE of as many rows of the same table, interleaved. The
database is one of its own in ABHIYAN_HOME/bench, or beside DATABASE_URL's, and is dropped afterwards.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from abhiyan.core import home as data_folder

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "abhiyan_bench_units"

# Village names in both scripts: heads and tails make 4,000.
HEADS = [
    *(
        "Ram राम",
        "Sita सीता",
        "Gopal गोपाल",
        "Kishan किशन",
        "Chand चाँद",
        "Moti मोती",
        "Hari हरि",
        "Lakshmi लक्ष्मी",
    ),
    *("Fateh फतेह", "Sultan सुल्तान", "Bad बड", "Chhota छोटा", "Nau नौ", "Pahal पहल", "Kup कुप", "Anant अनंत"),
    *("Dev देव", "Indra इंद्र", "Jai जय", "Vijay विजय", "Mahen महेन", "Naren नरेन", "Sur सूर", "Kamal कमल"),
    *("Neel नील", "Pipal पीपल", "Amb अंब", "Bhim भीम", "Arjun अर्जुन", "Karan करण", "Gang गंग", "Yamun यमुन"),
]
TAILS = [
    *("pur पुर", "nagar नगर", "garh गढ़", "gaon गाँव", "abad आबाद", "wara वाड़ा", "ganj गंज", "kot कोट"),
    *("bagh बाग", "sar सर", "tal ताल", "vihar विहार", "wal वाल", "pura पुरा", "heri हेड़ी", "khurd खुर्द"),
    *("kalan कलां", "patti पट्टी", "dih डीह", "mau मऊ", "oli ओली", "ana आना", "ari आरी", "basti बस्ती"),
]


def rows(big: int) -> Iterator[list[Any]]:
    """A nation in which one region holds `big` units, and all in all four times as many."""
    villages = [(a.split(), b.split()) for a in HEADS for b in TAILS]

    def named(n: int) -> tuple[str, str]:
        (a, x), (b, y) = villages[n * 7919 % len(villages)]
        return a + b, x + y

    yield ["IN", "nation", "India", "भारत", "", "", ""]
    segments, booth, district = 0, 0, 0
    clusters = max(1, big // 7)  # of one booth and its five sisters each, and the mandal's share
    for state in range(4):
        yield [f"S{state}", "state", f"State {state}", f"राज्य {state}", "IN", "IN", ""]
        yield [f"P{state}", "constituency", f"Constituency {state}", "", "", f"S{state}", ""]
        for region in (0, 1):
            yield [f"R{state}{region}", "region", f"Region {region}", f"संभाग {region}", f"S{state}", "", ""]
        made = 0
        while made < clusters:
            if made % 2_000 == 0:
                district += 1
                yield [f"D{district}", "district", *named(district), f"R{state}0", "", ""]
            if made % 20 == 0:
                segments += 1
                mandal = f"M{segments}"
                yield [mandal, "mandal", *named(segments), f"D{district}", "", ""]
                if segments % 10 == 1:
                    segment = f"A{segments}"
                    yield [segment, "segment", *named(segments), "", f"P{state}", ""]
            cluster = f"C{state}-{made}"
            yield [cluster, "cluster", *named(made), mandal, "", ""]
            for number in range(6):
                booth += 1
                latin, hindi = named(booth // 3)
                yield [
                    f"B{booth}",
                    "booth",
                    f"Government Primary School {latin} Room {number + 1}",
                    f"राजकीय प्राथमिक विद्यालय {hindi} कक्ष {number + 1}",
                    cluster,
                    segment,
                    700 + booth % 500,
                ]
            made += 1


def _write(path: Path, big: int) -> int:
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("code,kind,name_en,name_hi,organisational_parent,electoral_parent,electors\n")
        for row in rows(big):
            file.write(",".join(map(str, row)) + "\n")
            written += 1
    return written


def _imported(path: Path, said: Callable[[str], None]) -> dict[str, Any]:
    """In a process of its own: bring the file through the staged import; seconds and peak memory."""
    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.imports import actions, running
    from abhiyan.imports.models import StagedImport

    by = Actor.system("bench")
    seconds = {}
    start = time.perf_counter()
    with system("bench"):
        public_id = actions.import_file(kind_key="units", path=path, by=by, at=clock.now())
    seconds["bring"] = time.perf_counter() - start
    for step in ("check", "commit"):
        begun = time.perf_counter()
        with system("bench"):
            actions.ask_import_step(public_id=public_id, step=step, by=by, at=clock.now())
        running.run_import_step(public_id, step, at=clock.now())
        seconds[step] = time.perf_counter() - begun
        said(f"{step} {seconds[step]:.1f} s")
    seconds["all"] = time.perf_counter() - start
    with system("bench"):
        staged = StagedImport.objects.get(public_id=public_id)
    assert staged.state == StagedImport.State.DONE, (staged.state, staged.error)
    peak_kib = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"seconds": seconds, "counts": staged.counts, "memory_gib": peak_kib / 2**20}


COPIED = ("units_unit", "units_placement", "units_words", "units_change")


def _copied(folder: Path) -> float:
    """Seconds of raw COPY of the imported rows into empty tables of the same make, one stream, one commit."""
    import psycopg

    from abhiyan.core import database

    with psycopg.connect(database.conninfo("owner", dbname=DATABASE)) as owner:
        for table in COPIED:
            with (
                (folder / table).open("wb") as file,
                owner.cursor().copy(f"copy {table} to stdout (format binary)") as out,
            ):
                for block in out:
                    file.write(block)
            owner.execute(f"create table copy_of_{table} (like {table} including all)")
        owner.commit()
        start = time.perf_counter()
        for table in COPIED:
            target = f"copy copy_of_{table} from stdin (format binary)"
            with (folder / table).open("rb") as file, owner.cursor().copy(target) as into:
                while block := file.read(1 << 20):
                    into.write(block)
        owner.commit()
        seconds = time.perf_counter() - start
        owner.execute("drop table " + ", ".join(f"copy_of_{table}" for table in COPIED))
    for table in COPIED:
        (folder / table).unlink()
    return seconds


def _moved(rounds: int, said: Callable[[str], None]) -> list[tuple[float, float, int]]:
    """Per round: seconds of a move, of an UPDATE of the same rows, and how many they were."""
    from django.db import connection

    from abhiyan.core import clock
    from abhiyan.core.actor import Actor
    from abhiyan.core.scope import system
    from abhiyan.units import actions, queries
    from abhiyan.units.rules.levels import ORGANISATIONAL

    by = Actor.system("bench")
    with system("bench"):
        ids = queries.ids_of(["R00", "S0", "S1"])
    found = []
    for number in range(rounds):
        at = clock.now()
        start = time.perf_counter()
        with system("bench"):
            actions.move_unit(
                unit_id=ids["R00"],
                hierarchy=ORGANISATIONAL,
                to=ids[f"S{(number + 1) % 2}"],
                on=clock.day_in("Asia/Kolkata", at),
                by=by,
                at=at,
            )
        move_s = time.perf_counter() - start
        with system("bench"):
            span = queries.span(ids["R00"], ORGANISATIONAL)
        seconds = []
        for by_one in (1, -1):  # there and back, so that the tree stays sound
            start = time.perf_counter()
            with system("bench"), connection.cursor() as cursor:
                cursor.execute(
                    "update units_placement set lo = lo + %s, hi = hi + %s where lo >= %s and lo < %s",
                    [by_one, by_one, span[0] + max(0, by_one), span[1] + max(0, by_one)]
                    if by_one < 0
                    else [by_one, by_one, *span],
                )
                n = cursor.rowcount
            assert n > 0, "the reference updated no row"
            seconds.append(time.perf_counter() - start)
        found.append((move_s, statistics.median(seconds), n))
        said(f"move {move_s:.2f} s, update {found[-1][1]:.2f} s of {n} rows")
    return found


def _searched() -> dict[str, float]:
    """Milliseconds per search, median of five, warm."""
    from abhiyan.core.scope import system
    from abhiyan.units import queries
    from abhiyan.units.rules.levels import ORGANISATIONAL

    found = {}
    texts = [
        "rampur",
        "Suneeta",
        "सीतापुर",
        "primary school",
        "Govt Primary Scool Ramnagar",
        "school",
        "B12345",
        "xqzzt",
    ]
    for text in texts:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            with system("bench"):
                queries.search_units(text)
            times.append((time.perf_counter() - start) * 1000)
        found[text] = statistics.median(times)
    with system("bench"):
        nation = queries.unit("IN").pk
    for name, ask in (
        ("children", lambda: queries.children(nation, ORGANISATIONAL)),
        ("path", lambda: queries.path_of_unit(nation + 500_000, ORGANISATIONAL)),
        ("counts_below", lambda: queries.counts_below(nation, ORGANISATIONAL)),
        ("within", lambda: queries.search_units("ramnagar", within=(queries.unit("D2").pk, ORGANISATIONAL))),
    ):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            with system("bench"):
                ask()
            times.append((time.perf_counter() - start) * 1000)
        found[f"{name} (first {times[0]:.0f})"] = statistics.median(times)
    return found


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: a hundredth of the units, to see that it runs."""
    home = data_folder.home_folder() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    env = os.environ | {
        "ABHIYAN_HOME": str(home),
        "ABHIYAN_DATABASE": DATABASE,
        "ABHIYAN_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "abhiyan.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    file = home / "units.csv"
    n = _write(file, 3_000 if quick else 300_000)

    def child(part: str, role: str, *args: str) -> Any:
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), part, *args],
            env=env | {"ABHIYAN_ROLE": role},
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    try:
        child("prepare", "owner")
        took = child("import", "jobs", str(file))
        copy_s = child("copy", "owner", str(home))
        moves = child("move", "jobs", str(1 if quick else rounds))
        found = child("search", "app")
    finally:
        file.unlink(missing_ok=True)
        child("drop", "owner")
    for text, ms in found.items():
        print(f"  {text}: {ms:.1f} ms", file=sys.stderr)
    print(f"  {took}", file=sys.stderr)
    assert took["counts"].get("made") == n, (took["counts"], n)
    move_s, update_s = (statistics.median(m[i] for m in moves) for i in (0, 1))
    ratio = statistics.median(m[0] / m[1] for m in moves)
    slowest = max(found[text] for text in found if "(" not in text)
    return [
        _row("import/copy", took["seconds"]["all"], copy_s, "s"),
        _row("memory/GiB", took["memory_gib"], 1.0, "GiB"),
        _row("move/update", move_s, update_s, "s") | {"ratio": round(ratio, 3), "rows": moves[0][2]},
        _row("search/50ms", slowest, 50.0, "ms"),
    ]


def _row(name: str, value: float, reference: float, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "reference_value": round(reference, 3),
        "unit": unit,
        "ratio": round(value / reference, 3),
    }


def _child(part: str, args: list[str]) -> Any:
    def said(text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)

    from _database import ready

    if not ready(DATABASE, part):
        return None
    import django

    django.setup()
    if part == "prepare":
        from abhiyan.core import schema

        schema.prepare_database(DATABASE)
        schema.migrate(verbosity=0)
        return None
    if part == "import":
        return _imported(Path(args[0]), said)
    if part == "copy":
        return _copied(Path(args[0]))
    if part == "search":
        return _searched()
    return _moved(int(args[0]), said)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        answer = _child(sys.argv[1], sys.argv[2:])
        if answer is not None:
            print(json.dumps(answer, ensure_ascii=False))
    else:
        started = time.perf_counter()
        print(json.dumps(run(), indent=1))
        print(f"{time.perf_counter() - started:.0f} s in all", file=sys.stderr)
