"""A shared phone after its account was signed out, here or from elsewhere: what is left on it, and who gets copies."""

import json
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.actions import sessions
from abhiyan.site.tests.cast import Cast

from .test_field_troubles import (  # noqa: F401  # fixtures
    COPIES,
    DOOR,
    KAMLA,
    SITA,
    cast,
    offline,
    page,
    phone,
    served,
    to_person,
    visit,
    write,
)
from .test_offline_journey import ROLE, path_of, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PRESIDENT = "Madan Lal"  # A copied page has this name.
# All that this origin keeps in the browser, but the files of our own pages: [copies, storage, stores].
LEFT = """async () => {
    const copies = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const one of await cache.keys())
            if (!one.url.includes("/static/"))
                copies.push(one.url, await (await cache.match(one, { ignoreVary: true })).text());
    }
    const stores = {};
    for (const { name } of await indexedDB.databases()) {
        const asked = indexedDB.open(name);
        const base = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
        for (const store of base.objectStoreNames) {
            const all = base.transaction(store).objectStore(store).getAll();
            stores[store] = await new Promise((done) => (all.onsuccess = () => done(all.result)));
        }
        base.close();
    }
    return [copies, JSON.stringify({ ...localStorage, ...sessionStorage }), stores];
}"""


@pytest.fixture
def worked(page: Page) -> Page:  # noqa: F811  # a fixture
    """Give a phone copies, one with a name, what it sent, one finished record and one begun that can't leave."""
    visit(page, DOOR)
    write(page, SITA)
    page.click(".acts button[name=send]")
    page.wait_for_url("**/field/*-*/")
    assert "field-sent" in page.evaluate(LEFT)[1]
    page.route("**/field/send/", lambda route: route.abort())
    visit(page, DOOR)
    with offline(page):
        write(page, KAMLA)
        page.click(".acts button[name=send]")
        expect(page.locator("#field-told .ok")).to_contain_text(KAMLA.name)
        ready(page)
        to_person(page)
        page.fill("[name=name]", "Begun Only")
    assert len(page.evaluate(COPIES)) > 2
    assert PRESIDENT in json.dumps(page.evaluate(LEFT)[0])
    return page


def signed_out(page: Page) -> None:  # noqa: F811
    page.wait_for_selector("html[data-signed-out=ready]", state="attached")


def only_unsent_records_are_left(page: Page) -> None:  # noqa: F811
    copies, storage, stores = page.evaluate(LEFT)
    assert copies == []
    assert not any(word in storage for word in ("field-sent", PRESIDENT, KAMLA.name, KAMLA.phone[3:]))
    names = sorted(dict(one["fields"])["name"] for one in stores.pop("records"))
    assert names == ["Begun Only", KAMLA.name]
    assert stores == {"pictures": []}


def sign_out_everywhere(cast: Cast) -> None:  # noqa: F811
    with system("test"):
        assert sessions.end_all_of_account(account_id=cast.accounts[ROLE].pk, at=NOW)


def test_after_signing_out_nothing_is_left_but_unsent_records_and_the_page_names_them(
    worked: Page,
    cast: Cast,  # noqa: F811
) -> None:
    call = path_of(worked, "/field/call/")
    base = worked.evaluate("location.origin")
    worked.goto(f"{base}/account/")
    worked.locator("main form[action$='/sign-out/'] button").click()
    signed_out(worked)
    only_unsent_records_are_left(worked)
    left = worked.locator("#left-here li")
    expect(left).to_have_count(1)
    expect(left).to_contain_text(cast.accounts[ROLE].name)
    assert worked.locator("#left-here .n").inner_text() == "1"
    assert worked.locator("#left-here .begun").inner_text() == "1"
    with offline(worked), pytest.raises(Error):
        worked.goto(base + call)


def test_a_phone_signed_out_from_elsewhere_forgets_at_the_next_network(worked: Page, cast: Cast) -> None:  # noqa: F811
    call = path_of(worked, "/field/call/")
    base = worked.evaluate("location.origin")
    sign_out_everywhere(cast)
    worked.goto(base + call)
    signed_out(worked)
    only_unsent_records_are_left(worked)
    with offline(worked), pytest.raises(Error):
        worked.goto(base + call)


def test_an_open_page_that_learns_it_was_signed_out_forgets_too(worked: Page, cast: Cast) -> None:  # noqa: F811
    visit(worked, "/field/outbox/")
    sign_out_everywhere(cast)
    worked.unroute("**/field/send/")
    worked.click("#send-now")
    expect(worked.locator("#sign-in")).to_be_visible()
    only_unsent_records_are_left(worked)


def test_another_account_on_the_phone_gets_no_copy_of_the_first(
    worked: Page,
    cast: Cast,  # noqa: F811
) -> None:
    call = path_of(worked, "/field/call/")
    base, other = worked.evaluate("location.origin"), "state_president"
    cookies: list[Any] = worked.context.cookies()
    worked.context.clear_cookies()
    for one in cookies:
        one["value"] = cast.token(other) if one["name"].endswith("session") else one["value"]
    worked.context.add_cookies(cookies)
    worked.goto(f"{base}/field/start/")
    ready(worked)
    kept = json.dumps(worked.evaluate(LEFT)[0])
    assert PRESIDENT not in kept and cast.accounts[ROLE].name not in kept
    with offline(worked):
        worked.goto(base + call)
        ready(worked)
        assert PRESIDENT not in worked.content()
    expect(worked.locator("#unsent")).to_be_hidden()
