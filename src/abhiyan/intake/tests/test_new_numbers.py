"""A number of ours takes two people, and what a new one tells is no sign of a phone."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.server import Answered, Server
from abhiyan.enrolment.tests.web import blanks, officer, web_world
from abhiyan.intake.actions import channels, replies
from abhiyan.messaging.models import Number
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org.models import Release
from abhiyan.people.queries import last_signs, standing_no

from .test_calls import call
from .test_texts import Gateway

pytestmark = pytest.mark.django_db(transaction=True)  # the hot path reads on connections of its own
NUMBER = "+911800000009"
TYPED = {"number": NUMBER, "meaning": "join", "provider": "generic", "reason": "For the poster"}


@pytest.fixture
def world() -> World:
    return web_world()


def page_of(world: World, part: str = "") -> str:
    return f"/drives/{world.programme.public_id}/{part}"


def last_release(act: str) -> Release:
    with system("test"):
        return Release.objects.filter(act=act).latest("pk")


def approve(by: Client, act: str) -> None:
    page = f"/releases/{last_release(act).public_id}/decide/"
    assert by.post(page, {"allow": "yes"}).status_code == 302


def box(page: str, ident: str) -> str:
    found = re.search(rf'id="{ident}"[^>]*>([^<]*)</pre>', page)
    assert found, page
    return unescape(found[1])


def added(world: World, asker: Client, approver: Client, **other: str) -> tuple[str, str]:
    """The secret of its address, and the signing secret, of a number that two people added."""
    assert asker.post(page_of(world, "numbers/"), TYPED | other).status_code == 302
    approve(approver, channels.ADD)
    page = asker.post(page_of(world, f"numbers/add/{last_release(channels.ADD).public_id}/"))
    assert page.status_code == 200, page.content.decode()
    html = page.content.decode()
    return box(html, "calls").rsplit("/", 1)[1], box(html, "signing")


def test_one_person_adds_no_number_and_sees_no_secret(world: World) -> None:
    asker = officer(world, "it_administrator", "JK")
    answer = asker.post(page_of(world, "numbers/"), TYPED)
    assert answer.status_code == 302
    shown = asker.get(page_of(world)).content.decode()
    assert f"Add {NUMBER}" in shown and "waits for approval" in shown and "/hook/" not in shown
    add = page_of(world, f"numbers/add/{last_release(channels.ADD).public_id}/")
    refused = asker.post(add)
    assert refused.status_code == 403 and "/hook/" not in refused.content.decode()
    leader = officer(world, "state_general_secretary", "JK")
    assert leader.post(add).status_code == 404, "what another asked"
    with system("test"):
        assert not Number.objects.exists()
    officer_ = officer(world, "data_officer", "JK")
    decide = officer_.get(f"/releases/{last_release(channels.ADD).public_id}/decide/?allow=yes")
    assert NUMBER in decide.content.decode() and "Check that the number is ours" in decide.content.decode()
    approve(officer_, channels.ADD)
    assert officer_.post(add).status_code in (403, 404), "who approves sees no secret"
    page = asker.post(add).content.decode()
    secret = box(page, "signing")
    again = asker.post(add)
    assert again.status_code == 409 and secret not in again.content.decode()
    for client in (asker, officer_):
        html = client.get(page_of(world)).content.decode()
        assert NUMBER in html and "it_administrator of JK" in html and secret not in html
        assert "count as “phone not answered yet”" in html
    today = officer_.get("/today/").content.decode()
    assert f"New number: {NUMBER}" in today and "Added by it_administrator of JK" in today
    assert "New number" not in officer(world, "data_officer", "JK-JAM").get("/today/").content.decode()
    told = world.rows("select facts->>'number' from core_audit where act = 'messaging.connect_number'")
    assert told == [(NUMBER,)]


def test_one_person_ends_no_number_that_is_in_force(server: Server, world: World) -> None:
    asker, approver = officer(world, "it_administrator", "JK"), officer(world, "data_officer", "JK")
    secret, signing = added(world, asker, approver)
    with system("test"):
        ident = Number.objects.get().pk
    end = page_of(world, f"numbers/{ident}/end/")
    assert asker.post(end, {"reason": ""}).status_code == 422
    assert asker.post(end, {"reason": "The contract is over"}).status_code == 302
    assert call(server, secret, to=NUMBER, token=signing).status == 201, "it still hears"
    assert asker.post(page_of(world, "numbers/"), TYPED).status_code == 422, "nor does anybody take it over"
    approve(approver, channels.END)
    with system("test"):
        assert not Number.objects.get().is_active
    ended = world.rows("select facts->>'number' from core_audit where act = 'messaging.end_number'")
    assert ended == [(NUMBER,)]


def test_a_new_number_makes_no_phone_answer_and_ends_no_membership(server: Server, world: World) -> None:
    """A person who sets it up could sign calls and texts of any phone."""
    asker, approver = officer(world, "it_administrator", "JK"), officer(world, "data_officer", "JK")
    secret, signing = added(world, asker, approver)
    world.web_join(of=world.bilal)
    world.web_join(of=world.chandra)

    def write(of: Human, text: str, to: str = NUMBER) -> Answered:
        return call(server, secret, of, kind="sms", text=text, to=to, token=signing)

    assert call(server, secret, world.asha, to=NUMBER, token=signing).status == 201
    assert write(world.asha, "JOIN Asha Devi 1980 190001").status == 201
    with system("test"):
        while replies.reply(at=world.now):
            pass
    send_due(Gateway(), at=world.now)
    assert write(world.asha, "YES").status == 200
    state = world.ladder(world.state)
    assert (state.counted, state.unsigned) == (0, 1), "it waits for the phone"
    assert last_signs_of(world.asha) is None
    # LEAVE waits for somebody to look, and says so to the phone; nor does NO strike anybody off.
    assert write(world.bilal, "LEAVE").status == 200
    assert write(world.asha, "NO").status == 200
    assert world.count("enrolment_held_leave") == 2 and world.ladder(world.booth).counted == 2
    assert len(blanks(world.bilal.phone, "held.receipt")) == 1
    with system("test"):
        assert standing_no(keyring().phone_id(world.bilal.phone)) is not None, "messages stop at once"
    assert world.tallies() == world.recounted()


def last_signs_of(human: Human) -> object:
    with system("test"):
        phone_id = keyring().phone_id(human.phone)
        return last_signs([phone_id]).get(phone_id)


def test_after_a_few_days_its_calls_count(server: Server, world: World) -> None:
    asker, approver = officer(world, "it_administrator", "JK"), officer(world, "data_officer", "JK")
    secret, signing = added(world, asker, approver)
    with system("test"):
        found = Number.objects.get()
        assert found.added_at and found.believed_at == found.added_at + channels.NEW_FOR
        assert timedelta(days=3) <= channels.NEW_FOR
        Number.objects.update(believed_at=found.added_at)
    world.web_join(of=world.bilal)
    assert call(server, secret, world.bilal, kind="sms", text="LEAVE", to=NUMBER, token=signing).status == 200
    assert world.ladder(world.booth).counted == 0
    assert call(server, secret, world.asha, to=NUMBER, token=signing).status == 201
    assert world.rows("select sign from enrolment_claim where channel = 2") == [(1,)]


def test_the_console_adds_a_number_that_is_believed_at_once(world: World) -> None:
    """In the first days of a server, an owner of the console has the keys."""
    from abhiyan.core.actor import Actor
    from abhiyan.messaging import actions as messaging

    with system("test"):
        messaging.connect_number(
            number=NUMBER,
            provider="generic",
            meaning="leave",
            signing_token="x",
            by=Actor.system("console"),
            at=world.now,
        )
        assert Number.objects.get().believed_at is None
    assert settings.ORIGIN
