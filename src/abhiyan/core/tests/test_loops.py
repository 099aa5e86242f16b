"""Each loop turns by one process at a time, says how it is, and outlives what it meets."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, heartbeats, loops
from abhiyan.core.models import Heartbeat
from abhiyan.core.scope import current
from abhiyan.core.tests.turning import Turning, in_line, turning
from abhiyan.core.tests.waits import PATIENCE_S, until
from abhiyan.people.models import Suppression

pytestmark = pytest.mark.usefixtures("as_jobs")


T = TypeVar("T")


def telling(heard: list[T], what: Callable[[], T]) -> Callable[[datetime], int]:
    """A turn that writes down what it finds."""

    def turn(at: datetime) -> int:
        heard.append(what())
        return 0

    return turn


@pytest.fixture(autouse=True)
def watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """No session of the test before is left: the server ends one, and frees its locks, a moment after it is closed."""
    monkeypatch.setattr(loops, "WATCH_S", 0.02)
    until(lambda: in_line() == 0)


def running(name: str, loop: loops.Loop) -> AbstractContextManager[Turning]:
    return turning({name: loop})


def as_administrator() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True)


def beat(name: str) -> Heartbeat | None:
    return Heartbeat.objects.filter(loop=name).first()


def cut_every_connection_of_jobs() -> None:
    with as_administrator() as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and usename = %s",
            [database.role_name("jobs")],
        )


def test_every_rooms_loops_are_collected_by_name() -> None:
    assert {"core.seal", "core.heads", "core.limits"} <= set(loops.loops_by_name())


def test_a_turn_sees_everything_for_a_stated_reason_in_one_transaction() -> None:
    seen: list[tuple[str, bool]] = []

    def turn(at: datetime) -> int:
        assert connection.in_atomic_block
        seen.append((current().reason, current().everything))
        return Suppression.objects.count() + 3

    with running("test.turn", loops.Loop(turn, every_s=0.01)):
        until(lambda: (found := beat("test.turn")) is not None and found.did >= 3)
    assert seen[0] == ("loop test.turn", True)


def test_a_turn_with_scopes_of_its_own_begins_outside_a_transaction() -> None:
    seen: list[bool] = []
    with running(
        "test.own",
        loops.Loop(telling(seen, lambda: connection.in_atomic_block), every_s=0.01, scoped=False),
    ) as ran:
        until(lambda: ran.turns > 1)
    assert not any(seen)


def many_loops(n: int) -> dict[str, loops.Loop]:
    return {f"test.lock_{number}": loops.Loop(lambda at: 1, every_s=0.01) for number in range(n)}


def locks_of(process: Turning) -> set[str]:
    return set(process.lead._held)


def test_no_two_loops_have_one_lock() -> None:
    names = list(loops.loops_by_name())
    assert len({loops.lock_key(name) for name in names}) == len(names)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_processes_share_the_loops_evenly_and_take_what_another_leaves(n: int) -> None:
    both = many_loops(n)
    with ExitStack() as of_first:
        first = of_first.enter_context(turning(both))
        until(lambda: locks_of(first) == set(both))
        with turning(both) as second:
            until(lambda: (len(locks_of(first)), len(locks_of(second))) == (-(-n // 2), n // 2))
            assert locks_of(first) | locks_of(second) == set(both) and not locks_of(first) & locks_of(second)
            of_first.close()
            until(lambda: locks_of(second) == set(both))
            before = second.turns
            until(lambda: second.turns > before)


def test_three_processes_share_on_one_connection_each() -> None:
    connections: set[object] = set()

    def looked(admin: "psycopg.Connection[tuple[object, ...]]") -> None:
        found = admin.execute(
            "select pid, backend_start from pg_stat_activity"
            " where datname = current_database() and application_name = 'abhiyan jobs'"
        ).fetchall()
        connections.update(found)

    all_of_them = many_loops(7)
    with ExitStack() as ending, as_administrator() as admin:
        three = [ending.enter_context(turning(all_of_them)) for _ in range(3)]

        def evened() -> bool:
            looked(admin)
            return sorted(len(locks_of(each)) for each in three) in ([1, 3, 3], [2, 2, 3])

        until(evened)
        assert set.union(*map(locks_of, three)) == set(all_of_them)
        assert len(connections) == 3


def test_a_lock_is_not_given_back_while_its_turn_runs() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def turn(at: datetime) -> int:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        return 1

    both = {name: loops.Loop(turn, every_s=0.01) for name in ("test.long_a", "test.long_b")}
    try:
        with turning(both) as first:
            until(lambda: locks_of(first) == set(both) and begun.is_set())
            with turning(both) as second:
                until(lambda: bool(first.lead._leaves))
                assert locks_of(first) == set(both) and not locks_of(second)
                may_end.set()
                until(lambda: len(locks_of(second)) == 1 and second.turns > 0)
    finally:
        may_end.set()


def test_a_lock_that_nobody_takes_goes_to_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process is in the line, and is stuck before it takes a lock."""
    monkeypatch.setattr(loops, "LEFT_S", 0.0)
    both = many_loops(4)
    stuck = loops.Lead()
    stuck.keep({})
    with turning(both) as first:
        until(lambda: locks_of(first) == set(both))
        before = first.turns
        until(lambda: first.turns > before)
        assert locks_of(first) == set(both), "it gives none back for a while"
    stuck.drop()


