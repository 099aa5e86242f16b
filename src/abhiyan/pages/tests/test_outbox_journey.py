"""Finished records until they are sent: mended, in two tabs, in a dead network, in an old browser, in a new week."""
# ruff: noqa: F811  # fixtures

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.forms import DoorForm
from abhiyan.doorstep.models import DoorEntry
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.people.models_field import FieldReceipt
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.ui.build import node
from abhiyan.ui.tests.test_old_browsers import FINDER
from abhiyan.units.models import Unit
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.models import Due, DueRecord, Schedule

from .test_field_troubles import (  # noqa: F401  # fixtures
    DOOR,
    KAMLA,
    NAMES,
    RECORDS,
    SITA,
    cast,
    fill,
    offline,
    page,
    phone,
    served,
    to_person,
    visit,
    write,
)
from .test_offline_journey import ROLE, Phone, keeps, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
SEND, KEEP = "**/field/send/", "**/field/keep.json"
STATES = RECORDS % ".map((one) => [one.state, one.page])"
TYPED = RECORDS % ".flatMap((one) => (one.fields ?? []).map((field) => field.join()))"


def names() -> list[str]:
    with system("test"):
        return sorted(DoorEntry.objects.values_list("name", flat=True))


def finish(page: Page, human: Any = KAMLA) -> None:
    """Write somebody down where nothing can leave."""
    visit(page, DOOR)
    write(page, human)
    page.click(".acts button[name=send]")
    expect(page.locator("#field-told .ok")).to_contain_text(human.name)
    ready(page)


def type_into(page: Page, field: str, text: str) -> None:
    """Fill a field, and wait until the phone has kept it: a page that is left sooner may lose it."""
    page.fill(f"[name={field}]", text)
    page.wait_for_function(
        f"async (typed) => (await ({TYPED})('records')).includes(typed)", arg=f"{field},{text}"
    )


def dead(page: Page) -> None:
    """The network is dead, and the browser says "online"."""
    for address in (SEND, KEEP):
        page.context.route(address, lambda route: route.abort())


def alive(page: Page) -> None:
    for address in (SEND, KEEP):
        page.context.unroute(address)


def opened(page: Page) -> None:
    """Open the only record of the outbox."""
    visit(page, "/field/outbox/")
    page.click("#records .push a")
    page.wait_for_url("**mend=**")
    ready(page)


def boxes_of(page: Page) -> list[str]:
    """Say yes to every question of the browser. Returns the questions, as they come."""
    asked: list[str] = []

    def accept(box: Dialog) -> None:
        asked.append(box.message)
        box.accept()

    page.on("dialog", accept)
    return asked


def test_a_finished_record_is_mended_before_it_is_sent_and_shows_nothing_else(page: Page) -> None:
    dead(page)
    finish(page)
    opened(page)
    expect(page.locator("#field-told .info")).to_contain_text(KAMLA.name)
    shown = page.locator("main form:visible, main > ul:visible, main .join > h2:visible")
    assert [one.get_attribute("id") for one in shown.all()] == ["door"]
    assert page.input_value("[name=name]") == KAMLA.name
    page.fill("[name=name]", "Never Pressed")
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_contain_text(
        KAMLA.name
    )  # left without the button, it goes as it was
    opened(page)
    page.fill("[name=name]", SITA.name)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/outbox/")
    expect(page.locator("#records li")).to_have_count(1)
    expect(page.locator("#records li")).to_contain_text(SITA.name)
    alive(page)
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(0)
    expect(page.locator("#sent li")).to_have_count(1)
    assert page.locator("#sent .now").inner_text() == "1"
    assert names() == [SITA.name]
    assert SITA.name not in json.dumps(page.evaluate("({ ...localStorage })"))


def test_a_finished_record_is_dropped_before_it_is_sent(page: Page) -> None:
    dead(page)
    finish(page)
    visit(page, "/field/outbox/")
    asked = boxes_of(page)
    page.click("#records button")
    expect(page.locator("#records li")).to_have_count(0)
    assert "may have arrived" in asked[0], "its answer may only be lost"
    alive(page)
    visit(page, "/field/outbox/")
    assert names() == []


