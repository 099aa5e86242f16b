"""The pages of the product in a real browser, as offices see them: journeys, and no violation on any of them.

Joining, one's membership and the people's pages have theirs in enrolment's tests, the kit in ui's.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.elections.tests import make as elections
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.imports import actions as acts
from abhiyan.imports import queries as imports
from abhiyan.imports import running
from abhiyan.intake.actions import tokens
from abhiyan.messaging import actions as messaging
from abhiyan.paper.actions import batches
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account
from abhiyan.polls import actions as polls
from abhiyan.programmes import actions as programmes
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.looked_at import ALIKE, PAGES, SHORT_LOOKS
from abhiyan.site.tests.visits import away, go
from abhiyan.targets import actions as target_actions
from abhiyan.targets import queries as target_queries
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS, LOOKS, PAGE_LOOKS, SIZES, SLOW
from abhiyan.units.models import Unit
from abhiyan.work import actions as work_actions
from abhiyan.work.actions.materials import add_material
from abhiyan.work.actions.schedules import Asking, ask_units
from abhiyan.work.rules.tasks import Act

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
ON_PAPER: ViewportSize = {"width": 696, "height": 1000}  # A4 without its margins
# What a printer would cut off at the right, first thing first.
OVER_THE_EDGE = """() => [...document.querySelectorAll('main *')]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest('svg, .vh')
        && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))[0] || ''"""
HABIB = Human("Habib Shah", 1969, "+919906060606")  # the one member of the mandal Hazratbal


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=42, foreign=61)
    cast.world.web_join(of=HABIB, unit=cast.world.units["JK-B003"])
    cast.world.missed_call(of=cast.world.bilal)
    cast.fold()
    return cast


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    """Opens a page as somebody in office; what the browser complained of, the policy too, fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def heard(page: Page, text: str) -> None:
        # A refusal is an answer, and a field somebody is in already keeps the focus: neither is a fault.
        if "status of 4" not in text and not text.startswith("Autofocus processing was blocked"):
            complaints.append(f"{page.url}: {text}")

    def visited(
        path: str, role: str = "", *, size: str = "desk", language: str = "en", token: str = ""
    ) -> Page:
        width, height = SIZES[size]
        if role:
            with system("test"):
                Account.objects.filter(pk=cast.accounts[role].pk).update(language=language)
        base = f"http://127.0.0.1:{served.port}"
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            extra_http_headers={"Accept-Language": language},
            base_url=base,
        )
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": base}])
        token = token or (cast.token(role) if role else "")
        if token:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": token, "url": base}])
        page = context.new_page()
        page.on("console", lambda message: heard(page, message.text))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_a_long_name_leaves_the_head_on_one_line_with_the_own_tab_in_sight(
    visit: Open, size: str, language: str
) -> None:
    page = visit("/appointments/", "state_president", size=size, language=language)
    page.evaluate("document.querySelector('.ribbon span').textContent = 'भारतीय लोक सेवा संगठन परिवार'")
    ribbon, search, *rest = page.evaluate(
        "[...document.querySelectorAll('.top .ribbon, .top .search, .top .lang, .top > .row summary')].map((one) => {"
        " const box = one.getBoundingClientRect(); return [box.left, box.right, (box.top + box.bottom) / 2]})"
    )
    assert len(rest) == 2 and page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for left, right in pairwise((ribbon, search, *rest)):
        assert left[1] <= right[0] and abs(left[2] - right[2]) < 4, (left, right)
    assert ribbon[1] - ribbon[0] > 60 and search[1] - search[0] > 60
    page.wait_for_function(  # a menu scrolls by whole points
        "() => { const [nav, tab] = ['.top nav', '.top nav [aria-current]'].map("
        " (which) => document.querySelector(which).getBoundingClientRect());"
        " return nav.left - 2 <= tab.left && tab.right <= nav.right + 2 }"
    )


