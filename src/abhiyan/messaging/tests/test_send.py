"""Messages on their way out: once, through gate and budget, never blindly again."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from abhiyan.core.actor import Actor
from abhiyan.core.doctor import FAIL, OK, DoctorFinding
from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.given import CASES
from abhiyan.core.tests.waits import until
from abhiyan.messaging import actions, doctor, queries
from abhiyan.messaging.actions import sending
from abhiyan.messaging.actions.sending import LEASE, TRIES, Leased
from abhiyan.messaging.adapters import Handed, Http, Letter
from abhiyan.messaging.models import Message, Spending, Template
from abhiyan.messaging.rules import texts
from abhiyan.people import actions as people
from abhiyan.people.models import Person, Purpose, Suppression

from .sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # 11:30 in India
PHONE = "+919419000001"
BLANKS = {"code": "123456", "leave": "+911800000001"}


class Gateway:
    """A real HTTP gateway on loopback gives the answers a test set."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.got.append(body | {"auth": self.headers["Authorization"]})
                status = outer.answers.pop(0) if outer.answers else 200
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps({"id": f"gw-{len(outer.got)}"}).encode())

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.adapter = Http(url=f"http://127.0.0.1:{self.server.server_port}/send", token="t0k")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    one = Gateway()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture(autouse=True)
def published() -> None:
    with system("test"):
        actions.publish_templates(at=AT, by=Actor.system("test"))


def queue(
    *,
    key: str = "k1",
    kind: int = texts.SERVICE,
    template: str = "code.join",
    programme_id: int = 0,
    asked_at: datetime | None = None,
) -> None:
    with system("test"):
        message = actions.Outgoing(
            template=template,
            phone=PHONE,
            language="hi",
            blanks=BLANKS | dict.fromkeys(("notice", "link", "hear", "role", "programme", "unit"), "x"),
            key=key,
            kind=kind,
            programme_id=programme_id,
            asked_at=asked_at,
        )
        actions.send_many(messages=[message], at=AT)


def turn(gateway: Gateway, at: datetime = AT) -> int:
    return send_due(gateway.adapter, at=at)


def lease(at: datetime = AT, n: int = 99, *, codes: bool = False) -> list[Leased]:
    return actions.lease(at=at, n=n, codes=codes)


def hand_over(gateway: Gateway, leased: list[Leased], at: datetime = AT) -> int:
    """Hand over what a lane has leased, and settle it."""
    going = actions.admit(messages=leased, at=at)
    returned = [(one, gateway.adapter.hand(one.letter)) for one in going]
    return actions.settle_messages(returned=returned, adapter="http", at=at)


def states() -> list[tuple[str, str]]:
    with system("test"):
        return list(Message.objects.order_by("queued_at", "pk").values_list("state", "reason"))


def test_a_message_reaches_the_gateway_once_with_its_blanks_filled(gateway: Gateway) -> None:
    queue()
    queue()  # the same key again
    assert turn(gateway) == 1
    assert turn(gateway) == 0
    assert [one["to"] for one in gateway.got] == [PHONE]
    assert "123456" in gateway.got[0]["text"]
    assert gateway.got[0]["auth"] == "Bearer t0k"
    assert states() == [("sent", "")]


def test_phone_and_code_are_sealed_at_rest() -> None:
    queue()
    with system("test"):
        row = Message.objects.values().get()
    assert PHONE not in repr(row) and "123456" not in repr(row)
    assert keyring().unseal(bytes(row["sealed_phone"]), about=row["id"].bytes).decode() == PHONE


def test_a_gateway_in_trouble_is_tried_again_later_and_given_up_in_the_end(gateway: Gateway) -> None:
    queue(template="drive.reply")
    gateway.answers = [503] * 10
    at = AT
    for _try in range(TRIES):
        turn(gateway, at)
        at += timedelta(minutes=70)
    assert len(gateway.got) == TRIES
    assert states() == [("failed", "http_503")]


def test_a_refusal_by_the_gateway_is_not_repeated(gateway: Gateway) -> None:
    queue()
    gateway.answers = [400]
    turn(gateway)
    turn(gateway, AT + timedelta(hours=2))
    assert len(gateway.got) == 1
    assert states() == [("failed", "http_400")]


