"""Pages of a running server in a real browser, as somebody signed in or as anybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from abhiyan.core.scope import system
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.people.models import Account
from abhiyan.ui.tests.test_browser import SIZES

Open = Callable[..., Page]
# A refused form is an answer, a field somebody is in already keeps the focus, and a line is cut by the test itself.
# The last two: a later question took the place of one that was not answered yet.
NO_FAULT = (
    "status of 4",
    "Autofocus processing was blocked",
    "net::ERR_FAILED",
    "net::ERR_INTERNET_DISCONNECTED",
    "htmx:sendAbort",
    "htmx:afterRequest",
)


def visits(
    chromium: Browser, port: int, who: Callable[[str], tuple[int, str]] | None = None
) -> Iterator[Open]:
    """Opens pages: (path, role, size, language, and what a browser context takes) -> the page; closes them at the end.
    What the browser complained of fails the test.

    who: of a role, the account's id and a session's token. Without a role, nobody is signed in.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    base = f"http://127.0.0.1:{port}"

    def heard(message: ConsoleMessage) -> None:
        if not any(part in message.text for part in NO_FAULT):
            complaints.append(f"{message.page and message.page.url}: {message.text}")

    def visited(path: str, role: str = "", *, size: str = "desk", language: str = "en", **more: Any) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=base, **more)
        context.set_default_timeout(PATIENCE_S * 1000)
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
    """Meanwhile nobody looks at the page, and then it is opened again: a page that waits loads itself anew when what it
    waits for is done, and would cut short whoever opens it at that moment."""
    where = page.url
    page.goto("about:blank")
    yield
    page.goto(where)


def go(page: Page, click: str) -> None:
    """Follow a link or send a form, to the page that comes."""
    with page.expect_navigation():
        page.click(click)
