"""The nation calls its meeting by office in a browser: moved once, answered by SMS, ticked, minuted, and the next."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.meetings import actions, tasks
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

from .make import DAY, TODAY, call_as, invited, link_of, reachable, text

# Committed: another process serves it.
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
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


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_nation_calls_its_meeting_moves_it_and_hears_who_comes(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    nation = visit("/meetings/", "national_president", size=size, language=language)
    look(nation, "meetings none yet")
    go(nation, "main a[href*='/meetings/new/']")
    nation.fill("[name=title]", "राष्ट्रीय बैठक")
    nation.fill("[name=first_on]", (TODAY + 5 * DAY).isoformat())
    nation.fill("[name=place]", "दिल्ली")
    nation.click("main summary")
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
    nation.fill("[name=first_on]", TODAY.isoformat())
    nation.fill("[name=last_on]", TODAY.isoformat())
    nation.fill("[name=starts]", "18:00")
    nation.fill("[name=why]", "हॉल खाली नहीं")
    look(nation, "meetings move")
    go(nation, SEND)
    tasks.tell_invited(str(one.public_id))
    text(cast, one, "mandal_president", yes=True)
    nation.reload()
    assert "हॉल खाली नहीं" in nation.inner_text("main")
    look(nation, "meetings moved")

    district = visit("/", "district_in_charge", size=size, language=language)
    look(district, "meetings on today")
    go(district, f"main a[href$='/meetings/{one.public_id}/']")
    district.fill("[name=reason]", "घर में शादी है")
    look(district, "meetings invited")
    go(district, "form:has([name=reason]) button[type=submit]")
    assert "घर में शादी है" in district.inner_text("main")

    nation.goto("/")
    look(nation, "meetings door on today")
    go(nation, "main a[href*='show=door']")
    for _n in range(3):
        go(nation, "form[action$='/act/tick/'] button >> nth=0")
    nation.fill("[name=n]", "12")
    go(nation, "form[action$='/act/people/'] button[type=submit]")
    look(nation, "meetings door")
    nation.goto(f"/meetings/{one.public_id}/")
    nation.fill("[name=text]", "हर बूथ पर अध्यक्ष हो")
    go(nation, "form[action$='/act/point/'] button[type=submit]")
    nation.fill("[name=text]", "ज़िले की सूची भेजें")
    option = nation.locator("[name=appointment] option", has_text="district_in_charge").first
    nation.select_option("[name=appointment]", option.get_attribute("value"))
    nation.fill("[name=due_on]", (TODAY + 3 * DAY).isoformat())
    go(nation, "form[action$='/act/point/'] button[type=submit]")
    look(nation, "meetings minutes")
    go(nation, "form[action$='/act/send/'] button[type=submit]")
    with system("test"):
        assert actions.ask_who_came(at=NOW + DAY) == 3
        came = Invitee.objects.filter(meeting=one, came_at__isnull=False).values_list("account_id", flat=True)
        role = next(role for role in OFFICES if cast.accounts[role].pk in came)
    text(cast, one, role, yes=True, at=NOW + DAY)
    nation.reload()
    look(nation, "meetings confirmed")

    district.goto("/")
    assert "ज़िले की सूची भेजें" in district.inner_text("main")
    go(nation, "main a[href*='after=']")
    nation.fill("[name=first_on]", (TODAY + 30 * DAY).isoformat())
    assert nation.is_checked("[name=offices][value=state_president]"), "the same offices"
    go(nation, SEND)
    go(nation, SEND)
    assert "ज़िले की सूची भेजें" in nation.inner_text("main"), "open again at the next meeting"
    look(nation, "meetings next one")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_link_of_the_message_answers_on_a_phone(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    one = call_as(cast)
    link = link_of(cast, one, "mandal_president")
    phone = visit(f"/meetings/answer/{link}/", size=size, language=language)
    look(phone, "meetings behind the link")
    go(phone, "button[value=yes]")
    look(phone, "meetings answered behind the link")
    assert invited(one)[cast.accounts["mandal_president"].pk].answer == "yes"
