"""The nation calls its meeting by office in a browser: moved once, answered by SMS."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.meetings import tasks
from abhiyan.meetings.models import Meeting
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import reachable
from .test_calling import text

# Committed: another process serves it.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
TODAY = NOW.date()
SEND = "main form[method=post] button[type=submit]"
OFFICES = ("state_president", "district_in_charge", "mandal_president")


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def the_meeting() -> Meeting:
    with system("test"):
        return Meeting.objects.get()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_the_nation_calls_its_meeting_moves_it_and_hears_who_comes(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    nation = visit("/meetings/", "national_president", size=size, language=language)
    look(nation, "meetings none yet")
    go(nation, "main a[href*='/meetings/new/']")
    nation.fill("[name=title]", "राष्ट्रीय बैठक")
    nation.fill("[name=first_on]", (TODAY + 5 * DAY).isoformat())
    nation.fill("[name=place]", "दिल्ली")
    nation.fill("[name=agenda]", "10:00 प्रस्तावना\n11:00 सदस्यता")
    for office in OFFICES:
        nation.check(f"[name=offices][value={office}]")
    go(nation, SEND)
    assert nation.locator("table tbody tr").count() == 4, "the names are shown first"
    look(nation, "meetings names first")
    go(nation, SEND)
    look(nation, "meetings called")
    one = the_meeting()
    tasks.tell_invited(str(one.public_id))
    text(cast, one, "mandal_president", yes=True)

    go(nation, "main a[href$='/change/move/']")
    nation.fill("[name=first_on]", (TODAY + 7 * DAY).isoformat())
    nation.fill("[name=last_on]", (TODAY + 8 * DAY).isoformat())
    nation.fill("[name=why]", "हॉल खाली नहीं")
    look(nation, "meetings move")
    go(nation, SEND)
    tasks.tell_invited(str(one.public_id))
    text(cast, one, "mandal_president", yes=True)
    nation.reload()
    assert "हॉल खाली नहीं" in nation.inner_text("main")
    look(nation, "meetings moved")

    district = visit(f"/meetings/{one.public_id}/", "district_in_charge", size=size, language=language)
    district.fill("[name=reason]", "बीमार हूँ")
    look(district, "meetings invited")
    go(district, "form:has([name=reason]) button[type=submit]")
    assert "बीमार हूँ" in district.inner_text("main")
    nation.reload()
    assert nation.locator("table").count() == 2
    look(nation, "meetings answered")
