"""Joining, one's own page and the people's pages in a real browser, from the server as it is served."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries.first_calls import link_secret
from abhiyan.messaging import actions as messaging
from abhiyan.people import actions as people
from abhiyan.people.rules.notices import SAMPLE
from abhiyan.site.tests.visits import go
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import PAGE_LOOKS, SIZES

from .make import CHANNEL, Human, Ladder, World, make_token
from .server import Server
from .web import blanks, code_sent, join, officer, web_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KBIT_PER_S, LATENCY_MS = 250, 300
NEXT = "#join .next >> visible=true"


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(ABHIYAN_ORIGIN="http://app.example.org", ABHIYAN_ORGANISATION="Sangathan")


@pytest.fixture
def world() -> World:
    made = web_world()
    with system("test"):
        version = people.publish_notice(code="membership", texts=SAMPLE, by=CHANNEL, at=made.now)
        Drive.objects.update(notice_version=version)
        with connection.cursor() as cursor:
            cursor.executemany(
                "insert into units_pin (pin, unit_id) values (%s, %s)",
                [("190001", made.booth.pk), ("190001", made.next_booth.pk), ("190002", made.next_booth.pk)],
            )
    return made


Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, served: Server, world: World) -> Iterator[Open]:
    """Opens a page in a browser of its own; what the browser complained of fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def heard(text: str) -> None:
        # A refused form is an answer, and a field somebody is in already keeps the focus: neither is a fault.
        if "status of 4" not in text and not text.startswith("Autofocus processing was blocked"):
            complaints.append(text)

    def visited(
        path: str, *, size: str = "phone", language: str = "en", cookie: str = "", **options: Any
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            extra_http_headers={"Accept-Language": language},
            base_url=f"http://127.0.0.1:{served.port}",
            **options,
        )
        contexts.append(context)
        if cookie:
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": cookie,
                        "url": f"http://127.0.0.1:{served.port}",
                    },
                    {"name": "language", "value": language, "url": f"http://127.0.0.1:{served.port}"},
                ]
            )
        page = context.new_page()
        page.on("console", lambda message: heard(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert complaints == []


def go_on_to(page: Page, field: str) -> None:
    """The next of the short steps, where the field is not in sight yet."""
    if not page.is_visible(field):
        page.click(NEXT)
        cursor_is_there(page)


def cursor_is_there(page: Page) -> None:
    """Wait until a script has taken the cursor to the step: what is typed before would go elsewhere."""
    page.wait_for_selector("html:not([data-steps]), .part:target :focus", state="attached")


def fill(page: Page, human: Human) -> None:
    go_on_to(page, "[name=birth_year]")
    page.check("input[name=adult][value=yes]")
    page.fill("[name=birth_year]", str(human.birth_year))
    page.fill("[name=name]", human.name)
    go_on_to(page, "[name=where]")
    if page.locator("[name=phone]").count():
        page.fill("[name=phone]", human.phone.removeprefix("+91"))


def send(page: Page) -> None:
    go_on_to(page, "#join button.tall")
    page.check("[name=membership]")
    page.click("#join button.tall")


def send_code(page: Page, human: Human, purpose: str = "join") -> None:
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", code_sent(human.phone, purpose))
    page.click("form:has([name=code]) button[type=submit]")


def test_somebody_joins_by_the_web(visit: Open, world: World) -> None:
    page = visit("/join/", language="hi")
    fill(page, world.asha)
    page.fill("[name=where]", "190001")  # the sixth digit looks the places up
    page.wait_for_selector("#places input[value='JK-B001']")
    assert "/join/" in page.url and page.input_value("[name=name]") == "Asha Devi"
    page.check("#places input[value='JK-B001']")
    send(page)
    send_code(page, world.asha)
    page.wait_for_url("**/join/winter/done/")
    assert "Asha Devi" in page.inner_text("h1")
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_joining_comes_in_short_steps_and_a_no_to_the_age_ends_it(visit: Open, world: World) -> None:
    page = visit("/join/", language="hi")
    assert page.is_visible(".notice") and not page.is_visible("[name=name]")
    go_on_to(page, "[name=name]")
    page.fill("[name=name]", world.asha.name)
    page.press("[name=name]", "Enter")
    page.wait_for_selector("#about .err >> nth=1")
    assert "जन्म" in page.inner_text("#about"), "what is missing is asked first, in the reader's language"
    assert page.is_visible("[name=name]") and not page.is_visible("[name=phone]")
    page.go_back()
    assert page.is_visible(".notice")
    page.go_forward()
    assert page.input_value("[name=name]") == world.asha.name
    page.fill("[name=birth_year]", f"15-08-{world.asha.birth_year}")
    page.check("input[name=adult][value=yes]")
    page.press("[name=name]", "Enter")
    page.wait_for_selector("[name=phone]")
    cursor_is_there(page)
    assert not page.is_visible("[name=name]") and page.locator("#about .err").count() == 0
    assert page.input_value("[name=birth_year]") == str(world.asha.birth_year)
    page.fill("[name=phone]", world.asha.phone.removeprefix("+91"))
    page.fill("[name=where]", "Lal Chowk Library")
    page.click(NEXT)  # looks the place up first
    page.wait_for_selector("#places fieldset")
    assert page.is_visible("[name=phone]")
    page.fill("[name=where]", "190001")  # two booths
    page.wait_for_selector("#places input[value='JK-B001']")
    page.click(NEXT)
    page.wait_for_selector("#place .err")
    assert not page.is_visible("[name=membership]"), (
        "a place that was looked for is chosen, or said to be elsewhere"
    )
    page.check("#places input[value='-']")
    page.click(NEXT)
    page.wait_for_selector("[name=membership]")
    page.go_back()
    page.go_back()
    page.check("input[name=adult][value=no]")
    page.click(NEXT)
    page.wait_for_selector("#join", state="detached")
    expect(page.locator("main")).to_contain_text("18")
    assert not world.rows("select 1 from people_person")


def test_each_step_takes_the_cursor_to_its_heading_and_the_last_one_stays_without_the_tick(
    visit: Open, world: World
) -> None:
    page = visit("/join/", language="hi")

    def heading() -> str:
        return str(
            page.evaluate("document.activeElement.matches('h2') && document.activeElement.textContent")
        )

    page.focus(NEXT)
    page.keyboard.press("Enter")
    page.wait_for_selector("#about h2:focus")
    assert heading() == page.inner_text("#about h2")
    fill(page, world.asha)
    assert heading() == page.inner_text("#contact h2") or page.locator("#contact :focus").count()
    page.click(NEXT)
    page.wait_for_selector("#consent h2:focus")
    page.click("#join button.tall")  # without the tick
    page.wait_for_selector("#consent .err")
    assert not page.is_visible(".notice") and not page.is_visible("[name=phone]")
    assert page.evaluate("document.activeElement.name") == "membership"
    assert page.evaluate("document.documentElement.scrollHeight") < 2 * 740
    page.check("[name=membership]")
    page.click("#join button.tall")
    send_code(page, world.asha)
    page.wait_for_url("**/join/winter/done/")


def test_looking_for_the_place_takes_away_what_an_earlier_attempt_was_refused_for(
    visit: Open, world: World
) -> None:
    page = visit("/join/", language="hi")
    fill(page, world.asha)
    page.fill("[name=phone]", "98765 432")
    page.click(NEXT)
    page.wait_for_selector("#contact .err")
    page.fill("[name=where]", "Srinagar")
    page.click("button[name=find]")
    page.wait_for_selector("#places fieldset")
    assert page.locator("#join .err, main .errors, #join [aria-invalid]").count() == 0
    assert page.input_value("[name=name]") == "Asha Devi"


def test_the_wait_for_another_code_is_counted_down(visit: Open, world: World) -> None:
    page = visit("/join/")
    page.clock.install(time=NOW)
    page.clock.pause_at(NOW + timedelta(minutes=1))  # only the test lets time pass, whatever the machine does
    fill(page, world.asha)
    send(page)
    page.wait_for_url("**/code/")
    left = page.locator("[data-wait] b")
    expect(left).to_have_text("45")
    page.clock.run_for(10_000)
    expect(left).to_have_text("35")
    page.clock.run_for(36_000)
    expect(page.locator("[data-wait]")).to_have_count(0)
    expect(page.locator("button[name=again]")).to_be_visible()


def test_somebody_joins_without_script_choosing_the_place_step_by_step(visit: Open, world: World) -> None:
    page = visit("/join/", java_script_enabled=False)
    fill(page, world.asha)
    go(page, "button[name=open]")
    for code in ("JK-SRI", "JK-BL1"):
        go(page, f"button[name=open][value='{code}']")
    assert page.input_value("[name=name]") == "Asha Devi"
    page.check("input[name=unit][value='JK-B001']")
    send(page)
    send_code(page, world.asha)
    page.wait_for_url("**/join/winter/done/")
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)


def test_a_call_is_answered_with_a_link_and_the_link_makes_a_member(visit: Open, world: World) -> None:
    world.missed_call(of=world.asha)
    ((waiting,),) = world.rows("select id from enrolment_waiting")
    page = visit(f"/j/{link_secret(waiting.bytes)}/", language="hi")  # type: ignore[attr-defined]  # a UUID
    fill(page, world.asha)
    page.fill("[name=where]", "190002")
    page.wait_for_selector("#places input[value='JK-B002']")
    send(page)
    page.wait_for_url("**/done/")
    assert "Asha Devi" in page.inner_text("h1")
    assert world.ladder(world.next_booth) == Ladder(reported=1, counted=1)


def test_a_member_leaves_and_comes_back(visit: Open, world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    page = visit("/me/")
    page.fill("[name=phone]", world.asha.phone)
    page.click("form:has([name=phone]) button[type=submit]")
    send_code(page, world.asha, "member")
    page.wait_for_selector("a[href='/me/leave/']")
    page.click("a[href='/me/leave/']")
    page.click("button.danger")
    page.wait_for_selector("text=You have left")
    assert world.ladder(world.booth) == Ladder(reported=1)
    page.goto("/join/")
    fill(page, world.asha)
    page.fill("[name=where]", "190001")
    page.wait_for_selector("#places input[value='JK-B001']")
    page.check("#places input[value='JK-B001']")
    send(page)
    page.wait_for_url("**/done/")  # the phone is proven in this browser already
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)


def test_what_join_loads_comes_within_ten_seconds_over_a_slow_line(visit: Open, world: World) -> None:
    """In Hindi: under 100 KB; at 250 kbit/s and 300 ms for each request the sum is under 10 s."""
    page = visit("about:blank", language="hi")
    line = page.context.new_cdp_session(page)
    received: list[float] = []
    line.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    line.send("Network.enable")
    page.goto("/join/")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    assert sum(received) < 100_000, f"{sum(received):.0f} bytes"
    comes_s = sum(received) * 8 / 1000 / KBIT_PER_S + len(received) * LATENCY_MS / 1000
    assert comes_s < 10, f"{len(received)} requests, {comes_s:.1f} s"


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_no_page_has_a_violation(visit: Open, world: World, size: str, language: str) -> None:
    join(world, world.mohan)
    world.missed_call(of=world.bilal)
    world.paper_row(of=Human("Other Ahmad", 1971, world.bilal.phone))
    world.tick()
    world.paper_row(of=Human("Third Ahmad", 1991, world.bilal.phone))
    world.tick()
    world.missed_call(of=world.bilal)
    problems: list[str] = []
    page = visit("/join/", size=size, language=language)

    def look(name: str) -> None:
        problems.extend(unsound(page, f"{name}-{size}-{language}"))

    look("join")
    fill(page, world.asha)
    look("join-contact")
    page.click("button[name=open]")
    page.wait_for_selector("button[name=open][value='JK-SRI']")
    look("join-tree")
    page.fill("[name=phone]", "98765 432")
    page.click(NEXT)
    page.wait_for_selector("#contact .err")
    look("join-step-errors")
    page.fill("[name=phone]", world.asha.phone.removeprefix("+91"))
    page.click(NEXT)
    page.click("#join button.tall")  # without the consent
    page.wait_for_selector(".errors")
    look("join-errors")
    send(page)
    page.wait_for_selector("[name=code]")
    look("join-code")
    send_code(page, world.asha)
    page.wait_for_url("**/done/")
    look("join-done")
    for name in ("me", "me/correct", "me/leave", "me/card"):
        page.goto(f"/{name}/")
        look(name.replace("/", "-"))
    token = officer(world, "state_president", "JK").cookies[settings.SESSION_COOKIE_NAME].value
    page = visit("/people/", size=size, language=language, cookie=token)
    look("people")
    page.click("tbody th a >> nth=0")
    page.wait_for_url("**/people/*-*/")
    look("person")
    for name in ("unplaced", "nameless"):
        page.goto(f"/people/{name}/")
        look(name)
    page.goto("/notice/")
    look("notice")
    whole = page.input_value("[name=text_en]")
    page.fill("[name=text_en]", "Only a title, and [a hole]")
    page.click("form:has([name=text_hi]) button[type=submit]")
    page.wait_for_selector(".errors")
    look("notice-refused")
    # A notice names who publishes it.
    page.fill("[name=text_en]", whole.replace("The organisation named at the top of this page", "Sangathan"))
    page.click("form:has([name=text_hi]) button[type=submit]")
    page.wait_for_selector("input[name=step][value=publish]", state="attached")
    look("notice-check")
    assert not problems, "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS[:2])
def test_the_pages_on_the_way_and_at_an_end_have_no_violation(
    visit: Open, world: World, size: str, language: str
) -> None:
    """Only an act leads to them, or a secret; by eye they belong to the pages above."""
    problems: list[str] = []
    of = {"size": size, "language": language}

    def look(page: Page, name: str, *, status: int = 200) -> None:
        found = page.goto(name) if name.startswith("/") else None
        if found is not None and found.status != status:
            problems.append(f"{name}: {found.status}")
        problems.extend(unsound(page, f"{name}-{size}-{language}"))

    def send(page: Page, what: str, phone: str, then: str) -> None:
        page.goto(what)
        page.fill("[name=phone]", phone)
        page.click("form:has([name=phone]) button[type=submit]")
        page.wait_for_url(f"**{then}")

    world.missed_call(of=world.asha)
    ((waiting,),) = world.rows("select id from enrolment_waiting")
    page = visit("/join/", **of)
    go_on_to(page, "[name=birth_year]")
    page.check("input[name=adult][value=no]")
    page.click(NEXT)
    page.wait_for_selector("form#join", state="detached")
    look(page, "join minor")
    look(page, "/join/winter/received/")
    look(page, f"/j/{link_secret(waiting.bytes)}/")  # type: ignore[attr-defined]  # a UUID
    look(page, "/sign-in/console/no-secret-of-anybody/")
    send(page, "/sign-in/", "98765 43210", "/sign-in/code/")
    look(page, "sign-in code")

    for human in (world.bilal, Human("Other Ahmad", 1971, world.bilal.phone)):
        world.paper_row(of=human)
        world.tick()
    send(page, "/me/", world.bilal.phone, "/me/code/")
    look(page, "me code")
    send_code(page, world.bilal, "member")
    page.wait_for_url("**/me/which/")
    look(page, "me which")
    page.fill("[name=birth_year]", "1971")
    page.click("form:has([name=birth_year]) button[type=submit]")
    page.goto("/me/leave/")
    page.click("button.danger")
    page.wait_for_selector("button.danger", state="detached")
    look(page, "me left")

    token = make_token(world)
    with system("test"):
        messaging.connect_number(
            number="+911800000009",
            provider="generic",
            meaning="join",
            programme_id=world.programme.pk,
            signing_token="known to the provider",
            by=CHANNEL,
            at=world.now,
        )
    cookie = officer(world, "state_president", "JK").cookies[settings.SESSION_COOKIE_NAME].value
    page = visit("/people/?unit=JK&ended=ended", **of, cookie=cookie)
    look(page, "people left")
    page.click("tbody th a >> nth=0")
    page.wait_for_url("**/people/*-*/")
    look(page, "person left")
    page.goto("/people/")
    page.click("tbody th a >> nth=0")
    page.click("main a[href$='/correct/']")
    look(page, "correct a person")
    drive = f"/drives/{world.programme.public_id}/"
    look(page, f"{drive}tokens/{token.public_id}/end/")
    page.goto(drive)
    page.click("a[href*='/numbers/'][href$='/end/']")
    look(page, "end a number")
    page.goto("/account/")
    page.click("a[href$='/recovery-codes/']")
    look(page, "asked before new recovery codes")
    page.click("form[data-asks] button[type=submit]")
    page.wait_for_selector("form[data-asks]", state="detached")
    look(page, "recovery codes")
    assert not problems, "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_somebody_complains_reads_the_answer_and_has_everything_erased(
    visit: Open, world: World, size: str, language: str
) -> None:
    world.web_join(of=world.asha)
    key = settings.SESSION_COOKIE_NAME
    desk = officer(world, "data_officer", "JK-SRI").cookies[key].value
    page = visit("/me/", size=size, language=language)
    page.fill("[name=phone]", world.asha.phone.removeprefix("+91"))
    page.click("main form button[type=submit]")
    send_code(page, world.asha, "member")
    page.wait_for_selector("#requests")
    where = f"{size}-{language}"
    page.click("a[href='/me/requests/']")
    assert unsound(page, f"me-ticket-{where}") == []
    page.check("[name=kind][value=grievance]")
    page.fill("[name=said]", "Somebody reads my number aloud")
    page.click("main form button[type=submit]")
    page.wait_for_selector("#requests")
    listed = visit("/people/requests/", size=size, language=language, cookie=desk)
    assert unsound(listed, f"tickets-{where}") == []
    go(listed, "main tbody a[href^='/people/requests/']")
    assert unsound(listed, f"ticket-{where}") == []
    listed.fill("[name=text]", "We have spoken to them")
    listed.click("main form button[type=submit]")
    listed.wait_for_url("**/people/requests/")
    page.reload()
    assert "We have spoken to them" in page.inner_text("main")
    assert unsound(page, f"me-{where}") == []
    page.click("a[href='/me/erase/']")
    assert unsound(page, f"me-erase-{where}") == []
    go(page, "main form button.danger")
    assert "Asha" not in page.inner_text("main")
    assert unsound(page, f"me-erased-{where}") == []
    assert world.rows("select 1 from people_person where name is not null") == []


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_is_asked_answers_on_the_page_of_the_link_without_script(
    visit: Open, world: World, size: str, language: str, answer: str
) -> None:
    noon = (NOW - timedelta(days=1)).replace(hour=6, minute=30)
    world.now = noon - timedelta(days=1)
    world.web_join(of=world.asha)
    with system("test"):
        confirming.ask_new_members(at=noon)
    (asked,) = blanks(world.asha.phone, "ask.confirm")
    link = "/q/" + asked["link"].rstrip("/").rpartition("/")[2] + "/"
    page = visit(link, size=size, language=language)
    assert unsound(page, f"question-{size}-{language}") == []
    yes, no = (page.locator(".yesno button").nth(n).bounding_box() for n in (0, 1))
    assert yes and no and (yes["width"], yes["height"]) == (no["width"], no["height"])  # of the same weight
    page = visit(link, size=size, language=language, java_script_enabled=False)
    page.click(f"button[value={answer}]")
    page.wait_for_selector("button[name=answer]", state="detached")
    expected = Ladder(reported=1, counted=1, confirmed=1) if answer == "yes" else Ladder(reported=1)
    assert world.ladder(world.booth) == expected
