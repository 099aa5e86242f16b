"""A tree that is not sound is found by the doctor."""

from collections.abc import Callable

import pytest

from abhiyan.core.doctor import FAIL, OK, WARN
from abhiyan.units import doctor
from abhiyan.units.models import Placement, Unit, UnitWords
from abhiyan.units.tests.make import AT, NATION, grow

pytestmark = pytest.mark.django_db


def _of(code: str) -> int:
    return Unit.objects.get(code=code).pk


def test_a_tree_kept_by_acts_is_sound() -> None:
    grow(NATION)
    assert [finding.level for finding in doctor.trees(AT)] == [OK]
    assert list(doctor.tops_of_trees(AT)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda: Placement.objects.filter(unit_id=_of("B1")).update(unit_id=0), "placements of no unit"),
        (
            lambda: Placement.objects.filter(unit_id=_of("B1")).update(parent_id=0),
            "placements beneath a unit that does not stand there",
        ),
        (
            lambda: Placement.objects.filter(unit_id=_of("B1")).update(lo=None, hi=None),
            "placements without a position",
        ),
        (
            lambda: Placement.objects.filter(unit_id=_of("B1")).update(parent_id=_of("C3")),
            "positions outside the parent's",
        ),
        (lambda: Placement.objects.filter(unit_id=_of("C1")).update(leaves=9), "wrong counts of leaves"),
        (lambda: UnitWords.objects.filter(unit_id=_of("B1")).delete(), "units search cannot find"),
    ],
)
def test_what_is_not_sound_is_named(spoil: Callable[[], object], fault: str) -> None:
    grow(NATION)
    spoil()
    (finding,) = doctor.trees(AT)
    assert finding.level == FAIL
    assert fault in finding.facts


def test_neighbours_in_each_others_room_are_found() -> None:
    grow(NATION)
    first, second = Placement.objects.filter(parent_id=_of("C1")).order_by("lo")
    first.hi = second.hi
    first.save()
    (finding,) = doctor.trees(AT)
    assert finding.facts == {"positions shared by neighbours": 1}


def test_two_tops_are_worth_a_warning() -> None:
    grow({"A": {}, "B": {}})
    assert [finding.level for finding in doctor.tops_of_trees(AT)] == [WARN]


def test_units_that_stand_nowhere_are_counted_and_named_until_they_are_closed() -> None:
    grow(NATION)
    assert list(doctor.placeless_units(AT)) == []
    Placement.objects.filter(unit_id=_of("B1")).delete()
    (finding,) = doctor.placeless_units(AT)
    assert (finding.level, finding.text) == (WARN, "1 unit stands in no hierarchy: B1")
    Unit.objects.filter(code="B1").update(closed_on=AT.date())
    assert list(doctor.placeless_units(AT)) == []


def test_open_units_below_a_closed_one_are_named() -> None:
    grow(NATION)
    assert list(doctor.below_closed_units(AT)) == []
    Unit.objects.filter(code="C1").update(closed_on=AT.date())
    (finding,) = doctor.below_closed_units(AT)
    assert (finding.level, finding.facts) == (WARN, {"open_below_closed": 2})
