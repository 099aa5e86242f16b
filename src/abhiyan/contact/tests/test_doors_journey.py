"""Lists and doors in a browser: a list refused, mended and approved; doors worked offline; the rest at an election."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.contact import actions
from abhiyan.contact.models import ContactList
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import blanks
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.tests.make import write
from abhiyan.imports import running
from abhiyan.messaging import actions as messaging
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, away, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.units.models import Unit

from .at_doors import DAY, HER, POINT, TODAY, announce, contact_programme, entries, tries
from .make import PDF
from .test_convention import HOLD, held, registered

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAYS = {"en": "YES", "hi": "हाँ"}
PARVATI = Human("Parvati", 1970, HER)
WORDS = {
    "title": "Gas connections",
    "source": "Consent forms of the October camp",
    "purpose": "Ask how the scheme works for them",
    "last_day": (TODAY + timedelta(days=30)).isoformat(),
}
PAPER: Any = {"name": "forms.pdf", "mimeType": "application/pdf", "buffer": PDF}
THERE = {
    "geolocation": {"latitude": POINT[0], "longitude": POINT[1], "accuracy": 15},
    "permissions": ["geolocation"],
}


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    with system("test"):
        (kept,) = people.keep_phones(phones=["+919419007701"])
        Account.objects.filter(pk=made.accounts["booth_president"].pk).update(phone_id=kept)
    return made


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(
        chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)), goes_offline=True
    )


def number(page: Page) -> UUID:
    """The import that an upload has begun."""
    page.wait_for_url(lambda url: "/imports/new/" not in url)
    return UUID(page.url.split("/imports/")[1].strip("/"))


def ready(page: Page) -> None:
    """The page's script has done its part."""
    page.wait_for_selector("html[data-field=ready]", state="attached")