def test_on_a_phone_the_sheets_of_units_below_show_all_they_are_sorted_by(visit: Open) -> None:
    page = visit("/units/JK-SRI/?show=all", "state_president", size="phone")
    sheet = page.locator("section:has(#children) tbody tr").first
    heads = page.locator("section:has(#children) thead th:has(a):visible").all_inner_texts()[
        1:
    ]  # all but the name
    cells = sheet.locator("td[data-l]:visible, td.lad:visible")
    assert cells.count() == len(heads) == 2, "two lines a row: name and share, then the ladder against due"


def test_a_printed_ladder_has_room_for_its_day_and_its_legend_covers_no_word(visit: Open) -> None:
    page = visit("/units/JK-SRI/?show=all", "state_president")
    page.set_viewport_size({"width": 696, "height": 1123})  # A4 without its margins, 96 dots to the inch
    page.emulate_media(media="print")
    page.evaluate(
        "document.querySelector('.axis svg').insertAdjacentHTML("
        "'beforeend', '<text class=pl x=33% y=14>day 20</text>')"
    )
    assert page.locator(".axis .pl").first.is_visible()
    total = page.locator("section:has(#children) tfoot").first
    assert total.evaluate("(foot) => getComputedStyle(foot).display") == "table-row-group", "once, at the end"
    for mark in page.locator(".legend svg").all():
        signs_end, word_begins = mark.evaluate(
            "(mark) => { const word = document.createRange(); word.selectNodeContents(mark.nextSibling);"
            " const signs = [...mark.children].map((sign) => sign.getBoundingClientRect().right);"
            " return [Math.max(...signs), word.getBoundingClientRect().left] }"
        )
        assert signs_end <= word_begins


# Journeys

WALKS = {
    "organisational": ("IN", "JK", "JK-SRI", "JK-SRI-M1", "JK-SRI-M1-C1", "JK-B001"),
    "electoral": ("IN", "JK", "JK-PC1", "JK-AC20", "JK-B001"),
    "administrative": ("IN", "JK", "JK-SRI", "JK-BL1", "JK-B001"),
}


@pytest.mark.parametrize(
    ("hierarchy", "size"),
    [
        ("organisational", "phone"),
        ("electoral", "desk"),
        ("administrative", "phone"),
        pytest.param("organisational", "desk", marks=SLOW),
        pytest.param("electoral", "phone", marks=SLOW),
        pytest.param("administrative", "desk", marks=SLOW),
    ],
)
def test_the_tree_is_walked_from_the_nation_to_a_booth(
    visit: Open, cast: Cast, hierarchy: str, size: str
) -> None:
    first, *rest = WALKS[hierarchy]
    page = visit(f"/units/{first}/?in={hierarchy}", "national_president", size=size)
    for code in rest:
        page.locator(f"main a[href^='/units/{code}/']").locator("visible=true").first.click()
        page.wait_for_url(f"**/units/{code}/?in={hierarchy}*")
        assert cast.world.units[code].names["en"] in page.inner_text("h1")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    # And back up by the path above the page.
    page.locator("nav a[href^='/units/JK/']").locator("visible=true").first.click()
    page.wait_for_url("**/units/JK/*")


def test_a_district_in_charge_sees_the_ladder_of_the_district_within_two_clicks(visit: Open) -> None:
    page = visit("/", "district_in_charge")
    page.locator("main a[href^='/units/JK-SRI/']").first.click()
    page.wait_for_url("**/units/JK-SRI/*")
    assert "44" in page.locator("main").inner_text()  # 42 and the two by name


