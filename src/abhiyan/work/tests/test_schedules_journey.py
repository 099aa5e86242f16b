"""Meetings and reports in a browser: asked, planned, held, reminded of, passed on; and a report returned and mended."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, FilePayload

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms.models import Submission
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.messaging.models import Reminder
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

from .test_schedules_pages import PICTURE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
TODAY = NOW.date()
OVER = NOW + 3 * DAY + timedelta(hours=7)  # after the hour of the last day
PHOTO: FilePayload = {"name": "meeting.png", "mimeType": "image/png", "buffer": PICTURE}
ASK = "form[method=post]:has([name=title]) button[type=submit]"


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made.seat_in_body(made.accounts["no_office"])
    made._seat("mandal_silent", "mandal_president", "JK-SRI-M2", 1)
    return made


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_mandals_are_asked_for_a_meeting_each_month_and_the_district_reminds_the_silent(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    asked = (
        question("new", QuestionKind.WHOLE, required=True),
        question("talk", QuestionKind.TEXT, required=True),
        question("picture", QuestionKind.PICTURE, required=True),
    )
    form = form_in_use(cast.world.state, *asked)
    state = visit("/programmes/asked/?unit=JK", "state_president", size=size, language=language)
    look(state, "schedules nothing asked")
    go(state, "main a[href*='/asked/new/']")
    state.fill("[name=title]", "टिफ़िन बैठक")
    state.select_option("[name=whom]", "office:mandal_president:mandal")
    state.click("main form summary")
    state.select_option("[name=rhythm]", "monthly")
    state.fill("[name=first_on]", (TODAY - 80 * DAY).isoformat())
    state.fill("[name=last_on]", (TODAY + 3 * DAY).isoformat())
    state.select_option("[name=form_id]", str(form.form_id))
    go(state, ASK)
    look(state, "schedules looked over")
    go(state, ASK)
    board = state.url
    assert state.locator("table tbody tr").count() == 3
    look(state, "schedules all silent")

    mandal = visit("/", "mandal_president", size=size, language=language)
    look(mandal, "schedules today")
    go(mandal, "form[action*='/due/plan/'] button[type=submit]")
    look(mandal, "schedules planned with one tap")
    mandal.fill("form[action*='/due/hold/'] [name=on]", TODAY.isoformat())
    mandal.fill("[name=q-new]", "2")
    mandal.fill("[name=q-talk]", "मतदाता सूची")
    mandal.fill("form[action*='/due/hold/'] [name=people]", "0")
    mandal.set_input_files("[name=q-picture]", PHOTO)
    go(mandal, "form[action*='/due/hold/'] button[type=submit]")
    assert mandal.locator("[name=people][aria-invalid=true]").count() == 1, "a meeting of nobody was not held"
    mandal.fill("form[action*='/due/hold/'] [name=people]", "23")
    mandal.set_input_files("[name=q-picture]", PHOTO)
    go(mandal, "form[action*='/due/hold/'] button[type=submit]")
    look(mandal, "schedules held")
    with system("test"):
        (sent,) = Submission.objects.all()
        assert (sent.answers["new"], sent.pictures.count()) == (2, 1)

    given.time(OVER)
    district = visit("/", "district_in_charge", size=size, language=language)
    look(district, "schedules what is late below")
    district.goto(board)
    assert district.locator("table tbody tr").count() == 2, "its own mandals"
    look(district, "schedules board")
    go(district, "main a[href*='/remind/']")
    look(district, "schedules remind")
    go(district, "main form[method=post] button[type=submit]")
    assert district.locator("main a[href*='/remind/']").count() == 0, "the one silent unit was reminded"
    with system("test"):
        reminder = Reminder.objects.get(kind="due", day=OVER.date())
    assert reminder.unit_id == cast.world.units["JK-SRI-M2"].pk
    look(district, "schedules reminded")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_workshop_goes_down_the_line_and_a_committees_report_is_mended(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    state = visit("/programmes/asked/new/?unit=JK", "state_president", size=size, language=language)
    state.fill("[name=title]", "सदस्यता कार्यशाला")
    state.select_option("[name=whom]", "office:district_in_charge:district")
    state.click("main form summary")
    state.select_option("[name=rhythm]", "once")
    state.fill("[name=first_on]", (TODAY - DAY).isoformat())
    state.fill("[name=last_on]", (TODAY + 5 * DAY).isoformat())
    go(state, ASK)
    go(state, ASK)

    district = visit("/", "district_in_charge", size=size, language=language)
    go(district, "a[href*='/due/']")
    district.fill("form[action*='/due/hold/'] [name=on]", TODAY.isoformat())
    go(district, "form[action*='/due/hold/'] button[type=submit]")
    district.goto("/")
    look(district, "schedules held, ask your own units")
    go(district, "a[href*='/asked/new/']")
    assert district.input_value("[name=title]") == "सदस्यता कार्यशाला"
    district.select_option("[name=whom]", "office:mandal_president:mandal")
    go(district, ASK)
    go(district, ASK)
    assert district.locator("table tbody tr").count() == 2
    mandal = visit("/", "mandal_president", size=size, language=language)
    assert "सदस्यता कार्यशाला" in mandal.inner_text("main")

    state.goto("/programmes/asked/new/?unit=JK")
    state.fill("[name=title]", "हफ़्ते की रिपोर्ट")
    state.select_option("[name=wanted]", "report")
    state.select_option("[name=whom]", "body:committee")
    state.click("main form summary")
    state.select_option("[name=rhythm]", "weekly")
    state.fill("[name=first_on]", (TODAY - 3 * DAY).isoformat())
    state.fill("[name=last_on]", (TODAY + 90 * DAY).isoformat())
    go(state, ASK)
    go(state, ASK)
    board = state.url
    member = visit("/", "no_office", size=size, language=language)
    look(member, "schedules today of a committee")
    go(member, "main a[href*='/due/']")
    member.fill("[name=text]", "तीन लेख छपे")
    go(member, "form[action*='/due/report/'] button[type=submit]")
    district.goto(board)
    look(district, "schedules board of committees")
    go(district, "table a[href*='/due/']")
    look(district, "schedules a report to decide on")
    district.fill("[name=reason]", "अख़बारों के नाम लिखें")
    go(district, "form[action*='/due/return/'] button[type=submit]")
    member.goto("/")
    go(member, "main a[href*='/due/']")
    look(member, "schedules returned")
    member.fill("[name=text]", "तीन लेख छपे: दो हिंदी में")
    go(member, "form[action*='/due/report/'] button[type=submit]")
    district.reload()
    go(district, "form[action*='/due/accept/'] button[type=submit]")
    look(district, "schedules accepted")
