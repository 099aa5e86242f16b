"""A booth worker's first day, on a phone in Hindi: few taps from the SMS of her appointment to her first person."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import code_sent
from abhiyan.intake.tests.test_welcome import gone
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_TAPS = 12
SUNITA, KAMLA = "+919906112288", Human("Kamla Devi", 1960, "+919906007700")


@dataclass
class Thumb:
    """Taps on a page, and counts them. Typing is no tap; bringing the cursor into a field is one."""

    page: Page
    taps: list[str] = field(default_factory=list)

    def tap(self, what: str) -> None:
        self.taps.append(f"{self.page.url.partition('?')[0]}: {what}")
        self.page.click(what)

    def go(self, what: str, where: str) -> None:
        """Tap what leads to a page, or to a part of this one; where: a pattern of its address."""
        self.tap(what)
        self.page.wait_for_url(re.compile(where))

    def type(self, where: str, words: str, *, has_cursor: bool = False) -> None:
        """has_cursor: the page has brought the cursor there, or must."""
        if has_cursor:
            expect(self.page.locator(where)).to_be_focused()
        else:
            self.tap(where)
        self.page.keyboard.type(words)


@pytest.fixture
def cast() -> Cast:
    """A booth in a drive, and the notice that people hear at their door."""
    made = Cast.make()
    with system("test"):
        version = people.publish_notice(code="membership", texts=SAMPLE, by=SYSTEM, at=NOW)
        Drive.objects.update(notice_version=version)
    return made


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan", ABHIYAN_SMS="file")


@pytest.fixture
def opens(chromium: Browser, served: Server) -> Iterator[Open]:
    yield from visits(chromium, served.port)


def appointed(cast: Cast) -> str:
    """The SMS to a new booth worker. Her mandal president appoints her by her number."""
    with system("test"):
        org.appoint_new(
            phone=SUNITA,
            name="Sunita Devi",
            office="booth_worker",
            unit_id=cast.world.booth.pk,
            language="hi",
            by=cast.actor("mandal_president"),
            at=NOW,
        )
    (letter,) = (one for one in gone(cast.world) if one.phone == SUNITA)
    return letter.text


def test_a_new_worker_enters_her_first_person_within_twelve_taps(cast: Cast, opens: Open, look: Look) -> None:
    (link,) = re.findall(rf"{re.escape(settings.ORIGIN)}(/q/\S+)", appointed(cast))
    page = opens(link, size="phone", language="hi")
    thumb = Thumb(page, [f"the SMS: {link}"])
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    look(page, "first-day offer")
    thumb.tap("button[name=answer][value=accept]")
    expect(page.locator("main a[href='/field/sign-in/']")).to_be_visible()
    look(page, "first-day accepted")
    thumb.go("main a[href='/field/sign-in/']", "/field/sign-in/$")

    # One code by SMS lets the phone in.
    look(page, "first-day number")
    thumb.type("[name=phone]", SUNITA.removeprefix("+91"), has_cursor=True)
    thumb.go("form:has([name=phone]) button", "/field/sign-in/code/$")
    look(page, "first-day code")
    thumb.type("[name=code]", code_sent(SUNITA, "field"), has_cursor=True)
    thumb.go("form:has([name=code]) button", "/field/start/$")

    # Her work: the first tile. The person hears the notice, and agrees for herself.
    look(page, "first-day start")
    thumb.go(".tiles a >> nth=0", r"/field/\?")
    look(page, "first-day notice")
    thumb.go("a[href='#person']", "#person$")
    look(page, "first-day person")
    thumb.type("[name=phone]", KAMLA.phone.removeprefix("+91"), has_cursor=True)
    thumb.type("[name=name]", KAMLA.name)
    thumb.type("[name=birth_year]", str(KAMLA.birth_year))
    thumb.tap("[name=heard]")
    thumb.go(".acts button[name=send]", r"/field/[0-9a-f-]{36}/$")
    look(page, "first-day entered")

    with system("test"):
        entry, her = DoorEntry.objects.get(), Account.objects.get(name="Sunita Devi")
    assert (entry.by, entry.name, entry.unit_id) == (her.public_id, KAMLA.name, cast.world.booth.pk)
    assert len(thumb.taps) <= MOST_TAPS, "\n".join(thumb.taps)
