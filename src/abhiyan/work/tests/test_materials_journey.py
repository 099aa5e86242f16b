"""A file for workers in a browser: added by the state, opened by a booth worker, replaced, withdrawn, brought back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.work.rules.materials import LARGEST

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FIRST, SECOND = (b"%PDF-1.7 leaflet " + word + b" %%EOF" for word in (b"one", b"two"))


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(
        ABHIYAN_ORIGIN="http://localhost",
        ABHIYAN_ORGANISATION="Sangathan",
    )
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def choose(page: Page, data: bytes, name: str = "leaflet.pdf") -> None:
    given: Any = {"name": name, "mimeType": "application/pdf", "buffer": data}
    page.set_input_files("input[type=file]", given)


def downloaded(page: Page) -> tuple[str, bytes]:
    with page.expect_download() as sent:
        page.click("main a[href$='/1/'], main a[href$='/2/']")
    return sent.value.suggested_filename, Path(sent.value.path()).read_bytes()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_file_is_added_opened_replaced_withdrawn_and_brought_back(
    visit: Open, look: Look, cast: Cast, size: str, language: str, tmp_path: Path
) -> None:
    programme = f"/programmes/{cast.world.programme.public_id}/"
    state = visit(programme, "state_president", size=size, language=language)
    go(state, "main a[href*='/materials/']")
    look(state, "materials no file yet")
    go(state, "main a[href*='/materials/new/']")
    state.fill("[name=name_hi]", "बूथ का पर्चा")
    state.fill("[name=name_en]", "Booth leaflet")
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    state.set_input_files("input[type=file]", large)
    state.click("form[data-most] [type=submit]")
    assert "20" in state.locator("input[type=file]").evaluate("one => one.validationMessage")
    choose(state, b"<html><script>alert(1)</script></html>")
    go(state, "form[data-most] [type=submit]")
    expect(state.locator("input[type=file][aria-invalid=true]")).to_have_count(1)
    look(state, "materials html named pdf")
    choose(state, FIRST)
    go(state, "form[data-most] [type=submit]")
    page_of_file = state.url
    look(state, "materials added")

    worker = visit("/field/", "booth_worker", size=size, language=language)
    look(worker, "materials the worker's page")
    go(worker, "a[href='/programmes/materials/']")
    look(worker, "materials the worker's files")
    name = "बूथ का पर्चा.pdf" if language == "hi" else "Booth leaflet.pdf"
    assert downloaded(worker) == (name, FIRST)

    state.goto(page_of_file)
    expect(state.locator("main table").first.locator("tbody tr")).to_have_count(1)
    choose(state, FIRST)
    go(state, "form[data-most] [type=submit]")
    expect(state.locator("input[type=file][aria-invalid=true]")).to_have_count(1)
    choose(state, SECOND)
    go(state, "form[data-most] [type=submit]")
    look(state, "materials second version")
    worker.reload()
    assert downloaded(worker) == (name, SECOND)

    state.fill("[name=reason]", "फ़ोन नंबर ग़लत छपा है")
    go(state, "form[action$='/withdraw/'] [type=submit]")
    look(state, "materials withdrawn")
    worker.reload()
    assert worker.locator("main table tbody tr").count() == 0
    look(worker, "materials nothing any more")
    go(state, "form[action$='/bring-back/'] [type=submit]")
    worker.reload()
    assert worker.locator("main table tbody tr").count() == 1
