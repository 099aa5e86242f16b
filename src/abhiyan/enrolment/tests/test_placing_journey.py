"""Entries without a place in a browser: those of one PIN code get a booth together, seen first, taken back after."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import Human
from .server import Server
from .web import join

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROLE = "state_president"
SAID = (("190001", ("Kamla Devi", "राजेश कुमार", "Nazir Ahmad")), ("Lal Bazar", ("Meera Koul", "Sita Ram")))


@pytest.fixture(scope="module")
def served(django_db_setup: None) -> Iterator[Server]:
    server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield server
    server.stop()


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"), connection.cursor() as cursor:
        cursor.executemany(
            "insert into units_pin (pin, unit_id) values ('190001', %s)",
            [(made.world.booth.pk,), (made.world.next_booth.pk,)],
        )
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def look(page: Page, name: str, language: str, size: str, *, closely: bool) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    if closely:
        assert unsound(page, name) == []
    if folder := os.environ.get("ABHIYAN_TEST_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{language}-{size}.png", full_page=True)


def go(page: Page, click: str) -> None:
    with page.expect_navigation():
        page.click(click)


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_those_of_one_pin_code_are_placed_together_and_taken_back(
    opens: Open, cast: Cast, request: pytest.FixtureRequest, size: str, language: str
) -> None:
    world, closely = cast.world, bool(request.node.get_closest_marker("slow"))
    page = opens("/people/unplaced/groups/", ROLE, size=size, language=language)
    look(page, "placing-none", language, size, closely=closely)
    for start, (where, names) in enumerate(SAID):
        for n, name in enumerate(names):
            join(world, Human(name, 1966, f"+91990600{7700 + 10 * start + n}"), where=where, unit="-")
    before, booth = world.tallies(), world.ladder(world.booth).counted

    # From one by one to many at once: the largest group first.
    page.goto("/people/unplaced/")
    look(page, "unplaced", language, size, closely=closely)
    go(page, "a[href='/people/unplaced/groups/']")
    assert page.locator("tbody tr").count() == 2
    look(page, "placing-groups", language, size, closely=closely)
    go(page, "a[href*='pin=190001']")
    look(page, "placing-which", language, size, closely=closely)
    go(page, "a[href*='to=JK-B001']")
    assert "Kamla Devi" in page.inner_text("main") or "कमला" in page.inner_text("main")
    look(page, "placing-preview", language, size, closely=closely)

    # Somebody of the same PIN code comes meanwhile: nobody is placed unseen.
    join(world, Human("Late Comer", 1970, "+919906007799"), where="190001", unit="-")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.booth).counted == booth
    look(page, "placing-changed", language, size, closely=closely)
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.booth).counted == booth + 4, "all four were shown this time"
    look(page, "placing-done", language, size, closely=closely)

    # A place in words is looked for by another name; and what was placed waits again after one click.
    go(page, "a[href*='place=Lal']")
    page.fill("main [name=q]", "Nowhere at all")
    go(page, "main form[role=search] button[type=submit]")
    look(page, "placing-nothing", language, size, closely=closely)
    page.fill("main [name=q]", "JK-B002")
    go(page, "main form[role=search] button[type=submit]")
    go(page, "a[href*='to=JK-B002']")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.next_booth).counted == 2
    for left in (1, 0):
        go(page, "form[action*='/people/unplaced/undo/'] button")
        assert page.locator("form[action*='/people/unplaced/undo/']").count() == left
    assert page.locator("tbody tr").count() == 2
    late = {key: n for key, n in world.tallies().items() if before.get(key) != n}
    assert len(late) == 2, "the late comer's two rungs alone are new"
    assert world.tallies() == world.recounted() and world.orphans() == {}