def test_a_process_of_an_earlier_release_runs_all_loops_alone() -> None:
    with as_administrator() as earlier:
        earlier.execute(f"select pg_advisory_lock({loops.LOCK})")
        lead = loops.Lead()
        assert not lead.keep(many_loops(2)) and not lead.is_held
        earlier.execute(f"select pg_advisory_unlock({loops.LOCK})")
        assert lead.keep(many_loops(2)) and len(lead._held) == 2
        ((taken,),) = earlier.execute(f"select pg_try_advisory_lock({loops.LOCK})").fetchall()
        assert not taken, "it stands by as long as one of ours runs loops"
        lead.drop()


def test_a_loop_without_a_lock_turns_everywhere() -> None:
    everywhere = {"test.everywhere": loops.Loop(lambda at: 1, every_s=0.01, everywhere=True)}
    with turning(everywhere) as first, turning(everywhere) as second:
        until(lambda: first.turns > 0 and second.turns > 0)
        assert not locks_of(first) and not locks_of(second)


def test_who_has_lost_a_lock_turns_nothing_and_goes_on_with_what_it_began() -> None:
    stood_by: list[float] = []
    lead, other = loops.Lead(), loops.Lead()
    loop = loops.Loop(lambda at: 1, stand_by=lambda: stood_by.append(loops.WATCH_S))
    both = {"test.lost": loop}
    runner = loops.Runner("test.lost", loop, threading.Event(), lead)
    assert lead.keep(both) and other.keep(both) and lead.is_held and not other.is_held
    runner._step()
    assert runner._turns == 1 and not stood_by
    cut_every_connection_of_jobs()
    connection.close()
    for each in (lead, other):
        with pytest.raises(psycopg.OperationalError):
            each.keep(both)
    take_lead(other, both)  # the lock of a session is free a moment after its end
    assert lead.keep(both)
    assert (other._held, lead._held) == ({"test.lost"}, set())
    runner._step()
    assert runner._turns == 1 and len(stood_by) == 1
    lead.drop()
    other.drop()


