"""Webhooks that are not taken: the provider gets an answer, and a number of them is left."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from abhiyan.core.tests.waits import until
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimMessage, sender_key
from abhiyan.enrolment.actions.claims import DriveClosed
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.enrolment.tests.server import Answered, Server
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.intake import actions as intake

from .test_calls import JOIN, call, connect

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signature_with_odd_numbers_is_not_genuine(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for seconds in ("9" * 400, "-" + "9" * 400, "9" * 5_000, "-1", "nan", "inf", "1e400", "\u00b2", ""):
        answer = server.send(
            "POST", f"/hook/call/generic/{secret}", b"{}", {"X-Signature": f"t={seconds},v2=00"}
        )
        assert (answer.status, answer.json["code"]) == (403, "not_genuine"), seconds[:9]


def test_what_was_signed_as_a_call_is_no_sms_and_no_report(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for kind in ("sms", "receipt"):
        answer = call(server, secret, kind=kind, signed_kind="call", text="STOP", ref="x", status="failed")
        assert (answer.status, answer.json["code"]) == (403, "not_genuine"), kind
        assert call(server, secret, kind=kind, text="STOP", ref="x", status="failed").status == 200, kind


def test_a_signature_of_the_first_version_is_told_which_to_use(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    headers = {"X-Signature": "t=1,v1=00", "Accept-Language": "en"}
    answer = server.send("POST", f"/hook/call/generic/{secret}", b"{}", headers)
    assert (answer.status, answer.json["code"]) == (403, "signature_version")
    assert "SECONDS.KIND.BODY" in answer.json["message"]


@pytest.fixture
def two_workers(django_db_setup: None) -> Iterator[list[Server]]:
    workers = [Server().start() for _ in range(2)]
    yield workers
    for worker in workers:
        worker.stop()


def test_guessing_secrets_and_tokens_ends_for_all_workers_together(
    two_workers: list[Server], world: World, token: str
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    until(lambda: {call(worker, secret).status for worker in two_workers} == {201})

    def secrets(n: int) -> int:
        return call(two_workers[n % 2], f"guess-{n}").status

    def tokens(n: int) -> int:
        return two_workers[n % 2].claim(f"guess-{n}", {}).status

    for guess, refused in ((secrets, 403), (tokens, 401)):
        with ThreadPoolExecutor(8) as pool:
            told = Counter(pool.map(guess, range(150)))
        assert set(told) == {refused, 429} and told[refused] == 60
    # Senders with a known secret and token do not suffer from their neighbours.
    assert {call(worker, secret).status for worker in two_workers} == {201}


def test_a_time_that_cannot_be_is_refused_or_not_believed(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for odd in (1e308, -1e308, 10**18, -(10**18), "9" * 400, "nan"):
        answer = call(server, secret, at=odd)
        assert (answer.status, answer.json["field"]) == (422, "at"), odd
    for far in (0, -1, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert call(server, secret, at=far).status == 201, far
    assert world.rows("select count(*) from enrolment_claim where field_at < at - interval '1 hour'") == [
        (0,)
    ]


def test_a_webhook_of_another_shape_is_told_where_its_shape_stands(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)

    def message(answer: Answered) -> str:
        assert (answer.status, answer.json["code"]) == (422, "malformed")
        return str(answer.json["message"])

    assert "docs/sms.md" in message(call(server, secret, kind="receipt", status="delivered"))
    assert "openapi" not in message(call(server, secret, at="yesterday"))


def test_every_field_a_webhook_lacks_or_has_wrong_is_named_with_its_reason(
    server: Server, world: World
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    answer = call(server, secret, "9" * 300, ident="x" * 300, at="yesterday")
    assert (answer.status, answer.json["code"], answer.json["faults"]) == (422, "malformed", 3)
    assert answer.json["errors"] == [
        {"field": field, "message": "This does not fit."} for field in ("at", "id", "from")
    ]
    answer = call(server, secret, kind="receipt", status="delivered")
    assert answer.json["errors"] == [{"field": "ref", "message": "This is missing."}]


def test_a_number_that_is_none_of_the_address_is_named_as_such(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for kind in ("call", "sms"):
        answer = call(server, secret, kind=kind, to="+911899999999", text="join")
        assert (answer.status, answer.json["code"], answer.json["field"]) == (422, "other_number", "to")
        assert "not one of our numbers at this address" in answer.json["message"]
    assert refused(world) == []


def refused(world: World) -> list[tuple[object, ...]]:
    return world.rows("select channel, reason, n from enrolment_refused_count order by reason")


def test_who_calls_a_closed_drive_leaves_a_number_and_nothing_else(server: Server, world: World) -> None:
    secret = connect(world, "exotel", "join", JOIN, networks=("127.0.0.0/8",))
    told = {"CallSid": "e1", "CallFrom": "09906000001", "CallTo": JOIN}
    world.set_state("closed")
    for sid in ("e1", "e1", "e2"):  # told twice it is one call
        answer = server.send("GET", f"/hook/call/exotel/{secret}?" + urlencode(told | {"CallSid": sid}))
        assert (answer.status, answer.body) == (200, b"")
    assert refused(world) == [(2, "drive_closed", 2)]
    for table in ("enrolment_claim", "enrolment_waiting", "people_phone"):
        assert world.count(table) == 0, table


def test_who_calls_from_abroad_leaves_a_number_and_the_generic_provider_is_told_why(
    server: Server, world: World
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    for _ in range(3):
        answer = call(server, secret, "+8613800138000")
        assert (answer.status, answer.json["code"], answer.json["field"]) == (422, "phone_abroad", "from")
    assert call(server, secret, "anonymous").json["code"] == "phone_invalid"
    assert call(server, secret).status == 201
    assert refused(world) == [(2, "phone_abroad", 3), (2, "phone_invalid", 1)]


def test_an_sms_to_a_drive_that_has_not_opened_is_counted_too(server: Server, world: World) -> None:
    secret = connect(world, "generic", "join", JOIN)
    world.set_state("draft")
    answer = call(server, secret, kind="sms", text="join")
    assert (answer.status, answer.json["code"]) == (422, "drive_not_open")
    assert refused(world) == [(5, "drive_not_open", 1)]


def test_what_an_api_is_refused_is_told_and_not_counted(server: Server, world: World, token: str) -> None:
    told = {
        "key": "k",
        "phone": "+8613800138000",
        "name": "Asha Devi",
        "birth_year": 1980,
        "notice_version": 1,
    }
    assert server.claim(token, told).json["code"] == "phone_abroad"
    assert refused(world) == []


def test_a_burst_of_calls_to_a_closed_drive_is_one_row(world: World) -> None:
    world.set_state("closed")
    intake.forget_drives()
    burst = [
        ClaimMessage(
            channel=Channel.MISSED_CALL,
            key=sender_key(CHANNEL.id, f"burst {n}"),
            phone=f"+9198{n:08d}",
            by=CHANNEL.id,
            field_at=world.now,
            sign=Sign.CALL,
        )
        for n in range(2_000)
    ]
    for start in range(0, len(burst), 500):
        world.send(*burst[start : start + 500])
    assert refused(world) == [(2, "drive_closed", 2_000)]
    for table in ("people_phone", "enrolment_claim", "enrolment_waiting"):
        assert world.count(table) == 0, table


def test_the_page_of_the_drive_says_how_many_were_not_taken_and_why() -> None:
    world = web_world()
    abroad = Human("Wei", 1980, "+8613800138000")
    for n in range(3):
        with pytest.raises(actions.PhoneAbroad):
            world.missed_call(of=abroad, key=f"abroad {n}")
    world.set_state("closed")
    intake.forget_drives()
    for n in range(12):
        with pytest.raises(DriveClosed):
            world.missed_call(of=world.asha, key=f"late {n}")
    address = f"/drives/{world.programme.public_id}/"
    page = officer(world, "state_president", "JK").get(address).content.decode()
    assert "drive closed 12, from abroad 3" in page
    # They are the drive's as a whole: a district sees nothing of them.
    assert "drive closed" not in officer(world, "district_president", "JK-SRI").get(address).content.decode()
