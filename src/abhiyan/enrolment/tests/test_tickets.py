"""Rights asked on one's own page: a number, an answer in time from the data officer, and no words in an SMS."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import erasing
from abhiyan.enrolment.models import DataRequest
from abhiyan.enrolment.rules import tickets as rules
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging.models import Message
from abhiyan.people.news import ErasureReplayed
from abhiyan.people.tests.make import body

from .make import Human, World
from .web import blanks, main, officer, open_me, web_world

pytestmark = pytest.mark.django_db
WORDS = "Somebody reads my number aloud"


@pytest.fixture
def world() -> World:
    made = web_world()
    made.web_join(of=made.asha)
    return made


def page_of(human: Human) -> Client:
    client = open_me(human)
    client.get("/me/")
    return client


def ask(client: Client, kind: str = "grievance", **given: str) -> int:
    return client.post("/me/requests/", {"kind": kind, "said": WORDS} | given).status_code


def the_ticket() -> DataRequest:
    with system("test"):
        return DataRequest.objects.get()


def test_a_grievance_gets_a_number_is_answered_by_the_data_officer_and_read_on_ones_own_page(
    world: World,
) -> None:
    client, officer_ = page_of(world.asha), officer(world, "data_officer", "JK-SRI")
    assert ask(client) == 302
    row = the_ticket()
    shown = body(client, "/me/")
    assert row.number in shown and WORDS in shown and "answer by" in shown
    assert WORDS in body(client, "/me/data/")
    assert "1 request from a member" in body(officer_, "/today/")
    assert row.number in body(officer_, "/people/requests/")
    where = f"/people/requests/{row.pk}/"
    asked = body(officer_, where)
    assert world.rows("select count(*) from core_audit where act = 'enrolment.read_ticket'") == [(1,)]
    assert WORDS in asked and "Asha" not in main(officer_.get(where).content)
    assert officer_.post(where, {"text": "We have spoken to them."}).status_code == 302
    assert "We have spoken to them." in body(client, "/me/")
    (sent,) = blanks(world.asha.phone, "ticket.answered")
    assert sent["number"] == row.number and "spoken" not in str(sent)
    assert "request from a member" not in body(officer_, "/today/")
    assert officer_.post(where, {"text": "Again"}).status_code == 409
    assert len(blanks(world.asha.phone, "ticket.answered")) == 1


def test_words_are_nowhere_in_clear(world: World) -> None:
    ask(page_of(world.asha))
    kept = str(world.rows("select t::text from enrolment_ticket t"))
    assert WORDS not in kept and WORDS.encode().hex() not in kept


def test_it_is_due_in_thirty_days_and_marked_once_it_is_overdue(world: World) -> None:
    ask(page_of(world.asha))
    row = the_ticket()
    assert row.due_at - row.asked_at == timedelta(days=30) <= timedelta(days=90)
    client = officer(world, "data_officer", "JK-SRI")
    assert "Overdue" not in main(client.get("/people/requests/").content)
    with system("test"):
        DataRequest.objects.update(due_at=row.asked_at - timedelta(minutes=1))
    assert "Overdue" in main(client.get("/people/requests/").content)
    assert "1 is overdue" in body(client, "/today/")


def test_other_offices_and_data_officers_elsewhere_read_nothing_of_it(world: World) -> None:
    ask(page_of(world.asha))
    where = f"/people/requests/{the_ticket().pk}/"
    for office, unit, status in (
        ("district_president", "JK-SRI", 403),
        ("national_president", "IN", 403),
        ("data_officer", "JK-JAM", 404),
    ):
        client = officer(world, office, unit)
        assert client.get(where).status_code == status
        assert client.post(where, {"text": "No"}).status_code == status
    assert the_ticket().answered_at is None


def test_a_nominee_is_kept_sealed_and_shown_to_who_named_them(world: World) -> None:
    client = page_of(world.asha)
    assert ask(client, "nomination", nominee="Rekha Devi", nominee_phone="12") == 422
    assert ask(client, "nomination", nominee="Rekha Devi", nominee_phone="9906000077") == 302
    row = the_ticket()
    assert row.answered_at == row.asked_at
    shown = body(client, "/me/")
    assert "Rekha Devi" in shown and "+919906000077" in shown
    assert "request from" not in body(officer(world, "data_officer", "JK-SRI"), "/today/")


def test_on_a_shared_phone_each_sees_only_their_own(world: World) -> None:
    world.web_join(of=world.mohan)
    client = open_me(world.asha)
    client.post("/me/which/", {"birth_year": "1980"})
    ask(client)
    client.post("/me/which/", {"birth_year": "1975"})
    other = open_me(world.mohan)
    other.post("/me/which/", {"birth_year": "1975"})
    assert WORDS not in body(other, "/me/")


def test_a_form_without_words_is_refused_at_its_field_and_a_sixth_open_one_too(world: World) -> None:
    client = page_of(world.asha)
    assert ask(client, said=" ") == 422 and ask(client, kind="moon") == 422
    for _n in range(rules.MOST_OPEN):
        assert ask(client) == 302
    assert ask(client) == 409


def test_no_answer_is_announced_to_a_phone_that_said_no_and_it_stands_on_the_page(world: World) -> None:
    client = page_of(world.asha)
    ask(client)
    assert client.post("/me/leave/").status_code == 200
    officer(world, "data_officer", "JK-SRI").post(f"/people/requests/{the_ticket().pk}/", {"text": "Done."})
    assert blanks(world.asha.phone, "ticket.answered") == []
    assert "Done." in body(page_of(world.asha), "/me/")


def test_what_a_restore_brings_back_of_an_erased_persons_requests_is_emptied_again(world: World) -> None:
    ask(page_of(world.asha))
    row = the_ticket()
    with system("test"):
        erasing.end_again(
            erasure_replayed=ErasureReplayed(
                row.person_id, row.phone_id, Channel.WEB, row.asked_at + timedelta(hours=1)
            )
        )
    assert the_ticket().sealed_said is None and the_ticket().answered_at is not None


def test_erasing_is_a_request_that_is_answered_and_empties_the_others(world: World) -> None:
    client = page_of(world.asha)
    ask(client)
    number = re.search(r"T-[0-9A-Z]{4}-[0-9A-Z]{4}", client.post("/me/erase/").content.decode())
    with system("test"):
        rows = {row.kind: row for row in DataRequest.objects.all()}
    assert rows["grievance"].sealed_said is None and rows["grievance"].answered_at is not None
    assert number is not None and rows["erasure"].number == number[0]
    assert rows["erasure"].answered_at is not None
    with system("test"):
        assert not Message.objects.filter(template="ticket.answered").exists()
