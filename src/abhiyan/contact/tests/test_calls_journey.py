"""A call centre in a browser: a caller's hour by keyboard, a lost network, a call-back, and the supervisor's board."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from abhiyan.contact.bridges import ADDRESS, sign_callback
from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.test_browser import fill, send, send_code
from abhiyan.enrolment.tests.web import blanks
from abhiyan.friends.tests.test_contributors import contributors_programme
from abhiyan.messaging.tests import sink as ways
from abhiyan.people import queries as people
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.work.models import Task

from .at_calls import call_programme, centre_in, people_to_call, queue_of, seated
from .at_doors import entries, tries

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PEOPLE = 5
OUTBOX = """async () => {
  const asked = indexedDB.open("field");
  const db = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  const store = db.transaction("records", "readwrite").objectStore("records");
  %s
  const all = store.getAll();
  return new Promise((done) => (all.onsuccess = () => done(all.result.map((one) => JSON.stringify(one)))));
}"""
KEPT = OUTBOX % ""
OF_ANOTHER = (
    OUTBOX
    % """store.put({key: "another", by: "somebody else", record: "turn", state: "final",
    page: "/contact/calls/", fields: [], pictures: {}, made: 0, done: 0, thing: "x", kind: "x", title: "x"});"""
)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def centre(cast: Cast) -> int:
    """A call centre with a caller and a supervisor."""
    district = cast.world.units["JK-SRI"].pk
    made = centre_in(district)
    cast.accounts["call_agent"] = seated(made, district, 1)
    cast.accounts["call_supervisor"] = seated(made, district, 2, office="call_supervisor")
    return made


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(
        chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)), goes_offline=True
    )


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def noted(n: int) -> None:
    until(lambda: len(tries()) == n)


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_callers_hour_by_keyboard_and_the_board_of_the_supervisor(
    visit: Open, look: Look, cast: Cast, centre: int, size: str, language: str
) -> None:
    run = call_programme(cast.world.units["JK"].pk)
    queue_of(run, people_to_call(run, cast.world.units["JK-B001"].pk, PEOPLE))
    desk = visit("/contact/calls/", "call_agent", size=size, language=language)
    desk.check("[name=languages][value=hi]")
    look(desk, "calls next")

    # Next, ring, outcome: three keys, and the next person is there.
    press(desk, "n")
    look(desk, "calls person")
    assert desk.locator("a[href^='tel:']").count() == 0, "the number is masked until the ring"
    first = desk.locator("form[data-call]").get_attribute("data-call")
    desk.reload()
    assert desk.locator("form[data-call]").get_attribute("data-call") == first, "the same person"
    press(desk, "r")
    expect(desk.locator("a[href^='tel:']")).to_have_count(1)
    look(desk, "calls rung")
    press(desk, "1")
    noted(1)
    assert desk.locator("form[data-call]").get_attribute("data-call") != first

    # The network goes: the outcome waits in the tab, and is sent once.
    press(desk, "r")
    desk.context.set_offline(True)
    desk.keyboard.press("6")
    expect(desk.locator("#call-kept")).to_be_visible()
    look(desk, "calls kept")
    assert len(tries()) == 1
    (kept,) = desk.evaluate(KEPT)
    assert str(cast.accounts["call_agent"].public_id) in kept and "csrf" not in kept
    desk.evaluate(OF_ANOTHER)
    with desk.expect_navigation():
        desk.context.set_offline(False)
    noted(2)
    desk.reload()
    expect(desk.locator("#call-kept")).to_be_hidden()
    assert len(desk.evaluate(KEPT)) == 1, "what another account kept waits for it"

    # Somebody asks to be called back, and somebody else is entitled to more.
    press(desk, "r")
    press(desk, "4")
    noted(3)
    press(desk, "r")
    press(desk, "3")
    look(desk, "calls need asked")
    desk.fill("[name=need]", "गैस कनेक्शन नहीं आया")
    desk.keyboard.press("Escape")
    press(desk, "3")
    noted(4)
    # the clock stands still: the four have one time
    assert sorted(one.outcome for one in tries()) == ["busy", "entitled", "later", "talked"]

    # The supervisor takes the last person back from the caller.
    with system("test"):
        (held,) = entries(state="leased")
    board = visit(f"/contact/centre/{centre}/", "call_supervisor", size=size, language=language)
    look(board, "calls centre")
    with board.expect_navigation():
        board.click("form[action$='/back/'] button")
    assert not entries(state="leased")
    assert entries(pk=held.pk)[0].state == "ready"

    # The busy line and the call-back come again at their time, before people who were never called.
    given.time(NOW + timedelta(minutes=90))
    desk.goto("/contact/calls/")
    press(desk, "n")
    assert entries(state="leased")[0].last_outcome in ("busy", "later")
    press(desk, "r")
    press(desk, "1")
    noted(5)

    office = visit(f"/contact/{run.public_id}/calling/", "state_president", size=size, language=language)
    look(office, "calls of an office")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_caller_rings_by_the_providers_line_and_by_the_own_phone_when_it_is_down(
    chromium: Browser,
    cast: Cast,
    centre: int,
    look: Look,
    size: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ways.sink(ways.take) as line:
        settings = {
            "ABHIYAN_BRIDGE": "http",
            "ABHIYAN_BRIDGE_URL": line.url,
            "ABHIYAN_BRIDGE_SECRET": "s" * 32,
        }
        for name, text in settings.items():
            monkeypatch.setenv(name, text)
        server = Server().start(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
        run = call_programme(cast.world.units["JK"].pk)
        queue_of(run, people_to_call(run, cast.world.units["JK-B001"].pk, PEOPLE), by_bridge=True)

        def report(**told: str | int) -> bool:
            body, headers = sign_callback(
                {"ref": line.bodies[-1]["ref"]} | told, at=NOW + timedelta(minutes=1)
            )
            return bool(server.send("POST", ADDRESS, body, headers).json["dial"])

        try:
            for visit in visits(
                chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role))
            ):
                desk = visit("/contact/calls/", "call_agent", size=size, language=language)
                desk.check("[name=languages][value=hi]")
                press(desk, "n")
                look(desk, "calls by line")
                press(desk, "r")
                look(desk, "calls line rings")
                given.time(NOW + timedelta(minutes=1))
                assert report(event="agent"), "the caller picked up: the person may be called"
                assert not report(event="ended", seconds=25)
                desk.reload()
                expect(desk.locator("[role=status]", has_text="25")).to_be_visible()
                assert desk.locator("a[href^='tel:']").count() == 0
                look(desk, "calls line ended")
                press(desk, "1")
                noted(1)
                line.manner = ways.answer("503 Away")
                press(desk, "r")
                assert desk.locator("a[href^='tel:']").count() == 0
                look(desk, "calls line down")
                with desk.expect_navigation():
                    desk.click("form[action$='/ring/'] button")
                expect(desk.locator("a[href^='tel:']")).to_have_count(1)
                look(desk, "calls own instead")
        finally:
            server.stop()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_somebody_who_wants_to_help_joins_is_found_and_does_a_task(
    visit: Open, look: Look, cast: Cast, centre: int, size: str, language: str
) -> None:
    contributors_programme(cast.world)
    with system("test"):
        for booth in (cast.world.booth, cast.world.next_booth):
            sql.run("insert into units_pin (pin, unit_id) values ('190001', %s)", [booth.pk])
    run = call_programme(cast.world.units["JK"].pk)
    queue_of(run, people_to_call(run, cast.world.units["JK-B001"].pk, 1))

    # A call-back is promised, and rung at its time. The person wants to help.
    desk = visit("/contact/calls/", "call_agent", size=size, language=language)
    desk.check("[name=languages][value=hi]")
    press(desk, "n")
    press(desk, "r")
    press(desk, "4")
    noted(1)
    given.time(NOW + timedelta(minutes=90))
    desk.goto("/contact/calls/")
    press(desk, "n")
    press(desk, "r")
    press(desk, "2")
    noted(2)
    assert tries()[-1].outcome == "wants_help"

    # The SMS has the link of the contributors' roll.
    (called,) = entries()
    with system("test"):
        number = people.number_of_phone(called.phone_id) if called.phone_id else ""
    (sms,) = blanks(number, "contributor.join")
    meena = Human("Meena Kaul", 1979, number)
    theirs = visit(path_of(sms["link"]), size=size, language=language)
    look(theirs, "help join")
    fill(theirs, meena)
    theirs.fill("[name=where]", "190001")
    theirs.wait_for_selector("#places input[value='JK-B001']")
    theirs.check("#places input[value='JK-B001']")
    send(theirs)
    send_code(theirs, meena, "join.contributor")
    theirs.wait_for_url("**/join/help/done/")
    look(theirs, "help joined")
    go(theirs, "a[href$='/me/skills/']")
    theirs.check("[name=skills][value=driving]")
    theirs.check("[name=hours][value='5']")
    look(theirs, "help skills")
    go(theirs, "main form button[type=submit]")
    look(theirs, "help own page")

    # A leader finds them by skill, and gives them a task.
    leader = visit(
        "/people/contributors/?unit=JK&skill=doors", "state_president", size=size, language=language
    )
    assert "Meena Kaul" not in leader.inner_text("main")
    leader.goto("/people/contributors/?unit=JK&skill=driving&hours=5")
    look(leader, "contributors found")
    leader.check("input[name=to]")
    go(leader, "#give button")
    leader.fill("[name=title]", "Drive two families to the meeting")
    leader.fill("[name=due_on]", "2026-11-28")
    look(leader, "contributors task")
    go(leader, "main form[method=post] button[type=submit]")

    # They say on their own page that it is done, and the leader reads it.
    (sms,) = blanks(number, "contributor.task")
    theirs.goto(path_of(sms["link"]))
    look(theirs, "help task")
    go(theirs, "button[value=done]")
    leader.reload()
    look(leader, "contributors task done")
    with system("test"):
        assert Task.objects.get(typed_title="Drive two families to the meeting").state == "done"


def path_of(link: str) -> str:
    """An address of ours in an SMS, as a browser here opens it."""
    return "/" + link.split("//", 1)[1].split("/", 1)[1]
