"""Webhooks are believed only when they are genuine."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from abhiyan.messaging.rules import inbound, signatures

ODD = ("9" * 400, "-" + "9" * 400, "9" * 5_000, "-1", "0", "nan", "inf", "1e400", "²")
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_twilios_own_library_signs_the_same() -> None:
    # The vector was computed by the provider's library over values of ours.
    params = {
        "CallSid": "CA1",
        "From": "+919800000001",
        "To": "+911800000000",
        "CallStatus": "ringing",
    }
    made = signatures.twilio_signature("https://app.example.org/hook/twilio", params, "tok")
    assert made == "7ENZjqJns8qVfBSmH56JKsqTqeI="


def test_plivos_own_library_signs_the_same() -> None:
    params = {"CallUUID": "u1", "From": "919800000001", "To": "911800000000", "CallStatus": "ringing"}
    url = "https://app.example.org/hook/plivo"
    assert signatures.plivo_v3(url, params, "tok", "12345") == "RNbgG9pYbdo95EgbHHG0gH7UPeR73d9ofgtNZ3QFVPU="
    assert signatures.plivo_v2(url, "tok", "12345") == "vxYJFvD7MSVCy2oE1Cet3vVB+6Qwd4PK3nhOm55PYSo="


def test_whatsapps_signature_is_over_the_raw_body() -> None:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    made = "sha256=c3d2f4bde9f526b5481f58578971e002a86fd94df4d04878303086b990910673"
    assert signatures.whatsapp_signature(body, "tok") == made
    assert signatures.whatsapp_signature(body + b" ", "tok") != made


def test_a_json_body_of_twilio_must_be_the_one_its_address_names() -> None:
    body = b'{"MessageSid":"SM1"}'
    url = f"https://app.example.org/hook/sms/twilio/s?bodySHA256={sha256(body).hexdigest()}"
    assert signatures.twilio_json(url, body, "tok") == signatures.twilio_signature(url, {}, "tok")
    assert signatures.twilio_json(url, body + b" ", "tok") == ""


def signed(body: bytes, *, kind: str = "call", secret: str = "s3cret", at: datetime = AT) -> str:
    at_s = int(at.timestamp())
    return f"t={at_s},v2={signatures.generic_signature(at_s, kind, body, secret)}"


def test_a_genuine_generic_webhook_holds() -> None:
    body = json.dumps({"id": "c1", "from": "9800000001", "to": "1800"}).encode()
    assert signatures.generic_holds(signed(body), "call", body, "s3cret", AT)


@pytest.mark.parametrize(
    "header",
    ["", "t=abc,v2=00", "v2=00", "t=1763631000", "t=,v2=", "t=1e9,v2=é", *(f"t={t},v2=00" for t in ODD)],
)
def test_a_malformed_signature_is_refused(header: str) -> None:
    assert not signatures.generic_holds(header, "call", b"{}", "s3cret", AT)


def test_a_forged_signature_is_refused() -> None:
    assert not signatures.generic_holds(signed(b"{}", secret="guess"), "call", b"{}", "s3cret", AT)


def test_a_changed_body_is_refused() -> None:
    assert not signatures.generic_holds(signed(b"{}"), "call", b'{"from":"9"}', "s3cret", AT)


@pytest.mark.parametrize("off_s", [-301, 301, -3600, 3600])
def test_a_replay_or_a_clock_an_hour_off_is_refused(off_s: int) -> None:
    assert not signatures.generic_holds(
        signed(b"{}", at=AT + timedelta(seconds=off_s)), "call", b"{}", "s3cret", AT
    )


def test_source_addresses_hold_where_there_is_no_signature() -> None:
    networks = ["203.0.113.0/24", "2001:db8::/32"]
    assert signatures.from_allowed("203.0.113.9", networks)
    assert signatures.from_allowed("2001:db8::1", networks)
    assert not signatures.from_allowed("198.51.100.1", networks)
    assert not signatures.from_allowed("nonsense", networks)
    assert not signatures.from_allowed("203.0.113.9", [])


def test_three_providers_tell_of_the_same_call() -> None:
    generic = inbound.generic_call(
        {"id": "c1", "from": "+919800000001", "to": "+911800000000", "at": AT.isoformat()}
    )
    exotel = inbound.exotel(
        {
            "CallSid": "c1",
            "CallFrom": "09800000001",
            "CallTo": "01800000000",
            "StartTime": "2026-11-20 15:00:00",
            "digits": '"1"',
        }
    )
    twilio = inbound.twilio_call({"CallSid": "c1", "From": "+919800000001", "To": "+911800000000"})
    assert {generic.id, exotel.id, twilio.id} == {"c1"}
    assert generic.at == exotel.at == AT
    assert twilio.at is None


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"id": "c1", "from": "9", "to": ""},
        {"id": "c\x001", "from": "9", "to": "1"},
        {"id": "c1", "from": "9" * 300, "to": "1"},
        {"id": "c1", "from": ["9"], "to": "1"},
        {"id": "c1", "from": "9", "to": "1", "at": "yesterday"},
        {"id": "c1", "from": "9", "to": "1", "at": "2026-11-20T15:00:00"},
        {"id": "c1", "from": "9", "to": "1", "at": 1e300},
    ],
)
def test_a_call_without_what_it_must_have_is_malformed(values: dict[str, object]) -> None:
    with pytest.raises(inbound.MalformedWebhook):
        inbound.generic_call(values)


@pytest.mark.parametrize(
    ("provider", "values", "status"),
    [
        ("plivo", {"MessageUUID": "p1", "Status": "rejected"}, "failed"),  # by the operator, before it left
        ("exotel", {"SmsSid": "e1", "Status": "failed_dnd"}, "failed"),
        ("exotel", {"SmsSid": "e1", "Status": "sent"}, ""),
        ("whatsapp", {"id": "w1", "status": "read"}, "delivered"),
    ],
)
def test_what_became_of_a_message_is_read_in_the_provider_s_own_words(
    provider: str, values: dict[str, str], status: str
) -> None:
    assert inbound.delivery_report(provider, values).status == status
