"""SMS and WhatsApp in: who writes joins, asks, refuses or is helped; nothing is lost, and nobody joins unawares."""

import json
from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction

from abhiyan.core import declared
from abhiyan.core.actor import Actor
from abhiyan.core.doctor import OK
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import CASES, NOW, present
from abhiyan.core.tests.waits import blocked, until
from abhiyan.enrolment.models import Parting
from abhiyan.enrolment.rules import bursts
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import Human, Ladder, World
from abhiyan.enrolment.tests.server import ORIGIN, Answered, Server
from abhiyan.helpdesk import queries as helpdesk
from abhiyan.helpdesk.actions import answer_ticket
from abhiyan.helpdesk.actions.lines import ticket_person
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.intake.actions import replies, text_parts, texts, welcoming
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.doctor import ids
from abhiyan.messaging.rules import signatures
from abhiyan.messaging.rules.texts import count_sms
from abhiyan.messaging.tests.sending import send_due
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.queries import standing_no
from abhiyan.units.models import Pin

from .test_calls import JOIN, LEAVE, TOKEN, call, connect

pytestmark = pytest.mark.django_db(transaction=True)
DETAILS = "Asha Devi, 1980, 190 001"
HELP, STOP = "+911800000004", "+911800000005"
RECEIPT = "ticket.opened"  # the helpline's, of what no word explains


@pytest.fixture
def world(world: World) -> World:
    with system("tests publish texts"):
        messaging.publish_templates(at=world.now, by=Actor.system("tests"))
        Pin.objects.create(pin="190001", unit=world.booth)
        for code in ("JK-B003", "JK-B004"):
            Pin.objects.create(pin="190002", unit=world.units[code])
    return world


@pytest.fixture
def secret(world: World) -> str:
    return connect(world, "generic", "join", JOIN)


class Gateway:
    """A way out that keeps what it was handed."""

    name = "gateway"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        self.letters.append(letter)
        return Handed(ok=True, ref=str(len(self.letters)))


def sent() -> list[Letter]:
    """Return what the phones get when the loops turn."""
    with system("tests turn the loop"):
        while replies.reply(at=present()) + welcoming.welcome(at=present()):
            pass
    gateway = Gateway()
    send_due(gateway, at=present())
    return gateway.letters


def templates() -> list[str]:
    return [letter.template for letter in sent()]


def requests() -> dict[str, list[str]]:
    """The words of each request to the helpline, by its number."""
    with system("tests look"):
        return {row.number: [one.text for one in helpdesk.ticket_lines(row)] for row in Ticket.objects.all()}


def write(server: Server, secret: str, text: str, of: Human | str = World.asha, **other: object) -> Answered:
    return call(server, secret, of, kind="sms", text=text, **other)  # type: ignore[arg-type]  # ident and others


def test_who_writes_join_gets_the_notice_and_joins_by_writing_the_three(
    server: Server, world: World, secret: str
) -> None:
    assert write(server, secret, "JOIN").status == 201
    assert world.ladder(world.state) == Ladder(reported=1)
    (letter,) = sent()
    assert letter.template == "drive.reply"
    assert f"{ORIGIN}/j/" in letter.text or "/j/" in letter.text
    assert write(server, secret, DETAILS).status == 201
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.rows("select name, birth_year from people_person") == [("Asha Devi", 1980)]
    assert world.rows("select notice_version from people_consent") == [(1,)]
    assert templates() == ["drive.joined"]
    assert world.tallies() == world.recounted()


def test_details_before_the_notice_wait_sealed_for_a_yes(server: Server, world: World, secret: str) -> None:
    assert write(server, secret, "आशा देवी १९८० १९०००१").status == 201
    assert world.ladder(world.state) == Ladder(reported=1)
    assert world.count("people_person") == 0
    (sealed,) = world.rows("select sealed from enrolment_text")[0]
    assert "आशा".encode() not in bytes(sealed)  # type: ignore[call-overload]  # as stored
    # A YES before the notice has gone says yes to nothing yet.
    assert templates() == ["drive.reply_yes"]
    assert write(server, secret, "हाँ").status == 200
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.rows("select name from people_person") == [("आशा देवी",)]
    assert world.count("enrolment_text") == 0
    assert templates() == ["drive.joined"]


