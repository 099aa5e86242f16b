"""A link puts people into the unit that it names, of every level in every tree, or asks for a place inside it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Membership, Roll
from abhiyan.enrolment.queries.join import HOMES
from abhiyan.enrolment.rules import rolls
from abhiyan.intake import actions as intake
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .make import Human, World
from .web import code_sent, typed, web_world

pytestmark = pytest.mark.django_db
PAGE = "/join/winter/"
ROLLS = {"members": rolls.MEMBERS, "friends": rolls.FRIENDS, "contributors": rolls.CONTRIBUTORS}
HIDDEN = re.compile(r'<input type="hidden" name="(within|under|ref)" value="([^"]*)"')
CHOSEN = re.compile(r'<input type="radio" name="unit" value="([^"]+)"\s+checked')
OFFERED = re.compile(r'<input type="radio" name="unit" value="([^"]+)"')


@pytest.fixture
def world() -> World:
    return web_world()


def hang(world: World, hierarchy: int, owner: str, roll: str) -> None:
    """The drive counts along this tree, from this unit, on this roll."""
    with system("test"):
        Programme.objects.filter(pk=world.programme.pk).update(hierarchy=hierarchy, owner=world.units[owner])
        ProgrammeUnit.objects.filter(programme=world.programme).update(unit=world.units[owner])
        kind = ROLLS[roll]
        Roll.objects.filter(pk=world.roll.pk).update(
            code=kind.code, gives_way=kind.gives_way, stands_beside=kind.stands_beside
        )
    intake.forget_drives()


def opened(code: str) -> tuple[str, dict[str, str]]:
    """The page of a link, and what its form sends of the place as it stands."""
    page = browser().get(PAGE, {"unit": code, "by": "DKCP842"}).content.decode()
    sent = dict(HIDDEN.findall(page))
    if chosen := CHOSEN.search(page):
        sent["unit"] = chosen[1]
    return page, sent


def sent_by(n: int, place: dict[str, str]) -> tuple[Client, Any, Human]:
    human = Human(f"Asha {chr(65 + n % 26)}evi", 1960 + n % 30, f"+9199070{n:05d}")
    client = browser()
    return client, client.post(PAGE, typed(human, **place)), human


def home_of(client: Client, answer: Any, human: Human, mark: str = "") -> int:
    """Type the code too. Return the unit where the person is now a member."""
    assert answer.status_code == 302, answer.content.decode()
    done = client.post(answer["Location"], {"code": code_sent(human.phone, f"join{mark}")})
    assert done.status_code == 302, done.content.decode()
    with system("test"):
        return Membership.objects.get(phone_id=keyring().phone_id(human.phone)).unit_id


TREES = [(owner, tree, "members") for owner in ("IN", "JK") for tree in Hierarchy]
KINDS = [("IN", Hierarchy.ELECTORAL, roll) for roll in ROLLS if roll != "members"]


@pytest.mark.parametrize(("owner", "hierarchy", "roll"), TREES + KINDS)
def test_who_joins_by_a_link_of_any_unit_is_in_it_or_was_asked_for_a_place_in_it(
    world: World, owner: str, hierarchy: Hierarchy, roll: str
) -> None:
    hang(world, hierarchy, owner, roll)
    mark = ROLLS[roll].mark
    below = {
        code: [
            each
            for each in world.units.values()
            if units.stands_below(each.pk, unit.pk) and each.kind in HOMES
        ]
        for code, unit in world.units.items()
    }
    for n, (code, unit) in enumerate(world.units.items()):
        page, place = opened(code)
        is_whole = units.stands_below(world.units[owner].pk, unit.pk)
        client, answer, human = sent_by(n * 3, place)
        if answer.status_code == 302:
            home = home_of(client, answer, human, mark)
            assert units.stands_below(home, unit.pk), f"{code}: {home}"
        else:
            said = f"Choose a place in {unit.names['en']}"
            is_lost = "The place of this link is not part of this drive" in answer.content.decode()
            assert answer.status_code == 422, code
            assert is_lost or escape(said) in answer.content.decode(), code
        if is_whole or "within" not in place or place["within"] == "?":
            continue
        outside = next((u for u in world.units.values() if u.kind in HOMES and u not in below[code]), None)
        if outside is not None:
            _client, answer, _human = sent_by(n * 3 + 1, place | {"unit": outside.code})
            assert answer.status_code == 422 and escape(unit.names["en"]) in answer.content.decode(), code
        inside = [each for each in OFFERED.findall(page) if each != code]
        if inside:
            client, answer, human = sent_by(n * 3 + 2, place | {"unit": inside[0]})
            assert units.stands_below(home_of(client, answer, human, mark), unit.pk), code


def test_the_search_of_a_link_finds_places_in_its_unit_alone(world: World) -> None:
    asked = {"within": "JK-SRI", "where": "JK-B004"}
    assert 'value="JK-B004"' in browser().get(f"{PAGE}places/", asked | {"within": ""}).content.decode()
    page = browser().get(f"{PAGE}places/", asked).content.decode()
    assert 'value="JK-B004"' not in page and 'name="within" value="JK-SRI"' in page


def test_who_lives_elsewhere_says_so_and_the_credit_stays(world: World) -> None:
    human = World.asha
    _page, place = opened("JK-B001")
    page = browser().post(PAGE, typed(human, **place, elsewhere="1")).content.decode()
    assert 'name="within"' not in page and 'value="DKCP842"' in page and human.name in page
    assert 'value="JK-B001"' not in page


def test_a_link_of_a_unit_that_is_not_there_says_so_and_asks(world: World) -> None:
    page, place = opened("JK-B999")
    assert "The place of this link is not part of this drive" in page
    _client, answer, _human = sent_by(1, place | {"unit": ""})
    assert answer.status_code == 422
    client, answer, human = sent_by(2, place | {"unit": "JK-B001"})
    assert home_of(client, answer, human) == world.booth.pk


def test_coming_back_from_the_code_keeps_the_unit_of_the_link(world: World) -> None:
    _page, place = opened("JK-SRI")
    client, answer, _human = sent_by(1, place | {"unit": "JK-B001"})
    back = re.search(r'href="(/join/winter/\?again=1[^"]*)"', client.get(answer["Location"]).content.decode())
    assert back is not None
    assert 'name="within" value="JK-SRI"' in client.get(back[1].replace("&amp;", "&")).content.decode()
