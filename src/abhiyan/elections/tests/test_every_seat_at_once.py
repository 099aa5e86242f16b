"""A plan passed down while others come to it: each seat is seen when it is done, and who waited sees what is so."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from abhiyan.core import database
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.elections import actions, queries, tasks
from abhiyan.elections.actions import every_seat
from abhiyan.elections.models import Contest, Plan, PlanPart
from abhiyan.elections.queries import planning, progress, units_below
from abhiyan.units.tests.make import AT, SYSTEM

from .test_passing_down_moves import Ground

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground(db: None, tmp_path: Path) -> Ground:
    """The two seats, committed."""
    return Ground(tmp_path)


def apart(act: Callable[..., Any], **given: Any) -> Any:
    """An act on a connection of its own."""
    try:
        with system("test"):
            return act(**given)
    finally:
        connection.close()


def job(ground: Ground) -> None:
    try:
        tasks.pass_seats(public_id=str(ground.plan.public_id), key=AT.isoformat())
    finally:
        connection.close()


def until_waiting(n: int) -> list[int]:
    """Return the process ids of sessions that wait for a lock, once they are so many."""
    until = time.monotonic() + PATIENCE_S
    found: list[int] = []
    with psycopg.connect(database.conninfo(None, dbname=database.database_name()), autocommit=True) as admin:
        while len(found) < n and time.monotonic() < until:
            rows = admin.execute(
                "select pid from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
            found = [pid for (pid,) in rows]
    assert len(found) == n
    return found


def passed(ground: Ground) -> progress.Passing:
    ground.plan.refresh_from_db()
    found = progress.passing_of(ground.plan)
    assert found is not None
    return found


def rows_below(ground: Ground, code: str) -> set[int]:
    """The numbers in force below a seat, as rows."""
    tree = units_below.tree_of(ground.ids[code])
    return {part.pk for part in units_below.parts_below(ground.plan, tree, tree.top).values()}


def test_each_seat_of_a_job_is_seen_when_it_is_done_and_a_killed_one_goes_on_behind_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    with system("test"):
        ground.passes("C1")
        ground.passes("C2")
        first, second = rows_below(ground, "C1"), rows_below(ground, "C2")
        actions.cascade_seats(
            public_id=ground.plan.public_id, basis="equal", down_to="booth", by=SYSTEM, at=AT
        )
        assert passed(ground).done == 0
    with ThreadPoolExecutor() as pool, system("the second seat is held"):
        assert len(PlanPart.objects.select_for_update().filter(pk__in=second)) == len(second)
        under_way = pool.submit(job, ground)
        (worker,) = until_waiting(1)
        half = passed(ground)
        assert (half.seats, half.done, half.passed, half.ended_at) == (2, 1, 1, None)
        done = rows_below(ground, "C1")
        assert not done & first and rows_below(ground, "C2") == second
        with psycopg.connect(database.conninfo(None, dbname=database.database_name())) as admin:
            admin.execute("select pg_terminate_backend(%s)", [worker])
        with pytest.raises(OperationalError):
            under_way.result(timeout=PATIENCE_S)
        assert passed(ground) == half
    job(ground)
    with system("test"):
        whole = passed(ground)
        assert (whole.done, whole.passed) == (2, 2) and whole.ended_at
        assert rows_below(ground, "C1") == done and not rows_below(ground, "C2") & second
        ground.assert_sums("C1", "C2")


def test_a_plan_withdrawn_meanwhile_is_not_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(every_seat, "MOST_UNITS", 3)
    asked: dict[str, Any] = {"public_id": ground.plan.public_id, "by": SYSTEM, "at": AT}
    with system("test"):
        contest = Contest.objects.get(number=1).pk
        actions.cascade_seats(basis="electors", down_to="booth", **asked)
    acts = (
        partial(actions.cascade_plan, unit_id=ground.ids["C1"]),
        partial(actions.lock_part, unit_id=ground.ids["B1"], locked=True),
        partial(actions.lock_seats, contest_ids=[contest], locked=True),
        partial(actions.next_version, by_hand={contest: 7}),
    )
    with ThreadPoolExecutor() as pool:
        with system("test"):
            actions.withdraw_plan(**asked)
            found = [pool.submit(apart, act, **asked) for act in acts]
            under_way = pool.submit(job, ground)
            until_waiting(len(acts) + 1)
        for each in found:
            with pytest.raises(NotFound):
                each.result(timeout=PATIENCE_S)
        under_way.result(timeout=PATIENCE_S)
    with system("test"):
        assert not Plan.objects.exists()


def test_who_waited_for_a_pass_makes_the_next_version_of_what_it_found(ground: Ground) -> None:
    with system("test"):
        contest = Contest.objects.get(number=2).pk
        ground.version(C1=600)
    with ThreadPoolExecutor() as pool:
        with system("test"):
            ground.passes("C1", by_hand={ground.ids["B1"]: 400})
            asked = pool.submit(
                apart,
                actions.lock_seats,
                public_id=ground.plan.public_id,
                contest_ids=[contest],
                locked=True,
                by=SYSTEM,
                at=AT,
            )
            until_waiting(1)
        after = asked.result(timeout=PATIENCE_S)
    with system("test"):
        (told,) = planning.findings(queries.plan_for(after.public_id), "contradictions")
    assert told.code == "part_above_electors"
