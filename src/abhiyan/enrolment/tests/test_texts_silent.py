"""A first text no rule could read: after our help it becomes a request, unless the phone went on by itself."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import texts, unread
from abhiyan.helpdesk import queries as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging.rules import inbound

from .make import CHANNEL, Human, World
from .web import blanks, officer, web_world

pytestmark = pytest.mark.django_db
NUMBER = "+911800000001"


@pytest.fixture
def world() -> World:
    return web_world()


def write(world: World, text: str, of: Human = World.asha, *, at: datetime | None = None) -> None:
    sms = inbound.Sms("generic", uuid4().hex, of.phone, NUMBER, text, None)
    told = texts.Told(sms, "sms", NUMBER, "join", world.programme.pk)
    texts.hear(told=told, by=CHANNEL, at=at or NOW)


def looked(at: datetime) -> int:
    with system("test"):
        return unread.hand_on_silent(at=at)


def requests() -> list[Ticket]:
    with system("test"):
        return list(Ticket.objects.order_by("opened_at"))


def test_a_text_that_nothing_follows_becomes_a_request_after_some_hours_once(world: World) -> None:
    at = NOW
    chief, district = officer(world, "state_president", "JK"), officer(world, "district_president", "JK-SRI")
    write(world, "कार्ड कहाँ मिलेगा", at=at)
    counted = "1 text got automatic help; it comes here if nothing follows"
    assert counted in chief.get("/helpline/").content.decode()
    assert counted not in chief.get("/helpline/?unit=JK-SRI").content.decode(), (
        "it is of the drive's own unit"
    )
    assert counted not in district.get("/helpline/?unit=JK").content.decode(), "above their units"
    assert looked(at + unread.SILENT_FOR - timedelta(minutes=1)) == 0
    assert looked(at + unread.SILENT_FOR) == 1
    assert looked(at + unread.SILENT_FOR) == 0, "once"
    (made,) = requests()
    assert (made.way, made.n, made.language, made.state) == ("sms", 1, "hi", "open")
    with system("test"):
        assert helpdesk.first_words([made]) == {made.pk: "कार्ड कहाँ मिलेगा"}
    assert blanks(World.asha.phone, "ticket.opened") == [{"number": made.number}]
    assert "got automatic help" not in chief.get("/helpline/").content.decode()
    assert world.rows("select state from enrolment_text") == [("open",)]
    write(world, "still no card", at=at + unread.SILENT_FOR + timedelta(hours=1))
    assert [one.n for one in requests()] == [2], "what follows later joins it"


@pytest.mark.parametrize("how", ["calls", "joins", "stops", "writes again"])
def test_a_phone_that_goes_on_by_itself_needs_nobody(world: World, how: str) -> None:
    at = NOW
    write(world, "where is my card", at=at)
    world.now = at + timedelta(minutes=20)
    if how == "calls":
        world.missed_call(of=world.asha)
    elif how == "joins":
        world.web_join(of=world.asha)
    elif how == "stops":
        write(world, "STOP", at=world.now)
    else:
        write(world, "nobody answers me", at=world.now)
    before = len(requests())
    assert before == (1 if how == "writes again" else 0)
    assert looked(at + unread.SILENT_FOR + timedelta(hours=1)) == 0
    assert looked(at + unread.SILENT_FOR + timedelta(hours=2)) == 0, "it is not looked at for ever"
    assert len(requests()) == before


def test_many_silent_ones_are_handed_over_turn_by_turn_and_none_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unread, "AT_ONCE", 2)
    at = NOW
    for n in range(5):
        write(world, "hello there", of=Human("", 1970, f"+91990600{n:04}"), at=at)
    later = at + unread.SILENT_FOR
    assert [looked(later) for _turn in range(4)] == [2, 2, 1, 0]
    assert len({one.phone_id for one in requests()}) == 5
