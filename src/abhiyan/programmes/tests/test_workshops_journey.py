"""A workshop in a browser: the state has held its own, a district plans and holds, the board tells who is silent."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(
        ABHIYAN_ORIGIN="http://localhost",
        ABHIYAN_ORGANISATION="Sangathan",
    )
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_state_asks_a_district_holds_and_the_board_says_who_is_silent(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    today = NOW.date()

    state = visit(
        f"/programmes/{cast.world.programme.public_id}/workshops/",
        "state_president",
        size=size,
        language=language,
    )
    look(state, "workshop no workshop yet")
    go(state, "main a[href*='/workshops/new/']")
    state.fill("[name=title]", "सदस्यता कार्यशाला")
    state.fill("[name=held_on]", (today + 3 * DAY).isoformat())
    state.fill("[name=attended]", "214")
    state.select_option("[name=office]", "district_in_charge")
    state.fill("[name=until]", (today + 9 * DAY).isoformat())
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    look(state, "workshop looked over")
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    assert state.locator("[name=held_on][aria-invalid=true]").count() == 1, (
        "a day to come is refused beside its field"
    )
    state.fill("[name=held_on]", (today - DAY).isoformat())
    go(state, "form[method=post]:has([name=title]) button[type=submit]")
    board = state.url
    assert state.locator("table tbody tr").count() == 2
    look(state, "workshop all silent")

    district = visit("/", "district_in_charge", size=size, language=language)
    look(district, "workshop today")
    go(district, "form[action*='/workshops/'] button[type=submit]")
    look(district, "workshop planned with one tap")
    district.fill("form[action$='/hold/'] [name=on]", today.isoformat())
    district.fill("form[action$='/hold/'] [name=attended]", "63")
    go(district, "form[action$='/hold/'] button[type=submit]")
    look(district, "workshop held")

    state.goto(board)
    look(state, "workshop board")
    if size == "phone":
        assert not state.is_visible("form.filters"), "the list comes first"
        state.click("button.fold")
    state.select_option("[name=show]", "silent")
    go(state, "form.filters button[type=submit]")
    assert state.locator("table tbody tr").count() == 1, "one district is silent"
    look(state, "workshop silent ones")
    state.goto(f"{board}remind/")
    look(state, "workshop asked today")
    state.goto(board)
    go(state, "form[action$='/withdraw/'] button[type=submit]")
    assert state.locator("table tbody tr").count() == 0
    go(state, "form[action$='/bring-back/'] button[type=submit]")
    assert state.locator("table tbody tr").count() == 2
    go(state, f"a[href='/programmes/{cast.world.programme.public_id}/workshops/']")
    look(state, "workshop one workshop")
