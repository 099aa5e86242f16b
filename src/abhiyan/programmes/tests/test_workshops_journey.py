"""A workshop in a browser: the state has held its own, a district plans and holds, the board tells who is silent."""

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
DAY = timedelta(days=1)


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
def test_a_state_asks_a_district_holds_and_the_board_says_who_is_silent(
    visit: Open, cast: Cast, size: str, language: str, tmp_path: Path
) -> None:
    today = clock.now().date()

    def look(page: Page, name: str) -> None:
        folder = Path(os.environ.get("ABHIYAN_TEST_SHOTS") or tmp_path)
        page.screenshot(path=folder / f"workshop {name}-{size}-{language}.png", full_page=True)
        assert unsound(page, name) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name

    state = visit(
        f"/programmes/{cast.world.programme.public_id}/workshops/",
        "state_president",
        size=size,
        language=language,
    )
    look(state, "no workshop yet")
    go(state, "main a[href*='/workshops/new/']")
    state.fill("[name=title]", "सदस्यता कार्यशाला")
    state.fill("[name=held_on]", (today + 3 * DAY).isoformat())
    state.fill("[name=attended]", "214")
    state.select_option("[name=office]", "district_in_charge")
    state.fill("[name=until]", (today + 9 * DAY).isoformat())
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    look(state, "looked over")
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    assert state.locator("[name=held_on][aria-invalid=true]").count() == 1, (
        "a day to come is refused beside its field"
    )
    state.fill("[name=held_on]", (today - DAY).isoformat())
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    board = state.url
    assert state.locator("table tbody tr").count() == 2
    look(state, "all silent")

    district = visit("/", "district_in_charge", size=size, language=language)
    look(district, "today")
    go(district, "form[action*='/workshops/'] button[type=submit]")
    look(district, "planned with one tap")
    district.fill("form[action$='/hold/'] [name=on]", today.isoformat())
    district.fill("form[action$='/hold/'] [name=attended]", "63")
    go(district, "form[action$='/hold/'] button[type=submit]")
    look(district, "held")

    state.goto(board)
    look(state, "board")
    if size == "phone":
        assert not state.is_visible("form.filters"), "the list comes first"
        state.click("button.fold")
    state.select_option("[name=show]", "silent")
    go(state, "form.filters button[type=submit]")
    assert state.locator("table tbody tr").count() == 1, "one district is silent"
    look(state, "silent ones")
    state.goto(f"{board}remind/")
    look(state, "asked today")
    state.goto(board)
    go(state, "form[action$='/withdraw/'] button[type=submit]")
    assert state.locator("table tbody tr").count() == 0
    go(state, "form[action$='/bring-back/'] button[type=submit]")
    assert state.locator("table tbody tr").count() == 2
    go(state, f"a[href='/programmes/{cast.world.programme.public_id}/workshops/']")
    look(state, "one workshop")
