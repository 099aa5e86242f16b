"""A result of some of the seats is never shown as the whole election."""

from pathlib import Path

import pytest
from django.utils import translation

from abhiyan.elections import queries
from abhiyan.elections.queries import planning
from abhiyan.elections.queries.wholeness import seats_there_were
from abhiyan.elections.tests.make import bring, step, written
from abhiyan.imports import queries as imports

pytestmark = pytest.mark.django_db


def test_a_file_of_a_few_constituencies_is_told_and_shown_as_incomplete(tmp_path: Path) -> None:
    head = "ac_no,candidate,party,votes,electors"
    rows = "1,A,BJP,70,200\n1,B,INC,50,200\n2,C,BJP,60,100\n"
    path = written(tmp_path, rows, header=head)
    checked = bring(path, election="JK2014", partial="yes", upto="check")
    said = ["2 of 87 constituencies; 85 left out. The election is shown as incomplete."]
    with translation.override("en"):
        assert imports.notes_on_list(checked) == said
        assert imports.notes_on_list(step(checked, "commit")) == said
        told = queries.totals(queries.election("JK2014"), state="U08")
        assert (told.whole.says(), told.turnout_pct, told.electors) == ("incomplete: 2 of 87", None, None)
        assert "85 are missing" in " ".join(told.says())
        of = queries.election("JK2014")
        assert queries.election_titles([of])[of.pk].endswith("2014 (incomplete: 2 of 87)")
    worked = planning.worked_out(of, state="U08", party="BJP", alliance=None, aims=planning.Aims(), seed=0)
    assert worked is not None
    first = planning.notes_of(worked)[0]
    assert (first.code, first.facts) == ("result_incomplete", {"seats": 2, "all": 87})


def test_how_many_seats_there_were_is_said_where_it_is_known() -> None:
    def of(kind: str, year: int, present: dict[str, set[str]], state: str = "") -> int | None:
        return seats_there_were(kind, year, present, state)

    assert of("assembly", 2014, {"U08": {"before 2022"}}) == 87
    assert of("assembly", 2024, {"U08": {""}}) == 90
    assert of("assembly", 2024, {"U08": {"one of its own"}}) is None
    assert of("assembly", 2002, {"S05": {"before 2008"}}) is None
    assert [of("parliament", year, {"S05": {""}}) for year in (2019, 2024)] == [543, 543]
    assert of("parliament", 2024, {"S05": {""}}, "S05") == 2
    assert of("parliament", 2004, {"S05": {"before 2008"}}) is None
