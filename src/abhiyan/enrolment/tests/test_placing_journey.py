"""Entries without a place in a browser: those of one PIN code get a booth together, seen first, taken back after."""

from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import Human
from .server import Server
from .web import join

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROLE = "state_president"
SAID = (("190001", ("Kamla Devi", "राजेश कुमार", "Nazir Ahmad")), ("Lal Bazar", ("Meera Koul", "Sita Ram")))


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


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_those_of_one_pin_code_are_placed_together_and_taken_back(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    world = cast.world
    page = opens("/people/unplaced/groups/", ROLE, size=size, language=language)
    for start, (where, names) in enumerate(SAID):
        for n, name in enumerate(names):
            join(world, Human(name, 1966, f"+91990600{7700 + 10 * start + n}"), where=where, unit="-")
    before, booth = world.tallies(), world.ladder(world.booth).counted

    # From one by one to many at once: the largest group first.
    page.goto("/people/unplaced/")
    go(page, "a[href='/people/unplaced/groups/']")
    assert page.locator("tbody tr").count() == 2
    look(page, "placing groups")
    go(page, "a[href*='pin=190001']")
    look(page, "placing which")
    go(page, "a[href*='to=JK-B001']")
    assert "Kamla Devi" in page.inner_text("main") or "कमला" in page.inner_text("main")
    look(page, "placing preview")

    # Somebody of the same PIN code comes meanwhile: they are not placed unseen.
    join(world, Human("Late Comer", 1970, "+919906007799"), where="190001", unit="-")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.booth).counted == booth
    look(page, "placing changed")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.booth).counted == booth + 4, "all four were shown this time"
    look(page, "placing done")

    # A place in words is looked for by another name; and what was placed waits again after one click.
    go(page, "a[href*='place=Lal']")
    page.fill("main [name=q]", "Nowhere at all")
    go(page, "main form[role=search] button[type=submit]")
    page.fill("main [name=q]", "JK-B002")
    go(page, "main form[role=search] button[type=submit]")
    go(page, "a[href*='to=JK-B002']")
    go(page, "main form[method=post] button[type=submit]")
    assert world.ladder(world.next_booth).counted == 2
    join(world, Human("Latest Comer", 1970, "+919906007798"), where="190001", unit="-")
    page.goto("/people/unplaced/groups/")
    go(page, "a[href*='pin=190001']")
    assert page.locator("main ul.lines li").first.locator(".badge").count() == 1, (
        "where the others got theirs"
    )
    look(page, "placing before")

    # The office above sees who placed them, and undoes one; its own placer undoes the other.
    above = opens("/people/unplaced/groups/", "national_president", size=size, language=language)
    assert "state_president" in above.inner_text("main")
    look(above, "placing above")
    go(above, "form[action*='/people/unplaced/undo/'] button")
    page.goto("/people/unplaced/groups/")
    assert page.locator("form[action*='/people/unplaced/undo/']").count() == 1
    go(page, "form[action*='/people/unplaced/undo/'] button")
    assert page.locator("form[action*='/people/unplaced/undo/']").count() == 0
    assert page.locator("tbody tr").count() == 2
    late = {key: n - before.get(key, 0) for key, n in world.tallies().items() if before.get(key) != n}
    assert list(late.values()) == [2, 2], "the two late comers' rungs alone are new"
    assert world.tallies() == world.recounted() and world.orphans() == {}
