"""Votes by segment, booth and special station come in behind the results they belong to."""

from pathlib import Path
from typing import Any

import pytest

from abhiyan.elections import actions
from abhiyan.elections.models import Contest, Part, PartVotes
from abhiyan.elections.queries.parts import parts_in_short
from abhiyan.elections.tests.make import (
    GOA,
    bring,
    reasons,
    refused,
    step,
    written,
)
from abhiyan.imports import running
from abhiyan.imports.models import StagedImport
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, SYSTEM, grow

from .test_import import KHALAP, NAIK, PARTS, goa, state

pytestmark = pytest.mark.django_db


def test_segments_stand_on_results_and_hold_their_undo(tmp_path: Path) -> None:
    first = goa(tmp_path)
    head = "pc_no,ac_no,ac_name,candidate,party,votes,state_eci"
    rows = "1,1,Mandrem,SHRIPAD YESSO NAIK,BJP,12000,S05\n1,1,Mandrem,RAMAKANT KHALAP,INC,9000,S05\n"
    path = written(tmp_path, rows, header=head, name="parts.csv")
    parts = bring(path, "segments", election="LS2024")
    assert parts.counts == {"new": 2}, reasons(parts)
    assert bring(path, "segments", election="LS2024").counts == {"same": 2}
    assert step(first, "undo").error == "later_results"
    gone = goa(tmp_path, GOA.replace("RAMAKANT KHALAP", "SOMEBODY ELSE"))
    assert (gone.state, refused(gone)[0][2]) == ("failed", "segments_stand")
    assert step(parts, "undo").state == "undone"
    assert not Part.objects.exists() and not PartVotes.objects.exists()
    assert step(first, "undo").state == "undone"


def test_bad_rows_of_segments_are_refused(tmp_path: Path) -> None:
    goa(tmp_path)
    head = "pc_no,ac_no,ac_name,booth,candidate,party,votes,state_eci"
    rows = (
        "1,1,Mandrem,,SHRIPAD YESSO NAIK,BJP,12000,S05\n"
        "1,1,Mandrem,,NOBODY,BJP,12000,S05\n"
        "3,1,Mandrem,,SHRIPAD YESSO NAIK,BJP,12000,S05\n"
        "1,1,Mandrem,,SHRIPAD YESSO NAIK,BJP,12000,S05\n"
        "1,,Mandrem,,SHRIPAD YESSO NAIK,BJP,12000,S05\n"
        "1,2,Pernem,,RAMAKANT KHALAP,INC,150000,S05\n"
        "1,2,Pernem,7,RAMAKANT KHALAP,INC,x,S05\n"
        "1,,SPS_1 GOA,,SHRIPAD YESSO NAIK,BJP,5,S05\n"
    )
    staged = bring(written(tmp_path, rows, header=head, name="p.csv"), "segments", election="LS2024")
    assert refused(staged) == [
        (3, "candidate", "candidate_unknown"),
        (4, "pc_number", "seat_unknown"),
        (5, "candidate", "part_doubled"),
        (6, "ac_number", "part_missing"),
        (7, "votes", "above_total"),
        (8, "votes", "not_whole"),
    ]
    assert staged.state != "done" and not Part.objects.exists()


def test_booths_are_taken_where_there_are_any(tmp_path: Path) -> None:
    goa(tmp_path)
    head = "pc_no,ac_no,ac_name,booth,candidate,party,votes,state_eci,electors"
    rows = (
        "1,1,School,7,SHRIPAD YESSO NAIK,BJP,300,S05,900\n1,1,School,7,RAMAKANT KHALAP,INC,200,S05,900\n"
        "1,1,School,8,SHRIPAD YESSO NAIK,BJP,100,S05,\n"
    )
    staged = bring(written(tmp_path, rows, header=head, name="p.csv"), "segments", election="LS2024")
    assert staged.counts == {"new": 3}, reasons(staged)
    contest = Contest.objects.get(number=1)
    first, second = parts_in_short(contest.pk, side={"INC"})
    assert (first.number, first.lead, first.polled, first.share_pct) == ("1/7", 100, 500, 40)
    assert (second.number, second.lacking) == ("1/8", 2)
    assert list(Part.objects.order_by("number").values_list("electors", flat=True)) == [900, None]


def by_part(folder: Path, rows: str, **options: Any) -> StagedImport:
    path = written(folder, rows, header=PARTS, name="parts.csv")
    return bring(path, "segments", election="LS2024", state="S05", **options)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (f"1,1,School,7,{NAIK},12000,900,,\n", [(2, "votes", "part_above_electors")]),
        (
            f"1,1,School,7,{NAIK},500,900,,\n1,1,School,7,{KHALAP},401,,,\n",
            [(2, "votes", "part_above_electors"), (3, "votes", "part_above_electors")],
        ),
        (f"1,1,Mandrem,,{NAIK},90,80,,\n", [(2, "votes", "part_above_electors")]),
        (
            f"1,1,School,7,{NAIK},500,900,,\n1,1,School,7,{KHALAP},40,901,,\n",
            [(3, "electors", "part_differs")],
        ),
        (
            f"1,1,Mandrem,,{NAIK},500,,,\n1,1,School,7,{NAIK},300,,,\n1,1,School,8,{NAIK},201,,,\n",
            [(2, "votes", "above_segment"), (3, "votes", "above_segment"), (4, "votes", "above_segment")],
        ),
        (
            f"1,1,School,7,{NAIK},0,,,\n1,1,School,7,{KHALAP},0,,,\n1,1,School,8,{KHALAP},0,,,\n",
            [(n, "votes", "part_no_votes") for n in (2, 3, 4)],
        ),
        (f"1,1,Mandrem,,{NAIK},0,,,\n", [(2, "votes", "part_no_votes")]),
        (f"1,1,School,7,{NAIK},5,०,,\n", [(2, "electors", "zero")]),
        (
            f"1,1,School,7,{NAIK},200000,,,\n1,2,School,1,{NAIK},57327,,,\n",
            [(2, "votes", "above_total"), (3, "votes", "above_total")],
        ),
    ],
)
def test_votes_by_part_above_electors_or_above_the_whole_are_refused(
    tmp_path: Path, rows: str, found: list[tuple[int, str, str]]
) -> None:
    goa(tmp_path)
    staged = by_part(tmp_path, rows)
    assert refused(staged) == found
    assert staged.state != "done" and not Part.objects.exists()


