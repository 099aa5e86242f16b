"""A reviewer reads the dossier of a unit in the browser, from its page; on screen and as it is printed."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.verification.models import Frame
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.verification.tests.test_journey import opens, served
from abhiyan.verification.tests.test_ladder import checked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["checked", "opens", "served"]  # fixtures


@pytest.fixture
def cast() -> Cast:
    return two_districts()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_reviewer_goes_from_a_unit_to_its_dossier(
    opens: Open, look: Look, cast: Cast, checked: Frame, size: str, language: str
) -> None:
    cast.target("JK", 250)
    page = opens("/units/JK/", "state_president", size=size, language=language)
    go(page, "a[href='/review/dossier/JK/']")
    page.wait_for_url("**/review/dossier/JK/")
    assert page.locator("main .hundred .wh").count() >= 1
    look(page, "dossier")
    shot(page, f"dossier-{size}-{language}")
    go(page, "main table a[href*='/beside/']")
    assert page.locator("main svg circle.pt").count() >= 1
    look(page, "beside")
    shot(page, f"beside-{size}-{language}")


def shot(page: Page, name: str) -> None:
    """Pictures of a page and of how it is printed, where somebody asked for them."""
    if folder := os.environ.get("ABHIYAN_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
        page.pdf(path=str(Path(folder) / f"{name}.pdf"), format="A4")
