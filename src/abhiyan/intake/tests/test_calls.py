"""Missed calls and SMS: genuine ones are stored, and each phone is replied to once."""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from django.conf import settings

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.disk import room_for
from abhiyan.core.tests.given import NOW, present
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.enrolment.tests.make import Human, Ladder, World
from abhiyan.enrolment.tests.server import ORIGIN, Answered, Server
from abhiyan.intake.actions import replies
from abhiyan.intake.hotpath import calls
from abhiyan.intake.hotpath.asgi import Application
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import sending
from abhiyan.messaging.adapters import Handed, Http, Letter
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import signatures
from abhiyan.messaging.tests import sink as ways
from abhiyan.messaging.tests.sending import send_due
from abhiyan.people import journal
from abhiyan.people.models import Suppression

pytestmark = pytest.mark.django_db(transaction=True)
JOIN, LEAVE, NOTICE = "+911800000001", "+911800000002", "+911800000003"
TOKEN = "provider's own signing token"


@pytest.fixture
def world(world: World) -> World:
    with system("tests publish texts"):
        messaging.publish_templates(at=world.now, by=Actor.system("tests"))
    return world


@pytest.fixture
def secret(world: World) -> str:
    return connect(world, "generic", "join", JOIN)


def connect(world: World, provider: str, meaning: str, number: str, networks: tuple[str, ...] = ()) -> str:
    with system("tests connect a number"):
        return messaging.connect_number(
            number=number,
            provider=provider,
            meaning=meaning,
            programme_id=world.programme.pk if meaning == "join" else None,
            signing_token="" if provider == "exotel" else TOKEN,
            addresses=networks,
            by=Actor.system("tests"),
            at=world.now,
        )


def call(
    server: Server,
    secret: str,
    of: Human | str = World.asha,
    *,
    ident: str = "",
    to: str = JOIN,
    signed_at: datetime | None = None,
    token: str = TOKEN,
    kind: str = "call",
    signed_kind: str = "",
    **other: object,
) -> Answered:
    caller = of if isinstance(of, str) else of.phone
    body = json.dumps({"id": ident or uuid4().hex, "from": caller, "to": to} | other).encode()
    at_s = int((signed_at or present()).timestamp())
    signature = f"t={at_s},v2={signatures.generic_signature(at_s, signed_kind or kind, body, token)}"
    headers = {"X-Signature": signature, "Accept-Language": "en", "Content-Type": "application/json"}
    return server.send("POST", f"/hook/{kind}/generic/{secret}", body, headers)


def replied(world: World) -> list[tuple[str, str]]:
    """Return what the loop queues: (template, last four digits) of every message there is."""
    with system("tests turn the loop"):
        while replies.reply(at=NOW):
            pass
    return [
        (str(template), str(last4))
        for template, last4 in world.rows(
            "select template, last4 from messaging_message order by queued_at, last4"
        )
    ]


def test_a_call_is_reported_and_replied_to(server: Server, world: World, secret: str) -> None:
    answer = call(server, secret)
    assert answer.status == 201
    assert world.ladder(world.state) == Ladder(reported=1)
    assert replied(world) == [("drive.reply", "0001")]
    assert world.rows("select count(*) from enrolment_waiting where replied_at is not null") == [(1,)]


def test_two_calls_from_one_phone_one_reply(server: Server, world: World, secret: str) -> None:
    assert call(server, secret).status == 201
    assert replied(world) == [("drive.reply", "0001")]
    assert call(server, secret).status == 201
    assert world.ladder(world.state) == Ladder(reported=2)
    assert replied(world) == [("drive.reply", "0001")]


def test_the_same_call_told_twice_is_one_call(server: Server, world: World, secret: str) -> None:
    first = call(server, secret, ident="c1")
    assert call(server, secret, ident="c1").body == first.body
    assert world.count("enrolment_claim") == 1


def test_a_member_who_calls_is_told_so_once(server: Server, world: World, secret: str) -> None:
    world.web_join(of=world.asha)
    for _ in range(2):
        assert call(server, secret).status == 201
    assert replied(world) == [("drive.already", "0001")]
    assert world.ladder(world.booth) == Ladder(reported=3, counted=1)


