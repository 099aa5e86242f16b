"""Pages of a running server in a real browser, as somebody signed in or as anybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from abhiyan.core.scope import system
from abhiyan.people.models import Account
from abhiyan.ui.tests.test_browser import SIZES

Open = Callable[..., Page]
# A refused form is an answer, a field somebody is in already keeps the focus, and a test may stop a request itself.
# The last two: a later question took the place of one that was not answered yet.
NO_FAULT = (
    "status of 4",
    "Autofocus processing was blocked",
    "net::ERR_FAILED",
    "htmx:sendAbort",
    "htmx:afterRequest",
)
LINE_LOST = "net::ERR_INTERNET_DISCONNECTED"


def visits(
    chromium: Browser,
    port: int,
    who: Callable[[str], tuple[int, str]] | None = None,
    *,
    goes_offline: bool = False,
) -> Iterator[Open]:
    """Open pages by (path, role, size, language, and options of a browser context); close them at the end.

    A complaint of the browser fails the test. who: gives a role's account id and session token. Without a role the
    visitor is not signed in.
    goes_offline: the test cuts its pages off on purpose. In every other test a lost line is a fault.
    """
    no_fault = (*NO_FAULT, LINE_LOST) if goes_offline else NO_FAULT
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    base = f"http://127.0.0.1:{port}"

    def heard(message: ConsoleMessage) -> None:
        if not any(part in message.text for part in no_fault):
            complaints.append(f"{message.page and message.page.url}: {message.text}")

    def visited(path: str, role: str = "", *, size: str = "desk", language: str = "en", **more: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=base, **more)
        contexts.append(context)
        context.on("console", heard)
        context.on(
            "weberror", lambda wrong: complaints.append(f"{wrong.page and wrong.page.url}: {wrong.error}")
        )
        cookies = {"language": language}
        if role:
            assert who is not None
            account_id, cookies[settings.SESSION_COOKIE_NAME] = who(role)
            with system("test"):
                Account.objects.filter(pk=account_id).update(language=language)
        context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert complaints == [], complaints


@contextmanager
def away(page: Page) -> Iterator[None]:
    """Leave the page meanwhile, and open it again.

    A waiting page loads itself again when its work is done, and would interrupt a visit at that moment.
    """
    where = page.url
    page.goto("about:blank")
    yield
    page.goto(where)


def go(page: Page, click: str) -> None:
    """Follow a link or send a form, to the page that comes."""
    with page.expect_navigation():
        page.click(click)


def cut_at_crores(page: Page) -> int:
    """Return how many pixels of the table of units are cut off once its numbers are as long as in a large state."""
    page.evaluate(
        "document.querySelectorAll('.scroll:has(.tbl.brief) tbody td.num:not(.pct)')"
        ".forEach(each => each.firstChild.data = '12,34,567')"
    )
    table = page.locator(".scroll:has(.tbl.brief)").first
    cut: int = table.evaluate("each => each.scrollWidth - each.clientWidth")
    return cut