def test_an_age_is_taken_and_the_reply_shows_the_year_that_it_makes(
    server: Server, world: World, secret: str
) -> None:
    assert write(server, secret, "Asha Devi, ४६, 190001").status == 201
    (letter,) = sent()
    assert letter.template == "drive.reply_yes" and "1980" in letter.text
    assert write(server, secret, "YES").status == 200
    assert world.rows("select name, birth_year from people_person") == [("Asha Devi", 1980)]


def test_the_welcome_of_who_joins_by_a_text_shows_the_year_that_was_read(
    server: Server, world: World, secret: str
) -> None:
    write(server, secret, "JOIN")
    assert templates() == ["drive.reply"]
    write(server, secret, "आशा देवी ४६ १९०००१")
    (letter,) = sent()
    assert letter.template == "drive.joined" and "जन्म 1980।" in letter.text
    assert count_sms(letter.text) == count_sms(letter.text.replace(" जन्म 1980।", "")), "it costs no SMS more"


def test_who_writes_18_is_of_age_by_that_word_and_17_is_not(
    server: Server, world: World, secret: str
) -> None:
    write(server, secret, "Asha Devi 18 190001")
    assert templates() == ["drive.reply_yes"]
    write(server, secret, "YES")
    assert world.rows("select birth_year from people_person") == [(2008,)]
    write(server, secret, "Bilal Ahmad 17 190001", world.bilal)
    assert world.count("enrolment_text") == 0 and world.count("people_person") == 1


def test_the_first_reply_speaks_the_language_of_the_text(server: Server, world: World, secret: str) -> None:
    for who, text in ((world.asha, "I want to join"), (world.bilal, "jodo"), (world.chandra, "JOIN")):
        assert write(server, secret, text, who).status == 201
    told = {letter.phone: "To become a member" in letter.text for letter in sent()}
    assert told == {world.asha.phone: True, world.bilal.phone: False, world.chandra.phone: False}


def test_what_is_told_again_changes_nothing(server: Server, world: World, secret: str) -> None:
    first = write(server, secret, DETAILS, ident="s1")
    assert templates() == ["drive.reply_yes"]
    # The same webhook again, now that the notice has gone: no yes of the person's.
    assert write(server, secret, DETAILS, ident="s1").body == first.body
    assert world.count("people_person") == 0
    for _ in range(2):
        assert write(server, secret, "YES", ident="s2").status == 200
        assert write(server, secret, "what is this about", world.bilal, ident="s3").status == 200
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert sorted(templates()) == ["drive.joined", RECEIPT]
    assert list(requests().values()) == [["what is this about"]]
    assert world.tallies() == world.recounted()


def test_an_id_that_another_number_sender_or_text_used_hides_no_stop(
    server: Server, world: World, secret: str
) -> None:
    """Two gateways that count from 1 use one id twice."""
    leave = connect(world, "generic", "leave", LEAVE)
    for of in (world.bilal, world.chandra):
        assert write(server, secret, "hello", of, ident="1").status in (200, 201)
    assert call(server, leave, world.asha, kind="sms", text="STOP", ident="1", to=LEAVE).status == 200
    assert write(server, secret, "STOP", world.bilal, ident="1").status == 200
    with system("test"):
        for of in (world.asha, world.bilal):
            assert standing_no(keyring().phone_id(of.phone)) is not None, of.name
        assert standing_no(keyring().phone_id(world.chandra.phone)) is None
        # The operator hears of it: to each number how many came with an id that was used. A true resend is none.
        assert write(server, secret, "STOP", world.bilal, ident="1").status == 200
        (own, last) = [finding.facts for finding in ids(world.now)]
        assert (own["number"], own["n"]) == (JOIN, 2) and (last["number"], last["n"]) == (LEAVE, 1)
        assert [finding.level for finding in ids(world.now + timedelta(days=8))] == [OK]


