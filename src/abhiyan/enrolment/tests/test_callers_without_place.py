"""A caller gets a place by joining: below the unit that owns the drive, a funnel of calls shows only who joined."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.programmes import actions as programmes

from .make import Human, World
from .web import join, officer, web_world

pytestmark = pytest.mark.django_db
CALLS = ["Reported", "Unique callers", "Links opened", "Completed", "Counted"]
LATER = ["Completed", "Counted"]


@pytest.fixture
def world() -> World:
    return web_world()


def call(world: World, *humans: Human, joined: bool = False) -> None:
    for human in humans:
        world.tick()
        world.missed_call(of=human)
        if joined:
            world.complete(of=human)


def fold() -> None:
    with system("test"):
        programmes.fold_changes(at=NOW)


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    main = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def steps(client: Client, unit: str, hierarchy: str = "organisational") -> list[list[str]]:
    """The names of the steps of each channel on a unit's page."""
    page = client.get(f"/units/{unit}/?in={hierarchy}&show=all").content.decode()
    tables = page.split('<table class="funnel">')[1:]
    return [
        [one for one in re.findall(r'<th scope="row">([^<]*)', each.split("</table>")[0]) if one]
        for each in tables
    ]


def exported(client: Client, world: World, unit: str, hierarchy: str = "organisational") -> list[list[str]]:
    path = f"/drives/{world.programme.public_id}/funnel/?format=csv&unit={unit}&in={hierarchy}"
    return list(csv.reader(io.StringIO(client.get(path).getvalue().decode("utf-8-sig"))))


def test_below_the_unit_where_callers_count_a_funnel_begins_with_who_joined(world: World) -> None:
    call(world, world.asha, joined=True)
    call(world, world.bilal, world.chandra)
    fold()
    state = officer(world, "state_president", "JK")
    funnel = f"/drives/{world.programme.public_id}/funnel/?unit="
    nation = officer(world, "national_president", "IN")
    for unit, hierarchy in (("JK", "organisational"), ("IN", "organisational"), ("JK", "electoral")):
        assert steps(nation, unit, hierarchy) == [CALLS], unit
        assert exported(nation, world, unit, hierarchy)[0][2:] == CALLS
        for path in (f"/units/{unit}/?in={hierarchy}&show=all", f"{funnel}{unit}&in={hierarchy}"):
            said = "2 of these callers have no place yet. They count in Jammu and Kashmir, and in no unit below it."
            assert said in text(nation, path), path
    for unit, hierarchy in (
        ("JK-SRI", "organisational"),
        ("JK-B001", "organisational"),
        ("JK-PC1", "electoral"),
    ):
        assert steps(state, unit, hierarchy) == [LATER], unit
        head, line = exported(state, world, unit, hierarchy)
        assert head[2:] == LATER and line[2:] == ["1", "1"]
        for path in (f"/units/{unit}/?in={hierarchy}&show=all", f"{funnel}{unit}&in={hierarchy}"):
            page = text(state, path)
            assert "You see callers here once they have joined" in page, path
            assert "2 callers have no place yet and count only in Jammu and Kashmir." in page, path
            assert "Unique callers" not in page and "Links opened" not in page, path
    drive = text(officer(world, "district_president", "JK-SRI"), f"/drives/{world.programme.public_id}/")
    assert "You see callers here once they have joined" in drive and "Unique callers" not in drive


def test_where_every_caller_has_a_place_every_step_is_shown(world: World) -> None:
    call(world, world.asha, joined=True)
    fold()
    state = officer(world, "state_president", "JK")
    assert steps(state, "JK-SRI") == [CALLS]
    assert "no place yet" not in text(state, "/units/JK-SRI/?show=all")


def test_another_channel_is_shortened_only_where_it_holds_callers_without_a_place(world: World) -> None:
    world.web_join(of=world.asha)
    world.api(of=world.bilal)
    fold()
    state = officer(world, "state_president", "JK")
    whole = ["Reported", *LATER]
    assert steps(state, "JK-SRI") == [whole, whole]
    world.take(world.claim(world.chandra, Channel.API, sign=Sign.CALL, nameless=True))
    fold()
    assert steps(state, "JK-SRI") == [whole, LATER], "the one by the API waits at the state"
    assert steps(state, "JK") == [whole, whole]


def test_from_outside_the_number_is_told_in_tens_and_a_few_not_at_all(world: World) -> None:
    now, world.now = world.now, world.now - timedelta(days=2)
    call(world, world.asha, joined=True)
    call(world, *(Human("Caller", 1980, f"+9197970000{n:02d}") for n in range(13)))
    world.now = now
    call(world, *(Human("Caller", 1980, f"+9197970001{n:02d}") for n in range(4)))
    fold()
    district = officer(world, "district_president", "JK-SRI")
    page = text(district, "/units/JK-SRI/?show=all")
    assert "10 callers have no place yet and count only in Jammu and Kashmir." in page
    assert steps(district, "JK-SRI") == [LATER]


def test_few_callers_without_a_place_are_not_numbered_for_outsiders(world: World) -> None:
    now, world.now = world.now, world.now - timedelta(days=2)
    call(world, world.asha, joined=True)
    call(world, world.bilal)
    world.now = now
    fold()
    district = officer(world, "district_president", "JK-SRI")
    page = text(district, "/units/JK-SRI/?show=all")
    assert "Before that they count only in Jammu and Kashmir." in page and "no place yet" not in page
    assert steps(district, "JK-SRI") == [LATER]


def test_the_words_under_the_list_agree_with_the_worklist_of_members_without_a_place(world: World) -> None:
    call(world, world.asha)
    fold()
    state = officer(world, "state_president", "JK")
    own = ("/units/JK/?show=all", f"/programmes/{world.programme.public_id}/?unit=JK")
    for path in own:
        page = text(state, path)
        assert "1 call, message or form has no place yet." in page, path
        assert "A caller gets a place by joining." in page and "Give them a place" not in page, path
    assert "Everybody has a place" in text(state, "/people/unplaced/")
    join(world, world.bilal)  # says no place
    fold()
    for path in own:
        page = text(state, path)
        assert "2 calls, messages and forms have no place yet." in page, path
        assert "1 member has no place yet. Give them a place" in page, path
    assert "Bilal" in text(state, "/people/unplaced/")
