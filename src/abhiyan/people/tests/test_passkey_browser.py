"""A passkey in a real Chromium with a virtual authenticator: made after the code, shown at the next sign-in."""

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings as known
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from playwright.sync_api import Browser, Page

from abhiyan.core.tests.given import NOW
from abhiyan.people.actions import sessions

from .make import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_what: Any) -> None:
        pass


@pytest.fixture
def tokens() -> list[str]:
    """Two browsers of Asha's that have shown her phone's code and the handed-over word, and nothing more."""
    world = World()
    return [
        sessions.start(
            account_id=world.account.pk,
            phone_id=world.account.phone_id,
            device="",
            origin="",
            at=NOW,
            data={"handed": True},
        ).token
        for _each in range(2)
    ]


@pytest.fixture
def origin(tokens: list[str], settings: Any) -> Iterator[str]:
    settings.STORAGES = {
        **known.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }

    def answer(environ: dict[str, Any], start: Any) -> Any:
        try:
            return handler(environ, start)
        finally:
            connections.close_all()

    handler = StaticFilesHandler(WSGIHandler())
    with make_server("127.0.0.1", 0, answer, handler_class=Quiet) as server:
        settings.ORIGIN = f"http://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield settings.ORIGIN
        server.shutdown()
        thread.join()


@pytest.fixture
def page(chromium: Browser, origin: str) -> Iterator[Page]:
    """A page on a device that verifies its holder without asking."""
    context = chromium.new_context(locale="en-IN")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def arrive(page: Page, origin: str, token: str) -> None:
    page.context.clear_cookies()
    page.context.add_cookies([{"name": known.SESSION_COOKIE_NAME, "value": token, "url": origin}])
    page.goto(f"{origin}/sign-in/second/")


def test_a_passkey_is_made_after_the_code_and_shown_at_the_next_sign_in(
    page: Page, origin: str, tokens: list[str]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    arrive(page, origin, tokens[0])
    page.get_by_role("button", name="Passkey on this device").or_(
        page.get_by_role("link", name="Passkey on this device")
    ).click()
    page.get_by_role("textbox", name="Name").fill("my laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto(f"{origin}/account/")
    assert page.get_by_role("textbox", name="Name").first.input_value() == "my laptop"

    arrive(page, origin, tokens[1])
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto(f"{origin}/account/")
    page.get_by_role("heading", name="Asha Devi").wait_for()
    assert complaints == []