@pytest.mark.parametrize("size", ["phone", pytest.param("desk", marks=SLOW)])
def test_an_appointment_is_made_and_ended_and_its_power_is_gone_at_once(
    visit: Open, cast: Cast, size: str
) -> None:
    phone = {"phone": "9906070707", "desk": "9906070708"}[size]
    name = f"Nazir {size}"
    chief = visit("/appointments/new/?unit=JK-SRI-M2&office=mandal_president", "state_president", size=size)
    chief.fill("[name=phone]", phone)
    chief.fill("[name=name]", name)
    go(chief, "main form[method=post] button[type=submit]")
    with system("test"):
        account = Account.objects.get(name=name)
        token = sessions.start(account_id=account.pk, device="", origin="", at=NOW, strong=True).token
    own = visit("/", size=size, token=token)
    assert "Do you accept? Mandal president" in own.inner_text("main")
    go(own, "main a[href^='/appointments/']")
    go(own, "button:text-is('Accept the office')")
    own.goto("/people/?unit=JK-SRI-M2")
    assert HABIB.name in own.locator("main table").inner_text()
    chief.goto("/appointments/?unit=JK-SRI-M2")
    chief.click(f"text={name}")
    go(chief, "dialog#sheet a[href^='/appointments/']")
    go(chief, "main a[href$='/end/']")
    chief.fill("[name=reason]", "Term is over")
    go(chief, "button.danger")
    own.goto("/people/?unit=JK-SRI-M2")
    assert "/sign-in/" in own.url and HABIB.name not in own.content()


UNITS = (
    "Code,Kind,Name in English,Name in Hindi,Organisational parent,Aadhaar\n"
    "JK-B201,booth,New School,नया विद्यालय,JK-SRI-M1,999911112222\n"
    "JK-B202,booth,Lost Library,,JK-SRI-M9,\n"
)
PAPER = (
    "Phone,Name,Birth year,Booth code,Notice version\n"
    "9906080801,Shabnam Bano,1980,JK-B001,1\n"
    "12345,Nobody Reachable,1970,JK-B001,1\n"
    "9906080803,Child Ofsomebody,2015,JK-B001,1\n"
)


def go_through(
    page: Page, kind: str, text: str, folder: Path, refused: str, taken_in: Callable[[], bool]
) -> None:
    """Upload, columns, check, import, undo, as somebody does it by hand; the jobs are run in between.

    taken_in: whether what the list brings is there: after the import it is, and after the undo no more.
    """
    (folder / f"{kind}.csv").write_text(text)
    page.goto(f"/imports/new/{kind}/")
    if kind == "units":
        page.check("[name=unit][value=all]") if page.locator(
            "[name=unit][value=all][type=radio]"
        ).count() else None
    page.set_input_files("input[type=file]", folder / f"{kind}.csv")
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url(lambda url: "/imports/new/" not in url)
    public_id = UUID(page.url.split("/imports/")[1].strip("/"))

    def work(step: str) -> None:
        page.wait_for_selector("progress")
        with away(page):
            running.run_import_step(public_id, step, at=NOW)

    if page.locator("#columns").count():  # else each was known, and the check has begun
        go(page, "form[action$='/columns/'][data-once] button[type=submit]")
    work("check")
    assert refused in page.locator("section:has(#refused)").inner_text()
    for step, state in (("commit", "done"), ("undo", "undone")):
        if step == "undo":
            page.click(f"a[href$='/{step}/']")
        page.click(
            f"form[action$='/{step}/'] button[type=submit], form:not([action])[data-asks] button[type=submit]"
        )
        page.wait_for_url(f"**/imports/{public_id}/")
        work(step)
        with system("test"):
            assert imports.import_for(public_id).state == state
        assert taken_in() is (state == "done")


def test_a_list_of_units_is_imported_with_a_refused_row_and_undone(visit: Open, tmp_path: Path) -> None:
    def is_there() -> bool:
        with system("test"):
            return Unit.objects.filter(code="JK-B201").exists()

    go_through(visit("/imports/", "root"), "units", UNITS, tmp_path, "JK-SRI-M9", is_there)


def test_a_paper_list_is_imported_with_refused_rows_and_undone(
    visit: Open, cast: Cast, tmp_path: Path
) -> None:
    tallies = cast.world.tallies()
    own = visit("/people/?unit=JK-B001", "district_in_charge")

    def is_a_member() -> bool:
        """By the database, by the tallies, and on the page: all three say the same."""
        members = (
            "select count(*) from enrolment_membership m join people_person p on p.id = m.person_id"
            " where p.name = 'Shabnam Bano' and m.ended_on is null"
        )
        ((n,),) = cast.world.rows(members)
        own.reload()
        shown = "Shabnam Bano" in own.locator("main").inner_text()
        assert shown == bool(n) == (cast.world.tallies() != tallies)
        assert cast.world.tallies() == cast.world.recounted()
        return shown

    assert not is_a_member()
    go_through(visit("/imports/", "district_in_charge"), "paper", PAPER, tmp_path, "3", is_a_member)
    assert cast.world.tallies() == tallies


