"""My membership: coming back within the week, saying that one never joined, and stopping messages."""

from uuid import UUID, uuid4

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions
from abhiyan.enrolment.models import Parting
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.org import actions as org
from abhiyan.people.models import Account, Suppression

from .make import CHANNEL, Ladder, World
from .web import blanks, join, main, open_me, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def wani(world: World) -> None:
    with system("test"):
        Account.objects.create(
            public_id=UUID("00000000-0000-4000-8000-0000000000b1"),
            phone_id=uuid4(),
            name="Worker Wani",
            created_at=world.now,
        )


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("JK-B001", "Worker Wani, Booth worker, Rajbagh School (paper list)"),
        ("JK-B002", "Worker Wani, Booth worker, {} (paper list, Rajbagh School)"),
    ],
)
def test_the_place_of_a_paper_list_is_named_once(world: World, unit: str, shown: str) -> None:
    wani(world)
    of = world.units[unit]
    with system("test"):
        org.appoint(
            account_id=Account.objects.get(name="Worker Wani").pk,
            office="booth_worker",
            unit_id=of.pk,
            by=Actor.system("test"),
            at=world.now,
        )
    world.paper_row(of=world.asha, by=world.booth_worker)
    client = open_me(world.asha)
    client.get("/me/")
    asked = main(client.get("/me/deny/").content)
    assert f"Entered by {shown.format(of.names['en'])} on" in asked


def test_who_left_on_their_page_comes_back_by_one_press(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001", messages="on")
    before = world.ladder(world.booth)
    assert "Until" in main(client.get("/me/leave/").content)
    left = main(client.post("/me/leave/").content)
    assert "You have left" in left and "Come back" in left
    assert "take this back" in main(client.get("/me/").content)
    assert client.post("/me/back/")["Location"] == "/me/"
    page = main(client.get("/me/").content)
    assert "Welcome back" in page and "You left on" not in page
    assert world.ladder(world.booth) == before
    assert len(blanks(world.asha.phone, "back.receipt")) == 1
    assert world.rows("select purpose from people_consent where withdrawn_at is null order by 1") == [
        (1,),
        (3,),
    ]


def test_who_left_by_a_forged_call_finds_the_way_back_on_their_page(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    actions.leave_by_phone(phone=world.asha.phone, channel=Channel.MISSED_CALL, by=CHANNEL, at=world.now)
    client = open_me(world.asha)
    assert "Come back" in main(client.get("/me/").content)
    client.post("/me/back/")
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_a_link_that_is_only_opened_brings_nobody_back(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001")
    client.post("/me/leave/")
    for where in ("/me/back/", "/me/stop/"):
        assert client.get(where).status_code == 405
    assert world.ladder(world.booth).counted == 0


def test_who_never_joined_reads_who_entered_them_and_when(world: World) -> None:
    wani(world)
    world.paper_row(of=world.asha, by=world.booth_worker)
    client = open_me(world.asha)
    assert "I never joined" in main(client.get("/me/").content)
    asked = main(client.get("/me/deny/").content)
    assert "Entered by Worker Wani (paper list, Rajbagh School) on" in asked
    gone = main(client.post("/me/deny/").content)
    assert "The entry is struck off" in gone and "Worker Wani" in gone and "Come back" not in gone
    assert world.ladder(world.booth) == Ladder(reported=1)
    (told,) = blanks(world.asha.phone, "deny.receipt")
    assert "Worker Wani" in told["by"] and told["day"] and told["silent"]
    page = main(client.get("/me/").content)
    assert "you told us that you never joined" in page and "Worker Wani" in page
    assert "With the data officer alone" in page and "With nobody" not in page
    assert "You did not do this yourself?" not in page
    client.post("/me/back/")
    client.post("/me/deny/")
    assert world.ladder(world.booth) == Ladder(reported=1)
    with system("test"):
        assert Parting.objects.count() == 1


def test_who_opens_the_page_of_one_of_two_denies_only_that_one(world: World) -> None:
    world.paper_row(of=world.asha)
    world.paper_row(of=world.mohan)
    client = open_me(world.asha)
    client.post("/me/which/", {"birth_year": str(world.mohan.birth_year)})
    client.post("/me/deny/")
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=1)
    assert world.count("people_suppression") == 0 and blanks(world.asha.phone, "deny.receipt") == []


def test_messages_are_stopped_on_the_page_and_the_membership_stays(world: World) -> None:
    client = join(world, world.asha, unit="JK-B001", messages="on")
    assert "Stop all messages and calls" in main(client.get("/me/").content)
    client.post("/me/stop/")
    page = main(client.get("/me/").content)
    assert "asked us not to write or call" in page and "Stop all messages" not in page
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert len(blanks(world.asha.phone, "stop.receipt")) == 1
    client.post("/me/consents/", {"purpose": "3", "say": "yes"})
    with system("test"):
        assert Suppression.objects.get().lifted_at is not None


@pytest.mark.parametrize("where", ["/me/back/", "/me/stop/", "/me/deny/", "/me/leave/"])
def test_nobody_acts_before_the_phone_is_proven(world: World, where: str) -> None:
    from abhiyan.people.tests.make import browser

    world.paper_row(of=world.asha)
    assert browser().post(where).status_code == 403
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
