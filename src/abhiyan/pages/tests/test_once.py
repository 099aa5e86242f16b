"""The same form of an account is done once, however often it is sent."""

import re
import threading
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory

from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.tests import make as meetings
from abhiyan.messaging.models import Circular
from abhiyan.org.middleware import press_of
from abhiyan.org.tests.make import World
from abhiyan.org.tests.rights import Rights
from abhiyan.people.models import Account
from abhiyan.people.models_field import FieldReceipt
from abhiyan.people.tests.make import body, browser

PAGE = "/messages/circulars/new/?unit=N1"
TEXT = {"title": "Booth presidents", "text": "Meet them.", "office": "", "number": ""}
SAID = "This was sent before, and done once."


def sender() -> Account:
    """Somebody who may send circulars in a state with one office below."""
    world = World()
    rights = Rights(world.unit)
    rights.holder("people.read", at="N11")
    return rights.holder("messages.circular", "people.read", at="N1")


def n_circulars() -> int:
    with system("test"):
        return Circular.objects.count()


def key_of(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    return found[1]


@pytest.mark.django_db
@pytest.mark.parametrize("has_key", [False, True])
def test_a_meeting_called_twice_by_one_form_is_one_meeting(has_key: bool) -> None:
    cast = meetings.reachable()
    client = browser(cast.accounts["state_president"])
    page = "/meetings/new/?unit=JK"
    given: dict[str, str | list[str]] = {
        "kind": "meeting",
        "title": "State meeting",
        "first_on": (meetings.TODAY + 5 * meetings.DAY).isoformat(),
        "last_on": "",
        "starts": "10:00",
        "place": "Jammu",
        "offices": list(meetings.LEADERS),
    }
    if has_key:
        given["csrfmiddlewaretoken"] = key_of(body(client, page))
    asked = client.post(page, given)
    assert asked.status_code == 200
    expected = re.search(r'name="expected" value="(\d+)"', asked.content.decode())
    assert expected is not None
    given["expected"] = expected[1]
    first, again, later = (client.post(page, given) for _n in range(3))
    assert (first.status_code, again.status_code, later.status_code) == (302, 302, 302), (
        first.content.decode()
    )
    assert first["Location"] == again["Location"] == later["Location"]
    assert SAID in body(client, again["Location"])
    with system("test"):
        assert Meeting.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("has_key", [False, True])
def test_a_form_is_done_again_when_it_was_refused_or_says_something_else(has_key: bool) -> None:
    client = browser(sender())
    key = {"csrfmiddlewaretoken": key_of(body(client, PAGE))} if has_key else {}
    assert [client.post(PAGE, key | {"title": "x"}).status_code for _n in range(2)] == [422, 422]
    with system("test"):
        assert not FieldReceipt.objects.exists()
    client.post(PAGE, key | TEXT)
    client.post(PAGE, key | TEXT)
    assert n_circulars() == 1
    client.post(PAGE, key | TEXT | {"title": "Mandal presidents"})
    assert n_circulars() == 2


@pytest.mark.django_db
def test_a_new_page_may_say_the_same_again() -> None:
    client = browser(sender())
    for n in (1, 2):
        client.post(PAGE, TEXT | {"csrfmiddlewaretoken": key_of(body(client, PAGE))})
        assert n_circulars() == n


@pytest.mark.django_db
def test_another_account_is_not_held_by_the_same_form() -> None:
    world = World()
    rights = Rights(world.unit)
    rights.holder("people.read", at="N11")
    for n in (1, 2):
        client = browser(rights.holder("messages.circular", "people.read", at="N1"))
        client.post(PAGE, TEXT)
        assert n_circulars() == n


@pytest.mark.django_db
def test_what_sets_nothing_going_is_sent_as_often_as_one_likes_without_a_key() -> None:
    client = browser(sender())
    assert [client.post("/language/", {"language": "hi", "next": "/"}).status_code for _n in range(3)] == [
        302
    ] * 3
    with system("test"):
        assert not FieldReceipt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one() -> None:
    account = sender()
    clients = [browser(account) for _n in range(2)]
    answers: list[str] = []
    together = threading.Barrier(2)

    def press(client: Client) -> None:
        together.wait(PATIENCE_S)
        try:
            answers.append(client.post(PAGE, TEXT)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[each]) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join(PATIENCE_S)
    assert n_circulars() == 1 and len(set(answers)) == 1 and len(answers) == 2


def test_each_part_of_a_form_makes_it_another() -> None:
    def of(address: str = "/a/", **fields: object) -> HttpRequest:
        return RequestFactory().post(address, fields)

    def file(content: bytes, name: str = "rows.csv") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    today = date(2026, 11, 28)
    same = [press_of(of(a="1", b="2"), today) for _n in range(2)]
    assert same[0] == same[1]
    others = [
        press_of(of(a="1"), today),
        press_of(of("/a/?unit=N1", a="1"), today),
        press_of(of(a=["1", ""]), today),
        press_of(of(a="1", b=""), today),
        press_of(of(a="1\nb="), today),
        press_of(of(a="1"), date(2026, 11, 29)),
        press_of(of(a="1", csrfmiddlewaretoken="x"), today),
        press_of(of(a="1", csrfmiddlewaretoken="y"), today),
        press_of(of(a="1", list=file(b"one")), today),
        press_of(of(a="1", list=file(b"two")), today),
        press_of(of(a="1", other=file(b"two")), today),
    ]
    assert len({*same, *others}) == 1 + len(others)


def test_a_file_is_read_from_its_start_afterwards() -> None:
    request = RequestFactory().post("/a/", {"list": BytesIO(b"one")})
    press_of(request, date(2026, 11, 28))
    assert [each.read() for each in request.FILES.getlist("list")] == [b"one"]