def test_what_one_tab_has_open_another_neither_sends_nor_drops(page: Page) -> None:
    dead(page)
    finish(page)
    opened(page)
    alive(page)
    other = page.context.new_page()
    other.goto(page.evaluate("location.origin") + "/field/outbox/")
    ready(other)
    boxes = boxes_of(other)
    other.click("#send-now")
    with other.expect_event("dialog", lambda box: "another tab" in box.message):
        other.click("#records button")
    expect(other.locator("#records li")).to_have_count(1)
    assert names() == []
    other.click("#records a")  # it leads back, as the other tab has it
    expect(other.locator("#field-told .info")).to_contain_text("another tab")
    assert len(boxes) == 2 and "another tab" in boxes[1]
    page.fill("[name=name]", SITA.name)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    expect(other.locator("#records li")).to_have_count(0)  # nobody reloaded it
    expect(other.locator("#sent li")).to_have_count(1)
    assert names() == [SITA.name]


@pytest.mark.parametrize("has_channel", [True, False])
def test_two_tabs_agree_without_a_reload(page: Page, *, has_channel: bool) -> None:
    if not has_channel:
        page.context.add_init_script("delete window.BroadcastChannel")
    dead(page)
    finish(page)
    finish(page, SITA)
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(2)
    other = page.context.new_page()
    alive(page)
    other.goto(page.evaluate("location.origin") + "/field/outbox/")
    ready(other)  # before it has sent, its list is empty too
    expect(other.locator("#records li")).to_have_count(0)
    if not has_channel:
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#records li")).to_have_count(0)
    expect(page.locator("#unsent")).to_be_hidden()
    expect(page.locator("#sent .now")).to_have_text("2")
    assert names() == [KAMLA.name, SITA.name]
    expect(other.locator("#sent .last")).to_have_text(re.compile(r"^\d{1,2} \w+, \d\d:\d\d$"))


def test_a_browser_that_always_says_offline_sends_all_the_same(page: Page) -> None:
    page.context.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })")
    page.evaluate("localStorage.removeItem('field-kept')")
    visit(page, DOOR)
    expect(page.locator("#offline")).to_be_hidden()
    write(page, KAMLA)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    assert names() == [KAMLA.name]
    visit(page, "/field/outbox/")
    expect(page.locator("#send-now")).to_be_visible()
    assert page.evaluate("localStorage.getItem('field-kept')"), "copies are kept"


def said_in_hindi(**typed: str) -> dict[str, str]:
    """The server's own words at each field of the door's form."""
    asked = QueryDict(mutable=True)
    asked.update(typed)
    with translation.override("hi"):
        errors = DoorForm(asked, on=NOW.date()).errors
        return {field: " ".join(map(str, words)) for field, words in errors.items()}


def faults_shown(page: Page) -> dict[str, str]:
    return {
        str(one.get_attribute("name")): one.locator("xpath=ancestor::*[contains(@class, 'field')][1]")
        .locator(".err")
        .inner_text()
        for one in page.locator("[aria-invalid=true]").all()
    }


@pytest.mark.parametrize("is_offline", [True, False])
def test_without_a_network_the_phone_refuses_at_the_door_in_hindi(page: Page, *, is_offline: bool) -> None:
    base = page.evaluate("location.origin")
    page.context.add_cookies([{"name": "language", "value": "hi", "url": base}])
    page.evaluate("localStorage.removeItem('field-kept')")
    visit(page, DOOR)
    if is_offline:
        page.context.set_offline(True)
    else:
        dead(page)
    to_person(page)
    send = page.locator(".acts button[name=send]")
    send.click()
    expect(page.locator("#field-told .bad")).to_be_visible()
    nothing = said_in_hindi()
    assert faults_shown(page) == {one: nothing[one] for one in ("phone", "name", "birth_year", "heard")}

    fill(page, Human(KAMLA.name, KAMLA.birth_year, "98765"))
    send.click()
    five = said_in_hindi(phone="98765", name=KAMLA.name, birth_year="1979", heard="on")
    expect(page.locator("#field-told .bad")).to_contain_text(five["phone"])
    assert faults_shown(page) == {"phone": five["phone"]}

    fill(page, Human("Chhoti Devi", NOW.year - 11, KAMLA.phone))
    send.click()
    expect(page.locator("#field-told .bad")).to_contain_text("केवल 18 साल या उससे बड़े लोग")
    ready(page)
    assert page.evaluate(NAMES, "records") == [], "nothing of a child stays"
    assert page.input_value("[name=name]") == "" and "Chhoti Devi" not in page.content()

    write(page, KAMLA)
    page.fill("[name=birth_year]", "४५")
    expect(page.locator(".field:has([name=birth_year]) .hint[role=status]")).to_contain_text(
        str(NOW.year - 45)
    )
    send.click()
    expect(page.locator("#field-told .ok")).to_contain_text(KAMLA.name)
    ready(page)
    assert page.evaluate(NAMES, "records") == [KAMLA.name]
    page.context.set_offline(False)
    alive(page)
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(0)
    with system("test"):
        assert DoorEntry.objects.get().birth_year == NOW.year - 45


