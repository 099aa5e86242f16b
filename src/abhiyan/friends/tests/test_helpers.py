"""People who want to help get the link by SMS. The organiser gets their name and a task. Each result is counted."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils.translation import override

from abhiyan.contact.news import HelpOffered, HelpTakenBack
from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.models_referrals import Referred
from abhiyan.enrolment.queries.referrals import joined_by_calls
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.web import blanks, join, officer, web_world
from abhiyan.friends.actions import help_offers as acts
from abhiyan.friends.models import HelpOffer
from abhiyan.friends.queries.help_offers import helpers_in
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.units import queries as units
from abhiyan.work.models import Task

from .test_contributors import become_contributor, contributors_programme

pytestmark = pytest.mark.django_db
WORKER = Actor("person", uuid4(), 7)
PAGE = "/people/helpers/"


@pytest.fixture
def world() -> World:
    return web_world()


@pytest.fixture
def helpers(world: World) -> Programme:
    return contributors_programme(world)


def offer(
    world: World,
    human: Human | None = None,
    *,
    name: str = "",
    unit: str = "JK-B001",
    way: str = "call",
    may_text: bool = True,
    key: UUID | None = None,
) -> UUID:
    """Somebody says to one of us that they want to help."""
    ident = key or uuid4()
    with system("test"):
        phone_id = people.keep_phones(phones=[human.phone])[0] if human else None
        news.tell(
            HelpOffered(
                ident,
                way,
                world.units[unit].pk,
                phone_id,
                name or (human.name if human else ""),
                "House 4" if way == "door" else "",
                may_text,
                "hi",
                WORKER,
                world.now,
            )
        )
    return ident


def lines(world: World, *, is_exact: bool = True) -> dict[str, str]:
    """The lines of the state's slide."""
    lo, hi = units.span(world.units["JK"].pk, 1)
    with system("test"), override("en"):
        whole = helpers_in(
            world.units["JK"].pk,
            1,
            (lo, hi),
            is_exact=is_exact,
            zone="Asia/Kolkata",
            at=world.now + timedelta(days=2),
        )
    return dict(whole.lines) if whole else {}


def counts(client: Client, unit: str = "JK") -> list[str]:
    """The figures of the board's file: asked to help, joined, said no, not answered, not asked."""
    page = client.get(PAGE, {"unit": unit, "show": "units"}).text
    return page.split("<dl", 1)[1].split("</dl>", 1)[0].replace("\n", "").split("<dd")[1:]


def figures(client: Client, unit: str = "JK") -> list[int]:
    return [int(each.split(">", 1)[1].split("<", 1)[0].strip()) for each in counts(client, unit)]


def test_who_wants_to_help_gets_the_link_once_and_joining_by_it_is_counted(
    world: World, helpers: Programme
) -> None:
    join(world, world.asha)
    leader = officer(world, "state_president", "JK")
    first = offer(world, world.asha)
    offer(world, world.asha, way="door")
    (sms,) = blanks(world.asha.phone, "contributor.join")
    assert "/join/help/?by=" in sms["link"]
    with system("test"):
        (row,) = HelpOffer.objects.all()
        task = Task.objects.get()
    assert row.pk == first and row.task_id == task.public_id, "the same phone twice is one offer"
    assert task.unit_id == world.units["JK"].pk and world.asha.name not in task.title + task.text
    assert figures(leader) == [1, 0, 0, 1, 0]
    assert world.asha.name in leader.get(PAGE, {"unit": "JK"}).text
    assert joined_by_calls(helpers.pk) == (0, 0, 0)
    become_contributor(world.asha, by=sms["link"].rsplit("=", 1)[1])
    assert joined_by_calls(helpers.pk) == (1, 1, 0)
    with system("test"):
        assert Referred.objects.count() == 1
    assert figures(leader) == [1, 1, 0, 0, 0]
    assert world.asha.name not in leader.get(PAGE, {"unit": "JK"}).text
    assert list(lines(world).values()) == ["1", "1", "0", "0", "0"], "slide and board read the same"
    join(world, world.bilal)
    become_contributor(world.bilal)
    offer(world, world.bilal)
    assert blanks(world.bilal.phone, "contributor.join") == [], "they are on the roll already"
    assert figures(leader) == [1, 1, 0, 0, 0]


def test_without_consent_phone_or_programme_the_organiser_has_the_name_alone(world: World) -> None:
    contributors_programme(world, state="HP")
    leader = officer(world, "state_president", "JK")
    offer(world, world.asha)
    offer(world, world.bilal, may_text=False)
    offer(world, name="Chand at the well", way="door")
    assert blanks(world.asha.phone, "contributor.join") == [], "no programme takes people here"
    assert blanks(world.bilal.phone, "contributor.join") == []
    page = leader.get(PAGE, {"unit": "JK"}).text
    assert all(name in page for name in (world.asha.name, world.bilal.name, "Chand at the well", "House 4"))
    assert figures(leader) == [3, 0, 0, 0, 3]
    with system("test"):
        assert Task.objects.filter(state="asked").count() == 1, "one open task for an office"