def targets_of(cast: Cast, *codes: str) -> list[int | None]:
    with system("test"):
        found = target_queries.targets(
            programme=cast.world.programme, units=[cast.world.units[code].pk for code in codes]
        )
    return [
        found[cast.world.units[code].pk].n if cast.world.units[code].pk in found else None for code in codes
    ]


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_district_in_charge_locks_a_mandal_sees_the_difference_and_goes_back(
    visit: Open, cast: Cast, size: str, language: str
) -> None:
    of: dict[str, Any] = {"programme_id": cast.world.programme.pk, "by": SYSTEM, "at": NOW}
    with system("test"):
        for code in ("JK-SRI-M1", "JK-SRI-M2"):
            if targets_of(cast, code) != [None]:
                target_actions.lock_target(**of, unit_id=cast.world.units[code].pk, locked=False)
        target_actions.set_target(**of, unit_id=cast.world.district.pk, n=1000)
        target_actions.split_target(**of, unit_id=cast.world.district.pk, how="equally")
    page = visit(
        f"/programmes/{cast.world.programme.public_id}/targets/?unit=JK-SRI",
        "district_in_charge",
        size=size,
        language=language,
    )
    assert page.get_attribute("html", "lang") == language
    row = page.locator("form:has(input[name=about][value='JK-SRI-M1']):has(input[name=n])")
    row.locator("input[name=n]").fill("700")
    row.locator("button[value=preview]").click()
    page.wait_for_url("**/targets/preview/**")
    told = page.locator("main").inner_text()
    assert "700" in told and "-200" in told.replace("−", "-").replace("\u2011", "-")
    assert targets_of(cast, "JK-SRI-M1", "JK-SRI-M2") == [500, 500]
    page.click("form[action*='/targets/split/'] button[type=submit]")
    page.wait_for_url("**/targets/?unit=JK-SRI*")
    assert targets_of(cast, "JK-SRI-M1", "JK-SRI-M2") == [700, 300]
    page.click("a[href*='/targets/versions/']")
    page.locator("main table a").first.click()
    page.click("a[href*='to=before']")
    page.click("form[action*='/back/'] button[type=submit]")
    page.wait_for_url("**/targets/?unit=JK-SRI*")
    assert targets_of(cast, "JK-SRI-M1", "JK-SRI-M2") == [500, 500]


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_in_charges_are_named_and_one_declines(visit: Open, cast: Cast, size: str, language: str) -> None:
    missing = (
        f"/programmes/{cast.world.programme.public_id}/in-charges/?show=missing&level=mandal&unit=JK-SRI"
    )
    chief = visit(missing, "district_in_charge", size=size, language=language)
    chief.locator("a[href*='unit=JK-SRI-M1&']").locator("visible=true").first.click()
    chief.fill("#q", "mandal_president")
    go(chief, "section:has(#in-charge) form[method=get] button")
    chief.check("[name=account]")
    go(chief, "section:has(#in-charge) form[action*='/in-charge/'][data-once] button")
    chief.goto(missing)
    assert chief.locator("a[href*='unit=JK-SRI-M1&']").count() == 0
    own = visit("/", "mandal_president", size=size, language=language)
    assert (chief.get_attribute("html", "lang"), own.get_attribute("html", "lang")) == (language, language)
    own.locator("main a[href='/programmes/work/']").first.click()
    own.wait_for_url("**/programmes/work/")
    own.locator("main summary").first.click()
    own.locator("[name=reason]").first.fill("Away until spring")
    go(own, "main details button >> nth=0")
    chief.goto(missing)
    assert "Away until spring" in chief.locator("main table").inner_text()
    chief.goto("/")
    assert chief.locator("main a[href$='/in-charges/?show=declined&role=in_charge']").count() == 1


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_poll_is_entered_by_two(visit: Open, size: str, language: str) -> None:
    first = visit("/polls/new/", "state_president", size=size, language=language)
    said = dict.fromkeys(("announced_on", "day_1", "result_on"), NOW.date().isoformat())
    for name, text in (said | {"name": "By-election", "source": "ECI/1", "areas_1": "JK-AC20"}).items():
        first.fill(f"[name={name}]", text)
    first.select_option("[name=kind]", "by_election")
    first.wait_for_selector("#poll-preview :text('JK-AC20')")  # while it is filled in
    first.locator(".poll-form button").first.click()
    first.wait_for_selector("a[href$='/take-back/']")
    second = visit("/", "national_president", size=size, language=language)
    go(second, f"main a[href='{urlsplit(first.url).path}'] >> nth=0")
    go(second, "a[href*='allow=yes']")
    go(second, "main form button >> nth=0")
    first.reload()
    assert first.locator("a[href$='/withdraw/']").count() == 1


