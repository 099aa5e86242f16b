"""Loops turn by one process at a time, say how they are, and outlive what they meet."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database, heartbeats, loops
from abhiyan.core.models import Heartbeat
from abhiyan.core.scope import current
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


@contextmanager
def running(name: str, loop: loops.Loop, *, nice: int = 0) -> Iterator[loops.Runner]:
    stopping = threading.Event()
    runner = loops.Runner(name, loop, stopping, nice=nice)
    runner.start()
    try:
        yield runner
    finally:
        stopping.set()
        runner.join(PATIENCE_S)
        assert not runner.is_alive()


def beat(name: str) -> Heartbeat | None:
    return Heartbeat.objects.filter(loop=name).first()


def cut_every_connection_of_jobs() -> None:
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and usename = %s",
            [database.role_name("jobs")],
        )


def test_every_rooms_loops_are_collected_by_name() -> None:
    assert {"core.seal", "core.heads", "core.limits"} <= set(loops.collected())


def test_a_loop_gives_way_to_pages_after_its_first_turn_and_nobody_else_does() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, 0)

    seen: list[int] = []
    with running("test.giving_way", loops.Loop(telling(seen, priority), every_s=0.01), nice=5):
        until(lambda: len(seen) >= 3)
    assert seen[:3] == [0, 5, 5] and priority() == 0


def test_a_loop_that_pages_wait_for_does_not_give_way() -> None:
    seen: list[int] = []
    loop = loops.Loop(
        telling(seen, lambda: os.getpriority(os.PRIO_PROCESS, 0)), every_s=0.01, gives_way=False
    )
    with running("test.not_giving_way", loop, nice=5):
        until(lambda: len(seen) >= 3)
    assert set(seen) == {0}
    assert not [name for name in ("programmes.fold", "messaging.codes") if loops.collected()[name].gives_way]


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
    ) as runner:
        until(lambda: runner.turns > 1)
    assert not any(seen)


def test_a_second_runner_stands_by_and_takes_over() -> None:
    turned: list[str] = []
    stopping_second = threading.Event()
    with running("test.lock", loops.Loop(telling(turned, lambda: "first"), every_s=0.01)) as first:
        until(lambda: first.turns > 0)
        second = loops.Runner(
            "test.lock", loops.Loop(telling(turned, lambda: "second"), every_s=0.01), stopping_second
        )
        assert second._step() == loops.STANDBY_S
        assert not second.holds_the_lock
    assert set(turned) == {"first"}
    second._step()
    assert second.turns == 1
    assert turned[-1] == "second"
    second._release()


def test_an_error_is_told_by_its_class_only_and_turns_go_on() -> None:
    fail = threading.Event()
    fail.set()

    def turn(at: datetime) -> int:
        if fail.is_set():
            raise ZeroDivisionError("+919812345678")
        return 1

    with running("test.error", loops.Loop(turn, every_s=0.01)) as runner:
        until(lambda: (found := beat("test.error")) is not None and found.error == "ZeroDivisionError")
        assert runner.holds_the_lock
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
        with running("test.long", loops.Loop(turn, every_s=600)) as runner:
            until(lambda: beat("test.long") is not None)
            assert runner.turns == 0
            ended.set()
            until(lambda: (found := beat("test.long")) is not None and found.did == 7)
    finally:
        ended.set()


def test_a_loop_outlives_the_loss_of_every_connection() -> None:
    with running("test.cut", loops.Loop(lambda at: 1, every_s=0.01)) as runner:
        for _ in range(3):
            before = runner.turns
            until(lambda: runner.turns > before)  # noqa: B023
            cut_every_connection_of_jobs()
            connection.close()
        before = runner.turns
        until(lambda: runner.turns > before + 2)


def test_backing_off_grows_to_a_minute() -> None:
    def turn(at: datetime) -> int:
        raise ZeroDivisionError

    runner = loops.Runner("test.back_off", loops.Loop(turn), threading.Event())
    pauses = [runner._step() for _ in range(9)]
    runner._release()
    for pause, wanted in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert wanted * 0.7 < pause < wanted * 1.3


def test_a_heartbeat_tells_how_many_rows_the_last_whole_minute_did() -> None:
    begun = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)

    def beaten(after_s: int, did: int) -> float | None:
        at = begun + timedelta(seconds=after_s)
        given = {"loop": "busy", "at": at, "took": 1, "did": did, "every": 1.0, "error": ""}
        with psycopg.connect(database.conninfo("jobs"), autocommit=True) as own:
            own.execute(loops._BEAT, given)
        told = heartbeats.turning(["busy"], at=at)["busy"]
        assert told.turns is heartbeats.Turns.WELL
        return told.a_minute

    assert beaten(0, 5) is None and beaten(1, 7) is None and beaten(30, 40) is None, "no minute is over"
    assert beaten(61, 60) == pytest.approx(100), "since the second beat"
    assert beaten(80, 500) == pytest.approx(100)
    assert beaten(121, 100) == pytest.approx(600)
    assert beaten(1_000, 3) is None, "it stood still meanwhile"
    late = heartbeats.turning(["busy", "none"], at=begun + timedelta(hours=1))
    assert late["busy"].turns is heartbeats.Turns.LATE and late["none"].turns is heartbeats.Turns.NEVER
