"""From a plan to a stranger who repeats the draw: what offices, verifiers and everybody see of one frame."""

import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.server import Server
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.ui.tests.axe import Look
from abhiyan.ui.tests.test_browser import PAGE_LOOKS
from abhiyan.verification.actions import assigning, refresh_estimates, take_check, tell_check
from abhiyan.verification.models import Check, Draw, Frame
from abhiyan.verification.queries.opening import item_of_check
from abhiyan.verification.tests.test_checks import taken

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLANNER, CALLER, VISITOR, OTHER = (
    "state_president",
    "verifier_of_srinagar",
    "visitor_of_srinagar",
    "verifier_of_jammu",
)
VALUE = "8c3fa0d1e5"


@pytest.fixture
def served(serving: Callable[..., Server]) -> Server:
    return serving(
        ABHIYAN_ORIGIN="http://localhost",
        ABHIYAN_ORGANISATION="Sangathan",
    )


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def plan(page: Page, look: Look) -> None:
    """By the width of the whole; then its value and days, everything once more, and frozen."""
    go(page, "main a[href$='/new/']")
    page.check("[name=aim][value=whole]")
    page.fill("[name=goal]", "24.5")
    page.fill("[name=floor]", "1")
    go(page, "form[method=get] button[type=submit]")
    look(page, "planner")
    day = NOW.date()
    page.fill("[name=source]", "drand round 4,812,345")
    page.fill("[name=known_on]", (day + timedelta(days=2)).isoformat())
    page.fill("[name=ends_on]", (day + timedelta(days=20)).isoformat())
    go(page, "form:has([name=source]) button[type=submit]")
    look(page, "last look before the freeze")
    with system("test"):
        assert not Frame.objects.exists()
    go(page, "form[data-asks] button[type=submit]")


def draw(page: Page, look: Look) -> None:
    """Draw as soon as the value is known, and not before."""
    assert page.locator("a[href$='/draw/']").count() == 0
    with system("tests move time"):
        Draw.objects.update(due_at=NOW)
    page.reload()
    look(page, "frame that waits for its value")
    go(page, "a[href$='/draw/']")
    page.fill("[name=value]", VALUE)
    go(page, "form[data-asks] button[type=submit]")


def ask(page: Page, look: Look, outcome: str, words: str) -> None:
    """The open questions first, then what was written, then the result: asked once."""
    for field in page.locator("form[action$='/said/'] :is(input[type=text], textarea)").all():
        field.fill(words)
    page.check("[name=meaning][value=joined]")
    look(page, "open questions")
    go(page, "form[action$='/said/'] button[type=submit]")
    assert page.locator("td, th", has_text=words).count() > 0
    look(page, "written beside heard")
    page.check(f"[name=outcome][value={outcome}]")
    go(page, "form[method=get] button[type=submit]")
    go(page, "form[data-asks] button[type=submit]")


def by_phone(page: Page, look: Look) -> None:
    go(page, "form[action$='/take/'] button[type=submit]")
    assert page.locator("a[href^='tel:']").count() == 0, "who asks and why is said before the number is seen"
    go(page, "form[action$='/begin/'] button[type=submit]")
    assert page.locator("a[href^='tel:']").count() == 1
    ask(page, look, "genuine", "मेले में")
    look(page, "own checks")


def by_visit(page: Page, look: Look) -> None:
    go(page, "form[action$='/take/']:has([name=visit]) button[type=submit]")
    go(page, "form[action$='/begin/'] button[type=submit]")
    assert page.locator("a[href^='tel:']").count() == 0, "a visit shows no number"
    page.fill("[name=day]", (NOW + timedelta(days=1)).date().isoformat())
    page.fill("[name=hour]", "16:30")
    go(page, "form[action$='/visit/'] button[type=submit]")
    assert "16:30" in page.inner_text("main dl")
    look(page, "a visit with its hour")
    ask(page, look, "genuine", "At the fair")


def everything_else(cast: Cast, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is not reached and comes to a visit; all others are called by their verifiers."""
    at = NOW
    monkeypatch.setattr(assigning, "VISITED", 1)
    away = take_check(by=cast.actor(CALLER), at=at)
    away = tell_check(
        check_id=away.id,
        outcome=Check.Outcome.UNRESOLVED,
        reason="not_reached",
        by=cast.actor(CALLER),
        at=at,
    )
    with system("test"):
        assert assigning.visit_by_lot(check=away)
    for role in (CALLER, OTHER):
        taken(cast, role, at)


def replayed(command: str, folder: Path) -> list[str]:
    """Return what the page's command prints of each drawn line, on a machine that knows nothing."""
    _abhiyan, *words = shlex.split(command)
    printed = subprocess.run(
        [str(Path(sys.executable).parent / "abhiyan"), *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )
    return printed.stdout.splitlines()


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_from_the_plan_to_a_stranger_who_repeats_the_draw(
    opens: Open,
    look: Look,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: str,
    language: str,
) -> None:
    cast._seat(VISITOR, "verifier", "JK-SRI", 1)
    programme = cast.world.programme
    planner = opens(f"/checks/of/{programme.public_id}/", PLANNER, size=size, language=language)
    plan(planner, look)
    with system("test"):
        frame = Frame.objects.get()
    assert frame.hash in planner.content()
    draw(planner, look)
    with system("test"):
        n = Check.objects.filter(frame=frame).count()
    assert n > 38

    by_phone(opens("/checks/mine/", CALLER, size=size, language=language), look)
    everything_else(cast, frame, monkeypatch)
    by_visit(opens("/checks/mine/", VISITOR, size=size, language=language), look)
    with system("test"):
        done = Check.objects.filter(frame=frame, arm__in=(Check.Arm.RANDOM, Check.Arm.VISIT))
        assert done.filter(outcome="").count() == 0 and done.filter(arm=Check.Arm.VISIT).count() == 1
    assert refresh_estimates(at=NOW) == 1

    planner.goto("/units/JK/?show=all")
    assert planner.locator(".hundred .wh").count() > 0, "the estimate has its whisker"
    look(planner, "unit page with an estimate")

    planner.goto(f"/checks/of/{programme.public_id}/open/")
    go(planner, "form[data-asks] button[type=submit]")
    anybody = opens(f"/checks/public/{programme.public_id}/", size=size, language=language)
    look(anybody, "public page")
    assert frame.hash in anybody.content() and "Person" not in anybody.inner_text("main")
    with anybody.expect_download() as coming:
        anybody.click("a[href$='/file/']")
    coming.value.save_as(tmp_path / coming.value.suggested_filename)
    command = anybody.locator("code", has_text="--replay").inner_text()
    hash_line, _value, *lines = replayed(command, tmp_path)
    assert frame.hash in hash_line and len(lines) == n

    with system("tests move time"):
        Frame.objects.update(ends_on=NOW.date() - timedelta(days=1))
    planner.goto(f"/checks/frame/{frame.public_id}/close/")
    go(planner, "form[data-asks] button[type=submit]")
    look(planner, "closed frame")
    with system("test"):
        drawn = Check.objects.filter(frame=frame, arm=Check.Arm.RANDOM).select_related(
            "frame__programme", "stratum"
        )
        items = {item_of_check(one).item_id.hex for one in drawn}
    lines = replayed(planner.locator("code", has_text="--key").inner_text(), tmp_path)[2:]
    assert {line.split()[-1] for line in lines} == items, "the key shows the items that were asked about"
