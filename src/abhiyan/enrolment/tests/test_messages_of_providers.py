"""Messages as providers send them, made up: kinds, captions, buttons, lists. No no is lost in any of them."""

import json
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.messaging.rules import inbound, words
from abhiyan.messaging.rules.inbound import Sms
from abhiyan.people.queries import standing_no
from abhiyan.site import languages

from .make import Human, World
from .server import Server
from .test_calls import JOIN, connect
from .test_texts import chat, requests, said, sent, world  # noqa: F401  # a fixture

VOCABULARY = tomllib.loads(Path(words.__file__).with_suffix(".toml").read_text("utf-8"))
URDU = tomllib.loads((Path(languages.__file__).parent / "ur.toml").read_text("utf-8"))["words"]
NOES = [
    phrase
    for lists in (*VOCABULARY.values(), URDU)
    for word in words.REFUSING
    for phrase in lists.get(word.value, ())
    if words.read(phrase).word in words.REFUSING
]
# Where the words of the writer are, by kind. A new kind of the provider is like the last ones.
KINDS: Mapping[str, Any] = {
    "text": lambda no: {"body": no},
    "button": lambda no: {"payload": "promo-7", "text": no},
    "button payload": lambda no: {"payload": no, "text": "✓"},
    "interactive": lambda no: {"type": "button_reply", "button_reply": {"id": "b1", "title": no}},
    "interactive id": lambda no: {"type": "button_reply", "button_reply": {"id": no, "title": "❌"}},
    "interactive list": lambda no: {"type": "list_reply", "list_reply": {"id": "r1", "title": no}},
    "interactive list described": lambda no: {
        "list_reply": {"description": no, "title": "Other", "id": "r2"},
        "type": "list_reply",
    },
    "interactive form": lambda no: {
        "type": "nfm_reply",
        "nfm_reply": {"name": "flow", "body": "Sent", "response_json": json.dumps({"choice": no})},
    },
    "image": lambda no: {"id": "9", "mime_type": "image/jpeg", "sha256": "bm8=", "caption": no},
    "video": lambda no: {"caption": no, "id": "9", "mime_type": "video/mp4"},
    "document": lambda no: {"filename": "form.pdf", "caption": no, "id": "9"},
    "audio": lambda no: {"id": "9", "voice": True, "caption": no},
    "order": lambda no: {"catalog_id": "4", "text": no, "product_items": [{"quantity": 1}]},
    "system": lambda no: {"body": no, "type": "customer_changed"},
    "location": lambda no: {"latitude": 1.5, "longitude": 2.5, "name": no},
    "edit": lambda no: {
        "original_message_id": "w0",
        "message": {"type": "image", "image": {"caption": no, "id": "3"}},
    },
    "poll_answer": lambda no: {"options": [{"label": no, "votes": 1}]},
    "unsupported": lambda no: {"preview": {"lines": [no]}},
}
# Messages of which nothing is a no, whatever word of ours a name in them has.
WITHOUT: dict[str, Any] = {
    "revoke": {"original_message_id": "w0"},
    "sticker": {"id": "4", "mime_type": "image/webp", "sha256": "c3RvcA==", "animated": False},
    "audio": {"id": "4", "mime_type": "audio/ogg; codecs=opus", "voice": True},
    "location": {"latitude": 1.0, "longitude": 2.0, "name": "No. 5 School", "address": "Stop 14, Main Road"},
    "contacts": [{"name": {"formatted_name": "No", "first_name": "Leave"}, "addresses": [{"country": "NO"}]}],
    "reaction": {"message_id": "w1", "emoji": "🙏"},
    "system": {"body": "User Stop changed from 919906000001 to 919906000002", "type": "user_changed_number"},
    "unsupported": {},
    "interactive": {
        "type": "list_reply",
        "list_reply": {"id": "no_charge", "title": "Card", "description": "No charges, no forms"},
    },
    "image": {"id": "7", "mime_type": "image/jpeg", "url": "https://example.org/stop"},
}
SMS = {
    "generic": {"from": "+919906000001", "to": JOIN, "id": "1"},
    "exotel": {"From": "09906000001", "To": JOIN, "SmsSid": "1"},
    "twilio": {"From": "+919906000001", "To": JOIN, "MessageSid": "1", "FromCountry": "NO", "ToState": "NA"},
    "plivo": {"From": "919906000001", "To": JOIN, "MessageUUID": "1", "Type": "mms"},
}
MAIN = {"generic": "text", "exotel": "Body", "twilio": "Body", "plivo": "Text"}


def message(kind: str, held: Any, *, ident: str = "w1", of: Human = World.asha) -> dict[str, Any]:
    """One message of WhatsApp. kind: its first word is the type."""
    of_type = kind.partition(" ")[0]
    told = said("", of, ident=ident) | {"type": of_type, of_type: held}
    if of_type != "text":
        told.pop("text", None)
    return told


