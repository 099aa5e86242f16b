"""An opinion in a browser: written down at a door, freed of a name, passed up twice, and on the slides of the state."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms import actions as forms
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.opinions.tests.make import answered
from abhiyan.org.queries import holds
from abhiyan.people.tests.make import rename_account
from abhiyan.review.tests.test_slides import slides
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = "The tap of Zubeida is dry since May. Her number is 98765 43210."
CLEAN = "The tap … is dry since May."
LOOK, CARRY = "form:has([name=text]:not([type=hidden])) button", "form:has([name=step]) button"


def ask_opinions(cast: Cast) -> None:
    """The state puts its form for opinions in use."""
    by, ready = Actor.system("test"), ready_forms()["opinion"]
    with system("test"):
        form = forms.make_form(
            unit_id=cast.world.state.pk,
            names=ready.names,
            questions=ready.questions,
            ready=ready.code,
            by=by,
            at=NOW,
        )
        forms.use_draft(public_id=form.public_id, by=by, at=NOW)
    answered(9, cast.world.mandal.pk, at=NOW - timedelta(days=40))  # With one more the mandal reads words.


def pass_up(visit: Open, look: Look, name: str, texts: list[str], **how: str) -> None:
    """Pass an opinion up from mandal and district, and read it on the slides of the state.

    texts: what the mandal tries. All but the last are refused. name: it is in the opinion and leaves it.
    """
    mandal, clean = visit("/", "mandal_president", **how), texts[-1]
    look(mandal, "opinions on today")
    go(mandal, "main a[href*='/forms/opinions/']")
    look(mandal, "opinions of a mandal")
    go(mandal, f"main a:has-text('{name}')")
    for text in texts:
        mandal.fill("textarea[name=text]", text)
        go(mandal, LOOK)
        is_refused = mandal.locator("[name=text][aria-invalid=true]").count() == 1
        assert is_refused == (text != clean)
        look(mandal, f"opinion {'refused' if is_refused else 'as they will read it'}")
    assert clean in mandal.inner_text("main")
    go(mandal, CARRY)

    district = visit("/forms/opinions/?unit=JK-SRI", "district_in_charge", **how)
    assert clean in district.inner_text("main") and name not in district.inner_text("main")
    go(district, "main a:has-text('…')")
    go(district, LOOK)
    go(district, CARRY)

    state = visit("/forms/opinions/?unit=JK", "state_president", **how)
    go(state, "main a:has-text('…')")
    state.fill("[name=done]", "A pump was asked for")
    go(state, "form[action$='/done/'] button[type=submit]")
    look(state, "opinion with what was done")
    state.goto("/review/slides/new/?unit=JK")
    go(state, "main form[method=post] button[type=submit]")
    state.wait_for_url("**/review/slides/*-*/")
    look(state, "slides with opinions")
    with state.expect_download() as found:
        state.click("main a[href$='/file/pptx/']")
    said = " ".join(words for _title, words in slides(Path(found.value.path()).read_bytes()))
    assert clean in said and "A pump was asked for" in said and name not in said


@pytest.fixture
def cast() -> Cast:
    cast = Cast.make()
    ask_opinions(cast)
    with system("test"):
        worker = cast.accounts["booth_president"]
        assert holds(worker.pk, "contact.meet", at=cast.world.units["JK-B001"].pk)
        rename_account(worker.pk, "Zubeida Mir", unit_id=cast.world.units["JK-B001"].pk)
    return cast


@pytest.fixture
def visit(chromium: Browser, serving: Callable[..., Server], cast: Cast) -> Iterator[Open]:
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    yield from visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), LOOKS)
def test_an_opinion_becomes_a_quote_is_passed_up_twice_and_stands_on_the_slides(
    visit: Open, look: Look, size: str, language: str
) -> None:
    how = {"size": size, "language": language}
    worker = visit("/forms/opinions/new/?unit=JK-B001", "booth_worker", **how)
    look(worker, "opinion to write down")
    worker.check("[name=q-mood][value=worse]")
    worker.check("[name=q-first][value=water]")
    worker.fill("[name=q-good]", SAID)
    go(worker, "form:has([name=key]) button[type=submit]")
    pass_up(visit, look, "Zubeida", [SAID, "The tap of Zubeida is dry since May.", CLEAN], **how)
