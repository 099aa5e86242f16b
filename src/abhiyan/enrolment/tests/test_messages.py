"""The page of messages and its file: the same kinds by the same names, in the reader's language."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import texts
from abhiyan.people.models import Account

from .make import World
from .web import main, officer, web_world

pytestmark = pytest.mark.django_db
CODES = sorted({code for code, _language in texts.TEXTS})


@pytest.fixture
def reader() -> Client:
    """An office that reads messages, after one of each kind was sent."""
    world: World = web_world()
    with system("test"):
        for n, code in enumerate(CODES):
            messaging.queue_message(
                template=code,
                phone=world.asha.phone,
                language="en",
                blanks={},
                key=code,
                unit_id=world.booth.pk,
                kind=texts.text_kind(code),
                at=world.now + timedelta(seconds=n),
            )
        Message.objects.filter(template="drive.reply").update(state="sent", sent_at=world.now)
        Message.objects.filter(template="drive.already").update(state="dropped", reason="suppressed")
    return officer(world, "state_president", "JK")


@pytest.mark.parametrize(
    ("language", "named"), [("en", "News of being in charge"), ("hi", "प्रभारी बनाए जाने की सूचना")]
)
def test_page_filter_and_file_name_every_kind_of_message(reader: Client, language: str, named: str) -> None:
    with system("test"):
        Account.objects.update(language=language)
    page = main(reader.get("/messages/").content)
    assert page.count(named) == 2  # in its row, and in the filter
    for code in CODES:
        assert f">{code}<" not in page and f'value="{code}"' in page
        assert main(reader.get(f"/messages/?template={code}").content).count("<tr>") == 2
    file = b"".join(reader.get("/messages/?format=csv"))
    head, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig")))
    assert len(head) == 5 and len(rows) == len(CODES)
    for row in rows:
        assert row[1] in page and row[2] in page and row[1] not in CODES


def test_the_file_says_when_a_message_was_sent_and_why_another_was_not(reader: Client) -> None:
    file = b"".join(reader.get("/messages/?format=csv"))
    rows = {row["Message"]: row for row in csv.DictReader(io.StringIO(file.decode("utf-8-sig")))}
    replied, already = rows["Reply to a first call or text"], rows["Already a member"]
    assert (replied["Status"], replied["Sent"][:4]) == ("Sent", "2026")
    assert (already["Status"], already["Sent"], already["Reason"]) == ("Given up", "", "The phone said no")


def test_the_page_says_since_when_the_gateway_takes_nothing(reader: Client) -> None:
    assert "SMS gateway" not in main(reader.get("/messages/").content)
    messaging.note_outage(lane="codes", since=NOW, reason="no_connection")
    page = main(reader.get("/messages/").content)
    assert "The SMS gateway does not accept one-time codes." in page and "Since " in page
    assert "The gateway could not be reached" in page
    messaging.end_outage(lane="codes")
    assert "SMS gateway" not in main(reader.get("/messages/").content)
