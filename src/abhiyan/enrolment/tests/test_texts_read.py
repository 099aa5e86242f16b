"""Messages nobody's rule could read: a person reads them, settles them, and can open them again."""

from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import texts
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import inbound

from .make import CHANNEL, Human, Ladder, World
from .test_calls import JOIN
from .web import officer, open_me, web_world, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = web_world()
    with system("tests connect a number"):
        messaging.connect_number(
            number=JOIN,
            provider="generic",
            meaning="join",
            programme_id=world.programme.pk,
            signing_token="known to the provider",
            by=CHANNEL,
            at=world.now,
        )
    return world


def write(world: World, text: str, of: Human = World.asha) -> None:
    sms = inbound.Sms("generic", uuid4().hex, of.phone, JOIN, text, None)
    told = texts.Told(sms, "sms", JOIN, "join", world.programme.pk)
    texts.hear(told=told, by=CHANNEL, at=NOW)


def test_the_second_message_is_read_settled_and_opened_again(world: World) -> None:
    client = officer(world, "state_president", "JK")
    write(world, "What is <b>this</b>?")
    assert "No messages to read" in client.get("/people/texts/").content.decode()
    write(world, "Nobody answers me")
    page = client.get("/people/texts/").content.decode()
    file = b"".join(client.get("/people/texts/?format=csv").streaming_content).decode()  # type: ignore[attr-defined]  # a file
    assert "0001" in page and "0001" not in file
    assert "Nobody answers me" not in page + file
    assert "1 message to read" in client.get("/").content.decode()
    ((text,),) = world.rows("select public_id from enrolment_text")
    one = f"/people/texts/{text}/"
    page = client.get(one).content.decode()
    assert "Nobody answers me" in page and "What is &lt;b&gt;this&lt;/b&gt;?" in page
    assert world.rows("select count(*) from core_audit where act = 'enrolment.read_text'") == [(1,)]
    shown = client.post(f"{one}number/").content.decode()
    assert "tel:+919906000001" in shown
    assert world.rows("select count(*) from core_audit where act = 'people.reveal_phone'") == [(1,)]
    assert client.post(one, {"outcome": "other"}).status_code == 422
    assert client.post(one, {"outcome": "answered"}).status_code == 302
    assert "No messages to read" in client.get("/people/texts/").content.decode()
    assert "Answered: I spoke to the person" in client.get("/people/texts/?state=settled").content.decode()
    with pytest.raises(texts.SettledAlready):
        texts.settle_text(text=text, outcome="nothing", by=world_officer(world), at=NOW)  # type: ignore[arg-type]  # a row
    assert client.post(one).status_code == 302
    assert world.rows("select state, outcome from enrolment_text") == [("open", "")]
    # A district of the same state does not see the drive's messages.
    assert officer(world, "district_president", "JK-SRI").get(one).status_code == 404
    assert officer(world, "mandal_president", "JK-SRI-M1").get("/people/texts/").status_code == 403


def world_officer(world: World) -> object:
    from abhiyan.core.actor import Actor

    return Actor.system(f"tests of {world.state.code}")


def test_who_asks_in_own_words_to_leave_leaves_by_the_readers_hand(world: World) -> None:
    world.web_join(of=world.asha)
    for said in ("please do something about my name on your list", "take it away I said"):
        write(world, said)
    client = officer(world, "state_president", "JK")
    ((text,),) = world.rows("select public_id from enrolment_text")
    one = f"/people/texts/{text}/"
    assert "leaves at once" in client.get(one).content.decode()
    assert client.post(one, {"outcome": "left"}).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.count("people_suppression") == 1
    assert client.get(one).status_code == 404
    assert world.count("enrolment_text") == 0
    assert world.rows("select count(*) from messaging_message where template = 'leave.receipt'") == [(1,)]


def test_the_phone_itself_sees_what_is_kept_of_its_messages(world: World) -> None:
    world.web_join(of=world.asha)
    write(world, "why did I get no card")
    client = open_me(world.asha)
    with words():
        page = client.get("/me/").content.decode()
    assert "Messages from this phone" in page or "इस फ़ोन से आए संदेश" in page
    assert "why did I get no card" not in page
    (told,) = client.get("/me/data/").json()["messages_written"]
    assert told["n"] == 1
