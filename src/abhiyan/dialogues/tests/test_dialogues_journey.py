"""A day of calls in a browser: morning, call, need, the desk's answer, the president's yes, and the next morning."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from abhiyan.contact.tests.at_doors import no_poll
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions
from abhiyan.dialogues.models import Dialogue
from abhiyan.dialogues.rules.roster import RosterSource
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.server import Server
from abhiyan.enrolment.tests.web import blanks
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.tests.make import write
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes.queries import unit_ladder
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

from .make import DAY, JOBS, TODAY, calls, clock, programme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


@pytest.fixture
def presidents(cast: Cast) -> list[Account]:
    """Two booth presidents whose phones are kept."""
    made = []
    with system("test"):
        for n, (code, name) in enumerate((("JK-B002", "मदन लाल"), ("JK-B003", "शबनम अख़्तर"))):
            account = people.open_account(
                phone=f"+91941900770{n}", name=name, language="hi", by=SYSTEM, at=NOW
            )
            org.appoint(
                account_id=account.pk,
                office="booth_president",
                unit_id=cast.world.units[code].pk,
                starts_on=NOW.date() - timedelta(days=30),
                by=SYSTEM,
                at=NOW,
            )
            made.append(account)
        org.end_appointment(
            public_id=cast.appointments["booth_president"], reason="Moved", by=SYSTEM, at=NOW - DAY
        )
    return made


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


SAYS = {"en": "YES", "hi": "हाँ"}
ANSWER = {"en": "Sent to the mandal office.", "hi": "मंडल कार्यालय भेज दिया है।"}


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_day_of_calls_from_the_morning_to_the_next(
    visit: Open, look: Look, cast: Cast, presidents: list[Account], size: str, language: str
) -> None:
    run = programme(cast.world.units["JK-SRI"].pk, days=20)
    no_poll(cast.world.units["JK"].pk)
    with system("test"):
        assert actions.give_out(by=JOBS, at=clock(7)) == 2
        messaging.publish_templates(at=NOW, by=SYSTEM)
    first, second = calls()
    leader = visit("/", "district_in_charge", size=size, language=language)
    look(leader, "dialogues today")
    go(leader, f"a[href='/dialogues/call/{first.pk}/']")
    go(leader, "form[action*='/number/'] button[type=submit]")
    look(leader, "dialogues a number")
    leader.check("[name=has_asked]")
    leader.check("[name=organisation][value='2']")
    leader.fill("[name=need]", "उनके पिता बीमार हैं")
    go(leader, "button[name=outcome][value=talked]")
    assert leader.locator("[name=need][aria-invalid=true]").count() == 1
    look(leader, "dialogues an illness is refused")
    leader.fill("[name=need]", "40 सदस्यता फ़ॉर्म")
    go(leader, "button[name=outcome][value=talked]")
    look(leader, "dialogues one is done")
    go(leader, f"a[href='/dialogues/call/{first.pk}/']")
    leader.select_option("[name=kind]", "programme")
    leader.fill("[name=need]", "एक वक्ता चाहिए")
    go(leader, "button[name=more]")
    look(leader, "dialogues two needs")
    leader.goto(f"/dialogues/call/{second.pk}/")
    go(leader, "button[name=outcome][value=wrong_number]")
    look(leader, "dialogues a wrong number")
    leader.goto(f"/dialogues/call/{second.pk}/")
    look(leader, "dialogues a wrong number is taken back")
    go(leader, "button[name=outcome][value=no_answer]")

    with system("test"):
        ticket = Ticket.objects.get(kind="material")
    desk = visit(f"/helpline/{ticket.pk}/", "mandal_president", size=size, language=language)
    desk.fill("[name=text]", ANSWER[language])
    desk.check("[name=is_done][value=yes]")
    go(desk, "form:has([name=is_done]) button[type=submit]:not([name])")

    with system("test"):
        assert actions.ask_presidents(at=clock(19, 30)) == 1
    (asked,) = blanks("+919419007700", "ask.spoke")
    madan = Human("Madan Lal", 1970, "+919419007700")
    write(cast.world, f"{SAYS[language]} {asked['word']}", madan, at=clock(19, 40))
    cast.fold()
    leader.goto("/dialogues/")
    look(leader, "dialogues confirmed")
    with system("test"):
        booth = cast.world.units["JK-B002"].pk
        assert unit_ladder(node=booth, hierarchy=1, programme=run, measure=1, at=NOW).counted == 1
    state = visit("/units/JK-B002/", "state_president", size=size, language=language)
    look(state, "dialogues unit")
    state.goto(f"/dialogues/{run.public_id}/?unit=JK-SRI")
    look(state, "dialogues board")
    go(state, "main a[href$='/callers/']")
    look(state, "dialogues who calls")

    given.time(clock(8, days=1))
    with system("test"):
        assert actions.give_out(by=JOBS, at=clock(8, days=1)) == 2
    leader = visit("/dialogues/", "district_in_charge", size=size, language=language)
    look(leader, "dialogues carried over")
    assert ANSWER[language] in leader.inner_text("main"), "what came of the need"
    with system("test"):
        carried = Dialogue.objects.get(day=TODAY + DAY, came=RosterSource.CARRIED)
    assert carried.unit_id == second.unit_id
    leader.goto("/dialogues/away/")
    leader.fill("[name=first_on]", "2026-12-01")
    leader.fill("[name=last_on]", "2026-12-03")
    go(leader, "main form:has([name=first_on]) button[type=submit]")
    look(leader, "dialogues away")
    leader.goto("/programmes/work/")
    look(leader, "dialogues on my work")
