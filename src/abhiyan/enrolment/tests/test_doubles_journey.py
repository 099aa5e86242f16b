"""Duplicates in a browser: found across scripts, merged by one click, undone by one click."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Person
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import Human
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLE = "district_in_charge"


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


def press(page: Page, step: str) -> None:
    """The button of one step about the first pair."""
    with page.expect_navigation():
        page.locator(f"form:has([name=step][value={step}]) button").first.click()


def look(page: Page, name: str, language: str, size: str, *, closely: bool) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    if closely:
        assert unsound(page, name) == []
    if folder := os.environ.get("ABHIYAN_TEST_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{language}-{size}.png", full_page=True)


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_pair_in_two_scripts_is_merged_and_undone_in_the_browser(
    opens: Open, cast: Cast, request: pytest.FixtureRequest, size: str, language: str
) -> None:
    world, closely = cast.world, bool(request.node.get_closest_marker("slow"))
    for name, year, phone in (
        ("Sunita Sharma", 1980, "21"),
        ("सुनीता शर्मा", 1980, "22"),
        ("Ravi Koul", 1991, "31"),
        ("Raju Koul", 1991, "31"),
    ):
        world.web_join(of=Human(name, year, f"+9199060000{phone}"))
    with system("tests find"):
        people = {each.name: each.pk for each in Person.objects.all()}
        sunita, ravi = (
            (people["Sunita Sharma"], people["सुनीता शर्मा"]),
            (people["Ravi Koul"], people["Raju Koul"]),
        )
        keep_doubles(found=[(*sunita, 92, False), (*ravi, 0, True)], at=clock.now())
    before = world.ladder(world.booth).counted
    page = opens("/people/doubles/", ROLE, size=size, language=language)
    look(page, "doubles", language, size, closely=closely)
    assert page.locator("tbody tr").count() == 2
    assert page.locator("form:has([name=step][value=merge])").count() == 1, "twins have no such button"

    press(page, "merge")
    look(page, "doubles-merged", language, size, closely=closely)
    assert world.ladder(world.booth).counted == before - 1
    press(page, "undo")
    assert world.ladder(world.booth).counted == before

    press(page, "merge")
    page.goto("/people/doubles/?state=merged")
    look(page, "doubles-done", language, size, closely=closely)
    press(page, "undo")
    assert world.ladder(world.booth).counted == before
    page.goto("/people/doubles/")
    press(page, "apart")
    page.goto("/people/doubles/?state=apart")
    press(page, "again")
    page.goto("/people/doubles/many/")
    look(page, "doubles-many", language, size, closely=closely)
    assert world.tallies() == world.recounted() and world.orphans() == {}
