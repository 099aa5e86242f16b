"""The quick way of a plain paper row gives what the act's own preparation gives; all others go the slow way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import database
from abhiyan.core.keys import keyring
from abhiyan.enrolment.tests.make import DAY, NOON, World
from abhiyan.imports.tables.reading import Batch
from abhiyan.imports.tables.sources import FilePart, TableSource
from abhiyan.intake.actions import rows as act_rows
from abhiyan.intake.actions.drives import Drives
from abhiyan.paper.orders import Order
from abhiyan.paper.packing import STAGED, packed
from abhiyan.paper.reading import PartReading

pytestmark = pytest.mark.django_db(transaction=True)
RANDOM = ("member_public", "person_public", "sealed")


def mostly(good: list[Any], odd: list[Any]) -> st.SearchStrategy[Any]:
    """Good values about five times in six, so that whole rows are often plain."""
    return st.integers(0, 5).flatmap(lambda n: st.sampled_from(odd if n == 5 else good))


NAMES = mostly(
    ["Asha Devi", "चंद्रा कुमारी", "O'Brien", "A", "D. K. Rao", "क़मर"],
    ["क\u093cमर", "Double  space", "रोहित\u200d", "\u200bZero", "१२३", "..."],
)
ROWS = st.lists(
    st.tuples(
        mostly(["+919906000001", "+919797123456"], ["+447400123456"]),
        NAMES,
        mostly([1930, 1980, 2007], [2008, 2009, 2030, 1890]),
        mostly(["JK-B001", "JK-B004"], ["HP-B001", "NOWHERE", None]),
        mostly([1], [2, None]),
        st.sampled_from(["7", "बंडल ७", None]),
        mostly([None, DAY, DAY - timedelta(days=3)], [DAY + timedelta(days=1), date(2025, 1, 1)]),
        st.sampled_from([None, "+919906000003"]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def world() -> World:
    return World.make()


@contextmanager
def reader(world: World) -> Iterator[PartReading]:
    order = Order(
        table="",
        path="",
        part=FilePart(0, 0, 1),
        source=TableSource("csv", "utf-8", ",", "", 1, 2, 1, 1, (), {}, 0, ()),
        mapping={},
        programme_id=world.programme.pk,
        key=b"k" * 24,
        by=UUID(int=7),
        at=NOON,
        within=None,
        state="JK",
        notice=None,
        workers={},
        language="hi",
    )
    with psycopg.connect(database.conninfo("gateway"), autocommit=True) as knows:
        yield PartReading(order, Drives(), knows)


def unpacked(row: bytes) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    at = 2
    for name in STAGED:
        length = int.from_bytes(row[at : at + 4], "big", signed=True)
        at += 4
        found[name] = None if length < 0 else row[at : at + length]
        at += max(0, length)
    assert at == len(row)
    return found


@pytest.mark.parametrize("examples", [50, pytest.param(250, marks=pytest.mark.slow)], ids=["few", "many"])
def test_quick_rows_equal_prepared_rows(world: World, examples: int) -> None:
    quick_seen = [0]

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(ROWS)
    def holds(drawn: list[tuple[Any, ...]]) -> None:
        kept = [
            (n, phone, name, year, booth, None, notice, bundle, on, worker)
            for n, (phone, name, year, booth, notice, bundle, on, worker) in enumerate(drawn, 2)
        ]
        reading.places.learn(kept)
        ready, others = reading.lane.take(kept)
        quick = {found["row"]: found for found in map(unpacked, ready)}
        quick_seen[0] += len(quick)
        batch = Batch()
        claims, numbers = reading.claims(kept, batch)
        prepared, _refused = act_rows.prepare_rows(claims, reading.drive, NOON)
        slow = {found["row"]: found for found in map(unpacked, packed(prepared, numbers))}
        assert quick.keys() <= slow.keys(), "the quick way takes nothing the act would refuse"
        assert len(quick) + len(others) == len(kept)
        for row, found in quick.items():
            wanted = slow[row]
            assert {k: v for k, v in found.items() if k not in RANDOM} == {
                k: v for k, v in wanted.items() if k not in RANDOM
            }
            phone_id, sealed, other = found["phone"], found["sealed"], wanted["sealed"]
            assert phone_id and sealed and other
            ring = keyring()
            assert ring.unseal(sealed, about=phone_id) == ring.unseal(other, about=phone_id)
            assert len({found[name] for name in RANDOM[:2]}) == 2

    with reader(world) as reading:
        holds()
    assert quick_seen[0] > examples // 2
