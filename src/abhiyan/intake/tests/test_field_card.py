"""The field card: a member whose phone has not answered is informed, and leaves Today until the next time."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.contact.models import ContactTry
from abhiyan.contact.tests.at_doors import no_poll, talks_of_others
from abhiyan.core.actor import Actor
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment import actions
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.intake import actions as intake
from abhiyan.people.models import Purpose
from abhiyan.polls.models import Poll

from .test_calls import JOIN, connect

pytestmark = pytest.mark.django_db
KAMLA = Human("Kamla Devi", 1979, "+919906007732")
NAZIR = Human("Nazir Ahmad", 1968, "+919906007733")


@pytest.fixture
def world() -> World:
    found = web_world()
    connect(found, "generic", "join", JOIN)
    no_poll(found.units["JK"].pk)
    return found


def written(world: World, who: Human, *consents: int, unit: str = "JK-B001") -> str:
    """Somebody is on a paper list, and their phone has not answered; the address of their card."""
    claim = world.claim(who, Channel.PAPER, unit=world.units[unit])
    outcome = world.take(replace(claim, consents=(Purpose.MEMBERSHIP, *(consents or (Purpose.CALLS,)))))
    return f"/field/card/{outcome.membership}/"


def noted(client: Client, card: str, outcome: str, **other: str) -> None:
    answer = client.post(card, {"outcome": outcome} | other)
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content.decode()


def on_today(client: Client) -> list[str]:
    """The cards Today leads to."""
    return re.findall(r'href="(/field/card/[^"]*)"', client.get("/today/").content.decode())


def test_the_card_says_whom_what_and_which_number_and_told_they_leave_today_for_a_week(
    world: World, worker: Client
) -> None:
    card = written(world, KAMLA)
    assert on_today(worker) == [card]
    page = worker.get(card).content.decode()
    assert "Kamla Devi" in page and "give a missed call to" in page
    assert f'href="tel:{JOIN}"' in page and "Membership drive · Rajbagh School" in page
    assert KAMLA.phone not in page and "Show their number" not in page, "a worker sees no number"
    noted(worker, card, "talked")
    assert on_today(worker) == []
    with system("test"):
        tried = ContactTry.objects.get()
        assert (tried.way, tried.outcome, tried.is_visit) == ("card", "talked", True)
        assert AuditEntry.objects.get(act="enrolment.tell").facts == {"outcome": "talked"}
    given.time(NOW + timedelta(days=6))
    assert on_today(officer(world, "booth_worker", "JK-B001")) == []
    given.time(NOW + timedelta(days=8))
    worker = officer(world, "booth_worker", "JK-B001")
    assert on_today(worker) == [card], "the phone has not answered in a week"
    world.now = NOW + timedelta(days=8)
    world.missed_call(of=KAMLA)
    assert on_today(worker) == []
    assert worker.get(card)["Location"] == "/", "there is nothing to tell any more"


def test_who_is_not_there_comes_back_the_next_day_and_a_wrong_entry_never(
    world: World, worker: Client
) -> None:
    absent, wrong = written(world, KAMLA), written(world, NAZIR)
    noted(worker, absent, "no_answer")
    noted(worker, wrong, "wrong_number")
    assert on_today(worker) == []
    assert "Try again on another day" in worker.post(absent, {"outcome": "no_answer"}).content.decode()
    given.time(NOW + timedelta(days=1, hours=2))
    assert on_today(officer(world, "booth_worker", "JK-B001")) == [absent]
    given.time(NOW + timedelta(days=15))
    assert on_today(officer(world, "booth_worker", "JK-B001")) == [absent]
    president = officer(world, "booth_president", "JK-B001")
    page = president.get(wrong.replace("/field/card/", "/people/")).content.decode()
    assert "Told to call" in page and "Wrong: no such person" in page


@pytest.mark.at("2026-11-25T20:30+05:30")
def test_the_president_calls_from_the_same_card_after_a_logged_press_and_inside_the_hours(
    world: World,
) -> None:
    card, president = written(world, KAMLA), officer(world, "booth_president", "JK-B001")
    assert on_today(president) == [card]
    assert KAMLA.phone not in president.get(card).content.decode()
    page = president.post(card, {"number": "1"}).content.decode()
    assert f'href="tel:{KAMLA.phone}"' in page and 'name="called"' in page
    with system("test"):
        assert AuditEntry.objects.filter(act="people.reveal_phone").count() == 1
    given.time(NOW + timedelta(hours=9, minutes=30))  # an hour later, past the hours
    late = president.post(card, {"number": "1"})
    assert late.status_code == 409 and "You can call from" in late.content.decode()
    assert KAMLA.phone not in late.content.decode()
    noted(president, card, "talked", called="on")
    with system("test"):
        assert ContactTry.objects.get().is_visit is False


def test_three_talks_of_others_and_an_empty_calendar_keep_the_number_back(world: World) -> None:
    card, president = written(world, KAMLA), officer(world, "booth_president", "JK-B001")
    with system("test"):
        kamla = Membership.objects.get()
    talks_of_others(kamla.phone_id, world.booth.pk, kamla.programme_id, 2)
    assert f'href="tel:{KAMLA.phone}"' in president.post(card, {"number": "1"}).text
    talks_of_others(kamla.phone_id, world.booth.pk, kamla.programme_id, 1)
    capped = president.post(card, {"number": "1"})
    assert capped.status_code == 409 and "three times in the last 30 days" in capped.text
    with system("test"):
        Poll.objects.update(
            announced_on=NOW.date() - timedelta(days=9), result_on=NOW.date() - timedelta(days=1)
        )
    unknown = president.post(card, {"number": "1"})
    assert unknown.status_code == 409 and "calendar of polls has no entry" in unknown.text
    assert KAMLA.phone not in capped.text + unknown.text
    noted(president, card, "talked", called="on")


def test_a_card_is_for_who_enrols_there_and_for_people_who_want_calls(world: World, worker: Client) -> None:
    elsewhere = written(world, NAZIR, unit="JK-B004")
    assert worker.get(elsewhere).status_code == 404
    assert worker.post(elsewhere, {"outcome": "talked"}).status_code == 404
    assert worker.get(f"/field/card/{uuid4()}/").status_code == 404
    card = written(world, KAMLA)
    agent = officer(world, "call_centre_agent", "JK-SRI")
    assert agent.get(card).status_code == 403 and agent.post(card, {"outcome": "talked"}).status_code == 403
    assert worker.post(card, {"number": "1"}).status_code == 403, "a worker sees no number"
    assert worker.post(card, {"outcome": "sold"}).status_code == 422
    silent = written(world, Human("Silent Devi", 1970, "+919906007735"), Purpose.MESSAGES)
    assert worker.get(silent)["Location"] == "/"
    actions.stop_by_phone(phone=KAMLA.phone, channel=Channel.SMS.value, by=CHANNEL, at=world.now)
    assert worker.get(card)["Location"] == "/"
    assert worker.post(card, {"outcome": "talked"})["Location"] == "/"
    with system("test"):
        assert not ContactTry.objects.exists()


def test_today_names_as_few_whoever_was_told_and_asks_no_more_for_it(world: World, worker: Client) -> None:
    cards = [written(world, Human(f"Waiting {chr(97 + n)}", 1980, f"+9199060078{n:02d}")) for n in range(2)]
    on_today(worker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            on_today(worker)
        return len(seen)

    few = asked()
    cards += [
        written(world, Human(f"Waiting {chr(97 + n)}", 1980, f"+9199060078{n:02d}")) for n in range(2, 9)
    ]
    assert asked() == few and len(on_today(worker)) == 5
    for card in cards[:6]:
        noted(worker, card, "talked")
    assert set(on_today(worker)) == set(cards[6:])
    assert asked() == few


def test_a_part_drive_shows_the_number_of_the_drive_above_and_names_the_drive_that_counts(
    world: World, worker: Client
) -> None:
    from abhiyan.programmes import actions as programmes

    with system("test"):
        (part,) = programmes.start_in_units(
            programme_id=world.programme.pk,
            unit_ids=[world.district.pk],
            opens_on=world.programme.opens_on,
            closes_on=world.programme.closes_on,
            by=Actor.system("tests"),
            at=world.now,
        )
    intake.forget_drives()
    before = worker.get("/today/").content.decode()
    assert (
        f"{part.names['en']}, Rajbagh School. Their own phone answers" in before and "· 1 today" not in before
    )
    page = worker.get("/field/").content.decode()
    assert f"{part.names['en']} · Rajbagh School" in page
    form = {
        "key": uuid4().hex,
        "phone": "9906007732",
        "name": KAMLA.name,
        "birth_year": "1979",
        "heard": "on",
    }
    entry = worker.post("/field/", form | {"call": "1"})["Location"]
    page = worker.get(entry).content.decode()
    assert f'href="tel:{JOIN}"' in page and f"{part.names['en']} · Rajbagh School" in page
    today = worker.get("/today/").content.decode()
    assert today.count("Enrol people at the door") == 1
    assert f"{part.names['en']}, Rajbagh School · 1 today" in today
    assert today.count("wa.me") == 1, "one link to share, of the drive that counts"
    assert today.count("1 person: phone not answered yet") == 1
    slug = re.findall(r"/join/([\w-]+)/\?unit=", today)[0]
    assert JOIN in worker.get(f"/drives/{part.public_id}/poster/?unit=JK-B001").content.decode()
    assert JOIN in Client().get(f"/join/{slug}/received/").content.decode()
    world.missed_call(of=KAMLA)  # to the number of the drive above
    assert "Counted" in worker.get(entry).content.decode()
    assert world.tallies() == world.recounted()
    with system("test"):
        DoorEntry.objects.update(at=NOW - timedelta(hours=12, minutes=1))  # the evening before
    today = worker.get("/today/").content.decode()
    assert f"{part.names['en']}, Rajbagh School." in today and "· 1 today" not in today


def test_two_drives_at_one_booth_are_two_rows_that_open_each_its_own(world: World, worker: Client) -> None:
    first = world.programme
    world.anew()
    with system("test"):
        type(first).objects.filter(pk=world.programme.pk).update(
            opens_on=first.opens_on, closes_on=first.closes_on, names={"en": "Friends"}
        )
    doors = re.findall(r'href="(/field/\?unit=[^"]*)"', worker.get("/today/").content.decode())
    assert len(doors) == 2
    named = [worker.get(door.replace("&amp;", "&")).content.decode() for door in doors]
    assert sorted("Friends · Rajbagh School" in page for page in named) == [False, True]
    friends = next(door for door, page in zip(doors, named, strict=True) if "Friends ·" in page)
    form = {
        "key": uuid4().hex,
        "phone": "9906007732",
        "name": KAMLA.name,
        "birth_year": "1979",
        "heard": "on",
    }
    entry = worker.post(friends.replace("&amp;", "&"), form | {"call": "1"})["Location"]
    assert world.ladder(world.booth).unsigned == 1, "in the drive of that row"
    page = worker.get(entry).content.decode()
    assert "Friends · Rajbagh School" in page
    assert f"drive={UUID(str(world.programme.public_id))}" in page, "the next person goes on in it"