def test_a_flood_of_leaves_by_text_is_held_from_the_first_too_many(
    server: Server, world: World, secret: str
) -> None:
    """The sender of an SMS is forged as cheaply as a caller. No loop has to look first."""
    left = {"kind": "left", "programme_id": world.programme.pk, "unit_id": world.booth.pk, "batch": uuid4()}
    source = {"claim_id": uuid4(), "entered_channel": Channel.WEB, "entered_at": world.now, "by": uuid4()}
    with system("tests let almost too many leave"):
        Parting.objects.bulk_create(
            Parting(
                id=uuid4(),
                phone_id=uuid4(),
                public_id=uuid4(),
                channel=channel,
                at=world.now,
                **left,
                **source,
            )
            for channel, n in ((Channel.SMS, 60), (Channel.MISSED_CALL, bursts.FLOOD_AT_LEAST - 62))
            for _n in range(n)
        )
    leave = connect(world, "generic", "leave", LEAVE)
    members = [
        Human(name, 1980, f"+91990700000{n}") for n, name in enumerate(("Usha", "Ravi", "Nila", "Omar"))
    ]
    for of in members:
        world.web_join(of=of)
    assert write(server, secret, "LEAVE", members[0]).status == 200
    assert call(server, leave, members[1], to=LEAVE).status == 200
    assert world.ladder(world.booth).counted == 2
    assert write(server, secret, "LEAVE", members[2]).status == 200
    assert call(server, leave, members[3], to=LEAVE).status == 200
    assert world.ladder(world.booth).counted == 2
    assert world.count("enrolment_held_leave") == 2
    with system("test"):
        for of in members:
            assert standing_no(keyring().phone_id(of.phone)) is not None, "messages stop at once"


def test_a_pin_code_of_several_places_leaves_the_place_open(
    server: Server, world: World, secret: str
) -> None:
    write(server, secret, "join")
    sent()
    write(server, secret, "Asha Devi 1980 190002")
    assert world.ladder(world.state) == Ladder(reported=1, counted=1)
    assert world.rows("select is_placed from enrolment_claim") == [(False,)]


@pytest.mark.parametrize("text", ["Chhotu 2015 190001", "Chhotu, 11, 190001", "JOIN Chhotu 2012"])
def test_a_minor_leaves_a_number_and_nothing_else(
    server: Server, world: World, secret: str, text: str
) -> None:
    minor, adult = write(server, secret, text), write(server, secret, DETAILS, World.bilal)
    assert (minor.status, minor.json["outcome"]) == (adult.status, adult.json["outcome"])
    assert world.rows("select reason, n from enrolment_refused_count") == [("not_adult", 1)]
    for table in ("enrolment_claim", "enrolment_waiting", "people_phone", "enrolment_text"):
        assert world.count(table) == 1, table  # the adult's
    assert templates() == ["drive.reply_yes"]
    assert world.count("messaging_inbound") == 0


def test_what_is_missing_is_asked_for_once_and_then_read_by_a_person(
    server: Server, world: World, secret: str
) -> None:
    write(server, secret, "JOIN")
    sent()
    assert write(server, secret, "Asha Devi 190001").status == 200
    assert sent() == [], "the rest may be on its way"
    given.time(NOW + text_parts.QUIET)
    assert text_parts.hear_parts(at=NOW + text_parts.QUIET) == 1
    (letter,) = sent()
    assert (letter.template, "year of birth" in letter.text or "साल" in letter.text) == ("text.lacking", True)
    assert requests() == {}
    assert write(server, secret, "Asha 45").status == 200
    (letter,) = sent()
    ((number, said),) = requests().items()
    assert (letter.template, number in letter.text, said) == (RECEIPT, True, ["Asha 45"])


def test_words_in_hindi_and_english_do_what_they_say(server: Server, world: World, secret: str) -> None:
    for who, text, template in (
        (world.asha, "HELP", "text.help"),
        (world.bilal, "STOP", "stop.receipt"),
        (world.chandra, "छोड़ दो", "leave.receipt"),
        (world.mohan, "nahi", "deny.receipt"),
    ):
        world.web_join(of=who)
        assert write(server, secret, text, who).body == write(server, secret, text, "+919876512345").body
        assert template in templates(), text
    # Asha has asked, Bilal stops messages alone, Chandra has left; Mohan joined by his own phone.
    assert world.ladder(world.booth) == Ladder(reported=4, counted=3)
    assert world.tallies() == world.recounted()


def test_a_no_strikes_off_what_the_phone_has_not_signed(server: Server, world: World, secret: str) -> None:
    world.paper_row(of=world.asha)
    write(server, secret, "NO")
    assert world.ladder(world.booth) == Ladder(reported=1)


def test_who_left_comes_back_by_join_from_the_same_phone(server: Server, world: World, secret: str) -> None:
    world.web_join(of=world.asha)
    write(server, secret, "LEAVE")
    assert world.ladder(world.booth) == Ladder(reported=1)
    given.time(NOW + timedelta(minutes=1))
    write(server, secret, "JOIN")
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert "back.receipt" in templates()
    assert world.tallies() == world.recounted()


