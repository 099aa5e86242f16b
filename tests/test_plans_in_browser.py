"""A state president plans 80 of 80 seats at 51 per cent in a real browser; and no page of plans has a violation."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.utils import translation
from django.utils.translation import gettext as say
from django.utils.translation import ngettext
from playwright.sync_api import Browser, Page

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.elections import actions, queries, words
from abhiyan.elections.models import Contest, Plan
from abhiyan.elections.queries.planning import Aims
from abhiyan.elections.reference import DATA
from abhiyan.elections.tests.make import bring, reasons, written
from abhiyan.enrolment.tests.server import Server
from abhiyan.org import actions as org
from abhiyan.org.tests.make import AT, SYSTEM, actor
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account, Notice
from abhiyan.programmes.models import Programme
from abhiyan.site.tests.visits import Open, go, visits
from abhiyan.targets import queries as target_queries
from abhiyan.ui.tests.axe import unsound
from abhiyan.ui.tests.test_browser import JOURNEY_LOOKS, PAGE_LOOKS
from abhiyan.units import actions as units
from abhiyan.units.actions import NewUnit
from abhiyan.units.models import Hierarchy

pytestmark = pytest.mark.browser


@dataclass
class State:
    """Uttar Pradesh: its 80 constituencies in the electoral tree, segments below the first; its president."""

    ids: dict[str, int]
    president: Account
    plan: Plan

    def token(self) -> str:
        return sessions.start(account_id=self.president.pk, device="", origin="", at=NOW, strong=True).token


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["state_eci"] == "S24"]


def planted() -> dict[str, int]:
    seats = rows("india_parliamentary_constituencies.csv")
    segments = [row for row in rows("india_assembly_constituencies.csv") if row["pc_no"] == "1"]
    names = {"IN": "India", "UP": "Uttar Pradesh"}
    names |= {f"UP-PC{row['pc_no']}": row["pc_name"] for row in seats}
    names |= {f"UP-AC{row['ac_no']}": row["ac_name"] for row in segments}
    kinds = {"IN": "nation", "UP": "state"}
    made = [
        NewUnit(
            code=code,
            kind=kinds.get(code, "constituency" if "-PC" in code else "segment"),
            names={"en": name},
            electors=300_000 + 10_000 * place if "-AC" in code else None,
        )
        for place, (code, name) in enumerate(names.items())
    ]
    ids = units.make_units(units=made, by=SYSTEM, at=AT)
    top = [(ids["IN"], None), (ids["UP"], ids["IN"])]
    below = [(unit, ids["UP"]) for code, unit in ids.items() if "-PC" in code]
    below += [(unit, ids["UP-PC1"]) for code, unit in ids.items() if "-AC" in code]
    for hierarchy, places in ((1, top), (2, top + below)):
        units.place_units(hierarchy=hierarchy, places=places, on=date(2026, 1, 1), by=SYSTEM, at=AT)
    return ids


@pytest.fixture(scope="module")
def state(open_database: None, tmp_path_factory: pytest.TempPathFactory) -> State:
    with system("test"):
        org.ensure_offices()
        ids = planted()
        president = Account.objects.create(
            public_id=uuid4(), phone_id=uuid4(), last4="4213", name="Rohini Koul", created_at=AT
        )
        for language in ("hi", "en"):
            Notice.objects.create(
                code="membership",
                version=1,
                language=language,
                title="Notice",
                sections=[],
                short="Notice",
                published_at=AT,
            )
    org.appoint(
        account_id=president.pk,
        office="state_president",
        unit_id=ids["UP"],
        hierarchy=1,
        starts_on=date(2026, 1, 1),
        by=SYSTEM,
        at=AT,
    )
    header, *lines = (DATA / "ls2019_results.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = written(
        tmp_path_factory.mktemp("results"),
        "".join(line for line in lines if ",S24," in line),
        header=header.strip(),
        name="ls2019_results.csv",
    )
    staged = bring(path, election="LS2019")
    assert staged.state == "done", reasons(staged)
    with system("test"):
        assert Contest.objects.filter(unit__isnull=False).count() == 80, "seats are linked to their units"
        actions.make_alliance(
            election="LS2019",
            state="S24",
            names={"en": "the alliance", "hi": "गठबंधन"},
            lead="BJP",
            parties=["ADAL"],
            by=actor(president),
            at=AT,
        )
        plan = actions.make_plan(
            names={"en": "Sixty five", "hi": "पैंसठ"},
            election="LS2019",
            unit_id=ids["UP"],
            party="BJP",
            aims=Aims(seats_goal=65, votes_goal=90_000_000, share_goal_pct=50),
            by=actor(president),
            at=AT,
        )
        seats = queries.plan_seats(plan)
        actions.cascade_plan(public_id=plan.public_id, unit_id=ids["UP-PC1"], by=actor(president), at=AT)
        plan = actions.lock_seats(
            public_id=plan.public_id,
            contest_ids=[seat.contest_id for seat in seats[:2]],
            locked=True,
            by=actor(president),
            at=AT,
        )
    return State(ids, president, plan)


@pytest.fixture
def visit(chromium: Browser, served: Server, state: State) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda _role: (state.president.pk, state.token()))


@pytest.mark.parametrize(("size", "language"), PAGE_LOOKS)
def test_no_page_of_plans_has_a_violation(visit: Open, state: State, size: str, language: str) -> None:
    plan = f"/elections/plans/{state.plan.public_id}/"
    page = visit("about:blank", "state_president", size=size, language=language)
    found = []
    for path in (
        "/elections/plans/",
        "/elections/plans/?q=nothing",
        "/elections/plans/new/",
        "/elections/plans/new/?owner=UP&election=LS2019&state=S24",
        "/elections/plans/check/?typed=65+x+750+%3D+325,000&parts=6.7",
        "/elections/plans/check/?typed=65",
        plan,
        f"{plan}seats/",
        f"{plan}change/",
        f"{plan}compare/?show=all",
        f"{plan}sides/",
        f"{plan}withdraw/",
        f"{plan}below/",
        f"{plan}below/?unit=UP-PC1",
    ):
        answer = page.goto(path)
        assert answer is not None and answer.status == (422 if path.endswith("typed=65") else 200), path
        found += unsound(page, f"{path.replace(str(state.plan.public_id), 'plan')}-{size}-{language}")
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(("size", "language"), JOURNEY_LOOKS)
def test_a_state_president_plans_eighty_of_eighty(
    visit: Open, state: State, size: str, language: str
) -> None:
    page = visit("/elections/plans/", "state_president", size=size, language=language)
    with translation.override(language):
        plan = journey(page, f"Eighty {size} {language}")
    targets_are_taken_over(page, state, plan)


def journey(page: Page, name: str) -> Plan:
    """From the list to a third version, in the active language; returns that version."""
    page.click("main a[href$='/plans/new/']")
    page.click("main form button[type=submit]")
    page.fill("[name=name_en]", name)
    page.fill("[name=seats_goal]", "80")
    page.fill("[name=share_goal_pct]", "51")
    go(page, "button[value=look]")
    alone, together = page.locator("section:has(#look) tbody tr").all()
    assert say("%(party)s alone") % {"party": "BJP"} in alone.inner_text() and "62" in alone.inner_text()
    assert "64" in together.inner_text() and "80" in together.inner_text()
    told = str(words.SENTENCES["seats_unreachable"]) % {"goal": 80, "most": 78}
    assert told in page.inner_text("main"), "the ally stood in the other two"
    page.select_option("[name=alliance]", index=1)
    page.click("button[value=make]")
    page.wait_for_url(re.compile(r"/elections/plans/[0-9a-f-]{36}/$"))
    text = page.inner_text("main")
    seats = ngettext("%(n)s of %(all)s seat", "%(n)s of %(all)s seats", 80) % {"n": 80, "all": 80}
    assert seats in text and "4,38,97,649" in text
    first = page.locator("table:has(th a[href*='sort=']) tbody tr").first.inner_text()
    assert "ls2019_results.csv" in first, "where most is missing, and where that stands"

    page.click("main a[href$='/sides/']")
    page.wait_for_url("**/sides/")
    assert say("%(party)s alone") % {"party": "BJP"} in page.inner_text("main")
    assert say("not won") in page.inner_text("main")
    page.go_back()
    page.click("main a[href$='/seats/']")
    for seat in ("Agra", "Aligarh", "Akbarpur"):
        page.check(f"[aria-label='{say('Lock %(where)s') % {'where': seat}}']")
    save = "form[data-once] button[type=submit]"
    go(page, save)
    assert say("Version %(n)s is made.") % {"n": 2} in page.inner_text("body")
    assert page.locator("tbody input[type=checkbox]:checked").count() == 3
    page.fill(f"[aria-label='{say('Votes planned in %(where)s') % {'where': 'Azamgarh'}}']", "6,00,000")
    page.click(save)
    page.wait_for_selector(f"text={say('Version %(n)s is made.') % {'n': 3}}")
    page.click("main div.title a")
    page.click("main div.title a[href$='/compare/']")
    page.wait_for_url("**/compare/")
    text = page.inner_text("main")
    assert say("Beside %(before_name)s, version %(n)s") % {"before_name": name, "n": 2} in text
    names = page.locator("tbody th").all_inner_texts()
    assert any(one.startswith("Azamgarh") for one in names)
    assert not any(one.startswith("Agra") for one in names), "what is locked has not changed"

    with system("test"):
        plan = Plan.objects.get(number=3, names__en=name)
        assert sum(seat.is_locked for seat in queries.plan_seats(plan)) == 3
    page.goto(f"/elections/plans/{plan.public_id}/below/?unit=UP-PC1")
    page.select_option("[name=down_to]", "segment")
    page.click("form[action*='/pass/'] button")
    page.wait_for_selector(f"text={say('The units right below add up exactly.')}")
    return plan


def targets_are_taken_over(page: Page, state: State, plan: Plan) -> None:
    """The plan's votes become targets of a programme of the state, made for it; all of it by hand."""
    name = f"Votes of {plan.names['en']}"
    page.goto("/programmes/")
    page.click("main a[href$='/programmes/new/']")
    page.select_option("[name=template]", "membership_drive")
    page.click("main form summary")
    page.fill("[name=name_en]", name)
    page.fill("[name=name_hi]", "")
    page.select_option("[name=hierarchy]", str(Hierarchy.ELECTORAL.value))
    send = "main section form[method=post] button[type=submit]"
    for step in ("who", "target", "check"):
        page.click(send if step != "target" else "main section a.button[href$='/draft/target/']")
        page.wait_for_url(f"**/draft/{step}/")
    page.click(send)
    page.wait_for_url(re.compile(r"/programmes/[0-9a-f-]{36}/$"))
    with system("test"):
        programme = Programme.objects.get(names__en=name)
    assert (programme.state, programme.hierarchy) == ("open", Hierarchy.ELECTORAL)
    page.click("main a[href*='/targets/']")
    page.click("main a[href*='/targets/plan/']")
    page.select_option("[name=plan]", str(plan.public_id))
    page.select_option("[name=way]", "members")
    page.fill("[name=per_100]", "100")
    page.click("main form[method=get] button[type=submit]")
    page.click("main form[method=post][data-once] button[type=submit]")
    page.wait_for_url("**/targets/?*")
    with system("test"):
        targets = target_queries.targets(programme=programme, units=list(state.ids.values()))
    assert targets[state.ids["UP"]].n == plan.found["votes"]
    segments = [targets[unit].n for code, unit in state.ids.items() if "-AC" in code]
    assert sum(segments) == targets[state.ids["UP-PC1"]].n
    assert sum(target.is_locked for target in targets.values()) == 3
