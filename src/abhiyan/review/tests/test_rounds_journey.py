"""Rounds in a browser: the state opens them, a district decides on a mandal and on its president; who is reviewed has
their say, and the tasks come to Today."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core import clock
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "दो बूथों पर अध्यक्ष नहीं हैं।"
TASK = "दो बूथ अध्यक्ष नियुक्त करें"
ANSWER = "शुक्रवार तक दोनों नियुक्त हो जाएँगे।"
SUBMIT = "main form[method=post] button[type=submit]"


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


def today() -> date:
    return clock.day_in("Asia/Kolkata", NOW)


def open_round(page: Page, what: str) -> str:
    """Fill in the form of a round from today on. Its address."""
    page.fill("[name=title]", "नवंबर का दौर")
    page.select_option("[name=what]", what)
    page.select_option("[name=office]", "district_in_charge")
    page.fill("[name=ends_on]", (today() + timedelta(days=9)).isoformat())
    go(page, SUBMIT)
    page.wait_for_url("**/review/rounds/*-*/")
    return page.url


def decide(page: Page, cast: Cast) -> None:
    """On a review's page: decide, with a task for the president of the mandal."""
    page.check("[name=decision][value=help]")
    page.fill("[name=text]", SAID)
    page.fill("[name=task]", TASK)
    page.select_option("[name=whom]", str(cast.appointments["mandal_president"]))
    page.fill("[name=due_on]", (today() + timedelta(days=5)).isoformat())


def minute_it(page: Page) -> None:
    go(page, SUBMIT)
    page.wait_for_url("**/review/of/*-*/")
    assert SAID in page.inner_text("main") and TASK in page.inner_text("main")


def answer(page: Page) -> None:
    go(page, "main a[href$='/reply/']")
    page.fill("[name=text]", ANSWER)
    go(page, SUBMIT)
    page.wait_for_url("**/review/of/*-*/")
    assert ANSWER in page.inner_text("main")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_state_opens_a_round_a_district_decides_on_a_mandal_which_has_its_task(
    visit: Open, cast: Cast, look: Look, size: str, language: str
) -> None:
    state = visit("/units/JK/more/", "state_president", size=size, language=language)
    go(state, "main a[href='/review/rounds/']")
    look(state, "round none yet")
    go(state, "main a[href='/review/rounds/new/']")
    state.fill("[name=title]", "नवंबर का दौर")
    state.fill("[name=ends_on]", (today() - timedelta(days=1)).isoformat())
    go(state, SUBMIT)
    look(state, "round days the wrong way")
    board = open_round(state, "mandal")
    look(state, "round open")

    district = visit("/", "district_in_charge", size=size, language=language)
    go(district, "main a[href*='/review/rounds/']")
    look(district, "round what waits")
    go(district, "main table a[href*='/review/of/']")
    look(district, "round a mandal")
    go(district, "main a[href*='/review/dossier/']")
    look(district, "round its dossier")
    district.go_back()
    decide(district, cast)
    look(district, "round decide")
    minute_it(district)
    look(district, "round decided")

    mandal = visit("/", "mandal_president", size=size, language=language)
    assert TASK in mandal.inner_text("main")
    look(mandal, "round today of the mandal")
    go(mandal, "main a[href*='/review/of/']")
    answer(mandal)
    look(mandal, "round replied")

    state.goto(board)
    assert state.locator("main td svg rect.c-full").count() == 1
    look(state, "round one decided")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_an_office_bearer_answers_beforehand_and_has_the_decision_and_its_task_on_today(
    visit: Open, cast: Cast, look: Look, size: str, language: str
) -> None:
    cast.target("JK", 250)
    state = visit("/review/rounds/new/?unit=JK", "state_president", size=size, language=language)
    board = open_round(state, "mandal_president")

    mandal = visit("/", "mandal_president", size=size, language=language)
    go(mandal, "main a[href*='/review/of/']")
    look(mandal, "round own page")
    answer(mandal)

    district = visit("/", "district_in_charge", size=size, language=language)
    go(district, "main a[href*='/review/of/']")
    assert ANSWER in district.inner_text("main")
    given.time(NOW + timedelta(minutes=1))
    decide(district, cast)
    minute_it(district)
    look(district, "round an office-bearer decided")

    mandal.goto("/")
    assert TASK in mandal.inner_text("main")
    go(mandal, "main a[href*='/review/of/']")
    assert SAID in mandal.inner_text("main")
    mandal.goto("/")
    assert mandal.locator("main a[href*='/review/of/']").count() == 0, "the decision is read"
    assert TASK in mandal.inner_text("main")

    state.goto(board)
    look(state, "round office-bearers")
