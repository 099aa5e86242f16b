"""The page behind the link of an offer: opening it accepts nothing, and only who was named answers there."""

import pytest
from django.test import Client

from abhiyan.org.models import Appointment
from abhiyan.people.tests.make import browser

from .make import World
from .offered import again, asked, holder_of, offer, page, world_with_texts

# An answer waits for the phone and the office, as in a request of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return world_with_texts()


@pytest.fixture
def made(world: World) -> Appointment:
    return offer(world)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_link_accepts_once_and_looking_does_nothing(made: Appointment, language: str) -> None:
    phone, where = Client(HTTP_ACCEPT_LANGUAGE=language), page(made)
    for looked in (phone.get, phone.head, phone.get):
        assert looked(where).status_code == 200
    assert again(made).state == "offered"
    assert phone.post(where, {"answer": "accept"}).status_code == 200
    assert (again(made).state, again(made).accepted_how) == ("active", "link")
    later = phone.get(where)
    assert later.status_code == 200 and 'href="/sign-in/"' in later.content.decode(), "the way in again"
    assert phone.post(where, {"answer": "decline"}).status_code == 404
    assert again(made).state == "active"


def test_a_network_of_many_guesses_still_lets_in_who_holds_a_link(
    made: Appointment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", "link.wrong=1")
    assert [Client().get("/office/guessed/").status_code for _n in range(2)] == [404, 429]
    assert Client().get(page(made)).status_code == 200
    assert Client().post(page(made), {"answer": "accept"}).status_code == 200


def test_the_link_declines_with_a_reason_where_there_is_one(made: Appointment) -> None:
    where = page(made)
    assert Client().post(where, {"answer": "decline", "why": " I moved \n away "}).status_code == 200
    assert again(made).end_reason == "declined: I moved away"


@pytest.mark.parametrize("sent", [{}, {"answer": ""}, {"answer": "yes"}, {"why": "no button"}])
def test_a_form_without_its_button_declines_nothing(made: Appointment, sent: dict[str, str]) -> None:
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").post(page(made), sent)
    assert answer.status_code == 422 and "Press one of the buttons" in answer.content.decode()
    signed_in = browser(holder_of(made)).post(f"/appointments/{made.public_id}/answer/", sent)
    assert signed_in.status_code == 422 and "Press one of the buttons" in signed_in.content.decode()
    assert again(made).state == "offered" and asked(made).answered_at is None


def test_what_org_refuses_behind_the_link_is_said_there_and_the_offer_stays(
    world: World, made: Appointment
) -> None:
    world.appoint(holder_of(made), "data_officer", "N12")
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").post(page(made), {"answer": "accept"})
    assert answer.status_code == 422 and "data officer" in answer.content.decode().lower()
    assert again(made).state == "offered" and asked(made).answered_at is None
    assert Client().post(page(made), {"answer": "decline"}).status_code == 200


def test_a_link_of_the_release_before_says_where_to_sign_in(made: Appointment) -> None:
    old = Client(HTTP_ACCEPT_LANGUAGE="en").get("/office/Zm9vYmFyYmF6cXV4MTIzNA/")
    assert old.status_code == 404 and "Sign in to see your offices" in old.content.decode()