def answered_with(status: int, body: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=body, content_type="application/json")


def test_the_page_says_why_a_record_waits(page: Page) -> None:
    visit(page, DOOR)
    page.evaluate("document.querySelector('#door').dataset.kept = ''")  # as a form without words of its own
    for answer, words in (
        (answered_with(503, "{}"), "server"),
        (answered_with(200, "<p>Wi-Fi"), "when there is a network"),
    ):
        page.context.route(SEND, answer)
        write(page, KAMLA)
        page.evaluate("delete document.querySelector('#door').dataset.kept")
        page.click(".acts button[name=send]")
        expect(page.locator("#field-told .ok")).to_contain_text(words)
        ready(page)
        page.context.unroute(SEND)


def old(page: Page, *gone: str) -> None:
    """Take away what Chrome 80 had not, and more."""
    told = subprocess.run([node(), FINDER, "lacks", "80"], capture_output=True, text=True, check=True)
    take_away = FINDER.with_name("take_away.js").read_text().strip().removesuffix(";")
    take_away = take_away[take_away.index("(paths)") :]
    page.context.add_init_script(f"({take_away})({json.dumps([*told.stdout.split(), *gone])})")


def test_a_record_leaves_a_browser_of_2020(page: Page) -> None:
    old(page)
    visit(page, DOOR)
    assert (
        page.evaluate("[typeof AbortSignal.timeout, typeof crypto.randomUUID, typeof SubmitEvent]")
        == ["undefined"] * 3
    )
    write(page, KAMLA)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    with offline(page):
        finish(page, SITA)
        page.click("button[name=outcome][value='2']")
        expect(page.locator("#field-told .ok")).to_contain_text("Nobody at home")
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(0)
    assert names() == [KAMLA.name, SITA.name]
    with system("test"):
        assert FieldReceipt.objects.count() == 3


@pytest.mark.parametrize("lack", ["locks", "syntax"])
def test_what_cannot_keep_sends_as_without_script(page: Page, lack: str) -> None:
    if lack == "locks":  # as in Safari 14
        old(page, "Navigator.prototype.locks")
    else:
        page.context.route(
            "**/ui/field.js", lambda route: route.fulfill(body="let a ?== 1", content_type="text/javascript")
        )
        page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((one) => one.unregister())")
    page.goto(page.evaluate("location.origin") + DOOR)
    page.evaluate("caches.delete('field-files')")
    page.reload()
    if lack == "locks":
        expect(page.locator("#field-told .warn")).to_contain_text("keeps nothing")
    write(page, KAMLA)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    assert names() == [KAMLA.name]


# --- a copy in a new week ---


def session(page: Page, cast: Cast) -> Any:
    """A cookie by which the booth president is signed in now."""
    url = page.evaluate("location.origin")
    return {"name": settings.SESSION_COOKIE_NAME, "value": cast.token(ROLE), "url": url}


def ask_meeting(cast: Cast) -> None:
    with cast.as_("state_president"):
        n = Unit.objects.filter(kind="booth", code__startswith="JK-B").count()
        asking = Asking(
            title="Booth meeting",
            wanted="meeting",
            rhythm="weekly",
            first_on=NOW.date() - 2 * DAY,
            last_on=NOW.date() + 60 * DAY,
            office="booth_president",
            kind="booth",
        )
        by = cast.actor("state_president")
        ask_units(asking=asking, unit_id=cast.world.state.pk, expected=n, by=by, at=NOW - DAY)


def later(page: Page, days: int) -> None:
    """The phone's clock goes on."""
    ms = page.evaluate("Date.now()") + days * 86_400_000
    page.clock.set_fixed_time(datetime.fromtimestamp(ms / 1000, UTC))


def meeting_of(page: Page, cast: Cast) -> str:
    """Keep a copy of the form of a meeting; its address."""
    ask_meeting(cast)
    page.evaluate("localStorage.removeItem('field-kept')")
    visit(page, "/field/start/")
    with system("test"):
        asked = str(Schedule.objects.get(typed_title="Booth meeting").public_id)
    return next(one for one in keeps(page) if asked in one)