def test_a_call_whose_row_was_completed_on_paper_needs_no_reply(
    server: Server, world: World, secret: str
) -> None:
    assert call(server, secret).status == 201
    world.paper_row(of=world.asha)
    assert replied(world) == []


def test_the_reply_holds_the_personal_link(server: Server, world: World, secret: str) -> None:
    from abhiyan.core.keys import keyring
    from abhiyan.enrolment.queries.first_calls import link_digest

    call(server, secret)
    replied(world)
    ((ident, sealed),) = world.rows("select id, sealed_blanks from messaging_message")
    blanks = json.loads(keyring().unseal(bytes(sealed), about=ident.bytes))  # type: ignore[call-overload,attr-defined]  # as stored
    link = str(blanks["link"])
    assert link.startswith(f"{settings.ORIGIN}/j/")
    stored = world.rows("select link_digest from enrolment_waiting")[0][0]
    assert bytes(stored) == link_digest(link.rstrip("/").rpartition("/")[2])  # type: ignore[call-overload]  # as stored


def test_forged_signatures_replays_and_skewed_clocks_are_refused(
    server: Server, world: World, secret: str
) -> None:
    hour = timedelta(hours=1)
    for answer in (
        call(server, secret, token="another token"),
        call(server, secret, signed_at=NOW - hour),
        call(server, secret, signed_at=NOW + hour),
        call(server, "wrong-secret"),
        server.send(
            "POST", f"/hook/call/generic/{secret}", b'{"id":"1","from":"9906000001","to":"1800000001"}'
        ),
        server.send("POST", f"/hook/call/generic/{secret}", b"", {"X-Signature": "t=1e9,v2=\xe9"}),
    ):
        assert (answer.status, answer.json["code"]) == (403, "not_genuine")
        assert answer.json["message"]
    assert world.count("enrolment_claim") == 0


def test_garbage_names_the_field(server: Server, world: World, secret: str) -> None:
    for of, field in (
        ("12345", "from"),
        ("anonymous", "from"),
        ("+4915112345678", "from"),
        ("\u202e99060\u200b00001\u2066x", "from"),
        ("9906000001\u0000", "from"),
        ("", "from"),
    ):
        answer = call(server, secret, of)
        assert (answer.status, answer.json["field"]) == (422, field), of
    assert call(server, secret, to="+911234567890").json["field"] == "to"
    assert call(server, secret, at="yesterday").json["field"] == "at"
    assert call(server, secret, ident="x" * 300).json["field"] == "id"
    assert call(server, secret, padding="x" * 100_000).status == 413
    assert world.count("enrolment_claim") == 0
    assert world.count("people_phone") == 0


def test_a_provider_whose_clock_is_hours_or_years_off_still_brings_its_call_dated_when_it_came(
    server: Server, world: World, secret: str
) -> None:
    for hours in (-60_000, -60, 3, 30):
        assert call(server, secret, at=(NOW + timedelta(hours=hours)).isoformat()).status == 201
    assert world.rows(
        "select count(*) from enrolment_claim where field_at <= at and day >= at::date - 1"
    ) == [(4,)]


