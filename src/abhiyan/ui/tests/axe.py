"""Find what axe-core reports on a page in a real browser, in light and in dark."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from abhiyan.ui import build

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: dict[str, object] = {
    "light": RULES,
    # Only colours differ in the dark: the two rules that look at them.
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
# Only what fails comes back: the nodes of every rule that holds would be megabytes.
RUN = """async only => {
    const told = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
    return told.violations.map(each => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
}"""
# Links and tiles of every page that a thumb must hit: 44 px high at least.
SMALL = """() => innerWidth > 640 ? [] : [...document.querySelectorAll('.helpline a, .tiles a, .part .next')]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
    .map((one) => `${one.textContent.trim()}: ${one.getBoundingClientRect().height} px high`)"""
WIDE = "document.documentElement.scrollWidth - innerWidth"
Look = Callable[[Page, str], None]  # the fixture `look`
SOURCE = (build.PACKAGES / "axe-core" / "axe.min.js").read_text()


def unsound(page: Page, where: str) -> list[str]:
    """Return what is wrong with the page shown, one line each: violations in light and dark, and parts that stick out
    sideways.

    Args:
        page: loaded; left in light.
        where: what the lines and the pictures are named by. With ABHIYAN_SHOTS (a folder) pictures are kept.
    """
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")  # a bar that stays in sight covers other things further down, by chance
    if not page.evaluate("'axe' in window"):
        page.add_init_script(SOURCE)  # the pages after this one bring it with them
        page.evaluate(SOURCE)
    found: list[str] = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        _keep(page, f"{where}-{scheme}")
        found += [f"{where} {scheme}: {told}" for told in page.evaluate(RUN, SCHEMES[scheme])]
    return found + _too_wide(page, where)


def seen(page: Page, where: str, *, closely: bool) -> None:
    """Assert that the page shown is sound; not closely, no more than that nothing of it stands out sideways."""
    if not closely:
        _keep(page, where)
    found = unsound(page, where) if closely else _too_wide(page, where)
    assert not found, found


def _too_wide(page: Page, where: str) -> list[str]:
    wide = page.evaluate(WIDE)
    small = [f"{where}: {told}" for told in page.evaluate(SMALL)]
    return small + ([f"{where}: {wide} px too wide"] if wide > 0 else [])


def _keep(page: Page, where: str) -> None:
    if shots := os.environ.get("ABHIYAN_SHOTS"):
        Path(shots).mkdir(parents=True, exist_ok=True)
        name = re.sub("[^a-z0-9]+", "-", where.lower()).strip("-")
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)
