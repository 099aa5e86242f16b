"""The launch page of a busy day in a browser: entries come while it is open, a gateway is away, districts wait."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import join
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging.models import Message, Outage
from abhiyan.programmes.actions import pace
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .test_launch import districts, in_second_week

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLE = "state_president"


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    districts(made, 14)
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def many_come(cast: Cast) -> None:
    """Entries of the last minutes, some without a place, and replies that cannot leave: the gateway is away."""
    world, at = cast.world, NOW
    cast.crowd(30, "JK-B001", "70062")
    cast.fold()
    with system("test"):
        pace.note_pace(at=at - timedelta(minutes=4))
        Outage.objects.create(lane="send", since=at - timedelta(minutes=9), reason="timeout")
    cast.crowd(20, "JK-B001", "70063")
    with system("test"):
        pace.note_pace(at=at)
    for n in range(3):
        world.missed_call(of=Human("", 1970, f"+9199060088{n:02d}"))
    for n, name in enumerate(("Kamla Devi", "Nazir Ahmad")):
        join(world, Human(name, 1966, f"+9199060077{n:02d}"), where="190001", unit="-")
    for n, days in enumerate((9, 0)):
        helpdesk.type_ticket(
            opening=helpdesk.Opening(
                way=Ticket.Way.CALL,
                phone=f"+9199060066{n:02d}",
                texts=["The card did not come"],
                unit_id=world.state.pk,
                language="hi",
                programme_id=world.programme.pk,
            ),
            by=SYSTEM,
            at=at - timedelta(days=days),
        )
    with system("test"):
        Message.objects.filter(state="queued").update(due_at=at - timedelta(minutes=8))


def half_a_minute(page: Page) -> None:
    """The page asks for itself once. Then its clock stands still, so it asks no more until the test lets it."""
    later = page.evaluate("Date.now()") / 1000 + 31
    with page.expect_response("**/launch/**"):
        page.clock.pause_at(datetime.fromtimestamp(later, UTC))


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_busy_day_is_read_while_it_goes_on(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    world = cast.world
    page = opens("/", ROLE, size=size, language=language)
    page.clock.install(time=NOW)
    page.goto(f"/launch/{world.programme.public_id}/")
    figures = page.locator("#launch dl b")
    look(page, "launch-before")
    assert page.locator("#launch table").count() == 1, "nothing waits"

    # Somebody has moved to a district by keyboard; entries, replies, requests and a lost gateway come meanwhile.
    district = page.locator("a[href*='JK-D0011']")
    district.focus()
    page.evaluate("window.held = document.activeElement")
    before = page.evaluate("held.getBoundingClientRect().top")
    many_come(cast)
    half_a_minute(page)
    expect(figures.nth(1)).to_have_text("57")
    assert figures.all_inner_texts() == ["5", "57", "54", "7", "2", "2", "14"]
    assert page.evaluate("document.activeElement === window.held"), "the keyboard is where it was"
    assert abs(page.evaluate("held.getBoundingClientRect().top") - before) < 2, "nothing moved under the eye"
    first = page.locator("section:has(#channels) tbody tr").first
    assert first.locator(".badge.bad").count() == 1, "the channel that is down comes first"
    assert page.locator("progress").first.is_visible()
    page.clock.resume()
    look(page, "launch-busy")

    # A district begins: it leaves the list, and the keyboard stays on the other.
    cast.crowd(1, "JK-D0001", "70064")
    half_a_minute(page)
    expect(figures.last).to_have_text("13")
    assert page.locator("#launch li a[href*='JK-D0001']").count() == 0
    assert page.evaluate("document.activeElement === window.held")
    page.click("[data-live]")
    cast.crowd(5, "JK-B001", "70065")
    page.clock.fast_forward(61_000)
    assert figures.nth(1).inner_text() == "58", "paused"
    page.click("[data-live]")
    half_a_minute(page)
    expect(figures.nth(1)).to_have_text("63")

    # Waiting work is one tap away; the ladder goes out as text and picture.
    for there in ("#waiting", "/helpline/", "/people/unplaced/"):
        assert page.locator(f"#launch dl a[href^='{there}']").count() == 1
    assert page.locator("section:has(#channels) a[href^='/messages/']").count() >= 1
    go(page, "main a[href*='/share/']")
    told = page.inner_text("pre.copied")
    assert not any(each in told for each in ("60", "63", "Person", "Asha")), "of the last closed day"
    assert "24" in told
    drawn = page.locator("main img").evaluate("async (image) => (await image.decode(), image.naturalWidth)")
    assert drawn > 1000
    assert page.get_attribute("a[href^='https://wa.me/']", "href")
    expect(page.locator("[data-copy]")).to_be_visible()
    page.clock.resume()
    look(page, "launch-share")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_after_a_week_the_worst_district_comes_first_with_somebody_to_call(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    in_second_week(cast)
    cast.crowd(5, "JK-B001", "70062")
    cast.fold()
    for code, n in (("JK", 9_000), ("JK-JAM", 2_100), ("JK-SRI", 410), ("JK-D0003", 700)):
        cast.target(code, n)
    page = opens(f"/launch/{cast.world.programme.public_id}/", ROLE, size=size, language=language)
    rows = page.locator("section:has(#field) tbody tr")
    assert [rows.nth(n).locator("td").last.inner_text().split()[-1] for n in range(3)] == ["99", "34", "14"]
    look(page, "field-day")
    page.locator("section:has(#field) a.bearer").first.click()
    expect(page.locator("dialog[open] button").first).to_be_visible()
