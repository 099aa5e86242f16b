"""An office is accepted from the phone it was named with: by a text with the word, or by the link, and no other way."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions
from abhiyan.messaging.actions import Answered
from abhiyan.messaging.models import Message, MessageClass, Question
from abhiyan.messaging.queries import OFFICE
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.tests.make import World, actor
from abhiyan.org.tests.offered import (
    HOOK,
    PHONE,
    again,
    asked,
    holder_of,
    offer,
    page,
    word,
    world_with_texts,
)
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return world_with_texts()


@pytest.fixture
def made(world: World) -> Appointment:
    return offer(world)


def text(held: Appointment, code: str, *, yes: bool = True, of: Account | None = None) -> Answered:
    """An SMS from the holder's phone, or of somebody else's."""
    with transaction.atomic():
        return actions.answer_question(
            phone_id=(of or holder_of(held)).phone_id,
            yes=yes,
            code=code,
            channel="sms",
            ref="1",
            by=HOOK,
            at=NOW,
        )


def sent() -> list[tuple[str, dict[str, str]]]:
    """Template and blanks of what went or waits, in order."""
    with system("test"):
        return [
            (one.template, json.loads(keyring().unseal(bytes(one.sealed_blanks), about=one.pk.bytes)))
            for one in Message.objects.order_by("queued_at", "template")
        ]


def test_the_offer_asks_by_word_and_link_and_is_a_message_of_duty(made: Appointment) -> None:
    ((template, blanks),) = sent()
    with system("test"):
        assert Message.objects.get().kind == MessageClass.DUTY
    assert template == "duty.office" and blanks["word"] == word(made)
    link = blanks["link"].removeprefix(settings.ORIGIN)
    assert Client().get(link)["Location"] == page(made)


def test_yes_by_text_accepts_and_says_so_once(made: Appointment) -> None:
    assert text(made, word(made)) is Answered.TAKEN
    held = again(made)
    assert (held.state, held.accepted_how) == ("active", "text")
    assert text(made, word(made)) is Answered.AGAIN
    assert [template for template, _blanks in sent()] == ["duty.office", "office.accepted"]
    with system("test"):
        (row,) = AuditEntry.objects.filter(subject=str(made.public_id), act="org.accept")
    assert row.facts["how"] == "text"


def test_no_by_text_declines_and_a_later_yes_is_too_late(made: Appointment) -> None:
    assert text(made, word(made), yes=False) is Answered.TAKEN
    assert (again(made).state, again(made).end_reason) == ("ended", "declined")
    assert text(made, word(made)) is Answered.OVER
    assert [template for template, _blanks in sent()] == ["duty.office", "office.declined"]


def test_what_org_refuses_is_told_to_who_wrote(world: World, made: Appointment) -> None:
    world.appoint(holder_of(made), "data_officer", "N12")
    assert text(made, word(made)) is Answered.TAKEN
    template, blanks = sent()[-1]
    assert template == "office.unchanged" and blanks["why"]
    assert again(made).state == "offered"


def test_a_no_after_a_yes_ends_nothing_and_is_told_so(made: Appointment) -> None:
    text(made, word(made))
    assert text(made, word(made), yes=False) is Answered.TAKEN
    assert again(made).state == "active" and sent()[-1][0] == "office.unchanged"


def test_nobody_else_answers_for_who_was_named(world: World, made: Appointment) -> None:
    """Not who gave it, with the word or in their browser; not who guesses; no call; no bare yes."""
    with system("test"):
        leader = Account.objects.get(pk=made.made_by or 0)
    assert text(made, word(made), of=leader) is Answered.WRONG
    assert text(made, "BCDF") is Answered.WRONG
    assert text(made, "") is Answered.WHICH
    for looked in (browser(leader).get, browser(leader).post):
        answer = looked(page(made), {"answer": "accept"})
        assert "You cannot answer here" in answer.content.decode()
    assert answer.status_code == 403
    assert Client().post("/office/guessed/", {"answer": "accept"}).status_code == 404
    with pytest.raises(org.NotOffered):
        org.answer_by_phone(
            public_id=made.public_id,
            phone_id=leader.phone_id,
            is_accepted=True,
            how=Appointment.How.TEXT,
            by=HOOK,
            at=NOW,
        )
    assert again(made).state == "offered"


def test_a_bare_yes_with_an_office_and_something_else_open_is_asked_once_which(made: Appointment) -> None:
    with system("test"):
        actions.ask_question(
            asking=actions.PhoneQuestion(
                room="test",
                kind="other",
                about=made.public_id,
                phone=PHONE,
                language="en",
                template="ask.confirm",
                blanks={"name": "Meena B…", "day": "1 May"},
                label="Meena B…",
                expires_at=NOW + timedelta(days=30),
            ),
            at=NOW,
        )
    assert [text(made, "") for _twice in range(2)] == [Answered.WHICH, Answered.SILENT]
    template, blanks = sent()[-1]
    assert template == "reply.which" and "Meena B…" in blanks["choices"] and "N111" in blanks["choices"]
    asks = next(each for each in blanks["choices"].split(" / ") if "N111" in each)
    (code,) = re.findall(r"(?:YES|हाँ) (\w{4})", asks)
    assert text(made, code) is Answered.TAKEN and again(made).state == "active"


def test_answered_signed_in_or_taken_back_nobody_is_asked_any_more(world: World, made: Appointment) -> None:
    other = offer(world, "N112", ("state_president", "N1"))
    org.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(holder_of(made)), at=NOW)
    with system("test"):
        leader = Account.objects.get(pk=other.made_by or 0)
    org.end_appointment(public_id=other.public_id, reason="mistake", by=actor(leader), at=NOW)
    for held in (made, other):
        assert asked(held).closed_at is not None and text(held, word(held)) is Answered.OVER
        assert Client().get(page(held)).status_code == 404
    with system("test"):
        assert set(Message.objects.values_list("state", "reason")) == {("dropped", "taken_back")}


def test_after_thirty_days_the_word_is_over_and_signing_in_still_accepts(made: Appointment) -> None:
    later: datetime = NOW + timedelta(days=31)
    assert asked(made).expires_at < later
    with system("test"):
        Question.objects.update(expires_at=NOW)
    assert text(made, word(made)) is Answered.OVER and Client().get(page(made)).status_code == 404
    org.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(holder_of(made)), at=later)
    assert again(made).state == "active"


def test_one_who_accepts_by_text_while_the_offer_is_taken_back_changes_nothing(made: Appointment) -> None:
    """The office is locked by who takes it back, the question by who answers: neither waits for the other."""
    with system("test"):
        Appointment.objects.filter(pk=made.pk).update(state="ended")
    assert text(made, word(made)) is Answered.TAKEN
    assert again(made).state == "ended" and sent()[-1][0] == "office.unchanged"
    assert (asked(made).room, asked(made).kind) == OFFICE