def test_twilio_is_told_to_refuse_the_call_unanswered(server: Server, world: World) -> None:
    secret = connect(world, "twilio", "join", JOIN)
    path = f"/hook/call/twilio/{secret}"
    told = {
        "CallSid": "CA1",
        "From": world.asha.phone,
        "To": JOIN,
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    right = {"X-Twilio-Signature": signatures.twilio_signature(ORIGIN + path, told, TOKEN)}
    for _ in range(2):
        answer = server.form(path, told, right)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/xml")
        assert b'<Reject reason="busy"/>' in answer.body
    assert world.count("enrolment_claim") == 1
    assert server.form(path, told | {"From": world.bilal.phone}, right).status == 403
    assert server.form(path, told, {}).status == 403
    hidden = told | {"CallSid": "CA2", "From": "anonymous"}
    answer = server.form(
        path, hidden, {"X-Twilio-Signature": signatures.twilio_signature(ORIGIN + path, hidden, TOKEN)}
    )
    assert (answer.status, b"<Reject" in answer.body) == (200, True)
    assert world.count("enrolment_claim") == 1


def test_exotel_needs_the_secret_and_its_own_networks(server: Server, world: World) -> None:
    secret = connect(world, "exotel", "join", JOIN, ("127.0.0.0/8",))
    elsewhere = connect(world, "exotel", "join", LEAVE, ("203.0.113.0/24",))
    told = {
        "CallSid": "e1",
        "CallFrom": "09906000001",
        "CallTo": "01800000001",
        "CurrentTime": "2026-11-20 10:00:00",
    }
    for _ in range(2):
        answer = server.send("GET", f"/hook/call/exotel/{secret}?{urlencode(told)}")
        assert (answer.status, answer.body) == (200, b"")
    assert world.count("enrolment_claim") == 1
    assert server.send("GET", f"/hook/call/exotel/{elsewhere}?{urlencode(told)}").status == 403
    assert server.send("GET", f"/hook/call/exotel/wrong?{urlencode(told)}").status == 403
    assert server.send("POST", f"/hook/call/exotel/{secret}", b"").status == 405
    missing = urlencode({"CallSid": "e2", "CallTo": "01800000001"})
    answer = server.send("GET", f"/hook/call/exotel/{secret}?{missing}")
    assert (answer.status, answer.json["field"]) == (422, "CallFrom")


def test_calling_the_second_number_leaves(server: Server, world: World, secret: str) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    world.web_join(of=world.asha)
    answers = [call(server, leave, who, to=LEAVE, ident=who.phone) for who in (world.asha, world.bilal)]
    assert answers[0].body == answers[1].body  # a member's and a stranger's call are answered alike
    assert answers[0].status == 200
    assert world.ladder(world.booth) == Ladder(reported=1)
    with scoped(Scope(everything=True)):
        assert Message.objects.filter(template="leave.receipt").count() == 2
    # A replay of the call changes nothing, even after they have joined again.
    world.tick(minutes=5)
    assert world.web_join(of=world.asha).code == "renewed"
    assert call(server, leave, world.asha, to=LEAVE, ident=world.asha.phone).status == 200
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.tallies() == world.recounted()


def test_a_call_to_leave_that_does_not_fit_on_the_disk_is_answered_so_that_it_is_sent_again(
    server: Server, world: World
) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    world.web_join(of=world.asha)
    assert call(server, leave, world.bilal, to=LEAVE).status == 200
    assert server.process is not None
    with room_for(40, journal.journal_path(), process=server.process.pid):
        answer = call(server, leave, world.asha, to=LEAVE, ident="again")
    assert (answer.status, answer.json["code"]) == (503, "try_again")
    assert int(answer.headers["retry-after"]) > 0
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert call(server, leave, world.asha, to=LEAVE, ident="again").status == 200
    assert world.ladder(world.booth) == Ladder(reported=1)
    kept = {said.phone_id for said in journal.since(world.now) if isinstance(said, journal.No)}
    assert {world.phone_id(world.bilal), world.phone_id(world.asha)} <= kept


class Gateway:
    """A way out that keeps what it was handed."""

    name = "gateway"

    def __init__(self) -> None:
        self.handed: list[tuple[str, str]] = []

    def hand(self, letter: Letter) -> Handed:
        self.handed.append((letter.template, letter.phone))
        return Handed(ok=True, ref=str(len(self.handed)))


def sent(world: World) -> list[tuple[str, str]]:
    """Return what leaves when loops turn until nothing is left to do: (template, phone)."""
    replied(world)
    gateway = Gateway()
    send_due(gateway, at=NOW)
    return gateway.handed


def test_whoever_calls_and_leaves_at_once_hears_of_leaving_only(
    server: Server, world: World, secret: str
) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    assert call(server, secret).status == 201
    assert call(server, leave, to=LEAVE).status == 200
    assert sent(world) == [("leave.receipt", world.asha.phone)]
    assert world.rows("select reason from messaging_message where template = 'drive.reply'") == [
        ("suppressed",)
    ]


def test_a_reply_that_waits_for_its_release_is_stopped_by_leaving(
    server: Server, world: World, secret: str
) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    with system("tests set the budget"):
        messaging.set_allowance(
            programme_id=world.programme.pk, per_hour=1, by=Actor.system("tests"), at=world.now
        )
    assert call(server, secret, world.chandra).status == 201
    assert sent(world) == [("drive.reply", world.chandra.phone)]
    for who in (world.asha, world.bilal):
        assert call(server, secret, who).status == 201
    assert sent(world) == []
    assert call(server, leave, to=LEAVE).status == 200
    with system("tests release"):
        held = Message.objects.filter(state="held")
        assert held.update(state="queued", reason="released", due_at=NOW) == 1
    assert set(sent(world)) == {("leave.receipt", world.asha.phone), ("drive.reply", world.bilal.phone)}


def test_a_call_after_leaving_is_replied_to(server: Server, world: World, secret: str) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    assert call(server, leave, to=LEAVE).status == 200
    with system("tests move time"):
        Suppression.objects.update(at=NOW - timedelta(minutes=1))
    assert call(server, secret).status == 201
    assert sorted(sent(world)) == [("drive.reply", world.asha.phone), ("leave.receipt", world.asha.phone)]


def test_a_member_who_called_and_left_is_not_told_of_a_membership(
    server: Server, world: World, secret: str
) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    world.web_join(of=world.asha)
    assert call(server, secret).status == 201
    assert call(server, leave, to=LEAVE).status == 200
    assert sent(world) == [("leave.receipt", world.asha.phone)]


def test_an_sms_joins_and_a_no_in_any_script_leaves(server: Server, world: World, secret: str) -> None:
    assert call(server, secret, kind="sms", text="मुझे जोड़ें").status == 201
    assert world.rows("select channel, sign from enrolment_claim") == [(5, 2)]
    for word in ("STOP", "stop.", "छोड़ो", "नहीं चाहिए"):
        assert call(server, secret, world.bilal, kind="sms", text=word).status == 200
    assert world.count("enrolment_claim") == 1
    assert world.count("people_suppression") == 1


def test_calling_to_hear_the_notice_stores_nothing(server: Server, world: World) -> None:
    hear = connect(world, "generic", "notice", NOTICE)
    assert call(server, hear, to=NOTICE).status == 200
    assert world.count("enrolment_claim") == 0


def test_a_delivery_report_is_believed_when_genuine(server: Server, world: World, secret: str) -> None:
    call(server, secret)
    replied(world)
    with system("tests hand over"):
        Message.objects.update(state="sent", adapter_ref="gw-1")
    assert call(server, secret, kind="receipt", token="wrong", ref="gw-1", status="delivered").status == 403
    assert call(server, secret, kind="receipt", ref="gw-1", status="delivered").status == 200
    assert world.rows("select state from messaging_message") == [("delivered",)]


class Within(Server):
    """The webhooks within this process, where a test can change how they wait."""

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        async def sent() -> Answered:
            taking = Application()
            async with httpx.AsyncClient(transport=httpx.ASGITransport(taking), base_url=ORIGIN) as client:
                found = await client.request(method, path, content=body, headers=headers)
            await taking.shutdown()
            return Answered(found.status_code, found.headers, found.content)

        return asyncio.run(sent())


def test_a_delivery_report_that_comes_before_the_gateways_answer_is_believed(
    server: Server, world: World, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway answers a while after the report was sent. The report is looked for until that is written."""
    call(server, secret)
    replied(world)
    monkeypatch.setattr(sending, "WAIT_S", 10 * PATIENCE_S)
    monkeypatch.setattr(calls, "LOOKS_AGAIN_S", [0.1] * int(10 * PATIENCE_S))
    reports: list[Future[Answered]] = []
    with ThreadPoolExecutor(1) as reporting:

        def report() -> Answered:
            return call(Within(), secret, kind="receipt", ref="gw-1", status="delivered")

        def reports_first(line: ways.Line, _letter: dict[str, str]) -> None:
            reports.append(reporting.submit(report))
            line.later(0.3, lambda: line.say(ways.TAKEN))

        with ways.sink(reports_first) as gateway:
            assert send_due(Http(url=gateway.url, token="t0k"), at=NOW) == 1
    assert [one.result().status for one in reports] == [200]
    assert world.rows("select state, adapter_ref from messaging_message") == [("delivered", "gw-1")]


def sent_as(world: World, ref: str) -> None:
    """A message that a gateway took under this id of its provider."""
    with system("tests send"):
        messaging.queue_message(
            template="drive.already",
            phone=world.asha.phone,
            language="en",
            blanks={},
            key=ref,
            unit_id=world.state.pk,
            at=world.now,
        )
        Message.objects.filter(adapter_ref="").update(state="sent", adapter_ref=ref)


def became(world: World) -> dict[str, str]:
    rows = world.rows("select adapter_ref, state from messaging_message")
    return {str(ref): str(state) for ref, state in rows}


def test_twilios_own_report_says_what_became_of_a_message(server: Server, world: World) -> None:
    secret = connect(world, "twilio", "join", JOIN)
    for ref in ("SM1", "SM2", "SM3", "SM4"):
        sent_as(world, ref)

    def report(told: dict[str, str], token: str = TOKEN) -> Answered:
        url = f"{ORIGIN}/hook/receipt/twilio/{secret}"
        headers = {
            "X-Twilio-Signature": signatures.twilio_signature(url, told, token),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return server.send("POST", f"/hook/receipt/twilio/{secret}", urlencode(told).encode(), headers)

    def told(ref: str, status: str) -> dict[str, str]:
        return {"MessageSid": ref, "SmsSid": ref, "MessageStatus": status, "To": "x", "AccountSid": "A"}

    assert report(told("SM1", "delivered"), token="wrong").status == 403
    for ref, status in (("SM1", "sent"), ("SM1", "delivered"), ("SM1", "failed"), ("SM2", "undelivered")):
        answer = report(told(ref, status))
        assert (answer.status, answer.body) == (200, b"")
    assert report({"SmsSid": "SM3", "SmsStatus": "failed"}).status == 200
    assert report(told("SM4", "sending")).status == report(told("nobody's", "delivered")).status == 200
    assert became(world) == {"SM1": "delivered", "SM2": "failed", "SM3": "failed", "SM4": "sent"}
    answer = report({"MessageSid": "SM4"})
    assert (answer.status, answer.json["field"]) == (422, "MessageStatus")


def test_exotels_own_report_says_what_became_of_a_message(server: Server, world: World) -> None:
    secret = connect(world, "exotel", "join", JOIN, networks=("127.0.0.0/8",))
    elsewhere = connect(world, "exotel", "leave", LEAVE, networks=("203.0.113.0/24",))
    told = {
        "e1": {"Status": "sent", "DetailedStatus": "DELIVERED_TO_HANDSET"},
        "e2": {"Status": "failed_dnd"},
        "e3": {"Status": "sent"},
        "e4": {"Status": "delivered"},
        "e5": {"Status": "expired"},
    }
    for sid, says in told.items():
        sent_as(world, sid)
        body = urlencode({"SmsSid": sid, "To": "09906000001", "SmsUnits": "1"} | says).encode()
        assert server.send("POST", f"/hook/receipt/exotel/{elsewhere}", body).status == 403
        assert server.send("GET", f"/hook/receipt/exotel/{secret}?{body.decode()}").status == 405
        answer = server.send("POST", f"/hook/receipt/exotel/{secret}", body)
        assert (answer.status, answer.body) == (200, b"")
    assert became(world) == {
        "e1": "delivered",
        "e2": "failed",
        "e3": "sent",
        "e4": "delivered",
        "e5": "failed",
    }


def test_unknown_hooks_are_no_addresses(server: Server, world: World, secret: str) -> None:
    for path in (
        "/hook/",
        "/hook/call/",
        "/hook/call/other/x",
        "/hook/fax/generic/x",
        "/hook/call/generic/a/b",
    ):
        assert server.send("POST", path, b"{}").status == 404


def test_a_burst_of_spoofed_callers_is_stored_and_replies_wait_for_the_budget(
    server: Server, world: World, secret: str
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with system("tests set the budget"):
        messaging.set_allowance(
            programme_id=world.programme.pk, per_hour=50, by=Actor.system("tests"), at=world.now
        )
    n = 1_000
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda k: call(server, secret, f"98{k:08d}").status, range(n)))
    assert set(told) == {201}
    assert world.ladder(world.state) == Ladder(reported=n)

    class Counting:
        name = "counting"
        handed = 0

        def hand(self, letter: object) -> Handed:
            self.handed += 1
            return Handed(ok=True, ref=str(self.handed))

    assert len(replied(world)) == n
    gateway = Counting()
    send_due(gateway, at=NOW)
    assert gateway.handed == 50
    states = world.rows("select state, count(*) from messaging_message group by state order by state")
    assert states == [("held", n - 50), ("sent", 50)]
    assert world.tallies() == world.recounted()
