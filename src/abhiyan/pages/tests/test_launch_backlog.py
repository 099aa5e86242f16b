"""The launch page of a drive shows all that waits, with its age and what to do, also while nothing runs."""

import importlib
import re
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from abhiyan.core import schema
from abhiyan.core.keys import keyring
from abhiyan.core.loops import loops_by_name
from abhiyan.core.models import Heartbeat
from abhiyan.core.scope import system
from abhiyan.core.sql import count, run
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.models import Parting, Roll, Waiting
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.intake.actions import replies
from abhiyan.intake.queries import calls
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.people.models import Account, Phone
from abhiyan.programmes.actions import pace
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import SYSTEM, Cast

from .test_launch import districts, figure, in_second_week, page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def callers(cast: Cast, n: int) -> None:
    for each in range(n):
        cast.world.missed_call(of=Human("", 1970, f"+9199060{each:05d}"))


def other_drive(world: World) -> Programme:
    """A second drive of the same state, on a roll of its own."""
    with system("test"):
        roll = Roll.objects.create(code="friends", names={"en": "Friends"})
        first = world.programme
        return world._drive(world.units, roll, "friends", first.opens_on, first.closes_on)


def asked(cast: Cast, unit: str, phone: str, programme_id: int, *, days_ago: int = 0) -> Ticket:
    """A request about a drive from a unit."""
    opening = helpdesk.Opening(
        way=Ticket.Way.CALL,
        phone=phone,
        texts=["The card did not come"],
        unit_id=cast.world.units[unit].pk,
        language="hi",
        programme_id=programme_id,
    )
    return helpdesk.type_ticket(opening=opening, by=SYSTEM, at=NOW - timedelta(days=days_ago))


def beats(*, ago_s: int = 0, a_minute: float | None = None) -> None:
    """Every loop has turned, so long ago."""
    with schema.working_as("jobs"), system("test"):
        for name, loop in loops_by_name().items():
            Heartbeat.objects.update_or_create(
                loop=name,
                defaults={
                    "turned_at": NOW - timedelta(seconds=ago_s),
                    "took_ms": 1,
                    "every_s": loop.every_s,
                    "a_minute": a_minute,
                    "error": "",
                },
            )


def row(text: str, name: str) -> str:
    """Return the row of one thing in the table of what waits."""
    found = re.search(rf"<tr>(?:(?!</tr>).)*{re.escape(name)}.*?</tr>", text, re.DOTALL)
    assert found, name
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_with_no_loop_running_the_page_says_how_many_callers_wait_and_that_nothing_runs(cast: Cast) -> None:
    callers(cast, 7)
    with system("test"):
        Waiting.objects.update(at=NOW - timedelta(minutes=12))
    text = cast.client("state_president").get(page(cast)).text
    assert figure(text, "Replies waiting") == "7"
    assert "Callers, reply not written yet 7 12:0" in row(text, "Callers, reply not written yet")
    assert "Something does not run" in text and "no caller gets a reply (it never ran here)" in text
    assert "Nothing leaves: what sends it does not run." in text


def test_a_loop_that_stopped_is_told_with_its_time_and_one_that_turns_says_when_it_is_empty(
    cast: Cast,
) -> None:
    callers(cast, 7)
    client = cast.client("state_president")
    beats(ago_s=300)
    late = client.get(page(cast)).text
    assert "no caller gets a reply (since " in late and "no message leaves (since " in late
    beats(a_minute=3.5)
    text = client.get(page(cast)).text
    assert "Something does not run" not in text and "Empty in about 2 minutes" in text
    beats(a_minute=0)
    assert "Nothing has left in the last minute." in client.get(page(cast)).text
    with schema.working_as("jobs"), system("test"):
        Heartbeat.objects.filter(loop="messaging.send").update(error="OperationalError")
    assert "no message leaves (its last turn failed at" in client.get(page(cast)).text


