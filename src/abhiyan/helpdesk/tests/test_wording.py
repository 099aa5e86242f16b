"""An answer may say so much. These tests also cover the phone that a request names, and requests of somebody without a
phone."""

from datetime import timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import blanks, main, officer, web_world
from abhiyan.helpdesk import queries
from abhiyan.helpdesk.models import ReadyAnswer, Ticket
from abhiyan.helpdesk.rules.wording import campaigning, has_code
from abhiyan.org.models import Release
from abhiyan.people.tests.make import undrawn
from abhiyan.polls import actions as polls

from .make import BY, one, typed, write

pytestmark = pytest.mark.django_db(transaction=True)
CAMPAIGN = "Vote for our candidate on Sunday!"


@pytest.fixture
def world() -> World:
    return web_world()


def announce(world: World) -> None:
    """An election in the state is announced, and its result is awaited."""
    day = world.now.date()
    close = world.now + timedelta(days=9)
    phases = [(close, [world.state.pk])]
    stated = polls.StatedPoll("assembly", "Poll", day, day + timedelta(days=12), "A letter", phases)
    with system("test"):
        poll = polls.store_poll_version(stated=stated, by=BY, at=world.now)
        polls.confirm_poll(public_id=poll.public_id, by=BY, at=world.now)


@pytest.mark.parametrize(
    "text",
    [
        "Your code is 482913",
        "OTP: 482913",
        "482913 is your code",
        "Send us the code you got",
        "Please share your OTP with me",
        "आपका कोड है 482913",
        "अपना ओटीपी बताइए",
        "कोड हमें भेजें",
    ],
)
def test_an_answer_with_a_code_or_asking_for_one_is_known(text: str) -> None:
    assert has_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "The code comes by SMS within a minute. Try again.",
        "PIN code 190001 is right",
        "Never share your code with anybody",
        "हम आपको कोड भेजेंगे",
        "कोड किसी को न बताएँ",
        "पिन कोड 190001 सही है",
        "Come to the office on Monday, 2026",
    ],
)
def test_an_answer_about_codes_is_no_code(text: str) -> None:
    assert not has_code(text)


def test_words_that_campaign_are_known_and_those_of_a_service_are_not() -> None:
    for text in (CAMPAIGN, "कमल पर वोट दें", "हमारे प्रत्याशी को जिताएँ", "Support the party", "vote dein"):
        assert campaigning(text), text
    for text in ("Your voter card is here", "मतदान केंद्र स्कूल में है", "We support you", "आपका समर्थन मिला"):
        assert not campaigning(text), text


def test_no_answer_carries_a_code(world: World) -> None:
    desk, above = (
        officer(world, "booth_president", "JK-B001"),
        officer(world, "mandal_president", "JK-SRI-M1"),
    )
    world.web_join(of=world.asha, unit=world.booth)
    write(world, "where is my card")
    code = {"text": "Send us the code you got", "is_done": "no"}
    refused = desk.post(f"/helpline/{one().pk}/", code)
    assert refused.status_code == 422 and "Send no code and ask for none" in refused.content.decode()
    ready = {"kind": "", "language": "en", "text": "Send us the code you got"}
    assert above.post("/helpline/answers/new/?unit=JK-SRI-M1", ready).status_code == 422
    many = {"ticket": str(one().pk), "text_en": code["text"], "is_done": "yes", "step": "send"}
    assert desk.post("/helpline/many/?unit=JK-B001", many).status_code == 422
    assert blanks(world.asha.phone, "ticket.reply") == [] and one().state == "open"
    with system("test"):
        assert not ReadyAnswer.objects.exists()


