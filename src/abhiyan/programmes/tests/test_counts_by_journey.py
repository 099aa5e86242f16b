"""Counts by level, week, channel and age band in a browser: chosen in one form, drawn as chart, map and list."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.programmes.actions.ages import count_ages
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.units.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=42, foreign=137)
    made.fold()
    with system("test"):
        count_ages(programme=made.world.programme, at=NOW)
        Unit.objects.filter(code="JK-SRI").update(lat=34.08, lon=74.79)
        Unit.objects.filter(code="JK-JAM").update(lat=32.73, lon=74.86)
    return made


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def choose(page: Page, name: str, value: str) -> None:
    if (fold := page.locator("button.fold")).count():  # on a phone the choices wait behind a button
        fold.click()
    page.select_option(f"[name={name}]", value)
    with page.expect_navigation():
        page.click(".filters button[type=submit]")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_the_reader_chooses_what_to_count_and_by_what(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    where = f"/programmes/{cast.world.programme.public_id}/counts/?unit=JK"
    page = visit(where, "state_president", size=size, language=language)
    assert page.locator("svg.map circle").count() >= 2, "both districts are on the map"
    assert page.locator(".bars .f2").count() == 2
    look(page, "counts by district")
    for by in ("week", "channel", "age"):
        choose(page, "by", by)
        assert page.locator(".bars .f2").count() >= 1 and page.locator("svg.map").count() == 0
        look(page, f"counts by {by}")
    choose(page, "rung", "reported")
    assert page.locator('.bars .f1[fill="url(#hatch)"]').count() >= 1, "the mark of what is only reported"
    page = visit(where + "&by=age", "district_in_charge", size=size, language=language)
    look(page, "counts age from outside")
    page = visit(where + "&by=district&rung=reported", "district_in_charge", size=size, language=language)
    look(page, "counts by district from outside")