def test_a_lease_that_lapses_returns_to_the_queue(gateway: Gateway) -> None:
    queue(template="drive.reply")
    assert len(lease()) == 1  # and the sender dies
    assert lease(AT + timedelta(seconds=30)) == []
    assert turn(gateway, AT + LEASE) == 1


def test_the_lease_of_a_code_lapses_while_somebody_still_waits_for_it(gateway: Gateway) -> None:
    queue()
    assert len(lease(codes=True)) == 1
    assert turn(gateway, AT + timedelta(seconds=29)) == 0
    assert turn(gateway, AT + timedelta(seconds=30)) == 1


def test_what_is_taken_back_does_not_go_and_what_has_gone_stays_sent(gateway: Gateway) -> None:
    queue(key="gone")
    turn(gateway)
    queue(key="waits", kind=texts.DUTY)
    queue(key="stays")
    assert actions.take_messages_back(keys=["gone", "waits", "never sent"], at=AT) == 1
    assert turn(gateway) == 1 and len(gateway.got) == 2
    assert sorted(states()) == [("dropped", "taken_back"), ("sent", ""), ("sent", "")]


class Meanwhile:
    """A way out during whose work the message is taken back; it gives the answer it was made with."""

    name = "meanwhile"

    def __init__(self, *, ok: bool) -> None:
        self.ok = ok

    def hand(self, letter: Letter) -> Handed:
        assert actions.take_messages_back(keys=["named"], at=AT) == 1
        connection.close()  # of this hand
        return Handed(ok=self.ok, again=not self.ok, ref="m1")


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=12)])  # by day, and at night: it would wait
def test_what_is_taken_back_while_it_is_leased_stays_taken_back(gateway: Gateway, after: timedelta) -> None:
    queue(key="named", kind=texts.DUTY, template="duty.in_charge")
    leased = lease(AT + after)
    assert len(leased) == 1
    assert actions.take_messages_back(keys=["named"], at=AT + after) == 1
    assert hand_over(gateway, leased, AT + after) == 0
    assert (states(), gateway.got) == ([("dropped", "taken_back")], [])


@pytest.mark.parametrize(("ok", "state"), [(False, ("dropped", "taken_back")), (True, ("sent", ""))])
def test_what_is_taken_back_while_it_is_handed_over_is_not_tried_again(
    ok: bool, state: tuple[str, str]
) -> None:
    queue(key="named", kind=texts.DUTY)
    send_due(Meanwhile(ok=ok), at=AT)
    assert states() == [state]
    assert lease(AT + timedelta(hours=1)) == []


def test_what_is_taken_back_behind_a_spent_budget_is_not_held(gateway: Gateway) -> None:
    with system("test"):
        actions.set_allowance(programme_id=7, per_hour=1, by=Actor.system("test"), at=AT)
    for number in range(4):
        queue(key=f"r{number}", template="drive.reply", programme_id=7)
    leased = sorted(lease(), key=lambda one: one.id == queries.message_id("r2"))  # it is the last one
    actions.take_messages_back(keys=["r2"], at=AT)
    assert hand_over(gateway, leased) == 1
    assert sorted(states()) == [("dropped", "taken_back")] + [("held", "budget")] * 2 + [("sent", "")]


def test_whose_lease_has_lapsed_and_was_taken_by_another_sends_nothing(gateway: Gateway) -> None:
    queue(template="drive.reply")
    slow = lease()
    quick = lease(AT + LEASE)
    assert hand_over(gateway, slow, AT + LEASE) == 0
    assert hand_over(gateway, quick, AT + LEASE) == 1
    assert len(gateway.got) == 1


def test_over_the_budget_messages_are_held_but_codes_still_go(gateway: Gateway) -> None:
    with system("test"):
        actions.set_allowance(programme_id=7, per_hour=2, by=Actor.system("test"), at=AT)
    for number in range(4):
        queue(key=f"r{number}", template="drive.reply", programme_id=7)
    queue(key="c", template="code.join", programme_id=7)
    assert turn(gateway) == 3
    assert sorted(states()) == [("held", "budget")] * 2 + [("sent", "")] * 3
    assert turn(gateway, AT + timedelta(hours=2)) == 0  # held means held: a person decides


