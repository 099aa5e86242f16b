"""A day without a network: five people at the door, a talk and a report with two photographs; the browser is killed.

The server is stopped meanwhile, and comes back under another name. Then everything arrives, once.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Error, FilePayload, Page, expect

from abhiyan.core import lot
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.dialogues.models import CallPlan, Dialogue
from abhiyan.dialogues.tests.make import programme
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms.models import Submission, SubmissionPicture
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.forms.tests.test_pictures import drawn
from abhiyan.helpdesk.models import Ticket
from abhiyan.people import actions as people
from abhiyan.people.models_field import FieldPicture, FieldReceipt
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.ui.tests.axe import Look
from abhiyan.units.models import Unit
from abhiyan.work.actions.schedules import Asking, ask_units

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLE = "booth_president"
NAMES = ("Kamla", "Sita", "Meera", "Anju", "Geeta")
PEOPLE = [Human(f"{name} Devi", 1960 + n, f"+9199060077{n:02}") for n, name in enumerate(NAMES)]
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return at_work()


def at_work() -> Cast:
    """The booth president owes a report with pictures, and has one call today."""
    made = Cast.make()
    form = form_in_use(
        made.world.state,
        question("done", QuestionKind.YES_NO, required=True),
        question("before", QuestionKind.PICTURE, required=True),
        question("after", QuestionKind.PICTURE),
    ).form
    asking: dict[str, Any] = {
        "title": "Cleaning day",
        "wanted": "report",
        "rhythm": "weekly",
        "form_id": form.pk,
    }
    asking |= {"first_on": NOW.date() - 2 * DAY, "last_on": NOW.date() + 60 * DAY}
    asking |= {"office": "booth_president", "kind": "booth"}
    with made.as_("state_president"):
        unit, by = made.world.state.pk, made.actor("state_president")
        n = Unit.objects.filter(kind="booth", code__startswith="JK-B").count()
        ask_units(asking=Asking(**asking), unit_id=unit, expected=n, by=by, at=NOW - DAY)
    with system("test"):
        made_by = programme(made.world.units["JK-SRI"].pk)
        CallPlan.objects.create(programme_id=made_by.pk, offices=[ROLE], per_day=1)
        president = people.open_account(
            phone="+919419007701", name="Madan Lal", language="hi", by=SYSTEM, at=NOW
        )
        own = {"leader_id": made.accounts[ROLE].pk, "president_id": president.pk}
        Dialogue.objects.create(
            id=lot.uuid(), programme_id=made_by.pk, day=NOW.date(), unit_id=made.world.booth.pk, came=0, **own
        )
    return made


class Phone:
    """A browser with a profile of its own, which outlives it."""

    def __init__(self, chromium: Browser) -> None:
        self.profile = tempfile.mkdtemp(prefix="phone-")
        self.kind = chromium.browser_type
        self.program = next(
            filter(
                None, map(shutil.which, (os.environ.get("ABHIYAN_CHROMIUM") or "", "chromium-headless-shell"))
            )
        )
        self.context: BrowserContext

    def on(self, base: str, token: str, language: str = "hi") -> Page:
        """Switch it on, signed in."""
        self.context = self.kind.launch_persistent_context(
            self.profile,
            executable_path=self.program,
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 360, "height": 740},
            locale=language,
        )
        self.context.set_default_timeout(PATIENCE_S * 1000)
        cookies = {"language": language, settings.SESSION_COOKIE_NAME: token}
        self.context.add_cookies(
            [{"name": name, "value": value, "url": base} for name, value in cookies.items()]
        )
        return self.context.pages[0]

    def kill(self) -> None:
        """As an empty battery does."""
        own = self.profile.encode()
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if own in each.read_bytes():
                    os.kill(int(each.parent.name), signal.SIGKILL)
            except (OSError, ProcessLookupError):
                continue
        with suppress(Error):  # it has gone already
            self.context.close()
        for lock in Path(self.profile).glob("Singleton*"):
            lock.unlink()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    made = Phone(chromium)
    yield made
    made.context.close()
    shutil.rmtree(made.profile, ignore_errors=True)


def ready(page: Page) -> None:
    """The page's script has done its part."""
    page.wait_for_selector("html[data-field=ready]", state="attached")


def keeps(page: Page) -> list[str]:
    """The addresses that this phone keeps copies of."""
    told = page.evaluate("fetch('/field/keep.json').then((one) => one.json()).then((one) => one.pages)")
    return [str(one) for one in told]


def path_of(page: Page, start: str) -> str:
    """The address of a page of one's own work."""
    return next(one for one in keeps(page) if one.startswith(start))


