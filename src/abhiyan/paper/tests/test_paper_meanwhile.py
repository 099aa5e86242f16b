"""Crashes, folds and others on the same phones come between the check of a paper list and its end."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from abhiyan.core import database
from abhiyan.core.keys import keyring
from abhiyan.core.loops import loops_by_name
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.test_loops import running as folding
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.enrolment.tests.make import World
from abhiyan.imports import actions as imports
from abhiyan.imports import queries, running
from abhiyan.imports.models import StagedImport
from abhiyan.paper import committing, staging

from .test_paper import BY, HEAD, bring, people, state_of, step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return World.make()


def test_a_drive_closed_meanwhile_takes_nothing(world: World, tmp_path: Path) -> None:
    from abhiyan.programmes.models import Programme

    public_id = bring(world, tmp_path, HEAD + people(3))
    step(world, public_id, "check")
    with system("test"):
        Programme.objects.update(state="closed")
    world.tick(seconds=5)
    failed = step(world, public_id, "commit")
    assert (failed.state, failed.error) == ("failed", "drive_closed")
    assert world.count("enrolment_claim") == 0


def test_staging_emptied_by_a_crash_of_the_server_is_filled_again(world: World, tmp_path: Path) -> None:
    public_id = bring(world, tmp_path, HEAD + people(20))
    checked = step(world, public_id, "check")
    with running.staging_connection() as own:
        own.execute(f"truncate staging.import_{checked.id}")
    assert step(world, public_id, "commit").counts == {"joined": 20}
    assert staging.staged_rows(checked.id) == -1, "dropped when done"


@pytest.mark.machine
def test_a_worker_killed_amid_the_import_goes_on_where_it_was(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 between two slices, and with slices under way; then the rest, nothing twice.

    This test may be slow to kill a worker. So each one halts by itself long before the list ends.
    """
    body = (
        HEAD + people(3000) + "".join(f"9797000{n:03d},Another Person,1960,JK-B001,1,7\n" for n in range(300))
    )
    public_id = bring(world, tmp_path, body)
    checked = step(world, public_id, "check")
    assert checked.counts == {"joined": 3000, "second": 300}
    with system("test"):
        imports.ask_import_step(public_id=public_id, step="commit", by=BY, at=world.now)
    script = (
        "import django; django.setup()\n"
        "from datetime import datetime; from uuid import UUID; import sys\n"
        "from itertools import count; from threading import Event\n"
        "from abhiyan.paper import committing; committing.ROWS = 20\n"
        "add, done = committing._Progress.add, count(1)\n"
        "def add_few(self, rows):\n"
        "    add(self, rows)\n"
        "    next(done) < 20 or Event().wait()\n"
        "committing._Progress.add = add_few\n"
        "from abhiyan.imports import running\n"
        "running.run_import_step(UUID(sys.argv[1]), 'commit', at=datetime.fromisoformat(sys.argv[2]))\n"
    )
    env = os.environ | {"ABHIYAN_ROLE": "jobs"}
    slices = 0
    for _ in range(3):
        worker = subprocess.Popen(
            [sys.executable, "-c", script, str(public_id), world.now.isoformat()], env=env
        )
        wanted = slices + 3
        until(lambda: int(str(world.count("core_import_slice"))) >= wanted or worker.poll() is not None)  # noqa: B023  # called at once
        worker.kill()
        worker.wait()
        slices = world.count("core_import_slice")
    assert slices >= 3 and 0 < world.count("enrolment_membership") < 3300
    until(lambda: running.run_import_step(public_id, "commit", at=world.now) == "done")
    with system("test"):
        done = queries.import_for(public_id)
    assert done.counts == checked.counts
    assert world.count("enrolment_claim") == 3300 == world.count("enrolment_membership")
    assert world.count("people_phone") == 3000
    assert world.tallies() == world.recounted()


