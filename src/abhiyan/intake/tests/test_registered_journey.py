"""A whole journey over a carrier that drops every SMS without its ids, or with another text than was registered."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests import given
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, today, web_world, world_actor
from abhiyan.intake.actions import replies, welcoming
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import questions
from abhiyan.messaging.adapters import Http
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.carrier import (
    REQUIRED,
    Carrier,
    carrying,
    exported,
    imported,
    letters_of,
    registered,
)
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import viewer_of
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.work.actions import announcing
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.queries.schedules import offices_to_ask

from .test_calls import JOIN, connect

pytestmark = pytest.mark.django_db
PRESIDENT = "+919419000031"
STOP = "+911800000009"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("ABHIYAN_SMS", "file")
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    made = web_world()
    with system("tests connect the numbers"):
        for meaning, number in (("join", JOIN), ("stop", STOP)):
            connect(made, "generic", meaning, number)
    return made


class Phones:
    """The messages that the carrier has let through, by phone."""

    def __init__(self, world: World, carrier: Carrier, way_out: Http) -> None:
        self.world, self.carrier, self.way_out = world, carrier, way_out

    def after(self, *loops: Callable[..., int], **time: int) -> None:
        """Some time passes, the loops turn, and what is due leaves."""
        self.world.tick(**time)
        given.time(self.world.now)
        with system("tests turn the loops"):
            for turn in loops:
                turn(at=self.world.now)
        send_due(self.way_out, at=self.world.now)
        assert not self.carrier.refused, letters_of(self.carrier)

    def last(self, phone: str) -> str:
        """The last SMS of a phone."""
        return [str(one["text"]) for one in self.carrier.taken if one["to"] == phone][-1]


def district_president(world: World, *, seated: bool = False) -> Actor:
    """Somebody who may appoint at the booth. seated: they hold the office by now."""
    if not seated:
        officer(world, "district_president", world.district.code)
    with system("test"):
        found = Account.objects.get(name__startswith="district_president")
    return Actor(kind="person", id=found.public_id, account_id=found.pk)


def answered(world: World, phones: Phones, phone: str) -> None:
    """YES with the word that the last SMS of a phone brought."""
    (word,) = set(re.findall(r"(?:YES|हाँ) ([A-Z0-9]{4})\b", phones.last(phone)))
    with system("tests hear an answer"):
        messaging.answer_question(
            phone_id=keyring().phone_id(phone),
            yes=True,
            code=word,
            channel="sms",
            ref=word,
            by=Actor.public(),
            at=world.now,
        )


def test_a_journey_from_the_code_to_the_stop_passes_a_carrier_that_drops_what_is_not_registered(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABHIYAN_SMS_REPLIES", "1")  # the gateway takes replies to the header
    rows = registered(exported())
    assert imported(rows, tmp_path / "texts.csv")[0] == 0
    with carrying(carrier := Carrier(rows)) as way_out:
        phones = Phones(world, carrier, way_out)
        with system("tests open an account"):
            account = people.open_account(phone=PRESIDENT, name="Meena Bai", by=world_actor(), at=world.now)

        # An office is offered and accepted by a text; then its holder signs in with a code.
        made = org.appoint(
            account_id=account.pk,
            office="booth_president",
            unit_id=world.booth.pk,
            hierarchy=1,
            starts_on=today(),
            by=district_president(world),
            at=world.now,
        )
        assert made.state == Appointment.State.OFFERED
        phones.after(minutes=1)
        answered(world, phones, PRESIDENT)
        phones.after(minutes=1)
        page = phones.last(PRESIDENT).rpartition(settings.ORIGIN)[2]
        assert browser().post(page, {"phone": PRESIDENT}).status_code == 302
        phones.after(seconds=1)
        assert re.search(r"\b[0-9]{6}\b", phones.last(PRESIDENT))

        # The booths of the district are asked for a report: at the full hour its office hears of it.
        asked = Asking("Report of the booth", "report", "once", today(), today() + timedelta(days=2))
        asked = replace(asked, office="booth_president", kind="booth")
        leader = district_president(world, seated=True)
        with scoped(viewer_of(account_id=leader.account_id or 0, on=today()).scope):
            below = offices_to_ask(world.district.pk, 1, at=world.now)
            (n,) = [one.expected for one in below if one.office == "booth_president"]
            ask_units(asking=asked, unit_id=world.district.pk, expected=n, by=leader, at=world.now)
        phones.after(announcing.announce_schedules, hours=1)
        assert "Report of the booth" in phones.last(PRESIDENT)
        phones.after(minutes=1)

        # Somebody calls, opens the link of the reply, joins, and is welcomed.
        world.missed_call(of=world.asha)
        phones.after(replies.reply, seconds=2)
        link = re.search(r"/j/([^/ ]+)/", phones.last(world.asha.phone))
        assert link is not None
        world.complete(of=world.asha, link=link[1])
        phones.after(welcoming.welcome, seconds=2)

        # A day later they are asked, once more a while later, and say yes.
        phones.after(confirming.ask_new_members, days=1)
        phones.after(questions.remind_unanswered, days=4)
        phones.after(minutes=1)
        answered(world, phones, world.asha.phone)
        phones.after(minutes=1)

        # And they call to get no more messages.
        with system("tests call to stop"):
            replies.refuse_by_call(
                is_leaving=False,
                programme_id=world.programme.pk,
                phone=world.asha.phone,
                ref="generic|stop",
                number=STOP,
                by=Actor.public(),
                at=world.now,
            )
        phones.after(minutes=1)
    with system("test"):
        went = Message.objects.order_by("queued_at", "pk").values_list("template", "state", "reason")
        assert {(state, reason) for _template, state, reason in went} == {("sent", "")}, list(went)
        assert [template for template, _state, _reason in went] == [
            "duty.office",
            "office.accepted",
            "code.field",
            "duty.ask",
            "drive.reply",
            "drive.joined",
            "ask.confirm",
            "ask.confirm",
            "confirm.receipt",
            "stop.receipt",
        ]


def test_the_same_carrier_drops_each_message_of_an_installation_that_does_not_require_ids(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the carrier of this test is one, and the setting is what keeps messages back."""
    monkeypatch.delenv("ABHIYAN_DLT_REQUIRED")
    rows = registered(exported())
    world.missed_call(of=world.asha)
    with carrying(carrier := Carrier(rows)) as way_out, system("tests turn the loops"):
        replies.reply(at=world.now)
        assert send_due(way_out, at=world.now) == 0
    assert [why for why, _letter in carrier.refused] == ["template"]


def test_a_journey_waits_for_ids_and_goes_on(world: World, tmp_path: Path) -> None:
    rows = registered(exported())
    world.missed_call(of=world.asha)
    with carrying(carrier := Carrier(rows)) as way_out:
        with system("tests turn the loops"):
            replies.reply(at=world.now)
        assert send_due(way_out, at=world.now) == 0 and not carrier.refused
        assert imported(rows, tmp_path / "texts.csv")[0] == 0
        assert send_due(way_out, at=world.now + timedelta(seconds=1)) == 1
    assert [letter["to"] for letter in carrier.taken] == [world.asha.phone]
