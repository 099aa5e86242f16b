from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.http import QueryDict
from django.utils.translation import gettext, override
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import database
from abhiyan.core.models import Heartbeat
from abhiyan.ui import tables

COLUMNS = {"name": "name_en", "counted": ("counted", "reported")}


def test_order_is_read_from_the_address_and_ties_are_settled() -> None:
    sorting = tables.sorting(QueryDict("sort=-counted"), COLUMNS, default="name")
    assert sorting.order_by == ("-counted", "-reported", "pk")
    assert (sorting.key, sorting.descending) == ("counted", True)


@pytest.mark.parametrize("asked", ["", "sort=password", "sort=--name", "sort=name_en", "sort=%00"])
def test_an_order_that_is_not_offered_is_the_default(asked: str) -> None:
    sorting = tables.sorting(QueryDict(asked), COLUMNS, default="name")
    assert sorting.order_by == ("name_en", "pk")


def test_a_numbered_page_reads_one_row_more_than_it_shows() -> None:
    class Rows(list[int]):
        asked: list[slice] = []

        def __getitem__(self, key: Any) -> Any:
            self.asked.append(key)
            return super().__getitem__(key)

    rows = Rows(range(120))
    leaf = tables.numbered(rows, QueryDict("page=2"), total=120)
    assert rows.asked == [slice(50, 101)]
    assert (leaf.first, leaf.last, leaf.total, leaf.more, leaf.pages) == (51, 100, 120, True, 3)


@given(st.text(max_size=8), st.integers(0, 400))
def test_any_page_asked_for_is_a_page_that_exists(asked: str, total: int) -> None:
    query = QueryDict(mutable=True)
    query["page"] = asked
    leaf = tables.numbered(list(range(total)), query, total=total)
    assert 1 <= (leaf.number or 0) <= (leaf.pages or 0)
    assert leaf.last - leaf.first + 1 == len(leaf.rows) or not leaf.rows


def test_page_numbers_show_the_ends_and_the_neighbours() -> None:
    leaf = tables.Leaf(rows=[1], first=1, last=1, total=1, more=True, number=7, pages=25)
    assert leaf.numbers == [1, None, 6, 7, 8, None, 25]


def test_a_list_without_a_total_says_only_that_more_follows() -> None:
    leaf = tables.numbered(list(range(60)), QueryDict(), per=50)
    assert leaf.total is None
    assert leaf.more
    assert leaf.numbers == []


@pytest.mark.parametrize("mangled", ["x", "AAAA", "W10", "WzEsMl0", "W3RydWUsIjEiXQ", "%00", "é" * 9])
def test_a_mangled_mark_begins_at_the_first_page(mangled: str) -> None:
    assert tables.read_page_mark(mangled, str) is None


def test_a_mark_is_opened_as_it_was_closed() -> None:
    assert tables.read_page_mark(tables.page_mark(50, "2026-10-09", "सुदेश"), str, str) == (
        50,
        ["2026-10-09", "सुदेश"],
    )


def test_an_exported_cell_is_never_a_formula() -> None:
    rows: list[list[Any]] = [["=HYPERLINK(1)", 5], ["@x", -3], ["+91", None], ["अ, ब", 1]]
    lines = b"".join(tables.file_response("units", "csv", ["नाम", "n"], rows)).decode().splitlines()
    assert lines[0].startswith("\ufeff")
    assert [line.strip() for line in lines[1:]] == ["'=HYPERLINK(1),5", "'@x,-3", "'+91,", '"अ, ब",1']


def test_an_export_is_a_download_that_nobody_keeps() -> None:
    response = tables.file_response("units", "csv", ["a"], [[1]])
    assert response["Content-Disposition"] == 'attachment; filename="units.csv"'
    assert response["Cache-Control"] == "no-store"
    assert b"".join(response) == "\ufeffa\r\n1\r\n".encode()


@pytest.fixture
def beats(transactional_db: None) -> None:
    """As the owner, for the application only reads them."""
    at = datetime(2026, 11, 20, tzinfo=UTC)
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as owner:
        owner.cursor().executemany(
            "insert into core_heartbeat (loop, turned_at, took_ms) values (%s, %s, 1)",
            [(f"loop {n:03}", at - timedelta(minutes=n // 7)) for n in range(60)],
        )


@pytest.mark.parametrize("keys", [["loop"], ["-loop"], ["-turned_at", "loop"], ["turned_at", "-loop"]])
def test_pages_that_follow_one_another_show_every_row_once(beats: None, keys: list[str]) -> None:
    query = QueryDict(mutable=True)
    seen: list[str] = []
    while True:
        leaf = tables.following(Heartbeat.objects.all(), query, keys=keys, per=13)
        assert leaf.first == len(seen) + 1
        seen += [beat.loop for beat in leaf.rows]
        assert leaf.last == len(seen)
        if not leaf.more:
            break
        assert leaf.total is None
        query["after"] = leaf.after
    assert leaf.total == 60
    assert seen == list(Heartbeat.objects.order_by(*keys).values_list("loop", flat=True))


def test_rows_as_mappings_follow_one_another_too(beats: None) -> None:
    query = QueryDict(mutable=True)
    first = tables.following(Heartbeat.objects.values("loop"), query, keys=["loop"], per=50)
    query["after"] = first.after
    rest = tables.following(Heartbeat.objects.values("loop"), query, keys=["loop"], per=50)
    assert [row["loop"] for row in rest.rows] == [f"loop {n:03}" for n in range(50, 60)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("turned_at", "yesterday"),
        ("turned_at", "0001-01-01T00:00:00+23:59"),
        ("turned_at", "9999-12-31T23:59:59-23:59"),
        ("took_ms", "many"),
        ("took_ms", "9" * 40),
        ("loop", "\0"),
    ],
)
def test_a_forged_mark_shows_no_error(beats: None, key: str, value: str) -> None:
    query = QueryDict(mutable=True)
    query["after"] = tables.page_mark(50, value)
    leaf = tables.following(Heartbeat.objects.all(), query, keys=[key], per=10)
    assert leaf.is_first or not leaf.rows


def test_every_line_of_a_file_is_in_the_language_it_was_asked_in() -> None:
    with override("hi"):
        rows = ([gettext("Search")] for _n in range(2))
        response = tables.file_response("units", "csv", [gettext("Search")], rows)
    with override("en"):
        lines = b"".join(response).decode().removeprefix("\ufeff").splitlines()
    assert lines == ["खोजें"] * 3
