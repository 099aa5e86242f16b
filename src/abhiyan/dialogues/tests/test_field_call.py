"""A talk that a phone notes without a network: by the form and the act of its page, once, also the day after."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.deadlines import WITHIN
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions
from abhiyan.dialogues.models import Dialogue
from abhiyan.org.tests.make import World
from abhiyan.pages.tests.test_field import send
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser, undrawn
from abhiyan.programmes.models import Item

from .make import DAY, calls, clock, morning, programme, reachable

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def leader(db: None) -> Account:
    world = World()
    one = reachable(world, "district_in_charge", "N11", 1, "Imtiyaz Mir")
    reachable(world, "booth_president", "N1111", 10, "Sudesh Devi")
    reachable(world, "booth_president", "N1112", 11, "Madan Lal")
    programme(world.unit("N1"))
    assert morning() == 2
    return one


def record(
    leader: Account, call: Dialogue, form: str = "outcome=talked&organisation=2", age: float = HOUR
) -> Any:
    page = f"/field/call/{call.pk}/"
    return {"key": uuid4(), "by": leader.public_id, "record": "call", "page": page, "form": form, "age": age}


def test_a_talk_arrives_once(leader: Account) -> None:
    client, (first, second) = browser(leader), calls(leader)
    sent = record(leader, first)
    answer = send(client, sent)
    assert answer == send(client, sent) == {"kept": True, "href": "/dialogues/"}
    with system("test"):
        assert Dialogue.objects.get(pk=first.pk).outcome == "talked" and Item.objects.count() == 1
    told = send(client, record(leader, second, "outcome=talked"), 422)
    assert told["field"] == "organisation"
    assert send(client, record(leader, first), 409)["code"] == "call_noted", "from another phone"


def test_a_talk_that_arrives_later_counts_for_its_day_and_is_still_asked_about(leader: Account) -> None:
    client, (first, second) = browser(leader), calls(leader)
    given.time(NOW + DAY)
    client = browser(leader)
    assert send(client, record(leader, first), 409)["code"] == "call_over", "written down a day late"
    send(client, record(leader, first, age=DAY.total_seconds()))
    with system("test"):
        assert Item.objects.get().day == NOW.date()
        assert actions.ask_presidents(at=clock(19, 30, days=1)) == 1
    late = WITHIN + DAY
    given.time(NOW + late)
    client = browser(leader)
    assert send(client, record(leader, second, age=late.total_seconds()), 409)["code"] == "call_over"


def kept_calls(client: Client) -> list[str]:
    """The pages of calls that a phone keeps."""
    pages = client.get("/field/keep.json").json()["pages"]
    return [each for each in pages if each.startswith("/field/call/")]


def test_a_phone_keeps_the_calls_of_the_day_without_a_number(leader: Account) -> None:
    client, (first, second) = browser(leader), calls(leader)
    pages = kept_calls(client)
    assert set(pages) == {f"/field/call/{one.pk}/" for one in (first, second)}
    for page in pages:
        copy = client.get(page, headers={"X-Abhiyan-Kept": "1"})
        text = copy.content.decode()
        assert copy["X-Abhiyan-Names"] == "1" and 'data-record="call"' in text
        assert "94190" not in undrawn(text) and "tel:" not in text
    send(client, record(leader, first))
    assert kept_calls(client) == [f"/field/call/{second.pk}/"]
    assert client.get(f"/field/call/{first.pk}/")["Location"] == "/dialogues/"


def test_the_page_without_script_notes_the_same_and_only_ones_own(leader: Account) -> None:
    client, (first, second) = browser(leader), calls(leader)
    page = f"/field/call/{first.pk}/"
    refused = client.post(page, {"outcome": "talked"})
    assert refused.status_code == 422 and "organisation in the booth" in refused.content.decode()
    assert client.post(page, {"outcome": "talked", "organisation": "3"})["Location"] == "/dialogues/"
    with system("test"):
        Dialogue.objects.filter(pk=second.pk).update(leader_id=leader.pk + 1)
    assert client.get(f"/field/call/{second.pk}/").status_code == 404
    assert send(client, record(leader, second), 404)
