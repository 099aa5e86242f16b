"""Slides in a browser: made and downloaded, the link opened by another, the template replaced, sent and opened."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pptx import Presentation

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.review.actions.decks import tell_due
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.slides.layouts import house
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .test_slides import figures, slides

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FINDING = {"en": "63 counted", "hi": "63 गिने गए"}
ROUNDED = {"en": "Rounded to 10.", "hi": "पूरी दहाइयों में।"}
SUBMIT = "main form[method=post] button[type=submit]"


@pytest.fixture
def cast() -> Cast:
    cast = Cast.make(own=24, foreign=37)
    for unit, target in (("JK", 900), ("JK-SRI", 600), ("JK-JAM", 300)):
        cast.target(unit, target)
    cast.fold()
    return cast


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(
        ABHIYAN_ORIGIN="http://localhost",
        ABHIYAN_ORGANISATION="Sangathan",
    )
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def download(page: Page, ending: str) -> bytes:
    with page.expect_download() as found:
        page.click(f"main a[href$='/file/{ending}/']")
    assert found.value.suggested_filename.endswith(f".{ending}")
    return Path(found.value.path()).read_bytes()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_slides_are_made_passed_on_put_into_another_template_and_sent(
    visit: Open, look: Look, cast: Cast, size: str, language: str, tmp_path: Path
) -> None:
    state = visit("/units/JK/", "state_president", size=size, language=language)
    go(state, "main a[href^='/review/slides/new/']")
    assert state.is_checked(f"[name=language][value={language}]")
    look(state, "slides new")
    go(state, SUBMIT)
    state.wait_for_url("**/review/slides/*-*/")
    link = state.url
    assert FINDING[language] in state.inner_text("main")
    look(state, "slides made")
    mine = download(state, "pptx")
    assert FINDING[language] in slides(mine)[0][0] and 63 in figures(mine)
    assert download(state, "pdf").startswith(b"%PDF")
    assert state.inner_text("#address").endswith(link.partition("/review/")[2])

    path_of_deck = "/review/" + link.partition("/review/")[2]
    other = visit(path_of_deck, "district_elsewhere", size=size, language=language)
    look(other, "slides of another")
    theirs = download(other, "pptx")
    assert ROUNDED[language] in slides(theirs)[0][1]
    assert 63 not in figures(theirs) and all(n % 10 == 0 for n in figures(theirs))

    nation = visit("/review/slides/template/", "national_president", size=size, language=language)
    look(nation, "slides template of the house")
    ours = Presentation(io.BytesIO(house("#7a1f1f")))
    for layout in ours.slide_layouts:
        layout.element.cSld.set("name", f"Ours {layout.name}")
    path = tmp_path / "ours.pptx"
    ours.save(str(path))
    bad = tmp_path / "bad.pptx"
    bad.write_bytes(b"no template")
    nation.set_input_files("[name=file]", bad)
    go(nation, "main form[enctype] button[type=submit]")
    look(nation, "slides template refused")
    nation.set_input_files("[name=file]", path)
    go(nation, "main form[enctype] button[type=submit]")
    look(nation, "slides template of ours")
    names = {slide.slide_layout.name for slide in Presentation(io.BytesIO(download(state, "pptx"))).slides}
    assert names == {"Ours Title Slide", "Ours Title Only"}

    go(state, "main a[href$='/schedule/']")
    state.check("[name=every][value=week]")
    seat = state.locator("[name=seats][value$='-district_in_charge']").first
    seat.check()
    who = seat.locator("xpath=..").inner_text()
    look(state, "slides schedule")
    go(state, SUBMIT)
    look(state, "slides scheduled")

    with system("test"):
        assert tell_due(at=NOW + timedelta(days=8)) == 1
    chosen = "district_in_charge" if "Srinagar" in who or "श्रीनगर" in who else "district_elsewhere"
    today = visit("/", chosen, size=size, language=language)
    look(today, "slides today")
    came = "main .owed a[href^='/review/slides/']"
    assert path_of_deck not in str(today.get_attribute(came, "href")), "the schedule makes new slides"
    go(today, came)
    today.goto("/")
    assert today.locator(came).count() == 0
