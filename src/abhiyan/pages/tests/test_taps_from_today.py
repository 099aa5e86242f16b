"""Each leading role finds five answers on Today of a phone, within one screen of scrolling.

The units behind and the truth need no tap. A call, the message to pass on and the first act need one.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from abhiyan.enrolment.tests.server import Server
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.rules.offices import SEATS
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.site.tests.cast import MORE_OFFICES, OFFICES, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.test_browser import SIZES
from abhiyan.units.models import Unit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REACH = 2 * SIZES["phone"][1]  # the first screen, and one of scrolling
OWED = ("state", "district", "mandal", "cluster", "booth")  # kinds of the drive's tree

# The cast has leaders in one mandal, one booth and one segment. These units get one too.
LED = {"mandal_president": ("JK-SRI-M2", "JK-JAM-M1"), "booth_president": ("JK-B002", "JK-B003", "JK-B004")}
NO_WORK = "आज कोई काम नहीं"
CALL = "a[href*='/bearers/']"
LEADING = {seat.code for seat in SEATS if LEADS in seat.capabilities}


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made.everybody()
    for office, codes in LED.items():
        for code in codes:
            made._seat(f"{office} {code}", office, code, 1)
    for code in ("JK-AC19", "JK-AC20"):
        made._seat(f"segment_in_charge {code}", "segment_in_charge", code, 2)
    for code, unit in made.world.units.items():
        if code.startswith("JK") and unit.kind in OWED:
            made.target(code, 20_000)
    made.fold()
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def leading(cast: Cast) -> dict[str, Unit]:
    """The roles that lead units which look after other units, each with its unit; of the state where a drive runs."""
    return {
        role: unit
        for role, (office, code, _tree) in (OFFICES | MORE_OFFICES).items()
        if office in LEADING and code != "HP" and LOOKS_AFTER.get((unit := cast.world.units[code]).kind)
    }


def is_in_reach(one: Locator) -> bool:
    """True if a thumb gets to all of it by one screen of scrolling."""
    box = one.bounding_box() if one.count() and one.is_visible() else None
    return box is not None and box["y"] + box["height"] <= REACH


def answers(page: Page) -> dict[str, bool]:
    """Look for each of the five answers on Today, and follow the taps."""
    called = page.locator("#main .lines li").filter(has=page.locator(CALL)).first
    pinned = page.locator("section[aria-labelledby=pinned]")
    seen = {
        "who is behind": is_in_reach(called.locator("a[href*='/units/']").first),
        "whom to call": is_in_reach(called.locator(CALL)),
        "what is true": is_in_reach(pinned.locator("p.small").first),
        "what to pass on": is_in_reach(page.locator("#main a[href$='/morning/']").first),
        "the first act": is_in_reach(page.locator(f"#main .owed .act, #main h2:text('{NO_WORK}')").first),
    }
    if seen["whom to call"]:
        called.locator(CALL).click()
        expect(page.locator("dialog#sheet h1")).to_be_focused()
        page.keyboard.press("Escape")
    if seen["what to pass on"]:
        go(page, "#main a[href$='/morning/'] >> nth=0")
        seen["what to pass on"] = is_in_reach(page.locator("#main a[href^='https://wa.me/']"))
    return seen


@pytest.mark.parametrize("language", ["hi"])
def test_each_leading_role_has_five_answers_within_a_screen_of_scrolling(
    opens: Open, cast: Cast, language: str
) -> None:
    missing = {}
    for role in leading(cast):
        page = opens("/", role, size="phone", language=language)
        legends = page.locator("#main .legend").count()
        if lacks := [what for what, is_there in answers(page).items() if not is_there]:
            missing[role] = lacks
        assert legends == 1, "one legend says what the bar is"
        page.context.close()
    assert missing == {}
