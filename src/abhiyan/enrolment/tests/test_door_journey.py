"""A worker's hour at the doors, in a browser: one place, one person after the other, codes late and on time."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.enrolment.models import Drive
from abhiyan.messaging.models import Number
from abhiyan.people import actions as people
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import SIZES

from .make import CHANNEL, Human, Ladder, World
from .server import Server
from .web import code_sent, officer, web_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = [
    ("hi", "phone"),
    *(
        pytest.param(*look, marks=pytest.mark.slow)
        for look in (("en", "phone"), ("hi", "desk"), ("en", "desk"))
    ),
]
STREET = [
    Human(f"{name} Devi", 1960 + n, f"+91990600770{n}") for n, name in enumerate(("Kamla", "Sita", "Meera"))
]


@pytest.fixture(scope="module")
def served(django_db_setup: None) -> Iterator[Server]:
    server = Server().start(
        ABHIYAN_ORIGIN="http://app.example.org", ABHIYAN_ORGANISATION="Sangathan", ABHIYAN_SMS="file"
    )
    yield server
    server.stop()


@pytest.fixture
def world() -> World:
    made = web_world()
    with system("test"):
        version = people.publish_notice(code="membership", texts=SAMPLE, by=CHANNEL, at=made.now)
        Drive.objects.update(notice_version=version)
        Number.objects.create(
            number="+911800000001", meaning="join", provider="generic", programme_id=made.programme.pk
        )
    return made


def write(page: Page, human: Human, how: str) -> None:
    expect(page.locator("[name=phone]")).to_be_focused()  # a page focuses it once it is drawn
    page.keyboard.type(human.phone.removeprefix("+91"))
    page.fill("[name=name]", human.name)
    page.fill("[name=birth_year]", str(human.birth_year))
    page.check("[name=heard]")
    page.click(f"button[name={how}]")
    page.wait_for_url("**/field/*-*/")


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_a_workers_hour_at_the_doors(
    chromium: Browser, served: Server, world: World, language: str, size: str
) -> None:
    cookie = officer(world, "booth_worker", "JK-B001").cookies[settings.SESSION_COOKIE_NAME].value
    width, height = SIZES[size]
    here = f"http://127.0.0.1:{served.port}"
    context = chromium.new_context(viewport={"width": width, "height": height}, base_url=here)
    context.add_cookies(
        [
            {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": here},
            {"name": "language", "value": language, "url": here},
        ]
    )
    page = context.new_page()
    page.goto("/")
    page.click("a[href^='/field/']")
    page.wait_for_url("**/field/?unit=JK-B001")
    kamla, sita, meera = STREET
    page.click("summary")
    page.wait_for_selector("#notice-title")
    found = unsound(page, f"door-form-{language}-{size}")
    page.click("summary")
    page.focus("[name=phone]")
    write(page, kamla, "send")
    found += unsound(page, f"door-phone-{language}-{size}")
    late = page.url
    page.click("a.button[href^='/field/?']")  # her SMS is late: on to the next
    write(page, sita, "send")
    page.fill("[name=code]", code_sent(kamla.phone, "door"))
    page.click("form:has([name=code]) button")
    page.wait_for_selector(".err")
    page.fill("[name=code]", code_sent(sita.phone, "door"))
    page.click("form:has([name=code]) button")
    page.wait_for_url("**/field/?unit=JK-B001")
    assert page.input_value("[name=phone]") == "" and page.locator(".told .ok").count() == 1
    write(page, meera, "call")
    assert "1800000001" in page.inner_text("main")
    world.missed_call(of=meera)
    page.goto(late)
    page.fill("[name=code]", code_sent(kamla.phone, "door"))
    page.click("form:has([name=code]) button")
    page.wait_for_url("**/field/?unit=JK-B001")
    found += unsound(page, f"door-next-{language}-{size}")
    assert world.ladder(world.booth) == Ladder(reported=4, counted=3)
    page.fill("[name=q]", "Meera")
    page.press("[name=q]", "Enter")
    page.wait_for_url("**q=Meera**")
    assert page.locator("a[href^='/people/']").count() == 1
    found += unsound(page, f"door-search-{language}-{size}")
    page.goto("/")
    page.click("a[href*='/my-link/']")
    page.wait_for_url("**/my-link/?unit=JK-B001")
    page.click("main form button")
    page.wait_for_selector("main svg.qr")
    assert page.locator("a[href*='/poster/hi/'][href*='unit=JK-B001']").count() == 1
    found += unsound(page, f"door-link-{language}-{size}")
    context.close()
    assert found == []
