"""The gap of a whole beside its parts: how many of one level are behind and ahead, and by how many people each."""

import random
from typing import Any

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.programmes import actions, queries
from abhiyan.programmes.rules import windows
from abhiyan.programmes.rules.gaps import GapsBelow
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
BOOTHS = ("JK-B001", "JK-B002", "JK-B003", "JK-B004")
PARTS = {
    "JK": ("JK-SRI", "JK-JAM"),
    "JK-SRI": ("JK-SRI-M1", "JK-SRI-M2"),
    "JK-SRI-M1": ("JK-B001", "JK-B002"),
}


@pytest.mark.parametrize("draw", range(4))
def test_what_is_said_of_the_parts_is_what_their_list_adds_up_to_and_comes_to_the_wholes_gap(
    draw: int,
) -> None:
    lot, cast = random.Random(draw), Cast.make()
    one = cast.world.programme
    for n, booth in enumerate(BOOTHS):
        cast.crowd(lot.choice((0, 3, 17, 40)), booth, f"7006{n}")
    for booth in BOOTHS:
        cast.target(booth, lot.choice((0, 5, 30, 200)))
    for unit in ("JK-SRI-M1", "JK-SRI-M2", "JK-JAM-M1", "JK-SRI", "JK-JAM", "JK"):
        cast.target(unit, lot.choice((0, 10, 50, 250)))
    with system("test"):
        actions.fold_changes(at=NOW)
    on = clock.day_in(one.zone, NOW)
    with cast.as_("state_president"):
        for unit, parts in PARTS.items():
            node = queries.node_of(cast.world.units[unit].pk, one.hierarchy)
            assert node is not None
            found = queries.late_units(node, cast.world.units[unit].kind, one, at=NOW)
            ids = [cast.world.units[part].pk for part in parts]
            of: dict[str, Any] = {
                "node": node,
                "hierarchy": one.hierarchy,
                "programme": one,
                "at": NOW,
                "units": ids,
            }
            children = queries.children_ladders(**of).rows
            gaps = [
                windows.target_due(child.target or 0, one.opens_on, one.closes_on, on)
                - (child.ladder.counted or 0)
                for child in children
                if child.target is not None
            ]
            expected = GapsBelow(
                len(children),
                sum(gap > 0 for gap in gaps),
                sum(gap for gap in gaps if gap > 0),
                sum(gap < 0 for gap in gaps),
                -sum(gap for gap in gaps if gap < 0),
            )
            assert len(gaps) == len(parts)
            if found is None:
                assert expected.behind == 0
                continue
            assert found.gaps == expected
            listed = queries.children_ladders(**of, show="behind", sort=queries.FURTHEST_BEHIND)
            assert listed.total == expected.behind, "the list behind the sentence has as many rows as it says"
            assert [queries.fewer_than_due(one, child, at=NOW) for child in listed.rows] == sorted(
                (gap for gap in gaps if gap > 0), reverse=True
            )


def test_a_state_names_its_districts_on_today_on_its_page_and_in_its_list_and_says_who_is_ahead() -> None:
    cast = Cast.make()
    cast.target("JK-SRI", 250)
    cast.target("JK-JAM", 25)
    cast.crowd(10, "JK-B004", "70065")
    client = cast.client("state_president")
    today, unit, programme = (
        client.get(page).text
        for page in ("/today/", "/units/JK/", f"/programmes/{cast.world.programme.public_id}/?unit=JK")
    )
    for page in (today, unit, programme):
        assert "1 of 2 districts is behind, by 57 in all" in page and "1 is ahead, by 5." in page


def test_where_nothing_has_a_target_no_unit_is_furthest_behind() -> None:
    cast = Cast.make()
    client = cast.client("state_president")
    page = f"/programmes/{cast.world.programme.public_id}/units/?unit=JK&level=district"
    bare = client.get(page).text
    assert "Furthest behind" not in bare.partition("<main")[2] and "no unit is behind" in bare
    assert "furthest" not in client.get("/units/JK/").text
    cast.target("JK-SRI", 250)
    due = client.get(page).text
    assert "Furthest behind" in due.partition("<main")[2] and "no unit is behind" not in due
