"""Pages of a running server in a real browser, as somebody signed in."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from abhiyan.core.scope import system
from abhiyan.people.models import Account
from abhiyan.ui.tests.test_browser import SIZES

Open = Callable[..., Page]


def visits(chromium: Browser, port: int, who: Callable[[str], tuple[int, str]]) -> Iterator[Open]:
    """Opens pages: (path, role, size, language, and what a browser context takes) -> the page; closes them at the end.

    who: of a role, the account's id and a session's token.
    """
    contexts: list[BrowserContext] = []
    base = f"http://127.0.0.1:{port}"

    def visited(path: str, role: str = "", *, size: str = "desk", language: str = "en", **more: Any) -> Page:
        account_id, token = who(role)
        with system("test"):
            Account.objects.filter(pk=account_id).update(language=language)
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=base, **more)
        contexts.append(context)
        context.add_cookies(
            [
                {"name": "language", "value": language, "url": base},
                {"name": settings.SESSION_COOKIE_NAME, "value": token, "url": base},
            ]
        )
        page = context.new_page()
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
