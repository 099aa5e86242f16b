"""A worker at the door: entries are kept at once, the phone's own code or call makes them count, and nothing else."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Enrolment
from abhiyan.enrolment.models_door import DoorEntry
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.door import Became, became
from abhiyan.people.models import Account, Consent

from .make import Human, Ladder, World
from .web import code_sent, officer, web_world

pytestmark = pytest.mark.django_db(transaction=True)
KAMLA = Human("Kamla Devi", 1979, "+919906007732")
NAZIR = Human("Nazir Ahmad", 1968, "+919906007733")
WRONG = {True: "000000", False: "111111"}


@pytest.fixture
def world() -> World:
    return web_world()


@pytest.fixture
def worker(world: World) -> Client:
    return officer(world, "booth_worker", "JK-B001")


def entered(client: Client, who: Human, how: str = "send", **other: str) -> Any:
    form = {
        "key": uuid4().hex,
        "phone": who.phone.removeprefix("+91"),
        "name": who.name,
        "birth_year": str(who.birth_year),
        "heard": "on",
        how: "1",
    }
    return client.post("/field/", form | other)


def read_code(client: Client, page: str, code: str) -> Any:
    return client.post(page, {"code": code})


def not_this(code: str) -> str:
    return WRONG[code != "000000"]


def test_a_code_read_to_the_worker_counts_and_confirms_nothing(world: World, worker: Client) -> None:
    answer = entered(worker, KAMLA)
    assert answer.status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    done = read_code(worker, answer["Location"], code_sent(KAMLA.phone, "door"))
    assert done["Location"] == "/field/?unit=JK-B001"
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    page = worker.get(done["Location"]).content.decode()
    assert "Counted: Kamla Devi" in page and "autofocus" in page
    assert world.tallies() == world.recounted() and world.orphans() == {}
    with system("test"):
        assert Enrolment.objects.get().channel == Channel.DOOR
        consent = Consent.objects.get()
        assert (consent.channel, consent.notice_version) == (Channel.DOOR, 1)


def test_their_own_call_counts_before_the_entry_and_after_it(world: World, worker: Client) -> None:
    world.missed_call(of=KAMLA)
    entered(worker, KAMLA, "call")
    assert world.ladder(world.booth).counted == 1
    entered(worker, NAZIR, "call")
    assert world.ladder(world.booth).unsigned == 1
    assert "Phone not answered yet" in worker.get("/field/").content.decode()
    world.tick()
    world.missed_call(of=NAZIR)
    assert world.ladder(world.booth).counted == 2 and world.ladder(world.booth).unsigned == 0
    assert "Type the code" not in worker.get("/field/").content.decode()


def test_a_code_read_for_another_number_is_wrong(world: World, worker: Client) -> None:
    first = entered(worker, KAMLA)["Location"]
    second = entered(worker, NAZIR)["Location"]
    answer = read_code(worker, second, code_sent(KAMLA.phone, "door"))
    assert answer.status_code == 422 and "This code is wrong" in answer.content.decode()
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=2)
    assert read_code(worker, first, code_sent(KAMLA.phone, "door")).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=1, counted=1)


def test_two_workers_at_one_door_make_one_member(world: World, worker: Client) -> None:
    other = officer(world, "booth_president", "JK-B001")
    entered(worker, KAMLA)
    theirs = entered(other, KAMLA)["Location"]
    assert world.count("enrolment_membership") == 1
    assert "Phone not answered yet" in other.get("/field/").content.decode()
    assert read_code(other, theirs, code_sent(KAMLA.phone, "door")).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.tallies() == world.recounted()


def test_a_late_code_finds_its_entry_and_a_wrong_one_loses_nothing(world: World, worker: Client) -> None:
    late = entered(worker, KAMLA)["Location"]
    code = code_sent(KAMLA.phone, "door")
    for human in (NAZIR, world.bilal):
        entered(worker, human)
    assert read_code(worker, late, not_this(code)).status_code == 422
    assert late in worker.get("/field/").content.decode()
    assert read_code(worker, late, code).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=3, unsigned=2, counted=1)


def test_ten_in_a_row_need_the_place_once(world: World, worker: Client) -> None:
    for n in range(10):
        answer = entered(worker, Human(f"Person {chr(97 + n)}", 1970, f"+91990600800{n}"))
        assert answer.status_code == 302, answer.content.decode()
    assert world.ladder(world.booth).unsigned == 10
    page = worker.get("/field/").content.decode()
    assert "Today: 10 entries" in page


def test_a_form_sent_twice_is_one_entry(world: World, worker: Client) -> None:
    key = uuid4().hex
    first, again = (entered(worker, KAMLA, key=key)["Location"] for _each in range(2))
    assert first == again and world.ladder(world.booth).reported == 1


def test_ones_own_phone_is_refused(world: World, worker: Client) -> None:
    with system("test"):
        Account.objects.update(phone_id=keyring().phone_id(KAMLA.phone))
    answer = entered(worker, KAMLA)
    assert answer.status_code == 422 and "This is your own phone" in answer.content.decode()
    assert world.count("enrolment_claim") == 0


def test_a_minor_leaves_nothing_on_the_page_or_in_the_register(world: World, worker: Client) -> None:
    answer = entered(worker, World.child)
    assert answer.status_code == 422 and "Planted-Marker" not in answer.content.decode()
    assert world.count("enrolment_claim") == world.count("enrolment_door_entry") == 0
    assert "Refused here: under age" in worker.get("/field/").content.decode()


def test_the_notice_is_heard_first(world: World, worker: Client) -> None:
    answer = entered(worker, KAMLA, heard="")
    assert answer.status_code == 422 and "Read the notice to them first" in answer.content.decode()
    assert world.count("enrolment_claim") == 0


def test_a_phone_that_said_no_is_refused_as_a_full_one_is(world: World, worker: Client) -> None:
    who = world.web_join(of=KAMLA)
    world.tick()
    world.leave(who, of=KAMLA)
    answer = entered(worker, KAMLA)
    for n in range(4):
        world.paper_row(of=Human(f"Full {chr(97 + n)}", 1970, NAZIR.phone))
    full = entered(worker, NAZIR)
    said = [
        re.search(r'class="err"[^>]*>.*?</div>', each.content.decode(), re.DOTALL) for each in (answer, full)
    ]
    assert answer.status_code == full.status_code == 422
    assert said[0] and said[1] and said[0][0] == said[1][0]
    assert world.count("enrolment_door_entry") == 0


def test_a_member_is_not_found_out_by_trying_the_number(world: World, worker: Client) -> None:
    world.api(of=KAMLA, unit=world.far_booth)
    world.missed_call(of=KAMLA)
    entered(worker, KAMLA, "call")
    entered(worker, NAZIR, "call")
    page = worker.get("/field/").content.decode()
    assert page.count("Phone not answered yet") == 3  # both entries, and both counted together
    assert "Counted" not in page


def test_nobody_opens_anothers_entry_nor_enters_elsewhere(world: World, worker: Client) -> None:
    entry = entered(worker, KAMLA)["Location"]
    other = officer(world, "booth_president", "JK-B001")
    assert other.get(entry).status_code == 404
    assert read_code(other, entry, code_sent(KAMLA.phone, "door")).status_code == 404
    assert worker.post("/field/?unit=JK-B002", {}).status_code == 403
    assert officer(world, "verifier", "JK-SRI").get("/field/").status_code == 403


def test_a_larger_unit_leads_to_its_booths(world: World) -> None:
    client = officer(world, "mandal_president", "JK-SRI-M1")
    page = client.get("/field/?q=JK-B002").content.decode()
    assert "Where are you now?" in page and "/field/?unit=JK-B002" in page
    assert 'name="phone"' in client.get("/field/?unit=JK-B002").content.decode()


def test_the_search_finds_people_of_the_booth_alone(world: World, worker: Client) -> None:
    world.web_join(of=KAMLA)
    world.web_join(of=NAZIR, unit=world.next_booth)
    assert "Kamla Devi" in worker.get("/field/?q=kamla").content.decode()
    assert "Nazir" not in worker.get("/field/?q=nazir").content.decode().replace('value="nazir"', "")


def test_yesterdays_entries_are_in_counts_alone(world: World, worker: Client) -> None:
    entered(worker, KAMLA)
    with system("test"):
        DoorEntry.objects.update(at=clock.now() - timedelta(days=2))
    page = worker.get("/field/").content.decode()
    assert "Kamla" not in page and "Your entries in this drive" in page


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ((True, False, False, False, False), Became.WAITS),
        ((True, False, True, False, False), Became.COUNTED),
        ((True, True, True, True, False), Became.CONFIRMED),
        ((True, False, True, True, True), Became.ENDED),
        ((False, False, True, True, False), Became.WAITS),
        ((False, True, True, False, False), Became.COUNTED),
        ((False, False, False, False, True), Became.WAITS),
    ],
)
def test_what_became_of_an_entry(given: tuple[bool, ...], then: Became) -> None:
    names = ("is_new", "has_answered", "is_counted", "is_confirmed", "is_ended")
    assert became(**dict(zip(names, given, strict=True))) is then
