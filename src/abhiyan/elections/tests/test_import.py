"""Bad files of results are refused with reasons by row; good ones can be corrected and undone."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from abhiyan.core.tests.given import CASES
from abhiyan.elections import actions, queries
from abhiyan.elections.models import Candidacy, Contest, Election, Part, PartVotes, ResultFile
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.queries.wholeness import wholeness
from abhiyan.elections.reference import DATA
from abhiyan.elections.refusals import ByElectionOnly, ElectionDiffers, ElectionUnclear
from abhiyan.elections.tests.make import (
    GOA,
    HEADER,
    assembly,
    bring,
    real,
    reasons,
    refused,
    rows_of,
    step,
    written,
)
from abhiyan.imports import queries as imports
from abhiyan.imports import running
from abhiyan.imports.models import StagedImport
from abhiyan.units.news import MovedBranch, UnitsMoved
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, DAY, SYSTEM, grow

pytestmark = pytest.mark.django_db
TIE = CASES / "p08_tie.csv"
Row = dict[str, str]


def goa(folder: Path, rows: str = GOA, **options: Any) -> StagedImport:
    return bring(written(folder, rows), election="LS2024", **options)


def state() -> list[list[dict[str, object]]]:
    """Everything that is kept of results, with its ids: journals of lists name them."""
    models = (Election, Contest, Candidacy, Part, PartVotes, ResultFile)
    return [[dict(row) for row in model.objects.order_by("pk").values()] for model in models]


def nothing_is_there() -> bool:
    return not Election.objects.exists() and not Contest.objects.exists() and not ResultFile.objects.exists()


def changed(change: Callable[[list[Row]], Sequence[Row]], state: str = "") -> Callable[[Path], Path]:
    """The real file of 2019, or a state of it, changed by hand."""

    def write(folder: Path) -> Path:
        name = "ls2019_results.csv"
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if not state or row["state_eci"] == state]
        head, path = list(rows[0]), folder / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, head, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(change(rows))
        return path

    return write


def shifted(rows: list[Row]) -> list[Row]:
    """From the candidate on, ten rows have slid one column to the right."""
    for row in rows[100:110]:
        row |= {
            "candidate": row["position"],
            "party": row["candidate"],
            "votes": row["party"],
            "electors": row["votes"],
        }
    return rows


def shifted_left(rows: list[Row]) -> list[Row]:
    """The other way: party where the candidate was, votes where the party was, electors where the votes were."""
    for row in rows[100:110]:
        row |= {"candidate": row["party"], "party": row["votes"], "votes": row["electors"], "electors": ""}
    return rows


def without_constituency(rows: list[Row]) -> list[Row]:
    return [row for row in rows if (row["state_eci"], row["pc_no"]) not in (("S24", "77"), ("S24", "78"))]


def without_state(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["state_eci"] != "S24"]


def doubled(rows: list[Row]) -> list[Row]:
    return [*rows[:40], rows[38], *rows[40:]]


def doubled_with_other_votes(rows: list[Row]) -> list[Row]:
    return [*rows[:40], rows[38] | {"votes": str(int(rows[38]["votes"]) - 1)}, *rows[40:]]


def above_electors(rows: list[Row]) -> list[Row]:
    first = rows[0]
    first["votes"] = str(int(first["electors"]) + 1)
    return rows


REFUSED: list[tuple[str, Callable[[list[Row]], Sequence[Row]], set[str], str]] = [
    ("shifted", shifted, {"not_whole", "seat_refused"}, "Votes is not a whole number."),
    ("shifted_left", shifted_left, {"number_for_party", "seat_refused"}, "Are the columns shifted?"),
    ("missing", without_constituency, {"seat_missing"}, "Uttar Pradesh (S24): constituency 77 is missing."),
    ("state", without_state, {"states_missing"}, "No constituency of S24 is in the file."),
    ("doubled", doubled, {"candidate_doubled"}, "The same candidate is in row 40 already."),
    ("doubled2", doubled_with_other_votes, {"candidate_doubled"}, "is in row 40 already."),
    ("electors", above_electors, {"above_electors"}, "votes and only"),
]


@pytest.mark.parametrize(
    ("change", "codes", "text"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_a_bad_file_is_refused_whole_with_reasons_by_row(
    tmp_path: Path, change: Callable[[list[Row]], Sequence[Row]], codes: set[str], text: str
) -> None:
    # One state says all but which states are missing; the whole file is nine times as long.
    whole = codes == {"states_missing"}
    staged = bring(changed(change, "" if whole else "S24")(tmp_path), election="LS2019")
    found = refused(staged)
    assert (staged.state, staged.error) == ("failed", "results_not_whole")
    assert codes <= {code for _row, _field, code in found}
    assert {code for _row, _field, code in found} <= codes | {
        "seat_refused",
        "no_letters_here",
        "above_electors",
    }
    with translation.override("en"):
        assert any(text in told for told in reasons(staged)), reasons(staged)[:10]
        assert "nothing was imported" in running.error_text(staged)
    assert found and all(row > 1 for row, _field, _code in found)
    assert nothing_is_there()


def test_a_seat_in_which_nobody_has_a_vote_is_no_result(tmp_path: Path) -> None:
    none = GOA.replace("257326", "0").replace("141311", "0").replace(",7000,", ",0,")
    found = refused(goa(tmp_path, none))
    assert {(row, code) for row, _field, code in found} == {
        (2, "no_votes"),
        (3, "seat_refused"),
        (4, "seat_refused"),
    }
    unknown = refused(goa(tmp_path, GOA.replace("580577", "0")))
    assert {code for _row, field, code in unknown if field == "electors"} == {"zero"}
    assert nothing_is_there()


def test_the_row_that_is_wrong_is_the_row_that_is_named(tmp_path: Path) -> None:
    staged = goa(tmp_path, GOA.replace("INC,141311", "141311,580577"))
    assert (3, "party", "number_for_party") in refused(staged)
    assert staged.counts == {"held": 3, "refused": 3}
    assert {row for row, _field, code in refused(staged)} == {2, 3, 4}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (GOA.replace("257326", "many"), (2, "votes", "not_whole")),
        (GOA.replace("257326", "-5"), (2, "votes", "too_small")),
        (GOA.replace("257326", ""), (2, "votes", "votes_missing")),
        (GOA.replace("SHRIPAD YESSO NAIK", ""), (2, "candidate", "missing")),
        (GOA.replace("SHRIPAD YESSO NAIK", "257326"), (2, "candidate", "no_letters_here")),
        (
            GOA.replace("2024,S05,1,North Goa,GEN,1", "2019,S05,1,North Goa,GEN,1"),
            (2, "year", "year_differs"),
        ),
        (GOA.replace("S05,1,North Goa,GEN,1", "S99,1,North Goa,GEN,1"), (2, "state", "state_unknown")),
        (GOA.replace("S05,1,North Goa,GEN,1", "S05,,North Goa,GEN,1"), (2, "pc_number", "number_missing")),
        (GOA.replace("S05,2,", "S05,3,"), (5, "pc_number", "seat_named")),
        (GOA.replace("S05,2,South Goa", "S05,3,"), (5, "pc_number", "number_unknown")),
        (GOA.replace("GEN,2,RAMAKANT", "GEN,3,RAMAKANT"), (4, "position", "candidate_doubled")),
        (GOA.replace("141311,580577", "141311,580578"), (3, "electors", "electors_differ")),
        (GOA.replace("1,North Goa,GEN,2", "1,Sorth Moa,GEN,2"), (3, "name", "name_differs")),
        (GOA.replace("7000,580577,", "7000,580577,uncontested"), (2, "note", "uncontested_votes")),
        (GOA.replace("141311", "641311"), (2, "votes", "above_electors")),
        (
            GOA.replace("GEN,1,SHRI", "GEN,2,SHRI").replace("GEN,2,RAM", "GEN,1,RAM"),
            (2, "position", "position_wrong"),
        ),
        (GOA + "2024,S05,2,South Goa,GEN,4,NOTA,NOTA,1,598767,\n", (8, "candidate", "nota_doubled")),
        ("".join(GOA.splitlines(keepends=True)[:3]), (4, "", "seat_missing")),
    ],
)
def test_every_kind_of_slip_has_its_row_field_and_reason(
    tmp_path: Path, rows: str, found: tuple[int, str, str]
) -> None:
    staged = goa(tmp_path, rows)
    if found[2] == "seat_missing":
        found = (2, "", "seat_missing")
    assert found in refused(staged)
    assert staged.state == "failed" and nothing_is_there()


def test_where_nota_comes_last_two_swapped_places_are_two_refusals(tmp_path: Path) -> None:
    rows = GOA.replace("GEN,1,CAPTAIN", "GEN,2,CAPTAIN").replace("GEN,2,PALLAVI", "GEN,1,PALLAVI")
    rows = rows.replace("South Goa,GEN,3,NOTA", "South Goa,GEN,4,NOTA")
    staged = goa(tmp_path, rows + "2024,S05,2,South Goa,GEN,3,LATE COMER,AAP,5000,598767,\n")
    wrong = [found for found in refused(staged) if found[2] == "position_wrong"]
    assert wrong == [(5, "position", "position_wrong"), (6, "position", "position_wrong")]


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    rows = GOA.replace("2024,S05,1,North Goa,GEN,1", "2019,S99,,North Goa,GEN,1").replace("257326", "many")
    staged = goa(tmp_path, rows)
    assert sorted(found for found in refused(staged) if found[0] == 2) == [
        (2, "pc_number", "number_missing"),
        (2, "state", "state_unknown"),
        (2, "votes", "not_whole"),
        (2, "year", "year_differs"),
    ]


@pytest.mark.parametrize(
    ("encoding", "text", "error"),
    [
        ("utf-8", GOA.replace("NAIK", "à¤¨à¤¾à¤¯à¤•"), "table"),
        ("utf-8", GOA.replace("NAIK", "NA\ufffdIK"), None),
        ("utf-8", GOA.replace("SHRIPAD YESSO NAIK", "??? ????"), None),
        ("utf-8", "", "table"),
    ],
)
def test_wrong_encodings_are_refused_with_the_line(
    tmp_path: Path, encoding: str, text: str, error: str | None
) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(f"{HEADER}\n{text}".encode(encoding))
    staged = bring(path, election="LS2024")
    assert staged.state == "failed" and nothing_is_there()
    if error is None:
        assert refused(staged)[0][0] == 2
    else:
        assert staged.error == error


def test_broken_utf8_is_refused_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    whole = f"{HEADER}\n{GOA.replace('NAIK', 'नाइक')}".encode()
    path.write_bytes(whole.replace("नाइक".encode(), "नाइक".encode()[:-1]))
    staged = bring(path, election="LS2024")
    assert (staged.state, staged.error) == ("failed", "table")
    with translation.override("en"):
        assert "Line 2" in running.error_text(staged)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_and_hindi_headers_are_read(tmp_path: Path, encoding: str) -> None:
    head = "वर्ष,राज्य,लोकसभा क्षेत्र संख्या,निर्वाचन क्षेत्र,आरक्षण,स्थान,प्रत्याशी,दल,मत,मतदाता संख्या,टिप्पणी"
    path = tmp_path / "results.csv"
    path.write_bytes(f"{head}\n{GOA.replace('S05', 'गोवा')}".encode(encoding))
    staged = bring(path, election="LS2024")
    assert (staged.state, staged.counts) == ("done", {"new": 6}), reasons(staged)
    assert queries.contest(queries.election("LS2024"), "S05", 2).seat.margin == 217_836 - 204_301


def test_what_is_whole_can_be_taken_alone(tmp_path: Path) -> None:
    staged = goa(tmp_path, GOA.replace("RAMAKANT KHALAP", ""), partial="yes")
    assert (staged.state, staged.counts) == ("done", {"new": 3, "refused": 3})
    assert list(Contest.objects.values_list("number", flat=True)) == [2]


def test_a_check_changes_nothing_and_tells_what_would_come(tmp_path: Path) -> None:
    staged = bring(written(tmp_path, GOA), election="LS2024", upto="check")
    assert (staged.state, staged.counts) == ("checked", {"new": 6})
    assert nothing_is_there()


def test_a_file_without_places_or_electors_or_state_is_ranked_and_said_to_be_unknown(tmp_path: Path) -> None:
    head = "ac_no,ac_name,candidate,party,votes"
    rows = "1,Karnah,B,INC,50\n1,Karnah,A,BJP,70\n1,Karnah,C,IND,60\n"
    staged = bring(written(tmp_path, rows, header=head), election="JK2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    found = queries.contest(queries.election("JK2024"), "U08", 1)
    assert [(one.place, one.name, one.votes) for one in found.candidates] == [
        (1, "A", 70),
        (2, "C", 60),
        (3, "B", 50),
    ]
    assert (found.seat.electors, found.seat.turnout_pct) == (None, None)
    assert queries.election("JK2024").names == {
        "en": "Jammu and Kashmir assembly 2024",
        "hi": "जम्मू और कश्मीर विधानसभा 2024",
    }


def test_reported_files_are_read_by_the_right_columns(tmp_path: Path) -> None:
    lok_dhaba = bring(CASES / "p09_lokdhaba.csv", election="GA2022", partial="yes")
    assert lok_dhaba.state == "done" and refused(lok_dhaba) == [], reasons(lok_dhaba)
    seats = Contest.objects.filter(election__code="GA2022").order_by("number")
    assert list(seats.values_list("state", "number", "name")) == [("S05", 1, "MANDREM"), ("S05", 2, "PERNEM")]
    by = bring(CASES / "p10_by_election.csv", election="JK2025-BY")
    assert by.state == "done", reasons(by)
    assert queries.election("JK2025-BY").kind == "assembly_by"
    with translation.override("en"):
        portal = bring(CASES / "p12_eci_portal.csv", election="LS2024", partial="yes")
        assert portal.state == "failed" and "pc_number=HEADER" in running.error_text(portal)
    text = (CASES / "p12_eci_portal.csv").read_text().replace("PC_CODE", "PC No")
    header, _line, rows = text.partition("\n")
    portal = bring(written(tmp_path, rows, header=header), election="LS2024", partial="yes")
    assert portal.state == "done", reasons(portal)
    votes = Candidacy.objects.filter(contest__election__code="LS2024").order_by("-votes")
    assert list(votes.values_list("votes", flat=True)) == [571_200, 445_700, 12_938]


def test_a_lok_dhaba_file_is_read_by_its_constituency_numbers(tmp_path: Path) -> None:
    head = "State_Name,Assembly_No,Constituency_No,Year,Position,Candidate,Party,Votes,Electors,Constituency_Name"
    rows = "".join(
        f"Goa,8,{number},2022,{place},{name},{party},{votes},9000,{seat}\n"
        for number, seat in ((1, "MANDREM"), (2, "PERNEM"))
        for place, (name, party, votes) in enumerate(
            (("A", "INC", 700), ("B", "BJP", 600), ("NOTA", "NOTA", 5)), 1
        )
    )
    staged = bring(written(tmp_path, rows, header=head), election="GA2022", partial="yes")
    assert staged.state == "done", reasons(staged)
    assert refused(staged) == []
    seats = Contest.objects.filter(election__code="GA2022").order_by("number")
    assert list(seats.values_list("state", "number", "name")) == [("S05", 1, "MANDREM"), ("S05", 2, "PERNEM")]


def test_an_own_number_holds_where_it_differs_or_stands_alone(tmp_path: Path) -> None:
    head = "state,ac_no,seat_no,candidate,party,votes"
    rows = "U08,3,1,A,BJP,70\nU08,3,1,B,INC,50\nU08,4,2,A,BJP,70\nU08,4,2,B,INC,50\n"
    staged = bring(written(tmp_path, rows, header=head), election="JK2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    assert sorted(Contest.objects.values_list("number", flat=True)) == [3, 4]


def test_a_by_election_is_of_its_own_kind_and_lacks_no_seat(tmp_path: Path) -> None:
    assembly()
    head = "state,ac_number,name,candidate,party,votes,electors"
    rows = "U08,27,BUDGAM,A,JKPDP,2150,9000\nU08,27,BUDGAM,B,JKN,1710,9000\nU08,27,BUDGAM,NOTA,NOTA,90,9000\n"
    staged = bring(written(tmp_path, rows, header=head), election="JK2025-BY")
    assert staged.state == "done" and refused(staged) == [], reasons(staged)
    by = queries.election("JK2025-BY")
    assert (by.kind, by.year, by.names["en"]) == (
        "assembly_by",
        2025,
        "Jammu and Kashmir assembly by-election 2025",
    )
    assert not wholeness([by])[by.pk].is_incomplete
    before = queries.earlier_election(by)
    assert before is not None and before.code == "JK2024"
    assert [one.code for one in queries.whole_elections()] == ["JK2024"]
    with pytest.raises(ByElectionOnly):
        actions.make_plan(
            names={"en": "Plan"},
            election="JK2025-BY",
            state="U08",
            party="JKPDP",
            aims=Aims(),
            unit_id=1,
            by=SYSTEM,
            at=AT,
        )


def test_a_file_with_a_tie_and_no_places_names_no_winner() -> None:
    staged = bring(TIE, election="JK2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    tie, won = (queries.contest(queries.election("JK2024"), "U08", n).seat for n in (1, 2))
    assert (tie.winner, tie.runner_up, tie.margin) == (None, None, 0)
    assert won.winner is not None and (won.winner.name, won.margin) == ("THIRD CANDIDATE", 300)


def test_equal_votes_without_places_have_no_winner_in_any_order_of_rows(tmp_path: Path) -> None:
    head = "ac_no,ac_name,candidate,party,votes"
    lines = ["1,Karnah,B,INC,70", "1,Karnah,A,BJP,70", "1,Karnah,C,IND,60", "1,Karnah,NOTA,NOTA,5"]
    for rows in (lines, lines[::-1]):
        staged = bring(
            written(tmp_path, "\n".join(rows) + "\n", header=head), election="JK2024", partial="yes"
        )
        assert staged.state == "done", reasons(staged)
        found = queries.contest(queries.election("JK2024"), "U08", 1)
        assert (found.seat.winner, found.seat.runner_up, found.seat.margin) == (None, None, 0)
        assert {one.name: one.place for one in found.candidates} == {"A": 1, "B": 1, "C": 3, "NOTA": None}
    placed = [f"{row},{place}" for row, place in zip(lines, (1, 2, 3, 4), strict=True)]
    bring(
        written(tmp_path, "\n".join(placed) + "\n", header=head + ",position"),
        election="JK2024",
        partial="yes",
    )
    winner = queries.contest(queries.election("JK2024"), "U08", 1).seat.winner
    assert winner is not None and winner.name == "B", "a corrected file tells how the lot fell"


def test_an_election_without_a_telling_code_must_say_what_it_is(tmp_path: Path) -> None:
    for said in ("GENERAL", "zz"):
        with pytest.raises(ElectionUnclear) as refused:  # before a byte of it is read
            bring(written(tmp_path, GOA), election=said)
        assert refused.value.field == "election"
    told = bring(written(tmp_path, GOA), election="GENERAL", kind="parliament", year="2024", name="General")
    assert told.state == "done"
    with pytest.raises(ElectionDiffers):
        bring(written(tmp_path, GOA), election="GENERAL", kind="assembly", year="2024")


def test_an_old_numbering_of_ones_own_is_taken_as_named(tmp_path: Path) -> None:
    rows = rows_of({7: [("A", "BJP", 10)], 9: [("B", "INC", 10)]}, year=2024)
    staged = goa(tmp_path, rows, numbering="before 1976", partial="yes")
    assert staged.state == "done", reasons(staged)
    assert set(Contest.objects.values_list("numbering", flat=True)) == {"before 1976"}


def test_a_corrected_file_changes_only_what_differs_and_can_be_undone(tmp_path: Path) -> None:
    first = goa(tmp_path)
    before = state()
    second = goa(tmp_path, GOA.replace("141311", "141312").replace("CAPTAIN VIRIATO", "VIRIATO"))
    assert second.counts == {"changed": 1, "same": 4, "new": 1, "gone": 1}
    khalap = Candidacy.objects.get(name="RAMAKANT KHALAP")
    assert (khalap.votes, khalap.import_id, khalap.row) == (141_312, second.pk, 3)
    assert Candidacy.objects.get(name="SHRIPAD YESSO NAIK").import_id == first.pk
    assert not Candidacy.objects.filter(name__startswith="CAPTAIN").exists()
    refused_undo = step(first, "undo")
    assert (refused_undo.state, refused_undo.error) == ("done", "later_results")
    with translation.override("en"):
        named = running.error_text(refused_undo)
    assert f"Later lists build on this one: results.csv ({second.public_id})" in named and "Goa" in named
    assert step(second, "undo").state == "undone"
    assert state() == before
    assert step(first, "undo").state == "undone"
    assert nothing_is_there()


def test_what_one_list_adds_and_the_next_takes_away_is_gone_when_both_are_undone(tmp_path: Path) -> None:
    first = goa(tmp_path)
    before = state()
    added = "2024,S05,2,South Goa,GEN,3,LATE COMER,AAP,6500,598767,\n"
    more = GOA.replace("South Goa,GEN,3,NOTA", "South Goa,GEN,4,NOTA")
    second = goa(tmp_path, more + added)
    between = state()
    third = goa(tmp_path)
    assert (second.counts["new"], third.counts["gone"]) == (1, 1)
    assert step(third, "undo").state == "undone"
    assert state() == between
    assert step(second, "undo").state == "undone"
    assert state() == before
    assert step(first, "undo").state == "undone" and nothing_is_there()


def test_lists_of_one_election_wait_for_each_other_before_they_look(tmp_path: Path) -> None:
    first = bring(written(tmp_path, GOA), election="LS2024", upto="check")
    assert reads_before_lock(first, "elections LS2024") == 0
    parts = written(tmp_path, f"1,1,Mandrem,,{NAIK},500,900,,\n", header=PARTS, name="parts.csv")
    staged = bring(parts, "segments", election="LS2024", state="S05", upto="check")
    assert reads_before_lock(staged, "elections LS2024") == 0
    table = written(tmp_path, "U08,2,1,1\n", header="state,old number,new number,weight", name="table.csv")
    weights = bring(table, "correspondence", level="pc", numbering_from="before 2022", upto="check")
    assert reads_before_lock(weights, "correspondence pc before 2022") == 0
    for done in (weights, staged, first):
        assert reads_before_lock(done, "") == 0, "an undo holds it too"


def reads_before_lock(staged: StagedImport, name: str) -> int:
    """Commit a list (or undo it, where no name is given); how often results are read before the election is held."""
    with CaptureQueriesContext(connection) as seen:
        asked, reached = ("commit", "done") if name else ("undo", "undone")
        assert step(staged, asked).state == reached
    queries = [one["sql"] for one in seen.captured_queries]
    held = next(at for at, sql in enumerate(queries) if "pg_advisory_xact_lock" in sql and name in sql)
    tables = ("contest", "candidacy", "part", "part_votes", "correspondence")
    return sum(any(f'FROM "elections_{one}"' in sql for one in tables) for sql in queries[:held])


def test_an_empty_cell_takes_nothing_away(tmp_path: Path) -> None:
    goa(tmp_path)
    again = goa(tmp_path, GOA.replace(",580577,", ",,").replace(",GEN,", ",,"))
    assert again.counts == {"same": 6}
    assert Contest.objects.get(number=1).electors == 580_577


PARTS = "pc_no,ac_no,ac_name,booth,candidate,party,votes,electors,unit_code,state_eci"
NAIK, KHALAP = "SHRIPAD YESSO NAIK,BJP", "RAMAKANT KHALAP,INC"


TREE = {
    "IN": {
        "JK": {"Z": {"JK-PC1": {"JK-AC1": {"B1": {}, "B2": {}}, "JK-AC2": {}}, "JK-PC5": {}}},
        "GA": {"Z2": {"GA-PC1": {}, "GA-PC02": {}}},
    }
}


def test_contests_are_linked_to_the_units_that_are_those_seats(tmp_path: Path) -> None:
    ids = grow(TREE, levels.ELECTORAL)
    goa(tmp_path)
    assert {one.number: one.unit_id for one in Contest.objects.all()} == {1: ids["GA-PC1"], 2: ids["GA-PC02"]}
    assert actions.link_contests(election="LS2024", by=SYSTEM, at=AT) == 0
    found = queries.results_of(ids["GA-PC02"])
    assert [row.contest.name for row in found.contests] == ["South Goa"]
    assert [one.seats for one in queries.results_of(ids["GA"]).totals] == [2]
    assert [one.seats for one in queries.results_of(ids["IN"]).totals] == [2]


def test_units_that_are_neither_seats_nor_in_the_electoral_tree_ask_little(
    tmp_path: Path, django_assert_num_queries: Any
) -> None:
    goa(tmp_path)
    nothing = UnitsMoved(levels.ORGANISATIONAL, (), DAY)
    booth = UnitsMoved(levels.ELECTORAL, (MovedBranch(1, (), (2,), 10, 20),), DAY)
    with django_assert_num_queries(0):
        assert actions.link_newcomers(moved=nothing) == 0
    with django_assert_num_queries(2):
        assert actions.link_newcomers(moved=booth) == 0


def test_an_undone_import_of_a_whole_tree_leaves_no_link_to_it(tmp_path: Path) -> None:
    goa(tmp_path)
    path = tmp_path / "units.csv"
    path.write_text(
        "code,kind,name_en,electoral_parent\nIN,nation,India,\nGA,state,Goa,IN\nGA-PC1,constituency,N,GA\n"
    )
    units = bring(path, "units")
    assert Contest.objects.exclude(unit=None).count() == 1
    assert step(units, "undo").state == "undone"
    assert set(Contest.objects.values_list("unit_id", flat=True)) == {None}


def test_old_numbers_are_not_linked_to_todays_units(tmp_path: Path) -> None:
    grow(TREE, levels.ELECTORAL)
    rows = rows_of({1: [("A", "BJP", 10)], 5: [("B", "INC", 10)]}, state="U08", year=2019)
    staged = bring(written(tmp_path, rows), election="LS2019", partial="yes")
    assert staged.state == "done", reasons(staged)
    assert set(Contest.objects.values_list("unit_id", flat=True)) == {None}


def test_segments_and_what_is_below_a_unit(tmp_path: Path) -> None:
    ids = grow(TREE, levels.ELECTORAL)
    rows = rows_of({1: [("A", "BJP", 1000), ("B", "INC", 900)]}, state="U08")
    assert bring(written(tmp_path, rows), election="LS2024", partial="yes").state == "done"
    head = "pc_no,ac_no,ac_name,booth,candidate,party,votes,state_eci,unit_code"
    parts = (
        "1,1,KARNAH,,A,BJP,400,U08,\n1,1,KARNAH,,B,INC,500,U08,\n"
        "1,1,School,1,A,BJP,40,U08,B1\n1,1,School,1,B,INC,50,U08,B1\n1,1,School,2,A,BJP,60,U08,B2\n"
    )
    staged = bring(written(tmp_path, parts, header=head, name="p.csv"), "segments", election="LS2024")
    assert staged.state == "done", reasons(staged)
    segment = queries.results_of(ids["JK-AC1"], side=queries.OurSide("INC"))
    assert [(one.part.kind, one.lead) for one in segment.parts] == [("segment", 100)]
    assert segment.parts[0].ours is not None and segment.parts[0].ours.won
    assert queries.results_of(ids["B1"]).parts[0].polled == 90
    below = queries.results_of(ids["Z"]).below
    assert [(one.kind, one.parts, one.polled, one.votes) for one in below] == [
        ("booth", 2, 150, (("BJP", 100), ("INC", 50)))
    ]


def test_a_states_list_reaches_no_other_state(tmp_path: Path) -> None:
    ids = grow(TREE, levels.ELECTORAL)
    staged = bring(written(tmp_path, GOA), election="LS2024", unit_id=ids["JK"])
    assert {code for _row, _field, code in refused(staged)} == {"state_outside"}
    assert bring(written(tmp_path, GOA), election="LS2024", unit_id=ids["GA"]).state == "done"


def test_an_alliance_holds_the_undo_of_its_election(tmp_path: Path) -> None:
    first = goa(tmp_path)
    alliance = actions.make_alliance(
        election="LS2024",
        names={"en": "Two"},
        lead="BJP",
        parties=["INC"],
        by=SYSTEM,
        at=AT,
    )
    held = step(first, "undo")
    assert held.error == "said_of_election" and "“Two”" in running.error_text(held)
    actions.withdraw_alliance(public_id=alliance.public_id, by=SYSTEM, at=AT)
    assert step(first, "undo").state == "undone"


def test_the_real_assembly_can_be_undone() -> None:
    staged = real("jk_assembly_2024_results.csv", election="JK2024")
    assert Contest.objects.count() == 90
    assert step(staged, "undo").state == "undone"
    assert nothing_is_there()


def test_places_that_leave_nota_out_say_so_and_how_to_go_on(tmp_path: Path) -> None:
    """As most public files have it: NOTA has a place among the others, and no row."""
    more = "2024,S05,1,North Goa,GEN,4,A THIRD,IND,500,580577,\n2024,S05,2,South Goa,GEN,4,A THIRD,IND,500,598767,\n"
    without = "".join(line + "\n" for line in (GOA + more).splitlines() if "NOTA" not in line)
    staged = goa(tmp_path, without)
    assert {code for _row, _field, code in refused(staged)} == {"position_wrong", "seat_refused"}
    with translation.override("en"):
        told = " ".join(imports.notes_on_list(staged))
    assert "In 2 constituencies one place is missing" in told
    assert "Perhaps NOTA was left out" in told and "-c position=" in told
    shuffled = without.replace(",2,RAMAKANT", ",1,RAMAKANT").replace(",1,SHRIPAD", ",2,SHRIPAD")
    with translation.override("en"):
        assert "In 1 constituency one place" in " ".join(imports.notes_on_list(goa(tmp_path, shuffled)))
