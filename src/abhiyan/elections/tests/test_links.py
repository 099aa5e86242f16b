"""In one election a unit is one seat at most, no matter who links it."""

from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.core import doctor
from abhiyan.elections.models import Contest
from abhiyan.elections.tests.make import bring, reasons, refused, written
from abhiyan.imports.models import StagedImport
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, grow

pytestmark = pytest.mark.django_db
HEAD = "state_eci,pc_no,candidate,party,votes,unit_code"


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    return grow({"IN": {"GA": {"Z": {"NORTH": {}, "SOUTH": {}, "GA-PC1": {}}}}}, levels.ELECTORAL)


def seats(folder: Path, *units: str, partial: str = "", first: int = 1) -> StagedImport:
    """A list of seats, one after the other, with the codes of their units; "" where it says none."""
    rows = "".join(
        f"S05,{number},A,BJP,50,{code}\nS05,{number},B,INC,40,{code}\n"
        for number, code in enumerate(units, first)
    )
    return bring(written(folder, rows, header=HEAD), election="LS2024", partial=partial)


def linked() -> dict[int, int | None]:
    return dict(Contest.objects.values_list("number", "unit_id"))


def test_a_unit_given_to_two_seats_is_refused_the_second_time(tmp_path: Path, ids: dict[str, int]) -> None:
    staged = seats(tmp_path, "NORTH", "NORTH")
    assert staged.error == "results_not_whole" and not Contest.objects.exists()
    assert refused(staged) == [(4, "unit_code", "unit_doubled"), (5, "", "seat_refused")]
    with translation.override("en"):
        assert "NORTH is given to another constituency in row 2 already" in reasons(staged)[0]
    assert seats(tmp_path, "NORTH", "NORTH", partial="yes").state == "done"
    assert linked() == {1: ids["NORTH"]}


def test_a_unit_that_is_another_seat_already_is_refused_unless_both_change(
    tmp_path: Path, ids: dict[str, int]
) -> None:
    assert seats(tmp_path, "NORTH", "SOUTH").state == "done"
    staged = seats(tmp_path, "NORTH", partial="yes", first=2)
    assert refused(staged)[0] == (2, "unit_code", "unit_taken")
    with translation.override("en"):
        assert "NORTH is constituency 1 of Goa (S05) already" in reasons(staged)[0]
    assert seats(tmp_path, "", "NORTH").error == "results_not_whole"
    assert seats(tmp_path, "SOUTH", "NORTH").state == "done"
    assert linked() == {1: ids["SOUTH"], 2: ids["NORTH"]}
    assert seats(tmp_path, "SOUTH", "NORTH").counts == {"same": 4}


def test_a_unit_a_list_has_given_to_another_seat_is_not_linked_by_its_code(
    tmp_path: Path, ids: dict[str, int]
) -> None:
    assert seats(tmp_path, "", "GA-PC1").state == "done"
    assert linked() == {1: None, 2: ids["GA-PC1"]}
    assert [one.finding.level for one in doctor.examine(AT, only="results")] == [doctor.OK]
