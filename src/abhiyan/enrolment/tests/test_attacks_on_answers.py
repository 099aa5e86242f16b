"""A hostile public, a careless gateway and a curious insider try where people write to us, and where we do."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.tests.given import NOW
from abhiyan.intake.tests.test_calls import JOIN, TOKEN, connect
from abhiyan.messaging.rules import bulk, signatures
from abhiyan.messaging.tests.bulk import ENGLISH, ENTITY
from abhiyan.people.tests.make import browser

from .make import World
from .server import Server
from .web import officer, web_world

pytestmark = pytest.mark.django_db(transaction=True)
ASHA = "+919906000001"
# Bodies of an SMS, as somebody could write them who has our number; then what a broken gateway could make of one.
WRITTEN = (
    "x" * 1_600,
    "आशा " * 400,
    "YES " * 400,
    "🙏🙏🙏 join 🙏",
    "\u202eNIOJ\u202c",
    "J\u200bO\u200bI\u200bN\u0000",
    "ＪＯＩＮ",
    "Asha आशा Деви 1980 190 001",
    "Stopinder Singh, १९८०, १ ९ ० ० ० १",
    "YES BCDF' or 1 = 1; --",
    "{organisation} %s %(name)s {0.__class__} {{ settings.SECRET_KEY }}",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "NO " + "9" * 1_000,
    "1" * 160,
    "\n\r\t \x0b",
)
BROKEN = (
    b'{"text": "\\ud800"}',
    b'{"text": ["STOP"]}',
    b'{"text": {"a": 1}}',
    b'{"text": 7}',
    b'{"text": null}',
    b'{"id": "\\u0000"}',
    b'{"id": []}',
    b'{"from": "\\uff0b\\uff19\\uff11"}',
    b'{"at": "9999-12-31T23:59:59Z"}',
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b"",
    b"\xff\xfe",
    b"{} {}",
    b'"STOP"',
)


def post(server: Server, secret: str, raw: bytes) -> int:
    """An SMS webhook that is rightly signed, whatever it says."""
    at_s = int(NOW.timestamp())
    made = signatures.generic_signature(at_s, "sms", raw, TOKEN)
    headers = {"X-Signature": f"t={at_s},v2={made}", "Content-Type": "application/json"}
    return server.send("POST", f"/hook/sms/generic/{secret}", raw, headers).status


def test_whatever_is_written_to_us_gets_an_answer_and_joins_nobody(server: Server, world: World) -> None:
    secret, logged = connect(world, "generic", "join", JOIN), len(server.log.read_text())
    for n, text in enumerate(WRITTEN):
        told = {"id": uuid4().hex, "from": f"+9199060001{n:02}", "to": JOIN, "text": text}
        assert post(server, secret, json.dumps(told).encode()) in (200, 201), text[:40]
    usual = {"id": "x", "from": ASHA, "to": JOIN, "text": "HELP"}
    for raw in BROKEN:
        assert post(server, secret, raw) == 422, raw[:40]
        if raw.startswith(b'{"') and raw.endswith(b"}"):
            given = json.dumps(usual).encode()[:-1] + b"," + raw[1:]
            assert post(server, secret, given) in (200, 422), raw[:40]
    assert post(server, secret, b"{" + b" " * 70_000 + b"}") == 413
    assert world.count("enrolment_membership") == 0
    assert "Traceback" not in server.log.read_text()[logged:]


def test_a_nul_in_an_address_is_no_error() -> None:
    world = web_world()
    president = officer(world, "state_president", "JK")
    for path in (
        "/q/abcdefghijkl%00bcd/",
        "/messages/texts/bulk.a%00.1/",
        "/messages/sends/new/?text=bulk.a%00.1",
        "/units/JK%00/",
        "/units/JK%00/below/",
        "/units/JK%00/close/",
        "/elections/units/JK%00/",
        "/elections/results/x%00/",
        "/office/x%00/",
        "/join/x%00/",
    ):
        assert president.get(path).status_code in (200, 302, 403, 404), path


def test_nothing_that_acts_is_done_by_looking_or_from_another_site() -> None:
    world = web_world()
    officer(world, "state_president", "JK")
    stranger = Client(enforce_csrf_checks=True)
    for path in (
        "/q/abcdefghijklbcdf/",
        "/me/leave/",
        "/me/stop/",
        "/me/erase/",
        "/me/confirm/",
        "/me/back/",
    ):
        assert stranger.post(path, {"answer": "no"}).status_code == 403, path
    for path in ("/me/stop/", "/me/confirm/", "/me/back/"):
        assert browser().get(path).status_code in (302, 405), path


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u202d", "\x08", "\x1b"])
def test_what_somebody_approves_reads_as_it_is_sent(sign: str) -> None:
    """Signs that turn what stands behind them round, or wipe it out, are in no text and in nothing that fills one."""
    assert bulk.bulk_text_fault(f"{ENGLISH} {sign}") == "hidden"
    assert not bulk.is_filling(f"Lal {sign}Chowk") and bulk.is_filling("लाल\u200dचौक 12")


def test_an_id_of_dlt_has_digits_that_dlt_knows() -> None:
    assert bulk.is_id(ENTITY) and not bulk.is_id("११०१२३४५६७८९०१२३४५६") and not bulk.is_id("1" * 9)