@pytest.mark.parametrize("scoped", [True, False])
def test_no_turn_begins_while_another_process_that_lost_the_lock_is_at_its_last(scoped: bool) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def last_turn(at: datetime) -> int:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        return 1

    def step(runner: loops.Runner) -> None:
        try:
            runner._step()
        finally:
            connection.close()

    lead, other = loops.Lead(), loops.Lead()
    turned: list[int] = []
    long = loops.Loop(last_turn, scoped=scoped)
    next_one = loops.Loop(telling(turned, lambda: 1), scoped=scoped)
    try:
        assert lead.keep({"test.last": long}) and lead.is_held
        first = threading.Thread(
            target=step, args=[loops.Runner("test.last", long, threading.Event(), lead)], daemon=True
        )
        first.start()
        assert begun.wait(PATIENCE_S)
        assert lead._own is not None
        lead._own.close()
        take_lead(other, {"test.last": next_one})
        runner = loops.Runner("test.last", next_one, threading.Event(), other)
        runner._step()
        assert not turned, "the turn of the other process is under way"
        may_end.set()
        first.join(PATIENCE_S)
        runner._step()
        runner._step()
        assert len(turned) == 2, "the lock of a turn is free after it"
    finally:
        may_end.set()
        other.drop()
        lead.drop()


def take_lead(lead: loops.Lead, all_loops: dict[str, loops.Loop]) -> None:
    """Wait until a process has the lock of a loop."""
    until(lambda: lead.keep(all_loops) and lead.is_held)


def turn_locks() -> int:
    """Return how many locks of turns there are in this database."""
    with as_administrator() as admin:
        return len(
            admin.execute(
                f"select from pg_locks where classid = {loops.TURN_LOCKS} and locktype = 'advisory'"
                " and database = (select oid from pg_database where datname = current_database())"
            ).fetchall()
        )


def test_a_turn_that_fails_or_changes_its_connection_leaves_no_lock() -> None:
    def fail(at: datetime) -> int:
        raise ZeroDivisionError

    def reconnect(at: datetime) -> int:
        connection.close()
        return 1

    for turn in (fail, reconnect):
        for scoped in (True, False)[turn is reconnect :]:
            lead, loop = loops.Lead(), loops.Loop(turn, scoped=scoped)
            take_lead(lead, {"test.left": loop})
            loops.Runner("test.left", loop, threading.Event(), lead)._step()
            lead.drop()
            until(lambda: turn_locks() == 0)


def test_an_error_is_told_by_its_class_only_and_turns_go_on() -> None:
    fail = threading.Event()
    fail.set()

    def turn(at: datetime) -> int:
        if fail.is_set():
            raise ZeroDivisionError("+919812345678")
        return 1

    with running("test.error", loops.Loop(turn, every_s=0.01)) as ran:
        until(lambda: (found := beat("test.error")) is not None and found.error == "ZeroDivisionError")
        assert ran.lead.is_held
        fail.clear()
        until(lambda: (found := beat("test.error")) is not None and found.error == "")


def test_a_failed_turn_leaves_nothing_half_done() -> None:
    def turn(at: datetime) -> int:
        Heartbeat.objects.create(loop="half", turned_at=at, took_ms=0)
        raise ZeroDivisionError

    with running("test.half", loops.Loop(turn, every_s=0.01)):
        until(lambda: (found := beat("test.half")) is not None and found.error != "")
    assert beat("half") is None


def test_a_loop_in_a_long_first_turn_is_known_to_turn() -> None:
    ended = threading.Event()

    def turn(at: datetime) -> int:
        assert ended.wait(PATIENCE_S)
        return 7

    try:
        with running("test.long", loops.Loop(turn, every_s=600)) as ran:
            until(lambda: beat("test.long") is not None)
            assert ran.turns == 0
            ended.set()
            until(lambda: (found := beat("test.long")) is not None and found.did == 7)
    finally:
        ended.set()


def test_a_loop_outlives_the_loss_of_every_connection() -> None:
    with running("test.cut", loops.Loop(lambda at: 1, every_s=0.01)) as ran:
        for _ in range(3):
            before = ran.turns
            until(lambda: ran.turns > before)  # noqa: B023
            cut_every_connection_of_jobs()
            connection.close()
        before = ran.turns
        until(lambda: ran.turns > before + 2)