def test_no_answer_campaigns_while_an_election_is_announced(world: World) -> None:
    desk, above = (
        officer(world, "booth_president", "JK-B001"),
        officer(world, "mandal_president", "JK-SRI-M1"),
    )
    chief = officer(world, "state_president", "JK")
    world.web_join(of=world.asha, unit=world.booth)
    write(world, "where is my card")
    made, ready = one(), {"kind": "", "language": "en", "text": CAMPAIGN}
    assert above.post("/helpline/answers/new/?unit=JK-SRI-M1", ready).status_code == 302, "kept long before"
    with system("test"):
        kept = ReadyAnswer.objects.get()
    announce(world)
    page = f"/helpline/{made.pk}/"
    inserted = desk.post(page, {"ready": str(kept.pk), "insert": "yes", "text": ""})
    assert CAMPAIGN in inserted.content.decode()
    refused = desk.post(page, {"text": CAMPAIGN, "is_done": "yes"})
    assert refused.status_code == 422 and "“vote” campaigns" in refused.content.decode()
    change = f"/helpline/answers/{kept.pk}/"
    assert above.post(change, ready | {"is_used": "on"}).status_code == 422
    assert above.post(change, ready).status_code == 302, "it is taken out of use"
    many = {"ticket": str(made.pk), "text_en": CAMPAIGN, "is_done": "yes", "step": "send", "reason": "x"}
    assert chief.post("/helpline/many/?unit=JK", many).status_code == 422
    with system("test"):
        assert not Release.objects.exists()
    # The request is of a place without a poll; its person lives where one is announced.
    with system("test"):
        Ticket.objects.update(unit_id=world.units["HP"].pk, desk_id=world.booth.pk)
    far = officer(world, "national_president", "IN").post(page, {"text": CAMPAIGN, "is_done": "no"})
    assert far.status_code == 422
    assert blanks(world.asha.phone, "ticket.reply") == []
    with system("test"):
        Ticket.objects.update(unit_id=world.booth.pk)
    assert desk.post(page, {"text": "Your card is ready", "is_done": "no"}).status_code == 302
    assert [each["text"] for each in blanks(world.asha.phone, "ticket.reply")] == ["Your card is ready"]


def test_who_types_many_requests_of_strangers_is_shown_to_the_offices_around(world: World) -> None:
    agent, above = (
        officer(world, "call_centre_agent", "JK-SRI"),
        officer(world, "mandal_president", "JK-SRI-M1"),
    )
    world.web_join(of=world.asha, unit=world.booth)
    call = {"name": "", "language": "en", "kind": "other", "unit": "JK-B001", "said": "Call me"}
    write(world, "where is my card")
    own = call | {"phone": world.asha.phone, "kind": "card"}
    assert agent.post("/helpline/new/", own).status_code == 302, "her phone has written to us"
    for n in range(queries.MANY_STRANGERS):
        title = "requests for phones that never contacted us"
        assert title not in above.get("/today/").content.decode()
        assert agent.post("/helpline/new/", call | {"phone": f"98123770{n:02}"}).status_code == 302
    today = above.get("/today/").content.decode()
    assert f"call_centre_agent of JK-SRI typed {queries.MANY_STRANGERS} {title}" in today
    assert title not in agent.get("/today/").content.decode()
    assert title not in officer(world, "mandal_president", "JK-JAM-M1").get("/today/").content.decode(), (
        "elsewhere"
    )
    listed = above.get("/helpline/?unit=JK-SRI-M1&stranger=on").content.decode()
    assert "Never contacted us" in listed and world.asha.phone[-4:] not in undrawn(listed)
    with system("test"):
        hers = Ticket.objects.get(is_stranger=False, opened_by__isnull=False)
    assert "Never contacted us" not in above.get(f"/helpline/{hers.pk}/").content.decode()
    state = officer(world, "state_president", "JK")
    assert f"call_centre_agent of JK-SRI typed {queries.MANY_STRANGERS} {title}" in main(
        state.get("/today/").content
    )
    second = officer(world, "booth_president", "JK-B001")
    for n in range(queries.MANY_STRANGERS):
        assert second.post("/helpline/new/", call | {"phone": f"98123771{n:02}"}).status_code == 302
    assert f"2 people typed {2 * queries.MANY_STRANGERS} {title}" in main(state.get("/today/").content)
    assert main(above.get("/today/").content).count(title) == 2, "each name where somebody can ask"


def test_a_request_without_a_phone_offers_no_question_to_the_person(world: World) -> None:
    desk = officer(world, "booth_president", "JK-B001")
    made = typed(world)
    page = f"/helpline/{made.pk}/"
    assert "Yes. Ask the person whether it is solved." in desk.get(page).content.decode()
    with system("test"):
        Ticket.objects.update(last4="")
    shown = desk.get(page).content.decode()
    assert "Ask the person" not in shown
    assert "We have neither a number nor a name" in shown and "wants no messages" not in shown
    assert "Yes, it is done." in shown and "No SMS can go to this person, so we do not ask." in shown
    assert desk.post(page, {"text": "Told in WhatsApp", "is_done": "yes"}).status_code == 302
    assert one().state == "done"
