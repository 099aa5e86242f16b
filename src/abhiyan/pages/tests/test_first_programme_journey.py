"""From `abhiyan init` with two data officers to a first programme that is open, by the buttons of Today alone."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import FILLED
from abhiyan.imports import running
from abhiyan.org import actions as org
from abhiyan.org.actions.officers import seat_awaited_officers
from abhiyan.people import actions as people
from abhiyan.people.rules import totp
from abhiyan.programmes.models import Measure, Programme
from abhiyan.site.commands import beginning
from abhiyan.site.tests.visits import go
from abhiyan.targets.models import Target
from abhiyan.ui.tests.axe import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOST, PHONE = "campaign.test", "+919810012345"
INIT = Actor.system("init")
UNITS = """Code,Kind,Name in English,Name in Hindi,Organisational parent
IN,nation,India,भारत,
UP,state,Uttar Pradesh,उत्तर प्रदेश,IN
UP-LKO,district,Lucknow,लखनऊ,UP
UP-LKO-M1,mandal,Hazratganj,हज़रतगंज,UP-LKO
UP-B1,booth,Primary School,प्राथमिक विद्यालय,UP-LKO-M1
UP-B2,booth,Girls' College,कन्या महाविद्यालय,UP-LKO-M1
"""


@pytest.fixture
def address() -> Iterator[str]:
    """A server at an address of its own, as an operator sets it: a notice is published at no other."""
    server = Server().start(
        ABHIYAN_ORIGIN=f"http://{HOST}",
        ABHIYAN_ORGANISATION="Jan Sangathan",
        ABHIYAN_GRIEVANCE="Asha Devi, 0522 2000000",
    )
    yield f"http://{HOST}:{server.port}"
    server.stop()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=address, viewport={"width": 1366, "height": 768}, locale="en-IN")
    yield context.new_page()
    context.close()


def init() -> str:
    """Do what `abhiyan init` does: texts, two data officers who wait for units, and the administrator's link."""
    beginning.put_what_ships(say=lambda _said: None)
    with system("test"):
        for n, name in enumerate(("Rafiq Dar", "Sudha Koul")):
            org.name_data_officer(phone=f"+91981001230{n}", name=name, by=INIT, at=NOW)
    return people.first_administrator(name="Mohan Lal", phone=PHONE, language="en", by=INIT, at=NOW).path


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    go(page, "main form button[type=submit]")
    page.goto("/account/app/")
    shown = re.search(r"\b((?:[A-Z2-7]{4} ){3,}[A-Z2-7]{1,4})\b", page.inner_text("main"))
    assert shown, page.inner_text("main")
    secret = shown[1].replace(" ", "")
    secret += "=" * (-len(secret) % 8)
    page.fill("[name=code]", totp.totp_code(base64.b32decode(secret), totp.step_at(NOW)))
    go(page, "form:has([name=code]) button[type=submit]")


def today(page: Page, look: Look, *done: str) -> None:
    """Today, with so many of its first steps done."""
    page.goto("/")
    ticked = page.locator("ol.owed li.done .ttl").all_inner_texts()
    assert [" ".join(each.replace("(done)", "").split()) for each in ticked] == list(done)
    assert "above you" not in page.inner_text("main")
    look(page, f"first-steps-{len(done)}")


def press(page: Page, step: str) -> None:
    """The one button of a step."""
    row = page.locator("ol.owed > li", has=page.locator(".ttl", has_text=step))
    with page.expect_navigation():
        row.locator("a.act").click()


def import_units(page: Page, folder: Path) -> None:
    path = folder / "units.csv"
    path.write_text(UNITS)
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url(lambda url: "/imports/new/" not in url)
    public_id = UUID(page.url.split("/imports/")[1].strip("/"))
    page.wait_for_selector("progress")  # every column is known, so the check begins
    running.run_import_step(public_id, "check", at=NOW)
    page.goto(f"/imports/{public_id}/commit/")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("progress")
    running.run_import_step(public_id, "commit", at=NOW)
    with system("test"):
        assert seat_awaited_officers(at=NOW) == 2, "the data officers of init have their office now"


def appoint(page: Page) -> None:
    """The administrator gives the first office to themselves."""
    page.select_option("[name=office]", "national_president")
    page.fill("[name=phone]", PHONE)
    page.fill("[name=name]", "Mohan Lal")
    go(page, "form:has([name=phone]) button[type=submit]")


def publish(page: Page) -> None:
    for box in page.locator("textarea").all():
        text = box.input_value()
        for hole, words in FILLED.items():
            text = text.replace(hole, words)
        box.fill(text)
    go(page, "form:has(textarea) button[type=submit]")
    go(page, "form[data-asks] button[type=submit]")


def draft_programme(page: Page, look: Look) -> None:
    """The guided creation up to its check, with a target for each measure."""
    page.select_option("[name=template]", "contact")
    page.fill("[name=name_en]", "Contact in every house")
    go(page, "main form button[type=submit]")
    page.locator("main").get_by_role("link", name="Next", exact=True).click()
    page.wait_for_url("**/draft/target/")
    for n, field in enumerate(page.locator("input[name^=n_]").all(), 1):
        field.fill(f"{n}00")
    page.check("[name=how][value='']")
    go(page, "form:has([name=how]) button[type=submit]")
    go(page, "main a[href$='/ready/']")
    look(page, "ready")
    expect(page.locator("main")).to_contain_text("Every measure has a target.")
    expect(page.locator("main")).to_contain_text("The whole has no in-charge yet.")


def test_an_administrator_comes_to_an_open_programme_by_the_buttons_of_today(
    page: Page, look: Look, tmp_path: Path
) -> None:
    sign_in(page, init())
    today(page, look)
    press(page, "Import the units")
    import_units(page, tmp_path)

    today(page, look, "Import the units")
    press(page, "Appoint an office-bearer")
    appoint(page)

    today(page, look, "Import the units", "Appoint an office-bearer")
    press(page, "Publish the notice")
    publish(page)

    today(page, look, "Import the units", "Appoint an office-bearer", "Publish the notice")
    press(page, "Open a programme")
    draft_programme(page, look)

    # Today leads back to the draft, which is what is left to do.
    today(page, look, "Import the units", "Appoint an office-bearer", "Publish the notice")
    press(page, "Open a programme")
    go(page, "form[action$='/open/'] button[type=submit]")
    expect(page.locator("main")).to_contain_text("Contact in every house")
    with system("test"):
        (programme,) = Programme.objects.all()
        measures = list(Measure.objects.filter(programme=programme).values_list("number", flat=True))
        rows = Target.objects.filter(programme=programme, replaced_at=None)
        targets = dict(rows.values_list("measure", "n"))
    assert programme.state == Programme.State.OPEN
    assert len(measures) > 2 and targets == {number: 100 * number for number in measures}
    page.goto("/")
    assert "First steps" not in page.inner_text("main")