def test_parts_that_are_known_already_count_with_those_of_a_later_list(tmp_path: Path) -> None:
    goa(tmp_path)
    assert by_part(tmp_path, f"1,1,Mandrem,,{NAIK},200000,210000,,\n").state == "done"
    assert refused(by_part(tmp_path, f"1,2,Pernem,,{NAIK},57327,,,\n")) == [(2, "votes", "above_total")]
    assert refused(by_part(tmp_path, f"1,1,Mandrem,,{KHALAP},10001,,,\n")) == [
        (2, "votes", "part_above_electors")
    ]
    assert refused(by_part(tmp_path, f"1,1,School,1,{NAIK},200001,,,\n")) == [(2, "votes", "above_segment")]
    assert by_part(tmp_path, f"1,2,Pernem,,{NAIK},57326,,,\n").state == "done"


def test_with_partial_a_part_with_a_bad_row_is_left_out_whole(tmp_path: Path) -> None:
    goa(tmp_path)
    rows = (
        f"1,1,School,7,{NAIK},300,900,,\n1,1,School,7,{KHALAP},x,900,,\n"
        f"1,1,School,8,{NAIK},300,200,,\n1,1,School,9,{NAIK},300,900,,\n"
        f"1,1,School,10,{NAIK},300,900,,\n1,1,School,10,NOBODY,INC,3,900,,\n"
    )
    staged = by_part(tmp_path, rows, partial="yes")
    assert refused(staged) == [
        (2, "", "part_refused"),
        (3, "votes", "not_whole"),
        (4, "votes", "part_above_electors"),
        (6, "", "part_refused"),
        (7, "candidate", "candidate_unknown"),
    ]
    assert (staged.state, staged.counts) == ("done", {"new": 1, "refused": 5})
    assert list(Part.objects.values_list("number", flat=True)) == ["1/9"]


def test_a_part_that_a_later_list_changed_holds_the_undo_of_the_first(tmp_path: Path) -> None:
    goa(tmp_path)
    first = by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,,\n")
    before = state()
    second = by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,950,,\n")
    assert Part.objects.get().import_id == second.pk
    refused_undo = step(first, "undo")
    assert refused_undo.error == "later_results"
    assert str(second.public_id) in running.error_text(refused_undo)
    assert step(second, "undo").state == "undone"
    assert state() == before
    assert step(first, "undo").state == "undone" and not Part.objects.exists()


def test_an_undo_leaves_the_links_that_were_made_meanwhile(tmp_path: Path) -> None:
    goa(tmp_path)
    by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,,\n")
    results = goa(tmp_path, GOA.replace("141311", "141312"))
    parts = by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,950,,\n")
    ids = grow({"IN": {"GA": {"Z": {"GA-PC1": {"GA-AC1": {}}, "GA-PC2": {}}}}}, levels.ELECTORAL)
    for one in (parts, results):
        assert step(one, "undo").state == "undone"
    assert Contest.objects.get(number=1).unit_id == ids["GA-PC1"]
    assert (Part.objects.get().unit_id, Part.objects.get().electors) == (ids["GA-AC1"], 900)


def test_an_undo_takes_back_the_unit_its_own_list_named(tmp_path: Path) -> None:
    ids = grow({"IN": {"GA": {"X": {"Y": {}}}}}, levels.ELECTORAL)
    goa(tmp_path)
    by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,,\n")
    named = by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,Y,\n")
    assert Part.objects.get().unit_id == ids["Y"]
    assert step(named, "undo").state == "undone"
    assert Part.objects.get().unit_id is None


def test_results_for_elections_without_candidates_cannot_be_segmented(tmp_path: Path) -> None:
    head = "pc_no,ac_no,ac_name,candidate,party,votes,state_eci"
    path = written(tmp_path, "1,1,M,A,BJP,1,S05\n", header=head, name="p.csv")
    assert bring(path, "segments", election="LS2024").error == "unknown_election"


def test_units_that_come_later_are_linked_by_themselves(tmp_path: Path) -> None:
    goa(tmp_path)
    by_part(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,,\n")
    assert set(Contest.objects.values_list("unit_id", flat=True)) == {None}
    ids = grow({"IN": {"GA": {"Z2": {"GA-PC1": {"GA-AC1": {}}}}}}, levels.ELECTORAL)
    assert Contest.objects.get(number=1).unit_id == ids["GA-PC1"]
    assert Part.objects.get().unit_id == ids["GA-AC1"]
    assert Contest.objects.get(number=2).unit_id is None
    path = tmp_path / "units.csv"
    path.write_text("code,kind,name_en,electoral_parent\nGA-PC2,constituency,South,Z2\n")
    units = bring(path, "units")
    assert units.state == "done", reasons(units)
    second = Contest.objects.get(number=2).unit_id
    assert second is not None
    assert actions.link_contests(election="LS2024", by=SYSTEM, at=AT) == 0
    assert goa(tmp_path).counts == {"same": 6}
    assert step(units, "undo").state == "undone"
    assert set(Contest.objects.values_list("number", "unit_id")) == {(1, ids["GA-PC1"]), (2, None)}