def listed_by_office(
    visit: Open, look: Look, run: Programme, folder: Path, *, size: str, language: str
) -> ContactList:
    """An office makes a list of 32 people; a scheme and a column are refused first, and a second person approves it."""
    desk = visit(
        f"/contact/{run.public_id}/lists/?unit=JK-SRI", "district_in_charge", size=size, language=language
    )
    go(desk, "a[href*='/lists/new/']")
    for name, text in WORDS.items():
        desk.fill(f"[name={name}]", text)
    desk.check("[name=basis][value=given]")
    for scheme in ("NSAP", "PMUY"):  # the name of the first says too much
        desk.select_option("[name=scheme]", scheme)
        desk.set_input_files("[name=document]", PAPER)
        go(desk, "main form[method=post] button[type=submit]")
        look(desk, f"contact list of {scheme}")
    with system("test"):
        made = ContactList.objects.get()

    path = folder / "list.csv"
    rows = [f"JK-B001,Person {chr(65 + n % 26)},94190{made.pk % 10}1{n:03d},House {n}" for n in range(32)]
    for head, tail in (("Unit code,Name,Phone,House,Caste", ",X"), ("Unit code,Name,Phone,House", "")):
        path.write_text("\n".join([head, *(row + tail for row in rows)]))
        desk.goto(f"/contact/list/{made.public_id}/")
        go(desk, "a[href*='/imports/new/contact/']")
        desk.set_input_files("input[type=file]", path)
        desk.click("form[data-upload] button[type=submit]")
        brought = number(desk)
        if tail:  # a file whose columns are all known is checked at once
            desk.wait_for_selector("#columns")
            desk.click("form[action$='/columns/'][data-once] button[type=submit]")
        desk.wait_for_selector("progress")
        with away(desk):
            running.run_import_step(brought, "check", at=NOW)
        look(desk, "contact file " + ("refused" if tail else "checked"))
        assert ("Caste" in desk.inner_text("main")) == bool(tail)
    desk.goto(f"/contact/list/{made.public_id}/")
    go(desk, "form[action$='/act/ask/'] button")

    officer = visit("/releases/", "data_officer", size=size, language=language)
    go(officer, "main a[href*='/decide/'][href*='allow=yes']")
    look(officer, "contact list to approve")
    go(officer, "main form[method=post] button[type=submit]")
    desk.goto(f"/imports/{brought}/commit/")
    desk.click("main form[method=post] button[type=submit]")
    desk.wait_for_selector("progress")
    with away(desk):
        running.run_import_step(brought, "commit", at=NOW)
    desk.goto(f"/contact/list/{made.public_id}/")
    look(desk, "contact list imported")
    return made


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_doors_are_taken_worked_offline_asked_about_and_rest_at_an_election(
    visit: Open, look: Look, cast: Cast, tmp_path: Path, size: str, language: str
) -> None:
    booth = cast.world.units["JK-B001"].pk
    run = contact_programme(cast.world.units["JK-SRI"].pk)
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
        Unit.objects.filter(pk=booth).update(lat=POINT[0], lon=POINT[1])
    made = listed_by_office(visit, look, run, tmp_path, size=size, language=language)
    assert len(entries(list=made)) == 32

    phone = visit("/", "booth_president", size=size, language=language, **THERE)
    go(phone, f"main a[href^='/field/doors/{run.public_id}/']")
    look(phone, "contact my doors")
    mine = phone.url
    ready(phone)  # its copies are kept, and those of the doors are not among them
    go(phone, "form[action$='/take/'] button")
    look(phone, "contact 30 doors taken")
    assert phone.locator("a.button[href^='/field/door/']").count() == 30

    # Somebody says no to contact: their number is held back.
    first, second, third = entries(state="leased")[:3]
    assert first.phone_id is not None
    with system("test"):
        people.suppress(phone_id=first.phone_id, scope="outreach", channel=1, by=SYSTEM, at=NOW)
    phone.goto(f"/field/door/{first.public_id}/")
    look(phone, "contact a door")
    phone.click("form[action$='/number/'] button")
    expect(phone.locator(".note.warn")).to_have_count(1)
    look(phone, "contact number held back")

    # A day without a network.
    phone.goto("/field/start/")
    ready(phone)
    phone.context.set_offline(True)
    phone.goto("/field/start/")
    look(phone, "contact start offline")
    go(phone, ".tiles a[href*='/doors/']")
    phone.fill("#narrow", "२९")
    expect(phone.locator("#held > li:not(.vh)")).to_have_count(1)
    expect(phone.locator("#held > li:not(.vh)")).to_contain_text("House 29")
    phone.fill("#narrow", "")
    look(phone, "contact my doors offline")
    phone.goto(f"/field/door/{second.public_id}/")
    ready(phone)
    expect(phone.locator("#where")).to_contain_text("15")
    assert phone.locator("form[action$='/number/']").count() == 0, "a copy holds no number"
    assert not phone.is_visible("[name=phone]"), "what came of it is asked first"
    phone.check("[name=outcome][value=talked]")
    assert not phone.is_visible("[name=need]") and not phone.is_visible(".condition")
    phone.fill("[name=phone]", "98110")
    phone.click(".acts button")
    expect(phone.locator(".field:has([name=phone]) .err")).to_have_count(1)
    phone.fill("[name=phone]", HER)
    look(phone, "contact a door offline")
    phone.click(".acts button")
    expect(phone.locator("#field-told .ok")).to_have_count(1)
    phone.goto(f"/field/door/{third.public_id}/")
    ready(phone)
    phone.check("[name=outcome][value=entitled]")
    phone.fill("[name=need]", "गैस कनेक्शन नहीं आया")
    phone.click(".acts button")
    expect(phone.locator("#field-told .ok")).to_have_count(1)
    phone.goto(f"/field/walk/{run.public_id}/?unit=JK-B001")
    ready(phone)
    phone.fill("[name=door]", "12 A")
    phone.check("[name=outcome][value=not_home]")
    look(phone, "contact walk offline")
    phone.click(".acts button")
    expect(phone.locator("#field-told .ok")).to_have_count(1)
    phone.goto("/field/outbox/")
    expect(phone.locator("#records li")).to_have_count(3)
    look(phone, "contact outbox")
    phone.context.set_offline(False)
    phone.goto("/field/outbox/")
    until(lambda: len(tries()) == 3)
    phone.goto(mine)
    look(phone, "contact noted today")
    with system("test"):
        assert Ticket.objects.get().unit_id == booth

    # Undone on the same day, and given back.
    go(phone, "li:has-text('12 A') form[action$='/undo/'] button")
    assert len(tries(undone_at=None)) == 2
    go(phone, "form[action$='/back/'] button")
    assert not entries(state="leased")

    # The person's word, the day after.
    at = NOW + DAY
    given.time(at)
    with system("test"):
        assert actions.ask_persons(at=at) == 1
    (asked,) = blanks(HER, "ask.talked")
    write(cast.world, f"{SAYS[language]} {asked['word']}", PARVATI, at=at)
    with system("test"):
        programmes.fold_changes(at=at)
        seen = unit_ladder(node=booth, hierarchy=1, programme=run, measure=1, at=at)
    assert (seen.reported, seen.unsigned, seen.counted, seen.confirmed) == (2, 1, 1, 1)

    # An election is announced: the list of beneficiaries rests.
    announce(cast.world.units["JK"].pk, SYSTEM, at=at)
    path = urlsplit(mine)._replace(scheme="", netloc="").geturl()
    phone = visit(path, "booth_president", size=size, language=language)
    go(phone, "form[action$='/take/'] button")
    look(phone, "contact list rests")
    assert not entries(state="leased")
    desk = visit(
        f"/programmes/{run.public_id}/?unit=JK-B001", "state_president", size=size, language=language
    )
    look(desk, "contact programme")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_convention_of_the_list_is_reported_as_slides_in_one_click(
    visit: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    run = contact_programme(cast.world.units["JK"].pk)
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
    convention, _list = held(cast, run, registered(cast))
    let_it_be(HOLD)
    desk = visit(f"/meetings/{convention.public_id}/", "state_president", size=size, language=language)
    look(desk, "contact convention")
    go(desk, "form[action*='/review/slides/new/'] button")
    look(desk, "contact slides of a convention")
    assert "240" in desk.inner_text("main")
