"""Imports in a real browser: every state of one at both sizes and in both languages, uploads cut off, no JavaScript."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Route

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.imports import actions, queries, running
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, away, go, visits
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS
from abhiyan.units.models import Unit

pytestmark = pytest.mark.browser
HEAD = "Code,Kind,Name in English,Name in Hindi,Organisational parent,Aadhaar\n"
UNITS = (
    HEAD
    + "JK-B301,booth,New School,नया विद्यालय,JK-SRI-M1,999911112222\n"
    + "JK-B302,booth,Lost Library,,JK-SRI-M9,\n"
    + "JK-B001,booth,Rajbagh High School,,JK-SRI-M1,\n"
)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make(own=3, foreign=3)


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def number(page: Page) -> UUID:
    page.wait_for_url(lambda url: "/imports/new/" not in url)
    return UUID(page.url.split("/imports/")[1].strip("/"))


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_an_import_in_all_its_states_has_no_violation(
    visit: Open, tmp_path: Path, size: str, language: str
) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS)
    page = visit("/imports/new/units/", "root", size=size, language=language)
    found = unsound(page, f"begin-{size}-{language}")
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    public_id = number(page)

    def see(what: str, where: str = "") -> None:
        page.goto(f"/imports/{public_id}/{where}")
        found.extend(unsound(page, f"{what}-{size}-{language}"))

    def work(step: str, selector: str) -> None:
        # The page asks by itself, every two seconds; each step sees it once, taking in with the paper list.
        asks_itself = (size, language) == ("desk", "en") and step != "commit"
        page.wait_for_selector("progress")
        with nullcontext() if asks_itself else away(page):
            running.run_import_step(public_id, step, at=NOW)
        page.wait_for_selector(selector)

    see("columns")
    page.click("form[action$='/columns/'][data-once] button[type=submit]")
    page.wait_for_selector("progress")
    found += unsound(page, f"checking-{size}-{language}")
    work("check", "#outcome")
    found += unsound(page, f"checked-{size}-{language}")
    for where in ("refused/", "differences/", "commit/", "discard/"):
        see(where.strip("/"), where)
    page.goto(f"/imports/{public_id}/commit/")
    page.click("main form[method=post] button[type=submit]")
    work("commit", "a[href$='/undo/']")
    see("done")
    see("undo", "undo/")
    page.click("main form[method=post] button[type=submit]")
    work("undo", "#undone")
    found += unsound(page, f"undone-{size}-{language}")
    page.goto("/imports/?sort=-file")
    found += unsound(page, f"list-{size}-{language}")
    with system("test"):
        assert queries.import_for(public_id).state == "undone"
        assert not Unit.objects.filter(code="JK-B301").exists()
    assert found == [], "\n".join(found)


def test_an_upload_over_a_bad_line_goes_on_where_it_stopped(visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(HEAD + "".join(f"X{n},booth,Booth {n},,JK-SRI-M1,\n" for n in range(90_000)))
    page = visit("/imports/new/units/", "root")
    lost = {"requests": 0, "answers": 0}

    def line(route: Route) -> None:
        if lost["requests"] < 1:
            lost["requests"] += 1
            route.abort()
        elif lost["answers"] < 1:
            lost["answers"] += 1
            route.fetch()  # it arrived, and its answer did not
            route.abort()
        else:
            route.continue_()

    page.route("**/piece/", line)
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    public_id = number(page)
    assert lost == {"requests": 1, "answers": 1}
    with system("test"):
        staged = queries.import_for(public_id)
        assert staged.received_bytes == staged.file_bytes == path.stat().st_size
    page.wait_for_selector("#columns")

    given.time(NOW + timedelta(minutes=1))  # the newest import is the first of the list
    page.goto("/imports/new/units/")
    pieces = 0

    def breaking(route: Route) -> None:
        nonlocal pieces
        pieces += 1
        if pieces == 2:
            page.goto("/imports/")  # the window is closed in the middle
        else:
            route.continue_()

    page.unroute("**/piece/")
    page.route("**/piece/", breaking)
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_url("**/imports/")
    page.unroute("**/piece/")
    page.click("tbody a >> nth=0")
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    page.wait_for_selector("form[action$='/columns/'][data-once]")
    second = number(page)
    with system("test"):
        assert queries.import_for(second).file_sha256 == queries.import_for(public_id).file_sha256
        for each in (public_id, second):
            actions.discard_import(public_id=each, by=running.actor_of(queries.import_for(each)), at=NOW)


def test_everything_works_without_javascript(visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(UNITS)
    page = visit("/imports/new/units/", "root", java_script_enabled=False)
    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    public_id = number(page)
    go(page, "form[action$='/columns/'][data-once] button[type=submit]")
    running.run_import_step(public_id, "check", at=NOW)
    page.wait_for_selector("#outcome")  # the page refreshes by itself, every three seconds
    page.click("form[action$='/commit/'] button[type=submit]")
    page.wait_for_selector("progress")
    with away(page):
        running.run_import_step(public_id, "commit", at=NOW)
    page.click("a[href$='/undo/']")
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_selector("progress")
    with away(page):
        running.run_import_step(public_id, "undo", at=NOW)
    page.wait_for_selector("#undone")


PAPER = (
    "फ़ोन,नाम,जन्म वर्ष,बूथ कोड,सूचना संस्करण\n"
    "9906090901,शबनम बानो,1980,JK-B001,1\n"
    "9906090902,Bashir Lone,1975,JK-B002,1\n"
    "+91 99060 90901,शबनम  बानो,1980,JK-B001,1\n"
    "12345,Nobody Reachable,1970,JK-B001,1\n"
    "9906090903,Child Ofsomebody,2015,JK-B001,1\n"
    "9906090904,Lost Place,1970,JK-B999,1\n"
    "9906090905,Old Beyond,1650,JK-B001,1\n"
)


REFUSED = [
    ("5", "फ़ोन", "•••45", "दस अंकों का भारतीय मोबाइल नंबर लिखें"),
    ("7", "बूथ कोड", "JK-B999", "ऐसी कोई इकाई नहीं है"),
    ("8", "जन्म का साल", "1650", "चार अंक लिखें, जैसे 1980"),
]


def test_a_paper_list_goes_through_on_a_phone_in_hindi(visit: Open, cast: Cast, tmp_path: Path) -> None:
    """Two good rows, one of them doubled, three bad ones and a child: checked, taken in, taken back."""
    path = tmp_path / "suchi.csv"
    path.write_text(PAPER)
    page = visit("/imports/new/paper/", "district_in_charge", size="phone", language="hi")
    assert page.viewport_size == {"width": 360, "height": 740}
    members = "select count(*) from enrolment_membership where ended_on is null"
    before, tallies = cast.world.rows(members), cast.world.tallies()
    found: list[str] = []

    def work(step: str, seen: str) -> None:
        page.wait_for_selector("progress")
        with nullcontext() if step == "commit" else away(page):  # then the page asks by itself
            running.run_import_step(public_id, step, at=NOW)
        page.wait_for_selector(seen)
        found.extend(unsound(page, f"paper-{step}"))

    def counted(section: str) -> dict[str, str]:
        rows = page.locator(f"section:has({section}) tbody tr").all()
        return {row.locator("th").inner_text().strip(): row.locator("td").inner_text() for row in rows}

    def refused() -> list[tuple[str, ...]]:
        """Return row, field, content, reason: each of them in sight on the narrow page."""
        told = []
        for row in page.locator("table.cards tbody tr").all():
            cells = row.locator("th, td").all()
            for cell in cells:
                box = cell.bounding_box()
                assert cell.is_visible() and box and box["x"] >= 0 and box["x"] + box["width"] <= 360
            told.append(tuple(cell.inner_text().strip() for cell in cells))
        return told

    def assert_all_are_named() -> None:
        rows = refused()
        assert [row[:3] for row in rows] == [wanted[:3] for wanted in REFUSED]
        for row, wanted in zip(rows, REFUSED, strict=True):
            assert wanted[3] in row[3]

    page.set_input_files("input[type=file]", path)
    page.click("form[data-upload] button[type=submit]")
    public_id = number(page)
    work("check", "#outcome")  # each column is known: nothing is asked
    others = {"इसी सूची की दूसरी पंक्ति में भी हैं: एक ही बार गिने गए": "1", "अस्वीकृत": "3"}
    assert counted("#outcome") == {"सदस्य बनेंगे": "2"} | others
    assert "18 से कम उम्र: हम केवल यह गिनती रखते हैं: 1" in page.inner_text("section:has(#outcome)")
    assert_all_are_named()
    page.click("a[href$='/refused/']")
    page.wait_for_url("**/refused/")
    assert_all_are_named()
    assert (cast.world.rows(members), cast.world.tallies()) == (before, tallies), "nothing has been taken in"

    page.goto(f"/imports/{public_id}/")
    page.click("main button:text-is('अभी आयात करें')")
    work("commit", "a[href$='/undo/']")
    assert counted("#outcome") == {"सदस्य बने": "2"} | others
    assert_all_are_named()
    ((n,),) = before
    assert cast.world.rows(members) == [(int(str(n)) + 2,)]
    assert cast.world.tallies() == cast.world.recounted() != tallies

    page.click("a[href$='/undo/']")
    page.click("main button.danger:text-is('आयात वापस लें')")
    work("undo", "#undone")
    assert page.get_by_text("इस सूची की 3 प्रविष्टियाँ वापस ली गईं").is_visible()
    assert cast.world.rows(members) == before
    assert cast.world.tallies() == cast.world.recounted() == tallies
    assert found == [], "\n".join(found)
