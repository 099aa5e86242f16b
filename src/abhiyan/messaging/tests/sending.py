"""The real lanes, at an instant of the test's own and to a way out of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from abhiyan.core.tests.given import present
from abhiyan.messaging.adapters import Adapter
from abhiyan.messaging.loops import MessageLane, lanes


@contextmanager
def lane(name: str, way_out: Adapter, *, at: datetime | None = None, hands: int = 0) -> Iterator[MessageLane]:
    """One of the lanes of `abhiyan jobs`. at: the lane's instant, else the test's. hands: else its own."""
    given = lanes(clock=present if at is None else lambda: at, way_out=lambda: way_out)[name]
    given.hands = hands or given.hands
    try:
        yield given
    finally:
        given.close()


def emptied(one: MessageLane) -> int:
    """Turn a lane until it finds nothing more to do. Return how many messages the way out took."""
    taken = 0
    while (n := one.turn(present())) or one._under_way:
        taken += n
    return taken


def send_due(way_out: Adapter, *, at: datetime) -> int:
    """Empty both lanes, by one hand each. Return how many messages the way out took."""
    taken = 0
    for name in lanes():
        with lane(name, way_out, at=at, hands=1) as one:
            taken += emptied(one)
    return taken