def test_backing_off_grows_to_a_minute() -> None:
    def turn(at: datetime) -> int:
        raise ZeroDivisionError

    lead, loop = loops.Lead(), loops.Loop(turn)
    assert lead.keep({"test.back_off": loop})
    runner = loops.Runner("test.back_off", loop, threading.Event(), lead)
    pauses = [runner._step() for _ in range(9)]
    lead.drop()
    for pause, wanted in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert wanted * 0.7 < pause < wanted * 1.3


def test_a_loop_that_found_nothing_to_do_waits_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "IDLE_S", 3_600.0)
    lead, found = loops.Lead(), [1, 0]
    loop = loops.Loop(lambda at: found.pop(0), every_s=0.0)
    assert lead.keep({"test.idle": loop})
    runner = loops.Runner("test.idle", loop, threading.Event(), lead)
    assert runner._step() == 0 and runner._step() > 0
    lead.drop()


def test_a_heartbeat_tells_how_many_rows_the_last_whole_minute_did() -> None:
    begun = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)

    def beaten(after_s: int, did: int) -> float | None:
        at = begun + timedelta(seconds=after_s)
        given = {"loop": "busy", "at": at, "took": 1, "did": did, "every": 1.0, "error": "", "host": "web2"}
        with psycopg.connect(database.conninfo("jobs"), autocommit=True) as own:
            own.execute(loops._BEAT, given)
        told = heartbeats.turning(["busy"], at=at)["busy"]
        assert told.turns is heartbeats.LoopState.WELL and told.host == "web2"
        return told.a_minute

    assert beaten(0, 5) is None and beaten(1, 7) is None and beaten(30, 40) is None, "no minute is over"
    assert beaten(61, 60) == pytest.approx(100), "since the second beat"
    assert beaten(80, 500) == pytest.approx(100)
    assert beaten(121, 100) == pytest.approx(600)
    assert beaten(1_000, 3) is None, "it stood still meanwhile"
    late = heartbeats.turning(["busy", "none"], at=begun + timedelta(hours=1))
    assert (
        late["busy"].turns is heartbeats.LoopState.LATE and late["none"].turns is heartbeats.LoopState.NEVER
    )


class SlowLead(loops.Lead):
    """The database answers late: meanwhile everything is stopped, and every loop has ended."""

    def __init__(self, stopping: threading.Event, turned: threading.Event) -> None:
        super().__init__()
        self.stopping, self.turned = stopping, turned

    def keep(self, all_loops: Mapping[str, loops.Loop]) -> bool:
        is_there = super().keep(all_loops)
        if self.turned.is_set():
            self.stopping.set()
            for thread in threading.enumerate():
                if thread.name == "loop test.stopped":
                    thread.join(PATIENCE_S)
        return is_there


def test_an_ordinary_stop_starts_no_loop_again_and_logs_no_error(caplog: pytest.LogCaptureFixture) -> None:
    stopping, turned = threading.Event(), threading.Event()

    def turn(at: datetime) -> int:
        turned.set()
        return 1

    loops.run_loops(
        stopping, loops={"test.stopped": loops.Loop(turn, every_s=0.01)}, lead=SlowLead(stopping, turned)
    )
    assert turned.is_set() and stopping.is_set()
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
    assert not any(thread.name == "loop test.stopped" for thread in threading.enumerate())


def test_a_loop_that_a_release_has_no_more_is_forgotten() -> None:
    Heartbeat.objects.create(loop="test.gone", turned_at=datetime(2026, 1, 1, tzinfo=UTC), took_ms=1)
    with running("test.kept", loops.Loop(lambda _at: 1, every_s=0.01)):
        until(lambda: beat("test.kept") is not None)
    assert beat("test.gone") is None, "its silence would make `/healthz` fail for ever"
