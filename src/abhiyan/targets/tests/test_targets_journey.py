"""Targets, plans and in-charges in a browser: fields of the chosen way, seats to be won, leaders named at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.elections import actions as elections
from abhiyan.elections.models import Plan
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.tests.make import the_state
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    made = Cast.make(own=42, foreign=137)
    made.fold()
    for unit, n in (("JK", 300), ("JK-SRI", 200), ("JK-JAM", 30), ("JK-B001", 100), ("JK-B002", 60)):
        made.target(unit, n)
    return made


@pytest.fixture
def plan(cast: Cast, tmp_path: Path) -> Plan:
    state = cast.world.state.pk
    the_state(tmp_path, state)
    with system("test"):
        return elections.make_plan(
            names={"en": "46 seats", "hi": "46 सीटें"},
            election="JK2024",
            unit_id=state,
            party="BJP",
            aims=Aims(method="hold", seats_goal=46),
            by=cast.actor("state_president"),
            at=NOW,
        )


@pytest.fixture
def visit(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_a_president_splits_plans_and_names(
    visit: Open, look: Look, cast: Cast, plan: Plan, size: str, language: str
) -> None:
    base = f"/programmes/{cast.world.programme.public_id}"
    page = visit(f"{base}/targets/?unit=JK", "state_president", size=size, language=language)
    field = {name: page.locator(f".ways [name={name}]") for name in ("election", "party", "weak", "plan_id")}
    for way, wanted in (
        ("equally", set()),
        ("result", {"election", "party"}),
        ("class", {"election", "weak"}),
        ("planned", {"plan_id"}),
    ):
        page.select_option(".ways [name=how]", way)
        assert {name for name, one in field.items() if one.is_visible()} == wanted, way
    look(page, "targets by a plan")
    page = visit(f"{base}/targets/plan/?measure=1", "state_president", size=size, language=language)
    assert not page.locator("[name=per_100]").is_visible()
    page.select_option("[name=way]", "members")
    assert page.locator("[name=per_100]").is_visible()
    look(page, "targets from a plan")
    page = visit(f"/elections/plans/{plan.public_id}/", "state_president", size=size, language=language)
    look(page, "plan to hold and win")
    page = visit(
        f"/elections/plans/{plan.public_id}/seats/?show=new", "state_president", size=size, language=language
    )
    assert page.locator("[name^=win_]:checked").count() == page.locator("[name^=win_]").count() > 0
    look(page, "seats to be won")
    page = visit(f"{base}/in-charges/?unit=JK", "state_president", size=size, language=language)
    look(page, "in-charges")
    page.locator('a[href*="level=mandal"]').click()
    look(page, "name the leaders")
    page.locator("main form button[type=submit], main form [type=submit]").first.click()
    page.wait_for_url("**/in-charges/?unit=JK*")
    look(page, "leaders named")
