"""From Today, in a browser: a president sees the district that is behind, calls its holder and gives a task; a worker
shares the own link and tells somebody what is missing; menus and search."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.test_browser import fill, send, send_code
from abhiyan.intake.actions import welcoming
from abhiyan.intake.tests.test_calls import JOIN, connect
from abhiyan.intake.tests.test_welcome import gone
from abhiyan.people.models import Purpose
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS, PAGE_LOOKS

from .test_bearer import NUMBER, sheet_of, with_number

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    made.target("JK-SRI", 100)
    made.fold()
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_president_calls_the_holder_of_a_district_and_gives_a_task(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    with_number(cast, "district_in_charge")
    page = opens("/units/JK/", "state_president", size=size, language=language)
    expect(page.locator(".tbl a.bearer").first).to_be_visible()
    look(page, "bearer-unit")

    page.goto("/")
    behind = page.locator("li:has(a[href*='/units/JK-SRI/'])")
    expect(behind).to_contain_text("22")
    look(page, "call-today")
    name = behind.locator("a[href*='/bearers/']")
    name.click()
    sheet = page.locator("dialog#sheet")
    expect(sheet.locator("h1")).to_be_focused()
    assert sheet.locator("a[href^='tel:']").count() == 0, "one press more"
    look(page, "bearer-sheet")
    sheet.locator("form:not([action$='/talk/']) button").click()
    expect(sheet.locator(f"a[href='tel:{NUMBER}']")).to_be_visible()
    expect(sheet.locator("a[href^='https://wa.me/919906012399?text=']")).to_be_visible()
    look(page, "bearer-number")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(name).to_be_focused()
    assert cast.world.rows("select count(*) from core_audit where act = 'people.reveal_phone'") == [(1,)]

    name.click()
    go(page, "dialog#sheet a[href*='/tasks/new/']")
    assert page.locator("#id_whom").input_value() == str(cast.appointments["district_in_charge"])
    page.fill("#id_title", "Call the mandals")
    page.fill("#id_due_on", "2026-12-01")
    look(page, "bearer-task")
    go(page, "form[method=post] >> button[type=submit] >> nth=-1")
    expect(page).to_have_url(re.compile(r"/programmes/tasks/[0-9a-f-]{36}/"))
    assert cast.world.rows("select title, account_id from programmes_task") == [
        ("Call the mandals", cast.accounts["district_in_charge"].pk)
    ]


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_worker_shares_the_own_link_and_tells_somebody_who_is_not_counted(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    world = cast.world
    connect(world, "generic", "join", JOIN)
    kamla = Human("Kamla Devi", 1979, "+919906007732")
    claim = world.claim(kamla, Channel.PAPER, unit=world.booth)
    world.take(replace(claim, consents=(Purpose.MEMBERSHIP, Purpose.CALLS)))

    page = opens("/", "booth_worker", size=size, language=language)
    look(page, "worker-today")
    shared = page.locator("a[href^='https://wa.me/']").get_attribute("href") or ""
    (link,) = re.findall(r"/join/\S+", unquote(shared))
    assert re.fullmatch(r"/join/winter/\?unit=JK-B001&by=[A-Z0-9]{7}", link)

    other = opens(link, size=size, language=language)
    fill(other, World.bilal)
    send(other)
    send_code(other, World.bilal)
    other.wait_for_url("**/join/winter/done/")
    look(other, "worker-joined")
    with system("tests turn the loop"):
        assert welcoming.welcome(at=world.now) > 0
    ((member,),) = world.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id where p.name = %s",
        [World.bilal.name],
    )
    (letter,) = [one for one in gone(world) if member_number(UUID(str(member))) in one.text]
    assert "/me/card/" in letter.text

    go(page, "a[href*='/my-link/']")
    expect(page.locator("main")).to_contain_text("1")
    look(page, "worker-link")
    page.goto("/")
    go(page, "a[href^='/field/card/']")
    expect(page.locator("h1")).to_contain_text("Kamla Devi" if language == "en" else "")
    expect(page.locator(f"a[href='tel:{JOIN}']")).to_be_visible()
    look(page, "worker-card")
    go(page, "button[name=outcome][value=talked]")
    expect(page).to_have_url(re.compile(r":\d+/$"))
    assert page.locator("a[href^='/field/card/']").count() == 0, "told: it leaves Today"


@pytest.mark.parametrize(("size", "language"), [("desk", "en")])
def test_a_unit_and_who_leads_it_are_far_enough_apart_in_a_list(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    cast._seat("segment", "segment_in_charge", "JK-AC20", 2)
    page = opens("/units/JK-PC1/?in=electoral", "constituency_in_charge", size=size, language=language)
    row = page.locator(".tbl th:has(a.bearer)")
    unit, leader = row.locator("a").first.bounding_box(), row.locator("a.bearer").bounding_box()
    assert unit and leader
    assert leader["y"] - (unit["y"] + unit["height"] / 2) >= 12 and leader["height"] >= 24, "WCAG 2.5.8"
    look(page, "constituency-unit")


def test_without_script_the_name_opens_a_page_that_does_the_same(opens: Open, cast: Cast) -> None:
    with_number(cast, "district_in_charge")
    page = opens("/units/JK-SRI/", "state_president", java_script_enabled=False)
    go(page, f"a[href='{sheet_of(cast, 'district_in_charge')}']")
    go(page, "#bearer form button")
    assert page.locator(f"a[href='tel:{NUMBER}']").count() == 1


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_menus_and_search_lead_each_office_to_its_own_work(
    opens: Open, look: Look, cast: Cast, size: str, language: str
) -> None:
    page = opens("/", "booth_worker", size=size, language=language)
    bar = page.locator(".top nav > ul > li:visible")
    assert bar.count() == 5
    look(page, "menu-worker")
    go(page, ".top nav a[href='/field/entries/']")
    assert page.locator(".top nav [aria-current=page]").count() == 1
    page.locator(".top nav summary").click()
    expect(page.locator(".top nav .menu a[href='/units/']")).to_be_visible()
    look(page, "menu-worker-more")
    page.keyboard.press("Escape")
    expect(page.locator(".top nav .menu a[href='/units/']")).to_be_hidden()

    page = opens("/", "state_president", size=size, language=language)
    assert page.locator(".top nav > ul > li:visible").count() == 5
    page.locator(".top nav summary:visible").first.click()
    look(page, "menu-president-work")
    expect(page.locator(".top nav a[href='/review/rounds/']")).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("r")
    look(page, "menu-tabs")
    go(page, "main > .row nav.seg a[href='/elections/plans/']")
    assert page.locator(".top nav [aria-current]:visible").count() == 1
    page.keyboard.press("Control+k")
    page.keyboard.type("लक्ष्य" if language == "hi" else "targets")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look(page, "search-pages")
    page.locator("#search").focus()
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/targets/"))
