"""A member's card in a browser: saved as picture and PDF, read by zbar, checked, altered by one byte, revoked."""

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.imports.tests.scanning import drawn, scanned
from abhiyan.people import documents
from abhiyan.people.models import Document
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .server import Server
from .test_answers_journey import own_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAYS = {
    "en": ("Member card: valid", "This code is not valid", "Lost or stolen"),
    "hi": ("सदस्यता कार्ड सही है", "यह कोड सही नहीं है", "खो गया या चोरी हुआ"),
}


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def saved(page: Page, link: str) -> bytes:
    with page.expect_download() as found:
        page.click(f"a[href='/me/card/{link}']")
    return Path(found.value.path()).read_bytes()


def redrawn(address: str, at: int) -> str:
    """Return zbar's reading of a code drawn again with the case of one letter flipped, or a digit's lowest bit."""
    flipped = chr(ord(address[at]) ^ (0x20 if address[at].isalpha() else 1))
    made = io.BytesIO()
    segno.make_qr(address[:at] + flipped + address[at + 1 :]).save(made, kind="png", scale=6)
    (read,) = scanned(made.getvalue())
    assert sum(a != b for a, b in zip(read, address, strict=True)) == 1
    return urlsplit(read).path


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_card_is_saved_read_by_zbar_checked_altered_and_revoked(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    valid, not_valid, why = SAYS[language]
    page = opens("/me/", size=size, language=language)
    own_page(page, Cast.own_member)
    page.click("a[href='/me/card/']")
    page.wait_for_selector(".card svg.qr")
    look(page, "card")
    (address,) = scanned(saved(page, "card.png"))
    assert scanned(page.locator(".card svg.qr").screenshot()) == [address]
    (printed,) = drawn(saved(page, "card.pdf"))
    assert scanned(printed) == [address]

    path = urlsplit(address).path
    anybody = opens(path, size=size, language=language)
    assert valid in anybody.locator("h1").inner_text()
    assert "A. D." in anybody.inner_text("main") and "Asha" not in anybody.content()
    look(anybody, "card-valid")
    anybody.goto(redrawn(address, len(address) - 12))
    assert not_valid in anybody.locator("h1").inner_text()
    look(anybody, "card-not-valid")
    refused = anybody.locator("main").inner_text()

    with system("test"):
        lost, about = Document.objects.filter(person_id__isnull=False).values_list("id", "about").get()
    officer = opens(f"/people/{about}/", "mandal_president", size=size, language=language)
    go(officer, f"a[href='/people/{about}/card/revoke/']")
    look(officer, "card-revoke")
    officer.check("[name=reason][value=lost]")
    officer.click("button.danger")
    officer.wait_for_url(f"**/people/{about}/")
    assert why in officer.inner_text("main")
    anybody.goto(path)
    assert anybody.locator("main").inner_text() == refused, "revoked is said as altered is"
    page.reload()
    page.wait_for_selector(".card svg.qr")
    assert scanned(saved(page, "card.png")) != [address], "the member has a new one"

    go(page, "form[action='/me/card/paper/'] button")
    officer.goto("/people/cards/")
    assert "Asha" in officer.inner_text("main")
    look(officer, "cards-to-print")
    with officer.expect_download() as made:
        officer.click("main form[method=post] button[type=submit]")
    (sheet,) = drawn(Path(made.value.path()).read_bytes())
    assert len(scanned(sheet)) == 1

    go(page, "a[href='/me/card/new/']")
    look(page, "card-lost")
    go(page, "form[data-asks] button[type=submit]")
    page.wait_for_selector(".card svg.qr")
    assert scanned(saved(page, "card.png")) != scanned(sheet), "the printed card is not valid any more"
    anybody.goto(urlsplit(scanned(sheet)[0]).path)
    assert not_valid in anybody.locator("h1").inner_text()

    page.goto("/me/")
    page.wait_for_selector("h2")
    listed = page.locator("main li", has_text=why)
    assert listed.count() == 2, "the lost cards; the new one is valid"
    assert documents.number_of_document(lost) in listed.first.inner_text() + listed.last.inner_text()
