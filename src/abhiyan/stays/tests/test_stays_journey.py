"""A stay in a browser: a list, a refusal, the gap on the board, two taps, a day without a network, the host's YES."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import blanks
from abhiyan.forms.models import Submission
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.tests.make import write
from abhiyan.imports import running
from abhiyan.imports.models import StagedImport
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.queries import unit_ladder
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.stays import actions
from abhiyan.stays.models import Stay
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.units.models import Unit

from .make import DAY, HOST, POINT, programme, stay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOUR = timedelta(hours=1)
MADAN, PLACE = "+919419007700", "JK-B002"
GHULAM = Human("Ghulam Rasool", 1970, HOST)
SAYS = {"en": "YES", "hi": "हाँ"}
THERE = {
    "geolocation": {"latitude": POINT[0], "longitude": POINT[1], "accuracy": 15},
    "permissions": ["geolocation"],
}


@pytest.fixture
def cast() -> Cast:
    """Two booths of one mandal have points; the phones of two workers are kept."""
    made = Cast.make()
    with system("test"):
        madan = people.open_account(phone=MADAN, name="मदन लाल", language="hi", by=SYSTEM, at=NOW)
        org.appoint(
            account_id=madan.pk,
            office="booth_worker",
            unit_id=made.world.booth.pk,
            starts_on=NOW.date() - 30 * DAY,
            by=SYSTEM,
            at=NOW,
        )
        (kept,) = people.keep_phones(phones=["+919419007701"])
        Account.objects.filter(pk=made.accounts["booth_president"].pk).update(phone_id=kept)
        Unit.objects.filter(code="JK-B001").update(lat=POINT[0] + 0.02, lon=POINT[1])
        Unit.objects.filter(code=PLACE).update(lat=POINT[0], lon=POINT[1])
    return made


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(
        chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)), goes_offline=True
    )


def ready(page: Page) -> None:
    """The page's script has done its part."""
    page.wait_for_selector("html[data-field=ready]", state="attached")


