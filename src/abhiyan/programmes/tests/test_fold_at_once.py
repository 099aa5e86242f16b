"""Many post, several fold, one of them is killed: every change arrives exactly once."""

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from abhiyan.core import database
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.programmes import actions, queries
from abhiyan.programmes.actions import trees as totals
from abhiyan.programmes.rules.ladder import COUNTED, REPORTED, TallyChange
from abhiyan.units import actions as units
from abhiyan.units import staging

from .make import AT, TODAY, programme, state

pytestmark = pytest.mark.django_db(transaction=True)
POSTERS, FOLDERS, BATCHES, KILLS = 3, 2, 40, 8


@pytest.fixture(autouse=True)
def fold_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "LARGE", 3)


def test_posts_and_folds_at_once_with_killed_folders_lose_and_double_nothing() -> None:
    with system("test"):
        trees = state()
        trees.resize()
        drive = programme(trees.units["state"])
    booths = [unit.pk for code, unit in trees.units.items() if code.startswith("b")]
    sent: list[Counter[tuple[int, int]]] = []
    folders: dict[int, int] = {}
    done = threading.Event()

    def post(seed: int) -> None:
        rng, mine = random.Random(seed), Counter[tuple[int, int]]()
        for _batch in range(BATCHES):
            changes = [
                TallyChange(
                    drive.pk,
                    1,
                    rng.randrange(1, 4),
                    rng.choice(booths),
                    TODAY - timedelta(days=rng.randrange(3)),
                    rng.choice([REPORTED, COUNTED]),
                    rng.choice([1, 2, 3, -1]),
                )
                for _change in range(20)
            ]
            with contextlib.suppress(ZeroDivisionError), system("post"):
                actions.post_changes(deltas=changes, at=AT)
                if rng.random() < 0.1:
                    raise ZeroDivisionError  # its fact was not stored, so neither is its change
                for one in changes:
                    mine[one.unit_id, one.rung] += one.n
        sent.append(mine)

    def fold(number: int) -> None:
        while not done.is_set():
            try:
                with system("fold"):
                    with connection.cursor() as cursor:
                        cursor.execute("select pg_backend_pid()")
                        folders[number] = cursor.fetchone()[0]
                    actions.fold_changes(at=AT + timedelta(minutes=random.randrange(3)))
            except DatabaseError:  # killed: the next turn connects again
                connection.close()

    def work(target: Callable[[int], None], argument: int) -> None:
        try:
            target(argument)
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(POSTERS + FOLDERS)
    posting = [pool.submit(work, post, seed) for seed in range(POSTERS)]
    folding = [pool.submit(work, fold, number) for number in range(FOLDERS)]
    killed, rng = 0, random.Random(5)
    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        while not all(future.done() for future in posting) or killed < KILLS:
            if folders and killed < KILLS:
                victim = folders.get(rng.randrange(FOLDERS))
                hit = admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where pid = %s and state = 'active'",
                    [victim],
                ).fetchone()
                killed += bool(hit)
            if all(future.done() for future in posting):
                # keep the folders busy until enough of them were killed
                with system("more"):
                    actions.post_changes(
                        deltas=[TallyChange(drive.pk, 1, 1, booths[0], TODAY, REPORTED, 1)], at=AT
                    )
                sent.append(Counter({(booths[0], REPORTED): 1}))
    done.set()
    for future in [*posting, *folding]:
        future.result(timeout=PATIENCE_S)
    pool.shutdown()
    wanted: Counter[tuple[int, int]] = Counter()
    for mine in sent:
        wanted.update(mine)
    with system("test"):
        for _turn in range(2):
            for code, unit in trees.units.items():
                for hierarchy in (1, 2):
                    if code not in trees.parents[hierarchy]:
                        continue
                    below = {trees.units[one].pk for one in trees.below(hierarchy, code)}
                    found = queries.unit_ladder(node=unit.pk, hierarchy=hierarchy, programme=drive, at=AT)
                    for rung, n in ((REPORTED, found.reported), (COUNTED, found.counted)):
                        assert n == sum(v for (at, r), v in wanted.items() if at in below and r == rung)
            actions.fold_changes(at=AT + timedelta(minutes=5))


def test_a_fold_that_comes_second_leaves_at_once() -> None:
    with system("test"):
        trees = state()
        drive = programme(trees.units["state"])
        actions.post_changes(
            deltas=[TallyChange(drive.pk, 1, 1, trees.units["b000"].pk, TODAY, REPORTED, 1)], at=AT
        )
    with psycopg.connect(database.conninfo("jobs", dbname=database.database_name())) as other:
        other.execute("select pg_advisory_xact_lock(%s)", [0x4162_0001])
        with system("second"):
            assert actions.fold_changes(at=AT) == 0
        other.rollback()
    with system("first"):
        assert actions.fold_changes(at=AT) == 1


def test_a_change_that_commits_after_the_fold_looked_is_folded_next() -> None:
    """A fold that remembers the highest number it saw would miss it for ever."""
    with system("test"):
        trees = state()
        trees.resize()
        drive = programme(trees.units["state"])
    booth = trees.units["b000"].pk
    insert = (
        "insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
        " values (%s, 1, 1, %s, %s, 10, 1, %s)"
    )
    with psycopg.connect(database.conninfo("gateway", dbname=database.database_name())) as late:
        late.execute(insert, [drive.pk, booth, TODAY, AT])  # holds the older transaction, open
        with system("test"):
            actions.post_changes(deltas=[TallyChange(drive.pk, 1, 1, booth, TODAY, REPORTED, 1)], at=AT)
            assert actions.fold_changes(at=AT) == 1
        late.commit()
    with system("test"):
        node = trees.units["state"].pk
        assert queries.unit_ladder(node=node, hierarchy=1, programme=drive, at=AT).reported == 2
        assert actions.fold_changes(at=AT + timedelta(seconds=1)) == 1
        assert queries.unit_ladder(node=node, hierarchy=1, programme=drive, at=AT).reported == 2


def test_changes_are_folded_while_a_list_of_units_is_taken_in() -> None:
    with system("test"):
        trees = state()
        trees.resize()
        drive = programme(trees.units["state"])
    booth, parent = (trees.units[code] for code in ("b000", trees.parents[1]["b000"] or ""))
    folded: list[int] = []

    def post_and_fold() -> int:
        try:
            with system("test"):
                actions.post_changes(
                    deltas=[TallyChange(drive.pk, 1, 1, booth.pk, TODAY, REPORTED, 1)], at=AT
                )
            with system("fold"):
                return actions.fold_changes(at=AT)
        finally:
            connections.close_all()

    named = dict.fromkeys(staging.COLUMNS)
    rows = [
        named | {"code": f"n{n}", "kind": "booth", "name_en": f"n{n}", "organisational_parent": parent.code}
        for n in range(30)
    ]
    with ThreadPoolExecutor(1) as other, system("test"), transaction.atomic():
        staging.open_staging()
        staging.stage_rows(
            [[n, *(row[column] for column in staging.COLUMNS)] for n, row in enumerate(rows, 2)]
        )
        counts = units.take_in(
            import_id=1,
            on=TODAY,
            by=Actor.system("test"),
            at=AT,
            tell=lambda _done, _of: folded.append(other.submit(post_and_fold).result(PATIENCE_S)),
        )
    assert counts.made == 30
    assert folded and set(folded) == {1}
    with system("test"):
        node = trees.units["state"].pk
        assert queries.unit_ladder(node=node, hierarchy=1, programme=drive, at=AT).reported == len(folded)
