"""One rule says which latitudes and longitudes are no place here, and every list asks it."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.places import PlaceFault, is_nowhere, place_fault
from abhiyan.imports.tables.reasons import CELL

ROOM = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("lat", "lon", "fault"),
    [
        (32.7266, 74.8570, None),
        (8.08, 77.55, None),  # Kanyakumari
        (6.75, 93.83, None),  # Great Nicobar
        (10.57, 72.64, None),  # Lakshadweep
        (28.01, 97.3, None),  # Kibithu
        (None, None, None),
        (0.0, 0.0, PlaceFault.ZERO),
        (0.000_1, -0.000_2, PlaceFault.ZERO),
        (32.7, None, PlaceFault.HALF),
        (None, 74.8, PlaceFault.HALF),
        (0.0, None, PlaceFault.HALF),
        (74.8570, 32.7266, PlaceFault.SWAPPED),
        (77.55, 8.08, PlaceFault.SWAPPED),
        (0.0, 74.8, PlaceFault.ABROAD),  # one of the two is not known
        (32.7, 0.0, PlaceFault.ABROAD),
        (-32.7, 74.8, PlaceFault.ABROAD),  # a sign too much
        (51.5, -0.12, PlaceFault.ABROAD),
        (3_272_660.0, 7_485_700.0, PlaceFault.ABROAD),  # without the point
        (32.7, 174.8, PlaceFault.ABROAD),
    ],
)
def test_a_place_that_nobody_meant_has_a_reason(
    lat: float | None, lon: float | None, fault: PlaceFault | None
) -> None:
    assert place_fault(lat, lon) is fault


@given(st.floats(6, 38), st.floats(68, 98))
def test_a_place_of_this_country_is_taken_and_is_seen_when_it_is_swapped(lat: float, lon: float) -> None:
    assert place_fault(lat, lon) is None
    assert place_fault(lon, lat) is PlaceFault.SWAPPED
    assert not is_nowhere(lat, lon)


def test_every_fault_has_words_for_lists() -> None:
    assert {one.value for one in PlaceFault} <= CELL.keys()


def test_every_list_calls_its_coordinates_as_the_rule_does() -> None:
    """The reader of lists finds a place by the keys `lat` and `lon`."""
    for path in ROOM.glob("*/**/*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Field" and len(node.args) > 1:
                words = ast.unparse(node).lower()
                if "latitude" in words or "longitude" in words:
                    assert ast.literal_eval(node.args[0]) in ("lat", "lon"), (path, node.lineno)