def test_a_copy_brings_no_day_of_its_own(page: Page, cast: Cast) -> None:
    where = meeting_of(page, cast)
    visit(page, where)
    assert page.input_value("[name=on]") == "2026-11-25"
    with offline(page):
        later(page, 1)
        visit(page, where)
        assert page.input_value("[name=on]") == "2026-11-26"
        assert page.locator("[data-periods]").is_hidden()
        type_into(page, "people", "23")
        later(page, 1)  # the draft was begun on another day: its writer says which day it was
        visit(page, where)
        assert (page.input_value("[name=on]"), page.input_value("[name=people]")) == ("", "23")
        type_into(page, "on", "2026-11-26")
        later(page, 1)
        visit(page, where)
        assert page.input_value("[name=on]") == "2026-11-26", "somebody chose it"


@pytest.mark.parametrize(("week", "begins"), [(0, "2026-11-23"), (1, "2026-11-30")])
def test_a_report_of_last_week_is_sent_in_the_new_week_and_moves_nowhere(
    page: Page, cast: Cast, week: int, begins: str
) -> None:
    where = meeting_of(page, cast)
    with offline(page):
        later(page, 8)
        visit(page, where)
        asked = page.locator("[data-periods] label:visible")
        assert asked.count() == 2
        page.fill("[name=people]", "12")
        page.fill("[name=on]", begins)
        asked.nth(week).click()
        page.click("form[data-record] .acts button")
        expect(page.locator("#field-told .ok")).to_contain_text("Booth meeting")
        ((state, kept),) = page.evaluate(STATES, "records")
        assert state == "final" and f"from={begins}" in kept
        opened(page)
        assert asked.nth(week).locator("input").is_checked()
    given.time(NOW + 8 * DAY)
    page.context.add_cookies([session(page, cast)])  # the one of last week has ended
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(0)
    with system("test"):
        due = Due.objects.get(people=12)
        assert due.begins_on.isoformat() == begins


# --- two leaders of one unit ---


def test_two_leaders_of_one_unit_report_offline_and_the_newer_word_stands(
    chromium: Browser, served: Server, cast: Cast
) -> None:
    """The older word leaves its phone a day later than the newer one. It is kept beside it, and its writer reads so."""
    base, unit = f"http://127.0.0.1:{served.port}", cast.world.state
    for role in ("no_office", "booth_worker"):
        cast.appoint(cast.accounts[role], "state_general_secretary", "JK", by=SYSTEM)
    with cast.as_("national_president"):
        asking = Asking(
            title="State evening",
            wanted="meeting",
            rhythm="weekly",
            first_on=NOW.date() - 2 * DAY,
            last_on=NOW.date() + 60 * DAY,
            office="state_general_secretary",
            kind="state",
        )
        nation, by = cast.world.units["IN"].pk, cast.actor("national_president")
        ask_units(asking=asking, unit_id=nation, expected=2, by=by, at=NOW - DAY)
    with system("test"):
        asked = str(Schedule.objects.get(typed_title="State evening").public_id)

    def finish_on(phone: Phone, role: str, people: int) -> Page:
        page = phone.on(base, cast.token(role), "en")
        for _visit in range(2):
            page.goto(f"{base}/field/start/")
            ready(page)
        where = next(one for one in keeps(page) if asked in one)
        page.context.set_offline(True)
        visit(page, where)
        page.fill("[name=people]", str(people))
        page.click("form[data-record] .acts button")
        expect(page.locator("#field-told .ok")).to_contain_text("State evening")
        return page

    phones = [Phone(chromium) for _n in range(2)]
    try:
        older = finish_on(phones[0], "no_office", 12)
        newer = finish_on(phones[1], "booth_worker", 41)
        newer.context.set_offline(False)
        visit(newer, "/field/outbox/")
        expect(newer.locator("#records li")).to_have_count(0)
        ms = older.evaluate("Date.now()") + (DAY + timedelta(hours=1)).total_seconds() * 1000
        older.clock.set_fixed_time(datetime.fromtimestamp(ms / 1000, UTC))
        given.time(NOW + DAY)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": cast.token("no_office"), "url": base}
        older.context.add_cookies([cookie])  # type: ignore[list-item]  # Playwright's shape
        visit(
            older, "/field/outbox/"
        )  # before the network is there: the page that sends it says what came of it
        older.context.set_offline(False)
        expect(older.locator("#records li")).to_have_count(0)
        expect(older.locator("#field-told")).to_contain_text(
            "A newer answer stands. Yours is kept beside it."
        )
    finally:
        for each in phones:
            each.kill()
            shutil.rmtree(each.profile, ignore_errors=True)
    with system("test"):
        due = Due.objects.get(schedule__public_id=asked, unit_id=unit.pk)
        assert (due.people, due.begins_on) == (41, NOW.date() - 2 * DAY)
        assert DueRecord.objects.get(due=due).people == 12
        assert FieldReceipt.objects.count() == 2
