"""The demo's committees and wings."""

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.org import demo, queries

from .make import AT, TODAY, World, actor

pytestmark = pytest.mark.django_db


def test_the_state_and_some_districts_have_bodies_with_holders_and_vacancies(world: World) -> None:
    codes = {"JK": "N1", "JK-D627": "N11", "JK-D14": "N12", "JK-D5": "N21"}
    ids = {code: world.unit(here) for code, here in codes.items()}
    ground = SampleGround(seed="one seed", at=AT, ids=ids, shown={}, holders={}, programme_id=0)
    with system("test"):
        demo._sit(ground)
        found = {code: queries.bodies_of(unit, on=TODAY) for code, unit in ids.items()}
    assert {code: [one.vacant for one in bodies] for code, bodies in found.items()} == {
        "JK": [2, 4, 0],
        "JK-D627": [2],
        "JK-D14": [1],
        "JK-D5": [4],
    }
    with system("test"):
        demo._lead_states(ground)
        led = {
            one.names["en"]: one.name for one in queries.bodies_of(ids["JK"], on=TODAY) if one.kind == "wing"
        }
        held = [one.office for one in queries.ask_offices_here(ids["JK"], on=TODAY)() if one.name]
    assert len(led) == 7 and all(led.values()), "seven wings, each with its president"
    assert {"state_president", "state_general_secretary", "state_secretary"} <= set(held)
    assert all("hi" in one.names for bodies in found.values() for one in bodies)


def test_two_leaders_add_page_committees_and_some_booths_have_one(world: World) -> None:
    leaders = {
        office: (actor(world.holder(office, code)), world.unit(code))
        for office, code in (("state_president", "N1"), ("national_president", "N"))
    }
    booths = [world.unit(code) for code in ("N1111", "N1112", "N1121", "N1122")]
    presidents = dict.fromkeys(booths, leaders["state_president"][0])
    ground = SampleGround(
        seed="one seed",
        at=AT,
        ids={"JK": world.unit("N1")},
        shown=leaders,
        holders={"booth_president": presidents},
        programme_id=0,
    )
    with system("test"):
        demo._add_page_committees(ground)
        vacant = [[row.vacant for row in queries.bodies_of(booth, on=TODAY)] for booth in booths]
        lacking = [len(queries.bodies_missing(booth)) for booth in booths]
    assert vacant == [[0], [0], [4], []] and lacking == [0, 0, 0, 1]
