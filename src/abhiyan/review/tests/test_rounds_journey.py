"""A round in a browser: the state opens it, a district decides on a mandal with a task, the mandal answers."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core import clock
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAID = "दो बूथों पर अध्यक्ष नहीं हैं।"
TASK = "दो बूथ अध्यक्ष नियुक्त करें"
ANSWER = "शुक्रवार तक दोनों नियुक्त हो जाएँगे।"


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, cast: Cast) -> Iterator[Open]:
    server = Server().start(
        ABHIYAN_ORIGIN="http://localhost",
        ABHIYAN_ORGANISATION="Sangathan",
        DJANGO_SETTINGS_MODULE="abhiyan.verification.tests.midday",
    )
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))
    server.stop()


def go(page: Page, click: str) -> None:
    with page.expect_navigation():
        page.click(click)


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_state_opens_a_round_a_district_decides_and_the_mandal_has_its_task(
    visit: Open, cast: Cast, size: str, language: str, tmp_path: Path
) -> None:
    today = clock.now().date()

    def look(page: Page, name: str) -> None:
        folder = Path(os.environ.get("ABHIYAN_TEST_SHOTS") or tmp_path)
        page.screenshot(path=folder / f"round {name}-{size}-{language}.png", full_page=True)
        assert unsound(page, name) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    state = visit("/units/JK/", "state_president", size=size, language=language)
    go(state, "main a[href='/review/rounds/']")
    look(state, "none yet")
    go(state, "main a[href='/review/rounds/new/']")
    state.fill("[name=name]", "नवंबर का दौर")
    state.select_option("[name=kind]", "mandal")
    state.select_option("[name=office]", "district_in_charge")
    state.fill("[name=begins_on]", today.isoformat())
    state.fill("[name=ends_on]", (today - timedelta(days=1)).isoformat())
    submit = "form[method=post]:has([name=name]) button[type=submit]"
    go(state, submit)
    look(state, "days the wrong way")
    state.fill("[name=ends_on]", (today + timedelta(days=9)).isoformat())
    go(state, submit)
    state.wait_for_url("**/review/rounds/*-*/")
    board = state.url
    look(state, "open")

    district = visit("/", "district_in_charge", size=size, language=language)
    go(district, "main a[href*='/review/']")
    if "/review/of/" not in district.url:
        look(district, "what waits")
        go(district, "main table a[href*='/review/of/']")
    look(district, "a mandal")
    go(district, "main a[href$='/decide/']")
    district.check("[name=decision][value=help]")
    district.fill("[name=text]", SAID)
    district.fill("[name=task]", TASK)
    district.select_option("[name=whom]", str(cast.appointments["mandal_president"]))
    district.fill("[name=due_on]", (today + timedelta(days=5)).isoformat())
    look(district, "decide")
    go(district, "form[method=post]:has([name=text]) button[type=submit]")
    district.wait_for_url("**/review/of/*-*/")
    assert SAID in district.inner_text("main") and TASK in district.inner_text("main")
    look(district, "decided")

    mandal = visit("/", "mandal_president", size=size, language=language)
    assert TASK in mandal.inner_text("main")
    look(mandal, "today of the mandal")
    go(mandal, "main a[href*='/review/of/']")
    go(mandal, "main a[href$='/reply/']")
    mandal.fill("[name=text]", ANSWER)
    go(mandal, "form[method=post]:has([name=text]) button[type=submit]")
    mandal.wait_for_url("**/review/of/*-*/")
    assert ANSWER in mandal.inner_text("main")
    look(mandal, "answered")

    state.goto(board)
    assert state.locator("main svg rect[fill=currentColor]").count() == 1
    look(state, "one decided")
