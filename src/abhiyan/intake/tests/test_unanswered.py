"""Members whose phones have not answered: the list to visit, and the tick of a door somebody has been at."""

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.contact.models import ContactTry
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.enrolment.models_places import Whereabout
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.people import actions as people_acts
from abhiyan.people import queries as people

pytestmark = pytest.mark.django_db
PAGE = "/people/unanswered/"
WHO = [Human(f"{name} Devi", 1979, f"+9199060077{n:02}") for n, name in enumerate(("Kamla", "Sita", "Meera"))]


@pytest.fixture
def world() -> World:
    return web_world()


def written(world: World, unit: str = "JK-B001", people: list[Human] = WHO) -> list[str]:
    """Return the addresses of the ticks of people on a paper list."""
    taken = [world.take(world.claim(who, Channel.PAPER, unit=world.units[unit])) for who in people]
    return [f"{PAGE}{one.membership}/" for one in taken]


def listed(client: Client, asked: str = "") -> list[str]:
    """Return the names of a list from top to bottom."""
    page = client.get(f"{PAGE}?unit=JK-B001{asked}").content.decode()
    return re.findall(r">(\w+) Devi</a>", page)


def test_the_unit_is_a_heading_once_and_the_longest_wait_comes_first(world: World, worker: Client) -> None:
    written(world)
    page = worker.get(f"{PAGE}?unit=JK-B001").content.decode()
    assert re.findall(r'<h3 class="gap-top">([^<]*)</h3>', page) == ["Rajbagh School"]
    assert "ending in 7 7 0 0" in page and "Paper list" in page
    assert sorted(listed(worker)) == ["Kamla", "Meera", "Sita"]


def test_people_of_one_street_come_one_after_the_other(world: World, worker: Client) -> None:
    written(world)
    with system("test"):
        claims = world.rows(
            "select c.public_id, c.phone_id, c.unit_id, p.name from enrolment_claim c"
            " join enrolment_membership m on m.id = c.membership_id join people_person p on p.id = m.person_id"
        )
        streets = {"Kamla Devi": "Upper lane", "Sita Devi": "Lower lane", "Meera Devi": "Upper lane"}
        for claim, phone, unit, name in claims:
            Whereabout.objects.create(
                claim=UUID(str(claim)),
                phone_id=UUID(str(phone)),
                unit_id=int(str(unit)),
                place=streets[str(name)],
            )
    assert listed(worker)[0] == "Sita" and "Lower lane" in worker.get(PAGE).content.decode()


def test_a_tick_sinks_the_row_counts_nothing_and_is_undone_by_who_made_it(
    world: World, worker: Client
) -> None:
    ticks = written(world)
    before = world.ladder(world.booth)
    answer = worker.post(f"{ticks[0]}?unit=JK-B001&show=open")
    assert answer["Location"] == f"{PAGE}?unit=JK-B001&show=open"
    assert listed(worker)[-1] == "Kamla" and "Kamla" not in listed(worker, "&show=open")
    assert world.ladder(world.booth) == before
    with system("test"):
        tried = ContactTry.objects.get()
        assert (tried.way, tried.outcome, tried.is_visit) == ("card", "visited", True)
        assert AuditEntry.objects.filter(act="enrolment.visit").count() == 1
    colleague = officer(world, "booth_president", "JK-B001")
    page = colleague.get(f"{PAGE}?unit=JK-B001").content.decode()
    assert "Been there: booth_worker" in page and "Undo" not in page
    assert "There is nothing to undo" in colleague.post(ticks[0], {"undo": "1"}, follow=True).content.decode()
    worker.post(ticks[0], {"undo": "1"})
    with system("test"):
        assert not ContactTry.objects.filter(undone_at=None).exists()
        assert AuditEntry.objects.filter(act="enrolment.undo_visit").count() == 1
    assert "Kamla" in listed(worker, "&show=open")


def test_a_door_is_ticked_once_and_not_after_the_phone_has_answered(world: World, worker: Client) -> None:
    first, second, _third = written(world)
    worker.post(first)
    worker.post(first)
    world.missed_call(of=WHO[1])
    assert "Nothing to do" in worker.post(second, follow=True).content.decode()
    with system("test"):
        assert ContactTry.objects.count() == 1


def test_who_wants_no_visits_leaves_the_list_for_good_and_stays_a_member(
    world: World, worker: Client
) -> None:
    """The worker needs no consent to calls for it. A no by SMS leaves the list too, and nobody sees whose it was."""
    first, second, _third = written(world)
    asked = "?unit=JK-B001&show=open"
    assert f"{first}no/{asked}" in worker.get(f"{PAGE}{asked}").content.decode().replace("&amp;", "&")
    page = worker.get(f"{first}no/{asked}").content.decode()
    assert "Kamla Devi" in page and "Only they can take this back" in page
    assert listed(worker).count("Kamla") == 1, "a page that asks does nothing"
    assert worker.post(f"{first}no/{asked}")["Location"] == f"{PAGE}{asked}"
    worker.post(second)
    with system("test"):
        (sita,) = people_acts.keep_phones(phones=[WHO[1].phone])
        people_acts.suppress(phone_id=sita, channel=Channel.SMS, by=Actor.system("a provider"), at=world.now)
        (kamla,) = people_acts.keep_phones(phones=[WHO[0].phone])
        assert sorted(ContactTry.objects.values_list("outcome", flat=True)) == ["never", "visited"]
        assert world.rows("select count(*) from enrolment_enrolment where ended_at is not null") == [(0,)]
    assert people.phones_that_said_no([kamla]) == {kamla}
    assert listed(worker) == ["Meera"] == listed(worker, "&show=open")
    assert worker.post(first, {"undo": "1"}).status_code == 302
    assert listed(worker) == ["Meera"], "the worker cannot undo it"


def test_nobody_notes_a_no_for_another_booth_or_once_the_phone_has_answered(
    world: World, worker: Client
) -> None:
    (there,) = written(world, "JK-B002", WHO[:1])
    (here,) = written(world, people=WHO[1:2])
    for ask in (worker.get, worker.post):
        assert ask(f"{there}no/").status_code == 404
    world.missed_call(of=WHO[1])
    assert worker.post(f"{here}no/").status_code == 409
    with system("test"):
        assert not ContactTry.objects.exists()


def test_nobody_ticks_or_reads_the_list_of_another_booth(world: World, worker: Client) -> None:
    (tick,) = written(world, "JK-B002", WHO[:1])
    assert worker.get(f"{PAGE}?unit=JK-B002").status_code == 403
    assert worker.post(tick).status_code == 404
    with system("test"):
        assert not ContactTry.objects.exists()


def test_above_a_mandal_one_chooses_a_smaller_unit(world: World) -> None:
    written(world)
    page = officer(world, "state_president", "JK").get(PAGE).content.decode()
    assert "Choose a smaller unit" in page and "Kamla" not in page


def test_the_list_pages_on_the_server_and_reads_as_often_however_many(world: World, worker: Client) -> None:
    ticks = written(world)
    for tick in ticks[:2]:
        worker.post(tick)
    worker.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        worker.get(PAGE)
    more = [
        Human(f"Person {chr(97 + n // 26)}{chr(97 + n % 26)}", 1970, f"+91990601{1000 + n}")
        for n in range(52)
    ]
    written(world, people=more)
    with CaptureQueriesContext(connection) as many:
        page = worker.get(PAGE).content.decode()
    assert len(many) <= len(few)
    assert "Showing 1–50 of 55" in page and "Been there:" not in page
    assert "Been there:" in worker.get(f"{PAGE}?page=2").content.decode(), "who was visited comes last"
