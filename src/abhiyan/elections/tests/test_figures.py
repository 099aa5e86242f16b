"""Check an election's figures of many units at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from abhiyan.elections import queries
from abhiyan.elections.models import Alliance
from abhiyan.elections.tests.make import bring, reasons, rows_of, written
from abhiyan.units.rules import levels
from abhiyan.units.tests.make import grow

pytestmark = pytest.mark.django_db
HEAD = "pc_no,ac_no,ac_name,booth,candidate,party,votes,electors,state_eci,unit_code"
WHOLE = [("A", "BJP", 900), ("B", "INC", 800), ("C", "AAP", 300), ("D", "IND", 200), ("NOTA", "NOTA", 600)]


@pytest.fixture
def booths(db: None, tmp_path: Path) -> dict[str, int]:
    """Two booths with every candidate, and two others about which no row says anything."""
    ids = grow(
        {"IN": {"GA": {"Z": {"GA-PC1": {"GA-AC1": {"B1": {}, "B2": {}, "B3": {}, "B4": {}}}}}}},
        levels.ELECTORAL,
    )
    results = bring(written(tmp_path, rows_of({1: WHOLE})), election="LS2024", partial="yes")
    assert results.state == "done", reasons(results)
    votes = {"B1": (40, 30, 20, 25, 90), "B2": (10, 45, 20, 50, 0)}
    rows = "".join(
        f"1,1,One,{code[1]},{name},{party},{n},400,S05,{code}\n"
        for code, each in votes.items()
        for (name, party, _whole), n in zip(WHOLE, each, strict=True)
    )
    parts = bring(written(tmp_path, rows, header=HEAD, name="parts.csv"), "segments", election="LS2024")
    assert parts.state == "done", reasons(parts)
    return ids


def test_a_booth_counts_our_votes_over_the_best_of_the_others_of_all_that_were_polled(
    booths: dict[str, int],
) -> None:
    side = queries.OurSide("INC", Alliance(lead="INC", parties=["AAP", "IND", "NOTA"]))
    found = queries.figures_of_units(queries.election("LS2024"), booths.values(), side)
    assert found.keys() == {booths["GA-PC1"], booths["B1"], booths["B2"]}
    first, second = found[booths["B1"]], found[booths["B2"]]
    assert (first.polled, first.votes, first.best, first.electors) == (205, 50, 40, 400)
    assert (first.share_pct, first.turnout_pct) == (100 * 50 / 205, 100 * 205 / 400)
    assert (second.polled, second.votes, second.best) == (
        125,
        65,
        50,
    )  # of an independent, who counts for no side
    assert second.lead_pct == 100 * 15 / 125
    assert [(one.source.file, one.source.row) for one in (first, second)] == [
        ("parts.csv", 2),
        ("parts.csv", 7),
    ]


def test_of_each_booth_one_row_is_read_however_many_stood(booths: dict[str, int]) -> None:
    read = []

    def counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        read.append(context["cursor"].rowcount)
        return answer

    of = queries.election("LS2024")
    with connection.execute_wrapper(counting):
        queries.figures_of_units(of, [booths["B1"], booths["B2"]], queries.OurSide("INC"))
    assert max(read) == 2