def test_a_budget_of_nothing_sends_nothing_and_says_so(gateway: Gateway) -> None:
    with system("test"):
        actions.set_allowance(programme_id=7, per_hour=0, by=Actor.system("test"), at=AT)
    queue(template="drive.reply", programme_id=7)
    assert turn(gateway) == 0
    assert states() == [("held", "budget")]
    assert [one.programme_id for one in Spending.objects.filter(tripped_at__isnull=False)] == [7]


def test_what_is_due_behind_a_spent_budget_is_held_in_large_steps_and_nothing_else_is(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code and another programme's message go at once; what is due later has its own hour's budget."""
    monkeypatch.setattr(sending, "HELD_AT_ONCE", 3)
    with system("test"):
        actions.set_allowance(programme_id=7, per_hour=2, by=Actor.system("test"), at=AT)
    queue(key="later", template="drive.reply", programme_id=7)
    with system("test"):
        Message.objects.update(due_at=AT + timedelta(hours=2))
    for number in range(9):
        queue(key=f"r{number}", template="drive.reply", programme_id=7)
    leased = lease(n=4)
    queue(key="code", template="code.join", programme_id=7)
    queue(key="other", template="drive.reply", programme_id=8)
    assert hand_over(gateway, leased) == 2
    assert sorted(states()) == [("held", "budget")] * 5 + [("queued", "")] * 5 + [("sent", "")] * 2
    assert turn(gateway) == 2
    assert turn(gateway, AT + timedelta(hours=2)) == 1
    assert sorted(states()) == [("held", "budget")] * 7 + [("sent", "")] * 5


def test_codes_go_before_everything_that_was_queued_earlier(gateway: Gateway) -> None:
    for number in range(5):
        queue(key=f"r{number}", template="drive.reply")
    with system("test"):
        Message.objects.update(due_at=AT - timedelta(minutes=9))
    queue(key="code", template="code.join")
    assert [one.template for one in lease(n=9, codes=True)] == ["code.join"]
    assert [one.template for one in lease(n=9)] == ["drive.reply"] * 5


def test_a_message_that_does_not_fill_its_text_is_held_and_stops_nobody(gateway: Gateway) -> None:
    queue(key="k1", template="drive.reply")
    with system("test"):
        actions.queue_message(
            template="drive.reply",
            phone=PHONE,
            language="hi",
            blanks={},
            key="empty",
            at=AT - timedelta(hours=1),
        )
    assert turn(gateway) == 1
    assert sorted(states()) == [("held", "template"), ("sent", "")]


def test_a_message_that_cannot_be_unsealed_is_given_up_and_stops_nobody(gateway: Gateway) -> None:
    for number in range(3):
        queue(key=f"k{number}", template="drive.reply")
    with system("test"):
        Message.objects.filter(pk=queries.message_id("k1")).update(sealed_phone=b"\0" * 40)
    assert turn(gateway) == 2
    assert sorted(states()) == [("failed", "sealed"), ("sent", ""), ("sent", "")]


def test_outreach_needs_consent_and_no_suppression(gateway: Gateway) -> None:
    queue(kind=texts.OUTREACH)
    turn(gateway)
    assert states() == [("dropped", "no_consent")]
    with system("test"):
        Suppression.objects.create(phone_id=keyring().phone_id(PHONE), scope="all", channel=2, at=AT)
    queue(key="k2", kind=texts.OUTREACH)
    turn(gateway)
    assert ("dropped", "suppressed") in states()
    assert gateway.got == []


def say_no(scope: str = "all", at: datetime = AT, rolls: tuple[int, ...] = ()) -> None:
    with system("test"):
        people.suppress(
            phone_id=keyring().phone_id(PHONE),
            channel=2,
            by=Actor.system("test"),
            at=at,
            scope=scope,
            rolls=rolls,
        )


EVERY_CLASS = [
    ("drive.reply", texts.SERVICE, True),
    ("drive.already", texts.SERVICE, True),
    ("duty.in_charge", texts.DUTY, True),
    ("drive.reply", texts.OUTREACH, True),
    ("leave.receipt", texts.SERVICE, False),
    ("code.member", texts.SERVICE, False),
]


@pytest.mark.parametrize(("template", "kind", "stops"), EVERY_CLASS)
@pytest.mark.parametrize("state", ["queued", "held", "leased"])
def test_a_phone_that_says_no_stops_what_waits_for_it_but_receipt_and_codes(
    template: str, kind: int, stops: bool, state: str
) -> None:
    queue(template=template, kind=kind)
    with system("test"):
        Message.objects.update(state=state)
    say_no()
    assert states() == [("dropped", "suppressed") if stops else (state, "")]


def test_a_no_waits_for_the_sender_without_standing_in_its_way() -> None:
    for key in ("k1", "k2", "k3", "k4"):
        queue(key=key, template="drive.reply")
    with system("test"):
        ids = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        for pk in reversed(ids):  # their order on the disk is the reverse of their ids'
            Message.objects.filter(pk=pk).update(tries=1)
    with ThreadPoolExecutor(1) as other:
        with system("a sender settles"):
            list(Message.objects.select_for_update().filter(pk=ids[0]))
            said = other.submit(say_no_elsewhere)
            until(is_somebody_waiting)
            list(Message.objects.select_for_update().filter(pk=ids[-1]))
        said.result()
    assert set(states()) == {("dropped", "suppressed")}


def say_no_elsewhere() -> None:
    try:
        say_no(rolls=(1,))
    finally:
        connection.close()


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where not granted and pid in (select l.pid from pg_locks l"
            " join pg_database d on d.oid = l.database and d.datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def test_a_no_to_outreach_stops_outreach_and_nothing_else() -> None:
    queue(key="o", kind=texts.OUTREACH)
    queue(key="d", kind=texts.DUTY, template="duty.in_charge")
    queue(key="r", template="drive.reply")
    say_no("outreach")
    assert sorted(states()) == [("dropped", "suppressed"), ("queued", ""), ("queued", "")]


@pytest.mark.parametrize(("template", "kind", "stops"), EVERY_CLASS)
def test_a_no_that_comes_while_the_sender_has_the_message_in_hand_is_asked_for_again(
    gateway: Gateway, template: str, kind: int, stops: bool
) -> None:
    """Here the no leaves the row alone, as it does when the sender holds it: the gate alone stops it."""
    queue(template=template, kind=kind)
    leased = lease() + lease(codes=True)
    with system("test"):
        Suppression.objects.create(phone_id=keyring().phone_id(PHONE), scope="all", channel=2, at=AT)
    hand_over(gateway, leased)
    assert len(gateway.got) == (0 if stops else 1)
    assert states() == [("dropped", "suppressed") if stops else ("sent", "")]


def test_what_a_phone_asks_for_after_its_no_goes_and_what_it_asked_before_does_not(gateway: Gateway) -> None:
    say_no(at=AT - timedelta(minutes=2))
    queue(key="since", template="drive.reply")
    queue(key="before", template="drive.reply", asked_at=AT - timedelta(minutes=3))
    assert turn(gateway) == 1
    assert sorted(states()) == [("dropped", "suppressed"), ("sent", "")]


class SaysNo:
    """A way out during whose work the phone says no, behind the sender's back."""

    name = "says no"
    handed = 0

    def hand(self, letter: Letter) -> Handed:
        self.handed += 1
        if self.handed == 1:
            say_no()
            connection.close()  # of this hand
        return Handed(ok=True, ref=f"n{self.handed}")


def test_a_no_between_two_messages_of_one_lease_stops_the_second() -> None:
    for key in ("one", "two"):
        queue(key=key, template="drive.reply")
    way = SaysNo()
    assert send_due(way, at=AT) == 1
    assert (way.handed, sorted(states())) == (1, [("dropped", "suppressed"), ("sent", "")])


def test_outreach_stops_when_the_last_yes_on_the_phone_is_taken_back() -> None:
    phone_id = keyring().phone_id(PHONE)
    persons = [UUID(int=1), UUID(int=2)]
    with system("test"):
        Person.objects.bulk_create(
            Person(id=each, public_id=each, phone_id=phone_id, unit_id=1, at=AT) for each in persons
        )
    for person_id in persons:
        for purpose in (Purpose.CALLS, Purpose.MESSAGES):
            people.give_consent(
                person_id=person_id,
                unit_id=1,
                purpose=purpose,
                notice_version=1,
                language="hi",
                channel=1,
                by=Actor.system("test"),
                at=AT,
            )
    queue(key="o", kind=texts.OUTREACH)
    queue(key="r", template="drive.reply")

    def withdraw(person_id: UUID, purpose: Purpose) -> None:
        people.withdraw_consent(
            person_id=person_id, purposes=[purpose], channel=1, by=Actor.system("test"), at=AT
        )

    withdraw(persons[0], Purpose.CALLS)
    withdraw(persons[1], Purpose.CALLS)
    withdraw(persons[0], Purpose.MESSAGES)
    assert sorted(states()) == [("queued", ""), ("queued", "")]
    withdraw(persons[1], Purpose.MESSAGES)
    assert sorted(states()) == [("dropped", "no_consent"), ("queued", "")]


def test_a_delivery_report_settles_once_and_a_late_one_changes_nothing(gateway: Gateway) -> None:
    queue()
    turn(gateway)
    with system("test"):
        assert actions.receive_receipt(ref="gw-1", status="delivered", at=AT)
        assert actions.receive_receipt(ref="gw-1", status="failed", at=AT)
        assert not actions.receive_receipt(ref="nobody's", status="failed", at=AT)
    assert states() == [("delivered", "")]


def test_reports_of_delivered_and_failed_end_the_same_in_either_order(gateway: Gateway) -> None:
    queue()
    turn(gateway)
    with system("test"):
        for status in ("failed", "delivered", "failed"):
            assert actions.receive_receipt(ref="gw-1", status=status, at=AT)
    assert states() == [("delivered", "")]


def test_reported_pairs_of_receipts_end_alike(gateway: Gateway) -> None:
    """Two pairs of reports, in both orders, as users of other gateways saw them."""
    queue()
    turn(gateway)
    pairs = json.loads((CASES / "p15_receipts.json").read_text())["bodies"]
    ends = []
    for pair in pairs:
        with system("test"):
            Message.objects.update(state="sent")
            for one in pair:
                actions.receive_receipt(ref="gw-1", status=one["status"], at=AT)
        ends += states()
    assert ends == [("delivered", ""), ("delivered", "")]


@pytest.mark.versions
def test_nobody_sees_messages_without_a_scope() -> None:
    queue()
    assert not Message.objects.exists()
    with scoped(Scope(people="{[1,100)}")):
        assert not Message.objects.exists()


def _without_texts() -> None:
    with system("test"):
        Template.objects.all().delete()


def test_what_waits_for_a_text_goes_when_the_text_is_published(gateway: Gateway) -> None:
    _without_texts()
    queue(template="drive.reply")
    assert turn(gateway) == 0
    assert states() == [("held", "template")]
    assert {finding.level for finding in _doctor()} == {FAIL}
    later = AT + timedelta(hours=2)
    with system("test"):
        assert actions.publish_templates(at=later, by=Actor.system("migrate")) == len(texts.TEXTS)
        assert actions.publish_templates(at=later, by=Actor.system("migrate")) == 0
        told = AuditEntry.objects.filter(act="messaging.publish_templates").order_by("-at").first()
    assert told is not None and (told.facts["freed"], told.facts["over"]) == (1, 0)
    assert [finding.level for finding in _doctor()] == [OK]
    assert turn(gateway, later) == 1
    assert states() == [("sent", "")]


def test_a_code_that_has_run_out_is_not_sent_when_its_text_comes(gateway: Gateway) -> None:
    _without_texts()
    queue(template="code.sign_in", key="old")
    turn(gateway)
    with system("test"):
        actions.publish_templates(at=AT + timedelta(minutes=30), by=Actor.system("migrate"))
    assert states() == [("dropped", "too_late")]
    assert turn(gateway, AT + timedelta(minutes=31)) == 0
    assert gateway.got == []


def test_a_reply_without_the_number_to_hear_the_notice_does_not_speak_of_it(gateway: Gateway) -> None:
    with system("test"):
        actions.queue_message(
            template="drive.reply",
            phone=PHONE,
            language="hi",
            blanks={"notice": "सूचना।", "link": "https://x/j/1/", "hear": "", "leave": ""},
            key="r",
            at=AT,
        )
    assert turn(gateway) == 1
    text = gateway.got[0]["text"]
    assert "सुनें" not in text and "रोकें" not in text and "खोलें: https://x/j/1/ नहीं बनना" in text


def _doctor() -> list[DoctorFinding]:
    with system("test"):
        return list(doctor.service_texts(AT))
