"""A member's card in a browser: saved as picture and PDF, read by zbar, checked, altered, revoked."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.scanning import scanned
from abhiyan.people import actions as people
from abhiyan.people import documents
from abhiyan.people.models import Document, RevokeReason
from abhiyan.ui.tests.axe import unsound

from .make import World
from .server import Server
from .test_answers_journey import opened, own_page
from .web import web_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAYS = {
    "en": ("This card is valid", "This card is not valid"),
    "hi": ("यह कार्ड सही है", "यह कार्ड सही नहीं है"),
}
WHY = {"en": "Lost or stolen", "hi": "खो गया या चोरी हुआ"}
LOOKS = [
    ("hi", "phone"),
    *(
        pytest.param(*look, marks=pytest.mark.slow)
        for look in (("en", "desk"), ("en", "phone"), ("hi", "desk"))
    ),
]


@pytest.fixture(scope="module")
def served(django_db_setup: None) -> Iterator[Server]:
    server = Server().start(ABHIYAN_ORIGIN="http://app.example.org", ABHIYAN_ORGANISATION="Sangathan")
    yield server
    server.stop()


@pytest.fixture
def world() -> World:
    return web_world()


def saved(page: Page, link: str) -> bytes:
    with page.expect_download() as found:
        page.click(f"a[href='/me/card/{link}']")
    return Path(found.value.path()).read_bytes()


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_a_card_is_saved_read_by_zbar_checked_altered_and_revoked(
    chromium: Browser,
    served: Server,
    world: World,
    request: pytest.FixtureRequest,
    language: str,
    size: str,
) -> None:
    valid, not_valid = SAYS[language]

    def look(page: Page, name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if request.node.get_closest_marker("slow"):
            assert unsound(page, f"{name}-{language}-{size}") == []

    world.web_join(of=world.asha)
    page = opened(chromium, served, "/me/", language, size)
    own_page(page, world.asha)
    page.click("a[href='/me/card/']")
    page.wait_for_selector(".card svg.qr")
    look(page, "card")
    assert saved(page, "card.pdf").startswith(b"%PDF-")
    (address,) = scanned(saved(page, "card.png"))
    assert scanned(page.locator(".card svg.qr").screenshot()) == [address]

    path = urlsplit(address).path
    anybody = opened(chromium, served, path, language, size)
    assert valid in anybody.locator("h1").inner_text()
    assert "A. D." in anybody.locator("main").inner_text() and "Asha" not in anybody.content()
    look(anybody, "card-valid")
    altered = path[:12] + ("b" if path[12] != "b" else "c") + path[13:]
    anybody.goto(altered)
    assert not_valid in anybody.locator("h1").inner_text()
    look(anybody, "card-not-valid")
    refused = anybody.locator("main").inner_text()

    with system("an office revokes it"):
        lost, about = Document.objects.values_list("id", "about").get()
        people.revoke_documents(
            about=[about], reason=RevokeReason.LOST, by=Actor.system("test"), at=world.now
        )
    anybody.goto(path)
    assert anybody.locator("main").inner_text() == refused, "revoked is said as altered is"
    page.reload()
    page.wait_for_selector(".card svg.qr")
    assert scanned(saved(page, "card.png")) != [address], "the member has a new one"

    page.goto("/me/")
    page.wait_for_selector("h2")
    listed = page.locator("main li", has_text=WHY[language])
    assert listed.count() == 1, "the lost card; the new one is valid"
    assert documents.number(lost) in listed.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
