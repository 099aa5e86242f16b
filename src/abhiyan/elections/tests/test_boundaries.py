"""Results across a change of boundaries: tables of correspondence with weights, and comparisons that say so."""

from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.elections import queries
from abhiyan.elections.models import Contest, Correspondence
from abhiyan.elections.tests.make import HEADER, bring, reasons, refused, rows_of, step, written
from abhiyan.imports.models import StagedImport
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import grow

pytestmark = pytest.mark.django_db
TWO_STATES = "old state,old number,new state,new number,weight"
HEAD = "state,old number,new number,weight"
# Old seats 1 to 3 (with a fourth, far one); today's 1 is the old 2, 2 and 3 share the old 1 and 3.
TABLE = "U08,2,1,1\nU08,1,2,0.5\nU08,1,3,0.5\nU08,3,3,1\n"
OLD = {
    1: [("A", "BJP", 600), ("B", "INC", 400)],
    2: [("C", "INC", 700), ("D", "BJP", 300)],
    3: [("E", "JKN", 500), ("F", "BJP", 500)],
    4: [("G", "IND", 10)],
}
NEW = {
    1: [("C", "INC", 600), ("D", "BJP", 400)],
    2: [("A", "BJP", 900), ("B", "INC", 100)],
    3: [("F", "BJP", 600), ("E", "JKNC", 400)],
    4: [("H", "BJP", 10)],
}


def tables(folder: Path, rows: str = TABLE) -> StagedImport:
    path = written(folder, rows, header=HEAD, name="table.csv")
    return bring(path, "correspondence", level="pc", numbering_from="before 2022")


@pytest.fixture
def elections(tmp_path: Path) -> None:
    old = written(tmp_path, rows_of(OLD, state="U08", year=2019))
    new = written(tmp_path, rows_of(NEW, state="U08", year=2024), name="new.csv")
    for path, code in ((old, "LS2019"), (new, "LS2024")):
        staged = bring(path, election=code, partial="yes")
        assert staged.state == "done", reasons(staged)


def compared() -> dict[int, queries.SeatRow]:
    now, then = queries.election("LS2024"), queries.election("LS2019")
    return {
        row.contest.number: row for row in queries.contests(now, against=then, side=queries.OurSide("BJP"))
    }


def test_without_a_table_nothing_is_compared_and_it_says_so(elections: None) -> None:
    rows = compared()
    assert {row.swing_points for row in rows.values()} == {None}
    assert {row.before.basis for row in rows.values() if row.before} == {"none"}
    with translation.override("en"):
        assert (
            rows[1].before is not None
            and "Nothing to compare with in Lok Sabha 2019" in rows[1].before.says()
        )


def test_a_comparison_across_new_boundaries_is_by_weight_and_says_so(elections: None, tmp_path: Path) -> None:
    staged = tables(tmp_path)
    assert staged.counts == {"new": 4}, reasons(staged)
    rows = compared()
    before = {number: row.before for number, row in rows.items()}
    assert before[2] is not None and before[2].basis == "carried" and before[2].crosses_boundary_change
    assert (dict(before[2].votes), before[2].polled) == ({"BJP": 300, "INC": 200}, 500)
    assert rows[2].swing_points == pytest.approx(90 - 60)
    assert before[3] is not None and before[3].from_seats == ("Seat 1", "Seat 3")
    assert dict(before[3].votes) == {"BJP": 800, "INC": 200, "JKNC": 500}
    assert rows[3].swing_points == pytest.approx(60 - 100 * 800 / 1500)
    assert before[1] is not None and (before[1].basis, before[1].crosses_boundary_change) == (
        "renumbered",
        False,
    )
    assert rows[1].swing_points == pytest.approx(40 - 30)
    assert before[4] is not None and before[4].basis == "none"
    with translation.override("en"):
        assert "boundaries have changed since Lok Sabha 2019" in before[2].says()
        assert "Seat 1" in before[2].says()
        assert before[1].says() == "In Lok Sabha 2019 this was the constituency Seat 2."
    with translation.override("hi"):
        assert "लोकसभा 2019" in before[2].says() and "boundaries" not in before[2].says()


def test_totals_across_new_boundaries_name_the_seats(elections: None, tmp_path: Path) -> None:
    tables(tmp_path)
    found = queries.totals(queries.election("LS2024"), state="U08", against=queries.election("LS2019"))
    assert found.crosses_boundary_change
    assert (found.carried, found.not_compared) == (("Seat 2", "Seat 3"), ("Seat 4",))
    assert {one.swing_points for one in found.parties} == {None}  # a seat has nothing to compare with
    with translation.override("en"):
        assert any("is an estimate (Seat 2, Seat 3)" in line for line in found.says())


