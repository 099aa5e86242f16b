"""A missed call, its link, a member."""

import pytest
from django.test import Client

from abhiyan.enrolment.queries.first_calls import link_secret
from abhiyan.enrolment.tests.make import Ladder, World
from abhiyan.enrolment.tests.web import main, typed, web_world
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def address(world: World) -> str:
    ((waiting,),) = world.rows("select id from enrolment_waiting")
    return f"/j/{link_secret(waiting.bytes)}/"  # type: ignore[attr-defined]  # a UUID


def form(world: World, **other: str) -> dict[str, str]:
    said = typed(world.asha, unit="JK-B001", **other)
    del said["phone"]
    return said


def complete(world: World, where: str) -> Client:
    client = browser()
    assert client.post(where, form(world))["Location"] == "/join/winter/done/"
    return client


def test_a_missed_call_its_link_and_the_form_make_a_member_who_is_counted(world: World) -> None:
    world.missed_call(of=world.asha)
    where = address(world)
    client = browser()
    page = client.get(where).content.decode()
    assert "0001" in page and world.asha.phone[3:] not in page
    assert 'name="phone"' not in page and 'name="adult"' in page
    assert world.rows("select opened_at is not null from enrolment_waiting") == [(True,)]
    assert client.post(where, form(world))["Location"] == "/join/winter/done/"
    assert "Asha Devi" in client.get("/join/winter/done/").content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted()


def test_opening_twice_counts_once(world: World) -> None:
    world.missed_call(of=world.asha)
    for _twice in range(2):
        assert browser().get(address(world)).status_code == 200
    assert world.tallies() == world.recounted()


def test_wrong_and_used_links_are_answered_alike_and_with_a_way_on(world: World) -> None:
    world.missed_call(of=world.asha)
    where = address(world)
    complete(world, where)
    pages = [browser().get(path) for path in (where, "/j/abcdefghijklmnop/", "/j/x/")]
    assert {page.status_code for page in pages} == {404}
    assert len({main(page.content) for page in pages}) == 1
    assert 'href="/join/"' in pages[0].content.decode() and 'href="/me/"' in pages[0].content.decode()


def test_sent_twice_the_first_outcome_comes_back(world: World) -> None:
    world.missed_call(of=world.asha)
    where = address(world)
    complete(world, where)
    complete(world, where)
    assert world.count("enrolment_claim") == world.count("enrolment_membership") == 1


def test_a_minor_behind_a_link_leaves_a_number_and_the_call_stays_reported(world: World) -> None:
    world.missed_call(of=world.asha)
    where = address(world)
    answer = browser().post(where, form(world) | {"birth_year": "2014"})
    assert answer.status_code == 422
    assert "We kept nothing of what you typed" in answer.content.decode()
    assert world.rows("select n from enrolment_refused_count") == [(1,)]
    assert world.ladder(world.state) == Ladder(reported=1)


def test_errors_stay_on_the_links_own_page(world: World) -> None:
    world.missed_call(of=world.asha)
    where = address(world)
    answer = browser().post(where, form(world) | {"name": ""})
    assert answer.status_code == 422
    assert f'action="{where}"' in answer.content.decode()


def test_a_link_of_a_drive_that_is_over_opens_nothing(world: World) -> None:
    from abhiyan.core.scope import system

    world.missed_call(of=world.asha)
    where = address(world)
    with system("test"):
        world.programme.state = "closed"
        world.programme.save()
    assert browser().get(where).status_code == 404
    assert browser().post(where, form(world)).status_code == 404
