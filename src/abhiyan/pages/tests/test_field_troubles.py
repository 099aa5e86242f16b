"""Troubles of a phone, in a browser: it is full, keeps nothing, loses its battery, has two tabs or a broken script."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, CDPSession, FilePayload, Page, Route, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep.models import DoorEntry, DoorTry
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms.models import FormVersion, Submission
from abhiyan.forms.tests.test_pictures import drawn
from abhiyan.people.models_field import FieldReceipt
from abhiyan.site.tests.cast import Cast
from abhiyan.ui.tests.axe import unsound

from .test_offline_journey import ROLE, Phone, at_work, enter, path_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KAMLA = Human("Kamla Devi", 1979, "+919906007732")
SITA = Human("Sita Devi", 1980, "+919906007733")
DOOR = "/field/?unit=JK-B001"
MOST = 200_000  # bytes of a first visit
BIG: FilePayload = {"name": "booth.jpg", "mimeType": "image/jpeg", "buffer": drawn(4000, 3000)}
RECORDS = """async (store) => {
    const asked = indexedDB.open("field");
    const base = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
    const all = base.transaction(store).objectStore(store).getAll();
    const found = await new Promise((done) => (all.onsuccess = () => done(all.result)));
    base.close();
    return found%s;
}"""
NAMES = RECORDS % '.map((one) => Object.fromEntries(one.fields ?? []).name ?? "")'
PICTURES = (
    RECORDS
    % "&& Promise.all(found.map(async ({ blob }) => [blob.size, (await createImageBitmap(blob)).width]))"
)
COPIES = """async () => (await (await caches.open("field-pages")).keys()).map((one) => new URL(one.url).pathname)"""


@pytest.fixture
def cast() -> Cast:
    return at_work()


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan", ABHIYAN_SMS="file")


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    made = Phone(chromium)
    yield made
    made.context.close()
    shutil.rmtree(made.profile, ignore_errors=True)


@pytest.fixture
def page(phone: Phone, served: Server, cast: Cast) -> Page:
    """A phone on its second visit."""
    base = f"http://127.0.0.1:{served.port}"
    page = phone.on(base, cast.token(ROLE), "en")
    for _visit in range(2):
        page.goto(f"{base}/field/start/")
        ready(page)
    return page


def visit(page: Page, path: str) -> None:
    page.goto(page.evaluate("location.origin") + path)
    ready(page)


def to_person(page: Page) -> None:
    """Go on to the person. The cursor comes to the phone; what is typed before it comes would go elsewhere."""
    page.click("a[href='#person']")
    expect(page.locator("[name=phone]")).to_be_focused()


def write(page: Page, human: Human) -> None:
    to_person(page)
    fill(page, human)


def fill(page: Page, human: Human) -> None:
    page.fill("[name=phone]", human.phone.removeprefix("+91"))
    page.fill("[name=name]", human.name)
    page.fill("[name=birth_year]", str(human.birth_year))
    page.check("[name=heard]")


@contextmanager
def offline(page: Page) -> Iterator[None]:
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)


@contextmanager
def full(page: Page) -> Iterator[CDPSession]:
    """The phone has no room."""
    line = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    line.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    yield line
    line.send("Storage.overrideQuotaForOrigin", {"origin": origin})


def sent_everything(page: Page) -> None:
    """Go to the outbox with a network, until nothing is left there."""
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(0)


def test_a_full_phone_says_so_and_loses_nothing(page: Page) -> None:
    due = path_of(page, "/field/due/")
    with full(page), offline(page):
        visit(page, due)
        page.set_input_files("[name=q-before]", BIG)
        expect(page.locator("#field-told .bad")).to_contain_text("full")
        assert page.locator(".kept").count() == 0
        assert page.evaluate("document.querySelector('[name=q-before]').files.length") == 1
    with offline(page):  # there is room again
        page.set_input_files("[name=q-before]", BIG)
        expect(page.locator(".kept")).to_have_count(1)


def test_a_picture_of_12_megapixels_is_shrunk_before_it_is_kept(page: Page) -> None:
    visit(page, path_of(page, "/field/due/"))
    page.set_input_files("[name=q-before]", BIG)
    expect(page.locator(".kept")).to_have_count(1)
    ((size, width),) = page.evaluate(PICTURES, "pictures")
    assert width == 1600 and size < 1 << 20


def test_what_was_typed_outlives_a_battery_that_is_empty(
    phone: Phone, page: Page, served: Server, cast: Cast
) -> None:
    visit(page, DOOR)
    phone.context.set_offline(True)
    to_person(page)
    page.keyboard.type("98")
    page.click("[name=name]")
    page.keyboard.type("Kamla D")
    page.wait_for_function(f"async () => (await ({NAMES})('records')).includes('Kamla D')")
    phone.kill()
    page = phone.on(f"http://127.0.0.1:{served.port}", cast.token(ROLE), "en")
    phone.context.set_offline(True)
    page.goto(f"http://127.0.0.1:{served.port}{DOOR}")
    ready(page)
    assert (page.input_value("[name=name]"), page.input_value("[name=phone]")) == ("Kamla D", "98")
    expect(page.locator("#field-told .info")).to_have_count(1)


def test_two_tabs_write_two_records(page: Page) -> None:
    visit(page, DOOR)
    write(page, KAMLA)
    other = page.context.new_page()
    other.goto(page.url.partition("#")[0])
    ready(other)
    assert other.input_value("[name=name]") == ""
    with offline(page):
        write(other, SITA)
        for tab, human in ((page, KAMLA), (other, SITA)):
            tab.click(".acts button[name=send]")
            expect(tab.locator("#field-told .ok")).to_contain_text(human.name)
    other.close()
    sent_everything(page)
    with system("test"):
        assert set(DoorEntry.objects.values_list("name", flat=True)) == {KAMLA.name, SITA.name}


def test_a_refused_record_holds_back_only_records_of_the_same_thing(page: Page) -> None:
    due = path_of(page, "/field/due/")
    no_picture: FilePayload = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    with offline(page):
        for picture in (no_picture, BIG):
            visit(page, due)
            page.check("[name=q-done][value=yes]")
            page.set_input_files("[name=q-before]", picture)
            expect(page.locator(".kept")).to_have_count(1)
            page.click("form[data-record] .acts button")
            expect(page.locator("#field-told .ok")).to_have_count(1)
        visit(page, DOOR)
        enter(page, KAMLA)
    visit(page, "/field/outbox/")
    expect(page.locator("#records li")).to_have_count(2)
    with system("test"):
        assert DoorEntry.objects.count() == 1 and Submission.objects.count() == 0
    page.click("#records .push a:not([hidden])")
    page.wait_for_url("**mend=**")
    ready(page)
    expect(page.locator(".field:has([name=q-before]) .err")).to_have_count(1)
    page.set_input_files("[name=q-before]", BIG)
    expect(page.locator(".kept")).to_have_count(1)
    page.click("form[data-record] .acts button")
    expect(page).not_to_have_url(re.compile("mend="))  # sooner, the next page would cut it off
    sent_everything(page)
    with system("test"):
        assert FieldReceipt.objects.count() == 3 and Submission.objects.count() == 1


def test_a_door_without_an_entry_is_noted_without_a_network(page: Page) -> None:
    visit(page, DOOR)
    with offline(page):
        page.click("button[name=outcome][value='2']")
        expect(page.locator("#field-told .ok")).to_contain_text("Nobody at home")
        ready(page)
    sent_everything(page)
    visit(page, DOOR)
    page.click("button[name=outcome][value='2']")
    page.wait_for_url("**noted=2**")
    with system("test"):
        assert DoorTry.objects.get().n == 2


def test_a_refusal_is_said_above_the_form_and_at_its_field(page: Page) -> None:
    visit(page, DOOR)
    write(page, Human(KAMLA.name, KAMLA.birth_year, "+911"))
    page.click(".acts button[name=send]")
    expect(page.locator("#field-told .bad")).to_contain_text("phone")
    field = page.locator("[name=phone]")
    error = page.locator(".field:has([name=phone]) .err")
    expect(error).to_have_count(1)
    expect(field).to_be_focused()
    assert error.get_attribute("id") in (field.get_attribute("aria-describedby") or "").split()
    page.fill("[name=phone]", KAMLA.phone.removeprefix("+91"))
    expect(error).to_have_count(0)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    with system("test"):
        assert DoorEntry.objects.count() == 1 == FieldReceipt.objects.count()


def test_a_copy_that_names_people_is_gone_after_a_day(page: Page) -> None:
    call = path_of(page, "/field/call/")
    back = """async ([path, hours]) => {
        const pages = await caches.open("field-pages");
        const old = await pages.match(path, { ignoreVary: true });
        const headers = new Headers(old.headers);
        headers.set("X-Abhiyan-At", Date.now() - hours * 3600000);
        await pages.put(path, new Response(await old.blob(), { headers }));
    }"""
    for hours, is_kept in ((23.9, True), (24.1, False)):
        page.evaluate(back, [call, hours])
        with offline(page):
            # The outbox tells the worker to forget, just when the next page makes it forget too.
            page.evaluate(
                "for (let i = 0; i < 30; i++) navigator.serviceWorker.controller.postMessage('forget')"
            )
            page.goto(page.url.partition("/field/")[0] + call)
            ready(page)
            assert (page.locator("form[data-record=call]").count() == 1) is is_kept
            assert (call in page.evaluate(COPIES)) is is_kept


NEWER = """async () => {
    const own = await navigator.serviceWorker.register("/field/worker.js?newer", { scope: "/field/" });
    const isThere = () => own.active?.scriptURL.endsWith("newer") && own.active.state === "activated";
    while (!isThere()) await new Promise((done) => setTimeout(done, 10));
}"""


def test_a_worker_that_takes_the_place_of_another_gives_out_its_copies(page: Page) -> None:
    page.evaluate(NEWER)
    with offline(page):
        visit(page, DOOR)
        enter(page, KAMLA)
        expect(page.locator("#unsent b")).to_have_text("1")
        assert page.evaluate("navigator.serviceWorker.controller.scriptURL").endswith("newer")


def answering(body: str) -> Any:
    """Answer for the script of the copies. asked: how often it was."""

    def answer(route: Route) -> None:
        told.asked += 1
        route.fulfill(body=body, content_type="text/javascript")

    told: Any = answer
    told.asked = 0
    return told


def test_without_the_copies_the_pages_work_as_they_do_elsewhere(
    chromium: Browser, served: Server, cast: Cast
) -> None:
    """The script of the copies throws, or the browser refuses it."""
    for body in (
        "throw new Error('broken')",
        "self.addEventListener('fetch', () => { throw new Error('x') })",
    ):
        with chromium.new_context(base_url=f"http://127.0.0.1:{served.port}") as context:
            broken: Any = answering(body)
            context.route("**/field/worker.js", broken)
            cookie = {
                "name": settings.SESSION_COOKIE_NAME,
                "value": cast.token(ROLE),
                "url": f"http://127.0.0.1:{served.port}",
            }
            context.add_cookies([cookie])  # type: ignore[list-item]
            page = context.new_page()
            page.goto(DOOR)
            ready(page)
            assert broken.asked
            write(page, KAMLA)
            page.click(".acts button[name=send]")
            page.wait_for_url("**/field/*-*/")


@pytest.mark.parametrize("setting", ["granted", "denied"])
def test_the_outbox_says_when_the_browser_may_delete_it(phone: Phone, page: Page, setting: str) -> None:
    line = page.context.new_cdp_session(page)
    line.send("Browser.setPermission", {"permission": {"name": "persistent-storage"}, "setting": setting})
    visit(page, DOOR)
    with offline(page):
        enter(page, KAMLA)
        visit(page, "/field/outbox/")
        expect(page.locator("#records li")).to_have_count(1)
        said = expect(page.locator("#unsafe"))
        said.to_be_hidden() if setting == "granted" else said.to_be_visible()


def test_the_field_loads_little_has_no_fault_and_can_be_installed(
    chromium: Browser, served: Server, cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    base = f"http://127.0.0.1:{served.port}"
    for path in (DOOR, "/field/start/"):
        with chromium.new_context(
            base_url=base, locale="hi", viewport={"width": 360, "height": 740}
        ) as context:
            cookies = {settings.SESSION_COOKIE_NAME: cast.token(ROLE), "language": "hi"}
            context.add_cookies([{"name": k, "value": v, "url": base} for k, v in cookies.items()])
            page = context.new_page()
            line = context.new_cdp_session(page)
            line.send("Network.enable")
            came: list[float] = []
            line.on("Network.loadingFinished", lambda each, came=came: came.append(each["encodedDataLength"]))
            page.goto(path)
            ready(page)
            record_property(f"first load of {path}", sum(came))
            print(f"first load of {path}: {sum(came) / 1000:.1f} kB in {len(came)}")
            assert len(came) > 5 and sum(came) <= MOST
            assert line.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
            starts = page.evaluate(
                "[...document.querySelectorAll('a[href^=\"/field/\"]')].map((one) => one.href)"
            )
            for each in [path] if path == DOOR else [path, "/field/outbox/", *starts]:
                page.goto(each)
                ready(page)
                assert unsound(page, each) == []


def test_a_report_is_kept_under_the_version_of_its_form_that_was_filled_in(page: Page) -> None:
    due = path_of(page, "/field/due/")
    with offline(page):
        visit(page, due)
        page.check("[name=q-done][value=yes]")
        page.set_input_files("[name=q-before]", BIG)
        expect(page.locator(".kept")).to_have_count(1)
        page.click("form[data-record] .acts button")
        expect(page.locator("#field-told .ok")).to_have_count(1)
        with system("test"):  # before the network is back: the report may be sent at once then
            first = FormVersion.objects.get()
            at = NOW + timedelta(minutes=1)
            FormVersion.objects.create(
                form_id=first.form_id, number=2, questions=first.questions[:1], made_at=at, used_from=at
            )
    sent_everything(page)
    with system("test"):
        assert Submission.objects.get().version_id == first.pk
