"""Messages as providers send them, made up: kinds, captions, buttons, lists, thanks. No no is lost in any of them, and
nobody who only thanks hears a question."""

import json
import os
import re
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core import declared, limits
from abhiyan.core import languages as core_languages
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests import given as given_time
from abhiyan.core.tests.given import NOW, present
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.helpdesk.actions import answer_ticket, ask_quiet, raise_overdue
from abhiyan.helpdesk.actions.answering import StillOpen
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.intake.actions.text_parts import hear_parts
from abhiyan.messaging.rules import inbound, sms_parts, words
from abhiyan.messaging.rules.inbound import Sms
from abhiyan.messaging.rules.words import TextWord
from abhiyan.pages import languages
from abhiyan.people.queries import standing_no

from .test_calls import JOIN, connect
from .test_texts import chat, requests, said, sent, world, write  # noqa: F401  # a fixture

VOCABULARY = tomllib.loads(Path(words.__file__).with_suffix(".toml").read_text("utf-8"))
URDU = tomllib.loads((Path(languages.__file__).parent / "ur.toml").read_text("utf-8"))["words"]
NOES = [
    phrase
    for lists in (*VOCABULARY.values(), URDU)
    for word in words.REFUSING
    for written in lists.get(word.value, ())
    for phrase in words.expanded(written)
    if words.read_said_text(phrase).word in words.REFUSING
]
# The place of the writer's words, by kind. A new kind of the provider is like the last ones.
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
# These messages hold no no, though a name in them may have a word of ours.
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


# People write these when they ask nothing, and when they need something. No list of ours has such a sentence.
THANKS = """Thank u so much sir ji 🙏🙏|काम हो गया, धन्यवाद|ho gaya thanks|ok received|happy diwali|
Jai Hind|noted|done|राम राम जी|ok|Thanks for your quick help|
card mil gaya, thank you modi ji|madad ke liye bahut dhanyavad|Happy New Year 2027|
bharat mata ki jai|eid mubarak|दीपावली की हार्दिक शुभकामनाएँ|good morning ji|
समस्या हल हो गई, धन्यवाद|many many thanks|aapka bahut shukriya|well done team|very nice work|
जय श्री राम|got it thanks|I want to thank you sir|Thank you for sending my card|
great job sir|bahut badhiya kaam|शुक्रिया جناب|آپ کا بہت شکریہ|شکریہ، کارڈ مل گیا|عید مبارک|
कार्ड मिल गया जी|Noted sir, thanks a lot|सब ठीक है, आभार|theek hai bhaiya dhanyavad"""
URDU = re.compile("[\u0600-\u06ff]")
NEEDS = """mera card nahi mila|dhanyavad, par card abhi tak nahi aaya|thanks but my name is wrong|
ho gaya?|card mil gaya?|ok?|ok mera card kab milega|thanks, please send my card|
dhanyavad, card bhej dijiye|bijli gul hai dhanyavad|sadak tuti hui hai, dhanyavad|
namaste ji, hamare gaon me pani ki samasya hai|hello sir bijli|thanks 9876543210|
thank you, add my mother|accident ho gaya|light chali gayi|ok call me|noted but when|
धन्यवाद, कार्ड कब मिलेगा|काम नहीं हुआ|काम हो जाएगा|Thanks. My booth is not in the list|
Good morning, I need a form|happy diwali sir, sadak banwa dijiye|
Jai Hind sir, handpump kharab hai|done but not received|card gum ho gaya|
handpump sukha hai dhanyavad|thank you 😡|good road needed|accha hota agar sadak banti|
thanks for nothing, card still pending|नमस्ते, हमारे यहाँ पानी नहीं आता|ok batao|
शुक्रिया، کارڈ کب ملے گا|شکریہ مگر نام غلط ہے|راستہ خراب ہے، شکریہ|jai hind pani nahi|
theek hai bataiye|Thanks, road is broken|182301"""


def lines(texts: str) -> list[str]:
    return [text.strip() for text in texts.split("|")]


def message(kind: str, held: Any, *, ident: str = "w1", of: Human = World.asha) -> dict[str, Any]:
    """One message of WhatsApp. kind: its first word is the type."""
    of_type = kind.partition(" ")[0]
    told = said("", of, ident=ident) | {"type": of_type, of_type: held}
    if of_type != "text":
        told.pop("text", None)
    return told


