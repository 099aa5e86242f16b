"""A token has one allowance of a second, for all workers of all hosts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.tests.given import NOW
from abhiyan.intake.hotpath import batches

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def worker(token: UUID, a_second: int) -> batches.DriveLane:
    """The lane of one worker, which knows nothing of the others."""
    return batches.DriveLane(1, Actor(kind="channel", id=token), allowed=1_000, a_second=a_second)


@pytest.mark.parametrize(
    ("a_second", "requests", "fit"),
    [
        (10, [[4], [4], [4]], [4, 4, 0]),
        (10, [[4], [4], [1, 1, 1]], [4, 4, 2]),
        (10, [[10], [1]], [10, 0]),
        (10, [[25], [1]], [25, 0]),  # larger than the allowance: it passes as the first of its second
        (10, [[1], [25]], [1, 0]),
        (10, [[3, 9, 1], [2]], [3, 0]),  # the first worker keeps what it leased
        (1, [[1, 1], [1]], [1, 0]),
        (0, [[50], [50]], [50, 50]),  # calls have no allowance of a second
    ],
)
def test_requests_of_workers_fit_until_the_second_is_full(
    a_second: int, requests: Sequence[Sequence[int]], fit: Sequence[int]
) -> None:
    token = uuid4()
    for second in range(2):
        workers = [worker(token, a_second) for _ in requests]
        at = NOW + second * SECOND
        given = [batches._within_second(lane, own, at) for lane, own in zip(workers, requests, strict=True)]
        assert given == fit


def test_a_busy_worker_asks_the_database_a_few_times_in_a_second() -> None:
    lane = worker(uuid4(), 10_000)
    for second in range(3):
        leased = []
        for _ in range(100):
            left = lane.part if lane.second == int((NOW + second * SECOND).timestamp()) else 0
            assert batches._within_second(lane, [8], NOW + second * SECOND) == 8
            if more := lane.part + 8 - left:
                leased.append(more)
        if second:
            assert leased == [800 // batches.PARTS] * batches.PARTS
    assert batches._within_second(lane, [8], NOW + 9 * SECOND) == 8 and lane.part == 0, "it was idle"


def test_tokens_do_not_share_a_second() -> None:
    first, second = worker(uuid4(), 3), worker(uuid4(), 3)
    assert batches._within_second(first, [3], NOW) == 3 and batches._within_second(second, [3], NOW) == 3
    assert batches._within_second(first, [1], NOW) == 0