def step(desk: Page, name: str) -> None:
    """The jobs take a step of the list that was asked for."""
    with system("test"):
        staged = StagedImport.objects.get()
    running.run_import_step(staged.public_id, name, at=NOW)
    desk.goto(f"/imports/{staged.public_id}/")


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_place_is_given_declined_given_again_worked_offline_and_confirmed(
    visit: Open, look: Look, cast: Cast, tmp_path: Path, size: str, language: str
) -> None:
    run = programme(cast.world.units["JK-SRI"].pk)
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)

    # By list.
    path = tmp_path / "stays.csv"
    path.write_text(
        "Unit code,Worker's phone,Host,Host's phone\n"
        f"{PLACE},{MADAN},{GHULAM.name},{HOST}\n"
        "JK-NONE,9419007788,,\n"
    )
    desk = visit(f"/stays/{run.public_id}/?unit=JK-SRI-M1", "mandal_president", size=size, language=language)
    look(desk, "stays board empty")
    go(desk, "a[href$='/imports/new/stays/']")
    look(desk, "stays list")
    desk.set_input_files("input[type=file]", path)
    with desk.expect_navigation(url="**/imports/*-*/"):
        desk.click("form[data-upload] [type=submit]")
    step(desk, "check")
    look(desk, "stays list checked")
    go(desk, "form[action$='/commit/'] [type=submit]")
    step(desk, "commit")
    with system("test"):
        first = Stay.objects.get()
        assert actions.ask_next_stays(at=NOW) == 1

    # The worker declines behind the link.
    (told,) = blanks(MADAN, "duty.stay")
    madan = visit(told["link"].removeprefix("http://localhost:8000"), size=size, language=language)
    look(madan, "stays will you go")
    madan.fill("[name=why]", "शादी")
    go(madan, "button[value=no]")
    look(madan, "stays declined")
    with system("test"):
        first.refresh_from_db()
    assert first.state == "declined"

    # The gap, and two taps.
    desk.goto(f"/stays/{run.public_id}/?unit=JK-SRI-M1")
    assert "शादी" in desk.inner_text("main")
    look(desk, "stays board with a gap")
    go(desk, f"main a[href$='/assign/?unit={PLACE}']")
    look(desk, "stays assign")
    go(desk, "main form button[type=submit]")
    look(desk, "stays board assigned")
    with system("test"):
        own = Stay.objects.get(ended_at=None)
    worker = cast.accounts["booth_president"]
    assert (own.worker_id, own.host_name, own.host_phone) == (worker.pk, GHULAM.name, first.host_phone)

    # A day without a network.
    phone = visit("/", "booth_president", size=size, language=language, **THERE)
    look(phone, "stays today")
    mine = f"/field/stay/{own.pk}/"
    phone.goto(mine)
    look(phone, "stays my stay")
    go(phone, "button[value=yes]")
    for _visit in range(2):
        phone.goto("/field/start/")
        ready(phone)
    phone.context.set_offline(True)
    begun = phone.evaluate("Date.now()")

    def later(hours: float) -> None:
        phone.clock.set_fixed_time(datetime.fromtimestamp(begun / 1000 + hours * 3_600, UTC))

    for hours, name in ((0, "arrive"), (7, "evening"), (19, "morning"), (24.5, "leave")):
        later(hours)
        phone.goto(mine)
        go(phone, f"main a[href='{mine}{name}/']")
        ready(phone)
        expect(phone.locator("#where")).to_contain_text("15")
        look(phone, f"stays {name} offline")
        phone.click(".acts button")
        expect(phone.locator("#field-told .ok")).to_have_count(1)
    later(24.6)
    phone.goto(f"{mine}report/")
    ready(phone)
    phone.fill("[name=q-homes]", "6")
    phone.fill("[name=q-heard]", "सड़क ख़राब है")
    phone.check("[name=q-problems][value=road]")
    phone.fill("[name=need]", "40 सदस्यता फ़ॉर्म")
    look(phone, "stays report offline")
    phone.click(".acts button")
    expect(phone.locator("#field-told .ok")).to_have_count(1)
    phone.goto("/field/outbox/")
    expect(phone.locator("#records li")).to_have_count(5)
    look(phone, "stays outbox")

    left = NOW + 25 * HOUR
    given.time(left)
    token, base = cast.token("booth_president"), phone.evaluate("location.origin")
    # Again: the session of a browser does not live so long.
    phone.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": token, "url": base}])
    phone.context.set_offline(False)
    phone.goto("/field/outbox/")
    until(lambda: bool(stay(own.pk).report))
    own = stay(own.pk)
    assert (own.state, own.flaw) == ("done", "")
    with system("test"):
        assert Ticket.objects.get().unit_id == own.unit_id
        report = Submission.objects.get(pk=own.report["sent"])
        assert report.answers == {"homes": 6, "problems": ["road"], "heard": "सड़क ख़राब है"}
    ready(phone)
    expect(phone.locator("#records li")).to_have_count(0)
    phone.goto(mine)
    look(phone, "stays my stay done")

    # The host's word.
    evening = left + 6 * HOUR
    given.time(evening)
    with system("test"):
        assert actions.ask_hosts(at=evening) == 1
    (asked,) = blanks(HOST, "ask.stayed")
    write(cast.world, f"{SAYS[language]} {asked['word']}", GHULAM, at=evening)
    with system("test"):
        programmes.fold_changes(at=evening)
        seen = unit_ladder(node=own.unit_id, hierarchy=1, programme=run, measure=1, at=evening)
    assert (seen.reported, seen.counted, seen.confirmed) == (1, 1, 1)
    desk = visit(f"/units/{PLACE}/", "state_president", size=size, language=language)
    look(desk, "stays unit")
    desk.goto(f"/stays/{run.public_id}/?unit=JK-SRI")
    look(desk, "stays board confirmed")
    desk = visit("/programmes/work/", "booth_president", size=size, language=language)
    look(desk, "stays on my work")