def whole(*messages: Mapping[str, Any], **more: object) -> dict[str, Any]:
    """A body of WhatsApp, with what quotes and advertises around each message."""
    metadata = {"display_phone_number": JOIN.removeprefix("+"), "phone_number_id": "1"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages), **more}
    return {"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}


def parsed(told: Mapping[str, Any]) -> Sms:
    (found,) = inbound.whatsapp(whole(told)).messages
    return found


def is_no(text: Sms) -> bool:
    return not text.other and words.read(text.text).word in words.REFUSING


@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(NOES),
    st.sampled_from(["", " ", "\n"]),
    st.sampled_from(["", "!", " 🙏", "\n"]),
    st.booleans(),
)
def test_a_no_is_heard_in_every_kind(kind: str, no: str, before: str, behind: str, is_quoting: bool) -> None:
    told = message(kind, KINDS[kind](before + no + behind))
    if is_quoting:
        told |= {"context": {"from": "91", "id": "w0"}, "referral": {"body": "JOIN us", "headline": "Yes!"}}
    assert is_no(parsed(told)), told


@given(st.text(string.ascii_lowercase + "_", min_size=1, max_size=20), st.sampled_from(NOES))
def test_a_no_is_heard_in_a_kind_that_nobody_knows(kind: str, no: str) -> None:
    kind = f"x{kind}_x"
    told = parsed(message(kind, {"words": no, "id": "5"}))
    assert is_no(told)
    quiet = parsed(message(kind, {"words": "mera card kab aayega?", "id": "5"}))
    assert (quiet.other, quiet.text) == (kind, "mera card kab aayega?")


@pytest.mark.parametrize("kind", sorted(WITHOUT))
def test_names_and_notes_are_no_no(kind: str) -> None:
    assert not is_no(parsed(message(kind, WITHOUT[kind])))


@pytest.mark.parametrize("broken", [{"type": None}, {"type": 7}, {"type": ""}, {"type": "x" * 900}])
def test_a_no_without_a_type_is_a_no(broken: dict[str, Any]) -> None:
    assert is_no(parsed(said("STOP", ident="w1") | broken))


def test_a_form_within_a_form_for_ever_is_no_error() -> None:
    held: Any = "STOP"
    for _ in range(500):
        held = {"next": held}
    assert not is_no(parsed(message("text", held)))
    assert parsed(message("interactive", {"response_json": "{" * 9_000})).other == ""


@given(
    st.sampled_from(sorted(SMS)),
    st.sampled_from(NOES),
    st.sampled_from(["", "ButtonText", "ButtonPayload", "ListTitle", "Caption", "OptOutType"]),
    st.booleans(),
)
def test_a_no_is_heard_in_every_sms(provider: str, no: str, where: str, has_media: bool) -> None:
    told = SMS[provider] | ({where: no} if where else {MAIN[provider]: no})
    told |= {"NumMedia": "1", "MediaUrl0": "https://example.org/stop.jpg"} if has_media else {}
    assert is_no(inbound.sms(provider, told)), told


@pytest.mark.parametrize("provider", sorted(SMS))
def test_an_sms_without_words_is_no_no_and_no_error(provider: str) -> None:
    for written in ("", " ", None):
        told = inbound.sms(provider, SMS[provider] | {MAIN[provider]: written, "ReferralBody": "STOP"})
        assert (told.text.strip(), told.other) == ("", "")
    assert inbound.sms(provider, SMS[provider] | {"Media0": "https://example.org/1.jpg"}).other == "media"


@pytest.mark.django_db(transaction=True)
def test_a_no_of_any_kind_ends_what_goes_to_the_phone(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "whatsapp", "join", JOIN)
    of = {kind: Human(kind, 1980, f"+9199080{n:05d}") for n, kind in enumerate(KINDS)}
    told = [message(kind, KINDS[kind]("STOP"), ident=f"w-{kind}", of=of[kind]) for kind in KINDS]
    marketing = Human("Switch", 1980, "+919908100001")
    preference = {
        "wa_id": marketing.phone.removeprefix("+"),
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": 1_764_050_000,
    }
    resumed = preference | {"wa_id": World.bilal.phone.removeprefix("+"), "value": "resume"}
    raw = json.dumps(whole(*told, user_preferences=[preference, resumed, {"value": "stop"}, 7])).encode()
    for _ in range(2):
        assert chat(server, secret, raw).status == 200
    with system("test"):
        for who in (*of.values(), marketing):
            assert standing_no(keyring().phone_id(who.phone)) is not None, who.name
        assert standing_no(keyring().phone_id(World.bilal.phone)) is None
    assert {letter.template for letter in sent()} == {"stop.receipt"}
    assert requests() == {}


@pytest.mark.django_db(transaction=True)
def test_a_kind_that_nobody_knows_asks_nothing(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "whatsapp", "join", JOIN)
    told = [
        message(kind, held, ident=f"w-{kind}")
        for kind, held in (WITHOUT | {"poll": {"question": "JOIN or YES?"}, "call_log": {}}).items()
        if kind not in inbound.UNWRITTEN
    ]
    assert len(told) == 7
    assert chat(server, secret, json.dumps(whole(*told)).encode()).status == 200
    assert sent() == []
    assert world.rows("select distinct outcome from messaging_inbound") == [("quiet",)]
    assert world.count("messaging_inbound") == len(told), "each is counted"