def enter(page: Page, human: Human) -> None:
    """Write somebody down, with the network gone: the page comes again, for the next person."""
    page.click("a[href='#person']")
    expect(page.locator("[name=phone]")).to_be_focused()
    page.fill("[name=phone]", human.phone.removeprefix("+91"))
    page.fill("[name=name]", human.name)
    page.fill("[name=birth_year]", str(human.birth_year))
    page.check("[name=heard]")
    page.click(".acts button[name=send]")
    expect(page.locator("#field-told .ok")).to_contain_text(human.name)
    ready(page)


def test_a_day_without_a_network_arrives_once(
    phone: Phone,
    cast: Cast,
    look: Look,
    django_db_setup: None,  # asked for first
) -> None:
    server = Server().start(
        ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan", ABHIYAN_SMS="file"
    )
    base = f"http://127.0.0.1:{server.port}"
    page = phone.on(base, cast.token(ROLE))
    for _visit in range(2):
        page.goto(f"{base}/field/start/")
        ready(page)
    look(page, "field start")
    door, due, talk = (path_of(page, start) for start in ("/field/?", "/field/due/", "/field/call/"))
    kept = "async () => (await (await caches.open('field-pages')).keys()).length"
    assert page.evaluate(kept) == len(keeps(page))

    server.stop()
    phone.context.set_offline(True)
    page.goto(f"{base}{door}")
    ready(page)
    for human in PEOPLE[:3]:
        enter(page, human)
    expect(page.locator("#unsent b")).to_have_text("3")
    look(page, "field door offline")

    page.goto(f"{base}{due}")
    ready(page)
    page.check("[name=q-done][value=yes]")
    big: FilePayload = {"name": "booth.jpg", "mimeType": "image/jpeg", "buffer": drawn(4000, 3000)}
    page.set_input_files("[name=q-before]", big)
    expect(page.locator(".kept")).to_have_count(1)
    phone.kill()

    # The battery was empty. The phone kept what was typed.
    page = phone.on(base, cast.token(ROLE))
    phone.context.set_offline(True)
    page.goto(f"{base}{due}")
    ready(page)
    assert page.is_checked("[name=q-done][value=yes]") and page.locator(".kept").count() == 1
    page.set_input_files("[name=q-after]", big)
    expect(page.locator(".kept")).to_have_count(2)
    page.click("form[data-record] .acts button")
    expect(page.locator("#field-told .ok")).to_contain_text("Cleaning day")
    page.goto(f"{base}{door}")
    ready(page)
    for human in PEOPLE[3:]:
        enter(page, human)
    page.goto(f"{base}{talk}")
    ready(page)
    look(page, "field call offline")
    page.check("[name=organisation][value='2']")
    page.fill("[name=need]", "Medicine for a patient")  # only the server knows these words
    page.click(".acts button[value=talked]")
    expect(page.locator("#field-told .ok")).to_have_count(1)
    page.goto(f"{base}/field/outbox/")
    expect(page.locator("#records li")).to_have_count(7)
    look(page, "field outbox offline")
    with system("test"):
        assert DoorEntry.objects.count() == 0
    phone.kill()

    # Another name meanwhile, and a network.
    again = Server(port=server.port)
    again.start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Other", ABHIYAN_SMS="file")
    page = phone.on(base, cast.token(ROLE))
    page.goto(f"{base}/field/outbox/")
    expect(page.locator("#records li")).to_have_count(1)
    look(page, "field outbox refused")
    with system("test"):
        assert sorted(DoorEntry.objects.values_list("name", flat=True)) == sorted(one.name for one in PEOPLE)
        assert Submission.objects.count() == 1 and SubmissionPicture.objects.count() == 2
        assert Dialogue.objects.filter(outcome="talked").count() == 0 == Ticket.objects.count()
        assert FieldReceipt.objects.count() == 6 and FieldPicture.objects.count() == 0

    # The refused one says why, is mended, and goes under its key.
    page.click("#records .push a")
    page.wait_for_url("**mend=**")
    ready(page)
    expect(page.locator(".field:has([name=need]) .err")).to_have_count(1)
    look(page, "field call refused")
    page.fill("[name=need]", "Two flags")
    page.click(".acts button[value=talked]")
    page.wait_for_url("**/dialogues/")
    with system("test"):
        assert Dialogue.objects.filter(outcome="talked").count() == 1 == Ticket.objects.count()
        assert FieldReceipt.objects.count() == 7
    page.goto(f"{base}/field/outbox/")
    ready(page)
    assert page.locator("#records li").count() == 0 and page.is_hidden("#unsent")
    again.stop()
