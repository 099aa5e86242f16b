"""Each word of the bar fits a fifth of the narrowest phone, in every language that the screens speak."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from playwright.sync_api import Browser

from abhiyan.core.languages import OWN
from abhiyan.enrolment.tests.server import Server
from abhiyan.pages.menu import entries
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.navigation import PARTS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Writes each word into the first place of the bar. A word that is wider than its place lies over the next one.
WIDER = """labels => {
    const place = document.querySelector('.top nav > ul > li');
    const link = place.querySelector('a');
    const text = [...link.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim()).pop();
    const range = document.createRange();
    range.selectNodeContents(link);
    return labels.filter(label => {
        text.data = label;
        return range.getBoundingClientRect().width > place.getBoundingClientRect().width;
    });
}"""


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.mark.parametrize("language", OWN)
def test_every_word_that_may_stand_in_the_bar_fits_its_place(opens: Open, language: str) -> None:
    page = opens("/today/", "booth_worker", size="phone", language=language)
    assert page.locator(".top nav > ul > li").count() == 5
    with translation.override(language):
        labels = [str(entry.short or entry.label) for entry in entries() if entry.place]
        labels += [str(label) for label, _icon in PARTS.values()]
    assert len(labels) > 10
    assert page.evaluate(WIDER, [*labels, "Denied entries of many people"]) == [
        "Denied entries of many people"
    ]