def test_a_list_beside_pages_posts_little_at_once_and_waits_for_the_fold(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages add up what is not folded yet. If no fold is at work, as at the console, there is one large piece."""
    monkeypatch.setattr(committing, "ROWS_BESIDE", 25)
    monkeypatch.setattr(committing, "BEHIND", 10)
    large = bring(world, tmp_path, HEAD + people(100))
    step(world, large, "check")
    assert step(world, large, "commit").counts == {"joined": 100}
    pieces = world.count("core_import_slice")
    assert pieces <= 2

    small = bring(world, tmp_path, HEAD + people(200))
    step(world, small, "check")
    with folding("programmes.fold", loops_by_name()["programmes.fold"]) as fold:
        until(lambda: fold.turns > 0)
        assert step(world, small, "commit").counts == {"joined": 100, "already_member": 100}
    assert world.count("core_import_slice") - pieces >= 200 / 25
    assert world.tallies() == world.recounted()


def test_a_list_does_not_wait_for_ever_for_a_fold(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "BEHIND", 1)
    monkeypatch.setattr(committing, "ROWS_BESIDE", 50)
    monkeypatch.setattr(committing, "LONGEST_WAIT_S", 0.2)
    public_id = bring(world, tmp_path, HEAD + people(100))
    step(world, public_id, "check")
    with psycopg.connect(
        database.conninfo("jobs", dbname=database.database_name())
    ) as jobs:  # a loop that stands still
        jobs.execute(
            "insert into core_heartbeat (loop, turned_at, took_ms, every_s) values ('programmes.fold', %s, 1, 1)",
            [NOW],
        )
    assert step(world, public_id, "commit").counts == {"joined": 100}


@contextmanager
def out_of_luck_after(slices: int) -> Iterator[None]:
    """The database refuses every slice but the first few."""
    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        admin.execute(
            "create function refuse_slices() returns trigger language plpgsql as $$ begin"
            f" if (select count(*) from core_import_slice) >= {slices} then raise 'out of luck'; end if;"
            " return new; end $$"
        )
        admin.execute(
            "create trigger refused before insert on core_import_slice for each row execute function refuse_slices()"
        )
        try:
            yield
        finally:
            admin.execute("drop function refuse_slices cascade")


def test_an_import_that_is_given_up_half_way_can_be_undone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(world)
    public_id = bring(world, tmp_path, HEAD + people(400))
    step(world, public_id, "check")
    monkeypatch.setattr(committing, "ROWS", 50)
    with out_of_luck_after(3):
        failed = step(world, public_id, "commit")
    assert (failed.state, failed.error) == ("failed", "went_wrong")
    assert 0 < world.count("enrolment_claim") < 400
    assert step(world, public_id, "undo").state == "undone"
    assert state_of(world) == before and world.tallies() == world.recounted() == {}


def test_somebody_quicker_on_the_same_phones_is_found(world: World, tmp_path: Path) -> None:
    public_id = bring(world, tmp_path, HEAD + "9906000002,Bilal Ahmad,1990,JK-B001,1,7\n" + people(10))
    assert step(world, public_id, "check").counts == {"joined": 11}
    world.web_join(of=world.bilal)
    assert step(world, public_id, "commit").counts == {"joined": 10, "already_member": 1}
    assert world.tallies() == world.recounted()


def test_somebody_who_keeps_a_phone_at_the_very_moment_is_waited_for(world: World, tmp_path: Path) -> None:
    public_id = bring(world, tmp_path, HEAD + "9906000002,Bilal Ahmad,1990,JK-B001,1,7\n" + people(10))
    step(world, public_id, "check")
    phone_id = keyring().phone_id("+919906000002")
    with psycopg.connect(
        database.conninfo(None, dbname=database.database_name()), autocommit=True
    ) as looking:

        def somebody_waits() -> bool:
            waiting = looking.execute(
                "select 1 from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock' and query like '%people_phone%'"
            )
            return waiting.fetchone() is not None

        with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as quicker:
            quicker.execute(
                "insert into people_phone (id, hash, sealed, last4) values (%s, '', '', '0002')", [phone_id]
            )
            found: list[StagedImport] = []
            taking = threading.Thread(target=lambda: found.append(step(world, public_id, "commit")))
            taking.start()
            until(somebody_waits)
        taking.join(PATIENCE_S)
    assert found and found[0].counts == {"joined": 11}, running.error_text(found[0])
    assert world.tallies() == world.recounted()
