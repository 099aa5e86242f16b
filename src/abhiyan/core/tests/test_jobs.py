"""Jobs exist with the fact they follow from, run at least once, and outlive their workers."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from abhiyan.core import database, jobs, loops
from abhiyan.core.models import Job
from abhiyan.core.tests.given import NOW, present
from abhiyan.core.tests.turning import in_line, turning
from abhiyan.core.tests.waits import PATIENCE_S, until

pytestmark = pytest.mark.usefixtures("as_jobs")
AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SOON = timedelta(seconds=1)
done: list[str] = []
stopped: list[str] = []
may_end = threading.Event()


@jobs.job("core.test_note")
def note(*, word: str) -> None:
    done.append(word)


@jobs.job("core.test_fails", given_up=lambda word: stopped.append(word))
def fails(word: str) -> None:
    raise ZeroDivisionError(word)


@jobs.job("core.test_held")
def held(*, word: str) -> None:
    may_end.wait(PATIENCE_S)
    done.append(word)


@jobs.job("core.test_busy")
def busy() -> None:
    raise jobs.WorkUnderWay


@pytest.fixture(autouse=True)
def _nothing_done() -> Iterator[None]:
    done.clear()
    stopped.clear()
    may_end.clear()
    yield
    may_end.set()


def waiting() -> list[tuple[str, str]]:
    return sorted(Job.objects.filter(attempts=0).values_list("name", "key"))


def turn_until_idle(worker: jobs.Worker, at: datetime) -> None:
    worker.turn(at)
    for hand in worker._hands:
        hand.join(PATIENCE_S)
    worker._settle(at)


def test_a_job_exists_only_if_its_transaction_commits() -> None:
    with transaction.atomic():
        jobs.later("core.test_note", "a", at=AT, word="never")
        transaction.set_rollback(True)
    assert waiting() == []
    with transaction.atomic():
        jobs.later("core.test_note", "a", at=AT, word="once")
    assert waiting() == [("core.test_note", "a")]


def test_a_job_nobody_wrote_is_refused_when_it_is_put_down() -> None:
    with pytest.raises(LookupError, match=r"core\.test_missing"):
        jobs.later("core.test_missing", "a", at=AT)


def test_of_jobs_with_one_key_one_waits_and_another_only_behind_one_that_has_begun() -> None:
    for key in ("a", "a", "b"):
        jobs.later("core.test_held", key, at=AT, word=key)
    assert waiting() == [("core.test_held", "a"), ("core.test_held", "b")]
    worker = jobs.Worker()
    worker.turn(AT)
    jobs.later("core.test_held", "a", at=AT, word="again")
    assert waiting() == [("core.test_held", "a")]
    worker.turn(AT + SOON)
    assert len(worker._hands) == jobs.HANDS and waiting(), "two at a time"
    may_end.set()
    turn_until_idle(worker, AT + SOON)
    turn_until_idle(worker, AT + 2 * SOON)
    assert sorted(done) == ["a", "again", "b"]
    assert not Job.objects.exists()


def test_a_job_waits_until_it_is_due() -> None:
    jobs.later("core.test_note", "a", at=AT + timedelta(minutes=1), word="later")
    worker = jobs.Worker()
    turn_until_idle(worker, AT + timedelta(seconds=59))
    assert done == []
    turn_until_idle(worker, AT + timedelta(seconds=61))
    assert done == ["later"]


def test_a_job_that_fails_is_tried_again_with_growing_pauses_and_given_up_aloud() -> None:
    jobs.later("core.test_fails", "a", at=AT, word="a")
    worker, at, pauses = jobs.Worker(), AT, []
    for _ in range(jobs.ATTEMPTS - 1):
        turn_until_idle(worker, at)
        row = Job.objects.get()
        assert row.error == "ZeroDivisionError" and row.failed_at is None
        pauses.append((row.due_at - at).total_seconds())
        at = row.due_at
    assert pauses == [4, 16, 64, 256] and stopped == []
    turn_until_idle(worker, at)
    assert Job.objects.get().failed_at == at and stopped == ["a"]
    turn_until_idle(worker, at + timedelta(days=1))
    assert stopped == ["a"], "given up is given up"
    jobs.later("core.test_fails", "a", at=at, word="a")
    assert waiting() == [("core.test_fails", "a")], "it may be asked for again"


def test_a_job_whose_workers_die_again_and_again_is_given_up() -> None:
    jobs.later("core.test_fails", "a", at=AT, word="a")
    Job.objects.update(attempts=jobs.ATTEMPTS, leased_until=AT)
    jobs.Worker().turn(AT + SOON)
    assert stopped == ["a"] and Job.objects.get().failed_at == AT + SOON


def test_while_somebody_else_does_the_work_a_job_looks_again_and_no_attempt_counts() -> None:
    jobs.later("core.test_busy", "a", at=AT)
    worker, at = jobs.Worker(), AT
    for _ in range(jobs.ATTEMPTS + 2):
        turn_until_idle(worker, at)
        at += jobs.BUSY
    assert Job.objects.get().attempts == 0 and Job.objects.get().due_at == at
    worker.turn(at)
    jobs.later("core.test_busy", "a", at=at)  # asked for meanwhile
    turn_until_idle(worker, at)
    assert Job.objects.count() == 1


def test_what_runs_keeps_its_lease_and_what_a_dead_worker_had_is_begun_again() -> None:
    jobs.later("core.test_held", "a", at=AT, word="a")
    worker, other = jobs.Worker(), jobs.Worker()
    worker.turn(AT)
    worker.turn(AT + timedelta(seconds=6))
    other.turn(AT + timedelta(seconds=13))
    assert other._hands == []
    may_end.set()
    other.turn(AT + timedelta(seconds=15))  # the first gave no sign for nine seconds
    until(lambda: done == ["a", "a"])
    worker.turn(AT + timedelta(seconds=15))
    assert Job.objects.get().attempts == 2, "what another has begun since is not settled by the first"
    turn_until_idle(other, AT + timedelta(seconds=16))
    assert not Job.objects.exists()


def test_a_worker_that_lost_its_lock_finishes_what_it_began_and_begins_nothing() -> None:
    for key in ("a", "b"):
        jobs.later("core.test_held", key, at=NOW, word=key)
    worker = jobs.Worker()
    worker.turn(NOW)
    jobs.later("core.test_note", "c", at=AT, word="c")
    Job.objects.filter(attempts=1).update(leased_until=AT)
    worker.stand_by()
    assert Job.objects.filter(attempts=1, leased_until__gt=NOW).count() == 2
    may_end.set()
    worker.close()
    assert sorted(done) == ["a", "b"] and waiting() == [("core.test_note", "c")]


# Begins a job that never ends, as `abhiyan jobs` would. Its lease is long until a line comes, as it may be slow to
# renew a short one.
HOLDER = """
import sys, threading
from datetime import timedelta
import django
django.setup()
from abhiyan.core import jobs, loops

