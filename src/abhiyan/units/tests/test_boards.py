"""A board of a unit: its numbers, and those of each unit right below it, as a count by hand has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.ui.squares import Shape
from abhiyan.units import queries

from .make import grow


@dataclass(frozen=True, slots=True)
class DoorsAndCalls(queries.BoardUnit):
    """Two numbers of a unit."""

    doors: int
    calls: int


COUNTED = """select p.lo, s.doors, s.calls from unnest(%(units)s::bigint[], %(doors)s::int[], %(calls)s::int[])
  s(unit_id, doors, calls) join units_placement p on p.unit_id = s.unit_id and p.hierarchy = %(hierarchy)s"""
TREE: Mapping[str, Any] = {
    "IN": {"JK": {"R1": {"D1": {"M1": {}, "M2": {}}, "D2": {}}, "R2": {}}, "PB": {"R3": {}}, "GA": {}}
}
BELOW: dict[str, list[str]] = {}
WITHIN: dict[str, list[str]] = {}


def _learn(tree: Mapping[str, Any]) -> list[str]:
    inside = []
    for code, below in tree.items():
        BELOW[code], WITHIN[code] = list(below), [code, *_learn(below)]
        inside += WITHIN[code]
    return inside


CODES = _learn(TREE)
FACTS = st.lists(
    st.tuples(st.sampled_from(CODES), st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    max_size=20,
)


pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    with system("test"):
        return grow(TREE)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=FACTS, top=st.sampled_from(CODES))
def test_a_board_sums_what_lies_in_each_unit(
    ids: dict[str, int], facts: list[tuple[str, int | None, int | None]], top: str
) -> None:
    values = {
        "units": [ids[code] for code, _doors, _calls in facts],
        "doors": [doors for _code, doors, _calls in facts],
        "calls": [calls for _code, _doors, calls in facts],
    }
    with system("test"):
        whole, below = queries.unit_board(DoorsAndCalls, COUNTED, values, unit_id=ids[top], hierarchy=1)
    assert [row.code for row in (whole, *below)] == [top, *BELOW[top]]
    for row in (whole, *below):
        inside = [each for each in facts if each[0] in WITHIN[row.code]]
        assert row.doors == sum(doors or 0 for _code, doors, _calls in inside)
        assert row.calls == sum(calls or 0 for _code, _doors, calls in inside)
        assert row.has_children == bool(BELOW[row.code])


def test_a_unit_without_a_place_has_no_board(ids: dict[str, int]) -> None:
    none: dict[str, Any] = {"units": [], "doors": [], "calls": []}
    with system("test"), pytest.raises(NotFound):
        queries.unit_board(DoorsAndCalls, COUNTED, none, unit_id=ids["IN"], hierarchy=2)


def test_a_board_is_a_map_where_two_of_its_units_have_a_point(ids: dict[str, int]) -> None:
    """A square says how much of the work is there; without points the table says it alone."""
    made = [
        DoorsAndCalls(ids[code], code, {"en": code}, None, False, lat, lon, *numbers)
        for code, lat, lon, *numbers in (
            ("R1", 33.0, 75.0, 5, 9),
            ("R2", 34.0, 76.0, 9, 9),
            ("D1", None, None, 0, 9),
        )
    ]

    def drawn(rows: list[DoorsAndCalls]) -> queries.WorkMap | None:
        return queries.work_map(
            rows,
            lambda row: (row.doors, row.calls),
            lambda row: f"/{row.code}/",
            within=ids["JK"],
            at=NOW,
        )

    with override("en"):
        found = drawn(made)
    assert found is not None
    assert [(place.name, place.shape, place.words, place.href) for place in found.places] == [
        ("R1", Shape.HALF, "5 of 9", "/R1/"),
        ("R2", Shape.FULL, "9 of 9", "/R2/"),
        ("D1", Shape.EMPTY, "0 of 9", "/D1/"),
    ]
    assert drawn(made[1:]) is None
