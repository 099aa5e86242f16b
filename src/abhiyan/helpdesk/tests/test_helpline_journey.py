"""From a text no rule could read to "yes, solved": the person's phone, the office's pages, the form on the web."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from abhiyan.contact.models import Attempt
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import blanks
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.models import Ticket
from abhiyan.intake.tests.test_calls import JOIN, call, connect
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAYS = {
    "en": {"first": "where is my card", "second": "card did not come", "yes": "YES", "no": "NO"},
    "hi": {"first": "मेरा कार्ड कहाँ है", "second": "कार्ड नहीं आया", "yes": "हाँ", "no": "नहीं"},
}
ANSWERS = {"en": "Come to the mandal office on Monday.", "hi": "सोमवार को मंडल कार्यालय आइए।"}


@pytest.fixture(scope="module")
def served(django_db_setup: None) -> Iterator[Server]:
    server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield server
    server.stop()


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_request_from_an_sms_to_yes_solved(
    opens: Open, look: Look, served: Server, cast: Cast, language: str, size: str
) -> None:
    world, said = cast.world, SAYS[language]
    asha, secret = Cast.own_member, connect(world, "generic", "join", JOIN)

    def write(text: str) -> None:
        assert call(served, secret, asha, kind="sms", text=text).status in (200, 201)

    with system("test"):
        actions.set_helpline(programme_id=world.programme.pk, number="18001030000", by=SYSTEM, at=NOW)
    write(said["first"])
    write(said["second"])
    with system("test"):
        made = Ticket.objects.get()

    # The office finds it on Today, opens it and answers.
    page = opens("/today/", "booth_president", size=size, language=language)
    look(page, "helpline today")
    go(page, "a[href*='/helpline/?show=mine']")
    look(page, "helpline list")
    go(page, f"a[href^='/helpline/{made.pk}/']")
    assert said["second"] in page.inner_text("main")
    look(page, "helpline open")

    # It names who asks; the number is shown, and what came of the call is noted; one press begins the answer.
    assert page.locator("b a[href^='/people/']").count() == 1
    go(page, f"form[action='/helpline/{made.pk}/phone/'] button")
    look(page, "helpline call")
    go(page, "button[name=outcome][value=reached]")
    look(page, "helpline called")
    with system("test"):
        assert Attempt.objects.get(room="helpdesk", about=made.pk).outcome == "reached"
    go(page, "button[name=insert][value=step-1]")
    assert "/me/card/" in page.input_value("[name=text]")
    page.fill("[name=text]", ANSWERS[language])
    page.check("[name=is_done][value=yes]")
    go(page, "form:has([name=is_done]) button[type=submit]:not([name])")
    look(page, "helpline done")
    (told,) = blanks(asha.phone, "ask.solved")
    assert told["text"] == ANSWERS[language] and told["number"] == made.number

    # The person says no by the link, with a reason; the office reads it and answers once more.
    link = "/help/" + told["link"].split("/q/")[1] + "/"
    public = opens(link, size=size, language=language)
    look(public, "helpline solved")
    assert "1800" in public.inner_text("main")
    shown = public.inner_text("main")
    assert said["second"] in shown and ANSWERS[language] in shown
    assert not public.is_visible("[name=why]"), "asked of a no only"
    public.click(".yesno summary")
    public.fill("[name=why]", said["first"])
    go(public, "button[name=answer][value=no]")
    look(public, "helpline unsolved")
    page.goto(f"/helpline/{made.pk}/")
    page.fill("[name=text]", ANSWERS[language])
    page.check("[name=is_done][value=yes]")
    go(page, "form:has([name=is_done]) button[type=submit]:not([name])")
    told = blanks(asha.phone, "ask.solved")[-1]
    write(f"{said['yes']} {told['word']}")
    with system("test"):
        made.refresh_from_db()
    assert made.state == "solved" and made.solved_at is not None
    page.goto(f"/helpline/{made.pk}/")
    look(page, "helpline ended")

    # An agent types a call; the list and the times show both; a visitor writes by the form.
    agent = opens("/helpline/new/", "call_centre_agent", size=size, language=language)
    agent.fill("[name=phone]", "99060 00055")
    agent.fill("[name=said]", said["second"])
    agent.fill("[name=where]", "JK-B001")
    agent.check("[name=unit][value='JK-B001']")
    look(agent, "helpline type")
    go(agent, "form:has([name=said]) button[type=submit]:not([name])")
    agent.goto("/helpline/?state=all&unit=JK-SRI")
    assert agent.locator("tbody tr").count() == 2
    look(agent, "helpline all")
    agent.goto("/helpline/times/")
    look(agent, "helpline times")
    visitor = opens("/help/", size=size, language=language)
    visitor.fill("[name=said]", said["second"])
    visitor.fill("[name=phone]", "9906000077")
    look(visitor, "helpline form")
    go(visitor, "form:has([name=said]) button[type=submit]")
    look(visitor, "helpline sent")
    with system("test"):
        assert Ticket.objects.filter(way="web", is_proven=False).count() == 1


def test_a_slow_answer_to_the_phone_takes_no_place_away_that_was_found_meanwhile(opens: Open) -> None:
    page = opens("/helpline/new/", "call_centre_agent")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/helpline/new/", hold, times=1)
    with page.expect_request("**/helpline/new/"):
        page.fill("[name=phone]", "99060 00055")
        page.press("[name=phone]", "Tab")
    with page.expect_event("requestfailed") as let_go:
        page.fill("[name=where]", "JK-B001")
    assert let_go.value == held[0].request, "its answer is waited for no longer"
    page.wait_for_selector("[name=unit][value='JK-B001']")


def test_a_slow_search_takes_no_list_away_that_was_opened_meanwhile(opens: Open) -> None:
    page = opens("/helpline/new/", "call_centre_agent")
    below = page.locator("#unit-choices a").first  # below the agent's own district, as the page begins
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/helpline/new/", hold, times=1)
    with page.expect_request("**/helpline/new/"):
        page.fill("[name=where]", "JK-SRI-M")
    with page.expect_event("requestfailed") as let_go, page.expect_response("**/below/**"):
        below.click()
    assert let_go.value == held[0].request, "its answer is waited for no longer"