lease, jobs.LEASE = jobs.LEASE, timedelta(hours=1)

@jobs.job("core.test_note")
def note(*, word):
    print("begun", flush=True)
    sys.stdin.readline()
    jobs.LEASE = lease
    threading.Event().wait()

loops.run_loops(threading.Event(), loops={"core.jobs": loops.LOOPS["jobs"]})
"""


@pytest.mark.machine
def test_the_job_of_a_killed_process_is_taken_over_by_another() -> None:
    jobs.later("core.test_note", "a", at=present(), word="taken over")
    env = os.environ | {"ABHIYAN_ROLE": "jobs"}
    with ExitStack() as ending:
        first = subprocess.Popen(
            [sys.executable, "-c", HOLDER],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ending.enter_context(first)
        ending.callback(first.kill)
        assert first.stdin and first.stdout and first.stdout.readline() == "begun\n"
        second = ending.enter_context(turning({"core.jobs": loops.Loop(jobs.Worker().turn, scoped=False)}))
        until(lambda: in_line() == 2 and second.turns > 1)
        assert done == [], "the first one's lease is not over"
        first.stdin.write("\n")
        first.stdin.flush()
        late = present() + timedelta(minutes=30)
        until(lambda: not Job.objects.filter(leased_until__gt=late).exists())
        first.kill()
        until(lambda: done == ["taken over"])
        until(lambda: not Job.objects.exists())


def test_the_worker_goes_on_after_its_connections_were_cut() -> None:
    with turning({"core.jobs": loops.Loop(jobs.Worker().turn, every_s=0.05, scoped=False)}):
        jobs.later("core.test_note", "a", at=NOW, word="first")
        until(lambda: "first" in done)
        with database.ServerConnection.connect(database.conninfo(None), autocommit=True) as admin:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and application_name = 'abhiyan jobs'"
            )
        jobs.later("core.test_note", "b", at=NOW, word="second")
        until(lambda: "second" in done)
