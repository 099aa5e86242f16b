"""The API on its hot path, over real HTTP: accepted means on disk, a resend finds its first answer."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from abhiyan.core import database
from abhiyan.core.actor import Actor
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.tests.make import Ladder, World, make_token
from abhiyan.enrolment.tests.server import Server
from abhiyan.intake.actions import tokens

pytestmark = pytest.mark.django_db(transaction=True)


def asha(key: object = "k1", **other: object) -> dict[str, object]:
    told = {"key": key, "phone": "9906000001", "name": "Asha Devi", "birth_year": 1980, "unit": "JK-B001"}
    return told | {"notice_version": 1} | other


def test_an_accepted_claim_is_on_disk(server: Server, world: World, token: str) -> None:
    answer = server.claim(token, asha())
    assert answer.status == 201, answer.body
    assert world.rows("select public_id from enrolment_claim") == [(UUID(answer.json["receipt"]),)]
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)


def test_a_resend_gets_its_first_answer(server: Server, world: World, token: str) -> None:
    first = server.claim(token, asha())
    assert server.claim(token, asha()).body == first.body
    assert server.claim(token, asha(name="Asha Devi Sharma")).body == first.body
    assert world.count("enrolment_claim") == 1


def test_an_answer_that_was_lost_is_found_by_the_resend(server: Server, world: World, token: str) -> None:
    body = json.dumps(asha()).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(
            b"POST /api/v1/claims HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
            % (token.encode(), len(body), body)
        )
    again = server.claim(token, asha())
    assert again.status == 201
    assert world.rows("select public_id from enrolment_claim") == [(UUID(again.json["receipt"]),)]


def test_the_key_may_stand_in_the_header(server: Server, world: World, token: str) -> None:
    told = asha()
    del told["key"]
    first = server.claim(token, told, Idempotency_Key="h1")
    assert first.status == 201
    assert server.claim(token, asha(key="h1")).body == first.body
    assert server.claim(token, told).json["code"] == "key_missing"
    assert server.claim(token, asha(key="a"), Idempotency_Key="b").json["code"] == "keys_differ"


def test_a_key_used_for_another_phone_is_a_conflict(server: Server, world: World, token: str) -> None:
    server.claim(token, asha())
    answer = server.claim(token, asha(phone="9906000002"))
    assert (answer.status, answer.json["code"], answer.json["field"]) == (409, "key_reused", "key")


def test_member_and_stranger_and_somebody_who_said_no_are_answered_alike(
    server: Server, world: World, token: str
) -> None:
    world.web_join(of=world.asha)
    with psycopg.connect(database.conninfo("owner")) as owner:
        owner.execute(
            "insert into people_suppression (phone_id, scope, channel, at) values (%s, 'all', 1, %s)",
            [world.phone_id(world.chandra), NOW],
        )
    answers = [
        server.claim(token, asha(key=who.phone, phone=who.phone, name=who.name, birth_year=who.birth_year))
        for who in (world.asha, world.bilal, world.chandra)
    ]
    assert {answer.status for answer in answers} == {201}
    assert {tuple(answer.json) for answer in answers} == {("outcome", "receipt")}
    assert len({answer.json["receipt"] for answer in answers}) == 3
    again = server.claim(
        token, asha(key=world.chandra.phone, phone=world.chandra.phone, name="चंद्रा कुमारी", birth_year=1964)
    )
    assert again.body == answers[2].body
    assert world.count("enrolment_membership") == 2


def test_a_resend_is_answered_alike_though_the_phone_has_said_yes_meanwhile(
    server: Server, world: World, token: str
) -> None:
    chandra = asha(phone=world.chandra.phone, name=world.chandra.name, birth_year=1964)
    with psycopg.connect(database.conninfo("owner")) as owner:
        owner.execute(
            "insert into people_suppression (phone_id, scope, channel, at) values (%s, 'all', 1, %s)",
            [world.phone_id(world.chandra), NOW],
        )
    first = server.claim(token, chandra)
    assert (first.status, world.count("enrolment_claim")) == (201, 0)
    world.web_join(of=world.chandra)
    assert server.claim(token, chandra).body == first.body
    told = {"claims": [chandra]}
    (again,) = server.claim(token, told, "/api/v1/claims/batch").json["answers"]
    assert again["receipt"] == first.json["receipt"]
    # From now on it is a claim as any other: one more word for a membership there is.
    kept = world.rows("select public_id from enrolment_claim where channel = 3")
    assert kept == [(UUID(first.json["receipt"]),)]


def test_a_claim_that_completes_a_call_keeps_the_receipt_of_its_key(
    server: Server, world: World, token: str
) -> None:
    called = world.missed_call(of=world.asha)
    first = server.claim(token, asha())
    assert (first.status, world.count("enrolment_claim")) == (201, 1)
    assert first.json["receipt"] != called.receipt.hex
    assert server.claim(token, asha()).body == first.body


NOT_BY_THE_RULES: list[tuple[dict[str, object], str, str]] = [
    ({"phone": "12345"}, "phone_invalid", "phone"),
    ({"phone": "0194 2452138"}, "phone_invalid", "phone"),
    ({"phone": "\u202e9906000001x"}, "phone_invalid", "phone"),
    ({"phone": "9906000001\u0000"}, "phone_invalid", "phone"),
    ({"phone": "+8613800138000"}, "phone_abroad", "phone"),
    ({"name": "Asha\u0000"}, "name_invalid", "name"),
    ({"name": "\u200b\u200b"}, "name_invalid", "name"),
    ({"name": "12345"}, "name_invalid", "name"),
    ({"name": "<b>Asha</b>"}, "name_invalid", "name"),
    ({"name": None}, "name_missing", "name"),
    ({"birth_year": 1500}, "birth_year_invalid", "birth_year"),
    ({"birth_year": 2015}, "not_adult", "birth_year"),
    ({"unit": "NOWHERE"}, "unknown_unit", "unit"),
    ({"unit": "\u0000"}, "unknown_unit", "unit"),
    ({"unit": "HP-B001"}, "outside_scope", "unit"),
    ({"field_at": "1999-01-01T00:00:00Z"}, "field_time_invalid", "field_at"),
    ({"field_at": "2020-01-01T00:00:00+05:30"}, "drive_not_open", "field_at"),
    ({"notice_version": None}, "notice_missing", "notice_version"),
    ({"notice_version": 2}, "notice_unknown", "notice_version"),
    ({"notice_version": 2**31 - 1}, "notice_unknown", "notice_version"),
    ({"consents": ["calls"]}, "consent_missing", "consents"),
]
NOT_OF_THE_SHAPE: list[tuple[bytes, str]] = [
    (b"", ""),
    (b"null", ""),
    (b"[" * 10_000, ""),
    (b'{"key":"a","phone":"\xff"}', ""),
    (b'{"key":"a","phone":"\\ud800"}', ""),
    (b'{"key":"a","phone":NaN}', "phone"),
    (b'{"key":"a","phone":9906000001}', "phone"),
    (b'{"key":"a","phone":"9906000001","birth_year":NaN}', "birth_year"),
    (b'{"key":"a","phone":"9906000001","birth_year":"1980"}', "birth_year"),
    (b'{"key":"a","phone":"9906000001","birth_year":1e999}', "birth_year"),
    (b'{"key":"a","phone":"9906000001","birth_year":' + b"9" * 40 + b"}", "birth_year"),
    (b'{"key":"a","phone":"9906000001","birth_year":' + b"9" * 5_000 + b"}", ""),
    (b'{"key":"a","phone":"9906000001","surname":"Devi"}', "surname"),
    (b'{"key":"a","phone":"9906000001","field_at":"2026-11-20T10:00:00"}', "field_at"),
    (b'{"key":"a","phone":"9906000001","field_at":"yesterday"}', "field_at"),
    (b'{"key":"","phone":"9906000001"}', "key"),
    (b'{"key":"a"}', "phone"),
    (b'{"key":"a","phone":"9906000001","name":"' + b"x" * 2_000 + b'"}', "name"),
]


def test_what_does_not_fit_the_rules_names_the_field(server: Server, world: World, token: str) -> None:
    for other, code, field in NOT_BY_THE_RULES:
        answer = server.claim(token, asha(**other))
        assert (answer.status, answer.json["code"], answer.json["field"]) == (422, code, field), other
        assert answer.json["message"]
    assert world.count("enrolment_claim") == 0


def test_what_does_not_fit_the_shape_names_the_field(server: Server, world: World, token: str) -> None:
    for body, field in NOT_OF_THE_SHAPE:
        answer = server.claim(token, body)
        assert (answer.status, answer.json["code"], answer.json["field"]) == (422, "malformed", field), body[
            :80
        ]
        assert answer.json["message"] and answer.json["errors"]
    assert world.count("enrolment_claim") == 0


def test_refusals_speak_the_callers_language(server: Server, world: World, token: str) -> None:
    english = server.claim(token, asha(phone="1")).json["message"]
    hindi = server.claim(token, asha(phone="1"), Accept_Language="hi-IN,en;q=0.5").json["message"]
    assert english.isascii() and not hindi.isascii()
    shape = server.claim(token, b"{}", Accept_Language="hi").json
    assert not shape["message"].isascii() and not shape["errors"][0]["message"].isascii()


def test_invisible_characters_are_dropped_from_a_name(server: Server, world: World, token: str) -> None:
    assert server.claim(token, asha(name="\u202eAsha\u200b Devi\u2066")).status == 201
    assert world.rows("select name from people_person") == [("Asha Devi",)]


def test_a_device_clock_half_an_hour_ahead_is_borne_and_two_hours_are_not(
    server: Server, world: World, token: str
) -> None:
    ahead = [(NOW + timedelta(minutes=m)).isoformat() for m in (30, 120)]
    assert server.claim(token, asha(key="a", field_at=ahead[0])).status == 201
    assert server.claim(token, asha(key="b", field_at=ahead[1])).json["field"] == "field_at"


def test_a_name_of_ten_megabytes_is_too_large(server: Server, world: World, token: str) -> None:
    answer = server.claim(token, asha(name="x" * 10_000_000))
    assert (answer.status, answer.json["code"]) == (413, "too_large")
    answer = server.claim(token, {"claims": [asha(name="x" * 10_000_000)]}, "/api/v1/claims/batch")
    assert (answer.status, answer.json["code"]) == (413, "too_large")


def test_a_body_longer_than_it_said_or_without_a_length_is_too_large(
    server: Server, world: World, token: str
) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = b"POST /api/v1/claims HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n" % token.encode()
        line.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(80):
            line.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


def test_without_a_valid_token_nothing_is_told(server: Server, world: World) -> None:
    for header in (None, "", "Bearer", "Bearer wrong", "Basic abc", "Bearer " + "x" * 500, "Bearer é"):
        given = {} if header is None else {"Authorization": header.encode().decode("latin-1")}
        answer = server.send("POST", "/api/v1/claims", json.dumps(asha()).encode(), given)
        assert (answer.status, answer.json["code"]) == (401, "no_token"), header
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_expired_token_is_answered_like_an_unknown_one(
    server: Server, world: World, now: datetime
) -> None:
    old = make_token(world, days=1, at=now - timedelta(days=2))
    assert server.claim(old.secret, asha()).body == server.claim("unknown", asha()).body


def test_a_token_that_was_ended_is_refused_within_a_minute(
    server: Server, world: World, token: str, now: datetime
) -> None:
    made = make_token(world)
    assert server.claim(made.secret, asha()).status == 201
    tokens.end_token(public_id=made.public_id, by=Actor.system("tests"), at=now)
    until(lambda: server.claim(made.secret, asha()).status == 401)
    assert server.claim(token, asha()).status == 201


def test_a_token_claims_only_below_its_unit(server: Server, world: World) -> None:
    made = make_token(world, unit_id=world.district.pk)
    assert server.claim(made.secret, asha(unit=world.booth.code)).status == 201
    answer = server.claim(made.secret, asha(key="k2", unit=world.far_booth.code))
    assert (answer.status, answer.json["code"]) == (422, "outside_scope")


def test_one_key_of_two_tokens_is_two_claims(server: Server, world: World, token: str) -> None:
    other = make_token(world).secret
    assert server.claim(token, asha()).body != server.claim(other, asha()).body
    assert world.count("enrolment_claim") == 2


def test_a_token_only_writes(server: Server, world: World, token: str) -> None:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = server.send(method, "/api/v1/claims", headers={"Authorization": f"Bearer {token}"})
        assert answer.status == 405
        assert answer.headers["allow"] == "POST"
    assert server.claim(token, asha(), "/api/v1/claims/1").status == 404
    assert server.claim(token, asha(), Content_Type="text/csv").status == 415


def test_a_batch_answers_each_claim_in_order(server: Server, world: World, token: str) -> None:
    told = [asha("a"), asha("b", phone="1"), asha("c", phone=world.bilal.phone, name="Bilal"), asha("a")]
    answer = server.claim(token, {"claims": told}, "/api/v1/claims/batch")
    assert answer.status == 207
    found = answer.json["answers"]
    assert [one["status"] for one in found] == [201, 422, 201, 201]
    assert found[0] == found[3]
    assert (found[1]["code"], found[1]["field"]) == ("phone_invalid", "phone")
    assert server.claim(token, {"claims": told}, "/api/v1/claims/batch").body == answer.body
    single = server.claim(token, told[0])
    assert single.json["receipt"] == found[0]["receipt"]


def test_nobody_agrees_to_a_notice_that_was_never_published(server: Server, world: World, token: str) -> None:
    told = {"claims": [asha("k1", notice_version=99), asha("k2"), asha("k3", notice_version=2)]}
    answer = server.claim(token, told, "/api/v1/claims/batch")
    assert answer.status == 207
    refused, stored, other = answer.json["answers"]
    assert stored["status"] == 201
    for each, version in ((refused, 99), (other, 2)):
        assert (each["status"], each["code"], each["field"]) == (422, "notice_unknown", "notice_version")
        assert each["message"] == (
            f"There is no version {version} of this drive's notice. Give one there is: 1."
        )
    assert world.rows("select distinct notice_version from people_consent") == [(1,)]


def test_a_batch_that_does_not_fit_its_shape_is_refused_whole(
    server: Server, world: World, token: str
) -> None:
    answer = server.claim(token, {"claims": [asha("a"), asha("b", phone=7)]}, "/api/v1/claims/batch")
    assert answer.status == 422
    assert answer.json["errors"][0] | {"message": ""} == {"item": 1, "field": "phone", "message": ""}
    assert world.count("enrolment_claim") == 0


def test_a_batch_is_told_all_that_does_not_fit_in_any_of_its_claims(
    server: Server, world: World, token: str
) -> None:
    told = [asha("a", phone=7, pin="190001"), asha("b"), asha("c", birth_year="1980"), 5]
    answer = server.claim(token, {"claims": told, "list": 1}, "/api/v1/claims/batch")
    assert (answer.status, answer.json["code"], answer.json["faults"]) == (422, "malformed", 5)
    named = [(each.get("item"), each["field"]) for each in answer.json["errors"]]
    assert named == [(0, "phone"), (0, "pin"), (2, "birth_year"), (3, ""), (None, "list")]
    assert all(each["message"] for each in answer.json["errors"])
    keyless = [{k: v for k, v in asha().items() if k != "key"}, asha("a"), asha("a", phone="9906000002")]
    answer = server.claim(token, {"claims": keyless}, "/api/v1/claims/batch")
    assert [each["item"] for each in answer.json["errors"]] == [0, 2] and answer.json["faults"] == 2
    for many in ([asha(str(n), phone=7) for n in range(1000)], [keyless[0]] * 1000):
        answer = server.claim(token, {"claims": many}, "/api/v1/claims/batch")
        assert (len(answer.json["errors"]), answer.json["faults"]) == (100, 1000)
    assert world.count("enrolment_claim") == 0


def test_a_batch_of_more_than_a_thousand_is_too_large(server: Server, world: World, token: str) -> None:
    many = {"claims": [{"key": str(n), "phone": "1"} for n in range(1001)]}
    answer = server.claim(token, many, "/api/v1/claims/batch")
    assert (answer.status, answer.json["code"]) == (422, "too_many_claims")
    assert server.claim(token, {"claims": []}, "/api/v1/claims/batch").status == 422


def test_a_batch_of_a_thousand_is_one_commit(server: Server, world: World, token: str) -> None:
    many = {
        "claims": [asha(f"k{n}", phone=f"99060{n:05d}", name=f"Name {chr(65 + n % 26)}") for n in range(1000)]
    }
    assert server.claim(token, many, "/api/v1/claims/batch").status == 200
    assert world.rows("select count(*), count(distinct batch) from enrolment_claim") == [(1000, 1)]
    assert world.tallies() == world.recounted()


def test_keys_of_a_batch_may_follow_from_the_header(server: Server, world: World, token: str) -> None:
    told = [{k: v for k, v in asha(phone=p).items() if k != "key"} for p in ("9906000001", "9906000002")]
    answer = server.claim(token, {"claims": told}, "/api/v1/claims/batch", Idempotency_Key="list-1")
    assert answer.status == 200
    assert server.claim(token, {"claims": told}, "/api/v1/claims/batch").json["errors"][0]["item"] == 0
    again = server.claim(token, {"claims": told}, "/api/v1/claims/batch", Idempotency_Key="list-1")
    assert again.body == answer.body


def test_one_key_for_two_phones_in_a_batch_is_refused(server: Server, world: World, token: str) -> None:
    told = {"claims": [asha("a"), asha("a", phone="9906000002")]}
    answer = server.claim(token, told, "/api/v1/claims/batch")
    assert (answer.status, answer.json["code"]) == (422, "key_twice")


def test_one_key_at_once_is_one_claim(server: Server, world: World, token: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda n: server.claim(token, asha(phone=f"990600000{n % 2 + 1}")), range(32)))
    assert {answer.status for answer in told} == {201, 409}
    assert len({answer.body for answer in told if answer.status == 201}) == 1
    assert world.count("enrolment_claim") == 1


def test_many_at_once_share_commits(server: Server, world: World, token: str) -> None:
    with ThreadPoolExecutor(32) as pool:
        told = [asha(f"k{n}", phone=f"99060{n:05d}") for n in range(320)]
        answers = list(pool.map(lambda one: server.claim(token, one), told))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["receipt"] for answer in answers}) == 320
    assert world.ladder(world.booth) == Ladder(reported=320, unsigned=320)
    assert world.tallies() == world.recounted()


def test_a_database_that_was_gone_is_found_again(server: Server, world: World, token: str) -> None:
    assert server.claim(token, asha("a")).status == 201
    with psycopg.connect(database.conninfo(None), autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and usename = %s",
            [database.role_name("gateway")],
        )
    answer = server.claim(token, asha("b", phone="9906000002"))
    # The caller hears at once that it was lost, or it is found again first.
    assert answer.status == 201 or (answer.status == 503 and int(answer.headers["retry-after"]) > 0)
    assert server.claim(token, asha("b", phone="9906000002")).status == 201
    assert world.count("enrolment_claim") == 2


def test_a_worker_with_no_database_says_when_to_come_back(world: World) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://x:y@127.0.0.1:{nobody.getsockname()[1]}/{database.database_name()}"
        # Without a pool: pages would wait ten seconds for one before this server listens.
        alone = Server().start(DATABASE_URL=url, ABHIYAN_POOL="0")
        try:
            answer = alone.claim("any", asha())
            assert answer.status == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json["code"] == "try_again"
        finally:
            alone.stop()


@pytest.fixture(scope="module")
def strict(django_db_setup: None) -> Iterator[Server]:
    """A server on which a token may send three claims a day."""
    running = Server().start(ABHIYAN_CLAIMS_PER_DAY="3")
    yield running
    running.stop()


def test_a_token_has_its_share_of_a_day(strict: Server, world: World, token: str) -> None:
    told = [strict.claim(token, asha(f"k{n}", phone=f"990600000{n}")) for n in range(4)]
    assert [answer.status for answer in told] == [201, 201, 201, 429]
    assert int(told[3].headers["retry-after"]) > 0
    assert world.count("enrolment_claim") == 3


def test_two_hosts_share_the_second_of_a_token(world: World, token: str) -> None:
    """The clock is given: all of it is one second."""
    both = [Server().start(ABHIYAN_CLAIMS_PER_SECOND="6") for _ in range(2)]
    try:
        told = [both[n % 2].claim(token, asha(f"k{n}", phone=f"990600000{n}")) for n in range(10)]
    finally:
        for each in both:
            each.stop()
    assert [answer.status for answer in told] == [201] * 6 + [429] * 4
    assert {answer.headers["retry-after"] for answer in told[6:]} == {"1"}
    assert world.count("enrolment_claim") == 6


def test_guessing_tokens_has_an_end(strict: Server, world: World, token: str) -> None:
    assert strict.claim(token, asha()).status == 201
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda n: strict.claim(f"guess-{n}", asha()).status, range(100)))
    assert set(told) == {401, 429}
    assert (
        strict.claim(token, asha()).status == 201
    )  # whose token is known does not suffer from its neighbours


def test_the_log_holds_nothing_of_anybody(strict: Server, world: World) -> None:
    """After the two above: everything they sent is in the log as numbers."""
    strict.stop()
    told = strict.log.read_text()
    assert '"surface": "claims", "status": 201, "requests": ' in told
    for secret in ("abhi_", "guess-", "9906000001", "Asha", "127.0.0.1"):
        assert secret not in told
