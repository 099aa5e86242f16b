"""From the first SMS to the erasure: what one person says to a drive, by texts and in a browser."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.db.models import F
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Enrolment
from abhiyan.intake.tests.test_calls import JOIN, call, connect
from abhiyan.intake.tests.test_texts import sent
from abhiyan.messaging.rules.texts import SERVICE
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.units.models import Pin

from .make import Human, Ladder, World
from .server import Server
from .web import blanks, code_sent, web_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A person's words, and the words of pages, in each language.
SAYS = {
    "en": {"join": "JOIN", "yes": "Yes", "no": "NO", "leave": "LEAVE", "details": "Asha Devi, 1980, 190001"},
    "hi": {"join": "जुड़ें", "yes": "हाँ", "no": "नहीं", "leave": "छोड़ना है", "details": "आशा देवी १९८० १९० ००१"},
}
LOOKS = [("hi", "phone"), ("en", "desk")]


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://app.example.org", ABHIYAN_ORGANISATION="Sangathan")


@pytest.fixture
def opens(chromium: Browser, served: Server) -> Iterator[Open]:
    yield from visits(chromium, served.port)


@pytest.fixture
def world() -> World:
    made = web_world()
    with system("tests build their world"):
        Pin.objects.create(pin="190001", unit=made.booth)
    return made


def a_day_later() -> None:
    """Make stored rows two days old, and turn the loop that asks."""
    with system("tests move time"):
        Enrolment.objects.update(at=F("at") - timedelta(days=2))
    with system("tests turn the loop"):
        assert confirming.ask_new_members(at=NOW) == 1


def own_page(page: Page, human: Human) -> None:
    """One's own page, by the code that came to the phone."""
    page.goto("/me/")
    page.fill("[name=phone]", human.phone)
    page.click("form:has([name=phone]) button[type=submit]")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", code_sent(human.phone, "member"))
    page.click("form:has([name=code]) button[type=submit]")
    page.wait_for_selector("a[href='/me/leave/']")


@pytest.mark.parametrize(("language", "size"), [LOOKS[0], pytest.param(*LOOKS[1], marks=pytest.mark.slow)])
def test_from_an_sms_to_the_erasure(
    opens: Open, served: Server, world: World, language: str, size: str
) -> None:
    said, secret, asha = SAYS[language], connect(world, "generic", "join", JOIN), world.asha
    minutes = count(1)

    def pass_a_minute() -> None:
        given.time(NOW + timedelta(minutes=next(minutes)))

    def write(text: str) -> None:
        pass_a_minute()
        assert call(served, secret, asha, kind="sms", text=text).status in (200, 201)

    write(said["join"])
    assert world.ladder(world.state) == Ladder(reported=1)
    (letter,) = sent()
    assert letter.template == "drive.reply"
    write(said["details"])
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)

    a_day_later()
    question = blanks(asha.phone, "ask.confirm")[-1]
    write(said["yes"])  # without the word: asked once which is meant
    assert world.ladder(world.booth).confirmed == 0
    write(f"{said['yes']} {question['word']}")
    confirmed = Ladder(reported=1, counted=1, confirmed=1)
    assert world.ladder(world.booth) == confirmed

    write(said["leave"])
    assert world.ladder(world.booth) == Ladder(reported=1)
    write(said["join"])  # within the week: it is taken back; the text is one more that was reported
    confirmed = Ladder(reported=2, counted=1, confirmed=1)
    assert world.ladder(world.booth) == confirmed

    page = opens("/me/", size=size, language=language)
    pass_a_minute()
    own_page(page, asha)
    page.click("a[href='/me/leave/']")
    page.click("button.danger")
    page.wait_for_selector("form[action='/me/back/'], form[action$='/me/back/']")
    assert world.ladder(world.booth) == Ladder(reported=2)
    pass_a_minute()
    page.click("form[action$='/me/back/'] button")
    page.wait_for_selector("a[href='/me/leave/']")
    assert world.ladder(world.booth) == confirmed

    pass_a_minute()
    page.goto("/me/erase/")
    go(page, "button.danger")
    assert world.ladder(world.booth) == Ladder(reported=2)
    assert world.rows("select count(*) from people_person where name is not null") == [(0,)]
    page.goto("/me/")
    assert "Asha" not in page.content() and "आशा" not in page.content()
    assert world.tallies() == world.recounted()
    # Whatever was to be said was a service message, and nothing waits for the phone any more.
    assert world.rows("select distinct kind from messaging_message") == [(SERVICE,)]


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_somebody_on_a_paper_list_says_no(
    opens: Open, served: Server, world: World, language: str, size: str
) -> None:
    said, secret, bilal = SAYS[language], connect(world, "generic", "join", JOIN), world.bilal
    world.paper_row(of=bilal)
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    a_day_later()
    question = blanks(bilal.phone, "ask.listed")[-1]
    page = opens("/q/" + question["link"].rstrip("/").rpartition("/")[2] + "/", size=size, language=language)
    assert page.locator("button[name=answer]").count() == 2
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1), "opening a link answers nothing"
    if size == "phone":
        go(page, "button[name=answer][value=no]")
    else:
        assert call(served, secret, bilal, kind="sms", text=f"{said['no']} {question['word']}").status == 200
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.rows("select end_reason from enrolment_enrolment") == [("denied",)]
    page.reload()
    assert page.locator("button[name=answer][value=yes]").count() == 0
    assert len(blanks(bilal.phone, "deny.receipt")) == 1
    assert world.tallies() == world.recounted()
