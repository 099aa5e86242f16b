"""Reviews in a browser: a mandal on one page, a decision against its figures, a round of booths from one list."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import today
from abhiyan.review.actions.rounds import open_round
from abhiyan.review.models import Round
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look

from .test_deciding import aim

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]  # a server of its own reads the rows
LOOKS = [("phone", "hi"), ("desk", "en")]
WHY = "दो बूथों पर कोई नहीं जाता।"


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def opened(cast: Cast, what: str, office: str) -> Round:
    with cast.as_("state_president"):
        return open_round(
            title="नवंबर का दौर",
            unit_id=cast.world.units["JK"].pk,
            what=what,
            office=office,
            begins_on=today(),
            ends_on=today() + timedelta(days=9),
            by=cast.actor("state_president"),
            at=NOW,
        )


def save(page: Page) -> None:
    go(page, "#main form[method=post] button[type=submit]")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_mandal_is_reviewed_on_one_page_and_a_decision_against_its_figures_asks_once(
    visit: Open, cast: Cast, look: Look, size: str, language: str
) -> None:
    aim(cast, "JK-SRI-M1", 40)
    one = opened(cast, "mandal", "district_in_charge")
    page = visit("/", "district_in_charge", size=size, language=language)
    go(page, f"main a[href*='/review/rounds/{one.public_id}/']")
    look(page, "review list of mandals")
    go(page, "main table tr:has-text('Lal Chowk') a, main table tr:has-text('लाल चौक') a")
    assert page.locator("main .measure").count() == 1
    look(page, "review one page")
    page.check("[name=decision][value=keep]")
    page.fill("[name=text]", WHY)
    page.check("[name=has_met]")
    save(page)
    assert page.locator("main .errors").count() == 1
    assert page.input_value("[name=text]") == WHY
    look(page, "review asked once")
    save(page)
    page.wait_for_url("**/review/of/*-*/")
    said = page.inner_text("main")
    assert WHY in said and "20" in said and "(5%)" in said
    look(page, "review then and now")


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_round_of_booths_is_worked_from_one_list_and_silent_reviewers_are_seen(
    visit: Open, cast: Cast, look: Look, size: str, language: str
) -> None:
    aim(cast, "JK-B001", 2)
    aim(cast, "JK-B002", 8)
    one = opened(cast, "booth", "mandal_president")
    page = visit("/", "mandal_president", size=size, language=language)
    go(page, f"main a[href*='/review/rounds/{one.public_id}/decide/']")
    look(page, "booths to decide")
    choices = page.locator("main select[name^=of-]")
    assert choices.count() == 2
    for n in range(2):
        choices.nth(n).select_option("keep")
    save(page)
    assert choices.count() == 1 and choices.first.input_value() == "keep"
    look(page, "booths asked once")
    choices.first.select_option("help")
    save(page)
    assert choices.count() == 0
    look(page, "booths decided")

    state = visit(f"/review/rounds/{one.public_id}/", "state_president", size=size, language=language)
    look(state, "round with its reviewers")
    go(state, f"main a[href*='/review/rounds/{one.public_id}/reviewers/']")
    look(state, "round reviewers")