def test_with_the_budget_spent_the_page_says_how_many_are_held_and_what_to_do(cast: Cast) -> None:
    at = NOW
    callers(cast, 5)
    with system("test"):
        messaging.set_allowance(programme_id=cast.world.programme.pk, per_hour=2, by=SYSTEM, at=at)
        replies.reply(at=at)
    send_due(Kept(), at=at)
    with system("test"):
        assert Message.objects.filter(state="held").count() == 3
    text = cast.client("state_president").get(page(cast)).text
    assert figure(text, "Held back") == "3" and figure(text, "Replies waiting") == "0"
    told = row(text, "Held back")
    assert "waits for approval" in told and "Ask for approval" in told
    assert "/messages/?state=held" in text
    # A district sees what waits for its own people, and not what the drive holds back.
    assert "Held back" not in cast.client("district_in_charge").get(page(cast)).text


def test_replies_of_a_drive_beneath_codes_and_others_in_the_queue_are_counted(cast: Cast) -> None:
    world, at = cast.world, NOW
    part = other_drive(world)
    with system("test"):
        Programme.objects.filter(pk=part.pk).update(parent=world.programme)
        Programme.objects.filter(pk=world.programme.pk).update(parts=[part.pk])
        Message.objects.all().delete()
        for n, (template, programme_id) in enumerate(
            [
                ("drive.reply", part.pk),
                ("drive.reply", world.programme.pk),
                ("code.join", 0),
                ("duty.task_late", 0),
            ]
        ):
            messaging.queue_message(
                template=template, phone=f"+9199060077{n:02d}", language="en", blanks={},
                key=f"test {n}", programme_id=programme_id, at=at,
            )  # fmt: skip
    text = cast.client("state_president").get(page(cast)).text
    assert "Replies and messages of the drive 2 " in row(text, "Replies and messages of the drive")
    assert " 1 0:0" in row(text, "One-time codes") and " 1 0:0" in row(
        text, "Other messages in the same queue"
    )
    assert figure(text, "Replies waiting") == "4"


def test_the_page_and_the_bench_count_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[4]), *sys.path])
    due = importlib.import_module("bench.launch")._DUE
    at = NOW
    callers(cast, 9)
    with system("test"):
        replies.reply(at=at)
    callers(cast, 11)  # nine of them again
    with system("test"):
        expected = sum(count(due[name]) for name in ("calls", "messages"))
    assert expected >= 11
    text = cast.client("state_president").get(page(cast)).text
    assert figure(text, "Replies waiting") == str(expected)


def test_more_callers_than_are_counted_are_said_to_be_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    callers(cast, 4)
    monkeypatch.setattr(calls, "MOST_COUNTED", 3)
    assert figure(cast.client("state_president").get(page(cast)).text, "Replies waiting") == "3+"


def test_requests_and_entries_of_this_drive_are_counted_wherever_below_they_wait(cast: Cast) -> None:
    world, other = cast.world, other_drive(cast.world)
    for n, (unit, of, days) in enumerate(
        [
            ("JK-B001", world.programme.pk, 9),
            ("JK-SRI-M1", world.programme.pk, 0),
            ("JK-JAM", world.programme.pk, 0),
            ("JK-B001", other.pk, 9),
        ]
    ):
        asked(cast, unit, f"+9199060066{n:02d}", of, days_ago=days)
    text = cast.client("state_president").get(page(cast)).text
    assert figure(text, "Helpline") == "3"
    assert "1 overdue, oldest 9 days" in text
    assert f"programme={world.programme.public_id}" in text
    listed = cast.client("state_president").get(f"/helpline/?unit=JK&programme={world.programme.public_id}")
    assert len(set(re.findall(r"H-\w{4}-\w{4}<", listed.text))) == 3, "the link leads to just these"
    assert figure(cast.client("district_in_charge").get(page(cast)).text, "Helpline") == "2"
    assert figure(cast.client("district_elsewhere").get(page(cast)).text, "Helpline") == "1"
    with system("test"):
        world.web_join(of=Human("Kamla Devi", 1966, "+919906007701"), unit=world.state)
        run(
            "update enrolment_claim set is_placed = false where phone_id = %s",
            [keyring().phone_id("+919906007701")],
        )
    assert figure(cast.client("state_president").get(page(cast)).text, "Members without a place") == "1"
    there = f"/launch/{other.public_id}/"
    assert figure(cast.client("state_president").get(there).text, "Members without a place") == "0"
    assert figure(cast.client("state_president").get(there).text, "Helpline") == "1"


