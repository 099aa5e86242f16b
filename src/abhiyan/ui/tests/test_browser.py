"""The kit in a real browser: under the strict policy, without violations of WCAG, by keyboard alone."""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from playwright.sync_api import Browser, Page, expect

from abhiyan.ui.tests.axe import unsound

pytestmark = pytest.mark.browser

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
SIZES = {"phone": (360, 740), "desk": (1366, 768)}
# Each size in each language. `make long` looks at all four. `make test` looks at one page in two of them. A long way
# (with the mouse, as most go) has one, and so has every page one after another (narrow, in the longer language).
SLOW = pytest.mark.slow
LOOKS = [
    ("phone", "hi"),
    ("desk", "en"),
    pytest.param("phone", "en", marks=SLOW),
    pytest.param("desk", "hi", marks=SLOW),
]
JOURNEY_LOOKS = [("desk", "en"), pytest.param("phone", "hi", marks=SLOW), *LOOKS[2:]]
PAGE_LOOKS = [("phone", "hi"), pytest.param("desk", "en", marks=SLOW), *LOOKS[2:]]


def strict(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


class Quiet(WSGIRequestHandler):
    def log_message(self, *_what: Any) -> None:
        pass


@pytest.fixture
def address(look_alone: None, settings: Any) -> Iterator[str]:
    settings.MIDDLEWARE = ["abhiyan.ui.tests.test_browser.strict", *settings.MIDDLEWARE]
    with make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the look; what the browser complained of fails the test."""
    complaints: list[str] = []
    contexts = []

    def visited(path: str = "/ui/kit/", size: str = "desk", language: str = "en", **options: Any) -> Page:
        width, height = SIZES.get(size, (320, 640))
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            extra_http_headers={"Accept-Language": language},
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        page.evaluate("document.fonts.ready")
        return page

    yield visited
    for context in contexts:
        context.close()
    assert complaints == []


def overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_the_kit_has_no_violation(visit: Callable[..., Page], size: str, language: str) -> None:
    assert unsound(visit(size=size, language=language), f"kit-{size}-{language}") == []


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_kit_flows_into_320_pixels(visit: Callable[..., Page], language: str) -> None:
    assert overflow(visit(size="narrow", language=language)) <= 0


def press(page: Page, *keys: tuple[str, str]) -> None:
    """Press keys one right after the other, however slow the machine is: "g" is forgotten after 1.5 seconds."""
    page.evaluate(
        "keys => keys.forEach(([key, code]) => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key, code, bubbles: true})))",
        keys,
    )


def test_everything_but_sums_of_numbers_is_reached_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("?gu")
    assert page.evaluate("document.activeElement.value") == "?gu"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.evaluate("document.getElementById('help').open")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.evaluate("document.querySelector('[data-go=u]').href = '#units'")
    press(page, ("g", "KeyG"), ("u", "KeyU"))
    expect(page).to_have_url(re.compile("#units$"))


def test_a_devanagari_keyboard_goes_by_the_place_of_its_keys(visit: Callable[..., Page]) -> None:
    page = visit(language="hi")
    page.evaluate("document.querySelector('[data-go=u]').href = '#units'")
    press(page, ("ि", "KeyG"), ("ह", "KeyU"))
    expect(page).to_have_url(re.compile("#units$"))


def test_a_chosen_theme_is_kept_in_this_browser_and_in_no_cookie(visit: Callable[..., Page]) -> None:
    page = visit(color_scheme="light")
    page.click(".top > .row details.menu summary")
    page.click("[data-theme-to=dark]")
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.get_attribute("[data-theme-to=dark]", "aria-pressed") == "true"
    assert "theme" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_menu_closes_on_escape_and_gives_the_focus_back(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click(".top > .row details.menu summary")
    page.keyboard.press("Escape")
    assert page.get_attribute(".top > .row details.menu", "open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_form_is_sent_once(visit: Callable[..., Page]) -> None:
    page = visit()
    sent = page.evaluate(
        """() => {
            let sent = 0;
            addEventListener("submit", (event) => { sent += !event.defaultPrevented; event.preventDefault(); });
            const form = document.querySelector("form[data-once]");
            for (let press = 0; press < 3; press++) form.requestSubmit();
            return sent;
        }"""
    )
    assert sent == 1


def test_a_definition_opens_at_a_press(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click(".term >> nth=0")
    expect(page.locator("#ladder-1-reported")).to_be_visible()


def test_a_dialog_opens_and_closes(visit: Callable[..., Page]) -> None:
    page = visit()
    page.click("#main [data-opens=help]")
    assert page.evaluate("document.getElementById('help').open")
    page.click("#help [data-closes]")
    expect(page.locator("#help")).to_be_hidden()


# A link that takes focus can be seen: neither clipped away nor without a size.
UNSEEN = """() => [...document.querySelectorAll('.tbl.cards thead a')].filter((a) => {
  const box = a.getBoundingClientRect();
  const heads = [...a.closest('table').querySelectorAll('thead, thead *')].filter((one) => one.contains(a));
  const clipped = heads.some((one) => getComputedStyle(one).clipPath !== 'none');
  return a.checkVisibility() && (clipped || box.width < 24 || box.height < 24);
}).length"""


# How large the smallest linked number of a table is, its last one read as one digit; and by how much the table is
# taller for it.
LINKED = """() => {
  const links = [...document.querySelectorAll('.tbl td.num a')];
  links.at(-1).textContent = '1';
  const table = links[0].closest('table');
  const boxes = links.map((a) => a.getBoundingClientRect());
  const tall = table.offsetHeight;
  for (const a of links) Object.assign(a.style, {padding: 0, margin: 0});
  const smallest = (side) => Math.min(...boxes.map((box) => box[side]));
  return {width: smallest('width'), height: smallest('height'), taller: tall - table.offsetHeight};
}"""


@pytest.mark.parametrize(("size", "least"), [("phone", 44), ("desk", 24)])
def test_a_linked_number_of_a_table_is_large_enough_to_hit_and_makes_no_row_taller(
    visit: Callable[..., Page], size: str, least: int
) -> None:
    found = visit(size=size, language="hi").evaluate(LINKED)
    assert found["width"] >= least and found["height"] >= least, found
    assert found["taller"] <= 0


@pytest.mark.parametrize("language", [pytest.param("en", marks=SLOW), "hi"])
def test_on_a_phone_a_table_is_sorted_by_links_that_are_seen(
    visit: Callable[..., Page], language: str
) -> None:
    page = visit(size="phone", language=language)
    assert page.evaluate(UNSEEN) == 0
    first = page.locator(".tbl.cards thead a").first
    label = first.evaluate("(a) => getComputedStyle(a.parentElement, '::before').content")
    assert label == {"en": '"Sort:"', "hi": '"क्रम:"'}[language]
    first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=**")
    assert page.locator(".tbl.cards thead [aria-sort]").count() >= 1
    assert unsound(page, f"sorted-phone-{language}") == []
