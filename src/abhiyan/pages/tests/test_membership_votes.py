"""Membership beside votes: the two columns, their readers, their exactness, and the words with them."""

import re
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.elections import actions
from abhiyan.elections.queries import planning
from abhiyan.elections.tests import make as elections
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.units import actions as acts
from abhiyan.units import queries as units

PATH = "/units/JK/membership-and-votes/?election=JK2024&side=BJP"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=42)
    _zone(cast)
    cast.crowd(4, "JK-B003", "70062", days_ago=1)  # of the segment JK-AC19
    cast.fold()
    elections.assembly()
    with system("test"):
        actions.make_alliance(
            election="JK2024",
            names={"en": "Two parties", "hi": "दो दल"},
            lead="JKNC",
            parties=["INC"],
            by=SYSTEM,
            at=NOW,
        )
    return cast


def _zone(cast: Cast) -> None:
    """Between the state and its constituencies stands a zone, as in larger states."""
    at = NOW
    with system("test"):
        state = units.unit("JK").pk
        zone = acts.make_unit(
            unit=acts.NewUnit(code="JK-Z1", kind="zone", names={"en": "Zone"}), by=SYSTEM, at=at
        )
        acts.place_units(hierarchy=2, places=[(zone, state)], on=at.date(), by=SYSTEM, at=at)
        below = [row.id for row in units.children(state, 2).rows if row.kind == "constituency"]
        for seat in below:
            acts.move_unit(unit_id=seat, hierarchy=2, to=zone, on=at.date(), by=SYSTEM, at=at)
    assert below


def cells(page: str, code: str) -> list[str]:
    """Return the cells of a unit's row."""
    row = next(
        row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f"/elections/units/{code}/" in row
    )
    return [
        re.sub(r"<[^>]+>", " ", cell).replace("&lt;", "<").strip()
        for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
    ]


def test_members_and_votes_of_a_segment_stand_side_by_side_with_the_caveat(cast: Cast) -> None:
    page = body(cast.client("state_president"), PATH)
    assert "Areas only. This says nothing about how any person voted." in page
    assert page.count("how any person voted") == 1, "said twice in one paragraph"
    assert cells(page, "JK-AC20")[1] == "43"  # 42 and the one by name
    assert "jk_assembly_2024_results.csv" in page and "<svg" in page and "style=" not in page


def test_the_side_nobody_chose_is_the_party_with_most_votes_whatever_alliances_there_are(cast: Cast) -> None:
    page = body(cast.client("state_president"), "/units/JK/membership-and-votes/?election=JK2024")
    assert '<option value="BJP" selected>' in page  # 25.6% of the votes; JKNC had 23.4%


def test_another_election_forgets_the_alliance_of_the_first(cast: Cast) -> None:
    page = body(cast.client("state_president"), PATH.replace("side=BJP", f"side={uuid4()}"))
    assert "Select a valid choice" not in page


def test_from_outside_members_are_tens_and_few_are_not_shown(cast: Cast) -> None:
    page = body(cast.client("district_elsewhere"), PATH)
    assert cells(page, "JK-AC20")[1] == "40"
    assert cells(page, "JK-AC19")[1] == "<10"
    assert "1 place is not on the chart" in page
    answer = cast.client("district_elsewhere").get(f"{PATH}&format=csv")
    export = answer.getvalue().decode()
    assert ",40," in export and "<10" in export and ",43," not in export and ",4," not in export


def test_an_alliance_is_the_side_when_none_is_asked_for(cast: Cast) -> None:
    assert "Two parties" in body(cast.client("state_president"), "/units/JK/membership-and-votes/")


def test_a_unit_without_segments_says_so(cast: Cast) -> None:
    for code in ("JK-B001", "JK-SRI"):  # a booth; a district, a unit of the other tree only
        page = body(cast.client("state_president"), f"/units/{code}/membership-and-votes/")
        assert "This page needs a state or a constituency" in page and "see these figures" not in page
        assert '/membership-and-votes/">Membership beside votes of ' in page
    body(cast.client("state_president"), "/units/NOWHERE/membership-and-votes/", status=404)


def test_the_unit_page_leads_to_both(cast: Cast) -> None:
    page = body(cast.client("state_president"), "/units/JK/more/")
    assert "/elections/units/JK/" in page and "/units/JK/membership-and-votes/" in page


def test_a_place_without_figures_has_a_dash(cast: Cast) -> None:
    at = NOW
    with system("test"):
        made = acts.NewUnit(code="JK-AC999", kind="segment", names={"en": "Nobody's"})
        new = acts.make_unit(unit=made, by=SYSTEM, at=at)
        acts.place_units(hierarchy=2, places=[(new, units.unit("JK").pk)], on=at.date(), by=SYSTEM, at=at)
    page = body(cast.client("state_president"), f"{PATH}&sort=name")
    assert cells(page, "JK-AC999")[-1] == "–"


def test_the_side_nobody_chose_is_that_of_the_states_newest_plan(cast: Cast) -> None:
    with system("test"):
        plan = actions.make_plan(
            names={"en": "Ours"},
            election="JK2024",
            unit_id=units.unit("JK").pk,
            party="JKPDP",
            aims=planning.Aims(seats_goal=2),
            by=SYSTEM,
            at=NOW,
        )
        page = body(cast.client("state_president"), "/units/JK/membership-and-votes/?election=JK2024")
        actions.withdraw_plan(public_id=plan.public_id, by=SYSTEM, at=NOW)
    assert '<option value="JKPDP" selected>' in page