def test_an_election_is_compared_with_the_one_before_it_in_its_own_states(tmp_path: Path) -> None:
    two = {1: [("A", "BJP", 600), ("B", "INC", 400)]}
    for code, state in (("JK2014", "U08"), ("UP2022", "S24"), ("JK2024", "U08"), ("LA2026", "U09")):
        rows = rows_of(two, state=state, year=int(code[2:]))
        path = written(tmp_path, rows, header=HEADER.replace("pc_", "ac_"), name=f"{code}.csv")
        staged = bring(
            path, election=code, kind="assembly", year=code[2:], partial="yes", numbering="of then"
        )
        assert staged.state == "done", reasons(staged)
    now = queries.election("JK2024")
    assert (
        queries.earlier_election(now)
        == queries.earlier_election(now, state="U08")
        == queries.election("JK2014")
    )
    assert queries.earlier_election(queries.election("UP2022")) is None
    assert queries.earlier_election(queries.election("LA2026")) is None
    unit = grow({"IN": {"JK": {"Z": {"X": {}}}}}, levels.ELECTORAL)["X"]
    Contest.objects.filter(election=now).update(unit=unit)
    (row,) = queries.results_of(unit).contests
    assert row.before is not None and row.before.basis == "same"
    # A state that took seats over from another was that one before.
    Correspondence.objects.create(
        level="ac", state_from="U08", number_from=1, numbering_from="", state_to="U09", number_to=1,
        weight=1, import_id=1, row=1,
    )  # fmt: skip
    assert queries.earlier_election(queries.election("LA2026"), state="U09") == now


def test_weights_that_do_not_sum_to_one_are_refused_with_their_rows(tmp_path: Path) -> None:
    staged = tables(
        tmp_path, TABLE.replace("U08,1,3,0.5", "U08,1,3,0.4") + "U08,2,1,1\nXX,1,1,0\nU08,9,1,0\n"
    )
    assert refused(staged) == [
        (3, "weight", "weights_sum"),
        (4, "weight", "weights_sum"),
        (6, "number_to", "pair_doubled"),
        (7, "state_from", "state_unknown"),
        (7, "weight", "weight_zero"),
        (8, "weight", "weight_zero"),
    ]
    assert not Correspondence.objects.exists()


def test_a_states_table_leaves_what_another_state_took_over(tmp_path: Path) -> None:
    ids = grow({"IN": {"JK": {}, "LA": {}}}, levels.ELECTORAL)
    nation = written(tmp_path, "S01,1,S01,1,1\nU08,4,U09,1,1\n", header=TWO_STATES, name="all.csv")
    assert bring(nation, "correspondence", level="pc", numbering_from="before 2022").state == "done"
    own = written(tmp_path, "U08,3,U08,3,1\nU08,4,U08,4,1\n", header=TWO_STATES, name="own.csv")
    staged = bring(own, "correspondence", level="pc", numbering_from="before 2022", unit_id=ids["JK"])
    assert refused(staged) == [(3, "state_from", "state_outside")] and staged.state == "failed"
    assert set(Correspondence.objects.values_list("state_to", flat=True)) == {"S01", "U09"}


def test_a_thousandth_is_borne(tmp_path: Path) -> None:
    third = "U08,1,1,0.333\nU08,1,2,0.333\nU08,1,3,0.333\n"
    assert tables(tmp_path, third).counts == {"new": 3}
    assert tables(tmp_path, "U08,2,1,1.001\n").state == "checked"


def test_a_table_twice_changes_nothing_a_new_one_replaces_and_goes_back(tmp_path: Path) -> None:
    first = tables(tmp_path)
    before = list(Correspondence.objects.order_by("pk").values())
    assert tables(tmp_path).counts == {"same": 4}
    assert list(Correspondence.objects.order_by("pk").values()) == before
    other = TABLE.replace("U08,1,2,0.5", "U08,1,2,0.25").replace("U08,1,3,0.5", "U08,1,3,0.75")
    second = tables(tmp_path, other)
    assert second.counts == {"changed": 2, "same": 2}
    assert step(first, "undo").error == "later_results"
    assert step(second, "undo").state == "undone"
    weights = (
        Correspondence.objects.filter(number_from=1).order_by("number_to").values_list("weight", flat=True)
    )
    assert list(weights) == [0.5, 0.5]
    assert list(Correspondence.objects.order_by("pk").values()) == before
    assert step(first, "undo").state == "undone" and not Correspondence.objects.exists()
