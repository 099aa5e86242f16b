"""Files with states, numbers or columns of another year: what would be right is said, and nothing wrong is taken."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.elections import queries, reference
from abhiyan.elections.models import Candidacy, Contest
from abhiyan.elections.rules.seats import seat_named
from abhiyan.elections.tests.make import GOA, bring, reasons, refused, written
from abhiyan.imports import queries as imports
from abhiyan.imports import running

pytestmark = pytest.mark.django_db
HEAD = "state,pc_no,pc_name,candidate,party,votes"


def rows(state: str, seats: Iterable[tuple[int, str]]) -> str:
    """Two candidates of each seat, by number and name."""
    return "".join(
        f"{state},{number},{name},{who},{party},{votes}\n"
        for number, name in seats
        for who, party, votes in (("A", "BJP", 70), ("B", "INC", 50))
    )


def today(state: str, *, named: bool = True) -> list[tuple[int, str]]:
    """A state's seats of the Lok Sabha as they are numbered today."""
    return [
        (number, name if named else "") for number, name in sorted(reference.seats_today("pc")[state].items())
    ]


def test_states_that_were_one_are_answered_with_the_state_and_the_numbers_of_that_year(
    tmp_path: Path,
) -> None:
    path = written(tmp_path, rows("S29", today("S29")) + rows("S01", today("S01")), header=HEAD)
    for partial in ("", "yes"):
        staged = bring(path, election="LS2014", partial=partial)
        assert not Contest.objects.exists(), "a seat of today's number is another seat of that year"
        with translation.override("en"):
            assert set(imports.notes_on_list(staged)) >= {
                "Telangana (S29): that year these were constituencies of Andhra Pradesh (S01), with the same numbers.",
                "Andhra Pradesh (S01): that year's numbers are the file's numbers + 17.",
            }
            said = reasons(staged)
        assert any("was constituency 1 of Andhra Pradesh (S01) that year" in one for one in said)
        assert any("was constituency 18 of Andhra Pradesh (S01) that year, not 1" in one for one in said)
    right = rows("S01", today("S29")) + rows("S01", [(number + 17, name) for number, name in today("S01")])
    staged = bring(written(tmp_path, right, header=HEAD), election="LS2014", partial="yes")
    assert (staged.state, Contest.objects.count()) == ("done", 42), reasons(staged)[:5]


def test_numbers_that_are_off_by_one_amount_are_corrected_where_that_is_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, rows("S29", today("S29")) + rows("S01", today("S01")), header=HEAD)
    with translation.override("en"):
        offered = " ".join(imports.notes_on_list(bring(path, election="LS2014", upto="check")))
    assert "-o correct_numbers=yes" in offered and "Correct the numbers of constituencies" in offered
    staged = bring(path, election="LS2014", partial="yes", correct_numbers="yes")
    assert (staged.state, Contest.objects.count()) == ("done", 42), reasons(staged)[:5]
    numbers = set(Contest.objects.values_list("state", "number"))
    assert numbers == {("S01", number) for number in range(1, 43)}
    with translation.override("en"):
        told = " ".join(imports.notes_on_list(staged))
    assert "The numbers of 42 constituencies were corrected by their names." in told
    assert "-o correct_numbers=yes" not in told


def test_numbers_that_another_seat_has_are_not_corrected(tmp_path: Path) -> None:
    right = [(number + 17, name) for number, name in today("S01")]
    both = rows("S01", today("S29")) + rows("S01", right) + rows("S29", today("S29"))
    staged = bring(written(tmp_path, both, header=HEAD), election="LS2014", correct_numbers="yes")
    assert staged.state in ("checked", "failed") and not Contest.objects.exists()


def test_without_names_numbers_that_must_be_another_years_are_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        rows("S29", today("S29", named=False)) + rows("S01", today("S01", named=False)),
        header=HEAD,
    )
    staged = bring(path, election="LS2014", partial="yes")
    found = refused(staged)
    assert found[0] == (2, "state", "state_part")
    assert {code for row, _field, code in found if row > 35} == {"number_doubtful", "seat_refused"}
    assert not Contest.objects.exists()
    with translation.override("en"):
        assert any("it was part of Andhra Pradesh (S01)" in one for one in reasons(staged))
        assert len(imports.notes_on_list(staged)[:2]) == 2


def test_one_seat_under_another_ones_number_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    seats = dict(today("S24"))
    seats[1], seats[2] = seats[2], seats[1]
    path = written(tmp_path, rows("S24", sorted(seats.items())), header=HEAD)
    staged = bring(path, election="LS2024", partial="yes")
    assert [found for found in refused(staged) if found[2] != "seat_refused"] == [
        (2, "pc_number", "seat_named"),
        (4, "pc_number", "seat_named"),
    ]
    assert set(range(3, 81)) == set(Contest.objects.values_list("number", flat=True))


def test_a_name_of_ones_own_for_the_numbering_is_held_against_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, rows("S01", today("S01")), header=HEAD)
    staged = bring(path, election="LS2014", partial="yes", numbering="as of 2019")
    assert (staged.state, Contest.objects.count()) == ("done", 25), reasons(staged)[:5]


@pytest.mark.parametrize(
    ("name", "number", "means"),
    [
        ("SECUNDRABAD", 8, 8),
        ("Araku (ST)", 18, 18),
        ("Araku", 1, 18),
        ("Somewhere else", 1, None),
        ("", 1, None),
    ],
)
def test_a_seat_is_known_by_its_name_however_it_is_spelt(name: str, number: int, means: int | None) -> None:
    assert seat_named(name, reference.seat_names_of_year("pc", 2014)["S01"], number) == means


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("state,sr,pc_name,candidate,party,votes", "no_number_column"),
        ("area,pc_no,pc_name,candidate,party,votes", "no_state_column"),
    ],
)
def test_a_column_that_every_row_lacks_is_asked_for_once(tmp_path: Path, head: str, code: str) -> None:
    staged = bring(written(tmp_path, rows("S24", today("S24")), header=head), election="LS2024")
    assert (staged.state, staged.error, refused(staged)) == ("failed", code, [])
    with translation.override("en"):
        assert "HEADER" in running.error_text(staged)


@pytest.mark.parametrize("column", ["विधानसभा संख्या", "Assembly No", "Const. No.", "Vidhan Sabha No."])
def test_the_number_is_found_under_the_names_that_files_give_it(tmp_path: Path, column: str) -> None:
    path = written(tmp_path, "1,A,BJP,70\n1,B,INC,50\n", header=f"{column},candidate,party,votes")
    staged = bring(path, election="JK2024", partial="yes")
    assert (staged.state, Contest.objects.count()) == ("done", 1), reasons(staged)


@pytest.mark.parametrize("place", ["", "0", "9"])
def test_nota_needs_no_place_among_the_candidates(tmp_path: Path, place: str) -> None:
    nota_second = GOA.replace("GEN,3,NOTA,NOTA,7000", f"GEN,{place},NOTA,NOTA,150000").replace(
        "GEN,3,NOTA,NOTA,6000", f"GEN,{place},NOTA,NOTA,6000"
    )
    staged = bring(written(tmp_path, nota_second), election="LS2024", partial="yes")
    assert staged.state == "done", reasons(staged)
    first = queries.contest(queries.election("LS2024"), "S05", 1)
    assert [(one.place, one.name) for one in first.candidates][:1] == [(1, "SHRIPAD YESSO NAIK")]
    assert sorted(Candidacy.objects.values_list("position", flat=True)) == [1, 1, 2, 2, 3, 3]
