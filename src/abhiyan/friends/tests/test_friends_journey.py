"""A friend, from the first text to the quote on a slide, in a browser: joined, certified, checked, revoked, heard."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, FilePayload, Page

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import confirming, referrals
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import CHANNEL, Human, Ladder, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.test_browser import fill, send, send_code
from abhiyan.enrolment.tests.test_two_rolls import friends_programme, rolls_of
from abhiyan.enrolment.tests.web import blanks
from abhiyan.friends.actions import organisers
from abhiyan.imports.tests.scanning import drawn, scanned
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import replies, texts, welcoming
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import inbound
from abhiyan.messaging.rules import questions as words
from abhiyan.opinions.tests.test_opinions_journey import ask_opinions, pass_up
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS
from abhiyan.units.models import Hierarchy, Pin

from .test_certificates import signature

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "+911800000009"
SECOND, ORGANISER = "data_officer_of_the_state", "organiser_of_friends"
SUBMIT = "main form[method=post] button[type=submit]"
SAYS = {  # of a valid certificate, of one that ended, and to a member
    "en": ("Certificate of a friend: valid", "This code is not valid", "You were a member already"),
    "hi": ("मित्र प्रमाण पत्र सही है", "यह कोड सही नहीं है", "आप पहले से सदस्य"),
}
SAID = "I am Bilal. The tap by the school is dry since May."
CLEAN = "… The tap by the school is dry since May."


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made._seat(SECOND, "data_officer", "JK", 1)
    made._seat(ORGANISER, "friends_organiser", "JK-AC20", 2)
    with system("tests build their world"):
        Pin.objects.create(pin="190001", unit=made.world.booth)
    ask_opinions(made)
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def write(world: World, friends: Programme, human: Human, text: str) -> None:
    """Send a text to the number of the friends, and its claim, as the webhook does both."""
    sms = inbound.Sms("generic", uuid4().hex, human.phone, NUMBER, text, world.now)
    told = texts.TextIn(sms, "sms", NUMBER, "join", friends.pk)
    joining = texts.hear_text(text_in=told, by=CHANNEL, at=world.now)
    if joining is not None:
        outcome = intake.enrol_claim(programme_id=friends.pk, claim=joining.claim, by=CHANNEL, at=world.now)
        texts.follow_up_joining(text_in=told, joining=joining, outcome=outcome, at=world.now)
    world.tick(minutes=1)


def turn(world: World) -> None:
    """Turn the loops that reply and welcome, and send what waits."""
    with system("tests turn the loops"):
        replies.reply(at=world.now)
        welcoming.welcome(at=world.now)
        Message.objects.update(state="sent", sent_at=world.now)
    world.tick(minutes=1)


def join_by_text(world: World, friends: Programme, human: Human) -> None:
    """Join by two texts: the first brings the notice, the second names the person."""
    write(world, friends, human, "JOIN")
    turn(world)
    assert blanks(human.phone, "drive.reply.friend")
    write(world, friends, human, f"{human.name}, {human.birth_year}, 190001")
    turn(world)
    assert rolls_of(world, human) == [("friends", human.name)]
    assert blanks(human.phone, "drive.joined.friend")


def say_yes(world: World, friends: Programme, human: Human) -> None:
    """Answer the question that comes a day later."""
    world.tick(days=1)
    with system("tests ask a day later"):
        confirming.ask_new_members(at=world.now)
        question = Question.objects.filter(phone_id=world.phone_id(human)).latest("asked_at")
        word = words.word(keyring().token, question.pk, 1)
    assert blanks(human.phone, "ask.confirm.friend")
    write(world, friends, human, f"YES {word}")
    assert blanks(human.phone, "confirm.receipt.friend")


def try_to_join_as_a_member(
    opens: Open, look: Look, world: World, friends: Programme, human: Human, language: str, **how: str
) -> None:
    """Text and type the words of a member: only their own phone says that they are one."""
    write(world, friends, human, "JOIN")
    turn(world)
    write(world, friends, human, f"{human.name}, {human.birth_year}, 190001")
    turn(world)
    assert rolls_of(world, human) == [("primary", human.name)]
    assert blanks(human.phone, "drive.already") and not blanks(human.phone, "drive.already.friend")
    page = opens("/join/friends/", language=language, **how)
    fill(page, human)
    send(page)
    page.wait_for_selector("[name=code]")
    assert SAYS[language][2] not in page.inner_text("main")
    look(page, "friend code of a member")
    send_code(page, human, "join.friend")
    page.wait_for_url("**/done/")
    assert SAYS[language][2] in page.inner_text("main")
    look(page, "friend is a member already")
    assert rolls_of(world, human) == [("primary", human.name)]


def approve_a_batch(opens: Open, look: Look, office: Page, friends: Programme, **how: str) -> None:
    """The office sets signature and line and asks for a batch; a second person approves it."""
    office.goto(reverse("friends:certificates", args=[friends.public_id]))
    look(office, "certificates without a sheet")
    go(office, "main a[href$='/certificates/sheet/']")
    picture: FilePayload = {"name": "signature.png", "mimeType": "image/png", "buffer": signature()}
    office.fill("[name=each]", "2")
    office.fill("[name=line_hi]", "पूजा शर्मा, प्रदेश अध्यक्ष")
    office.fill("[name=line_en]", "Puja Sharma, State president")
    office.set_input_files("[name=signature]", picture)
    look(office, "certificates sheet")
    go(office, SUBMIT)
    look(office, "certificates to ask for")
    go(office, "main a[href*='/certificates/ask/']")
    office.fill("[name=reason]", "The meeting of friends")
    look(office, "certificates asked")
    go(office, SUBMIT)
    second = opens("/today/", SECOND, **how)
    look(second, "certificates to approve today")
    go(second, "main a[href*='/releases/'] >> nth=0")
    look(second, "certificates to approve")
    go(second, "main a[href*='/decide/'][href*='allow=yes']")
    look(second, "certificates approved")
    go(second, SUBMIT)


def downloaded(page: Page, link: str) -> bytes:
    """The file of a link on the page."""
    with page.expect_download() as found:
        page.click(link)
    return Path(found.value.path()).read_bytes()


def check_and_revoke(
    opens: Open, look: Look, office: Page, friends: Programme, language: str, **how: str
) -> None:
    """Read the code from the printed page by zbar, check it as anybody, hand it over from Today, and revoke it."""
    valid, over, _already = SAYS[language]
    office.goto(reverse("friends:certificates", args=[friends.public_id]))
    look(office, "certificates with a batch")
    (sheet,) = drawn(downloaded(office, "main a[href*='/batches/']"))
    (address,) = scanned(sheet)
    anybody = opens(urlsplit(address).path, language=language, **how)
    assert valid in anybody.inner_text("h1") and "Bilal" not in anybody.content()
    look(anybody, "certificate valid")
    organiser = opens("/today/", ORGANISER, language=language, **how)
    look(organiser, "certificates to hand over on today")
    assert not organiser.inner_text("#address2").endswith("by=")
    go(organiser, f"main a[href*='{friends.public_id}/certificates/list/']")
    look(organiser, "certificates to hand over")
    go(organiser, "main form[action*='/handed/'] button[type=submit]")
    organiser.goto("/today/")
    assert organiser.locator("main a[href*='/certificates/list/']").count() == 0
    office.goto(reverse("friends:certificate_list", args=[friends.public_id]) + "?unit=JK&state=handed")
    look(office, "certificates handed over")
    go(office, "main a[href*='/end/']")
    office.check("[name=reason][value=wrong]")
    look(office, "certificate to end")
    go(office, SUBMIT)
    anybody.reload()
    assert over in anybody.inner_text("h1")
    look(anybody, "certificate over")


def stay_in_touch(opens: Open, look: Look, cast: Cast, friends: Programme, human: Human, **how: str) -> str:
    """Note a talk with a friend of the organiser, who joined a month ago. Return the friend's own link."""
    world, by = cast.world, cast.actor(ORGANISER)
    with system("test"):
        friend = Membership.objects.get(phone_id=world.phone_id(human), ended_on=None).public_id
        place = world.units["JK-AC20"].pk
        code = referrals.make_referral(programme_id=friends.pk, unit_id=place, by=by, at=NOW)
        before = NOW - timedelta(days=31)
        referrals.note_referred(code=code, programme_id=friends.pk, membership=friend, by=by, at=before)
        Membership.objects.filter(public_id=friend).update(at=before)
        organisers.share_friends(at=NOW)
    page = opens("/friends/?show=quiet", ORGANISER, **how)
    look(page, "my friends")
    go(page, "main a:has-text('Bilal')")
    look(page, "one friend")
    link = page.inner_text("pre.copied")
    go(page, "button[name=outcome][value=talked]")
    assert page.locator("main a:has-text('Bilal')").count() == 1
    page.goto("/friends/?show=quiet")
    assert page.locator("main a:has-text('Bilal')").count() == 0
    return urlsplit(link).path


