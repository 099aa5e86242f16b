"""Duplicates in a browser: the matcher finds them, keys decide them, some are undone; several merged by two people."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.people.models import Double
from abhiyan.people.tasks import find_doubles_job
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import Human
from .server import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROLE, SECOND = "district_in_charge", "state_president"
PEOPLE = (
    ("Sunita Sharma", 1980, "21"),
    ("सुनीता शर्मा", 1980, "22"),
    ("Zubeda Bano", 1971, "23"),  # on one phone: sure
    ("Zubaida Bano", 1971, "23"),
    ("Harjeet Kaur", 1966, "24"),
    ("Harjit Kaur", 1966, "24"),
    ("Ravi Koul", 1991, "31"),  # twins
    ("Raju Koul", 1991, "31"),
)


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    for name, year, phone in PEOPLE:
        made.world.web_join(of=Human(name, year, f"+9199060000{phone}"))
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def press(page: Page, key: str, then: str) -> None:
    """A key of the list; the row of its pair alone is new."""
    with page.expect_response("**/people/doubles/*-*/**") as answer:
        page.keyboard.press(key)
    assert answer.value.ok
    page.wait_for_selector(then)
    expect(page.locator(".htmx-settling")).to_have_count(
        0
    )  # until then its buttons would load the page again


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_pairs_are_found_merged_told_apart_and_undone_and_many_by_two_people(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    world = cast.world
    before = world.ladder(world.booth).counted
    page = opens("/people/doubles/", ROLE, size=size, language=language)
    go(page, "form[action='/people/doubles/look/'] button")
    find_doubles_job()  # what the job does, with the matcher's own process
    page.reload()
    look(page, "doubles list")
    assert page.locator("tbody tr").count() == 4
    assert page.locator("[aria-keyshortcuts=m]").count() == 3, "twins have no such button"
    assert page.locator(".pair-entry .badge").count() == 3, "of two entries one stays"

    # By keys: the first press only shows where one is; after each the next pair waits, and the page stays.
    if size == "desk":
        page.keyboard.press("?")
        expect(page.locator("#help kbd", has_text="m").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("m")
    expect(page.locator("tbody tr").nth(0).locator("[aria-keyshortcuts=m]")).to_be_focused()
    press(page, "m", "tbody tr:nth-child(1) [aria-keyshortcuts=u]")
    assert world.ladder(world.booth).counted == before - 1
    expect(page.locator("tbody tr").nth(1).locator("[aria-keyshortcuts=m]")).to_be_focused()
    press(page, "d", "tbody tr:nth-child(2) [aria-keyshortcuts=u]")
    expect(page.locator("tbody tr").nth(2).locator("[aria-keyshortcuts=m]")).to_be_focused()
    look(page, "doubles decided")
    press(page, "u", "tbody tr:nth-child(2) [aria-keyshortcuts=m]")
    expect(page.locator("tbody tr").nth(1).locator("[aria-keyshortcuts=m]")).to_be_focused()
    with page.expect_response("**/people/doubles/*-*/**"):
        page.click("tbody tr:nth-child(1) [aria-keyshortcuts=u]")
    page.wait_for_selector("tbody tr:nth-child(1) [aria-keyshortcuts=m]")
    assert world.ladder(world.booth).counted == before
    with system("test"):
        assert set(Double.objects.values_list("state", flat=True)) == {"open"}

    # Several at once: asked by one, approved by another, merged, and each undone by itself.
    page.goto("/people/doubles/")
    go(page, "a[href^='/people/doubles/many/']")
    page.fill("[name=reason]", "The list of 2019 came twice")
    look(page, "doubles ask")
    go(page, "main form[method=post] button[type=submit]")
    second = opens("/releases/", SECOND, size=size, language=language)
    look(second, "doubles approve")
    go(second, "main a[href*='allow=yes']")
    go(second, "main form[method=post] button[type=submit]")
    page.reload()
    go(page, "a[href^='/people/doubles/many/'][href*='-']")
    look(page, "doubles many")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.booth).counted == before - 2
    assert page.locator("[aria-keyshortcuts=u]").count() == 2
    look(page, "doubles merged")
    with page.expect_response("**/people/doubles/*-*/**"):
        page.click("tbody tr:nth-child(1) [aria-keyshortcuts=u]")
    page.wait_for_selector("tbody tr:nth-child(1) [aria-keyshortcuts=m]")
    assert world.ladder(world.booth).counted == before - 1
    assert world.tallies() == world.recounted() and world.orphans() == {}
