"""The person sheet in a browser: a president reads it, calls, notes a promise, and Today asks for it the next day."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.org.models import BearerTalk
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

from .test_bearer import NUMBER, sheet_of, with_number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PROMISE = "Slips are in all booths"


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made.target("JK-SRI", 100)
    made.fold()
    with_number(made, "district_in_charge")
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_president_calls_notes_a_promise_and_today_opens_with_it(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    page = opens("/", "state_president", size=size, language=language)
    page.locator("a.button[href*='/bearers/']").first.click()
    sheet = page.locator("dialog#sheet")
    expect(sheet).to_contain_text("23")
    sheet.locator(f"form[action='{sheet_of(cast, 'district_in_charge')}'] button").click()
    whatsapp = sheet.locator(f"a[href^='https://wa.me/{NUMBER.removeprefix('+')}?text=']")
    expect(whatsapp).to_be_visible()
    assert "1 " in unquote(whatsapp.get_attribute("href") or "")
    sheet.locator("#id_promise").fill(PROMISE)
    look(page, "sheet-note")
    sheet.locator("form[action$='/talk/'] button").click()
    expect(sheet.locator("#id_until[aria-invalid]")).to_be_visible()
    expect(sheet.locator("#id_promise")).to_have_value(PROMISE)
    sheet.locator("#id_until").fill("2026-11-26")
    sheet.locator("form[action$='/talk/'] button").click()
    expect(page).to_have_url(re.compile(re.escape(sheet_of(cast, "district_in_charge")) + "$"))
    expect(page.locator("main")).to_contain_text(PROMISE)
    look(page, "sheet-promise")

    given.time(NOW + timedelta(days=1))
    page = opens("/", "state_president", size=size, language=language)
    first = page.locator("ol.owed > li").first
    expect(first).to_contain_text(PROMISE)
    look(page, "sheet-today")
    go(page, "ol.owed > li:first-child a.button")
    go(page, "form[action$='/kept/'] button")
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text(PROMISE)
    with system("test"):
        assert BearerTalk.objects.get().state == "kept"
    record = opens("/programmes/work/", "district_in_charge", size=size, language=language)
    expect(record.locator("main")).to_contain_text(PROMISE)
    look(record, "sheet-record")