def test_districts_that_have_begun_are_told_by_their_rate_the_slowest_first(cast: Cast) -> None:
    at = NOW
    with system("test"):
        pace.note_units(at=at - timedelta(minutes=5))
    cast.crowd(10, "JK-B001", "70063")
    with system("test"):
        assert pace.note_units(at=at) > 0
        assert pace.note_units(at=at) == 0, "once in five minutes is once"
    text = cast.client("state_president").get(page(cast)).text
    sheet = text.split("Slowest now", 1)[1]
    assert sheet.index("Jammu") < sheet.index("Srinagar"), "nobody came there"
    assert f"{page(cast)}?unit=JK-JAM" in sheet
    assert "Slowest now" not in cast.client("district_in_charge").get(page(cast)).text


def test_who_is_to_be_called_about_a_silent_district_is_named_and_rung_and_it_leaves_a_row(
    cast: Cast,
) -> None:
    districts(cast, 1)
    account = cast.accounts["district_elsewhere"]
    with system("test"):
        phone, ring = "+919906012399", keyring()
        phone_id = ring.phone_id(phone)
        Phone.objects.create(
            id=phone_id, hash=b"x" * 32, sealed=ring.seal(phone.encode(), about=phone_id.bytes), last4="2399"
        )
        Account.objects.filter(pk=account.pk).update(phone_id=phone_id)
    cast.appoint(account, "district_president", "JK-D0000", by=SYSTEM)
    chief = cast.client("state_president")
    text = chief.get(page(cast)).text
    assert account.name in text and "District president" in text
    sheet = f"/bearers/{account.public_id}/"
    assert f'href="{sheet}" data-sheet>' in text
    assert 'href="tel:+919906012399"' in chief.post(sheet).text
    assert cast.world.rows("select count(*) from core_audit where act = 'people.reveal_phone'") == [(1,)]
    for role in ("district_in_charge", "data_officer"):
        assert sheet not in cast.client(role).get(page(cast)).text, role
        assert cast.client(role).post(sheet).status_code in (403, 404), role


def test_noes_of_today_are_rounded_and_below_the_whole_drive_one_figure(cast: Cast) -> None:
    world, at = cast.world, NOW
    with system("test"):
        Parting.objects.bulk_create(
            Parting(
                id=uuid4(), kind="left" if n < 23 else "denied", phone_id=uuid4(), public_id=uuid4(),
                programme_id=world.programme.pk, unit_id=world.booth.pk, claim_id=uuid4(), entered_channel=1,
                entered_at=at, batch=uuid4(), by=uuid4(), channel=1, at=at - timedelta(days=int(n == 0)),
            )
            for n in range(28)
        )  # fmt: skip
    text = cast.client("state_president").get(page(cast)).text

    def told(text: str, label: str) -> str:
        found = re.search(rf"{label}.*?<b class=\"nums\">(.*?)</b>", text, re.DOTALL)
        assert found, label
        return found[1]

    assert told(text, "LEAVE: left today") == "20"
    assert told(text, "NO: never joined") == "fewer than 10"
    below = cast.client("district_in_charge").get(page(cast)).text
    assert "NO: never joined" not in below and told(below, "Left today, or never joined") == "30"
    elsewhere = cast.client("district_elsewhere").get(page(cast)).text
    assert told(elsewhere, "Left today, or never joined") == "fewer than 10", "nobody, as good as one"


def test_the_page_is_linked_from_the_programme_the_drive_and_today_while_it_is_open(cast: Cast) -> None:
    chief, one = cast.client("state_president"), cast.world.programme
    link = f'href="{page(cast)}'
    for where in (f"/programmes/{one.public_id}/", f"/drives/{one.public_id}/", "/today/"):
        assert link in chief.get(where).text, where
    cast.world.set_state("closed")
    for where in (f"/programmes/{one.public_id}/", f"/drives/{one.public_id}/", "/today/"):
        assert link not in chief.get(where).text, where


def test_unit_leads_to_each_drive_and_their_pages_to_the_others(cast: Cast) -> None:
    in_second_week(cast)
    other = other_drive(cast.world)
    cast.target("JK", 500)
    client, first = cast.client("state_president"), page(cast)
    unit = client.get("/units/JK/more/").text
    second = f'href="/launch/{other.public_id}/?unit=JK"'
    assert unit.count("/launch/") == 2 and "Today in the field: " in unit
    assert f'href="{first}?unit=JK"' in unit and second in unit and second in client.get(first).text
