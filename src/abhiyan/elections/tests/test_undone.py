"""Undone lists leave nothing behind, whichever goes first."""

from pathlib import Path

import pytest

from abhiyan.core import doctor
from abhiyan.core.scope import system
from abhiyan.elections import actions
from abhiyan.elections.models import ClassRule, Contest, Election, ResultFile, UnitClass
from abhiyan.elections.refusals import SaidOfElection
from abhiyan.elections.tests.make import bring, reasons, rows_of, step, written
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, SYSTEM, grow

pytestmark = pytest.mark.django_db
TWO = [("A", "BJP", 1000), ("B", "INC", 900)]


def test_an_election_goes_with_the_last_of_its_lists_whichever_made_it(tmp_path: Path) -> None:
    first, second = (
        bring(
            written(tmp_path, rows_of({number: TWO}), name=f"{number}.csv"),
            election="LS2024",
            partial="yes",
        )
        for number in (1, 2)
    )
    assert step(first, "undo").state == "undone"
    assert [one.number for one in Contest.objects.filter(election__code="LS2024")] == [2]
    with system("test"):
        alliance = actions.make_alliance(
            election="LS2024", names={"en": "Two"}, lead="BJP", parties=["INC"], by=SYSTEM, at=AT
        )
    assert step(second, "undo").error == SaidOfElection.code
    with system("test"):
        actions.withdraw_alliance(public_id=alliance.public_id, by=SYSTEM, at=AT)
    assert step(second, "undo").state == "undone"
    assert not Election.objects.exists() and not ResultFile.objects.exists()


def test_the_classes_of_units_go_with_the_list_that_made_the_units(tmp_path: Path) -> None:
    ids = grow({"IN": {"GA": {"Z2": {"GA-PC1": {}}}}}, levels.ELECTORAL)
    results = bring(written(tmp_path, rows_of({1: TWO})), election="LS2024", partial="yes")
    assert results.state == "done", reasons(results)
    path = tmp_path / "units.csv"
    path.write_text("code,kind,name_en,electoral_parent\nGA-AC1,segment,One,GA-PC1\n")
    units = bring(path, "units")
    assert units.state == "done", reasons(units)
    rows = "1,1,S,A,BJP,400,S05\n1,1,S,B,INC,500,S05\n"
    head = "pc_no,ac_no,ac_name,candidate,party,votes,state_eci"
    parts = bring(written(tmp_path, rows, header=head, name="parts.csv"), "segments", election="LS2024")
    assert parts.state == "done", reasons(parts)
    with system("test"):
        actions.sort_units(
            election="LS2024", unit_id=ids["GA"], rows=[{"class": "swing"}], party="BJP", by=SYSTEM, at=AT
        )
        assert UnitClass.objects.count() == 1
    assert step(units, "undo").state == "undone"
    with system("test"):
        assert not UnitClass.objects.exists() and ClassRule.objects.count() == 1
        assert [one.finding.level for one in doctor.examine(AT, only="results")] == [doctor.OK]
