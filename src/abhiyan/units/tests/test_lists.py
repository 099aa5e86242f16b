"""Files of units and PIN codes through the staged import, as a page or the command line brings them."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.kinds import kind_of_import
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.imports.queries import notes_on_list, reason_text
from abhiyan.units import queries
from abhiyan.units.actions import NewUnit, make_unit
from abhiyan.units.models import Pin, Unit
from abhiyan.units.refusals import DoubledCode
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import AT, NATION, SYSTEM, grow
from abhiyan.units.tests.test_import import state
from abhiyan.units.tests.test_move import check_tree

pytestmark = pytest.mark.django_db

UNITS = """\
code,kind,name_en,name_hi,organisational_parent,electoral_parent,electors,lat,lon,source,sample
IN,nation,India,भारत,,,,,,ECI,no
JK,राज्य,Jammu and Kashmir,जम्मू और कश्मीर,IN,IN,"87,09,000",33.7,75.1,ECI,no
D1,जिला,Doda,डोडा,JK,,,,,LGD,no
S1,विधानसभा,Doda West,डोडा पश्चिम,,JK,,,,ECI,no
B1,booth,Govt School Doda,राजकीय विद्यालय डोडा,D1,S1,९५०,,,,yes
"""


def bring(path: Path, key: str = "units", **more: Any) -> StagedImport:
    with system("test"):
        public_id = imports.import_file(kind_key=key, path=path, by=SYSTEM, at=AT, **more)
        staged = StagedImport.objects.get(public_id=public_id)
    if staged.state == StagedImport.State.FAILED:
        return staged
    for step in ("check", "commit"):
        staged = _step(staged, step)
    return staged


def _step(staged: StagedImport, step: str) -> StagedImport:
    with system("test"):
        imports.ask_import_step(public_id=staged.public_id, step=step, by=SYSTEM, at=AT)
    running.run_import_step(staged.public_id, step, at=AT)
    with system("test"):
        return StagedImport.objects.get(pk=staged.pk)


def _file(tmp_path: Path, text: str, name: str = "units.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [(r.row, r.field, r.reason) for r in rows]


def excerpts(staged: StagedImport) -> list[str]:
    """Return the text of the refused cells, as the page shows it."""
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [r.facts.get("excerpt", "") for r in rows]


def test_units_above_without_their_hierarchy_are_not_dropped_in_silence(tmp_path: Path) -> None:
    rows = "code,kind,name_en,parent\nIN,nation,India,\nJK,state,Jammu and Kashmir,IN\n"
    with system("test"):
        public_id = imports.import_file(kind_key="units", path=_file(tmp_path, rows), by=SYSTEM, at=AT)
        staged = _step(StagedImport.objects.get(public_id=public_id), "check")
    assert staged.state == "failed" and "hierarchy=1" in running.error_text(staged)
    assert not Unit.objects.exists()
    told = bring(_file(tmp_path, rows, "again.csv"), options={"hierarchy": "1"})
    assert (told.state, told.counts) == ("done", {"made": 2})
    assert len(queries.path_of_unit(queries.unit("JK").pk, 1)) == 2
    empty = rows.replace(",IN\n", ",\n").replace("JK,state", "XX,state")
    assert bring(_file(tmp_path, empty, "empty.csv")).counts.get("made") == 1


def test_a_file_with_hindi_words_makes_units_in_two_hierarchies(tmp_path: Path) -> None:
    staged = bring(_file(tmp_path, UNITS))
    assert (staged.state, staged.counts, refused(staged)) == ("done", {"made": 5}, [])
    booth = queries.unit("B1")
    assert (booth.electors, booth.is_sample, booth.kind) == (950, True, "booth")
    assert queries.unit("JK").electors == 8_709_000
    assert [r.code for r in queries.path_of_unit(booth.pk, levels.ELECTORAL)] == ["IN", "JK", "S1", "B1"]
    check_tree(levels.ORGANISATIONAL)
    check_tree(levels.ELECTORAL)


def test_refused_rows_are_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    text = (
        UNITS + "B2,castle,X,,D1,,,,,,\nB3,booth,X,,D9,,,,,,\nB4,booth,X,,D1,,-5,,,,\nB1,booth,X,,D1,,,,,,\n"
    )
    staged = bring(_file(tmp_path, text))
    assert staged.counts == {"made": 5, "refused": 4}
    assert refused(staged) == [
        (7, "kind", "choice"),
        (8, "organisational_parent", "parent_unknown"),
        (9, "electors", "too_small"),
        (10, "code", "code_doubled"),
    ]
    assert excerpts(staged) == ["castle", "D9", "-5", "B1"]


def test_the_number_of_another_row_is_written_as_a_sheet_shows_it(tmp_path: Path) -> None:
    again = "D1,,Doda,,,,,,,,\nD1,castle,Doda,,,,,,,,\n"
    staged = bring(_file(tmp_path, UNITS.replace("D1,जिला", "\n" * 1_200 + "D1,जिला") + again))
    with system("test"), override("en"):
        rows = RefusedRow.objects.filter(import_id=staged.pk, reason="code_doubled").order_by("row")
        texts = [reason_text(kind_of_import("units"), row) for row in rows]
    said = "Rows 1204 and {0} have the same code. Only row 1204 is used. Correct or remove row {0}."
    assert texts == [said.format(1207), said.format(1208)]


def reasons(staged: StagedImport) -> list[str]:
    with system("test"), override("en"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [reason_text(kind_of_import("units"), row) for row in rows]


def test_codes_differ_in_more_than_capitals(tmp_path: Path) -> None:
    grow(NATION)
    Unit.objects.create(
        code="m2", kind="mandal", names={"en": "From before"}
    )  # as older lists may have left it
    head = "code,kind,name_en,organisational_parent\n"
    text = (
        head + "b1,booth,Again,M1\nB9,booth,New,c1\nX1,booth,New,M2\nx1,booth,New,M2\nm2,,Before,\nM2,,Old,\n"
    )
    staged = bring(_file(tmp_path, text))
    assert staged.counts == {"made": 1, "changed": 2, "refused": 3}
    assert refused(staged) == [
        (2, "code", "code_case"),
        (3, "organisational_parent", "parent_case"),
        (5, "code", "code_case_doubled"),
    ]
    assert reasons(staged) == [
        "The unit B1 has this code in other capitals. Write B1.",
        "There is no unit c1. Did you mean C1? Write it so.",
        "Row 4 has this code in other capitals: X1. Codes must differ in more than capitals.",
    ]
    with pytest.raises(DoubledCode):
        make_unit(unit=NewUnit(code="b1", kind="booth", names={"en": "Again"}), by=SYSTEM, at=AT)


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ("९५०,75.1,33.7", "lat", "place_swapped"),
        ("९५०,0,0", "lat", "place_zero"),
        ("९५०,-33.9,151.2", "lat", "place_abroad"),
        ("९५०,33.7,", "lat", "place_half"),
        ("०,33.7,75.1", "electors", "zero"),
    ],
)
def test_a_point_that_nobody_meant_and_no_electors_are_refused_by_their_row(
    tmp_path: Path, cells: str, field: str, code: str
) -> None:
    staged = bring(_file(tmp_path, UNITS.replace("९५०,,", cells)))
    assert refused(staged) == [(6, field, code)]
    assert staged.counts == {"made": 4, "refused": 1}


@pytest.mark.parametrize("zero", "०০੦૦୦௦౦೦൦۰０")
def test_a_list_in_digits_of_another_script_makes_the_same_units(tmp_path: Path, zero: str) -> None:
    rows = UNITS.replace("९५०", "950")
    digits = str.maketrans("0123456789", "".join(chr(ord(zero) + n) for n in range(10)))
    first, *others = rows.splitlines(keepends=True)
    assert bring(_file(tmp_path, rows)).counts == {"made": 5}
    before = state() | {"journal": []}
    again = bring(_file(tmp_path, first + "".join(others).translate(digits), "again.csv"))
    assert (again.counts, refused(again)) == ({"same": 5}, [])
    assert state() | {"journal": []} == before


def test_a_unit_that_lies_far_from_the_unit_above_it_is_refused_by_its_row(tmp_path: Path) -> None:
    bring(_file(tmp_path, UNITS.replace("डोडा,JK,,,,,LGD", "डोडा,JK,,,33.1,75.5,LGD")))
    head, booth = UNITS.splitlines()[0], "booth,School,विद्यालय,D1,S1,900"
    rows = [f"B2,{booth},33.2,75.6,,yes", f"B3,{booth},13.08,80.27,,yes", f"B4,{booth},,,,yes"]
    staged = bring(_file(tmp_path, "\n".join([head, *rows, ""]), "more.csv"))
    assert refused(staged) == [(3, "lat", "place_far")]
    assert staged.counts == {"made": 2, "refused": 1}


def test_a_unit_that_lies_far_from_a_unit_above_it_in_the_same_list_is_refused(tmp_path: Path) -> None:
    placed = UNITS.replace("डोडा,JK,,,,,LGD", "डोडा,JK,,,33.1,75.5,LGD")
    booth = "booth,School,विद्यालय,D1,S1,900"
    rows = [f"B2,{booth},33.2,75.6,,yes", f"B3,{booth},13.08,80.27,,yes", f"B4,{booth},,,,yes"]
    staged = bring(_file(tmp_path, placed + "\n".join([*rows, ""])))
    assert refused(staged) == [(len(placed.splitlines()) + 2, "lat", "place_far")]
    head = UNITS.splitlines()[0]
    moved = [
        "D1,district,Doda,डोडा,JK,,,27.0,75.5,LGD,",
        f"B5,{booth},27.1,75.5,,yes",
        f"B6,{booth},33.2,75.6,,yes",
    ]
    staged = bring(_file(tmp_path, "\n".join([head, *moved, ""]), "moved.csv"))
    assert refused(staged) == [(4, "lat", "place_far")], "the list says where its units are now"


def test_numbers_with_spaces_are_numbers_and_joined_spaces_are_counted(tmp_path: Path) -> None:
    text = UNITS.replace("९५०", "1 200").replace("Doda West", "Doda   West").replace("87,09,000", "87 09 000")
    staged = bring(_file(tmp_path, text))
    assert staged.counts == {"made": 5}
    assert (queries.unit("B1").electors, queries.unit("JK").electors) == (1_200, 8_709_000)
    assert queries.unit("S1").names["en"] == "Doda West" and staged.notes["name_en/spaces_joined"] == 1
    odd = _file(tmp_path, UNITS.replace("९५०", "1 2000").replace("B1,", "B2,"), "odd.csv")
    assert refused(bring(odd)) == [(6, "electors", "not_whole")]


def test_a_refused_place_names_the_hierarchy(tmp_path: Path) -> None:
    grow(NATION)
    head = "code,kind,name_en,organisational_parent,electoral_parent\n"
    text = head + "X,mandal,X,B1,\nY,mandal,Y,D1,JK\nZ,mandal,Z,D1,\n"
    staged = bring(_file(tmp_path, text))
    assert reasons(staged) == [
        "In the organisational hierarchy, a Mandal cannot be below a Booth.",
        "A Mandal has no place in the electoral hierarchy. Leave Electoral parent empty.",
    ]


def test_a_changed_file_shows_the_difference_and_the_whole_can_be_undone(tmp_path: Path) -> None:
    first = bring(_file(tmp_path, UNITS))
    before = state()
    changed = UNITS.replace("९५०", "960").replace("Govt School Doda", "Government School Doda")
    second = bring(_file(tmp_path, changed, "again.csv"))
    assert second.counts == {"changed": 1, "same": 4}
    differences = kind_of_import("units").differences
    assert differences is not None
    assert [(d.subject, d.field, d.old, d.new) for d in differences(second.pk, 0, 100)] == [
        ("B1", "electors", "950", "960"),
        ("B1", "name_en", "Govt School Doda", "Government School Doda"),
    ]
    refused = _step(first, "undo")
    assert refused.error == "later_changes"
    with override("en"):
        assert f"units {second.public_id} (units: B1)" in running.error_text(refused)
    assert _step(second, "undo").state == "undone"
    assert state() == before
    assert _step(first, "undo").state == "undone"
    assert not Unit.objects.exists()


def test_units_a_list_leaves_without_a_place_are_counted_and_told(tmp_path: Path) -> None:
    grow(NATION)
    text = (
        "code,kind,name_en,organisational_parent\nD8,district,Placed,JK\nD9,district,Nowhere,\nJK,,Jammu,\n"
    )
    with override("en"):
        said = notes_on_list(bring(_file(tmp_path, text)))
    nowhere = "1 unit of this list has no unit above it. Give the unit above it."
    lacks = "The list leaves out 3 units that are below its places. They stay as they are."
    assert said == [nowhere, lacks]
    again = bring(_file(tmp_path, text.replace("Nowhere,", "Nowhere,JK"), "again.csv"))
    with override("en"):
        assert again.state == "done" and notes_on_list(again) == [lacks]


def test_one_parent_column_counts_for_the_chosen_hierarchy(tmp_path: Path) -> None:
    text = "कोड,प्रकार,अंग्रेज़ी नाम,ऊपर की इकाई\nIN,nation,India,root\nS,state,S,IN\nC,constituency,C,S\n"
    staged = bring(_file(tmp_path, text), options={"hierarchy": str(levels.ELECTORAL)})
    assert staged.counts == {"made": 3}
    assert len(queries.path_of_unit(queries.unit("C").pk, levels.ELECTORAL)) == 3
    check_tree(levels.ELECTORAL)


def test_a_list_for_one_unit_touches_nothing_outside_it(tmp_path: Path) -> None:
    ids = grow(NATION)
    text = "code,kind,name_en,organisational_parent\nN1,booth,N,C1\nN2,booth,N,C3\n"
    staged = bring(_file(tmp_path, text), unit_id=ids["R1"])
    assert staged.counts == {"made": 1, "refused": 1}
    assert refused(staged) == [(3, "organisational_parent", "outside")]


@pytest.mark.parametrize(
    ("text", "encoding", "made", "codes"),
    [
        (UNITS, "utf-16", 5, []),
        (UNITS, "utf-8-sig", 5, []),
        (UNITS.replace("code,", "co\0de,"), "utf-8", 5, []),
        (UNITS.replace("Doda West", "Do\u202eda\u200b West"), "utf-8", 5, []),
        (UNITS.replace("Doda West", "Do\u0000da"), "utf-8", 3, ["nul", "parent_unknown"]),
        (UNITS.replace("Doda West", "x" * 5_000), "utf-8", 3, ["too_long", "parent_unknown"]),
        (UNITS.replace("D1,जिला", "=1+1,जिला"), "utf-8", 3, ["formula", "parent_unknown"]),
        (UNITS.replace("D1,जिला", "D 1,जिला"), "utf-8", 3, ["code_shape", "parent_unknown"]),
        (UNITS.replace("D1,", "D/1,").replace(",D1", ",D/1"), "utf-8", 3, ["code_shape", "parent_refused"]),
        (
            UNITS.replace(",33.7,", ",133.7,"),
            "utf-8",
            1,
            ["too_big", "parent_unknown", "parent_unknown", "parent_refused", "parent_refused"],
        ),
    ],
    ids=["utf16", "bom", "nul_header", "bidi", "nul", "long", "formula", "space", "slash", "range"],
)
def test_bad_input_refuses_the_row_or_is_cleaned(
    tmp_path: Path, text: str, encoding: str, made: int, codes: list[str]
) -> None:
    staged = bring(_file(tmp_path, text, encoding=encoding))
    assert staged.counts.get("made") == made
    assert [code for _, _, code in refused(staged)] == codes
    assert "\u202e" not in "".join(str(u.names) for u in Unit.objects.all())
    check_tree(levels.ORGANISATIONAL)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("code,kind,code,name_en\nA,booth,B,x\n", "not_ready")],
    ids=["empty", "doubled_header"],
)
def test_a_file_without_rows_or_with_one_column_twice_is_refused_at_once(
    tmp_path: Path, text: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        bring(_file(tmp_path, text))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("code,kind,name_en\n", "no_rows"),
        (
            ",".join(f"c{n}" for n in range(600)) + "\n" + ",".join("1" for _ in range(600)) + "\n",
            "too_many_columns",
        ),
        (UNITS + 'B9,booth,"half a ro', "cut_short"),
    ],
    ids=["no_rows", "600_columns", "half"],
)
def test_a_bad_file_changes_nothing_and_says_why(tmp_path: Path, text: str, reason: str) -> None:
    staged = bring(_file(tmp_path, text))
    assert (staged.state, staged.error) == ("failed", "table")
    assert staged.error_facts["reason"] == reason
    assert not Unit.objects.exists()


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    grow(NATION)
    path = _file(
        tmp_path,
        "code,kind,name_en,organisational_parent,electoral_parent,electors\n"
        "bad code,castle,,NOWHERE,S9,many\n"
        "X1,,,NOWHERE,,-1\n"
        "D1,mandal,Doda,NOWHERE,,\n"
        "X2,booth,Fine,D1,,\n"
        "X2,booth,,,S9,-1\n",
    )
    staged = bring(path)
    assert staged.counts == {"made": 1, "refused": 4}
    assert refused(staged) == [
        (2, "code", "code_shape"),
        (2, "electoral_parent", "parent_unknown"),
        (2, "electors", "not_whole"),
        (2, "kind", "choice"),
        (2, "name_en", "name_needed"),
        (2, "organisational_parent", "parent_unknown"),
        (3, "electors", "too_small"),
        (3, "kind", "kind_needed"),
        (3, "name_en", "name_needed"),
        (3, "organisational_parent", "parent_unknown"),
        (4, "kind", "kind_fixed"),
        (4, "organisational_parent", "parent_unknown"),
        (6, "code", "code_doubled"),
        (6, "electoral_parent", "parent_unknown"),
        (6, "electors", "too_small"),
        (6, "name_en", "name_needed"),
    ]


def test_a_directory_of_pin_codes_is_added_and_undone(tmp_path: Path) -> None:
    grow(NATION)
    path = tmp_path / "pins.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["pin", "unit_code", "sample"])
        writer.writerows(
            [
                ["182201", "M1", "yes"],
                ["182 201", "M2", ""],
                ["182201", "M1", ""],
                ["182202", "Z", ""],
                ["12", "M1", ""],
                ["13", "Y", ""],
            ]
        )
    staged = bring(path, "pins")
    assert staged.counts == {"made": 2, "same": 1, "refused": 3}
    assert refused(staged) == [
        (5, "unit_code", "unit_unknown"),
        (6, "pin", "pin"),
        (7, "pin", "pin"),
        (7, "unit_code", "unit_unknown"),
    ]
    assert sorted(excerpts(staged)) == ["12", "13", "Y", "Z"]
    assert [row.code for row in queries.by_pin("182201")] == ["M1", "M2"]
    assert _step(staged, "undo").state == "undone"
    assert not Pin.objects.exists()
