"""The morning message in a browser: a president sends it on, and has it by SMS from tomorrow on."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.intake.tests.test_welcome import Taking
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.tests.sending import send_due
from abhiyan.pages.morning import turn_morning
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

from .test_bearer import NUMBER, with_number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OWN = "+919906012301"
MORNING = NOW + timedelta(days=1, hours=-2)  # ten o'clock
WORDS = {"en": ("2 counted.", "Please call:"), "hi": ("2 गिने गए", "इन्हें कॉल करें:")}


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made.target("JK", 500)
    made.target("JK-SRI", 260)
    made.fold()
    with_number(made, "state_president", OWN)
    with_number(made, "district_in_charge")
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_president_sends_it_by_whatsapp_and_gets_it_by_sms_the_next_day(
    opens: Open, look: Look, size: str, language: str
) -> None:
    page = opens("/", "state_president", size=size, language=language)
    go(page, "a[href='/today/morning/']")
    look(page, "morning")
    told = page.locator("#told")
    for words in WORDS[language]:
        expect(told).to_contain_text(words)
    expect(told).not_to_contain_text(NUMBER)
    go(page, "form[action='/today/morning/'] button")
    expect(told).to_contain_text(NUMBER)
    shared = unquote(page.locator("a[href^='https://wa.me/']").get_attribute("href") or "")
    assert NUMBER in shared and WORDS[language][0] in shared
    page.select_option("select[name=hour]", "10")
    go(page, "form[action='/today/morning/hour/'] button")
    expect(page).to_have_url(re.compile("/today/morning/$"))
    expect(page.locator("select[name=hour]")).to_have_value("10")

    way = Taking()
    assert turn_morning(NOW) == 0, "ten o'clock is over today"
    assert turn_morning(MORNING) == 1
    assert turn_morning(MORNING) == 0
    assert send_due(way, at=MORNING) == 1
    (letter,) = way.letters
    assert letter.phone == OWN and WORDS[language][0] in letter.text and NUMBER in letter.text
