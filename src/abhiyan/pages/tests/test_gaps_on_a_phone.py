"""On a phone each list of who is furthest behind shows the number it is sorted by: people missing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    for unit, n in (("JK", 60_000), ("JK-SRI", 52_000), ("JK-JAM", 2)):
        made.target(unit, n)
    made.fold()
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def test_a_phone_shows_how_many_people_each_unit_lacks(opens: Open, look: Look, cast: Cast) -> None:
    page = opens("/units/JK/", "state_president", size="phone", language="hi")
    row = page.locator("#children ~ * tbody tr, [aria-labelledby] tbody tr").filter(
        has=page.locator("a[href*='JK-SRI']")
    )
    gap = row.locator("td.pct .ci").first
    expect(gap).to_be_visible()
    expect(gap).to_have_text("−11,999")
    look(page, "gaps-unit")
    acts = page.locator(".title > .push")
    expect(acts.locator("a")).to_have_count(5)
    for _scrolled in range(2):
        expect(acts).to_be_in_viewport(ratio=1)
        page.mouse.wheel(0, 20_000)
        page.wait_for_function("() => scrollY > 0")
    page.goto("/units/JK/?show=all")
    expect(row.locator("td.pct .ci").first).to_be_visible()
    look(page, "gaps-unit-programme")
    page.goto(f"/programmes/{cast.world.programme.public_id}/units/?unit=JK&level=district")
    first = page.locator("tbody tr").first
    expect(first.locator("td.pct .ci")).to_be_visible()
    expect(first.locator("td.pct .ci")).to_have_text("−11,999")
    look(page, "gaps-list")
    for name, path in (
        ("today", "/"),
        ("share", f"/programmes/{cast.world.programme.public_id}/share/?unit=JK"),
    ):
        page.goto(path)
        look(page, f"gaps-{name}")