def say_an_opinion(opens: Open, look: Look, link: str, **how: str) -> None:
    """Answer by the friend's own link, in words that hold their name."""
    page = opens(link, **how)
    page.check("[name=q-mood][value=worse]")
    page.check("[name=q-first][value=water]")
    page.fill("[name=q-good]", SAID)
    look(page, "opinion by the own link")
    go(page, SUBMIT)
    look(page, "opinion has arrived")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_friend_joins_gets_a_certificate_and_is_heard_at_the_top(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    world, how = cast.world, {"size": size, "language": language}
    world.now = NOW - timedelta(days=2)
    friends = friends_programme(world, hierarchy=Hierarchy.ELECTORAL)
    join_by_text(world, friends, world.bilal)
    say_yes(world, friends, world.bilal)
    world.now, members, world.programme = NOW, world.programme, friends
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    try_to_join_as_a_member(opens, look, world, friends, world.asha, **how)

    office = opens("/today/", "state_president", **how)
    approve_a_batch(opens, look, office, friends, **how)
    check_and_revoke(opens, look, office, friends, **how)

    for n, name in enumerate(("Meera Kaul", "Omar Shah", "Tashi Namgyal", "Zoya Wani")):
        join_by_text(
            world, friends, Human(name, 1980, f"+91990600{7000 + n}")
        )  # Fewer than five are no crowd.
    link = stay_in_touch(opens, look, cast, friends, world.bilal, **how)
    say_an_opinion(opens, look, link, **how)
    pass_up(opens, look, "Bilal", [SAID, CLEAN], **how)
    for world.programme in (friends, members):
        assert world.tallies() == world.recounted()