def test_the_organiser_asks_and_notes_what_they_say_until_the_task_ends(
    world: World, helpers: Programme
) -> None:
    leader = officer(world, "state_president", "JK")
    ident, other = offer(world, name="Chand"), offer(world, name="Devi")
    page = f"{PAGE}{ident}/"
    assert "Chand" in leader.get(page).text
    bad = leader.post(page, {"answer": "asked", "helper_phone": "12"})
    assert bad.status_code == 422
    answer = leader.post(
        page, {"answer": "asked", "helper_phone": world.asha.phone.removeprefix("+91"), "may_text": "on"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert len(blanks(world.asha.phone, "contributor.join")) == 1, "their number and consent bring the link"
    with system("test"):
        assert Task.objects.get().state == "asked", "another one waits"
    assert leader.post(f"{PAGE}{other}/", {"answer": "no"}).status_code == 302
    assert figures(leader) == [2, 0, 1, 1, 0]
    with system("test"):
        assert Task.objects.get().state == "withdrawn"
    assert leader.get(f"{PAGE}{other}/").status_code == 404, "who said no is on no list"
    assert leader.post(f"{PAGE}{ident}/", {"answer": "never"}).status_code == 302
    assert figures(leader) == [2, 0, 2, 0, 0]
    with system("test"):
        assert people_queries.standing_no(world.phone_id(world.asha)) is not None, "no contact at all"
    offer(world, name="Esha")
    with system("test"):
        assert Task.objects.filter(state="asked").count() == 1, "who comes later makes a new task"


def test_a_no_and_an_erasure_take_somebody_out_at_once(world: World, helpers: Programme) -> None:
    leader = officer(world, "state_president", "JK")
    ident = offer(world, world.asha)
    with system("test"):
        phone = people.keep_phones(phones=[world.asha.phone])[0]
        people.keep_spoken_no(phone_id=phone, by=WORKER, at=world.now)
    assert leader.get(f"{PAGE}{ident}/").status_code == 404
    assert world.asha.name not in leader.get(PAGE, {"unit": "JK"}).text
    assert figures(leader) == [1, 0, 1, 0, 0]
    with system("test"):
        people.take_back_no(phone_id=phone, said_at=world.now, by=CHANNEL, at=world.now)
    assert world.asha.name in leader.get(PAGE, {"unit": "JK"}).text, "it was a slip of who wrote it"
    with system("test"):
        news.tell(ItemsErased((), phone, world.now))
    assert 'class="facts strip' not in leader.get(PAGE, {"unit": "JK"}).text, "no table of zeros"
    assert world.asha.name not in leader.get(PAGE, {"unit": "JK"}).text
    with system("test"):
        people.keep_spoken_no(phone_id=phone, by=WORKER, at=world.now)
    offer(world, world.asha)
    assert blanks(world.asha.phone, "contributor.join")[1:] == []
    assert world.asha.name not in leader.get(PAGE, {"unit": "JK"}).text, "their no holds"


def test_a_slip_is_forgotten_and_names_are_forgotten_after_ninety_days(
    world: World, helpers: Programme
) -> None:
    leader = officer(world, "state_president", "JK")
    ident = offer(world, world.asha)
    with system("test"):
        news.tell(HelpTakenBack(ident, world.now))
        assert not HelpOffer.objects.exists()
        assert Task.objects.get().state == "withdrawn"
    join(world, world.bilal)
    offer(world, world.bilal)
    become_contributor(world.bilal)
    offer(world, name="Chand", way="door")
    with system("test"):
        assert acts.forget_helper_names(at=world.now + timedelta(days=89)) == 0
        assert acts.forget_helper_names(at=world.now + timedelta(days=90)) == 2
        assert not HelpOffer.objects.exclude(phone_id=None, door="").exists()
        assert {bytes(row.person_name) for row in HelpOffer.objects.all()} == {b""}
    assert figures(leader) == [2, 1, 0, 0, 1], "what became of them stays"


def test_who_may_hear_read_and_answer(world: World, helpers: Programme) -> None:
    ident = offer(world, name="Chand", unit="JK-B001")
    worker = officer(world, "booth_worker", "JK-B001")
    new = f"{PAGE}new/?unit=JK-B001&way=meeting"
    assert worker.get(new).status_code == 200
    answer = worker.post(new, {"helper": "Devi", "way": "meeting"})
    assert answer.status_code == 302, answer.content.decode()
    assert worker.post(new, {"helper": " ", "way": "meeting"}).status_code == 422
    assert worker.post(new, {"helper": "X", "way": "palace"}).status_code == 422
    with system("test"):
        assert set(HelpOffer.objects.values_list("way", flat=True)) == {"call", "meeting"}
    assert worker.get(f"{PAGE}{ident}/").status_code == 403, "a worker does not organise"
    stranger = officer(world, "state_president", "HP")
    assert stranger.get(new).status_code == 403
    assert stranger.post(new, {"helper": "Devi", "way": "meeting"}).status_code == 403
    assert stranger.get(f"{PAGE}{ident}/").status_code == 404
    assert stranger.post(f"{PAGE}{ident}/", {"answer": "no"}).status_code == 404
    assert stranger.get(PAGE, {"unit": "JK"}).status_code == 403


def test_the_board_links_to_a_person_only_where_the_reader_may_ask_them(
    world: World, helpers: Programme
) -> None:
    named = offer(world, name="Asha Sharma")
    for office, may in (("state_president", True), ("call_centre_supervisor", False)):
        client = officer(world, office, "JK")
        page = client.get(PAGE, {"unit": "JK"}).text
        assert (f"{PAGE}{named}/" in page) == may == (client.get(f"{PAGE}{named}/").status_code == 200), (
            office
        )
        assert (f"{PAGE}new/" in page) == (client.get(f"{PAGE}new/", {"unit": "JK"}).status_code == 200), (
            office
        )


def test_others_read_whole_tens_of_the_last_closed_day(world: World, helpers: Programme) -> None:
    for n in range(12):
        offer(world, name=f"Person {n}")
    assert list(lines(world, is_exact=False).values()) == [
        "10",
        "fewer than 10",
        "fewer than 10",
        "fewer than 10",
        "10",
    ]
