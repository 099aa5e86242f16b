"""A caller greets by name, asks for help and takes a break; the supervisor answers and hands a call-back over."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .at_calls import call_programme, centre_in, people_to_call, queue_of, seated
from .at_doors import entries, tries
from .test_calls_journey import noted, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_caller_has_words_and_help_and_a_promise_goes_to_who_is_there(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    district = cast.world.units["JK-SRI"].pk
    centre = centre_in(district)
    for n, role in enumerate(("call_agent", "call_agent", "call_supervisor"), 1):
        cast.accounts[f"{role}{n}"] = seated(centre, district, n, office=role)
    run = call_programme(cast.world.units["JK"].pk)
    queue_of(run, people_to_call(run, cast.world.units["JK-B001"].pk, 3))
    mine = {"size": size, "language": language}

    # The first caller reads what to say, and asks for help in the call.
    first = visit("/contact/calls/", "call_agent1", **mine)
    first.check("[name=languages][value=hi]")
    press(first, "n")
    expect(first.locator("blockquote")).to_contain_text("Sangathan")
    first.select_option("[name=help_for]", "upset")
    with first.expect_navigation():
        first.click("form[action$='/help/'] button")
    expect(first.locator("form[action$='/no-help/']")).to_be_visible()
    look(first, "calls help asked")

    # The supervisor sees who waits and why, without the person's name or number, and answers.
    today = visit("/", "call_supervisor3", **mine)
    expect(today.locator(f"main a[href='/contact/centre/{centre}/']").first).to_be_visible()
    expect(today.locator("nav a[href='/contact/centre/']").first).to_be_attached()
    board = visit("/contact/centre/", "call_supervisor3", **mine)
    look(board, "calls centre help")
    with board.expect_navigation():
        board.click("form[action$='/answer/'] button")
    expect(board.locator("form[action$='/answer/']")).to_have_count(0)
    first.reload()
    expect(first.locator("form[action$='/no-help/']")).to_have_count(0)

    # The caller promises a call-back, and takes a break with a reason.
    press(first, "r")
    press(first, "4")
    noted(1)
    with first.expect_navigation():
        first.click("form[action$='/back/'] button")
    first.select_option("[name=break_for]", "meal")
    with first.expect_navigation():
        first.click("form[action$='/leave/'] button")
    look(first, "calls break")
    first.goto("/contact/calls/today/")
    look(first, "calls own today")

    # It is late. The supervisor gives it to the second caller, who is there and gets it first.
    second = visit("/contact/calls/", "call_agent2", **mine)
    second.check("[name=languages][value=hi]")
    given.time(NOW + timedelta(minutes=90))
    press(second, "n")
    (promise,) = [one for one in entries() if one.last_outcome == "later"]
    assert promise.state == "later" or entries(state="leased")[0].pk == promise.pk
    with second.expect_navigation():
        second.click("form[action$='/back/'] button")
    board.reload()
    look(board, "calls centre hands")
    with board.expect_navigation():
        board.locator("form[action$='/hand/'] button").first.click()
    second.reload()
    expect(second.locator("main p.note:not(#call-kept)")).to_be_visible()
    press(second, "n")
    assert [one.pk for one in entries(state="leased")] == [promise.pk]
    assert len(tries()) == 1
