"""A changed number in a browser: at once with the old phone, and with a hold without it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import phone_changes
from abhiyan.messaging.models import Message
from abhiyan.site.tests.visits import Open, go, visits

from .make import Human, Ladder, World
from .server import Server
from .test_answers_journey import own_page
from .test_phone_change import NEW, numbers
from .web import blanks, code_sent, web_world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NEWER = "+919906000078"
LOOKS = [("hi", "phone"), ("en", "desk")]


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://app.example.org", ABHIYAN_ORGANISATION="Sangathan")


@pytest.fixture
def opens(chromium: Browser, served: Server) -> Iterator[Open]:
    yield from visits(chromium, served.port)


@pytest.fixture
def world() -> World:
    return web_world()


def fill(page: Page, phone: str, old: Human | None = None) -> None:
    """The form of the changed number, and the code that comes to the new one."""
    page.fill("[name=phone]", phone)
    if old is not None:
        page.fill("[name=old]", old.phone)
        page.fill("[name=name]", old.name)
        page.fill("[name=birth_year]", str(old.birth_year))
    page.click("form:has([name=phone]) button[type=submit]")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", code_sent(phone, "phone"))
    page.click("form:has([name=code]) button[type=submit]")
    page.wait_for_url("**/me/")


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_a_member_changes_the_number_with_the_old_phone_and_later_without_it(
    opens: Open, world: World, language: str, size: str
) -> None:
    world.web_join(of=world.asha)
    page = opens("/me/", size=size, language=language)
    own_page(page, world.asha)
    page.click("a[href='/me/phone/']")
    fill(page, NEW)
    page.wait_for_selector("a[href='/me/leave/']")
    assert numbers(world) == [("Asha Devi", "0077")]
    page.context.close()

    page = opens("/me/", size=size, language=language)
    page.click("a[href='/me/phone/']")
    fill(page, NEWER, Human("Asha Devi", 1980, NEW))
    page.wait_for_selector("form[action$='/stop/']")
    assert "Asha" not in page.content() and numbers(world) == [("Asha Devi", "0077")]
    link = "/moved/" + blanks(NEW, "ask.phone")[-1]["link"].rstrip("/").rpartition("/")[2] + "/"
    told = opens(link, size=size, language=language)
    assert told.locator("main form button").count() == 1
    assert numbers(world) == [("Asha Devi", "0077")], "opening a link answers nothing"
    with system("the message left; two days go by"):
        Message.objects.filter(template="ask.phone").update(state="sent", sent_at=F("queued_at"))
    phone_changes.turn(at=NOW + timedelta(hours=49))
    assert numbers(world) == [("Asha Devi", "0078")]
    page.reload()
    page.wait_for_selector("a[href='/me/leave/']")
    told.reload()
    go(told, "main form button")
    phone_changes.turn(at=NOW + timedelta(hours=50))
    assert numbers(world) == [("Asha Devi", "0077")]
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted() and world.orphans() == {}
