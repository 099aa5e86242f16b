"""A membership drive and a friends programme are open at once: each page and each message is of its own roll."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.actions.setting_up import NoNotice, set_up_drive
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import replies, welcoming
from abhiyan.messaging.rules.texts import TEXTS, fill_text
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Purpose
from abhiyan.people.rules import notices as notice_rules
from abhiyan.people.rules import standard_notice
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme

from .make import CHANNEL, Human, World
from .web import FILLED, blanks, code_sent, filled, join, main, officer, today, typed, web_world

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def world() -> World:
    return web_world()


def friends_programme(world: World, *, slug: str = "friends", hierarchy: int = 1) -> Programme:
    """A friends programme of the state, open today, with its own notice."""
    with system("tests open a friends programme"):
        if not people_queries.versions_of_notice("friends"):
            text = {
                language: standard_notice.with_holes_filled(
                    standard_notice.standard(
                        language,
                        organisation="Sangathan",
                        contact="A",
                        page="p",
                        leave_number="",
                        code="friends",
                    ),
                    FILLED,
                )
                for language in standard_notice.LANGUAGES
            }
            people.publish_notice(code="friends", texts=text, by=CHANNEL, at=world.now)
        made = programmes.make_programme(
            template="friends",
            names={"en": "Friends", "hi": "मित्र"},
            owner_id=world.state.pk,
            unit_ids=[world.state.pk],
            opens_on=today() - timedelta(days=5),
            closes_on=today() + timedelta(days=40),
            by=SYSTEM,
            at=world.now,
            hierarchy=hierarchy,
        )
        set_up_drive(programme_id=made.pk, join_slug=slug, by=SYSTEM, at=world.now)
        programmes.open_programme(programme_id=made.pk, by=SYSTEM, at=world.now)
        made.refresh_from_db()
    intake.forget_drives()
    return made


def become_friend(human: Human, client: Client | None = None) -> Client:
    """Somebody joins on the page of the friends, code and all; their browser."""
    client = client or browser()
    answer = client.post("/join/friends/", typed(human))
    assert answer.status_code == 302, answer.content.decode()
    code = code_sent(human.phone, "join.friend")
    assert client.post(answer["Location"], {"code": code}).status_code == 302
    return client


def rolls_of(world: World, human: Human) -> list[tuple[str, str]]:
    """The rolls a phone is on now, with the names on it."""
    found = world.rows(
        "select r.code, p.name from enrolment_membership m join enrolment_roll r on r.id = m.roll_id"
        " join people_person p on p.id = m.person_id where m.phone_id = %s and m.ended_on is null order by 1, 2",
        [world.phone_id(human)],
    )
    return [(str(code), str(name)) for code, name in found]


def test_a_friends_programme_needs_its_own_notice_and_gets_its_own_roll(world: World) -> None:
    with pytest.raises(NoNotice), system("test"):
        programmes.make_programme(
            template="friends",
            names={"en": "Friends", "hi": "मित्र"},
            owner_id=world.state.pk,
            unit_ids=[world.state.pk],
            opens_on=today(),
            closes_on=today() + timedelta(days=40),
            by=SYSTEM,
            at=world.now,
        )
    made = friends_programme(world)
    with system("test"):
        drive = Drive.objects.select_related("roll").get(pk=made.pk)
        members = Drive.objects.get(pk=world.programme.pk)
    assert (drive.roll.code, drive.notice_code, members.notice_code) == ("friends", "friends", "membership")
    assert drive.roll_id != members.roll_id


def test_each_page_and_each_text_puts_people_on_its_own_roll(world: World) -> None:
    friends = friends_programme(world)
    choice = browser().get("/join/").content.decode()
    assert 'href="/join/winter/"' in choice and 'href="/join/friends/"' in choice
    page = browser().get("/join/friends/").content.decode()
    assert "Become a friend" in page and "I belong to no party" in page and "Make me a member" not in page
    members_page = browser().get("/join/winter/").content.decode()
    assert "Become a member" in members_page and "friend" not in members_page

    join(world, world.asha)
    friend = become_friend(world.bilal)
    done = friend.get("/join/friends/done/").content.decode()
    assert "Bilal Ahmad, you are a friend" in done and "member number" not in done.lower()
    assert "Friend since" in friend.get("/me/").content.decode()
    assert rolls_of(world, world.asha) == [("primary", "Asha Devi")]
    assert rolls_of(world, world.bilal) == [("friends", "Bilal Ahmad")]

    with system("tests turn the loops"):
        welcoming.welcome(at=world.now)
    assert blanks(world.asha.phone, "drive.joined") and not blanks(world.asha.phone, "drive.joined.friend")
    assert blanks(world.bilal.phone, "drive.joined.friend") and not blanks(world.bilal.phone, "drive.joined")

    call = world.claim(world.chandra, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True)
    intake.enrol_claim(programme_id=friends.pk, claim=call, by=CHANNEL, at=world.now)
    with system("tests turn the loops"):
        replies.reply(at=world.now)
    (said,) = blanks(world.chandra.phone, "drive.reply.friend")
    assert said["notice"] == people_queries.notice("friends", "hi").short
    assert not blanks(world.chandra.phone, "drive.reply")


def test_a_friend_is_asked_as_a_friend_a_day_later(world: World) -> None:
    friends = friends_programme(world)
    become_friend(world.bilal)
    join(world, world.asha)
    written = world.claim(world.chandra, Channel.PAPER, unit=world.booth)
    intake.enrol_claim(programme_id=friends.pk, claim=written, by=CHANNEL, at=world.now)
    world.tick(days=1, hours=1)
    with system("tests turn the loops"):
        confirming.ask_new_members(at=world.now)
    (asked,) = blanks(world.bilal.phone, "ask.confirm.friend")
    assert not blanks(world.bilal.phone, "ask.confirm")
    page = asked["link"][asked["link"].index("/q/") :] + "/"
    shown = browser().get(page, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "became a friend with this phone" in shown and "I want to be a friend" in shown
    (listed,) = blanks(world.chandra.phone, "ask.listed.friend")
    page = listed["link"][listed["link"].index("/q/") :] + "/"
    told = browser().get(page, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Do you want to be on our list?" in told and "our list of friends" in told
    assert "became a member" not in shown and "I want to be a member" not in shown
    assert blanks(world.asha.phone, "ask.confirm") and not blanks(world.asha.phone, "ask.confirm.friend")


@override_settings(ORIGIN="https://app.example.org", ORGANISATION="Sangathan")
def test_the_notice_of_friends_is_written_and_published_beside_the_other(world: World) -> None:
    client = officer(world, "state_president", "JK")
    page = client.get("/notice/").content.decode()
    assert 'href="/notice/?of=friends"' in page
    with system("test"):
        form = {
            f"text_{language}": standard_notice.notice_as_text(
                standard_notice.standard(
                    language, organisation="Sangathan", contact="A", page="p", leave_number="", code="friends"
                ),
                language,
            )
            for language in standard_notice.LANGUAGES
        }
    offered = client.get("/notice/?of=friends").content.decode()
    assert "I belong to no party" in offered and "मैं किसी पार्टी में नहीं हूँ" in offered
    sent = filled(form) | {"seen": "0"}
    look = client.post("/notice/?of=friends", sent | {"step": "look"}).content.decode()
    assert "Publish version 1" in look and "/notice/?of=friends" in look
    done = client.post("/notice/?of=friends", sent | {"step": "publish"})
    assert done["Location"] == "/notice/?of=friends"
    assert [row[0] for row in people_queries.publications("friends")] == [1]
    assert [row[0] for row in people_queries.publications("membership")] == [1], "the other stays as it is"
    assert client.get("/notice/?of=nothing").status_code == 404


@pytest.mark.parametrize("language", standard_notice.LANGUAGES)
def test_the_standard_notice_of_friends_says_all_a_notice_must(language: str) -> None:
    text = standard_notice.standard(
        language, organisation="S", contact="A", page="p", leave_number="1", code="friends"
    )
    assert notice_rules.missing_sections(text) == []
    again = standard_notice.read_notice(standard_notice.notice_as_text(text, language), language)
    assert notice_rules.missing_sections(again) == []


def test_a_drive_page_offers_the_versions_of_its_own_notice(world: World) -> None:
    friends = friends_programme(world)
    client = officer(world, "state_president", "JK")
    page = client.get(reverse("intake:drive", args=[friends.public_id])).content.decode()
    assert "/notice/?of=friends" in page and "Version of the notice" in page


def read(client: Client, address: str) -> str:
    """Return the words of a page for its reader, without addresses."""
    return re.sub(r"<[^>]+>", " ", main(client.get(address, HTTP_ACCEPT_LANGUAGE="en").content)).lower()


def test_no_page_calls_a_friend_a_member(world: World) -> None:
    friends_programme(world)
    client = browser()
    sent = client.post("/join/friends/", typed(world.bilal))
    assert "become a friend" in read(client, sent["Location"]) and "member" not in read(
        client, sent["Location"]
    )
    client.post(sent["Location"], {"code": code_sent(world.bilal.phone, "join.friend")})
    pages = ["/join/friends/done/", "/join/friends/received/"]
    pages += [f"/me/{page}" for page in ("", "leave/", "erase/", "correct/", "phone/")]
    for page in pages:
        assert "member" not in read(client, page), page
        said = re.sub(r"<[^>]+>", " ", main(client.get(page, HTTP_ACCEPT_LANGUAGE="hi").content))
        assert "सदस्य" not in said, page
    assert "card" not in read(client, "/join/friends/done/")
    assert client.get("/me/card/")["Location"] == client.get("/me/card/card.pdf")["Location"] == "/me/"
    assert "on the list of friends" in read(client, "/me/")
    assert "keeping the list of friends" in read(client, "/me/")
    client.post("/me/leave/")
    assert "member" not in read(client, "/me/")
    member = join(world, world.asha)
    assert "on the member list" in read(member, "/me/") and "friend" not in read(member, "/me/")


def test_a_friend_leaves_in_one_press_and_no_receipt_speaks_of_a_membership(world: World) -> None:
    friends_programme(world)
    client = become_friend(world.bilal)
    client.post("/me/stop/")
    (still,) = blanks(world.bilal.phone, "stop.receipt")
    for language in ("en", "hi"):
        said = fill_text(
            TEXTS["stop.receipt", language], still | {"organisation": "S", "answer": "+911800000009"}
        )
        assert "LEAVE" in said and "member" not in said and "सदस्य" not in said
    client.post("/me/leave/")
    assert rolls_of(world, world.bilal) == []
    assert blanks(world.bilal.phone, "leave.receipt")


def test_a_member_who_tries_to_be_a_friend_hears_it_on_their_own_phone_only(world: World) -> None:
    friends_programme(world)
    join(world, world.asha)
    stranger, known = browser(), browser()
    answers = [
        stranger.post("/join/friends/", typed(world.bilal)),
        known.post("/join/friends/", typed(world.asha)),
    ]
    assert [one["Location"] for one in answers] == ["/join/friends/code/"] * 2
    pages = [stranger.get("/join/friends/code/"), known.get("/join/friends/code/")]
    told = [re.sub(r"[0-9]{4}", "", main(page.content)) for page in pages]
    assert "member" not in told[1] and told[0] == told[1]
    code = code_sent(world.asha.phone, "join.friend")
    done = known.post("/join/friends/code/", {"code": code})
    shown = read(known, done["Location"])
    assert "you are a member" in shown and "you were a member already" in shown
    assert rolls_of(world, world.asha) == [("primary", "Asha Devi")]


def test_the_field_card_asks_a_friend_to_be_a_friend(world: World) -> None:
    friends = friends_programme(world)
    written = replace(
        world.claim(world.chandra, Channel.PAPER, unit=world.booth),
        consents=(Purpose.MEMBERSHIP, Purpose.CALLS),
    )
    kept = intake.enrol_claim(programme_id=friends.pk, claim=written, by=CHANNEL, at=world.now)
    worker = officer(world, "booth_worker", "JK-B001")
    page = read(worker, f"/field/card/{kept.membership}/")
    assert "on our list of friends" in page and "member" not in page