def asks_nothing(text: str) -> bool:
    word = words.read_said_text(text).word
    return word is TextWord.THANKS or (word in (None, TextWord.HELP) and words.asks_nothing(text))


def whole(*messages: Mapping[str, Any], **more: object) -> dict[str, Any]:
    """A body of WhatsApp, with what quotes and advertises around each message."""
    metadata = {"display_phone_number": JOIN.removeprefix("+"), "phone_number_id": "1"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages), **more}
    return {"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}


def parsed(told: Mapping[str, Any]) -> Sms:
    (found,) = inbound.whatsapp_chat(whole(told)).messages
    return found


def is_no(text: Sms) -> bool:
    return not text.other and words.read_said_text(text.text).word in words.REFUSING


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


# Thanks

DRESS = st.sampled_from(["", " ", "!", "!!!", " 🙏", " 👍👍", "\n", ".", " 😊", "…"])
CASE = st.sampled_from([str, str.upper, str.title, str.casefold])


@pytest.fixture(autouse=True, scope="module")
def _urdu() -> Iterator[None]:
    """Urdu is one of this installation's languages."""
    folder = Path(os.environ["ABHIYAN_TEST_HOME"], f"urdu{os.environ.get('PYTEST_XDIST_WORKER', '')}")
    (folder / "ur").mkdir(parents=True, exist_ok=True)
    text = (Path(languages.__file__).parent / "ur.toml").read_text("utf-8")
    (folder / "ur" / core_languages.FILE).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ABHIYAN_LANGUAGES", str(folder))
        core_languages.read_again()
        yield
    core_languages.read_again()


@given(st.sampled_from(lines(THANKS)), DRESS, DRESS, CASE)
def test_who_only_thanks_asks_nothing(text: str, before: str, behind: str, case: Any) -> None:
    assert asks_nothing(before + case(text) + behind)


@given(st.sampled_from(lines(NEEDS)), DRESS, CASE)
def test_who_needs_something_is_answered_in_time(text: str, behind: str, case: Any) -> None:
    assert not asks_nothing(case(text) + behind)


@given(st.sampled_from(lines(THANKS)), st.sampled_from(lines(NEEDS)), st.booleans())
def test_thanks_hide_no_need(thanks: str, need: str, is_first: bool) -> None:
    assert not asks_nothing(f"{thanks}. {need}" if is_first else f"{need}. {thanks}")


@given(st.sampled_from(NOES), st.sampled_from(lines(THANKS)))
def test_thanks_hide_no_no(no: str, thanks: str) -> None:
    assert words.read_said_text(f"{no}. {thanks}").word is not TextWord.THANKS


def in_state(state: str) -> list[Ticket]:
    with system("test"):
        return list(Ticket.objects.filter(state=state).order_by("phone_id"))


@pytest.mark.django_db(transaction=True)
def test_thanks_wait_without_a_time_until_somebody_asks(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "generic", "join", JOIN)
    known = [text for text in lines(THANKS) if not URDU.search(text)]  # this server has no Urdu
    of = {text: Human(text, 1980, f"+9199082{n:05d}") for n, text in enumerate(known)}
    for text, who in of.items():
        assert write(server, secret, text, who).status == 200, text
    assert sent() == [], "no receipt, no question"
    assert in_state("open") == []
    kept = in_state("quiet")
    assert kept, "a text with a word we do not know is shown to the desk"
    loud = Actor.system("tests")
    with system("test"):
        assert raise_overdue(by=loud, at=NOW + timedelta(days=30)) == 0
    # In one press an office makes a request of it, with a time from then.
    row = ask_quiet(ticket=kept[0].pk, by=loud, at=NOW)
    assert (row.state, row.due_at) == ("open", rules.answer_due_at(row.kind, NOW))
    with pytest.raises(StillOpen):
        ask_quiet(ticket=row.pk, by=loud, at=NOW)
    # The phone's own need does the same, and the phone hears its number.
    who = of["happy diwali"]
    assert write(server, secret, "mera card nahi mila", who).status == 200
    (letter,) = sent()
    asked = in_state("open")
    (own,) = [each for each in asked if each.phone_id == keyring().phone_id(who.phone)]
    assert own.number in letter.text and requests()[own.number] == ["happy diwali", "mera card nahi mila"]
    # Thanks change nothing in what is open or done.
    assert write(server, secret, "Thank u so much sirji", who).status == 200
    assert sent() == []
    (again,) = [each for each in in_state("open") if each.pk == own.pk]
    assert (again.n, again.due_at) == (3, own.due_at)
    answer_ticket(ticket=own.pk, text="It comes on Monday", is_done=True, by=loud, at=NOW)
    sent()
    assert write(server, secret, "Thanks again dear sirji", who).status == 200
    assert (sent(), [each.pk for each in in_state("done")]) == ([], [own.pk])


@pytest.mark.django_db(transaction=True)
def test_thanks_of_a_festival_keep_no_request_out(
    server: Server,
    world: World,  # noqa: F811
) -> None:
    limits.count_or_refuse(declared.HELP_NEW, "quiet", at=NOW, n=declared.HELP_NEW.allowed)
    secret = connect(world, "generic", "join", JOIN)
    for who in (world.asha, world.bilal, world.chandra):
        assert write(server, secret, "happy diwali", who).status == 200
    assert write(server, secret, "mera card nahi mila", "+919906000777").status == 200
    assert list(requests().values()) == [["mera card nahi mila"]]


# Parts of a long SMS

LONG = (
    "Respected sir, I am writing from ward seven about the handpump behind the school, which has been dry for "
    "nine days now. The children carry water from the canal, and there is no one at the office who writes our "
    "complaint down. Please send a mechanic, or tell us whom we shall call, as the exams begin on Monday and the "
    "school stays open all day."
)
LONG_HINDI = (
    "सुनीता देवी पत्नी रमेश कुमार, गाँव रामपुर, ग्राम पंचायत कटरा, तहसील सदर, डाकघर कटरा के पास, जन्म वर्ष 1980, "
    "पिन कोड 190001"
)


def cut(text: str, *, size: int = 0) -> list[str]:
    """A text as phones cut it: 153 characters a part, 67 where one is not of GSM."""
    size = size or (153 if text.isascii() else 67)
    return [text[place : place + size] for place in range(0, len(text), size)]


def heard_after(seconds: float) -> int:
    """Let time pass, and the loop turn."""
    given_time.time(present() + timedelta(seconds=seconds))
    return hear_parts(at=present())


def header(n: int, of: int, *, is_wide: bool = False) -> str:
    return f"060804A1B2{of:02X}{n:02X}" if is_wide else f"050003C7{of:02X}{n:02X}"


def send_parts(server: Server, secret: str, pieces: list[str], order: Sequence[int], marks: str = "") -> None:
    """Parts in an order, some seconds apart. marks: how the provider says which part it is."""
    for n in order:
        more: dict[str, object] = {"ident": f"p{n}"}
        if marks == "udh":
            more["udh"] = header(n + 1, len(pieces))
        elif marks == "wide":
            more["UDH"] = header(n + 1, len(pieces), is_wide=True)
        elif marks == "fields":
            more |= {"concat-ref": 9, "concat-total": len(pieces), "concat-part": n + 1}
        for _ in range(2):  # a gateway sends each again
            assert write(server, secret, pieces[n], World.asha, **more).status == 200
        heard_after(3)


@pytest.mark.parametrize("marks", ["", "udh", "wide", "fields"])
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0)])
@pytest.mark.django_db(transaction=True)
def test_a_long_text_in_parts_is_one_request(
    server: Server,
    world: World,  # noqa: F811
    order: Sequence[int],
    marks: str,
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    pieces = cut(LONG)
    assert len(pieces) == 3
    send_parts(server, secret, pieces, order, marks)
    heard_after(25)
    ((_number, words_of),) = requests().items()
    (letter,) = sent()
    assert letter.template == "ticket.opened"
    if marks:
        assert words_of == [LONG]
    else:  # the order is a guess, and what came first by itself was heard by itself
        assert sorted("".join(words_of)) == sorted(LONG)
        assert order != (0, 1, 2) or words_of == [LONG]


@pytest.mark.parametrize("marks", ["", "udh"])
@pytest.mark.parametrize("is_after_join", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.django_db(transaction=True)
def test_details_in_parts_join_once_and_lack_nothing(
    server: Server,
    world: World,  # noqa: F811
    order: Sequence[int],
    is_after_join: bool,
    marks: str,
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    if is_after_join:
        write(server, secret, "JOIN")
        assert [letter.template for letter in sent()] == ["drive.reply"]
    send_parts(server, secret, cut(LONG_HINDI), order, marks)
    heard_after(25)
    assert requests() == {}
    if not is_after_join:
        assert [letter.template for letter in sent()] == ["drive.reply_yes"]
        assert write(server, secret, "हाँ").status == 200
    assert [letter.template for letter in sent()] == ["drive.joined"]
    assert world.ladder(world.booth).counted == 1
    assert world.tallies() == world.recounted()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("marks", ["", "udh"])
@pytest.mark.parametrize("n", range(3))
@pytest.mark.django_db(transaction=True)
def test_the_part_that_is_a_no_wins(
    server: Server,
    world: World,  # noqa: F811
    n: int,
    marks: str,
    order: Sequence[int],
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    pieces = cut(LONG)
    pieces[n] = f"STOP. {pieces[n][: 153 - 6]}"
    send_parts(server, secret, pieces, order, marks)
    heard_after(25)
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None


@pytest.mark.django_db(transaction=True)
def test_a_part_that_never_comes_keeps_nobody_waiting(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "generic", "join", JOIN)
    assert write(server, secret, cut(LONG)[0], udh=header(1, 3)).status == 200
    assert heard_after(60) == 0
    assert heard_after(300) == 1
    assert list(requests().values()) == [[cut(LONG)[0]]]
    assert heard_after(300) == 0
    assert world.count("enrolment_text") == 0


@pytest.mark.django_db(transaction=True)
def test_a_no_between_parts_is_obeyed_at_once(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "generic", "join", JOIN)
    assert write(server, secret, cut(LONG)[0]).status == 200
    assert write(server, secret, "STOP").status == 200
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None
    heard_after(25)
    assert list(requests().values()) == [[cut(LONG)[0]]]


@pytest.mark.django_db(transaction=True)
def test_a_no_while_details_wait_for_their_other_half_is_the_last_word(
    server: Server,
    world: World,  # noqa: F811
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    assert write(server, secret, "Asha Devi 1980").status == 200
    heard_after(3)
    assert write(server, secret, "STOP").status == 200
    sent()
    assert heard_after(25) == 1
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None
    assert (sent(), requests(), world.count("enrolment_claim")) == ([], {}, 0)


@pytest.mark.django_db(transaction=True)
def test_a_text_that_is_refused_keeps_no_no_behind_it_waiting(
    server: Server,
    world: World,  # noqa: F811
) -> None:
    secret = connect(world, "generic", "join", JOIN)
    assert write(server, secret, cut(LONG)[0], world.bilal).status == 200
    assert write(server, secret, f"nahi chahiye, {LONG}"[:153]).status == 200
    limits.count_or_refuse(declared.HELP_NEW, "proven", at=NOW, n=declared.HELP_NEW.allowed)
    heard_after(25)
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None
    assert requests() == {}
    heard_after(7200)
    assert list(requests().values()) == [[cut(LONG)[0]]], "it is heard once there is room"


@pytest.mark.django_db(transaction=True)
def test_a_no_after_more_parts_than_any_text_has_is_heard(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "generic", "join", JOIN)
    for n in range(sms_parts.MOST_PARTS):
        assert write(server, secret, f"{n:02} {LONG}"[:153]).status == 200
    assert write(server, secret, "mera naam hata do aur kabhi likhna mat").status == 200
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None


@pytest.mark.django_db(transaction=True)
def test_two_texts_under_one_mark_lose_no_no(server: Server, world: World) -> None:  # noqa: F811
    secret = connect(world, "generic", "join", JOIN)
    for text in ("STOP sending me these, all of you, every day", cut(LONG)[0], cut(LONG)[1]):
        n = 2 if text == cut(LONG)[1] else 1
        assert write(server, secret, text, udh=header(n, 3)).status == 200
    heard_after(400)
    with system("test"):
        assert standing_no(keyring().phone_id(World.asha.phone)) is not None


@given(st.text(max_size=400), st.text(max_size=40), st.integers(-5, 400))
def test_marks_that_are_none_are_no_error(text: str, udh: str, n: int) -> None:
    told = {"text": text, "udh": udh, "concat-ref": n, "concat-part": n, "concat-total": udh}
    assert inbound.sms("generic", SMS["generic"] | told).text == text[: words.LONGEST] or not text.strip()
    sms_parts.is_full_part(text)
