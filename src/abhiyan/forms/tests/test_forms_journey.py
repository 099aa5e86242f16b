"""A form in a browser: copied, changed, filled in with a photograph, returned, mended, accepted; in the dossier."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from abhiyan.core.tests.given import CASES, NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

from .test_pictures import drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = NOW.date()
DAY = timedelta(days=1)
ASK = "form[method=post]:has([name=title]) button[type=submit]"
MANDAL = "JK-SRI-M1"
HERE = {
    "geolocation": {"latitude": 34.08, "longitude": 74.79, "accuracy": 18},
    "permissions": ["geolocation"],
}


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def ask(state: Page, programme: str) -> None:
    """The state asks every mandal for the changed form each week; the homes it reports become an own figure."""
    state.goto("/programmes/asked/new/?unit=JK")
    state.fill("[name=title]", "बूथ प्रवास")
    state.select_option("[name=wanted]", "report")
    state.select_option("[name=whom]", "office:mandal_president:mandal")
    state.click("main form summary")
    state.select_option("[name=rhythm]", "weekly")
    state.fill("[name=first_on]", (TODAY - 2 * DAY).isoformat())
    state.fill("[name=last_on]", (TODAY + 60 * DAY).isoformat())
    state.select_option("[name=programme]", programme)
    state.select_option("[name=form_id]", index=1)
    go(state, ASK)
    homes = state.locator("[name=figure_1] option[value$=':homes']").get_attribute("value")
    state.select_option("[name=figure_1]", homes)
    go(state, ASK)


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_form_is_copied_filled_in_returned_mended_and_accepted_into_the_dossier(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    state = visit("/forms/", "state_president", size=size, language=language)
    look(state, "forms none")
    go(state, "main a[href*='/forms/new/']")
    look(state, "forms new")
    state.check("[name=ready][value=booth]")
    go(state, "form:has([name=ready]) button[type=submit]")
    look(state, "forms draft")
    go(state, "main a[href$='/change/']")
    state.fill("[name=homes-label_hi]", "इस हफ़्ते कितने घरों में गए?")
    state.fill("[name=homes-label_en]", "How many homes this week?")
    state.fill("[name=homes-most]", "lots")
    go(state, "form:has([name=name_hi]) button[type=submit]")
    assert state.locator("[name=homes-most][aria-invalid=true]").count() == 1
    look(state, "forms change refused")
    state.fill("[name=homes-most]", "300")
    go(state, "form:has([name=name_hi]) button[type=submit]")
    go(state, "form[action$='/use/'] button[type=submit]")
    look(state, "forms in use")
    address = state.url
    ask(state, str(cast.world.programme.public_id))
    board = state.url

    mandal = visit("/", "mandal_president", size=size, language=language, **HERE)
    go(mandal, "main a[href*='/due/']")
    due = mandal.url
    assert not mandal.is_visible("[name=q-members]"), "asked only of a booth with a committee"
    look(mandal, "forms to fill in")
    mandal.fill("[name=q-day]", TODAY.isoformat())
    for yes in ("president", "committee", "list"):
        mandal.check(f"[name=q-{yes}][value=yes]")
    mandal.fill("[name=q-members]", "9")
    mandal.fill("[name=q-homes]", "301")
    mandal.click("[name=q-place] + button")
    expect(mandal.locator("[name=q-place]")).to_have_value(re.compile(r"^34\.08"))
    send = "form[action*='/due/report/'] button[type=submit]"
    go(mandal, send)
    assert mandal.locator("[name=q-homes][aria-invalid=true]").count() == 1, "the limit that the state set"
    look(mandal, "forms filled in wrongly")
    mandal.fill("[name=q-homes]", "30")
    picture: FilePayload = {"name": "booth.jpg", "mimeType": "image/jpeg", "buffer": drawn(1200, 900)}
    mandal.set_input_files("[name=q-picture]", picture)
    go(mandal, send)
    look(mandal, "forms sent")

    district = visit(due, "district_in_charge", size=size, language=language)
    assert "±18" in district.inner_text("main") and district.locator("main img[src*='?small']").count() == 1
    look(district, "forms to decide on")
    district.fill("[name=reason]", "घर फिर गिनें")
    go(district, "form[action*='/due/return/'] button[type=submit]")

    mandal.goto("/")
    go(mandal, "main a[href*='/due/']")
    assert "घर फिर गिनें" in mandal.inner_text("main")
    look(mandal, "forms returned")
    mandal.fill("[name=q-homes]", "27")
    go(mandal, send)
    district.goto(due)
    go(district, "form[action*='/due/accept/'] button[type=submit]")
    go(district, "main p.noprint a[href*='/forms/sent/']")
    assert "30 → 27" in district.inner_text("main")
    look(district, "forms history")
    go(district, f"main a[href*='{due.partition('?')[0].partition('/programmes')[2]}']")
    assert district.url == due

    state.goto(f"{address}sent/")
    look(state, "forms list with map")
    state.goto(f"{address}counts/")
    look(state, "forms counts")
    district.goto(f"/review/dossier/{MANDAL}/")
    assert "27" in district.inner_text("main tr:has-text('27')")
    look(district, "forms dossier")
    state.goto(board)
    look(state, "forms board")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_sheet_is_looked_at_put_into_use_asked_and_its_next_version_asked_from_the_next_week(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    sheet: FilePayload = {
        "name": "visit.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": (CASES / "q01_columns_that_count.xlsx").read_bytes(),
    }
    state = visit("/forms/new/?unit=JK", "state_president", size=size, language=language)
    state.set_input_files("[name=sheet]", sheet)
    state.fill("[name=name_en]", "Village visit")
    go(state, "form:has([name=ready]) button[type=submit]")
    expect(state.locator("main .leaf li")).to_have_count(8)
    look(state, "forms sheet left out")
    go(state, "form:has([name=looked_at]) button[type=submit]")
    go(state, "form[action$='/use/'] button[type=submit]")
    address = state.url
    state.goto("/programmes/asked/new/?unit=JK")
    state.fill("[name=title]", "गाँव प्रवास")
    state.select_option("[name=wanted]", "report")
    state.select_option("[name=whom]", "office:mandal_president:mandal")
    state.click("main form summary")
    state.select_option("[name=rhythm]", "weekly")
    state.fill("[name=first_on]", (TODAY - 2 * DAY).isoformat())
    state.fill("[name=last_on]", (TODAY + 60 * DAY).isoformat())
    state.select_option("[name=form_id]", index=1)
    go(state, ASK)
    go(state, ASK)
    state.goto(f"{address}change/")
    state.fill("[name=teams-label_en]", "How many teams?")
    go(state, "form:has([name=name_hi]) button[type=submit]")
    go(state, "form[action$='/use/'] button[type=submit]")
    look(state, "forms asked in an older version")
    go(state, "main a[href*='/asked/form/']")
    asked = state.url
    look(state, "forms asked")
    go(state, "form[action$='/newest-form/'] button[type=submit]")
    state.goto(asked)
    expect(state.locator("form[action$='/same-form/']")).to_have_count(1)
    look(state, "forms moved on")
