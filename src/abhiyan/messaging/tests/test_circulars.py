"""Circulars: to holders of offices below, announced by SMS, read in the app; the sender sees who read it."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S, until_blocked
from abhiyan.messaging import actions, tasks
from abhiyan.messaging.actions import circulars
from abhiyan.messaging.models import Circular, Message, MessageClass, Reading
from abhiyan.org.actions import end_appointment
from abhiyan.org.models import Appointment, Office
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import SYSTEM, World, actor
from abhiyan.org.tests.rights import Rights
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser

pytestmark = pytest.mark.django_db
TEXT = "Meet every booth president.\n\nSend the list by Friday."


class Field:
    """Somebody may send circulars in a state; offices are in a district, a mandal below it, and in another district."""

    def __init__(self) -> None:
        self.world = World()
        self.rights = Rights(self.world.unit)
        self.sender = self.rights.holder("messages.circular", "people.read", at="N1")
        self.district = self.rights.holder("people.read", at="N11")
        self.mandal = self.rights.holder("people.read", at="N111")
        self.elsewhere = self.rights.holder("people.read", at="N12")
        self.foreign = self.rights.holder("messages.circular", "people.read", at="N2")

    def send(self, *, office: str = "", at: datetime | None = None, by: Account | None = None) -> Circular:
        public_id = actions.send_circular(
            title="Booth presidents",
            text=TEXT,
            number="7/2026",
            office=office,
            unit_id=self.world.unit("N1"),
            hierarchy=1,
            by=actor(by or self.sender),
            at=at or NOW,
        )
        tasks.tell_of_circular(str(public_id), "first")
        with system("test"):
            return Circular.objects.get(public_id=public_id)

    def unread(self, one: Circular) -> set[int]:
        with system("test"):
            return set(
                Reading.objects.filter(circular_id=one.pk, read_at=None).values_list("account_id", flat=True)
            )

    def messages(self) -> list[Message]:
        with system("test"):
            return list(Message.objects.filter(template="duty.circular"))


@pytest.fixture
def field(db: None) -> Field:
    with system("test"):
        actions.publish_templates(at=NOW, by=SYSTEM)
    return Field()


def page_of(one: Circular) -> str:
    return f"/messages/circulars/{one.public_id}/"


def test_a_circular_goes_to_each_office_below_once_and_an_sms_tells_them(field: Field) -> None:
    one = field.send()
    assert (
        field.unread(one) == {field.district.pk, field.mandal.pk, field.elsewhere.pk} and one.recipients == 3
    )
    told = field.messages()
    assert len(told) == 3 and {each.kind for each in told} == {MessageClass.DUTY}
    tasks.tell_of_circular(str(one.public_id), "first")
    assert len(field.messages()) == 3, "begun anew the job tells nobody twice"


def test_nobody_sends_where_they_may_not_or_to_nobody_or_without_words(field: Field) -> None:
    with pytest.raises(NotYours):
        field.send(by=field.foreign)
    with pytest.raises(circulars.NobodyBelow):
        field.send(office="verifier")
    asked: dict[str, Any] = {
        "number": "",
        "office": "",
        "unit_id": field.world.unit("N1"),
        "hierarchy": 1,
    }
    with pytest.raises(circulars.SubjectMissing):
        actions.send_circular(title=" ", text="x", **asked, by=actor(field.sender), at=NOW)
    with pytest.raises(circulars.TextMissing):
        actions.send_circular(title="x", text=" ", **asked, by=actor(field.sender), at=NOW)
    assert Circular.objects.count() == 0


def test_opening_it_signed_in_is_reading_it_and_today_asks_until_then(field: Field) -> None:
    one = field.send()
    client = browser(field.district)
    assert "Circular: Booth presidents" in body(client, "/today/")
    assert browser().get(page_of(one)).status_code == 302 and field.district.pk in field.unread(one)
    assert "Send the list by Friday." in body(client, page_of(one))
    assert field.unread(one) == {field.mandal.pk, field.elsewhere.pk}
    assert "Circular: Booth presidents" not in body(client, "/today/")
    assert "1 of 3 have read it" in body(browser(field.sender), "/today/")
    with system("test"):
        assert Reading.objects.get(circular_id=one.pk, account_id=field.district.pk).read_at is not None


def test_the_sender_sees_who_read_it_by_unit_and_a_leader_only_their_own_units(field: Field) -> None:
    one = field.send()
    body(browser(field.mandal), page_of(one))
    shown = body(browser(field.sender), page_of(one))
    assert "1 of 3 have read it (33%)" in shown and "Unit N12" in shown
    assert body(browser(field.sender), f"{page_of(one)}?format=csv").splitlines() == [
        "\ufeffUnit,Went to,Have read it,Not yet",
        "Unit N11,2,1,1",
        "Unit N12,1,0,1",
    ]
    left = body(browser(field.sender), f"{page_of(one)}?unit=N11&show=unread").split("By name")[-1]
    assert field.district.name in left and field.mandal.name not in left
    own = body(browser(field.district), page_of(one))
    assert "Unit N111" in own and "Unit N12" not in own and field.elsewhere.name not in own
    assert browser(field.foreign).get(page_of(one)).status_code == 404


def test_who_has_not_read_it_is_reminded_once_a_day(field: Field) -> None:
    one = field.send(at=NOW - timedelta(days=2))
    body(browser(field.district), page_of(one))
    client = browser(field.sender)
    assert client.post(f"{page_of(one)}remind/").status_code == 302
    for _n in range(2):
        tasks.tell_of_circular(str(one.public_id), "2026-11-25")
    assert len(field.messages()) == 5, "begun anew the job reminds nobody twice"
    again = client.post(f"{page_of(one)}remind/")
    assert again.status_code == 409 and b"There is nobody to remind" in again.content
    assert browser(field.district).post(f"{page_of(one)}remind/").status_code == 403


def test_a_withdrawn_circular_is_nobodys_to_read_and_its_messages_do_not_leave(field: Field) -> None:
    one = field.send()
    assert browser(field.sender).post(f"{page_of(one)}withdraw/").status_code == 302
    shown = body(browser(field.mandal), page_of(one))
    assert "was withdrawn" in shown and "Send the list by Friday." not in shown
    assert field.mandal.pk in field.unread(one) and {each.state for each in field.messages()} == {"dropped"}
    assert "Circular:" not in body(browser(field.mandal), "/today/")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_queued_behind_a_circular_that_is_being_withdrawn(field: Field) -> None:
    one = field.send()
    with system("test"):
        Message.objects.all().delete()  # as if none had been queued yet
    told: list[int | None] = []

    def tell() -> None:
        try:
            at = NOW
            told.append(actions.announce_next(public_id=one.public_id, word="first", after=0, at=at))
        finally:
            connection.close()

    teller = threading.Thread(target=tell)
    with system("test"):
        actions.withdraw_circular(public_id=one.public_id, by=actor(field.sender), at=NOW)
        teller.start()
        until_blocked()
    teller.join(PATIENCE_S)
    assert (told, field.messages()) == ([None], [])


def test_a_reminder_waits_a_whole_day_and_counts_among_the_messages_of_a_day_and_does_not_leave_once_withdrawn(
    field: Field,
) -> None:
    one = field.send(at=NOW - timedelta(days=2))
    by = actor(field.sender)
    assert actions.remind_readers(public_id=one.public_id, by=by, at=NOW) == 3
    actions.announce_next(public_id=one.public_id, word="2026-11-25", after=0, at=NOW)
    with pytest.raises(actions.NobodyToRemind):
        actions.remind_readers(public_id=one.public_id, by=by, at=NOW + timedelta(hours=23))
    for _n in range(circulars.MOST_TOLD):
        to(field, "N111", field.sender)
    with system("test"):
        told = Message.objects.filter(template="duty.circular", phone_id=field.mandal.phone_id)
        assert told.count() == 1 + circulars.MOST_TOLD, "the reminder is one of the five of today"
    actions.withdraw_circular(public_id=one.public_id, by=by, at=NOW)
    with system("test"):
        assert told.filter(state="dropped").count() == 2, "the first message and the reminder"


def test_a_circular_is_written_on_its_page(field: Field) -> None:
    client = browser(field.sender)
    assert client.get("/messages/circulars/new/?unit=N2").status_code == 403
    page = "/messages/circulars/new/?unit=N1"
    assert "Every office here and below (3)" in body(client, page)
    assert client.post(page, {"title": "x"}).status_code == 422
    made = client.post(page, {"title": "Booth presidents", "text": TEXT, "office": "", "number": ""})
    assert made.status_code == 302 and "0 of 3 have read it" in body(client, made["Location"])
    assert "Booth presidents" in body(client, "/messages/circulars/?q=booth")
    assert "Nothing fits." in body(client, "/messages/circulars/?q=elsewhere")
    assert "not read yet" in body(browser(field.mandal), "/messages/circulars/")
    assert "Booth presidents" not in body(browser(field.foreign), "/messages/circulars/")


def to(field: Field, code: str, by: Account, *, at: datetime = NOW) -> Circular:
    """A circular by somebody to the offices of one unit and below."""
    given = {"title": code, "text": TEXT, "number": "", "office": "", "hierarchy": 1, "at": at}
    public_id = actions.send_circular(**given, unit_id=field.world.unit(code), by=actor(by))  # type: ignore[arg-type]  # as given
    actions.announce_next(public_id=public_id, word="first", after=0, at=at)
    with system("test"):
        return Circular.objects.get(public_id=public_id)


def test_a_circular_to_one_unit_below_speaks_for_its_senders_own_unit_and_is_withdrawn_there(
    field: Field,
) -> None:
    below = field.rights.holder("messages.circular", "people.read", at="N11")
    one = to(field, "N11", field.sender)
    assert one.unit_id == field.world.unit("N1") and below.pk in field.unread(one)
    shown = re.search(r"Unit N1\b.*", body(browser(below), page_of(one)))
    assert shown is not None and "Unit N11" not in shown[0], "its reader sees who speaks"
    with pytest.raises(NotYours):
        actions.withdraw_circular(public_id=one.public_id, by=actor(below), at=NOW)
    assert browser(below).post(f"{page_of(one)}withdraw/").status_code == 403
    assert "It goes from Unit N1 to" in body(browser(field.sender), "/messages/circulars/new/?unit=N11")
    nation = field.rights.holder("messages.circular", at="N")
    with pytest.raises(NotYours):
        actions.withdraw_circular(public_id=one.public_id, by=actor(nation), at=NOW)
    with system("test"):
        held = Appointment.objects.get(account_id=field.sender.pk)
    end_appointment(public_id=held.public_id, reason="moved", by=SYSTEM, at=NOW)
    actions.withdraw_circular(public_id=one.public_id, by=actor(nation), at=NOW)
    with system("test"):
        assert Circular.objects.get(pk=one.pk).ended_at == NOW, "the desk is vacant: the next office above"


def test_a_sender_sends_five_a_day_from_all_units_and_offices_together(field: Field) -> None:
    with system("test"):
        Office.objects.create(code="second", names={"en": "Second"}, capabilities=["messages.circular"])
    field.world.appoint(field.sender, "second", "N12")
    for code in ("N1", "N11", "N12", "N111", "N12"):
        to(field, code, field.sender)
    for code in ("N1", "N11", "N12", "N111"):
        with pytest.raises(TooMany):
            to(field, code, field.sender)
    other = field.rights.holder("messages.circular", at="N1")
    assert to(field, "N11", other).recipients, "the limit is the sender's own"


def test_a_reader_gets_five_messages_of_one_unit_a_day_whoever_sends_and_reads_all_on_today(
    field: Field,
) -> None:
    senders = [field.sender, *(field.rights.holder("messages.circular", at="N1") for _n in range(2))]
    nation = field.rights.holder("messages.circular", at="N")
    for n in range(7):
        to(field, "N111", senders[n % 3])

    def told() -> int:
        phone = field.mandal.phone_id
        return sum(each.phone_id == phone for each in field.messages())

    assert told() == circulars.MOST_TOLD == 5
    to(field, "N111", nation)
    assert told() == 6, "another unit is not held by that"
    with system("test"):
        assert Reading.objects.filter(account_id=field.mandal.pk).count() == 8
    tomorrow = to(field, "N111", field.sender, at=NOW + timedelta(days=1))
    assert told() == 7 and field.mandal.pk in field.unread(tomorrow)