@pytest.mark.at("2026-11-25T23:30+05:30")
@pytest.mark.parametrize("text", ["Stopinder", "q" * 1_600, "क" * 1_600, "no problem", "मेरा कार्ड नहीं मिला"])
def test_what_no_word_explains_is_one_request_at_once_by_night_too(
    server: Server, world: World, secret: str, text: str
) -> None:
    assert write(server, secret, text).status == 200
    (letter,) = sent()
    ((number, said),) = requests().items()
    assert (letter.template, letter.phone, number in letter.text) == (RECEIPT, world.asha.phone, True)
    assert said == [text[: rules.LONGEST]]
    for n in range(2):
        assert write(server, secret, text + " " * n).status == 200
    assert (sent(), len(requests())) == ([], 1), "what follows joins it"
    assert (world.count("enrolment_claim"), world.count("people_suppression")) == (0, 0)


@pytest.mark.parametrize("text", ["👍", "", "\u0000\u202e", "ok", "धन्यवाद", "Thank you so much"])
def test_a_courtesy_is_left_alone(server: Server, world: World, secret: str, text: str) -> None:
    assert write(server, secret, text).status == 200
    assert (sent(), requests()) == ([], {})


def test_a_keyword_inside_a_name_is_a_name(server: Server, world: World, secret: str) -> None:
    write(server, secret, "JOIN")
    sent()
    write(server, secret, "Stopinder Singh, 1980, 190001")
    assert world.rows("select name from people_person") == [("Stopinder Singh",)]


def test_machines_are_not_answered(server: Server, world: World, secret: str) -> None:
    for sender in ("VM-OFFERS", "56161", "anonymous"):
        assert write(server, secret, "HELP", sender).json["code"] == "phone_invalid"
    assert write(server, secret, "JOIN", "VM-OFFERS").json["code"] == "phone_invalid"
    assert world.rows("select reason, n from enrolment_refused_count") == [("phone_invalid", 4)]
    # Our own number, by a gateway that sends it back.
    connect(world, "generic", "join", "+919800000099")
    assert write(server, secret, "HELP", "+919800000099").status == 200
    assert sent() == []
    assert world.count("enrolment_text") == 0


def test_two_machines_do_not_talk_for_ever(server: Server, world: World, secret: str) -> None:
    for n in range(12):
        assert write(server, secret, "Madad").status == 200
        assert write(server, secret, f"help{'!' * n}").status == 200
        assert write(server, secret, f"Your message {n} was received.").status == 200
    told = Counter(letter.template == RECEIPT for letter in sent())
    assert (told[False] <= declared.TEXT_REPLIES.allowed, told[True]) == (True, 1)
    assert [len(said) for said in requests().values()] == [12]


def test_a_stop_does_not_wait_for_those_who_join(server: Server, world: World, secret: str) -> None:
    joining = world.asha, world.bilal  # as many as the worker reads at once
    for who in joining:
        world.web_join(of=who)
        assert write(server, secret, "STOP", who).status == 200
    given.pass_a_moment()  # who joins comes back after they left
    with ThreadPoolExecutor(3) as others:
        with system("tests hold two phones"), transaction.atomic():
            lock_phones([keyring().phone_id(who.phone) for who in joining])
            told = [others.submit(write, server, secret, "JOIN", who) for who in joining]
            until(lambda: blocked() == len(joining))
            told.append(others.submit(write, server, secret, "STOP", world.asha))
            assert write(server, secret, "STOP", world.chandra).status == 200
            assert not any(each.done() for each in told)
        assert [each.result().status for each in told] == [201, 201, 200]
    with system("tests look"):
        no = {who.phone: standing_no(keyring().phone_id(who.phone)) for who in (*joining, world.chandra)}
    assert [phone for phone, said in no.items() if said is None] == [world.bilal.phone]


def test_the_number_to_leave_takes_any_words_but_not_a_yes_or_a_cry_for_help(
    server: Server, world: World
) -> None:
    leave = connect(world, "generic", "leave", LEAVE)
    for who, text in ((world.asha, "HELP"), (world.bilal, "mujhe kuch nahi chahiye ab bas")):
        world.web_join(of=who)
        assert write(server, leave, text, who, to=LEAVE).status == 200
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)


def test_a_closed_drive_takes_nobody_by_text(server: Server, world: World, secret: str) -> None:
    world.set_state("closed")
    assert write(server, secret, DETAILS).json["code"] == "drive_closed"
    assert write(server, secret, "STOP").status == 200
    assert world.count("enrolment_text") == 0


