"""Long lists: cut, counted and ordered by the database, whatever their length."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core.rows import Rows

pytestmark = pytest.mark.django_db


def numbers(n: int, finish: Any = list) -> Rows[str]:
    """1 to n, in tens; each as text."""

    def make(number: int, _tens: int) -> str:
        return str(number)

    return Rows(
        "n, n / 10",
        "from generate_series(1, %(n)s) n",
        {"n": n},
        orders={"ten": ("n / 10",), "last digit": ("n %% 10", "n / 10")},
        last="n",
        make=make,
        finish=finish,
    )


def test_a_slice_reads_no_more_than_itself() -> None:
    with CaptureQueriesContext(connection) as seen:
        rows = numbers(1_000_000)
        assert len(seen) == 0, "nothing is read before"
        assert rows[20:23] == ["21", "22", "23"] and rows[0] == "1"
    assert [query["sql"].rpartition("limit ")[2] for query in seen.captured_queries] == ["3", "1"]


def test_rows_come_in_each_of_their_orders_and_both_ways() -> None:
    rows = numbers(25)
    assert rows[:3] == ["1", "2", "3"], "the first order is its own; ties are settled"
    assert rows.ordered("ten", descending=True)[:3] == ["20", "21", "22"]
    assert rows.ordered("last digit")[:3] == ["10", "20", "1"]
    assert rows[:1] == ["1"], "the list it was made from stays as it was"


def test_counting_stops_where_nobody_needs_the_number() -> None:
    assert numbers(25).counted(25) == 25
    assert numbers(26).counted(25) is None
    rows = numbers(26)
    with CaptureQueriesContext(connection) as seen:
        assert len(rows) == len(rows) == 26
    assert len(seen) == 1, "asked for once"


def test_rows_read_together_are_finished_together() -> None:
    together = []

    def finish(rows: list[str]) -> list[str]:
        together.append(len(rows))
        return [f"no. {row}" for row in rows]

    rows = numbers(25, finish)
    assert rows[:2] == ["no. 1", "no. 2"]
    assert list(rows.each(at_once=10)) == [f"no. {n}" for n in range(1, 26)]
    assert together == [2, 10, 10, 5]
