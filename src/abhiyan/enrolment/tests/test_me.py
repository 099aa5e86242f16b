"""My membership: proven by a code, one person on a shared phone; see, correct, consent, leave, come back."""

import csv
import io
import json
from datetime import date

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.disk import room_for
from abhiyan.enrolment import actions
from abhiyan.messaging.models import Message
from abhiyan.people import journal
from abhiyan.people.models import Purpose, Suppression
from abhiyan.people.tests.make import browser, undrawn

from .make import Human, Ladder, World
from .web import blanks, code_sent, join, open_me, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def test_a_member_sees_what_is_held_with_its_proof(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    page = open_me(world.asha).get("/me/").content.decode()
    for shown in ("Asha Devi", "1980", "Rajbagh School", "notice version 1", "by this phone", "With nobody."):
        assert shown in page
    assert world.asha.phone[3:] not in page


def sender(page: str) -> str:
    return page.split("sent in by ")[1].split("\n")[0].split("<")[0].strip()


def test_who_sent_a_claim_in_is_told_with_their_office(world: World) -> None:
    """The most senior they hold; the last one, once they hold none."""
    from uuid import UUID, uuid4

    from abhiyan.org import actions as org
    from abhiyan.people.models import Account

    with system("test"):
        worker = Account.objects.create(
            public_id=UUID("00000000-0000-4000-8000-0000000000b1"),
            phone_id=uuid4(),
            name="Worker Wani",
            created_at=world.now,
        )
    world.paper_row(of=world.asha, by=world.booth_worker)
    client = open_me(world.asha)
    page = client.get("/me/").content.decode()
    assert sender(page) == "Worker Wani" and "Your phone has not answered yet" in page
    by = Actor.system("test")
    with system("test"):
        for office, unit in (("booth_worker", world.booth), ("mandal_president", world.mandal)):
            held = org.appoint(account_id=worker.pk, office=office, unit_id=unit.pk, by=by, at=world.now)
    president = f"Worker Wani, Mandal president, {world.mandal.names['en']}"
    assert sender(client.get("/me/").content.decode()) == president
    org.end_appointment(public_id=held.public_id, reason="moved", by=by, at=world.now)
    assert sender(client.get("/me/").content.decode()) == "Worker Wani, Booth worker, Rajbagh School"


def test_the_page_says_until_when_a_membership_with_a_term_lasts(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = open_me(world.asha)
    assert "Lasts until" not in client.get("/me/").content.decode()
    by = Actor.system("test")
    actions.set_term(roll_id=world.roll.pk, months=None, ends_on=date(2199, 3, 31), by=by, at=world.now)
    page = client.get("/me/").content.decode()
    assert "Lasts until" in page and "31 March 2199" in page


def test_a_phone_nothing_is_held_about_gets_no_code_and_hears_the_same(world: World) -> None:
    client = browser()
    assert client.post("/me/", {"phone": world.bilal.phone})["Location"] == "/me/code/"
    assert blanks(world.bilal.phone, "code.member") == []


def test_on_a_shared_phone_a_second_fact_is_asked_and_one_person_shown(world: World) -> None:
    join(world, world.asha)
    join(world, world.mohan)
    client = open_me(world.asha)
    assert client.get("/me/")["Location"] == "/me/which/"
    page = client.get("/me/which/").content.decode()
    assert "Asha" not in page and "Mohan" not in page
    assert "Not your age: others could guess it." in page
    for wrong in ("1999", "51", "51 years", "५१"):
        assert client.post("/me/which/", {"birth_year": wrong}).status_code == 422
    assert client.post("/me/which/", {"birth_year": "1975"}).status_code == 302
    page = client.get("/me/").content.decode()
    assert "Mohan Lal" in page and "Asha" not in page


def test_two_born_in_one_year_are_told_apart_by_name(world: World) -> None:
    join(world, world.asha)
    given.pass_a_moment()
    join(world, Human("Sita Devi", 1980, world.asha.phone))
    client = open_me(world.asha)
    assert client.post("/me/which/", {"birth_year": "1980"}).status_code == 422
    assert client.post("/me/which/", {"birth_year": "1980", "name": "sita devi"}).status_code == 302
    assert "Sita Devi" in client.get("/me/").content.decode()


def test_the_wrong_code_opens_nothing(world: World) -> None:
    join(world, world.asha)
    client = browser()
    client.post("/me/", {"phone": world.asha.phone})
    wrong = f"{(int(code_sent(world.asha.phone, 'member')) + 1) % 1_000_000:06d}"
    assert client.post("/me/code/", {"code": wrong}).status_code == 422
    assert "Asha" not in client.get("/me/").content.decode()
    assert client.get("/me/data/").status_code == 302


def test_nobody_opens_anothers_page_by_a_forged_choice(world: World) -> None:
    join(world, world.asha)
    other = join(world, world.bilal)
    ((public_id,),) = world.rows(
        "select public_id from enrolment_membership where phone_id = %s", [world.phone_id(world.asha)]
    )
    with system("test"):
        from abhiyan.people.models import Session

        for session in Session.objects.filter(phone_id=world.phone_id(world.bilal)):
            session.data |= {"person": str(public_id)}
            session.save()
    page = other.get("/me/").content.decode()
    shown = undrawn(page)
    assert "Bilal" in shown and "Asha" not in shown
    assert other.post("/me/leave/").status_code == 200
    left = world.rows("select ended_on from enrolment_membership where public_id = %s", [str(public_id)])
    assert left == [(None,)]
    own = world.rows(
        "select ended_on is not null from enrolment_membership where phone_id = %s",
        [world.phone_id(world.bilal)],
    )
    assert own == [(True,)]


def test_a_member_corrects_name_year_and_place(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = open_me(world.asha)
    client.get("/me/")
    answer = client.post(
        "/me/correct/", {"name": "Asha Devi Sharma", "birth_year": "1981", "unit": "JK-B002"}
    )
    assert answer["Location"] == "/me/", answer.content.decode()
    page = client.get("/me/").content.decode()
    assert "Asha Devi Sharma" in page and "1981" in page and "Lal Chowk Library" in page
    assert world.ladder(world.next_booth) == Ladder(reported=1, counted=1)
    assert world.ladder(world.booth) == Ladder()
    assert world.tallies() == world.recounted()


def test_a_correction_that_cannot_be_says_so_at_its_field(world: World) -> None:
    join(world, world.asha)
    client = open_me(world.asha)
    client.get("/me/")
    answer = client.post("/me/correct/", {"name": "\x00", "birth_year": "2015"})
    assert answer.status_code == 422
    answer = client.post("/me/correct/", {"name": "Asha Devi", "birth_year": "2015"})
    assert answer.status_code == 422
    assert "Only people of 18" in answer.content.decode()


def test_a_correction_takes_an_age_and_shows_its_year_beside_the_field(world: World) -> None:
    join(world, world.asha)
    client = open_me(world.asha)
    client.get("/me/")
    page = client.get("/me/correct/").content.decode()
    assert "enrolment/born" in page and "data-birth=" in page
    answer = client.post("/me/correct/", {"name": "Asha Devi", "birth_year": "४७"})
    assert answer["Location"] == "/me/", answer.content.decode()
    assert world.rows("select birth_year from people_person") == [(1979,)]


def test_consents_are_switched_one_by_one(world: World) -> None:
    join(world, world.asha)
    client = open_me(world.asha)
    client.get("/me/")
    client.post("/me/consents/", {"purpose": "3", "say": "yes"})
    client.post("/me/consents/", {"purpose": "2", "say": "yes"})
    client.post("/me/consents/", {"purpose": "2", "say": "no"})
    rows = world.rows("select purpose, withdrawn_at is null from people_consent order by purpose")
    assert rows == [(1, True), (2, False), (3, True)]
    assert client.post("/me/consents/", {"purpose": "3"}).status_code == 422, "without its button"
    assert world.rows("select purpose, withdrawn_at is null from people_consent order by purpose") == rows
    assert client.post("/me/consents/", {"purpose": "1", "say": "no"}).status_code == 404


def test_leaving_takes_one_press_and_a_yes_and_a_receipt_goes_to_the_phone(world: World) -> None:
    join(world, world.asha, unit="JK-B001", messages="on")
    client = open_me(world.asha)
    client.get("/me/")
    assert "Yes, I leave" in client.get("/me/leave/").content.decode()
    assert "You have left" in client.post("/me/leave/").content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1)
    (told,) = blanks(world.asha.phone, "leave.receipt")
    assert told["link"].endswith("/me/") and told["day"]
    with system("test"):
        assert Suppression.objects.get(phone_id=world.phone_id(world.asha)).scope == "all"
    assert world.rows("select count(*) from people_consent where withdrawn_at is null") == [(0,)]
    page = client.get("/me/").content.decode()
    assert "You left on" in page and "No longer on our list: left on" in page
    assert "Primary member ·" not in page


@pytest.mark.parametrize(
    ("language", "no_office_sees"), [("en", "no longer see your name"), ("hi", "नहीं देख सकते")]
)
def test_leaving_promises_no_erasure_and_the_page_says_who_still_sees_the_entry(
    world: World, language: str, no_office_sees: str
) -> None:
    join(world, world.asha, unit="JK-B001")
    client = open_me(world.asha)
    client.cookies["language"] = language
    before, asked = client.get("/me/"), client.get("/me/leave/")
    client.post("/me/leave/")
    after = client.get("/me/")
    pages = [page.content.decode() for page in (before, asked, after)]
    assert not [word for word in ("erase", "sealed until", "मिटव") if word in pages[1]]
    for page in (pages[0], pages[2]):  # people who left may have everything erased, too
        assert 'href="/me/erase/"' in page
    shared = "Only office-bearers of your units" if language == "en" else "केवल आपकी इकाइयों के पदाधिकारी"
    assert shared in pages[0] and shared not in pages[2] and no_office_sees in pages[2]


def test_whoever_left_comes_back_by_their_own_phone(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    client.post("/me/leave/")
    join(world, world.asha, browser(), unit="JK-B001")
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.rows("select kind, term from enrolment_enrolment order by term") == [(1, 1), (1, 2)]
    with system("test"):
        assert Suppression.objects.get(phone_id=world.phone_id(world.asha)).lifted_at is not None


def test_what_does_not_fit_on_the_disk_is_said_to_the_person_and_nothing_changed(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001", messages="on")
    with room_for(40, journal.journal_path()):
        for where, form in (
            ("/me/leave/", {}),
            ("/me/consents/", {"purpose": str(Purpose.MESSAGES.value), "say": "no"}),
        ):
            answer = client.post(where, form)
            assert answer.status_code == 503
            assert "We could not save this just now. Nothing was changed." in answer.content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.rows("select count(*) from people_consent where withdrawn_at is not null") == [(0,)]
    assert "You have left" in client.post("/me/leave/").content.decode()


def test_when_one_of_a_family_leaves_the_other_stays(world: World) -> None:
    join(world, world.asha)
    client = join(world, world.mohan)
    client.post("/me/leave/")
    assert world.rows("select count(*) from enrolment_membership where ended_on is null") == [(1,)]
    assert world.count("people_suppression") == 0
    assert blanks(world.asha.phone, "leave.receipt") == []


def test_own_data_is_taken_along_as_json_and_csv(world: World) -> None:
    join(world, Human("-Asha Devi", 1980, world.asha.phone), unit="JK-B001")
    client = open_me(world.asha)
    client.get("/me/")
    told = json.loads(client.get("/me/data/").content)
    assert told["person"]["birth_year"] == 1980
    assert told["person"]["consents"][0]["notice_version"] == 1
    assert told["shared_with"] == []
    assert world.asha.phone[3:] not in json.dumps(told)
    text = client.get("/me/data/?format=csv").getvalue().decode("utf-8-sig")
    values = [row[2] for row in csv.reader(io.StringIO(text))]
    assert "'-Asha Devi" in values


def test_a_message_that_only_reached_a_file_of_the_server_is_not_said_to_be_sent(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    with system("test"):
        Message.objects.update(state="sent", adapter="file", sent_at=world.now)
    page = open_me(world.asha, client).get("/me/").content.decode()
    assert "Code to join, Kept on the server, not sent" in page
    with system("test"):
        Message.objects.update(adapter="http")
    assert "Code to join, Sent" in client.get("/me/").content.decode()


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(world: World) -> None:
    client = join(world, world.asha)
    answer = client.get("/me/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    client.post("/me/out/")
    assert "Asha" not in client.get("/me/").content.decode()


def test_the_page_reads_as_much_whatever_there_is_to_show(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = join(world, world.asha, unit="JK-B001")
    client.get("/me/")  # the first page of a process reads the helplines
    with CaptureQueriesContext(connection) as few:
        client.get("/me/")
    for _n in range(5):
        world.tick()
        world.paper_row(of=world.asha)
        world.missed_call(of=world.asha)
    with CaptureQueriesContext(connection) as many:
        client.get("/me/")
    assert len(many) == len(few)