# No violation on any page

REFUSING = {"/people/?unit=JK-JAM": 403}  # what is refused to somebody in office has a page too


@pytest.fixture(scope="module")
def things(cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> dict[str, UUID | str]:
    """Return the values of the words in the addresses above.

    They are a draft with a target that does not add up and somebody in charge, and a drive with a token and a
    number. One paper list is checked, and one was taken in.
    """
    world, at = cast.world, NOW
    with system("test"):
        draft = programmes.make_programme(
            template="membership_drive",
            names={"en": "Summer drive", "hi": "ग्रीष्म अभियान"},
            owner_id=world.state.pk,
            unit_ids=[world.district.pk, world.units["JK-JAM"].pk],
            opens_on=at.date() + timedelta(days=3),
            closes_on=at.date() + timedelta(days=30),
            by=SYSTEM,
            at=at,
        )
        programmes.name_in_charge(
            programme_id=draft.pk,
            unit_id=world.district.pk,
            account=cast.accounts["district_in_charge"].public_id,
            by=SYSTEM,
            at=at,
        )
        for unit, n in ((world.district, 1200), (world.mandal, 700)):
            target_actions.set_target(programme_id=draft.pk, unit_id=unit.pk, n=n, by=SYSTEM, at=at)
        district: dict[str, Any] = {
            "programme_id": world.programme.pk,
            "unit_id": world.district.pk,
            "by": SYSTEM,
            "at": at,
        }
        target_actions.set_target(**district, n=900)
        target_actions.split_target(**district, how="equally")
        (version,) = target_queries.versions_of_targets(world.programme, unit_id=world.district.pk)[:1]
        for role in ("district_in_charge", "mandal_president"):
            programmes.name_in_charge(**district, account=cast.accounts[role].public_id)
        messaging.connect_number(
            number="+911800000009",
            provider="generic",
            meaning="join",
            programme_id=world.programme.pk,
            signing_token="known to the provider",
            by=SYSTEM,
            at=at,
        )
    tokens.make_token_at_console(
        programme_id=world.programme.pk, unit_id=world.state.pk, name="Help desks", by=SYSTEM, at=at
    )
    folder = tmp_path_factory.mktemp("lists")
    alliance = elections.the_state(folder, cast.world.state.pk)
    path = folder / "list.csv"
    lists: dict[str, UUID] = {}
    batch = batches.make_batch(
        programme_id=world.programme.pk, unit_id=world.mandal.pk, sheets=3, language="hi", by=SYSTEM, at=at
    )
    for word, text in (("CHECKED", PAPER.replace("0808", "0818")), ("DONE", PAPER.replace("0808", "0828"))):
        path.write_text(text)
        with system("test"):
            lists[word] = acts.import_file(
                kind_key="paper",
                path=path,
                unit_id=world.district.pk,
                by=cast.actor("district_in_charge"),
                at=at,
                options={"drive": str(world.programme.public_id), "language": "hi", "batch": batch.number},
            )
        for step in ("check", "commit")[: 1 if word == "CHECKED" else 2]:
            with system("test"):
                acts.ask_import_step(public_id=lists[word], step=step, by=SYSTEM, at=at)
            assert running.run_import_step(lists[word], step, at=at) in ("checked", "done")
    with system("test"):
        task = work_actions.ask_task(
            what=work_actions.What(title="Meet ten families", due_at=at + timedelta(days=2), effort_min=60),
            unit_id=world.district.pk,
            office="district_in_charge",
            by=cast.actor("state_president"),
            at=at,
        )
        work_actions.change_task(
            public_id=task.public_id, act=Act.ACCEPT, by=cast.actor("district_in_charge"), at=at
        )
        asked = ask_units(
            asking=Asking(
                title="Tiffin meeting",
                wanted="meeting",
                rhythm="monthly",
                first_on=at.date() - timedelta(days=90),
                last_on=at.date() + timedelta(days=90),
                office="district_in_charge",
                kind="district",
            ),
            unit_id=world.state.pk,
            expected=2,
            by=cast.actor("state_president"),
            at=at - timedelta(days=2),
        )
        material = add_material(
            programme_id=world.programme.pk,
            unit_id=world.state.pk,
            names={"en": "Leaflet", "hi": "पर्चा"},
            offices=[],
            data=b"%PDF-1.7 leaflet %%EOF",
            by=cast.actor("state_president"),
            at=at - timedelta(days=1),
        )
    said = polls.StatedPoll("none", "None", at.date(), at.date(), "x", [(None, [world.state.pk])])
    with system("test"):
        poll = polls.store_poll_version(stated=said, by=SYSTEM, at=at)
        polls.confirm_poll(public_id=poll.public_id, by=SYSTEM, at=at)
    return {
        "BATCH": batch.number,
        "POLL": poll.public_id,
        "TASK": task.public_id,
        "SCHEDULE": asked.public_id,
        "MATERIAL": material.public_id,
        "PROGRAMME": world.programme.public_id,
        "APPOINTMENT": cast.appointments["booth_president"],
        "BEARER": cast.accounts["district_in_charge"].public_id,
        "DRAFT": draft.public_id,
        "ALLIANCE": alliance,
        "VERSION": version.public_id,
        **lists,
    }


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_no_page_has_a_violation(
    visit: Open, cast: Cast, things: dict[str, UUID | str], size: str, language: str
) -> None:
    none_has_a_violation(PAGES, visit, things, size, language)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_what_a_leader_looks_at_for_two_minutes_is_sound_on_a_phone_and_whole_on_paper(
    visit: Open, things: dict[str, UUID | str], language: str
) -> None:
    none_has_a_violation({"state_president": SHORT_LOOKS}, visit, things, "phone", language)
    page = visit("about:blank", "state_president", language=language)
    page.set_viewport_size(ON_PAPER)
    page.emulate_media(media="print")
    cut = []
    for path in SHORT_LOOKS:
        page.goto(_with(things, path))
        cut += [f"{path}: {wide}" for wide in [page.evaluate(OVER_THE_EDGE)] if wide]
    assert cut == []


@pytest.mark.slow
@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_no_page_drawn_as_another_has_a_violation(
    visit: Open, cast: Cast, things: dict[str, UUID | str], size: str, language: str
) -> None:
    none_has_a_violation(ALIKE, visit, things, size, language)


def _with(things: dict[str, UUID | str], path: str) -> str:
    for word, number in things.items():
        path = path.replace(word, str(number))
    return path


def none_has_a_violation(
    pages: dict[str, tuple[str, ...]], visit: Open, things: dict[str, UUID | str], size: str, language: str
) -> None:
    problems: list[str] = []
    for role, paths in pages.items():
        page = visit("about:blank", role, size=size, language=language)
        for path in paths:
            path = _with(things, path)
            answer = page.goto(path)
            if answer is None or answer.status >= 500 or (role and answer.status != REFUSING.get(path, 200)):
                problems.append(f"{role} {path}: {answer and answer.status}")
            problems += unsound(page, f"{role}{path}-{size}-{language}")
    assert problems == [], "\n".join(problems)