# WhatsApp


def body(*messages: dict[str, object], statuses: tuple[dict[str, object], ...] = ()) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": JOIN.removeprefix("+"), "phone_number_id": "1"},
        "messages": list(messages),
        "statuses": list(statuses),
    }
    entry = [{"id": "1", "changes": [{"field": "messages", "value": value}]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def said(text: str, of: Human = World.asha, *, ident: str, ago_s: int = 0) -> dict[str, object]:
    at_s = int(NOW.timestamp()) - ago_s
    who = of.phone.removeprefix("+")
    return {"from": who, "id": ident, "timestamp": str(at_s), "type": "text", "text": {"body": text}}


def chat(server: Server, secret: str, raw: bytes, token: str = TOKEN) -> Answered:
    headers = {
        "X-Hub-Signature-256": signatures.whatsapp_signature(raw, token),
        "Content-Type": "application/json",
    }
    return server.send("POST", f"/hook/chat/whatsapp/{secret}", raw, headers)


@pytest.fixture
def whatsapp(world: World) -> str:
    return connect(world, "whatsapp", "join", JOIN)


def test_whatsapp_asks_once_whether_the_address_is_ours(server: Server, whatsapp: str) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": whatsapp, "hub.challenge": "1158201444"}
    path = f"/hook/chat/whatsapp/{whatsapp}?"
    answer = server.send("GET", path + urlencode(asked))
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert server.send("GET", path + urlencode(asked | {"hub.verify_token": "x"})).status == 403
    assert server.send("GET", path + urlencode(asked | {"hub.challenge": "<b>"})).status == 403
    assert server.send("GET", "/hook/chat/whatsapp/x?" + urlencode(asked)).status == 403
    assert server.send("POST", f"/hook/sms/whatsapp/{whatsapp}", b"{}").status == 404


def test_several_messages_and_statuses_in_one_body_are_each_heard_once(
    server: Server, world: World, whatsapp: str
) -> None:
    raw = body(
        said("JOIN", ident="w1"),
        {"type": "text"},
        said("join", World.bilal, ident="w2"),
        said("join", World.bilal, ident="w2"),
        said("STOP", World.chandra, ident="w3"),
        statuses=({"id": "w0", "status": "read"}, {"id": "w0"}, {"id": "w9", "status": "delivered"}),
    )
    for _ in range(2):
        assert (chat(server, whatsapp, raw).status, chat(server, whatsapp, raw).body) == (200, b"")
    assert world.rows("select channel, sign from enrolment_claim order by phone_id") == [(6, 5), (6, 5)]
    assert sorted(templates()) == ["drive.reply", "drive.reply", "stop.receipt"]


def test_wrong_signatures_and_binary_bodies_are_refused(server: Server, world: World, whatsapp: str) -> None:
    raw = body(said("JOIN", ident="w1"))
    assert chat(server, whatsapp, raw, "another").status == 403
    assert server.send("POST", f"/hook/chat/whatsapp/{whatsapp}", raw).status == 403
    assert chat(server, whatsapp, b"\xff\xfe\x00binary").status == 422
    assert chat(server, whatsapp, b'{"object":"whatsapp_business_account","entry":[]}').status == 200
    assert chat(server, whatsapp, b'{"entry":[1,{"changes":7},{"changes":[{"value":[]}]}]}').status == 200
    assert world.count("enrolment_claim") == 0


def test_what_is_no_text_is_answered_once(server: Server, world: World, whatsapp: str) -> None:
    kinds = ("image", "audio", "reaction", "sticker", "video")
    for kind in kinds:
        told = said("", ident=f"w-{kind}") | {"type": kind, kind: {"id": "media"}}
        assert chat(server, whatsapp, body(told)).status == 200
    assert sorted(templates()) == ["text.media", RECEIPT]
    assert list(requests().values()) == [["audio", "video"]], "the first is answered, the next a person sees"
    assert (
        chat(
            server, whatsapp, body(said("", ident="b") | {"type": "button", "button": {"text": "STOP"}})
        ).status
        == 200
    )
    assert world.count("people_suppression") == 1


def test_a_join_that_comes_after_a_later_stop_is_no_join(server: Server, world: World, whatsapp: str) -> None:
    assert chat(server, whatsapp, body(said("STOP", ident="w2"))).status == 200
    late = body(said("JOIN", ident="w1", ago_s=600), said(DETAILS, ident="w0", ago_s=500))
    assert chat(server, whatsapp, late).status == 200
    assert world.count("enrolment_claim") == 0
    assert templates() == ["stop.receipt"]


# Plivo and Twilio


def test_plivos_calls_and_texts_are_heard_when_genuine(server: Server, world: World) -> None:
    secret = connect(world, "plivo", "join", JOIN)
    told = {"CallUUID": "u1", "From": world.asha.phone.removeprefix("+"), "To": JOIN.removeprefix("+")}
    path = f"/hook/call/plivo/{secret}"
    nonce = {"X-Plivo-Signature-V3-Nonce": "12345"}
    right = nonce | {"X-Plivo-Signature-V3": "x, " + signatures.plivo_v3(ORIGIN + path, told, TOKEN, "12345")}
    answer = server.form(path, told, right)
    assert (answer.status, b'<Hangup reason="busy"/>' in answer.body) == (200, True)
    assert server.form(path, told | {"From": "919906000002"}, right).status == 403
    assert server.form(path, told, nonce).status == 403
    path = f"/hook/sms/plivo/{secret}"
    told = {"MessageUUID": "m1", "From": "919906000002", "To": JOIN.removeprefix("+"), "Text": "जुड़ना है"}
    made = signatures.plivo_v2(ORIGIN + path, TOKEN, "777")
    second = {"X-Plivo-Signature-V2-Nonce": "777", "X-Plivo-Signature-V2": made}
    assert server.form(path, told, second).status == 200
    assert server.form(path, told, second | {"X-Plivo-Signature-V2-Nonce": "778"}).status == 403
    assert server.form(f"/hook/call/plivo/{secret}", told, second).status == 403
    assert world.rows("select channel from enrolment_claim order by channel") == [(2,), (5,)]


def test_a_picture_by_mms_is_answered_and_nothing_binary_is_kept(server: Server, world: World) -> None:
    secret = connect(world, "twilio", "join", JOIN)
    path = f"/hook/sms/twilio/{secret}"
    told = {"MessageSid": "SM1", "From": world.asha.phone, "To": JOIN, "Body": "", "NumMedia": "1"}
    right = {"X-Twilio-Signature": signatures.twilio_signature(ORIGIN + path, told, TOKEN)}
    assert b"<Response/>" in server.form(path, told, right).body
    assert templates() == ["text.media"]
    raw = b64encode(b"\xff" * 99)
    assert server.send("POST", path, raw + b"\xff", right).status == 403


def test_details_that_wait_are_forgotten_in_time(server: Server, world: World, secret: str) -> None:
    write(server, secret, DETAILS)
    with system("tests turn the loop"):
        assert texts.forget_texts(at=NOW + replies.LATEST) == 1
    assert world.count("enrolment_text") == 0


# Numbers that stop messages, or bring help


def letters_to(world: World) -> list[str]:
    return [letter.text for letter in sent() if letter.phone == world.asha.phone]


def test_a_call_to_the_number_that_stops_messages_leaves_the_membership(server: Server, world: World) -> None:
    stop = connect(world, "generic", "stop", STOP)
    world.web_join(of=world.asha)
    for _ in range(2):
        assert call(server, stop, to=STOP, ident="c1").status == 200
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    with system("tests look"):
        assert standing_no(keyring().phone_id(world.asha.phone)) is not None
    assert world.rows("select count(*) from people_consent where purpose > 1 and withdrawn_at is null") == [
        (0,)
    ]
    (receipt,) = letters_to(world)
    assert "अब भी हमारी सूची में है: प्राथमिक सदस्य" in receipt
    assert world.tallies() == world.recounted()


def test_whatever_is_written_to_that_number_stops_messages(server: Server, world: World) -> None:
    stop = connect(world, "generic", "stop", STOP)
    world.web_join(of=world.asha)
    assert write(server, stop, "bahut ho gaya ab", to=STOP).status == 200
    assert templates() == ["stop.receipt"]
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_the_receipt_of_a_stop_promises_no_membership_to_a_stranger(
    server: Server, world: World, secret: str
) -> None:
    write(server, secret, "STOP")
    (receipt,) = letters_to(world)
    assert "सूची" not in receipt and "LEAVE" not in receipt


def test_naam_hatao_ends_the_membership_and_a_bare_no_says_that_it_goes_on(
    server: Server, world: World, secret: str
) -> None:
    world.web_join(of=world.asha)
    write(server, secret, "nahi")
    (receipt,) = letters_to(world)
    assert "अब भी हमारी सूची में है: प्राथमिक सदस्य" in receipt
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    write(server, secret, "mujhe nahi rehna, naam hatao")
    (receipt,) = letters_to(world)
    assert "इस सूची से हट गया: प्राथमिक सदस्य" in receipt and "अब भी" not in receipt
    assert world.ladder(world.booth) == Ladder(reported=1)


@pytest.mark.at("2026-11-25T23:30+05:30")
def test_a_call_to_the_number_for_help_asks_once_to_be_called_back(server: Server, world: World) -> None:
    number = connect(world, "generic", "help", HELP)
    world.web_join(of=world.asha)
    for ident in ("h1", "h1", "h2"):
        assert call(server, number, to=HELP, ident=ident).status == 200
    with system("tests look"):
        (row,) = Ticket.objects.all()
    assert (row.way, row.n, row.unit_id, row.last4) == ("call", 2, world.booth.pk, world.asha.phone[-4:])
    welcome, receipt = sorted(letters_to(world), key=lambda text: row.number in text)
    assert row.number in receipt and "/me/card/" in welcome
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert call(server, number, "anonymous", to=HELP).json["code"] == "phone_invalid"


def test_a_text_to_the_number_for_help_is_a_request_whatever_it_says(server: Server, world: World) -> None:
    number = connect(world, "generic", "help", HELP)
    for who, text in ((world.asha, "HELP"), (world.bilal, "card?")):
        assert write(server, number, text, who, to=HELP).status == 200
    assert sorted(map(tuple, requests().values())) == [("HELP",), ("card?",)]


# A no without a phone number


def test_a_stop_by_a_user_name_of_whatsapp_is_shown_to_an_office(
    server: Server, world: World, whatsapp: str
) -> None:
    cases = json.loads((CASES / "p13_whatsapp_without_number.json").read_text())
    for each in cases["bodies"]:
        raw = json.dumps(each).replace("911140000002", JOIN.removeprefix("+")).encode()
        for _ in range(2):
            assert chat(server, whatsapp, raw).status == 200
    assert world.rows("select reason, n from enrolment_refused_count") == [("phone_invalid", 2)], (
        "each of the two once"
    )
    with system("tests look"):
        (row,) = Ticket.objects.all()
        assert (row.kind, row.state, row.last4, ticket_person(row)["name"]) == (
            "membership",
            "open",
            "",
            "IN.1234567890123456789",
        )
    assert list(requests().values()) == [["STOP"]]
    assert sent() == [], "there is no number to answer"


def test_a_stop_by_twilios_whatsapp_is_obeyed(server: Server, world: World) -> None:
    secret = connect(world, "twilio", "join", JOIN)
    path = f"/hook/sms/twilio/{secret}"
    told = {
        "MessageSid": "SM1",
        "From": f"whatsapp:{world.asha.phone}",
        "To": f"whatsapp:{JOIN}",
        "Body": "STOP",
    }
    right = {"X-Twilio-Signature": signatures.twilio_signature(ORIGIN + path, told, TOKEN)}
    assert server.form(path, told, right).status == 200
    with system("tests look"):
        assert standing_no(keyring().phone_id(world.asha.phone)) is not None


# Thanks


def test_thanks_after_a_request_neither_open_nor_close_one(server: Server, world: World, secret: str) -> None:
    asked, again, thanks = json.loads((CASES / "p20_thanks.json").read_text())["bodies"]
    for told in (asked, again):
        assert write(server, secret, told["text"], told["from"], ident=told["id"]).status == 200
    ((number, said),) = requests().items()
    assert said == [asked["text"], again["text"]]
    with system("tests look"):
        row = Ticket.objects.get()
    answer_ticket(ticket=row.pk, text="It comes on Monday", is_done=True, by=Actor.system("tests"), at=NOW)
    sent()
    assert write(server, secret, thanks["text"], thanks["from"], ident=thanks["id"]).status == 200
    for courtesy in ("धन्यवाद", "शुक्रिया", "OK", "👍"):
        assert write(server, secret, courtesy, thanks["from"]).status == 200
    assert sent() == []
    with system("tests look"):
        row = Ticket.objects.get()
    assert (row.number, row.state, row.n, row.reopened) == (number, "done", 2, 0)
